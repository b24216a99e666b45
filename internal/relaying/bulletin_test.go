package relaying_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// TestRule03_PoliceWriteAndTheCoordinatorRelays: nobody gets it before, members read the source, the word apart, until when, and why they get it.
func TestRule03_PoliceWriteAndTheCoordinatorRelays(t *testing.T) {
	each(t, func(h *hamlet) {
		b, before := h.offers(h.as(buurtbel.RoleOfficer), h.kerkveld, h.weide)
		if len(before) != 2 || before[0].State != buurtbel.BulletinOffered || before[0].Turn != buurtbel.TurnCoordinator || len(h.running(buurtbel.KindBulletin)) != 0 {
			t.Fatalf("%+v", before)
		}
		asked := h.asked("een bericht om door te sturen")
		slices.Sort(asked)
		if !slices.Equal(asked, []buurtbel.ID{h.members[0], h.members[1], h.members[12]}) {
			t.Errorf("asked: %v", asked)
		}
		o := before[slices.IndexFunc(before, func(o *buurtbel.Offer) bool { return o.Network == h.kerkveld })]
		link := h.link(o.ID, h.members[1])
		behind, err := h.bulletins.Behind(h.Context(), link)
		h.must(err)
		if behind.May != nil || behind.Members != 12 || h.offer(o.ID).State != buurtbel.BulletinOffered {
			t.Errorf("looking did something: %+v", behind)
		}
		h.must(h.bulletins.DecideBehind(h.Context(), link, relay("Wie camera's heeft: kijk ze na.")))
		messages := h.running(buurtbel.KindBulletin)
		if len(messages) != 1 || messages[0].Audience != 12 || messages[0].Sender != "Politiezone Vlierbeek" || !messages[0].Expires.Equal(b.Until.Truncate(time.Microsecond)) {
			t.Fatalf("%+v", messages)
		}
		mail := messages[0].Texts[0].Mail
		for _, want := range []string{"Bericht van de politie: Politiezone Vlierbeek", "gele Volkswagen Polo", "- Sluit de garage.", "Dit bericht geldt tot", "BIN Kerkveld voegt toe", "kijk ze na", "omdat u lid bent van BIN Kerkveld",
			"https://alarm.example.org/me/reading", "Bel 112"} {
			if !strings.Contains(mail, want) {
				t.Errorf("lacks %q:\n%s", want, mail)
			}
		}
		if strings.Index(mail, "voegt toe") < strings.Index(mail, "Dit bericht geldt") || strings.Contains(messages[0].Texts[0].HTML, "<img") {
			t.Error("the word is not apart, or something looks who reads")
		}
		if got := h.asked("met een eigen woord"); !slices.Equal(got, []buurtbel.ID{h.officials[buurtbel.RoleOfficer]}) {
			t.Errorf("the officer has no copy: %v", got)
		}
		h.key(h.bulletins.DecideBehind(h.Context(), link, relay("")), "error.bulletin.decided") // works once
		other, err := h.bulletins.Behind(h.Context(), h.link(o.ID, h.members[0]))
		h.must(err)
		if other.Offer.Name != "Els Lid01" || buurtbel.KeyOf(other.May) != "error.bulletin.decided" {
			t.Errorf("the other coordinator does not read who: %+v", other.Offer)
		}
		if left := h.before(b.ID); slices.ContainsFunc(left, func(o *buurtbel.Offer) bool { return o.Network == h.weide && o.State != buurtbel.BulletinOffered }) {
			t.Error("the other network's coordinator was passed over")
		}
	})
}

