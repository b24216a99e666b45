package place

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// Found is one address, or one street, that what was typed may mean.
type Found struct {
	Address
	How   How
	Edits int // letters that had to be taken as wrong
	score int
	index int32 // of the street
}

// Typed is what somebody typed, and what helps to choose.
type Typed struct {
	Text  string
	Near  buurtbel.Point // streets near it come first among equals; the zero point: nowhere
	Limit int            // most that is given; 0: 10
}

// Line writes an address in one line, as on an envelope: "Vlierlaan 76 bus 2, 9995 Vlierbeek". It is what the search reads back.
func (a Address) Line() string {
	line := a.Street
	if a.HouseNumber != "" {
		line += " " + a.HouseNumber
	}
	if a.Box != "" {
		line += " bus " + a.Box
	}
	return line + ", " + a.PostalCode + " " + a.Municipality
}

const (
	usual     = 10   // results
	closer    = 60   // streets of which the houses are looked at
	perLetter = 25   // what a letter of a typed word counts
	nearKM    = 40.0 // beyond it nearness counts nothing
)

// Search gives the addresses that fit best what was typed until now, the best first; streets where no house number was typed or the register
// does not have it. It may be called by many at once.
func (g *Gazetteer) Search(t Typed) []Found {
	if t.Limit <= 0 {
		t.Limit = usual
	}
	s := g.borrow()
	defer g.giveBack(s)
	var all []Found
	for _, r := range g.understand(t.Text) {
		if len(r.words) > 0 {
			all = append(all, g.read(s, r, t)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int { return b.score - a.score })
	return first(all, t.Limit)
}

// first takes each address once, the best of it.
func first(all []Found, most int) []Found {
	type same struct {
		street      int32
		number, box string
	}
	seen := map[same]bool{}
	var out []Found
	for _, f := range all {
		k := same{f.index, f.HouseNumber, f.Box}
		if !seen[k] && len(out) < most {
			seen[k] = true
			out = append(out, f)
		}
	}
	return out
}

// scratch is what one search reckons with: a line per street, valid where its mark is of this search.
type scratch struct {
	mark    uint32
	lines   []line
	touched []uint32
}

type line struct {
	mark  uint32 // of the word that was counted last
	total int32
	now   int32  // what the word counted last
	found uint16 // which words were found
	named uint16 // which of them in the name
	edits uint8
}

func (g *Gazetteer) borrow() *scratch {
	select {
	case s := <-g.spare:
		return s
	default:
		return &scratch{lines: make([]line, len(g.streets))}
	}
}

func (g *Gazetteer) giveBack(s *scratch) {
	s.touched = s.touched[:0]
	select {
	case g.spare <- s:
	default:
	}
}

// read scores the streets for one reading and completes the best with their houses.
func (g *Gazetteer) read(s *scratch, r reading, t Typed) []Found {
	if s.mark > math.MaxUint32-2*mostWords-2 {
		clear(s.lines)
		s.mark = 0
	}
	begun := s.mark
	s.touched = s.touched[:0]
	for i, w := range r.words {
		s.mark++
		g.count(s, begun, i, w, i == len(r.words)-1)
	}
	for i := range len(r.words) - 1 { // two words that the register writes in one
		if isDigit(r.words[i][0]) || isDigit(r.words[i+1][0]) {
			continue
		}
		s.mark++
		g.countJoined(s, begun, i, r.words[i]+r.words[i+1])
	}
	s.mark++
	return g.complete(g.best(s, r, t), r, t.Limit)
}

// edits says how many wrong letters a word may have.
func edits(w string) int {
	switch {
	case isDigit(w[0]) || len(w) < 4:
		return 0
	case len(w) < 8:
		return 1
	}
	return 2
}

// count adds to each street what a typed word is worth there.
func (g *Gazetteer) count(s *scratch, begun uint32, i int, w string, last bool) {
	g.terms.like(w, edits(w), func(h hit) { g.countTerm(s, begun, 1<<i, h, worth(w, h, len(g.terms.word(h.term)), last)) })
	for _, other := range spelled[w] {
		g.terms.like(other, 0, func(h hit) {
			if h.whole {
				g.countTerm(s, begun, 1<<i, h, worth(w, h, len(other), last))
			}
		})
	}
	for _, e := range shortened {
		if stem, ok := strings.CutSuffix(w, e[0]); ok && stem != "" {
			long := stem + e[1]
			g.terms.like(long, edits(stem), func(h hit) {
				if h.whole {
					g.countTerm(s, begun, 1<<i, h, worth(w, h, len(long), last))
				}
			})
		}
	}
}

func (g *Gazetteer) countJoined(s *scratch, begun uint32, i int, w string) {
	w = w[:min(len(w), longestTerm)]
	g.terms.like(w, min(1, edits(w)), func(h hit) {
		g.countTerm(s, begun, 3<<i, h, worth(w, h, len(g.terms.word(h.term)), true))
	})
}

// worth is what a typed word counts where a word of the table is: more the longer it is, less with wrong letters or when only its beginning
// was typed.
func worth(typed string, h hit, length int, last bool) int32 {
	quality := 100 - 28*h.edits
	if !h.whole {
		quality -= 4 + min(10, max(0, length-len(typed)))
		if !last {
			quality -= 12
		}
	}
	return int32((4 + min(len(typed), 12)) * quality * perLetter / 100)
}

// ofField is what a word is worth, in hundredths, by the field in which it stands.
var ofField = [4]int32{inName: 100, inTown: 88, inCode: 110, inJoined: 97}

func (g *Gazetteer) countTerm(s *scratch, begun uint32, bits uint16, h hit, worth int32) {
	for _, posting := range g.terms.streets(h.term) {
		street, field := posting>>2, posting&3
		v := worth * ofField[field] / 100
		l := &s.lines[street]
		switch {
		case l.mark <= begun:
			*l = line{mark: s.mark, total: v, now: v, edits: uint8(h.edits)}
			s.touched = append(s.touched, street)
		case l.mark != s.mark:
			l.mark = s.mark
			if bits&l.found != 0 { // joined words, of which one was found by itself
				if v /= 2; bits&^l.found == 0 {
					v = 0
				}
			}
			l.total += v
			l.now = v
			l.edits += uint8(h.edits)
		case v > l.now:
			l.total += v - l.now
			l.now = v
		default:
			continue
		}
		l.found |= bits
		if field != inTown && field != inCode {
			l.named |= bits
		}
	}
}

// candidate is a street with its score.
type candidate struct {
	street uint32
	score  int
	edits  int
}

// best gives the streets with the highest scores. One word of several may be unknown; of one or two none.
func (g *Gazetteer) best(s *scratch, r reading, t Typed) []candidate {
	all := uint16(1)<<len(r.words) - 1
	spared := 0
	if len(r.words) > 1 {
		spared = 1
	}
	keep := max(closer, 2*t.Limit)
	out := make([]candidate, 0, 2*keep)
	least := math.MinInt
	for _, street := range s.touched {
		l := &s.lines[street]
		missing := ones(all &^ l.found)
		if missing > spared {
			continue
		}
		c := candidate{street, g.score(&g.streets[street], l, r, missing, t.Near), int(l.edits)}
		if c.score < least {
			continue
		}
		if out = append(out, c); len(out) == cap(out) {
			sortCandidates(out)
			out = out[:keep]
			least = out[keep-1].score
		}
	}
	sortCandidates(out)
	return out[:min(len(out), keep)]
}

func sortCandidates(list []candidate) {
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Or(b.score-a.score, int(a.street)-int(b.street)) })
}

