package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
)

// village is a ground of invented streets, for a try without data.
func village() *ground {
	g := &ground{}
	streets := []string{"Vlierstraat", "Sint-Jansstraat", "Korte Vlierlaan", "Vlierbeeksteenweg", "Molenplein", "Pastoor Claeslaan", "'t Vlierhof", "Oude-Heirweg"}
	for d := range 12 {
		g.districts = append(g.districts, district{name: fmt.Sprintf("Wijk %d", d+1)})
		for i := range 200 {
			g.districts[d].homes = append(g.districts[d].homes, len(g.homes))
			number := fmt.Sprint(i/len(streets) + 1)
			if i%17 == 0 {
				number += "A"
			}
			g.homes = append(g.homes, home{street: streets[i%len(streets)], number: number, code: fmt.Sprint(9990 + d/3), town: "Vlierbeek", district: d})
		}
	}
	return g
}

// Every number and mailbox of every list is found, whatever the list looks like, and nobody gets another's home.
func TestListsAreReadAsTheyWereMeant(t *testing.T) {
	for seed := range uint64(5) {
		p := invent(village(), 2000, seed)
		for d := range p.g.districts {
			l, err := p.write(t.TempDir(), d)
			if err != nil {
				t.Fatal(err)
			}
			compareList(t, p, l)
		}
	}
}

func compareList(t *testing.T, p *people, l list) {
	t.Helper()
	f, err := os.Open(l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := sheet.Read(f, sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := memberfile.Read(table, memberfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]memberfile.Person{}
	for _, one := range r.People {
		for _, c := range append(one.Mobiles, one.Fixed...) {
			found[c.Number.E164] = one
		}
		for _, c := range one.Mails {
			found[c.Mail] = one
		}
	}
	for _, row := range p.rows {
		if row.list != l.district {
			continue
		}
		for _, a := range row.adults {
			for _, address := range append(append(append([]string{}, a.mobiles...), a.mails...), a.fixed...) {
				one, ok := found[address]
				if !ok {
					t.Errorf("list %d: %s of %s %s is not found in %q", l.district+1, address, a.given, a.family, linesWith(table, a.family, a.given))
					continue
				}
				if len(row.adults) == 2 && slices.Contains(a.mobiles, address) && one.Given != a.given && (one.Given != "" || one.Family != a.given) {
					t.Errorf("list %d line %d: the number of %s is given to %s in %q", l.district+1, one.Line, a.given, one.Given, linesWith(table, a.family, a.given))
				}
				if h := p.g.homes[a.home]; a.fate == member && len(a.fixed) == 0 && !strings.HasPrefix(one.HouseNumber, strings.TrimRight(h.number, "A")) {
					t.Errorf("list %d line %d: house %s, want %s", l.district+1, one.Line, one.HouseNumber, h.number)
				}
			}
		}
	}
}

// linesWith gives the rows that speak of somebody.
func linesWith(table *sheet.Table, names ...string) (out []string) {
	for _, row := range table.Rows {
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text)
		}
		line := strings.Join(cells, " | ")
		if !slices.ContainsFunc(names, func(n string) bool { return !strings.Contains(strings.ToLower(line), strings.ToLower(n)) }) {
			out = append(out, line)
		}
	}
	return out
}
