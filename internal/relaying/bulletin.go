package relaying

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Kinds of work that a bulletin leaves for later.
const (
	TaskTurn      = "bulletin-turn"      // an offer waits: the next one is asked, or its time is over
	TaskWithdrawn = "bulletin-withdrawn" // those whom a withdrawn bulletin reached are told
)

// BulletinOptions are what bulletins need.
type BulletinOptions struct {
	Link string // address of our pages, such as "https://alarm.example.org"
	// Places gives the zone's own street, district and shop names; nil: none are known.
	Places func(ctx context.Context, zone buurtbel.ID) (*wording.Places, error)
}

// Bulletins brings what can wait from police, municipality or the network itself to the members, by way of who relays it.
type Bulletins struct {
	db *store.DB
	o  BulletinOptions
}

// NewBulletins makes the verbs of bulletins.
func NewBulletins(db *store.DB, o BulletinOptions) *Bulletins { return &Bulletins{db, o} }

// Verbs is the work that bulletins leave for later.
func (b *Bulletins) Verbs() map[string]func(context.Context, buurtbel.Actor, store.Task) error {
	return map[string]func(context.Context, buurtbel.Actor, store.Task) error{TaskTurn: b.turn, TaskWithdrawn: b.tellReached}
}

// Before is a bulletin before one network, with what became of it there.
type Before struct {
	*buurtbel.Offer
	Name  string       // of the network
	Tally *store.Tally // of the message to its members; nil: none went
}

// Standing is a bulletin and where it stands.
type Standing struct {
	*buurtbel.Bulletin
	Before []Before
}

// Waits tells whether the bulletin waits for an actor in one of its networks.
func (s *Standing) Waits(actor buurtbel.Actor, now time.Time) bool {
	return slices.ContainsFunc(s.Before, func(b Before) bool {
		return b.State == buurtbel.BulletinOffered && now.Before(s.Until) && mayDecide(actor, s.Bulletin, b.Offer, now) == nil
	})
}

// mostBulletins is how many bulletins a list has at the most.
const mostBulletins = 200

// List gives the bulletins that concern an actor, the newest first: what stands before networks of the own, and the own drafts.
func (b *Bulletins) List(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]*Standing, error) {
	var out []*Standing
	err := b.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		names, err := networkNames(tx)
		if err != nil {
			return err
		}
		all, err := tx.Bulletins(mostBulletins)
		for _, one := range all {
			s, err := standing(tx, one, names)
			if err != nil {
				return err
			}
			if s.concerns(actor, tx.Now()) {
				out = append(out, s)
			}
		}
		return err
	})
	if err == nil && len(out) == 0 {
		err = anywhere(actor, zone, b.db.Now())
	}
	return out, err
}

// anywhere asks whether an actor may write bulletins in some network of a zone.
func anywhere(actor buurtbel.Actor, zone buurtbel.ID, now time.Time) error {
	refused := actor.May(buurtbel.MayWriteBulletin, buurtbel.Scope{Zone: zone}, now)
	for _, m := range actor.Mandates {
		if m.Zone == zone && actor.May(buurtbel.MayWriteBulletin, buurtbel.Scope{Zone: zone, Network: m.Network}, now) == nil {
			return nil
		}
	}
	return refused
}

// One gives a bulletin that concerns an actor, with what became of it before each network.
//
// Errors: error.bulletin.unknown (NotFound), also for one that is somebody else's business.
func (b *Bulletins) One(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) (*Standing, error) {
	var s *Standing
	err := b.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		names, err := networkNames(tx)
		if err != nil {
			return err
		}
		one, err := tx.Bulletin(id)
		if err != nil {
			return err
		}
		if s, err = standing(tx, one, names); err != nil {
			return err
		}
		if !s.concerns(actor, tx.Now()) {
			return unknown()
		}
		s.Before = slices.DeleteFunc(s.Before, func(before Before) bool {
			return s.By != actor.Person && !seesIn(actor, zone, before.Network, tx.Now())
		})
		for i := range s.Before {
			if m := s.Before[i].Message; m != 0 {
				if s.Before[i].Tally, err = tx.Tally(m); err != nil && buurtbel.KindOf(err) != buurtbel.NotFound { // forgotten
					return err
				}
			}
		}
		return nil
	})
	return s, err
}

