package push

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
)

func TestSender(t *testing.T) {
	channeltest.Sender(t, func(t *testing.T) channeltest.Rig {
		s := newService(t)
		p, log := openPusher(t, testConfig(t), nil)
		devices := make([]string, 40)
		for i := range devices {
			devices[i] = newDevice(t, endpointOf(s, i)).subscription()
		}
		return channeltest.Rig{Sender: p, Close: p.Close, Message: func(n int) *channel.Message { return messageTo(devices[n%len(devices)]) },
			Silent:  func() { s.mu.Lock(); s.silent = true; s.mu.Unlock() },
			Cut:     s.cut,
			Taken:   func() int { return len(s.all()) },
			Secrets: []string{"/send/secret-", s.URL, "Kerkstraat"}, Log: log.String}
	})
}

// TestWhatTheBrowserGets opens the message with the browser's keys, and reads what the push service sees.
func TestWhatTheBrowserGets(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	s := newService(t)
	p, _ := openPusher(t, testConfig(t), func() time.Time { return now })
	a, b := newDevice(t, endpointOf(s, 1)), newDevice(t, endpointOf(s, 2))
	m := messageTo(a.subscription())
	m.Expires = now.Add(90 * time.Minute)
	update := messageTo(a.subscription())
	update.Delivery, update.Expires, update.Content = 8, m.Expires, &channel.Content{Sender: "Politiezone Vlierbeek", Text: "OEFENING. Voorbij.", Language: buurtbel.Dutch,
		Class: buurtbel.ClassAlert, Thread: alertContent.Thread, Exercise: true}
	other := messageTo(b.subscription())
	other.Expires = m.Expires
	for _, m := range []*channel.Message{m, update, other} {
		if r := sent(t, p, m); r.Failure != nil || r.Parts != 1 {
			t.Fatalf("%+v", r.Failure)
		}
	}
	got := s.all()
	want := Payload{Title: "Politiezone Vlierbeek", Text: "Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen.", Link: m.Link, Language: "nl", Alert: true,
		Tag: alertContent.Thread, Expires: m.Expires.Unix()}
	if diff := cmp.Diff(want, payloadIn(t, a, got[0].body)); diff != "" {
		t.Error(diff)
	}
	if u := payloadIn(t, a, got[1].body); !u.Exercise || u.Tag != want.Tag || u.Text != "OEFENING. Voorbij." {
		t.Errorf("%+v", u)
	}
	if _, err := b.opens(got[0].body); err == nil {
		t.Error("another browser can read it")
	}
	h := got[0].header
	for name, want := range map[string]string{"Ttl": "5400", "Urgency": "high", "Content-Encoding": "aes128gcm"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, not %q", name, h.Get(name), want)
		}
	}
	topic := h.Get("Topic")
	if len(topic) != 32 || strings.Trim(topic, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("topic %q (RFC 8030 section 5.4)", topic)
	}
	if got[1].header.Get("Topic") != topic || got[2].header.Get("Topic") == topic {
		t.Error("an update has the alert's topic, another browser has not")
	}
	if len(got[0].body) != len(got[1].body) || len(got[0].body) > 4096 {
		t.Errorf("%d and %d bytes: the length tells something", len(got[0].body), len(got[1].body))
	}
	checkSignature(t, h.Get("Authorization"), p.PublicKey(), s.URL)
}

