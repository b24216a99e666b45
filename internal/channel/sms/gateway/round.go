package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// meter is a connection that counts what was written, inside of TLS.
type meter struct {
	net.Conn
	written atomic.Int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.written.Add(int64(len(p))) // before: a write that fails may have sent a part
	return m.Conn.Write(p)
}

// dialFailed marks that no connection could be made.
type dialFailed struct{ error }

// transport keeps up to a window of connections, each for one request at a time.
func (g *Gateway) transport() *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:         func(ctx context.Context, _, address string) (net.Conn, error) { return g.dial(ctx, address, nil) },
		DialTLSContext:      func(ctx context.Context, _, address string) (net.Conn, error) { return g.dial(ctx, address, g.tls) },
		MaxIdleConns:        g.cfg.Window,
		MaxIdleConnsPerHost: g.cfg.Window,
		MaxConnsPerHost:     g.cfg.Window,
		IdleConnTimeout:     15 * time.Second, // sooner than most servers: a request on a connection that the server is closing is uncertain

		ResponseHeaderTimeout:  g.cfg.ResponseTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
		Protocols:              &protocols,
	}
}

func (g *Gateway) dial(ctx context.Context, address string, settings *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, g.cfg.ConnectTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, dialFailed{err}
	}
	if settings == nil {
		return &meter{Conn: conn}, nil
	}
	if settings.ServerName == "" {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, dialFailed{errors.Join(err, conn.Close())}
		}
		settings = settings.Clone()
		settings.ServerName = host
	}
	secure := tls.Client(conn, settings)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, dialFailed{errors.Join(err, conn.Close())}
	}
	return &meter{Conn: secure}, nil
}

// reply is the provider's answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// round sends r and reads the answer. A kept connection that turns out to be dead before a byte was written is replaced, once.
func (g *Gateway) round(ctx context.Context, r *request) (*reply, *channel.Failure) {
	for first := true; ; first = false {
		t := &traced{}
		answer, err := g.try(httptrace.WithClientTrace(ctx, t.trace()), r)
		if err == nil {
			return answer, nil
		}
		if first && t.reused && !t.wrote() && ctx.Err() == nil {
			continue
		}
		return nil, g.whyNot(ctx, t, err)
	}
}

// traced watches the connection of one request.
type traced struct {
	conn   *meter
	before int64
	reused bool
}

func (t *traced) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if conn, ok := info.Conn.(*meter); ok {
			t.conn, t.before, t.reused = conn, conn.written.Load(), info.Reused
		}
	}}
}

// wrote tells whether a byte of the request may have left. The transport ends its writer before it gives an error back.
func (t *traced) wrote() bool { return t.conn != nil && t.conn.written.Load() != t.before }

// onlyOnce hides from the transport that a body could be sent again: it must not repeat a request by itself.
type onlyOnce struct{ io.Reader }

// try sends r once. The error holds the address with all that stands in it.
func (g *Gateway) try(ctx context.Context, r *request) (*reply, error) {
	req := (&http.Request{Method: g.made.composer.method, URL: r.url, Host: r.url.Host, Header: r.headers.Clone(), ContentLength: int64(len(r.body)),
		Body: io.NopCloser(onlyOnce{strings.NewReader(r.body)})}).WithContext(ctx)
	if host := r.headers.Get("Host"); host != "" {
		req.Host = host
	}
	response, err := g.wire.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil && response.StatusCode < 300 {
		return nil, err
	}
	return &reply{status: response.StatusCode, header: response.Header, body: body}, nil // the status of a refusal is enough
}

// whyNot makes a failure of an error that is never shown.
func (g *Gateway) whyNot(ctx context.Context, t *traced, err error) *channel.Failure {
	var failed dialFailed
	var timeout net.Error
	code := codeLost
	switch {
	case errors.As(err, &failed) && ctx.Err() == nil:
		g.fell()
		return unsent(codeNone)
	case g.cut.Err() != nil:
		code = codeClosed
	case errors.Is(ctx.Err(), context.Canceled):
		code = codeCancelled
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		code = codeTimeout
	}
	if t.wrote() {
		return uncertain(code)
	}
	return unsent(code)
}

const (
	firstPause = 100 * time.Millisecond // before the first probe
	lastPause  = 15 * time.Second       // the longest
)

// fell marks the provider as down, and looks until a connection can be made again.
func (g *Gateway) fell() {
	if g.isClosing() || g.down.Swap(true) {
		return
	}
	g.log.Warn("carrier is down")
	g.probes.Go(func() {
		for pause := firstPause; sms.Wait(g.cut, pause/2+rand.N(pause/2+1), g.closing, nil); pause = min(2*pause, lastPause) {
			if g.probe() {
				g.down.Store(false)
				g.log.Info("carrier is up")
				return
			}
		}
	})
}

// probe tries one connection to the host of the address, which no message decides.
func (g *Gateway) probe() bool {
	r, err := g.made.composer.request(&values{Text: "x", Sender: g.cfg.Sender, Account: g.cfg.Account, Secret: g.cfg.Secret})
	if err != nil {
		return true // the next message tells
	}
	settings, port := g.tls, "443"
	if r.url.Scheme == "http" {
		settings, port = nil, "80"
	}
	if r.url.Port() != "" {
		port = r.url.Port()
	}
	conn, err := g.dial(g.cut, net.JoinHostPort(r.url.Hostname(), port), settings)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
