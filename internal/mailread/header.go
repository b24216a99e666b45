package mailread

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
)

// field is one header field, unfolded; its name is in small letters.
type field struct{ name, value string }

type header []field

// split divides a mail or a part into its header and its body. A header ends at an empty line; a line that is no field and no continuation ends it too
// when no field came before it, and is left out otherwise.
func (r *reading) split(raw []byte) (header, []byte, *buurtbel.Error) {
	var h header
	var value []byte // of the last field
	keep := func() {
		if len(h) > 0 {
			h[len(h)-1].value = string(value)
		}
	}
	rest, first := raw, true
	for len(rest) > 0 {
		if len(raw)-len(rest) > maxHeader || len(h) > maxFields {
			return nil, nil, refuse("error.mail.header-too-long")
		}
		line, after := cutLine(rest)
		switch name, text, ok := bytes.Cut(line[:min(len(line), maxHeader)], []byte(":")); {
		case len(line) == 0:
			keep()
			return h, after, nil
		case first && bytes.HasPrefix(line, []byte("From ")): // the mark of a mailbox file
		case len(h) > 0 && (line[0] == ' ' || line[0] == '\t'):
			value = append(append(value, ' '), bytes.TrimSpace(line[:min(len(line), maxHeader)])...)
		case ok && fieldName(bytes.TrimRight(name, " \t")):
			keep()
			h = append(h, field{name: strings.ToLower(string(bytes.TrimRight(name, " \t")))})
			value = append(value[:0], bytes.TrimSpace(text)...)
		case len(h) == 0:
			return nil, rest, nil
		default:
			r.fault(BrokenHeader)
		}
		rest, first = after, false
	}
	keep()
	return h, nil, nil
}

// cutLine gives the first line of b without its end, CRLF, LF or CR, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimRight(b, "\r"), nil
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

// fieldName tells whether b can be the name of a field (RFC 5322 section 3.6.8).
func fieldName(b []byte) bool {
	return len(b) > 0 && len(b) < 100 && bytes.IndexFunc(b, func(c rune) bool { return c <= ' ' || c > '~' || c == ':' }) < 0
}

// get gives the first field of that name, or "".
func (h header) get(name string) string {
	name = strings.ToLower(name)
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h header) has(name string) bool {
	return slices.ContainsFunc(h, func(f field) bool { return f.name == name })
}

func (h header) all(name string) (values []string) {
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

// words decodes encoded words (RFC 2047) in any character set that we know.
var words = &mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	e := encodingOf(charset)
	if e == nil {
		return nil, errCharset
	}
	return e.NewDecoder().Reader(in), nil
}}

// phrase decodes a subject or a name as one line.
func phrase(s string) string {
	s = s[:min(len(s), 4*maxPhrase)]
	if decoded, err := words.DecodeHeader(s); err == nil {
		s = decoded
	}
	return clip(oneLine(unlabelled(s)), maxPhrase)
}

// unlabelled reads bytes above ASCII that stand in a header without a character set.
func unlabelled(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return toText(encodingOf("windows-1252"), []byte(s))
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsControl(c) || c == ' ' || c == '\u2028' || c == '\u2029' }), " ")
}

// clip cuts s to at most n octets, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// author reads a From field. What net/mail refuses, such as a name with an unquoted comma, is read by its angle brackets.
func author(value string) (mailbox, name string) {
	value = value[:min(len(value), 8*maxPhrase)]
	parser := mail.AddressParser{WordDecoder: words}
	if list, err := parser.ParseList(value); err == nil && len(list) > 0 {
		return mailboxOf(list[0].Address), clip(oneLine(strings.ToValidUTF8(list[0].Name, "\uFFFD")), maxPhrase)
	}
	before, inside, ok := strings.Cut(value, "<")
	if !ok {
		return mailboxOf(value), ""
	}
	inside, _, _ = strings.Cut(inside, ">")
	return mailboxOf(inside), phrase(strings.Trim(strings.TrimSpace(before), `"`))
}

