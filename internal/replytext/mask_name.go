package replytext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelling is one way to write a name, as folded letters without anything between.
type spelling struct {
	several  bool // of several words: it may be written in one, or in several
	ordinary bool // a word that means something else too: it must look like a name where it stands
	initials bool // letters only: there must be dots, or nothing else on the line
}

// nameBook holds all spellings of some names, and the beginnings of all of them.
type nameBook struct {
	whole  map[string]spelling
	starts map[string]bool
}

// mostUnits is how many words of one name are put in every order; of a longer one the first and last are.
const mostUnits = 4

func newNameBook(list []string) nameBook {
	book := nameBook{map[string]spelling{}, map[string]bool{}}
	for _, name := range list {
		if len(name) > longest {
			continue
		}
		book.addName(name)
		if two := twoLetters.Replace(name); two != name {
			book.addName(two)
		}
	}
	return book
}

// twoLetters writes umlauts as German does without them.
var twoLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ø", "oe", "Ø", "Oe", "å", "aa", "Å", "Aa")

func (b nameBook) addName(name string) {
	units := unitsOf(name)
	for _, u := range units {
		b.addUnit(u)
	}
	if len(units) > mostUnits {
		units = append(units[:mostUnits-1:mostUnits-1], units[len(units)-1])
	}
	b.addOrders(units)
	b.addInitials(units)
}

// unit is a word of a name with the particles before it: "Jan", "Van den Broeck", "Anne-Marie".
type unit []string

func (u unit) joined() string { return strings.Join(u, "") }

func (u unit) initials() string {
	var b strings.Builder
	for _, w := range u {
		_, size := utf8.DecodeRuneInString(w)
		b.WriteString(w[:size])
	}
	return b.String()
}

// main is the unit without its particles.
func (u unit) main() unit {
	for len(u) > 1 && particles[u[0]] {
		u = u[1:]
	}
	return u
}

func unitsOf(name string) []unit {
	var units []unit
	var before unit
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
		var u unit
		for _, t := range tokenize(word) {
			if !t.digits() {
				u = append(u, t.fold)
			}
		}
		if len(u) == 0 || titles[strings.ToLower(word)] && len(units) == 0 && !particles[u[0]] {
			continue
		}
		if len(u) == 1 && particles[u[0]] {
			before = append(before, u...)
			continue
		}
		units = append(units, append(before, u...))
		before = nil
	}
	if len(before) > 0 { // a name that is itself a particle, such as "Ben"
		units = append(units, before)
	}
	return units
}

// add enters a spelling with those in which "ü" is "ue" and "ij" is "y".
func (b nameBook) add(s string, how spelling) {
	if utf8.RuneCountInString(s) < 2 {
		return
	}
	for _, v := range []string{s, umlauts.Replace(s), strings.ReplaceAll(s, "ij", "y"), strings.ReplaceAll(s, "y", "ij")} {
		if old, ok := b.whole[v]; ok {
			how.several, how.ordinary, how.initials = how.several || old.several, how.ordinary && old.ordinary, how.initials && old.initials
		}
		b.whole[v] = how
		for i := range v {
			b.starts[v[:i]] = true
		}
		b.starts[v] = true
	}
}

var umlauts = strings.NewReplacer("ue", "u", "oe", "o", "ae", "a")

func (b nameBook) addUnit(u unit) {
	b.add(u.joined(), spelling{several: len(u) > 1, ordinary: isOrdinary(u.joined())})
	for _, w := range u {
		if !particles[w] || len(u) == 1 {
			b.add(w, spelling{ordinary: isOrdinary(w)})
		}
	}
	m := u.main()
	b.add(m.joined(), spelling{several: len(m) > 1, ordinary: isOrdinary(m.joined())})
}

