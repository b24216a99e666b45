package governing_test

import (
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// official stores an official with a role and gives the actor.
func (v *village) official(role buurtbel.Role, mailbox string) buurtbel.Actor {
	v.Helper()
	o := &store.NewOfficial{ID: v.db.NewID(), Name: "Ann " + string(role), Office: "police", Language: buurtbel.Dutch,
		Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: mailbox, Verified: true}}}
	o.Mandates = []buurtbel.Mandate{{ID: v.db.NewID(), Holder: o.ID, Role: role, Zone: v.zone, From: v.db.Now().Add(-time.Hour), Ground: "appointment"}}
	v.write(func(tx *store.Tx) error { return tx.InsertOfficial(o) })
	return v.actor(o.ID)
}

func (v *village) actor(id buurtbel.ID) (a buurtbel.Actor) {
	v.Helper()
	v.read(func(tx *store.Tx) (err error) {
		a, err = tx.Actor(id)
		return err
	})
	return a
}

// letters counts the people to whom something was posted.
func (v *village) letters() (n int) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		messages, err := tx.RunningMessages()
		for _, m := range messages {
			people, err := tx.AudienceSlice(m.ID, 0, 100)
			if err != nil {
				return err
			}
			n += len(people)
		}
		return err
	})
	return n
}

func (v *village) key(err error, want string) {
	v.Helper()
	if got := buurtbel.KeyOf(err); got != want {
		v.Errorf("%v, want %s", err, want)
	}
}

func (v *village) held(actor buurtbel.Actor, role buurtbel.Role) []governing.Held {
	v.Helper()
	held, err := governing.Mandates(v.Context(), v.db, actor, role, v.zone, nil)
	if err != nil {
		v.Fatal(err)
	}
	return held
}

func TestRule09_AMandateIsGivenConfirmedAndEnded(t *testing.T) {
	each(t, func(v *village) {
		officer, admin := v.official(buurtbel.RoleOfficer, "officer@example.org"), v.official(buurtbel.RoleAdministrator, "admin@example.org")
		ctx, now := v.Context(), v.db.Now()
		m := buurtbel.Mandate{Role: buurtbel.RoleCoordinator, Network: v.network, Holder: v.members[7], Ground: "verslag", From: now, Screened: now.Add(-time.Hour)}
		appoint := func(a buurtbel.Actor, m buurtbel.Mandate, mailbox string) (buurtbel.ID, error) {
			return governing.Appoint(ctx, v.db, a, v.zone, governing.Appointment{Mandate: m, Mailbox: mailbox})
		}
		_, err := appoint(v.coordinator, m, "")
		v.key(err, "error.mandate.forbidden")
		_, err = appoint(officer, m, "")
		v.key(err, "error.mandate.held")
		stranger := m
		stranger.Holder, stranger.Role = officer.Person, buurtbel.RoleDeputy
		_, err = appoint(officer, stranger, "")
		v.key(err, "error.mandate.self")

		first := v.held(officer, buurtbel.RoleOfficer)
		i := slices.IndexFunc(first, func(h governing.Held) bool { return h.Role == buurtbel.RoleCoordinator })
		if first[i].Name != "An Lid00" || !first[i].Ends || !first[i].Confirm {
			v.Errorf("the officer sees %+v", first[i])
		}
		v.key(governing.Withdraw(ctx, v.db, officer, v.zone, first[i].ID, " "), "error.mandate.ground")
		if err := governing.Withdraw(ctx, v.db, officer, v.zone, first[i].ID, "verhuisd"); err != nil {
			v.Fatal(err)
		}
		v.key(governing.Withdraw(ctx, v.db, officer, v.zone, first[i].ID, "verhuisd"), "error.mandate.unknown")
		if a := v.actor(v.members[0]); a.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: v.network}, v.db.Now()) == nil {
			v.Error("who was coordinator still sees names")
		}
		id, err := appoint(officer, m, "")
		if err != nil {
			v.Fatal(err)
		}
		v.key(governing.Confirm(ctx, v.db, v.actor(v.members[7]), v.zone, id, now.Add(-time.Hour), "verslag"), "error.mandate.self")
		v.key(governing.Confirm(ctx, v.db, officer, v.zone, id, v.db.Now().Add(time.Hour), "verslag"), "error.mandate.meeting")
		if err := governing.Confirm(ctx, v.db, officer, v.zone, id, now.Add(-time.Hour), "verslag, punt 4"); err != nil {
			v.Fatal(err)
		}
		v.key(governing.Confirm(ctx, v.db, officer, v.zone, id, now.Add(-time.Hour), "nog eens"), "error.mandate.confirmed")

		dispatcher := buurtbel.Mandate{Role: buurtbel.RoleDispatcher, Ground: "besluit", From: now}
		_, err = appoint(admin, dispatcher, "nobody@example.org")
		v.key(err, "error.mandate.mailbox")
		_, err = appoint(admin, dispatcher, "admin@example.org")
		v.key(err, "error.mandate.self")
		if _, err := appoint(admin, dispatcher, " Officer@example.org "); err != nil {
			v.Fatal(err)
		}
		for _, h := range v.held(admin, buurtbel.RoleAdministrator) {
			if h.Role.Citizen() && h.Name != "" {
				v.Errorf("the administrator reads a member's name: %+v", h)
			}
			if h.Role == buurtbel.RoleAdministrator {
				v.key(governing.Withdraw(ctx, v.db, admin, v.zone, h.ID, "weg"), "error.mandate.last")
			}
		}
	})
}

