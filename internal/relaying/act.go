package relaying

import (
	"context"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// role says as what an actor handles a conversation: who leads the network; police, when they have it or it is urgent; the municipality, when
// it was passed on. A member, also one who leads the network, never handles an own conversation: the seal would be worth nothing.
func (p *Postroom) role(a buurtbel.Actor, c *store.Conversation) (string, error) {
	scope, now := buurtbel.Scope{Zone: c.Zone, Network: c.Network}, p.db.Now()
	if a.Person == c.Member {
		return "", buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil)
	}
	if a.May(buurtbel.MayPassOn, scope, now) == nil {
		return store.ByCoordinator, nil
	}
	err := a.May(buurtbel.MayHearReplies, scope, now)
	if err == nil && (!c.Police.IsZero() || c.Danger != "") {
		return store.ByPolice, nil
	}
	if a.Holds(buurtbel.RoleMayor, c.Zone, now) && !c.City.IsZero() {
		return store.ByCity, nil
	}
	if err == nil { // it is not theirs, so it does not exist for them
		return "", buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil)
	}
	return "", err
}

// find reads a conversation and says as what the actor handles it.
func (p *Postroom) find(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) (c *store.Conversation, role string, err error) {
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		c, err = tx.Conversation(id)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	role, err = p.role(a, c)
	return c, role, err
}

// now does an effect in a transaction of its own.
func (p *Postroom) now(zone buurtbel.ID) happening {
	return func(ctx context.Context, effect func(*store.Tx) error) error {
		return p.db.Write(ctx, buurtbel.Scope{Zone: zone}, effect)
	}
}

// Answer brings a member an answer to what the member wrote. Who answers learns nothing of who it is.
//
// Errors: error.reply.unknown (NotFound); error.reply.empty (Invalid).
func (p *Postroom) Answer(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID, text string) error {
	c, _, err := p.find(ctx, a, zone, id)
	if err != nil {
		return err
	}
	return p.answer(ctx, a, c, text, p.now(zone))
}

func (p *Postroom) answer(ctx context.Context, a buurtbel.Actor, c *store.Conversation, text string, happens happening) error {
	author, err := p.role(a, c)
	if err != nil {
		return err
	}
	if text = cut(text); text == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.reply.empty", nil)
	}
	return p.tell(ctx, a, c, author, func(buurtbel.Language, *buurtbel.Zone) string { return text }, happens)
}

// tell stores an office's text and brings it to the member, in the words that it has in the member's language.
func (p *Postroom) tell(ctx context.Context, a buurtbel.Actor, c *store.Conversation, author string, words func(buurtbel.Language, *buurtbel.Zone) string, happens happening) error {
	var zone *buurtbel.Zone
	var r *record
	var writer []store.Reachable
	err := p.db.Read(ctx, buurtbel.Scope{Zone: c.Zone}, func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		if r, err = recordOf(tx, c.Member, nil); err != nil {
			return err
		}
		writer, err = tx.Reachables([]buurtbel.ID{c.Member})
		return err
	})
	if err != nil {
		return err
	}
	text := words(r.language, zone)
	line := &store.ConversationLine{ID: p.db.NewID(), Conversation: c.ID, Author: author, By: a.Person, Own: text, Seen: r.mask(text, buurtbel.Dutch)}
	letters := p.db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, p.db.Now().Add(letterLasts))
	for _, w := range writer {
		letters.To(w, p.toMember(w.Member.Language, author, text, zone).Wording(w.Member.Language), buurtbel.Email)
	}
	return happens(ctx, func(tx *store.Tx) error {
		if err := tx.AddLine(line); err != nil {
			return err
		}
		return p.post(tx, c, "answered "+author, a.Person, letters)
	})
}

// AskToCall lets police ask a member to call: the member says the code, and the seal stays.
func (p *Postroom) AskToCall(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) error {
	c, role, err := p.find(ctx, a, zone, id)
	if err != nil {
		return err
	}
	if role != store.ByPolice {
		return a.May(buurtbel.MayHearReplies, buurtbel.Scope{Zone: zone, Network: c.Network}, p.db.Now())
	}
	code := token.NewDigits()[:4]
	return p.tell(ctx, a, c, store.ByPolice, func(lang buurtbel.Language, z *buurtbel.Zone) string {
		return locale.Text(lang, "message.reply.call-me", buurtbel.Args{"Line": emergency(z), "Code": code})
	}, p.now(zone))
}

// Where a conversation can be passed on to.
const (
	ToPolice = "police"
	ToCity   = "city"
)

// receivers are the roles of an office that a conversation is passed on to.
var receivers = map[string]buurtbel.Role{ToPolice: buurtbel.RoleOfficer, ToCity: buurtbel.RoleMayor}

