package relaying_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// hamlet is a zone with two networks of twelve members. In the first, members 0 and 1 coordinate and member 2 is the deputy; in the second,
// member 12 coordinates. An officer, a chief and a mayor work for the zone.
type hamlet struct {
	*testing.T
	db               *store.DB
	bulletins        *relaying.Bulletins
	zone             buurtbel.ID
	kerkveld, weide  buurtbel.ID
	members          []buurtbel.ID
	officials        map[buurtbel.Role]buurtbel.ID
	offset           *atomic.Int64
	coordinatesWeide buurtbel.ID
}

func each(t *testing.T, test func(h *hamlet)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { settle(t, engine, test) })
	}
}

func settle(t *testing.T, engine store.Engine, test func(h *hamlet)) {
	t.Helper()
	offset := new(atomic.Int64)
	db := storetest.Open(t, engine, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
	h := &hamlet{T: t, db: db, zone: db.NewID(), kerkveld: db.NewID(), weide: db.NewID(), officials: map[buurtbel.Role]buurtbel.ID{}, offset: offset}
	h.bulletins = relaying.NewBulletins(db, relaying.BulletinOptions{Link: "https://alarm.example.org"})
	h.plan(buurtbel.BulletinPlan{})
	h.write(func(tx *store.Tx) error {
		for _, n := range []*buurtbel.Network{{ID: h.kerkveld, Name: "BIN Kerkveld"}, {ID: h.weide, Name: "BIN Weide"}} {
			n.Kind, n.Regime = buurtbel.Residents, buurtbel.Regime{buurtbel.Dutch}
			if err := tx.PutNetwork(n); err != nil {
				return err
			}
		}
		var list []store.NewMember
		for i := range 24 {
			network := h.kerkveld
			if i >= 12 {
				network = h.weide
			}
			m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Els", Family: fmt.Sprintf("Lid%02d", i)},
				Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true}}}
			list, h.members = append(list, m), append(h.members, m.ID)
		}
		return tx.InsertMembers(list)
	})
	h.coordinatesWeide = h.members[12]
	h.holds(h.members[0], buurtbel.RoleCoordinator, h.kerkveld)
	h.holds(h.members[1], buurtbel.RoleCoordinator, h.kerkveld)
	h.holds(h.members[2], buurtbel.RoleDeputy, h.kerkveld)
	h.holds(h.members[12], buurtbel.RoleCoordinator, h.weide)
	for i, role := range []buurtbel.Role{buurtbel.RoleOfficer, buurtbel.RoleChief, buurtbel.RoleMayor, buurtbel.RoleDispatcher} {
		o := &store.NewOfficial{ID: db.NewID(), Name: "Ann " + string(role), Office: "police", Language: buurtbel.Dutch,
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("office%d@example.org", i), Verified: true}}}
		o.Mandates = []buurtbel.Mandate{{ID: db.NewID(), Holder: o.ID, Role: role, Zone: h.zone, From: db.Now().Add(-time.Hour)}}
		h.officials[role] = o.ID
		h.write(func(tx *store.Tx) error { return tx.InsertOfficial(o) })
	}
	test(h)
}

func (h *hamlet) plan(p buurtbel.BulletinPlan) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		return tx.PutZone(&buurtbel.Zone{ID: h.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Plan: buurtbel.Plan{Version: 1, Bulletins: p}})
	})
}

func (h *hamlet) holds(who buurtbel.ID, role buurtbel.Role, network buurtbel.ID) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		return tx.InsertMandate(buurtbel.Mandate{ID: h.db.NewID(), Holder: who, Role: role, Zone: h.zone, Network: network, From: h.db.Now().Add(-time.Hour)})
	})
}

func (h *hamlet) write(f func(*store.Tx) error) {
	h.Helper()
	h.must(h.db.Write(h.Context(), buurtbel.Scope{Zone: h.zone}, f))
}