func TestRule06_TheLinterReadsBulletinsAndWords(t *testing.T) {
	each(t, func(h *hamlet) {
		officer := h.as(buurtbel.RoleOfficer)
		for text, refused := range map[string]bool{polo: false, polo + " Nummerplaat 1-ABC-123.": true, "Volg de gele Polo en hou de bestuurder tegen.": true, "Mail naar els@example.org.": true} {
			b := h.draft(h.kerkveld)
			b.Texts[buurtbel.Dutch] = text
			c, err := h.bulletins.Check(h.Context(), officer, h.zone, b)
			h.must(err)
			if (len(c.Refused()) > 0) != refused || !refused && len(c.Warned()) > 0 {
				t.Errorf("%q: %+v", text, c.Problems)
			}
			_, err = h.bulletins.Write(h.Context(), officer, h.zone, b)
			h.must(err)
			if refused {
				h.key(h.bulletins.Offer(h.Context(), officer, h.zone, b.ID), "error.bulletin.refused")
			}
		}
		b := h.draft(h.kerkveld)
		b.Texts[buurtbel.Dutch] = "Een man van Roemeense afkomst belt aan."
		_, err := h.bulletins.Write(h.Context(), officer, h.zone, b)
		h.must(err)
		h.key(h.bulletins.Offer(h.Context(), officer, h.zone, b.ID), "error.bulletin.unwise")
		b.Unwise = "Zo omschreef het slachtoffer hem, en meer weten we niet."
		_, err = h.bulletins.Write(h.Context(), officer, h.zone, b)
		h.must(err)
		h.must(h.bulletins.Offer(h.Context(), officer, h.zone, b.ID))
		o := h.before(b.ID)[0]
		err = h.bulletins.Decide(h.Context(), h.actor(h.members[0]), h.zone, o.ID, relay("De plaat is 1-ABC-123."))
		h.key(err, "error.bulletin.refused")
		if found := relaying.Found(err); found == nil || found.Problems[0].Level != wording.Refuse {
			t.Errorf("%+v", found)
		}
		if h.offer(o.ID).State != buurtbel.BulletinOffered {
			t.Error("a word with a plate went out")
		}
	})
}

// TestNobodyAnswers: coordinators, then the deputy, then the officer, each within the plan's time; then its time is over and who wrote it is told.
func TestNobodyAnswers(t *testing.T) {
	each(t, func(h *hamlet) {
		h.plan(buurtbel.BulletinPlan{Wait: 6})
		_, before := h.offers(h.as(buurtbel.RoleOfficer), h.kerkveld)
		id, deputy, officer := before[0].ID, h.actor(h.members[2]), h.as(buurtbel.RoleOfficer)
		h.key(h.bulletins.Decide(h.Context(), deputy, h.zone, id, relay("")), "error.bulletin.turn")
		h.pass(6*time.Hour - time.Minute)
		h.works()
		if o := h.offer(id); o.Turn != buurtbel.TurnCoordinator {
			t.Fatalf("too early: %+v", o)
		}
		h.pass(2 * time.Minute)
		h.works()
		if o := h.offer(id); o.Turn != buurtbel.TurnDeputy || !slices.Equal(h.asked("de coördinator antwoordde nog niet"), []buurtbel.ID{h.members[2]}) {
			t.Fatalf("%+v", o)
		}
		h.key(h.bulletins.Decide(h.Context(), officer, h.zone, id, relay("")), "error.bulletin.turn")
		h.pass(6*time.Hour + time.Minute)
		h.works()
		if o := h.offer(id); o.Turn != buurtbel.TurnOfficer || !slices.Equal(h.asked("niemand antwoordde"), []buurtbel.ID{h.officials[buurtbel.RoleOfficer]}) {
			t.Fatalf("%+v", o)
		}
		h.pass(4 * 24 * time.Hour)
		h.key(h.bulletins.Decide(h.Context(), officer, h.zone, id, relay("")), "error.bulletin.over")
		h.works()
		if o := h.offer(id); o.State != buurtbel.BulletinExpired || len(h.asked("verviel")) != 1 {
			t.Errorf("%+v", o)
		}
		if h.pass(30 * 24 * time.Hour); h.works() != 0 {
			t.Error("something is still left to do")
		}
	})
}

