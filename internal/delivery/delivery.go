// Package delivery hands messages to carriers and keeps, per person and durably, what became of each.
//
// An attempt is committed before it is sent; its outcome is committed in batches. At most Limits.Unsettled attempts per carrier and node
// have no outcome: after a crash exactly these are uncertain, by name. More urgent classes go first, alerts of one class share fairly.
// The package does not decide who is reached (alerting), and not what an outcome means (the root package's Next).
package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Limits bound what one process has under way.
type Limits struct {
	Unsettled int `toml:"unsettled" doc:"attempts per carrier without a recorded outcome; what a crash can leave uncertain" default:"500"`
	Claim     int `toml:"claim" doc:"deliveries claimed in one transaction" default:"250"`
}

// DefaultLimits are the documented defaults.
var DefaultLimits = Limits{Unsettled: 500, Claim: 250}

// Lane is one carrier of one channel.
type Lane struct {
	Channel  buurtbel.Channel
	Carrier  string // configured name
	Sender   channel.Sender
	Receipts bool   // the carrier tells later what became of a message
	Budget   int    // messages a second that the contract allows all nodes together; 0: no limit. The carrier itself keeps to it
	Order    int    // carriers of one channel are used from the lowest; a higher one only while no lower one can take work
	Shown    string // number or name that telephones show; "" where there is none
	Own      bool   // Shown is not what members know: used after all others, whatever its order
}

// Options are what a Dispatcher needs.
type Options struct {
	Limits Limits
	Lanes  []Lane
	Link   func(delivery buurtbel.ID) string // the acknowledgement link of a delivery
	// Mailboxes gives our mailboxes for the answers to a delivery by mail, and for reports that it did not arrive; "": those of the carrier. nil: of none.
	Mailboxes func(delivery buurtbel.ID) (answers, reports string)
	// Stop is where one tap stops bulletins and digests to a contact point; nil: nowhere.
	Stop    func(contact buurtbel.ID) string
	Logger  *slog.Logger
	Metrics prometheus.Registerer // nil: none
	// Unguarded takes the guard out: outcomes of a crash are not looked at. Only the crash bench's control sets it.
	Unguarded bool
}

// Dispatcher hands due deliveries to their carriers.
type Dispatcher struct {
	db      *store.DB
	limits  Limits
	lanes   []*lane
	link    func(buurtbel.ID) string
	boxes   func(buurtbel.ID) (answers, reports string)
	stop    func(buurtbel.ID) string
	log     *slog.Logger
	metrics *metrics
	boot    time.Time
	running atomic.Pointer[board]
	texts   contents
	guarded bool
	peers   peers
	blind   bool // the last look at other nodes failed; of look alone
}

// board is the list of running messages as the loops last read it.
type board struct {
	list []store.RunningMessage
	byID map[buurtbel.ID]int
}

// New makes a Dispatcher; Run makes it work.
func New(db *store.DB, o Options) (*Dispatcher, error) {
	if o.Limits.Unsettled <= 0 || o.Limits.Claim <= 0 {
		o.Limits = DefaultLimits
	}
	d := &Dispatcher{db: db, limits: o.Limits, link: o.Link, boxes: o.Mailboxes, stop: o.Stop, log: o.Logger, boot: db.Now(), guarded: !o.Unguarded}
	d.running.Store(&board{})
	d.texts.db, d.peers.own, d.peers.came = db, db.Node(), time.Now()
	var err error
	if d.metrics, err = newMetrics(o.Metrics); err != nil {
		return nil, err
	}
	for _, l := range o.Lanes {
		d.lanes = append(d.lanes, newLane(d, l))
	}
	return d, nil
}

// Channels lists the channels that have a carrier here.
func (d *Dispatcher) Channels() []buurtbel.Channel {
	var out []buurtbel.Channel
	seen := map[buurtbel.Channel]bool{}
	for _, l := range d.lanes {
		if !seen[l.Channel] {
			seen[l.Channel] = true
			out = append(out, l.Channel)
		}
	}
	return out
}

// Share gives what part of a carrier's budget, such as its lines or messages a second, this node may use now: nodes that have it open share it.
func (d *Dispatcher) Share(carrier string, budget int) int {
	return d.peers.share(carrier, budget, time.Now())
}

