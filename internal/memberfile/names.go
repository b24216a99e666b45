package memberfile

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// named is the name of one adult.
type named struct{ given, family string }

var (
	joint  = regexp.MustCompile(`\s*(?:[&+/;\n]|\s(?i:en|et|und|and)\s|\s[-–—]\s)\s*`)
	title  = regexp.MustCompile(`(?i)^(?:(?:dhr|de heer|heer|mevr|mevrouw|mw|mej|mr|mrs|ms|m|mme|mlle|wed|weduwe|wwe|vve|veuve|monsieur|madame|herr|frau|dr|ir|ing|prof)\b\.?\s*(?:(?:en|et|und|and|&|/)\s*)?)+`)
	family = regexp.MustCompile(`(?i)^(?:de\s+)?(?:fam(?:ilie|ille|ily)?|gezin|m[ée]nage|haushalt)\b\.?\s*`)
)

// readNames reads the adults that the name cells of one row speak of. sure is false when there is more to it than one plain name.
func readNames(given, familyName, name string, familyFirst bool) (adults []named, sure bool) {
	if given == "" && familyName == "" {
		return readWhole(name, familyFirst)
	}
	if name != "" && given == "" {
		given = name
	}
	givens, families := split(given), split(familyName)
	sure = len(givens) <= 1 && len(families) <= 1
	if len(givens) == 2 && len(families) == 1 { // Jan en An | Peeters-Claes
		if two := strings.Split(families[0], "-"); len(two) == 2 {
			families = two
		}
	}
	for i := range min(max(len(givens), len(families)), 4) {
		a := named{given: at(givens, i), family: at(families, i)}
		if len(families) == 1 {
			a.family = families[0]
		}
		adults = append(adults, a)
	}
	return adults, sure
}

