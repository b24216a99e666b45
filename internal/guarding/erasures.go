package guarding

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// TaskEraseOut is the kind of task that writes an erasure outside the database.
const TaskEraseOut = "erase-out"

// erasure is the purpose of the signed ids in the list of erasures: nobody can have somebody erased by writing a line into it.
const erasure token.Purpose = "erasure"

// EraseOut gives the verb that writes an erasure outside the database, by send: a line with the moment and the opaque id, signed. A task about the
// member; it is tried again until it worked.
func EraseOut(db *store.DB, send func(context.Context, string) error) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		line := db.Now().UTC().Format(time.RFC3339) + " " + token.Sign(db.Ring(), erasure, t.Subject)
		if err := send(ctx, line); err != nil {
			return fmt.Errorf("write erasure outside: %w", err)
		}
		return db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
	}
}

// EraseAgain reads the list of erasures and erases again whoever a restored backup brought back. It gives how many there were. Lines that were not
// written by EraseOut with this key ring are counted and left.
func EraseAgain(ctx context.Context, db *store.DB, actor buurtbel.Actor, list io.Reader) (again, unread int, err error) {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
		return 0, 0, err
	}
	seen := map[buurtbel.ID]bool{} // several processes may have written the same
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		_, signed, ok := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if !ok {
			continue
		}
		member, err := token.VerifySigned(db.Ring(), erasure, signed)
		if err != nil {
			unread++
			continue
		}
		if seen[member] {
			continue
		}
		seen[member] = true
		done, err := eraseAgain(ctx, db, member)
		if err != nil {
			return again, unread, err
		}
		if done {
			again++
		}
	}
	if err := lines.Err(); err != nil {
		return again, unread, fmt.Errorf("read list of erasures: %w", err)
	}
	return again, unread, nil
}

func eraseAgain(ctx context.Context, db *store.DB, member buurtbel.ID) (bool, error) {
	var zone buurtbel.ID
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zone, err = tx.ZoneOf(member)
		return err
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.BeginErasure(member); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, 0, []byte("erase "+member.String()+" restored backup"))
	})
}
