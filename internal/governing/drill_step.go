package governing

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// step does with one exercise what is due, as the root's Next decides.
func (d *Drills) step(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	scope := buurtbel.Scope{Zone: t.Zone}
	var e *buurtbel.Exercise
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		e, err = tx.Exercise(t.Subject)
		return err
	})
	if err != nil {
		return err
	}
	g, err := d.ground(ctx, t.Zone)
	if err != nil {
		return err
	}
	step, next := e.Next(g.now)
	do := map[buurtbel.ExerciseStep]func(context.Context, *ground, *buurtbel.Exercise) (*change, error){buurtbel.StepRemind: d.remind, buurtbel.StepMoveOn: d.moveOn,
		buurtbel.StepAnnounce: d.announce, buurtbel.StepMiss: d.miss, buurtbel.StepCount: d.count}[step]
	if do == nil {
		return d.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, next) })
	}
	c, err := do(ctx, g, e)
	if err != nil {
		return fmt.Errorf("exercise, %s: %w", step, err)
	}
	_, again := c.to.Next(g.now)
	err = d.db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, again); err != nil {
			return err
		}
		if err := tx.ChangeExercise(e, c.to); err != nil {
			return err
		}
		if err := journal(tx, 0, c.to, c.word); err != nil || c.also == nil {
			return err
		}
		return c.also(tx)
	})
	if buurtbel.KeyOf(err) == "error.exercise.moved" { // somebody changed it meanwhile: look again
		return d.db.Write(ctx, scope, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now()) })
	}
	return err
}

// change is what a step makes of an exercise, in one transaction.
type change struct {
	to   *buurtbel.Exercise
	word string // for the journal
	also func(*store.Tx) error
}

// remind mails coordinator and deputy, once, that a proposal waits.
func (d *Drills) remind(ctx context.Context, g *ground, was *buurtbel.Exercise) (*change, error) {
	e := *was
	e.RemindedAt = g.now
	network := g.network(e.Network).Name
	letters, err := d.toCoordinators(ctx, g, e.Network, func(lang buurtbel.Language) locale.Letter {
		args := buurtbel.Args{"Network": network, "Date": locale.Date(lang, e.Day.At(12, 0, g.loc), g.loc)}
		return locale.NoteLetter(lang, locale.Text(lang, "message.drill.remind-subject", args), locale.Text(lang, "message.drill.remind", args), locale.Text(lang, "message.drill.remind-button", nil), d.o.Link+"/exercises")
	})
	if err != nil {
		return nil, err
	}
	return &change{&e, "coordinator reminded", letters.Post}, nil
}

// toCoordinators makes a mail to coordinator and deputy of a network, each in the own language.
func (d *Drills) toCoordinators(ctx context.Context, g *ground, network buurtbel.ID, letter func(buurtbel.Language) locale.Letter) (*store.Letters, error) {
	var people []store.Reachable
	err := d.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) (err error) {
		people, err = tx.ReachableHolders(network, buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who coordinates: %w", err)
	}
	letters := d.db.Letters(g.zone, buurtbel.KindReport, buurtbel.Soon, g.now.Add(48*time.Hour))
	for _, p := range people {
		letters.To(p, letter(p.Member.Language).Wording(p.Member.Language), buurtbel.Email)
	}
	return letters, nil
}

// moveOn gives an exercise a later day, because it cannot be announced in time any more. Who agreed is asked again.
func (d *Drills) moveOn(ctx context.Context, g *ground, was *buurtbel.Exercise) (*change, error) {
	e := *was
	p, err := d.past(ctx, g)
	if err != nil {
		return nil, err
	}
	day, ok := g.x.Again(g.today(), p.days(e.Network, e.ID, g.loc), g.calendar)
	if !ok || g.x.PerYear == 0 {
		e.State, e.EndedAt = buurtbel.ExerciseSkipped, g.now
		return &change{to: &e, word: "taken back, no day is left"}, nil
	}
	e.State, e.Day, e.Since, e.RemindedAt = buurtbel.ExerciseProposed, day, g.now, time.Time{}
	e.Agreed, e.AgreedBy, e.AgreedAt = 0, 0, time.Time{}
	if e.Cost, err = d.cost(ctx, g, g.network(e.Network), &e); err != nil {
		return nil, err
	}
	return &change{to: &e, word: "moved on, too late to tell the members"}, nil
}

