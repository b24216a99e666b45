package place

import (
	"iter"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// Address is one address of the register.
type Address struct {
	ID           buurtbel.ID
	StreetID     buurtbel.ID // of a Gazetteer only
	Street       string
	StreetNames  []string // the street's names in other languages, if any
	HouseNumber  string
	Box          string
	PostalCode   string
	Municipality string
	TownNames    []string
	At           buurtbel.Point
}

// Street is one street with at least one address.
type Street struct {
	Name, PostalCode, Municipality string
	Addresses                      int
	index                          int32
}

// Directory finds addresses as people write them: whatever the capitals, accents and usual abbreviations. It forgives no typing errors. It
// never changes after NewDirectory, so it needs no lock; to refresh it, make another. A house takes 24 bytes, a street about 200.
type Directory struct {
	streets []street
	houses  []house  // by street, then as the register has them
	numbers []string // house number and box as written, shared: "12A\x003"
	exact   map[streetKey][]int32
	byTown  map[streetKey][]int32
	prefix  []entryPoint
}

type street struct {
	name, code, town string
	first, last      int32 // houses[first:last]
}

type house struct {
	id       buurtbel.ID
	lat, lon int32
	number   uint32
}

// streetKey is a folded street name in a place: a postal code, or a folded town.
type streetKey struct{ place, name string }

// entryPoint is a place in a street's folded name where a word begins.
type entryPoint struct {
	text   string
	street int32
}

// NewDirectory makes a directory of addresses, in any order.
func NewDirectory(addresses iter.Seq[Address]) *Directory {
	b := &builder{d: &Directory{exact: map[streetKey][]int32{}, byTown: map[streetKey][]int32{}}, streets: map[street]int32{}, numbers: map[string]uint32{}, other: map[int32][]string{}, towns: map[int32][]string{}}
	for a := range addresses {
		b.add(a)
	}
	return b.finish()
}

type builder struct {
	d       *Directory
	streets map[street]int32 // by name, code and town
	numbers map[string]uint32
	of      []int32 // the street of each house
	other   map[int32][]string
	towns   map[int32][]string
}

func (b *builder) add(a Address) {
	s := street{name: a.Street, code: a.PostalCode, town: a.Municipality}
	i, known := b.streets[s]
	if !known {
		i = int32(len(b.d.streets))
		b.streets[s] = i
		b.d.streets = append(b.d.streets, s)
		b.other[i], b.towns[i] = without(a.StreetNames, a.Street), without(a.TownNames, a.Municipality)
	}
	number := a.HouseNumber + "\x00" + a.Box
	n, known := b.numbers[number]
	if !known {
		n = uint32(len(b.d.numbers))
		b.numbers[strings.Clone(number)] = n
		b.d.numbers = append(b.d.numbers, number)
	}
	b.d.houses = append(b.d.houses, house{id: a.ID, lat: int32(math.Round(a.At.Lat * scale)), lon: int32(math.Round(a.At.Lon * scale)), number: n})
	b.of = append(b.of, i)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name || n == "" })
}

func (b *builder) finish() *Directory {
	b.group()
	for i := range b.d.streets {
		s := &b.d.streets[i]
		for _, name := range append([]string{s.name}, b.other[int32(i)]...) {
			nameKey := addressfile.StreetKey(name)
			add(b.d.exact, streetKey{s.code, nameKey}, int32(i))
			for _, town := range append([]string{s.town}, b.towns[int32(i)]...) {
				add(b.d.byTown, streetKey{addressfile.TownKey(town), nameKey}, int32(i))
			}
			b.entryPoints(name, int32(i))
		}
	}
	slices.SortFunc(b.d.prefix, func(x, y entryPoint) int { return strings.Compare(x.text, y.text) })
	b.d.houses, b.d.prefix = slices.Clip(b.d.houses), slices.Clip(b.d.prefix)
	return b.d
}

func add(m map[streetKey][]int32, k streetKey, i int32) {
	if !slices.Contains(m[k], i) {
		m[k] = append(m[k], i)
	}
}

