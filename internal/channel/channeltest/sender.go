// Package channeltest holds the tests that every sender of every channel must pass: that each hand-over settles exactly once, with a failure
// that is uncertain exactly when the carrier may have the message, whatever happens meanwhile, and that no secret leaks.
//
// It knows no protocol: a channel's own test brings a Rig with a carrier that can be made silent or cut off.
package channeltest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// Rig is one sender with its carrier, made anew for every test.
type Rig struct {
	Sender  channel.Sender
	Message func(n int) *channel.Message // the n-th message, to an address of its own; it must expire in an hour or later
	Close   func(ctx context.Context) error
	Room    int // how many of these messages fill the window; 0 when it is Sender.Window()

	Silent func()     // from now on the carrier reads and does not answer
	Cut    func()     // the carrier drops its connections and does not come back
	Taken  func() int // how many messages the carrier has read wholly

	Secrets []string      // passwords and the like, beside the addresses, links and texts of the messages
	Log     func() string // everything logged so far
}

const patience = 15 * time.Second

// Sender runs all tests. make starts a rig whose sender is up; what it starts must end with the test.
func Sender(t *testing.T, make func(t *testing.T) Rig) {
	tests := []struct {
		name string
		run  func(t *testing.T, r Rig)
	}{
		{"hands over", handsOver},
		{"hands over many from many goroutines", handsOverMany},
		{"settles when ctx is done before", doneBefore},
		{"settles when ctx is done while the carrier is silent", doneWhileSilent},
		{"settles when ctx is done while waiting for room", doneWhileWaiting},
		{"settles when closed before", closedBefore},
		{"settles when closed while the carrier is silent", closedWhileSilent},
		{"finishes what is open when closed in time", closedInTime},
		{"settles when the connection is cut", cutOff},
		{"settles once each when cut off while sending", cutWhileSending},
		{"settles once each when closed while sending", closedWhileSending},
		{"does not send what has expired", expired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := make(t)
			test.run(t, r)
			noSecretInLog(t, r)
		})
	}
}

// outcome collects what one Send settled with.
type outcome struct {
	times  atomic.Int32
	result chan channel.Result
}

// post sends m in a goroutine of its own, since Send may wait.
func post(ctx context.Context, s channel.Sender, m *channel.Message) *outcome {
	o := &outcome{result: make(chan channel.Result, 1)}
	go s.Send(ctx, m, func(r channel.Result) {
		if o.times.Add(1) == 1 {
			o.result <- r
		}
	})
	return o
}

// wait gives the result, and fails the test when there is none or what it says holds a secret.
func (o *outcome) wait(t *testing.T, r Rig) channel.Result {
	t.Helper()
	select {
	case result := <-o.result:
		if result.Failure != nil {
			NoSecret(t, r, result.Failure.Error())
		}
		return result
	case <-time.After(patience):
		t.Fatal("not settled")
	}
	return channel.Result{}
}

// once fails the test when the message settled more than once by now.
func (o *outcome) once(t *testing.T) {
	t.Helper()
	if n := o.times.Load(); n != 1 {
		t.Errorf("settled %d times", n)
	}
}

func handsOver(t *testing.T, r Rig) {
	o := post(t.Context(), r.Sender, r.Message(1))
	if result := o.wait(t, r); result.Failure != nil || result.Parts < 1 || r.Taken() != 1 {
		t.Errorf("%+v, %v; the carrier took %d", result, result.Failure, r.Taken())
	}
	if !r.Sender.Up() {
		t.Error("not up after a hand-over")
	}
	if w := r.Sender.Window(); w < 1 || w > 500 {
		t.Errorf("window %d", w)
	}
	o.once(t)
}

func handsOverMany(t *testing.T, r Rig) {
	n := 2*r.Sender.Window() + 3
	for _, o := range postMany(t.Context(), r, n) {
		if result := o.wait(t, r); result.Failure != nil {
			t.Fatal(result.Failure)
		}
		o.once(t)
	}
	if r.Taken() != n {
		t.Errorf("the carrier took %d of %d", r.Taken(), n)
	}
}

func postMany(ctx context.Context, r Rig, n int) []*outcome {
	all := make([]*outcome, n)
	for i := range all {
		all[i] = post(ctx, r.Sender, r.Message(i))
	}
	return all
}

func doneBefore(t *testing.T, r Rig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := post(ctx, r.Sender, r.Message(1))
	mustBeUnsent(t, o.wait(t, r))
	if r.Taken() != 0 {
		t.Error("the carrier took it all the same")
	}
}

func doneWhileSilent(t *testing.T, r Rig) {
	r.Silent()
	ctx, cancel := context.WithCancel(t.Context())
	o := post(ctx, r.Sender, r.Message(1))
	awaitTaken(t, r, 1)
	cancel()
	mustBeUncertain(t, o.wait(t, r))
	o.once(t)
}

// awaitTaken waits until the carrier read n messages.
func awaitTaken(t *testing.T, r Rig, n int) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for r.Taken() < n {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the carrier read %d of %d", r.Taken(), n)
		}
	}
}

