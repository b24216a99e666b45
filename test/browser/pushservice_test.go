package browser_test

import (
	"bufio"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// pushService is a push service as browsers of Mozilla know theirs: they hold a web socket to it (RFC 6455), and applications post to the
// endpoints that it gives out (RFC 8030). What is posted goes on unread: only the browser can open it.
type pushService struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	socket net.Conn
	known  map[string]bool // channels that are subscribed
}

func newPushService(t *testing.T) *pushService {
	t.Helper()
	p := &pushService{t: t, known: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", p.browser)
	mux.HandleFunc("POST /send/{channel}", p.post)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		p.mu.Lock()
		if p.socket != nil {
			p.socket.Close()
		}
		p.mu.Unlock()
		p.Close()
	})
	return p
}

func (p *pushService) webSocket() string { return strings.Replace(p.URL, "http", "ws", 1) + "/" }

// post takes a message of an application: 201 when a browser waits for it, 410 when it does so no more.
func (p *pushService) post(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	channel := r.PathValue("channel")
	p.mu.Lock()
	known := p.known[channel]
	p.mu.Unlock()
	if err != nil || !known {
		w.WriteHeader(http.StatusGone)
		return
	}
	ttl, err := strconv.Atoi(r.Header.Get("TTL"))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.tell(map[string]any{"messageType": "notification", "channelID": channel, "version": rand.Text(), "ttl": ttl,
		"data": base64.RawURLEncoding.EncodeToString(body), "headers": map[string]string{"encoding": r.Header.Get("Content-Encoding")}})
	w.Header().Set("Location", p.URL+"/message/1")
	w.WriteHeader(http.StatusCreated)
}

// browser is the browser's side.
func (p *pushService) browser(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		http.NotFound(w, r)
		return
	}
	conn, both, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.t.Error(err)
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455 section 1.3
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: push-notification\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
	if _, err := io.WriteString(conn, answer); err != nil {
		return
	}
	p.mu.Lock()
	p.socket = conn
	p.mu.Unlock()
	for {
		kind, text, err := readFrame(both.Reader)
		switch {
		case err != nil || kind == 8:
			return
		case kind == 1:
			p.hears(text)
		}
	}
}

// hears answers one message of the browser.
func (p *pushService) hears(text []byte) {
	var m struct{ MessageType, ChannelID string }
	if err := json.Unmarshal(text, &m); err != nil {
		p.t.Errorf("the browser said %q: %v", text, err)
		return
	}
	p.mu.Lock()
	switch m.MessageType {
	case "register":
		p.known[m.ChannelID] = true
	case "unregister":
		delete(p.known, m.ChannelID)
	}
	p.mu.Unlock()
	switch m.MessageType {
	case "hello":
		id := make([]byte, 16)
		if _, err := rand.Read(id); err != nil {
			p.t.Error(err)
		}
		p.tell(map[string]any{"messageType": "hello", "uaid": hex.EncodeToString(id), "status": 200, "use_webpush": true, "broadcasts": map[string]string{}})
	case "register":
		p.tell(map[string]any{"messageType": "register", "channelID": m.ChannelID, "status": 200, "pushEndpoint": p.URL + "/send/" + m.ChannelID})
	case "unregister":
		p.tell(map[string]any{"messageType": "unregister", "channelID": m.ChannelID, "status": 200})
	case "":
		p.tell(map[string]any{}) // a ping
	}
}

// tell sends one text frame.
func (p *pushService) tell(m any) {
	text, err := json.Marshal(m)
	if err != nil {
		p.t.Error(err)
		return
	}
	frame := []byte{0x81}
	if len(text) < 126 {
		frame = append(frame, byte(len(text)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(len(text)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.socket == nil {
		return // the browser is away; it gets nothing
	}
	if _, err := p.socket.Write(append(frame, text...)); err != nil {
		p.socket = nil
	}
}

// readFrame reads one frame of a client, which masks it (RFC 6455 section 5.2). Longer ones than 64 KB do not come.
func readFrame(in *bufio.Reader) (kind byte, text []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	n := int(head[1] & 0x7f)
	if n == 127 || head[1]&0x80 == 0 {
		return 0, nil, errors.New("a frame that no browser sends")
	}
	if n == 126 {
		var long [2]byte
		if _, err := io.ReadFull(in, long[:]); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(long[:]))
	}
	masked := make([]byte, 4+n)
	if _, err := io.ReadFull(in, masked); err != nil {
		return 0, nil, err
	}
	for i := range n {
		masked[4+i] ^= masked[i%4]
	}
	return head[0] & 0x0f, masked[4:], nil
}
