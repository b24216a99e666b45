package memberfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// rows reads the rows of one table.
type rows struct {
	table   *sheet.Table
	columns *columns
	options Options
	reading *Reading
}

func newRows(t *sheet.Table, c *columns, o Options, r *Reading) *rows {
	return &rows{table: t, columns: c, options: o, reading: r}
}

func (r *rows) read(header int) {
	for i, row := range r.table.Rows {
		switch {
		case i < header:
			r.skip(row, "import.row-above-header")
		case i == header:
		case header >= 0 && repeats(row, r.table.Rows[header]):
			r.skip(row, "import.row-repeated-header")
		case r.total(row):
			r.skip(row, "import.row-total")
		default:
			r.row(row)
		}
		if i%500 == 0 {
			r.options.Progress(int64(i), int64(len(r.table.Rows)))
		}
	}
	r.options.Progress(int64(len(r.table.Rows)), int64(len(r.table.Rows)))
}

func (r *rows) skip(row sheet.Row, key string) {
	r.reading.Skipped++
	r.reading.add(row.Line, "", Mend, key, nil)
}

// repeats tells whether a row is the header again, as after a page break.
func repeats(row, header sheet.Row) bool {
	same := 0
	for _, c := range row.Cells {
		if addressfile.Fold(c.Text) == addressfile.Fold(header.Cell(c.Column).Text) {
			same++
		}
	}
	return same == len(row.Cells) && (same > 1 || len(header.Cells) == 1)
}

// total tells whether a row counts others: few cells, one of them a word for a sum, none of them a contact.
func (r *rows) total(row sheet.Row) bool {
	if len(row.Cells) > 4 {
		return false
	}
	word := false
	for _, c := range row.Cells {
		folded := strings.TrimRight(addressfile.Fold(c.Text), " 0123456789")
		if slices.Contains(totals, folded) {
			word = true
		} else if strings.ContainsRune(c.Text, '@') || digits(c.Text) > 6 || letters(c.Text) > 0 {
			return false
		}
	}
	return word
}

// entry is what one row says, before it is divided over its adults.
type entry struct {
	*rows
	line                       int
	given, family, name        text
	pGiven, pFamily, pName     text
	home                       home
	language                   buurtbel.Language
	household                  string
	remarks                    []string
	numbers, mails             []found
	addressColumn, firstColumn string
	confirm                    bool
	meaningful                 bool
}

// text is a cell's text with its column.
type text struct{ value, column string }

// set keeps the first value; a second goes to the remarks rather than nowhere.
func (e *entry) set(t *text, c sheet.Cell) {
	if t.value == "" {
		*t = text{c.Text, c.Column}
		return
	}
	e.remarks = append(e.remarks, c.Text)
}

// found is a contact before it has an owner.
type found struct {
	Contact
	note    string // words beside it in the cell
	partner bool   // its column is the second adult's
	place   int    // 0 for the first in its cell, 1 for the second …
}

func (e *entry) problem(column string, severity Severity, key string, args buurtbel.Args) {
	e.confirm = e.confirm || severity == Ask
	e.reading.add(e.line, column, severity, key, args)
}

func (r *rows) row(row sheet.Row) {
	e := &entry{rows: r, line: row.Line, confirm: row.Hidden}
	e.confirm = e.confirm || slices.ContainsFunc(r.table.Notes, func(n sheet.Note) bool {
		return n.Line == row.Line && (n.Key == "sheet.quote-open" || n.Key == "sheet.row-longer" || n.Key == "sheet.merged-copied")
	})
	for _, c := range row.Cells {
		if column := r.columns.byName[c.Column]; column != nil && c.Kind != sheet.Fault {
			e.cell(*column, c)
		}
	}
	r.reading.Rows++
	if !e.meaningful {
		r.reading.Rows--
		r.reading.Skipped++
		e.problem("", Refuse, "import.row-no-person", nil)
		return
	}
	e.checkHome()
	e.people()
}

func (e *entry) cell(column Column, c sheet.Cell) {
	if column.Meaning == Ignore {
		return
	}
	if column.Meaning != Remark && none(c.Text) {
		return // "-", "nvt", "geen": blank in other words
	}
	if column.Meaning != Remark && column.Meaning != Household && column.Meaning != Language {
		e.meaningful = true
	}
	if e.firstColumn == "" {
		e.firstColumn = c.Column
	}
	switch column.Meaning {
	case Given, Family, Name, Partner:
		e.nameCell(column, c)
	case Mobile, Fixed, Phone, Mail:
		e.contactCell(column, c)
	case Language:
		l, ok := readLanguage(c.Text)
		if !ok {
			e.problem(c.Column, Refuse, "import.language", nil)
		}
		e.language = l
	case Household:
		e.household = "list " + addressfile.Fold(c.Text)
	case Remark:
		e.remarks = append(e.remarks, c.Text)
	default:
		e.addressCell(column, c)
	}
}

func (e *entry) nameCell(column Column, c sheet.Cell) {
	if strings.ContainsRune(c.Text, '@') || digits(c.Text) > 5 {
		e.contactCell(column, c)
		return
	}
	switch {
	case column.Meaning == Partner:
		e.set(&e.pName, c)
	case column.Partner:
		e.set(map[Meaning]*text{Given: &e.pGiven, Family: &e.pFamily, Name: &e.pName}[column.Meaning], c)
	default:
		e.set(map[Meaning]*text{Given: &e.given, Family: &e.family, Name: &e.name}[column.Meaning], c)
	}
}

