package mailread

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/htmlindex"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func encoded(t *testing.T, charset, text string) string {
	t.Helper()
	e, err := htmlindex.Get(charset)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCharsets(t *testing.T) {
	for _, c := range []struct {
		named, bytes, want, charset string
		faults                      []Fault
	}{
		{"iso-8859-1", "caf\xe9", "café", "iso-8859-1", nil},
		{"ISO-8859-1", "\x93ja\x94 \x80 5", "“ja” € 5", "iso-8859-1", nil}, // what Windows calls so
		{"windows-1252", "na\xefef \x96 \x80", "naïef – €", "windows-1252", nil},
		{"iso-8859-15", "\xa4", "€", "iso-8859-15", nil},
		{"iso-2022-jp", encoded(t, "iso-2022-jp", "助けて下さい"), "助けて下さい", "iso-2022-jp", nil},
		{"", encoded(t, "iso-2022-jp", "泥棒"), "泥棒", "iso-2022-jp", nil},
		{"utf-8", "caf\xc3\xa9", "café", "utf-8", nil},
		{"UTF8", "caf\xc3\xa9", "café", "utf8", nil},
		{"utf-8", "caf\xe9", "café", "windows-1252", []Fault{WrongCharset}},
		{"us-ascii", "caf\xc3\xa9", "café", "utf-8", nil},
		{"us-ascii", "caf\xe9", "café", "windows-1252", []Fault{WrongCharset}},
		{"", "caf\xe9", "café", "windows-1252", []Fault{WrongCharset}},
		{"x-van-mij", "caf\xe9", "café", "windows-1252", []Fault{UnknownCharset, WrongCharset}},
		{"x-van-mij", "caf\xc3\xa9", "café", "utf-8", []Fault{UnknownCharset}},
		{"gb2312", encoded(t, "gbk", "你好"), "你好", "gb2312", nil},
		{"koi8-r", encoded(t, "koi8-r", "привет"), "привет", "koi8-r", nil},
		{"utf-16le", encoded(t, "utf-16le", "hé"), "hé", "utf-16le", nil},
		{"utf-8", "a\xc3\x28\xc3\xa9", "a\uFFFD(é", "utf-8", []Fault{WrongCharset}},
	} {
		for _, transfer := range []string{"8bit", "base64", "quoted-printable"} {
			body := c.bytes
			switch transfer {
			case "base64":
				body = base64.StdEncoding.EncodeToString([]byte(c.bytes))
			case "quoted-printable":
				body = ""
				for i := range len(c.bytes) {
					body += fmt.Sprintf("=%02X", c.bytes[i])
				}
			}
			head := "Content-Type: text/plain"
			if c.named != "" {
				head += "; charset=" + c.named
			}
			m := Read([]byte(from+head+"\nContent-Transfer-Encoding: "+transfer+"\n\n"+body), Envelope{}, house)
			if len(m.Texts) != 1 || m.Texts[0].Body != c.want || m.Texts[0].Charset != c.charset {
				t.Errorf("%s, %s: %+v, want %q by %s", c.named, transfer, m.Texts, c.want, c.charset)
			}
			if d := cmp.Diff(c.faults, m.Faults); d != "" {
				t.Errorf("%s, %s, %q: %s", c.named, transfer, c.bytes, d)
			}
		}
	}
}

