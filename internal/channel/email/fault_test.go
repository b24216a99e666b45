package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// answerer is a server that lets handle do each connection.
func answerer(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l := listen(t)
	go serveAll(l, handle)
	return l.Addr().String()
}

func serveAll(l net.Listener, handle func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			handle(conn)
		}()
	}
}

// scripted plays lines on every connection, whatever the client says in between.
func scripted(lines ...string) func(net.Conn) {
	return func(conn net.Conn) {
		play(conn, lines) //nolint:errcheck // the client may leave early, which is the point
	}
}

// sendOne gives the result of one mail.
func sendOne(m *Mailer, to string) channel.Result {
	done := make(chan channel.Result, 1)
	m.Send(context.Background(), &channel.Message{Delivery: 7, To: to, Content: benchContent()}, func(r channel.Result) { done <- r })
	return <-done
}

func TestLongBannerIsCutOff(t *testing.T) {
	address := answerer(t, func(conn net.Conn) {
		for range 10_000 {
			if _, err := io.WriteString(conn, "220-"+strings.Repeat("welcome ", 20)+"\r\n"); err != nil {
				return
			}
		}
	})
	m := open(t, plainConfig(address))
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unparseable || !f.Temporary || f.Uncertain {
		t.Errorf("got %v", f)
	}
}

func TestEndlessLineIsCutOff(t *testing.T) {
	address := answerer(t, func(conn net.Conn) {
		for {
			if _, err := io.WriteString(conn, strings.Repeat("2", 4096)); err != nil {
				return
			}
		}
	})
	m := open(t, plainConfig(address))
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unparseable {
		t.Errorf("got %v", f)
	}
}

// TestEachStepHasADeadline has a server that says nothing more from some point on.
func TestEachStepHasADeadline(t *testing.T) {
	greeting, hello, envelope := "S: 220 x", []string{"C: EHLO vlierbeek.example.org", "S: 250 PIPELINING"},
		[]string{"C: MAIL FROM:<alarm@vlierbeek.example.org>", "C: RCPT TO:<lid@example.org>", "C: DATA"}
	rest := "C: never said"
	for name, tc := range map[string]struct {
		lines     []string
		uncertain bool
	}{
		"greeting": {[]string{rest}, false},
		"hello":    {[]string{greeting, hello[0], rest}, false},
		"envelope": {append(append([]string{greeting}, hello...), append(envelope, rest)...), false},
		"final":    {append(append(append([]string{greeting}, hello...), envelope...), "S: 250 x", "S: 250 x", "S: 354 x", "D:", rest), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := plainConfig(answerer(t, scripted(tc.lines...)))
			cfg.Timeouts.Connect, cfg.Timeouts.Command, cfg.Timeouts.Final = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
			m := open(t, cfg)
			f := sendOne(m, "lid@example.org").Failure
			if f == nil || f.Reason != buurtbel.Unreachable || f.Code != codeTimeout || !f.Temporary || f.Uncertain != tc.uncertain {
				t.Errorf("got %v", f)
			}
		})
	}
}

func TestRefusedConnectionComesBack(t *testing.T) {
	address := freeAddress(t)
	m := open(t, plainConfig(address))
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unreachable || !f.Temporary || f.Code != "connection refused" {
		t.Fatalf("got %v", f)
	}
	if m.Up() {
		t.Error("up although nothing listens")
	}
	if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unreachable {
		t.Fatalf("while down: %v", f)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // end of the test
	go serveAll(l, accepting(nil))
	waitUp(t, m)
	if f := sendOne(m, "lid@example.org").Failure; f != nil {
		t.Errorf("after recovery: %v", f)
	}
}

// waitUp waits until the probe of m has found the server.
func waitUp(t *testing.T, m *Mailer) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if m.Up() {
			return
		}
		<-tick.C
	}
	t.Fatal("still down")
}

