package outside

import (
	"encoding/binary"
	"net"
	"sync"
	"time"
)

const outMax = 1 << 20 // octets waiting to be written before reading stops

// session is one SMPP connection: a goroutine that reads and answers, one that writes what has gathered.
type session struct {
	smsc    *SMSC
	nc      net.Conn
	no      uint16
	system  string
	account *account // nil until bound
	sends   bool     // bound as transmitter or transceiver

	// Of the reader.
	m       submit
	scratch []byte
	from    string   // the last sender, so that it is not copied for each submit
	verdict *verdict // the last one, likewise

	mu      sync.Mutex // guards what follows
	out     []byte
	closing bool // close once out is written
	room    sync.Cond
	wake    chan struct{}
	done    chan struct{}
	once    sync.Once

	// Of the account, under its lock.
	seq  uint32
	open map[uint32]item
	sent []sentAt
}

func newSession(c *SMSC, nc net.Conn, no uint16) *session {
	s := &session{smsc: c, nc: nc, no: no, wake: make(chan struct{}, 1), done: make(chan struct{}), open: map[uint32]item{}}
	s.room.L = &s.mu
	return s
}

func (s *session) close() {
	s.once.Do(func() {
		s.nc.Close()
		s.mu.Lock()
		close(s.done)
		s.room.Broadcast()
		s.mu.Unlock()
	})
}

// flush tells the writer that there is something to write.
func (s *session) flush() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *session) write() {
	defer s.close()
	var spare []byte
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
		s.mu.Lock()
		b, last := s.out, s.closing
		s.out = spare[:0]
		s.room.Broadcast()
		s.mu.Unlock()
		if len(b) > 0 {
			if _, err := s.nc.Write(b); err != nil {
				return
			}
		}
		if last {
			return
		}
		spare = b
	}
}

// waitRoom holds the reader back while the ESME does not read its answers.
func (s *session) waitRoom() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.out) > outMax && !s.ended() {
		s.room.Wait()
	}
}

func (s *session) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *session) read() {
	defer func() {
		s.close()
		s.smsc.leave(s)
		if s.account != nil {
			s.account.unbind(s)
		}
	}()
	buf := make([]byte, 128<<10)
	end := 0
	for {
		n, err := s.nc.Read(buf[end:])
		end += n
		s.waitHearing()
		used, ok := s.handleAll(buf[:end])
		s.flush()
		if err != nil || !ok {
			return
		}
		end = copy(buf, buf[used:end])
		s.waitRoom()
	}
}

// waitHearing stands still while the fault "deaf" is on.
func (s *session) waitHearing() {
	for {
		f := s.smsc.faults.now.Load()
		if f.Silent != "deaf" || !f.silent(time.Now().UnixNano()) {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-s.done:
			return
		}
	}
}

// handleAll handles the whole PDUs in b and tells how many octets they were; false ends the connection.
func (s *session) handleAll(b []byte) (used int, ok bool) {
	for len(b)-used >= headerSize {
		p := b[used:]
		length := binary.BigEndian.Uint32(p)
		if length < headerSize || length > pduMax {
			s.reply(cmdResponse, statusCmdLength, binary.BigEndian.Uint32(p[12:])) // generic_nack
			return used, s.hangUp()
		}
		if uint32(len(p)) < length {
			break
		}
		if !s.handle(p[:length]) {
			return used, false
		}
		used += int(length)
	}
	return used, true
}

// hangUp closes after what was answered is written; it gives true because until then the reader goes on.
func (s *session) hangUp() bool {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.flush()
	<-s.done
	return false
}

func (s *session) reply(command, status, seq uint32) {
	s.mu.Lock()
	s.out = appendPlain(s.out, command, status, seq)
	s.mu.Unlock()
}

func (s *session) handle(p []byte) bool {
	command, status, seq := binary.BigEndian.Uint32(p[4:]), binary.BigEndian.Uint32(p[8:]), binary.BigEndian.Uint32(p[12:])
	body := p[headerSize:]
	switch command {
	case cmdSubmit:
		return s.submit(seq, body)
	case cmdDeliver | cmdResponse:
		if s.account != nil {
			s.account.settle(s, seq, status)
		}
	case cmdEnquire:
		s.reply(cmdEnquire|cmdResponse, statusOK, seq)
	case cmdBindReceiver, cmdBindTransmitter, cmdBindTransceiver:
		return s.bind(command, seq, body)
	case cmdUnbind:
		s.reply(cmdUnbind|cmdResponse, statusOK, seq)
		return s.hangUp()
	case cmdEnquire | cmdResponse, cmdUnbind | cmdResponse, cmdResponse:
	default:
		s.reply(cmdResponse, statusCmdID, seq)
	}
	return true
}