// group brings the houses of a street together (counting sort, stable).
func (b *builder) group() {
	for _, i := range b.of {
		b.d.streets[i].last++
	}
	at := int32(0)
	for i := range b.d.streets {
		s := &b.d.streets[i]
		s.first, s.last, at = at, at, at+s.last
	}
	grouped := make([]house, len(b.d.houses))
	for j, i := range b.of {
		s := &b.d.streets[i]
		grouped[s.last] = b.d.houses[j]
		s.last++
	}
	b.d.houses = grouped
}

// entryPoints lets a name be found by each of its words, also with its abbreviations.
func (b *builder) entryPoints(name string, i int32) {
	folded := addressfile.Fold(name)
	for _, text := range []string{folded, strings.Replace(" "+folded, " sint ", " st ", 1)[1:]} {
		for at := 0; at >= 0 && at < len(text); {
			b.d.prefix = append(b.d.prefix, entryPoint{text[at:], i})
			next := strings.IndexByte(text[at:], ' ')
			if next < 0 {
				break
			}
			at += next + 1
		}
		if !strings.Contains(" "+folded, " sint ") {
			break
		}
	}
}

// Len is the number of addresses and streets.
func (d *Directory) Len() (addresses, streets int) { return len(d.houses), len(d.streets) }

// Query is an address as somebody wrote it. Without PostalCode the Municipality decides, without both the street name alone.
type Query struct{ Street, HouseNumber, Box, PostalCode, Municipality string }

// How says how sure a match is.
type How uint8

// The ways of matching, the surest first.
const (
	Exact      How = iota + 1 // street, number and box
	BoxUnknown                // the house, but the register has no such box
	PartOfPair                // "3-5" found as 3 or as 5
	StreetOnly                // the street, not the house; Address has no ID, number or place
	Begun                     // a house of which the number begins with what was typed; of a Gazetteer only
)

// Match is one address found.
type Match struct {
	Address
	How How
}

