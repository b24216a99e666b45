package loading

import (
	"context"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Staged is a list that was read and kept apart: the preview. Nobody is a member yet.
type Staged struct {
	Import   buurtbel.ID // 0 when there is nothing to import
	Reading  *memberfile.Reading
	Problems []memberfile.Problem // the reader's, and what the network and the register add, by line and column
	People   int                  // who would become a member
	Left     int                  // who would not, each with a problem
	Placed   int                  // whose address is in the register
}

// Answers are what a person decided about the reader's questions.
type Answers struct {
	AcceptAsked bool           // take over what the reader asks about, as it understood it
	Lines       map[int]Answer // of single lines; they win
}

// Answer is what a person decided about one line.
type Answer string

// The answers. Without one, what the reader asks about stays out.
const (
	Take  Answer = "take"  // as the reader understood it
	Leave Answer = "leave" // nobody of this line becomes a member
)

// StageMembers reads a list into the preview of a network. It makes nobody a member.
func StageMembers(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone *buurtbel.Zone, network buurtbel.ID, t *sheet.Table, o memberfile.Options, a Answers) (*Staged, error) {
	scope := buurtbel.Scope{Zone: zone.ID, Network: network}
	if err := actor.May(buurtbel.MayImport, scope, db.Now()); err != nil {
		return nil, err
	}
	s, rows, err := understand(ctx, db, scope, zone, t, o, a)
	if err != nil || len(rows) == 0 {
		return s, err
	}
	s.Import = db.NewID()
	return s, stage(ctx, db, scope, actor, store.Import{ID: s.Import, Network: network, By: actor.Person, Total: len(rows)}, rows)
}

// understand reads what would become of a list. It stores nothing.
func understand(ctx context.Context, db *store.DB, scope buurtbel.Scope, zone *buurtbel.Zone, t *sheet.Table, o memberfile.Options, a Answers) (*Staged, []store.ImportRow, error) {
	if err := whole(ctx, db, scope); err != nil {
		return nil, nil, err
	}
	countries, err := zone.Reachable()
	if err != nil {
		return nil, nil, err
	}
	o.Country, o.Countries = zone.Country, countries
	reading, err := memberfile.Read(t, o)
	if err != nil {
		return &Staged{Reading: reading}, nil, err
	}
	s := &Staged{Reading: reading, Problems: reading.Problems}
	people, err := s.choose(ctx, db, scope, a)
	if err != nil {
		return s, nil, err
	}
	homes, err := register(ctx, db, scope, people)
	if err != nil {
		return s, nil, err
	}
	rows := s.rows(people, homes)
	slices.SortStableFunc(s.Problems, func(a, b memberfile.Problem) int { return a.Line - b.Line })
	return s, rows, nil
}

// whole refuses a new list as long as an earlier one of the network was cut off: those of it who were written are no members yet, and would
// count as members already.
func whole(ctx context.Context, db *store.DB, scope buurtbel.Scope) error {
	return db.Read(ctx, scope, func(tx *store.Tx) error {
		i, cut, err := tx.CutImport()
		switch {
		case err != nil || !cut:
			return err
		case i.State == store.ImportUndoing:
			return buurtbel.Fail(buurtbel.Conflict, "error.import.cut-undo", buurtbel.Args{"Import": i.ID.String()})
		}
		return buurtbel.Fail(buurtbel.Conflict, "error.import.cut", buurtbel.Args{"Import": i.ID.String(), "Count": i.Done, "Total": i.Total})
	})
}

// choose leaves out who cannot become a member: refused rows, unanswered questions, doubles, and who is a member already.
func (s *Staged) choose(ctx context.Context, db *store.DB, scope buurtbel.Scope, a Answers) ([]memberfile.Person, error) {
	known, err := s.known(ctx, db, scope)
	if err != nil {
		return nil, err
	}
	var out []memberfile.Person
	for _, p := range s.Reading.People {
		key := ""
		switch {
		case p.SameAs != 0:
			key = "import.left-double"
		case a.Lines[p.Line] == Leave:
			key = "import.left-choice"
		case p.Confirm && !a.AcceptAsked && a.Lines[p.Line] != Take:
			key = "import.left-question"
		case len(p.Mobiles)+len(p.Fixed)+len(p.Mails) == 0:
			key = "import.left-no-contact"
		case isKnown(p, known):
			key = "import.left-member"
		}
		if key == "" {
			out = append(out, p)
			continue
		}
		s.Left++
		s.Problems = append(s.Problems, memberfile.Problem{Line: p.Line, Severity: memberfile.Refuse, Key: key, Args: buurtbel.Args{"Line": p.SameAs}})
	}
	s.People = len(out)
	return out, nil
}

func (s *Staged) known(ctx context.Context, db *store.DB, scope buurtbel.Scope) (map[string]bool, error) {
	var all []string
	for _, p := range s.Reading.People {
		all = append(all, own(p)...)
	}
	var known map[string]bool
	err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		known, err = tx.KnownAddresses(scope.Network, all)
		return err
	})
	return known, err
}

