package store_test

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestEachWayInWorksOnce lets eight bring the same ticket, the same answer of a passkey, the same sealed code and the same session at once.
func TestEachWayInWorksOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		key := store.Passkey{ID: db.NewID(), Person: db.NewID(), Zone: v.scope.Zone, Credential: []byte("credential"), Record: []byte("{}"), Name: "telefoon", Counter: 4}
		set := store.SealedSet{ID: db.NewID(), Person: db.NewID(), Number: 1}
		code, ticket, cookie := sha256.Sum256([]byte("code")), sha256.Sum256([]byte("ticket")), sha256.Sum256([]byte("cookie"))
		session := store.Session{ID: db.NewID(), Person: key.Person, Zone: key.Zone, Expires: db.Now().Add(time.Hour)}
		v.write(func(tx *store.Tx) error {
			if err := tx.InsertPasskey(key); err != nil {
				return err
			}
			if err := tx.InsertSession(cookie[:], session); err != nil {
				return err
			}
			return tx.InsertSealedSet(set, [][]byte{code[:]})
		})
		for name, do := range map[string]func(tx *store.Tx, i byte) error{
			"ticket":  func(tx *store.Tx, _ byte) error { return tx.Spend(ticket[:], db.Now().Add(time.Minute)) },
			"passkey": func(tx *store.Tx, _ byte) error { return tx.UsePasskey(key.ID, 4, 5) },
			"code":    func(tx *store.Tx, _ byte) error { _, _, err := tx.UseSealedCode(code[:]); return err },
			"session": func(tx *store.Tx, i byte) error {
				return tx.RenewSession(cookie[:], []byte{i}, session, db.Now().Add(time.Minute))
			},
		} {
			var worked atomic.Int64
			var all sync.WaitGroup
			for i := range byte(8) {
				all.Go(func() {
					err := db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return do(tx, i) })
					switch kind := buurtbel.KindOf(err); {
					case err == nil:
						worked.Add(1)
					case kind == buurtbel.Internal || kind == buurtbel.Busy:
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			all.Wait()
			if n := worked.Load(); n != 1 {
				t.Errorf("%s worked %d times", name, n)
			}
		}
	})
}
