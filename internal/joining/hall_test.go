package joining

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/token"
)

// quarter is a zone with a residents' and a traders' network over one square, a street with houses inside, outside and at the edge, and the people
// who decide.
type quarter struct {
	*testing.T
	db                   *store.DB
	hall                 *Hall
	clock                *time.Time
	zone, homes, shops   buurtbel.ID
	coordinator, officer buurtbel.Actor
}

const lat, lon = 51.0, 4.0

func square(n float64) buurtbel.Area {
	return buurtbel.Area{{{{Lat: lat, Lon: lon}, {Lat: lat + n, Lon: lon}, {Lat: lat + n, Lon: lon + n}, {Lat: lat, Lon: lon + n}, {Lat: lat, Lon: lon}}}}
}

// each runs a test in a quarter of its own on each engine.
func each(t *testing.T, test func(q *quarter)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
			test(build(t, storetest.Open(t, engine, func() time.Time { return now }), &now))
		})
	}
}

func build(t *testing.T, db *store.DB, clock *time.Time) *quarter {
	t.Helper()
	q := &quarter{T: t, db: db, clock: clock, zone: db.NewID(), homes: db.NewID(), shops: db.NewID()}
	q.hall = NewHall(db, Options{Link: base, Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email, buurtbel.Voice}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	street := store.Street{ID: db.NewID(), Name: "Vlierstraat", Key: "vlierstraat", PostalCode: "9990", Municipality: "Vlierbeek"}
	other := store.Street{ID: db.NewID(), Name: "Verweg", Key: "verweg", PostalCode: "9990", Municipality: "Vlierbeek"}
	at := func(s store.Street, number string, dy, dx float64) store.House {
		return store.House{Street: s.ID, Number: number, Lat: int64((lat + dy) * 1e7), Lon: int64((lon + dx) * 1e7)}
	}
	coordinator := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: q.homes, Language: buurtbel.Dutch}, Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: "coordinator@example.org", Verified: true}}}
	deputy := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: q.homes, Language: buurtbel.French}, Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: "deputy@example.org", Verified: true}}}
	officer := store.NewOfficial{ID: db.NewID(), Name: "Hilde", Office: "police", Language: buurtbel.Dutch, Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: "officer@example.org", Verified: true}}}
	mandate := func(holder buurtbel.ID, r buurtbel.Role, network buurtbel.ID) buurtbel.Mandate {
		return buurtbel.Mandate{ID: db.NewID(), Holder: holder, Role: r, Zone: q.zone, Network: network, From: clock.Add(-time.Hour)}
	}
	mandates := []buurtbel.Mandate{mandate(coordinator.ID, buurtbel.RoleCoordinator, q.homes), mandate(coordinator.ID, buurtbel.RoleCoordinator, q.shops),
		mandate(deputy.ID, buurtbel.RoleDeputy, q.homes), mandate(officer.ID, buurtbel.RoleOfficer, 0)}
	since := &buurtbel.Dated{Since: clock.AddDate(-1, 0, 0), Document: "charter.pdf"}
	q.write(func(tx *store.Tx) error {
		z := &buurtbel.Zone{ID: q.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan,
			Limits: buurtbel.DefaultLimits, Contact: "politie@example.org"}
		if err := tx.PutZone(z); err != nil {
			return err
		}
		for _, n := range []*buurtbel.Network{{ID: q.homes, Name: "BIN Vlierwijk", Kind: buurtbel.Residents}, {ID: q.shops, Name: "BIN-Z Vliermarkt", Kind: buurtbel.Traders}} {
			n.Area, n.Regime = square(0.01), buurtbel.Regime{buurtbel.Dutch}
			n.Charter, n.Recognised = since, since
			if err := tx.PutNetwork(n); err != nil {
				return err
			}
		}
		if err := tx.InsertMembers([]store.NewMember{coordinator, deputy}); err != nil {
			return err
		}
		if err := tx.InsertOfficial(&officer); err != nil {
			return err
		}
		for _, m := range mandates {
			if err := tx.InsertMandate(m); err != nil {
				return err
			}
		}
		return tx.PutAddresses([]store.Street{street, other}, []store.House{at(street, "1", 0.005, 0.005), at(street, "2", 0.006, 0.005), at(street, "99", 0.0101, 0.005), at(other, "1", 0.5, 0.5)})
	})
	q.read(func(tx *store.Tx) (err error) {
		if q.coordinator, err = tx.Actor(coordinator.ID); err != nil {
			return err
		}
		q.officer, err = tx.Actor(officer.ID)
		return err
	})
	return q
}

