package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"

	"github.com/buurtbel/buurtbel/bench/rig"
)

const packetTime = 20 * time.Millisecond

// figures is what the answerer tells at its end.
type figures struct {
	Jitter, JitterMax float64 // ms
	Late, Lost        float64 // shares
	CPU               float64 // s
	Calls             int
}

// answererPeer is the answerer as the measuring process sees it.
type answererPeer struct{ *rig.Peer }

func startAnswerer() (*answererPeer, error) {
	p, err := rig.StartPeer("-answerer")
	return &answererPeer{p}, err
}

func (a *answererPeer) address() string { return a.Address }

func (a *answererPeer) call(context.Context, string, int) error { return nil }

func (a *answererPeer) stop(out *result) error {
	var f figures
	if err := a.End(&f); err != nil {
		return fmt.Errorf("figures of the answerer: %w", err)
	}
	out.Jitter, out.JitterMax, out.Late, out.Lost, out.CalleeCPU = &f.Jitter, &f.JitterMax, &f.Late, &f.Lost, f.CPU
	return nil
}

// answerer is the callee: one socket for SIP and one for the sound of all calls.
type answerer struct {
	*rig.Exchange
	mu    sync.Mutex
	calls map[netip.AddrPort]*line // by where its sound comes from
	ids   map[string]netip.AddrPort
	ended []*line
}

// line is one call.
type line struct {
	to       *net.UDPAddr
	arrivals []arrival
	seq      uint16
	stamp    uint32
}

type arrival struct {
	seq uint16
	at  int64 // ns
}

// answer is the callee's program: it answers until its input ends, and prints its figures.
func answer(ctx context.Context) error {
	exchange, err := rig.OpenExchange()
	if err != nil {
		return err
	}
	a := &answerer{Exchange: exchange, calls: map[netip.AddrPort]*line{}, ids: map[string]netip.AddrPort{}}
	if err := stampArrivals(a.RTP); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { a.Serve(a.asked) })
	work.Go(a.listen)
	work.Go(func() { a.speak(ctx) })
	err = rig.Answer(a.Address(), func() any { return nil })
	cancel()
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	work.Wait()
	return json.NewEncoder(os.Stdout).Encode(a.figures())
}

// stampArrivals asks the kernel for the time at which each packet came.
func stampArrivals(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	return errors.Join(err, failed)
}

// asked answers what a caller says.
func (a *answerer) asked(r *rig.Request) {
	switch r.Method {
	case "INVITE":
		a.invited(r)
		a.Reply(r, "200 OK", a.Description())
	case "BYE":
		a.goodbye(r)
		a.Reply(r, "200 OK", "")
	case "ACK":
	default:
		a.Reply(r, "200 OK", "")
	}
}

func (a *answerer) invited(r *rig.Request) {
	key := r.Sound()
	if !key.IsValid() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, again := a.calls[key]; !again {
		a.calls[key] = &line{to: net.UDPAddrFromAddrPort(key), arrivals: make([]arrival, 0, 2048)}
		a.ids[r.Header("Call-ID")] = key
	}
}

func (a *answerer) goodbye(r *rig.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := a.ids[r.Header("Call-ID")]
	if l := a.calls[key]; l != nil {
		a.ended = append(a.ended, l)
		delete(a.calls, key)
	}
}

// listen notes when each packet came, many at a time.
func (a *answerer) listen() {
	const batch = 128
	messages := make([]ipv4.Message, batch)
	for i := range messages {
		messages[i].Buffers, messages[i].OOB = [][]byte{make([]byte, 256)}, make([]byte, 64)
	}
	conn := ipv4.NewPacketConn(a.RTP)
	for {
		n, err := conn.ReadBatch(messages, 0)
		if err != nil {
			return
		}
		a.mu.Lock()
		for _, m := range messages[:n] {
			from := m.Addr.(*net.UDPAddr).AddrPort()
			if l := a.calls[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]; l != nil && m.N >= 12 {
				l.arrivals = append(l.arrivals, arrival{binary.BigEndian.Uint16(m.Buffers[0][2:]), stampOf(m.OOB[:m.NN])})
			}
		}
		a.mu.Unlock()
	}
}

