package smpp

import (
	"bufio"
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// Why a connection ended.
var (
	errSilent  = errors.New("smpp: the carrier does not answer enquire_link")
	errUnbound = errors.New("smpp: the carrier sent unbind")
	errEnded   = errors.New("smpp: the session ended the connection")
)

// farewell is how long the last answers may take to leave.
const farewell = time.Second

// conn is one bound connection. Octets are put into out by anyone; one writer hands them to the socket, as many PDUs at once as have
// gathered meanwhile. One reader reads.
type conn struct {
	s  *Session
	nc net.Conn
	r  *bufio.Reader

	mu       sync.Mutex
	out      []byte           // not yet handed to the socket
	end      int64            // length of the stream up to the end of out
	open     map[uint32]*part // by sequence number
	sequence uint32
	dead     bool // nothing is taken any more
	last     bool // the writer ends when out is empty

	wake    chan struct{} // out is not empty, or last was set
	sweep   *time.Timer   // looks for answers that are overdue
	gone    chan struct{} // closed by kill
	why     error         // why it was killed; read after gone
	once    sync.Once
	taken   int64         // how much of the stream the socket may have taken; read after the writer ended
	written chan struct{} // closed when the writer ended
	unbound chan struct{} // closed when the answer to our unbind came
	heard   atomic.Bool   // something came since the last enquire_link
}

func newConn(s *Session, nc net.Conn, r *bufio.Reader) *conn {
	c := &conn{
		s: s, nc: nc, r: r, sequence: bindSequence, open: make(map[uint32]*part, s.cfg.Window),
		wake: make(chan struct{}, 1), gone: make(chan struct{}), written: make(chan struct{}), unbound: make(chan struct{}),
		sweep: time.NewTimer(time.Hour),
	}
	c.sweep.Stop()
	return c
}

// serve runs the connection until it ends, and settles everything that is open then.
func (c *conn) serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { c.kill(errEnded) })
	defer stop()
	tended := make(chan struct{})
	go c.write()
	go func() { defer close(tended); c.tend() }()
	c.s.goUp(c)
	err := c.read()
	if errors.Is(err, errUnbound) || errors.Is(err, wire.ErrLength) {
		c.flush()
	}
	c.kill(err)
	<-c.written
	<-tended
	c.s.down.Store(&channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: codeLost})
	c.s.bound.Store(nil)
	c.abandon()
	return c.why
}

// kill ends the connection, once; err is kept.
func (c *conn) kill(err error) {
	c.once.Do(func() {
		c.why = err
		close(c.gone)
		if err := c.nc.Close(); err != nil {
			c.s.log.Debug("closing a connection", "error", err)
		}
	})
}

// flush lets the writer send what is left, for at most a second.
func (c *conn) flush() {
	c.mu.Lock()
	c.last = true
	c.mu.Unlock()
	c.rouse()
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-c.written:
	case <-c.gone:
	case <-timer.C:
	}
}

// unbind says goodbye (SMPP 3.4 section 4.2) and waits a second for the answer.
func (c *conn) unbind(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	c.ask(wire.Unbind)
	select {
	case <-c.unbound:
	case <-c.gone:
	case <-ctx.Done():
	}
}

// rouse wakes the writer.
func (c *conn) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write hands octets to the socket until the connection is killed.
func (c *conn) write() {
	defer close(c.written)
	var spare []byte
	for {
		select {
		case <-c.wake:
		case <-c.gone:
			return
		}
		runtime.Gosched() // lets who is about to add a PDU add it to this write
		var more bool
		if spare, more = c.drainOut(spare); !more {
			return
		}
	}
}

// drainOut writes until out is empty. It gives false when the writer must end.
func (c *conn) drainOut(spare []byte) ([]byte, bool) {
	for {
		c.mu.Lock()
		batch, end, last := c.out, c.end, c.last
		c.out = spare[:0]
		c.mu.Unlock()
		if len(batch) == 0 {
			return batch, !last
		}
		if err := c.writeBatch(batch, end); err != nil {
			c.kill(err)
			return batch, false
		}
		spare = batch
	}
}

// writeBatch writes octets that end at end in the stream, and keeps in taken how far the carrier can have read. TLS may have sent more
// of a failed write than it says.
func (c *conn) writeBatch(batch []byte, end int64) error {
	err := c.nc.SetWriteDeadline(time.Now().Add(c.s.cfg.ResponseTimeout))
	if err != nil {
		return err
	}
	n, err := c.nc.Write(batch)
	c.taken = end
	if err != nil && c.s.tls == nil {
		c.taken = end - int64(len(batch)) + int64(n)
	}
	c.s.counts.writes.Add(1)
	return err
}

// add appends octets made by f. The lock is held.
func (c *conn) add(f func(b []byte) []byte) {
	before := len(c.out)
	c.out = f(c.out)
	c.end += int64(len(c.out) - before)
}

// nextSequence gives 1 to 0x7FFFFFFF (SMPP 3.4 section 5.1.4). The lock is held.
func (c *conn) nextSequence() uint32 {
	c.sequence = c.sequence&0x7FFFFFFF + 1
	if c.sequence > 0x7FFFFFFF {
		c.sequence = 1
	}
	return c.sequence
}

// ask sends a request without a body.
func (c *conn) ask(command wire.Command) {
	c.mu.Lock()
	if !c.dead {
		c.add(func(b []byte) []byte { return wire.AppendHeader(b, command, 0, c.nextSequence()) })
	}
	c.mu.Unlock()
	c.rouse()
}

// respond answers a request of the carrier, with a body where the command has one.
func (c *conn) respond(command wire.Command, status, sequence uint32) {
	c.mu.Lock()
	if !c.dead {
		c.add(func(b []byte) []byte {
			if command == wire.DeliverSMResp || command == wire.DataSMResp {
				return wire.AppendResponse(b, command, status, sequence, "")
			}
			return wire.AppendHeader(b, command, status, sequence)
		})
	}
	c.mu.Unlock()
	c.rouse()
}