func (q *quarter) scope() buurtbel.Scope { return buurtbel.Scope{Zone: q.zone} }

func (q *quarter) write(f func(*store.Tx) error) {
	q.Helper()
	if err := q.db.Write(q.Context(), q.scope(), f); err != nil {
		q.Fatal(err)
	}
}

func (q *quarter) read(f func(*store.Tx) error) {
	q.Helper()
	if err := q.db.Read(q.Context(), q.scope(), f); err != nil {
		q.Fatal(err)
	}
}

func (q *quarter) must(err error) {
	q.Helper()
	if err != nil {
		q.Fatal(err)
	}
}

// form is a good application of the i-th person.
func form(i int) *Form {
	return &Form{Given: "An", Family: fmt.Sprint("Peeters ", i), Home: store.Home{Street: "vlierstr.", Number: "1", PostalCode: "9990"}, Basis: buurtbel.Lives, Kind: buurtbel.Residents,
		Mobile: fmt.Sprintf("0455 0%d", 10000+i), Mailbox: fmt.Sprintf("an%d@example.org", i), Language: buurtbel.Dutch, Adult: true, Rules: true}
}

func (q *quarter) apply(f *Form) (link string, id buurtbel.ID) {
	q.Helper()
	link, wrong, err := q.hall.Apply(q.Context(), f, "192.0.2."+fmt.Sprint(q.db.NewID()))
	if err != nil || len(wrong) > 0 {
		q.Fatalf("%v %v", wrong, err)
	}
	id, err = token.VerifyUntil(q.db.Ring(), token.Apply, link, q.db.Now())
	q.must(err)
	return link, id
}

// words gives the texts of the messages to one person, oldest first: SMS, mail, speech.
func (q *quarter) words(person buurtbel.ID) (out []string) {
	q.Helper()
	q.read(func(tx *store.Tx) error {
		running, err := tx.RunningMessages()
		if err != nil {
			return err
		}
		for _, r := range running {
			ids, err := tx.Audience(r.ID)
			if err != nil {
				return err
			}
			m, err := tx.Message(r.ID)
			if err != nil {
				return err
			}
			for i, id := range ids {
				if id != person {
					continue
				}
				w := m.Texts[min(i, len(m.Texts)-1)]
				text := w.SMS + w.Mail
				for _, s := range w.Spoken {
					text += s.Text
				}
				out = append(out, text)
			}
		}
		return nil
	})
	return out
}

var (
	sixDigits  = regexp.MustCompile(`\b\d{6}\b`)
	verifyLink = regexp.MustCompile(`/verify/([0-9A-Za-z_-]+)`)
)

// code gives the newest code that a person got.
func (q *quarter) code(person buurtbel.ID) string {
	q.Helper()
	for _, w := range backwards(q.words(person)) {
		if c := sixDigits.FindString(w); c != "" {
			return c
		}
	}
	q.Fatal("no code was sent")
	return ""
}

func backwards(list []string) (out []string) {
	for i := len(list) - 1; i >= 0; i-- {
		out = append(out, list[i])
	}
	return out
}

func (q *quarter) contact(id buurtbel.ID, kind buurtbel.ContactKind) buurtbel.ID {
	q.Helper()
	var out buurtbel.ID
	q.read(func(tx *store.Tx) error {
		list, err := tx.ApplicantContacts(id)
		for _, c := range list {
			if c.Kind == kind {
				out = c.ID
			}
		}
		return err
	})
	if out == 0 {
		q.Fatalf("no %s", kind)
	}
	return out
}

