package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestNext(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	hour, days := now.Add(time.Hour), now.Add(100*time.Hour)
	call := buurtbel.Tries{Channel: buurtbel.Voice, Number: 1, Class: buurtbel.ClassAlert, Expires: hour}
	first := buurtbel.Tries{Number: 1, Class: buurtbel.ClassAlert, Expires: hour}
	with := func(t buurtbel.Tries, change func(*buurtbel.Tries)) buurtbel.Tries {
		change(&t)
		return t
	}
	long := with(first, func(t *buurtbel.Tries) { t.Expires = days })
	over := with(first, func(t *buurtbel.Tries) { t.Expires = now })
	doubted := with(first, func(t *buurtbel.Tries) { t.Number, t.Uncertain = 2, 1 })
	failed := func(r buurtbel.Reason) buurtbel.Outcome { return buurtbel.Outcome{State: buurtbel.Failed, Reason: r} }
	later := func(r buurtbel.Reason, after time.Duration) buurtbel.Outcome {
		return buurtbel.Outcome{State: buurtbel.Failed, Reason: r, Temporary: true, After: after}
	}
	rang := func(r buurtbel.Reason) buurtbel.Outcome { return buurtbel.Outcome{State: buurtbel.Rang, Reason: r} }
	again := func(r buurtbel.Reason, pause time.Duration) buurtbel.Move {
		return buurtbel.Move{State: buurtbel.Queued, Reason: r, Open: true, Due: now.Add(pause), FallBack: true}
	}
	queued := func(r buurtbel.Reason, pause time.Duration) buurtbel.Move {
		return buurtbel.Move{State: buurtbel.Queued, Reason: r, Open: true, Due: now.Add(pause)}
	}
	for name, c := range map[string]struct {
		o    buurtbel.Outcome
		t    buurtbel.Tries
		want buurtbel.Move
	}{
		"handed over, no receipt":      {buurtbel.Outcome{State: buurtbel.HandedOver}, first, buurtbel.Move{State: buurtbel.HandedOver}},
		"handed over, a receipt comes": {buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true}, first, buurtbel.Move{State: buurtbel.HandedOver, Open: true, Due: hour}},
		"waits two days at most":       {buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true}, long, buurtbel.Move{State: buurtbel.HandedOver, Open: true, Due: now.Add(buurtbel.ReceiptWait)}},
		"handed over when it is over":  {buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: true}, over, buurtbel.Move{State: buurtbel.HandedOver}},
		"delivered":                    {buurtbel.Outcome{State: buurtbel.Delivered}, first, buurtbel.Move{State: buurtbel.Delivered}},
		"heard":                        {buurtbel.Outcome{State: buurtbel.Heard}, first, buurtbel.Move{State: buurtbel.Heard}},
		"uncertain: once more":         {buurtbel.Outcome{State: buurtbel.Uncertain}, first, queued("", 0)},
		"uncertain twice: later":       {buurtbel.Outcome{State: buurtbel.Uncertain}, doubted, queued("", 2*time.Second)},
		"uncertain too often: left":    {buurtbel.Outcome{State: buurtbel.Uncertain}, with(doubted, func(t *buurtbel.Tries) { t.Uncertain = buurtbel.MostDoubts }), buurtbel.Move{State: buurtbel.Uncertain}},
		"uncertain when it is over":    {buurtbel.Outcome{State: buurtbel.Uncertain}, over, buurtbel.Move{State: buurtbel.Uncertain}},
		"rejected":                     {failed(buurtbel.Rejected), first, buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.Rejected, FallBack: true}},
		"no such number":               {failed(buurtbel.InvalidAddress), first, buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress, FallBack: true, Dead: true}},
		"opted out is not dead":        {failed(buurtbel.OptedOut), first, buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.OptedOut, FallBack: true}},
		"throttled":                    {failed(buurtbel.Throttled), first, queued(buurtbel.Throttled, time.Second)},
		"throttled with a wish":        {later(buurtbel.Throttled, 7*time.Second), first, queued(buurtbel.Throttled, 7*time.Second)},
		"throttled past the end":       {later(buurtbel.Throttled, time.Hour), first, buurtbel.Move{State: buurtbel.Expired, Reason: buurtbel.Throttled, FallBack: true}},
		"unreachable for now":          {later(buurtbel.Unreachable, 0), first, queued(buurtbel.Unreachable, time.Second)},
		"unreachable, third try":       {later(buurtbel.Unreachable, 0), with(first, func(t *buurtbel.Tries) { t.Number = 3 }), queued(buurtbel.Unreachable, 5*time.Second)},
		"unreachable, 99th try":        {later(buurtbel.Unreachable, 0), with(first, func(t *buurtbel.Tries) { t.Number = 99 }), queued(buurtbel.Unreachable, 30*time.Second)},
		"a bulletin has time":          {later(buurtbel.Unreachable, 0), with(first, func(t *buurtbel.Tries) { t.Class = buurtbel.ClassBulletin }), queued(buurtbel.Unreachable, 30*time.Second)},
		"an answer hurries":            {later(buurtbel.Unreachable, 0), with(first, func(t *buurtbel.Tries) { t.Class = buurtbel.ClassAnswer }), queued(buurtbel.Unreachable, time.Second)},
		"temporary, over":              {later(buurtbel.Unreachable, 0), over, buurtbel.Move{State: buurtbel.Expired, Reason: buurtbel.Unreachable, FallBack: true}},
		"temporary, over, was doubted": {later(buurtbel.Unreachable, time.Hour), doubted, buurtbel.Move{State: buurtbel.Uncertain, Reason: buurtbel.Unreachable}},
		"a call rang: the next number": {rang(buurtbel.NoAnswer), call, again(buurtbel.NoAnswer, time.Minute)},
		"rang again":                   {rang(buurtbel.LineBusy), with(call, func(t *buurtbel.Tries) { t.Number = 2 }), again(buurtbel.LineBusy, 3*time.Minute)},
		"rang often enough":            {rang(buurtbel.LineBusy), with(call, func(t *buurtbel.Tries) { t.Number = buurtbel.MostCalls }), buurtbel.Move{State: buurtbel.Rang, Reason: buurtbel.LineBusy, FallBack: true}},
		"rang, it is over":             {rang(buurtbel.NoAnswer), with(call, func(t *buurtbel.Tries) { t.Expires = now.Add(time.Minute) }), buurtbel.Move{State: buurtbel.Rang, Reason: buurtbel.NoAnswer, FallBack: true}},
		"hung up before the end":       {buurtbel.Outcome{State: buurtbel.HandedOver}, call, again("", time.Minute)},
		"spoken to the end, no key":    {buurtbel.Outcome{State: buurtbel.Delivered}, call, buurtbel.Move{State: buurtbel.Delivered, FallBack: true}},
		"key 1":                        {buurtbel.Outcome{State: buurtbel.Heard}, call, buurtbel.Move{State: buurtbel.Heard}},
		"did not even ring":            {later(buurtbel.Unreachable, 0), call, again(buurtbel.Unreachable, 5*time.Second)},
		"did not ring six times":       {later(buurtbel.Unreachable, 0), with(call, func(t *buurtbel.Tries) { t.Number = 6 }), buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.Unreachable, FallBack: true}},
		"all lines taken":              {later(buurtbel.Throttled, 0), call, queued(buurtbel.Throttled, time.Second)},
		"no such number to call":       {failed(buurtbel.InvalidAddress), call, buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress, FallBack: true, Dead: true}},
		"a call cut off by a crash":    {buurtbel.Outcome{State: buurtbel.Uncertain}, call, queued("", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, buurtbel.Next(c.o, c.t, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNextProperty(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		o := buurtbel.Outcome{State: rapid.SampledFrom([]buurtbel.DeliveryState{buurtbel.HandedOver, buurtbel.Delivered, buurtbel.Failed, buurtbel.Failed, buurtbel.Uncertain, buurtbel.Heard, buurtbel.Rang}).Draw(t, "state"),
			Reason: rapid.SampledFrom(buurtbel.Reasons).Draw(t, "reason"), Temporary: rapid.Bool().Draw(t, "temporary"), Receipt: rapid.Bool().Draw(t, "receipt"),
			After: time.Duration(rapid.Int64Range(-int64(time.Hour), int64(90*time.Hour)).Draw(t, "after"))}
		tries := buurtbel.Tries{Channel: rapid.SampledFrom(every).Draw(t, "channel"), Number: rapid.IntRange(0, 50).Draw(t, "number"), Uncertain: rapid.IntRange(0, buurtbel.MostDoubts+1).Draw(t, "uncertain"), Class: buurtbel.Class(rapid.IntRange(0, 6).Draw(t, "class")),
			Expires: now.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(96*time.Hour)).Draw(t, "expires")))}
		m := buurtbel.Next(o, tries, now)
		checkMove(t, m, o, tries, now)
	})
}

