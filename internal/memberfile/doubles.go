package memberfile

import (
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// markDoubles finds people who stand in the list twice, and contacts that stand with two homes. People of one row share on purpose.
func markDoubles(r *Reading) {
	seen := map[string]int{} // what identifies, to the index of the first person with it
	for i := range r.People {
		p := &r.People[i]
		for _, c := range p.Mobiles {
			p.double(r, i, seen, "n "+c.Number.E164, c.Column, "import.double-number")
		}
		for _, c := range p.Mails {
			p.double(r, i, seen, "m "+strings.ToLower(c.Mail), c.Column, "import.double-mail")
		}
		for _, c := range p.Fixed {
			p.doubleFixed(r, i, seen, c)
		}
		if name := p.nameKey(); name != "" && p.homeCell != "" {
			p.double(r, i, seen, "p "+name+" "+p.homeCell, p.nameColumn, "import.double-person")
		}
	}
}

func (p *Person) double(r *Reading, i int, seen map[string]int, key, column, problem string) {
	first, ok := seen[key]
	if !ok {
		seen[key] = i
		return
	}
	other := r.People[first]
	if other.Line == p.Line {
		return
	}
	p.Confirm = true
	if name := p.nameKey(); name == other.nameKey() || name == "" {
		p.SameAs = other.Line
	}
	r.add(p.Line, column, Ask, problem, buurtbel.Args{"Line": other.Line})
}

// doubleFixed lets people of one address share a fixed line.
func (p *Person) doubleFixed(r *Reading, i int, seen map[string]int, c Contact) {
	key := "f " + c.Number.E164
	first, ok := seen[key]
	if ok && p.homeCell != "" && r.People[first].homeCell == p.homeCell && r.People[first].nameKey() != p.nameKey() {
		return
	}
	p.double(r, i, seen, key, c.Column, "import.double-number")
}

// nameKey is the name for comparing, in whatever order it was written.
func (p *Person) nameKey() string {
	given, family := addressfile.Fold(p.Given), addressfile.Fold(p.Family)
	if given == "" || family == "" {
		return ""
	}
	if given > family {
		given, family = family, given
	}
	return given + "|" + family
}
