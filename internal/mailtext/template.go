package mailtext

import (
	"bytes"
	"html"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Template is a Letter that is encoded and ready to be copied. It never changes and may be shared.
type Template struct {
	domain string
	head   []byte // shared header fields, then the empty line
	reply  [2]int // where Reply-To begins and ends in head; alike when there is none
	body   []segment
	wire   []segment // body as SMTP carries it; body itself when no line begins with "."
	size   int       // octets of head and wire without any link
	links  int       // segments that end in a link
}

// segment is encoded bytes and, behind them, perhaps the link.
type segment struct {
	raw  []byte
	link linkKind
}

type linkKind uint8

const (
	noLink linkKind = iota
	inText
	inHTML
)

// copyBytes is room for what Append adds of its own: names of fields, date, identifier.
const copyBytes = 420 + 254

// Prepare encodes l. It fails with Internal when a configured part of l is unfit, and with Invalid ("error.email.too-large", args bytes and limit)
// when a copy with a link of 200 octets would be larger than MaxBytes.
func Prepare(l *Letter) (*Template, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	t := &Template{domain: l.Domain}
	if err := t.encode(l); err != nil {
		return nil, err
	}
	t.measure()
	t.findReply()
	if n := t.Size() + 200*t.links; n > MaxBytes {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.email.too-large", buurtbel.Args{"bytes": n, "limit": MaxBytes})
	}
	return t, nil
}

// findReply finds the place of Reply-To, behind From: no field before Subject can hold a line that begins with another field's name.
func (t *Template) findReply() {
	end := bytes.Index(t.head, []byte("\r\nSubject: ")) + 2
	t.reply = [2]int{end, end}
	if begin := bytes.Index(t.head[:end], []byte("\r\nReply-To: ")); begin >= 0 {
		t.reply[0] = begin + 2
	}
}

const transfer = "Content-Transfer-Encoding"

func (t *Template) single(l *Letter) {
	t.head = append(l.headers("text/plain; charset=utf-8", [2]string{transfer, "quoted-printable"}), "\r\n"...)
	t.part(l.Text, l.Mark, inText)
	t.raw([]byte("\r\n"))
}

// encode writes a letter in the simplest form that holds what it has.
func (t *Template) encode(l *Letter) error {
	switch {
	case l.Diary != nil:
		return t.mixed(l)
	case l.HTML != "":
		return t.alternative(l)
	}
	t.single(l)
	return nil
}

// alternative writes multipart/alternative, the plain part first (RFC 2046 section 5.1.4).
func (t *Template) alternative(l *Letter) error {
	t.head = append(l.headers(`multipart/alternative; boundary="`+l.boundary()+`"`), "\r\n"...)
	return t.alternatives(l)
}

func (t *Template) alternatives(l *Letter) error {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(l.boundary()); err != nil {
		return err
	}
	for _, p := range []struct {
		kind linkKind
		mime string
		text string
	}{{inText, "text/plain", l.Text}, {inHTML, "text/html", l.HTML}} {
		if _, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {p.mime + "; charset=utf-8"}, transfer: {"quoted-printable"}}); err != nil {
			return err
		}
		t.raw(bytes.Clone(b.Bytes()))
		b.Reset()
		t.part(p.text, l.Mark, p.kind)
	}
	if err := w.Close(); err != nil {
		return err
	}
	t.raw(b.Bytes())
	return nil
}

func (t *Template) raw(b []byte) { t.body = append(t.body, segment{raw: b}) }

// part encodes text, cut at mark. A link stands on lines of its own between soft line breaks (RFC 2045 section 6.7, rule 5), so that its length matters to
// no other line.
func (t *Template) part(text, mark string, kind linkKind) {
	pieces := []string{text}
	if mark != "" {
		pieces = strings.Split(text, mark)
	}
	for i, piece := range pieces {
		raw := quoted(piece)
		if i > 0 {
			raw = append([]byte("=\r\n"), raw...)
		}
		if i == len(pieces)-1 {
			t.raw(raw)
			return
		}
		t.body = append(t.body, segment{raw: append(raw, "=\r\n"...), link: kind})
	}
}

