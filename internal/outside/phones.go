package outside

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

const (
	bubblesKept = 20
	callsShown  = 10
	phonesKept  = 20_000 // a page is for people to look at; later telephones are logged but not shown
)

// Phone is one telephone as the page shows it.
type Phone struct {
	Number  string      `json:"number"`
	Off     bool        `json:"off"`
	Version uint64      `json:"v"` // grows with every change of any telephone
	Bubbles []Bubble    `json:"bubbles"`
	Calls   []CallEntry `json:"calls,omitempty"` // the oldest first
}

// Bubble is one text on a telephone, whole again.
type Bubble struct {
	In    bool   `json:"in"`   // to the telephone
	Peer  string `json:"peer"` // who wrote, or whom the telephone writes to
	Text  string `json:"text"`
	Parts int    `json:"parts"`
	At    int64  `json:"at_ms"`
	Taken bool   `json:"taken"` // of a text that the telephone wrote: the ESME has answered it
}

type phone struct {
	number  uint64
	off     bool
	version uint64
	account string
	sender  string // who wrote last
	bubbles []Bubble
	calls   []CallEntry
}

func (p *phone) show() Phone {
	return Phone{Number: formatNumber(p.number), Off: p.off, Version: p.version, Bubbles: slices.Clone(p.bubbles), Calls: slices.Clone(p.calls)}
}

// phones holds the telephones that ever got a text, were called or switched.
type phones struct {
	changed func() // told of every change; must not block

	mu      sync.Mutex
	list    map[uint64]*phone
	version uint64
	dirty   map[uint64]struct{} // since the last take
	texts   int
}

func newPhones(changed func()) *phones {
	return &phones{changed: changed, list: map[uint64]*phone{}, dirty: map[uint64]struct{}{}}
}

// of finds or makes the telephone; nil when there are too many. The lock is held.
func (p *phones) of(number uint64) *phone {
	t := p.list[number]
	if t == nil && len(p.list) < phonesKept {
		t = &phone{number: number}
		p.list[number] = t
	}
	return t
}

func (p *phones) touch(t *phone) {
	p.version++
	t.version = p.version
	p.dirty[t.number] = struct{}{}
}

func (t *phone) add(b Bubble) {
	if len(t.bubbles) == bubblesKept {
		t.bubbles = slices.Delete(t.bubbles, 0, 1)
	}
	t.bubbles = append(t.bubbles, b)
}

// arrive shows a text once it is whole, and tells whether the telephone is off.
func (p *phones) arrive(number uint64, from, account, text string, whole bool, parts int, at int64) (off bool) {
	p.mu.Lock()
	t := p.of(number)
	if t == nil || t.off {
		p.mu.Unlock()
		return t != nil
	}
	t.sender, t.account = from, account
	if whole {
		p.texts++
		t.add(Bubble{In: true, Peer: from, Text: text, Parts: parts, At: at / int64(time.Millisecond)})
		p.touch(t)
	}
	p.mu.Unlock()
	if whole {
		p.changed()
	}
	return false
}

// wrote shows what the telephone sends; the function it gives marks it as taken.
func (p *phones) wrote(number uint64, to, text string) func() {
	at := time.Now().UnixMilli()
	p.mu.Lock()
	if t := p.of(number); t != nil {
		t.add(Bubble{Peer: to, Text: text, Parts: 1, At: at})
		p.touch(t)
	}
	p.mu.Unlock()
	p.changed()
	return func() { p.markTaken(number, text, at) }
}

func (p *phones) markTaken(number uint64, text string, at int64) {
	p.mu.Lock()
	if t := p.list[number]; t != nil {
		for i := range t.bubbles {
			if b := &t.bubbles[i]; !b.In && b.At == at && b.Text == text {
				b.Taken = true
			}
		}
		p.touch(t)
	}
	p.mu.Unlock()
	p.changed()
}

// called shows a call as it stands now.
func (p *phones) called(e CallEntry) {
	number, _, ok := parseNumber([]byte(e.Number))
	if !ok {
		return
	}
	p.mu.Lock()
	if t := p.of(number); t != nil {
		at := slices.IndexFunc(t.calls, func(o CallEntry) bool { return o.ID == e.ID })
		switch {
		case at >= 0:
			t.calls[at] = e
		case len(t.calls) == callsShown:
			t.calls = append(slices.Delete(t.calls, 0, 1), e)
		default:
			t.calls = append(t.calls, e)
		}
		p.touch(t)
	}
	p.mu.Unlock()
	p.changed()
}

func (p *phones) lastSender(number uint64) (sender, account string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.list[number]; t != nil {
		return t.sender, t.account
	}
	return "", ""
}

func (p *phones) turn(number uint64, off bool) {
	p.mu.Lock()
	if t := p.of(number); t != nil {
		t.off = off
		p.touch(t)
	}
	p.mu.Unlock()
	p.changed()
}

// all gives every telephone, the last changed first.
func (p *phones) all() (list []Phone, texts int) {
	p.mu.Lock()
	list = make([]Phone, 0, len(p.list))
	for _, t := range p.list {
		list = append(list, t.show())
	}
	texts = p.texts
	p.mu.Unlock()
	slices.SortFunc(list, func(a, b Phone) int { return cmp.Compare(b.Version, a.Version) })
	return list, texts
}

// take gives the telephones that changed since the last take.
func (p *phones) take() (list []Phone, texts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range p.dirty {
		list = append(list, p.list[n].show())
	}
	clear(p.dirty)
	return list, p.texts
}

func (p *phones) reset() {
	p.mu.Lock()
	for n, t := range p.list {
		t.bubbles, t.calls = nil, nil
		p.dirty[n] = struct{}{}
		p.version++
		t.version = p.version
	}
	p.texts = 0
	p.mu.Unlock()
	p.changed()
}
