package smpp

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// resubmits is how often a throttled part of a longer text goes again by itself.
const resubmits = 5

// hand is one hand-over: a message whose parts are open at the carrier. The lock of its connection guards it.
type hand struct {
	ctx       context.Context
	settle    func(channel.Result)
	draft     wire.Message // all but the part's own text
	text      *encoded
	payload   bool // the whole text in message_payload
	reference byte // of the user data header
	refs      []string
	accepted  int
	uncertain int
	open      int
	failure   *channel.Failure // of the first part, in order, that was not accepted
	failed    int              // number of that part
	parts     []part
	solo      [1]part // room for the usual case
}

// part is one submit_sm.
type part struct {
	hand     *hand
	number   int       // from 0
	end      int64     // where it ends in the stream of the connection
	deadline time.Time // for the answer
	again    time.Time // when it goes again after "too fast"; zero while an answer is awaited
	tries    int
}

func (s *Session) newHand(ctx context.Context, m *channel.Message, text *encoded, settle func(channel.Result)) *hand {
	h := &hand{ctx: ctx, settle: settle, text: text, draft: s.draft(m, text)}
	n := s.pdus(text)
	h.payload = n == 1 && len(text.parts) > 1
	h.parts = h.solo[:]
	if n > 1 {
		h.reference = byte(s.ref.Add(1))
		h.draft.ESMClass |= wire.ESMUDHI
		h.parts = make([]part, n)
	}
	for i := range h.parts {
		h.parts[i] = part{hand: h, number: i}
	}
	h.open = n
	return h
}

// appendPart writes the submit_sm of p.
func (h *hand) appendPart(b []byte, p *part, sequence uint32) []byte {
	pdu := h.draft
	pdu.Sequence = sequence
	var header [gsm.HeaderSize]byte
	switch {
	case h.payload:
		pdu.TLVs = wire.AppendTLV(nil, wire.TagMessagePayload, h.text.octets)
	case len(h.parts) > 1:
		header = gsm.Header(h.reference, byte(len(h.parts)), byte(p.number+1))
		pdu.UDH, pdu.Short = header[:], h.text.parts[p.number]
	default:
		pdu.Short = h.text.octets
	}
	return pdu.Append(b)
}

// accept records that the carrier took p under id. It tells whether the message can be settled.
func (h *hand) accept(p *part, id string) bool {
	if h.refs == nil {
		h.refs = make([]string, len(h.parts))
	}
	h.refs[p.number] = id
	h.accepted++
	h.open--
	return h.open == 0
}

// fail records that p was not accepted, or that nobody knows. It tells whether the message can be settled.
func (h *hand) fail(p *part, f channel.Failure) bool {
	if f.Uncertain {
		h.uncertain++
	}
	if h.failure == nil || p.number < h.failed {
		h.failure, h.failed = &f, p.number
	}
	h.open--
	return h.open == 0
}

// result is what the message comes to once no part is open.
func (h *hand) result() channel.Result {
	r := channel.Result{Refs: h.refs, Parts: h.accepted}
	if h.payload && h.accepted > 0 {
		r.Parts = len(h.text.parts)
	}
	if h.failure == nil {
		return r
	}
	f := *h.failure
	if h.accepted > 0 || h.uncertain > 0 {
		f.Uncertain, f.Temporary = true, true
	}
	r.Failure = &f
	return r
}

// uncertain is the failure of a part that the carrier may have.
func uncertain(code string) channel.Failure {
	return channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: code}
}

// unsent is the failure of a part that the carrier cannot have.
func unsent(code string) channel.Failure {
	return channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}
