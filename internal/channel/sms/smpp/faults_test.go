package smpp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

func answer(status uint32) func(*wire.Message) uint32 {
	return func(*wire.Message) uint32 { return status }
}

// TestStatuses: what each answer of a carrier means for a message.
func TestStatuses(t *testing.T) {
	tests := map[uint32]channel.Failure{
		0x0B:  {Reason: buurtbel.InvalidAddress, Code: "0x0000000B"},
		0x50:  {Reason: buurtbel.InvalidAddress, Code: "0x00000050"},
		0x58:  {Reason: buurtbel.Throttled, Temporary: true, After: 100 * time.Millisecond, Code: "0x00000058"},
		0x14:  {Reason: buurtbel.Throttled, Temporary: true, After: 100 * time.Millisecond, Code: "0x00000014"},
		0x01:  {Reason: buurtbel.TooLong, Code: "0x00000001"},
		0x0A:  {Reason: buurtbel.Rejected, Code: "0x0000000A"},
		0x08:  {Reason: buurtbel.Unreachable, Temporary: true, Code: "0x00000008"},
		0x45:  {Reason: buurtbel.Rejected, Temporary: true, Code: "0x00000045"},
		0x0E:  {Reason: buurtbel.Credentials, Temporary: true, Code: "0x0000000E"},
		0x40B: {Reason: buurtbel.Other, Temporary: true, Code: "0x0000040B"},
	}
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), nil)
	for status, want := range tests {
		carrier.Misbehave(smsc.Faults{Status: answer(status)})
		got := send(t, s, message("Proef"))
		if diff := cmp.Diff(channel.Result{Failure: &want}, got); diff != "" {
			t.Errorf("0x%X: %s", status, diff)
		}
	}
	carrier.Misbehave(smsc.Faults{NackAll: true})
	if got := send(t, s, message("Proef")); got.Failure == nil || got.Failure.Code != "0x00000008" || got.Failure.Uncertain {
		t.Errorf("generic_nack: %+v", got.Failure)
	}
}

func TestRefusedBind(t *testing.T) {
	for _, status := range []uint32{0x0D, 0x0E, 0x0F} {
		carrier := smsc.Start(t, smsc.Faults{RefuseBind: status})
		log := &channeltest.Log{}
		s := start(t, config(carrier.Addr()), smpp.Options{Logger: log.Logger()})
		await(t, "a refused bind", func() bool { return s.Stats().FailedBinds > 0 })
		got := send(t, s, message("Proef"))
		if f := got.Failure; f == nil || f.Reason != buurtbel.Credentials || !f.Temporary || f.Uncertain || s.Up() {
			t.Errorf("0x%X: %+v", status, f)
		}
		if strings.Contains(log.String(), testPassword) || strings.Contains(log.String(), "32455") {
			t.Error("a secret in the log")
		}
		carrier.Misbehave(smsc.Faults{})
		up(t, s)
		if got := send(t, s, message("Proef")); got.Failure != nil {
			t.Error(got.Failure)
		}
	}
}

// await looks until f is true, for at most ten seconds.
func await(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(40 * time.Second)
	for !f() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestThrottlePausesEveryone(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Throttle: 1})
	s := open(t, config(carrier.Addr()), nil)
	if got := send(t, s, message("Proef")); got.Failure == nil || got.Failure.Reason != buurtbel.Throttled {
		t.Fatalf("%+v", got.Failure)
	}
	if s.Up() {
		t.Error("up during the pause")
	}
	began := time.Now()
	if got := send(t, s, message("Proef")); got.Failure != nil {
		t.Fatal(got.Failure)
	}
	if waited := time.Since(began); waited < 50*time.Millisecond {
		t.Errorf("waited only %v", waited)
	}
}

