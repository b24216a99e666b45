package joining

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/token"
)

// tick runs every task of the hall that is due, as the loop does.
func (q *quarter) tick() {
	q.Helper()
	for {
		var due []store.Task
		q.read(func(tx *store.Tx) (err error) {
			due, err = tx.DueTasks(10, nil)
			return err
		})
		did := 0
		for _, t := range due {
			taken := false
			q.must(q.db.Write(q.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
				taken, err = tx.TakeTask(t)
				return err
			}))
			if !taken {
				continue
			}
			did++
			switch t.Kind {
			case "application":
				q.must(q.hall.Remind()(q.Context(), buurtbel.System(), t))
			case "guest-contact":
				q.must(q.hall.ForgetGuest()(q.Context(), buurtbel.System(), t))
			}
		}
		if did == 0 {
			return
		}
	}
}

func (q *quarter) passes(d time.Duration) {
	*q.clock = q.clock.Add(d)
	q.tick()
}

// got counts the letters to a person that hold words.
func (q *quarter) got(person buurtbel.ID, words string) (n int) {
	for _, w := range q.words(person) {
		if strings.Contains(w, words) {
			n++
		}
	}
	return n
}

func TestWhoDecidesIsReminded(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.proved(form(1))
		deputy := q.holder(buurtbel.RoleDeputy)
		q.tick()
		if n := q.got(q.coordinator.Person, "Iemand wil lid worden"); n != 1 {
			q.Errorf("told %d times", n)
		}
		for range 20 {
			q.passes(24 * time.Hour)
		}
		if n := q.got(q.coordinator.Person, "wacht al"); n != 2 {
			q.Errorf("the coordinator was reminded %d times", n)
		}
		if n := q.got(deputy, "attend depuis 10 jours"); n != 1 {
			q.Errorf("the deputy was reminded %d times", n)
		}
		if n := q.got(q.officer.Person, "wacht al 15 dagen"); n != 1 {
			q.Errorf("the officer was told %d times", n)
		}
		for _, w := range append(q.words(q.coordinator.Person), q.words(q.officer.Person)...) {
			if strings.Contains(w, "Peeters") || strings.Contains(w, "Vlierstraat") {
				q.Error("a reminder says who applied")
			}
		}
		if s := q.state(id); s != buurtbel.ApplicationReady {
			q.Errorf("got %s", s)
		}
	})
}

func (q *quarter) holder(role buurtbel.Role) buurtbel.ID {
	q.Helper()
	var ids []buurtbel.ID
	q.read(func(tx *store.Tx) (err error) {
		ids, err = tx.Holders(role, q.homes)
		return err
	})
	return ids[0]
}

func TestAnAbandonedApplicationIsErased(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.apply(form(1))
		for range 31 {
			q.passes(24 * time.Hour)
		}
		if n := q.got(id, "Ga verder"); n != 2 {
			q.Errorf("reminded %d times", n)
		}
		if s := q.state(id); s != buurtbel.ApplicationLapsed {
			q.Fatalf("got %s", s)
		}
		q.read(func(tx *store.Tx) error {
			p, err := tx.OpenApplicant(id)
			if err != nil {
				return err
			}
			contacts, err := tx.ApplicantContacts(id)
			if p != (store.Applicant{}) || len(contacts) != 0 {
				q.Error("something of the person is still there")
			}
			return err
		})
		q.key(q.hall.Withdraw(q.Context(), link), "error.application.over")
	})
}

