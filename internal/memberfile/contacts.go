package memberfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

var (
	mailBetween = regexp.MustCompile(`[\s;,/|]+(?:(?:en|et|und|and|of|ou)\s+)?`)
	angled      = regexp.MustCompile(`[^<>;,]*<([^<>\s]+@[^<>\s]+)>`)
	mailbox     = regexp.MustCompile(`^[\pL\pN._%+'&=~-]{1,64}@((?:[\pL\pN](?:[\pL\pN-]{0,61}[\pL\pN])?\.)+\pL{2,24})$`)
	spelledAt   = regexp.MustCompile(`\s*[\[(]\s*(?:at|apenstaartje|arobase)\s*[\])]\s*`)
)

// mailCell reads the mailboxes of a cell. A comma for a dot and a spelled-out @ are mended and told; anything else that is no mailbox is refused.
func (e *entry) mailCell(column Column, c sheet.Cell) {
	text := angled.ReplaceAllString(c.Text, "$1 ")
	if fixed := spelledAt.ReplaceAllString(text, "@"); fixed != text {
		text = fixed
		e.problem(c.Column, Ask, "import.mail-mended", nil)
	}
	if whole := strings.ReplaceAll(text, ",", "."); strings.Count(text, "@") == 1 && strings.Contains(text, ",") && mailbox.MatchString(whole) {
		text = whole
		e.problem(c.Column, Ask, "import.mail-mended", nil)
	}
	place := 0
	for _, part := range mailBetween.Split(text, -1) {
		part = strings.Trim(strings.TrimPrefix(part, "mailto:"), ".:()<>\"'")
		if letters(part)+digits(part) == 0 {
			continue // what separated
		}
		m := mailbox.FindStringSubmatch(part)
		switch {
		case m != nil && !strings.Contains(part, "..") && part[0] != '.':
			local := strings.TrimSuffix(part, m[1])
			e.mails = append(e.mails, found{Contact: Contact{Raw: part, Mail: local + strings.ToLower(m[1]), Column: c.Column}, partner: column.Partner, place: place})
			place++
		case !strings.Contains(part, "@") && digits(part) >= 8:
			e.contactCell(Column{Letter: column.Letter, Meaning: Phone, Partner: column.Partner}, sheet.Cell{Column: c.Column, Text: part})
		default:
			e.problem(c.Column, Refuse, "import.mail-unreadable", nil)
		}
	}
}

// division gives each contact of a row to its adult.
type division struct {
	*entry
	adults  []named
	second  int // index of the adult of the partner columns, -1 for none
	owned   [][]Contact
	notes   []string
	mobiles int // mobile numbers given out without another sign than their order
}

func (d *division) divide() {
	d.owned = make([][]Contact, len(d.adults), len(d.adults)+2)
	shared := []found{}
	numbers := slices.Clone(d.numbers)
	slices.SortStableFunc(numbers, func(a, b found) int { return plainly(a) - plainly(b) }) // whose a number is stands with some: those first
	for _, f := range numbers {
		if f.Number.Kind != phone.Mobile && f.note == "" && !f.partner {
			shared = append(shared, f)
			continue
		}
		d.give(f, d.owner(f, d.byOrder(f, d.mobilesBefore(f))))
	}
	for i, f := range d.mails {
		d.give(f, d.owner(f, d.byMail(f, i)))
	}
	for _, f := range shared { // a fixed line is the home's
		f.Shared = len(d.adults) > 1
		for i := range d.adults {
			d.give(f, i)
		}
	}
}

func (d *division) give(f found, to int) {
	d.owned[to] = append(d.owned[to], f.Contact)
}

// owner finds whose a contact is by the words beside it and its column; otherwise it is guess's.
func (d *division) owner(f found, guess func() int) int {
	if f.partner {
		if d.second < 0 {
			d.second = d.another(f.Column, "")
		}
		return d.second
	}
	if f.note == "" {
		return guess()
	}
	note := addressfile.Fold(f.note)
	for i, a := range d.adults {
		given := addressfile.Fold(a.given)
		if given == "" { // a lone word that was taken for a family name
			given = addressfile.Fold(a.family)
		}
		if given != "" && (note == given || strings.Contains(" "+note+" ", " "+given+" ") || len(note) == 1 && strings.HasPrefix(given, note)) {
			return i
		}
	}
	if fields := strings.Fields(note); len(fields) > 0 && givenNames[fields[0]] {
		return d.another(f.Column, f.note)
	}
	d.notes = append(d.notes, f.note)
	return guess()
}

