package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// SealedColumn is a column whose values only this package can read.
type SealedColumn struct {
	Table, Column string
	Holds         string   // what it holds, for the list of what a stolen database hides
	key           []string // the columns that find the row, one to three
	row           int      // which of them is the row of the associated data
	name          func(key []int64) string
}

// sealedColumns lists every sealed column. Tests hold it against the tables, and Reseal works through it.
var sealedColumns = []SealedColumn{
	{Table: "member", Column: "name", Holds: "a member's name", key: []string{"id"}},
	{Table: "member", Column: "home", Holds: "a member's address", key: []string{"id"}},
	{Table: "member", Column: "place", Holds: "a member's coordinates", key: []string{"id"}},
	{Table: "contact", Column: "address", Holds: "a number or mailbox", key: []string{"id"}},
	{Table: "official", Column: "name", Holds: "an official's name", key: []string{"id"}},
	{Table: "alert", Column: "details", Holds: "the drawn area, written reasons, and who asked", key: []string{"id"}},
	{Table: "message", Column: "texts", Holds: "the texts of a message", key: []string{"id"}},
	{Table: "inbound", Column: "sender", Holds: "the number that wrote", key: []string{"id"}},
	{Table: "inbound", Column: "recipient", Holds: "the number that was written to", key: []string{"id"}},
	{Table: "inbound", Column: "body", Holds: "what somebody wrote", key: []string{"id"}},
	{Table: "exercise", Column: "reason", Holds: "why an exercise was skipped", key: []string{"id"}},
	{Table: "passkey", Column: "record", Holds: "what verifies a passkey", key: []string{"id"}},
	{Table: "passkey", Column: "name", Holds: "what the owner of a passkey calls it", key: []string{"id"}},
	{Table: "remark", Column: "body", Holds: "what somebody thinks of a page", key: []string{"id"}},
	{Table: "journal_content", Column: "content", Holds: "what a journal entry commits to", key: []string{"subject", "node", "seq"},
		name: func(k []int64) string { return contentName(k[1], k[2]) }},
	{Table: "move_asked", Column: "home", Holds: "an address that a member moved to", key: []string{"member"}},
	{Table: "move_asked", Column: "place", Holds: "its coordinates", key: []string{"member"}},
	{Table: "breach", Column: "details", Holds: "what is known of a breach", key: []string{"id"}},
	{Table: "application", Column: "person", Holds: "who wishes to join, and where that person lives", key: []string{"id"}},
	{Table: "application_note", Column: "body", Holds: "questions and answers about an application", key: []string{"id"}},
	{Table: "business", Column: "name", Holds: "a business's name", key: []string{"id"}},
	{Table: "import_row", Column: "payload", Holds: "a person of a list that is being imported", key: []string{"import", "line", "person"},
		name: func(k []int64) string { return fmt.Sprintf("payload %d/%d", k[1], k[2]) }},
	{Table: "import_draft", Column: "payload", Holds: "a list that somebody brought and mends", key: []string{"id"}},
	{Table: "house_rules_draft", Column: "note", Holds: "why proposed rules came back", key: []string{"network"}},
	{Table: "bulletin", Column: "content", Holds: "what a message that can wait says", key: []string{"id"}},
	{Table: "bulletin_offer", Column: "words", Holds: "what a coordinator said of it", key: []string{"id"}},
	{Table: "bulletin_offer", Column: "name", Holds: "the name of who decided", key: []string{"id"}},
	{Table: "meeting", Column: "details", Holds: "title and place of a meeting", key: []string{"id"}},
	{Table: "meeting", Column: "minutes", Holds: "the minutes of a meeting", key: []string{"id"}},
	{Table: "digest_item", Column: "details", Holds: "where something happened that police tell, and their words", key: []string{"id"}},
	{Table: "mail_in", Column: "envelope", Holds: "from and to which mailbox a mail came", key: []string{"id"}},
	{Table: "mail_piece", Column: "body", Holds: "a mail that arrived, as it came", key: []string{"mail", "number", "zone"},
		name: func(k []int64) string { return pieceName(k[1]) }},
	{Table: "conversation", Column: "place", Holds: "the street that a reply comes from", key: []string{"id"}},
	{Table: "conversation_line", Column: "body", Holds: "what a member wrote, and what was answered", key: []string{"id"}},
	{Table: "meeting_vote", Column: "question", Holds: "what a meeting voted on", key: []string{"meeting", "number", "zone"},
		name: func(k []int64) string { return fmt.Sprintf("question %d", k[1]) }},
}

// SealedColumns lists the columns whose values cannot be read without the key ring.
func SealedColumns() []SealedColumn { return append([]SealedColumn(nil), sealedColumns...) }

func contentName(node, seq int64) string {
	return strconv.FormatInt(node, 10) + "/" + strconv.FormatInt(seq, 10)
}