func ones(bits uint16) int {
	n := 0
	for ; bits != 0; bits &= bits - 1 {
		n++
	}
	return n
}

// score is what was found, less what was typed and not found, less words of the name that were not typed; longer streets come first among
// equals, and near ones.
func (g *Gazetteer) score(k *known, l *line, r reading, missing int, near buurtbel.Point) int {
	score := int(l.total)
	for i, w := range r.words {
		if l.found&(1<<i) == 0 {
			score -= (4 + min(len(w), 12)) * perLetter * 6 / 10
		}
	}
	score -= 30 * max(0, int(k.words)-ones(l.named))
	score -= 20 * missing
	houses := int(k.last - k.first)
	score += 2 * int(math.Log2(float64(houses+1)))
	if near != (buurtbel.Point{}) && houses > 0 {
		if km := near.KM(g.houses[k.first].point()); km < nearKM {
			score += int(60 * (1 - km/nearKM))
		}
	}
	return score
}

// complete puts the house that was typed to each street; a street that has no such house comes after those that have.
func (g *Gazetteer) complete(list []candidate, r reading, most int) []Found {
	var out []Found
	for _, c := range list {
		street := g.streetOf(int32(c.street))
		base := Found{Address: street, How: StreetOnly, Edits: c.edits, score: c.score, index: int32(c.street)}
		if len(r.house) == 0 {
			out = append(out, base)
			continue
		}
		houses := g.housesOf(int32(c.street), r, most)
		if len(houses) == 0 {
			base.score -= 150
			out = append(out, base)
		}
		for n, h := range houses {
			f := base
			f.HouseNumber, f.Box, f.At, f.How = h.HouseNumber, h.Box, h.At, h.How
			f.score += 180 - 15*int(h.How) - n
			out = append(out, f)
		}
	}
	return out
}