// announce tells the members of an agreed exercise, unless its cost grew past what was agreed: then the coordinator is asked again.
func (d *Drills) announce(ctx context.Context, g *ground, was *buurtbel.Exercise) (*change, error) {
	e, n := *was, g.network(was.Network)
	var err error
	if e.Cost, err = d.cost(ctx, g, n, &e); err != nil {
		return nil, err
	}
	if !e.CostHolds(e.Cost.Amount) {
		e.State, e.Since, e.RemindedAt = buurtbel.ExerciseProposed, g.now, time.Time{}
		e.Agreed, e.AgreedBy, e.AgreedAt = 0, 0, time.Time{}
		return &change{to: &e, word: "cost grew by more than a fifth, to be agreed again"}, nil
	}
	m := &buurtbel.Message{ID: d.db.NewID(), Zone: g.zone.ID, Kind: buurtbel.KindNotice, Class: buurtbel.KindNotice.Class(), Urgency: buurtbel.Soon, Exercise: true,
		State: buurtbel.MessageRunning, Sender: g.zone.Name, Texts: []buurtbel.Wording{d.announcement(g, n, &e)}, Expires: e.Day.At(0, 0, g.loc)}
	e.State, e.AnnouncedAt, e.Message = buurtbel.ExerciseAnnounced, g.now, m.ID
	return &change{&e, "announced", func(tx *store.Tx) error {
		audience, err := tx.MembersOf([]buurtbel.ID{e.Network})
		if err != nil {
			return err
		}
		m.Audience = len(audience)
		if err := tx.InsertMessage(m, audience); err != nil {
			return err
		}
		return tx.Append(g.zone.ID, buurtbel.EntryMessage, 0, []byte("exercise announced "+m.ID.String()))
	}}, nil
}

// miss ends an exercise that nobody launched, and proposes it again on a later day.
func (d *Drills) miss(ctx context.Context, g *ground, was *buurtbel.Exercise) (*change, error) {
	e := *was
	e.State, e.EndedAt = buurtbel.ExerciseMissed, g.now
	c := &change{to: &e, word: "missed"}
	p, err := d.past(ctx, g)
	if err != nil {
		return nil, err
	}
	day, ok := g.x.Again(g.today(), p.days(e.Network, e.ID, g.loc), g.calendar)
	if !ok || g.x.PerYear == 0 {
		return c, nil
	}
	again := &buurtbel.Exercise{ID: d.db.NewID(), Network: e.Network, State: buurtbel.ExerciseProposed, Day: day, Morning: e.Morning, Since: g.now, Follows: e.ID}
	if again.Cost, err = d.cost(ctx, g, g.network(e.Network), again); err != nil {
		return nil, err
	}
	c.also = func(tx *store.Tx) error { return proposed(tx, again, "proposed again after a missed day") }
	return c, nil
}

// count counts whom an exercise reached. One that a second person refused was not held.
func (d *Drills) count(ctx context.Context, g *ground, was *buurtbel.Exercise) (*change, error) {
	e := *was
	refused := false
	err := d.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) (err error) {
		e.Reach, refused, err = reachOf(tx, e.Alert)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count reach: %w", err)
	}
	if refused {
		return d.miss(ctx, g, was)
	}
	e.State, e.EndedAt = buurtbel.ExerciseHeld, g.now
	return &change{to: &e, word: fmt.Sprintf("held, %d people, %d arrived, %d confirmed", e.Reach.People, e.Reach.Arrived, e.Reach.Heard)}, nil
}

func reachOf(tx *store.Tx, alert buurtbel.ID) (r buurtbel.ExerciseReach, refused bool, err error) {
	a, err := tx.Alert(alert)
	if err != nil {
		return r, false, err
	}
	if a.State == buurtbel.AlertRefused || a.State == buurtbel.AlertWaiting {
		return r, true, nil
	}
	messages, err := tx.MessagesOf(alert)
	if err != nil || len(messages) == 0 {
		return r, false, err
	}
	err = tx.EachArrival(messages[0].ID, func(_, _ buurtbel.ID, at time.Time) {
		r.People++
		if !at.IsZero() {
			r.Arrived++
		}
	})
	if err != nil {
		return r, false, err
	}
	tally, err := tx.Tally(messages[0].ID)
	if err == nil {
		r.Heard = tally.Members[buurtbel.Heard]
	}
	return r, false, err
}
