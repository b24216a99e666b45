package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
)

// called is what a telephone saw of one call: one Call-ID, however often its INVITE came. Times are ns since 1970, 0 when it did not happen.
type called struct {
	Number   string `json:"number"`
	Rang     int64  `json:"rang"`
	Answered int64  `json:"answered"` // and acknowledged by the caller
	Pressed  int64  `json:"pressed"`
	Ended    int64  `json:"ended"` // by the caller
}

// telephones answer whoever calls, hear them out a little, and press 1. Each number has its own pace, which is the same each time.
type telephones struct {
	*rig.Exchange
	mu    sync.Mutex
	log   []*called
	calls map[string]*ringing // by Call-ID
}

// ringing is one call under way.
type ringing struct {
	*called
	invite *rig.Request
	sound  netip.AddrPort
	last   string // the last answer to the INVITE, given again when it comes again
	body   string
	over   bool
	pace   time.Duration
}

// The paces of the telephones: how long each rings, and how long its owner listens before pressing 1. A call speaks after 1.2 s of silence.
const (
	ringsMost   = 800 * time.Millisecond
	listenLeast = 1500 * time.Millisecond
	listensMost = 1500 * time.Millisecond // more
)

// answer is the callee's program: all telephones of a town, in another process that outlives every kill.
func answer(context.Context) error {
	exchange, err := rig.OpenExchange()
	if err != nil {
		return err
	}
	t := &telephones{Exchange: exchange, calls: map[string]*ringing{}}
	var work sync.WaitGroup
	work.Go(func() { t.Serve(t.asked) })
	work.Go(t.deaf)
	err = rig.Answer(t.Address(), func() any { return t.taken() })
	err = errors.Join(err, t.Close())
	work.Wait()
	return err
}

func (t *telephones) taken() []called {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]called, len(t.log))
	for i, c := range t.log {
		out[i] = *c
	}
	t.log = nil
	return out
}

// deaf reads the sound so that it is not refused, and forgets it.
func (t *telephones) deaf() {
	buf := make([]byte, 2048)
	for {
		if _, _, err := t.RTP.ReadFromUDPAddrPort(buf); err != nil {
			return
		}
	}
}

// asked answers what a caller says.
func (t *telephones) asked(r *rig.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.calls[r.Header("Call-ID")]
	switch {
	case r.Method == "INVITE" && c == nil:
		t.ring(r)
	case r.Method == "INVITE":
		t.say(c, c.last, c.body)
	case r.Method == "ACK" && c != nil && c.Answered == 0 && strings.HasPrefix(c.last, "200"):
		c.Answered = time.Now().UnixNano()
		time.AfterFunc(listenLeast+c.pace%listensMost, func() { t.press(c) })
	case r.Method == "ACK":
	case r.Method == "CANCEL" && c != nil && c.Answered == 0 && !strings.HasPrefix(c.last, "200"):
		t.Reply(r, "200 OK", "")
		t.end(c)
		t.say(c, "487 Request Terminated", "")
	case r.Method == "BYE" && c != nil:
		t.Reply(r, "200 OK", "")
		t.end(c)
	default:
		t.Reply(r, "200 OK", "")
	}
}

func (t *telephones) end(c *ringing) {
	c.over = true
	if c.Ended == 0 {
		c.Ended = time.Now().UnixNano()
	}
}

// ring begins a call. The lock is held.
func (t *telephones) ring(r *rig.Request) {
	number, _, _ := strings.Cut(strings.TrimPrefix(r.Target, "sip:"), "@")
	c := &ringing{called: &called{Number: number, Rang: time.Now().UnixNano()}, invite: r, pace: paceOf(number), sound: r.Sound()}
	if !c.sound.IsValid() {
		return
	}
	t.calls[r.Header("Call-ID")] = c
	t.log = append(t.log, c.called)
	t.say(c, "180 Ringing", "")
	time.AfterFunc(c.pace%ringsMost, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !c.over {
			t.say(c, "200 OK", t.Description())
		}
	})
}

// paceOf spreads numbers over paces.
func paceOf(number string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(number)) // a hash takes everything
	return time.Duration(h.Sum32()%100_000) * 37 * time.Microsecond
}

// press presses 1: one packet and its end (RFC 4733 section 2.5).
func (t *telephones) press(c *ringing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.over {
		return
	}
	c.Pressed = time.Now().UnixNano()
	for i, end := range []byte{0, 0x80, 0x80, 0x80} {
		b := make([]byte, 16)
		b[0], b[1] = 0x80, 101
		binary.BigEndian.PutUint16(b[2:], uint16(i))
		binary.BigEndian.PutUint32(b[4:], 1600)
		binary.BigEndian.PutUint32(b[8:], uint32(c.sound.Port()))
		b[12], b[13] = 1, end|10
		binary.BigEndian.PutUint16(b[14:], uint16(i)*160)
		if _, err := t.RTP.WriteToUDPAddrPort(b, c.sound); err != nil {
			fmt.Fprintln(os.Stderr, "telephones:", err)
		}
	}
}

// say answers the INVITE of a call. The lock is held.
func (t *telephones) say(c *ringing, status, body string) {
	c.last, c.body = status, body
	t.Reply(c.invite, status, body)
}
