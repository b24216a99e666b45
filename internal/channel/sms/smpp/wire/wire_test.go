package wire_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// draw makes any message that the general codec can write too.
func draw(t *rapid.T, command wire.Command) wire.Message {
	address := func(name string) wire.Address {
		return wire.Address{TON: rapid.Byte().Draw(t, name+" ton"), NPI: rapid.Byte().Draw(t, name+" npi"), Addr: rapid.StringMatching(`[0-9A-Za-z ]{0,20}`).Draw(t, name)}
	}
	m := wire.Message{
		Command: command, Sequence: rapid.Uint32Range(1, math.MaxInt32).Draw(t, "sequence"),
		ServiceType: rapid.StringMatching(`[A-Z]{0,5}`).Draw(t, "service"), Source: address("source"), Dest: address("dest"),
		ESMClass: rapid.SampledFrom([]byte{0, 1, 2, 3, 4, 8}).Draw(t, "esm"), Protocol: rapid.Byte().Draw(t, "protocol"),
		Priority: rapid.Byte().Draw(t, "priority"), Validity: rapid.SampledFrom([]string{"", "000000010000000R"}).Draw(t, "validity"),
		Registered: rapid.Byte().Draw(t, "registered"), Coding: rapid.SampledFrom([]byte{0, 1, 3, 8}).Draw(t, "coding"),
	}
	limit := 254
	if rapid.Bool().Draw(t, "in parts") {
		header := []byte{5, 0, 3, rapid.Byte().Draw(t, "ref"), 3, 2}
		m.UDH, limit = header, 248
		m.ESMClass |= wire.ESMUDHI
	}
	m.Short = rapid.SliceOfN(rapid.Byte(), 0, limit).Draw(t, "short")
	m.TLVs = []byte{}
	if rapid.Bool().Draw(t, "parameter") { // one: the general codec writes several in no fixed order
		m.TLVs = wire.AppendTLV(nil, wire.TagReceiptedMessageID, rapid.SliceOfN(rapid.Byte(), 1, 65).Draw(t, "id"))
	}
	return m
}

