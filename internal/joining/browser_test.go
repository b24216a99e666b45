package joining

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/token"
)

const base = "https://alarm.example.org"

// street is a zone with two members, the first with a mailbox, and a message that both got.
type street struct {
	*testing.T
	db      *store.DB
	zone    buurtbel.ID
	members [2]buurtbel.ID
	heard   [2]string // the acknowledgement links of the message
}

func settle(t *testing.T, db *store.DB, expires time.Time) *street {
	s := &street{T: t, db: db, zone: db.NewID()}
	network := db.NewID()
	var list []store.NewMember
	for i := range s.members {
		s.members[i] = db.NewID()
		m := store.NewMember{Member: buurtbel.Member{ID: s.members[i], Network: network, Language: buurtbel.French}, Name: store.Name{Given: "An", Family: "Peeters"},
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mobile, Address: fmt.Sprintf("+324550%05d", i), Verified: true}}}
		if i == 0 {
			m.Contacts = append(m.Contacts, store.NewContact{ID: db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: "an@example.org", Verified: true})
		}
		list = append(list, m)
	}
	m := &buurtbel.Message{ID: db.NewID(), Zone: s.zone, Kind: buurtbel.KindAnswer, Class: buurtbel.ClassAnswer, Urgency: buurtbel.Now, State: buurtbel.MessageRunning,
		Sender: "Politiezone Vlierbeek", Expires: expires, Texts: []buurtbel.Wording{{Regime: "nl", SMS: "Blijf binnen."}}}
	s.write(func(tx *store.Tx) error {
		z := &buurtbel.Zone{ID: s.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}
		if err := tx.PutZone(z); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		return tx.InsertMembers(list)
	})
	var recipients []store.Recipient
	s.read(func(tx *store.Tx) error {
		people, err := tx.Reachables(s.members[:])
		for i, p := range people {
			r := db.Direct(p, 0, db.Now().Add(time.Hour), buurtbel.SMS)
			recipients = append(recipients, r)
			s.heard[i] = token.Sign(db.Ring(), token.Heard, r.Steps[0].ID)
		}
		return err
	})
	s.write(func(tx *store.Tx) error { return tx.Post(m, recipients) })
	return s
}

func (s *street) write(f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Write(s.Context(), buurtbel.Scope{Zone: s.zone}, f); err != nil {
		s.Fatal(err)
	}
}

func (s *street) read(f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Read(s.Context(), buurtbel.Scope{Zone: s.zone}, f); err != nil {
		s.Fatal(err)
	}
}

// link is what the acknowledgement page of a member leads to.
func (s *street) link(i int) string {
	s.Helper()
	link, err := DeviceLink(s.Context(), s.db, s.heard[i])
	if err != nil || link == "" {
		s.Fatalf("%q %v", link, err)
	}
	return link
}

func (s *street) count(i int) int {
	s.Helper()
	d, err := ShowDevices(s.Context(), s.db, s.link(i))
	if err != nil {
		s.Fatal(err)
	}
	return len(d.List)
}

// letters counts the mails to a member that wait.
func (s *street) letters(i int) (n int) {
	s.read(func(tx *store.Tx) error {
		running, err := tx.RunningMessages()
		for _, m := range running {
			if m.Kind != buurtbel.KindReport {
				continue
			}
			ids, err := tx.Audience(m.ID)
			if err != nil {
				return err
			}
			if len(ids) == 1 && ids[0] == s.members[i] {
				n++
			}
		}
		return err
	})
	return n
}

func (s *street) add(i int, subscription string) string {
	s.Helper()
	own, err := AddBrowser(s.Context(), s.db, s.link(i), subscription, base)
	if err != nil {
		s.Fatal(err)
	}
	return own
}

