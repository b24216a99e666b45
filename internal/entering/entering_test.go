package entering_test

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/token"
)

type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// station is a police station with two dispatchers and a coordinator.
type station struct {
	*testing.T
	db                   *store.DB
	gate                 *entering.Gate
	clock                *clock
	zone                 buurtbel.ID
	ann, bart, cora, dag buurtbel.ID
}

func each(t *testing.T, test func(s *station)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(open(t, engine)) })
	}
}

func open(t *testing.T, engine store.Engine) *station {
	t.Helper()
	c := &clock{}
	db := storetest.Open(t, engine, c.now)
	s := &station{T: t, db: db, clock: c, zone: db.NewID(), ann: db.NewID(), bart: db.NewID(), cora: db.NewID(), dag: db.NewID()}
	s.gate = entering.New(db, entering.Options{Link: "https://alarm.example.org", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	network := db.NewID()
	mailbox := func(address string) []store.NewContact {
		return []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: address, Verified: true}}
	}
	official := func(id buurtbel.ID, name, address string, role buurtbel.Role) *store.NewOfficial {
		return &store.NewOfficial{ID: id, Name: name, Office: "police", Language: buurtbel.Dutch, Contacts: mailbox(address),
			Mandates: []buurtbel.Mandate{{ID: db.NewID(), Holder: id, Role: role, Zone: s.zone, From: db.Now().Add(-time.Hour)}}}
	}
	s.write(func(tx *store.Tx) error {
		zone := &buurtbel.Zone{ID: s.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Plan: buurtbel.DefaultPlan}
		if err := tx.PutZone(zone); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		if err := tx.InsertOfficial(official(s.ann, "Ann Peeters", "ann@police.test", buurtbel.RoleDispatcher)); err != nil {
			return err
		}
		if err := tx.InsertOfficial(official(s.bart, "Bart Maes", "bart@police.test", buurtbel.RoleOfficer)); err != nil {
			return err
		}
		members := []store.NewMember{
			{Member: buurtbel.Member{ID: s.cora, Network: network, Language: buurtbel.French}, Name: store.Name{Given: "Cora", Family: "Claes"}, Contacts: mailbox("cora@example.org")},
			{Member: buurtbel.Member{ID: s.dag, Network: network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Dag", Family: "Daems"}, Contacts: mailbox("dag@example.org")}}
		if err := tx.InsertMembers(members); err != nil {
			return err
		}
		return tx.InsertMandate(buurtbel.Mandate{ID: db.NewID(), Holder: s.cora, Role: buurtbel.RoleCoordinator, Zone: s.zone, Network: network, From: db.Now().Add(-time.Hour)})
	})
	return s
}

func (s *station) write(f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Write(s.Context(), buurtbel.Scope{Zone: s.zone}, f); err != nil {
		s.Fatal(err)
	}
}

func (s *station) read(f func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Read(s.Context(), buurtbel.Scope{Zone: s.zone}, f); err != nil {
		s.Fatal(err)
	}
}

// link makes a link as the command line does, and gives its secret.
func (s *station) link(person buurtbel.ID) string {
	s.Helper()
	address, err := s.gate.DirectLink(s.Context(), buurtbel.System(), person)
	if err != nil {
		s.Fatal(err)
	}
	return strings.TrimPrefix(address, "https://alarm.example.org/s/")
}

func (s *station) enter(person buurtbel.ID, at entering.At) *entering.Entered {
	s.Helper()
	e, err := s.gate.Enter(s.Context(), s.link(person), at)
	if err != nil {
		s.Fatal(err)
	}
	return e
}

func (s *station) refused(err error, key string) {
	s.Helper()
	if buurtbel.KeyOf(err) != key {
		s.Errorf("refused with %v, want %s", err, key)
	}
}

var secretIn = regexp.MustCompile(`https://alarm\.example\.org/s/([A-Za-z0-9_-]+)`)

// mails gives the secrets of the links that were mailed to a person.
func (s *station) mails() []string {
	s.Helper()
	var out []string
	s.read(func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, m := range list {
			full, err := tx.Message(m.ID)
			if err != nil {
				return err
			}
			for _, w := range full.Texts {
				out = append(out, secretIn.FindStringSubmatch(w.Mail)[1])
			}
		}
		return err
	})
	return out
}

func TestLinkByMailOpensASession(t *testing.T) {
	each(t, func(s *station) {
		ctx, stop := context.WithCancel(s.Context())
		done := make(chan struct{})
		woken := s.db.Subscribe()
		go func() { defer close(done); s.gate.Run(ctx) }()
		if err := s.gate.Request(" Ann@Police.test ", "192.0.2.7"); err != nil {
			s.Fatal(err)
		}
		<-woken
		stop()
		<-done
		mails := s.mails()
		if len(mails) != 1 {
			s.Fatalf("%d mails", len(mails))
		}
		for range 3 { // a mail scanner opens the link
			p, err := s.gate.Behind(s.Context(), mails[0])
			if err != nil || p.ID != s.ann || p.Name != "Ann Peeters" {
				s.Fatalf("behind the link: %+v, %v", p, err)
			}
		}
		e, err := s.gate.Enter(s.Context(), mails[0], entering.At{})
		if err != nil {
			s.Fatal(err)
		}
		actor, err := s.gate.Actor(s.Context(), e.Session)
		if err != nil || actor.Person != s.ann || actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: s.zone}, s.db.Now()) != nil {
			s.Errorf("actor %+v, %v", actor, err)
		}
		_, err = s.gate.Enter(s.Context(), mails[0], entering.At{})
		s.refused(err, "error.link.used")
		if err := s.gate.Leave(s.Context(), e.Session); err != nil {
			s.Error(err)
		}
		_, err = s.gate.Actor(s.Context(), e.Session)
		s.refused(err, "error.session.over")
	})
}