// proved is an application whose mobile is proved.
func (q *quarter) proved(f *Form) (link string, id buurtbel.ID) {
	q.Helper()
	link, id = q.apply(f)
	q.must(q.hall.EnterCode(q.Context(), link, q.contact(id, buurtbel.Mobile), q.code(id)))
	return link, id
}

func (q *quarter) state(id buurtbel.ID) buurtbel.ApplicationState {
	q.Helper()
	return q.app(id).State()
}

func (q *quarter) app(id buurtbel.ID) (a *buurtbel.Application) {
	q.Helper()
	q.read(func(tx *store.Tx) (err error) {
		a, err = tx.Application(id)
		return err
	})
	return a
}

func (q *quarter) accept(id buurtbel.ID) error {
	return q.hall.Decide(q.Context(), q.coordinator, q.zone, id, Decision{Kind: buurtbel.FactAccepted, Knowing: true})
}

// key checks an error's sentence.
func (q *quarter) key(err error, want string) {
	q.Helper()
	if got := buurtbel.KeyOf(err); err == nil || got != want {
		q.Errorf("got %v, want %s", err, want)
	}
}

// TestJoining is the thin thread: form, code by text, the coordinator accepts, and the next alert plans the new member.
func TestJoining(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.apply(form(1))
		if s := q.state(id); s != buurtbel.ApplicationProving {
			q.Errorf("got %s", s)
		}
		q.key(q.accept(id), "error.application.missing")
		wrong, right := "000000", q.code(id)
		if right == wrong {
			wrong = "111111"
		}
		mobile := q.contact(id, buurtbel.Mobile)
		q.key(q.hall.EnterCode(q.Context(), link, mobile, wrong), "error.proof.wrong")
		q.must(q.hall.EnterCode(q.Context(), link, mobile, right))
		q.key(q.hall.EnterCode(q.Context(), link, mobile, right), "error.proof.over")
		if s := q.state(id); s != buurtbel.ApplicationReady {
			q.Errorf("got %s", s)
		}
		o, err := q.hall.Open(q.Context(), q.coordinator, buurtbel.RoleCoordinator, q.zone, id, "application")
		q.must(err)
		if o.Person.Name.Family != "Peeters 1" || o.Person.Home.Street != "Vlierstraat" || len(o.Contacts) != 2 {
			q.Errorf("%d contact points, %q", len(o.Contacts), o.Person.Home.Street)
		}
		q.must(q.accept(id))
		q.key(q.accept(id), "error.application.over")
		q.read(func(tx *store.Tx) error {
			members, err := tx.MembersOf([]buurtbel.ID{q.homes})
			if err != nil || len(members) != 3 {
				return fmt.Errorf("%d members: %w", len(members), err)
			}
			people, err := tx.Reachables([]buurtbel.ID{id})
			if err != nil || len(people) != 1 {
				return fmt.Errorf("%d reachable: %w", len(people), err)
			}
			steps, left := buurtbel.Deliver(&people[0].Member, people[0].Contacts, buurtbel.Want{Urgency: buurtbel.Now, Expires: q.db.Now().Add(time.Hour),
				Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email}, Night: buurtbel.DefaultNight}, q.db.Now())
			if len(steps) != 1 || steps[0].Contact != mobile || left != buurtbel.NotLeft {
				q.Errorf("planned %+v %s: the mailbox is not proved, the mobile is", steps, left)
			}
			p, err := tx.OpenApplicant(id)
			if p != (store.Applicant{}) {
				q.Error("the application still holds the person")
			}
			return err
		})
		if w := q.words(id); !strings.Contains(w[len(w)-1], "Welkom") {
			q.Errorf("the last message is no welcome")
		}
	})
}

// at once runs eight writers and counts who did it.
func (q *quarter) atOnce(f func(i int) error) (did int, errs []error) {
	var wait sync.WaitGroup
	errs = make([]error, 8)
	for i := range errs {
		wait.Go(func() { errs[i] = f(i) })
	}
	wait.Wait()
	for _, err := range errs {
		if err == nil {
			did++
		}
	}
	return did, errs
}

