package voice_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/trunk"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// TestLinesAreFullAndNeverAbove: with as many messages waiting, every line is always taken.
func TestLinesAreFullAndNeverAbove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lines, calls = 7, 70
		r := newRig(t, lines)
		r.trunk.ConnectOthers(func(p *trunk.Party) { p.Ring(time.Hour) }) // every call takes exactly the ring time
		began := time.Now()
		var all []*settled
		for i := range calls {
			all = append(all, r.send(t.Context(), message(fmt.Sprintf("+324550%05d", i), content(buurtbel.Dutch))))
		}
		for _, s := range all {
			s.wait()
		}
		if r.trunk.Most() != lines || r.sender.Out() != 0 {
			t.Errorf("%d calls at once, %d after", r.trunk.Most(), r.sender.Out())
		}
		if took := time.Since(began); took != calls/lines*25*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// TestLineFreeLater: a line that the trunk gives back a moment after the call ended delays the next call by that moment and refuses nothing.
func TestLineFreeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.trunk.ConnectOthers(trunk.RingsOut)
		r.trunk.SetGrace(300 * time.Millisecond)
		began := time.Now()
		first := r.send(t.Context(), message(landline, content(buurtbel.Dutch)))
		second := r.send(t.Context(), message(mobile, content(buurtbel.Dutch)))
		for _, s := range []*settled{first, second} {
			if got := s.wait(); got.State != buurtbel.Rang {
				t.Errorf("%+v", got.Failure)
			}
		}
		if took := time.Since(began); took > 51*time.Second {
			t.Errorf("took %s", took)
		}
		r.trunk.SetGrace(time.Hour)
		r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
		last := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
		if f := last.Failure; f == nil || f.Reason != buurtbel.Throttled || f.Code != voice.CodeNoLine {
			t.Errorf("%+v", f)
		}
	})
}

func TestLinesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 0)
		r.trunk.Connect(mobile, trunk.Busy)
		began := time.Now()
		s := r.send(t.Context(), message(mobile, content(buurtbel.Dutch)))
		time.AfterFunc(10*time.Second, func() { r.trunk.SetLines(1) })
		s.wait()
		if took := time.Since(began); took > 11*time.Second || took < 10*time.Second {
			t.Errorf("called after %s", took)
		}
	})
}

// TestOneCallPerNumber: a shared line is called for one member after another, and who waits for it holds no line.
func TestOneCallPerNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.trunk.ConnectOthers(trunk.RingsOut)
		ctx, cancel := context.WithCancelCause(t.Context())
		c := content(buurtbel.Dutch)
		first := r.send(t.Context(), message(landline, c))
		synctest.Wait()
		returned := make(chan struct{})
		second := &settled{done: make(chan struct{})}
		go func() {
			r.sender.Send(t.Context(), message(landline, c), func(channel.Result) { close(second.done) })
			close(returned)
		}()
		<-returned // it does not keep the one who sends
		third := r.send(ctx, message(landline, c))
		other := r.send(t.Context(), message(mobile, c))
		synctest.Wait()
		if n := len(r.trunk.Calls()); n != 2 {
			t.Fatalf("%d calls, want the first and the other", n)
		}
		cancel(channel.ErrNotNeeded)
		if f := third.wait().Failure; f == nil || f.Code != "cancelled" {
			t.Error(f)
		}
		first.wait()
		other.wait()
		<-second.done
		if r.trunk.Twice() || len(r.trunk.Calls()) != 3 {
			t.Error("a number was called twice at once, or not again")
		}
	})
}

// TestExpiredWhileWaiting: a message whose time is over when a line comes free is not called.
func TestExpiredWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.trunk.ConnectOthers(trunk.RingsOut)
		first := r.send(t.Context(), message(landline, content(buurtbel.Dutch)))
		synctest.Wait()
		m := message(mobile, content(buurtbel.Dutch))
		m.Expires = time.Now().Add(10 * time.Second)
		if f := r.send(t.Context(), m).wait().Failure; f == nil || f.Code != "expired" {
			t.Error(f)
		}
		first.wait()
	})
}
