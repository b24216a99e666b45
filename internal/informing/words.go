package informing

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// What a machine can know that does not belong in a digest, in four languages. What it takes for something else can be written in other words.
var (
	// number of a house, after a word for it or after the name of a street.
	houseNumber = regexp.MustCompile(`(?i)(?:\b(?:huis)?(?:nummer|nr\.?)|\bn°|\bnuméro|\bhausnummer|\b(?:house )?(?:number|no\.))\s*\d+` +
		`|\p{L}*(?:straat|laan|weg|plein|dreef|kaai|kade|gracht|strasse|straße|platz|allee|gasse|street|road|avenue|lane)\s+\d+` +
		`|\b(?:rue|avenue|place|chaussée|chemin|boulevard|allée)\s+[\p{L}'’ -]{2,40}?\s\d+` +
		`|\b\d+\s*[a-z]?\s*,?\s+(?:rue|avenue|place|chaussée|chemin|boulevard|allée)\b`)
	// time of a day, with its unit or its colon.
	clock = regexp.MustCompile(`(?i)\b(?:[01]?\d|2[0-4])(?:\s?[.:]\s?[0-5]\d\s?(?:uur|u|uhr|h)\b|:[0-5]\d\b|\s?[hu]\s?[0-5]\d\b|\s?(?:uur|heures?|uhr|o['’]clock)|\s?[ap]\.?m\b)`)
	// disputes of neighbours and of families: professional secrecy and privacy (rule 7).
	dispute = regexp.MustCompile(`(?i)buren(?:ruzie|twist|conflict|geschil|moeilijkhed)|(?:ruzie|twist|conflict|geschil|discussie)\w*\s+(?:tussen|met)\s+(?:de\s+)?buren` +
		`|famili(?:e|ale)\s?(?:ruzie|twist|conflict|geschil|moeilijkhed|problem)|(?:huiselijk|intrafamiliaal|familiaal|echtelijk)e?\s+(?:geweld|ruzie|twist|moeilijkhed)|partnergeweld|echtelijke` +
		`|(?:conflit|différend|dispute|querelle|problème)s?\s+(?:de\s+voisinage|entre\s+voisins|familia(?:l|le|ux)|conjuga(?:l|le|ux)|de\s+couple)|violences?\s+(?:conjugales?|intra-?familiales?|domestiques?|familiales?)` +
		`|nachbar\w*streit|streit\w*\s+(?:unter|zwischen|mit)\s+(?:den\s+)?nachbarn|(?:familien|ehe)streit|häusliche[rn]?\s+gewalt` +
		`|neighbou?rs?['’]?\s+(?:dispute|quarrel|row)|(?:dispute|quarrel|row)\s+(?:between|with|among)\s+(?:the\s+)?neighbou?rs|domestic\s+(?:violence|abuse|dispute|row)|family\s+(?:dispute|quarrel|row|violence)`)
)

func disputes(text string) bool { return dispute.MatchString(text) }

// longestStreet is how many words a street's name may have to be looked for in a text.
const longestStreet = 4

// streetKeys gives every run of words of a text as the key of a street that it may name. A name is written with a capital.
func streetKeys(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",.;:()!?\"", r) })
	var out []string
	for i, w := range words {
		if r := []rune(w)[0]; !unicode.IsUpper(r) {
			continue
		}
		for n := 1; n <= longestStreet && i+n <= len(words); n++ {
			if key := addressfile.StreetKey(strings.Join(words[i:i+n], " ")); key != "" {
				out = append(out, key)
			}
		}
	}
	return out
}
