package wording

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
)

// word is a run of letters of fold, hyphens and apostrophes within it included.
type word struct {
	span
	capital bool
}

var wordPattern = regexp.MustCompile(`[\pL][\pL]*(?:['\-][\pL]+)*\.?`)

func (d *document) words() []word {
	var out []word
	for _, m := range wordPattern.FindAllStringIndex(d.fold, -1) {
		first, _ := utf8.DecodeRuneInString(d.fold[m[0]:])
		out = append(out, word{span{m[0], m[1]}, unicode.IsUpper(first)})
	}
	return out
}

func (d *document) lowOf(w word) string { return strings.TrimSuffix(d.low[w.start:w.end], ".") }

// titles announce a family name.
var titles = wordSet(`dhr mevr mw meneer mevrouw heer familie gezin monsieur madame mademoiselle mme mlle famille herr herrn frau familie mister mrs miss ms mr
	advocaat notaris weduwe`)

// people finds names of persons: a given name in capitals, with the capitalised words after it, or a title and a name.
// Streets, squares, schools and churches that bear a person's name are left alone, known or not.
func people(d *document, _ buurtbel.Language, ctx Context) {
	if d.capped {
		return // in capitals nothing tells a name from a word
	}
	words := d.words()
	for i := 0; i < len(words); i++ {
		end := d.personAt(words, i)
		if end == i {
			continue
		}
		s := span{words[i].start, words[end-1].end}
		if d.fold[s.end-1] == '.' {
			s.end--
		}
		if !d.overlaps(d.safe, s) && !d.bearsName(words, i, end) && !ctx.Missing.named(d, words[i:end]) {
			d.report(Warn, Name, s, nil)
		}
		i = end - 1
	}
}

// personAt gives the end of the name that starts at word i, or i when there is none.
func (d *document) personAt(words []word, i int) int {
	w := d.lowOf(words[i])
	next := i + 1
	switch {
	case titles[w] && next < len(words) && d.joined(words, i) && words[next].capital && !d.isPlaceWord(words[next]):
		if notNames[d.lowOf(words[next])] {
			return i
		}
	case !words[i].capital, !givenNames[w]:
		return i
	case doubtful[w] && (d.startsSentence(words[i]) || next >= len(words) || !words[next].capital || !d.joined(words, i)):
		return i
	}
	for next < len(words) && d.joined(words, next-1) && (words[next].capital && !notNames[d.lowOf(words[next])] || particles[d.lowOf(words[next])] && d.particleName(words, next)) {
		next++
	}
	return next
}

// particles stand within family names.
var particles = wordSet(`van de der den vande vanden vander ter ten von zu le la du des d el al ben ibn 't`)

func (d *document) particleName(words []word, i int) bool {
	for i < len(words) && particles[d.lowOf(words[i])] {
		i++
	}
	return i < len(words) && words[i].capital && d.joined(words, i-1) && !d.isPlaceWord(words[i])
}

// joined tells whether only a space stands between word i and the next.
func (d *document) joined(words []word, i int) bool {
	return i+1 < len(words) && d.fold[words[i].end:words[i+1].start] == " " && (d.fold[words[i].end-1] != '.' || titles[d.lowOf(words[i])])
}

func (d *document) startsSentence(w word) bool {
	before := strings.TrimRight(d.fold[:w.start], " \"'(")
	return before == "" || strings.ContainsAny(before[len(before)-1:], ".:;!?\n-")
}

var (
	// placeEnd ends words that name a street or a building: Breydelstraat, Goethestrasse, Sint-Jansplein.
	placeEnd = regexp.MustCompile(`(?:straat|straatje|laan|weg|plein|pleintje|dreef|lei|steenweg|baan|kaai|kade|pad|hof|park|markt|dijk|gracht|singel|plaats|rotonde|brug|poort|veld|wijk|kouter|berg|vest|rei|school|kerk|kapel|college|instituut|zaal|bos|strasse|str|platz|allee|gasse|ring|damm|ufer|brucke|hofe?|kirche|schule|halle|haus|berg|garten|feld|steig|stiege|street|road|avenue)$`)
	// placeWords stand before a name that a place bears.
	placeWords = wordSet(`rue avenue place boulevard chemin quai square clos allee impasse chaussee sentier parc ecole eglise gare hopital college lycee institut residence
		cite faubourg galerie pont porte esplanade rond-point carrefour stade salle centre athenee chapelle quartier cour drève dreve venelle ruelle arret
		school kerk kapel park wijk basisschool kleuterschool college ziekenhuis rusthuis woonzorgcentrum wzc sporthal zaal parochie halte hoeve kasteel brug bakkerij slagerij apotheek
		cafe taverne restaurant garage winkel bistro brasserie hotel frituur kapsalon supermarkt boulangerie boucherie pharmacie magasin taverne librairie
		kirche schule platz krankenhaus altenheim kapelle seniorenheim backerei metzgerei apotheke gasthof hotel geschaft gaststatte burg schloss kloster
		church school hospital park pub shop bakery chemist café st saint sint sankt sainte st. ste koning koningin prins prinses king queen prince princess roi reine konig konigin kaiser
		graaf hertog keizer paus pape general generaal kardinaal kanunnik pastoor burgemeester dokter dr docteur professor prof maarschalk marechal president
		doctor mayor pater zuster priester pastor kardinal bischof graf general burgermeister abbe`)
	// placeAfter follow a name in English place names.
	placeAfter = wordSet(`street road lane avenue square close drive way court park place crescent terrace gardens hill grove school church hospital bridge green
		row walk hall house station college centre center arms pub shop stores bakery garage hotel straat laan plein weg dreef park kerk school brug
		strasse platz allee weg gasse ring damm ufer brucke schule kirche stadion museum theater`)
	// notNames are capitalised words that stand after a title or a given name and are no family name.
	notNames = wordSet(`de het een la le les l die der das the u uw vous sie you politie police polizei bel appelez`)
)

func (d *document) isPlaceWord(w word) bool {
	low := d.lowOf(w)
	return placeEnd.MatchString(low) && len(low) > 5 || placeAfter[low]
}

// bearsName tells whether the name of words[i:end] belongs to a place: the word before says so, or a part of it or the word after ends like a street.
func (d *document) bearsName(words []word, i, end int) bool {
	for _, w := range words[i:end] {
		if d.isPlaceWord(w) {
			return true
		}
	}
	if end < len(words) && d.isPlaceWord(words[end]) && d.fold[words[end-1].end:words[end].start] == " " {
		return true
	}
	for back := i - 1; back >= 0 && back >= i-4; back-- {
		gap := d.fold[words[back].end:words[back+1].start]
		if strings.ContainsAny(gap, ",;:?!\n\"") {
			return false
		}
		low := d.lowOf(words[back])
		if placeWords[low] || strings.HasPrefix(low, "sint") || strings.HasPrefix(low, "saint") || strings.HasPrefix(low, "st-") || placeEnd.MatchString(low) && len(low) > 4 && !words[back].capital {
			return true
		}
		if !words[back].capital && !particles[low] && low != "l" {
			return false
		}
	}
	return false
}

// named tells whether the permission covers the name: its first word is a permitted first name, and no family name follows.
func (p *Permission) named(d *document, words []word) bool {
	if p == nil || len(words) != 1 {
		return false
	}
	for _, n := range p.FirstNames {
		if foldString(n) == d.lowOf(words[0]) {
			return true
		}
	}
	return false
}
