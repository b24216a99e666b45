package outside_test

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// esme is a client on a codec that nobody here wrote. It answers deliver_sm and enquire_link unless told otherwise.
type esme struct {
	t        *testing.T
	nc       net.Conn
	mu       sync.Mutex
	refuse   int          // so many deliver_sm are refused first
	ignore   int          // and then so many are not answered
	answers  chan pdu.PDU // every response
	delivers chan *pdu.DeliverSM
	gone     chan struct{} // closed when the connection ends
}

func dial(t *testing.T, address string) *esme {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	e := &esme{t: t, nc: nc, answers: make(chan pdu.PDU, 1000), delivers: make(chan *pdu.DeliverSM, 1000), gone: make(chan struct{})}
	t.Cleanup(func() { nc.Close(); <-e.gone })
	go e.listen()
	return e
}

func (e *esme) send(p pdu.PDU) {
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := e.nc.Write(b.Bytes()); err != nil {
		e.t.Log("send:", err)
	}
}

func (e *esme) listen() {
	defer close(e.gone)
	for {
		p, err := pdu.Parse(e.nc)
		if err != nil {
			return
		}
		switch p := p.(type) {
		case *pdu.DeliverSM:
			e.take(p)
		case *pdu.EnquireLink:
			e.send(p.GetResponse())
		default:
			e.answers <- p
		}
	}
}

func (e *esme) take(p *pdu.DeliverSM) {
	answer := p.GetResponse().(*pdu.DeliverSMResp)
	e.mu.Lock()
	ignored := false
	switch {
	case e.refuse > 0:
		e.refuse--
		answer.CommandStatus = data.ESME_RX_T_APPN
	case e.ignore > 0:
		e.ignore--
		ignored = true
	}
	e.mu.Unlock()
	if !ignored {
		e.send(answer)
	}
	e.delivers <- p
}

// await gives the next of c, or fails the test.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(40 * time.Second):
		t.Fatal("no", what)
		panic("not reached")
	}
}

func (e *esme) bind(kind pdu.BindingType, password string) data.CommandStatusType {
	e.t.Helper()
	b := pdu.NewBindRequest(kind)
	b.SystemID, b.Password = "village", password
	e.send(b)
	return await(e.t, "answer to bind", e.answers).GetHeader().CommandStatus
}

func bound(t *testing.T, address string) *esme {
	t.Helper()
	e := dial(t, address)
	if s := e.bind(pdu.Transceiver, "secret"); s != data.ESME_ROK {
		t.Fatal("bind:", s)
	}
	return e
}

func text(number, text string, enc data.Encoding) *pdu.SubmitSM {
	s := pdu.NewSubmitSM().(*pdu.SubmitSM)
	s.SourceAddr, s.DestAddr = address("8810"), address(number)
	s.RegisteredDelivery = 1
	if err := s.Message.SetMessageWithEncoding(text, enc); err != nil {
		panic(err)
	}
	return s
}

// part is one part of a longer text with the 8-bit reference that telephones use.
func part(number string, ref, total, n byte, words string, enc data.Encoding) *pdu.SubmitSM {
	s := text(number, words, enc)
	s.EsmClass = data.SM_UDH_GSM
	s.Message.SetUDH(pdu.UDH{{ID: 0, Data: []byte{ref, total, n}}})
	return s
}

func address(a string) pdu.Address {
	v := pdu.NewAddress()
	v.SetTon(1)
	v.SetNpi(1)
	if err := v.SetAddress(a); err != nil {
		panic(err)
	}
	return v
}

// submit sends and gives status and message id.
func (e *esme) submit(p pdu.PDU) (data.CommandStatusType, string) {
	e.t.Helper()
	e.send(p)
	r, ok := await(e.t, "answer to submit_sm", e.answers).(*pdu.SubmitSMResp)
	if !ok {
		e.t.Fatal("not a submit_sm_resp")
	}
	return r.CommandStatus, r.MessageID
}

func (e *esme) accepted(p pdu.PDU) (id string) {
	e.t.Helper()
	s, id := e.submit(p)
	if s != data.ESME_ROK {
		e.t.Fatalf("submit_sm refused: %v", s)
	}
	return id
}

func words(t *testing.T, d *pdu.DeliverSM) string {
	t.Helper()
	s, err := d.Message.GetMessage()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func receiptID(d *pdu.DeliverSM) string {
	f, ok := d.OptionalParameters[pdu.TagReceiptedMessageID]
	if !ok {
		return ""
	}
	return string(bytes.TrimRight(f.Data, "\x00"))
}

func mobile(n int) string { return fmt.Sprintf("32455%06d", n) }
