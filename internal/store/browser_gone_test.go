package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// A browser that its push service does not know any more is erased with the outcome, not only passed over: its contact point is gone for good and
// leads to nobody, and the calls behind it come forward.
func TestABrowserThatIsGoneIsErased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		const address = `{"endpoint":"https://push.example.org/1"}`
		member, browser := v.members[0].ID, db.NewID()
		v.write(func(tx *store.Tx) error {
			return tx.AddContact(member, store.NewContact{ID: browser, Kind: buurtbel.Browser, Rank: 100, Address: address, Verified: true})
		})
		m := v.message(v.alert(), buurtbel.KindLaunch)
		call := db.NewID()
		v.write(func(tx *store.Tx) error {
			r := store.Recipient{ID: db.NewID(), Member: member, Steps: []store.RecipientStep{{ID: db.NewID(), Step: buurtbel.Step{Contact: browser, Channel: buurtbel.Push}},
				{ID: call, Step: buurtbel.Step{Contact: v.members[0].Contacts[0].ID, Channel: buurtbel.Voice, IfSilent: true, NotBefore: db.Now().Add(time.Minute)}}}}
			if err := tx.InsertMessage(m, v.ids()); err != nil {
				return err
			}
			return tx.InsertRecipients(m.ID, m.Expires, []store.Recipient{r})
		})
		work := v.claim(m.ID, buurtbel.Push, 9)
		if len(work) != 1 || work[0].To != address {
			t.Fatalf("claimed %+v", work)
		}
		gone := v.settled(work[0], buurtbel.Push, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress})
		v.record(gone)
		v.record(gone) // brought twice: nothing more happens
		v.read(func(tx *store.Tx) error {
			b, err := tx.Browser(browser)
			if err != nil || b.State != buurtbel.ContactGone {
				t.Errorf("%+v, %v", b, err)
			}
			holders, err := tx.HoldersOf(address)
			if len(holders) != 0 {
				t.Error("the address still leads to the member")
			}
			return err
		})
		var sealed []byte
		if err := db.SQL().QueryRow(`select address from contact where id = $1`, int64(browser)).Scan(&sealed); err != nil || len(sealed) > 60 || bytes.Contains(sealed, []byte("push.example")) {
			t.Errorf("%d bytes are kept of the address: %v", len(sealed), err)
		}
		if d := v.delivery(call); d.State != "queued" || d.Due > db.Now().UnixMicro() {
			t.Errorf("the call behind it is %+v", d)
		}
		if n := v.count(`select count(*) from journal where kind = 'contact'`); n != 1 {
			t.Errorf("%d entries tell of it", n)
		}
	})
}
