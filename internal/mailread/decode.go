package mailread

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

var errCharset = errors.New("unknown character set")

// decode undoes a transfer encoding (RFC 2045 section 6).
func (r *reading) decode(encoding string, body []byte) []byte {
	encoding, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(encoding)), " ")
	switch strings.Trim(encoding, `";`) {
	case "", "7bit", "8bit", "binary":
		return body
	case "base64":
		return r.base64(body)
	case "quoted-printable":
		return r.quoted(body)
	}
	r.fault(UnknownEncoding)
	return body
}

// base64 leaves out what is not of its alphabet, as RFC 2045 section 6.8 asks, and what follows the end of the data.
func (r *reading) base64(body []byte) []byte {
	clean := make([]byte, 0, len(body))
	for _, c := range body {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		case c == '=', c == '\r', c == '\n', c == ' ', c == '\t':
		default:
			r.fault(BrokenEncoding)
		}
	}
	if len(clean)%4 == 1 {
		r.fault(BrokenEncoding)
		clean = clean[:len(clean)-1]
	}
	n, err := base64.RawStdEncoding.Decode(clean, clean) // it never writes before what it reads
	if err != nil {
		r.fault(BrokenEncoding)
	}
	return clean[:n]
}

func (r *reading) quoted(body []byte) []byte {
	decoded, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	if err == nil {
		return decoded
	}
	r.fault(BrokenEncoding)
	return leniently(body)
}

// leniently decodes quoted-printable in which some "=" mean themselves.
func leniently(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '=' && i+2 < len(body) && hex(body[i+1]) >= 0 && hex(body[i+2]) >= 0:
			out = append(out, byte(hex(body[i+1])<<4|hex(body[i+2])))
			i += 2
		case body[i] == '=' && i+1 < len(body) && body[i+1] == '\n':
			i++
		case body[i] == '=' && i+2 < len(body) && body[i+1] == '\r' && body[i+2] == '\n':
			i += 2
		default:
			out = append(out, body[i])
		}
	}
	return out
}

func hex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// encodingOf knows a character set by the names that browsers know (WHATWG), under which ISO-8859-1 and US-ASCII are Windows-1252, as mails mean them.
// nil for another.
func encodingOf(charset string) encoding.Encoding {
	charset = strings.ToLower(strings.Trim(strings.TrimSpace(charset), `"'`))
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 section 5: a language behind it
	if other, ok := otherNames[charset]; ok {
		charset = other
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil
	}
	return e
}

// otherNames are names that mail programs write and browsers do not know.
var otherNames = map[string]string{"utf8mb4": "utf-8", "x-unknown": "windows-1252", "unknown-8bit": "windows-1252", "default_charset": "windows-1252", "default": "windows-1252",
	"iso-8859-8-i": "iso-8859-8", "cp-850": "windows-1252", "cp1252": "windows-1252", "ansi": "windows-1252", "iso-2022-jp-ms": "iso-2022-jp", "iso8859_1": "iso-8859-1", "iso-8859-1-windows-3.1-latin-1": "windows-1252"}

// text keeps a text that a reader would be shown.
func (r *reading) text(media string, params map[string]string, body []byte) {
	if len(body) > maxText {
		r.fault(CutText)
		body = wholeRunes(body[:maxText])
	}
	e, name := r.charset(params["charset"], body)
	s := toText(e, body)
	if strings.ContainsRune(s, utf8.RuneError) && !bytes.Contains(body, []byte("\uFFFD")) {
		r.fault(WrongCharset)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\x00", "")
	r.mail.Texts = append(r.mail.Texts, Text{Type: media, Charset: name, Format: format(media, params), Body: clip(s, maxText)})
}

// format says how the lines of a plain text are broken (RFC 3676 section 4).
func format(media string, params map[string]string) Format {
	switch {
	case media != "text/plain" || !strings.EqualFold(params["format"], "flowed"):
		return Fixed
	case strings.EqualFold(params["delsp"], "yes"):
		return FlowedDelSp
	}
	return Flowed
}

// charset chooses the character set to read body by: the one that is named, unless it cannot be.
func (r *reading) charset(named string, body []byte) (encoding.Encoding, string) {
	named = strings.ToLower(strings.TrimSpace(named))
	e := encodingOf(named)
	ascii := named == "" || named == "us-ascii" || named == "ascii"
	switch {
	case (ascii || e == nil) && bytes.Contains(body, []byte("\x1b$B")):
		r.labelled(named)
		return encodingOf("iso-2022-jp"), "iso-2022-jp"
	case (ascii || e == nil) && utf8.Valid(body):
		r.labelled(named)
		return encodingOf("utf-8"), "utf-8"
	case ascii || e == nil:
		r.labelled(named)
		r.fault(WrongCharset)
		return encodingOf("windows-1252"), "windows-1252"
	case named == "utf-8" && !utf8.Valid(body) && !bytes.Contains(body, []byte{0xc3}): // a server's word over bytes that it did not look at
		r.fault(WrongCharset)
		return encodingOf("windows-1252"), "windows-1252"
	}
	return e, clip(named, 40)
}

// labelled notes a name that nobody knows.
func (r *reading) labelled(named string) {
	if named != "" && encodingOf(named) == nil {
		r.fault(UnknownCharset)
	}
}

// wholeRunes takes off a character of UTF-8 that was cut at the end.
func wholeRunes(b []byte) []byte {
	for i := range min(len(b), utf8.UTFMax) {
		if c := b[len(b)-1-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.Valid(b[len(b)-1-i:]) {
				return b[:len(b)-1-i]
			}
			break
		}
	}
	return b
}

// toText decodes; what cannot be decoded becomes U+FFFD.
func toText(e encoding.Encoding, body []byte) string {
	decoded, err := e.NewDecoder().Bytes(body)
	if err != nil {
		decoded = body
	}
	return strings.ToValidUTF8(string(decoded), "\uFFFD")
}

// seen is what a person reads of the beginning of a text, roughly: of HTML the words, with line ends where blocks end. Only for looking for words.
func (t Text) seen() string {
	if t.Type != "text/html" {
		return clip(t.Body, maxShown)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(clip(t.Body, 8*maxShown)))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.ReplaceAll(html.UnescapeString(string(z.Raw())), "\n", " "))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			hidden += breaks(z, &b, 1)
		case html.EndTagToken:
			hidden = max(0, hidden+breaks(z, &b, -1))
		}
	}
}

// breaks writes a line end where a tag means one, and gives by for a tag whose content is not shown.
func breaks(z *html.Tokenizer, b *strings.Builder, by int) int {
	name, _ := z.TagName()
	switch string(name) {
	case "style", "script", "title":
		return by
	case "p", "br", "div", "tr", "li", "h1", "h2", "h3", "td", "th", "table", "blockquote":
		b.WriteByte('\n')
	}
	return 0
}
