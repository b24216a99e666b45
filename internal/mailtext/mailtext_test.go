package mailtext

import (
	"bytes"
	"errors"
	"flag"
	"io"
	netmail "net/mail"
	"os"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

var update = flag.Bool("update", false, "write the golden files anew")

const mark = "\x00link\x00"

func dutch() *Letter {
	return &Letter{
		Name: "Politiezone Vlierbeek", Address: "alarm@vlierbeek.example.org", ReplyTo: "antwoord@vlierbeek.example.org",
		Subject: "Inbraak bezig in de Lindestraat – blijf binnen en bel 112 als u iets ziet in uw omgeving",
		Text: "Politiezone Vlierbeek\n\nInbraak bezig in de Lindestraat, om 21.40 uur. Mogelijk zijn er twee personen betrokken: één met een gele fiets.\n" +
			"Onderneem zelf niets. Ziet u iets? Bel 112.\n.\n\nOntvangen? Klik hier:\n" + mark + "\n",
		HTML: "<!doctype html>\n<html lang=\"nl\"><body><h1>Inbraak bezig</h1><p>In de Lindestraat, om 21.40 uur. Mogelijk zijn er twee personen betrokken: één met een gele fiets.</p>" +
			"<p><a href=\"" + mark + "\">Ontvangen</a></p></body></html>\n",
		Mark: mark, Domain: "vlierbeek.example.org", Thread: "0a1b2c3d4e5f6", Language: buurtbel.Dutch, Auto: "auto-generated", Urgent: true,
	}
}

func copyOf(to string) *Copy {
	return &Copy{To: to, ID: "000012nk3f4g5", Date: "Fri, 06 Mar 2026 21:42:00 +0100", Link: "https://bel.vlierbeek.example.org/o/3fGh?a=1&b=2"}
}

func write(t interface{ Fatal(...any) }, l *Letter, c *Copy) []byte {
	tpl, err := Prepare(l)
	if err != nil {
		t.Fatal(err)
	}
	b, ok := tpl.Append(nil, c)
	if !ok {
		t.Fatal("copy refused")
	}
	return b
}

func TestGolden(t *testing.T) {
	exercise := dutch()
	exercise.HTML, exercise.Exercise, exercise.Urgent, exercise.ListID, exercise.Name = "", true, false, "berichten.example.org", "Gemeente Überbeek"
	exercise.Subject = "OEFENING - " + exercise.Subject
	for name, l := range map[string]*Letter{"alert-nl": dutch(), "exercise-nl": exercise} {
		got := write(t, l, copyOf("lid@example.org"))
		file := "testdata/" + name + ".eml"
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// parts reads a mail back with go-message.
func parts(t interface{ Fatal(...any) }, raw []byte) (mail.Header, map[string]string) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return r.Header, found
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		h := message.Header{Header: p.Header.(*mail.InlineHeader).Header.Header}
		kind, _, err := h.ContentType()
		if err != nil {
			t.Fatal(err)
		}
		found[kind] = string(body)
	}
}

func TestReadBack(t *testing.T) {
	l, c := dutch(), copyOf("lid@example.org")
	h, found := parts(t, write(t, l, c))
	subject, err := h.Subject()
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != c.To || to[0].Name != "" {
		t.Errorf("to %v, %v", to, err)
	}
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != l.Name || from[0].Address != l.Address {
		t.Errorf("from %v, %v", from, err)
	}
	if id, err := h.MessageID(); err != nil || id != "000012nk3f4g5@vlierbeek.example.org" {
		t.Errorf("id %q, %v", id, err)
	}
	if refs, err := h.MsgIDList("References"); err != nil || len(refs) != 1 || refs[0] != "0a1b2c3d4e5f6@vlierbeek.example.org" {
		t.Errorf("references %v, %v", refs, err)
	}
	want := map[string]string{
		"text/plain": strings.ReplaceAll(strings.ReplaceAll(l.Text, mark, c.Link), "\n", "\r\n"),
		"text/html":  strings.ReplaceAll(strings.ReplaceAll(l.HTML, mark, strings.ReplaceAll(c.Link, "&", "&amp;")), "\n", "\r\n"),
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

// TestAnyText writes letters of any text and finds in each the rules of RFC 5322 kept, no field that was not asked for, and the text unchanged.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, c := dutch(), copyOf("lid@example.org")
		plain := write(t, l, c)
		l.Name = rapid.String().Draw(t, "name")
		l.Subject = rapid.String().Draw(t, "subject")
		l.Thread = rapid.String().Draw(t, "thread")
		text := rapid.String().Draw(t, "text")
		l.Text = text + mark + rapid.String().Draw(t, "more")
		c.Link = rapid.String().Draw(t, "link")
		raw := write(t, l, c)
		checkLines(t, raw)
		head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
		was, _, _ := strings.Cut(string(plain), "\r\n\r\n")
		if diff := cmp.Diff(names(was, l.Thread == ""), names(head, false)); diff != "" {
			t.Fatal(diff)
		}
		h, found := parts(t, raw)
		if subject, err := h.Subject(); err != nil || subject != oneLine(l.Subject) {
			t.Fatalf("subject %q (%v), want %q", subject, err, oneLine(l.Subject))
		}
		if from, err := h.AddressList("From"); err != nil || len(from) != 1 || from[0].Name != oneLine(l.Name) {
			t.Fatalf("from %v (%v), want %q", from, err, oneLine(l.Name))
		}
		if want := lines(strings.ReplaceAll(l.Text, mark, "")); c.Link == "" && lines(found["text/plain"]) != want {
			t.Fatalf("text %q, want %q", found["text/plain"], want)
		}
	})
}