// mailboxOf gives s when it can be a mailbox, with its domain in small letters; "" otherwise.
func mailboxOf(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "<>'\"")
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > maxAddress || !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c == '<' || c == '>' || c == ',' || c == ';' || c == '"' || c == 0x7f
	}) {
		return ""
	}
	return s[:at+1] + strings.ToLower(s[at+1:])
}

func domainOf(mailbox string) string { return mailbox[strings.LastIndexByte(mailbox, '@')+1:] }

func localOf(mailbox string) string {
	return strings.ToLower(mailbox[:max(0, strings.LastIndexByte(mailbox, '@'))])
}

// bracketed gives what stands between the first angle brackets, or the whole when there are none.
func bracketed(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if _, inside, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(inside, ">")
	}
	return clip(oneLine(s), maxPhrase)
}

// envelope fills what the dialogue did not tell from the fields that servers write.
func (r *reading) envelope() {
	if r.env.Known {
		return
	}
	r.env = Envelope{}
	if paths := r.head.all("return-path"); len(paths) > 0 {
		r.env.Known, r.env.From = true, mailboxOf(paths[0])
		if r.env.From == "" && strings.Trim(paths[0], " <>") != "" { // unreadable is not empty
			r.env.Known = false
		}
	}
}

// ours gives the mailboxes of ours that the mail came to. The envelope counts before the header, where a sender may write what he likes.
func (r *reading) ours() []Ours {
	found := r.knownIn(r.env.To)
	for _, names := range [][]string{{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to"}, {"to", "cc"}} {
		if len(found) > 0 {
			break
		}
		for _, name := range names {
			for _, value := range r.head.all(name) {
				found = append(found, r.knownIn(addresses(value))...)
			}
		}
	}
	seen := map[Ours]bool{}
	found = slices.DeleteFunc(found, func(o Ours) bool { again := seen[o]; seen[o] = true; return again })
	return found[:min(len(found), maxReported)]
}

// addresses gives the mailboxes in a list, however it is written.
func addresses(list string) (found []string) {
	for _, piece := range strings.FieldsFunc(list[:min(len(list), 64<<10)], func(c rune) bool { return strings.ContainsRune(" \t,;<>\"()", c) }) {
		if box := mailboxOf(piece); box != "" {
			found = append(found, box)
		}
	}
	return found
}

func (r *reading) knownIn(boxes []string) (found []Ours) {
	for _, box := range boxes {
		if o, ok := r.known(mailboxOf(box)); ok {
			found = append(found, o)
		}
	}
	return found
}

// known tells whether box is one of our mailboxes, with or without a tag.
func (r *reading) known(box string) (Ours, bool) {
	local, domain, _ := strings.Cut(box, "@")
	bare, tag, _ := strings.Cut(local, "+")
	for _, ours := range r.house.Mailboxes {
		if strings.EqualFold(ours, box) {
			return Ours{Mailbox: ours}, true
		}
		if tag != "" && strings.EqualFold(ours, bare+"@"+domain) {
			return Ours{Mailbox: ours, Tag: tag}, true
		}
	}
	return Ours{}, false
}

// answers gives the ids of deliveries that message ids of ours in s name.
func (r *reading) answers(s string) (ids []string) {
	for _, id := range strings.FieldsFunc(s[:min(len(s), 64<<10)], func(c rune) bool { return strings.ContainsRune(" \t<>,", c) }) {
		if delivery := r.ownID(id); delivery != "" && !slices.Contains(ids, delivery) && len(ids) < maxReported {
			ids = append(ids, delivery)
		}
	}
	return ids
}

// ownID gives the delivery that a message id of ours names, or "". The domain alone proves nothing: people with a mailbox there make message ids too.
func (r *reading) ownID(id string) string {
	left, domain, ok := strings.Cut(id, "@")
	if !ok || !slices.ContainsFunc(r.house.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
		return ""
	}
	delivery, err := buurtbel.ParseID(left)
	if err != nil {
		return ""
	}
	return delivery.String()
}