func unknown() error { return buurtbel.Fail(buurtbel.NotFound, "error.bulletin.unknown", nil) }

func standing(tx *store.Tx, one *buurtbel.Bulletin, names map[buurtbel.ID]string) (*Standing, error) {
	s := &Standing{Bulletin: one}
	offers, err := tx.Offers(one.ID)
	for _, o := range offers {
		s.Before = append(s.Before, Before{Offer: o, Name: names[o.Network]})
	}
	return s, err
}

func networkNames(tx *store.Tx) (map[buurtbel.ID]string, error) {
	all, err := tx.Networks()
	out := make(map[buurtbel.ID]string, len(all))
	for _, n := range all {
		out[n.ID] = n.Name
	}
	return out, err
}

// concerns tells whether a bulletin is an actor's business: the own, or offered to a network where the actor may relay or withdraw.
func (s *Standing) concerns(actor buurtbel.Actor, now time.Time) bool {
	if s.By == actor.Person {
		return true
	}
	return slices.ContainsFunc(s.Before, func(b Before) bool { return seesIn(actor, s.Zone, b.Network, now) })
}

func seesIn(actor buurtbel.Actor, zone, network buurtbel.ID, now time.Time) bool {
	scope := buurtbel.Scope{Zone: zone, Network: network}
	return actor.May(buurtbel.MayRelayBulletin, scope, now) == nil || actor.May(buurtbel.MayWithdraw, scope, now) == nil
}

// rolesIn lists the roles of an actor that hold in a network now.
func rolesIn(actor buurtbel.Actor, zone, network buurtbel.ID, now time.Time) []buurtbel.Role {
	var out []buurtbel.Role
	for _, m := range actor.Mandates {
		if m.Zone == zone && (m.Network == 0 || m.Network == network) && m.Now(now) && !slices.Contains(out, m.Role) {
			out = append(out, m.Role)
		}
	}
	return out
}

// speaksAs is for whom an actor writes: police for who holds a police role in each network, the municipality for the mayor's office, else the
// network that the actor coordinates.
//
// Errors: error.forbidden.write-bulletin (Forbidden), error.bulletin.municipality (Forbidden), error.bulletin.own (Invalid).
func speaksAs(actor buurtbel.Actor, z *buurtbel.Zone, networks []buurtbel.ID, now time.Time) (buurtbel.Source, error) {
	sources := map[buurtbel.Source]bool{}
	for _, n := range networks {
		if err := actor.May(buurtbel.MayWriteBulletin, buurtbel.Scope{Zone: z.ID, Network: n}, now); err != nil {
			return "", err
		}
		sources[sourceIn(rolesIn(actor, z.ID, n, now))] = true
	}
	switch {
	case sources[buurtbel.SourceNetwork] && len(networks) > 1:
		return "", buurtbel.Fail(buurtbel.Invalid, "error.bulletin.own", nil)
	case sources[buurtbel.SourceNetwork]:
		return buurtbel.SourceNetwork, nil
	case sources[buurtbel.SourceMunicipality] && z.Plan.Bulletins.NoMunicipality:
		return "", buurtbel.Fail(buurtbel.Forbidden, "error.bulletin.municipality", nil)
	case sources[buurtbel.SourceMunicipality]:
		return buurtbel.SourceMunicipality, nil
	}
	return buurtbel.SourcePolice, nil
}

func sourceIn(roles []buurtbel.Role) buurtbel.Source {
	switch {
	case slices.Contains(roles, buurtbel.RoleOfficer) || slices.Contains(roles, buurtbel.RoleChief):
		return buurtbel.SourcePolice
	case slices.Contains(roles, buurtbel.RoleMayor):
		return buurtbel.SourceMunicipality
	}
	return buurtbel.SourceNetwork
}