func TestRequestDoesNotTellWhoIsKnown(t *testing.T) {
	each(t, func(s *station) {
		// The loop does not run and the store is closed: what Request answers, it answers without having looked.
		if err := s.db.Close(); err != nil {
			s.Fatal(err)
		}
		for i, mailbox := range []string{"ann@police.test", "nobody@police.test", "dag@example.org"} {
			if err := s.gate.Request(mailbox, "192.0.2."+string(rune('1'+i))); err != nil {
				s.Errorf("%s: %v", mailbox, err)
			}
		}
		for _, bad := range []string{"", "ann", "Ann <ann@police.test>", "ann@police.test, bart@police.test", strings.Repeat("a", 300) + "@police.test", "ann@police.test\r\nBcc: x@example.org"} {
			s.refused(s.gate.Request(bad, "192.0.2.9"), "error.sign-in.mailbox")
		}
	})
}

func TestOnlyWhoHoldsAnOfficeGetsALink(t *testing.T) {
	each(t, func(s *station) {
		for _, address := range []string{"dag@example.org", "nobody@example.org"} {
			_, err := s.gate.DirectLinkTo(s.Context(), buurtbel.System(), address)
			s.refused(err, "error.person.unknown")
		}
		if _, err := s.gate.DirectLinkTo(s.Context(), buurtbel.System(), "cora@example.org"); err != nil {
			s.Error(err)
		}
		_, err := s.gate.Enter(s.Context(), s.link(s.dag), entering.At{})
		s.refused(err, "error.sign-in.no-mandate")
		ann := s.enter(s.ann, entering.At{})
		_, err = s.gate.DirectLink(s.Context(), ann.Actor, s.bart)
		s.refused(err, "error.forbidden.install")
	})
}

func TestFloodLocksNobodyOut(t *testing.T) {
	each(t, func(s *station) {
		refused := 0
		for range 200 {
			if buurtbel.KindOf(s.gate.Request("ann@police.test", "198.51.100.66")) == buurtbel.Busy {
				refused++
			}
		}
		if refused < 100 {
			s.Errorf("a flood of 200 was refused %d times only", refused)
		}
		if err := s.gate.Request("ann@police.test", "192.0.2.7"); err != nil {
			s.Errorf("from the own origin: %v", err)
		}
		ctx, stop := context.WithCancel(s.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.gate.Run(ctx) }()
		deadline := time.After(40 * time.Second)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for len(s.mails()) < 4 { // three for the flood, and the own one
			select {
			case <-tick.C:
			case <-deadline:
				s.Fatalf("%d mails after 20 seconds", len(s.mails()))
			}
		}
		stop()
		<-done
		if n := len(s.mails()); n != 4 {
			s.Errorf("%d mails", n)
		}
	})
}

