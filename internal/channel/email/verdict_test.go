package email

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/buurtbel/buurtbel/internal/channel"
)

// TestVerdicts has replies as real servers word them.
func TestVerdicts(t *testing.T) {
	for _, tc := range []struct {
		step  step
		reply string
		want  string
	}{
		{stepRcpt, "550 5.1.1 <lid@example.org>: Recipient address rejected: User unknown", `invalid-address final "550 5.1.1"`},
		{stepRcpt, "550 5.1.2 bad destination system", `invalid-address final "550 5.1.2"`},
		{stepRcpt, "556 5.1.10 recipient address has null MX", `invalid-address final "556 5.1.10"`},
		{stepFinal, "550 5.1.1 no such user", `invalid-address final "550 5.1.1"`},
		{stepMail, "550 5.1.0 sender rejected", `rejected final "550 5.1.0"`},
		{stepRcpt, "553 5.1.8 domain of sender address does not exist", `rejected final "553 5.1.8"`},
		{stepMail, "550 5.1.7 bad sender", `rejected final "550 5.1.7"`},
		{stepRcpt, "550 5.2.1 mailbox disabled", `invalid-address final "550 5.2.1"`},
		{stepRcpt, "552 5.2.2 mailbox full", `unreachable final "552 5.2.2"`},
		{stepRcpt, "452 4.2.2 over quota, limit exceeded", `unreachable temporary "452 4.2.2"`},
		{stepFinal, "552 5.2.3 message too long", `too-long final "552 5.2.3"`},
		{stepMail, "552 5.3.4 message size exceeds fixed limit", `too-long final "552 5.3.4"`},
		{stepFinal, "552 too big", `too-long final "552"`},
		{stepRcpt, "552 quota", `unreachable final "552"`},
		{stepRcpt, "550 5.4.4 unable to route", `unreachable final "550 5.4.4"`},
		{stepRcpt, "550 5.7.1 spam", `rejected final "550 5.7.1"`},
		{stepRcpt, "554 5.7.1 relay access denied", `rejected final "554 5.7.1"`},
		{stepFinal, "554 5.6.0 bad content", `rejected final "554 5.6.0"`},
		{stepRcpt, "553 5.6.7 SMTPUTF8 needed", `invalid-address final "553 5.6.7"`},
		{stepMail, "530 5.7.0 authentication required", `credentials temporary "530 5.7.0"`},
		{stepMail, "535 5.7.8 bad credentials", `credentials temporary "535 5.7.8"`},
		{stepRcpt, "550 5.7.13 account disabled", `credentials temporary "550 5.7.13"`},
		{stepAuth, "535 wrong", `credentials temporary "535"`},
		{stepAuth, "454 4.7.0 temporary authentication failure", `unreachable temporary "454 4.7.0"`},
		{stepRcpt, "550 no such user here", `invalid-address final "550"`},
		{stepRcpt, "550 blocked by policy", `rejected final "550"`},
		{stepRcpt, "501 syntax", `other final "501"`},
		{stepRcpt, "554 no", `rejected final "554"`},
		{stepFinal, "550 no", `rejected final "550"`},
		{stepRcpt, "421 4.7.0 too many messages, slow down", `throttled temporary "421 4.7.0"`},
		{stepRcpt, "421 closing", `unreachable temporary "421"`},
		{stepFinal, "451 4.7.1 Rate limit, try again in 5 minutes", `throttled temporary after=300s "451 4.7.1"`},
		{stepRcpt, "450 4.7.1 Greylisted, see you after 300 s", `unreachable temporary after=300s "450 4.7.1"`},
		{stepRcpt, "450 4.2.0 try again in 99999 seconds", `unreachable temporary "450 4.2.0"`},
		{stepMail, "452 4.3.1 insufficient system storage", `throttled temporary "452 4.3.1"`},
		{stepMail, "421 4.3.2 system not accepting network messages", `throttled temporary "421 4.3.2"`},
		{stepMail, "451 4.4.5 system congestion", `throttled temporary "451 4.4.5"`},
		{stepRcpt, "452 4.5.3 too many recipients", `throttled temporary "452 4.5.3"`},
		{stepFinal, "451 4.3.0 queue file write error", `unreachable temporary "451 4.3.0"`},
		{stepOpen, "421 4.7.0 too many connections", `throttled temporary "421 4.7.0"`},
		{stepOpen, "554 no", `unreachable temporary "554"`},
		{stepData, "250 what", `unparseable temporary "250"`},
		{stepRcpt, "550 4.1.1 class of its own", `invalid-address final "550"`},
		{stepRcpt, "550 5.1.1.lid@example.org", `invalid-address final "550"`},
	} {
		r, err := readReply(bufio.NewReader(strings.NewReader(tc.reply+"\r\n")), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := word(channel.Result{Failure: verdict(tc.step, r)}); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.reply, got, tc.want)
		}
	}
}

