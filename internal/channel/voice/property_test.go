package voice_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/trunk"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// habit is what a drawn telephone does, step after step.
type habit struct {
	ring   time.Duration
	busy   bool
	steps  []habitStep
	cancel time.Duration // when the message is cancelled; 0: never
	cause  error
}

type habitStep struct {
	wait  time.Duration
	key   byte       // 0: none
	sound voice.Sign // said when there is no key; "": nothing
}

func drawHabit(t *rapid.T) habit {
	ms := func(most int, name string) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Millisecond
	}
	h := habit{ring: ms(30_000, "ring"), busy: rapid.IntRange(0, 9).Draw(t, "busy") == 0}
	for range rapid.IntRange(0, 6).Draw(t, "steps") {
		s := habitStep{wait: ms(15_000, "wait")}
		if rapid.Bool().Draw(t, "press") {
			s.key = rapid.SampledFrom([]byte("12394")).Draw(t, "key")
		} else {
			s.sound = rapid.SampledFrom(signs).Draw(t, "sign")
		}
		h.steps = append(h.steps, s)
	}
	if rapid.IntRange(0, 3).Draw(t, "cancelled") == 0 {
		h.cancel = ms(60_000, "when") + 1
		h.cause = rapid.SampledFrom([]error{channel.ErrStopped, channel.ErrNotNeeded, context.Canceled}).Draw(t, "cause")
	}
	return h
}

func (h habit) phone(pressed *atomic.Bool) trunk.Phone {
	return func(p *trunk.Party) {
		if h.busy {
			trunk.Busy(p)
			return
		}
		if !p.Ring(h.ring) {
			return
		}
		p.Answer()
		for _, s := range h.steps {
			switch {
			case !p.Wait(s.wait):
				return
			case s.key != 0:
				if s.key == '1' {
					pressed.Store(true)
				}
				p.Press(s.key)
			case s.sound != "":
				p.Speak(sounds(s.sound, 40*time.Millisecond))
			}
		}
	}
}

// TestCallProperties: whatever a telephone does and whenever the message is cancelled, a call settles once, its line comes free, it is heard only with
// key 1, and delivered only when the whole message was said.
func TestCallProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawHabit(rt), drawHabit(rt)
		shared := rapid.Bool().Draw(rt, "one number")
		var wrong []string
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, 2)
			numbers := []string{mobile, landline}
			if shared {
				numbers[1] = mobile
			}
			var pressed [2]atomic.Bool // a telephone may press while the other one's end is looked at
			var all []*settled
			for i, h := range []habit{a, b} {
				r.trunk.Connect(numbers[i], h.phone(&pressed[i]))
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				if h.cancel > 0 {
					time.AfterFunc(h.cancel, func() { cancel(h.cause) })
				}
				all = append(all, r.send(ctx, message(numbers[i], content(buurtbel.Dutch))))
				synctest.Wait()
			}
			for i, s := range all {
				if problem := judge(r, s.wait(), numbers[i], pressed[0].Load() || pressed[1].Load(), shared); problem != "" {
					wrong = append(wrong, problem)
				}
			}
			synctest.Wait()
			for _, s := range all {
				if s.times != 1 {
					wrong = append(wrong, fmt.Sprint("settled ", s.times))
				}
			}
			if r.sender.Out() != 0 || r.trunk.Twice() {
				wrong = append(wrong, "a line is still taken, or a number was called twice at once")
			}
		})
		if len(wrong) > 0 {
			rt.Fatal(wrong)
		}
	})
}

// judge says what is wrong with an outcome, "" when nothing is.
func judge(r *rig, result channel.Result, number string, pressed, shared bool) string {
	whole := false
	for _, p := range r.trunk.Calls() {
		if p.Overlap() {
			return "two parts at once"
		}
		for _, said := range r.speaker.Read(p.Sound()) {
			whole = whole || (p.To == number || shared) && said.Text == "text nl." && said.Whole
		}
	}
	switch {
	case result.State == buurtbel.Heard && !pressed:
		return "heard without key 1"
	case result.State == buurtbel.Delivered && !whole:
		return "delivered before the last word"
	case (result.Failure == nil) != (result.State != ""):
		return fmt.Sprintf("neither an outcome nor a failure: %+v", result)
	case (result.State == buurtbel.Rang) != (result.Reason != ""):
		return fmt.Sprintf("rang without a reason: %+v", result)
	}
	return ""
}