func (h *hamlet) read(f func(*store.Tx) error) {
	h.Helper()
	h.must(h.db.Read(h.Context(), buurtbel.Scope{Zone: h.zone}, f))
}

func (h *hamlet) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hamlet) key(err error, want string) {
	h.Helper()
	if buurtbel.KeyOf(err) != want {
		h.Errorf("%v, want %s", err, want)
	}
}

func (h *hamlet) actor(person buurtbel.ID) (a buurtbel.Actor) {
	h.Helper()
	h.read(func(tx *store.Tx) (err error) {
		a, err = tx.Actor(person)
		return err
	})
	return a
}

func (h *hamlet) as(role buurtbel.Role) buurtbel.Actor { return h.actor(h.officials[role]) }

// polo is the example that the source system tells of: burglaries, and a car. Its make and colour are fine.
const polo = "In de Kerkstraat werd vannacht drie keer ingebroken. Mogelijk is een gele Volkswagen Polo betrokken. Zag u die wagen, bel dan 101."

func (h *hamlet) draft(networks ...buurtbel.ID) *buurtbel.Bulletin {
	return &buurtbel.Bulletin{ID: h.db.NewID(), Topic: "vehicle", Networks: networks, Until: h.db.Now().Add(4 * 24 * time.Hour), Titles: map[buurtbel.Language]string{buurtbel.Dutch: "Inbraken in de Kerkstraat"},
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: polo}, Advice: map[buurtbel.Language]string{buurtbel.Dutch: "Sluit de garage.\nLaat licht branden."}}
}

// offers writes and offers a bulletin, and gives it before each network.
func (h *hamlet) offers(actor buurtbel.Actor, networks ...buurtbel.ID) (*buurtbel.Bulletin, []*buurtbel.Offer) {
	h.Helper()
	b := h.draft(networks...)
	if slices.ContainsFunc(actor.Mandates, func(m buurtbel.Mandate) bool { return m.Role == buurtbel.RoleMayor }) {
		b.Issuer = "Gemeente Vlierbeek"
	}
	c, err := h.bulletins.Write(h.Context(), actor, h.zone, b)
	h.must(err)
	if len(c.Refused())+len(c.Warned()) > 0 {
		h.Fatalf("%+v", c.Problems)
	}
	h.must(h.bulletins.Offer(h.Context(), actor, h.zone, b.ID))
	return b, h.before(b.ID)
}

func (h *hamlet) before(bulletin buurtbel.ID) (out []*buurtbel.Offer) {
	h.Helper()
	h.read(func(tx *store.Tx) (err error) {
		out, err = tx.Offers(bulletin)
		return err
	})
	return out
}

func (h *hamlet) offer(id buurtbel.ID) (o *buurtbel.Offer) {
	h.Helper()
	h.read(func(tx *store.Tx) (err error) {
		o, err = tx.Offer(id)
		return err
	})
	return o
}

// running lists the running messages of a kind, the oldest first.
func (h *hamlet) running(kind buurtbel.MessageKind) (out []*buurtbel.Message) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, r := range list {
			if r.Kind == kind {
				m, err := tx.Message(r.ID)
				if err != nil {
					return err
				}
				out = append(out, m)
			}
		}
		return err
	})
	return out
}

// asked lists to whom letters went, by the words of one of them.
func (h *hamlet) asked(words string) (out []buurtbel.ID) {
	h.Helper()
	for _, m := range h.running(buurtbel.KindReport) {
		if !strings.Contains(m.Texts[0].Subject+m.Texts[0].Mail, words) {
			continue
		}
		h.read(func(tx *store.Tx) error {
			list, err := tx.Audience(m.ID)
			out = append(out, list...)
			return err
		})
	}
	return out
}

