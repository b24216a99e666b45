package email

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
)

// carrier is a mail server that can fall silent and be cut off.
type carrier struct {
	offer  string // what EHLO answers
	silent atomic.Bool
	taken  atomic.Int64
	l      net.Listener

	mu    sync.Mutex
	conns []net.Conn
	cut   bool
}

func (c *carrier) handle(conn net.Conn) {
	c.mu.Lock()
	if c.cut {
		c.mu.Unlock()
		return
	}
	c.conns = append(c.conns, conn)
	c.mu.Unlock()
	in := newLines(conn)
	inMail := false
	for answer := "220 x"; ; {
		if _, err := io.WriteString(conn, answer+"\r\n"); err != nil {
			return
		}
		if answer = c.answer(in, &inMail); answer == "" {
			return
		}
	}
}

// answer reads until something is to be said; "" ends the connection.
func (c *carrier) answer(in func() (string, error), inMail *bool) string {
	for {
		line, err := in()
		switch {
		case err != nil:
			return ""
		case *inMail && line != ".":
		case *inMail:
			*inMail = false
			c.taken.Add(1)
			if !c.silent.Load() {
				return "250 ok"
			}
		case line == "DATA":
			*inMail = true
			return "354 go"
		case line[0] == 'E':
			return c.offer
		default:
			return "250 ok"
		}
	}
}

// sweep ends all connections, as servers do with quiet ones, and takes new ones.
func (c *carrier) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close() // it is being ended
	}
	c.conns = nil
}

// TestQuietConnectionsMayBeClosed has a server that ends every connection between two rounds of mail: no mail fails, and the server does not count as down.
func TestQuietConnectionsMayBeClosed(t *testing.T) {
	c := &carrier{offer: "250 PIPELINING", l: listen(t)}
	go serveAll(c.l, c.handle)
	cfg := plainConfig(c.l.Addr().String())
	cfg.Connections = 8
	m := open(t, cfg)
	for round := range 5 {
		pump(t, m, 50)
		c.sweep()
		if !m.Up() {
			t.Errorf("down after round %d", round)
		}
	}
}

func (c *carrier) cutOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	c.l.Close() // it may be closed already
	for _, conn := range c.conns {
		conn.Close() // it is being cut
	}
}

func TestSender(t *testing.T) {
	for name, offer := range map[string]string{"pipelining": "250-x\r\n250 PIPELINING", "one by one": "250 x"} {
		t.Run(name, func(t *testing.T) {
			channeltest.Sender(t, func(t *testing.T) channeltest.Rig { return rig(t, offer) })
		})
	}
}

func rig(t *testing.T, offer string) channeltest.Rig {
	c := &carrier{offer: offer, l: listen(t)}
	go serveAll(c.l, c.handle)
	log := new(channeltest.Log)
	cfg := plainConfig(c.l.Addr().String())
	cfg.Username, cfg.Password = "", "geheim"
	m, err := Open(t.Context(), cfg, Options{Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.cutOff()
		if err := m.Close(t.Context()); err != nil {
			<-m.gone // the test's context has ended
		}
	})
	content := benchContent()
	return channeltest.Rig{
		Sender: m, Close: m.Close, Room: m.cfg.Connections,
		Message: func(n int) *channel.Message {
			return &channel.Message{Delivery: buurtbel.ID(n + 1), To: fmt.Sprintf("lid%d@example.org", n), Content: content,
				Link: fmt.Sprintf("https://bel.example.org/o/%d", n), Expires: time.Now().Add(time.Hour)}
		},
		Silent: func() { c.silent.Store(true) }, Cut: c.cutOff, Taken: func() int { return int(c.taken.Load()) },
		Secrets: []string{"geheim"}, Log: log.String,
	}
}
