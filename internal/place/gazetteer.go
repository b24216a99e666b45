package place

import (
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// Gazetteer finds addresses of a whole country while somebody types, whatever the order of the words, accents and capitals, with the usual
// abbreviations, and with a typing error in words of four letters, two in words of eight.
//
// It searches over streets, of which a country has a hundred thousand, and holds their houses packed: a house takes 12 bytes, a street with
// its words about 150. It never changes after it was built, so it needs no lock; to refresh it, build another. It knows addresses only:
// nothing in it says who lives where.
type Gazetteer struct {
	streets []known
	houses  []numbered // by street
	numbers []string   // house number and box as written, shared: "12A\x003"
	keys    []string   // of each number, the form in which spellings meet: "12A/3"
	terms   terms
	codes   map[string]bool // postal codes, folded
	spare   chan *scratch   // of searches that ended
}

// known is a street with what its words are.
type known struct {
	id               buurtbel.ID
	name, code, town string
	names, towns     string // in other languages or former ones, one a line
	first, last      int32  // houses[first:last]
	words            uint8  // of the first name
}

// numbered is one house.
type numbered struct {
	number   uint32
	lat, lon int32
}

// Register is a street of the address register with its names, as a Gazetteer is given it.
type Register struct {
	ID                             buurtbel.ID
	Name, PostalCode, Municipality string
	Names, Towns                   []string // in other languages, and of former municipalities
}

// Builder fills a Gazetteer: streets, each followed by its own houses.
type Builder struct {
	g       *Gazetteer
	numbers map[string]uint32
	words   map[string][]uint32
}

// NewBuilder begins a Gazetteer. about says how many houses are to be expected; 0 when nobody knows.
func NewBuilder(about int) *Builder {
	g := &Gazetteer{codes: map[string]bool{}, spare: make(chan *scratch, 4), houses: make([]numbered, 0, about)}
	return &Builder{g: g, numbers: map[string]uint32{}, words: map[string][]uint32{}}
}

// Street begins the next street.
func (b *Builder) Street(r Register) {
	b.closeStreet()
	at := int32(len(b.g.houses))
	s := known{id: r.ID, name: r.Name, code: r.PostalCode, town: r.Municipality, first: at, last: at,
		names: strings.Join(without(r.Names, r.Name), "\n"), towns: strings.Join(without(r.Towns, r.Municipality), "\n")}
	s.words = uint8(min(255, len(strings.Fields(addressfile.Fold(r.Name)))))
	i := uint32(len(b.g.streets))
	b.g.streets = append(b.g.streets, s)
	for _, name := range append([]string{s.name}, r.Names...) {
		b.name(name, i, inName)
	}
	for _, town := range append([]string{s.town}, r.Towns...) {
		b.name(town, i, inTown)
	}
	if code := addressfile.Fold(strings.ReplaceAll(r.PostalCode, " ", "")); code != "" {
		b.word(code, i, inCode)
		b.g.codes[code] = true
	}
}

// House adds a house to the street begun last; its place in 1e-7 of a degree.
func (b *Builder) House(number, box string, lat, lon int32) {
	written := number + "\x00" + box
	n, seen := b.numbers[written]
	if !seen {
		n = uint32(len(b.g.numbers))
		b.numbers[written] = n
		b.g.numbers = append(b.g.numbers, written)
		b.g.keys = append(b.g.keys, addressfile.HouseKey(number, box))
	}
	b.g.houses = append(b.g.houses, numbered{n, lat, lon})
}

func (b *Builder) closeStreet() {
	if n := len(b.g.streets); n > 0 {
		b.g.streets[n-1].last = int32(len(b.g.houses))
	}
}

// The fields in which a word of a street may stand. A word joined from two stands behind a word of its own.
const (
	inName = iota
	inTown
	inCode
	inJoined
)

// name enters the words of a name, each by itself and joined with the next: "Sint-Jansstraat" is found by "sintjansstraat".
func (b *Builder) name(name string, street uint32, field uint32) {
	words := strings.Fields(addressfile.Fold(name))
	for i, w := range words {
		b.word(w, street, field)
		for _, other := range spelled[w] {
			b.word(other, street, field)
		}
		if i > 0 && field == inName {
			b.word(words[i-1]+w, street, inJoined)
		}
	}
}

func (b *Builder) word(w string, street, field uint32) {
	if len(w) > longestTerm {
		w = w[:longestTerm]
	}
	posting := street<<2 | field
	list := b.words[w]
	if n := len(list); n > 0 && list[n-1] == posting {
		return
	}
	b.words[w] = append(list, posting)
}

// Build ends the filling. The Builder is of no use after it.
func (b *Builder) Build() *Gazetteer {
	b.closeStreet()
	g := b.g
	g.houses, g.numbers, g.keys = slices.Clip(g.houses), slices.Clip(g.numbers), slices.Clip(g.keys)
	g.terms = newTerms(b.words)
	b.words, b.numbers = nil, nil
	return g
}

// Len is the number of addresses and streets.
func (g *Gazetteer) Len() (addresses, streets int) { return len(g.houses), len(g.streets) }

func (h *numbered) point() buurtbel.Point {
	return buurtbel.Point{Lat: float64(h.lat) / scale, Lon: float64(h.lon) / scale}
}

// spelled are words with other spellings, from the short one to the long ones and back: people type either, registers write either.
var spelled = bothWays(map[string][]string{
	"st": {"sint", "saint", "sankt"}, "ste": {"sainte", "sinte"}, "dr": {"dokter", "docteur", "doktor"}, "burg": {"burgemeester", "bourgmestre"}, "gen": {"generaal", "general"},
	"kan": {"kanunnik", "chanoine"}, "past": {"pastoor"}, "mgr": {"monseigneur"}, "prof": {"professor", "professeur"}, "kard": {"kardinaal"}, "kapt": {"kapitein"},
	"kol": {"kolonel"}, "min": {"minister"}, "gebr": {"gebroeders"}, "o": {"onze"}, "l": {"lieve"}, "v": {"vrouw", "vrouwe"}, "olv": {"onzelievevrouw"},
	"av": {"avenue"}, "bd": {"boulevard"}, "bld": {"boulevard"}, "ch": {"chaussee"}, "chee": {"chaussee"}, "pl": {"place", "plein"}, "sq": {"square"}, "rte": {"route"}, "stwg": {"steenweg"},
})

func bothWays(short map[string][]string) map[string][]string {
	all := map[string][]string{}
	for s, longs := range short {
		for _, l := range longs {
			all[s] = append(all[s], l)
			all[l] = append(all[l], s)
		}
	}
	return all
}

// shortened are endings that people shorten within a word.
var shortened = [][2]string{{"str", "straat"}, {"strt", "straat"}, {"stwg", "steenweg"}, {"stw", "steenweg"}, {"ln", "laan"}, {"pln", "plein"}}
