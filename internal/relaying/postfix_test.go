package relaying

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailin"
	"github.com/buurtbel/buurtbel/internal/store"
)

// services of a Postfix that takes mail on one port and hands it on by LMTP; nothing of the machine's own is used.
const services = `127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// postfix starts a Postfix of the test's own that hands mail for our domain to lmtp, and gives its port.
func postfix(t *testing.T, lmtp string) (port int, log string) {
	t.Helper()
	program, err := exec.LookPath("postfix")
	if err != nil || os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("postfix is not here, or the test does not run as root: apt-get install postfix")
		}
		t.Skip("needs postfix and root: apt-get install postfix")
	}
	folder, err := os.MkdirTemp("", "postfix-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Log(err)
		}
	})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	log = filepath.Join(folder, "log")
	settings := fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
mail_owner = postfix
myhostname = mx.example.org
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
relay_domains = alarm.example.org
relay_transport = lmtp:inet:%[2]s
relay_recipient_maps =
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
alias_maps =
smtpd_tls_security_level = none
`, folder, lmtp)
	for name, text := range map[string]string{"etc/main.cf": settings, "etc/master.cf": fmt.Sprintf(services, port)} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][]string{{"chmod", "755", folder}, {"mkdir", filepath.Join(folder, "queue"), filepath.Join(folder, "data")}, {"chown", "postfix", filepath.Join(folder, "data")},
		{program, "-c", filepath.Join(folder, "etc"), "start"}} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c, err, out)
		}
	}
	t.Cleanup(func() {
		if out, err := exec.Command(program, "-c", filepath.Join(folder, "etc"), "stop").CombinedOutput(); err != nil {
			t.Logf("stop postfix: %v\n%s", err, out)
		}
	})
	return port, log
}

// Postfix takes a member's answer and hands it to the door by LMTP; the coordinator has it, and who wrote it stays sealed.
func TestPostfixDeliversAReply(t *testing.T) {
	l := newLane(t, store.SQLite)
	socket, err := mailin.Listen("127.0.0.1:0")
	l.must(err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	door := mailin.New(l.post, mailin.Options{Domain: "alarm.example.org", Logger: slog.New(slog.DiscardHandler), Now: time.Now, Sentence: buurtbel.KeyOf})
	go func() { ended <- door.Serve(ctx, socket, true) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	port, log := postfix(t, socket.Addr().String())
	box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
	woken := l.db.Subscribe()
	l.hands(port, box, "From: "+janFrom+"\r\nTo: "+box+"\r\nSubject: Re: Fietsdiefstal\r\n\r\nIk zag een gele bestelwagen.\r\nJoris\r\n")
	enough := time.After(30 * time.Second)
	for {
		_, err := l.jobs.Round(t.Context())
		l.must(err)
		if got := l.threads(l.actor(l.coordinator.ID)); len(got) == 1 {
			if got[0].Lines[0].Text != "Ik zag een gele bestelwagen." {
				t.Errorf("shown: %q", got[0].Lines[0].Text)
			}
			break
		}
		select {
		case <-woken:
		case <-enough:
			said, err := os.ReadFile(log)
			t.Fatalf("nothing arrived: %v\n%s", err, said)
		}
	}
	l.nothingLeft(t.Errorf)
}

// hands brings a mail to a server on this machine, which may need a moment to listen.
func (l *lane) hands(port int, to, text string) {
	l.Helper()
	var c *smtp.Client
	var err error
	for range 100 {
		if c, err = smtp.Dial(fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			break
		}
		select {
		case <-l.Context().Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	l.must(err)
	l.must(c.Mail("joris.vandenbroeck@example.org", nil))
	l.must(c.Rcpt(to, nil))
	w, err := c.Data()
	l.must(err)
	_, err = w.Write([]byte(text))
	l.must(errors.Join(err, w.Close(), c.Quit()))
}
