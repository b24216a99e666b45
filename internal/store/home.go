package store

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// EachHome opens the homes of members for the program's own reckoning: addresses to leave out, streets with little reach. Nobody sees them.
func (tx *Tx) EachHome(members []buurtbel.ID, see func(buurtbel.ID, Home)) error {
	p := pair{
		lite: `select m.id, m.home from json_each($1) j cross join member m on m.id = j.value where m.zone = $2`,
		pg:   `select m.id, m.home from jsonb_array_elements_text($1::jsonb) j(value) join member m on m.id = j.value::bigint where m.zone = $2`,
	}
	return tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var sealed vault.Sealed
		if err := r.Scan(&id, &sealed); err != nil {
			return err
		}
		var h Home
		err := tx.openJSON("member", "home", id, sealed, &h)
		if err == nil {
			see(id, h)
		}
		return tx.spared(err, "home", id)
	}, tx.pick(p), jsonIDs(members), tx.scope.Zone)
}

var placesOf = pair{
	lite: `select id, zone, network, state, place from member where id in (select value from json_each($1))`,
	pg:   `select id, zone, network, state, place from member where id in (select value::bigint from jsonb_array_elements_text($1::jsonb))`,
}

// EachPlace opens the places of members of every zone, for the audience index: id, network, zone, place. Members without a place are absent.
func (tx *Tx) EachPlace(members []buurtbel.ID, see func(MemberPlace)) error {
	query := `select id, zone, network, state, place from member`
	var args []any
	if members != nil {
		query, args = tx.pick(placesOf), append(args, jsonIDs(members))
	}
	return tx.each(func(r *sql.Rows) error {
		var m MemberPlace
		var state buurtbel.MemberState
		var sealed vault.Sealed
		if err := r.Scan(&m.Member, &m.Zone, &m.Network, &state, &sealed); err != nil {
			return err
		}
		plain, err := tx.open("member", "place", m.Member, sealed)
		if err = tx.spared(err, "place", m.Member); err != nil {
			return fmt.Errorf("open place: %w", err)
		}
		var known bool
		if m.Place, known, err = unpackPoint(plain); err != nil {
			return err
		}
		m.In = known && (state == buurtbel.MemberActive || state == buurtbel.MemberSuspended)
		see(m)
		return nil
	}, query, args...)
}

// MemberPlace is where a member lives or works, for the audience index.
type MemberPlace struct {
	Member, Zone, Network buurtbel.ID
	Place                 buurtbel.Point
	In                    bool // false: belongs to no audience, or has no known place
}

// changesAtOnce is how many changes one call gives, as long as one transaction did not write more.
const changesAtOnce = 10_000

// On PostgreSQL numbers of rows and of transactions do not come in the order of commits, so the mark is a transaction's number, and only
// transactions that every later snapshot sees are read: a slower one with a lower number is never skipped.
var (
	changes = pair{
		lite: `select id, member from member_change where id > $1 order by id limit $2`,
		pg: `select xid::text::bigint, member from member_change where xid > cast($1 as bigint)::text::xid8
			and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit $2`,
	}
	changesOfOne = pair{pg: `select xid::text::bigint, member from member_change where xid = cast($1 as bigint)::text::xid8`}
	lastChange   = pair{
		lite: `select coalesce(max(id), 0) from member_change`,
		pg:   `select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1`,
	}
)

// Changes gives the members who changed after a mark, and the new mark.
func (tx *Tx) Changes(after int64) (members []buurtbel.ID, mark int64, err error) {
	members, marks, err := tx.readChanges(tx.pick(changes), after, changesAtOnce)
	if err != nil || len(members) == 0 {
		return nil, after, err
	}
	mark = marks[len(marks)-1]
	if tx.db.engine == SQLite || len(members) < changesAtOnce {
		return members, mark, nil
	}
	whole := slices.Index(marks, mark) // the last transaction may go on beyond the limit
	if whole > 0 {
		return members[:whole], marks[whole-1], nil
	}
	members, _, err = tx.readChanges(changesOfOne.pg, mark)
	return members, mark, err
}

func (tx *Tx) readChanges(query string, args ...any) (members []buurtbel.ID, marks []int64, err error) {
	err = tx.each(func(r *sql.Rows) error {
		var mark int64
		var id buurtbel.ID
		err := r.Scan(&mark, &id)
		members, marks = append(members, id), append(marks, mark)
		return err
	}, query, args...)
	return members, marks, err
}

// ChangesSeen gives every member who changed after a mark as far as this transaction sees, also those of transactions that may still be
// overtaken by slower ones: for a launch that must know what was committed a moment ago. The mark stays.
func (tx *Tx) ChangesSeen(after int64) ([]buurtbel.ID, error) {
	p := pair{
		lite: `select member from member_change where id > $1 order by id`,
		pg:   `select member from member_change where xid > cast($1 as bigint)::text::xid8 order by id`,
	}
	return tx.memberIDs(tx.pick(p), after)
}

// LastChange gives the mark of what this transaction sees: who reads every place in it goes on with Changes from here.
func (tx *Tx) LastChange() (mark int64, err error) {
	err = tx.row(tx.pick(lastChange)).Scan(&mark)
	return mark, err
}