// Run takes back what an earlier boot of this node left, then works until ctx is done and the last outcomes are recorded.
//
// Errors: error.store.in-use (Conflict) when another process works as this node by now.
func (d *Dispatcher) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if err := d.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // ended before it began: nothing was sent
		}
		return err
	}
	var lanes, loops sync.WaitGroup
	for _, l := range d.lanes {
		lanes.Go(func() { l.pump(ctx) })
		lanes.Go(l.record)
	}
	alive, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	loops.Go(func() { d.live(alive, fail) })
	loops.Go(func() { d.watch(ctx) })
	loops.Go(func() { d.look(ctx) })
	loops.Go(func() { d.close(ctx) })
	loops.Go(func() { d.hushCalls(alive) })
	loops.Go(func() { d.relieve(alive) })
	lanes.Wait()
	d.complain(alive, "say that this process ends", d.db.Write(alive, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.LeaveNode(d.boot) }))
	end() // only now: while answers are awaited, another process must not take the begun attempts for those of a dead one
	loops.Wait()
	if err := context.Cause(ctx); buurtbel.KeyOf(err) == "error.store.in-use" {
		return err
	}
	return nil
}

func (d *Dispatcher) start(ctx context.Context) error {
	last, err := d.takeNode(ctx)
	if err != nil {
		return err
	}
	// All of them, whenever they began: the clock may have been put back, and this process has begun none yet.
	if err := d.recover(ctx, d.db.Node(), ever); err != nil {
		return fmt.Errorf("take back unsettled attempts: %w", err)
	}
	if last.Sub(d.db.Now()) > tolerance {
		d.log.Warn("the clock was put back since this node last lived", "seconds", last.Sub(d.db.Now()).Seconds())
		if err := d.pullForward(ctx, last); err != nil {
			return err
		}
	}
	d.takeOver(ctx) // a first look: the others' shares of the carriers count from now on
	return d.refresh(ctx)
}

// takeNode makes this process the one that works as its node, and gives when an earlier one last beat; zero: never.
func (d *Dispatcher) takeNode(ctx context.Context) (last time.Time, err error) {
	carriers := d.carriers()
	err = d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		nodes, err := tx.Nodes()
		if err != nil {
			return err
		}
		for _, n := range nodes {
			if n.ID == d.db.Node() {
				last = n.Seen
			}
		}
		return tx.TakeNode(d.boot, carriers)
	})
	return last, err
}

// carriers lists what this node has open, and how many lines of each it uses.
func (d *Dispatcher) carriers() map[string]int {
	out := map[string]int{}
	for _, l := range d.lanes {
		out[l.Carrier] = 0
		if l.Channel == buurtbel.Voice {
			out[l.Carrier] = int(l.unsettled.Load())
		}
	}
	return out
}

// live tells twice a second that this process lives, also while it ends, and looks at the clock.
func (d *Dispatcher) live(ctx context.Context, fail context.CancelCauseFunc) {
	every := beatEvery
	if d.db.Engine() == store.SQLite {
		every *= 2 // no other process waits for the sign, and each is a write to the disk
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	clock := clock{wall: d.db.Now(), mono: time.Now()}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if back := clock.back(d.db.Now(), time.Now()); back > tolerance {
				d.log.Warn("the clock was put back", "seconds", back.Seconds())
				d.complain(ctx, "bring work forward", d.pullForward(ctx, d.db.Now().Add(back)))
			}
			carriers := d.carriers()
			err := d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.Beat(d.boot, carriers) })
			d.complain(ctx, "tell that this process lives", err)
			if buurtbel.KeyOf(err) == "error.store.in-use" {
				fail(err)
				return
			}
		}
	}
}

// look watches the other nodes.
func (d *Dispatcher) look(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.takeOver(ctx)
		}
	}
}

// watch keeps the board true: after each commit that made work due, and once a second as a safety net.
func (d *Dispatcher) watch(ctx context.Context) {
	woken := d.db.Subscribe()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
		if err := d.refresh(ctx); err != nil {
			d.complain(ctx, "read running messages", err)
		}
	}
}

func (d *Dispatcher) refresh(ctx context.Context) error {
	b := &board{byID: map[buurtbel.ID]int{}}
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		b.list, err = tx.RunningMessages()
		return err
	})
	if err != nil {
		return fmt.Errorf("read running messages: %w", err)
	}
	for i, m := range b.list {
		b.byID[m.ID] = i
	}
	d.running.Store(b)
	d.texts.forget(b.byID)
	for _, l := range d.lanes {
		l.nudge()
	}
	return nil
}

func (d *Dispatcher) isRunning(message buurtbel.ID) bool {
	_, ok := d.running.Load().byID[message]
	return ok
}

// complain logs an error of a loop, once, here; a loop that ends because the program ends is no error.
func (d *Dispatcher) complain(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil && err != nil {
		d.log.Error(doing, "error", err)
		d.metrics.errors.Inc()
	}
}