// accepting is a server without PIPELINING that takes every mail and gives what it heard to heard.
func accepting(heard func(line string)) func(net.Conn) {
	return func(conn net.Conn) {
		in := newLines(conn)
		say := func(s string) bool { _, err := io.WriteString(conn, s+"\r\n"); return err == nil }
		inMail := false
		for ok := say("220 x"); ok; {
			line, err := in()
			if err != nil {
				return
			}
			if heard != nil {
				heard(line)
			}
			switch {
			case inMail && line != ".":
			case line == "DATA":
				inMail, ok = true, say("354 x")
			default:
				inMail, ok = false, say("250 x")
			}
		}
	}
}

// TestFewerConnectionsWanted has a server that takes one connection at a time and turns the others away: the mails wait for it and none fails.
func TestFewerConnectionsWanted(t *testing.T) {
	var busy sync.Mutex
	first := make(chan struct{})
	var once sync.Once
	take := accepting(func(line string) {
		if strings.HasPrefix(line, "MAIL") {
			once.Do(func() { <-first })
		}
	})
	turned := make(chan struct{}, 100)
	address := answerer(t, func(conn net.Conn) {
		if !busy.TryLock() {
			io.WriteString(conn, "421 4.7.0 Too many connections\r\n") //nolint:errcheck // it is sent away
			turned <- struct{}{}
			return
		}
		defer busy.Unlock()
		take(conn)
	})
	cfg := plainConfig(address)
	cfg.Connections = 2
	m, err := newMailer(context.Background(), cfg, Options{Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	m.start(context.Background())
	results := make(chan channel.Result, 10)
	for range 10 {
		m.Send(context.Background(), &channel.Message{Delivery: 7, To: "lid@example.org", Content: benchContent()}, func(r channel.Result) { results <- r })
	}
	<-turned
	close(first)
	for range 10 {
		if r := <-results; r.Failure != nil {
			t.Error(r.Failure)
		}
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestDroppingServerGetsARest has a server that hangs up on every mail.
func TestDroppingServerGetsARest(t *testing.T) {
	cfg := plainConfig(answerer(t, scripted("S: 220 x", "C: EHLO vlierbeek.example.org", "S: 250 PIPELINING", "C: MAIL FROM:<alarm@vlierbeek.example.org>")))
	cfg.Connections, cfg.Timeouts.Backoff = 1, time.Minute
	m := open(t, cfg)
	for range tolerated {
		if f := sendOne(m, "lid@example.org").Failure; f == nil || f.Reason != buurtbel.Unreachable || f.Uncertain {
			t.Fatalf("got %v", f)
		}
	}
	if m.Up() {
		t.Error("still up")
	}
}

func TestAlertOvertakesBulletins(t *testing.T) {
	var mu sync.Mutex
	var order []string
	cfg := plainConfig(answerer(t, accepting(func(line string) {
		if strings.HasPrefix(line, "RCPT") {
			mu.Lock()
			order = append(order, line)
			mu.Unlock()
		}
	})))
	cfg.Connections = 1
	m, err := newMailer(context.Background(), cfg, Options{Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	alert := *benchContent()
	alert.Class = buurtbel.ClassAlert
	var all sync.WaitGroup
	send := func(to string, c *channel.Content) {
		all.Add(1)
		m.Send(context.Background(), &channel.Message{Delivery: 7, To: to, Content: c}, func(channel.Result) { all.Done() })
	}
	for i := range 5 {
		send(fmt.Sprintf("bulletin%d@example.org", i), benchContent())
	}
	send("alert@example.org", &alert)
	m.start(context.Background())
	all.Wait()
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if len(order) != 6 || order[0] != "RCPT TO:<alert@example.org>" {
		t.Errorf("order %v", order)
	}
}

// TestEndings settles mails that wait when their context ends or the Mailer closes, each once, and refuses later ones.
func TestEndings(t *testing.T) {
	cfg := plainConfig(freeAddress(t))
	cfg.Window = 2
	m, err := newMailer(context.Background(), cfg, Options{Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	results := make(chan channel.Result, 4)
	settle := func(r channel.Result) { results <- r }
	msg := &channel.Message{Delivery: 7, To: "lid@example.org", Content: benchContent()}
	m.Send(ctx, msg, settle)
	m.Send(context.Background(), msg, settle)
	cancel()
	if w := word(<-results); w != `unreachable temporary "canceled"` {
		t.Error(w)
	}
	m.Send(ctx, msg, settle) // the window is full
	if w := word(<-results); w != `unreachable temporary "canceled"` {
		t.Error(w)
	}
	m.start(context.Background())
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if w := word(<-results); !strings.HasPrefix(w, "unreachable temporary") {
		t.Error(w)
	}
	m.Send(context.Background(), msg, settle)
	if w := word(<-results); w != `unreachable temporary "closed"` {
		t.Error(w)
	}
	if len(results) != 0 || len(m.room) != 0 {
		t.Errorf("%d settled twice, %d tokens lost", len(results), len(m.room))
	}
}

// TestCloseWaitsForTheAnswer closes while a mail is under way: its answer still counts.
func TestCloseWaitsForTheAnswer(t *testing.T) {
	underWay, answer := make(chan struct{}), make(chan struct{})
	m := open(t, plainConfig(answerer(t, accepting(func(line string) {
		if line == "." {
			close(underWay)
			<-answer
		}
	}))))
	result := make(chan channel.Result, 1)
	m.Send(context.Background(), &channel.Message{Delivery: 7, To: "lid@example.org", Content: benchContent()}, func(r channel.Result) { result <- r })
	<-underWay
	closed := make(chan error, 1)
	go func() { closed <- m.Close(t.Context()) }()
	<-m.quit
	close(answer)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if r := <-result; r.Failure != nil || r.Parts != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestCloseCutsAHangingServer does not wait for ever.
func TestCloseCutsAHangingServer(t *testing.T) {
	underWay, release := make(chan struct{}), make(chan struct{})
	cfg := plainConfig(answerer(t, accepting(func(line string) {
		if line == "." {
			close(underWay)
			<-release
		}
	})))
	t.Cleanup(func() { close(release) })
	m := open(t, cfg)
	result := make(chan channel.Result, 1)
	m.Send(context.Background(), &channel.Message{Delivery: 7, To: "lid@example.org", Content: benchContent()}, func(r channel.Result) { result <- r })
	<-underWay
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := m.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if f := (<-result).Failure; f == nil || !f.Uncertain {
		t.Errorf("got %v", f)
	}
}

func TestNotStarted(t *testing.T) {
	cfg := plainConfig(answerer(t, accepting(nil)))
	m := open(t, cfg)
	huge := benchContent()
	huge.Text = strings.Repeat("te lang ", 20_000)
	past := time.Now().Add(-time.Second)
	for name, tc := range map[string]struct {
		msg  channel.Message
		want string
	}{
		"line break in address": {channel.Message{To: "lid@example.org>\r\nRCPT TO:<x@example.org", Content: benchContent()}, `invalid-address final "address"`},
		"two mailboxes":         {channel.Message{To: "a@example.org,b@example.org", Content: benchContent()}, `invalid-address final "address"`},
		"no mailbox":            {channel.Message{To: "lid", Content: benchContent()}, `invalid-address final "address"`},
		"expired":               {channel.Message{To: "lid@example.org", Content: benchContent(), Expires: past}, `rejected final "expired"`},
		"too large":             {channel.Message{To: "lid@example.org", Content: huge}, `too-long final "size"`},
		"no content":            {channel.Message{To: "lid@example.org"}, `rejected final "content"`},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan channel.Result, 1)
			m.Send(context.Background(), &tc.msg, func(r channel.Result) { done <- r })
			if got := word(<-done); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	if key := buurtbel.KeyOf(m.Fit(huge)); key != "error.email.too-large" {
		t.Errorf("Fit says %s", key)
	}
}
