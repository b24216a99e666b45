package smsc

import (
	"bufio"
	"bytes"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// link is one connection from a client.
type link struct {
	s       *SMSC
	nc      net.Conn
	r       *bufio.Reader
	isBound atomic.Bool
	once    sync.Once

	mu       sync.Mutex
	w        *bufio.Writer
	broken   bool
	sequence uint32
	answers  map[uint32]chan uint32
}

const (
	statusThrottled = 0x58
	statusNotBound  = 0x04
)

func (k *link) cut() {
	k.once.Do(func() {
		if err := k.nc.Close(); err != nil {
			k.s.t.Logf("smsc: %v", err)
		}
	})
}

func (k *link) serve() {
	defer func() {
		k.cut()
		k.isBound.Store(false)
		k.s.mu.Lock()
		delete(k.s.links, k)
		k.s.tell()
		k.s.mu.Unlock()
	}()
	var buf []byte
	for {
		frame, err := wire.ReadFrame(k.r, buf)
		if err != nil {
			return // the client went away
		}
		buf = frame
		if !k.take(frame) {
			return
		}
		if k.r.Buffered() == 0 {
			k.flush()
		}
	}
}

// take handles one PDU; false ends the connection.
func (k *link) take(frame []byte) bool {
	h, err := wire.ReadHeader(frame)
	if err != nil {
		return false
	}
	faults := k.faults()
	switch h.Command {
	case wire.BindTransceiver, wire.BindTransmitter, wire.BindReceiver:
		k.bind(h, faults)
	case wire.SubmitSM:
		return k.submit(h, frame, faults)
	case wire.EnquireLink:
		if !faults.SilentLink {
			k.answer(wire.AppendHeader(nil, h.Command.Response(), 0, h.Sequence))
		}
	case wire.Unbind:
		k.answer(wire.AppendHeader(nil, h.Command.Response(), 0, h.Sequence))
		k.flush()
		return false
	case wire.DeliverSMResp, wire.DataSMResp, wire.GenericNack:
		k.answered(h)
	}
	return true
}

func (k *link) faults() Faults {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	return k.s.faults
}

func (k *link) bind(h wire.Header, f Faults) {
	if f.SilentBind {
		return
	}
	if f.RefuseBind == 0 {
		k.isBound.Store(true)
		defer func() {
			k.s.mu.Lock()
			k.s.tell()
			k.s.mu.Unlock()
		}()
	}
	k.answer(wire.AppendResponse(nil, h.Command.Response(), f.RefuseBind, h.Sequence, "smsc"))
	k.flush()
}

// keep records a submit_sm and gives its number.
func (k *link) keep(frame []byte, f Faults) (wire.Message, int64) {
	var m wire.Message
	if !f.Forget {
		if err := m.Read(bytes.Clone(frame)); err != nil {
			k.s.t.Errorf("smsc: submit_sm: %v", err)
		}
	}
	n := k.s.ids.Add(1)
	if !f.Forget {
		k.s.mu.Lock()
		k.s.submits = append(k.s.submits, m)
		k.s.tell()
		k.s.mu.Unlock()
	}
	return m, n
}

func (k *link) submit(h wire.Header, frame []byte, f Faults) bool {
	if !k.isBound.Load() {
		k.answer(wire.AppendHeader(nil, wire.SubmitSMResp, statusNotBound, h.Sequence))
		return true
	}
	m, n := k.keep(frame, f)
	switch int(n) {
	case f.DropAt:
		k.flush()
		return false
	case f.HalfAt:
		k.answer(wire.AppendResponse(nil, wire.SubmitSMResp, 0, h.Sequence, "half")[:11])
		k.flush()
		return false
	case f.GarbageAt:
		k.answer([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		return true
	}
	if f.Silent {
		return true
	}
	if f.Late > 0 {
		time.AfterFunc(f.Late, func() { k.reply(h, m, n, f); k.flush() })
		return true
	}
	k.reply(h, m, n, f)
	return true
}

// reply answers a submit_sm and sends its receipts.
func (k *link) reply(h wire.Header, m wire.Message, n int64, f Faults) {
	status := uint32(0)
	if int(n) <= f.Throttle {
		status = statusThrottled
	} else if f.Status != nil {
		status = f.Status(&m)
	}
	if f.NackAll {
		k.answer(wire.AppendHeader(nil, wire.GenericNack, 0x08, h.Sequence))
		return
	}
	if status != 0 {
		k.answer(wire.AppendHeader(nil, wire.SubmitSMResp, status, h.Sequence))
		return
	}
	id := strconv.FormatInt(n, 10)
	if f.MessageID != nil {
		id = f.MessageID(n)
	}
	response := wire.AppendResponse(nil, wire.SubmitSMResp, 0, h.Sequence, id)
	if f.ReceiptFirst {
		k.receipts(&m, id, f.Receipts)
		k.answer(response)
	} else {
		k.answer(response)
		k.receipts(&m, id, f.Receipts)
	}
}

func (k *link) receipts(m *wire.Message, id string, n int) {
	if m.Registered&1 == 0 {
		return
	}
	for range n {
		receipt := wire.Message{
			Command: wire.DeliverSM, Source: m.Dest, Dest: m.Source, ESMClass: wire.ESMReceipt, Short: []byte(ReceiptText(id, "DELIVRD")),
		}
		if _, err := k.deliver(receipt); err != nil {
			k.s.t.Logf("smsc: %v", err)
		}
	}
}

// deliver queues a delivery; its answer comes on the channel.
func (k *link) deliver(m wire.Message) (chan uint32, error) {
	if m.Command == 0 {
		m.Command = wire.DeliverSM
	}
	answer := make(chan uint32, 1)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sequence++
	m.Sequence = k.sequence
	k.answers[m.Sequence] = answer
	if _, err := k.w.Write(m.Append(nil)); err != nil {
		return nil, err
	}
	return answer, k.w.Flush()
}

func (k *link) answered(h wire.Header) {
	k.mu.Lock()
	answer := k.answers[h.Sequence]
	delete(k.answers, h.Sequence)
	k.mu.Unlock()
	if answer != nil {
		answer <- h.Status
	}
}

// answer writes without flushing. A client that went away is no fault of the test.
func (k *link) answer(octets []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, err := k.w.Write(octets); err != nil {
		k.broken = true
	}
}

func (k *link) flush() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.w.Flush(); err != nil {
		k.broken = true
	}
}

func (k *link) raw(octets []byte) {
	k.answer(slices.Clone(octets))
	k.flush()
}
