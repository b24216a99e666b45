package memberfile

import (
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// columns maps letters to what they mean.
type columns struct {
	list    []Column
	byName  map[string]*Column
	reverse map[string]bool // name columns in which the family name comes first
}

// findHeader gives the index in t.Rows of the header row, or -1: the row among the first with the most known words, at least two (one in
// a narrow table), and none that looks like data.
func findHeader(t *sheet.Table, o Options) int {
	if o.Header < 0 {
		return -1
	}
	best, most := -1, 1
	if len(t.Columns()) < 3 {
		most = 0
	}
	for i, r := range t.Rows[:min(len(t.Rows), 20)] {
		if r.Line == o.Header {
			return i
		}
		if known := headerCells(r); known > most && known*3 >= len(r.Cells) {
			best, most = i, known
		}
	}
	return best
}

func headerCells(r sheet.Row) int {
	known := 0
	for _, c := range r.Cells {
		if strings.ContainsRune(c.Text, '@') || c.Kind == sheet.Number || c.Kind == sheet.Date || digits(c.Text) > 2 {
			return 0
		}
		if _, _, ok := headerMeaning(c.Text); ok {
			known++
		}
	}
	return known
}

// mapColumns gives each column its meaning: by hand, by its header, by its content. A header that its content contradicts loses.
func mapColumns(t *sheet.Table, header int, o Options, r *Reading) *columns {
	c := &columns{byName: map[string]*Column{}, reverse: map[string]bool{}}
	body := t.Rows[header+1:]
	if header >= 0 {
		r.Header = t.Rows[header].Line
	} else {
		r.add(0, "", Mend, "import.no-header", nil)
	}
	for _, letter := range t.Columns() {
		text := ""
		if header >= 0 {
			text = t.Rows[header].Cell(letter).Text
		}
		if p := profileOf(body, letter, o.Country); p.filled > 0 || text != "" {
			c.list = append(c.list, meaningOf(letter, text, p, o, r))
		}
	}
	c.settle(body, o, r)
	r.Columns = c.list
	for i := range c.list {
		c.byName[c.list[i].Letter] = &c.list[i]
		if c.list[i].Meaning == Name || c.list[i].Meaning == Partner {
			c.reverse[c.list[i].Letter] = familyFirst(body, c.list[i].Letter)
		}
	}
	return c
}

func meaningOf(letter, header string, p profile, o Options, r *Reading) Column {
	column := Column{Letter: letter, Header: header}
	if m, ok := o.Columns[letter]; ok {
		column.Meaning, column.How = m, ByHand
		return column
	}
	byContent, sure := p.meaning()
	m, partner, known := headerMeaning(header)
	switch {
	case known && p.filled >= 3 && sure && contradicts(m, byContent):
		column.Meaning, column.How = byContent, ByContent
		r.add(r.Header, letter, Ask, "import.column-contradicts", buurtbel.Args{"Header": header, "Meaning": string(byContent)})
	case known:
		column.Meaning, column.Partner, column.How = m, partner, ByHeader
		if m == Street && byContent == Address || m == HouseNumber && p.counting {
			column.Meaning = map[Meaning]Meaning{Street: Address, HouseNumber: Ignore}[m]
		}
	case byContent != "":
		column.Meaning, column.How = byContent, ByContent
		r.add(r.Header, letter, Ask, "import.column-guessed", buurtbel.Args{"Meaning": string(byContent)})
	default:
		column.Meaning, column.How = Remark, Unknown
		r.add(r.Header, letter, Ask, "import.column-unknown", buurtbel.Args{"Header": header})
	}
	return column
}

// contradicts tells whether a column can not be what its header says, seen what it holds. A remark may hold anything.
func contradicts(header, content Meaning) bool {
	if header == Remark || header == Ignore || header == content {
		return false
	}
	number := header == Mobile || header == Fixed || header == Phone
	switch content {
	case Mail:
		return header != Mail
	case Mobile, Fixed, Phone:
		return !number
	case Address:
		return header == Name || header == Given || header == Family || number || header == Mail
	}
	return false
}

// settle looks at the columns together: "naam" beside "voornaam" is the family name, a lone family column holds whole names, the second
// name column is the partner's.
func (c *columns) settle(body []sheet.Row, o Options, r *Reading) {
	first := map[Meaning]*Column{}
	for i := range c.list {
		column := &c.list[i]
		if column.Partner || column.How == ByHand {
			continue
		}
		m := column.Meaning
		if first[m] != nil && (m == Given || m == Family || m == Name) {
			column.Partner = true
			continue
		}
		if first[m] == nil {
			first[m] = column
		}
	}
	switch name, given, family := first[Name], first[Given], first[Family]; {
	case name != nil && given != nil && family == nil && name.How != ByHand:
		name.Meaning = Family
	case family != nil && given == nil && name == nil && family.How != ByHand:
		family.Meaning = Name
	case name != nil && given == nil && family != nil && name.How == ByContent:
		name.Meaning = Given
	}
	if first[Name] != nil && first[Name].Meaning == Name && undecided(body, first[Name].Letter) {
		r.add(r.Header, first[Name].Letter, Ask, "import.name-order", nil)
	}
}

func (c *columns) enough() error {
	names, contacts := 0, 0
	for _, column := range c.list {
		switch column.Meaning {
		case Name, Given, Family, Partner:
			names++
		case Mobile, Fixed, Phone, Mail:
			contacts++
		}
	}
	switch {
	case names == 0:
		return buurtbel.Fail(buurtbel.Invalid, "error.import.no-name-column", nil)
	case contacts == 0:
		return buurtbel.Fail(buurtbel.Invalid, "error.import.no-contact-column", nil)
	}
	return nil
}

func (c *columns) has(meanings ...Meaning) bool {
	for _, column := range c.list {
		for _, m := range meanings {
			if column.Meaning == m {
				return true
			}
		}
	}
	return false
}

// profile counts what a column's cells look like.
type profile struct {
	filled, mails, mobiles, fixed, codes, lines, towns, houses, streets, languages, given, words, letters int
	values                                                                                                map[string]int
	counting                                                                                              bool // 1, 2, 3 …
}

const looked = 300 // rows that are enough to know a column

func profileOf(body []sheet.Row, letter, country string) profile {
	p := profile{values: map[string]int{}, counting: true}
	last := 0
	for _, row := range body[:min(len(body), looked)] {
		text := row.Cell(letter).Text
		if text == "" || none(text) {
			continue
		}
		p.filled++
		p.values[addressfile.Fold(text)]++
		n, err := strconv.Atoi(text)
		p.counting = p.counting && err == nil && (last == 0 || n == last+1)
		last = n
		p.look(text, country)
	}
	p.counting = p.counting && p.filled > 2
	return p
}

func (p *profile) look(text, country string) {
	if strings.ContainsRune(text, '@') {
		p.mails++
		return
	}
	if d := digits(text); d >= 8 && d <= 40 && !strings.Contains(text, ", ") {
		switch mobiles, fixed := countNumbers(text, country); {
		case mobiles > 0:
			p.mobiles++
			return
		case fixed > 0:
			p.fixed++
			return
		}
	}
	if _, ok := readLanguage(text); ok && len(text) < 14 {
		p.languages++
	}
	code, town := splitTown(text)
	_, isHouse := addressfile.ParseHouse(text)
	street, _, isLine := addressfile.SplitLine(text)
	switch {
	case code != "" && town == "":
		p.codes++
	case code != "":
		p.towns++
	case isLine && letters(street) > 2:
		p.lines++
	case looksLikeStreet(text):
		p.streets++
	}
	if isHouse {
		p.houses++
	}
	p.lookAtWords(text)
}

func (p *profile) lookAtWords(text string) {
	if digits(text) > 0 || letters(text) == 0 {
		return
	}
	p.letters++
	fields := strings.Fields(addressfile.Fold(text))
	if len(fields) > 1 {
		p.words++
	}
	if len(fields) > 0 && (givenNames[fields[0]] || givenNames[fields[len(fields)-1]]) {
		p.given++
	}
}

// meaning names the meaning of a column by its content; sure is true for those that cannot be mistaken.
func (p *profile) meaning() (m Meaning, sure bool) {
	share := func(n int) float64 { return float64(n) / float64(max(p.filled, 1)) }
	few := len(p.values)*3 <= p.filled
	switch {
	case p.filled == 0:
		return "", false
	case share(p.mails) >= 0.6:
		return Mail, true
	case share(p.mobiles) >= 0.6:
		return Mobile, true
	case share(p.fixed) >= 0.6:
		return Fixed, true
	case share(p.mobiles+p.fixed) >= 0.6:
		return Phone, true
	case p.counting:
		return Ignore, false
	case share(p.lines) >= 0.5:
		return Address, true
	case share(p.towns) >= 0.6:
		return Municipality, false
	case share(p.codes) >= 0.8 && (few || p.filled < 6):
		return PostalCode, false
	case share(p.houses) >= 0.8:
		return HouseNumber, false
	case share(p.languages) >= 0.8 && len(p.values) <= 5:
		return Language, false
	case share(p.streets) >= 0.5:
		return Street, false
	}
	return p.wordMeaning(share, few)
}

func (p *profile) wordMeaning(share func(int) float64, few bool) (Meaning, bool) {
	switch {
	case share(p.letters) < 0.8:
		return "", false
	case share(p.given) >= 0.5 && share(p.words) >= 0.5:
		return Name, false
	case share(p.given) >= 0.5:
		return Given, false
	case few && p.filled >= 4:
		return Municipality, false
	case share(p.words) < 0.6:
		return Family, false
	}
	return "", false
}

var streetEndings = []string{"straat", "laan", "weg", "plein", "baan", "dreef", "lei", "pad", "hof", "kaai", "markt", "dries", "steeg", "wegel", "veld", "str", "strasse", "stwg", "berg", "park", "dorp", "kouter", "singel", "vest"}

var streetBeginnings = map[string]bool{"rue": true, "avenue": true, "av": true, "boulevard": true, "bd": true, "chaussee": true, "place": true, "chemin": true, "route": true, "allee": true, "clos": true, "square": true, "quai": true, "impasse": true}

func looksLikeStreet(text string) bool {
	fields := strings.Fields(addressfile.Fold(text))
	if len(fields) == 0 {
		return false
	}
	if streetBeginnings[fields[0]] && len(fields) > 1 {
		return true
	}
	last := fields[len(fields)-1]
	for _, e := range streetEndings {
		if strings.HasSuffix(last, e) && len(last) > len(e) {
			return true
		}
	}
	return false
}

func digits(s string) int { return strings.Count(digitMap(s), "0") }

func digitMap(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return -1
	}, s)
}

func letters(s string) int { return len(strings.ReplaceAll(addressfile.Fold(s), " ", "")) - digits(s) }

func countNumbers(text, country string) (mobiles, fixed int) {
	for _, piece := range phone.Split(text, country) {
		n, err := phone.Parse(piece.Text, country)
		switch {
		case err != nil:
		case n.Kind == phone.Mobile:
			mobiles++
		default:
			fixed++
		}
	}
	return mobiles, fixed
}
