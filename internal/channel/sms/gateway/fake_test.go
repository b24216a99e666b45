package gateway_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
)

const (
	testSecret = "hunter-2-at-provider"
	testPath   = "0123456789abcdef"
)

// provider is a fake one on a real socket.
type provider struct {
	listener net.Listener
	address  string
	server   *http.Server
	taken    atomic.Int64
	silent   atomic.Bool
	ended    chan struct{}
	once     sync.Once

	mu       sync.Mutex
	answer   http.HandlerFunc // nil: an id
	requests []received
	conns    map[net.Conn]bool
}

// received is a request as it came.
type received struct {
	method, uri string
	header      http.Header
	body        string
}

func startProvider(t testing.TB) *provider { return startProviderAt(t, "127.0.0.1:0") }

func startProviderAt(t testing.TB, address string) *provider {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{address: l.Addr().String(), listener: l, ended: make(chan struct{}), conns: map[net.Conn]bool{}}
	p.server = &http.Server{Handler: p, ConnState: func(c net.Conn, s http.ConnState) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if s == http.StateNew {
			p.conns[c] = true
		}
	}}
	go func() {
		if err := p.server.Serve(l); err != http.ErrServerClosed {
			t.Error(err)
		}
	}()
	t.Cleanup(p.cut)
	return p
}

func (p *provider) cut() {
	p.once.Do(func() { close(p.ended) })
	p.server.Close()
	p.listener.Close() // the server may not have begun to serve yet
}

func (p *provider) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

func (p *provider) misbehave(answer http.HandlerFunc) {
	p.mu.Lock()
	p.answer = answer
	p.mu.Unlock()
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	n := p.taken.Add(1)
	p.mu.Lock()
	if len(p.requests) < 10 {
		p.requests = append(p.requests, received{r.Method, r.RequestURI, r.Header, string(body)})
	}
	answer := p.answer
	p.mu.Unlock()
	switch {
	case p.silent.Load():
		select {
		case <-p.ended:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case answer != nil:
		answer(w, r)
	default:
		io.WriteString(w, `{"messages":[{"id":"m-`+strconv.FormatInt(n, 10)+`"}]}`)
	}
}

func testConfig(address string) gateway.Config {
	c := gateway.Config{Config: sms.Config{Name: "carrier-a", Sender: "8850", Links: true}, Window: 20, ResponseTimeout: 5 * time.Second}
	c.URL = "http://" + address + "/messages?key={{urlquery .Secret}}"
	c.Headers = []string{"Idempotency-Key: {{.Attempt}}"}
	c.Body = `{"to":{{json .To}},"text":{{json .Text}}}`
	c.Secret, c.PathSecret = testSecret, testPath
	c.Answer = gateway.Answer{IDs: "/messages/*/id", Code: "/error", Codes: []string{"21 invalid-address", "22 opted-out", "30 unreachable again"}}
	c.Receipt = gateway.Receipts{ID: "/id", State: "/status", States: []string{"DELIVERED delivered", "Not Delivered failed", "EXPIRED expired"},
		Code: "/error", Codes: []string{"1 invalid-address"}, At: "/at"}
	c.Incoming = gateway.Texts{From: "/from", To: "/to", Text: "/text", Group: "/ref", Total: "/total", Number: "/part"}
	return c
}

func start(t testing.TB, c gateway.Config, o gateway.Options) *gateway.Gateway {
	t.Helper()
	g, err := gateway.Open(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close(t.Context()) })
	return g
}

func message(n int) *channel.Message {
	return &channel.Message{Delivery: 1, Attempt: buurtbel.ID(n + 1), To: fmt.Sprintf("+324550%05d", n), Expires: time.Now().Add(2 * time.Hour),
		Content: &channel.Content{Text: "Inbraak bezig. Bel 101.", Class: buurtbel.ClassAlert}}
}

func send(t testing.TB, g *gateway.Gateway, m *channel.Message) channel.Result {
	t.Helper()
	settled := make(chan channel.Result, 1)
	g.Send(t.Context(), m, func(r channel.Result) { settled <- r })
	select {
	case r := <-settled:
		return r
	case <-time.After(40 * time.Second):
		t.Fatal("not settled")
	}
	return channel.Result{}
}
