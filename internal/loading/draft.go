package loading

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TaskList is the kind of task that takes a list over, or takes it back, slice by slice.
const TaskList = "import-members"

// UndoWithin is how long a list that was taken over in a browser can be taken back there.
const UndoWithin = 24 * time.Hour

// Draft is a list that somebody brought in a browser, with what was mended and answered since.
type Draft struct {
	store.Draft `json:"-"`
	Table       sheet.Table
	Columns     map[string]memberfile.Meaning // by hand
	Answers     map[int]Answer
}

// Mend is what a person changes in a draft.
type Mend struct {
	Cells   map[int]map[string]string // text by line and column; "" empties the cell
	Columns map[string]memberfile.Meaning
	Answers map[int]Answer // "" takes an answer back
}

// KeepList keeps a table that was read for a network; it makes nobody a member. Only who brought it opens it.
func KeepList(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, t *sheet.Table) (buurtbel.ID, error) {
	scope := buurtbel.Scope{Zone: zone, Network: network}
	if err := actor.May(buurtbel.MayImport, scope, db.Now()); err != nil {
		return 0, err
	}
	if err := whole(ctx, db, scope); err != nil {
		return 0, err
	}
	payload, err := json.Marshal(Draft{Table: *t})
	if err != nil {
		return 0, fmt.Errorf("write list: %w", err)
	}
	d := store.Draft{ID: db.NewID(), Network: network, By: actor.Person, Payload: payload}
	return d.ID, db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
		if err := tx.InsertDraft(d); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryImport, actor.Person, fmt.Appendf(nil, "list brought %s, network %s, %d rows", d.ID, network, len(t.Rows)))
	})
}

// ReadList gives a draft that the actor brought, and what would become of it: nothing is stored. Staged is nil for a draft that was taken over.
// Where the columns are not understood, Staged holds them, and the error says so.
//
// Errors: error.import.unknown (NotFound), those of memberfile.Read.
func ReadList(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone *buurtbel.Zone, network, id buurtbel.ID) (*Draft, *Staged, error) {
	d, err := draftOf(ctx, db, actor, zone.ID, network, id)
	if err != nil || d.Import != 0 {
		return d, nil, err
	}
	s, _, err := understand(ctx, db, buurtbel.Scope{Zone: zone.ID, Network: network}, zone, &d.Table, memberfile.Options{Columns: d.Columns}, Answers{Lines: d.Answers})
	return d, s, err
}

func draftOf(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, id buurtbel.ID) (*Draft, error) {
	if err := actor.May(buurtbel.MayImport, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	d := &Draft{}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		d.Draft, err = tx.Draft(id, actor.Person)
		return err
	})
	if err == nil && d.Network != network {
		err = buurtbel.Fail(buurtbel.NotFound, "error.import.unknown", nil)
	}
	if err == nil && len(d.Payload) > 0 {
		err = json.Unmarshal(d.Payload, d)
	}
	return d, err
}

// MendList changes cells, meanings of columns and answers of a draft. Conflict (error.import.moved) when it was changed elsewhere meanwhile.
func MendList(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, id buurtbel.ID, m Mend) error {
	d, err := draftOf(ctx, db, actor, zone, network, id)
	if err != nil {
		return err
	}
	for line, cells := range m.Cells {
		for column, text := range cells {
			d.mend(line, column, text)
		}
	}
	if d.Columns == nil {
		d.Columns = map[string]memberfile.Meaning{}
	}
	for column, meaning := range m.Columns {
		if slices.Contains(memberfile.Meanings, meaning) {
			d.Columns[column] = meaning
		}
	}
	if d.Answers == nil {
		d.Answers = map[int]Answer{}
	}
	for line, a := range m.Answers {
		if a == Take || a == Leave {
			d.Answers[line] = a
		} else {
			delete(d.Answers, line)
		}
	}
	payload, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	d.Payload = payload
	return db.WriteRank(ctx, store.Bulk, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.PutDraft(d.Draft) })
}

