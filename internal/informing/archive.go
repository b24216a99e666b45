package informing

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Archive is what was told in a zone: the items of one month, and the counts of the last year.
type Archive struct {
	Rules    buurtbel.DigestRules
	Month    string // "2026-11"
	Months   []string
	Items    []buurtbel.DigestItem
	Counts   []buurtbel.DigestCount
	Location *time.Location
}

const (
	months   = 12
	mostSeen = 500 // items of a month on one page
)

// Archive reads what members may read again: month is "2026-11", or "" for the present one. Only what was told is in it.
//
// Errors: error.digest.unknown (NotFound) for a month that is none, or not of the last year.
func (n *Newsroom) Archive(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, month string) (*Archive, error) {
	if err := actor.May(buurtbel.MayOwn, buurtbel.Scope{Zone: zone, Member: actor.Person}, n.db.Now()); err != nil {
		return nil, err
	}
	a, err := n.counted(ctx, zone)
	if err != nil {
		return nil, err
	}
	if a.Month = month; month == "" {
		a.Month = a.Months[len(a.Months)-1]
	}
	from, wrong := time.Parse("2006-01", a.Month)
	if wrong != nil || a.Month < a.Months[0] || a.Month > a.Months[len(a.Months)-1] {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.digest.unknown", nil)
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		items, err := tx.DigestHappened(from.Format(buurtbel.DigestDay), from.AddDate(0, 1, -1).Format(buurtbel.DigestDay), mostSeen)
		for _, i := range items {
			if i.Edition != "" {
				a.Items = append(a.Items, i)
			}
		}
		return err
	})
	return a, err
}

// Published reads the counts of a zone by municipality and month, for everybody.
//
// Errors: error.digest.unknown (NotFound) when the zone keeps them to its members, or there is no such zone.
func (n *Newsroom) Published(ctx context.Context, zone buurtbel.ID) (*Archive, *buurtbel.Zone, error) {
	h, err := n.house(ctx, zone)
	if buurtbel.KindOf(err) == buurtbel.NotFound || err == nil && (!h.rules.Public || h.rules.Off) {
		return nil, nil, buurtbel.Fail(buurtbel.NotFound, "error.digest.unknown", nil)
	}
	if err != nil {
		return nil, nil, err
	}
	a, err := n.counted(ctx, zone)
	return a, h.zone, err
}

// counted reads the counts of the last year.
func (n *Newsroom) counted(ctx context.Context, zone buurtbel.ID) (*Archive, error) {
	h, err := n.house(ctx, zone)
	if err != nil {
		return nil, err
	}
	a := &Archive{Rules: h.rules, Location: h.loc}
	now := n.now(h)
	for i := months - 1; i >= 0; i-- {
		a.Months = append(a.Months, time.Date(now.Year(), now.Month()-time.Month(i), 1, 12, 0, 0, 0, h.loc).Format("2006-01"))
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		a.Counts, err = tx.CountDigest(a.Months[0] + "-01")
		return err
	})
	return a, err
}
