package email

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// script is one file of testdata/dialogue. Lines before the first "S:" say what is sent and wanted: "to: MAILBOX" (default lid1@example.org …), "want:
// RESULT" for each mail, "tls: WORD", "login: NAME".
// Then, for each connection, divided by "---": "S:" the server says, "C:" the client must say, "D:" a mail up to the lone dot, "X:" the server hangs up.
// Consecutive "S:" lines are one write.
type script struct {
	to, want    []string
	tls, login  string
	connections [][]string
}

func readScript(t *testing.T, file string) script {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := script{tls: tlsNone}
	current := []string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		word, rest, _ := strings.Cut(line, ": ")
		switch {
		case word == "to":
			s.to = append(s.to, rest)
		case word == "want":
			s.want = append(s.want, rest)
		case word == "tls":
			s.tls = rest
		case word == "login":
			s.login = rest
		case line == "---":
			s.connections = append(s.connections, current)
			current = []string{}
		case len(line) > 1 && line[1] == ':':
			current = append(current, line)
		}
	}
	for i := len(s.to); i < len(s.want); i++ {
		s.to = append(s.to, fmt.Sprintf("lid%d@example.org", i+1))
	}
	s.connections = append(s.connections, current)
	return s
}

// serve plays the server's part, one connection behind the other. It gives the first difference.
func (s script) serve(l net.Listener) error {
	for _, lines := range s.connections {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		err = play(conn, lines)
		if err := errors.Join(err, conn.Close()); err != nil {
			return err
		}
	}
	return nil
}

func play(conn net.Conn, lines []string) error {
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	for i := 0; i < len(lines); i++ {
		switch lines[i][0] {
		case 'S':
			said := ""
			for ; i < len(lines) && lines[i][0] == 'S'; i++ {
				said += lines[i][3:] + "\r\n"
			}
			i--
			if _, err := io.WriteString(conn, said); err != nil {
				return err
			}
		case 'C':
			got, err := in.ReadString('\n')
			if want := lines[i][3:] + "\r\n"; err != nil || got != want {
				return fmt.Errorf("client said %q (%w), want %q", got, err, want)
			}
		case 'D':
			for line := ""; line != ".\r\n"; {
				var err error
				if line, err = in.ReadString('\n'); err != nil {
					return fmt.Errorf("in a mail: %w", err)
				}
			}
		}
	}
	return nil
}

// word is a result as a script writes it.
func word(r channel.Result) string {
	f := r.Failure
	if f == nil {
		return "ok"
	}
	s := string(f.Reason)
	if f.Temporary {
		s += " temporary"
	} else {
		s += " final"
	}
	if f.Uncertain {
		s += " uncertain"
	}
	switch {
	case f.After > 0 && f.After%time.Second == 0:
		s += fmt.Sprintf(" after=%ds", f.After/time.Second)
	case f.After > 0:
		s += " after"
	}
	return s + fmt.Sprintf(" %q", f.Code)
}

func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogue/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			s := readScript(t, file)
			l := listen(t)
			served := make(chan error, 1)
			go func() { served <- s.serve(l) }()
			cfg := plainConfig(l.Addr().String())
			cfg.TLS, cfg.Connections, cfg.Username, cfg.Password = s.tls, 1, s.login, "geheim"
			got := carryAll(t, cfg, s.to)
			if err := <-served; err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // the test may have closed it
	return l
}

// carryAll queues a mail to each of to before the one courier starts, so that the order of the dialogue is certain, and closes the
// Mailer when all are settled.
func carryAll(t *testing.T, cfg Config, to []string) []string {
	t.Helper()
	m, err := newMailer(context.Background(), cfg, Options{Logger: discard})
	if err != nil {
		t.Fatal(err)
	}
	results := make([]chan channel.Result, len(to))
	content := benchContent()
	for i := range to {
		results[i] = make(chan channel.Result, 2)
		m.Send(context.Background(), &channel.Message{Delivery: buurtbel.ID(i + 1), To: to[i], Content: content, Link: "https://bel.example.org/x"},
			func(r channel.Result) { results[i] <- r })
	}
	m.start(context.Background())
	var words []string
	for _, r := range results {
		words = append(words, word(<-r))
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for i, r := range results {
		if len(r) > 0 {
			t.Errorf("mail %d was settled twice", i+1)
		}
	}
	return words
}
