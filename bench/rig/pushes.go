package rig

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/subscription"
)

// AllowPush makes the key by which the program under test speaks to push services.
func (s *Setup) AllowPush() error {
	s.PushKey = filepath.Join(s.Folder, "push.pem")
	_, err := push.CreateKeys(s.PushKey)
	return err
}

// Pusher is how messages go to the push service of the bench.
func (s *Setup) Pusher() config.Push {
	return config.Push{Config: push.Config{Name: "push-a", KeyFile: s.PushKey, Contact: "alarm@example.org", AllowPrivate: true}}
}

// Browsers writes the subscriptions of members' browsers at one push service. They share a key pair, which nobody keeps: what is sealed with it is
// counted, not read.
type Browsers struct{ base, key, auth string }

// NewBrowsers makes them; address is the push service's.
func NewBrowsers(address string) (*Browsers, error) {
	pair, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	auth := make([]byte, 16)
	if _, err := rand.Read(auth); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return &Browsers{"http://" + address + "/send/", base64.RawURLEncoding.EncodeToString(pair.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(auth)}, nil
}

// Of is the subscription of a member, counted from 0 over the whole town.
func (b *Browsers) Of(i int) string {
	return subscription.Subscription{Endpoint: b.base + strconv.Itoa(i), Keys: subscription.Keys{P256dh: b.key, Auth: b.auth}}.String()
}

// Pushed is one message that the push service took.
type Pushed struct {
	Member int   `json:"member"`
	At     int64 `json:"at"` // ns since 1970
}

// thinks is how long the push service takes to answer, so that a kill finds messages that were taken and not yet answered for.
const thinks = 5 * time.Millisecond

// TakePushes is the program of a push service in another process (see Peer): it takes every message (RFC 8030 section 5), and tells on each line of
// input what it took since the last.
func TakePushes(context.Context) error {
	s := &pushService{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	err = errors.Join(Answer(l.Addr().String(), func() any { return s.take() }), server.Close())
	if failed := <-served; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(err, failed)
	}
	return err
}

type pushService struct {
	mu  sync.Mutex
	log []Pushed
}

func (s *pushService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	member, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/send/"))
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		http.Error(w, "no message for a browser", http.StatusBadRequest)
		return
	}
	if n, err := io.Copy(io.Discard, r.Body); err != nil || n == 0 {
		return // cut off while it was read: not taken
	}
	s.mu.Lock()
	s.log = append(s.log, Pushed{member, time.Now().UnixNano()})
	s.mu.Unlock()
	time.Sleep(thinks)
	w.WriteHeader(http.StatusCreated)
}

func (s *pushService) take() []Pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.log
	s.log = nil
	return out
}