// TestThrottledPartGoesAgain: the neighbour of an accepted part is not given up.
func TestThrottledPartGoesAgain(t *testing.T) {
	var n atomic.Int32
	carrier := smsc.Start(t, smsc.Faults{Status: func(*wire.Message) uint32 {
		if n.Add(1) == 2 {
			return 0x58
		}
		return 0
	}})
	s := open(t, config(carrier.Addr()), nil)
	got := send(t, s, message(strings.Repeat("0123456789", 40)))
	if diff := cmp.Diff(channel.Result{Refs: []string{"1", "4", "3"}, Parts: 3}, got); diff != "" {
		t.Error(diff)
	}
	if pdus := carrier.Submits(); len(pdus) != 4 || pdus[3].Short[5] != 2 {
		t.Errorf("%d PDUs", len(pdus))
	}
}

// TestPartlyAccepted: a text of which one part was refused is uncertain, and the ids that are known are kept.
func TestPartlyAccepted(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Status: func(m *wire.Message) uint32 {
		if m.Short[5] == 2 {
			return 0x0A
		}
		return 0
	}})
	s := open(t, config(carrier.Addr()), nil)
	got := send(t, s, message(strings.Repeat("0123456789", 40)))
	want := channel.Result{Refs: []string{"1", "", "3"}, Parts: 2, Failure: &channel.Failure{
		Reason: buurtbel.Rejected, Temporary: true, Uncertain: true, Code: "0x0000000A",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	carrier.Misbehave(smsc.Faults{Status: answer(0x0B)})
	got = send(t, s, message(strings.Repeat("0123456789", 40)))
	if diff := cmp.Diff(channel.Result{Failure: &channel.Failure{Reason: buurtbel.InvalidAddress, Code: "0x0000000B"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCutOff: what was in flight is uncertain, and the session comes back by itself.
func TestCutOff(t *testing.T) {
	for name, faults := range map[string]smsc.Faults{
		"dropped":         {DropAt: 3},
		"half an answer":  {HalfAt: 3},
		"garbage":         {GarbageAt: 3},
		"all unanswered":  {Silent: true, DropAt: 3},
		"answered slowly": {Late: 50 * time.Millisecond, DropAt: 3},
	} {
		t.Run(name, func(t *testing.T) {
			carrier := smsc.Start(t, faults)
			s := open(t, config(carrier.Addr()), nil)
			results := make([]chan channel.Result, 3)
			for i := range results {
				results[i] = sendLater(t, s, t.Context(), message("Proef"))
			}
			last := <-results[2]
			if f := last.Failure; f == nil || !f.Uncertain || f.Code != "connection lost" {
				t.Errorf("%+v", f)
			}
			for _, other := range results[:2] {
				if r := <-other; r.Failure != nil && !r.Failure.Uncertain {
					t.Errorf("%+v", r.Failure)
				}
			}
			carrier.Misbehave(smsc.Faults{})
			up(t, s)
			if got := send(t, s, message("Proef")); got.Failure != nil {
				t.Error(got.Failure)
			}
			if b := s.Stats().Binds; b != 2 {
				t.Errorf("%d binds", b)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Silent: true})
	cfg := config(carrier.Addr())
	cfg.ResponseTimeout = 100 * time.Millisecond
	s := open(t, cfg, nil)
	got := send(t, s, message("Proef"))
	if f := got.Failure; f == nil || !f.Uncertain || f.Code != "no answer" {
		t.Fatalf("%+v", f)
	}
	carrier.Misbehave(smsc.Faults{})
	if got := send(t, s, message("Proef")); got.Failure != nil {
		t.Error(got.Failure)
	}
	if s.Stats().Open != 0 {
		t.Error("a place in the window was lost")
	}
}

func TestLateAnswer(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Late: 200 * time.Millisecond})
	cfg := config(carrier.Addr())
	cfg.ResponseTimeout = 50 * time.Millisecond
	s := open(t, cfg, nil)
	if got := send(t, s, message("Proef")); got.Failure == nil || !got.Failure.Uncertain {
		t.Fatalf("%+v", got.Failure)
	}
	await(t, "the late answer", func() bool { return s.Stats().Late == 1 })
}

func TestDeadCarrier(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{SilentLink: true, Silent: true})
	cfg := config(carrier.Addr())
	cfg.EnquireInterval, cfg.ResponseTimeout = 50*time.Millisecond, 300*time.Millisecond
	s := open(t, cfg, nil)
	await(t, "a second bind", func() bool { return s.Stats().Binds > 1 })
}

func TestSilentBind(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{SilentBind: true})
	cfg := config(carrier.Addr())
	cfg.ConnectTimeout = 50 * time.Millisecond
	s := start(t, cfg, smpp.Options{})
	await(t, "a failed bind", func() bool { return s.Stats().FailedBinds > 1 })
	carrier.Misbehave(smsc.Faults{})
	up(t, s)
}

func TestRestart(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), nil)
	carrier.Down()
	await(t, "the loss", func() bool { return !s.Up() })
	if got := send(t, s, message("Proef")); got.Failure == nil || got.Failure.Uncertain || got.Failure.Reason != buurtbel.Unreachable {
		t.Errorf("%+v", got.Failure)
	}
	carrier.Restart()
	up(t, s)
	if got := send(t, s, message("Proef")); got.Failure != nil {
		t.Error(got.Failure)
	}
}

func TestCarrierUnbinds(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), nil)
	carrier.Raw(wire.AppendHeader(nil, wire.Unbind, 0, 99))
	await(t, "a second bind", func() bool { return s.Stats().Binds == 2 })
}

