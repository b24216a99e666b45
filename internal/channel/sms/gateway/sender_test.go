package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
)

func TestSender(t *testing.T) {
	channeltest.Sender(t, func(t *testing.T) channeltest.Rig {
		p, log := startProvider(t), &channeltest.Log{}
		g := start(t, testConfig(p.address), gateway.Options{Logger: log.Logger()})
		content := &channel.Content{Text: "Inbraak bezig. Bel 101." + channel.LinkMark}
		expires := time.Now().Add(2 * time.Hour)
		return channeltest.Rig{
			Sender: g, Close: g.Close,
			Message: func(n int) *channel.Message {
				return &channel.Message{Attempt: buurtbel.ID(n + 1), To: fmt.Sprintf("+324550%05d", n), Link: "https://bin.example.org/1", Expires: expires, Content: content}
			},
			Silent:  func() { p.silent.Store(true) },
			Cut:     p.cut,
			Taken:   func() int { return int(p.taken.Load()) },
			Secrets: []string{testSecret, testPath, "Inbraak bezig"},
			Log:     log.String,
		}
	})
}

// hangUp drops the connection after the request was read.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   channel.Failure
	}{
		"cut":              {hangUp, channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: "connection lost"}},
		"half an answer":   {says(200, `{"messages":`, "Content-Length", "500"), channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: "connection lost"}},
		"bad JSON":         {says(200, `{"messages":[{"id"`), channel.Failure{Reason: buurtbel.Unparseable, Temporary: true, Uncertain: true, Code: "http 200"}},
		"no id":            {says(202, `{"messages":[]}`), channel.Failure{Reason: buurtbel.Unparseable, Temporary: true, Uncertain: true, Code: "http 202"}},
		"500":              {says(500, `oops`), channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "http 500"}},
		"503 and when":     {says(503, ``, "Retry-After", "7"), channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, After: 7 * time.Second, Code: "http 503"}},
		"502":              {says(502, ``), channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Uncertain: true, Code: "http 502"}},
		"429":              {says(429, ``, "Retry-After", "2"), channel.Failure{Reason: buurtbel.Throttled, Temporary: true, After: 2 * time.Second, Code: "http 429"}},
		"429, not when":    {says(429, ``), channel.Failure{Reason: buurtbel.Throttled, Temporary: true, After: time.Second, Code: "http 429"}},
		"401":              {says(401, ``), channel.Failure{Reason: buurtbel.Credentials, Temporary: true, Code: "http 401"}},
		"403":              {says(403, ``), channel.Failure{Reason: buurtbel.Credentials, Temporary: true, Code: "http 403"}},
		"403 with a code":  {says(403, `{"error":22}`), channel.Failure{Reason: buurtbel.OptedOut, Code: "http 403 code 22"}},
		"400 with a code":  {says(400, `{"error":"21"}`), channel.Failure{Reason: buurtbel.InvalidAddress, Code: "http 400 code 21"}},
		"200 with a code":  {says(200, `{"error":30}`), channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "http 200 code 30"}},
		"400":              {says(400, `{"error":99}`), channel.Failure{Reason: buurtbel.Rejected, Code: "http 400 code 99"}},
		"404":              {says(404, ``), channel.Failure{Reason: buurtbel.Other, Temporary: true, Code: "http 404"}},
		"redirect":         {says(302, ``, "Location", "/elsewhere"), channel.Failure{Reason: buurtbel.Other, Temporary: true, Code: "http 302"}},
		"a number as code": {says(400, `{"error":"+32455000001"}`), channel.Failure{Reason: buurtbel.Rejected, Code: "http 400 code unreadable"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := startProvider(t)
			p.misbehave(c.answer)
			g := start(t, testConfig(p.address), gateway.Options{})
			got := send(t, g, message(1))
			if got.Failure == nil {
				t.Fatal("handed over")
			}
			if diff := cmp.Diff(c.want, *got.Failure); diff != "" {
				t.Error(diff)
			}
			if n := p.taken.Load(); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestSlow(t *testing.T) {
	p := startProvider(t)
	p.silent.Store(true)
	c := testConfig(p.address)
	c.ResponseTimeout = 50 * time.Millisecond
	got := send(t, start(t, c, gateway.Options{}), message(1)).Failure
	if got == nil || !got.Uncertain || got.Code != "no answer" {
		t.Error(got)
	}
}

func TestManyIDs(t *testing.T) {
	p := startProvider(t)
	p.misbehave(says(200, `{"messages":[{"id":90071992547409931},{"id":"b"}],"new":{"field":1}}`))
	g := start(t, testConfig(p.address), gateway.Options{})
	m := message(1)
	m.Content = &channel.Content{Text: strings.Repeat("Bel 101. ", 20)}
	got := send(t, g, m)
	if diff := cmp.Diff(channel.Result{Refs: []string{"90071992547409931", "b"}, Parts: 2}, got); diff != "" {
		t.Error(diff)
	}
}

// TestPauses: while the provider asked for a long pause nothing is sent, and the message says when it may go.
func TestPauses(t *testing.T) {
	p := startProvider(t)
	p.misbehave(says(429, ``, "Retry-After", "60"))
	g := start(t, testConfig(p.address), gateway.Options{})
	send(t, g, message(1))
	got := send(t, g, message(2)).Failure
	if got == nil || got.Reason != buurtbel.Throttled || got.After < 50*time.Second || g.Up() || p.taken.Load() != 1 {
		t.Error(got, g.Up(), p.taken.Load())
	}
}

// TestComesBack: a provider that was down is up again without a message having to try.
func TestComesBack(t *testing.T) {
	p := startProvider(t)
	address := p.address
	p.cut()
	g := start(t, testConfig(address), gateway.Options{})
	if got := send(t, g, message(1)).Failure; got == nil || got.Uncertain || got.Code != "no connection" || g.Up() {
		t.Fatal(got, g.Up())
	}
	again := startProviderAt(t, address)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(40 * time.Second); !g.Up(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("still down")
		}
	}
	if got := send(t, g, message(2)); got.Failure != nil || again.taken.Load() != 1 {
		t.Error(got.Failure)
	}
}

// TestKeptConnections: one after the other takes one connection, unless the provider closes it.
func TestKeptConnections(t *testing.T) {
	p := startProvider(t)
	g := start(t, testConfig(p.address), gateway.Options{})
	for i := range 20 {
		if got := send(t, g, message(i)); got.Failure != nil {
			t.Fatal(got.Failure)
		}
	}
	if n := p.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	p.misbehave(says(200, `{"messages":[{"id":"a"}]}`, "Connection", "close"))
	for i := range 5 {
		if got := send(t, g, message(i)); got.Failure != nil {
			t.Fatal(got.Failure)
		}
	}
	if n := p.connections(); n != 5 {
		t.Errorf("%d connections, want the kept one and four more", n)
	}
}

func BenchmarkSend(b *testing.B) {
	p := startProvider(b)
	c := testConfig(p.address)
	c.Window = 50
	g := start(b, c, gateway.Options{})
	m := message(1)
	b.ReportAllocs()
	for b.Loop() {
		g.Send(b.Context(), m, func(r channel.Result) {
			if r.Failure != nil {
				b.Error(r.Failure)
			}
		})
	}
	if err := g.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
