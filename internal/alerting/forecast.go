package alerting

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Forecast is who would be reached if the draft were launched now, and what it would cost.
type Forecast struct {
	People     int // members in the audience
	NoPlace    int // members of the networks whom a drawn area cannot reach: nobody knows where they live or work
	ByNetwork  map[buurtbel.ID]int
	Left       map[buurtbel.Left]int    // left out, by why
	Later      int                      // wish it in the morning
	Contacts   map[buurtbel.Channel]int // contact points that are used at once
	IfSilent   int                      // members who are called when no text arrives
	Soon       int                      // percent of these networks' members who had the last alerts within a minute
	SoonKnown  bool                     // enough receipts came for Soon
	Parts      int                      // SMS parts
	Cost       int64                    // of what goes out at once, in 1/10000 euro; a call is reckoned as one minute
	MostCost   int64                    // and of one call to everybody whom no text reaches
	SecondKey  string                   // why a second person is needed; "" when none is
	SecondArgs buurtbel.Args
	Digest     []byte
}

// Forecast plans the whole audience without storing anything.
func (d *Desk) Forecast(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, draft *Draft) (*Forecast, error) {
	if err := actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, d.db.Now()); err != nil {
		return nil, err
	}
	s, err := d.settingOfDraft(ctx, zone, draft)
	if err != nil {
		return nil, err
	}
	check := d.check(s, draft, d.db.Now())
	audience, err := d.audience(ctx, s, draft)
	if err != nil {
		return nil, err
	}
	leftOut, err := d.leftOut(ctx, s, draft, audience)
	if err != nil {
		return nil, err
	}
	f := &Forecast{People: len(audience), ByNetwork: map[buurtbel.ID]int{}, Left: map[buurtbel.Left]int{}, Contacts: map[buurtbel.Channel]int{}}
	m := &buurtbel.Message{Class: buurtbel.ClassAlert, Urgency: check.Urgency, Expires: check.Expires, Texts: check.Wordings, Exercise: draft.Exercise}
	for start := 0; start < len(audience); start += Slice {
		slice := audience[start:min(start+Slice, len(audience))]
		if err := d.forecastSlice(ctx, s, m, slice, leftOut, check, f); err != nil {
			return nil, err
		}
	}
	if f.NoPlace, err = d.withoutPlace(ctx, s, draft); err != nil {
		return nil, err
	}
	if f.Soon, f.SoonKnown, err = d.within(ctx, zone, draft.Networks); err != nil {
		return nil, err
	}
	f.Cost = int64(f.Parts)*d.price(s) + int64(f.Contacts[buurtbel.Voice])*d.o.Carrier.Minute
	f.MostCost = f.Cost + int64(f.IfSilent)*d.o.Carrier.Minute
	f.SecondKey, f.SecondArgs, _ = s.oversized(draft.Area, len(audience))
	f.Digest = digestOf(check.Wordings, draft, len(audience))
	return f, nil
}

// withoutPlace counts the members of the draft's networks who have no known place; 0 without a drawn area, which reaches them too.
func (d *Desk) withoutPlace(ctx context.Context, s *setting, draft *Draft) (n int, err error) {
	if draft.Area == nil {
		return 0, nil
	}
	err = d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		members, err := tx.MembersOf(draft.Networks)
		if err != nil || len(members) == 0 {
			return err
		}
		n = 0
		return tx.EachPlace(members, func(m store.MemberPlace) {
			if !m.In {
				n++
			}
		})
	})
	if err != nil {
		return 0, fmt.Errorf("count members without a place: %w", err)
	}
	return n, nil
}

func (d *Desk) price(s *setting) int64 {
	if d.o.Carrier.Price > 0 {
		return d.o.Carrier.Price
	}
	return int64(s.zone.Limits.Part)
}

func (d *Desk) forecastSlice(ctx context.Context, s *setting, m *buurtbel.Message, slice, leftOut []buurtbel.ID, check *Check, f *Forecast) error {
	var people []store.Reachable
	err := d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) (err error) {
		people, err = tx.Reachables(slice)
		return err
	})
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	for i, r := range d.plan(s, m, people, leftOut) {
		f.ByNetwork[people[i].Member.Network]++
		if r.Left != buurtbel.NotLeft {
			f.Left[r.Left]++
			continue
		}
		f.count(r, check)
	}
	return nil
}

func (f *Forecast) count(r store.Recipient, check *Check) {
	later := false
	for _, step := range r.Steps {
		if step.Rank > 0 {
			continue
		}
		if step.IfSilent {
			f.IfSilent++
			continue
		}
		later = later || !step.NotBefore.IsZero()
		f.Contacts[step.Channel]++
		if step.Channel == buurtbel.SMS && r.Wording < len(check.Texts) {
			f.Parts += check.Texts[r.Wording].Parts
		}
	}
	if later {
		f.Later++
	}
}