func split(text string) []string {
	var parts []string
	for _, p := range joint.Split(strings.TrimSpace(title.ReplaceAllString(text, "")), -1) {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// readWhole reads a cell with given and family names of one or two adults.
func readWhole(name string, familyFirst bool) (adults []named, sure bool) {
	couple := title.FindString(name)
	name = strings.TrimSpace(title.ReplaceAllString(name, ""))
	if home := family.FindString(name); home != "" {
		rest := split(strings.TrimSpace(name[len(home):]))
		for _, f := range rest {
			adults = append(adults, named{family: f})
		}
		return adults, false
	}
	sure = !strings.ContainsAny(couple, "&/") && len(joint.Split(couple, -1)) == 1
	before, after, comma := strings.Cut(name, ",")
	before, after = strings.TrimSpace(before), strings.TrimSpace(after)
	switch parts := split(name); {
	case comma && after != "" && (len(strings.Fields(before)) < 2 || len(strings.Fields(after)) < 2 || startsWithParticle(before) || len(split(after)) > 1):
		adults, plain := readNames(after, before, "", false)
		return adults, plain && sure
	case comma && after != "":
		return []named{order(before, familyFirst), order(after, familyFirst)}, false
	case len(parts) == 0:
		return nil, true
	case len(parts) == 1:
		return []named{order(parts[0], familyFirst)}, sure
	default:
		return orderCouple(parts, familyFirst), false
	}
}

// orderCouple shares what only one of the parts has: "Jan en An Peeters", "Peeters Jan en An".
func orderCouple(parts []string, familyFirst bool) []named {
	adults := make([]named, 0, len(parts))
	for _, p := range parts[:min(len(parts), 4)] {
		adults = append(adults, orderPart(p, familyFirst))
	}
	if len(adults) == 3 && adults[0].given == "" && adults[1].given != "" && adults[1].family != "" && adults[2].family == "" {
		return []named{{adults[1].given, adults[0].family}, {adults[2].given, adults[1].family}} // "Van de Vlier - De Haag Jan & An"
	}
	shared := ""
	for _, a := range adults {
		if a.given != "" && a.family != "" {
			shared = a.family
		}
	}
	for i := range adults {
		a := &adults[i]
		switch {
		case a.family != "" && a.given == "" && shared != "" && i == 0: // "Thor en An Peeters", a given name that is not in the list
			*a = named{given: a.family, family: shared}
		case a.family == "":
			a.family = shared
		}
	}
	return adults
}

// orderPart is order, but takes a part such as "Van de Vlier" for the bare family name that it is beside another name.
func orderPart(part string, familyFirst bool) named {
	fields := strings.Fields(addressfile.Fold(part))
	if startsWithParticle(part) && !givenNames[fields[len(fields)-1]] {
		return named{family: part}
	}
	return order(part, familyFirst)
}

// order finds which words are the given name: capitals, the list of given names, particles, and the habit of the column decide, in turn.
func order(text string, familyFirst bool) named {
	words := strings.Fields(text)
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = addressfile.Fold(w)
	}
	if len(words) == 1 {
		if givenNames[folded[0]] {
			return named{given: words[0]}
		}
		return named{family: words[0]}
	}
	if n, ok := byCapitals(words); ok {
		return n
	}
	switch whichEnd(folded) {
	case atStart:
		familyFirst = false
	case atEnd:
		familyFirst = true
	}
	cut := 1
	if familyFirst {
		cut = len(words) - 1
		for cut > 1 && givenNames[folded[cut-1]] && !particles[folded[cut-1]] {
			cut--
		}
		return named{given: strings.Join(words[cut:], " "), family: strings.Join(words[:cut], " ")}
	}
	for cut < len(words)-1 && givenNames[folded[cut]] && !particles[folded[cut]] {
		cut++
	}
	return named{given: strings.Join(words[:cut], " "), family: strings.Join(words[cut:], " ")}
}

// byCapitals uses the habit of writing family names in capitals: "PEETERS Jan".
func byCapitals(words []string) (named, bool) {
	var loud, quiet []string
	for _, w := range words {
		if len(w) > 1 && strings.ToUpper(w) == w && strings.IndexFunc(w, unicode.IsLetter) >= 0 {
			loud = append(loud, w)
		} else {
			quiet = append(quiet, w)
		}
	}
	if len(loud) == 0 || len(quiet) == 0 {
		return named{}, false
	}
	return named{given: strings.Join(quiet, " "), family: strings.Join(loud, " ")}, true
}

type end uint8

const (
	unknownEnd end = iota
	atStart        // the given name stands first
	atEnd
)

func whichEnd(folded []string) end {
	first, last := givenNames[folded[0]], givenNames[folded[len(folded)-1]]
	switch {
	case particles[folded[0]]:
		return atEnd
	case first && !last:
		return atStart
	case last && !first:
		return atEnd
	}
	if len(folded) > 2 && particles[folded[1]] {
		return atStart
	}
	return unknownEnd
}

func startsWithParticle(text string) bool {
	fields := strings.Fields(addressfile.Fold(text))
	return len(fields) > 0 && particles[fields[0]]
}

// habits counts, over a column, how often the given name stands first, last, or cannot be told.
func habits(body []sheet.Row, letter string) (start, last, unknown int) {
	for _, row := range body[:min(len(body), looked)] {
		words := strings.Fields(title.ReplaceAllString(row.Cell(letter).Text, ""))
		if len(words) != 2 && len(words) != 3 || joint.MatchString(row.Cell(letter).Text) || strings.Contains(row.Cell(letter).Text, ",") {
			continue
		}
		folded := strings.Fields(addressfile.Fold(strings.Join(words, " ")))
		if len(folded) < 2 {
			continue
		}
		if _, loud := byCapitals(words); loud {
			continue
		}
		switch whichEnd(folded) {
		case atStart:
			start++
		case atEnd:
			last++
		default:
			unknown++
		}
	}
	return start, last, unknown
}

func familyFirst(body []sheet.Row, letter string) bool {
	start, last, _ := habits(body, letter)
	return last > start
}

// undecided tells whether there are names whose order neither they nor their column tell.
func undecided(body []sheet.Row, letter string) bool {
	start, last, unknown := habits(body, letter)
	return unknown > 0 && max(start, last) < 3*min(start, last)+1
}
