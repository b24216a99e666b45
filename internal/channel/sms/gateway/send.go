package gateway

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// Codes of failures that do not come from the provider.
const (
	codeExpired   = "expired"         // its time was over before it could be sent
	codeCancelled = "cancelled"       // ctx was done
	codeClosed    = "closed"          // the gateway is closed
	codeNone      = "no connection"   // none could be made
	codeLost      = "connection lost" // before an answer came
	codeTimeout   = "no answer"       // in time
	codeLong      = "too many parts"
	codeEmpty     = "empty text"
	codeTemplate  = "template" // it cannot be filled with this message
	codePause     = "pause"    // the provider asked for one
)

// Send hands m over; see channel.Sender. It waits for room in the window, for the end of a short pause, and for the contract's rate; while no
// connection can be made it settles at once as Unreachable.
func (g *Gateway) Send(ctx context.Context, m *channel.Message, settle func(channel.Result)) {
	text, failure := g.count(m)
	if failure == nil {
		failure = g.obstacle(ctx, m)
	}
	if failure == nil && !g.enter(ctx) {
		failure = g.stopped()
	}
	if failure != nil {
		settle(channel.Result{Failure: failure})
		return
	}
	failure = g.pace(ctx)
	if failure == nil {
		failure = g.obstacle(ctx, m)
	}
	if failure != nil {
		settle(channel.Result{Failure: failure})
		<-g.room
		return
	}
	go func() {
		settle(g.hand(ctx, m, text))
		<-g.room
	}()
}

// enter takes a place in the window.
func (g *Gateway) enter(ctx context.Context) bool {
	select {
	case g.room <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-g.closing:
	case <-g.cut.Done():
	}
	return false
}

// obstacle says why m cannot be sent now, nil when it can.
func (g *Gateway) obstacle(ctx context.Context, m *channel.Message) *channel.Failure {
	switch {
	case ctx.Err() != nil, g.cut.Err() != nil, g.isClosing():
		return g.stopped()
	case !m.Expires.IsZero() && !g.now().Before(m.Expires):
		return &channel.Failure{Reason: buurtbel.Rejected, Code: codeExpired}
	case g.down.Load():
		return unsent(codeNone)
	}
	return nil
}

// stopped is the failure of a message that waited when ctx was done or the gateway was closed.
func (g *Gateway) stopped() *channel.Failure {
	if g.isClosing() {
		return unsent(codeClosed)
	}
	return unsent(codeCancelled)
}

// longestWait is how long a message waits here for the end of a pause; it goes back to the queue for longer ones.
const longestWait = 2 * time.Second

// pace waits until the provider's pause is over and one more message fits the rate.
func (g *Gateway) pace(ctx context.Context) *channel.Failure {
	for left := g.paused.Left(); left > 0; left = g.paused.Left() {
		if left > longestWait {
			return &channel.Failure{Reason: buurtbel.Throttled, Temporary: true, After: left, Code: codePause}
		}
		if !sms.Wait(ctx, left, g.closing, g.cut.Done()) {
			return g.stopped()
		}
	}
	if !g.limit.Wait(ctx, 1, g.closing, g.cut.Done()) {
		return g.stopped()
	}
	return nil
}

// count renders the text of m and counts its parts.
func (g *Gateway) count(m *channel.Message) (*counted, *channel.Failure) {
	common := m.Link == "" || !g.cfg.Links
	if hit := g.text.Load(); common && hit != nil && hit.content == m.Content {
		return &hit.counted, nil
	}
	text := g.cfg.Render(m)
	if text == "" {
		return nil, &channel.Failure{Reason: buurtbel.Rejected, Code: codeEmpty}
	}
	a := gsm.Analyse(text)
	if a.Parts > g.cfg.MaxParts {
		return nil, &channel.Failure{Reason: buurtbel.TooLong, Code: codeLong}
	}
	made := &shared{content: m.Content, counted: counted{text: text, encoding: a.Encoding, parts: a.Parts}}
	if common {
		g.text.Store(made)
	}
	return &made.counted, nil
}

// hand makes the request, sends it and reads the answer.
func (g *Gateway) hand(ctx context.Context, m *channel.Message, text *counted) channel.Result {
	r, err := g.made.composer.request(g.valuesOf(m, text))
	if err != nil {
		return channel.Result{Failure: &channel.Failure{Reason: buurtbel.Rejected, Code: codeTemplate}}
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.ConnectTimeout+2*g.cfg.ResponseTimeout)
	defer cancel()
	defer context.AfterFunc(g.cut, cancel)()
	reply, failure := g.round(ctx, r)
	if failure != nil {
		return channel.Result{Failure: failure}
	}
	result := g.made.answer.read(reply, text.parts, g.now())
	if f := result.Failure; f != nil && !f.Uncertain {
		g.mind(f)
	}
	return result
}

// mind makes a pause of an answer that would be the same for the next message.
func (g *Gateway) mind(f *channel.Failure) {
	switch {
	case f.Reason == buurtbel.Throttled:
		if f.After <= 0 {
			f.After = g.cfg.ThrottlePause
		}
		g.paused.For(f.After)
		g.log.Warn("carrier asks to slow down", "code", f.Code, "pause", f.After)
	case f.Reason == buurtbel.Credentials:
		g.paused.For(g.cfg.ThrottlePause)
		g.log.Error("carrier refuses our account", "code", f.Code)
	}
}

// uncertain is the failure of a message that the provider may have.
func uncertain(code string) *channel.Failure {
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: code}
}

// unsent is the failure of a message that the provider cannot have.
func unsent(code string) *channel.Failure {
	return &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: code}
}
