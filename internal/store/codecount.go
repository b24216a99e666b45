package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
)

// CodeHash names the count of a number or a mailbox without telling it: a keyed hash, of one mailbox under all its spellings.
func (db *DB) CodeHash(address string) []byte { return db.ring.Hash("code", mailtext.Box(address)) }

// AskCode counts one code to the number or mailbox of a CodeHash and tells whether it may go: exactly, also for several at the same moment. next is
// when another may go by the same share. What may not go changes nothing. The answer never depends on whether anybody has the number; loc says when
// it is night there.
func (tx *Tx) AskCode(hash []byte, s buurtbel.CodeShare, call bool, loc *time.Location) (ok bool, next time.Time, err error) {
	now := tx.now.In(loc)
	err = tx.codeCount(hash, func(c *buurtbel.CodeCount) bool {
		ok = c.Ask(s, call, now)
		next = c.Next(s, call, now)
		return ok
	})
	return ok, next, err
}

// CodeUsed takes a code back out of the count: who asked for it has the number, or it never went.
func (tx *Tx) CodeUsed(hash []byte, call bool) error {
	return tx.codeCount(hash, func(c *buurtbel.CodeCount) bool {
		c.Used(call)
		return true
	})
}

// StopCodes keeps codes that strangers ask for away from a number until a moment.
func (tx *Tx) StopCodes(hash []byte, until time.Time) error {
	return tx.codeCount(hash, func(c *buurtbel.CodeCount) bool {
		c.Stopped = until
		return true
	})
}

// ResumeCodes undoes StopCodes, and forgets what was counted: the owner wrote.
func (tx *Tx) ResumeCodes(hash []byte) error {
	if _, err := tx.exec(`delete from code_count where hash = $1`, hash); err != nil {
		return fmt.Errorf("resume codes: %w", err)
	}
	return nil
}

// codeCount changes one count behind its own row, which is made when it is not there: whoever else counts the same number waits, on either engine.
func (tx *Tx) codeCount(hash []byte, change func(*buurtbel.CodeCount) bool) error {
	_, err := tx.exec(`insert into code_count (hash, day_since, day, month_since, month, calls_since, calls, last_at, last_call, stopped) values ($1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		on conflict (hash) do update set day = code_count.day`, hash)
	if err != nil {
		return fmt.Errorf("take the count of codes: %w", err)
	}
	var c buurtbel.CodeCount
	var at [6]int64
	err = tx.row(`select day_since, day, month_since, month, calls_since, calls, last_at, last_call, stopped from code_count where hash = $1`, hash).
		Scan(&at[0], &c.Day.N, &at[1], &c.Month.N, &at[2], &c.Calls.N, &at[3], &at[4], &at[5])
	if err != nil {
		return fmt.Errorf("read the count of codes: %w", err)
	}
	c.Day.Since, c.Month.Since, c.Calls.Since = instant(at[0]), instant(at[1]), instant(at[2])
	c.Last, c.LastCall, c.Stopped = instant(at[3]), instant(at[4]), instant(at[5])
	if !change(&c) {
		return nil
	}
	_, err = tx.exec(`update code_count set day_since = $1, day = $2, month_since = $3, month = $4, calls_since = $5, calls = $6, last_at = $7, last_call = $8, stopped = $9 where hash = $10`,
		micros(c.Day.Since), c.Day.N, micros(c.Month.Since), c.Month.N, micros(c.Calls.Since), c.Calls.N, micros(c.Last), micros(c.LastCall), micros(c.Stopped), hash)
	if err != nil {
		return fmt.Errorf("count codes: %w", err)
	}
	return nil
}

// ForgetCodeCounts erases counts that were last touched before a moment and hold nothing back, at most n; it gives how many.
func (tx *Tx) ForgetCodeCounts(before time.Time, n int) (int64, error) {
	erased, err := tx.exec(`delete from code_count where hash in (select hash from code_count where last_at < $1 and stopped < $2 limit $3)`, micros(before), micros(tx.now), n)
	if err != nil {
		return 0, fmt.Errorf("forget counts of codes: %w", err)
	}
	return erased, nil
}
