package smpp_test

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

func TestInspectPDU(t *testing.T) {
	m := wire.Message{
		Command: wire.DeliverSM, Sequence: 9, Source: wire.Address{TON: 1, NPI: 1, Addr: "32455000001"}, Dest: wire.Address{TON: 3, Addr: "8850"},
		ESMClass: 0x40, Coding: 8, Short: []byte("\x05\x00\x03\x07\x02\x01\x00J\x00A"), TLVs: wire.AppendTLV(nil, wire.TagUserMessageRef, []byte{0, 1}),
	}
	got, err := smpp.InspectPDU(hex.EncodeToString(m.Append(nil)))
	if err != nil {
		t.Fatal(err)
	}
	want := smpp.PDUInspection{
		Length: 64, Octets: 64, Command: "deliver_sm", Status: "0x00000000", StatusIs: "ESME_ROK", Sequence: 9,
		Message: &smpp.MessageInspection{
			From: smpp.AddressInspection{TON: 1, NPI: 1, Addr: "32455000001", Number: "+32455000001"}, To: smpp.AddressInspection{TON: 3, Addr: "8850", Number: "8850"},
			ESMClass: 0x40, Coding: 8, Alphabet: "ucs-2", Header: "050003070201", Part: &gsm.Concat{Ref: 7, Total: 2, Number: 1},
			Text: "JA", TextHex: "050003070201004a0041", Parameter: map[string]string{"0x0204": "0001"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInspectPDUs(t *testing.T) {
	receipt := wire.Message{Command: wire.DeliverSM, ESMClass: 4, Short: []byte(smsc.ReceiptText("5", "UNDELIV"))}
	bind := pdu.NewBindRequest(pdu.Transceiver)
	bind.SystemID, bind.Password = "buurtbel", testPassword
	b := pdu.NewBuffer(nil)
	bind.Marshal(b)
	tests := []struct {
		name   string
		octets []byte
		want   []string
	}{
		{"receipt", receipt.Append(nil), []string{`"id":"5"`, `"state":"failed"`, `"reason":"unreachable"`, `"at":"2026-11-22T12:01:00Z"`}},
		{"throttled", wire.AppendHeader(nil, wire.SubmitSMResp, 0x58, 3), []string{`"ESME_RTHROTTLED"`, `"reason":"throttled"`, `"temporary":true`}},
		{"answer", wire.AppendResponse(nil, wire.SubmitSMResp, 0, 3, "abc"), []string{`"message_id":"abc"`}},
		{"bind", b.Bytes(), []string{`"bind_transceiver"`, `"system_id":"buurtbel"`}},
		{"unknown command", wire.AppendHeader(nil, 0x42, 0, 1), []string{`"unknown"`, `not in SMPP 3.4`}},
		{"cut off", receipt.Append(nil)[:40], []string{`cut off`, `not the number of octets`}},
	}
	for _, test := range tests {
		spaced := strings.Join(strings.SplitAfter(hex.EncodeToString(test.octets), "0000"), " \n")
		in, err := smpp.InspectPDU(spaced)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		written, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.want {
			if !strings.Contains(string(written), want) {
				t.Errorf("%s: no %s in %s", test.name, want, written)
			}
		}
		if strings.Contains(string(written), testPassword) || strings.Contains(string(written), hex.EncodeToString([]byte(testPassword))) {
			t.Errorf("%s: the password", test.name)
		}
	}
}

func TestInspectBadHex(t *testing.T) {
	for text, key := range map[string]string{"zz": "error.inspect.hex", "000": "error.inspect.hex", "": "error.inspect.short", "00000010": "error.inspect.short"} {
		if _, err := smpp.InspectPDU(text); buurtbel.KeyOf(err) != key || buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestInspectReceipt(t *testing.T) {
	in := smpp.InspectReceipt("id:00ff01 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:x")
	if !in.IsReceipt || in.ID != "00ff01" || in.Hex != "65281" || in.State != channel.ReceiptDelivered || in.Done != "2611221201" {
		t.Errorf("%+v", in)
	}
	if in := smpp.InspectReceipt("Ik zag een bestelwagen"); in.IsReceipt {
		t.Errorf("%+v", in)
	}
}

func FuzzInspect(f *testing.F) {
	receipt := wire.Message{Command: wire.DeliverSM, ESMClass: 4, Short: []byte(smsc.ReceiptText("5", "UNDELIV"))}
	f.Add(receipt.Append(nil))
	f.Fuzz(func(t *testing.T, octets []byte) {
		if _, err := smpp.InspectPDU(hex.EncodeToString(octets)); err != nil && len(octets) >= wire.HeaderSize {
			t.Fatal(err)
		}
		smpp.InspectReceipt(string(octets))
	})
}