// link gives the link in the letter to somebody.
func (h *hamlet) link(offer, person buurtbel.ID) string {
	h.Helper()
	i := 0
	h.read(func(tx *store.Tx) error {
		list, err := tx.OfferAsks(offer)
		i = slices.IndexFunc(list, func(a store.OfferAsked) bool { return a.Person == person })
		return err
	})
	if i < 0 {
		h.Fatalf("%s was not asked", person)
	}
	for _, m := range h.running(buurtbel.KindReport) {
		for _, w := range m.Texts {
			if _, after, ok := strings.Cut(w.Mail, "https://alarm.example.org/relay/"); ok {
				link, _, _ := strings.Cut(after, "\n")
				if o, err := h.bulletins.Behind(h.Context(), link); err == nil && o.Actor.Person == person && o.Offer.ID == offer {
					return link
				}
			}
		}
	}
	h.Fatalf("no letter to %s", person)
	return ""
}

// works does the tasks of bulletins that are due, and tells how many there were.
func (h *hamlet) works() (n int) {
	h.Helper()
	var due []store.Task
	h.must(h.db.Read(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(50, nil)
		return err
	}))
	for _, task := range due {
		if verb := h.bulletins.Verbs()[task.Kind]; verb != nil {
			h.must(h.db.Write(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(task); return err }))
			h.must(verb(h.Context(), buurtbel.System(), task))
			n++
		}
	}
	return n
}

func (h *hamlet) pass(d time.Duration) { h.offset.Add(int64(d)) }

func relay(word string) relaying.Decision { return relaying.Decision{Relay: true, Word: word} }

// deliver plans a relayed bulletin and lets some of it be handed over, one be under way, and the rest wait.
func (h *hamlet) deliver(message buurtbel.ID, handedOver int) (work []store.Work) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		ids, err := tx.Audience(message)
		if err != nil {
			return err
		}
		people, err := tx.Reachables(ids)
		if err != nil {
			return err
		}
		m, err := tx.Message(message)
		if err != nil {
			return err
		}
		if err := tx.Advance(message, 0, len(ids)); err != nil {
			return err
		}
		var list []store.Recipient
		for _, p := range people {
			list = append(list, h.db.Direct(p, 0, m.Expires, buurtbel.Email))
		}
		return tx.InsertRecipients(message, m.Expires, list)
	})
	return h.claims(message, handedOver)
}

// at lets eight do something at the same moment, and counts by the key of what came of it.
func at(f func(i int) error) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	out, start := map[string]int{}, make(chan struct{})
	for i := range 8 {
		wg.Go(func() {
			<-start
			err := f(i)
			key := ""
			if err != nil {
				key = buurtbel.KeyOf(err)
			}
			mu.Lock()
			defer mu.Unlock()
			out[key]++
		})
	}
	close(start)
	wg.Wait()
	return out
}

// claims begins attempts of a message.
func (h *hamlet) claims(message buurtbel.ID, n int) (work []store.Work) {
	h.Helper()
	h.write(func(tx *store.Tx) (err error) {
		work, err = tx.Claim(message, buurtbel.KindBulletin, buurtbel.Email, "mail", n)
		return err
	})
	return work
}

// settles records the outcome of an attempt.
func (h *hamlet) settles(w store.Work, state buurtbel.DeliveryState) {
	h.Helper()
	o := buurtbel.Outcome{State: state}
	s := store.Settled{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: buurtbel.Email, Number: w.Number, Rank: w.Rank, Carrier: "mail", Outcome: o, Refs: []string{"r" + w.Delivery.String()}, Parts: 1,
		Move: buurtbel.Next(o, buurtbel.Tries{Number: w.Number, Class: buurtbel.ClassBulletin, Expires: h.db.Now().Add(time.Hour)}, h.db.Now())}
	h.write(func(tx *store.Tx) error { return tx.Record([]store.Settled{s}) })
}

func (h *hamlet) memberOf(w store.Work) buurtbel.ID {
	h.Helper()
	i := -1
	if _, err := fmt.Sscanf(w.To, "lid%d@example.org", &i); err != nil {
		h.Fatal(err)
	}
	return h.members[i]
}