func TestAQuestionAndItsAnswer(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.proved(form(1))
		ask := Decision{Kind: buurtbel.FactAsked, Note: "Woont u bij uw ouders?"}
		q.key(q.hall.Decide(q.Context(), q.coordinator, q.zone, id, ask), "error.application.no-mail")
		var mail string
		for _, w := range q.words(id) {
			if m := verifyLink.FindStringSubmatch(w); m != nil {
				mail = m[1]
			}
		}
		_, err := q.hall.ProveMail(q.Context(), mail)
		q.must(err)
		q.must(q.hall.Decide(q.Context(), q.coordinator, q.zone, id, ask))
		if q.got(id, "Woont u bij uw ouders?") != 1 || q.state(id) != buurtbel.ApplicationAsked {
			q.Errorf("the question did not go out, or the state is %s", q.state(id))
		}
		q.key(q.hall.Answer(q.Context(), link, "  "), "error.join.note")
		q.must(q.hall.Answer(q.Context(), link, "Ja, sinds mei."))
		o, err := q.hall.Open(q.Context(), q.coordinator, buurtbel.RoleCoordinator, q.zone, id, "application")
		q.must(err)
		if len(o.Notes) != 2 || o.Notes[1].Body != "Ja, sinds mei." || q.state(id) != buurtbel.ApplicationReady {
			q.Errorf("%d notes, %s", len(o.Notes), q.state(id))
		}
	})
}

func TestAnEdgeCaseIsTheOfficers(t *testing.T) {
	each(t, func(q *quarter) {
		f := form(1)
		f.Home.Number = "99"
		_, id := q.proved(f)
		q.key(q.accept(id), "error.application.not-yours")
		decline := Decision{Kind: buurtbel.FactDeclined, Ground: buurtbel.DeclineOfficer}
		q.key(q.hall.Decide(q.Context(), q.officer, q.zone, id, decline), "error.join.note")
		decline.Note = "Het huis hoort bij de buurgemeente."
		q.key(q.hall.Decide(q.Context(), q.coordinator, q.zone, id, decline), "error.application.ground")
		q.must(q.hall.Decide(q.Context(), q.officer, q.zone, id, decline))
		if n := q.got(id, "Het huis hoort bij de buurgemeente. Niet akkoord? Schrijf binnen 30 dagen aan Politiezone Vlierbeek, politie@example.org."); n != 1 {
			q.Errorf("the applicant does not read why and how to object: %q", q.words(id))
		}
	})
}

func TestCheck(t *testing.T) {
	each(t, func(q *quarter) {
		for address, want := range map[[3]string]string{
			{"Vlierstraat", "1", "9990"}: "inside BIN Vlierwijk", {"vlierstr.", "1 bus 3", "9990"}: "inside BIN Vlierwijk", {"Vlierstraat", "44", "9990"}: "refer BIN Vlierwijk",
			{"Vlierstraat", "99", "9990"}: "refer BIN Vlierwijk", {"Verweg", "1", "9990"}: "none", {"Nergensweg", "1", "9990"}: "refer", {"Vlierstraat", "1", "8000"}: "refer",
		} {
			w, err := q.hall.Check(q.Context(), store.Home{Street: address[0], Number: address[1], PostalCode: address[2]}, buurtbel.Residents)
			q.must(err)
			got := string(w.Found)
			if w.Network != nil {
				got += " " + w.Network.Name
			}
			if got != want {
				q.Errorf("%v: %s, want %s", address, got, want)
			}
		}
		_, err := q.hall.Check(q.Context(), store.Home{Street: "Vlierstraat"}, buurtbel.Residents)
		q.key(err, "error.join.address")
	})
}

func TestALetterProvesAnAddress(t *testing.T) {
	each(t, func(q *quarter) {
		link, id := q.proved(form(1))
		first, err := q.hall.AddressLetter(q.Context(), q.coordinator, buurtbel.RoleCoordinator, q.zone, id)
		q.must(err)
		second, err := q.hall.AddressLetter(q.Context(), q.coordinator, buurtbel.RoleCoordinator, q.zone, id)
		q.must(err)
		q.key(q.hall.EnterCode(q.Context(), link, 0, first.Code), "error.proof.wrong") // a newer letter counts
		q.must(q.hall.EnterCode(q.Context(), link, 0, strings.ToLower(second.Code)))
		q.must(q.hall.Decide(q.Context(), q.coordinator, q.zone, id, Decision{Kind: buurtbel.FactAccepted}))
		f, _ := q.app(id).Has(buurtbel.FactAddress)
		if f.Detail != string(buurtbel.ByLetter) {
			q.Errorf("got %q", f.Detail)
		}
	})
}

