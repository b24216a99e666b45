package relaying

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Decision is what somebody says of an offer.
type Decision struct {
	Relay  bool   // else: not now
	Word   string // of who relays: mostBulletins apart
	Reason string // why not now
	Unwise string // why the word goes out in spite of warnings
}

// WordRefused says what the linter found in a word; it stands behind error.bulletin.refused and error.bulletin.unwise.
type WordRefused struct{ Check *BulletinCheck }

func (w *WordRefused) Error() string { return fmt.Sprintf("%d findings", len(w.Check.Problems)) }

// Found gives what a linter found that refused an act; nil when it was something else.
func Found(err error) *BulletinCheck {
	var w *WordRefused
	if errors.As(err, &w) {
		return w.Check
	}
	return nil
}

// mayDecide asks whether an actor may decide about an offer now: the right, and whose turn it is.
func mayDecide(actor buurtbel.Actor, one *buurtbel.Bulletin, o *buurtbel.Offer, at time.Time) error {
	if err := actor.May(buurtbel.MayRelayBulletin, buurtbel.Scope{Zone: one.Zone, Network: o.Network}, at); err != nil {
		return err
	}
	if _, ok := decides(actor, one, o, at); !ok {
		return buurtbel.Fail(buurtbel.Forbidden, "error.bulletin.turn", nil)
	}
	return nil
}

// decides gives the role by which an actor may decide about an offer.
func decides(actor buurtbel.Actor, one *buurtbel.Bulletin, o *buurtbel.Offer, at time.Time) (buurtbel.Role, bool) {
	for _, r := range rolesIn(actor, one.Zone, o.Network, at) {
		if o.MayDecide(one.Source, r) {
			return r, true
		}
	}
	return "", false
}

// MayDecide tells whether an actor may relay a bulletin before a network, or say not now.
func (b *Bulletins) MayDecide(actor buurtbel.Actor, one *buurtbel.Bulletin, o *buurtbel.Offer) bool {
	now := b.db.Now()
	return mayDecide(actor, one, o, now) == nil && o.MayBecome(buurtbel.BulletinRelayed, one.Until, now) == nil
}

// Decide relays a bulletin to the members of one network, with or without a word, or says not now. The first one wins; who comes later reads who.
//
// Errors: error.forbidden.relay-bulletin, error.bulletin.turn (Forbidden); error.bulletin.decided, error.bulletin.over (Conflict); error.bulletin.reason,
// error.bulletin.refused, error.bulletin.unwise (Invalid; Found gives what was found).
func (b *Bulletins) Decide(ctx context.Context, actor buurtbel.Actor, zone, offer buurtbel.ID, d Decision) error {
	one, o, err := b.offered(ctx, zone, offer)
	if err != nil {
		return err
	}
	now := b.db.Now()
	if !seesIn(actor, zone, o.Network, now) {
		return unknown()
	}
	if err := mayDecide(actor, one, o, now); err != nil {
		return err
	}
	to := buurtbel.BulletinDeclined
	if d.Relay {
		to = buurtbel.BulletinRelayed
	}
	if err := o.MayBecome(to, one.Until, now); err != nil {
		return err
	}
	g, err := b.ground(ctx, zone, []buurtbel.ID{o.Network})
	if err != nil {
		return err
	}
	d.Word, d.Reason = strings.TrimSpace(d.Word), strings.TrimSpace(d.Reason)
	if !d.Relay && !reasoned(d.Reason) {
		return buurtbel.Fail(buurtbel.Invalid, "error.bulletin.reason", nil)
	}
	if err := readsWell(g, d.Word, d.Unwise); err != nil {
		return err
	}
	role, _ := decides(actor, one, o, now)
	r := b.relaying(g, g.networks[0], one, o, actor, role, d)
	if err := b.copies(ctx, g, one, r, d); err != nil {
		return err
	}
	return b.db.Write(ctx, buurtbel.Scope{Zone: zone}, r.store)
}

