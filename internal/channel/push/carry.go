package push

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/subscription"
)

// Payload is what a browser gets: no more than it shows and needs to confirm. It knows no name, number or address of the member.
type Payload struct {
	Title    string `json:"title"` // who speaks
	Text     string `json:"text"`
	Link     string `json:"link,omitempty"` // the acknowledgement link
	Language string `json:"lang"`
	Exercise bool   `json:"exercise,omitempty"`
	Alert    bool   `json:"alert,omitempty"` // urgent: stays until it is dismissed
	Tag      string `json:"tag"`             // the same for an alert and its updates: a newer one takes the place of an older one
	Expires  int64  `json:"expires"`         // seconds since 1970; 0: never
}

const (
	mostPayload = 3000                // bytes; push services take 4,096 with everything around it (RFC 8030 section 7.2)
	longestTTL  = 28 * 24 * time.Hour // what the largest push service keeps at most
	usualTTL    = 24 * time.Hour      // of a message that does not expire
)

// carry hands one message over and says what came of it.
func (p *Pusher) carry(ctx context.Context, m *channel.Message) channel.Result {
	now := p.now()
	switch {
	case m.Content == nil:
		return failed(buurtbel.Rejected, "content")
	case !m.Expires.IsZero() && !now.Before(m.Expires):
		return failed(buurtbel.Rejected, "expired")
	}
	to, err := subscription.Parse(m.To)
	if err != nil {
		return failed(buurtbel.InvalidAddress, "subscription")
	}
	at, err := url.Parse(to.Endpoint)
	if err != nil || !p.cfg.mayGo(at) {
		return failed(buurtbel.InvalidAddress, "endpoint")
	}
	if left := p.left(at.Host, now); left > 0 {
		f := ended("resting")
		f.After = left
		return channel.Result{Failure: f}
	}
	payload, err := json.Marshal(payloadOf(m))
	if err != nil || len(payload) > mostPayload {
		return failed(buurtbel.TooLong, "payload")
	}
	return p.post(ctx, m, to, at.Host, payload)
}

// RefOf names a delivery in its receipts. Push services tell nothing of what became of a message; the browser that shows it does, and knows
// the delivery alone.
func RefOf(delivery buurtbel.ID) string { return delivery.String() }

func failed(reason buurtbel.Reason, code string) channel.Result {
	return channel.Result{Failure: &channel.Failure{Reason: reason, Code: code}}
}

func payloadOf(m *channel.Message) Payload {
	c := m.Content
	pay := Payload{Title: c.Sender, Text: withoutSender(c.Text, c.Sender), Link: m.Link, Language: string(c.Language), Exercise: c.Exercise,
		Alert: c.Class <= buurtbel.ClassCorrection, Tag: tagOf(m)}
	if !m.Expires.IsZero() {
		pay.Expires = m.Expires.Unix()
	}
	return pay
}

// withoutSender takes the sender off the text's beginning: it stands above the text already.
func withoutSender(text, sender string) string {
	for _, sep := range []string{" : ", ": "} {
		if rest, ok := strings.CutPrefix(text, sender+sep); ok && sender != "" {
			return rest
		}
	}
	return text
}

// tagOf names the alert that a message belongs to.
func tagOf(m *channel.Message) string {
	if m.Content.Thread != "" {
		return m.Content.Thread
	}
	return m.Delivery.String()
}

// topicOf names the alert towards the push service (RFC 8030 section 5.4), so that an update takes the place of what was not yet delivered. It is
// another one for each browser: nobody can see from it who gets the same message.
func topicOf(m *channel.Message, to subscription.Subscription) string {
	sum := sha256.Sum256([]byte("topic\x00" + to.Keys.Auth + "\x00" + tagOf(m)))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:32]
}

func urgencyOf(c buurtbel.Class) webpush.Urgency {
	switch {
	case c <= buurtbel.ClassCode:
		return webpush.UrgencyHigh
	case c == buurtbel.ClassAnswer:
		return webpush.UrgencyNormal
	}
	return webpush.UrgencyLow
}

// ttlOf is how long the push service keeps a message for a browser that is off: whole seconds, never past the message's end.
func ttlOf(m *channel.Message, now time.Time) int {
	if m.Expires.IsZero() {
		return int(usualTTL.Seconds())
	}
	return int(min(m.Expires.Sub(now), longestTTL).Seconds())
}

func (p *Pusher) post(ctx context.Context, m *channel.Message, to subscription.Subscription, host string, payload []byte) channel.Result {
	watched, done, wait := p.hosts.begin(ctx, host)
	if wait > 0 {
		f := ended("silent")
		f.After = wait
		return channel.Result{Failure: f}
	}
	ctx, cancel := context.WithTimeout(watched, p.cfg.Timeout)
	defer cancel()
	defer context.AfterFunc(p.cut, cancel)()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { written.Store(false) }, // asked anew only when the connection before is known to have carried nothing
		WroteHeaders: func() { written.Store(true) },
	})
	res, err := webpush.SendNotificationWithContext(ctx, payload, &webpush.Subscription{Endpoint: to.Endpoint, Keys: webpush.Keys{Auth: to.Keys.Auth, P256dh: to.Keys.P256dh}},
		&webpush.Options{HTTPClient: p.client, Subscriber: p.cfg.Contact, Topic: topicOf(m, to), TTL: ttlOf(m, p.now()), Urgency: urgencyOf(m.Content.Class),
			VAPIDPublicKey: p.keys.Public(), VAPIDPrivateKey: p.keys.secret()})
	done(err == nil)
	if err != nil {
		f := lost(err, written.Load())
		if errors.Is(context.Cause(ctx), errMute) {
			f.Code = "silent"
		}
		return channel.Result{Refs: []string{RefOf(m.Delivery)}, Failure: f}
	}
	after := p.answered(res)
	f := verdict(res.StatusCode, after)
	if f == nil {
		return channel.Result{Refs: []string{RefOf(m.Delivery)}, Parts: 1}
	}
	if f.Temporary && f.After > 0 {
		p.rest(host, p.now(), f.After)
	}
	if f.Reason == buurtbel.Credentials {
		p.log.Error("a push service refuses our key or contact", "code", f.Code)
	}
	return channel.Result{Failure: f}
}

// answered reads an answer to its end, so that the connection can be used again.
func (p *Pusher) answered(res *http.Response) time.Duration {
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 16<<10)); err != nil {
		p.log.Debug("read an answer", "error", "cut off") // the status came: that is what counts
	}
	return retryAfter(res.Header.Get("Retry-After"), p.now())
}

// lost is the failure of a request without an answer. A name that comes to a forbidden address now may have been led astray: it can come right.
func lost(err error, written bool) *channel.Failure {
	f := ended("connection")
	switch {
	case errors.Is(err, errForbidden):
		f.Code = "address"
	case errors.Is(err, context.Canceled):
		f.Code = "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		f.Code = "timeout"
	}
	f.Uncertain = written
	return f
}