// PassOn brings a conversation to police or to the municipality, once each: a letter, and for police a place at the desk.
//
// Errors: error.reply.nobody (Conflict) when that office has no mailbox here.
func (p *Postroom) PassOn(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID, to string) error {
	c, role, err := p.find(ctx, a, zone, id)
	if err != nil {
		return err
	}
	if role != store.ByCoordinator && (role != store.ByPolice || to != ToCity) {
		return buurtbel.Fail(buurtbel.Forbidden, "error.forbidden."+string(buurtbel.MayPassOn), nil)
	}
	if receivers[to] == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.reply.nobody", nil)
	}
	sc := &scene{c: c}
	var lines []*store.ConversationLine
	var office []store.Reachable
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if sc.zone, err = tx.Zone(); err != nil {
			return err
		}
		if sc.network, err = networkName(tx, c.Network); err != nil {
			return err
		}
		if sc.title, err = titleOf(tx, c.About); err != nil {
			return err
		}
		if lines, err = tx.Lines(id); err != nil {
			return err
		}
		office, err = tx.ReachableHolders(c.Network, receivers[to])
		return err
	})
	if err != nil {
		return err
	}
	letters := p.db.Letters(sc.zone, buurtbel.KindReport, buurtbel.Soon, p.db.Now().Add(letterLasts))
	for _, r := range office {
		letters.To(r, p.passed(r.Member.Language, sc, lines, to == ToPolice).Wording(r.Member.Language), buurtbel.Email)
	}
	if len(letters.OnlyReached().Recipients) == 0 && to == ToCity {
		return buurtbel.Fail(buurtbel.Conflict, "error.reply.nobody", nil)
	}
	return p.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		pass := tx.PassToPolice
		if to == ToCity {
			pass = tx.PassToCity
		}
		first, err := pass(id)
		if err != nil || !first {
			return err
		}
		return p.post(tx, c, "passed "+to, a.Person, letters)
	})
}

// Close ends a conversation until somebody writes again. Settle takes the flag of an urgent one off the desk.
func (p *Postroom) Close(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) error {
	return p.step(ctx, a, zone, id, []string{store.ByCoordinator, store.ByPolice}, "closed", (*store.Tx).CloseReply)
}

// SettleFlag says that the desk has dealt with an urgent conversation.
func (p *Postroom) SettleFlag(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) error {
	return p.step(ctx, a, zone, id, []string{store.ByPolice}, "flag settled", (*store.Tx).SettleFlag)
}

// step does one small thing to a conversation, journalled when it was done.
func (p *Postroom) step(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID, roles []string, word string, do func(*store.Tx, buurtbel.ID) (bool, error)) error {
	c, role, err := p.find(ctx, a, zone, id)
	if err != nil {
		return err
	}
	if !slices.Contains(roles, role) {
		return buurtbel.Fail(buurtbel.Forbidden, "error.forbidden."+string(buurtbel.MayHearReplies), nil)
	}
	return p.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		did, err := do(tx, id)
		if err != nil || !did {
			return err
		}
		return p.post(tx, c, word, a.Person)
	})
}

// Write is a member's text on the own page: in an own conversation, or a new one when it is 0.
func (p *Postroom) Write(ctx context.Context, a buurtbel.Actor, zone, conversation buurtbel.ID, text string, unplaced bool) error {
	if err := p.mine(a, zone); err != nil {
		return err
	}
	s := &saying{zone: zone, member: a.Person, text: strings.ReplaceAll(text, "\r\n", "\n"), unplaced: unplaced}
	if conversation != 0 {
		c, err := p.own(ctx, a, zone, conversation)
		if err != nil {
			return err
		}
		s.conversation = c
	}
	return p.say(ctx, s, p.now(zone))
}

// Hide takes the street away from an own conversation, and what tells of the network. What was sent was sent.
func (p *Postroom) Hide(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) error {
	return p.ownStep(ctx, a, zone, id, "place hidden", func(tx *store.Tx) (bool, error) { return true, tx.PlaceReply(id, "", true) })
}

// Unseal gives police the own name with one text of an own conversation: with this one only.
func (p *Postroom) Unseal(ctx context.Context, a buurtbel.Actor, zone, id, line buurtbel.ID) error {
	return p.ownStep(ctx, a, zone, id, "unsealed by the member", func(tx *store.Tx) (bool, error) { return tx.UnsealLine(line, id) })
}

func (p *Postroom) ownStep(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID, word string, do func(*store.Tx) (bool, error)) error {
	if err := p.mine(a, zone); err != nil {
		return err
	}
	c, err := p.own(ctx, a, zone, id)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		did, err := do(tx)
		if err != nil || !did {
			return err
		}
		return p.post(tx, c, word, 0)
	})
}

func (p *Postroom) mine(a buurtbel.Actor, zone buurtbel.ID) error {
	return a.May(buurtbel.MayOwn, buurtbel.Scope{Zone: zone, Member: a.Person}, p.db.Now())
}

// own reads a conversation of the actor. Another member's does not exist.
func (p *Postroom) own(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) (*store.Conversation, error) {
	var c *store.Conversation
	err := p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		c, err = tx.Conversation(id)
		return err
	})
	if err == nil && c.Member != a.Person {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil)
	}
	return c, err
}