// FuzzReply reads any bytes as a reply, judges it in each step, and never lets an unknown word out.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 ok\r\n", "250-a\r\n250 b\r\n", "550 5.1.1 x\r\n", "4.4\r\n", "550\r\n", "250-a\r\n251 b\r\n", "550 5..1 x\n", "\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readReply(bufio.NewReaderSize(bytes.NewReader(b), replyWidth), func([]byte) {})
		if err != nil {
			return
		}
		for s := stepOpen; s <= stepFinal; s <<= 1 {
			v := verdict(s, r)
			if v.Reason == "" || strings.Trim(v.Code, "0123456789. ") != "" || len(v.Code) > 13 || v.After < 0 || v.After > time.Hour {
				t.Errorf("%q: %+v", b, v)
			}
		}
	})
}

// TestSignedMailVerifies sends signed mails to a server nobody here wrote and checks the signature with the public key.
func TestSignedMailVerifies(t *testing.T) {
	for _, kind := range []string{"ed25519", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			p, address := postOffice(t, nil, false)
			cfg := plainConfig(address)
			cfg.DKIM = DKIM{Selector: "s1", KeyFile: keyFile(t, kind)}
			m := open(t, cfg)
			if f := sendOne(m, "lid@example.org").Failure; f != nil {
				t.Fatal(f)
			}
			record := keyRecord(t, kind, cfg.DKIM.KeyFile)
			look := func(name string) ([]string, error) {
				if name != "s1._domainkey.vlierbeek.example.org" {
					return nil, fmt.Errorf("asked for %s", name)
				}
				return []string{record}, nil
			}
			found, err := dkim.VerifyWithOptions(bytes.NewReader(p.all()[0].mail), &dkim.VerifyOptions{LookupTXT: look})
			if err != nil || len(found) != 1 || found[0].Err != nil {
				t.Errorf("got %+v, %v", found, err)
			}
		})
	}
}

// keyRecord is what is published in the DNS for the key in file.
func keyRecord(t *testing.T, kind, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	public := key.(crypto.Signer).Public()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if kind == "ed25519" {
		der = der[len(der)-32:]
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(der)
}

// TestNothingLeaks sends to servers that repeat what they heard, and looks for it in logs, failures and errors.
func TestNothingLeaks(t *testing.T) {
	var log bytes.Buffer
	secret := []string{"geheim", "AGFsYXJtAGdlaGVpbQ==", "lid@example.org", "Lindestraat", "Vlierbeek"}
	for _, lines := range [][]string{
		{"S: 220 x", "C: EHLO vlierbeek.example.org", "S: 250 AUTH PLAIN", "C: AUTH PLAIN AGFsYXJtAGdlaGVpbQ==", "S: 535 5.7.8 alarm geheim AGFsYXJtAGdlaGVpbQ=="},
		{"S: 220 x", "C: EHLO vlierbeek.example.org", "S: 250-AUTH PLAIN", "S: 250 PIPELINING", "C: AUTH PLAIN AGFsYXJtAGdlaGVpbQ==", "S: 235 ok",
			"C: MAIL FROM:<alarm@vlierbeek.example.org>", "C: RCPT TO:<lid@example.org>", "C: DATA", "S: 250 x", "S: 550 5.1.1 <lid@example.org> Lindestraat", "S: 554 x"},
		{"S: lid@example.org geheim"},
	} {
		cfg := plainConfig(answerer(t, scripted(lines...)))
		cfg.Username, cfg.Password, cfg.Connections = "alarm", "geheim", 1
		m, err := Open(context.Background(), cfg, Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		if err != nil {
			t.Fatal(err)
		}
		f := sendOne(m, "lid@example.org").Failure
		if f == nil {
			t.Fatal("sent")
		}
		if err := m.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		told := log.String() + f.Error() + fmt.Sprintf("%+v", f)
		for _, s := range secret {
			if strings.Contains(told, s) {
				t.Errorf("%q in %s", s, told)
			}
		}
	}
}
