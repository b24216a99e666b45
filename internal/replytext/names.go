package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// particles stand in small letters within a family name.
var particles = set("van de den der het 't ter ten vander vanden vande von zu zum zur vom la le les du des d' da dos di del della el al ben bin op in 's y e i te l'")

// joiners stand between the names of several people.
var joiners = set("en et und and & + e / |")

// titles stand before a name.
var titles = set("dr dr. drs drs. ir ir. ing ing. prof prof. mr mr. mrs mrs. ms ms. mw mw. mevr mevr. mevrouw dhr dhr. de heer m m. mme mme. mlle mlle. madame monsieur frau herr fam fam. familie famille family the gezin")

// noName are capitalised words that a last line may hold and that are no name.
var noName = set(`ok oke okay ja nee neen oui non nein yes no bedankt dank dankjewel merci danke thanks thank akkoord accord prima super top goed graag gerne
	goedemorgen goedemiddag goedenavond goeiemorgen bonjour bonsoir hallo dag hello hi hey salut beste cher chere chers liebe lieber dear mevrouw madame
	maandag dinsdag woensdag donderdag vrijdag zaterdag zondag lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch donnerstag
	freitag samstag sonntag monday tuesday wednesday thursday friday saturday sunday januari februari maart april mei juni juli augustus september
	oktober november december janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre januar marz dezember january february march may june july october
	politie police polizei gemeente commune gemeinde verstanden erledigt genau klar stimmt richtig ordnung natuurlijk inderdaad begrepen genoteerd
	compris parfait entendu note done agreed noted sure fine great exactly right in niets rien nichts nothing iemand niemand personne niemand nobody
	ontvangen recu erhalten received gezien vu gesehen seen morgen vandaag heute demain today gisteren hier gestern yesterday nu maintenant jetzt now
	selbstverstandlich naturlich sicher bestimmt leider helaas helas vielleicht misschien peut-etre maybe perhaps correct juist idem dito klopt gelukt opgelost regle solved help hulp hilfe
	bericht message nachricht mail antwoord reponse antwort answer gr mvg sms`)

var placeEnd = regexp.MustCompile(`(straat|laan|weg|plein|markt|dreef|steenweg|lei|kaai|strasse|gasse|platz|allee|street|road|lane|square|avenue|drive|close|berg|park|brug|kerk|school|station)$`)

var placeStart = regexp.MustCompile(`^(rue|chemin|place|avenue|chaussee|boulevard|allee|route|quai|clos|impasse|sentier|grand-place|grand-rue|grote markt|am|an|im|auf|zur|zum|by|at|chez|bij|aan|naar|vers|nach|to|from)\b`)

// nameLike tells whether a line could be somebody's name and nothing else.
func nameLike(text string) bool {
	t := strings.Trim(trimmed(text), "(){}[]")
	low := fold(t)
	words := strings.Fields(t)
	if len(words) == 0 || len(words) > 7 || utf8.RuneCountInString(t) > 48 || strings.ContainsAny(t, "0123456789?!:;@\"“”«»…%€") || placeStart.MatchString(low) {
		return false
	}
	if strings.HasSuffix(strings.TrimSpace(text), ".") && utf8.RuneCountInString(strings.Trim(words[len(words)-1], ".")) > 2 {
		return false
	}
	names := 0
	for _, w := range words {
		f := strings.Trim(fold(w), ",.")
		first, _ := utf8.DecodeRuneInString(w)
		switch {
		case noName[f] || placeEnd.MatchString(f):
			return false
		case unicode.IsUpper(first):
			names++
		case particles[f] || joiners[f] || titles[f] || strings.HasPrefix(f, "d'") || strings.HasPrefix(f, "l'") || strings.HasPrefix(f, "'"):
		default:
			return false
		}
	}
	return names > 0 && names <= 6
}

// trimmed takes away what decorates a line: blanks, emphasis, a dash before a name, signs and smileys at its end.
func trimmed(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("*_~-–—•|,.!;", r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Sk, r)
	})
}

// names are the words of the names of who wrote a reply.
type names map[string]bool

func newNames(list []string) names {
	n := names{}
	for _, name := range list {
		if len(name) > longest {
			continue
		}
		for _, t := range tokenize(name) {
			if !t.digits() {
				n[t.fold] = true
			}
		}
	}
	return n
}

// only tells whether a line holds nothing but these names, or their initials.
func (n names) only(text string) bool {
	if len(n) == 0 || len(text) > 200 {
		return false
	}
	found := false
	for _, t := range tokenize(text) {
		switch {
		case n[t.fold] && !particles[t.fold]:
			found = true
		case particles[t.fold] || len(t.fold) == 1 && !t.digits():
		default:
			return false
		}
	}
	return found
}

