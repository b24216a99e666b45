package relaying

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mostShown is how many conversations a list has.
const mostShown = 200

// Thread is a conversation as somebody may see it. It holds nothing that leads to the member.
type Thread struct {
	ID, Network  buurtbel.ID
	NetworkName  string
	Title        string // of what was answered; "": the member began
	Place        string // street; "": only the network
	Unplaced     bool
	Open         bool
	Urgent       bool
	Flagged      bool // urgent, and nobody at the desk has settled it
	Police, City time.Time
	Begun, Last  time.Time
	Lines        []Said
	As           string // as what the reader handles it, one of store's By words; of the own page store.ByMember
	Name, Phone  string // of a member who gave them to police with a reply; else ""
}

// Said is one text of a thread.
type Said struct {
	ID       buurtbel.ID
	Author   string
	At       time.Time
	Text     string // what the reader may see
	Own      string // as the member wrote it, on the own page only
	Refused  int
	Unsealed bool
}

// Threads lists what an actor handles in a zone: who leads a network sees all of it, police what was passed on to them or is urgent. The newest text
// first.
func (p *Postroom) Threads(ctx context.Context, a buurtbel.Actor, zone buurtbel.ID) ([]Thread, error) {
	led, err := p.led(ctx, a, zone)
	if err != nil {
		return nil, err
	}
	police := a.May(buurtbel.MayHearReplies, buurtbel.Scope{Zone: zone}, p.db.Now())
	if len(led) == 0 && police != nil {
		return nil, police
	}
	return p.list(ctx, a, zone, func(tx *store.Tx) ([]*store.Conversation, error) {
		var out []*store.Conversation
		for _, network := range led {
			list, err := tx.ConversationsOf(network, mostShown)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		if police == nil {
			list, err := tx.ConversationsAt(mostShown)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		slices.SortFunc(out, func(a, b *store.Conversation) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(b.ID, a.ID)) })
		return slices.CompactFunc(out, func(a, b *store.Conversation) bool { return a.ID == b.ID }), nil
	})
}

// led lists the networks that an actor leads.
func (p *Postroom) led(ctx context.Context, a buurtbel.Actor, zone buurtbel.ID) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		networks, err := tx.Networks()
		for _, n := range networks {
			if a.May(buurtbel.MayPassOn, buurtbel.Scope{Zone: zone, Network: n.ID}, p.db.Now()) == nil {
				out = append(out, n.ID)
			}
		}
		return err
	})
	return out, err
}

// list reads conversations with their texts, without those that the actor may not see.
func (p *Postroom) list(ctx context.Context, a buurtbel.Actor, zone buurtbel.ID, read func(*store.Tx) ([]*store.Conversation, error)) ([]Thread, error) {
	var out []Thread
	err := p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		found, err := read(tx)
		if err != nil {
			return err
		}
		for _, c := range found {
			role, err := p.role(a, c)
			if err != nil {
				continue // of another network, not passed on, or the reader's own
			}
			t, err := threadOf(tx, c, role)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

// Thread reads one conversation for who handles it. A name that the member gave with a reply is opened for police, and the look is journalled.
//
// Errors: error.reply.unknown (NotFound).
func (p *Postroom) Thread(ctx context.Context, a buurtbel.Actor, zone, id buurtbel.ID) (*Thread, error) {
	c, role, err := p.find(ctx, a, zone, id)
	if err != nil {
		return nil, err
	}
	var t Thread
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		t, err = threadOf(tx, c, role)
		return err
	})
	given := slices.ContainsFunc(t.Lines, func(l Said) bool { return l.Unsealed })
	if err != nil || role != store.ByPolice || !given {
		return &t, err
	}
	roles := a.Roles(zone, p.db.Now())
	if len(roles) == 0 {
		return &t, nil
	}
	err = p.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		s, err := tx.OpenSelf(a, roles[0], store.LookWithReply, c.Member)
		if err != nil {
			return err
		}
		t.Name = strings.TrimSpace(s.Name.Given + " " + s.Name.Family)
		for _, k := range s.Contacts {
			if t.Phone == "" && (k.Kind == buurtbel.Mobile || k.Kind == buurtbel.Fixed) {
				t.Phone = k.Address
			}
		}
		return nil
	})
	return &t, err
}

// Own lists a member's own conversations, with what the others see beside what the member wrote.
func (p *Postroom) Own(ctx context.Context, a buurtbel.Actor, zone buurtbel.ID) ([]Thread, error) {
	if err := p.mine(a, zone); err != nil {
		return nil, err
	}
	var out []Thread
	err := p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		found, err := tx.ConversationsBy(a.Person, mostShown)
		if err != nil {
			return err
		}
		for _, c := range found {
			t, err := threadOf(tx, c, store.ByMember)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

func threadOf(tx *store.Tx, c *store.Conversation, as string) (Thread, error) {
	t := Thread{ID: c.ID, Network: c.Network, Place: c.Place, Unplaced: c.Unplaced, Open: c.Open, Urgent: c.Danger != "", Flagged: c.Danger != "" && c.Seen.IsZero(),
		Police: c.Police, City: c.City, Begun: c.Begun, Last: c.Last, As: as}
	var err error
	if t.NetworkName, err = networkName(tx, c.Network); err != nil {
		return t, err
	}
	if t.Title, err = titleOf(tx, c.About); err != nil {
		return t, err
	}
	lines, err := tx.Lines(c.ID)
	for _, l := range lines {
		said := Said{ID: l.ID, Author: l.Author, At: l.At, Text: l.Seen, Refused: l.Refused, Unsealed: l.Unsealed}
		if as == store.ByMember {
			said.Own = l.Own
		}
		t.Lines = append(t.Lines, said)
	}
	return t, err
}

// Flags counts the urgent conversations of a zone that the desk has not settled.
func (p *Postroom) Flags(ctx context.Context, a buurtbel.Actor, zone buurtbel.ID) (n int, err error) {
	if err := a.May(buurtbel.MayHearReplies, buurtbel.Scope{Zone: zone}, p.db.Now()); err != nil {
		return 0, err
	}
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		n, err = tx.UrgentReplies()
		return err
	})
	return n, err
}
