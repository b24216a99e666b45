package alerting

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	// Soon is how quickly an alert should be with people: what is shown of the past is the share that had it by then.
	Soon = 60 * time.Second
	// pastRest is how old a launch must be before its reach says something.
	pastRest = 10 * time.Minute
	// pastFew is the fewest people from whose receipts a forecast is made.
	pastFew = 20
	// forecastOf is how many launches of the last year a forecast rests on, and forecastFor how long it stands: a check while one types must
	// not count a year's receipts.
	forecastOf  = 6
	forecastFor = 10 * time.Minute
)

// Reached is how one launch came to the members of one network.
type Reached struct {
	Alert    buurtbel.ID
	Network  buurtbel.ID
	At       time.Time
	Exercise bool
	People   int // members whom it was sent to
	Arrived  int // of these, with a sign that it arrived
	Soon     int // of these, within Soon
}

// Past is what the receipts of past launches tell.
type Past struct {
	Launches []Reached                   // by time, the oldest first
	Members  map[buurtbel.ID]MemberReach // over the newest launches; for streets, never shown by itself
}

// MemberReach counts the launches that one member was sent, and those that arrived.
type MemberReach struct{ Sent, Arrived int }

// Past reads how the launches since a moment came to the members of networks, the newest most of them. Streets are reckoned from the last few.
func (d *Desk) Past(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, networks []buurtbel.ID, since time.Time, most int) (*Past, error) {
	for _, n := range networks {
		if err := actor.May(buurtbel.MaySeeAlerts, buurtbel.Scope{Zone: zone, Network: n}, d.db.Now()); err != nil {
			return nil, err
		}
	}
	p, err := d.past(ctx, zone, since, most)
	if err != nil {
		return nil, err
	}
	p.Launches = slices.DeleteFunc(p.Launches, func(r Reached) bool { return !slices.Contains(networks, r.Network) })
	return p, nil
}

func (d *Desk) past(ctx context.Context, zone buurtbel.ID, since time.Time, most int) (*Past, error) {
	scope := buurtbel.Scope{Zone: zone}
	var launches []store.PastLaunch
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		launches, err = tx.PastLaunches(since, tx.Now().Add(-pastRest), most)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &Past{Members: map[buurtbel.ID]MemberReach{}}
	for i, l := range launches { // a transaction each: a year's receipts must not hold one open
		by := map[buurtbel.ID]*Reached{}
		err := d.db.Read(ctx, scope, func(tx *store.Tx) error {
			clear(by)
			return tx.EachArrival(l.Message, func(member, network buurtbel.ID, at time.Time) {
				if by[network] == nil {
					by[network] = &Reached{Alert: l.Alert, Network: network, At: l.At, Exercise: l.Exercise}
				}
				by[network].count(l.At, at)
				if i < forecastOf {
					m := p.Members[member]
					m.Sent++
					if !at.IsZero() {
						m.Arrived++
					}
					p.Members[member] = m
				}
			})
		})
		if err != nil {
			return nil, fmt.Errorf("reach of %s: %w", l.Alert, err)
		}
		for _, r := range by {
			p.Launches = append(p.Launches, *r)
		}
	}
	slices.SortFunc(p.Launches, func(a, b Reached) int { return a.At.Compare(b.At) })
	return p, nil
}

func (r *Reached) count(sent, arrived time.Time) {
	r.People++
	if arrived.IsZero() {
		return
	}
	r.Arrived++
	if arrived.Sub(sent) <= Soon {
		r.Soon++
	}
}

// forecasts remembers for a while what the receipts of a zone's last launches told.
type forecasts struct {
	mu    sync.Mutex
	zones map[buurtbel.ID]lastly
}

type lastly struct {
	at       time.Time
	launches []Reached
}

// within gives the share, in percent, of the networks' members who had the last launches within Soon; known is false when too few were sent any.
func (d *Desk) within(ctx context.Context, zone buurtbel.ID, networks []buurtbel.ID) (percent int, known bool, err error) {
	now := d.db.Now()
	d.lately.mu.Lock()
	defer d.lately.mu.Unlock()
	last, found := d.lately.zones[zone]
	if !found || now.Sub(last.at) > forecastFor || now.Before(last.at) {
		p, err := d.past(ctx, zone, now.AddDate(-1, 0, 0), forecastOf)
		if err != nil {
			return 0, false, err
		}
		last = lastly{now, p.Launches}
		if d.lately.zones == nil {
			d.lately.zones = map[buurtbel.ID]lastly{}
		}
		d.lately.zones[zone] = last
	}
	people, soon := 0, 0
	for _, r := range last.launches {
		if slices.Contains(networks, r.Network) {
			people, soon = people+r.People, soon+r.Soon
		}
	}
	if people < pastFew {
		return 0, false, nil
	}
	return (soon*100 + people/2) / people, true, nil
}