// TestWhoIsAwayIsNotWaitedFor: a coordinator who is away has no turn, and may still answer.
func TestWhoIsAwayIsNotWaitedFor(t *testing.T) {
	each(t, func(h *hamlet) {
		for _, i := range []int{0, 1} {
			h.write(func(tx *store.Tx) error {
				return tx.SetAway(h.members[i], buurtbel.Span{From: h.db.Now().Add(-time.Hour)})
			})
		}
		_, before := h.offers(h.as(buurtbel.RoleChief), h.kerkveld)
		if before[0].Turn != buurtbel.TurnDeputy {
			t.Fatalf("%+v", before[0])
		}
		h.must(h.bulletins.Decide(h.Context(), h.actor(h.members[0]), h.zone, before[0].ID, relaying.Decision{Reason: "Dit stond gisteren al in de krant."}))
		if got := h.asked("nu niet"); !slices.Equal(got, []buurtbel.ID{h.officials[buurtbel.RoleChief]}) {
			t.Errorf("who wrote it was not told: %v", got)
		}
		h.must(h.bulletins.Decide(h.Context(), h.actor(h.members[2]), h.zone, before[0].ID, relay(""))) // not now may become now
		if o := h.offer(before[0].ID); o.State != buurtbel.BulletinRelayed || o.Reason != "" {
			t.Errorf("%+v", o)
		}
	})
}

func TestANetworksOwn(t *testing.T) {
	each(t, func(h *hamlet) {
		coordinator := h.actor(h.members[0])
		_, before := h.offers(coordinator, h.kerkveld)
		if before[0].Turn != buurtbel.TurnOfficer || len(h.asked("wacht op uw akkoord")) != 1 {
			t.Fatalf("%+v", before[0])
		}
		h.key(h.bulletins.Decide(h.Context(), coordinator, h.zone, before[0].ID, relay("")), "error.bulletin.turn")
		h.must(h.bulletins.Decide(h.Context(), h.as(buurtbel.RoleOfficer), h.zone, before[0].ID, relay("")))
		h.plan(buurtbel.BulletinPlan{Free: true})
		_, before = h.offers(coordinator, h.kerkveld)
		messages := h.running(buurtbel.KindBulletin)
		if before[0].State != buurtbel.BulletinRelayed || len(messages) != 2 || messages[1].Sender != "BIN Kerkveld" || !strings.Contains(messages[1].Texts[0].Mail, "Bericht van het netwerk zelf: BIN Kerkveld") {
			t.Errorf("%+v %+v", before[0], messages)
		}
		b := h.draft(h.weide)
		_, err := h.bulletins.Write(h.Context(), coordinator, h.zone, b)
		if buurtbel.KindOf(err) != buurtbel.Forbidden {
			t.Errorf("wrote to another network: %v", err)
		}
	})
}

func TestTheMunicipalityWrites(t *testing.T) {
	each(t, func(h *hamlet) {
		mayor := h.as(buurtbel.RoleMayor)
		b := h.draft(h.kerkveld)
		_, err := h.bulletins.Write(h.Context(), mayor, h.zone, b)
		h.must(err)
		h.key(h.bulletins.Offer(h.Context(), mayor, h.zone, b.ID), "error.bulletin.issuer")
		_, before := h.offers(mayor, h.kerkveld)
		h.must(h.bulletins.Decide(h.Context(), h.actor(h.members[0]), h.zone, before[0].ID, relay("")))
		if m := h.running(buurtbel.KindBulletin); m[0].Sender != "Gemeente Vlierbeek" || !strings.Contains(m[0].Texts[0].Mail, "Bericht van de gemeente: Gemeente Vlierbeek") {
			t.Errorf("%+v", m[0])
		}
		h.plan(buurtbel.BulletinPlan{NoMunicipality: true})
		_, err = h.bulletins.Write(h.Context(), mayor, h.zone, h.draft(h.kerkveld))
		h.key(err, "error.bulletin.municipality")
	})
}