func TestLinkExpiresAndIsForOnePurpose(t *testing.T) {
	each(t, func(s *station) {
		link := s.link(s.ann)
		s.clock.advance(entering.LinkLasts + time.Second)
		_, err := s.gate.Behind(s.Context(), link)
		s.refused(err, "error.link.used")
		_, err = s.gate.Enter(s.Context(), link, entering.At{})
		s.refused(err, "error.link.used")

		secret, hash := token.New()
		s.write(func(tx *store.Tx) error {
			return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.Confirm), Subject: 1, Person: s.ann, Expires: s.db.Now().Add(time.Hour)})
		})
		_, err = s.gate.Enter(s.Context(), secret, entering.At{})
		s.refused(err, "error.link.used")
		_, err = s.gate.Enter(s.Context(), "", entering.At{})
		s.refused(err, "error.link.used")
	})
}

func TestCookieIsAlwaysNew(t *testing.T) {
	each(t, func(s *station) {
		planted, _ := token.New()
		e := s.enter(s.ann, entering.At{Session: planted, Device: planted, PIN: "481629"})
		if e.Session == planted || e.Device == planted {
			s.Error("a planted cookie was kept")
		}
		_, err := s.gate.Actor(s.Context(), planted)
		s.refused(err, "error.session.over")
		// Somebody else signs in in the same browser: the session before ends.
		s.enter(s.bart, entering.At{Session: e.Session, Device: e.Device})
		_, err = s.gate.Actor(s.Context(), e.Session)
		s.refused(err, "error.session.over")
	})
}

func TestMandateThatEndsEndsTheRight(t *testing.T) {
	each(t, func(s *station) {
		e := s.enter(s.cora, entering.At{})
		s.write(func(tx *store.Tx) error {
			who, err := tx.Actor(s.bart)
			if err != nil {
				return err
			}
			m := who.Mandates[0]
			m.ID, m.Role, m.Until = s.db.NewID(), buurtbel.RoleDispatcher, s.db.Now().Add(time.Hour)
			return tx.InsertMandate(m)
		})
		bart := s.enter(s.bart, entering.At{})
		s.clock.advance(2 * time.Hour)
		actor, err := s.gate.Actor(s.Context(), bart.Session)
		if err != nil || actor.Holds(buurtbel.RoleDispatcher, s.zone, s.db.Now()) || !actor.Holds(buurtbel.RoleOfficer, s.zone, s.db.Now()) {
			s.Errorf("after the second mandate ended: %+v, %v", actor.Roles(s.zone, s.db.Now()), err)
		}
		if _, err := s.gate.Actor(s.Context(), e.Session); err != nil {
			s.Error(err)
		}
		s.clock.advance(11 * time.Hour)
		_, err = s.gate.Actor(s.Context(), e.Session)
		s.refused(err, "error.session.over")
	})
}

func TestShiftChangesHandsOnOnePC(t *testing.T) {
	each(t, func(s *station) {
		ann := s.enter(s.ann, entering.At{PIN: "481629"})
		bart := s.enter(s.bart, entering.At{PIN: "730518", Device: ann.Device, Session: ann.Session})
		if bart.Device != ann.Device {
			s.Fatal("the second person got another device on the same PC")
		}
		people, err := s.gate.HandOver(s.Context(), bart.Session, bart.Device)
		if err != nil || len(people) != 2 || people[0].Name != "Ann Peeters" || people[1].Name != "Bart Maes" {
			s.Fatalf("who can take over: %+v, %v", people, err)
		}
		_, err = s.gate.Actor(s.Context(), bart.Session)
		s.refused(err, "error.session.over")
		back, err := s.gate.Switch(s.Context(), s.ann, "481629", entering.At{Device: ann.Device})
		if err != nil || back.Actor.Person != s.ann || back.Session == ann.Session {
			s.Fatalf("taking over: %+v, %v", back, err)
		}
		// The PIN is worth nothing on another PC, nor for another person.
		other, _ := token.New()
		_, err = s.gate.Switch(s.Context(), s.ann, "481629", entering.At{Device: other})
		s.refused(err, "error.sign-in.pin-over")
		_, err = s.gate.Switch(s.Context(), s.bart, "481629", entering.At{Device: ann.Device})
		s.refused(err, "error.sign-in.pin")
		// Who signs out cannot take over any more.
		if err := s.gate.Leave(s.Context(), back.Session); err != nil {
			s.Fatal(err)
		}
		_, err = s.gate.Switch(s.Context(), s.ann, "481629", entering.At{Device: ann.Device})
		s.refused(err, "error.sign-in.pin-over")
	})
}

