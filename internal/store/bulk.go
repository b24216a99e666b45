package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// BulkKind is what is changed for several members at once.
type BulkKind string

// The kinds.
const (
	BulkAway BulkKind = "away" // an absence is noted; a zero one ends it
	BulkLeft BulkKind = "left" // they left the network
)

// MemberBatch is one change of several members of a network.
type MemberBatch struct {
	ID, Network, By buurtbel.ID
	Kind            BulkKind
	Away            buurtbel.Span // of BulkAway
	At, Undone      time.Time     // Undone: zero while it holds
	People          int
}

var (
	bulkMembers = pair{
		lite: `insert into bulk_member (change, member, zone, state, away_from, away_until) select $1, m.id, m.zone, m.state, m.away_from, m.away_until
			from json_each($2) j cross join member m on m.id = j.value where m.zone = $3 and m.network = $4 and m.state in ('active', 'suspended')
			and (cast($5 as text) = 'away' or not exists (select 1 from mandate d where d.holder = m.id and (d.until_at = 0 or d.until_at > $6)))`,
		pg: `insert into bulk_member (change, member, zone, state, away_from, away_until) select cast($1 as bigint), m.id, m.zone, m.state, m.away_from, m.away_until
			from member m where m.id in (select value::bigint from jsonb_array_elements_text($2::jsonb)) and m.zone = $3 and m.network = $4 and m.state in ('active', 'suspended')
			and (cast($5 as text) = 'away' or not exists (select 1 from mandate d where d.holder = m.id and (d.until_at = 0 or d.until_at > $6))) order by m.id for update of m`,
	}
	bulkAway = `update member set away_from = $1, away_until = $2 where zone = $3 and id in (select member from bulk_member where change = $4)`
	bulkLeft = `update member set state = 'left' where zone = $1 and id in (select member from bulk_member where change = $2)`
	// Who was changed since is left as that one is now; who is being erased does not come back.
	unbulkAway = `update member set away_from = (select b.away_from from bulk_member b where b.change = $1 and b.member = member.id),
		away_until = (select b.away_until from bulk_member b where b.change = $2 and b.member = member.id)
		where zone = $3 and away_from = $4 and away_until = $5 and id in (select member from bulk_member where change = $6) returning id`
	unbulkLeft = `update member set state = (select b.state from bulk_member b where b.change = $1 and b.member = member.id)
		where zone = $2 and state = 'left' and id in (select member from bulk_member where change = $3)
		and not exists (select 1 from task t where t.kind = '` + TaskErase + `' and t.subject = member.id) returning id`
	bulkPeople  = `select member from bulk_member where change = $1 and zone = $2 order by member`
	bulkChanges = `insert into member_change (zone, member) select zone, member from bulk_member where change = $1 and zone = $2`
)

// ChangeMembers changes active members of a network at once and keeps how they stood. Who holds a mandate does not leave this way. It gives
// who were changed; when nobody was, nothing is kept.
func (tx *Tx) ChangeMembers(b MemberBatch, members []buurtbel.ID) ([]buurtbel.ID, error) {
	n, err := tx.exec(tx.pick(bulkMembers), b.ID, jsonIDs(members), tx.scope.Zone, b.Network, b.Kind, micros(tx.now))
	if err != nil || n == 0 {
		return nil, err
	}
	_, err = tx.exec(`insert into bulk_change (id, zone, network, kind, away_from, away_until, by_id, at, undone_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		b.ID, tx.scope.Zone, b.Network, b.Kind, micros(b.Away.From), micros(b.Away.Until), b.By, micros(tx.now))
	if err == nil && b.Kind == BulkLeft {
		_, err = tx.exec(bulkLeft, tx.scope.Zone, b.ID)
	} else if err == nil {
		_, err = tx.exec(bulkAway, micros(b.Away.From), micros(b.Away.Until), tx.scope.Zone, b.ID)
	}
	if err == nil {
		_, err = tx.exec(bulkChanges, b.ID, tx.scope.Zone)
	}
	if err != nil {
		return nil, fmt.Errorf("change members at once: %w", err)
	}
	return tx.memberIDs(bulkPeople, b.ID, tx.scope.Zone)
}

// UndoBulk takes a change back that was made since a moment, once. It gives what it was and which members stand again as before. NotFound
// (error.members.undo) when there is none, or it was taken back already.
func (tx *Tx) UndoBulk(network, id buurtbel.ID, since time.Time) (BulkKind, []buurtbel.ID, error) {
	var b MemberBatch
	var from, until int64
	err := tx.row(`select kind, away_from, away_until from bulk_change where id = $1 and zone = $2 and network = $3`, id, tx.scope.Zone, network).Scan(&b.Kind, &from, &until)
	if err != nil {
		return "", nil, missing(err, "error.members.undo")
	}
	err = tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.members.undo", nil),
		`update bulk_change set undone_at = $1 where id = $2 and zone = $3 and undone_at = 0 and at >= $4`, micros(tx.now), id, tx.scope.Zone, micros(since))
	if err != nil {
		return "", nil, err
	}
	var back []buurtbel.ID
	if b.Kind == BulkLeft {
		back, err = tx.memberIDs(unbulkLeft, id, tx.scope.Zone, id)
	} else {
		back, err = tx.memberIDs(unbulkAway, id, id, tx.scope.Zone, from, until, id)
	}
	if err == nil {
		_, err = tx.exec(bulkChanges, id, tx.scope.Zone)
	}
	if err != nil {
		return "", nil, fmt.Errorf("take a change back: %w", err)
	}
	return b.Kind, back, nil
}

// Bulks lists the changes of a network since a moment that can be taken back, the newest first.
func (tx *Tx) Bulks(network buurtbel.ID, since time.Time) ([]MemberBatch, error) {
	var out []MemberBatch
	err := tx.each(func(r *sql.Rows) error {
		b := MemberBatch{Network: network}
		var from, until, at int64
		err := r.Scan(&b.ID, &b.Kind, &b.By, &from, &until, &at, &b.People)
		b.Away, b.At = buurtbel.Span{From: instant(from), Until: instant(until)}, instant(at)
		out = append(out, b)
		return err
	}, `select c.id, c.kind, c.by_id, c.away_from, c.away_until, c.at, (select count(*) from bulk_member m where m.change = c.id) from bulk_change c
		where c.zone = $1 and c.network = $2 and c.at >= $3 and c.undone_at = 0 order by c.at desc`, tx.scope.Zone, network, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read changes of several members: %w", err)
	}
	return out, nil
}

// ForgetBulks forgets how members stood before changes that cannot be taken back any more.
func (tx *Tx) ForgetBulks(before time.Time) error {
	_, err := tx.exec(`delete from bulk_member where zone = $1 and change in (select id from bulk_change where zone = $2 and at < $3)`, tx.scope.Zone, tx.scope.Zone, micros(before))
	if err == nil {
		_, err = tx.exec(`delete from bulk_change where zone = $1 and at < $2`, tx.scope.Zone, micros(before))
	}
	if err != nil {
		return fmt.Errorf("forget changes of several members: %w", err)
	}
	return nil
}
