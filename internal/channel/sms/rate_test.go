package sms_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := sms.NewRate(10, 2)
		pass := func(n int) {
			for range n {
				if !r.Wait(t.Context(), 1, nil, nil) {
					t.Fatal("it did not wait")
				}
			}
		}
		pass(12) // two at once
		if took := time.Since(began); took != time.Second {
			t.Errorf("12 took %s", took)
		}
		r.Limit(5)
		began = time.Now()
		pass(10)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("10 at half the rate took %s", took)
		}
		r.Limit(0)
		if !r.Resting() {
			t.Error("no share, and it goes on")
		}
		r.Limit(5)
		if r.Resting() {
			t.Error("a share, and it rests")
		}
	})
}

func TestNoRate(t *testing.T) {
	r := sms.NewRate(0, 1)
	r.Limit(0)
	if r.Resting() || !r.Wait(t.Context(), 1000, nil, nil) {
		t.Error("a limit without a contract")
	}
}