func TestWhoseBusinessItIs(t *testing.T) {
	each(t, func(h *hamlet) {
		officer := h.as(buurtbel.RoleOfficer)
		draft := h.draft(h.kerkveld)
		_, err := h.bulletins.Write(h.Context(), officer, h.zone, draft)
		h.must(err)
		b, before := h.offers(officer, h.kerkveld)
		for who, sees := range map[buurtbel.ID]int{h.members[0]: 1, h.members[2]: 1, h.members[12]: 0, h.officials[buurtbel.RoleOfficer]: 2, h.officials[buurtbel.RoleChief]: 1, h.officials[buurtbel.RoleMayor]: 0} {
			list, err := h.bulletins.List(h.Context(), h.actor(who), h.zone)
			h.must(err)
			if len(list) != sees {
				t.Errorf("%s sees %d, want %d", who, len(list), sees)
			}
			_, err = h.bulletins.One(h.Context(), h.actor(who), h.zone, b.ID)
			if (err == nil) != (sees > 0) {
				t.Errorf("%s: %v", who, err)
			}
		}
		for _, who := range []buurtbel.ID{h.members[5], h.officials[buurtbel.RoleDispatcher]} {
			if _, err := h.bulletins.List(h.Context(), h.actor(who), h.zone); buurtbel.KindOf(err) != buurtbel.Forbidden {
				t.Errorf("%s: %v", who, err)
			}
		}
		h.key(h.bulletins.Decide(h.Context(), h.actor(h.members[12]), h.zone, before[0].ID, relay("")), "error.bulletin.unknown")
		h.key(h.bulletins.Offer(h.Context(), h.as(buurtbel.RoleChief), h.zone, draft.ID), "error.bulletin.unknown")
		h.key(h.bulletins.Withdraw(h.Context(), h.actor(h.members[0]), h.zone, b.ID, h.kerkveld, relaying.Decision{Reason: "Ik wil het niet."}), "error.forbidden.withdraw")
		link := h.link(before[0].ID, h.members[0])
		h.write(func(tx *store.Tx) error {
			list, err := tx.Mandates()
			for _, m := range list {
				if m.Holder == h.members[0] && err == nil {
					err = tx.Withdraw(m.ID, h.members[0], "legt het neer")
				}
			}
			return err
		})
		if err := h.bulletins.DecideBehind(h.Context(), link, relay("")); buurtbel.KindOf(err) != buurtbel.Forbidden && buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("the link outlived the mandate: %v", err)
		}
		h.pass(5 * 24 * time.Hour)
		_, err = h.bulletins.Behind(h.Context(), link)
		h.key(err, "error.token.expired")
	})
}

// TestAWithdrawalTellsExactlyThoseReached: what waits is stopped, what was under way is waited for, and nobody else hears of it.
func TestAWithdrawalTellsExactlyThoseReached(t *testing.T) {
	each(t, func(h *hamlet) {
		b, before := h.offers(h.as(buurtbel.RoleOfficer), h.kerkveld)
		h.must(h.bulletins.Decide(h.Context(), h.actor(h.members[0]), h.zone, before[0].ID, relay("")))
		message := h.running(buurtbel.KindBulletin)[0].ID
		work := h.deliver(message, 4)
		for _, w := range work[:3] {
			h.settles(w, buurtbel.HandedOver)
		}
		h.key(h.bulletins.Withdraw(h.Context(), h.as(buurtbel.RoleChief), h.zone, b.ID, h.kerkveld, relaying.Decision{}), "error.bulletin.reason")
		h.must(h.bulletins.Withdraw(h.Context(), h.as(buurtbel.RoleChief), h.zone, b.ID, h.kerkveld, relaying.Decision{Reason: "De wagen had er niets mee te maken."}))
		h.works()
		if len(h.running(buurtbel.KindWithdrawal)) != 0 || len(h.running(buurtbel.KindBulletin)) != 0 {
			t.Fatal("told before it was known whom it reached")
		}
		h.settles(work[3], buurtbel.HandedOver)
		h.pass(2 * time.Second)
		h.works()
		notes := h.running(buurtbel.KindWithdrawal)
		if len(notes) != 1 || !strings.Contains(notes[0].Texts[0].Mail, "had er niets mee te maken") {
			t.Fatalf("%+v", notes)
		}
		var told, want []buurtbel.ID
		h.read(func(tx *store.Tx) (err error) {
			told, err = tx.Audience(notes[0].ID)
			return err
		})
		for _, w := range work {
			want = append(want, h.memberOf(w))
		}
		slices.Sort(want)
		if !slices.Equal(told, want) || len(told) != 4 {
			t.Errorf("told %v, reached %v", told, want)
		}
		if h.pass(time.Minute); h.works() != 0 || h.offer(before[0].ID).Note != notes[0].ID {
			t.Error("told twice")
		}
		h.key(h.bulletins.Withdraw(h.Context(), h.as(buurtbel.RoleChief), h.zone, b.ID, h.kerkveld, relaying.Decision{Reason: "Nog eens."}), "error.bulletin.decided")
	})
}

