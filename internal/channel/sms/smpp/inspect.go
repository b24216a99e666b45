package smpp

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// PDUInspection is what would be made of a PDU, for an operator who asks why. It holds what the operator brought, numbers and text too, but
// never a password.
type PDUInspection struct {
	Length    uint32             `json:"length"` // command_length as it says itself
	Octets    int                `json:"octets"` // how many were given
	Command   string             `json:"command"`
	Status    string             `json:"status"`
	StatusIs  string             `json:"status_name"`
	Sequence  uint32             `json:"sequence"`
	Failure   *FailureInspection `json:"failure,omitempty"`    // what the status means for a message; absent when it is 0
	MessageID string             `json:"message_id,omitempty"` // of a response
	SystemID  string             `json:"system_id,omitempty"`  // of a bind and its response
	Message   *MessageInspection `json:"message,omitempty"`    // of submit_sm, deliver_sm and data_sm
	Receipt   *ReceiptInspection `json:"receipt,omitempty"`    // when it would be taken as one
	Problems  []string           `json:"problems,omitempty"`
}

// FailureInspection is a channel.Failure in words.
type FailureInspection struct {
	Reason    buurtbel.Reason `json:"reason"`
	Temporary bool            `json:"temporary"`
}

// MessageInspection is the body of a message.
type MessageInspection struct {
	From      AddressInspection `json:"from"`
	To        AddressInspection `json:"to"`
	ESMClass  byte              `json:"esm_class"`
	Priority  byte              `json:"priority_flag"`
	Validity  string            `json:"validity_period,omitempty"`
	Receipt   byte              `json:"registered_delivery"`
	Coding    byte              `json:"data_coding"`
	Alphabet  string            `json:"alphabet"`
	Header    string            `json:"user_data_header,omitempty"` // hex
	Part      *gsm.Concat       `json:"part,omitempty"`
	Text      string            `json:"text"`
	TextHex   string            `json:"text_hex"`
	Parameter map[string]string `json:"optional_parameters,omitempty"` // tag as 0x0427: hex
}

// AddressInspection is an address as it came and as it is understood.
type AddressInspection struct {
	TON    byte   `json:"ton"`
	NPI    byte   `json:"npi"`
	Addr   string `json:"addr"`
	Number string `json:"number"`
}

// ReceiptInspection is what would be made of a receipt.
type ReceiptInspection struct {
	IsReceipt bool                 `json:"is_receipt"`                // false: without a sign beside the text it is taken for a person's words
	ID        string               `json:"id"`                        // as it came
	Hex       string               `json:"id_from_hex,omitempty"`     // what it becomes with receipt_ids = "hex"
	Decimal   string               `json:"id_from_decimal,omitempty"` // with receipt_ids = "decimal"
	State     channel.ReceiptState `json:"state"`
	Reason    buurtbel.Reason      `json:"reason,omitempty"`
	Code      string               `json:"code"`
	Submitted string               `json:"submit_date,omitempty"` // as it came
	Done      string               `json:"done_date,omitempty"`   // as it came
	At        *time.Time           `json:"at,omitempty"`          // done date read as UTC
}

// InspectReceipt tells what would be made of the text of a receipt.
func InspectReceipt(text string) ReceiptInspection {
	r, is := readReceipt(&wire.Message{}, text)
	return inspectReceipt(&r, is)
}

func inspectReceipt(r *receipt, is bool) ReceiptInspection {
	in := ReceiptInspection{IsReceipt: is, ID: r.textID, Code: r.code(), Submitted: r.submitted, Done: r.done}
	if r.paramID != "" {
		in.ID = r.paramID
	}
	in.State, in.Reason = r.verdict()
	if id := canonicalID(in.ID, IDHex); id != in.ID {
		in.Hex = id
	}
	if id := canonicalID(in.ID, IDDecimal); id != in.ID {
		in.Decimal = id
	}
	if at := receiptTime(r.done, time.UTC); !at.IsZero() {
		in.At = &at
	}
	return in
}