func (c *SealedColumn) ad(key []int64) vault.AD {
	name := c.Column
	if c.name != nil {
		name = c.name(key)
	}
	return vault.AD{Table: c.Table, Column: name, Row: buurtbel.ID(key[c.row])}
}

// resealSlice is how many rows one transaction seals anew.
const resealSlice = 300

// Reseal seals at most n values that lie under an older key anew with the active one, in short transactions, and gives how many it did.
// Fewer than n: nothing lies under an older key any more. It may be stopped and called again at any moment: what it finds to do is what
// is still sealed with another key. A value that was changed meanwhile is left: whoever changed it used the active key.
func (db *DB) Reseal(ctx context.Context, n int) (int, error) {
	done := 0
	for i := range sealedColumns {
		c := &sealedColumns[i]
		after := make([]int64, len(c.key))
		for done < n {
			found, did, err := db.resealSlice(ctx, c, after, min(resealSlice, n-done))
			done += did
			if err != nil {
				return done, fmt.Errorf("seal %s.%s anew: %w", c.Table, c.Column, err)
			}
			if found == 0 {
				break
			}
		}
	}
	return done, nil
}

type sealedRow struct {
	key   []int64
	value vault.Sealed
}

// resealSlice seals one slice after a key, and moves the key on. It looks for the slice without holding the writer: replace checks each value.
func (db *DB) resealSlice(ctx context.Context, c *SealedColumn, after []int64, n int) (found, did int, err error) {
	var rows []sealedRow
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *Tx) (err error) {
		rows, err = tx.sealedWithOther(c, after, n)
		return err
	})
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	err = db.WriteRank(ctx, Bulk, buurtbel.Scope{}, func(tx *Tx) error {
		did = 0
		for _, r := range rows {
			moved, err := tx.resealRow(c, r)
			if err != nil {
				return err
			}
			did += moved
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	copy(after, rows[len(rows)-1].key)
	return len(rows), did, nil
}

// sealedWithOther reads values that were not sealed with the active key: bytes two and three of a value are its key's number.
func (tx *Tx) sealedWithOther(c *SealedColumn, after []int64, n int) ([]sealedRow, error) {
	active := tx.db.ring.ActiveKey()
	args := append(keyArgs(after), []byte{byte(active >> 8), byte(active)}, n)
	var out []sealedRow
	err := tx.each(func(r *sql.Rows) error {
		row := sealedRow{key: make([]int64, len(c.key))}
		into := make([]any, 0, len(c.key)+1)
		for i := range row.key {
			into = append(into, &row.key[i])
		}
		err := r.Scan(append(into, &row.value)...)
		out = append(out, row)
		return err
	}, c.find(), args...)
	return out, err
}

func (tx *Tx) resealRow(c *SealedColumn, r sealedRow) (int, error) {
	ad := c.ad(r.key)
	plain, err := tx.db.ring.Open(ad, r.value)
	if err != nil {
		return 0, err
	}
	fresh, err := tx.db.ring.Seal(ad, plain)
	if err != nil {
		return 0, err
	}
	clear(plain)
	if bytes.Equal(fresh, r.value) {
		return 0, nil
	}
	n, err := tx.exec(c.replace(), append(keyArgs(r.key), fresh, r.value)...)
	return int(n), err
}

func keyArgs(key []int64) []any {
	out := make([]any, 0, len(key)+2)
	for _, k := range key {
		out = append(out, k)
	}
	return out
}

// find is the statement that reads a slice in the order of the key.
func (c *SealedColumn) find() string {
	switch n := len(c.key); n {
	case 1:
		return `select ` + c.key[0] + `, ` + c.Column + ` from ` + c.Table + ` where ` + c.key[0] + ` > $1 and substr(` + c.Column +
			`, 2, 2) <> $2 order by ` + c.key[0] + ` limit $3`
	default:
		columns := c.key[0] + `, ` + c.key[1] + `, ` + c.key[2]
		return `select ` + columns + `, ` + c.Column + ` from ` + c.Table + ` where (` + columns + `) > ($1, $2, $3) and substr(` + c.Column +
			`, 2, 2) <> $4 order by ` + columns + ` limit $5`
	}
}

// replace is the statement that changes one value if it is still the one that was read.
func (c *SealedColumn) replace() string {
	if len(c.key) == 1 {
		return `update ` + c.Table + ` set ` + c.Column + ` = $2 where ` + c.key[0] + ` = $1 and ` + c.Column + ` = $3`
	}
	return `update ` + c.Table + ` set ` + c.Column + ` = $4 where ` + c.key[0] + ` = $1 and ` + c.key[1] + ` = $2 and ` + c.key[2] +
		` = $3 and ` + c.Column + ` = $5`
}
