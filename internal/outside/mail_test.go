package outside_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	plain "net/smtp"
	"os/exec"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/buurtbel/buurtbel/internal/outside"
)

func mailTo(to, id, subject, body string) string {
	return "From: a@example.org\r\nTo: " + to + "\r\nMessage-ID: <" + id + "@example.org>\r\nSubject: " + subject + "\r\n\r\n" + body + "\r\n"
}

func TestMail(t *testing.T) {
	p := world(t, outside.Options{MailAuth: true, Password: "secret"})
	c, err := smtp.Dial(p.SMTP())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Mail("a@example.org", nil); err == nil || !strings.Contains(err.Error(), "AUTH first") {
		t.Error("without AUTH:", err)
	}
	if err := c.Auth(sasl.NewPlainClient("", "x", "secret")); err != nil {
		t.Fatal(err)
	}
	for i, to := range []string{"an@example.org", "jan@example.org", "jan@example.org"} {
		m := mailTo(to, fmt.Sprint("m", min(i, 1)), "=?utf-8?q?Inbraak_in_Itali=C3=ABlei_[a5]?=", ".een punt vooraan\r\n..twee")
		if err := c.SendMail("a@example.org", []string{to}, strings.NewReader(m)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := p.MailSummary(t.Context(), "5")
	if err != nil || s.Count != 3 || s.Numbers != 2 || s.Messages != 2 || len(s.Doubled) != 1 || s.Doubled[0].MessageID != "m1@example.org" || s.Doubled[0].Times != 2 {
		t.Errorf("%+v %v", s, err)
	}
	list, err := p.Mails(t.Context(), "an@example.org")
	if err != nil || len(list) != 1 || list[0].Subject != "Inbraak in Italiëlei [a5]" {
		t.Fatalf("%+v %v", list, err)
	}
	l, err := p.Mail(t.Context(), list[0].ID)
	if err != nil || l.Text != ".een punt vooraan\r\n..twee\r\n" {
		t.Errorf("%q %v", l.Text, err)
	}
	var logged []outside.MailEntry
	if err := p.MailLog(t.Context(), "", func(e outside.MailEntry) error { logged = append(logged, e); return nil }); err != nil || len(logged) != 3 || logged[0].With != 0 {
		t.Errorf("%+v %v", logged, err)
	}
}

func TestMail_faults(t *testing.T) {
	p := world(t, outside.Options{})
	send := func(to string) error {
		return plain.SendMail(p.SMTP(), nil, "a@example.org", []string{to}, []byte(mailTo(to, "x", "x", "x")))
	}
	fault(t, p, func(f *outside.Fault) {
		f.MailRules = []outside.MailRule{{Match: "weg@", Code: 550, Text: "5.1.1 no such mailbox"}, {Match: "vol@", Code: 452, Text: "4.2.2 full"},
			{Match: "spam@", Code: 554, Text: "5.7.1 not wanted", Data: true}}
	})
	for to, want := range map[string]string{"an@example.org": "", "weg@example.org": "550", "vol@example.org": "452", "spam@example.org": "554"} {
		if err := send(to); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
	fault(t, p, func(f *outside.Fault) { f.MailTempFor = 60_000 })
	if err := send("an@example.org"); err == nil || !strings.Contains(err.Error(), "451") {
		t.Error("451 for a while:", err)
	}
	if err := p.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	fault(t, p, func(f *outside.Fault) { f.MailDropEvery = 1 })
	if err := send("an@example.org"); err == nil {
		t.Error("the connection was to be cut")
	}
	if s, err := p.MailSummary(t.Context(), ""); err != nil || s.Count != 1 {
		t.Errorf("%+v %v: only the first was taken", s, err)
	}
}

// A whole dialogue in one write: the answers come in order, and the body is not taken for commands (RFC 2920).
func TestMail_pipelined(t *testing.T) {
	p := world(t, outside.Options{})
	nc, err := net.Dial("tcp", p.SMTP())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	fmt.Fprint(nc, "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<an@example.org>\r\nRCPT TO:<nonsense>\r\nDATA\r\nSubject: x\r\n\r\nQUIT\r\n.\r\nRSET\r\nBAD\r\nQUIT\r\n")
	r := bufio.NewReader(nc)
	for _, want := range []string{"220", "250", "250", "250", "501", "354", "250", "250", "500", "221"} {
		line, err := r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			t.Fatalf("%q %v, want %s", line, err, want)
		}
	}
}

func TestMail_swaks(t *testing.T) {
	if _, err := exec.LookPath("swaks"); err != nil {
		missing(t, "swaks", "apt-get install swaks")
	}
	p := world(t, outside.Options{})
	out, err := exec.Command("swaks", "--server", p.SMTP(), "--pipeline", "--auth", "LOGIN", "--auth-user", "x", "--auth-password", "y",
		"--from", "a@example.org", "--to", "an@example.org", "--header", "Subject: van swaks").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if list, err := p.Mails(t.Context(), ""); err != nil || len(list) != 1 || list[0].Subject != "van swaks" {
		t.Errorf("%+v %v\n%s", list, err, out)
	}
}

func TestMail_startTLS(t *testing.T) {
	p := world(t, outside.Options{TLS: true})
	pem, err := p.CA(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	c, err := smtp.DialStartTLS(p.SMTP(), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("a@example.org", []string{"an@example.org"}, strings.NewReader(mailTo("an@example.org", "x", "x", "x"))); err != nil {
		t.Fatal(err)
	}
}
