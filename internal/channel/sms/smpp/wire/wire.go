// Package wire is the part of SMPP 3.4 that runs for every message: frames, headers, submit_sm, deliver_sm, data_sm and their responses,
// as octets in and octets out.
//
// It exists because a message may cost only a few microseconds: reading and writing allocate nothing, where a general codec makes dozens of
// objects a PDU. It does not bind, knows no sockets, windows or meaning; the PDUs that are rare are made by github.com/linxGnu/gosmpp/pdu,
// against which every PDU in here is tested octet for octet.
//
// Always true: no input makes it panic, and what it reads never points outside the frame it was given.
package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Command is a command_id, SMPP 3.4 section 5.1.2.1. Responses have the highest bit set.
type Command uint32

// The commands.
const (
	GenericNack         Command = 0x80000000
	BindReceiver        Command = 0x00000001
	BindTransmitter     Command = 0x00000002
	QuerySM             Command = 0x00000003
	SubmitSM            Command = 0x00000004
	SubmitSMResp        Command = 0x80000004
	DeliverSM           Command = 0x00000005
	DeliverSMResp       Command = 0x80000005
	Unbind              Command = 0x00000006
	UnbindResp          Command = 0x80000006
	ReplaceSM           Command = 0x00000007
	CancelSM            Command = 0x00000008
	BindTransceiver     Command = 0x00000009
	BindTransceiverResp Command = 0x80000009
	Outbind             Command = 0x0000000B
	EnquireLink         Command = 0x00000015
	EnquireLinkResp     Command = 0x80000015
	SubmitMulti         Command = 0x00000021
	AlertNotification   Command = 0x00000102
	DataSM              Command = 0x00000103
	DataSMResp          Command = 0x80000103
)

// Response is the command that answers c.
func (c Command) Response() Command { return c | 0x80000000 }

// IsResponse tells whether c answers something.
func (c Command) IsResponse() bool { return c&0x80000000 != 0 }

var commandNames = map[Command]string{
	GenericNack: "generic_nack", BindReceiver: "bind_receiver", BindTransmitter: "bind_transmitter", QuerySM: "query_sm", SubmitSM: "submit_sm",
	DeliverSM: "deliver_sm", Unbind: "unbind", ReplaceSM: "replace_sm", CancelSM: "cancel_sm", BindTransceiver: "bind_transceiver",
	Outbind: "outbind", EnquireLink: "enquire_link", SubmitMulti: "submit_multi", AlertNotification: "alert_notification", DataSM: "data_sm",
}

// String is the name that the specification gives the command, or "unknown".
func (c Command) String() string {
	if name, ok := commandNames[c]; ok {
		return name
	}
	if name, ok := commandNames[c&^0x80000000]; ok {
		return name + "_resp"
	}
	return "unknown"
}

// HeaderSize is the length of a PDU header in octets; MaxSize the longest PDU that is believed: a message_payload of 64 KiB and its fields.
const (
	HeaderSize = 16
	MaxSize    = 1 << 17
)

// Header is what each PDU begins with, SMPP 3.4 section 3.2.
type Header struct {
	Length   uint32
	Command  Command
	Status   uint32 // command_status: 0 in requests and for "no error"
	Sequence uint32
}

// Errors of reading. A frame with a wrong length cannot be followed by another: the connection must end.
var (
	ErrLength = errors.New("smpp: command_length is impossible")
	ErrBody   = errors.New("smpp: the body of the PDU is cut off")
)

// ReadHeader reads the header of a frame.
func ReadHeader(frame []byte) (Header, error) {
	if len(frame) < HeaderSize {
		return Header{}, ErrLength
	}
	return Header{
		Length:   binary.BigEndian.Uint32(frame),
		Command:  Command(binary.BigEndian.Uint32(frame[4:])),
		Status:   binary.BigEndian.Uint32(frame[8:]),
		Sequence: binary.BigEndian.Uint32(frame[12:]),
	}, nil
}

// ReadFrame reads one whole PDU into buf, which grows when needed, and gives it back. The frame is good until buf is used again.
// io.EOF means that the stream ended between PDUs, io.ErrUnexpectedEOF that it ended inside one.
func ReadFrame(r *bufio.Reader, buf []byte) ([]byte, error) {
	size, err := r.Peek(4)
	if err != nil {
		if len(size) > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return buf[:0], err
	}
	n := binary.BigEndian.Uint32(size)
	if n < HeaderSize || n > MaxSize {
		return buf[:0], ErrLength
	}
	if int(n) > cap(buf) {
		buf = make([]byte, n, 2*n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return buf[:0], err
	}
	return buf, nil
}

// AppendHeader writes a PDU without a body: enquire_link, unbind, their responses, generic_nack, and responses that refuse.
func AppendHeader(b []byte, command Command, status, sequence uint32) []byte {
	return appendHeader(b, HeaderSize, command, status, sequence)
}

func appendHeader(b []byte, length int, command Command, status, sequence uint32) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(length))
	b = binary.BigEndian.AppendUint32(b, uint32(command))
	b = binary.BigEndian.AppendUint32(b, status)
	return binary.BigEndian.AppendUint32(b, sequence)
}

// AppendResponse writes submit_sm_resp (4.4.2), deliver_sm_resp (4.6.2) or data_sm_resp (4.7.2) with its message_id.
func AppendResponse(b []byte, command Command, status, sequence uint32, id string) []byte {
	b = appendHeader(b, HeaderSize+len(id)+1, command, status, sequence)
	b = append(b, id...)
	return append(b, 0)
}

// ResponseID reads the message_id of a response. A body that is absent, as 4.4.2 allows with an error, gives no id; one without its
// closing NUL, as some carriers send, is read to the end.
func ResponseID(frame []byte) []byte {
	if len(frame) <= HeaderSize {
		return nil
	}
	body := frame[HeaderSize:]
	for i, o := range body {
		if o == 0 {
			return body[:i]
		}
	}
	return body
}
