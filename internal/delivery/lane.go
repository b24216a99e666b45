package delivery

import (
	"context"
	"maps"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// lane is one carrier at work: a pump that claims and sends, and a recorder that commits outcomes.
type lane struct {
	Lane
	d         *Dispatcher
	unsettled atomic.Int64
	results   chan result
	nudged    chan struct{}             // something may be due, or room came free
	paused    atomic.Pointer[time.Time] // until when the carrier asked for rest; it keeps its monotonic reading: a clock put back lengthens no rest
	board     *board                    // as idle knows it
	idle      map[buurtbel.ID]time.Time
	sick      map[buurtbel.ID]time.Time // messages that could not be served, and when they are tried again: no nudge makes that sooner
	orphaned  time.Time                 // when a claim last ended in an error: it may have been committed all the same; zero: none since the last look
	calls     calls                     // of a lane for voice: those under way
	health    breaker
	answers   answers
	held      held                 // what urgent messages have under way
	turn      buurtbel.ID          // the message that was served last within its class
	served    map[buurtbel.ID]bool // urgent messages of which a batch was sent
}

type result struct {
	store.Settled
	message, zone, alert buurtbel.ID
	class                buurtbel.Class
	tries                buurtbel.Tries
	optOut               bool          // the member wants no more calls to this number
	follows              buurtbel.Move // decided already, when decided is set: the call was taken back
	decided              bool
}

// lastResort is added to the order of a carrier that shows a number of its own: members would not know it.
const lastResort = 1000

func newLane(d *Dispatcher, l Lane) *lane {
	if l.Own {
		l.Order += lastResort
	}
	out := &lane{Lane: l, d: d, results: make(chan result, d.limits.Unsettled), nudged: make(chan struct{}, 1), idle: map[buurtbel.ID]time.Time{}, sick: map[buurtbel.ID]time.Time{}, served: map[buurtbel.ID]bool{}}
	out.answers.mail = l.Channel == buurtbel.Email
	return out
}

func (l *lane) nudge() {
	select {
	case l.nudged <- struct{}{}:
	default:
	}
}

// pump claims and sends until ctx is done. When it ends nothing new is begun; the recorder ends after the last outcome.
func (l *lane) pump(ctx context.Context) {
	defer l.drain()
	for ctx.Err() == nil {
		wait, err := l.round(ctx)
		if err != nil {
			l.d.complain(ctx, "claim deliveries", err)
			wait = time.Second
		}
		if wait > 0 {
			l.rest(ctx, wait)
		}
	}
}

// drain waits for the outcomes of what was begun, then ends the recorder. Senders settle everything by their own time-outs.
func (l *lane) drain() {
	for l.unsettled.Load() > 0 {
		select {
		case <-l.nudged:
		case <-time.After(10 * time.Millisecond):
		}
	}
	close(l.results)
}

func (l *lane) rest(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-l.nudged:
		clear(l.idle)
	}
}

// slow is the safety net: how long a lane sleeps when nobody wakes it.
const slow = 5 * time.Second

// hush is how soon bulk work looks whether an alert's launch is over.
const hush = 5 * time.Millisecond

// firstBatch is how many deliveries of an alert are claimed first: the sooner the first of them goes.
const firstBatch = 50

// round claims one batch and sends it. It gives how long there is nothing to do.
func (l *lane) round(ctx context.Context) (time.Duration, error) {
	now := l.d.db.Now()
	if until := l.paused.Load(); until != nil && until.After(now) {
		return until.Sub(now), nil
	}
	if !l.Sender.Up() || l.d.another(l, now) {
		return standBy, nil
	}
	room := l.room()
	if room <= 0 {
		return slow, nil // an outcome will nudge
	}
	if b := l.d.running.Load(); b != l.board { // work became due since the lane last looked, also when it never rested
		l.board = b
		clear(l.idle)
		maps.DeleteFunc(l.served, func(id buurtbel.ID, _ bool) bool { _, ok := b.byID[id]; return !ok })
	}
	if wait, err := l.adopt(ctx, now); err != nil || wait > 0 {
		return wait, err
	}
	next := slow
	for _, m := range l.order(now) {
		if rankOf(m.Class) == store.Bulk && l.d.db.Hurried() != nil {
			next = min(next, hush) // whatever nudges
			continue
		}
		if wait := max(l.idle[m.ID].Sub(now), l.sick[m.ID].Sub(now)); wait > 0 {
			next = min(next, wait)
			continue
		}
		delete(l.sick, m.ID)
		n, err := l.serve(ctx, m, room)
		if err != nil { // one message that cannot be served must not hold back the others
			l.d.complain(ctx, "claim deliveries of message "+m.ID.String(), err)
			l.sick[m.ID] = now.Add(time.Second)
			return 0, nil
		}
		if n > 0 {
			l.turn = m.ID
			return 0, nil
		}
		if err := l.sleepUntilDue(ctx, m, now); err != nil {
			return 0, err
		}
		if until, ok := l.idle[m.ID]; ok {
			next = min(next, max(until.Sub(now), time.Millisecond))
		}
	}
	return next, nil
}

