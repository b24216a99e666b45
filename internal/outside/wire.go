package outside

import "encoding/binary"

// Command ids (SMPP 3.4 section 5.1.2.1). A response has the top bit set.
const (
	cmdBindReceiver    = 0x00000001
	cmdBindTransmitter = 0x00000002
	cmdSubmit          = 0x00000004
	cmdDeliver         = 0x00000005
	cmdUnbind          = 0x00000006
	cmdBindTransceiver = 0x00000009
	cmdEnquire         = 0x00000015
	cmdResponse        = 0x80000000
)

// Command statuses (SMPP 3.4 section 5.1.3).
const (
	statusOK           = 0x00
	statusMsgLength    = 0x01
	statusCmdLength    = 0x02
	statusCmdID        = 0x03
	statusBindState    = 0x04
	statusAlreadyBound = 0x05
	statusDstAddress   = 0x0B
	statusPassword     = 0x0E
	statusThrottled    = 0x58
	statusEsmClass     = 0x43
)

// Optional parameters that this SMSC reads or writes (SMPP 3.4 section 5.3.2).
const (
	tlvReceiptedID = 0x001E
	tlvSarRef      = 0x020C
	tlvSarTotal    = 0x020E
	tlvSarPart     = 0x020F
	tlvPayload     = 0x0424
	tlvState       = 0x0427
)

const (
	headerSize = 16
	pduMax     = 70_000 // a message_payload has at most 64 kB
	esmUDHI    = 0x40
	esmReceipt = 0x04
)

// submit is one submit_sm. Its slices point into the connection's read buffer and are gone with the next read.
type submit struct {
	srcTON, srcNPI, dstTON, dstNPI byte
	src, dst, validity             []byte
	esm, registered, coding        byte
	text                           []byte // without the user data header
	ref                            uint16
	part, total                    byte // 1 of 1 for a whole text
	number                         uint64
	plus                           bool // dst came with "+"
}

// cursor reads a PDU body from the front; bad stays true once something was missing.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) octet() byte {
	if len(c.b) == 0 {
		c.bad = true
		return 0
	}
	v := c.b[0]
	c.b = c.b[1:]
	return v
}

// text reads a C-octet string of at most limit octets, the closing zero counted.
func (c *cursor) text(limit int) []byte {
	for i := 0; i < len(c.b) && i < limit; i++ {
		if c.b[i] == 0 {
			v := c.b[:i]
			c.b = c.b[i+1:]
			return v
		}
	}
	c.bad = true
	return nil
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.bad = true
		return nil
	}
	v := c.b[:n]
	c.b = c.b[n:]
	return v
}

// parseSubmit reads the body of a submit_sm (SMPP 3.4 section 4.4.1) and gives the status it deserves.
func parseSubmit(body []byte, m *submit) uint32 {
	c := cursor{b: body}
	*m = submit{part: 1, total: 1}
	c.text(6) // service_type
	m.srcTON, m.srcNPI = c.octet(), c.octet()
	m.src = c.text(21)
	m.dstTON, m.dstNPI = c.octet(), c.octet()
	m.dst = c.text(21)
	m.esm = c.octet()
	c.take(2)  // protocol_id, priority_flag
	c.text(17) // schedule_delivery_time
	m.validity = c.text(17)
	m.registered = c.octet()
	c.octet() // replace_if_present_flag
	m.coding = c.octet()
	c.octet() // sm_default_msg_id
	m.text = c.take(int(c.octet()))
	if c.bad {
		return statusCmdLength
	}
	return m.finish(c.b)
}

// finish reads what follows the mandatory part and checks the whole.
func (m *submit) finish(options []byte) uint32 {
	payload := len(m.text) == 0
	if !m.options(options) {
		return statusCmdLength
	}
	var ok bool
	if m.number, m.plus, ok = parseNumber(m.dst); !ok {
		return statusDstAddress
	}
	header := 0
	if m.esm&esmUDHI != 0 {
		if header, ok = m.userDataHeader(); !ok {
			return statusEsmClass
		}
	}
	if m.total == 0 || m.part == 0 || m.part > m.total {
		return statusEsmClass
	}
	if !payload && !fits(header, len(m.text), m.coding) {
		return statusMsgLength
	}
	return statusOK
}

// options reads the optional parameters (SMPP 3.4 section 3.2.4); unknown ones are skipped.
func (m *submit) options(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 4 {
			return false
		}
		tag, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if len(b) < 4+n {
			return false
		}
		v := b[4 : 4+n]
		switch {
		case tag == tlvPayload && len(m.text) == 0:
			m.text = v
		case tag == tlvSarRef && n == 2:
			m.ref = binary.BigEndian.Uint16(v)
		case tag == tlvSarTotal && n == 1:
			m.total = v[0]
		case tag == tlvSarPart && n == 1:
			m.part = v[0]
		}
		b = b[4+n:]
	}
	return true
}

// userDataHeader takes the header off the text and reads its concatenation element (3GPP TS 23.040 section 9.2.3.24).
func (m *submit) userDataHeader() (size int, ok bool) {
	if len(m.text) == 0 || len(m.text) < 1+int(m.text[0]) {
		return 0, false
	}
	size = 1 + int(m.text[0])
	h := m.text[1:size]
	m.text = m.text[size:]
	for len(h) > 0 {
		if len(h) < 2 || len(h) < 2+int(h[1]) {
			return 0, false
		}
		v := h[2 : 2+int(h[1])]
		switch {
		case h[0] == 0x00 && len(v) == 3:
			m.ref, m.total, m.part = uint16(v[0]), v[1], v[2]
		case h[0] == 0x08 && len(v) == 4:
			m.ref, m.total, m.part = binary.BigEndian.Uint16(v), v[2], v[3]
		}
		h = h[2+int(h[1]):]
	}
	return size, true
}

// fits tells whether a text goes into the 140 octets of one short message: septets come unpacked and are packed on the air.
func fits(header, n int, coding byte) bool {
	if coding == 0 {
		return (header*8+6)/7+n <= 160
	}
	return header+n <= 140
}

// parseNumber reads digits with an optional "+". A number that begins with 0 or is longer than 15 digits is not E.164.
func parseNumber(b []byte) (number uint64, plus, ok bool) {
	if len(b) > 0 && b[0] == '+' {
		plus, b = true, b[1:]
	}
	if len(b) == 0 || len(b) > 15 || b[0] == '0' {
		return 0, plus, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, plus, false
		}
		number = number*10 + uint64(c-'0')
	}
	return number, plus, true
}

func appendHeader(b []byte, command, status, seq uint32) []byte {
	b = binary.BigEndian.AppendUint32(b, 0) // closePDU fills it in
	b = binary.BigEndian.AppendUint32(b, command)
	b = binary.BigEndian.AppendUint32(b, status)
	return binary.BigEndian.AppendUint32(b, seq)
}

// closePDU writes the length of the PDU that begins at start.
func closePDU(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start))
	return b
}

// appendSubmitResp answers a submit_sm (SMPP 3.4 section 4.4.2); a refusal carries no message id.
func appendSubmitResp(b []byte, status, seq uint32, id uint64, form string) []byte {
	start := len(b)
	b = appendHeader(b, cmdSubmit|cmdResponse, status, seq)
	if status == statusOK {
		b = append(appendID(b, id, form), 0)
	}
	return closePDU(b, start)
}

// appendPlain writes a PDU without a body.
func appendPlain(b []byte, command, status, seq uint32) []byte {
	return closePDU(appendHeader(b, command, status, seq), len(b))
}