// SpeaksFor tells for whom an actor would write in a zone, by the first mandate that may.
func SpeaksFor(actor buurtbel.Actor, zone buurtbel.ID, now time.Time) buurtbel.Source {
	var roles []buurtbel.Role
	for _, m := range actor.Mandates {
		if m.Zone == zone && m.Now(now) {
			roles = append(roles, m.Role)
		}
	}
	return sourceIn(roles)
}

// Write keeps a draft of the actor's own, and says what a check finds in it. A draft may be faulty: only Offer refuses.
//
// Errors: error.bulletin.unknown (NotFound) for somebody else's draft, error.bulletin.offered (Conflict), error.network.unknown (NotFound), those of
// speaking for a network.
func (b *Bulletins) Write(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, one *buurtbel.Bulletin) (*BulletinCheck, error) {
	c, g, err := b.check(ctx, actor, zone, one)
	if err != nil {
		return nil, err
	}
	one.By, one.Zone, one.Source, one.Issuer = actor.Person, zone, g.source, g.issuer(one)
	return c, b.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		was, err := tx.Bulletin(one.ID)
		switch {
		case buurtbel.KindOf(err) == buurtbel.NotFound && err != nil:
		case err != nil:
			return err
		case was.By != actor.Person:
			return unknown()
		}
		one.At = tx.Now()
		return tx.PutBulletin(one)
	})
}

// Drop throws a draft of the actor's own away.
func (b *Bulletins) Drop(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) error {
	if err := anywhere(actor, zone, b.db.Now()); err != nil {
		return err
	}
	return b.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		was, err := tx.Bulletin(id)
		if err == nil && was.By != actor.Person {
			err = unknown()
		}
		if err != nil {
			return err
		}
		return tx.DropBulletin(id)
	})
}

// Offer lays a draft before who relays it in each of its networks: on the desk, and by mail with links. A network's own that needs no officer goes
// out at once. What a machine refuses is not offered; what it warns of asks a written reason.
//
// Errors: those of buurtbel.Bulletin.Check; error.bulletin.refused (Invalid), error.bulletin.unwise (Invalid); error.bulletin.offered (Conflict).
func (b *Bulletins) Offer(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) error {
	var one *buurtbel.Bulletin
	err := b.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if one, err = tx.Bulletin(id); err == nil && one.By != actor.Person {
			err = unknown()
		}
		return err
	})
	if err != nil {
		return err
	}
	c, g, err := b.check(ctx, actor, zone, one)
	if err == nil {
		err = c.may(one.Unwise)
	}
	if err != nil {
		return err
	}
	one.Source = g.source
	var offers []*buurtbel.Offer
	var asks []*asking
	var relays []*relaying
	for _, n := range g.networks {
		o := &buurtbel.Offer{ID: b.db.NewID(), Bulletin: id, Network: n.ID, State: buurtbel.BulletinOffered, Since: b.db.Now()}
		o.Turn = buurtbel.FirstTurn(one.Source, g.there(n.ID))
		offers = append(offers, o)
		if one.Source == buurtbel.SourceNetwork && g.zone.Plan.Bulletins.Free {
			relays = append(relays, b.relaying(g, n, one, o, actor, buurtbel.RoleCoordinator, Decision{Relay: true}))
			continue
		}
		a, err := b.asking(ctx, g, n, one, o)
		if err != nil {
			return err
		}
		asks = append(asks, a)
	}
	step := g.zone.Plan.Bulletins.Step(b.db.Now(), one.Until)
	return b.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.OfferBulletin(id, one.At, offers); err != nil {
			return err
		}
		for _, a := range asks {
			if err := a.store(tx); err != nil {
				return err
			}
			if err := tx.Later(TaskTurn, a.offer.ID, tx.Now().Add(step)); err != nil {
				return err
			}
		}
		for _, r := range relays {
			if err := r.store(tx); err != nil {
				return err
			}
		}
		return tx.Append(zone, buurtbel.EntryMessage, actor.Person, fmt.Appendf(nil, "bulletin %s of %s offered to %d networks", id, one.Source, len(offers)))
	})
}

func reasoned(reason string) bool { return len([]rune(strings.TrimSpace(reason))) >= 3 }
