// Package informing is what police tell members on ordinary days: the weekday digest, and the prevention tips that go with it.
//
// Items have a fixed set of fields (rule 7): a category of a closed list, the day and a part of it, a street that is long enough to be named or else
// the district, the municipality, and one field of words that passes the linter. The package decides when a digest goes out and what is in it; it
// sends nothing itself and plans nobody's delivery.
//
// Always true: a network gets at most one digest a day, on working days of its zone only, and each item once, whichever process works and wherever one
// ends; with nothing to tell nothing is sent; an item can be changed and taken back until the first digest with it is made.
package informing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// TaskDigest is the kind of task that makes a zone's digest; its subject is the zone.
const TaskDigest = "digest"

// Options are what a newsroom needs from outside.
type Options struct {
	Calendar func(*buurtbel.Zone) (buurtbel.Calendar, error)
	Places   func(ctx context.Context, zone buurtbel.ID) (*wording.Places, error) // the zone's streets and districts, for the linter; nil: none are known
	Link     string                                                               // what links in mails begin with
}

// Newsroom is where the news of a zone is written.
type Newsroom struct {
	db *store.DB
	o  Options
}

// New makes a newsroom.
func New(db *store.DB, o Options) *Newsroom { return &Newsroom{db: db, o: o} }

// house is a zone as every verb here needs it.
type house struct {
	zone     *buurtbel.Zone
	loc      *time.Location
	calendar buurtbel.Calendar
	rules    buurtbel.DigestRules
	networks []*buurtbel.Network
}

func (n *Newsroom) house(ctx context.Context, zone buurtbel.ID) (*house, error) {
	h := &house{}
	err := n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if h.zone, err = tx.Zone(); err != nil {
			return err
		}
		if h.rules, err = tx.DigestRules(); err != nil {
			return err
		}
		h.networks, err = tx.Networks()
		return err
	})
	if err == nil {
		h.loc, err = h.zone.Location()
	}
	if err == nil {
		h.calendar, err = n.o.Calendar(h.zone)
	}
	return h, err
}

// now is the zone's own time.
func (n *Newsroom) now(h *house) time.Time { return n.db.Now().In(h.loc) }

// languages lists the languages in which the zone's networks get official messages.
func (h *house) languages() []buurtbel.Language {
	return slices.DeleteFunc(slices.Clone(buurtbel.Languages), func(l buurtbel.Language) bool {
		return !slices.ContainsFunc(h.networks, func(n *buurtbel.Network) bool { return slices.Contains(n.Regime, l) })
	})
}

// Board is what the newsroom shows an officer.
type Board struct {
	Rules     buurtbel.DigestRules
	Waiting   []buurtbel.DigestItem
	Next      time.Time           // when the next digest goes out; zero: never
	Languages []buurtbel.Language // that the networks of the zone want
	Letters   []store.DigestLetter
	Networks  map[buurtbel.ID]string
	Location  *time.Location
}

// lately is how far back the board shows digests.
const lately = 14 * 24 * time.Hour

// Board reads what waits, when it goes out, and what went.
func (n *Newsroom) Board(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (*Board, error) {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return nil, err
	}
	h, err := n.house(ctx, zone)
	if err != nil {
		return nil, err
	}
	now := n.now(h)
	b := &Board{Rules: h.rules, Next: h.rules.Next(now, h.calendar), Languages: h.languages(), Networks: map[buurtbel.ID]string{}, Location: h.loc}
	for _, one := range h.networks {
		b.Networks[one.ID] = one.Name
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if b.Waiting, err = tx.DigestWaiting(); err != nil {
			return err
		}
		b.Letters, err = tx.DigestLetters(now.Add(-lately).Format(buurtbel.DigestDay))
		return err
	})
	buurtbel.SortDigest(b.Waiting, h.rules.Keys())
	return b, err
}

// Lacking lists the languages that the zone's networks want and the words of an item lack; an item without words lacks nothing.
func (b *Board) Lacking(i buurtbel.DigestItem) []buurtbel.Language {
	if len(i.Info) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.Languages), func(l buurtbel.Language) bool { return i.Info[l] != "" })
}

// Rules reads what a zone decided about its digest, and the languages that a category of its own must have.
func (n *Newsroom) Rules(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (r buurtbel.DigestRules, err error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return r, err
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		r, err = tx.DigestRules()
		return err
	})
	return r, err
}

// Decide stores what a zone decides about its digest.
//
// Errors (Invalid): error.digest.hour, .own-words when a category of its own lacks a language, .own-dispute when it would be one for disputes of neighbours or
// families, .own-many.
func (n *Newsroom) Decide(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, r buurtbel.DigestRules) error {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return err
	}
	if err := checkRules(r); err != nil {
		return err
	}
	h, err := n.house(ctx, zone)
	if err != nil {
		return err
	}
	return n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.PutDigestRules(r); err != nil {
			return err
		}
		h.rules = r
		if err := n.leave(tx, h); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "digest rules: off %t, at %d, public %t, own %d", r.Off, r.At, r.Public, len(r.Own)))
	})
}

// mostOwn is how many categories a zone may add: more would be no selection.
const mostOwn = 10

func checkRules(r buurtbel.DigestRules) error {
	key := ""
	switch {
	case r.At < 0 || r.At >= 24*60:
		key = "hour"
	case len(r.Own) > mostOwn:
		key = "own-many"
	}
	for _, c := range r.Own {
		for _, l := range buurtbel.Languages {
			switch words := strings.TrimSpace(c.Words[l]); {
			case words == "" || len([]rune(words)) > 60:
				key = "own-words"
			case disputes(words):
				key = "own-dispute"
			}
		}
	}
	if key == "" {
		return nil
	}
	return buurtbel.Fail(buurtbel.Invalid, "error.digest."+key, buurtbel.Args{"Most": mostOwn})
}

// leave leaves the task that makes the next digest.
func (n *Newsroom) leave(tx *store.Tx, h *house) error {
	next := h.rules.Next(tx.Now().In(h.loc), h.calendar)
	if next.IsZero() {
		return nil
	}
	return tx.Later(TaskDigest, h.zone.ID, next)
}

// CategoryWords gives the name of a category in a language.
func CategoryWords(r buurtbel.DigestRules, c buurtbel.DigestCategory, l buurtbel.Language) string {
	for _, own := range r.Own {
		if own.Key == c {
			return own.Words[l]
		}
	}
	return locale.Text(l, "digest.category-"+string(c), nil)
}