func checkMove(t *rapid.T, m buurtbel.Move, o buurtbel.Outcome, tries buurtbel.Tries, now time.Time) {
	throttled := o.State == buurtbel.Failed && o.Reason == buurtbel.Throttled
	switch {
	case m.Open && (m.Due.After(tries.Expires) || m.Due.Before(now)):
		t.Fatalf("open and due %s, expires %s, now %s", m.Due, tries.Expires, now)
	case m.Open != (m.State == buurtbel.Queued || m.State == buurtbel.HandedOver && m.Open):
		t.Fatalf("%s and open %t", m.State, m.Open)
	case m.State == buurtbel.Sending || m.State == buurtbel.Stopped || m.State == buurtbel.NotNeeded || !slices.Contains(buurtbel.DeliveryStates, m.State):
		t.Fatalf("an attempt ended as %s", m.State)
	case m.Dead != (o.State == buurtbel.Failed && o.Reason == buurtbel.InvalidAddress && !o.Temporary):
		t.Fatalf("dead %t after %s, temporary %t", m.Dead, o.Reason, o.Temporary)
	case tries.Channel != buurtbel.Voice && m.FallBack && (m.Open || m.State.Reached()):
		t.Fatalf("the next contact point is tried although this one is %s, open %t", m.State, m.Open)
	case o.State == buurtbel.Uncertain && tries.Uncertain >= buurtbel.MostDoubts && m.Open:
		t.Fatal("once more after too many doubts")
	case throttled && m.State == buurtbel.Failed:
		t.Fatal("throttling lost the delivery")
	case throttled && !m.Open && now.Add(max(o.After, time.Second)).Before(tries.Expires):
		t.Fatal("throttling lost the delivery while there was time")
	case (o.State == buurtbel.Delivered || o.State == buurtbel.Heard) && (m.State != o.State || m.Open):
		t.Fatalf("%s became %s", o.State, m.State)
	}
}