// TestEightDecide: of eight who relay, say not now, or withdraw at the same moment one wins, and one message at most goes to the members.
func TestEightDecide(t *testing.T) {
	each(t, func(h *hamlet) {
		officer, chief := h.as(buurtbel.RoleOfficer), h.as(buurtbel.RoleChief)
		who := []buurtbel.Actor{h.actor(h.members[0]), h.actor(h.members[1])}
		for round := range 4 {
			b, before := h.offers(officer, h.kerkveld)
			got := at(func(i int) error {
				if round > 1 && i%2 == 0 {
					return h.bulletins.Withdraw(context.WithoutCancel(h.Context()), chief, h.zone, b.ID, h.kerkveld, relaying.Decision{Reason: "Toch niet."})
				}
				return h.bulletins.Decide(context.WithoutCancel(h.Context()), who[i%2], h.zone, before[0].ID, relay(""))
			})
			o := h.offer(before[0].ID)
			messages := slices.DeleteFunc(h.running(buurtbel.KindBulletin), func(m *buurtbel.Message) bool { return m.ID < b.ID })
			switch wins := got[""]; {
			case wins+got["error.bulletin.decided"] != 8:
				t.Errorf("%v", got)
			case round <= 1 && (wins != 1 || len(messages) != 1 || o.State != buurtbel.BulletinRelayed):
				t.Errorf("%d relayed, %d messages, %s", wins, len(messages), o.State)
			case round > 1 && (wins < 1 || wins > 2 || o.State != buurtbel.BulletinWithdrawn || len(messages) != 0): // relayed and then withdrawn, or withdrawn at once
				t.Errorf("%d won, %d messages run, %s", wins, len(messages), o.State)
			}
		}
	})
}

// TestEightTurn: while seven processes ask who is next, a coordinator relays. Either the turn went on first, or it did not; the deputy is asked once
// at most, and never after it was relayed.
func TestEightTurn(t *testing.T) {
	each(t, func(h *hamlet) {
		for range 4 {
			_, before := h.offers(h.as(buurtbel.RoleOfficer), h.kerkveld)
			id := before[0].ID
			h.pass(13 * time.Hour)
			var due []store.Task
			h.must(h.db.Read(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
				due, err = tx.DueTasks(50, nil)
				return err
			}))
			due = slices.DeleteFunc(due, func(task store.Task) bool { return task.Subject != id })
			h.must(h.db.Write(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(due[0]); return err }))
			coordinator := h.actor(h.members[0])
			got := at(func(i int) error {
				if i == 0 {
					return h.bulletins.Decide(context.WithoutCancel(h.Context()), coordinator, h.zone, id, relay(""))
				}
				return h.bulletins.Verbs()[relaying.TaskTurn](context.WithoutCancel(h.Context()), buurtbel.System(), due[0])
			})
			if o := h.offer(id); o.State != buurtbel.BulletinRelayed {
				t.Errorf("%s: %v", o.State, got)
			}
			var asks []store.OfferAsked
			h.read(func(tx *store.Tx) (err error) {
				asks, err = tx.OfferAsks(id)
				return err
			})
			if n := len(slices.DeleteFunc(asks, func(a store.OfferAsked) bool { return a.Turn != buurtbel.TurnDeputy })); n > 1 {
				t.Errorf("the deputy was asked %d times", n)
			}
		}
	})
}

// TestADraftIsOfferedOnce, and not when it was written again since it was read.
func TestADraftIsOfferedOnce(t *testing.T) {
	each(t, func(h *hamlet) {
		officer := h.as(buurtbel.RoleOfficer)
		b := h.draft(h.kerkveld)
		_, err := h.bulletins.Write(h.Context(), officer, h.zone, b)
		h.must(err)
		got := at(func(int) error { return h.bulletins.Offer(context.WithoutCancel(h.Context()), officer, h.zone, b.ID) })
		if got[""] != 1 || got["error.bulletin.offered"] != 7 || len(h.before(b.ID)) != 1 {
			t.Errorf("%v", got)
		}
		_, err = h.bulletins.Write(h.Context(), officer, h.zone, b)
		h.key(err, "error.bulletin.offered")
		h.key(h.bulletins.Drop(h.Context(), officer, h.zone, b.ID), "error.bulletin.offered")
	})
}
