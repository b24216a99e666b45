package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// list is the member list of one network as its coordinator keeps it: Latin-1, semicolons, columns in an order of its own.
type list struct {
	district int
	path     string
	rows     int // lines that speak of people
}

// style is how one coordinator keeps a list.
type style struct {
	whole   bool // one column for the name
	reverse bool // family name first
	address int  // 0: street, number, box; 1: one line; 2: street, and number with box
	town    int  // 0: code and town; 1: both in one; 2: neither; 3: town alone
	phones  bool // one column for all numbers
	columns []string
}

var headers = map[string][]string{
	"given": {"Voornaam", "VOORNAAM"}, "family": {"Familienaam", "Achternaam"}, "name": {"Naam", "Naam en voornaam"},
	"street": {"Straat", "straatnaam"}, "house": {"Nr", "Huisnummer", "Huisnr."}, "box": {"Bus", "busnr"}, "line": {"Adres", "Straat + nr"},
	"code": {"Postcode", "PC"}, "town": {"Gemeente", "Woonplaats"}, "codetown": {"Postcode en gemeente", "PC gemeente"},
	"mobile": {"GSM", "gsm-nummer", "Mobiel"}, "fixed": {"Vaste lijn", "Tel thuis"}, "phone": {"Tel / GSM", "Telefoon"}, "mail": {"E-mail", "mailadres", "e-mailadres"},
	"note": {"Opmerking", "Bemerkingen"}, "count": {"Volgnr", "nr lid"},
}

func (p *people) style(i int) style {
	s := style{whole: i%3 != 1, reverse: i%3 == 2, address: i % 3, town: i % 4, phones: i%5 == 2}
	c := []string{"mail", "note"}
	c = append(c, map[bool][]string{true: {"name"}, false: {"given", "family"}}[s.whole]...)
	c = append(c, [][]string{{"street", "house", "box"}, {"line"}, {"street", "house"}}[s.address]...)
	c = append(c, [][]string{{"code", "town"}, {"codetown"}, nil, {"town"}}[s.town]...)
	c = append(c, map[bool][]string{true: {"phone"}, false: {"mobile", "fixed"}}[s.phones]...)
	p.r.Shuffle(len(c), func(a, b int) { c[a], c[b] = c[b], c[a] })
	if i%4 == 0 {
		c = append([]string{"count"}, c...)
	}
	s.columns = c
	return s
}

// write writes the list of one district.
func (p *people) write(folder string, district int) (list, error) {
	l := list{district: district, path: fmt.Sprintf("%s/list-%02d.csv", folder, district+1)}
	s := p.style(district)
	var lines []string
	if district%2 == 0 { // what stands above the table
		lines = append(lines, "Ledenlijst, laatst nagekeken in het najaar"+strings.Repeat(";", len(s.columns)-1), strings.Repeat(";", len(s.columns)-1))
	}
	var head []string
	for _, c := range s.columns {
		head = append(head, p.one(headers[c]))
	}
	lines = append(lines, strings.Join(head, ";"))
	for _, again := range []bool{false, true} { // who stands twice stands near the end once more
		for _, r := range p.rows {
			if r.list != district || r.repeat != again {
				continue
			}
			l.rows++
			lines = append(lines, p.line(s, r, l.rows))
			if l.rows%40 == 0 {
				lines = append(lines, strings.Repeat(";", len(s.columns)-1))
			}
			if l.rows%90 == 0 {
				lines = append(lines, strings.Join(head, ";")) // a page break
			}
		}
	}
	lines = append(lines, strings.Repeat(";", len(s.columns)-1), "Totaal"+strings.Repeat(";", len(s.columns)-1)+fmt.Sprint(l.rows))
	text, err := charmap.ISO8859_1.NewEncoder().String(strings.Join(lines, "\r\n") + "\r\n")
	if err != nil {
		return l, fmt.Errorf("write list: %w", err)
	}
	return l, os.WriteFile(l.path, []byte(text), 0o600)
}

// line writes the people of a row as their coordinator would.
func (p *people) line(s style, r row, count int) string {
	cells := map[string]string{"count": fmt.Sprint(count)}
	p.nameCells(s, r, cells)
	p.homeCells(s, r.adults[0], cells)
	p.contactCells(s, r, cells)
	if p.r.IntN(6) == 0 {
		cells["note"] = p.one([]string{"heeft een hond", "belt liever 's avonds", "zelfstandige", "sinds 2019; lid van de stuurgroep", "nieuwe bewoner", "café op de hoek"})
	}
	out := make([]string, len(s.columns))
	for i, c := range s.columns {
		out[i] = quoted(cells[c])
	}
	return strings.Join(out, ";")
}

