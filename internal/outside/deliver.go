package outside

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const tick = int64(4 * time.Millisecond) // receipts fall due together, so that they leave in few writes

// item is one deliver_sm to come: a receipt, or a part of what a telephone wrote.
type item struct {
	due    int64 // ns since 1970
	number uint64
	peer   string // the ESME's own address
	plus   bool
	numberTON, numberNPI,
	peerTON, peerNPI byte

	// Of a receipt.
	id      uint64
	at      int64    // when the submit_sm came
	verdict *verdict // shared and never changed
	twice   bool

	tries uint8

	// Of a written text.
	part     *written
	incoming *incoming
}

// verdict is what receipts have in common.
type verdict struct {
	state, code string
	form        string // spelling of the id
}

// incoming is a text on its way from a telephone to the ESME.
type incoming struct {
	ref    uint32
	left   atomic.Int32
	done   chan struct{} // closed once every part was taken
	bubble func()        // tells the telephone that it was taken; nil without telephones
}

var lastRef atomic.Uint32

func newIncoming() *incoming {
	return &incoming{ref: lastRef.Add(1), done: make(chan struct{})}
}

func (m *incoming) taken() {
	if m.left.Add(-1) > 0 {
		return
	}
	close(m.done)
	if m.bubble != nil {
		m.bubble()
	}
}

type sentAt struct {
	seq uint32
	at  int64
}

// account is one ESME: what waits for it, in order of due time, and its connections that may receive. A deliver_sm that is refused or stays
// unanswered comes again, as it does from real carriers.
type account struct {
	smsc *SMSC
	wake chan struct{}

	mu       sync.Mutex
	waiting  heap
	sessions []*session
	turn     int
	planned  int64 // when pump looks again, ns since 1970
	blocked  bool  // something is due but no window has room
}

func newAccount(c *SMSC) *account { return &account{smsc: c, wake: make(chan struct{}, 1)} }

func (a *account) bind(s *session) {
	a.mu.Lock()
	a.sessions = append(a.sessions, s)
	a.mu.Unlock()
	a.stir()
}

// unbind takes back what s had not answered.
func (a *account) unbind(s *session) {
	a.mu.Lock()
	for i, o := range a.sessions {
		if o == s {
			a.sessions = append(a.sessions[:i], a.sessions[i+1:]...)
			break
		}
	}
	for _, it := range s.open {
		a.waiting.push(it)
	}
	s.open, s.sent = map[uint32]item{}, nil
	a.mu.Unlock()
	a.stir()
}

func (a *account) stir() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *account) push(it item) {
	it.due = (it.due + tick - 1) / tick * tick
	a.mu.Lock()
	a.waiting.push(it)
	early := it.due < a.planned
	if early {
		a.planned = it.due
	}
	a.mu.Unlock()
	if early {
		a.stir()
	}
}

func (a *account) pump() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(a.round(time.Now().UnixNano()))
		select {
		case <-timer.C:
		case <-a.wake:
		case <-a.smsc.done:
			return
		}
	}
}

// round sends what is due and gives the time until the next look.
func (a *account) round(now int64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sessions {
		a.takeBack(s, now)
	}
	a.blocked = false
	for len(a.waiting) > 0 && a.waiting[0].due <= now {
		s := a.pick()
		if s == nil {
			a.blocked = true
			break
		}
		it := a.waiting.pop()
		a.send(s, it, now)
		if it.twice {
			it.twice = false
			a.send(s, it, now)
		}
		a.stranger(s, it, now)
	}
	for _, s := range a.sessions {
		s.flush()
	}
	a.planned = now + int64(time.Second)
	if !a.blocked && len(a.waiting) > 0 {
		a.planned = min(a.planned, max(a.waiting[0].due, now+tick/4))
	}
	return time.Duration(a.planned - now)
}

// pick gives the next connection with room in its window, or nil.
func (a *account) pick() *session {
	for range a.sessions {
		a.turn++
		if s := a.sessions[a.turn%len(a.sessions)]; len(s.open) < a.smsc.opts.Window {
			return s
		}
	}
	return nil
}

// send writes one deliver_sm; the account's lock is held.
func (a *account) send(s *session, it item, now int64) {
	s.seq++
	s.open[s.seq] = it
	s.sent = append(s.sent, sentAt{s.seq, now})
	s.mu.Lock()
	s.out = appendDeliver(s.out, s.seq, &it, now)
	s.mu.Unlock()
	if it.tries > 0 {
		a.smsc.counts.repeated.Add(1)
	} else if it.incoming == nil {
		a.smsc.counts.receipts.Add(1)
	}
}