func readsWell(g *ground, text, unwise string) error {
	c := readWord(g, g.networks[0], text)
	err := c.may(unwise)
	if err == nil {
		return nil
	}
	return buurtbel.FailWith(&WordRefused{c}, buurtbel.Invalid, buurtbel.KeyOf(err), nil)
}

func (b *Bulletins) offered(ctx context.Context, zone, offer buurtbel.ID) (one *buurtbel.Bulletin, o *buurtbel.Offer, err error) {
	err = b.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if o, err = tx.Offer(offer); err != nil {
			return err
		}
		one, err = tx.Bulletin(o.Bulletin)
		return err
	})
	return one, o, err
}

// relaying is a decision that is ready to be stored.
type relaying struct {
	zone    buurtbel.ID
	offer   buurtbel.Offer // as it will stand
	from    buurtbel.BulletinState
	by      buurtbel.ID
	role    buurtbel.Role
	message *buurtbel.Message // to the members; nil: not now
	copies  []*store.Letters  // to who wrote it, and to the officers
}

func (b *Bulletins) relaying(g *ground, n *buurtbel.Network, one *buurtbel.Bulletin, o *buurtbel.Offer, actor buurtbel.Actor, role buurtbel.Role, d Decision) *relaying {
	r := &relaying{zone: g.zone.ID, offer: *o, from: o.State, by: actor.Person, role: role}
	r.offer.By, r.offer.Word, r.offer.Reason = actor.Person, d.Word, d.Reason
	r.offer.State = buurtbel.BulletinDeclined
	if d.Relay {
		r.offer.State, r.offer.Reason = buurtbel.BulletinRelayed, ""
		r.message = &buurtbel.Message{ID: b.db.NewID(), Zone: g.zone.ID, Kind: buurtbel.KindBulletin, Class: buurtbel.KindBulletin.Class(), Urgency: buurtbel.Soon, State: buurtbel.MessageRunning,
			Sender: one.Issuer, Expires: one.Until, Texts: []buurtbel.Wording{b.memberWording(g, n, one, d.Word)}}
		r.offer.Message = r.message.ID
	}
	return r
}

// store records the decision and, when it relays, the message to the members, in one transaction: both or neither.
func (r *relaying) store(tx *store.Tx) error {
	o := r.offer
	name, err := nameOf(tx, r.by)
	if err != nil {
		return err
	}
	o.Name = name
	if err := tx.DecideOffer(&o, r.from); err != nil {
		return err
	}
	if r.message != nil {
		people, err := tx.MembersOf([]buurtbel.ID{o.Network})
		if err != nil {
			return err
		}
		m := *r.message
		m.Audience = len(people)
		if err := tx.InsertMessage(&m, people); err != nil {
			return err
		}
	}
	for _, l := range r.copies {
		if err := l.Post(tx); err != nil {
			return err
		}
	}
	return tx.Append(r.zone, buurtbel.EntryMessage, r.by, fmt.Appendf(nil, "bulletin %s %s in network %s by %s", o.Bulletin, o.State, o.Network, r.role))
}

// nameOf gives the own name of who decides, for colleagues who were asked too.
func nameOf(tx *store.Tx, person buurtbel.ID) (string, error) {
	name, err := tx.OfficialName(person)
	if err == nil && name == "" {
		err = tx.EachName([]buurtbel.ID{person}, func(_ buurtbel.ID, n store.Name) { name = strings.TrimSpace(n.Given + " " + n.Family) })
	}
	return name, err
}

