package push

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
)

// TestASilentServiceHoldsNobodyElse: a push service that takes requests and never answers fills the whole window. It is given up, so that who has
// another one still gets the message; it is left alone for a while, and used again when it answers.
func TestASilentServiceHoldsNobodyElse(t *testing.T) {
	mute, well := newService(t), newService(t)
	mute.silent = true
	cfg := testConfig(t)
	cfg.Timeout = time.Minute
	p, _ := openPusher(t, cfg, nil)
	lost := make(chan channel.Result, cfg.Window)
	for n := range cfg.Window {
		p.Send(t.Context(), messageTo(newDevice(t, endpointOf(mute, n)).subscription()), func(r channel.Result) { lost <- r })
	}
	if f := sent(t, p, messageTo(newDevice(t, endpointOf(well, 1)).subscription())).Failure; f != nil {
		t.Fatalf("who has another push service waits: %+v", f)
	}
	for range cfg.Window {
		if r := <-lost; r.Failure == nil || !r.Failure.Uncertain || r.Failure.Code != "silent" || len(r.Refs) != 1 {
			t.Fatalf("%+v", r)
		}
	}
	asked := len(mute.all())
	if f := sent(t, p, messageTo(newDevice(t, endpointOf(mute, 9)).subscription())).Failure; f == nil || f.Uncertain || !f.Temporary || f.After <= 0 || len(mute.all()) != asked {
		t.Errorf("one that says nothing is asked again at once: %+v", f)
	}
	mute.mu.Lock()
	mute.silent = false
	mute.mu.Unlock()
	tick, end := time.NewTicker(100*time.Millisecond), time.After(40*time.Second)
	defer tick.Stop()
	for sent(t, p, messageTo(newDevice(t, endpointOf(mute, 10)).subscription())).Failure != nil {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("not used again")
		}
	}
}

// A service that answers again and again is never given up, however long it is busy; a few try one that was.
func TestHosts(t *testing.T) {
	var h hosts
	_, done, wait := h.begin(t.Context(), "a")
	if wait != 0 {
		t.Fatal("a new one waits")
	}
	h.list["a"].since = time.Now().Add(-time.Hour)
	h.look(h.list["a"])
	done(false)
	if _, _, wait = h.begin(t.Context(), "a"); wait <= hostRest/2 || wait > hostRest {
		t.Fatalf("rests %s", wait)
	}
	h.list["a"].until = time.Now()
	var tries []func(bool)
	for range hostTrials {
		_, done, wait := h.begin(t.Context(), "a")
		if wait != 0 {
			t.Fatal("no trial after the rest")
		}
		tries = append(tries, done)
	}
	if _, _, wait = h.begin(t.Context(), "a"); wait == 0 {
		t.Error("more than a few try it")
	}
	tries[0](true)
	ctx, done, wait := h.begin(t.Context(), "a")
	if wait != 0 {
		t.Error("still on trial")
	}
	h.look(h.list["a"])
	if ctx.Err() != nil {
		t.Error("given up right after an answer")
	}
	done(true)
}