func (g *Gazetteer) streetOf(i int32) Address {
	k := &g.streets[i]
	a := Address{StreetID: k.id, Street: k.name, PostalCode: k.code, Municipality: k.town}
	if k.names != "" {
		a.StreetNames = strings.Split(k.names, "\n")
	}
	if k.towns != "" {
		a.TownNames = strings.Split(k.towns, "\n")
	}
	return a
}

// housesOf gives the houses of a street that a reading may mean: those that fit, then those whose number may become of what was typed.
func (g *Gazetteer) housesOf(street int32, r reading, most int) []Match {
	k := &g.streets[street]
	var out []Match
	add := func(j int32, how How) {
		h := &g.houses[j]
		number, box, _ := strings.Cut(g.numbers[h.number], "\x00")
		if len(out) < most {
			out = append(out, Match{Address{HouseNumber: number, Box: box, At: h.point()}, how})
		}
	}
	for _, try := range r.house {
		for j := k.first; j < k.last; j++ {
			if try.fitsKey(g.keys[g.houses[j].number]) {
				add(j, try.how)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	if r.stem == "" {
		return out
	}
	for j := k.first; j < k.last; j++ {
		key := g.keys[g.houses[j].number]
		if len(key) > len(r.stem) && strings.HasPrefix(key, r.stem) {
			add(j, Begun)
		}
	}
	return out
}

// At gives the houses of one street, as it was found, by number.
func (g *Gazetteer) At(f Found) []Address {
	if int(f.index) >= len(g.streets) || g.streets[f.index].name != f.Street {
		return nil
	}
	k := &g.streets[f.index]
	list := make([]Address, 0, k.last-k.first)
	for j := k.first; j < k.last; j++ {
		a := g.streetOf(f.index)
		a.HouseNumber, a.Box, _ = strings.Cut(g.numbers[g.houses[j].number], "\x00")
		a.At = g.houses[j].point()
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(x, y Address) int {
		return cmp.Or(leading(x.HouseNumber)-leading(y.HouseNumber), strings.Compare(addressfile.HouseKey(x.HouseNumber, x.Box), addressfile.HouseKey(y.HouseNumber, y.Box)))
	})
	return list
}

// Meant gives the one house that was meant, when what was typed leaves no doubt: it was typed as Line writes it, or no other house of another
// street fits nearly as well.
func Meant(found []Found, typed string) (Found, bool) {
	for _, f := range found {
		if f.house() && f.Line() == typed {
			return f, true
		}
	}
	if len(found) == 0 || !found[0].house() {
		return Found{}, false
	}
	for _, f := range found[1:] {
		if f.index != found[0].index && f.house() && found[0].score-f.score < doubt {
			return Found{}, false
		}
	}
	return found[0], true
}

// doubt is how much better an address must fit than the next to be taken without a question.
const doubt = 60

func (f *Found) house() bool { return f.How == Exact || f.How == BoxUnknown || f.How == PartOfPair }