// checkSignature verifies the token by which a push service knows us (RFC 8292 section 2).
func checkSignature(t *testing.T, header, public, audience string) {
	t.Helper()
	signed, key, ok := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(signed, ".")
	if !ok || key != public || len(parts) != 3 {
		t.Fatalf("Authorization: %s", header)
	}
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw(key))
	if err != nil {
		t.Fatal(err)
	}
	sum, sig := sha256.Sum256([]byte(parts[0]+"."+parts[1])), raw(parts[2])
	if !ecdsa.Verify(point, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Error("the signature is wrong")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(raw(parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(time.Unix(claims.Exp, 0)); claims.Aud != audience || claims.Sub != "mailto:alarm@example.org" || left < time.Hour || left > 24*time.Hour {
		t.Errorf("%+v", claims)
	}
}

func TestVerdicts(t *testing.T) {
	s := newService(t)
	p, log := openPusher(t, testConfig(t), nil)
	for status, want := range map[int]*channel.Failure{
		200: nil, 201: nil, 202: nil, 204: nil,
		400: {Reason: buurtbel.Rejected, Code: "400"},
		401: {Reason: buurtbel.Credentials, Code: "401"},
		403: {Reason: buurtbel.Credentials, Code: "403"},
		404: {Reason: buurtbel.InvalidAddress, Code: "404"},
		410: {Reason: buurtbel.InvalidAddress, Code: "410"},
		413: {Reason: buurtbel.TooLong, Code: "413"},
		429: {Reason: buurtbel.Unreachable, Temporary: true, Code: "429"},
		500: {Reason: buurtbel.Unreachable, Temporary: true, Code: "500"},
		503: {Reason: buurtbel.Unreachable, Temporary: true, Code: "503"},
		302: {Reason: buurtbel.Unparseable, Temporary: true, Code: "302"},
	} {
		before := len(s.all())
		s.answers(status, map[string]string{"Location": s.URL + "/elsewhere"})
		r := sent(t, p, messageTo(newDevice(t, endpointOf(s, status)).subscription()))
		if diff := cmp.Diff(want, r.Failure); diff != "" {
			t.Errorf("%d: %s", status, diff)
		}
		if n := len(s.all()) - before; n != 1 {
			t.Errorf("%d: %d requests: a redirect was followed", status, n)
		}
	}
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "refuses our key") {
		t.Errorf("log: %s", log)
	}
}

// TestRest: one push service that asks for rest gets it, and does not hold back another.
func TestRest(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	clock := now
	tired, other := newService(t), newService(t)
	p, _ := openPusher(t, testConfig(t), func() time.Time { return clock })
	to := func(s *service, n int) channel.Result {
		m := messageTo(newDevice(t, endpointOf(s, n)).subscription())
		m.Expires = now.Add(time.Hour)
		return sent(t, p, m)
	}
	tired.answers(429, map[string]string{"Retry-After": "30"})
	if f := to(tired, 1).Failure; f == nil || f.After != 30*time.Second || !f.Temporary {
		t.Fatalf("%+v", f)
	}
	clock = now.Add(10 * time.Second)
	if f := to(tired, 2).Failure; f == nil || f.After != 20*time.Second || f.Uncertain || f.Reason != buurtbel.Unreachable || len(tired.all()) != 1 {
		t.Errorf("%+v after %d requests", f, len(tired.all()))
	}
	if f := to(other, 3).Failure; f != nil {
		t.Errorf("another push service waits too: %+v", f)
	}
	tired.answers(201, nil)
	clock = now.Add(30 * time.Second)
	if f := to(tired, 4).Failure; f != nil {
		t.Errorf("after the rest: %+v", f)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{"": 0, "5": 5 * time.Second, "86400": time.Hour, "-5": 0, "soon": 0, "99999999999999999999": 0,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Minute).Format(http.TimeFormat): 0} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %s, not %s", value, got, want)
		}
	}
}

func TestWhatIsNotSent(t *testing.T) {
	s := newService(t)
	p, _ := openPusher(t, testConfig(t), nil)
	good := newDevice(t, endpointOf(s, 1)).subscription()
	long := *alertContent
	long.Text = strings.Repeat("é", 2000)
	for name, c := range map[string]struct {
		to      string
		content *channel.Content
		reason  buurtbel.Reason
	}{
		"no subscription": {"+32455000001", alertContent, buurtbel.InvalidAddress},
		"erased":          {"", alertContent, buurtbel.InvalidAddress},
		"no content":      {good, nil, buurtbel.Rejected},
		"too long":        {good, &long, buurtbel.TooLong},
	} {
		m := messageTo(c.to)
		m.Content = c.content
		if f := sent(t, p, m).Failure; f == nil || f.Reason != c.reason || f.Temporary || f.Uncertain {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if n := len(s.all()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestUrgencyAndLife(t *testing.T) {
	for class, want := range map[buurtbel.Class]string{buurtbel.ClassAlert: "high", buurtbel.ClassCorrection: "high", buurtbel.ClassAnswer: "normal", buurtbel.ClassBulletin: "low"} {
		if got := urgencyOf(class); string(got) != want {
			t.Errorf("class %d: %s, not %s", class, got, want)
		}
	}
	now := time.Now()
	for left, want := range map[time.Duration]int{time.Second: 1, 100 * 24 * time.Hour: 28 * 24 * 3600, 1500 * time.Millisecond: 1} {
		if got := ttlOf(&channel.Message{Expires: now.Add(left)}, now); got != want {
			t.Errorf("%s left: %d, not %d", left, got, want)
		}
	}
}

// TestSlowServiceIsUncertain: a request that was written and not answered in time may have been taken.
func TestSlowServiceIsUncertain(t *testing.T) {
	s := newService(t)
	s.silent = true
	cfg := testConfig(t)
	cfg.Timeout = 50 * time.Millisecond
	p, _ := openPusher(t, cfg, nil)
	if f := sent(t, p, messageTo(newDevice(t, endpointOf(s, 1)).subscription())).Failure; f == nil || !f.Uncertain || f.Code != "timeout" {
		t.Errorf("%+v", f)
	}
}

func TestClosesTwice(t *testing.T) {
	p, _ := openPusher(t, testConfig(t), nil)
	for range 2 {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	s := newService(b)
	cfg := testConfig(b)
	cfg.Window = 100
	p, _ := openPusher(b, cfg, nil)
	m := messageTo(newDevice(b, endpointOf(s, 1)).subscription())
	done := make(chan struct{}, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		p.Send(b.Context(), m, func(r channel.Result) {
			if r.Failure != nil {
				b.Error(r.Failure)
			}
			done <- struct{}{}
		})
	}
	for range b.N {
		<-done
	}
}