func TestASilentCoordinatorIsToldOfOnce(t *testing.T) {
	each(t, func(v *village) {
		v.official(buurtbel.RoleOfficer, "officer@example.org")
		check := governing.CheckSilence(v.db, "https://alarm.example.org")
		run := func() {
			v.Helper()
			var due []store.Task
			if err := v.db.Read(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
				due, err = tx.DueTasks(1, nil)
				return err
			}); err != nil || len(due) != 1 {
				v.Fatal(err, due)
			}
			v.write(func(tx *store.Tx) error { _, err := tx.TakeTask(due[0]); return err })
			if err := check(v.Context(), buurtbel.System(), due[0]); err != nil {
				v.Fatal(err)
			}
			v.offset.Add(int64(25 * time.Hour))
		}
		v.write(func(tx *store.Tx) error { return tx.Later("silences", 0, tx.Now()) })
		run()
		if v.letters() != 0 {
			v.Error("told at once")
		}
		v.offset.Add(int64(40 * 24 * time.Hour))
		v.write(func(tx *store.Tx) error {
			return tx.SetAway(v.members[0], buurtbel.Span{From: tx.Now().Add(-time.Hour)})
		})
		run()
		if v.letters() != 0 {
			v.Error("who said that he is away is not silent")
		}
		v.write(func(tx *store.Tx) error { return tx.SetAway(v.members[0], buurtbel.Span{}) })
		run()
		if v.letters() != 2 { // deputy and officer
			v.Errorf("told to %d", v.letters())
		}
		run()
		if v.letters() != 2 {
			v.Errorf("told again: %d", v.letters())
		}
		v.write(func(tx *store.Tx) error { return tx.Sign(v.members[0], v.zone) })
		run()
		if v.letters() != 2 {
			v.Errorf("told after a sign of life: %d", v.letters())
		}
	})
}

func TestHandingOverTellsTheDeputy(t *testing.T) {
	each(t, func(v *village) {
		until := v.db.Now().Add(10 * 24 * time.Hour)
		hand := func(a buurtbel.Actor, away buurtbel.Span) error {
			return governing.HandOver(v.Context(), v.db, a, v.zone, v.network, away, "https://alarm.example.org")
		}
		v.key(hand(v.actor(v.members[5]), buurtbel.Span{From: v.db.Now(), Until: until}), "error.forbidden.see-alerts")
		v.key(hand(v.coordinator, buurtbel.Span{From: v.db.Now(), Until: v.db.Now().Add(-time.Hour)}), "error.handover.until")
		if err := hand(v.coordinator, buurtbel.Span{From: v.db.Now(), Until: until}); err != nil {
			v.Fatal(err)
		}
		if n := v.letters(); n != 1 {
			v.Errorf("the deputy has %d letters", n)
		}
		var people []store.Reachable
		v.read(func(tx *store.Tx) (err error) {
			people, err = tx.Reachables(v.members[:1])
			return err
		})
		if !people[0].Member.Away.Until.Equal(until.Truncate(time.Microsecond)) {
			v.Errorf("away until %s", people[0].Member.Away.Until)
		}
	})
}

// TestRule14_LooksAreShownToWhoWatches: the coordinator sees what police opened in the own network, the officer what the coordinator opened.
func TestRule14_LooksAreShownToWhoWatches(t *testing.T) {
	each(t, func(v *village) {
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		v.write(func(tx *store.Tx) error {
			_, err := tx.OpenNames(officer, buurtbel.RoleOfficer, "ik bel hen op", 0, v.members[:4])
			return err
		})
		v.write(func(tx *store.Tx) error {
			_, err := tx.OpenNames(v.coordinator, buurtbel.RoleCoordinator, "lost contact points", 0, v.members[2:3])
			return err
		})
		v.write(func(tx *store.Tx) error { // the page was loaded again
			_, err := tx.OpenNames(v.coordinator, buurtbel.RoleCoordinator, "lost contact points", 0, v.members[2:3])
			return err
		})
		for _, a := range []buurtbel.Actor{v.coordinator, officer} {
			looks, err := governing.Looks(v.Context(), v.db, a, v.zone)
			if err != nil || len(looks) != 2 {
				v.Fatal(looks, err)
			}
			if looks[0].Members != 1 || looks[0].Times != 2 || looks[1].Times != 1 || looks[1].Members != 4 || looks[1].Purpose != "ik bel hen op" || looks[1].Role != buurtbel.RoleOfficer || looks[0].Own == looks[1].Own {
				v.Errorf("%+v", looks)
			}
		}
		elsewhere := buurtbel.Actor{Person: 3, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleCoordinator, Zone: v.zone, Network: v.db.NewID(), From: v.db.Now().Add(-time.Hour)}}}
		if looks, err := governing.Looks(v.Context(), v.db, elsewhere, v.zone); err != nil || len(looks) != 0 {
			v.Errorf("another network's coordinator sees %v, %v", looks, err)
		}
		if _, err := governing.Looks(v.Context(), v.db, buurtbel.Actor{Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleDispatcher, Zone: v.zone, From: v.db.Now().Add(-time.Hour)}}}, v.zone); buurtbel.KindOf(err) != buurtbel.Forbidden {
			v.Errorf("a dispatcher sees looks: %v", err)
		}
	})
}
