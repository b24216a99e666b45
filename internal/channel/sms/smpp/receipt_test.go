package smpp

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

const (
	delivered    = channel.ReceiptDelivered
	failed       = channel.ReceiptFailed
	expired      = channel.ReceiptExpired
	intermediate = channel.ReceiptIntermediate
	unknown      = channel.ReceiptUnknown
)

// TestReceiptTexts holds the spellings of receipts that carriers use.
func TestReceiptTexts(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 1, 0, 0, time.UTC)
	tests := []struct {
		name, text string
		want       channel.Event
	}{
		{"appendix B", "id:0123456789 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:Inbraak bezig", channel.Event{Ref: "0123456789", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"Text with a capital", "id:1 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 Text:x", channel.Event{Ref: "1", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"no text", "id:1 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000", channel.Event{Ref: "1", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"empty text", "id:1 sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:UNDELIV err:027 text:", channel.Event{Ref: "1", State: failed, Reason: buurtbel.Unreachable, Code: "stat:UNDELIV err:027", At: at}},
		{"12 digits", "id:1 submit date:261122120000 done date:261122120100 stat:EXPIRED err:1", channel.Event{Ref: "1", State: expired, Code: "stat:EXPIRED err:1", At: at}},
		{"14 digits", "id:1 done date:20261122120100 stat:EXPIRED err:1", channel.Event{Ref: "1", State: expired, Code: "stat:EXPIRED err:1", At: at}},
		{"upper case", "ID:AB12 SUB:001 DLVRD:000 SUBMIT DATE:2611221200 DONE DATE:2611221201 STAT:REJECTD ERR:008 TEXT:", channel.Event{Ref: "AB12", State: failed, Reason: buurtbel.Rejected, Code: "stat:REJECTD err:008", At: at}},
		{"lower case", "id:ab12 stat:delivrd err:0", channel.Event{Ref: "ab12", State: delivered, Code: "stat:delivrd err:0"}},
		{"another order", "stat:DELIVRD err:000 done date:2611221201 id:77 text:x", channel.Event{Ref: "77", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"text first", "text:Inbraak id:77 stat:DELIVRD err:000", channel.Event{Ref: "77", State: delivered, Code: "stat:DELIVRD err:000"}},
		{"text that looks like a receipt", "id:1 stat:UNDELIV err:001 text:id:9 stat:DELIVRD err:000", channel.Event{Ref: "1", State: failed, Reason: buurtbel.Unreachable, Code: "stat:UNDELIV err:001"}},
		{"quoted id", `id:"a-1" sub:001 stat:DELIVRD`, channel.Event{Ref: "a-1", State: delivered, Code: "stat:DELIVRD"}},
		{"single quotes", `id:'a-1' sub:001 stat:DELIVRD`, channel.Event{Ref: "a-1", State: delivered, Code: "stat:DELIVRD"}},
		{"spaces after the colon", "id: 5 sub: 001 stat: DELIVRD err: 000", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD err:000"}},
		{"commas", "id:5,sub:001,dlvrd:001,done date:2611221201,stat:DELIVRD,err:000", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"lines", "id:5\nsub:001\nstat:DELIVRD\nerr:000\n", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD err:000"}},
		{"equals signs", "id=5 sub=001 submit_date=2611221200 done_date=2611221201 stat=DELIVRD err=000", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD err:000", At: at}},
		{"underscores in septets", "id:a\x11b sub:001 stat:DELIVRD", channel.Event{Ref: "a_b", State: delivered, Code: "stat:DELIVRD"}},
		{"a UUID", "id:6f1a3a52-7c0c-4c52-9d1e-000000000001 sub:001 stat:DELIVRD", channel.Event{Ref: "6f1a3a52-7c0c-4c52-9d1e-000000000001", State: delivered, Code: "stat:DELIVRD"}},
		{"closing NUL", "id:5 sub:001 stat:DELIVRD err:000\x00", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD err:000"}},
		{"ACCEPTD", "id:5 sub:001 stat:ACCEPTD", channel.Event{Ref: "5", State: intermediate, Code: "stat:ACCEPTD"}},
		{"ENROUTE", "id:5 sub:001 stat:ENROUTE", channel.Event{Ref: "5", State: intermediate, Code: "stat:ENROUTE"}},
		{"BUFFRED", "id:5 sub:001 stat:BUFFRED", channel.Event{Ref: "5", State: intermediate, Code: "stat:BUFFRED"}},
		{"DELETED", "id:5 sub:001 stat:DELETED", channel.Event{Ref: "5", State: failed, Reason: buurtbel.Rejected, Code: "stat:DELETED"}},
		{"UNKNOWN", "id:5 sub:001 stat:UNKNOWN", channel.Event{Ref: "5", State: unknown, Code: "stat:UNKNOWN"}},
		{"a long spelling", "id:5 sub:001 stat:DELIVERED err:0", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVERED err:0"}},
		{"a bad date", "id:5 sub:001 done date:2613991201 stat:DELIVRD", channel.Event{Ref: "5", State: delivered, Code: "stat:DELIVRD"}},
		{"a number where the error stands", "id:5 stat:UNDELIV err:32455000001", channel.Event{Ref: "5", State: failed, Reason: buurtbel.Unreachable, Code: "stat:UNDELIV err:unreadable"}},
	}
	cfg := Config{Config: sms.Config{Name: "test"}}
	for _, test := range tests {
		test.want.Kind, test.want.Carrier, test.want.Channel = channel.Receipt, "test", buurtbel.SMS
		for _, class := range []byte{wire.ESMReceipt, 0} { // without the sign in esm_class too
			got := cfg.eventOf(&wire.Message{Command: wire.DeliverSM, ESMClass: class, Short: []byte(test.text)})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s, esm_class %d: %s", test.name, class, diff)
			}
		}
	}
}

// TestReceiptParameters: what the optional parameters say goes before the text.
func TestReceiptParameters(t *testing.T) {
	tlv := func(pairs ...any) []byte {
		var b []byte
		for i := 0; i < len(pairs); i += 2 {
			b = wire.AppendTLV(b, pairs[i].(uint16), []byte(pairs[i+1].(string)))
		}
		return b
	}
	tests := []struct {
		name       string
		class      byte
		text       string
		parameters []byte
		ids        [2]string // submit_ids, receipt_ids
		ref        string
		state      channel.ReceiptState
		reason     buurtbel.Reason
		code       string
	}{
		{"id and state only", 4, "", tlv(wire.TagReceiptedMessageID, "abc\x00", wire.TagMessageState, "\x02"), [2]string{}, "abc", delivered, "", "state:DELIVRD"},
		{"without esm_class", 0, "", tlv(wire.TagReceiptedMessageID, "abc\x00", wire.TagMessageState, "\x03"), [2]string{}, "abc", expired, "", "state:EXPIRED"},
		{"parameter before text", 4, "id:99 stat:UNDELIV err:001", tlv(wire.TagReceiptedMessageID, "63\x00", wire.TagMessageState, "\x02"), [2]string{}, "63", delivered, "", "stat:UNDELIV err:001"},
		{"unknown subscriber", 4, "id:9 stat:UNDELIV", tlv(wire.TagNetworkErrorCode, "\x03\x00\x01"), [2]string{}, "9", failed, buurtbel.InvalidAddress, "stat:UNDELIV network:3.1"},
		{"absent subscriber", 4, "id:9 stat:UNDELIV", tlv(wire.TagNetworkErrorCode, "\x03\x00\x1b"), [2]string{}, "9", failed, buurtbel.Unreachable, "stat:UNDELIV network:3.27"},
		{"call barred", 4, "id:9 stat:UNDELIV", tlv(wire.TagNetworkErrorCode, "\x03\x00\x0d"), [2]string{}, "9", failed, buurtbel.Rejected, "stat:UNDELIV network:3.13"},
		{"another network", 4, "id:9 stat:UNDELIV", tlv(wire.TagNetworkErrorCode, "\x01\x00\x01"), [2]string{}, "9", failed, buurtbel.Unreachable, "stat:UNDELIV network:1.1"},
		{"decimal receipt of a hex id", 4, "id:0000031295 stat:DELIVRD", nil, [2]string{IDHex, IDDecimal}, "31295", delivered, "", "stat:DELIVRD"},
		{"hex receipt of a decimal id", 4, "id:7a3F stat:DELIVRD", nil, [2]string{IDDecimal, IDHex}, "31295", delivered, "", "stat:DELIVRD"},
		{"hex parameter, decimal text", 4, "id:31295 stat:DELIVRD", tlv(wire.TagReceiptedMessageID, "7A3F\x00"), [2]string{IDHex, IDDecimal}, "31295", delivered, "", "stat:DELIVRD"},
		{"an id that is no number", 4, "id:x-1 stat:DELIVRD", nil, [2]string{IDHex, IDDecimal}, "x-1", delivered, "", "stat:DELIVRD"},
		{"nothing readable", 4, "\x01\x02", nil, [2]string{}, "", unknown, "", ""},
		{"intermediate notification", 0x20, "id:5 stat:ENROUTE", nil, [2]string{}, "5", intermediate, "", "stat:ENROUTE"},
	}
	for _, test := range tests {
		cfg := Config{Config: sms.Config{Name: "test"}, SubmitIDs: test.ids[0], ReceiptIDs: test.ids[1]}
		got := cfg.eventOf(&wire.Message{Command: wire.DeliverSM, ESMClass: test.class, Short: []byte(test.text), TLVs: test.parameters})
		want := channel.Event{Kind: channel.Receipt, Carrier: "test", Channel: buurtbel.SMS, Ref: test.ref, State: test.state, Reason: test.reason, Code: test.code}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestIDsMeet(t *testing.T) {
	if a, b := canonicalID("0x00007A3f", IDHex), canonicalID("031295", IDDecimal); a != b {
		t.Errorf("%q and %q", a, b)
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		if canonicalID(id, IDText) != sms.Clean(id) {
			t.Fatal("a text id changed")
		}
		if once := canonicalID(id, IDDecimal); canonicalID(once, IDDecimal) != once {
			t.Fatal("not stable")
		}
	})
}

func TestReceiptZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{zone: zone}
	e := cfg.eventOf(&wire.Message{ESMClass: 4, Short: []byte("id:1 stat:DELIVRD done date:2611221301")})
	if want := time.Date(2026, 11, 22, 12, 1, 0, 0, time.UTC); !e.At.Equal(want) {
		t.Errorf("%v, want %v", e.At, want)
	}
}

// TestPersonsAreNotReceipts: a person's words stay words.
func TestPersonsAreNotReceipts(t *testing.T) {
	for _, text := range []string{"", "OK", "1", "id: mijn kat", "stat:DELIVRD", "id:5 stat:DELIVRD", "id:5 stat:goed err:0", "text: hallo", "Idee: sub 5, err: geen"} {
		cfg := Config{}
		if e := cfg.eventOf(&wire.Message{Command: wire.DeliverSM, Short: []byte(text)}); e.Kind != channel.Text || e.Text != text {
			t.Errorf("%q: %+v", text, e)
		}
	}
}

func TestIncomingTexts(t *testing.T) {
	international, local := wire.Address{TON: 1, NPI: 1, Addr: "32455000001"}, wire.Address{Addr: "8850"}
	sar := wire.AppendTLV(wire.AppendTLV(wire.AppendTLV(nil, wire.TagSARRef, []byte{1, 2}), wire.TagSARTotal, []byte{3}), wire.TagSARNumber, []byte{2})
	tests := []struct {
		name string
		m    wire.Message
		text string
		part channel.Part
	}{
		{"GSM-7", wire.Message{Short: []byte("caf\x05 \x1b\x65")}, "café €", channel.Part{}},
		{"IA5", wire.Message{Coding: 1, Short: []byte("a@$")}, "a@$", channel.Part{}},
		{"Latin-1", wire.Message{Coding: 3, Short: []byte("Belgi\xeb")}, "België", channel.Part{}},
		{"UCS-2", wire.Message{Coding: 8, Short: []byte("\x00O\x00K\xd8\x3d\xde\x00")}, "OK😀", channel.Part{}},
		{"message_payload", wire.Message{TLVs: wire.AppendTLV(nil, wire.TagMessagePayload, []byte("lang"))}, "lang", channel.Part{}},
		{"8-bit header", wire.Message{ESMClass: 0x40, Short: []byte("\x05\x00\x03\x07\x02\x01JA")}, "JA", channel.Part{Group: 7, Total: 2, Number: 1}},
		{"16-bit header", wire.Message{ESMClass: 0x40, Short: []byte("\x06\x08\x04\x01\x07\x02\x02JA")}, "JA", channel.Part{Group: 263, Total: 2, Number: 2}},
		{"SAR", wire.Message{Short: []byte("JA"), TLVs: sar}, "JA", channel.Part{Group: 258, Total: 3, Number: 2}},
		{"a header that is cut off stays visible", wire.Message{ESMClass: 0x40, Coding: 1, Short: []byte("AB")}, "AB", channel.Part{}},
		{"a closing NUL", wire.Message{Coding: 8, Short: []byte("\x00J\x00A\x00\x00")}, "JA", channel.Part{}},
		{"an unknown coding", wire.Message{Coding: 0x0E, Short: []byte("JA")}, "JA", channel.Part{}},
	}
	cfg := Config{Config: sms.Config{Name: "test"}}
	for _, test := range tests {
		test.m.Source, test.m.Dest = international, local
		want := channel.Event{Kind: channel.Text, Carrier: "test", Channel: buurtbel.SMS, From: "+32455000001", To: "8850", Text: test.text, Part: test.part}
		if diff := cmp.Diff(want, cfg.eventOf(&test.m)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte("id:5 stat:DELIVRD done date:2611221201 err:000 text:x"), byte(4), byte(0), []byte{0, 0x1E, 0, 1, '5'})
	f.Add([]byte("\x05\x00\x03\x07\x02\x01JA"), byte(0x40), byte(8), []byte{})
	f.Fuzz(func(t *testing.T, short []byte, class, coding byte, tlvs []byte) {
		cfg := Config{SubmitIDs: IDHex, ReceiptIDs: IDDecimal}
		from := address{TON: class, Addr: string(tlvs)}
		e := cfg.eventOf(&wire.Message{Command: wire.DeliverSM, ESMClass: class, Coding: coding, Source: from, Short: short, TLVs: tlvs})
		if all := e.Text + e.From + e.To + e.Ref + e.Code; !utf8.ValidString(all) || strings.Contains(all, "\x00") {
			t.Fatalf("%q cannot be stored", all)
		}
		if e.Kind == channel.Receipt && len(e.Code) > 80 {
			t.Fatalf("code of %d characters", len(e.Code))
		}
		if e.Kind == channel.Receipt && e.State == failed && e.Reason == "" {
			t.Fatal("failed without a reason")
		}
	})
}