// Find gives the addresses that fit best: one when all is well, several when what was written fits several, none when the street is not
// known. All have the same How.
func (d *Directory) Find(q Query) []Match {
	streets := d.find(q)
	if len(streets) == 0 {
		return nil
	}
	for _, try := range attempts(q) {
		var found []Match
		for _, i := range streets {
			s := &d.streets[i]
			for j := s.first; j < s.last; j++ {
				if try.fits(d.numbers[d.houses[j].number]) {
					found = append(found, Match{d.address(s, j), try.how})
				}
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	found := make([]Match, len(streets))
	for n, i := range streets {
		s := d.streets[i]
		found[n] = Match{Address{Street: s.name, PostalCode: s.code, Municipality: s.town}, StreetOnly}
	}
	return found
}

// find gives the streets: by postal code, else by town, else by name when that is one street only.
func (d *Directory) find(q Query) []int32 {
	name := addressfile.StreetKey(q.Street)
	if name == "" {
		return nil
	}
	code := strings.ToUpper(strings.ReplaceAll(q.PostalCode, " ", ""))
	if found := d.exact[streetKey{code, name}]; code != "" && len(found) > 0 {
		return found
	}
	if town := addressfile.TownKey(q.Municipality); town != "" {
		if found := d.byTown[streetKey{town, name}]; len(found) > 0 {
			return found
		}
	}
	if code != "" || q.Municipality != "" {
		return nil
	}
	var found []int32
	for _, e := range d.from(addressfile.Fold(q.Street)) {
		if addressfile.StreetKey(d.streets[e.street].name) == name && !slices.Contains(found, e.street) {
			found = append(found, e.street)
		}
	}
	return found
}

// attempt is one way of reading a house number.
type attempt struct {
	number string // the HouseKey wanted
	bare   bool   // compare without boxes
	how    How
}

func attempts(q Query) []attempt {
	list := []attempt{{number: addressfile.HouseKey(q.HouseNumber, q.Box), how: Exact}}
	if q.Box != "" { // "12/A" may be 12A, or a box that the register does not list; "1/6" is never 16
		if c := q.Box[0]; c < '0' || c > '9' {
			list = append(list, attempt{number: addressfile.HouseKey(q.HouseNumber+q.Box, ""), how: Exact})
		}
		list = append(list, attempt{number: addressfile.HouseKey(q.HouseNumber, ""), how: BoxUnknown})
	} else if h, ok := addressfile.ParseHouse(q.HouseNumber); ok && h.Box != "" {
		return attempts(Query{HouseNumber: h.Number, Box: h.Box})
	}
	list = append(list, attempt{number: addressfile.HouseKey(q.HouseNumber, ""), bare: true, how: BoxUnknown})
	if first, second, pair := strings.Cut(q.HouseNumber, "-"); pair {
		list = append(list, attempt{number: addressfile.HouseKey(first, ""), how: PartOfPair}, attempt{number: addressfile.HouseKey(second, ""), how: PartOfPair})
	}
	return list
}

func (a attempt) fits(written string) bool {
	number, box, _ := strings.Cut(written, "\x00")
	if a.bare {
		box = ""
	}
	return a.number != "" && addressfile.HouseKey(number, box) == a.number
}

func (d *Directory) address(s *street, j int32) Address {
	h := &d.houses[j]
	number, box, _ := strings.Cut(d.numbers[h.number], "\x00")
	return Address{ID: h.id, Street: s.name, HouseNumber: number, Box: box, PostalCode: s.code, Municipality: s.town,
		At: buurtbel.Point{Lat: float64(h.lat) / scale, Lon: float64(h.lon) / scale}}
}

// from gives the entry points that begin with a folded text.
func (d *Directory) from(folded string) []entryPoint {
	start := sort.Search(len(d.prefix), func(i int) bool { return d.prefix[i].text >= folded })
	end := start
	for end < len(d.prefix) && strings.HasPrefix(d.prefix[end].text, folded) {
		end++
	}
	return d.prefix[start:end]
}

// Streets completes what somebody is typing: the streets of which a word begins with it, names that begin with it first, then by name.
func (d *Directory) Streets(typed string, limit int) []Street {
	folded := addressfile.Fold(typed)
	if folded == "" || limit <= 0 {
		return nil
	}
	var found []Street
	seen := map[int32]bool{}
	for _, e := range d.from(folded) {
		if !seen[e.street] {
			seen[e.street] = true
			found = append(found, d.street(e.street))
		}
	}
	begins := func(s Street) int {
		if strings.HasPrefix(addressfile.Fold(s.Name), folded) {
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(x, y Street) int {
		if b := begins(x) - begins(y); b != 0 {
			return b
		}
		if c := strings.Compare(x.Name, y.Name); c != 0 {
			return c
		}
		return strings.Compare(x.PostalCode, y.PostalCode)
	})
	return found[:min(limit, len(found))]
}

func (d *Directory) street(i int32) Street {
	s := &d.streets[i]
	return Street{Name: s.name, PostalCode: s.code, Municipality: s.town, Addresses: int(s.last - s.first), index: i}
}

// Houses gives the addresses of a street that this directory gave out, by number.
func (d *Directory) Houses(s Street) []Address {
	if int(s.index) >= len(d.streets) || d.streets[s.index].name != s.Name {
		return nil
	}
	own := &d.streets[s.index]
	list := make([]Address, 0, s.Addresses)
	for j := own.first; j < own.last; j++ {
		list = append(list, d.address(own, j))
	}
	slices.SortStableFunc(list, func(x, y Address) int {
		if n := leading(x.HouseNumber) - leading(y.HouseNumber); n != 0 {
			return n
		}
		return strings.Compare(addressfile.HouseKey(x.HouseNumber, x.Box), addressfile.HouseKey(y.HouseNumber, y.Box))
	})
	return list
}

func leading(number string) int {
	n := 0
	for _, c := range number {
		if c < '0' || c > '9' || n > 1e6 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Within gives the streets with an address inside an area, with the number of addresses inside: the list beside the map.
func (d *Directory) Within(area buurtbel.Area) []Street {
	box, ok := area.Bounds()
	if !ok {
		return nil
	}
	var found []Street
	for i := range d.streets {
		s := &d.streets[i]
		inside := 0
		for j := s.first; j < s.last; j++ {
			p := buurtbel.Point{Lat: float64(d.houses[j].lat) / scale, Lon: float64(d.houses[j].lon) / scale}
			if box.Contains(p) && area.Contains(p) {
				inside++
			}
		}
		if inside > 0 {
			one := d.street(int32(i))
			one.Addresses = inside
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(x, y Street) int { return strings.Compare(x.Name+x.PostalCode, y.Name+y.PostalCode) })
	return found
}
