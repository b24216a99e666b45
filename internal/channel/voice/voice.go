// Package voice calls people and says a message to them, the way the member lives it: who calls and for whom, the message, and the keys
// that confirm, repeat and explain. A machine that answers gets the whole message after its beep.
//
// It knows calls by the Trunk that carries them (voice/sip) and speech by the Speaker that makes it (voice/speech); it holds the dialogue,
// which is pure, and the Sender that keeps a trunk's lines full and never above. It knows neither store nor web.
//
// Always true: a message is heard only when key 1 was pressed; delivered only when its last word was sent to who or what answered.
package voice

import (
	"context"
	"errors"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Rate is how many samples a second Audio has: that of G.711.
const Rate = 8000

// Frame is how many samples go in one packet: 20 ms (RFC 3551, section 4.2).
const Frame = Rate / 50

// Audio is sound: one channel, linear, 16 bit, Rate samples a second.
type Audio []int16

// Length tells how long the sound lasts.
func (a Audio) Length() time.Duration { return time.Duration(len(a)) * time.Second / Rate }

// Speaker makes speech.
type Speaker interface {
	// Speak says text in a language. slow asks for about three quarters of the usual speed. The words are ready to be said: numbers, times and
	// respelt names are already worked out. An error is of kind Internal or Invalid and holds no word of the text.
	Speak(ctx context.Context, text string, language buurtbel.Language, slow bool) (Audio, error)
}

// ErrHungUp is what a Call gives when the other side ended it.
var ErrHungUp = errors.New("the other side hung up")

// Call is a call that was answered. All its methods may be used from several goroutines.
type Call interface {
	// Play sends sound in real time. It returns when the last frame was sent, with ErrHungUp when the other side ended the call, or with
	// ctx's error once ctx is done; what was not sent yet is then dropped at once.
	Play(ctx context.Context, a Audio) error
	// Heard gives what the other side says: frames of Frame samples as they arrive; silence stands for packets that were lost. It is
	// closed when the call ends. A reader that is slow loses the oldest frames.
	Heard() <-chan Audio
	// Keys gives the keys that the other side presses, '0' to '9', '*' and '#', each once however it was signalled (RFC 4733 or in-band).
	Keys() <-chan byte
	// Done is closed when the call ends, by whichever side.
	Done() <-chan struct{}
	// HangUp ends the call. A second time does nothing.
	HangUp()
}

// Refusal says why a number could not be called, or was called and not answered.
type Refusal struct {
	Reason    buurtbel.Reason // LineBusy, NoAnswer, Rejected, Unreachable, InvalidAddress, Throttled, Credentials, Unparseable or Other
	Rang      bool            // the telephone rang
	Temporary bool            // the same call may succeed later
	Uncertain bool            // the connection was lost after the call was placed
	After     time.Duration   // the carrier's wish for the next try; 0 when it said nothing
	Code      string          // such as "486 Busy Here"; never a number
}

// CodeNoLine is the Code of a Throttled refusal by the trunk itself: every line is taken, as when the carrier has not yet acknowledged the end
// of a call. Nothing was sent. A Sender tries again by itself.
const CodeNoLine = "no free line"

func (r *Refusal) Error() string { return string(r.Reason) + " (" + r.Code + ")" }

// Trunk is one carrier of calls.
type Trunk interface {
	// Dial calls a number (E.164 with "+") and returns when it is answered, or with a *Refusal. When ctx is done the ringing stops at once and
	// the refusal tells whether it rang. ring is how long it may ring.
	Dial(ctx context.Context, to string, ring time.Duration) (Call, *Refusal)
	// Lines is how many calls may be out at once.
	Lines() int
	// Up tells whether the carrier can take a call now.
	Up() bool
	// Close ends every call and gives up the registration.
	Close(ctx context.Context) error
}

// Answer takes a call that came in; from is the caller's number, "" when it is withheld. It returns when the call is to end. Calls that come
// in take no outgoing line.
type Answer func(ctx context.Context, from string, c Call)