// stampOf reads the kernel's time of arrival; now when it gave none.
func stampOf(control []byte) int64 {
	list, err := syscall.ParseSocketControlMessage(control)
	if err == nil {
		for _, m := range list {
			if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SO_TIMESTAMPNS && len(m.Data) >= 16 {
				return int64(binary.NativeEndian.Uint64(m.Data))*int64(time.Second) + int64(binary.NativeEndian.Uint64(m.Data[8:]))
			}
		}
	}
	return time.Now().UnixNano()
}

// speak sends sound to all calls, a tenth of them every 2 ms.
func (a *answerer) speak(ctx context.Context) {
	noise := make([]byte, 160)
	for i := range noise {
		noise[i] = 0x55 ^ byte(0x80|i*37%90)
	}
	conn := ipv4.NewPacketConn(a.RTP)
	due := time.Now()
	var list []*line
	var messages []ipv4.Message
	for turn := 0; ctx.Err() == nil; turn++ {
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		due = due.Add(packetTime / 10)
		if turn%10 == 0 {
			list = a.open(list[:0])
		}
		messages = messages[:0]
		for i := turn % 10; i < len(list); i += 10 {
			messages = append(messages, list[i].next(noise))
		}
		for sent := 0; sent < len(messages); {
			n, err := conn.WriteBatch(messages[sent:], 0)
			if err != nil {
				return // closed
			}
			sent += n
		}
	}
}

func (a *answerer) open(list []*line) []*line {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range a.calls {
		list = append(list, l)
	}
	return list
}

// next makes the next packet.
func (l *line) next(noise []byte) ipv4.Message {
	b := make([]byte, 12, 172)
	b[0], b[1] = 0x80, 8
	binary.BigEndian.PutUint16(b[2:], l.seq)
	binary.BigEndian.PutUint32(b[4:], l.stamp)
	binary.BigEndian.PutUint32(b[8:], uint32(l.to.Port))
	l.seq++
	l.stamp += 160
	return ipv4.Message{Buffers: [][]byte{append(b, noise...)}, Addr: l.to}
}

// figures puts the arrivals of each call against its own even clock: how much later than its earliest packet each came (RFC 5481 section 4.2).
// What never came is lost, and counts as late.
func (a *answerer) figures() figures {
	f := figures{CPU: float64(rig.CPU().Milliseconds()) / 1000}
	var delays []float64
	var late, lost, all int
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range a.calls {
		a.ended = append(a.ended, l)
	}
	for _, l := range a.ended {
		d, missing := l.delays()
		delays = append(delays, d...)
		lost += missing
		all += len(d) + missing
	}
	for _, d := range delays {
		if d > 40 {
			late++
		}
	}
	f.Calls, f.Jitter, f.JitterMax = len(a.ended), rig.Quantile(delays, 0.99), rig.Quantile(delays, 1)
	if all > 0 {
		f.Late, f.Lost = float64(late+lost)/float64(all), float64(lost)/float64(all)
	}
	return f
}

// delays gives in ms how much later than by its even clock each packet came, and how many did not come.
func (l *line) delays() (list []float64, missing int) {
	if len(l.arrivals) == 0 {
		return nil, 0
	}
	first := l.arrivals[0].seq
	seen := map[uint16]bool{}
	last := uint16(0)
	for _, a := range l.arrivals {
		n := a.seq - first
		if seen[n] {
			continue
		}
		seen[n] = true
		last = max(last, n)
		list = append(list, float64(a.at-int64(n)*int64(packetTime))/1e6)
	}
	least := slices.Min(list)
	for i := range list {
		list[i] -= least
	}
	return list, int(last) + 1 - len(list)
}