// addOrders enters every order of two or more units, each whole and without its particles.
func (b nameBook) addOrders(units []unit) {
	var grow func(sofar string, used int, count int)
	grow = func(sofar string, used int, count int) {
		if count >= 2 {
			b.add(sofar, spelling{several: true})
		}
		for i, u := range units {
			if used&(1<<i) != 0 {
				continue
			}
			grow(sofar+u.joined(), used|1<<i, count+1)
			if m := u.main(); len(m) != len(u) {
				grow(sofar+m.joined(), used|1<<i, count+1)
			}
		}
	}
	grow("", 0, 0)
}

// addInitials enters "J. Peeters", "Peeters J.", "Jan P." and "J.P.".
func (b nameBook) addInitials(units []unit) {
	if len(units) < 2 {
		return
	}
	var all strings.Builder
	for _, u := range units {
		all.WriteString(u.initials())
	}
	b.add(all.String(), spelling{several: true, initials: true})
	var shortened strings.Builder
	for _, u := range units {
		shortened.WriteString(u.main().initials())
	}
	b.add(shortened.String(), spelling{several: true, initials: true})
	for i, u := range units {
		for j, other := range units {
			if i == j {
				continue
			}
			for _, letters := range []string{other.initials(), other.main().initials(), other[0][:firstSize(other[0])]} {
				b.add(letters+u.joined(), spelling{several: true})
				b.add(u.joined()+letters, spelling{several: true})
				b.add(letters+u.main().joined(), spelling{several: true})
				b.add(u.main().joined()+letters, spelling{several: true})
			}
		}
	}
}

