package speech

import (
	"container/list"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Cache is a voice.Speaker that keeps what another one said, up to so many bytes of sound, and asks for the same text once however many want it
// at the same time. What it gives is shared and must not be changed. Failures are not kept. It holds digests of texts, not the texts.
type Cache struct {
	speaker voice.Speaker
	name    string // of the speaker and its voices
	most    int64

	lock    sync.Mutex
	held    int64
	entries map[[32]byte]*list.Element
	recent  *list.List // of *kept, the latest used first
	making  map[[32]byte]*making
}

type kept struct {
	key   [32]byte
	audio voice.Audio
}

// making is a text that is being made into speech for those who wait for it.
type making struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	audio   voice.Audio
	err     error
}

// NewCache puts a cache of most bytes before a speaker. name tells speakers and voices apart that say the same text differently.
func NewCache(s voice.Speaker, name string, most int64) *Cache {
	return &Cache{speaker: s, name: name, most: most, entries: map[[32]byte]*list.Element{}, recent: list.New(), making: map[[32]byte]*making{}}
}

// Speak gives what is kept, else waits for the one who makes it. The making ends when nobody waits any more.
func (c *Cache) Speak(ctx context.Context, text string, language buurtbel.Language, slow bool) (voice.Audio, error) {
	key := sha256.Sum256(fmt.Appendf(nil, "%q %q %t %s", c.name, language, slow, text))
	c.lock.Lock()
	if e, ok := c.entries[key]; ok {
		c.recent.MoveToFront(e)
		c.lock.Unlock()
		return e.Value.(*kept).audio, nil
	}
	m, ok := c.making[key]
	if !ok {
		m = c.start(ctx, key, text, language, slow)
	}
	m.waiting++
	c.lock.Unlock()
	select {
	case <-m.done:
		return m.audio, m.err
	case <-ctx.Done():
		c.leave(key, m)
		return nil, internal(ctx.Err())
	}
}

// start has a text made apart from who asked first: that one may go while others still wait. The lock is held.
func (c *Cache) start(ctx context.Context, key [32]byte, text string, language buurtbel.Language, slow bool) *making {
	apart, cancel := context.WithCancel(context.WithoutCancel(ctx))
	m := &making{cancel: cancel, done: make(chan struct{})}
	c.making[key] = m
	go func() {
		defer cancel()
		m.audio, m.err = c.speaker.Speak(apart, text, language, slow)
		c.lock.Lock()
		if c.making[key] == m {
			delete(c.making, key)
		}
		if m.err == nil {
			c.keep(key, m.audio)
		}
		c.lock.Unlock()
		close(m.done)
	}()
	return m
}

// leave stops the making when its last waiter goes; who comes after it starts anew.
func (c *Cache) leave(key [32]byte, m *making) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if m.waiting--; m.waiting == 0 {
		m.cancel()
		if c.making[key] == m {
			delete(c.making, key)
		}
	}
}

// keep adds a sound and drops those that were not used for longest. One that fills more than half is not kept. The lock is held.
func (c *Cache) keep(key [32]byte, audio voice.Audio) {
	if size(audio) > c.most/2 || c.entries[key] != nil {
		return
	}
	c.entries[key] = c.recent.PushFront(&kept{key, audio})
	for c.held += size(audio); c.held > c.most; {
		oldest := c.recent.Remove(c.recent.Back()).(*kept)
		delete(c.entries, oldest.key)
		c.held -= size(oldest.audio)
	}
}

func size(a voice.Audio) int64 { return int64(cap(a))*2 + 200 }
