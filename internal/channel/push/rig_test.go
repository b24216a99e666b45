package push

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/subscription"
)

// device is a browser: it holds the keys that open what is sealed for it (RFC 8291).
type device struct {
	private *ecdh.PrivateKey
	auth    []byte
	at      string
}

func newDevice(t testing.TB, endpoint string) *device {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{key, make([]byte, 16), endpoint}
	if _, err := rand.Read(d.auth); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *device) subscription() string {
	return subscription.Subscription{Endpoint: d.at, Keys: subscription.Keys{P256dh: base64.RawURLEncoding.EncodeToString(d.private.PublicKey().Bytes()),
		Auth: base64.RawURLEncoding.EncodeToString(d.auth)}}.String()
}

// opens unseals one message (RFC 8188 section 2, RFC 8291 section 3.4).
func (d *device) opens(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) || int(binary.BigEndian.Uint32(body[16:])) < len(body)-21-int(body[20]) {
		return nil, errors.New("no header")
	}
	salt, senders, sealed := body[:16], body[21:21+int(body[20])], body[21+int(body[20]):]
	theirs, err := ecdh.P256().NewPublicKey(senders)
	if err != nil {
		return nil, err
	}
	shared, err := d.private.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.private.PublicKey().Bytes()) + string(senders)
	ikm, err1 := hkdf.Key(sha256.New, shared, d.auth, info, 32)
	key, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err3 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, err4 := aes.NewCipher(key)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	plain = bytes.TrimRight(plain, "\x00")
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("not one last record")
	}
	return plain[:len(plain)-1], nil
}

// took is one request that reached the push service.
type took struct {
	path   string
	header http.Header
	body   []byte
}

// service is a push service on this machine.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	got    []took
	status int
	header map[string]string
	silent bool
	let    chan struct{} // closed to let silent requests go
}

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{status: http.StatusCreated, let: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		close(s.let)
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off while it was read: not taken
	}
	s.mu.Lock()
	s.got = append(s.got, took{r.URL.Path, r.Header, body})
	silent, status, header := s.silent, s.status, s.header
	s.mu.Unlock()
	if silent {
		select {
		case <-s.let:
		case <-r.Context().Done():
		}
		return
	}
	for k, v := range header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
}

func (s *service) answers(status int, header map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.header = status, header
}

func (s *service) all() []took {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]took(nil), s.got...)
}

func (s *service) cut() {
	s.Listener.Close()
	s.CloseClientConnections()
}

func testConfig(t testing.TB) Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "push.pem")
	if _, err := CreateKeys(file); err != nil {
		t.Fatal(err)
	}
	return Config{KeyFile: file, Contact: "alarm@example.org", Window: 8, AllowPrivate: true}
}

func openPusher(t testing.TB, cfg Config, now func() time.Time) (*Pusher, *channeltest.Log) {
	t.Helper()
	log := new(channeltest.Log)
	p, err := Open(context.Background(), cfg, Options{Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := p.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return p, log
}

var alertContent = &channel.Content{Sender: "Politiezone Vlierbeek", Text: "Politiezone Vlierbeek: Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen.",
	Language: buurtbel.Dutch, Class: buurtbel.ClassAlert, Thread: "0123456789abc"}

func messageTo(to string) *channel.Message {
	return &channel.Message{Delivery: 7, Attempt: 7, To: to, Link: "https://alarm.example.org/h/token", Expires: time.Now().Add(2 * time.Hour), Content: alertContent}
}

// sent hands a message over and waits.
func sent(t testing.TB, p *Pusher, m *channel.Message) channel.Result {
	t.Helper()
	done := make(chan channel.Result, 1)
	p.Send(t.Context(), m, func(r channel.Result) { done <- r })
	select {
	case r := <-done:
		return r
	case <-time.After(40 * time.Second):
		t.Fatal("not settled")
	}
	return channel.Result{}
}

func payloadIn(t testing.TB, d *device, body []byte) Payload {
	t.Helper()
	plain, err := d.opens(body)
	if err != nil {
		t.Fatal(err)
	}
	var p Payload
	if err := json.Unmarshal(plain, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func endpointOf(s *service, n int) string { return fmt.Sprintf("%s/send/secret-%d", s.URL, n) }
