package channel

import "errors"

// Causes with which the context of a Send is cancelled (context.WithCancelCause). A channel that cannot take anything back treats them alike;
// a call tells them apart.
var (
	// ErrNotNeeded: the member confirmed elsewhere. A ringing telephone falls silent; a call that was answered goes on.
	ErrNotNeeded = errors.New("not needed any more")
	// ErrStopped: police stopped the message. A ringing telephone falls silent; who is listening is told so and the call ends.
	ErrStopped = errors.New("stopped")
)
