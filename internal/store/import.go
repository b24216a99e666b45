package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// ImportState says where an import of members stands.
type ImportState string

// The import states.
const (
	ImportStaged  ImportState = "staged"  // read and kept apart; nobody is a member yet
	ImportRunning ImportState = "running" // members are being written, and belong to no audience yet
	ImportDone    ImportState = "done"    // the switch was made: all of them are members
	ImportUndoing ImportState = "undoing"
	ImportUndone  ImportState = "undone"
)

// Import is one list of members.
type Import struct {
	ID, Zone, Network, By buurtbel.ID
	At                    time.Time
	State                 ImportState
	Total, Done           int
}

// ImportRow is one person of a list, kept sealed until the switch.
type ImportRow struct {
	Line, Person int // line of the file; which person of that line, from 0
	Member       NewMember
}

// stagedMember is the sealed form of a row. NewMember's own JSON is the plain struct.
type stagedMember struct {
	Language buurtbel.Language `json:"language"`
	Name     Name              `json:"name"`
	Home     Home              `json:"home"`
	Place    buurtbel.Point    `json:"place"`
	Contacts []stagedContact   `json:"contacts"`
}

type stagedContact struct {
	Kind    buurtbel.ContactKind `json:"kind"`
	Address string               `json:"address"`
}

// InsertImport opens an import.
func (tx *Tx) InsertImport(i Import) error {
	_, err := tx.exec(`insert into import_batch (id, zone, kind, network, by_id, at, state, rows_total, rows_done) values ($1, $2, 'members', $3, $4, $5, $6, $7, 0)`,
		i.ID, tx.scope.Zone, i.Network, i.By, micros(tx.now), ImportStaged, i.Total)
	if err != nil {
		return fmt.Errorf("insert import: %w", err)
	}
	return nil
}

// Import reads one import.
func (tx *Tx) Import(id buurtbel.ID) (Import, error) {
	i := Import{ID: id, Zone: tx.scope.Zone}
	var at int64
	err := tx.row(`select network, by_id, at, state, rows_total, rows_done from import_batch where id = $1 and zone = $2`, id, tx.scope.Zone).
		Scan(&i.Network, &i.By, &at, &i.State, &i.Total, &i.Done)
	i.At = instant(at)
	return i, missing(err, "error.import.unknown")
}

// MoveImport changes an import's state. Conflict (error.import.moved) when it does not stand at from.
func (tx *Tx) MoveImport(id buurtbel.ID, from, to ImportState) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.import.moved", nil),
		`update import_batch set state = $1 where id = $2 and zone = $3 and state = $4`, to, id, tx.scope.Zone, from)
}

var insertImportRows = pair{
	lite: `insert into import_row (import, line, person, zone, payload) select $2, value->>'l', value->>'p', $3, unhex(value->>'x') from jsonb_each($1) where true on conflict (import, line, person) do nothing`,
	pg:   `insert into import_row (import, line, person, zone, payload) select $2, l, p, $3, decode(x, 'hex') from jsonb_to_recordset($1::jsonb) as j(l bigint, p bigint, x text) on conflict (import, line, person) do nothing`,
}

// StageRows keeps people of a list apart, sealed.
func (tx *Tx) StageRows(id buurtbel.ID, rows []ImportRow) error {
	list := newBatch(len(rows), 600)
	for _, r := range rows {
		staged := stagedMember{Language: r.Member.Language, Name: r.Member.Name, Home: r.Member.Home, Place: r.Member.Place}
		for _, c := range r.Member.Contacts {
			staged.Contacts = append(staged.Contacts, stagedContact{c.Kind, c.Address})
		}
		sealed, err := tx.sealJSON("import_row", fmt.Sprintf("payload %d/%d", r.Line, r.Person), id, staged)
		if err != nil {
			return err
		}
		list.row().int("l", int64(r.Line)).int("p", int64(r.Person)).hex("x", sealed).end()
	}
	if _, err := tx.exec(tx.pick(insertImportRows), list.done(), id, tx.scope.Zone); err != nil {
		return fmt.Errorf("stage rows: %w", err)
	}
	return nil
}