// lines makes all line breaks alike.
func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n", "\r\n")
}

// names lists the fields of a head.
func names(head string, threadless bool) []string {
	var all []string
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		if strings.HasPrefix(line, " ") || threadless && (name == "In-Reply-To" || name == "References") {
			continue
		}
		all = append(all, name)
	}
	return all
}

func checkLines(t interface{ Fatalf(string, ...any) }, raw []byte) {
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("line %q", line)
		}
		for _, b := range line {
			if b >= 0x80 {
				t.Fatalf("octet %x in %q", b, line)
			}
		}
	}
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Fatalf("no line end at the end")
	}
}

func TestNoFieldCanBeAdded(t *testing.T) {
	for _, bad := range []string{"x\r\nBcc: spy@example.org", "x\nBcc: spy@example.org", "x\rBcc: spy@example.org", "x\r\n\r\nbody", "x\u2028Bcc: y", "x\x00y"} {
		l := dutch()
		l.Subject, l.Name, l.Thread = bad, bad, bad
		m, err := netmail.ReadMessage(bytes.NewReader(write(t, l, copyOf("lid@example.org"))))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("Bcc") != "" || len(m.Header) != 16 {
			t.Errorf("%q: %d fields: %v", bad, len(m.Header), m.Header)
		}
		tpl, err := Prepare(dutch())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []*Copy{{To: bad, ID: "1", Date: "d"}, {To: "a@b.cd", ID: bad, Date: "d"}, {To: "a@b.cd", ID: "1", Date: bad}} {
			if _, ok := tpl.Append(nil, c); ok && bad != "x\u2028Bcc: y" {
				t.Errorf("copy %q accepted", c)
			}
		}
		l = dutch()
		l.Address = bad
		if _, err := Prepare(l); err == nil {
			t.Errorf("sender %q accepted", bad)
		}
		l = dutch()
		l.Domain = bad
		if _, err := Prepare(l); err == nil {
			t.Errorf("domain %q accepted", bad)
		}
	}
}