func newSubscription(t *testing.T) string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"endpoint":"https://push.example.org/%s","keys":{"p256dh":%q,"auth":"AAECAwQFBgcICQoLDA0ODw"}}`, rand.Text(),
		base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()))
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	if buurtbel.KeyOf(err) != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestADeviceComesAndGoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := settle(t, db, db.Now().Add(time.Hour))
		a := newSubscription(t)
		own := s.add(0, a)
		if again := s.add(0, a); again != own || s.count(0) != 1 {
			t.Errorf("the same browser twice: %t, %d devices", again == own, s.count(0))
		}
		if n := s.letters(0); n != 1 {
			t.Errorf("told %d times", n)
		}
		var contacts []buurtbel.ContactPoint
		s.read(func(tx *store.Tx) error {
			people, err := tx.Reachables(s.members[:1])
			contacts = people[0].Contacts
			return err
		})
		steps, _ := buurtbel.Deliver(&buurtbel.Member{ID: s.members[0], State: buurtbel.MemberActive}, contacts,
			buurtbel.Want{Urgency: buurtbel.Life, Expires: db.Now().Add(time.Hour), Channels: []buurtbel.Channel{buurtbel.Push}}, db.Now())
		if len(steps) != 1 || steps[0].Channel != buurtbel.Push {
			t.Errorf("an alert would take %v", steps)
		}
		fresh, err := RenewBrowser(t.Context(), db, own, newSubscription(t))
		if err != nil || fresh == own || s.count(0) != 1 {
			t.Fatalf("renewed: %v, %d devices", err, s.count(0))
		}
		_, err = RenewBrowser(t.Context(), db, own, newSubscription(t))
		wants(t, err, "error.device.unknown")
		if err := RemoveBrowser(t.Context(), db, fresh); err != nil || s.count(0) != 0 {
			t.Errorf("removed: %v, %d devices", err, s.count(0))
		}
		wants(t, RemoveBrowser(t.Context(), db, fresh), "error.device.unknown")
		s.read(func(tx *store.Tx) error {
			holders, err := tx.HoldersOf(a)
			if len(holders) != 0 {
				t.Errorf("still found by its address: %v", holders)
			}
			return err
		})
	})
}

// TestABrowserBelongsToOne: two adults at one PC do not take each other's messages from the screen.
func TestABrowserBelongsToOne(t *testing.T) {
	db := storetest.Open(t, store.SQLite, nil)
	s := settle(t, db, db.Now().Add(time.Hour))
	a := newSubscription(t)
	s.add(0, a)
	s.add(1, a)
	if s.count(0) != 0 || s.count(1) != 1 || s.letters(1) != 0 {
		t.Errorf("%d and %d devices, %d letters to who has no mailbox", s.count(0), s.count(1), s.letters(1))
	}
}

// TestFiveDevicesAtMost adds from many sides at once, on both engines.
func TestFiveDevicesAtMost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := settle(t, db, db.Now().Add(time.Hour))
		link := s.link(0)
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			subscription := newSubscription(t)
			all.Go(func() { _, errs[i] = AddBrowser(t.Context(), db, link, subscription, base) })
		}
		all.Wait()
		refused := 0
		for _, err := range errs {
			if err != nil {
				refused++
				wants(t, err, "error.device.too-many")
			}
		}
		if n := s.count(0); n != mostDevices || refused != len(errs)-mostDevices {
			t.Errorf("%d devices, %d refused", n, refused)
		}
	})
}

func TestLinksToDevices(t *testing.T) {
	db := storetest.Open(t, store.SQLite, nil)
	s := settle(t, db, db.Now().Add(time.Hour))
	own := s.add(0, newSubscription(t))
	d, err := ShowDevices(t.Context(), db, s.link(0))
	if err != nil || d.Language != buurtbel.French || d.Zone.Name != "Politiezone Vlierbeek" {
		t.Errorf("%+v %v", d, err)
	}
	wants(t, RemoveDevice(t.Context(), db, s.link(1), d.List[0].ID), "error.device.unknown")
	if s.count(0) != 1 {
		t.Error("another member's device was removed")
	}
	for _, link := range []string{"", own, s.heard[0], token.SignUntil(db.Ring(), token.SignIn, s.members[0], db.Now().Add(time.Hour))} {
		_, err := AddBrowser(t.Context(), db, link, newSubscription(t), base)
		wants(t, err, "error.token.unknown")
	}
	_, err = AddBrowser(t.Context(), db, token.SignUntil(db.Ring(), token.Device, s.members[0], db.Now()), newSubscription(t), base)
	wants(t, err, "error.token.expired")
	_, err = AddBrowser(t.Context(), db, s.link(0), `{"endpoint":"file:///etc/passwd"}`, base)
	wants(t, err, "error.device.subscription")
	wants(t, RemoveBrowser(t.Context(), db, s.link(0)), "error.token.unknown")
	if err := RemoveDevice(t.Context(), db, s.link(0), d.List[0].ID); err != nil || s.count(0) != 0 {
		t.Error(err)
	}
	link := s.link(0)
	s.write(func(tx *store.Tx) error { return tx.MoveMember(s.members[0], buurtbel.MemberLeft) })
	_, err = AddBrowser(t.Context(), db, link, newSubscription(t), base)
	wants(t, err, "error.person.unknown")
	if link, err := DeviceLink(t.Context(), db, s.heard[0]); link != "" || err != nil {
		t.Errorf("who left is offered %q, %v", link, err)
	}
}

// TestAnOldMailOpensNothing: a week after the message is over its link leads to no devices any more.
func TestAnOldMailOpensNothing(t *testing.T) {
	db := storetest.Open(t, store.SQLite, nil)
	s := settle(t, db, db.Now().Add(-deviceOffer-time.Minute))
	if link, err := DeviceLink(t.Context(), db, s.heard[0]); link != "" || err != nil {
		t.Errorf("%q %v", link, err)
	}
}