// stranger sends a receipt for an id that was never given, when the faults ask for it.
func (a *account) stranger(s *session, it item, now int64) {
	f := a.smsc.faults.now.Load()
	if f.UnknownEvery <= 0 || it.incoming != nil || f.receipts.Add(1)%int64(f.UnknownEvery) != 0 {
		return
	}
	it.id += 1 << 40
	a.send(s, it, now)
}

// deliverNow sends past the window: for receipts that overtake their submit_sm_resp.
func (a *account) deliverNow(s *session, it item) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.send(s, it, time.Now().UnixNano())
}

// settle takes a deliver_sm_resp.
func (a *account) settle(s *session, seq, status uint32) {
	a.mu.Lock()
	it, ok := s.open[seq]
	delete(s.open, seq)
	if ok && status != statusOK {
		a.again(it, time.Now().UnixNano())
	}
	blocked := a.blocked
	a.mu.Unlock()
	if !ok {
		return
	}
	if status == statusOK {
		a.smsc.counts.answered.Add(1)
		if it.incoming != nil {
			it.incoming.taken()
		}
	}
	if blocked {
		a.stir()
	}
}

// again puts back what was refused or not answered, until it was tried too often.
func (a *account) again(it item, now int64) {
	if it.tries++; int(it.tries) > a.smsc.opts.Repeats {
		a.smsc.counts.dropped.Add(1)
		return
	}
	it.due = now + int64(a.smsc.opts.RepeatAfter)
	a.waiting.push(it)
	a.planned = min(a.planned, it.due)
}

// takeBack finds what s has left unanswered too long.
func (a *account) takeBack(s *session, now int64) {
	n := 0
	for _, sent := range s.sent {
		it, open := s.open[sent.seq]
		if open && now-sent.at < int64(a.smsc.opts.RepeatAfter) {
			break
		}
		n++
		if open {
			delete(s.open, sent.seq)
			a.again(it, now)
		}
	}
	s.sent = append(s.sent[:0], s.sent[n:]...)
}

func appendID(b []byte, id uint64, form string) []byte {
	if form == "hex" || form == "hex-decimal" {
		return strconv.AppendUint(b, id, 16)
	}
	return strconv.AppendUint(b, id, 10)
}

func appendReceiptID(b []byte, id uint64, form string) []byte {
	if form == "hex" {
		return strconv.AppendUint(b, id, 16)
	}
	return strconv.AppendUint(b, id, 10)
}

// appendDeliver writes a deliver_sm (SMPP 3.4 section 4.6.1).
func appendDeliver(b []byte, seq uint32, it *item, now int64) []byte {
	start := len(b)
	b = appendHeader(b, cmdDeliver, 0, seq)
	b = append(b, 0, it.numberTON, it.numberNPI)
	if it.plus {
		b = append(b, '+')
	}
	b = append(strconv.AppendUint(b, it.number, 10), 0, it.peerTON, it.peerNPI)
	b = append(append(b, it.peer...), 0)
	if it.incoming != nil {
		esm := byte(0)
		if it.part.udhi {
			esm = esmUDHI
		}
		b = append(b, esm, 0, 0, 0, 0, 0, 0, it.part.coding, 0, byte(len(it.part.body)))
		return closePDU(append(b, it.part.body...), start)
	}
	b = append(b, esmReceipt, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	length := len(b) - 1
	b = appendReceipt(b, it, now)
	b[length] = byte(len(b) - length - 1)
	b = append(b, tlvReceiptedID>>8, tlvReceiptedID&0xFF, 0, 0)
	length = len(b) - 1
	b = append(appendReceiptID(b, it.id, it.verdict.form), 0)
	b[length] = byte(len(b) - length - 1)
	return closePDU(append(b, tlvState>>8, tlvState&0xFF, 0, 1, stateNumber(it.verdict.state)), start)
}

// appendReceipt writes the customary text of a receipt (SMPP 3.4 appendix B).
func appendReceipt(b []byte, it *item, now int64) []byte {
	delivered := "000"
	if it.verdict.state == "DELIVRD" {
		delivered = "001"
	}
	b = appendReceiptID(append(b, "id:"...), it.id, it.verdict.form)
	b = append(append(b, " sub:001 dlvrd:"...), delivered...)
	b = time.Unix(0, it.at).UTC().AppendFormat(append(b, " submit date:"...), "0601021504")
	b = time.Unix(0, now).UTC().AppendFormat(append(b, " done date:"...), "0601021504")
	b = append(append(b, " stat:"...), it.verdict.state...)
	b = append(append(b, " err:"...), it.verdict.code...)
	return append(b, " text:"...)
}

// stateNumber is the message_state of a receipt's word (SMPP 3.4 section 5.2.28).
func stateNumber(state string) byte {
	for i, s := range [...]string{"ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"} {
		if s == state {
			return byte(i + 1)
		}
	}
	return 7
}
