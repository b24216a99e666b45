package voice

import (
	"context"
	"slices"
	"sync"
	"time"
)

// lines is the budget of one trunk: never more calls out than most, first come first served.
type lines struct {
	most func() int

	mu    sync.Mutex
	out   int
	queue []chan struct{} // closed when its line is granted
}

// take waits for a free line; false when ctx is done or closing closed first.
func (l *lines) take(ctx context.Context, closing <-chan struct{}) bool {
	l.mu.Lock()
	granted := make(chan struct{})
	l.queue = append(l.queue, granted)
	l.grant()
	l.mu.Unlock()
	look := time.NewTicker(time.Second) // the budget may have grown, as when another node gave lines back
	defer look.Stop()
	for {
		select {
		case <-granted:
			return true
		case <-ctx.Done():
			l.leave(granted)
			return false
		case <-closing:
			l.leave(granted)
			return false
		case <-look.C:
			l.mu.Lock()
			l.grant()
			l.mu.Unlock()
		}
	}
}

// give gives a line back.
func (l *lines) give() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out--
	l.grant()
}

func (l *lines) grant() {
	for len(l.queue) > 0 && l.out < l.most() {
		close(l.queue[0])
		l.queue = l.queue[1:]
		l.out++
	}
}

// leave ends the wait for a line, which may have been granted meanwhile.
func (l *lines) leave(granted chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.queue, granted); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
		return
	}
	l.out--
	l.grant()
}

// turns lets one call at a time go to a number: who waits is called when the one before has ended.
type turns struct {
	mu    sync.Mutex
	queue map[string][]chan struct{} // by number; present while somebody has the turn
}

// take takes the turn at a number, or gives what is closed when it comes.
func (t *turns) take(number string) (comes <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queue == nil {
		t.queue = map[string][]chan struct{}{}
	}
	waiting, busy := t.queue[number]
	if !busy {
		t.queue[number] = nil
		return nil
	}
	mine := make(chan struct{})
	t.queue[number] = append(waiting, mine)
	return mine
}

// give passes the turn on.
func (t *turns) give(number string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pass(number)
}

func (t *turns) pass(number string) {
	waiting := t.queue[number]
	if len(waiting) == 0 {
		delete(t.queue, number)
		return
	}
	close(waiting[0])
	t.queue[number] = waiting[1:]
}

// leave ends the wait for a turn, which may have come meanwhile.
func (t *turns) leave(number string, comes <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.queue[number], func(c chan struct{}) bool { return c == comes })
	if i < 0 {
		t.pass(number)
		return
	}
	t.queue[number] = slices.Delete(t.queue[number], i, i+1)
}
