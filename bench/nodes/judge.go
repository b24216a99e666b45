package main

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// judge sets the store's last word beside the SMSC's log. The gap is the longest silence after event; killed is when a node was killed, if one was.
func (b *bench) judge(ctx context.Context, tag string, event, killed time.Time) error {
	seen := map[int][]int64{} // when, by member
	var all []int64
	place := map[string]int{}
	for i := range b.o.recipients {
		place[rig.Number(i)] = i
	}
	err := b.world.Log(ctx, tag, func(e outside.Entry) error {
		if e.Part == 1 { // a text of two parts is one text
			seen[place[e.Number]] = append(seen[place[e.Number]], e.At)
		}
		all = append(all, e.At)
		b.out.Hands[strconv.Itoa(e.Conn)]++
		return nil
	})
	if err != nil {
		return err
	}
	store, err := b.watch.Deliveries(ctx, tag)
	if err != nil {
		return err
	}
	b.compare(store, seen)
	slices.Sort(all)
	b.out.Rate = max(b.out.Rate, busiest(all))
	gap := b.gap(all, event.UnixNano())
	b.out.Gaps = append(b.out.Gaps, gap)
	b.out.Gap = max(b.out.Gap, gap)
	if !killed.IsZero() {
		b.takenOver(store, seen, killed.UnixNano())
	}
	return nil
}

func (b *bench) compare(store []rig.Delivery, seen map[int][]int64) {
	known := map[int]rig.Delivery{}
	for _, d := range store {
		known[b.member[d.Member]] = d
	}
	for i := range b.o.recipients {
		d, n := known[i], len(seen[i])
		if !d.Final() {
			b.out.Unfinished++
		}
		if d.Doubts > 0 || d.State == "uncertain" {
			b.out.Uncertain++
		}
		if n == 0 && !d.ToldNot() {
			b.out.Lost++
		}
		if n > 1 {
			b.out.Doubled++
			if d.Doubts == 0 {
				b.out.Unnamed++
			}
		}
	}
}

// gap is the longest silence that ends after the event; with Patroni it is the one from the promotion on.
func (b *bench) gap(all []int64, event int64) float64 {
	longest := int64(0)
	last := event
	for _, at := range all {
		if at <= event {
			continue
		}
		longest = max(longest, at-last)
		last = at
		if b.o.what == "patroni" {
			break
		}
	}
	return rig.MS(time.Duration(longest))
}

// busiest is the most texts in any second.
func busiest(all []int64) int {
	most, from := 0, 0
	for i, at := range all {
		for at-all[from] >= int64(time.Second) {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// takenOver notes when the first text came to somebody whose attempt the killed node had begun.
func (b *bench) takenOver(store []rig.Delivery, seen map[int][]int64, killed int64) {
	first := int64(0)
	for _, d := range store {
		times := seen[b.member[d.Member]]
		if d.Doubts == 0 || len(times) == 0 {
			continue
		}
		if last := slices.Max(times); last > killed+int64(500*time.Millisecond) && (first == 0 || last < first) { // what was on its way arrives at once
			first = last
		}
	}
	if first > 0 { // else it held nothing
		b.out.TakenOver = append(b.out.TakenOver, rig.MS(time.Duration(first-killed)))
	}
}