func TestParts(t *testing.T) {
	plain := func(s string) Text { return Text{Type: "text/plain", Charset: "utf-8", Body: s} }
	for _, c := range []struct {
		name, mail  string
		texts       []Text
		attachments []Attachment
		faults      []Fault
	}{
		{"no type", "\nJa.\n", []Text{plain("Ja.\n")}, nil, nil},
		{"flowed", "Content-Type: text/plain; charset=utf-8; format=Flowed; DelSp=yes\n\nJa. \n", []Text{{Type: "text/plain", Charset: "utf-8", Format: FlowedDelSp, Body: "Ja. \n"}}, nil, nil},
		{"alternative", "Content-Type: multipart/alternative; boundary=b\n\npreamble\n--b\nContent-Type: text/plain; charset=utf-8\n\nJa.\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>Ja.\n--b--\nepilogue\n",
			[]Text{plain("Ja."), {Type: "text/html", Charset: "utf-8", Body: "<p>Ja."}}, nil, nil},
		{"winmail", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nZie bijlage.\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Disposition: attachment; filename=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgAA\n--b--\n",
			[]Text{plain("Zie bijlage.")}, []Attachment{{"winmail.dat", "application/ms-tnef", 6}}, []Fault{UnopenedRichText}},
		{"names", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/jpeg; name=\"=?utf-8?q?foto_Ren=C3=A9e.jpg?=\"\n\nx\n--b\nContent-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''caf%C3%A9.png\n\nxy\n--b\nContent-Type: text/plain; name=lijst.txt\n\nxyz\n--b--\n",
			nil, []Attachment{{"foto Renée.jpg", "image/jpeg", 1}, {"café.png", "image/png", 2}, {"lijst.txt", "text/plain", 3}}, nil},
		{"a mail that is passed on", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nZie.\n--b\nContent-Type: message/rfc822\n\nFrom: a@example.org\n\nx\n--b--\n",
			[]Text{plain("Zie.")}, []Attachment{{"", "message/rfc822", 22}}, nil},
		{"no boundary", "Content-Type: multipart/mixed\n\nJa.\n", []Text{plain("Ja.\n")}, nil, []Fault{NoBoundary}},
		{"another boundary", "Content-Type: multipart/mixed; boundary=b\n\n--c\n\nJa.\n--c--\n", []Text{plain("--c\n\nJa.\n--c--\n")}, nil, []Fault{NoBoundary}},
		{"an open end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nJa.\n", []Text{plain("Ja.\n")}, nil, []Fault{OpenBoundary}},
		{"a broken boundary", "Content-Type: multipart/mixed; boundary=a:b c\n\n--a:b c\n\nJa.\n--a:b c--\n", []Text{plain("Ja.")}, nil, nil},
		{"a boundary with blanks behind it", "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b  \n\nJa.\n--b-- \n", []Text{plain("Ja.")}, nil, nil},
		{"broken base64", "Content-Transfer-Encoding: base64\n\nSm*Eu\nx\n", []Text{plain("Ja.")}, nil, []Fault{BrokenEncoding}},
		{"broken quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\n1 + 1 = 2 =\ncaf=c3=a9 =4\x01\n", []Text{plain("1 + 1 = 2 café =4\x01\n")}, nil, []Fault{BrokenEncoding}},
		{"an unknown encoding", "Content-Transfer-Encoding: x-uue\n\nJa.\n", []Text{plain("Ja.\n")}, nil, []Fault{UnknownEncoding}},
		{"lines that are no field", "hallo\nX-Y : z\n\nJa.\n", []Text{plain("Ja.\n")}, nil, []Fault{BrokenHeader}},
		{"encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n", nil, []Attachment{{"", "application/pgp-encrypted", 10}}, []Fault{Encrypted}},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			m := Read([]byte(strings.ReplaceAll(from+c.mail, "\n", end)), Envelope{}, house)
			if end == "\r\n" {
				for i := range m.Attachments {
					if m.Attachments[i].Type == "message/rfc822" {
						m.Attachments[i].Bytes -= 2
					}
				}
			}
			if m.Kind != Message {
				t.Errorf("%s: %s %v", c.name, m.Kind, m.Refusal)
			}
			if d := cmp.Diff(c.texts, m.Texts) + cmp.Diff(c.attachments, m.Attachments) + cmp.Diff(c.faults, m.Faults); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
	}
}

