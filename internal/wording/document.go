package wording

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/buurtbel/buurtbel"
)

// document is a text made ready for looking: folded to plain letters, with a way back to the bytes of the original.
type document struct {
	raw      string
	fold     string // without accents, ligatures and odd spaces; upper and lower case kept
	low      string // fold in lower case, the same length
	at       []int  // raw offset of every byte of fold, and of its end
	groups   []group
	capped   bool   // all letters are capitals
	safe     []span // places and sources: nothing in them is a person or a number
	ownLines []span // the zone's emergency lines
	taken    []span // already refused: looked at no more
	found    []Finding
}

// span is a part of fold.
type span struct{ start, end int }

func (s span) touches(o span) bool { return s.start < o.end && o.start < s.end }

// group is a run of letters or of digits in fold.
type group struct {
	span
	digits bool
	text   string // lower case
}

func read(text string, ctx Context) *document {
	d := &document{raw: text}
	d.foldRaw()
	d.low = lower(d.fold)
	d.groups = groupsOf(d.low)
	d.capped = isCapped(d.fold)
	d.safe = append(d.safe, d.spansOf(ctx.Sources)...)
	d.safe = append(d.safe, ctx.Places.in(d)...)
	d.ownLines = d.lines(ctx.Lines)
	return d
}

// plain are letters that do not decompose, and marks that people type in several ways.
var plain = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'œ': "oe", 'Œ': "OE", 'æ': "ae", 'Æ': "AE", 'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L", 'đ': "d", 'ı': "i",
	'’': "'", '‘': "'", '´': "'", '`': "'", '–': "-", '—': "-", '‐': "-", '‑': "-", '−': "-", '·': ".", '•': ".", '…': "...",
	'\u00a0': " ", '\u202f': " ", '\u2009': " ", '\u00ad': "", '\u200b': "", '\u200c': "", '\u200d': "", '\u2060': "", '\ufeff': "",
}

func (d *document) foldRaw() {
	var b strings.Builder
	b.Grow(len(d.raw))
	for i, r := range d.raw {
		for _, p := range plainOf(r) {
			for range utf8.RuneLen(p) {
				d.at = append(d.at, i)
			}
			b.WriteRune(p)
		}
	}
	d.at = append(d.at, len(d.raw))
	d.fold = b.String()
}

func plainOf(r rune) string {
	if r < utf8.RuneSelf {
		return string(r)
	}
	if p, ok := plain[r]; ok {
		return p
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
}

// lower lowers ASCII only, so that the length stays.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isCapped(s string) bool {
	up, down := 0, 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			up++
		} else if unicode.IsLower(r) {
			down++
		}
	}
	return up > 20 && down*10 < up
}

func groupsOf(low string) []group {
	var out []group
	for i := 0; i < len(low); {
		kind := kindAt(low, i)
		if kind == other {
			i++
			continue
		}
		j := i
		for j < len(low) && kindAt(low, j) == kind {
			j++
		}
		out = append(out, group{span{i, j}, kind == digit, low[i:j]})
		i = j
	}
	return out
}

const (
	other = iota
	letter
	digit
)

// kindAt counts every byte of a letter outside ASCII as a letter.
func kindAt(low string, i int) int {
	switch c := low[i]; {
	case c >= '0' && c <= '9':
		return digit
	case c >= 'a' && c <= 'z', c >= utf8.RuneSelf:
		return letter
	}
	return other
}

// report adds a finding for a part of fold, unless that part was refused already.
func (d *document) report(level Level, code Code, s span, args buurtbel.Args) {
	if d.overlaps(d.taken, s) {
		return
	}
	start, end := d.at[s.start], d.at[s.end]
	if s.end > s.start && d.at[s.end-1] == end { // the span ends within a letter that folds into two
		_, width := utf8.DecodeRuneInString(d.raw[end:])
		end += width
	}
	if args == nil {
		args = buurtbel.Args{}
	}
	args["Words"] = d.raw[start:end]
	d.found = append(d.found, Finding{level, code, start, end, "wording." + string(code), args})
	if level == Refuse {
		d.taken = append(d.taken, s)
	}
}

func (d *document) overlaps(list []span, s span) bool {
	for _, o := range list {
		if o.touches(s) {
			return true
		}
	}
	return false
}

// each calls look for every match of a pattern on the lower-case text, with the span of its first group, or of the whole.
func (d *document) each(pattern *regexp.Regexp, look func(span)) {
	for _, m := range pattern.FindAllStringSubmatchIndex(d.low, -1) {
		s := span{m[0], m[1]}
		if len(m) > 2 && m[2] >= 0 {
			s = span{m[2], m[3]}
		}
		look(s)
	}
}

// spansOf finds names as whole words.
func (d *document) spansOf(names []string) []span {
	var out []span
	for _, name := range names {
		needle := foldString(name)
		if needle == "" {
			continue
		}
		for from := 0; from < len(d.low); {
			i := strings.Index(d.low[from:], needle)
			if i < 0 {
				break
			}
			s := span{from + i, from + i + len(needle)}
			if d.whole(s) {
				out = append(out, s)
			}
			from = s.end
		}
	}
	return out
}

// whole tells whether no letter or digit touches the span.
func (d *document) whole(s span) bool {
	before := s.start == 0 || kindAt(d.low, s.start-1) == other || kindAt(d.low, s.start) == other
	after := s.end >= len(d.low) || kindAt(d.low, s.end) == other || kindAt(d.low, s.end-1) == other
	return before && after
}

func foldString(s string) string {
	d := document{raw: strings.TrimSpace(s)}
	d.foldRaw()
	return lower(d.fold)
}

// clause gives the part of fold around s that ends at a mark of punctuation.
func (d *document) clause(s span) span {
	out := span{0, len(d.low)}
	if i := strings.LastIndexAny(d.low[:s.start], ".;:,?!\n"); i >= 0 {
		out.start = i + 1
	}
	if i := strings.IndexAny(d.low[s.end:], ".;:,?!\n"); i >= 0 {
		out.end = s.end + i
	}
	return out
}
