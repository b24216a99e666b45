package outside_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/buurtbel/buurtbel/internal/outside"
)

var quick = outside.Options{Password: "secret", ReceiptAfter: time.Millisecond, RepeatAfter: 50 * time.Millisecond}

func fault(t *testing.T, p *outside.Process, edit func(*outside.Fault)) {
	t.Helper()
	if err := p.Fault(t.Context(), edit); err != nil {
		t.Fatal(err)
	}
}

func summary(t *testing.T, p *outside.Process, tag string) outside.Summary {
	t.Helper()
	s, err := p.Summary(t.Context(), tag)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBind(t *testing.T) {
	p := world(t, quick)
	e := dial(t, p.SMPP())
	if status, _ := e.submit(text(mobile(1), "too early", data.GSM7BIT)); status != data.ESME_RINVBNDSTS {
		t.Error("submit_sm before bind:", status)
	}
	if s := e.bind(pdu.Transceiver, "wrong"); s != data.ESME_RINVPASWD {
		t.Error("wrong password:", s)
	}
	fault(t, p, func(f *outside.Fault) { f.RefuseBinds = 13 })
	if s := e.bind(pdu.Transceiver, "secret"); s != data.ESME_RBINDFAIL {
		t.Error("refused bind:", s)
	}
	if err := p.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := e.bind(pdu.Transceiver, "secret"); s != data.ESME_ROK {
		t.Error("good bind:", s)
	}
	if s := e.bind(pdu.Transceiver, "secret"); s != data.ESME_RALYBND {
		t.Error("second bind:", s)
	}
	e.send(pdu.NewEnquireLink())
	if r, ok := await(t, "enquire_link_resp", e.answers).(*pdu.EnquireLinkResp); !ok {
		t.Errorf("answer to enquire_link: %T", r)
	}
	e.send(pdu.NewUnbind())
	if _, ok := await(t, "unbind_resp", e.answers).(*pdu.UnbindResp); !ok {
		t.Error("no unbind_resp")
	}
	await(t, "end of the connection", e.gone)
}

func TestReceiverGetsTheReceiptsOfTheTransmitter(t *testing.T) {
	p := world(t, quick)
	tx, rx := dial(t, p.SMPP()), dial(t, p.SMPP())
	if s := tx.bind(pdu.Transmitter, "secret"); s != data.ESME_ROK {
		t.Fatal(s)
	}
	id := tx.accepted(text(mobile(1), "hallo", data.GSM7BIT)) // its receipt waits for a receiver
	if s := rx.bind(pdu.Receiver, "secret"); s != data.ESME_ROK {
		t.Fatal(s)
	}
	if got := receiptID(await(t, "receipt", rx.delivers)); got != id {
		t.Errorf("receipt for %q, want %q", got, id)
	}
	if status, _ := rx.submit(text(mobile(1), "no", data.GSM7BIT)); status != data.ESME_RINVBNDSTS {
		t.Error("a receiver may submit:", status)
	}
}

func TestReceipts(t *testing.T) {
	o := quick
	p := world(t, o)
	e := bound(t, p.SMPP())
	fault(t, p, func(f *outside.Fault) {
		f.Rules = []outside.Rule{{Suffix: "2", State: "UNDELIV", Err: "027"}, {Suffix: "3", Status: 11}, {Suffix: "4", State: "EXPIRED"}}
	})
	for n, want := range map[int]string{1: "stat:DELIVRD err:000", 2: "stat:UNDELIV err:027", 4: "stat:EXPIRED err:"} {
		id := e.accepted(text(mobile(n), "hallo", data.GSM7BIT))
		d := await(t, "receipt", e.delivers)
		if got := words(t, d); !strings.Contains(got, want) || !strings.HasPrefix(got, "id:"+id+" sub:001 ") || receiptID(d) != id {
			t.Errorf("receipt %q for %s, want %s", got, id, want)
		}
		if d.EsmClass != 4 || d.SourceAddr.Address() != mobile(n) || d.DestAddr.Address() != "8810" {
			t.Errorf("receipt from %s to %s with class %d", d.SourceAddr.Address(), d.DestAddr.Address(), d.EsmClass)
		}
	}
	if status, _ := e.submit(text(mobile(3), "hallo", data.GSM7BIT)); status != data.ESME_RINVDSTADR {
		t.Error("refused by rule:", status)
	}
	if err := p.Turn(t.Context(), true, "+"+mobile(1)); err != nil {
		t.Fatal(err)
	}
	e.accepted(text(mobile(1), "hallo", data.GSM7BIT))
	if got := words(t, await(t, "receipt", e.delivers)); !strings.Contains(got, "stat:UNDELIV") {
		t.Errorf("receipt of a telephone that is off: %q", got)
	}
}

func TestReceipts_misbehaving(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	fault(t, p, func(f *outside.Fault) { f.Receipts, f.IDs = "twice", "hex-decimal" })
	e.accepted(text(mobile(1), "x", data.GSM7BIT))
	a, b := await(t, "receipt", e.delivers), await(t, "double", e.delivers)
	if receiptID(a) != receiptID(b) {
		t.Error("not twice the same")
	}
	fault(t, p, func(f *outside.Fault) { f.Receipts, f.IDs, f.UnknownEvery = "", "", 1 })
	id := e.accepted(text(mobile(1), "x", data.GSM7BIT))
	a, b = await(t, "receipt", e.delivers), await(t, "stranger", e.delivers)
	if receiptID(a) != id || receiptID(b) == id {
		t.Errorf("receipts %q and %q for %q", receiptID(a), receiptID(b), id)
	}
	fault(t, p, func(f *outside.Fault) { f.Receipts, f.UnknownEvery, f.AnswerAfter = "first", 0, 30 })
	e.send(text(mobile(1), "x", data.GSM7BIT))
	early := receiptID(await(t, "early receipt", e.delivers))
	select {
	case <-e.answers:
		t.Error("the answer came before the receipt")
	default:
	}
	if r := await(t, "late answer", e.answers).(*pdu.SubmitSMResp); r.MessageID != early {
		t.Errorf("answer %q, receipt %q", r.MessageID, early)
	}
}

func TestDeliver_comesAgain(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	e.mu.Lock()
	e.refuse, e.ignore = 2, 1
	e.mu.Unlock()
	e.accepted(text(mobile(1), "hallo", data.GSM7BIT))
	ids := map[string]int{}
	for range 4 {
		ids[receiptID(await(t, "receipt", e.delivers))]++
	}
	if len(ids) != 1 {
		t.Error("four times the same was to come:", ids)
	}
	taken, err := p.Write(t.Context(), "+"+mobile(1), "STOP", 5*time.Second)
	if err != nil || !taken {
		t.Fatal("STOP was not taken:", err)
	}
	d := await(t, "STOP", e.delivers)
	if words(t, d) != "STOP" || d.SourceAddr.Address() != "+"+mobile(1) || d.DestAddr.Address() != "8810" || d.EsmClass != 0 {
		t.Errorf("%q from %s to %s", words(t, d), d.SourceAddr.Address(), d.DestAddr.Address())
	}
}

func TestWrite_longTextsInParts(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	for _, c := range []struct {
		text  string
		parts int
	}{{strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("€", 80), 1}, {strings.Repeat("a", 152) + "€ en meer dan tien", 2},
		{strings.Repeat("ê", 70), 1}, {strings.Repeat("ê", 71), 2}, {strings.Repeat("ê", 66) + "🔔 en nog iets", 2}} {
		if _, err := p.WriteTo(t.Context(), "+"+mobile(1), "8810", c.text, time.Second); err != nil {
			t.Fatal(err)
		}
		got := ""
		for i := range c.parts {
			d := await(t, "part", e.delivers)
			if total, n, _, ok := d.Message.UDH().GetConcatInfo(); ok != (c.parts > 1) || ok && (int(total) != c.parts || int(n) != i+1) {
				t.Errorf("part %d of %d, want %d of %d", n, total, i+1, c.parts)
			}
			got += words(t, d)
		}
		if diff := cmp.Diff(c.text, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestLog(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	first := text(mobile(1), "Bel 101. [a12]", data.GSM7BIT)
	first.ValidityPeriod = "000000010000000R"
	e.accepted(first)
	e.accepted(text(mobile(2), "Bel 101. [a12]", data.GSM7BIT))
	e.accepted(text(mobile(2), "Bel 101. [a12]", data.GSM7BIT))
	e.accepted(part(mobile(3), 9, 2, 2, "12] einde", data.GSM7BIT)) // the tag lies across two parts, and the second comes first
	e.accepted(part(mobile(3), 9, 2, 1, "Een lang bericht [a", data.GSM7BIT))
	e.accepted(text(mobile(4), "België, zonder merk", data.UCS2))
	e.accepted(part(mobile(5), 1, 2, 1, "alleen het begin", data.GSM7BIT))
	s := summary(t, p, "12")
	if s.Count != 5 || s.Messages != 3 || s.Numbers != 3 || s.Incomplete != 0 || s.First == 0 || s.Last < s.First {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff([]outside.Doubled{{Number: "+" + mobile(2), Tag: "12", Part: 1, Times: 2}}, s.Doubled); diff != "" {
		t.Error(diff)
	}
	if s := summary(t, p, ""); s.Count != 7 || s.Messages != 5 || s.Incomplete != 1 {
		t.Errorf("%+v", s)
	}
	var list []outside.Entry
	if err := p.Log(t.Context(), "", func(e outside.Entry) error { list = append(list, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if e := list[0]; e.Number != "+"+mobile(1) || e.Tag != "12" || e.Validity != 3600 || e.From != "8810" || e.Part != 1 || e.Total != 1 {
		t.Errorf("%+v", e)
	}
	if a, b := list[3], list[4]; a.Tag != "12" || b.Tag != "12" || a.Part != 2 || a.Whole != b.Whole || a.Whole == "0" {
		t.Errorf("%+v\n%+v", a, b)
	}
	phones, err := p.Phones(t.Context())
	if err != nil || len(phones) != 5 {
		t.Fatal(len(phones), err)
	}
	if got := phones[1].Bubbles[0]; got.Text != "Een lang bericht [a12] einde" || got.Parts != 2 {
		t.Errorf("%+v", got)
	}
	if err := p.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if id := e.accepted(text(mobile(1), "x", data.GSM7BIT)); id == list[0].ID {
		t.Error("an id was given twice")
	}
	if s := summary(t, p, ""); s.Count != 1 {
		t.Errorf("%+v", s)
	}
}

func TestFaults_ofSubmits(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	fault(t, p, func(f *outside.Fault) { f.ThrottleEvery = 3 })
	throttled := 0
	for range 9 {
		if s, _ := e.submit(text(mobile(1), "[athrottle]", data.GSM7BIT)); s == data.ESME_RTHROTTLED {
			throttled++
		}
	}
	if s := summary(t, p, "throttle"); throttled != 3 || s.Count != 6 {
		t.Errorf("%d throttled, %d logged", throttled, s.Count)
	}
	fault(t, p, func(f *outside.Fault) { f.ThrottleEvery, f.ThrottleFor = 0, 60_000 })
	if s, _ := e.submit(text(mobile(1), "x", data.GSM7BIT)); s != data.ESME_RTHROTTLED {
		t.Error("not throttled for a while:", s)
	}
	fault(t, p, func(f *outside.Fault) { f.ThrottleFor, f.Silent = -1, "lost" })
	e.send(text(mobile(1), "[alost]", data.GSM7BIT))
	e.send(pdu.NewEnquireLink())
	await(t, "enquire_link_resp", e.answers) // so the one before was read
	fault(t, p, func(f *outside.Fault) { f.Silent = "taken" })
	e.send(text(mobile(1), "[ataken]", data.GSM7BIT))
	await(t, "receipt of the unanswered", drained(t, e.delivers))
	fault(t, p, func(f *outside.Fault) { f.Silent = "" })
	if n := summary(t, p, "lost").Count; n != 0 {
		t.Error("silent, lost:", n)
	}
	if n := summary(t, p, "taken").Count; n != 1 {
		t.Error("silent, taken:", n)
	}
	fault(t, p, func(f *outside.Fault) { f.DropAfter = 2 })
	e.accepted(text(mobile(1), "[adrop]", data.GSM7BIT))
	e.send(text(mobile(1), "[adrop]", data.GSM7BIT))
	await(t, "the cut", e.gone)
	if n := summary(t, p, "drop").Count; n != 2 {
		t.Error("dropped, but taken:", n)
	}
	if len(e.answers) != 0 {
		t.Error("an answer that was not to come")
	}
}

// drained gives the deliver_sm after those of the six earlier submits that were taken.
func drained(t *testing.T, c <-chan *pdu.DeliverSM) <-chan *pdu.DeliverSM {
	t.Helper()
	for range 6 {
		await(t, "earlier receipt", c)
	}
	return c
}

func TestRestartAndDrop(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	if err := p.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, "the cut", e.gone)
	e = bound(t, p.SMPP())
	closed := make(chan error, 1)
	go func() { closed <- p.Restart(t.Context(), 300*time.Millisecond) }()
	await(t, "the cut", e.gone)
	if nc, err := net.Dial("tcp", p.SMPP()); err == nil {
		nc.Close()
		t.Error("the port is open during the restart")
	}
	if err := await(t, "restart", closed); err != nil {
		t.Fatal(err)
	}
	bound(t, p.SMPP())
}

func TestMalformed(t *testing.T) {
	p := world(t, quick)
	e := bound(t, p.SMPP())
	for name, c := range map[string]struct {
		to, text string
		want     data.CommandStatusType
	}{
		"national number": {"0455000001", "x", data.ESME_RINVDSTADR},
		"letters":         {"Buurt", "x", data.ESME_RINVDSTADR},
		"161 septets":     {mobile(1), strings.Repeat("a", 161), data.ESME_RINVMSGLEN},
	} {
		if s, _ := e.submit(text(c.to, c.text, data.GSM7BIT)); s != c.want {
			t.Errorf("%s: %v, want %v", name, s, c.want)
		}
	}
	e.send(pdu.NewQuerySM())
	if r, ok := await(t, "generic_nack", e.answers).(*pdu.GenericNack); !ok || r.CommandStatus != data.ESME_RINVCMDID {
		t.Error("unknown command:", r)
	}
	nc, err := net.Dial("tcp", p.SMPP())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(nc)
	if err != nil || len(b) != 16 || binary.BigEndian.Uint32(b[8:]) != 2 {
		t.Errorf("answer to a length that cannot be: %x, %v", b, err)
	}
}

func TestEndsWithItsParent(t *testing.T) {
	p := spawn(t, outside.Options{Bench: true})
	done := make(chan error, 1)
	go func() { done <- p.Stop() }()
	if err := await(t, "end of the process", done); err != nil {
		t.Error(err)
	}
}
