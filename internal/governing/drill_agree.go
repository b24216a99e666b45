package governing

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// List gives the exercises of the networks that the actor may see, from a year ago on, the last day first. It opens no name.
func (d *Drills) List(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]*buurtbel.Exercise, error) {
	now := d.db.Now()
	var out []*buurtbel.Exercise
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		all, err := tx.Exercises(buurtbel.DayOf(now) - lookBack)
		for _, e := range all {
			if actor.May(buurtbel.MaySeeAlerts, buurtbel.Scope{Zone: zone, Network: e.Network}, now) == nil {
				out = append(out, e)
			}
		}
		return err
	})
	return out, err
}

// own reads an exercise that the actor may do something about; of another network it is not found.
func (d *Drills) own(ctx context.Context, actor buurtbel.Actor, p buurtbel.Permission, zone, id buurtbel.ID) (*buurtbel.Exercise, *ground, error) {
	if len(actor.Zones(p, d.db.Now())) == 0 {
		return nil, nil, actor.May(p, buurtbel.Scope{Zone: zone}, d.db.Now())
	}
	var e *buurtbel.Exercise
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		e, err = tx.Exercise(id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if err := actor.May(p, buurtbel.Scope{Zone: zone, Network: e.Network}, d.db.Now()); err != nil {
		return nil, nil, err
	}
	g, err := d.ground(ctx, zone)
	return e, g, err
}

// put stores what an official or coordinator made of an exercise, and lets the program look at it again.
func (d *Drills) put(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, was, e *buurtbel.Exercise, word string) error {
	return d.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.ChangeExercise(was, e); err != nil {
			return err
		}
		if err := tx.Later(StepOne, e.ID, tx.Now()); err != nil {
			return err
		}
		return journal(tx, actor.Person, e, word)
	})
}

// Agree records that the coordinator agrees to the cost of an exercise as it was shown, in 1/10000 euro. What has grown by more than a fifth since it
// was shown is stored and must be looked at again (error.exercise.cost-grew).
func (d *Drills) Agree(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, shown int64) error {
	was, g, err := d.own(ctx, actor, buurtbel.MayAgree, zone, id)
	if err != nil {
		return err
	}
	if err := was.MayAgree(g.today()); err != nil {
		return err
	}
	e := *was
	if e.Cost, err = d.cost(ctx, g, g.network(e.Network), &e); err != nil {
		return err
	}
	e.Agreed, e.AgreedBy, e.AgreedAt = shown, actor.Person, g.now
	if !e.CostHolds(e.Cost.Amount) {
		again := *was
		again.Cost = e.Cost
		if err := d.put(ctx, actor, zone, was, &again, "cost reckoned again"); err != nil {
			return err
		}
		return buurtbel.Fail(buurtbel.Conflict, "error.exercise.cost-grew", nil)
	}
	e.State = buurtbel.ExerciseAgreed
	return d.put(ctx, actor, zone, was, &e, fmt.Sprintf("agreed to %d", shown))
}

// Move gives an exercise another day that is allowed, before the members heard of it. An agreement to its cost stands.
func (d *Drills) Move(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, day buurtbel.Day, morning bool) error {
	was, g, err := d.own(ctx, actor, buurtbel.MayAgree, zone, id)
	if err != nil {
		return err
	}
	if err := was.MayMove(); err != nil {
		return err
	}
	p, err := d.past(ctx, g)
	if err != nil {
		return err
	}
	if err := g.x.ExerciseDay(day, g.today(), p.days(was.Network, id, g.loc), g.calendar); err != nil {
		return err
	}
	e := *was
	e.Day, e.Morning = day, morning
	return d.put(ctx, actor, zone, was, &e, "moved from "+was.Day.String())
}

// Skip records that the network skips an exercise, and why.
func (d *Drills) Skip(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, reason string) error {
	was, g, err := d.own(ctx, actor, buurtbel.MayAgree, zone, id)
	if err != nil {
		return err
	}
	switch {
	case !was.State.Open():
		return buurtbel.Fail(buurtbel.Conflict, "error.exercise.moved", nil)
	case len([]rune(reason)) < 3:
		return buurtbel.Fail(buurtbel.Invalid, "error.exercise.reason", nil)
	}
	e := *was
	e.State, e.EndedAt, e.EndedBy, e.Reason = buurtbel.ExerciseSkipped, g.now, actor.Person, reason
	return d.put(ctx, actor, zone, was, &e, "skipped: "+reason)
}

// Ready is an exercise that police may launch now.
type Ready struct {
	Exercise *buurtbel.Exercise
	Network  *buurtbel.Network
	Key      string // idempotency key of the launch
	Fact     buurtbel.Fact
	Valid    time.Duration
	Titles   map[buurtbel.Language]string
	Texts    map[buurtbel.Language]string
	// Mark records the launch in its own transaction: launched twice, or moved meanwhile, it is a Conflict and nothing goes out.
	Mark func(tx *store.Tx, alert buurtbel.ID) error
}

// Prepare makes today's exercise ready for police to launch. Its launch is the desk's: checked there like any other.
func (d *Drills) Prepare(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) (*Ready, error) {
	was, g, err := d.own(ctx, actor, buurtbel.MayLaunch, zone, id)
	if err != nil {
		return nil, err
	}
	n := g.network(was.Network)
	cost, err := d.cost(ctx, g, n, was)
	if err != nil {
		return nil, err
	}
	if err := was.MayLaunch(g.now, cost.Amount); err != nil {
		return nil, err
	}
	r := &Ready{Exercise: was, Network: n, Key: "exercise-" + was.ID.String(), Fact: g.fact(), Valid: drillValid}
	r.Titles, r.Texts = drillTexts(n)
	r.Mark = func(tx *store.Tx, alert buurtbel.ID) error {
		e := *was
		e.State, e.Alert, e.LaunchedAt, e.LaunchedBy = buurtbel.ExerciseLaunched, alert, tx.Now(), actor.Person
		if err := tx.ChangeExercise(was, &e); err != nil {
			return err
		}
		if err := tx.Later(StepOne, e.ID, tx.Now()); err != nil {
			return err
		}
		return journal(tx, actor.Person, &e, "launched")
	}
	return r, nil
}

// Settings changes how a zone exercises.
func (d *Drills) Settings(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, perYear, silent int) error {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayConfigure, scope, d.db.Now()); err != nil {
		return err
	}
	return d.db.Write(ctx, scope, func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		x := z.Exercising()
		x.PerYear, x.Silent = perYear, silent
		if err := x.Valid(); err != nil {
			return err
		}
		z.Exercises = &x
		if err := tx.PutZone(z); err != nil {
			return err
		}
		if err := tx.Later(planZone, zone, tx.Now()); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "exercises: %d a year, signs of life after %d months", perYear, silent))
	})
}
