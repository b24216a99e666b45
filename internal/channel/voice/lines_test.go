package voice

import (
	"context"
	"testing"
)

// TestLeaveWhatWasGranted: who stops waiting in the moment in which a line or a turn comes passes it on.
func TestLeaveWhatWasGranted(t *testing.T) {
	l := lines{most: func() int { return 1 }}
	if !l.take(t.Context(), nil) {
		t.Fatal("no line")
	}
	granted := make(chan struct{})
	l.queue = append(l.queue, granted)
	l.give()
	<-granted
	l.leave(granted)
	if l.taken() != 0 {
		t.Error("a line that nobody uses is taken")
	}

	var n turns
	if n.take("a") != nil {
		t.Fatal("no turn")
	}
	second, third := n.take("a"), n.take("a")
	n.give("a")
	<-second
	n.leave("a", second)
	<-third
	n.give("a")
	if n.take("a") != nil {
		t.Error("nobody is called, and yet there is no turn")
	}
}

// TestLeaveTheQueue: who stops waiting before gets nothing.
func TestLeaveTheQueue(t *testing.T) {
	l := lines{most: func() int { return 1 }}
	l.take(t.Context(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if l.take(ctx, nil) {
		t.Fatal("a second line")
	}
	l.give()
	if l.taken() != 0 {
		t.Error("who left got the line")
	}

	var n turns
	n.take("a")
	second, third := n.take("a"), n.take("a")
	n.leave("a", second)
	n.give("a")
	<-third
	select {
	case <-second:
		t.Error("who left got the turn")
	default:
	}
}
