package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// sighting is one text at one SMSC.
type sighting struct {
	at     time.Time
	member int
	second bool
}

// How long a launch with a fault may take until everybody is final, and how long the first carrier may stay away after it.
const (
	overIn = 90 * time.Second
	backIn = 90 * time.Second
)

// trial launches to everybody, takes the first carrier away when it has a quarter of the texts, and brings it back.
func (b *bench) trial(ctx context.Context, name string, ill fault) (*verdict, error) {
	if err := b.start(ctx); err != nil {
		return nil, err
	}
	v, tag := &verdict{Case: name}, b.tag()
	before, err := b.first.Counts(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	l, err := rig.Launch(ctx, b.app.Desk, b.town.Zone, []buurtbel.ID{b.town.Networks[0].ID}, tag)
	if err != nil {
		return nil, err
	}
	err = poll(ctx, func() (bool, error) {
		now, err := b.first.Counts(ctx)
		return now.Taken-before.Taken >= int64(b.o.recipients/4), err
	})
	if err != nil {
		return nil, err
	}
	failed, heal := time.Now(), func() error { return nil }
	if ill != nil {
		if heal, err = ill(ctx, b.first, b.o.ill); err != nil {
			return nil, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, overIn)
	defer cancel()
	done, err := b.watch.Done(limited, l.Message)
	if err != nil {
		return nil, errors.Join(err, heal())
	}
	v.Took = rig.MS(done.Sub(began))
	if ill != nil {
		if err := b.back(ctx, v, failed, heal); err != nil {
			return nil, err
		}
	}
	if err := b.judge(ctx, v, tag, failed, done); err != nil {
		return nil, err
	}
	return v, errors.Join(b.halt(), b.first.Reset(ctx), b.second.Reset(ctx))
}

// back ends the fault, and alerts the small network until the first carrier takes a text of it.
func (b *bench) back(ctx context.Context, v *verdict, failed time.Time, heal func() error) error {
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), heal())
	case <-time.After(time.Until(failed.Add(b.o.ill))):
	}
	if err := heal(); err != nil {
		return err
	}
	healthy := time.Now()
	for time.Since(healthy) < backIn {
		tag := b.tag()
		l, err := rig.Launch(ctx, b.app.Desk, b.town.Zone, []buurtbel.ID{b.town.Networks[1].ID}, tag)
		if err != nil {
			return err
		}
		if _, err := b.watch.Done(ctx, l.Message); err != nil {
			return err
		}
		sum, err := b.first.Summary(ctx, tag)
		if err != nil {
			return err
		}
		if sum.Count > 0 {
			after := rig.MS(time.Unix(0, sum.First).Sub(healthy))
			v.Back = &after
			return nil
		}
	}
	return nil // it stays null: the first carrier never came back
}

// judge sets the store's last word beside what both SMSCs saw of a launch that was over at done.
func (b *bench) judge(ctx context.Context, v *verdict, tag string, failed, done time.Time) error {
	seen, err := b.sightings(ctx, tag)
	if err != nil {
		return err
	}
	v.gaps(seen, failed, done)
	times := make([]int, b.o.recipients)
	for _, s := range seen {
		times[s.member]++
		if s.second {
			v.Second++
		} else {
			v.First++
		}
	}
	deliveries, err := b.watch.Deliveries(ctx, tag)
	if err != nil {
		return err
	}
	stored := make([]rig.Delivery, b.o.recipients)
	for _, d := range deliveries {
		i, ok := b.member[d.Member]
		if !ok {
			return errors.New("the store has a recipient whom the bench does not know")
		}
		stored[i] = d
	}
	for i, d := range stored {
		v.count(d, times[i])
	}
	return nil
}

func (v *verdict) count(d rig.Delivery, times int) {
	named := d.Doubts > 0 || d.State == "uncertain"
	if named {
		v.Uncertain++
	}
	if d.ToldNot() {
		v.Failed++
	}
	switch {
	case times == 0 && !d.ToldNot() && d.State != "uncertain":
		v.Lost++
	case times > 1:
		v.Doubled++
		if !named {
			v.Unnamed++
		}
	}
	if d.ToldNot() != (times == 0) && d.State != "uncertain" {
		v.Wrong++
	}
}

// gaps finds the longest pause at both SMSCs together from the fault until the launch was over, and when the second was first used.
func (v *verdict) gaps(seen []sighting, failed, done time.Time) {
	last := failed
	for _, s := range seen {
		if s.at.After(failed) && s.at.Before(done) {
			v.Gap = max(v.Gap, rig.MS(s.at.Sub(last)))
			last = s.at
		}
		if s.second && v.Switch == nil {
			after := rig.MS(s.at.Sub(failed))
			v.Switch = &after
		}
	}
}

func (b *bench) sightings(ctx context.Context, tag string) ([]sighting, error) {
	var out []sighting
	for i, p := range []*outside.Process{b.first, b.second} {
		err := p.Log(ctx, tag, func(e outside.Entry) error {
			if e.Part == 1 {
				out = append(out, sighting{at: time.Unix(0, e.At), member: b.place[e.Number], second: i == 1})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b sighting) int { return a.at.Compare(b.at) })
	return out, nil
}