// InspectPDU tells what would be made of a PDU written in hexadecimal; white space, ":" and "0x" are skipped. The error is Invalid, when
// it is no hexadecimal or shorter than a header.
func InspectPDU(text string) (PDUInspection, error) {
	frame, err := unhex(text)
	if err != nil {
		return PDUInspection{}, buurtbel.FailWith(err, buurtbel.Invalid, "error.inspect.hex", nil)
	}
	h, err := wire.ReadHeader(frame)
	if err != nil {
		return PDUInspection{}, buurtbel.FailWith(err, buurtbel.Invalid, "error.inspect.short", buurtbel.Args{"Octets": len(frame)})
	}
	in := PDUInspection{
		Length: h.Length, Octets: len(frame), Command: h.Command.String(), Sequence: h.Sequence,
		Status: statusCode(h.Status), StatusIs: statusName(h.Status),
	}
	if int(h.Length) != len(frame) {
		in.Problems = append(in.Problems, "command_length is not the number of octets")
	}
	if h.Status != 0 {
		f := failureOf(h.Status)
		in.Failure = &FailureInspection{Reason: f.Reason, Temporary: f.Temporary}
	}
	in.body(h, frame)
	return in, nil
}

func (in *PDUInspection) body(h wire.Header, frame []byte) {
	switch h.Command {
	case wire.SubmitSM, wire.DeliverSM, wire.DataSM:
		in.message(h, frame)
	case wire.SubmitSMResp, wire.DeliverSMResp, wire.DataSMResp:
		in.MessageID = string(wire.ResponseID(frame))
	case wire.BindTransceiver, wire.BindTransmitter, wire.BindReceiver, wire.BindTransceiverResp,
		wire.BindTransmitter.Response(), wire.BindReceiver.Response():
		in.SystemID = string(wire.ResponseID(frame))
	}
	if in.Command == "unknown" {
		in.Problems = append(in.Problems, "command_id is not in SMPP 3.4")
	}
}

func (in *PDUInspection) message(h wire.Header, frame []byte) {
	var m wire.Message
	if err := m.Read(frame); err != nil {
		in.Problems = append(in.Problems, err.Error())
		return
	}
	out := &MessageInspection{
		From: inspectAddress(m.Source), To: inspectAddress(m.Dest), ESMClass: m.ESMClass, Priority: m.Priority, Validity: m.Validity,
		Receipt: m.Registered, Coding: m.Coding, Alphabet: gsm.Alphabet(m.Coding), TextHex: hex.EncodeToString(m.Text()),
	}
	octets := m.Text()
	concat := segment(&m)
	if m.ESMClass&wire.ESMUDHI != 0 {
		found, rest, err := gsm.ReadHeader(octets)
		if err != nil {
			in.Problems = append(in.Problems, err.Error())
		} else {
			out.Header = hex.EncodeToString(octets[:len(octets)-len(rest)])
			concat, octets = found, rest
		}
	}
	if concat.Total > 0 {
		out.Part = &concat
	}
	out.Text = gsm.Decode(m.Coding, octets)
	m.EachTLV(func(tag uint16, value []byte) {
		if out.Parameter == nil {
			out.Parameter = map[string]string{}
		}
		out.Parameter["0x"+hex.EncodeToString([]byte{byte(tag >> 8), byte(tag)})] = hex.EncodeToString(value)
	})
	in.Message = out
	if r, is := readReceipt(&m, receiptText(m.Coding, octets)); is && h.Command != wire.SubmitSM {
		found := inspectReceipt(&r, is)
		in.Receipt = &found
	}
}

func inspectAddress(a address) AddressInspection {
	return AddressInspection{TON: a.TON, NPI: a.NPI, Addr: a.Addr, Number: numberOf(a)}
}

func unhex(text string) ([]byte, error) {
	text = strings.NewReplacer("0x", "", "0X", "", " ", "", "\n", "", "\r", "", "\t", "", ":", "", ",", "").Replace(text)
	return hex.DecodeString(text)
}
