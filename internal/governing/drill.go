package governing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// The kinds of task about exercises.
const (
	PlanAll    = "exercise-plan" // of the installation, daily: leaves the others
	planZone   = "exercise-zone" // about a zone, daily: proposes
	StepOne    = "exercise-step" // about an exercise: what the program does of its own accord
	signOfLife = "sign-of-life"  // about a zone, daily: silent contact points
)

// DrillOptions are what exercises need.
type DrillOptions struct {
	Channels     []buurtbel.Channel
	Part, Minute int64 // price of an SMS part and of a minute of a call, in 1/10000 euro; Part 0: as the zone has it
	Answer       bool  // the sender of texts can be answered
	Calendar     func(z *buurtbel.Zone) (buurtbel.Calendar, error)
	Link         string // address of our pages
}

// Drills arranges exercises of police with networks: it proposes days, lets the coordinator agree to the cost, tells the members, and counts
// who was reached. It launches none: only police do. It also asks silent contact points for a sign of life.
type Drills struct {
	db *store.DB
	o  DrillOptions
}

// NewDrills makes a Drills.
func NewDrills(db *store.DB, o DrillOptions) *Drills { return &Drills{db: db, o: o} }

// Verbs gives the verbs of the tasks about exercises.
func (d *Drills) Verbs() map[string]func(context.Context, buurtbel.Actor, store.Task) error {
	return map[string]func(context.Context, buurtbel.Actor, store.Task) error{PlanAll: d.planAll, planZone: d.planZone, StepOne: d.step, signOfLife: d.signOfLife}
}

// ground is what every decision about a zone's exercises needs.
type ground struct {
	zone     *buurtbel.Zone
	x        buurtbel.Exercises
	country  buurtbel.Country
	loc      *time.Location
	calendar buurtbel.Calendar
	line     string
	networks []*buurtbel.Network
	out      []buurtbel.ID // who wishes no exercises, in order
	now      time.Time     // in the zone's location
}

func (g *ground) today() buurtbel.Day { return buurtbel.DayOf(g.now) }

func (g *ground) network(id buurtbel.ID) *buurtbel.Network {
	if i := slices.IndexFunc(g.networks, func(n *buurtbel.Network) bool { return n.ID == id }); i >= 0 {
		return g.networks[i]
	}
	return &buurtbel.Network{ID: id}
}

func (d *Drills) ground(ctx context.Context, zone buurtbel.ID) (*ground, error) {
	g := &ground{}
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if g.zone, err = tx.Zone(); err != nil {
			return err
		}
		if g.networks, err = tx.Networks(); err != nil {
			return err
		}
		g.out, err = tx.OutOfExercises()
		return err
	})
	if err != nil {
		return nil, err
	}
	g.x = g.zone.Exercising()
	if g.country, err = buurtbel.CountryProfile(g.zone.Country); err != nil {
		return nil, err
	}
	if g.loc, err = g.zone.Location(); err != nil {
		return nil, err
	}
	if g.calendar, err = d.o.Calendar(g.zone); err != nil {
		return nil, err
	}
	lines, err := g.zone.EmergencyLines()
	if len(lines) > 0 {
		g.line = lines[0].Number
	}
	g.now = d.db.Now().In(g.loc)
	return g, err
}

// planAll leaves the daily work of every zone, each at its own local hour.
func (d *Drills) planAll(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	var zones []*buurtbel.Zone
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	if err != nil {
		return fmt.Errorf("read zones: %w", err)
	}
	return d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		for _, z := range zones {
			loc, err := z.Location()
			if err != nil {
				return err
			}
			if err := tx.LaterIn(z.ID, planZone, z.ID, tx.Now()); err != nil {
				return err
			}
			if err := tx.LaterIn(z.ID, signOfLife, z.ID, nextAsking(tx.Now().In(loc))); err != nil {
				return err
			}
		}
		return tx.FinishTask(t, tx.Now().Add(24*time.Hour))
	})
}

// mostProposed is how many exercises one run proposes: reckoning a cost reads every member of a network.
const mostProposed = 20

// lookBack is how far the past of a network counts for its next exercise.
const lookBack = 400