func (e *entry) addressCell(column Column, c sheet.Cell) {
	if column.Meaning != Municipality && column.Meaning != PostalCode {
		e.addressColumn = c.Column
	}
	switch column.Meaning {
	case Street, Address:
		e.home.addressLine(c.Text)
	case HouseNumber:
		if key, severity := e.home.houseCell(c); key != "" {
			e.problem(c.Column, severity, key, nil)
		}
	case Box:
		e.home.boxCell(c.Text)
	case PostalCode, Municipality:
		code, town := splitTown(c.Text)
		if code == "" && column.Meaning == PostalCode {
			e.problem(c.Column, Refuse, "import.postal-code", nil)
		}
		if code != "" {
			e.home.code = code
		}
		if town != "" && (column.Meaning == Municipality || e.home.town == "") {
			e.home.town = town
		}
	}
}

// checkHome asks for what is missing from an address, unless the list has no addresses at all.
func (e *entry) checkHome() {
	if !e.columns.has(Street, Address) {
		return
	}
	column := e.addressColumn
	switch {
	case e.home.street == "":
		e.problem(column, Ask, "import.no-address", nil)
	case e.home.number == "" && column != "" && !slices.ContainsFunc(e.reading.Problems, func(p Problem) bool {
		return p.Line == e.line && strings.HasPrefix(p.Key, "import.house-number")
	}):
		e.problem(column, Ask, "import.no-house-number", nil)
	}
}

var noneWords = map[string]bool{"": true, "nvt": true, "n v t": true, "geen": true, "niet": true, "onbekend": true, "idem": false, "x": true, "xx": true, "xxx": true, "neen": true, "nee": true, "niet gekend": true,
	"aucun": true, "aucune": true, "neant": true, "inconnu": true, "keine": true, "kein": true, "unbekannt": true, "none": true, "n a": true, "unknown": true, "nihil": true, "0": true}

// none tells whether a cell says that there is nothing: "-", "/", "nvt", "geen".
func none(text string) bool { return noneWords[addressfile.Fold(text)] }

// people makes the adults of the row and gives each what is theirs.
func (e *entry) people() {
	adults, sure := readNames(e.given.value, e.family.value, e.name.value, e.columns.reverse[e.name.column])
	column := e.firstOf(e.name, e.given, e.family)
	if !sure && len(adults) > 1 {
		e.problem(column, Ask, "import.two-people", buurtbel.Args{"Count": len(adults)})
	} else if !sure {
		e.problem(column, Ask, "import.family-only", nil)
	} else if len(adults) == 1 && (adults[0].given == "" || adults[0].family == "") {
		e.problem(column, Ask, "import.name-half", nil)
	}
	partner, _ := readNames(e.pGiven.value, e.pFamily.value, e.pName.value, e.columns.reverse[e.pName.column])
	second := -1
	if len(partner) > 0 {
		if len(adults) == 0 {
			adults = []named{{}}
		}
		second = len(adults)
		e.problem(e.firstOf(e.pName, e.pGiven, e.pFamily), Ask, "import.two-people", buurtbel.Args{"Count": len(adults) + len(partner)})
		adults = append(adults, partner...)
	}
	if len(adults) == 0 {
		adults = []named{{}}
		e.problem("", Ask, "import.no-name", nil)
	}
	d := division{entry: e, adults: adults, second: second}
	d.divide()
	e.finish(d.people())
}

func (e *entry) firstOf(texts ...text) string {
	for _, t := range texts {
		if t.column != "" {
			return t.column
		}
	}
	return ""
}

func (e *entry) finish(people []Person) {
	hint := e.household
	if hint == "" && len(people) > 1 {
		hint = fmt.Sprintf("line %d", e.line)
	}
	for i := range people {
		p := &people[i]
		p.Line, p.Household, p.Language = e.line, hint, e.language
		p.Street, p.HouseNumber, p.Box = e.home.street, e.home.number, e.home.box
		p.PostalCode, p.Municipality = e.home.code, e.home.town
		p.homeCell, p.nameColumn = e.home.key(), e.firstOf(e.name, e.given, e.family)
		if i == 0 {
			p.Remarks = e.remarks
		}
	}
	if len(people[0].Mobiles)+len(people[0].Fixed)+len(people[0].Mails) == 0 && len(people) == 1 {
		e.problem("", Ask, "import.no-contact", nil)
	}
	for i := range people {
		people[i].Confirm = e.confirm
	}
	e.reading.People = append(e.reading.People, people...)
}

// contactCell reads the numbers and mailboxes of a cell, whatever its column was for.
func (e *entry) contactCell(column Column, c sheet.Cell) {
	if column.Meaning == Mail || strings.ContainsRune(c.Text, '@') {
		e.mailCell(column, c)
		return
	}
	for i, piece := range phone.Split(c.Text, e.options.Country) {
		n, err := phone.ParseAllowed(piece.Text, e.options.Country, e.options.Countries)
		if err != nil {
			e.refuseNumber(c.Column, err)
			continue
		}
		if column.Meaning == Mobile && n.Kind == phone.Fixed || column.Meaning == Fixed && n.Kind == phone.Mobile {
			e.problem(c.Column, Mend, "import.number-kind", buurtbel.Args{"Kind": string(n.Kind)})
		}
		e.numbers = append(e.numbers, found{Contact: Contact{Raw: piece.Text, Number: n, Column: c.Column}, note: piece.Note, partner: column.Partner, place: i})
	}
}

func (e *entry) refuseNumber(column string, err error) {
	if p, is := err.(*buurtbel.Error); is { //nolint:errorlint // Parse gives nothing else, and never wraps
		e.problem(column, Refuse, p.Key, p.Args)
		return
	}
	e.problem(column, Refuse, "error.phone.unreadable", nil)
}