func TestAnApplicationIsAcceptedOnce(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.proved(form(1))
		did, errs := q.atOnce(func(i int) error {
			if i%2 == 0 {
				return q.accept(id)
			}
			return q.hall.Decide(q.Context(), q.coordinator, q.zone, id, Decision{Kind: buurtbel.FactDeclined, Ground: buurtbel.DeclineProof})
		})
		if did != 1 {
			q.Errorf("%d decided: %v", did, errs)
		}
		decided := 0
		for _, f := range q.app(id).Facts {
			if f.Kind == buurtbel.FactAccepted || f.Kind == buurtbel.FactDeclined {
				decided++
			}
		}
		if decided != 1 {
			q.Errorf("%d decisions stand", decided)
		}
	})
}

func TestACodeWorksOnce(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.apply(form(1))
		mobile, code := q.contact(id, buurtbel.Mobile), q.code(id)
		did, errs := q.atOnce(func(int) error { return q.hall.EnterCode(q.Context(), link, mobile, code) })
		if did != 1 {
			q.Errorf("%d proved: %v", did, errs)
		}
		var mail string
		for _, w := range q.words(id) {
			if m := verifyLink.FindStringSubmatch(w); m != nil {
				mail = m[1]
			}
		}
		did, errs = q.atOnce(func(int) error {
			_, err := q.hall.ProveMail(q.Context(), mail)
			return err
		})
		if did != 1 {
			q.Errorf("%d used the link: %v", did, errs)
		}
		n := 0
		for _, f := range q.app(id).Facts {
			if f.Kind == buurtbel.FactProved {
				n++
			}
		}
		if n != 2 {
			q.Errorf("%d contact points are proved", n)
		}
	})
}

func TestGuessesEnd(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.apply(form(1))
		mobile, code := q.contact(id, buurtbel.Mobile), q.code(id)
		did, errs := q.atOnce(func(i int) error {
			guess := fmt.Sprintf("%06d", i)
			if guess == code {
				guess = "999999"
			}
			return q.hall.EnterCode(q.Context(), link, mobile, guess)
		})
		wrong, over := 0, 0
		for _, err := range errs {
			switch buurtbel.KeyOf(err) {
			case "error.proof.wrong":
				wrong++
			case "error.proof.over":
				over++
			}
		}
		if did != 0 || wrong != mostTries || over != 8-mostTries {
			q.Errorf("%d right, %d wrong, %d over: %v", did, wrong, over, errs)
		}
		q.key(q.hall.EnterCode(q.Context(), link, mobile, code), "error.proof.over")
	})
}

// TestAStrangersTelephoneIsLeftInPeace: whoever types a number in, from wherever and by however many applications.
func TestAStrangersTelephoneIsLeftInPeace(t *testing.T) {
	each(t, func(q *quarter) {
		f := form(1)
		f.Mailbox = ""
		sent, last := 0, ""
		for range 40 { // ten days
			link, id := q.apply(f)
			sent += len(q.words(id))
			last = link
			for _, channel := range []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice} {
				if err := q.hall.SendCode(q.Context(), link, q.contact(id, buurtbel.Mobile), channel, "192.0.2.9"); err == nil {
					sent++
				}
			}
			*q.clock = q.clock.Add(6 * time.Hour)
		}
		if sent < 3 || sent > buurtbel.CodesForStranger.Month {
			q.Errorf("%d codes in ten days", sent)
		}
		*q.clock = q.clock.AddDate(0, 2, 0)
		if _, err := StopTexts(q.Context(), q.db, buurtbel.System(), "+32455010001"); err != nil {
			q.Fatal(err)
		}
		id, err := token.VerifyUntil(q.db.Ring(), token.Apply, last, q.db.Now())
		q.must(err)
		q.key(q.hall.SendCode(q.Context(), last, q.contact(id, buurtbel.Mobile), buurtbel.SMS, "192.0.2.9"), "error.proof.too-often")
		if _, err := ResumeTexts(q.Context(), q.db, buurtbel.System(), "+32455010001"); err != nil {
			q.Fatal(err)
		}
		q.must(q.hall.SendCode(q.Context(), last, q.contact(id, buurtbel.Mobile), buurtbel.SMS, "192.0.2.9"))
	})
}
