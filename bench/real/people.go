package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// Fates of an invented person: what a right reading of the list makes of them.
type fate string

const (
	member  fate = "member"   // a member with a place on the map
	unknown fate = "no-place" // a member whose address no register knows
	noReach fate = "no-reach" // only a premium number: nothing to reach them by, so no member
)

// person is one invented adult at a real address.
type person struct {
	given, family string
	home          int // index in ground.homes
	box           string
	mobiles       []string // E.164
	fixed         []string
	mails         []string
	premium       string // a number that must be refused, as written
	fate          fate
}

// row is one line of a list: one or two adults of a home.
type row struct {
	adults []*person
	list   int  // index in ground.districts
	repeat bool // the same people once more, written otherwise
}

// people invents a town's members. The same seed gives the same people.
type people struct {
	r    *rand.Rand
	g    *ground
	all  []*person
	rows []row
	kind map[string]int  // rows by kind, for the report
	used map[string]bool // name and home: two of one name in one home would rightly be taken for one
}

var (
	givens = strings.Fields("Jan An Els Tom Lies Marc Rita Koen Sofie Luc Greet Dirk Ilse Bart Leen Wim Karen Piet Hilde Joris Katrien Geert Martine Stijn Sarah Bert Anja Filip Griet Raf")
	names  = strings.Split("Peeters,Janssens,Maes,Jacobs,Mertens,Willems,Claes,Goossens,Wouters,De Smet,Van den Broeck,De Clercq,Hermans,Pauwels,Aerts,Michiels,Martens,Desmet,Smets,Vermeulen,D'Hondt,Böhm,Dubé,Lemaître,Van Damme", ",")
)

func invent(g *ground, n int, seed uint64) *people {
	p := &people{r: rand.New(rand.NewPCG(seed, 0)), g: g, kind: map[string]int{}, used: map[string]bool{}} //nolint:gosec // invented people, the same each time
	for len(p.all) < n {
		p.add(n - len(p.all))
	}
	return p
}

// add invents the people of one more line.
func (p *people) add(left int) {
	home := p.r.IntN(len(p.g.homes)) // districts get members in proportion to their homes
	list := p.g.homes[home].district
	switch k := p.r.IntN(100); {
	case k < 16 && left > 1: // two in one line
		p.kind["two-people-in-one-line"]++
		a, b := p.person(home), p.person(home)
		b.family = a.family
		p.reach(a, true, p.r.IntN(2) == 0)
		p.reach(b, true, p.r.IntN(2) == 0 && len(a.mails) > 0)
		if len(a.mails) > 0 && len(b.mails) == 0 {
			a.mails = nil // one mailbox for two is whose?
		}
		p.put(row{adults: []*person{a, b}, list: list})
	case k < 26 && left > 1: // two lines, one fixed line
		p.kind["shared-fixed-line"]++
		a, b := p.person(home), p.person(home)
		line := fmt.Sprintf("+3220000%03d", p.kind["shared-fixed-line"]%1000)
		for _, one := range []*person{a, b} {
			p.reach(one, true, true)
			one.box = a.box
			one.fixed = []string{line}
			p.put(row{adults: []*person{one}, list: list})
		}
	default:
		p.single(k, home, list)
	}
}

func (p *people) single(k, home, list int) {
	a := p.person(home)
	r := row{adults: []*person{a}, list: list}
	switch {
	case k < 31:
		p.kind["mail-only"]++
		p.reach(a, false, true)
	case k < 33:
		p.kind["premium-number-and-mail"]++
		p.reach(a, false, true)
		a.premium = fmt.Sprintf("0903/%02d.%03d", p.r.IntN(100), p.r.IntN(1000))
	case k < 34:
		p.kind["premium-number-only"]++
		a.premium, a.fate = fmt.Sprintf("0900 %02d %03d", p.r.IntN(100), p.r.IntN(1000)), noReach
	case k < 37:
		p.kind["address-not-in-register"]++
		p.reach(a, true, true)
		a.fate = unknown
	case k < 40:
		p.kind["two-mobiles"]++
		p.reach(a, true, false)
		a.mobiles = append(a.mobiles, p.number())
	case k < 43:
		p.kind["in-the-list-of-another-network"]++
		p.reach(a, true, true)
		if other := p.r.IntN(len(p.g.districts)); other%4 < 2 { // a list that names postal codes: without them nobody could know where they live
			r.list = other
		}
	case k < 47:
		p.kind["twice-in-the-list"]++
		p.reach(a, true, true)
		p.put(r)
		p.rows = append(p.rows, row{adults: r.adults, list: list, repeat: true})
		return
	default:
		p.kind["single"]++
		p.reach(a, true, p.r.IntN(3) > 0)
	}
	p.put(r)
}

func (p *people) put(r row) {
	p.all = append(p.all, r.adults...)
	p.rows = append(p.rows, r)
}

func (p *people) one(list []string) string { return list[p.r.IntN(len(list))] }

func (p *people) person(home int) *person {
	a := &person{given: p.one(givens), family: p.one(names), home: home, fate: member}
	for p.used[fmt.Sprint(home, a.given)] {
		a.given = p.one(givens)
	}
	p.used[fmt.Sprint(home, a.given)] = true
	if number := p.g.homes[home].number; p.r.IntN(8) == 0 && onlyDigits(number) {
		a.box = fmt.Sprint(1 + p.r.IntN(12))
	}
	return a
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// reach gives a person a mobile number of their own and a mailbox. No number belongs to anybody, and no mailbox exists.
func (p *people) reach(a *person, mobile, mail bool) {
	if mobile {
		a.mobiles = append(a.mobiles, p.number())
	}
	if mail {
		local := strings.ReplaceAll(addressfile.Fold(a.given+"."+a.family), " ", ".")
		a.mails = append(a.mails, fmt.Sprintf("%s.%d@example.org", local, len(p.all)*4+p.r.IntN(4)))
	}
}

// number counts through a range that is assigned to nobody, in an order without pattern.
func (p *people) number() string {
	p.kind["mobile-numbers"]++
	return fmt.Sprintf("+324550%05d", p.kind["mobile-numbers"]*7919%100_000)
}