func TestRateLimit(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	cfg := config(carrier.Addr())
	cfg.MaxPerSecond, cfg.MaxParts = 100, 5
	s := open(t, cfg, nil)
	began := time.Now()
	for range 25 {
		if got := send(t, s, message("Proef")); got.Failure != nil {
			t.Fatal(got.Failure)
		}
	}
	if took := time.Since(began); took < 190*time.Millisecond { // 5 at once and 20 more, 10 ms apart
		t.Errorf("25 in %v", took)
	}
}

func TestRefusedTexts(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), nil)
	if f := send(t, s, message(strings.Repeat("x", 20_000))).Failure; f == nil || f.Reason != buurtbel.TooLong || f.Temporary {
		t.Errorf("too long: %+v", f)
	}
	if f := send(t, s, message("")).Failure; f == nil || f.Reason != buurtbel.Rejected {
		t.Errorf("empty: %+v", f)
	}
	late := message("Proef")
	late.Expires = time.Now()
	if f := send(t, s, late).Failure; f == nil || f.Code != "expired" {
		t.Errorf("expired: %+v", f)
	}
	if len(carrier.Submits()) != 0 {
		t.Error("something was sent")
	}
}

// TestCloseWaits: Close lets open messages be answered and says unbind.
func TestCloseWaits(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Late: 100 * time.Millisecond})
	s := open(t, config(carrier.Addr()), nil)
	var results []chan channel.Result
	for range 20 {
		results = append(results, sendLater(t, s, t.Context(), message("Proef")))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		if r := <-result; r.Failure != nil {
			t.Error(r.Failure)
		}
	}
	if err := s.Close(ctx); err != nil {
		t.Error("second Close:", err)
	}
	if err := s.WaitUp(ctx); !errors.Is(err, smpp.ErrClosed) {
		t.Error(err)
	}
}

func TestConfigErrorsHoldNoSecret(t *testing.T) {
	cfg := config("")
	cfg.Window, cfg.Long, cfg.Password = 9999, "x", strings.Repeat(testPassword, 10)
	_, err := smpp.Open(t.Context(), cfg, smpp.Options{})
	if err == nil || strings.Contains(err.Error(), testPassword) {
		t.Error(err)
	}
	for _, want := range []string{"address", "window", "long", "password"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s is not named in %v", want, err)
		}
	}
}
