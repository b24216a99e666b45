package email

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/port"
)

// sink starts Postfix's smtp-sink, a server that nobody here wrote, and gives its address.
func sink(t testing.TB, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("smtp-sink")
	if err != nil {
		program = "/usr/sbin/smtp-sink"
	}
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("smtp-sink is missing: apt-get install postfix")
		}
		t.Skip("smtp-sink is missing: apt-get install postfix")
	}
	address := freeAddress(t)
	arguments = append(arguments, address, "100")
	if os.Getuid() == 0 {
		arguments = append([]string{"-u", "nobody"}, arguments...)
	}
	command := exec.Command(program, arguments...)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Kill(); err == nil {
			command.Wait() //nolint:errcheck // it was killed
		}
	})
	waitListening(t, address)
	return address
}

// freeAddress gives an address that nothing listens at.
func freeAddress(t testing.TB) string {
	t.Helper()
	address, err := port.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// waitListening dials until the program of address answers. A refused dial returns at once, so the loop yields to the other process by the ticker.
func waitListening(t testing.TB, address string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		if conn, err := net.Dial("tcp", address); err == nil {
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			return
		}
		<-tick.C
	}
	t.Fatalf("nothing listens at %s", address)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchContent() *channel.Content {
	sentence := "Vandaag rond 14.30 uur zijn er in de Lindestraat fietsen gestolen. Let goed op uw poort. "
	text := strings.Repeat(sentence, 20) + "\n" + channel.LinkMark + "\n"
	html := "<html lang=\"nl\"><body><p>" + strings.Repeat(sentence, 25) + "</p><a href=\"" + channel.LinkMark + "\">Ontvangen</a></body></html>"
	return &channel.Content{Sender: "Politiezone Vlierbeek", Subject: "Fietsdiefstallen in uw buurt", Text: text, HTML: html,
		Language: buurtbel.Dutch, Class: buurtbel.ClassBulletin, Thread: "0a1b2c3d4e5f6"}
}

// pump hands n mails over and waits for all.
func pump(t testing.TB, m *Mailer, n int) {
	t.Helper()
	var all sync.WaitGroup
	var failed sync.Once
	c := benchContent()
	all.Add(n)
	// A mail that a closed connection held up is handed over again, as the dispatcher does.
	var send func(mail *channel.Message)
	send = func(mail *channel.Message) {
		m.Send(t.Context(), mail, func(r channel.Result) {
			if f := r.Failure; f != nil && f.Temporary && !f.Uncertain && f.After == 0 {
				go send(mail)
				return
			}
			if r.Failure != nil {
				failed.Do(func() { t.Error(r.Failure) })
			}
			all.Done()
		})
	}
	for i := range n {
		send(&channel.Message{Delivery: buurtbel.ID(i + 1), To: fmt.Sprintf("lid%d@example.org", i),
			Link: "https://bel.example.org/a/0123456789abcdef", Content: c})
	}
	all.Wait()
}

// TestSinkReceivesEachOnce hands 2,000 mails to Postfix's smtp-sink and reads in its own dump who got what: each member one mail, in an envelope of their own.
func TestSinkReceivesEachOnce(t *testing.T) {
	for name, arguments := range map[string][]string{"pipelining": nil, "one by one": {"-p"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for d := folder; d != "/"; d = filepath.Dir(d) { // smtp-sink gives up root, and must still get in
				if err := os.Chmod(d, 0o777); err != nil && d == folder {
					t.Fatal(err)
				}
				if filepath.Dir(d) == os.TempDir() {
					break
				}
			}
			dump := filepath.Join(folder, "dump")
			m := open(t, plainConfig(sink(t, append(arguments, "-D", dump)...)))
			const n = 2000
			pump(t, m, n)
			if err := m.Close(t.Context()); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(dump)
			if err != nil {
				t.Fatal(err)
			}
			envelopes, fields := map[string]int{}, map[string]int{}
			for line := range strings.Lines(string(text)) {
				if to, ok := strings.CutPrefix(line, "X-Rcpt-Args: <"); ok {
					envelopes[strings.TrimSpace(to)]++
				}
				if to, ok := strings.CutPrefix(line, "To: <"); ok {
					fields[strings.TrimSpace(to)]++
				}
			}
			for i := range n {
				to := fmt.Sprintf("lid%d@example.org>", i)
				if envelopes[to] != 1 || fields[to] != 1 {
					t.Fatalf("%s: %d envelopes, %d To fields", to, envelopes[to], fields[to])
				}
			}
			if len(envelopes) != n || len(fields) != n {
				t.Errorf("%d recipients, %d To fields", len(envelopes), len(fields))
			}
		})
	}
}

// TestSinkFaults has smtp-sink refuse or hang up at each command.
func TestSinkFaults(t *testing.T) {
	for _, tc := range []struct{ option, command, want string }{
		{"-r", "MAIL", `unreachable temporary "450 4.3.0"`},
		{"-r", "RCPT", `unreachable temporary "450 4.3.0"`},
		{"-r", "DATA", `unreachable temporary "450 4.3.0"`},
		{"-r", ".", `unreachable temporary "450 4.3.0"`},
		{"-f", "RCPT", `rejected final "500 5.3.0"`},
		{"-f", ".", `rejected final "500 5.3.0"`},
		{"-f", "CONNECT", `unreachable temporary "500 5.3.0"`},
		{"-q", "MAIL", `unreachable temporary "connection closed"`},
		{"-q", "RCPT", `unreachable temporary "connection closed"`},
		{"-q", "DATA", `unreachable temporary "connection closed"`},
		{"-q", ".", `unreachable temporary uncertain "connection closed"`},
		{"-A", "0", `rejected final "550 5.3.0"`},
		{"-Q", "RCPT", `unreachable temporary "421 4.3.0"`},
		{"-Q", ".", `unreachable temporary "421 4.3.0"`},
	} {
		t.Run(tc.option+" "+tc.command, func(t *testing.T) {
			t.Parallel()
			cfg := plainConfig(sink(t, tc.option, tc.command))
			cfg.Connections = 1
			m, err := newMailer(t.Context(), cfg, Options{Logger: discard})
			if err != nil {
				t.Fatal(err)
			}
			m.start(context.Background())
			for range 2 { // the second finds the Mailer in good order
				if got := word(sendOne(m, "lid@example.org")); !strings.HasPrefix(got, tc.want[:strings.IndexByte(tc.want, '"')]) {
					t.Errorf("got %s, want %s", got, tc.want)
				}
			}
			if err := m.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func BenchmarkSink(b *testing.B) {
	keys := map[string]string{"ed25519": keyFile(b, "ed25519"), "rsa2048": keyFile(b, "rsa")}
	for _, tc := range []struct {
		connections int
		pipelining  bool
		key         string
	}{{1, true, ""}, {4, true, ""}, {10, true, ""}, {1, false, ""}, {4, false, ""}, {10, false, ""}, {4, true, "ed25519"}, {4, true, "rsa2048"}} {
		b.Run(fmt.Sprintf("connections=%d/pipelining=%t/dkim=%s", tc.connections, tc.pipelining, tc.key), func(b *testing.B) {
			arguments := []string{}
			if !tc.pipelining {
				arguments = append(arguments, "-p")
			}
			cfg := plainConfig(sink(b, arguments...))
			cfg.Connections = tc.connections
			if tc.key != "" {
				cfg.DKIM = DKIM{Selector: "s1", KeyFile: keys[tc.key]}
			}
			m := open(b, cfg)
			pump(b, m, 100)
			before := cpu()
			b.ResetTimer()
			pump(b, m, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/mail")
		})
	}
}
