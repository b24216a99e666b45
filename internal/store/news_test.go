package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// news stores a running bulletin to everybody's mailbox.
func (v *village) news() (*buurtbel.Message, []store.Recipient) {
	v.t.Helper()
	m := v.message(0, buurtbel.KindBulletin)
	m.Expires = v.db.Now().Add(96 * time.Hour)
	var list []store.Recipient
	for _, one := range v.members {
		list = append(list, store.Recipient{ID: v.db.NewID(), Member: one.ID, Steps: []store.RecipientStep{{ID: v.db.NewID(), Step: buurtbel.Step{Contact: one.Contacts[2].ID, Channel: buurtbel.Email}}}})
	}
	v.write(func(tx *store.Tx) error { return tx.Post(m, list) })
	return m, list
}

// TestNobodyGetsMoreThanTheDaysLimit: eight writers claim five bulletins for the same members at one moment; each member gets exactly the limit, and the rest waits.
func TestNobodyGetsMoreThanTheDaysLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 40)
		var messages []*buurtbel.Message
		for range 5 {
			m, _ := v.news()
			messages = append(messages, m)
		}
		var mu sync.Mutex
		got := map[buurtbel.ID]int{}
		member := map[buurtbel.ID]buurtbel.ID{}
		for _, m := range v.members {
			member[m.Contacts[2].ID] = m.ID
		}
		raced(t, func(i int) error {
			for n := range messages {
				m := messages[(i+n)%len(messages)]
				for {
					var work []store.Work
					err := db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
						work, err = tx.Claim(m.ID, m.Kind, buurtbel.Email, fmt.Sprintf("mail-%d", i), 7)
						return err
					})
					if err != nil {
						return err
					}
					mu.Lock()
					for _, w := range work {
						got[member[w.Contact]]++
					}
					mu.Unlock()
					if len(work) == 0 && v.count(`select count(*) from delivery where message = $1 and state = 'queued'`, int64(m.ID)) == 0 {
						break
					}
				}
			}
			return nil
		})
		for _, m := range v.members {
			if got[m.ID] != buurtbel.DefaultMails {
				t.Errorf("a member got %d mails", got[m.ID])
			}
		}
		if n, want := v.count(`select count(*) from mail_over`), len(v.members)*(5-buurtbel.DefaultMails); n != want {
			t.Errorf("%d wait, want %d", n, want)
		}
		if n := v.count(`select count(*) from task where kind = $1`, store.TaskBundle); n != 1 {
			t.Errorf("%d tasks", n)
		}
	})
}

// TestTheLimitNeedsItsWhere: without the limit in the update two writers that looked before both count one more.
func TestTheLimitNeedsItsWhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		v.write(func(tx *store.Tx) error {
			_, err := tx.Raw(`insert into mail_day (member, day, zone, mails) values ($1, 1, $2, 2)`, int64(v.members[0].ID), int64(v.zone))
			return err
		})
		look, id := `select count(*) from mail_day where member = $1 and mails < 3`, int64(v.members[0].ID)
		if n := unguarded(t, v, look, `update mail_day set mails = mails + 1 where member = $1`, id); n < 2 {
			t.Errorf("without the guard %d writers counted: the race was none", n)
		}
	})
}

// TestWhatRestsGetsNoNews: alerts and codes go to a mailbox in whatever state its news is; a second mailbox takes over only from one that does not work.
func TestWhatRestsGetsNoNews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for rest, want := range map[buurtbel.MailRest][2]string{
			buurtbel.RestByWish: {"failed opted-out", "not-needed "}, buurtbel.RestByComplaint: {"failed opted-out", "not-needed "}, buurtbel.RestByReturn: {"failed invalid-address", "sending "}, buurtbel.MailGoes: {"sending ", "queued "},
		} {
			v := settle(t, db, 1)
			one := v.members[0]
			second := store.NewContact{ID: db.NewID(), Kind: buurtbel.Mailbox, Rank: 3, Address: "tweede@example.org", Verified: true}
			var box store.Mailbox
			v.write(func(tx *store.Tx) (err error) {
				if err := tx.AddContact(one.ID, second); err != nil {
					return err
				}
				if box, err = tx.MailboxOf(one.Contacts[2].ID); err != nil || rest == buurtbel.MailGoes {
					return err
				}
				changed, err := tx.SetMailRest(box, rest)
				if again, _ := tx.SetMailRest(box, rest); !changed || again {
					t.Errorf("%s: changed %t, again %t", rest, changed, again)
				}
				return err
			})
			for _, kind := range []buurtbel.MessageKind{buurtbel.KindBulletin, buurtbel.KindFeedback} {
				m := v.message(0, kind)
				r := store.Recipient{ID: db.NewID(), Member: one.ID, Steps: []store.RecipientStep{{ID: db.NewID(), Step: buurtbel.Step{Contact: box.Contact, Channel: buurtbel.Email}},
					{ID: db.NewID(), Step: buurtbel.Step{Contact: second.ID, Channel: buurtbel.Email, Rank: 1}}}}
				v.write(func(tx *store.Tx) error { return tx.Post(m, []store.Recipient{r}) })
				for range 2 {
					v.write(func(tx *store.Tx) error { _, err := tx.Claim(m.ID, kind, buurtbel.Email, "mail", 9); return err })
				}
				for i, w := range want {
					if kind == buurtbel.KindFeedback {
						w = []string{"sending ", "queued "}[i]
					}
					if d := v.delivery(r.Steps[i].ID); d.State+" "+d.Reason != w {
						t.Errorf("%q, %s, mailbox %d: %s %s, want %s", rest, kind, i, d.State, d.Reason, w)
					}
				}
			}
		}
	})
}

// TestWhatWaitsIsTakenOnce: of eight processes one takes what waits.
func TestWhatWaitsIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		for range 4 {
			m, _ := v.news()
			v.write(func(tx *store.Tx) error { _, err := tx.Claim(m.ID, m.Kind, buurtbel.Email, "mail", 9); return err })
		}
		var waits []store.Over
		v.read(func(tx *store.Tx) (err error) {
			waits, err = tx.OverOf(1<<40, 2)
			return err
		})
		if len(waits) != 2 {
			t.Fatalf("%d wait of two members", len(waits))
		}
		once(t, writers(func(int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error { return tx.TakeOver(waits) })
		}), buurtbel.Conflict, "error.message.moved")
		v.write(func(tx *store.Tx) error { return tx.ForgetMailDays(1 << 40) })
		if n := v.count(`select count(*) from mail_day`); n != 0 {
			t.Errorf("%d counts are kept", n)
		}
	})
}
