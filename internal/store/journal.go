package store

import (
	"crypto/rand"
	"database/sql"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Append adds one entry to the journal chain of a subject (an alert, or the zone for what belongs to no alert), written by this node.
// The chain's head row is locked by name, so that two writers of one node follow each other on either engine.
func (tx *Tx) Append(subject buurtbel.ID, kind buurtbel.EntryKind, actor buurtbel.ID, content []byte) error {
	return tx.AppendIn(tx.scope.Zone, subject, kind, actor, content)
}

// AppendIn is Append for loops whose transaction touches several zones.
func (tx *Tx) AppendIn(zone, subject buurtbel.ID, kind buurtbel.EntryKind, actor buurtbel.ID, content []byte) error {
	seq, prev, err := tx.lockHead(subject)
	if err != nil {
		return fmt.Errorf("lock journal head: %w", err)
	}
	var salt [16]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return fmt.Errorf("draw salt: %w", err)
	}
	e := buurtbel.Entry{Chain: buurtbel.Chain{Subject: subject, Node: tx.db.node}, Seq: seq + 1, At: tx.now, Kind: kind, Actor: actor,
		Commitment: buurtbel.Commit(salt, content), Prev: prev}
	e.Seal()
	return tx.insertEntry(zone, &e, salt, content)
}

func (tx *Tx) lockHead(subject buurtbel.ID) (seq int64, prev buurtbel.Hash, err error) {
	_, err = tx.exec(`insert into journal_head (subject, node, seq, hash) values ($1, $2, 0, $3) on conflict (subject, node) do nothing`,
		subject, tx.db.node, make([]byte, len(prev)))
	if err != nil {
		return 0, prev, err
	}
	var hash []byte
	query := pair{lite: `select seq, hash from journal_head where subject = $1 and node = $2`}
	query.pg = query.lite + ` for update`
	if err := tx.row(tx.pick(query), subject, tx.db.node).Scan(&seq, &hash); err != nil {
		return 0, prev, err
	}
	copy(prev[:], hash)
	return seq, prev, nil
}

func (tx *Tx) insertEntry(zone buurtbel.ID, e *buurtbel.Entry, salt [16]byte, content []byte) error {
	sealed, err := tx.seal("journal_content", contentColumn(e), e.Chain.Subject, content)
	if err != nil {
		return fmt.Errorf("seal journal content: %w", err)
	}
	_, err = tx.exec(`insert into journal (subject, node, seq, zone, at, kind, actor, commitment, prev, hash) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		e.Chain.Subject, e.Chain.Node, e.Seq, zone, micros(e.At), e.Kind, e.Actor, e.Commitment[:], e.Prev[:], e.Hash[:])
	if err != nil {
		return fmt.Errorf("insert journal entry: %w", err)
	}
	_, err = tx.exec(`insert into journal_content (subject, node, seq, zone, salt, content) values ($1,$2,$3,$4,$5,$6)`,
		e.Chain.Subject, e.Chain.Node, e.Seq, zone, salt[:], sealed)
	if err != nil {
		return fmt.Errorf("insert journal content: %w", err)
	}
	_, err = tx.exec(`update journal_head set seq = $1, hash = $2 where subject = $3 and node = $4`, e.Seq, e.Hash[:], e.Chain.Subject, e.Chain.Node)
	if err != nil {
		return fmt.Errorf("move journal head: %w", err)
	}
	return nil
}

func contentColumn(e *buurtbel.Entry) string {
	return contentName(int64(e.Chain.Node), e.Seq)
}

// JournalEntry is an entry with its content; Erased when the content is gone, as erasure of a person leaves it.
type JournalEntry struct {
	buurtbel.Entry
	Zone    buurtbel.ID
	Content []byte
	Erased  bool
	Broken  bool // the content does not match the commitment
}

// Chains lists the chains of the scope's zone with their heads; zone 0 lists all. The sequence numbers are the heads' own.
func (tx *Tx) Chains() ([]buurtbel.Entry, error) {
	var out []buurtbel.Entry
	err := tx.each(func(r *sql.Rows) error {
		var e buurtbel.Entry
		var hash []byte
		err := r.Scan(&e.Chain.Subject, &e.Chain.Node, &e.Seq, &hash)
		copy(e.Hash[:], hash)
		out = append(out, e)
		return err
	}, `select h.subject, h.node, h.seq, h.hash from journal_head h where cast($1 as bigint) = 0 or exists
		(select 1 from journal j where j.subject = h.subject and j.node = h.node and j.zone = $2) order by h.subject, h.node`, tx.scope.Zone, tx.scope.Zone)
	return out, err
}

// JournalOf reads the chains of one subject in order of node and sequence, with their contents.
func (tx *Tx) JournalOf(subject buurtbel.ID) ([]JournalEntry, error) {
	var out []JournalEntry
	err := tx.each(func(r *sql.Rows) error {
		e, err := tx.scanEntry(r)
		out = append(out, e)
		return err
	}, `select j.subject, j.node, j.seq, j.zone, j.at, j.kind, j.actor, j.commitment, j.prev, j.hash, c.salt, c.content from journal j
		left join journal_content c on c.subject = j.subject and c.node = j.node and c.seq = j.seq
		where j.subject = $1 and (cast($2 as bigint) = 0 or j.zone = $3) order by j.node, j.seq`, subject, tx.scope.Zone, tx.scope.Zone)
	return out, err
}

func (tx *Tx) scanEntry(r *sql.Rows) (JournalEntry, error) {
	var e JournalEntry
	var at int64
	var commitment, prev, hash, salt []byte
	var sealed vault.Sealed
	err := r.Scan(&e.Chain.Subject, &e.Chain.Node, &e.Seq, &e.Zone, &at, &e.Kind, &e.Actor, &commitment, &prev, &hash, &salt, &sealed)
	if err != nil {
		return e, err
	}
	e.At = instant(at)
	copy(e.Commitment[:], commitment)
	copy(e.Prev[:], prev)
	copy(e.Hash[:], hash)
	if len(salt) == 0 {
		e.Erased = true
		return e, nil
	}
	e.Content, err = tx.open("journal_content", contentColumn(&e.Entry), e.Chain.Subject, sealed)
	e.Broken = err != nil || buurtbel.Commit([16]byte(salt), e.Content) != e.Commitment
	return e, nil
}

// EraseContent forgets what an entry says; the chain still verifies.
func (tx *Tx) EraseContent(chain buurtbel.Chain, seq int64) error {
	_, err := tx.exec(`delete from journal_content where subject = $1 and node = $2 and seq = $3 and zone = $4`, chain.Subject, chain.Node, seq, tx.scope.Zone)
	return err
}