// nested wraps a text in multiparts.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\nJa.\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return b.String()
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, mail, key string }{
		{"30 MB", from + "\n" + strings.Repeat("x", 30<<20), "error.mail.too-large"},
		{"a long header", from + strings.Repeat("X-Y: "+strings.Repeat("z", 900)+"\n", 400), "error.mail.header-too-long"},
		{"one endless field", from + "X: " + strings.Repeat("z", maxHeader+1) + "\n\nx", "error.mail.header-too-long"},
		{"many fields", from + strings.Repeat("A: b\n", maxFields+5) + "\nx", "error.mail.header-too-long"},
		{"many folds", from + "X: y\n" + strings.Repeat(" z\n", maxHeader/3), "error.mail.header-too-long"},
		{"deep", from + nested(maxDepth+1), "error.mail.too-deep"},
		{"very deep", from + nested(2000), "error.mail.too-deep"},
		{"wide", from + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", maxParts+1) + "--b--\n", "error.mail.too-many-parts"},
		{"the same boundary everywhere", from + strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 3000), "error.mail.too-many-parts"},
		{"nothing", "", "error.mail.no-mail"},
		{"no header", "\n\nJa.\n", "error.mail.no-mail"},
		{"no field", "hallo daar\n", "error.mail.no-mail"},
		{"no author", "Subject: x\n\nJa.\n", "error.mail.no-sender"},
		{"an author without a mailbox", "From: de buurman\n\nJa.\n", "error.mail.no-sender"},
		{"nothing written", from + "\n \n", "error.mail.empty"},
		{"nothing answered", from + "Subject: Re: Nieuws\nIn-Reply-To: <000012nk3f4g5@vlierbeek.example.org>\nContent-Type: text/html\n\n<p>&nbsp;<br></p>\n", "error.mail.empty"},
		{"two authors", from + "From: burgemeester@example.org\n\nJa.\n", "error.mail.several-senders"},
	} {
		m := Read([]byte(c.mail), Envelope{}, house)
		if m.Kind != Refused || m.Refusal == nil || m.Refusal.Key != c.key || m.Refusal.Kind != buurtbel.Invalid || len(m.Refusal.Args) > 0 {
			t.Errorf("%s: %s by %v, want %s", c.name, m.Kind, m.Refusal, c.key)
		}
	}
	if m := Read([]byte(from+nested(maxDepth)), Envelope{}, house); m.Kind != Message {
		t.Errorf("as deep as may be: %v", m.Refusal)
	}
}

// TestLongTextIsCut at a character, and the mail is read.
func TestLongTextIsCut(t *testing.T) {
	m := Read([]byte(from+"Content-Type: text/plain; charset=utf-8\n\n"+strings.Repeat("é", maxText)), Envelope{}, house)
	if m.Kind != Message || len(m.Texts[0].Body) > maxText || !utf8.ValidString(m.Texts[0].Body) || !cmp.Equal(m.Faults, []Fault{CutText}) {
		t.Errorf("%s, %d octets, %v", m.Kind, len(m.Texts[0].Body), m.Faults)
	}
}

// TestHostileLinesAreReadOnce: the work grows with the size, whatever stands in a mail of the greatest size. With a quadratic reader this test does not end.
func TestHostileLinesAreReadOnce(t *testing.T) {
	for name, body := range map[string]string{
		"boundaries in one line": "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b", 8<<20),
		"almost boundaries":      "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--bx\n", 5<<20),
		"signs of quotes":        "Subject: Undeliverable\nReturn-Path: <>\n\n" + strings.Repeat("<a@", 8<<20),
		"tags":                   "Subject: Undeliverable\nReturn-Path: <>\nContent-Type: text/html\n\n" + strings.Repeat("<", 24<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if m := Read([]byte(from+body), Envelope{}, house); m.Kind == "" {
				t.Error("no kind")
			}
		})
	}
}

