package main

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
)

const knownOf = `select count(*) from alert where key = $1`

// unfinished tells whether an alert has work left: it is not stored yet, or something of it is open.
func (b *bench) unfinished(ctx context.Context, tag string) (bool, error) {
	known, err := b.watch.Count(ctx, knownOf, tag)
	if err != nil || known == 0 {
		return known == 0, err
	}
	return b.watch.Left(ctx, tag)
}

// patience is how long an alert may take to become final after all kills; with the guard taken out it never does.
const patience = 30 * time.Second

func (b *bench) finished(ctx context.Context, tag string) (time.Time, error) {
	limit := patience
	if b.o.voice {
		limit = patienceVoice
	}
	if b.o.control {
		limit = 2 * time.Second
	}
	end := time.Now().Add(limit)
	for {
		left, err := b.unfinished(ctx, tag)
		switch {
		case err != nil:
			return time.Time{}, err
		case !left, time.Now().After(end):
			return time.Now(), nil // what is still open then is counted as unfinished
		}
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// sightings counts what the sinks saw of an alert, by member: texts or pushes, and mails.
type sightings struct{ texts, mails map[int]int }

func (b *bench) sightings(ctx context.Context, tag string) (sightings, error) {
	s := sightings{map[int]int{}, map[int]int{}}
	if b.o.push {
		list, err := b.pushed()
		for _, p := range list {
			s.texts[p.Member]++
		}
		b.out.Pushes += len(list)
		return s, err
	}
	place := map[string]int{}
	for i := range b.o.recipients {
		place[rig.Number(i)], place[rig.Mailbox(i)] = i, i
	}
	err := b.world.Log(ctx, tag, func(e outside.Entry) error {
		if e.Part == 1 {
			s.texts[place[e.Number]]++
		}
		return nil
	})
	if err != nil || !b.o.fault {
		return s, err
	}
	// A mail that comes twice under one Message-ID is one mail to the reader, but it is counted as a double here.
	err = b.world.MailLog(ctx, tag, func(e outside.MailEntry) error {
		s.mails[place[e.To]]++
		return nil
	})
	return s, err
}

// compare sets the store's last word beside what the sinks saw.
func (b *bench) compare(ctx context.Context, p *point, unsettled int) error {
	if b.o.voice {
		return b.compareCalls(ctx, p, unsettled)
	}
	seen, err := b.sightings(ctx, p.tag)
	if err != nil {
		return err
	}
	verdicts, err := b.watch.Deliveries(ctx, p.tag)
	if err != nil {
		return err
	}
	texts, mails := map[int]rig.Delivery{}, map[int]rig.Delivery{}
	for _, d := range verdicts {
		i, ok := b.member[d.Member]
		if !ok {
			return fmt.Errorf("the store has a recipient whom the bench does not know")
		}
		if d.Channel == "email" {
			mails[i] = d
		} else {
			texts[i] = d
		}
	}
	doubled := b.judge(texts, seen.texts)
	if b.o.fault {
		doubled += b.judge(mails, seen.mails)
	}
	b.out.Doubled += doubled
	b.out.DoubledMost = max(b.out.DoubledMost, doubled)
	if doubled > unsettled && p.fault == "" {
		b.out.Beyond++
	}
	return nil
}

// judge compares delivery by delivery and gives how many members got it more than once.
func (b *bench) judge(store map[int]rig.Delivery, seen map[int]int) (doubled int) {
	for i := range b.o.recipients {
		d, n := store[i], seen[i]
		if !d.Final() {
			b.out.Unfinished++
		}
		if d.Doubts > 0 || d.State == "uncertain" {
			b.out.Uncertain++
		}
		switch {
		case n == 0 && d.State == "uncertain" && d.Doubts > 1:
			b.out.Unseen++
		case n == 0 && !d.ToldNot():
			b.out.Lost++
		}
		if b.contradicts(d, n) {
			b.out.Mislabelled++
		}
		if n > 1 {
			doubled++
			if d.Doubts == 0 {
				b.out.Unnamed++
			}
		}
	}
	return doubled
}

// contradicts tells whether a final state says what the sink knows to be false. Uncertain says nothing, so it contradicts nothing.
func (b *bench) contradicts(d rig.Delivery, seen int) bool {
	switch d.State {
	case "handed-over", "delivered", "heard":
		return seen == 0
	case "failed", "expired", "stopped", "not-needed":
		return seen > 0
	}
	return false
}