// order lists running messages by class; within the class of the last one served, the ones after it come first: fair in turn.
func (l *lane) order(now time.Time) []store.RunningMessage {
	list := l.d.running.Load().list
	out := make([]store.RunningMessage, 0, len(list))
	for start := 0; start < len(list); {
		end := start
		for end < len(list) && list[end].Class == list[start].Class {
			end++
		}
		group := list[start:end]
		cut := 0
		for i := range group {
			if group[i].ID == l.turn {
				cut = i + 1
			}
		}
		for i := range group {
			if m := group[(cut+i)%len(group)]; m.Expires.After(now) {
				out = append(out, m)
			}
		}
		start = end
	}
	return out
}

func (l *lane) sleepUntilDue(ctx context.Context, m store.RunningMessage, now time.Time) error {
	var due time.Time
	err := l.d.db.Read(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
		due, err = tx.NextDue(m.ID, l.Channel)
		return err
	})
	if err != nil {
		return err
	}
	if due.IsZero() {
		due = now.Add(slow)
	}
	l.idle[m.ID] = due
	return nil
}

func rankOf(c buurtbel.Class) store.Rank {
	switch {
	case c <= buurtbel.ClassCorrection:
		return store.Urgent
	case c <= buurtbel.ClassAnswer:
		return store.Steady
	}
	return store.Bulk
}

// serve claims and sends one batch of one message; it gives how many were begun.
func (l *lane) serve(ctx context.Context, m store.RunningMessage, room int) (int, error) {
	rank := rankOf(m.Class)
	switch {
	case rank == store.Bulk:
		room = min(room, 100) // short turns: an alert waits behind one of them
	case rank == store.Urgent && !l.served[m.ID]:
		room = min(room, firstBatch)
	}
	// What the carrier has is waited for when the program ends, or it would be uncertain and go twice; what it has not goes back. A claim is
	// not cut off either: whether it was committed would not be known.
	begun := context.WithoutCancel(ctx)
	var work []store.Work
	err := l.d.db.WriteRank(begun, rank, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
		if l.Channel == buurtbel.Voice {
			work, err = tx.ClaimCalls(m.ID, m.Kind, l.Carrier, room)
		} else {
			work, err = tx.Claim(m.ID, m.Kind, l.Channel, l.Carrier, room)
		}
		return err
	})
	if err != nil {
		l.orphaned = l.d.db.Now()
		return 0, err
	}
	if len(work) == 0 {
		return 0, nil
	}
	l.health.tried(len(work), l.d.db.Now())
	if n := l.unsettled.Add(int64(len(work))); n > int64(l.d.limits.Unsettled) {
		l.d.log.Error("more unsettled attempts than allowed", "carrier", l.Carrier, "unsettled", n)
		l.d.metrics.errors.Inc()
	}
	l.d.metrics.unsettled.WithLabelValues(l.Carrier).Set(float64(l.unsettled.Load()))
	running, texts, err := l.ready(ctx, m)
	withdrawn := buurtbel.Move{State: buurtbel.Stopped}
	if err != nil {
		withdrawn = buurtbel.Move{State: buurtbel.Queued, Open: true, Due: l.d.db.Now().Add(time.Second)}
	}
	for i := range work {
		r := l.begun(m, &work[i])
		switch wanted := running && l.d.isRunning(m.ID); {
		case wanted && (ctx.Err() != nil || l.leaves()):
			l.giveBack(r)
		case wanted:
			l.send(begun, m, &work[i], r, texts)
		default:
			r.Withdrawn, r.Move = true, withdrawn
			l.results <- r
		}
	}
	if rank == store.Urgent && !l.served[m.ID] {
		l.served[m.ID] = true
		l.d.db.Calm()
	}
	return len(work), err
}

// ready reads a message anew after its deliveries were claimed: either a stop saw the begun attempts, or this sees the stop. When it
// cannot be read nothing of it is sent yet.
func (l *lane) ready(ctx context.Context, m store.RunningMessage) (running bool, texts map[wordingKey]*channel.Content, err error) {
	err = l.d.db.Read(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
		running, err = tx.Running(m.ID)
		return err
	})
	if err != nil || !running {
		return false, nil, err
	}
	texts, err = l.d.texts.of(ctx, m)
	return err == nil, texts, err
}

