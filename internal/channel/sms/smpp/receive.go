package smpp

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// read takes PDUs in until the connection ends.
func (c *conn) read() error {
	var buf []byte
	for {
		frame, err := wire.ReadFrame(c.r, buf)
		if err != nil {
			if errors.Is(err, wire.ErrLength) {
				c.s.counts.garbage.Add(1)
				c.respond(wire.GenericNack, statusInvalidLength, 0)
			}
			return err
		}
		buf = frame
		c.heard.Store(true)
		if err := c.take(frame); err != nil {
			return err
		}
	}
}

// take handles one PDU. An error ends the connection.
func (c *conn) take(frame []byte) error {
	h, err := wire.ReadHeader(frame)
	if err != nil {
		return err
	}
	switch h.Command {
	case wire.SubmitSMResp:
		c.answered(h, wire.ResponseID(frame))
	case wire.GenericNack:
		c.answered(h, nil)
	case wire.DeliverSM, wire.DataSM:
		c.arrived(h, frame)
	case wire.EnquireLink:
		c.respond(wire.EnquireLinkResp, 0, h.Sequence)
	case wire.Unbind:
		c.respond(wire.UnbindResp, 0, h.Sequence)
		return errUnbound
	case wire.UnbindResp:
		close(c.unbound)
		return errEnded
	case wire.EnquireLinkResp, wire.AlertNotification:
	default:
		c.unexpected(h)
	}
	return nil
}

// unexpected refuses a request that we do not know (SMPP 3.4 section 4.3.1) and counts an answer that nobody asked for.
func (c *conn) unexpected(h wire.Header) {
	c.s.counts.garbage.Add(1)
	if !h.Command.IsResponse() {
		c.respond(wire.GenericNack, statusInvalidCommand, h.Sequence)
	}
}

// arrived hands an event over and answers when it is stored. A PDU that is cut off inside can never be read, so the carrier is told not
// to bring it again; when too many events wait, that it should.
func (c *conn) arrived(h wire.Header, frame []byte) {
	var m wire.Message
	if err := m.Read(frame); err != nil {
		c.s.counts.garbage.Add(1)
		c.s.log.Warn("carrier sent an unreadable message", "command", h.Command.String(), "octets", len(frame))
		c.respond(h.Command.Response(), statusNever, h.Sequence)
		return
	}
	if c.s.arrive == nil || c.s.events.Add(1) > int64(c.s.cfg.EventsWaiting) {
		if c.s.arrive != nil {
			c.s.events.Add(-1)
		}
		c.s.counts.postponed.Add(1)
		c.respond(h.Command.Response(), statusTryAgain, h.Sequence)
		return
	}
	c.s.counts.events.Add(1)
	c.s.arrive(c.s.cfg.eventOf(&m), c.stored(h))
}

// stored makes the function that answers h. Only its first call counts.
func (c *conn) stored(h wire.Header) func(error) {
	var called atomic.Bool
	return func(err error) {
		if called.Swap(true) {
			return
		}
		status := uint32(0)
		if err != nil {
			status = statusTryAgain
			c.s.counts.postponed.Add(1)
		}
		c.respond(h.Command.Response(), status, h.Sequence)
		c.s.events.Add(-1)
	}
}

// tend asks whether the carrier is still there and sweeps the open parts, until the connection is killed.
func (c *conn) tend() {
	enquire := time.NewTicker(c.s.cfg.EnquireInterval)
	defer enquire.Stop()
	answer := time.NewTimer(time.Hour)
	answer.Stop()
	asked := false
	for {
		select {
		case <-c.gone:
			answer.Stop()
			return
		case now := <-c.sweep.C:
			c.sweepOpen(now)
		case <-enquire.C:
			if !asked {
				asked = true
				c.heard.Store(false)
				c.ask(wire.EnquireLink)
				answer.Reset(c.s.cfg.ResponseTimeout)
			}
		case <-answer.C:
			asked = false
			if !c.heard.Load() {
				c.kill(errSilent)
			}
		}
	}
}

// eventOf reads a deliver_sm or data_sm: a receipt when esm_class or an optional parameter says so or the text can be nothing else, and
// otherwise a text.
func (c *Config) eventOf(m *wire.Message) channel.Event {
	coding, octets := m.Coding, m.Text()
	var joined gsm.Concat
	if m.ESMClass&wire.ESMUDHI != 0 {
		if concat, rest, err := gsm.ReadHeader(octets); err == nil {
			joined, octets = concat, rest
		}
	}
	if r, ok := readReceipt(m, receiptText(coding, octets)); ok {
		return c.receiptEvent(r)
	}
	text := gsm.Decode(coding, octets)
	if joined.Total == 0 {
		joined = segment(m)
	}
	return channel.Event{
		Kind: channel.Text, Carrier: c.Name, Channel: buurtbel.SMS,
		From: sms.Clean(numberOf(m.Source)), To: sms.Clean(numberOf(m.Dest)), Text: sms.Clean(text),
		Part: channel.Part{Group: joined.Ref, Total: joined.Total, Number: joined.Number},
	}
}

// receiptText decodes the text of a receipt. Carriers write it in ASCII also where data_coding says GSM 7-bit, so "_" is no "§"; a true
// septet for "_" is read as well.
func receiptText(coding byte, octets []byte) string {
	if gsm.Alphabet(coding) != "gsm-7" {
		return gsm.Decode(coding, octets)
	}
	return strings.ReplaceAll(gsm.DecodeIA5(octets), "\x11", "_")
}

// segment reads the SAR parameters (SMPP 3.4 sections 5.3.2.22 to 24).
func segment(m *wire.Message) gsm.Concat {
	ref, _ := m.TLV(wire.TagSARRef)
	total, _ := m.TLV(wire.TagSARTotal)
	number, _ := m.TLV(wire.TagSARNumber)
	if len(ref) != 2 || len(total) != 1 || len(number) != 1 || total[0] < 2 || number[0] < 1 || number[0] > total[0] {
		return gsm.Concat{}
	}
	return gsm.Concat{Ref: int(ref[0])<<8 | int(ref[1]), Total: int(total[0]), Number: int(number[0])}
}