func TestWireDoublesDots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := dutch()
		l.HTML = ""
		l.Text = rapid.StringOf(rapid.RuneFrom([]rune(".\n a"))).Draw(t, "text") + mark + rapid.StringOf(rapid.RuneFrom([]rune(".\n a"))).Draw(t, "more")
		tpl, err := Prepare(l)
		if err != nil {
			t.Fatal(err)
		}
		c := copyOf("lid@example.org")
		c.Link = rapid.StringOf(rapid.RuneFrom([]rune(".a"))).Draw(t, "link")
		raw, _ := tpl.Append(nil, c)
		wire, _ := tpl.AppendWire(nil, c)
		want := bytes.ReplaceAll(raw, []byte("\n."), []byte("\n.."))
		if !bytes.Equal(wire, want) {
			t.Fatalf("got %q, want %q", wire, want)
		}
	})
}

func TestTooLarge(t *testing.T) {
	l := dutch()
	l.Text = strings.Repeat("te lang ", 20_000)
	if _, err := Prepare(l); buurtbel.KeyOf(err) != "error.email.too-large" {
		t.Errorf("got %v", err)
	}
}

func TestValid(t *testing.T) {
	for in, want := range map[string]string{
		"jan@example.org":                        "jan@example.org",
		" Jan.Peeters+bin@Example.ORG \n":        "Jan.Peeters+bin@example.org",
		"jan@bücher.example":                     "jan@xn--bcher-kva.example",
		"zoë@example.org":                        "zoë@example.org",
		"o'neill@example.org":                    "o'neill@example.org",
		"":                                       "error.email.empty",
		"   ":                                    "error.email.empty",
		"jan":                                    "error.email.syntax",
		"jan@":                                   "error.email.syntax",
		"@example.org":                           "error.email.syntax",
		"jan@@example.org":                       "error.email.syntax",
		"jan..p@example.org":                     "error.email.syntax",
		"Jan <jan@example.org>":                  "error.email.syntax",
		"\"jan p\"@example.org":                  "error.email.syntax",
		"jan p@example.org":                      "error.email.syntax",
		"jan@example.org\r\nBcc: x@example.org":  "error.email.syntax",
		"jan(x)@example.org":                     "error.email.syntax",
		"jan@[192.0.2.1]":                        "error.email.syntax",
		"jan@192.0.2.1":                          "error.email.domain",
		"jan@localhost":                          "error.email.domain",
		"jan@example..org":                       "error.email.syntax",
		"jan@-x.example":                         "error.email.domain",
		"jan@a_b.example":                        "error.email.domain",
		"jan@example.org, an@example.org":        "error.email.several",
		"jan@example.org;an@example.org":         "error.email.several",
		strings.Repeat("a", 65) + "@example.org": "error.email.too-long",
		"a@" + strings.Repeat("abcdefgh.", 30) + "example":              "error.email.domain",
		"a@" + strings.Repeat("a", 64) + ".example":                     "error.email.domain",
		strings.Repeat("x", 2000):                                       "error.email.too-long",
		strings.Repeat("a", 60) + "@" + strings.Repeat("abcdefgh.", 22): "error.email.syntax",
	} {
		got, err := Valid(in)
		if err != nil {
			got = buurtbel.KeyOf(err)
		}
		if got != want {
			t.Errorf("Valid(%q) = %s, want %s", in, got, want)
		}
	}
}

// FuzzValid finds no input that is accepted and then refused in its stored form, or that could end an SMTP command.
func FuzzValid(f *testing.F) {
	for _, s := range []string{"jan@example.org", "zoë@bücher.example", "a@b.c\r\n", "\"x\"@y.z", "a@xn--a.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		stored, err := Valid(s)
		if err != nil {
			return
		}
		if again, err := Valid(stored); err != nil || again != stored {
			t.Errorf("%q became %q became %q (%v)", s, stored, again, err)
		}
		if strings.ContainsAny(stored, " <>\r\n\x00") || strings.Count(stored, "@") != 1 || len(stored) > maxAddress {
			t.Errorf("%q accepted as %q", s, stored)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	tpl, err := Prepare(dutch())
	if err != nil {
		b.Fatal(err)
	}
	c := copyOf("lid@example.org")
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = tpl.AppendWire(buf[:0], c)
	}
}

func BenchmarkPrepare(b *testing.B) {
	for b.Loop() {
		if _, err := Prepare(dutch()); err != nil {
			b.Fatal(err)
		}
	}
}