// mend puts a text into a cell. What the reader noted of the cell is settled by it.
func (d *Draft) mend(line int, column, text string) {
	i := slices.IndexFunc(d.Table.Rows, func(r sheet.Row) bool { return r.Line == line })
	at := sheet.ColumnNumber(column)
	if i < 0 || at == 0 || d.Table.Rows[i].Cell(column).Text == text {
		return
	}
	row := &d.Table.Rows[i]
	row.Cells = slices.DeleteFunc(row.Cells, func(c sheet.Cell) bool { return c.Column == column })
	if text != "" {
		row.Cells = append(row.Cells, sheet.Cell{Column: column, Text: text})
		slices.SortFunc(row.Cells, func(a, b sheet.Cell) int {
			return cmp.Compare(sheet.ColumnNumber(a.Column), sheet.ColumnNumber(b.Column))
		})
	}
	d.Table.Notes = slices.DeleteFunc(d.Table.Notes, func(n sheet.Note) bool { return n.Line == line && n.Column == column })
}

// TakeList makes the people of a draft members: a task does it in slices that belong to no audience, and then one switch. It gives the import.
//
// Errors: error.import.nobody (Conflict), error.import.moved (Conflict) when it was taken over already.
func TakeList(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone *buurtbel.Zone, network, id buurtbel.ID) (buurtbel.ID, error) {
	d, err := draftOf(ctx, db, actor, zone.ID, network, id)
	if err == nil && d.Import != 0 {
		err = buurtbel.Fail(buurtbel.Conflict, "error.import.moved", nil)
	}
	if err != nil {
		return 0, err
	}
	s, err := StageMembers(ctx, db, actor, zone, network, &d.Table, memberfile.Options{Columns: d.Columns}, Answers{Lines: d.Answers})
	if err == nil && s.Import == 0 {
		err = buurtbel.Fail(buurtbel.Conflict, "error.import.nobody", nil)
	}
	if err != nil {
		return 0, err
	}
	d.Import, d.Payload = s.Import, nil
	return s.Import, db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutDraft(d.Draft); err != nil {
			return err
		}
		if err := tx.MoveImport(s.Import, store.ImportStaged, store.ImportRunning); err != nil {
			return err
		}
		return tx.Later(TaskList, s.Import, tx.Now())
	})
}

// DropList gives a draft up.
func DropList(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, id buurtbel.ID) error {
	if _, err := draftOf(ctx, db, actor, zone, network, id); err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.DropDraft(id, actor.Person) })
}

// Progress is how far a draft that was taken over is.
type Progress struct {
	store.Import
	Undoable bool
}

// ListProgress tells how far a draft that was taken over is.
func ListProgress(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, id buurtbel.ID) (Progress, error) {
	d, err := draftOf(ctx, db, actor, zone, network, id)
	if err != nil {
		return Progress{}, err
	}
	var p Progress
	err = db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if p.Import, err = tx.Import(d.Import); err != nil {
			return err
		}
		p.Done, err = tx.CountImported(d.Import)
		return err
	})
	p.Undoable = p.State == store.ImportDone && db.Now().Sub(p.At) < UndoWithin
	return p, err
}

// TakeBack takes a list back that was taken over: its members leave every audience at once, and a task erases them in slices.
//
// Errors: error.import.late (Conflict), error.import.moved (Conflict).
func TakeBack(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network, id buurtbel.ID) error {
	p, err := ListProgress(ctx, db, actor, zone, network, id)
	if err == nil && !p.Undoable {
		err = buurtbel.Fail(buurtbel.Conflict, "error.import.late", nil)
	}
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.BeginUndo(p.ID, store.ImportDone); err != nil {
			return err
		}
		if err := tx.Append(zone, buurtbel.EntryUndo, actor.Person, []byte(p.ID.String())); err != nil {
			return err
		}
		return tx.Later(TaskList, p.ID, tx.Now())
	})
}

// Listed gives the verb that carries out what TakeList and TakeBack began. One that was broken off goes on where it was.
func Listed(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		i, _, err := importOf(ctx, db, actor, t.Zone, t.Subject)
		if err != nil {
			return err
		}
		switch i.State {
		case store.ImportRunning:
			_, err = CommitMembers(ctx, db, actor, t.Zone, t.Subject, nil)
		case store.ImportUndoing:
			_, err = UndoMembers(ctx, db, actor, t.Zone, t.Subject)
		case store.ImportStaged, store.ImportDone, store.ImportUndone:
		}
		return err
	}
}
