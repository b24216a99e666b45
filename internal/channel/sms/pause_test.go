package sms_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p sms.Pause
		if p.Left() != 0 {
			t.Error("a pause before any was asked for")
		}
		p.For(3 * time.Second)
		p.For(time.Second)
		if p.Left() != 3*time.Second {
			t.Errorf("the shorter pause won: %s", p.Left())
		}
		if !sms.Wait(t.Context(), p.Left(), nil, nil) || p.Left() > 0 {
			t.Errorf("%s left after waiting", p.Left())
		}
	})
}

func TestWaitEnds(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	close(closed)
	if sms.Wait(gone, time.Hour, nil, nil) || sms.Wait(t.Context(), time.Hour, closed, nil) || sms.Wait(t.Context(), time.Hour, nil, closed) {
		t.Error("it waited on")
	}
	if !sms.Wait(gone, 0, closed, closed) {
		t.Error("nothing to wait for")
	}
}

func TestCode(t *testing.T) {
	for s, want := range map[string]string{"27": "27", "err 0x45: \x00no": "err0x45no", "+32455000001": "unreadable", "abcdefghijklmnopq": "unreadable", "": ""} {
		if got := sms.Code(s, 16); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := sms.Clean("a\x00b\xff"); got != "ab\ufffd" {
		t.Errorf("%q", got)
	}
}