// own lists the contact points that name one person: a shared fixed line does not.
func own(p memberfile.Person) []string {
	var out []string
	for _, c := range p.Mobiles {
		out = append(out, c.Number.E164)
	}
	for _, c := range p.Mails {
		out = append(out, c.Mail)
	}
	return out
}

func isKnown(p memberfile.Person, known map[string]bool) bool {
	return slices.ContainsFunc(own(p), func(address string) bool { return known[address] })
}

func (s *Staged) rows(people []memberfile.Person, homes *homes) []store.ImportRow {
	var out []store.ImportRow
	persons := map[int]int{}
	for _, p := range people {
		m := store.NewMember{Name: store.Name{Given: p.Given, Family: p.Family},
			Home: store.Home{Street: p.Street, Number: p.HouseNumber, Box: p.Box, PostalCode: p.PostalCode, Municipality: p.Municipality}}
		if m.Language = p.Language; m.Language == "" {
			m.Language = buurtbel.Dutch
		}
		s.locate(&m, p, homes)
		m.Contacts = contactsOf(p)
		out = append(out, store.ImportRow{Line: p.Line, Person: persons[p.Line], Member: m})
		persons[p.Line]++
	}
	return out
}

// locate finds the home in the register; a home that is not there, or may be in several places, keeps its words and gets no place on the map.
func (s *Staged) locate(m *store.NewMember, p memberfile.Person, homes *homes) {
	found, key := homes.find(p)
	if key != "" {
		s.Problems = append(s.Problems, memberfile.Problem{Line: p.Line, Severity: memberfile.Mend, Key: key})
		return
	}
	s.Placed++
	m.Place = found.At
	m.Home.Street, m.Home.Municipality, m.Home.PostalCode = found.Street, found.Municipality, found.PostalCode
}

func contactsOf(p memberfile.Person) []store.NewContact {
	var out []store.NewContact
	add := func(kind buurtbel.ContactKind, address string) {
		out = append(out, store.NewContact{Kind: kind, Address: address})
	}
	for _, c := range p.Mobiles {
		add(buurtbel.Mobile, c.Number.E164)
	}
	for _, c := range p.Fixed {
		add(buurtbel.Fixed, c.Number.E164)
	}
	for _, c := range p.Mails {
		add(buurtbel.Mailbox, c.Mail)
	}
	return out
}

