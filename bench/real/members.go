package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
)

// members is what came of the lists.
type members struct {
	Invented    int            `json:"invented"`
	Lists       int            `json:"lists"`
	Rows        int            `json:"rows"`
	Kinds       map[string]int `json:"kinds_of_rows"`
	People      int            `json:"people_found"`
	Left        int            `json:"left_out"`
	Stored      int            `json:"stored"`
	Expected    int            `json:"expected"`
	Placed      int            `json:"placed"`
	WrongPlace  int            `json:"at_a_wrong_place"`
	NoPlace     int            `json:"without_a_place_though_known"`
	Problems    map[string]int `json:"problems_by_key"`
	Columns     map[string]int `json:"columns_found"` // by meaning; with the way in brackets when it was not the header
	WithPlace   int            `json:"problems_with_line_and_column"`
	WithLine    int            `json:"problems_with_line_alone"`
	Undone      int            `json:"undone"`
	AgainStored int            `json:"stored_when_imported_a_third_time"`
	PreviewMS   float64        `json:"preview_ms_median"`
	CommitMS    float64        `json:"preview_and_commit_ms_median"`
	PeakMB      float64        `json:"peak_rss_mb"`
}

// told is what `import members --json` says.
type told struct {
	Import                             string
	Rows, People, Left, Placed, Stored int
	Columns                            []struct{ Letter, Meaning, How string }
	Problems                           []struct {
		Line          int
		Column        string
		Severity, Key string
	}
}

// members invents the people, writes their lists, and imports each list into its network, as an operator does: looked at first, then stored.
// Each person stands in the list of the network in which they live; the first list is taken back and imported again.
func (t *trial) members(ctx context.Context) error {
	t.people = invent(t.ground, t.o.members, t.o.seed)
	m := &t.out.Members
	m.Invented, m.Problems, m.Columns = len(t.people.all), map[string]int{}, map[string]int{}
	var previews, commits []float64
	for i := range t.ground.districts {
		l, err := t.people.write(t.setup.Folder, i)
		if err != nil {
			return err
		}
		m.Lists++
		began := time.Now()
		seen, err := t.list(ctx, l, false)
		if err != nil {
			return err
		}
		previews = append(previews, rig.MS(time.Since(began)))
		began = time.Now()
		kept, err := t.list(ctx, l, true)
		if err != nil {
			return err
		}
		commits = append(commits, rig.MS(time.Since(began)))
		m.add(kept)
		t.out.equal("people of the preview and of the import", seen.People, kept.People)
		if i == 0 {
			if err := t.takeBack(ctx, l, kept); err != nil {
				return err
			}
		}
	}
	m.Kinds, m.PreviewMS, m.CommitMS = t.people.kind, rig.Median(previews), rig.Median(commits)
	return t.compareMembers(ctx)
}

func (t *trial) list(ctx context.Context, l list, keep bool) (told, error) {
	var out told
	args := []string{"import", "members", "--json", "--accept", "--network", t.ground.districts[l.district].name, l.path}
	if keep {
		args = append(args, "--yes")
	}
	c, err := t.program.run(ctx, &out, args...)
	t.out.Members.PeakMB = max(t.out.Members.PeakMB, c.PeakMB)
	return out, err
}

func (m *members) add(s told) {
	m.Rows += s.Rows
	m.People += s.People
	m.Left += s.Left
	m.Stored += s.Stored
	m.Placed += s.Placed
	for _, p := range s.Problems {
		m.Problems[p.Severity+" "+p.Key]++
		if p.Column != "" {
			m.WithPlace++
		} else {
			m.WithLine++
		}
	}
	for _, c := range s.Columns {
		if c.How != "header" {
			c.Meaning += " (" + c.How + ")"
		}
		m.Columns[c.Meaning]++
	}
}

// takeBack undoes the first import, sees that nothing of it is left, and imports the list again; a third time there is nothing new in it.
func (t *trial) takeBack(ctx context.Context, l list, kept told) error {
	m := &t.out.Members
	if _, err := t.program.run(ctx, nil, "import", "undo", kept.Import); err != nil {
		return err
	}
	left, err := t.count(ctx, "select (select count(*) from member) + (select count(*) from import_row)")
	if err != nil {
		return err
	}
	t.out.equal("members after the undo", left, 0)
	m.Undone = kept.Stored
	again, err := t.list(ctx, l, true)
	if err != nil {
		return err
	}
	t.out.equal("members of the list imported again", again.Stored, kept.Stored)
	third, err := t.list(ctx, l, true)
	m.AgainStored = third.Stored
	t.out.equal("members of the list imported a third time", third.Stored, 0)
	return err
}

// compareMembers holds what the store has against what was invented: every number and mailbox, and where it lives.
func (t *trial) compareMembers(ctx context.Context) error {
	m := &t.out.Members
	got, want, homes := set{}, set{}, map[string]*person{}
	for _, p := range t.people.all {
		if p.fate != noReach {
			m.Expected += max(1, len(p.mobiles)) // two numbers in one cell are two adults
		}
		for _, list := range [][]string{p.mobiles, p.fixed, p.mails} {
			for _, address := range list {
				want[address], homes[address] = true, p
			}
		}
	}
	stored, err := t.contacts(ctx, `select c.id, c.address, c.kind, m.id, m.place, '' from contact c join member m on m.id = c.member where m.state = 'active'`)
	if err != nil {
		return err
	}
	for _, c := range stored {
		got[c.address] = true
		if p := homes[c.address]; p != nil && c.kind != string(buurtbel.Fixed) {
			t.comparePlace(p, c.place)
		}
	}
	t.same("contact points of the members", got, want)
	t.out.equal("members", m.Stored, m.Expected)
	t.out.equal("contact points at a wrong place", m.WrongPlace, 0)
	t.out.equal("contact points without a place though the address is known", m.NoPlace, 0)
	return nil
}

func (t *trial) comparePlace(p *person, at buurtbel.Point) {
	h := t.ground.homes[p.home]
	none := at == buurtbel.Point{}
	if os.Getenv("REAL_SHOW") != "" && (none != (p.fate == unknown) || !none && math.Abs(at.Lat-h.lat)+math.Abs(at.Lon-h.lon) > 4e-7) {
		fmt.Fprintln(os.Stderr, "place", p.fate, h.street, h.number, "box", p.box, h.code, "district", h.district, "at", at)
	}
	switch {
	case p.fate == unknown && !none, p.fate == member && !none && (math.Abs(at.Lat-h.lat) > 2e-7 || math.Abs(at.Lon-h.lon) > 2e-7):
		t.out.Members.WrongPlace++
	case p.fate == member && none:
		t.out.Members.NoPlace++
	}
}
