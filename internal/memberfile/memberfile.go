// Package memberfile reads what coordinators' member lists mean: columns in any order, headers in four languages, wrong or absent, two
// people in one home, numbers and house numbers that a spreadsheet changed.
//
// It decides nothing that a person must decide: what it is not sure of is a Problem of severity Ask, with its line and column. Every row
// becomes at least one Person or has at least one Problem; no cell with a meaning is dropped without one. It stores nothing and knows no
// members but those of the file. No Problem's Args hold a name, number, address or mailbox, so that a report may be logged and mailed;
// the texts are in the table.
package memberfile

import (
	"slices"
	"strconv"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// Meaning is what a column holds.
type Meaning string

// The meanings. A column can also be given one by hand.
const (
	Given        Meaning = "given"
	Family       Meaning = "family"
	Name         Meaning = "name" // given and family name together, in either order
	Street       Meaning = "street"
	HouseNumber  Meaning = "house-number" // with or without the box
	Box          Meaning = "box"
	Address      Meaning = "address" // street and house number, perhaps postal code and municipality
	PostalCode   Meaning = "postal-code"
	Municipality Meaning = "municipality" // perhaps with the postal code before it
	Mobile       Meaning = "mobile"
	Fixed        Meaning = "fixed"
	Phone        Meaning = "phone" // mobile or fixed; each number tells
	Mail         Meaning = "mail"
	Language     Meaning = "language"
	Household    Meaning = "household" // rows with the same value are one home
	Partner      Meaning = "partner"   // name of a second adult
	Remark       Meaning = "remark"    // kept in Person.Remarks
	Ignore       Meaning = "ignore"    // row numbers, dates of birth, contributions …: named in Reading.Columns, not read
)

// Meanings lists all meanings, for a form.
var Meanings = []Meaning{Given, Family, Name, Street, HouseNumber, Box, Address, PostalCode, Municipality, Mobile, Fixed, Phone, Mail, Language, Household, Partner, Remark, Ignore}

// How says how a column got its meaning.
type How string

// The ways.
const (
	ByHand    How = "hand"
	ByHeader  How = "header"
	ByContent How = "content"
	Unknown   How = "unknown" // no meaning was found; the column is read as Remark
)

// Column is what one column was taken for.
type Column struct {
	Letter  string // "C"
	Header  string // as written; "" without a header row
	Meaning Meaning
	Partner bool // belongs to the second adult of the row
	How     How
}

// Contact is one number or mailbox.
type Contact struct {
	Raw    string       // as written
	Number phone.Number // of numbers
	Mail   string       // of mailboxes, domain in small letters
	Column string
	Shared bool // a fixed line of the home that stands with each of its adults
}

// Person is one adult.
type Person struct {
	Line                     int
	Given, Family            string // as written; one may be "" when the list does not tell
	Street, HouseNumber, Box string // cleaned: "12A", not "12 a"
	PostalCode, Municipality string
	Mobiles, Fixed, Mails    []Contact
	Language                 buurtbel.Language // "" when the list does not tell
	Household                string            // people with the same value stand in one row or share the list's household column; a hint only, never an accepted household
	Remarks                  []string
	Confirm                  bool // somebody must look before this person is imported: a Problem of severity Ask names the place
	SameAs                   int  // line of an earlier person who may be the same; 0: none
	nameColumn, homeCell     string
}

// String hides the contact, so that a stray %v in a log line tells nothing.
func (c Contact) String() string { return "(contact)" }

// String hides the person but for the line, so that a stray %v in a log line tells nothing.
func (p Person) String() string { return "(person of line " + strconv.Itoa(p.Line) + ")" }

// Severity says what follows from a problem.
type Severity string

// The severities.
const (
	Refuse Severity = "refuse" // this cell or row is not taken over
	Ask    Severity = "ask"    // taken over as it was understood, if a person agrees
	Mend   Severity = "mend"   // repaired or left out without doubt; told only
)

// Problem is one thing that is not as it should be, at its place.
type Problem struct {
	Line     int    // 0: the whole table
	Column   string // "": the whole row
	Severity Severity
	Key      string // sentence key: "import.…", or an "error.phone.…" key
	Args     buurtbel.Args
}

// Reading is the meaning of a table.
type Reading struct {
	Header   int // line of the header row; 0: none
	Columns  []Column
	People   []Person
	Problems []Problem // by line, then column
	Rows     int       // rows that were read as people
	Skipped  int       // rows above the header, repeated headers, totals; each has its Problem
}

// Count gives the number of problems of a severity.
func (r *Reading) Count(s Severity) int {
	n := 0
	for _, p := range r.Problems {
		if p.Severity == s {
			n++
		}
	}
	return n
}

func (r *Reading) add(line int, column string, severity Severity, key string, args buurtbel.Args) {
	r.Problems = append(r.Problems, Problem{Line: line, Column: column, Severity: severity, Key: key, Args: args})
}

// Options says what the zone knows beforehand.
type Options struct {
	Country   string             // numbers without country code are of this country; "": BE
	Countries []string           // countries whose numbers are allowed; nil: phone.DefaultCountries
	Columns   map[string]Meaning // meanings given by hand, by column letter; they win
	Header    int                // line of the header row by hand; 0: find it; -1: there is none
	Progress  func(done, total int64)
}

func (o *Options) fill() {
	if o.Country == "" {
		o.Country = "BE"
	}
	if o.Countries == nil {
		o.Countries = phone.DefaultCountries
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
}

// Read reads the meaning of t. Notes of the table become problems.
//
// Errors: error.import.no-name-column, error.import.no-contact-column (kind Invalid): then Reading still holds the columns, so that a
// person can name them; error.import.meaning (Args Meaning) for a meaning by hand that does not exist.
func Read(t *sheet.Table, o Options) (*Reading, error) {
	o.fill()
	for _, m := range o.Columns {
		if !slices.Contains(Meanings, m) {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.import.meaning", buurtbel.Args{"Meaning": string(m)})
		}
	}
	r := &Reading{}
	r.tableNotes(t)
	header := findHeader(t, o)
	c := mapColumns(t, header, o, r)
	if err := c.enough(); err != nil {
		return r, err
	}
	rows := newRows(t, c, o, r)
	rows.read(header)
	markDoubles(r)
	r.sort()
	return r, nil
}

// tableNotes carries the sheet's notes over. A hidden row is a question: filters hide who left.
func (r *Reading) tableNotes(t *sheet.Table) {
	for _, n := range t.Notes {
		severity := Mend
		switch n.Key {
		case "sheet.row-hidden", "sheet.quote-open", "sheet.row-longer", "sheet.other-sheet", "sheet.merged-copied":
			severity = Ask
		case "sheet.cell-fault", "sheet.formula-without-result", "sheet.encoding-broken":
			severity = Refuse
		}
		r.add(n.Line, n.Column, severity, n.Key, n.Args)
	}
}

func (r *Reading) sort() {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return sheet.ColumnNumber(a.Column) - sheet.ColumnNumber(b.Column)
	})
}