// planZone proposes what is due in a zone.
func (d *Drills) planZone(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	g, err := d.ground(ctx, t.Zone)
	if err != nil {
		return err
	}
	past, err := d.past(ctx, g)
	if err != nil {
		return err
	}
	proposed := 0
	for _, n := range g.networks {
		if proposed >= mostProposed {
			break
		}
		did, err := d.propose(ctx, g, n, past)
		if err != nil {
			return fmt.Errorf("propose an exercise: %w", err)
		}
		if did {
			proposed++
		}
	}
	again := g.now.Add(24 * time.Hour)
	if proposed >= mostProposed {
		again = g.now.Add(time.Second)
	}
	return d.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error { return tx.FinishTask(t, again) })
}

// past is what was and is planned in a zone.
type past struct {
	exercises []*buurtbel.Exercise
	drills    []store.Drill // what police launched, planned or not
}

func (d *Drills) past(ctx context.Context, g *ground) (*past, error) {
	p := &past{}
	err := d.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) (err error) {
		if p.exercises, err = tx.Exercises(g.today() - lookBack); err != nil {
			return err
		}
		p.drills, err = tx.Drills(g.now.AddDate(0, 0, -lookBack))
		return err
	})
	return p, err
}

// open gives the exercise of a network that is still to be held; nil when there is none.
func (p *past) open(network buurtbel.ID) *buurtbel.Exercise {
	for _, e := range p.exercises {
		if e.Network == network && e.State.Open() {
			return e
		}
	}
	return nil
}

// days lists the days on which a network exercised, or is to, or skipped it, without one exercise.
func (p *past) days(network, without buurtbel.ID, loc *time.Location) []buurtbel.Day {
	var out []buurtbel.Day
	for _, e := range p.exercises {
		if e.Network == network && e.ID != without && e.State != buurtbel.ExerciseMissed {
			out = append(out, e.Day)
		}
	}
	for _, l := range p.drills {
		if day := buurtbel.DayOf(l.At.In(loc)); slices.Contains(l.Networks, network) && !slices.Contains(out, day) {
			out = append(out, day)
		}
	}
	return out
}

// propose proposes a network's next exercise if it is time, and takes a proposal back that the zone wants no more.
func (d *Drills) propose(ctx context.Context, g *ground, n *buurtbel.Network, p *past) (bool, error) {
	if e := p.open(n.ID); e != nil {
		if g.x.PerYear == 0 && e.State == buurtbel.ExerciseProposed {
			return false, d.drop(ctx, g, e)
		}
		return false, nil
	}
	if n.MayReceive(g.country, g.now) != nil {
		return false, nil
	}
	day, ok := g.x.Propose(n.ID, g.today(), p.days(n.ID, 0, g.loc), g.calendar)
	if !ok {
		return false, nil
	}
	e := &buurtbel.Exercise{ID: d.db.NewID(), Network: n.ID, State: buurtbel.ExerciseProposed, Day: day, Morning: day%2 == 0, Since: g.now}
	var err error
	if e.Cost, err = d.cost(ctx, g, n, e); err != nil || e.Cost.People == 0 {
		return false, err
	}
	err = d.db.Write(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) error { return proposed(tx, e, "proposed") })
	if buurtbel.KeyOf(err) == "error.exercise.exists" { // another process was first
		return false, nil
	}
	return err == nil, err
}

func proposed(tx *store.Tx, e *buurtbel.Exercise, word string) error {
	if err := tx.InsertExercise(e); err != nil {
		return err
	}
	if err := tx.Later(StepOne, e.ID, tx.Now()); err != nil {
		return err
	}
	return journal(tx, 0, e, word)
}

// journal writes one step of an exercise down.
func journal(tx *store.Tx, by buurtbel.ID, e *buurtbel.Exercise, word string) error {
	return tx.Append(tx.Scope().Zone, buurtbel.EntryChange, by, fmt.Appendf(nil, "exercise %s, %s, network %s, day %s, cost %d", e.ID, word, e.Network, e.Day, e.Cost.Amount))
}

// drop takes a proposal back: the zone holds no exercises any more.
func (d *Drills) drop(ctx context.Context, g *ground, was *buurtbel.Exercise) error {
	e := *was
	e.State, e.EndedAt = buurtbel.ExerciseSkipped, g.now
	return d.db.Write(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) error {
		if err := tx.ChangeExercise(was, &e); err != nil {
			return err
		}
		return journal(tx, 0, &e, "taken back, the zone holds none")
	})
}