// copies tells who wrote it why it does not go out now, and the officers what a word adds to it.
func (b *Bulletins) copies(ctx context.Context, g *ground, one *buurtbel.Bulletin, r *relaying, d Decision) error {
	var people []store.Reachable
	word := ""
	switch {
	case !d.Relay:
		word = "declined"
		err := b.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) (err error) {
			people, err = tx.ReachablePeople([]buurtbel.ID{one.By})
			return err
		})
		if err != nil {
			return err
		}
	case d.Word != "":
		word, people = "word", g.holders[r.offer.Network][buurtbel.TurnOfficer]
	}
	people = slices.DeleteFunc(slices.Clone(people), func(p store.Reachable) bool { return p.Member.ID == r.by })
	if len(people) > 0 {
		r.copies = append(r.copies, b.deskLetters(g, people, one, word, buurtbel.Args{"Network": g.networks[0].Name, "Word": d.Word, "Reason": d.Reason}))
	}
	return nil
}

// Withdraw takes a bulletin back before one network, or with network 0 before all where it may: what is not sent yet is stopped, and exactly those
// whom it reached are told why. Who wrote it may, and police where they hold the network's mandate.
//
// Errors: error.bulletin.unknown (NotFound), error.forbidden.withdraw (Forbidden), error.bulletin.decided (Conflict), error.bulletin.reason,
// error.bulletin.refused, error.bulletin.unwise (Invalid).
func (b *Bulletins) Withdraw(ctx context.Context, actor buurtbel.Actor, zone, bulletin, network buurtbel.ID, d Decision) error {
	s, err := b.One(ctx, actor, zone, bulletin)
	if err != nil {
		return err
	}
	now, done := b.db.Now(), 0
	refused := actor.May(buurtbel.MayWithdraw, buurtbel.Scope{Zone: zone}, now)
	for _, o := range s.Before {
		if network != 0 && o.Network != network {
			continue
		}
		err := b.withdrawn(ctx, actor, zone, s.Bulletin, o.Offer, d)
		if err == nil {
			done++
		}
		if kind := buurtbel.KindOf(err); err != nil && (network != 0 || kind != buurtbel.Conflict && kind != buurtbel.Forbidden) {
			return err
		}
		if err != nil {
			refused = err
		}
	}
	if done == 0 {
		return refused
	}
	return nil
}

// withdrawn withdraws one offer. Whoever relayed it in the same moment does not win against a withdrawal: it is tried once more from there.
func (b *Bulletins) withdrawn(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, one *buurtbel.Bulletin, o *buurtbel.Offer, d Decision) error {
	for {
		if err := b.mayWithdraw(actor, one, o); err != nil {
			return err
		}
		if !reasoned(d.Reason) {
			return buurtbel.Fail(buurtbel.Invalid, "error.bulletin.reason", nil)
		}
		err := b.withdraw(ctx, actor, zone, one, o, d)
		if err == nil || buurtbel.KeyOf(err) != "error.bulletin.decided" {
			return err
		}
		if _, o, err = b.offered(ctx, zone, o.ID); err != nil { // each time it went further, and there are few states
			return err
		}
	}
}

// MayWithdraw tells whether an actor may withdraw a bulletin before a network.
func (b *Bulletins) MayWithdraw(actor buurtbel.Actor, one *buurtbel.Bulletin, o *buurtbel.Offer) bool {
	return b.mayWithdraw(actor, one, o) == nil
}

func (b *Bulletins) mayWithdraw(actor buurtbel.Actor, one *buurtbel.Bulletin, o *buurtbel.Offer) error {
	now, scope := b.db.Now(), buurtbel.Scope{Zone: one.Zone, Network: o.Network}
	err := actor.May(buurtbel.MayWithdraw, scope, now)
	if err != nil && one.By == actor.Person && actor.May(buurtbel.MayWriteBulletin, scope, now) == nil {
		err = nil
	}
	if err != nil {
		return err
	}
	return o.MayBecome(buurtbel.BulletinWithdrawn, one.Until, now)
}