// bind answers one of the three binds (SMPP 3.4 section 4.1). A refused ESME may try again on the same connection.
func (s *session) bind(command, seq uint32, body []byte) bool {
	c := cursor{b: body}
	system, password := string(c.text(16)), string(c.text(9))
	status := uint32(statusOK)
	f := s.smsc.faults.now.Load()
	switch {
	case c.bad:
		status = statusCmdLength
	case s.account != nil:
		status = statusAlreadyBound
	case f.RefuseBinds != 0:
		status = f.RefuseBinds
	case s.smsc.opts.Password != "" && password != s.smsc.opts.Password, s.smsc.opts.SystemID != "" && system != s.smsc.opts.SystemID:
		status = statusPassword
	}
	s.mu.Lock()
	start := len(s.out)
	s.out = appendHeader(s.out, command|cmdResponse, status, seq)
	if status == statusOK || command == cmdBindTransceiver { // a refusal has a body here alone (SMPP 3.4 section 4.1.6)
		s.out = append(s.out, "outside\x00"...)
	}
	if status == statusOK {
		s.out = append(s.out, 0x02, 0x10, 0, 1, 0x34) // sc_interface_version
	}
	s.out = closePDU(s.out, start)
	s.mu.Unlock()
	if status != statusOK {
		s.smsc.counts.refused.Add(1)
		return true
	}
	s.smsc.counts.binds.Add(1)
	s.system, s.account, s.sends = system, s.smsc.account(system), command != cmdBindReceiver
	if command != cmdBindTransmitter {
		s.account.bind(s)
	}
	return true
}

// submit is the hot path: it takes one submit_sm, logs it, and answers.
func (s *session) submit(seq uint32, body []byte) bool {
	at := time.Now().UnixNano()
	c := s.smsc
	c.counts.submits.Add(1)
	f := c.faults.now.Load()
	status := parseSubmit(body, &s.m)
	if !s.sends {
		status = statusBindState
	}
	var fate fate
	if status == statusOK {
		fate = f.submit(s.m.number, at)
		status = fate.refuse
	}
	if status != statusOK {
		c.refuse(status)
		s.answer(status, seq, 0, f)
		return true
	}
	if fate.lost {
		return true
	}
	id, receipt := s.take(at, f)
	if fate.drop {
		return false
	}
	if f.Receipts == "first" && receipt != nil {
		s.account.deliverNow(s, *receipt)
		receipt = nil
	}
	if !fate.mute {
		s.answer(statusOK, seq, id, f)
	}
	if receipt != nil {
		s.account.push(*receipt)
	}
	return true
}

func (c *SMSC) refuse(status uint32) {
	if status == statusThrottled || status == 0x14 {
		c.counts.throttled.Add(1)
		return
	}
	c.counts.refused.Add(1)
}

func (s *session) answer(status, seq uint32, id uint64, f *faults) {
	write := func() {
		s.mu.Lock()
		s.out = appendSubmitResp(s.out, status, seq, id, f.IDs)
		s.mu.Unlock()
	}
	if f.AnswerAfter <= 0 {
		write()
		return
	}
	time.AfterFunc(time.Duration(f.AnswerAfter)*time.Millisecond, func() { write(); s.flush() })
}

// take logs s.m, shows it on its telephone, and makes its receipt (nil when none is to come).
func (s *session) take(at int64, f *faults) (id uint64, receipt *item) {
	c, m := s.smsc, &s.m
	s.scratch = appendText(s.scratch[:0], m.coding, m.text)
	id, whole, complete := c.log.add(m, s.scratch, at, s.no)
	c.counts.taken.Add(1)
	if s.from != string(m.src) {
		s.from = string(m.src)
	}
	off := false
	if c.phones != nil {
		if m.total == 1 {
			whole, complete = string(s.scratch), true
		}
		off = c.phones.arrive(m.number, s.from, s.system, whole, complete, int(m.total), at)
	}
	if f.Receipts == "off" || m.registered&3 == 0 {
		return id, nil
	}
	it := item{due: at + int64(f.receiptDelay(id)), id: id, at: at, number: m.number, plus: m.plus, peer: s.from,
		numberTON: m.dstTON, numberNPI: m.dstNPI, peerTON: m.srcTON, peerNPI: m.srcNPI, twice: f.Receipts == "twice"}
	v := verdict{form: f.IDs}
	v.state, v.code = f.outcome(m.number)
	if off {
		v.state, v.code = "UNDELIV", "027"
	}
	if v.state == "NONE" || m.registered&3 == 2 && v.state == "DELIVRD" {
		return id, nil
	}
	if s.verdict == nil || *s.verdict != v {
		fresh := v // so that v itself stays on the stack
		s.verdict = &fresh
	}
	it.verdict = s.verdict
	return id, &it
}