// quoted is the quoted-printable form of s, with the line breaks of mail.
func quoted(s string) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, err := w.Write([]byte(strings.ToValidUTF8(s, "\uFFFD")))
	if err == nil {
		err = w.Close()
	}
	if err != nil { // a bytes.Buffer takes everything
		return nil
	}
	return b.Bytes()
}

// measure joins neighbours, doubles dots for the wire, and notes size and links.
func (t *Template) measure() {
	var joined []segment
	for _, s := range t.body {
		if n := len(joined); n > 0 && joined[n-1].link == noLink {
			joined[n-1] = segment{raw: append(joined[n-1].raw, s.raw...), link: s.link}
		} else {
			joined = append(joined, s)
		}
	}
	t.body = joined
	t.wire = make([]segment, len(joined))
	t.size = len(t.head)
	for i, s := range joined {
		t.wire[i] = segment{raw: dotted(s.raw, i == 0), link: s.link}
		t.size += len(t.wire[i].raw)
		if s.link != noLink {
			t.links++
		}
	}
}

// dotted doubles the dot at the start of a line (RFC 5321 section 4.5.2). Only the first segment starts a line; the others start behind a link.
func dotted(raw []byte, first bool) []byte {
	out := bytes.ReplaceAll(raw, []byte("\n."), []byte("\n.."))
	if first && bytes.HasPrefix(out, []byte(".")) {
		out = append([]byte("."), out...)
	}
	return out
}

// Size is the number of octets of a copy without its link, at most.
func (t *Template) Size() int { return t.size + copyBytes + 254 }

// Append writes one recipient's copy behind dst. It reports false, and writes nothing, when c could break a header field.
func (t *Template) Append(dst []byte, c *Copy) ([]byte, bool) { return t.append(dst, c, t.body) }

// AppendWire is Append with the dot at the start of a line doubled, as SMTP wants it between DATA and the final dot.
func (t *Template) AppendWire(dst []byte, c *Copy) ([]byte, bool) { return t.append(dst, c, t.wire) }

func (t *Template) append(dst []byte, c *Copy, body []segment) ([]byte, bool) {
	if c.ReplyTo != "" && (!fieldSafe(c.ReplyTo) || !plainBox(c.ReplyTo)) {
		return dst, false
	}
	if !fieldSafe(c.To) || !fieldSafe(c.ID) || !fieldSafe(c.Date) || !fieldSafe(c.Stop) || strings.ContainsAny(c.Stop, "<> ") || c.To == "" {
		return dst, false
	}
	dst = append(append(append(dst, "Date: "...), c.Date...), "\r\nMessage-ID: <"...)
	dst = append(append(append(append(dst, c.ID...), '@'), t.domain...), ">\r\nTo: <"...)
	dst = append(append(dst, c.To...), ">\r\n"...)
	dst = append(dst, t.head[:t.reply[0]]...)
	if c.ReplyTo != "" {
		dst = append(append(append(dst, "Reply-To: <"...), c.ReplyTo...), ">\r\n"...)
	} else {
		dst = append(dst, t.head[t.reply[0]:t.reply[1]]...)
	}
	if c.Stop != "" {
		dst = append(append(append(dst, "List-Unsubscribe: <"...), c.Stop...), ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	dst = append(dst, t.head[t.reply[1]:]...)
	for _, s := range body {
		dst = append(dst, s.raw...)
		switch s.link {
		case inText:
			dst = appendLink(dst, c.Link)
		case inHTML:
			dst = appendLink(dst, html.EscapeString(c.Link))
		}
	}
	return dst, true
}

// appendLink writes link in quoted-printable, in lines of at most 75 characters and the soft line break.
func appendLink(dst []byte, link string) []byte {
	width := 0
	for i := 0; i < len(link); i++ {
		c := link[i]
		plain := c > ' ' && c < 0x7f && c != '=' && (c != '.' || width > 0)
		need := 3
		if plain {
			need = 1
		}
		if width+need > 75 {
			dst, width = append(dst, "=\r\n"...), 0
			plain = plain && c != '.'
		}
		if plain {
			dst, width = append(dst, c), width+1
		} else {
			dst, width = append(dst, '=', hexDigits[c>>4], hexDigits[c&15]), width+3
		}
	}
	return dst
}
