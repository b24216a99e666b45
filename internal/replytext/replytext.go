// Package replytext finds what a member wrote in a reply, and nothing else: Cut takes away what was quoted and the signature, Mask hides what the
// member's own record knows, Urgent tells a burglary or danger that happens now from one that is over. Dutch, French, German and English.
//
// What it does not do. It reads no MIME and no character sets: texts come in as UTF-8 with their Form. Answers written into a quote that no program
// marked (below the header block of Outlook, in another colour) are cut with the quote; lines of a quote that lost their ">" by folding are
// kept. Nicknames, errors in one's own name, numbers written as words, and what a picture shows are not masked; nor is a street without its
// number, or anything about somebody else. Urgent knows words and tenses, not the world: it is a reason to warn at once, never one to stay silent.
//
// It is always true that every line of what Cut calls own is a line of the text, or one without the closing formula at its end (a paragraph, for
// Flowed and HTML); that Mask changes
// nothing outside the spans of Find; that any text gives an answer, without panic, in time proportional to its length.
//
// How good it is on the 216 replies and 480 urgent texts of testdata stands in README.md beside this file.
package replytext

import "strings"

// Form says how the text of a part is written.
type Form int

// The forms.
const (
	Plain       Form = iota // text/plain
	Flowed                  // text/plain; format=flowed (RFC 3676)
	FlowedDelSp             // the same with delsp=yes: the space before a soft break is no part of the text
	HTML                    // text/html
)

// Kind says why a piece was cut.
type Kind string

// The kinds of what is cut. Own is what stays; no piece has it.
const (
	Own         Kind = ""
	Quote       Kind = "quote"       // what somebody else wrote, or the member wrote before
	Attribution Kind = "attribution" // the lines that announce a quote: "Op … schreef …:", a header block
	Signature   Kind = "signature"   // a closing formula, a name, what stands below
	Device      Kind = "device"      // "Verzonden vanaf mijn iPhone"
	Disclaimer  Kind = "disclaimer"  // for whom the mail is, and what trees cost
)

// Piece is a run of lines that were cut for one reason.
type Piece struct {
	Kind Kind
	Text string
}

// Parts is a reply taken apart.
type Parts struct {
	Own string  // no blank line at either end, never two in a row
	Cut []Piece // in their order; blank lines left out
}

// Cut takes a reply apart. Names are those of who wrote it, as the record and the From field spell them: a line that holds only these is a
// signature even when nothing else tells. They may be left out.
func Cut(text string, form Form, names ...string) Parts {
	lines := read(text, form)
	markQuotes(lines)
	markSignatures(lines, newNames(names))
	return gather(lines)
}

// line is one line, or one paragraph of flowed text.
type line struct {
	text  string
	kind  Kind
	label string // the header field that it looks like; set by markQuotes
	tail  string // the end of the line, which is a closing formula: "Niets gezien. Groetjes Jan"
}

func (l line) blank() bool { return l.text == "" }

func (l line) own() bool { return l.kind == Own }

func read(text string, form Form) []line {
	switch form {
	case HTML:
		return readHTML(text)
	case Flowed, FlowedDelSp:
		return readFlowed(text, form == FlowedDelSp)
	}
	var lines []line
	for raw := range strings.Lines(text) {
		raw = tidy(raw)
		if depth, _ := unquote(raw); depth > 0 {
			lines = append(lines, line{text: raw, kind: Quote})
		} else {
			lines = append(lines, line{text: raw})
		}
	}
	return lines
}

// tidy takes away the line's end and what cannot be seen around it. The signature delimiter keeps its space (RFC 3676 section 4.3).
func tidy(raw string) string {
	raw = strings.TrimRight(raw, "\r\n")
	if strings.TrimLeft(raw, unseen) == "-- " {
		return "-- "
	}
	raw = strings.TrimRight(raw, " \t\r\v\f"+unseen)
	if strings.Trim(raw, " \t"+unseen) == "" {
		return ""
	}
	return strings.TrimLeft(raw, "\ufeff")
}

// unseen are blanks of no width that mail programs leave behind, and the blank that does not break.
const unseen = "\ufeff\u200b\u200c\u200d\u2060\u00a0"

// unquote counts the ">" at the beginning of a line and gives what follows them. A text that begins with ">" after more than two blanks is no quote.
func unquote(raw string) (depth int, rest string) {
	rest = strings.TrimLeft(raw, "\ufeff")
	if trimmed := strings.TrimLeft(rest, " "); len(rest)-len(trimmed) <= 2 {
		rest = trimmed
	}
	for strings.HasPrefix(rest, ">") {
		depth++
		after := rest[1:]
		if next := strings.TrimLeft(after, " "); strings.HasPrefix(next, ">") && len(after)-len(next) <= 1 {
			after = next
		}
		rest = after
	}
	return depth, rest
}

// readFlowed joins soft-broken lines of one quote depth into paragraphs (RFC 3676 section 4).
func readFlowed(text string, delSp bool) []line {
	var lines []line
	var paragraph strings.Builder
	open, depth := false, 0
	flush := func() {
		if open {
			kind := Own
			if depth > 0 {
				kind = Quote
			}
			lines = append(lines, line{text: tidy(paragraph.String()), kind: kind})
			paragraph.Reset()
			open = false
		}
	}
	for raw := range strings.Lines(text) {
		raw = strings.TrimRight(raw, "\r\n")
		d := len(raw) - len(strings.TrimLeft(raw, ">"))
		raw = strings.TrimPrefix(raw[d:], " ") // stuffing
		if open && d != depth || raw == "-- " {
			flush()
		}
		soft := strings.HasSuffix(raw, " ") && raw != "-- "
		if soft && delSp {
			raw = raw[:len(raw)-1]
		}
		paragraph.WriteString(raw)
		open, depth = true, d
		if !soft {
			flush()
		}
	}
	flush()
	return lines
}

// gather puts the lines of each kind together.
func gather(lines []line) Parts {
	var parts Parts
	var own, piece strings.Builder
	var kind Kind
	end := func() {
		if piece.Len() > 0 {
			parts.Cut = append(parts.Cut, Piece{kind, piece.String()})
			piece.Reset()
		}
	}
	gap := false
	for _, l := range lines {
		switch {
		case l.blank():
			gap = true
			continue
		case l.own():
			appendLine(&own, strings.TrimRight(strings.TrimSuffix(l.text, l.tail), " "), gap)
		default:
			if l.kind != kind {
				end()
			}
			kind = l.kind
			appendLine(&piece, l.text, false)
			gap = true
			continue
		}
		end()
		if gap = false; l.tail != "" {
			kind = Signature
			appendLine(&piece, l.tail, false)
		}
	}
	end()
	parts.Own = own.String()
	return parts
}

func appendLine(b *strings.Builder, text string, gap bool) {
	if b.Len() > 0 {
		b.WriteByte('\n')
		if gap {
			b.WriteByte('\n')
		}
	}
	b.WriteString(text)
}