// StagedRows opens people of a list after one, in order, at most n. Their ids are not made yet.
func (tx *Tx) StagedRows(id buurtbel.ID, line, person, n int) ([]ImportRow, error) {
	var out []ImportRow
	err := tx.each(func(r *sql.Rows) error {
		var row ImportRow
		var sealed vault.Sealed
		if err := r.Scan(&row.Line, &row.Person, &sealed); err != nil {
			return err
		}
		var staged stagedMember
		if err := tx.openJSON("import_row", fmt.Sprintf("payload %d/%d", row.Line, row.Person), id, sealed, &staged); err != nil {
			return err
		}
		row.Member = NewMember{Member: buurtbel.Member{Language: staged.Language}, Name: staged.Name, Home: staged.Home, Place: staged.Place}
		for i, c := range staged.Contacts {
			row.Member.Contacts = append(row.Member.Contacts, NewContact{Kind: c.Kind, Rank: i, Address: c.Address, Verified: true})
		}
		out = append(out, row)
		return nil
	}, `select line, person, payload from import_row where import = $1 and zone = $2 and (line > $3 or line = $4 and person > $5) order by line, person limit $6`,
		id, tx.scope.Zone, line, line, person, n)
	return out, err
}

// CountImported counts members that an import wrote so far: where a stopped import goes on.
func (tx *Tx) CountImported(id buurtbel.ID) (n int, err error) {
	err = tx.row(`select count(*) from member where import = $1 and zone = $2`, id, tx.scope.Zone).Scan(&n)
	return n, err
}

// SwitchImport makes all members of an import members at once, and forgets the staged rows.
func (tx *Tx) SwitchImport(id buurtbel.ID) error {
	if err := tx.MoveImport(id, ImportRunning, ImportDone); err != nil {
		return err
	}
	if _, err := tx.exec(`update member set state = 'active' where import = $1 and zone = $2 and state = 'staged'`, id, tx.scope.Zone); err != nil {
		return fmt.Errorf("make members: %w", err)
	}
	if err := tx.noteImport(id); err != nil {
		return err
	}
	_, err := tx.exec(`delete from import_row where import = $1 and zone = $2`, id, tx.scope.Zone)
	return err
}

func (tx *Tx) noteImport(id buurtbel.ID) error {
	_, err := tx.exec(`insert into member_change (zone, member) select zone, id from member where import = $1 and zone = $2`, id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("note changed members: %w", err)
	}
	return nil
}

// BeginUndo takes the members of an import out of every audience at once.
func (tx *Tx) BeginUndo(id buurtbel.ID, from ImportState) error {
	if err := tx.MoveImport(id, from, ImportUndoing); err != nil {
		return err
	}
	if _, err := tx.exec(`update member set state = 'staged' where import = $1 and zone = $2`, id, tx.scope.Zone); err != nil {
		return fmt.Errorf("take members out: %w", err)
	}
	if _, err := tx.exec(`delete from import_row where import = $1 and zone = $2`, id, tx.scope.Zone); err != nil {
		return fmt.Errorf("forget staged rows: %w", err)
	}
	return tx.noteImport(id)
}

// EraseImported erases members of an import that is being undone, at most n; it gives how many.
func (tx *Tx) EraseImported(id buurtbel.ID, n int) (int64, error) {
	rows, err := tx.memberIDs(`select id from member where import = $1 and zone = $2 order by id limit $3`, id, tx.scope.Zone, n)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	p := pair{
		lite: `delete from contact where member in (select value from json_each($1)) and zone = $2`,
		pg:   `delete from contact where member in (select value::bigint from jsonb_array_elements_text($1::jsonb)) and zone = $2`,
	}
	m := pair{
		lite: `delete from member where id in (select value from json_each($1)) and zone = $2`,
		pg:   `delete from member where id in (select value::bigint from jsonb_array_elements_text($1::jsonb)) and zone = $2`,
	}
	argument := jsonIDs(rows)
	if _, err := tx.exec(tx.pick(p), argument, tx.scope.Zone); err != nil {
		return 0, fmt.Errorf("erase contact points: %w", err)
	}
	return tx.exec(tx.pick(m), argument, tx.scope.Zone)
}

func (tx *Tx) memberIDs(query string, args ...any) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, query, args...)
	return out, err
}

// KnownAddresses tells which of some numbers and mailboxes a network's members have already, for doubles in a list.
func (tx *Tx) KnownAddresses(network buurtbel.ID, addresses []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, a := range addresses {
		var n int
		err := tx.row(`select count(*) from contact c join member m on m.id = c.member where c.hash = $1 and m.network = $2 and m.zone = $3
			and m.state in ('active', 'suspended', 'staged')`, tx.db.AddressHash(a), network, tx.scope.Zone).Scan(&n)
		if err != nil {
			return nil, errors.Join(errors.New("look for known contact points"), err)
		}
		out[a] = n > 0
	}
	return out, nil
}