// begun is the result to be of an attempt.
func (l *lane) begun(m store.RunningMessage, w *store.Work) result {
	r := result{message: m.ID, zone: m.Zone, alert: m.Alert, class: m.Class,
		tries: buurtbel.Tries{Channel: l.Channel, Number: w.Number, Uncertain: w.Doubts, Class: m.Class, Expires: m.Expires}}
	r.Settled = store.Settled{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: l.Channel, Number: w.Number, Rank: w.Rank, More: w.More, Calls: w.Calls, Carrier: l.Carrier}
	return r
}

func (l *lane) send(ctx context.Context, m store.RunningMessage, w *store.Work, r result, texts map[wordingKey]*channel.Content) {
	content := texts[wordingKey{l.Channel, w.Wording}]
	if content == nil {
		r.Outcome = buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Other}
		r.Code = "no text for this regime"
		l.results <- r
		return
	}
	msg := &channel.Message{Delivery: w.Delivery, Attempt: w.Delivery, To: w.To, Slow: w.Slow, Expires: m.Expires, Content: content}
	if l.d.link != nil {
		msg.Link = l.d.link(w.Delivery)
	}
	if l.Channel == buurtbel.Email && l.d.boxes != nil {
		msg.ReplyTo, msg.Bounces = l.d.boxes(w.Delivery)
	}
	if l.Channel == buurtbel.Email && l.d.stop != nil && m.Kind.Stoppable() {
		msg.Stop = l.d.stop(w.Contact)
	}
	if l.Channel != buurtbel.Voice {
		l.hand(ctx, msg, r)
		return
	}
	call := l.calls.begin(ctx, w.Delivery)
	l.Sender.Send(call, msg, func(res channel.Result) {
		l.calls.over(w.Delivery)
		r.optOut = res.OptOut
		r.follows, r.decided = takenBack(call, buurtbel.Outcome{State: res.State})
		l.settle(r, res)
	})
}

func (l *lane) settle(r result, res channel.Result) {
	r.Refs, r.Parts = res.Refs, res.Parts
	switch f := res.Failure; {
	case f == nil && res.State != "":
		r.Outcome = buurtbel.Outcome{State: res.State, Reason: res.Reason}
		r.Parts = minutes(res.Seconds)
	case f == nil:
		r.Outcome = buurtbel.Outcome{State: buurtbel.HandedOver, Receipt: l.Receipts && len(res.Refs) > 0}
		r.Parts = max(1, r.Parts)
	case f.Uncertain:
		r.Outcome, r.Code = buurtbel.Outcome{State: buurtbel.Uncertain, Reason: f.Reason}, f.Code
	default:
		r.Outcome, r.Code = buurtbel.Outcome{State: buurtbel.Failed, Reason: f.Reason, Temporary: f.Temporary, After: f.After}, f.Code
		if f.Reason == buurtbel.Throttled {
			l.pause(f.After)
		}
	}
	now := l.d.db.Now()
	l.health.saw(r.Outcome, now)
	if r.Outcome.Receipt {
		l.health.handedOver(1, now)
	}
	l.results <- r
}

// adopt gives back what was begun by a claim whose commit was not confirmed, as when the connection broke at that moment. Nobody sends it
// and this process lives, so nobody else would take it over. It looks a little later, when every attempt that the lane knows is settled:
// what is still begun then was never sent. It gives how long to wait for that.
func (l *lane) adopt(ctx context.Context, now time.Time) (time.Duration, error) {
	switch {
	case l.orphaned.IsZero(), now.Sub(l.orphaned).Abs() < slow:
		return 0, nil
	case l.unsettled.Load() > 0:
		return slow, nil // an outcome will nudge
	}
	var left []store.Unsettled
	err := l.d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		left, err = tx.UnsettledOf(l.d.db.Node(), ever, l.d.limits.Unsettled*(len(l.d.lanes)+1))
		return err
	})
	if err != nil {
		return 0, err
	}
	l.orphaned = time.Time{}
	for _, u := range left {
		if u.Carrier == l.Carrier && u.Channel == l.Channel {
			u.Withdrawn, u.Move = true, buurtbel.Move{State: buurtbel.Queued, Open: true, Due: now}
			l.unsettled.Add(1)
			l.results <- result{Settled: u.Settled, message: u.Message, zone: u.Zone, alert: u.Alert, class: u.Tries.Class, tries: u.Tries}
		}
	}
	return 0, nil
}

// pause lets the whole carrier rest: throttling is about the carrier, not about the message.
func (l *lane) pause(wish time.Duration) {
	if wish <= 0 {
		wish = time.Second
	}
	until := l.d.db.Now().Add(wish)
	l.paused.Store(&until)
}