func doneWhileWaiting(t *testing.T, r Rig) {
	r.Silent()
	room := r.Room
	if room == 0 {
		room = r.Sender.Window()
	}
	full := postMany(t.Context(), r, room)
	awaitTaken(t, r, room)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	o := post(ctx, r.Sender, r.Message(len(full)))
	mustBeUnsent(t, o.wait(t, r))
	r.Cut()
	for _, o := range full {
		mustBeUncertain(t, o.wait(t, r))
		o.once(t)
	}
}

func closedBefore(t *testing.T, r Rig) {
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := post(t.Context(), r.Sender, r.Message(1))
	mustBeUnsent(t, o.wait(t, r))
	if r.Sender.Up() {
		t.Error("up after Close")
	}
}

func closedWhileSilent(t *testing.T, r Rig) {
	r.Silent()
	o := post(t.Context(), r.Sender, r.Message(1))
	awaitTaken(t, r, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Close(ctx); err == nil {
		t.Error("Close did not say that it gave up")
	}
	mustBeUncertain(t, o.wait(t, r))
	o.once(t)
}

func closedInTime(t *testing.T, r Rig) {
	all := postMany(t.Context(), r, r.Sender.Window())
	awaitTaken(t, r, 1)
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	handed := 0
	for _, o := range all {
		result := o.wait(t, r)
		if result.Failure == nil {
			handed++
		} else if result.Failure.Uncertain {
			t.Error("uncertain, although the carrier answers")
		}
		o.once(t)
	}
	if handed != r.Taken() {
		t.Errorf("%d handed over, the carrier took %d", handed, r.Taken())
	}
}

func cutOff(t *testing.T, r Rig) {
	r.Silent()
	o := post(t.Context(), r.Sender, r.Message(1))
	awaitTaken(t, r, 1)
	r.Cut()
	mustBeUncertain(t, o.wait(t, r))
	o.once(t)
	after := post(t.Context(), r.Sender, r.Message(2))
	mustBeUnsent(t, after.wait(t, r))
}

func cutWhileSending(t *testing.T, r Rig) {
	interrupted(t, r, r.Cut)
}

func closedWhileSending(t *testing.T, r Rig) {
	interrupted(t, r, func() {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := r.Close(ctx); err != nil {
			t.Error(err)
		}
	})
}

// interrupted sends many and interrupts; what the carrier took is between what is certain and what is possible.
func interrupted(t *testing.T, r Rig, interrupt func()) {
	var once sync.Once
	all := make([]*outcome, 0, 3000)
	for i := range cap(all) {
		all = append(all, post(t.Context(), r.Sender, r.Message(i)))
		if r.Taken() > 100 || i == 2000 {
			once.Do(interrupt)
		}
	}
	handed, uncertain := 0, 0
	for _, o := range all {
		result := o.wait(t, r)
		switch {
		case result.Failure == nil:
			handed++
		case result.Failure.Uncertain:
			uncertain++
		default:
			mustBeUnsent(t, result)
		}
	}
	for _, o := range all {
		o.once(t)
	}
	if taken := r.Taken(); taken < handed || taken > handed+uncertain {
		t.Errorf("%d handed over, %d uncertain, but the carrier took %d", handed, uncertain, taken)
	}
}

func expired(t *testing.T, r Rig) {
	m := r.Message(1)
	m.Expires = time.Now().Add(-time.Second)
	o := post(t.Context(), r.Sender, m)
	result := o.wait(t, r)
	if f := result.Failure; f == nil || f.Reason != buurtbel.Rejected || f.Code != "expired" || f.Temporary || f.Uncertain {
		t.Errorf("%+v", f)
	}
	if r.Taken() != 0 {
		t.Error("the carrier took it all the same")
	}
}

func mustBeUnsent(t *testing.T, r channel.Result) {
	t.Helper()
	f := r.Failure
	if f == nil || f.Reason != buurtbel.Unreachable || f.Uncertain || !f.Temporary {
		t.Errorf("want unreachable, temporary, certain; got %s", describe(f))
	}
}

func mustBeUncertain(t *testing.T, r channel.Result) {
	t.Helper()
	if f := r.Failure; f == nil || !f.Uncertain || !f.Temporary {
		t.Errorf("want uncertain and temporary; got %s", describe(f))
	}
}

func describe(f *channel.Failure) string {
	if f == nil {
		return "a hand-over"
	}
	return fmt.Sprintf("%+v", *f)
}

// NoSecret fails the test when text holds an address, link or text of the rig's messages or one of its secrets.
func NoSecret(t *testing.T, r Rig, text string) {
	t.Helper()
	m := r.Message(1)
	secrets := append([]string{m.Content.Text}, r.Secrets...)
	for i := range 3 {
		to := r.Message(i).To
		secrets = append(secrets, to, strings.TrimPrefix(to, "+"))
	}
	if m.Link != "" {
		secrets = append(secrets, m.Link)
	}
	for i, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("secret %d stands in a text of %d characters", i, len(text))
		}
	}
}

func noSecretInLog(t *testing.T, r Rig) {
	if r.Log != nil {
		NoSecret(t, r, r.Log())
	}
}
