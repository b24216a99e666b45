package voice

import (
	"context"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

// shortCall ends while its first sound is still on its way back from the last frame.
type shortCall struct{ done chan struct{} }

func (c shortCall) Play(context.Context, Audio) error {
	select {
	case <-c.done:
		return ErrHungUp
	default:
		close(c.done)
		return nil
	}
}
func (c shortCall) Heard() <-chan Audio   { return nil }
func (c shortCall) Keys() <-chan byte     { return nil }
func (c shortCall) Done() <-chan struct{} { return c.done }
func (c shortCall) HangUp()               {}

// TestLastFrameBeforeTheEnd: a last frame that was sent counts, also when the end of the call is seen first.
func TestLastFrameBeforeTheEnd(t *testing.T) {
	script := &Script{map[Part][2]Audio{Message: {silence, silence}}}
	for range 50 {
		d := NewDialogue(false, time.Now().Add(-Patience))
		converse(t.Context(), shortCall{make(chan struct{})}, script, d, nil, nil)
		if got := d.Ending().State(); got != buurtbel.Delivered {
			t.Fatal(got)
		}
	}
}