func stage(ctx context.Context, db *store.DB, scope buurtbel.Scope, actor buurtbel.Actor, i store.Import, rows []store.ImportRow) error {
	for start := 0; start < len(rows); start += slice {
		part := rows[start:min(start+slice, len(rows))]
		err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
			if start == 0 {
				if err := tx.InsertImport(i); err != nil {
					return err
				}
				if err := tx.Append(scope.Zone, buurtbel.EntryImport, actor.Person, []byte("staged "+i.ID.String())); err != nil {
					return err
				}
			}
			return tx.StageRows(i.ID, part)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CommitMembers makes the people of a staged list members: written in slices that belong to no audience, then one switch. A commit that was
// broken off goes on where it was.
func CommitMembers(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, id buurtbel.ID, progress func(done, total int)) (int, error) {
	i, scope, err := importOf(ctx, db, actor, zone, id)
	if err != nil {
		return 0, err
	}
	if i.State == store.ImportStaged {
		if err := db.Write(ctx, scope, func(tx *store.Tx) error { return tx.MoveImport(id, store.ImportStaged, store.ImportRunning) }); err != nil {
			return 0, err
		}
	} else if i.State != store.ImportRunning {
		return 0, buurtbel.Fail(buurtbel.Conflict, "error.import.moved", nil)
	}
	done, err := writeMembers(ctx, db, scope, i, progress)
	if err != nil {
		return done, err
	}
	return done, db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.SwitchImport(id); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryImport, actor.Person, []byte("done "+id.String()))
	})
}

func importOf(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, id buurtbel.ID) (store.Import, buurtbel.Scope, error) {
	scope := buurtbel.Scope{Zone: zone}
	var i store.Import
	err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		i, err = tx.Import(id)
		return err
	})
	scope.Network = i.Network
	if err == nil {
		err = actor.May(buurtbel.MayImport, scope, db.Now())
	}
	return i, scope, err
}

func writeMembers(ctx context.Context, db *store.DB, scope buurtbel.Scope, i store.Import, progress func(done, total int)) (int, error) {
	var done int
	line, person := 0, -1
	skip := 0
	if err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		skip, err = tx.CountImported(i.ID)
		return err
	}); err != nil {
		return 0, err
	}
	for {
		var rows []store.ImportRow
		err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
			rows, err = tx.StagedRows(i.ID, line, person, slice)
			return err
		})
		if err != nil || len(rows) == 0 {
			return done, err
		}
		line, person = rows[len(rows)-1].Line, rows[len(rows)-1].Person
		done += len(rows)
		if done <= skip {
			continue // written before this commit was broken off
		}
		members := membersOf(db, i, rows)
		if err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error { return tx.InsertImported(i.ID, done-len(rows), members) }); err != nil {
			return done, err
		}
		if progress != nil {
			progress(done, i.Total)
		}
	}
}

func membersOf(db *store.DB, i store.Import, rows []store.ImportRow) []store.NewMember {
	out := make([]store.NewMember, len(rows))
	for k, r := range rows {
		out[k] = r.Member
		out[k].ID, out[k].Network, out[k].Import, out[k].State = db.NewID(), i.Network, i.ID, "staged"
		for c := range out[k].Contacts {
			out[k].Contacts[c].ID = db.NewID()
		}
	}
	return out
}

// UndoMembers takes a list back: its members leave every audience at once, and are then erased in slices.
func UndoMembers(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, id buurtbel.ID) (int, error) {
	i, scope, err := importOf(ctx, db, actor, zone, id)
	if err != nil {
		return 0, err
	}
	if i.State != store.ImportUndoing {
		if err := db.Write(ctx, scope, func(tx *store.Tx) error {
			if err := tx.BeginUndo(id, i.State); err != nil {
				return err
			}
			return tx.Append(zone, buurtbel.EntryUndo, actor.Person, []byte(id.String()))
		}); err != nil {
			return 0, err
		}
	}
	total := 0
	for {
		var n int64
		err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) (err error) {
			n, err = tx.EraseImported(id, slice)
			return err
		})
		total += int(n)
		if err != nil || n == 0 {
			if err == nil {
				err = db.Write(ctx, scope, func(tx *store.Tx) error { return tx.MoveImport(id, store.ImportUndoing, store.ImportUndone) })
			}
			return total, err
		}
	}
}