func (b *Bulletins) withdraw(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, one *buurtbel.Bulletin, o *buurtbel.Offer, d Decision) error {
	g, err := b.ground(ctx, zone, []buurtbel.ID{o.Network})
	if err != nil {
		return err
	}
	if err := readsWell(g, d.Reason, d.Unwise); err != nil {
		return err
	}
	to, from := *o, o.State
	to.State, to.By, to.Reason = buurtbel.BulletinWithdrawn, actor.Person, strings.TrimSpace(d.Reason)
	people := slices.Concat(g.holders[o.Network][buurtbel.TurnCoordinator], g.holders[o.Network][buurtbel.TurnDeputy])
	people = slices.DeleteFunc(people, func(p store.Reachable) bool { return p.Member.ID == actor.Person })
	letters := b.deskLetters(g, people, one, "withdrawn", buurtbel.Args{"Network": g.networks[0].Name, "Reason": to.Reason})
	return b.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		name, err := nameOf(tx, actor.Person)
		if err != nil {
			return err
		}
		to.Name = name
		if err := tx.DecideOffer(&to, from); err != nil {
			return err
		}
		if from == buurtbel.BulletinRelayed {
			if err := tx.StopMessage(o.Message); err != nil {
				return err
			}
			if err := tx.Later(TaskWithdrawn, o.ID, tx.Now()); err != nil {
				return err
			}
		}
		if err := letters.Post(tx); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryMessage, actor.Person, fmt.Appendf(nil, "bulletin %s withdrawn in network %s", one.ID, o.Network))
	})
}

// OfferBehind is an offer as the link in somebody's mail shows it.
type OfferBehind struct {
	Bulletin *buurtbel.Bulletin
	Offer    *buurtbel.Offer
	Network  *buurtbel.Network
	Zone     *buurtbel.Zone
	Members  int
	Actor    buurtbel.Actor // whom the link asked
	May      error          // why it may not be decided by this person now; nil: it may
}

// Behind gives the offer behind a link in a mail. The link is the right, for that person only, and only as long as the person's mandate holds. It
// changes nothing.
//
// Errors: error.token.unknown (NotFound), error.token.expired (Conflict).
func (b *Bulletins) Behind(ctx context.Context, link string) (*OfferBehind, error) {
	id, err := token.VerifyUntil(b.db.Ring(), token.Relay, link, b.db.Now())
	if err != nil {
		return nil, err
	}
	var ask store.OfferAsked
	known := false
	l := &OfferBehind{}
	err = b.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		if ask, known, err = tx.OfferAskedOf(id); err != nil || !known {
			return err
		}
		l.Actor, err = tx.Actor(ask.Person)
		return err
	})
	if err != nil || !known {
		return nil, errors.Join(err, unknownLink(known, err))
	}
	err = b.db.Read(ctx, buurtbel.Scope{Zone: ask.Zone}, func(tx *store.Tx) (err error) {
		if l.Offer, err = tx.Offer(ask.Offer); err != nil {
			return err
		}
		if l.Bulletin, err = tx.Bulletin(l.Offer.Bulletin); err != nil {
			return err
		}
		if l.Zone, err = tx.Zone(); err != nil {
			return err
		}
		networks, err := tx.NetworksOf([]buurtbel.ID{l.Offer.Network})
		if err != nil || len(networks) == 0 {
			return errors.Join(err, unknownLink(false, err))
		}
		l.Network = networks[0]
		people, err := tx.MembersOf([]buurtbel.ID{l.Network.ID})
		l.Members = len(people)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := b.db.Now()
	if l.May = mayDecide(l.Actor, l.Bulletin, l.Offer, now); l.May == nil {
		l.May = l.Offer.MayBecome(buurtbel.BulletinRelayed, l.Bulletin.Until, now)
	}
	return l, nil
}

func unknownLink(known bool, err error) error {
	if known || err != nil {
		return nil
	}
	return buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
}

// DecideBehind is Decide by the person whom a link asked.
func (b *Bulletins) DecideBehind(ctx context.Context, link string, d Decision) error {
	l, err := b.Behind(ctx, link)
	if err != nil {
		return err
	}
	return b.Decide(ctx, l.Actor, l.Zone.ID, l.Offer.ID, d)
}
