package smpp

import (
	"container/list"
	"context"
	"sync"
)

// window counts open submit_sm. Who comes first is served first, so a text of many parts is not starved by short ones.
type window struct {
	mu      sync.Mutex
	size    int
	free    int
	waiting list.List // of *waiter
}

type waiter struct {
	n     int
	ready chan struct{}
}

func newWindow(size int) *window { return &window{size: size, free: size} }

// acquire takes n places, at most size. It gives false when ctx is done or closing is closed first.
func (w *window) acquire(ctx context.Context, closing <-chan struct{}, n int) bool {
	w.mu.Lock()
	if w.free >= n && w.waiting.Len() == 0 {
		w.free -= n
		w.mu.Unlock()
		return true
	}
	me := &waiter{n: n, ready: make(chan struct{})}
	element := w.waiting.PushBack(me)
	w.mu.Unlock()
	select {
	case <-me.ready:
		return true
	case <-ctx.Done():
	case <-closing:
	}
	return !w.leave(element, me)
}

// leave takes a waiter out of the queue. It gives false when its places were already given.
func (w *window) leave(element *list.Element, me *waiter) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-me.ready:
		return false
	default:
	}
	w.waiting.Remove(element)
	w.serve()
	return true
}

// release gives n places back.
func (w *window) release(n int) {
	w.mu.Lock()
	w.free += n
	w.serve()
	w.mu.Unlock()
}

// serve gives free places to who waits, in order. The lock is held.
func (w *window) serve() {
	for first := w.waiting.Front(); first != nil; first = w.waiting.Front() {
		me := first.Value.(*waiter)
		if me.n > w.free {
			return
		}
		w.free -= me.n
		w.waiting.Remove(first)
		close(me.ready)
	}
}

// used is how many places are taken.
func (w *window) used() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size - w.free
}
