package smpp

import (
	"context"
	"sync/atomic"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// Codes of failures that do not come from the carrier.
const (
	codeExpired   = "expired"         // its time was over before it could be sent
	codeCancelled = "cancelled"       // ctx was done
	codeClosed    = "closed"          // the session is closed
	codeLost      = "connection lost" // before an answer came
	codeTimeout   = "no answer"       // within ResponseTimeout
	codeLong      = "too many parts"
	codeEmpty     = "empty text"
)

// Send hands m over; see channel.Sender. It waits for room in the window, for the end of a pause that the carrier asked for, and for the
// contract's rate; while no connection is bound it settles at once as Unreachable, with After saying when the next one is tried.
func (s *Session) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	if failure := s.send(ctx, m, settle); failure != nil {
		s.counts.notSent.Add(1)
		settle(channel.Result{Failure: failure})
	}
}

// send gives a failure when nothing was handed to a connection; else the connection settles.
func (s *Session) send(ctx context.Context, m *channel.Message, settle func(channel.Result)) *channel.Failure {
	encoded, failure := s.encode(m)
	if failure != nil {
		return failure
	}
	if failure := s.obstacle(ctx, m); failure != nil {
		return failure
	}
	n := s.pdus(encoded)
	if !s.window.acquire(ctx, s.closing, n) {
		return s.stopped()
	}
	failure = s.pace(ctx, n)
	if failure == nil {
		failure = s.obstacle(ctx, m)
	}
	if failure == nil {
		failure = s.submit(s.newHand(ctx, m, encoded, settle))
	}
	if failure != nil {
		s.window.release(n)
	}
	return failure
}

// obstacle says why m cannot be sent now, nil when it can.
func (s *Session) obstacle(ctx context.Context, m *channel.Message) *channel.Failure {
	switch {
	case ctx.Err() != nil, s.isClosing():
		return s.stopped()
	case !m.Expires.IsZero() && !s.now().Before(m.Expires):
		return &channel.Failure{Reason: buurtbel.Rejected, Code: codeExpired}
	case s.bound.Load() == nil:
		return s.downFailure()
	}
	return nil
}

// stopped is the failure of a message that waited when ctx was done or the session was closed.
func (s *Session) stopped() *channel.Failure {
	code := codeCancelled
	if s.isClosing() {
		code = codeClosed
	}
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}

func (s *Session) submit(h *hand) *channel.Failure {
	if c := s.bound.Load(); c != nil && c.submit(h) {
		return nil
	}
	return s.downFailure()
}

// pace waits until the carrier's pause is over and n parts fit the rate.
func (s *Session) pace(ctx context.Context, n int) *channel.Failure {
	for left := s.paused.Left(); left > 0; left = s.paused.Left() {
		if !sms.Wait(ctx, left, s.closing, nil) {
			return s.stopped()
		}
	}
	if !s.limit.Wait(ctx, n, s.closing, nil) {
		return s.stopped()
	}
	return nil
}

// encoded is a text ready for the wire.
type encoded struct {
	encoding gsm.Encoding
	octets   []byte   // the whole text
	parts    [][]byte // the same, cut
}

// encodedCache keeps the last text that all recipients have in common.
type encodedCache struct {
	last atomic.Pointer[cachedText]
}

type cachedText struct {
	content *channel.Content // held, so that its address cannot come back as another content
	text    encoded
}

// encode renders, encodes and cuts the text of m.
func (s *Session) encode(m *channel.Message) (*encoded, *channel.Failure) {
	shared := m.Link == "" || !s.cfg.Links
	if hit := s.text.last.Load(); shared && hit != nil && hit.content == m.Content {
		return &hit.text, nil
	}
	text := s.cfg.Render(m)
	if text == "" {
		return nil, &channel.Failure{Reason: buurtbel.Rejected, Code: codeEmpty}
	}
	made := &cachedText{content: m.Content}
	made.text.encoding, made.text.octets = gsm.Encode(text)
	made.text.parts = gsm.SplitOctets(made.text.encoding, made.text.octets)
	if len(made.text.parts) > s.cfg.MaxParts {
		return nil, &channel.Failure{Reason: buurtbel.TooLong, Code: codeLong}
	}
	if shared {
		s.text.last.Store(made)
	}
	return &made.text, nil
}

// pdus is how many submit_sm the text takes.
func (s *Session) pdus(text *encoded) int {
	if s.cfg.Long == LongPayload {
		return 1
	}
	return len(text.parts)
}

// draft fills what all parts of m have in common.
func (s *Session) draft(m *channel.Message, text *encoded) wire.Message {
	d := wire.Message{
		Command:  wire.SubmitSM,
		Source:   s.source,
		Dest:     addressOf(m.To),
		Priority: s.priority(m.Content.Class),
		Validity: validity(m.Expires, s.now()),
	}
	if s.cfg.Receipts {
		d.Registered = 1
	}
	if text.encoding == gsm.UCS2 {
		d.Coding = 8
	}
	return d
}