// idToken is what an identity provider may say of a person: far more than anybody may keep.
type idToken struct {
	NationalNumber, Name, Birthdate, Nationality string
	Address                                      store.Home
	Over18                                       bool
}

// TestRule14_ANationalNumberIsKeptNowhere: neither log, nor journal, nor database.
func TestRule14_ANationalNumberIsKeptNowhere(t *testing.T) {
	now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	folder := t.TempDir()
	db := storetest.OpenWith(t, store.Config{Data: folder, Readers: 2}, storetest.Ring(t), func() time.Time { return now })
	q := build(t, db, &now)
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(old)
	q.hall.o.Logger = slog.Default()
	link, id := q.proved(form(1))
	said := idToken{NationalNumber: "85073003328", Name: "Zwaluwina Vanquixotte", Birthdate: "1985-07-30", Nationality: "Vlierbeeks", Address: store.Home{Street: "Vlierstraat", Number: "1", PostalCode: "9990"}, Over18: true}
	same, err := q.hall.ProveByIdentity(t.Context(), link, Claims{Address: said.Address, Over18: said.Over18})
	if err != nil || !same {
		t.Fatalf("%t %v", same, err)
	}
	other, err := q.hall.ProveByIdentity(t.Context(), link, Claims{Address: store.Home{Street: "Verweg", Number: "1", PostalCode: "9990"}, Over18: true})
	if err != nil || other {
		t.Errorf("another address proved it: %t %v", other, err)
	}
	q.must(q.hall.Decide(t.Context(), q.coordinator, q.zone, id, Decision{Kind: buurtbel.FactAccepted}))
	kept := map[string][]byte{"log": log.Bytes()}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	q.must(err)
	for _, f := range files {
		if kept[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	q.read(func(tx *store.Tx) error {
		entries, err := tx.JournalOf(q.zone)
		for _, e := range entries {
			kept["journal"] = append(append(kept["journal"], e.Content...), '\n')
		}
		if err != nil {
			return err
		}
		person, err := tx.OpenApplicant(id)
		kept["opened"] = fmt.Append(nil, person)
		return tx.EachName([]buurtbel.ID{id}, func(_ buurtbel.ID, n store.Name) { kept["opened"] = fmt.Append(kept["opened"], n, err) })
	})
	for where, b := range kept {
		for _, secret := range []string{said.NationalNumber, "850730", said.Birthdate, "Zwaluwina", "Vanquixotte"} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
	if len(kept["journal"]) == 0 || !bytes.Contains(kept["opened"], []byte("Peeters")) {
		t.Error("journal or person were not looked at")
	}
	if n := reflect.TypeFor[Claims]().NumField(); n != 2 {
		t.Errorf("claims carry %d things: address and age are all that may come this far", n)
	}
}

// member is somebody who was accepted.
func (q *quarter) member(f *Form) (link string, id buurtbel.ID) {
	q.Helper()
	link, id = q.proved(f)
	q.must(q.accept(id))
	return link, id
}

func (q *quarter) household(id buurtbel.ID) (h buurtbel.ID) {
	q.Helper()
	q.read(func(tx *store.Tx) (err error) {
		h, err = tx.HouseholdOf(id)
		return err
	})
	return h
}

func TestRule20_AHouseholdIsWhoAccepted(t *testing.T) {
	each(t, func(q *quarter) {
		an, first := q.member(form(1))
		_, second := q.member(form(2))
		q.must(q.proveMailOf(second))
		*q.clock = q.clock.Add(2 * time.Minute) // since the last mail to that mailbox
		_, err := q.hall.Invite(q.Context(), an, "an2@example.org", token.Household)
		q.must(err)
		if q.household(second) != 0 {
			q.Fatal("invited is not accepted")
		}
		secret := q.newest("/household/")
		i, err := q.hall.BehindInvitation(q.Context(), secret, token.Household)
		q.must(err)
		if !i.Known {
			q.Fatal("a member with this mailbox is not known")
		}
		did, errs := q.atOnce(func(int) error { return q.hall.Confirm(q.Context(), secret, token.Household) })
		if did != 1 || q.household(second) != q.household(first) || q.household(first) == 0 {
			q.Fatalf("%d confirmed: %v", did, errs)
		}
		before := len(q.words(first))
		leave := q.hall.LeaveLink(second)
		for range 2 {
			q.must(q.hall.LeaveHousehold(q.Context(), leave))
		}
		if q.household(second) != 0 || q.household(first) == 0 {
			q.Error("not left, or both left")
		}
		if len(q.words(first)) != before {
			q.Error("the other was told")
		}
		// Who is no member applies with own data, and enters when accepted.
		address, err := q.hall.Invite(q.Context(), an, "", token.Household)
		q.must(err)
		f := form(3)
		f.Invitation = address[strings.LastIndex(address, "/")+1:]
		_, third := q.member(f)
		if q.household(third) != q.household(first) {
			q.Error("not in the household that invited")
		}
		if _, wrong, err := q.hall.Apply(q.Context(), &Form{Invitation: f.Invitation, Given: "B", Family: "C", Home: f.Home, Basis: f.Basis, Kind: f.Kind, Mobile: "0455099999", Language: "nl", Adult: true, Rules: true}, "192.0.2.77"); err == nil {
			q.Errorf("an invitation worked twice: %v", wrong)
		}
	})
}

// proveMailOf marks a member's mailbox as proved, as if it had been proved before.
func (q *quarter) proveMailOf(id buurtbel.ID) error {
	contact := store.NewContact{ID: q.db.NewID(), Kind: buurtbel.Mailbox, Rank: 5, Address: "an2@example.org", Verified: true}
	return q.db.Write(q.Context(), q.scope(), func(tx *store.Tx) error { return tx.AddContact(id, contact) })
}

// newest gives the secret of the newest link of a sort in any running message.
func (q *quarter) newest(path string) (secret string) {
	q.Helper()
	q.read(func(tx *store.Tx) error {
		running, err := tx.RunningMessages()
		if err != nil {
			return err
		}
		for _, r := range running {
			m, err := tx.Message(r.ID)
			if err != nil {
				return err
			}
			for _, w := range m.Texts {
				if at := strings.Index(w.Mail, path); at >= 0 {
					secret = strings.Fields(w.Mail[at+len(path):])[0]
				}
			}
		}
		return nil
	})
	if secret == "" {
		q.Fatalf("no link with %s", path)
	}
	return secret
}

func TestABusinessAndItsPeople(t *testing.T) {
	each(t, func(q *quarter) {
		trader := func(i int) *Form {
			f := form(i)
			f.Kind, f.Basis, f.Shop = buurtbel.Traders, buurtbel.Works, "Bakkerij De Kroon"
			return f
		}
		owner, first := q.member(trader(1))
		shift := func(id buurtbel.ID) (s *buurtbel.Shift) {
			q.read(func(tx *store.Tx) error {
				people, err := tx.Reachables([]buurtbel.ID{id})
				if err == nil && len(people) == 1 {
					s = people[0].Member.Choices.Shift
				}
				return err
			})
			return s
		}
		if s := shift(first); s == nil || !s.Alone || s.Post != buurtbel.PostShop {
			q.Fatalf("got %+v: who is alone is always on duty", s)
		}
		address, err := q.hall.Invite(q.Context(), owner, "", token.Business)
		q.must(err)
		f := trader(2)
		f.Shop, f.Post, f.Invitation = "", buurtbel.PostKeys, address[strings.LastIndex(address, "/")+1:]
		_, second := q.member(f)
		if a, b := shift(first), shift(second); a.Alone || b.Alone || b.Post != buurtbel.PostKeys || a.Business != b.Business {
			q.Errorf("%+v %+v", a, b)
		}
		var week buurtbel.OpeningWeek
		week[1] = []buurtbel.Hours{{From: 600, Until: 700}}
		q.must(q.hall.SetHours(q.Context(), owner, week))
		if s := shift(second); fmt.Sprint(s.Open) != fmt.Sprint(week) {
			q.Errorf("the key holder's hours are %v", s.Open)
		}
		shop, err := q.hall.ShowShop(q.Context(), owner)
		q.must(err)
		if shop.Name != "Bakkerij De Kroon" || len(shop.People) != 2 || shop.People[1].Given != "An" {
			q.Errorf("%+v", shop)
		}
		stranger, outsider := q.member(form(3))
		q.key(q.hall.MoveStaff(q.Context(), stranger, first, ""), "error.business.unknown")
		q.must(q.hall.MoveStaff(q.Context(), owner, second, ""))
		for _, gone := range []buurtbel.ID{second, outsider} { // the link to the own page outlives standing for the business
			if address, err := q.hall.Invite(q.Context(), q.hall.PageLink(gone), "", token.Business); buurtbel.KindOf(err) != buurtbel.NotFound {
				q.Errorf("who stands for no business invites to one: %v, %t", err, address != "")
			}
		}
		if s := shift(first); !s.Alone {
			q.Error("the other is alone now and not always on duty")
		}
		q.read(func(tx *store.Tx) error {
			members, err := tx.MembersOf([]buurtbel.ID{q.shops})
			if len(members) != 1 {
				q.Errorf("%d members", len(members))
			}
			return err
		})
	})
}

// TestWhoIsLetInIsToBeInvited: the work of inviting to what the others were invited to is left with the admission, and by nothing else.
func TestWhoIsLetInIsToBeInvited(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.proved(form(1))
		left := func() (n int) {
			q.read(func(tx *store.Tx) error {
				due, err := tx.DueTasks(50, nil)
				for _, task := range due {
					if task.Kind == store.TaskNewcomer && task.Subject == id && task.Zone == q.zone {
						n++
					}
				}
				return err
			})
			return n
		}
		if left() != 0 {
			t.Error("invited before anybody let them in")
		}
		q.must(q.accept(id))
		if left() != 1 {
			t.Error("nothing was left")
		}
	})
}

// TestALineThatWasNotProvedIsNotKept is what the page says to who still has one open; what was sent there is known as long as it holds.
func TestALineThatWasNotProvedIsNotKept(t *testing.T) {
	each(t, func(q *quarter) {
		f := form(1)
		f.Fixed = "02 000 09 17"
		link, id := q.apply(f)
		mobile, line := q.contact(id, buurtbel.Mobile), q.contact(id, buurtbel.Fixed)
		under := func() map[buurtbel.ID]time.Time {
			p, err := q.hall.Show(q.Context(), link)
			q.must(err)
			return p.UnderWay
		}
		if got := under(); got[mobile].IsZero() || !got[line].IsZero() {
			t.Errorf("under way %v", got)
		}
		q.must(q.hall.EnterCode(q.Context(), link, mobile, q.code(id)))
		q.must(q.hall.SendCode(q.Context(), link, line, buurtbel.Voice, "192.0.2.1"))
		if got := under(); !got[mobile].IsZero() || got[line].IsZero() {
			t.Errorf("under way %v", got)
		}
		q.passes(codeLasts + time.Second)
		if got := under(); !got[line].IsZero() {
			t.Errorf("under way %v", got)
		}
		q.must(q.accept(id))
		q.read(func(tx *store.Tx) error {
			list, err := tx.ApplicantContacts(id)
			for _, c := range list {
				if c.ID == line {
					t.Error("the line was kept")
				}
			}
			return err
		})
	})
}
