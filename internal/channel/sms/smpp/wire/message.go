package wire

import (
	"bytes"
	"encoding/binary"
)

// Address is a number or name with its type and plan, SMPP 3.4 sections 5.2.5 and 5.2.6.
type Address struct {
	TON, NPI byte
	Addr     string // without "+"; at most 20 octets (submit_sm) or 64 (data_sm)
}

// Message is the body that submit_sm (4.4.1) and deliver_sm (4.6.1) share, and the part of it that data_sm (4.7.1) has.
type Message struct {
	Command     Command // SubmitSM, DeliverSM or DataSM
	Status      uint32
	Sequence    uint32
	ServiceType string
	Source      Address
	Dest        Address
	ESMClass    byte   // 5.2.12
	Protocol    byte   // 5.2.13
	Priority    byte   // 5.2.14
	Schedule    string // 7.1.1; read, never sent by us
	Validity    string // 7.1.1; 16 octets or none
	Registered  byte   // 5.2.17
	Replace     byte   // 5.2.18
	Coding      byte   // data_coding, 5.2.19
	DefaultID   byte
	UDH         []byte // written before Short; read, it is the start of Short
	Short       []byte // short_message; with UDH at most 254 octets
	TLVs        []byte // the optional parameters as they lie in the PDU, see TLV
}

// Optional parameters, SMPP 3.4 section 5.3.2.
const (
	TagReceiptedMessageID uint16 = 0x001E
	TagUserMessageRef     uint16 = 0x0204
	TagSARRef             uint16 = 0x020C
	TagSARTotal           uint16 = 0x020E
	TagSARNumber          uint16 = 0x020F
	TagNetworkErrorCode   uint16 = 0x0423
	TagMessagePayload     uint16 = 0x0424
	TagMessageState       uint16 = 0x0427
)

// ESM class bits, SMPP 3.4 section 5.2.12.
const (
	ESMTypeMask     byte = 0x3C
	ESMReceipt      byte = 0x04 // delivery receipt of the SMSC
	ESMDeliveryAck  byte = 0x08
	ESMManualAck    byte = 0x10
	ESMIntermediate byte = 0x20
	ESMUDHI         byte = 0x40 // short_message begins with a user data header
)

// Append writes the PDU.
func (m *Message) Append(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, 0, m.Command, m.Status, m.Sequence)
	b = appendCString(b, m.ServiceType)
	b = appendAddress(b, m.Source)
	b = appendAddress(b, m.Dest)
	if m.Command == DataSM {
		b = append(b, m.ESMClass, m.Registered, m.Coding)
	} else {
		b = append(b, m.ESMClass, m.Protocol, m.Priority)
		b = appendCString(b, m.Schedule)
		b = appendCString(b, m.Validity)
		b = append(b, m.Registered, m.Replace, m.Coding, m.DefaultID, byte(len(m.UDH)+len(m.Short)))
		b = append(b, m.UDH...)
		b = append(b, m.Short...)
	}
	b = append(b, m.TLVs...)
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start))
	return b
}

func appendAddress(b []byte, a Address) []byte {
	return appendCString(append(b, a.TON, a.NPI), a.Addr)
}

func appendCString(b []byte, s string) []byte {
	b = append(b, s...)
	return append(b, 0)
}

// AppendTLV writes one optional parameter, SMPP 3.4 section 5.3.1.
func AppendTLV(b []byte, tag uint16, value []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, tag)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// TLV finds an optional parameter. A list that is cut off is read as far as it goes.
func (m *Message) TLV(tag uint16) ([]byte, bool) {
	rest := m.TLVs
	for len(rest) >= 4 {
		n := int(binary.BigEndian.Uint16(rest[2:]))
		if 4+n > len(rest) {
			break
		}
		if binary.BigEndian.Uint16(rest) == tag {
			return rest[4 : 4+n], true
		}
		rest = rest[4+n:]
	}
	return nil, false
}

// EachTLV calls f for each optional parameter in order.
func (m *Message) EachTLV(f func(tag uint16, value []byte)) {
	rest := m.TLVs
	for len(rest) >= 4 {
		n := int(binary.BigEndian.Uint16(rest[2:]))
		if 4+n > len(rest) {
			return
		}
		f(binary.BigEndian.Uint16(rest), rest[4:4+n])
		rest = rest[4+n:]
	}
}

// Text is the octets of the text: short_message, or message_payload when that is empty (5.3.2.32).
func (m *Message) Text() []byte {
	if len(m.Short) == 0 {
		if payload, ok := m.TLV(TagMessagePayload); ok {
			return payload
		}
	}
	return m.Short
}

// Read reads submit_sm, deliver_sm or data_sm. Short and TLVs share memory with frame. ErrBody when the frame is cut off.
func (m *Message) Read(frame []byte) error {
	h, err := ReadHeader(frame)
	if err != nil {
		return err
	}
	*m = Message{Command: h.Command, Status: h.Status, Sequence: h.Sequence}
	r := cursor{rest: frame[HeaderSize:]}
	m.ServiceType = r.text()
	m.Source = r.address()
	m.Dest = r.address()
	m.ESMClass = r.octet()
	if h.Command == DataSM {
		m.Registered, m.Coding = r.octet(), r.octet()
	} else {
		m.Protocol, m.Priority = r.octet(), r.octet()
		m.Schedule, m.Validity = r.text(), r.text()
		m.Registered, m.Replace, m.Coding, m.DefaultID = r.octet(), r.octet(), r.octet(), r.octet()
		m.Short = r.take(int(r.octet()))
	}
	if r.short {
		return ErrBody
	}
	m.TLVs = r.rest
	return nil
}

// cursor walks through a body; once it runs short it gives nothing more.
type cursor struct {
	rest  []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if c.short || n > len(c.rest) {
		c.short = true
		return nil
	}
	v := c.rest[:n:n]
	c.rest = c.rest[n:]
	return v
}

func (c *cursor) octet() byte {
	if v := c.take(1); v != nil {
		return v[0]
	}
	return 0
}

func (c *cursor) text() string {
	i := bytes.IndexByte(c.rest, 0)
	if c.short || i < 0 {
		c.short = true
		return ""
	}
	v := string(c.rest[:i])
	c.rest = c.rest[i+1:]
	return v
}

func (c *cursor) address() Address {
	return Address{TON: c.octet(), NPI: c.octet(), Addr: c.text()}
}
