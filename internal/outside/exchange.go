package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Exchange is the carrier of calls with all its telephones: SIP over UDP (RFC 3261), G.711 over RTP. It reads and writes messages by the
// library's codec and keeps its own account of calls, so that it does not share the program's mistakes.
type exchange struct {
	log     *callLog
	faults  *misbehaviour
	sounds  *sounds
	mixture string // quickHabits, or ""
	keep    bool   // record what is said
	port    int
	socket  *net.UDPConn
	trunk   atomic.Pointer[netip.AddrPort] // who asked us last for anything: where telephones that call are put through
	work    sync.WaitGroup
	reader  sync.WaitGroup
	ctx     context.Context // done when the world ends

	mu     sync.Mutex
	calls  map[string]*call // by Call-ID, those that are open
	byID   map[string]*call // by the id of the entry, those that can be listened to
	kept   []*call          // in order of their end
	called string           // the number that calls show, for telephones that call it back
}

func newExchange(opts Options, log *callLog, faults *misbehaviour) *exchange {
	return &exchange{log: log, faults: faults, sounds: newSounds(), mixture: opts.Habits, keep: !opts.Bench,
		calls: map[string]*call{}, byID: map[string]*call{}}
}

func (x *exchange) start(ctx context.Context, port int) error {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return fmt.Errorf("listen for SIP: %w", err)
	}
	if err := c.SetReadBuffer(4 << 20); err != nil {
		return errors.Join(fmt.Errorf("listen for SIP: %w", err), c.Close())
	}
	x.ctx, x.socket, x.port = ctx, c, c.LocalAddr().(*net.UDPAddr).Port
	x.reader.Go(x.read)
	return nil
}

// stop waits for what rings and talks, which ends with ctx.
func (x *exchange) stop() {
	x.work.Wait()
	x.socket.Close() //nolint:errcheck // nothing is lost with it
	x.reader.Wait()
}

func (x *exchange) read() {
	buf := make([]byte, 65535)
	for {
		n, from, err := x.socket.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || x.faults.now.Load().callsSilent(time.Now().UnixNano()) {
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		switch m, err := sip.ParseMessage(append([]byte(nil), buf[:n]...)); m := m.(type) {
		case *sip.Request:
			if err == nil && whole(m) {
				m.SetSource(from.String())
				x.asked(m, from)
			}
		case *sip.Response:
			if err == nil && m.CallID() != nil && m.CSeq() != nil {
				x.told(m)
			}
		}
	}
}

// whole tells whether a request has what an answer needs (section 8.1.1).
func whole(r *sip.Request) bool {
	return r.Via() != nil && r.From() != nil && r.To() != nil && r.CallID() != nil && r.CSeq() != nil
}

func (x *exchange) asked(r *sip.Request, from netip.AddrPort) {
	x.trunk.Store(&from)
	c := x.open(r.CallID().Value())
	switch r.Method {
	case sip.INVITE:
		x.invited(c, r, from)
	case sip.ACK:
		if c != nil {
			c.signal(sigAck)
		}
	case sip.CANCEL:
		x.send(from, answer(r, 200, "OK", "", ""))
		if c != nil {
			c.signal(sigCancel)
		}
	case sip.BYE:
		if c == nil {
			x.send(from, answer(r, 481, "Call/Transaction Does Not Exist", "", ""))
			return
		}
		x.send(from, answer(r, 200, "OK", "", ""))
		c.signal(sigBye)
	default:
		x.send(from, answer(r, 200, "OK", "", ""))
	}
}

// told takes an answer to something that a telephone asked.
func (x *exchange) told(r *sip.Response) {
	if c := x.open(r.CallID().Value()); c != nil {
		select {
		case c.answers <- r:
		default: // nobody waits: a repetition
		}
	}
}

func (x *exchange) open(id string) *call {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls[id]
}

// invited begins a call, or repeats what was answered.
func (x *exchange) invited(c *call, r *sip.Request, from netip.AddrPort) {
	if c != nil {
		if last := c.last.Load(); last != nil {
			x.send(from, *last)
		}
		return
	}
	number, _, ok := parseNumber([]byte("+" + strings.TrimPrefix(r.Recipient.User, "+")))
	to, sound := readOffer(string(r.Body()))
	if !ok || !sound {
		x.send(from, answer(r, 488, "Not Acceptable Here", "", ""))
		return
	}
	e, before := x.log.begin(CallEntry{Number: formatNumber(number), Peer: r.From().Address.User, State: Ringing, At: time.Now().UnixNano()})
	c = newCall(x, number, e)
	c.invite, c.peer, c.to = r, from, to
	c.habit = x.faults.now.Load().callHabit(number, before, x.mixture)
	x.mu.Lock()
	x.called = e.Peer
	x.mu.Unlock()
	x.admit(r.CallID().Value(), c)
	c.answer(100, "Trying", "")
	x.work.Go(c.taken)
}

func (x *exchange) admit(id string, c *call) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c.id = id
	x.calls[id] = c
	x.byID[c.entryID] = c
}

// mostSound is how much sound is kept of all calls together, in bytes: the oldest are forgotten. A minute is half a megabyte.
const mostSound = 64 << 20

// ended keeps what was said in a call for who wants to listen.
func (x *exchange) ended(c *call) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.calls, c.id)
	x.kept = append(x.kept, c)
	sum := 0
	for i := len(x.kept) - 1; i >= 0; i-- {
		if sum += x.kept[i].line.size() + 1<<10; sum > mostSound {
			for _, old := range x.kept[:i+1] {
				delete(x.byID, old.entryID)
				x.log.change(old.entry, func(e *CallEntry) { e.Sound = 0 })
			}
			x.kept = append([]*call(nil), x.kept[i+1:]...)
			return
		}
	}
}

// of finds a call by the id of its entry; nil when it is forgotten.
func (x *exchange) of(id string) *call {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byID[id]
}

func (x *exchange) send(to netip.AddrPort, message []byte) {
	_, _ = x.socket.WriteToUDPAddrPort(message, to) // a packet that cannot be sent is one that was lost
}

// answer writes a response; tag is that of a call, "" where none is needed.
func answer(r *sip.Request, status int, phrase, tag, body string, more ...sip.Header) []byte {
	if to := r.To(); tag != "" && !to.Params.Has("tag") {
		r = r.Clone()
		r.To().Params.Add("tag", tag)
	}
	res := sip.NewResponseFromRequest(r, status, phrase, []byte(body))
	for _, h := range more {
		res.AppendHeader(h)
	}
	return []byte(res.String())
}