// library writes m with the general codec.
func library(t *rapid.T, m wire.Message) []byte {
	address := func(a wire.Address) pdu.Address {
		made, err := pdu.NewAddressWithTonNpiAddr(a.TON, a.NPI, a.Addr)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	var text pdu.ShortMessage
	if err := text.SetMessageDataWithEncoding(m.Short, data.FromDataCoding(m.Coding)); err != nil {
		t.Fatal(err)
	}
	if m.UDH != nil {
		text.SetUDH(pdu.UDH{pdu.NewIEConcatMessage(m.UDH[4], m.UDH[5], m.UDH[3])})
	}
	var p pdu.PDU
	if m.Command == wire.SubmitSM {
		s := pdu.NewSubmitSM().(*pdu.SubmitSM)
		s.ServiceType, s.SourceAddr, s.DestAddr, s.EsmClass, s.ProtocolID = m.ServiceType, address(m.Source), address(m.Dest), m.ESMClass, m.Protocol
		s.PriorityFlag, s.ValidityPeriod, s.RegisteredDelivery, s.Message = m.Priority, m.Validity, m.Registered, text
		p = s
	} else {
		s := pdu.NewDeliverSM().(*pdu.DeliverSM)
		s.ServiceType, s.SourceAddr, s.DestAddr, s.EsmClass, s.ProtocolID = m.ServiceType, address(m.Source), address(m.Dest), m.ESMClass, m.Protocol
		s.PriorityFlag, s.ValidityPeriod, s.RegisteredDelivery, s.Message = m.Priority, m.Validity, m.Registered, text
		p = s
	}
	if id, ok := m.TLV(wire.TagReceiptedMessageID); ok {
		p.RegisterOptionalParam(pdu.Field{Tag: pdu.TagReceiptedMessageID, Data: id})
	}
	p.SetSequenceNumber(int32(m.Sequence))
	b := pdu.NewBuffer(nil)
	p.Marshal(b)
	return b.Bytes()
}

func TestMessageAgainstLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t, rapid.SampledFrom([]wire.Command{wire.SubmitSM, wire.DeliverSM}).Draw(t, "command"))
		octets := m.Append(nil)
		if diff := cmp.Diff(library(t, m), octets); diff != "" {
			t.Fatal(diff)
		}
		if _, err := pdu.Parse(bytes.NewReader(octets)); err != nil {
			t.Fatalf("the library cannot read it: %v", err)
		}
		var back wire.Message
		if err := back.Read(octets); err != nil {
			t.Fatal(err)
		}
		m.Short, m.UDH = append(bytes.Clone(m.UDH), m.Short...), nil
		if len(m.Short) == 0 {
			m.Short = back.Short
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestResponseAgainstLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9a-fA-F-]{0,64}`).Draw(t, "id")
		status := rapid.Uint32Range(0, 0x4FF).Draw(t, "status")
		submit := pdu.NewSubmitSMResp().(*pdu.SubmitSMResp)
		submit.MessageID, submit.CommandStatus = id, data.CommandStatusType(status)
		deliver := pdu.NewDeliverSMResp().(*pdu.DeliverSMResp)
		deliver.MessageID, deliver.CommandStatus = id, data.CommandStatusType(status)
		for command, p := range map[wire.Command]pdu.PDU{wire.SubmitSMResp: submit, wire.DeliverSMResp: deliver} {
			p.SetSequenceNumber(9)
			b := pdu.NewBuffer(nil)
			p.Marshal(b)
			got := wire.AppendResponse(nil, command, status, 9, id)
			if diff := cmp.Diff(b.Bytes(), got); diff != "" {
				t.Fatalf("%s: %s", command, diff)
			}
			if string(wire.ResponseID(got)) != id {
				t.Fatalf("%s: id %q", command, wire.ResponseID(got))
			}
		}
	})
}

func TestHeadersAgainstLibrary(t *testing.T) {
	for command, p := range map[wire.Command]pdu.PDU{
		wire.EnquireLink: pdu.NewEnquireLink(), wire.EnquireLinkResp: pdu.NewEnquireLinkResp(), wire.Unbind: pdu.NewUnbind(),
		wire.UnbindResp: pdu.NewUnbindResp(), wire.GenericNack: pdu.NewGenericNack(),
	} {
		p.SetSequenceNumber(3)
		b := pdu.NewBuffer(nil)
		p.Marshal(b)
		if diff := cmp.Diff(b.Bytes(), wire.AppendHeader(nil, command, 0, 3)); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
	}
}

func TestDataSM(t *testing.T) {
	m := wire.Message{
		Command: wire.DataSM, Sequence: 4, Source: wire.Address{TON: 1, NPI: 1, Addr: "32455000001"}, Dest: wire.Address{Addr: "8850"},
		ESMClass: 4, Registered: 1, Coding: 8, TLVs: wire.AppendTLV(nil, wire.TagMessagePayload, []byte{0, 'J', 0, 'A'}),
	}
	var back wire.Message
	if err := back.Read(m.Append(nil)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back); diff != "" {
		t.Error(diff)
	}
	if string(back.Text()) != "\x00J\x00A" {
		t.Errorf("text %q", back.Text())
	}
}

func TestReadFrame(t *testing.T) {
	whole := wire.AppendHeader(nil, wire.EnquireLink, 0, 1)
	huge := binary.BigEndian.AppendUint32(nil, wire.MaxSize+1)
	tests := []struct {
		name   string
		octets []byte
		want   error
	}{
		{"whole", whole, nil}, {"nothing", nil, io.EOF}, {"half a length", whole[:2], io.ErrUnexpectedEOF}, {"half a PDU", whole[:9], io.ErrUnexpectedEOF},
		{"too long", append(huge, make([]byte, 12)...), wire.ErrLength}, {"too short", []byte{0, 0, 0, 15, 0, 0}, wire.ErrLength}, {"text", []byte("GET / HTTP/1.1\r\n"), wire.ErrLength},
	}
	for _, test := range tests {
		if _, err := wire.ReadFrame(bufio.NewReader(bytes.NewReader(test.octets)), nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestResponseWithoutNUL(t *testing.T) {
	for body, want := range map[string]string{"": "", "\x00": "", "abc": "abc", "abc\x00\x04\x00": "abc"} {
		frame := append(wire.AppendHeader(nil, wire.SubmitSMResp, 0, 1), body...)
		if got := string(wire.ResponseID(frame)); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	m := wire.Message{Command: wire.DeliverSM, Short: []byte("x"), TLVs: wire.AppendTLV(nil, wire.TagMessageState, []byte{2})}
	f.Add(m.Append(nil))
	m.Command = wire.DataSM
	f.Add(m.Append(nil))
	f.Fuzz(func(t *testing.T, frame []byte) {
		var m wire.Message
		if m.Read(frame) != nil {
			return
		}
		m.EachTLV(func(uint16, []byte) {})
		if len(m.Text()) > len(frame) || len(wire.ResponseID(frame)) > len(frame) {
			t.Fatal("more text than octets")
		}
		if again := m.Append(nil); len(again) < wire.HeaderSize {
			t.Fatal("no header")
		}
	})
}