func quoted(text string) string {
	if strings.ContainsAny(text, ";\"\n") && !strings.HasPrefix(text, "=") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

func (p *people) nameCells(s style, r row, cells map[string]string) {
	given, family := r.adults[0].given, r.adults[0].family
	if len(r.adults) == 2 {
		given += p.one([]string{" en ", " & "}) + r.adults[1].given
	}
	switch {
	case !s.whole:
		cells["given"], cells["family"] = given, family
	case s.reverse:
		cells["name"] = strings.ToUpper(family) + " " + given
	default:
		cells["name"] = given + " " + family
	}
	if p.r.IntN(10) == 0 {
		cells["name"] = "  " + strings.ReplaceAll(cells["name"], " ", "  ")
	}
}

func (p *people) homeCells(s style, a *person, cells map[string]string) {
	h := p.g.homes[a.home]
	street, number := p.street(h.street), h.number
	if a.fate == unknown {
		street, number = "Nergensdreef", "9"
	}
	cells["code"], cells["town"], cells["codetown"] = h.code, h.town, h.code+" "+h.town
	if p.r.IntN(8) == 0 {
		cells["codetown"], cells["town"] = "B-"+h.code+" "+strings.ToUpper(h.town), strings.ToLower(h.town)
	}
	house := p.house(number, a.box, s.address != 1)
	cells["street"], cells["house"], cells["line"] = street, house, street+" "+house
	if s.address == 0 && a.box != "" && p.r.IntN(3) > 0 {
		cells["house"], cells["box"] = number, p.one([]string{a.box, "bus " + a.box})
	}
}

// house writes a house number with its box; a spreadsheet may have made a date of it.
func (p *people) house(number, box string, cell bool) string {
	months := []string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}
	month := 0
	if _, err := fmt.Sscan(box, &month); box == "" || err != nil {
		if last := number[len(number)-1]; last >= 'A' && last <= 'Z' && p.r.IntN(3) == 0 {
			return strings.ToLower(number[:len(number)-1] + " " + number[len(number)-1:])
		}
		return number
	}
	var day int
	if _, err := fmt.Sscan(number, &day); err == nil && cell && day <= 31 {
		p.kind["house-numbers-as-dates"]++
		return fmt.Sprintf("%d/%s", day, months[month-1])
	}
	return number + p.one([]string{" bus ", "/", " bte "}) + box
}

// street writes a street name in one of its usual spellings.
func (p *people) street(name string) string {
	way := p.r.IntN(9)
	if way > 2 {
		p.kind["street-spelled-otherwise"]++
	}
	switch way {
	case 3:
		return strings.ToUpper(name)
	case 4:
		return strings.ToLower(name)
	case 5:
		return strings.Replace(name, "straat", "str.", 1)
	case 6:
		return strings.ReplaceAll(name, "-", " ")
	case 7:
		return strings.Replace(strings.Replace(name, "Sint-", "St.-", 1), "steenweg", "stwg", 1)
	case 8:
		return strings.Replace(strings.Replace(name, "laan", "ln", 1), "plein", "pl.", 1)
	}
	return name
}

func (p *people) contactCells(s style, r row, cells map[string]string) {
	var mobiles, mails, fixed []string
	for _, a := range r.adults {
		for i, n := range a.mobiles {
			text := p.mobile(n, len(r.adults)+len(a.mobiles) == 2 && !(s.phones && len(a.fixed) > 0))
			if len(r.adults) == 2 && i == 0 && p.r.IntN(2) == 0 {
				text += " (" + a.given + ")"
			}
			mobiles = append(mobiles, text)
		}
		mails = append(mails, a.mails...)
		for _, n := range a.fixed {
			fixed = append(fixed, p.landline(n))
		}
		if a.premium != "" {
			mobiles = append(mobiles, a.premium)
		}
	}
	between := p.one([]string{" / ", ", ", " - ", " en "})
	cells["mobile"], cells["fixed"] = strings.Join(mobiles, between), strings.Join(fixed, " / ")
	cells["phone"] = strings.Join(append(mobiles, fixed...), between)
	cells["mail"] = strings.Join(mails, p.one([]string{"; ", ", ", " "}))
	if len(mails) == 1 && p.r.IntN(12) == 0 {
		cells["mail"] = "<" + mails[0] + ">"
	}
}

// mobile writes a number as people do; alone it may have lost its zero, as spreadsheets do.
func (p *people) mobile(e164 string, alone bool) string {
	d := strings.TrimPrefix(e164, "+32")
	ways := []string{
		fmt.Sprintf("0%s/%s.%s.%s", d[:3], d[3:5], d[5:7], d[7:]), fmt.Sprintf("+32 %s %s %s %s", d[:3], d[3:5], d[5:7], d[7:]), "0" + d, "0032" + d,
		fmt.Sprintf("0%s-%s %s %s", d[:3], d[3:5], d[5:7], d[7:]), fmt.Sprintf("0%s %s %s", d[:3], d[3:6], d[6:]), "+32 (0)" + d[:3] + " " + d[3:],
	}
	if alone {
		ways = append(ways, d, d, `="0`+d+`"`)
	}
	i := p.r.IntN(len(ways))
	if ways[i] == d {
		p.kind["lost-zeros"]++
	}
	return ways[i]
}

func (p *people) landline(e164 string) string {
	d := strings.TrimPrefix(e164, "+322")
	return p.one([]string{"02/" + d[:3] + "." + d[3:5] + "." + d[5:], "02 " + d[:3] + " " + d[3:], "+32 2 " + d})
}