// closings are the formulas at the end of a letter, whole lines in folded form without signs at their ends.
var closings = regexp.MustCompile(`^(?:` + strings.Join([]string{
	// Dutch
	`(?:met )?(?:de |mijn |onze )?(?:meest |heel |zeer )?(?:vriendelijke?|vriendlijke|vriendelijken|hartelijke?|beste|warme|lieve|zonnige|collegiale|sportieve|vele|veel|fijne|meeste|oprechte|buurtvriendelijke)(?: (?:en|,) \w+e)? (?:groet|groeten|groetjes|groetn|groete|groetjs)(?: (?:van|uit|vanuit) .{1,30})?`,
	`(?:groet|groeten|groetjes|groetjs|groetn|groete|groetekes|groetekens)(?: (?:van|uit|vanuit) .{1,30})?|vriendelijk groetend|groetend|vele groetjes|dikke kus|kusjes|met (?:de )?(?:meeste |bijzondere |oprechte )?hoogachting|hoogachtend|hgachtend`,
	`m\.?v\.?g|m\.?v\.?r\.?gr?|vr\.? ?gr|v\.?g|gr|grtjs|grtz|grts|grtn|grtjes|grt|greetz|greets|met vr\.? gr(?:oeten)?|m\.? vr\.? gr|met vriendelijke`,
	// French
	`(?:bien |tres |plus )?(?:cordialement|amicalement|sincerement|respectueusement|fraternellement|chaleureusement|courtoisement)(?: (?:votre|votres|a vous|a vous tous))?|bien a (?:vous|toi|vous tous)|cdt|cdlt|cldt|bav|b\.a\.v|slts|salut`,
	`(?:avec |recevez |mes |nos |je vous adresse )?(?:mes |nos |toutes mes )?(?:meilleures|sinceres|cordiales|bonnes|amicales|salutations|distinguees|respectueuses|plus)(?: (?:et|sinceres|cordiales|meilleures|\w+es))* ?(?:salutations?|sentiments)?(?: (?:distinguees|cordiales|sinceres|les meilleures))?|salutations(?: \w+es)?|amities|bises|bisous|gros bisous|grosses bises|a bientot|au plaisir`,
	`(?:veuillez|je vous prie|nous vous prions|je vous prierais|recevez|agreez)\b.{0,40}\b(?:agreer|recevoir|croire|accepter|accepte|d'agreer|salutations|l'expression).{0,120}`,
	// German
	`(?:mit |die |meine |ganz )?(?:den )?(?:freundlich\w{0,3}|viele[nr]?|liebe[nr]?|beste[nr]?|herzlich\w{0,3}|sch(?:o|oe)ne[nr]?|sonnige[nr]?|nette[nr]?|allerbeste[nr]?|nachbarschaftlich\w{0,3})(?: und \w+)? gr(?:u|ue)(?:ss|s|sz)(?:e|en|li)?(?: aus .{1,30})?`,
	`mfg|m\.f\.g|lg|vg|glg|vlg|bg|hg|gr(?:u|ue)ss(?:e|le)?|hochachtungsvoll|(?:mit )?(?:vorzuglicher|ausgezeichneter) hochachtung|freundlichst|herzlichst|herzlich|tschuss`,
	// English
	`(?:with |my |our )?(?:very )?(?:kind|kindest|best|warm|warmest|many|friendly|good)?(?: (?:and|personal))? ?(?:regards|wishes|greetings)|best|all the best|(?:yours )?(?:very )?(?:sincerely|faithfully|truly)(?: yours)?|yours|respectfully(?: yours)?|rgds|brgds|kr|br|cheers|take care|warmly|love|xx+|xo+`,
}, `|`) + `)$`)

// isClosing knows a line that is a closing formula, or one in two languages.
func isClosing(text string) bool {
	if len(text) > 220 {
		return false
	}
	low := strings.TrimSpace(fold(trimmed(text)))
	if low == "" {
		return false
	}
	for _, half := range twoLanguages.Split(low, 3) {
		if !closings.MatchString(strings.Trim(half, " ,.")) {
			return false
		}
	}
	return true
}

var twoLanguages = regexp.MustCompile(`\s*[/|]\s*|\s+-\s+`)

// partings close a letter only together with a name.
var partings = regexp.MustCompile(`^(?:(?:alvast |nogmaals |hartelijk )?(?:bedankt|dank|dank u|dank je|dankjewel)(?: bij voorbaat)?|merci(?: d'avance| beaucoup| bien)?|danke(?: im voraus| schon)?|vielen dank|(?:many )?thanks(?: in advance| a lot)?|thank you|tot (?:ziens|gauw|snel|dan|binnenkort|horens)|a (?:bientot|plus|demain)|bonne (?:journee|soiree)|fijne (?:dag|avond)|bis (?:bald|dann)|see you|bye)$`)

var thanks = regexp.MustCompile(`(?i)^(?:(?:alvast |nogmaals )?bedankt|dank u|merci|danke|vielen dank|thanks|thank you)\b`)

// closingAndName knows "Groetjes, Marieke en Tom" and "mvg jan".
func closingAndName(text string, known names) bool {
	if len(text) > 120 {
		return false
	}
	words := strings.Fields(trimmed(text))
	for n := min(len(words)-1, 8); n >= 1; n-- {
		head, rest := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		folded := strings.Trim(fold(head), " ,.!-")
		closing := closings.MatchString(folded)
		if !closing && !partings.MatchString(folded) {
			continue
		}
		if nameLike(rest) || known.only(rest) || closing && len(words)-n == 1 && loneWord(rest) {
			return true
		}
	}
	return false
}

var everyone = set("allemaal iedereen terug aan all everyone everybody again tous toutes alle alles zurück retour van uit daar")

// loneWord knows a name in small letters.
func loneWord(w string) bool {
	f := strings.Trim(fold(w), ",.!")
	return f != "" && !everyone[f] && !noName[f] && !strings.ContainsAny(f, "0123456789")
}
