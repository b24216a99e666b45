package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// AppendAbout is Append of an entry of the zone's chain that is about members: each of them finds it again (rule 14).
func (tx *Tx) AppendAbout(kind buurtbel.EntryKind, actor buurtbel.ID, content []byte, members ...buurtbel.ID) error {
	if err := tx.Append(tx.scope.Zone, kind, actor, content); err != nil {
		return err
	}
	return tx.about(members)
}

var insertAbout = pair{
	lite: `insert into journal_about (member, subject, node, seq, zone) select j.value, h.subject, h.node, h.seq, $2 from json_each($1) j
		cross join journal_head h on h.subject = $3 and h.node = $4 where true on conflict do nothing`,
	pg: `insert into journal_about (member, subject, node, seq, zone) select j.value::bigint, h.subject, h.node, h.seq, $2 from jsonb_array_elements_text($1::jsonb) j(value)
		cross join journal_head h where h.subject = $3 and h.node = $4 on conflict do nothing`,
}

// about ties the newest entry that this transaction wrote in the zone's chain to members.
func (tx *Tx) about(members []buurtbel.ID) error {
	if len(members) == 0 {
		return nil
	}
	if _, err := tx.exec(tx.pick(insertAbout), jsonIDs(members), tx.scope.Zone, tx.scope.Zone, tx.db.node); err != nil {
		return fmt.Errorf("note whom an entry is about: %w", err)
	}
	return nil
}

// EntriesAbout lists the journal entries of some kinds about a member, the newest first, at most n, with their contents.
func (tx *Tx) EntriesAbout(member buurtbel.ID, kind buurtbel.EntryKind, n int) ([]JournalEntry, error) {
	var out []JournalEntry
	err := tx.each(func(r *sql.Rows) error {
		e, err := tx.scanEntry(r)
		out = append(out, e)
		return err
	}, `select j.subject, j.node, j.seq, j.zone, j.at, j.kind, j.actor, j.commitment, j.prev, j.hash, c.salt, c.content from journal_about b
		join journal j on j.subject = b.subject and j.node = b.node and j.seq = b.seq
		left join journal_content c on c.subject = j.subject and c.node = j.node and c.seq = j.seq
		where b.member = $1 and b.zone = $2 and j.kind = $3 order by j.at desc, j.seq desc limit $4`, member, tx.scope.Zone, kind, n)
	if err != nil {
		return nil, fmt.Errorf("read entries about a member: %w", err)
	}
	return out, nil
}

// LookedAt is one look at a member's data, as the member reads it.
type LookedAt struct {
	Look
	At    time.Time
	Actor buurtbel.ID
	Many  int // how many members the same look was at
}

// LooksAt lists who looked at a member's data, the newest first. Entries whose content was forgotten are absent.
func (tx *Tx) LooksAt(member buurtbel.ID, n int) ([]LookedAt, error) {
	entries, err := tx.EntriesAbout(member, buurtbel.EntryLook, n)
	if err != nil {
		return nil, err
	}
	var out []LookedAt
	for _, e := range entries {
		if e.Erased {
			continue
		}
		l := LookedAt{At: e.At, Actor: e.Actor}
		if err := json.Unmarshal(e.Content, &l.Look); err != nil {
			return nil, fmt.Errorf("read look: %w", err)
		}
		l.Many, l.Members = len(l.Members), nil
		out = append(out, l)
	}
	return out, nil
}

// OpenSelf is Self opened for somebody else than the member, with the look journalled in the same transaction (rule 14).
func (tx *Tx) OpenSelf(actor buurtbel.Actor, role buurtbel.Role, purpose string, member buurtbel.ID) (*Self, error) {
	if _, err := tx.OpenNames(actor, role, purpose, 0, []buurtbel.ID{member}); err != nil {
		return nil, err
	}
	return tx.Self(member, true)
}

// SelfText is a text that a member wrote.
type SelfText struct {
	At    time.Time
	Body  string
	Alert buurtbel.ID
}

// TextsFrom lists what a member wrote back, the newest first, at most n.
func (tx *Tx) TextsFrom(member buurtbel.ID, n int) ([]SelfText, error) {
	var out []SelfText
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var t SelfText
		var at int64
		var body vault.Sealed
		if err := r.Scan(&id, &at, &body, &t.Alert); err != nil {
			return err
		}
		plain, err := tx.open("inbound", "body", id, body)
		t.At, t.Body = instant(at), string(plain)
		out = append(out, t)
		return err
	}, `select id, at, body, alert from inbound where zone = $1 and member = $2 order by at desc limit $3`, tx.scope.Zone, member, n)
	if err != nil {
		return nil, fmt.Errorf("read texts of a member: %w", err)
	}
	return out, nil
}
