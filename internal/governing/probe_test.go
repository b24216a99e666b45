package governing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Silent telephones are asked once, by day; a sign of life clears them, silence makes them doubtful, and who wishes no exercises is left alone.
func TestSignsOfLife(t *testing.T) {
	drills(t, func(v *drilled) {
		v.jump(time.Date(2027, 2, 1, 12, 0, 0, 0, v.loc))
		if n := len(v.messages(buurtbel.KindProbe)); n != 0 {
			v.Fatalf("%d questions within a year", n)
		}
		v.alive(0, v.db.Now())
		v.jump(time.Date(2027, 3, 13, 23, 0, 0, 0, v.loc)) // a Saturday night: nobody is asked before the morning
		if n := len(v.messages(buurtbel.KindProbe)); n != 0 {
			v.Fatalf("%d questions at night", n)
		}
		v.until(time.Date(2027, 3, 14, 12, 0, 0, 0, v.loc))
		asked := v.messages(buurtbel.KindProbe)
		if len(asked) != 1 || asked[0].Audience != 8 || asked[0].Class != buurtbel.ClassBulletin || !asked[0].Exercise {
			v.Fatalf("asked: %+v", asked)
		}
		var audience []buurtbel.ID
		v.read(func(tx *store.Tx) (err error) {
			audience, err = tx.Audience(asked[0].ID)
			return err
		})
		if slices.Contains(audience, v.members[9]) || slices.Contains(audience, v.members[0]) || !slices.Contains(audience, v.members[8]) {
			v.Errorf("asked: %v of %v", audience, v.members)
		}
		v.alive(1, v.db.Now())
		v.jump(time.Date(2027, 3, 30, 12, 0, 0, 0, v.loc))
		v.until(time.Date(2027, 3, 31, 12, 0, 0, 0, v.loc))
		var lost []store.ContactHolder
		v.read(func(tx *store.Tx) (err error) {
			lost, err = tx.LostContacts(v.network, v.db.Now().AddDate(0, -3, 0))
			return err
		})
		if len(lost) != 7 || !lost[0].Doubtful || slices.ContainsFunc(lost, func(h store.ContactHolder) bool { return h.Member == v.members[1] }) {
			v.Fatalf("lost: %+v", lost)
		}
		if err := v.drills.Trust(v.Context(), v.coordinator, v.zone, lost[0].Contact); err != nil {
			v.Fatal(err)
		}
		v.jump(time.Date(2027, 11, 30, 12, 0, 0, 0, v.loc))
		v.until(time.Date(2027, 12, 1, 12, 0, 0, 0, v.loc))
		if n := len(v.messages(buurtbel.KindProbe)); n != 1 {
			v.Errorf("%d questions in less than a year", n)
		}
		v.read(func(tx *store.Tx) (err error) {
			lost, err = tx.LostContacts(v.network, v.db.Now().AddDate(-1, 0, 0))
			return err
		})
		if len(lost) != 6 {
			v.Errorf("after the member's word: %d", len(lost))
		}
	})
}

// alive notes that a telephone of a member has what was sent.
func (v *drilled) alive(member int, at time.Time) {
	v.Helper()
	v.write(func(tx *store.Tx) error {
		people, err := tx.Reachables([]buurtbel.ID{v.members[member]})
		if err != nil {
			return err
		}
		return tx.NoteSigns([]store.Sign{{Contact: people[0].Contacts[0].ID, At: at}})
	})
}