func firstSize(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// ordinary are words of the four languages that are names too. Alone they are masked only where they are written as a name is.
var ordinary = set(`wit zwart rood groen bruin blauw grijs geel klein groot jong oud lang kort bakker smid boer visser kok meester koning keizer prins de graaf hertog ridder jager
	molenaar mulder timmerman metser schilder kleermaker smeets herder wolf vos haas leeuw beer hond de haan mees merel roos lelie mark max an rob will bill rose faith hope
	grace joy may june april dawn eve art guy sue pat pier storm ster iris luna claire marine florence victoria bo jo li el al lies els lore noor bas isa lien vera kim sam
	berg bos dijk veld dam brug kerk poort winter zomer lente herfst zondag maandag vrijdag petit grand blanc noir roux brun rouge vert jaune leblanc lenoir boulanger
	berger chevalier charpentier marchand meunier fontaine dubois bois dupont pont forest foret colin martin lambert leroy roy roi prince blanche fleur ange desire aime
	aimee clement juste constant parfait klein gross schwarz weiss braun grun roth jung alt lang kurz bauer fischer schneider schmied koch muller wagner richter
	kaiser konig herzog vogt vogel fuchs hase hirsch stein berg wald bach feld busch baum blum blume sommer herbst winter sonntag freitag ernst frank otto
	white black brown green gray grey young old long short small little hill wood woods baker smith cook king prince knight hunter fisher miller taylor carter
	turner walker parker stone field brook lake bell bird fox wolf rose summer sharp wise day price page street read ford hall chase rich frost snow rain storm
	hem men mens vrouw man klaar goed best moest maes sinds wel niet dag van den der ben was is in en et un la le les des du wie hij ik wij zij ons hoe die dat das der die wir sie ich`)

func isOrdinary(word string) bool { return ordinary[word] || utf8.RuneCountInString(word) <= 2 }

// findNames finds names by walking over the words: as long as what they spell together begins a known spelling, one more is taken.
func findNames(found []Found, text string, tokens []token, list []string) []Found {
	book := newNameBook(list)
	if len(book.whole) == 0 {
		return found
	}
	for i := 0; i < len(tokens); i++ {
		if n := book.match(text, tokens, i); n > 0 {
			found = append(found, glue(text, Found{Name, tokens[i].start, tokens[i+n-1].end}))
			i += n - 1
		}
	}
	return found
}

// match counts the tokens from i on that spell a name; the most that do.
func (b nameBook) match(text string, tokens []token, i int) int {
	if tokens[i].digits() || tokens[i].glued && !tokens[i-1].digits() {
		return 0
	}
	best, sofar := 0, ""
	for n := 1; i+n <= len(tokens); n++ {
		t := tokens[i+n-1]
		if t.digits() || n > 1 && !closeBy(text[tokens[i+n-2].end:t.start]) {
			break
		}
		sofar += t.fold
		if how, ok := b.whole[sofar]; ok && b.fits(text, tokens[i:i+n], how) {
			best = n
		}
		if !b.starts[sofar] {
			if how, ok := b.whole[strings.TrimSuffix(sofar, "s")]; n == 1 && ok && !how.initials && !how.ordinary && capital(text[t.start:]) {
				best = 1 // "Jans fiets"
			}
			break
		}
	}
	return best
}

// closeBy tells whether the text between two words lets them be one name.
func closeBy(between string) bool {
	if len(between) > 12 || strings.Count(between, "\n") > 1 {
		return false
	}
	for _, r := range between {
		if !unicode.IsSpace(r) && !strings.ContainsRune(".,-_'’&*/\"()‐‑–", r) && !unicode.Is(unicode.Cf, r) {
			return false
		}
	}
	return true
}

func (b nameBook) fits(text string, words []token, how spelling) bool {
	first, last := words[0], words[len(words)-1]
	if len(words) > 1 && !how.several && !spacedOut(words) && !onlyParticlesBefore(words) {
		return false
	}
	if how.initials {
		return initialsStand(text, words)
	}
	if !how.ordinary {
		return true
	}
	return capital(text[first.start:]) && (!startsSentence(text[:first.start]) || alone(text, first.start, last.end))
}

// spacedOut knows "J a n".
func spacedOut(words []token) bool {
	for _, w := range words {
		if utf8.RuneCountInString(w.fold) != 1 {
			return false
		}
	}
	return len(words) >= 3
}

// onlyParticlesBefore knows "De Clerck" for "Declerck".
func onlyParticlesBefore(words []token) bool {
	for _, w := range words[:len(words)-1] {
		if !written[w.fold] {
			return false
		}
	}
	return utf8.RuneCountInString(words[len(words)-1].fold) >= 4
}

// written are the particles that a family name takes in.
var written = set("van de den der vander vanden vande von zu le la du des d l ten ter mac mc o")

// initialsStand tells whether letters are meant as initials: dots behind them, or a line of their own in capitals.
func initialsStand(text string, words []token) bool {
	first, last := words[0], words[len(words)-1]
	if !capital(text[first.start:]) {
		return false
	}
	if len(words) > 1 {
		dots := strings.Count(text[first.start:last.end], ".")
		return dots >= len(words)-1 && utf8.RuneCountInString(last.fold) <= 2
	}
	written := text[first.start:last.end]
	return alone(text, first.start, last.end) && strings.ToUpper(written) == written
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

var sentenceStart = regexp.MustCompile(`(^|[.!?:\n…"“«„]|^[-*>]|\n[-*>])[\s"'“«„(]*$`)

// startsSentence tells whether a word stands where every word has a capital.
func startsSentence(before string) bool {
	if len(before) > 24 {
		before = before[len(before)-24:]
		for len(before) > 0 && !utf8.RuneStart(before[0]) {
			before = before[1:]
		}
		before = "x" + before
	}
	return sentenceStart.MatchString(before)
}

// alone tells whether nothing else stands on the line.
func alone(text string, start, end int) bool {
	from := max(strings.LastIndexByte(text[:start], '\n')+1, start-20)
	to := min(len(text), end+20)
	if at := strings.IndexByte(text[end:to], '\n'); at >= 0 {
		to = end + at
	}
	return strings.Trim(text[from:start], " \t-–—,*_~") == "" && strings.Trim(text[end:to], " \t\r.,!*_~") == ""
}