// properties hold for any bytes.
func properties(t interface{ Errorf(string, ...any) }, raw []byte) {
	before := bytes.Clone(raw)
	m := Read(raw, Envelope{}, house)
	if !bytes.Equal(raw, before) {
		t.Errorf("the mail was changed")
	}
	if d := cmp.Diff(m, Read(raw, Envelope{}, house), cmp.Comparer(func(a, b *buurtbel.Error) bool { return a == nil && b == nil || a.Key == b.Key })); d != "" {
		t.Errorf("read twice: %s", d)
	}
	known := false
	for _, k := range Kinds {
		known = known || k == m.Kind
	}
	if !known || (m.Kind == Refused) != (m.Refusal != nil) || (m.Kind == Bounce) != (m.Report != nil) || m.Kind == Complaint && m.Abuse == nil {
		t.Errorf("kind %q, refusal %v, report %v", m.Kind, m.Refusal, m.Report)
	}
	for _, s := range append([]string{m.From, m.Name, m.Subject, m.MessageID}, m.Answers...) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%q", s)
		}
	}
	for _, text := range m.Texts {
		if !utf8.ValidString(text.Body) || strings.Contains(text.Body, "\x00") {
			t.Errorf("text %q", text.Body)
		}
	}
	if m.Report != nil {
		for _, u := range m.Report.Recipients {
			if u.Severity != Hard && u.Severity != Soft || u.Reason == "" || u.Severity == Hard && u.Reason != buurtbel.InvalidAddress || u.Action == Delayed && u.Severity == Hard {
				t.Errorf("%+v", u)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"testdata/bounces/*.eml", "testdata/mails/*.eml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
		}
	}
	f.Add([]byte(from + nested(4)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<20 {
			return
		}
		properties(t, raw)
		Read(raw, Envelope{}, house).Verify(raw, func(string) ([]string, error) { return nil, fs.ErrNotExist })
	})
}

// TestAnythingIsRead mixes pieces of real mails, which random bytes seldom make.
func TestAnythingIsRead(t *testing.T) {
	pieces := []string{"From: a@example.org\n", "From: MAILER-DAEMON@example.org\n", "Return-Path: <>\n", "Subject: failure notice\n", "Content-Type: multipart/report; boundary=b\n", "Content-Type: text/html\n", "\n", "--b\n", "--b--\n",
		"Content-Type: message/delivery-status\n", "Final-Recipient: rfc822; x@example.org\n", "Action: failed\n", "Action: delayed\n", "Status: 5.1.1\n", "Status: 4.4.7\n", "Content-Type: message/feedback-report\n", "Feedback-Type: abuse\n",
		"Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n", "<x@example.org>:\n", "550 5.1.1 user unknown\n", "=C3=\n", "\x1b$B;3", "\xe9", "(", ";;=", "Content-Type: text/plain; charset=utf-7\n", "List-Id: <a.b>\n"}
	rapid.Check(t, func(t *rapid.T) {
		properties(t, []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), "")))
	})
}

// TestReportsOfRealServers reads the samples beside the checkout, written by servers that nobody here wrote.
func TestReportsOfRealServers(t *testing.T) {
	root := os.Getenv("BUURTBEL_TEST_DATA")
	files, err := os.ReadDir(filepath.Join(root, "mail", "dsn"))
	if root == "" || errors.Is(err, fs.ErrNotExist) {
		t.Skip("BUURTBEL_TEST_DATA names no folder with mail/dsn")
	}
	recognised := 0
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(root, "mail", "dsn", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		m := Read(raw, Envelope{}, House{Mailboxes: []string{"bounce@sender.invalid"}})
		if m.Kind == Bounce && m.Report.Recipients[0].Recipient != "" && m.Report.Recipients[0].Reason != buurtbel.Other && m.Report.Mailbox != nil {
			recognised++
		} else {
			t.Logf("%s: %s by %s", f.Name(), m.Kind, m.Sign)
		}
	}
	t.Logf("%d of %d recognised", recognised, len(files))
	if recognised*100 < 95*len(files) {
		t.Errorf("%d of %d recognised", recognised, len(files))
	}
}