func TestFiveWrongPINs(t *testing.T) {
	each(t, func(s *station) {
		ann := s.enter(s.ann, entering.At{PIN: "481629"})
		at := entering.At{Device: ann.Device}
		for range 4 {
			_, err := s.gate.Switch(s.Context(), s.ann, "000001", at)
			s.refused(err, "error.sign-in.pin")
		}
		if _, err := s.gate.Switch(s.Context(), s.ann, "481629", at); err != nil {
			s.Fatalf("the right PIN at the fifth try: %v", err)
		}
		results := make(chan error)
		for range 12 { // at the same moment
			go func() {
				_, err := s.gate.Switch(context.Background(), s.ann, "000001", at)
				results <- err
			}()
		}
		wrong := 0
		for range 12 {
			if buurtbel.KeyOf(<-results) == "error.sign-in.pin" {
				wrong++
			}
		}
		if wrong != 5 {
			s.Errorf("%d wrong PINs were compared, want 5", wrong)
		}
		_, err := s.gate.Switch(s.Context(), s.ann, "481629", at)
		s.refused(err, "error.sign-in.pin-over")
		if people, err := s.gate.Colleagues(s.Context(), ann.Device); err != nil || len(people) != 0 {
			s.Errorf("still offered: %+v, %v", people, err)
		}
		again := s.enter(s.ann, entering.At{PIN: "481629", Device: ann.Device})
		if _, err := s.gate.Switch(s.Context(), s.ann, "481629", entering.At{Device: again.Device}); err != nil {
			s.Errorf("after a new link: %v", err)
		}
	})
}

func TestPINForm(t *testing.T) {
	s := open(t, store.SQLite)
	for pin, key := range map[string]string{"12345": "error.sign-in.pin-form", "abcdef": "error.sign-in.pin-form", "4816291234567": "error.sign-in.pin-form",
		"111111": "error.sign-in.pin-easy", "123456": "error.sign-in.pin-easy", "987654": "error.sign-in.pin-easy"} {
		_, err := s.gate.Enter(t.Context(), s.link(s.ann), entering.At{PIN: pin})
		s.refused(err, key)
	}
}

func TestIdleOnASharedPC(t *testing.T) {
	each(t, func(s *station) {
		own := s.enter(s.bart, entering.At{})
		shared := s.enter(s.ann, entering.At{PIN: "481629"})
		for range 3 {
			s.clock.advance(20 * time.Minute)
			if _, err := s.gate.Visit(s.Context(), shared.Session, true); err != nil {
				s.Fatalf("while somebody works: %v", err)
			}
		}
		for range 2 {
			s.clock.advance(20 * time.Minute)
			_, err := s.gate.Visit(s.Context(), shared.Session, false) // the page refreshes by itself
			if buurtbel.KindOf(err) != buurtbel.Internal && buurtbel.KeyOf(err) != "error.session.idle" {
				s.Fatal(err)
			}
		}
		_, err := s.gate.Visit(s.Context(), shared.Session, true)
		s.refused(err, "error.session.idle")
		if v, err := s.gate.Visit(s.Context(), own.Session, true); err != nil || v.Shared {
			s.Errorf("on an own PC: %+v, %v", v, err)
		}
		s.clock.advance(12 * time.Hour)
		_, err = s.gate.Switch(s.Context(), s.ann, "481629", entering.At{Device: shared.Device})
		s.refused(err, "error.sign-in.pin-over")
	})
}

func TestSignInsAreJournalled(t *testing.T) {
	each(t, func(s *station) {
		e := s.enter(s.ann, entering.At{})
		if err := s.gate.Leave(s.Context(), e.Session); err != nil {
			s.Fatal(err)
		}
		s.read(func(tx *store.Tx) error {
			entries, err := tx.JournalOf(s.zone)
			var kinds []string
			for _, entry := range entries {
				if entry.Kind == buurtbel.EntrySignIn {
					kinds = append(kinds, string(entry.Content))
				}
			}
			if len(kinds) != 3 || kinds[1] != "invitation" || kinds[2] != "left" {
				s.Errorf("journal: %q", kinds)
			}
			return err
		})
	})
}