// another adds an adult whom only a contact betrays.
func (d *division) another(column, given string) int {
	d.problem(column, Ask, "import.second-adult", nil)
	d.adults = append(d.adults, named{given: given, family: d.adults[0].family})
	d.owned = append(d.owned, nil)
	return len(d.adults) - 1
}

func (d *division) mobilesBefore(f found) int {
	n := d.mobiles
	if f.note == "" && !f.partner {
		d.mobiles++
	}
	return n
}

// byOrder gives the n-th number to the n-th adult. Two in one cell with one name are two adults; two columns are one person with two.
func (d *division) byOrder(f found, n int) func() int {
	return func() int {
		switch {
		case n == 0 && len(d.adults) > 1 && d.second < 0 && d.plain(d.numbers) == 1:
			if free := d.onlyWithout(); free >= 0 { // "0455/00.00.01 (An) en 0455/00.00.02": the other one's
				return free
			}
			d.problem(f.Column, Ask, "import.contact-whose", nil)
			return 0
		case f.place > 0 && len(d.adults) == 1:
			return d.another(f.Column, "")
		case n > 0 && len(d.adults) == 1:
			d.problem(f.Column, Mend, "import.two-numbers", nil)
			return 0
		}
		return min(n, len(d.adults)-1)
	}
}

// onlyWithout gives the one adult who has no mobile number yet; -1 when there are none or several.
func (d *division) onlyWithout() int {
	free := -1
	for i := range d.adults {
		if slices.ContainsFunc(d.owned[i], func(c Contact) bool { return c.Number.Kind == phone.Mobile }) {
			continue
		}
		if free >= 0 {
			return -1
		}
		free = i
	}
	return free
}

// plainly is 1 for a number that carries no sign of whose it is.
func plainly(f found) int {
	if f.note == "" && !f.partner {
		return 1
	}
	return 0
}

// plain counts the mobile numbers that carry no sign of whose they are.
func (d *division) plain(list []found) int {
	n := 0
	for _, f := range list {
		if f.note == "" && !f.partner && f.Number.Kind == phone.Mobile {
			n++
		}
	}
	return n
}

// byMail gives a mailbox to the adult whose given name is in it, else by order as byOrder does.
func (d *division) byMail(f found, n int) func() int {
	return func() int {
		local, _, _ := strings.Cut(addressfile.Fold(strings.Replace(f.Mail, "@", " at ", 1)), " at ")
		local = strings.ReplaceAll(local, " ", "")
		for i, a := range d.adults {
			if given := strings.ReplaceAll(addressfile.Fold(a.given), " ", ""); len(given) > 1 && strings.Contains(local, given) {
				return i
			}
		}
		switch {
		case len(d.adults) > 1 && len(d.mails) == 1:
			d.problem(f.Column, Ask, "import.contact-whose", nil)
			return 0
		case f.place > 0 && len(d.adults) == 1:
			return d.another(f.Column, "")
		}
		return d.freeMailOwner(n)
	}
}

// freeMailOwner prefers an adult without a mailbox.
func (d *division) freeMailOwner(n int) int {
	for i := range d.adults {
		if !slices.ContainsFunc(d.owned[i], func(c Contact) bool { return c.Mail != "" }) && i <= n {
			return i
		}
	}
	return min(n, len(d.adults)-1)
}

func (d *division) people() []Person {
	people := make([]Person, len(d.adults))
	for i, a := range d.adults {
		p := &people[i]
		p.Given, p.Family = a.given, a.family
		for _, c := range d.owned[i] {
			switch {
			case c.Mail != "":
				p.Mails = addOnce(p.Mails, c)
			case c.Number.Kind == phone.Mobile:
				p.Mobiles = addOnce(p.Mobiles, c)
			default:
				p.Fixed = addOnce(p.Fixed, c)
			}
		}
	}
	d.remarks = append(d.remarks, d.notes...)
	return people
}

func addOnce(list []Contact, c Contact) []Contact {
	if slices.ContainsFunc(list, func(have Contact) bool { return have.Number == c.Number && have.Mail == c.Mail }) {
		return list
	}
	return append(list, c)
}