func TestOnReceipt(t *testing.T) {
	failed := buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable}
	lost := buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.Unreachable, FallBack: true}
	delivered := buurtbel.Move{State: buurtbel.Delivered}
	table := map[buurtbel.DeliveryState]struct{ delivered, failed *buurtbel.Move }{
		buurtbel.Queued:     {&delivered, nil},
		buurtbel.Sending:    {&delivered, nil},
		buurtbel.Uncertain:  {&delivered, &lost},
		buurtbel.Rang:       {&delivered, nil},
		buurtbel.HandedOver: {&delivered, &lost},
		buurtbel.Delivered:  {nil, nil},
		buurtbel.Heard:      {nil, nil},
		buurtbel.Failed:     {&delivered, nil},
		buurtbel.Expired:    {&delivered, nil},
		buurtbel.Stopped:    {&delivered, nil},
		buurtbel.NotNeeded:  {&delivered, nil},
	}
	check := func(s buurtbel.DeliveryState, o buurtbel.Outcome, want *buurtbel.Move) {
		m, ok := buurtbel.OnReceipt(s, o)
		if ok != (want != nil) || ok && m != *want || !ok && m != (buurtbel.Move{}) {
			t.Errorf("%s, receipt %s: %+v %t, want %+v", s, o.State, m, ok, want)
		}
	}
	for _, s := range buurtbel.DeliveryStates {
		row, ok := table[s]
		if !ok {
			t.Fatalf("%s is not in the table", s)
		}
		check(s, buurtbel.Outcome{State: buurtbel.Delivered}, row.delivered)
		check(s, failed, row.failed)
		check(s, buurtbel.Outcome{State: buurtbel.HandedOver}, nil)
		check(s, buurtbel.Outcome{State: buurtbel.Uncertain}, nil)
	}
	if m, ok := buurtbel.OnReceipt(buurtbel.HandedOver, buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.InvalidAddress}); !ok || !m.Dead {
		t.Errorf("a number that does not exist: %+v", m)
	}
}

// What is known better is never overwritten: however receipts come, in whatever order and however often, the best stays.
func TestReceiptsOnlyImprove(t *testing.T) {
	known := map[buurtbel.DeliveryState]int{buurtbel.Failed: 1, buurtbel.Expired: 1, buurtbel.Stopped: 1, buurtbel.NotNeeded: 1, buurtbel.Queued: 1, buurtbel.Sending: 1,
		buurtbel.Uncertain: 1, buurtbel.Rang: 1, buurtbel.HandedOver: 1, buurtbel.Delivered: 2, buurtbel.Heard: 3}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(buurtbel.DeliveryStates).Draw(t, "state")
		for _, o := range rapid.SliceOfN(rapid.SampledFrom([]buurtbel.DeliveryState{buurtbel.Delivered, buurtbel.Failed, buurtbel.HandedOver}), 1, 6).Draw(t, "receipts") {
			m, ok := buurtbel.OnReceipt(s, buurtbel.Outcome{State: o, Reason: buurtbel.Other})
			if !ok {
				continue
			}
			if known[m.State] < known[s] {
				t.Fatalf("%s became %s", s, m.State)
			}
			if m.State == s {
				t.Fatalf("%s again: repetition changes something", s)
			}
			if m.Open {
				t.Fatalf("a receipt opened a delivery that was %s", s)
			}
			s = m.State
		}
	})
}

func TestClassOfKinds(t *testing.T) {
	order := [][]buurtbel.MessageKind{
		{buurtbel.KindLaunch, buurtbel.KindUpdate, buurtbel.KindAllClear}, {buurtbel.KindCorrection, buurtbel.KindFeedback}, {buurtbel.KindCode},
		{buurtbel.KindAnswer, buurtbel.KindReport}, {buurtbel.KindBulletin, "anything else"},
	}
	for class, list := range order {
		for _, k := range list {
			if k.Class() != buurtbel.Class(class) {
				t.Errorf("%s is of class %d, want %d", k, k.Class(), class)
			}
		}
	}
}
