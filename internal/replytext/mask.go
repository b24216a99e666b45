package replytext

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Known is what a member's own record says about the member.
type Known struct {
	Names     []string // each whole: "Anne-Marie Van den Broeck"
	Phones    []string // E.164: "+32455012345"
	Mailboxes []string
	Homes     []Home
}

// Home is an address of the record.
type Home struct {
	Streets []string // the street's name in each language
	Number  string   // "12", "12A"; without it nothing is found
}

// Secret says what was found.
type Secret string

// The secrets.
const (
	Name    Secret = "name"
	Phone   Secret = "phone"
	Mailbox Secret = "mailbox"
	Place   Secret = "place" // street and number
)

// Found is a stretch of a text that the record knows.
type Found struct {
	Secret     Secret
	Start, End int // bytes, on rune boundaries
}

// Marks are what stands in the place of a secret; they come from the catalogue of the reader's language.
var Marks = map[Secret]string{Name: "[…]", Phone: "[#…]", Mailbox: "[@…]", Place: "[⌂…]"}

// Mask replaces what the record knows by the mark of its kind.
func Mask(text string, known Known) string { return MaskWith(text, known, Marks) }

// MaskWith is Mask with other marks. A kind without a mark gets that of Marks.
func MaskWith(text string, known Known, marks map[Secret]string) string {
	var b strings.Builder
	last := 0
	for _, f := range Find(text, known) {
		b.WriteString(text[last:f.Start])
		b.WriteString(cmp.Or(marks[f.Secret], Marks[f.Secret]))
		last = f.End
	}
	b.WriteString(text[last:])
	return b.String()
}

// Find gives what the record knows, in order, without overlap. A number, a name or a mailbox is found whole or not at all: what is glued to it goes
// with it.
func Find(text string, known Known) []Found {
	tokens := tokenize(text)
	var found []Found
	found = findPhones(found, text, known.Phones)
	found = findMailboxes(found, text, known.Mailboxes)
	found = findHomes(found, text, tokens, known.Homes)
	found = findNames(found, text, tokens, known.Names)
	found = merge(found)
	return merge(widen(text, found))
}

// rank settles which kind a stretch has that is two things at once.
var rank = map[Secret]int{Mailbox: 0, Phone: 1, Place: 2, Name: 3}

// merge joins what overlaps.
func merge(found []Found) []Found {
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(rank[a.Secret], rank[b.Secret]))
	})
	out := found[:0]
	for _, f := range found {
		if n := len(out); n > 0 && f.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, f.End)
			if rank[f.Secret] < rank[out[n-1].Secret] {
				out[n-1].Secret = f.Secret
			}
			continue
		}
		out = append(out, f)
	}
	return out
}

// widen takes the whole of a mailbox or link that holds a secret: what is left of it would tell as much.
func widen(text string, found []Found) []Found {
	for i, f := range found {
		start, end := f.Start, f.End
		for start > 0 && f.Start-start < longest {
			r, size := utf8.DecodeLastRuneInString(text[:start])
			if !addressRune(r) {
				break
			}
			start -= size
		}
		for end < len(text) && end-f.End < longest {
			r, size := utf8.DecodeRuneInString(text[end:])
			if !addressRune(r) {
				break
			}
			end += size
		}
		whole := text[start:end]
		if trimmed := strings.TrimRight(whole, ".,:;!?-"); strings.ContainsAny(trimmed, "@＠") && !strings.HasPrefix(trimmed, "@") || linkLike.MatchString(trimmed) {
			found[i].Start, found[i].End = start, max(f.End, start+len(trimmed))
			if f.Secret == Name {
				found[i].Secret = Mailbox
			}
		}
	}
	return found
}

var linkLike = regexp.MustCompile(`(?i)^(https?:|www\.|mailto:)|\.(be|nl|fr|de|eu|com|org|net|jpe?g|png|pdf|docx?|heic|mp4|invalid|test|example)(/|$)`)

func addressRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@＠._-+%/:?=&~#", r)
}

// findMailboxes finds the record's mailboxes, also with a tag, spelled "jan (at) example punt org", and the part before "@" alone where that is
// no ordinary word.
func findMailboxes(found []Found, text string, mailboxes []string) []Found {
	for _, m := range mailboxes {
		local, domain, ok := strings.Cut(strings.TrimSpace(m), "@")
		if !ok || local == "" || domain == "" || len(m) > 320 {
			continue
		}
		local, _, _ = strings.Cut(local, "+")
		dots := regexp.MustCompile(`(?i)` + spelled(local) + `(?:\+[\w.-]{1,64})?` + at + spelled(domain))
		for _, span := range dots.FindAllStringIndex(text, -1) {
			found = append(found, glue(text, Found{Mailbox, span[0], span[1]}))
		}
		if len(local) < 5 || !strings.ContainsAny(local, "0123456789._-") {
			continue
		}
		alone := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(local))
		for _, span := range alone.FindAllStringIndex(text, -1) {
			if f := (Found{Mailbox, span[0], span[1]}); f == glue(text, f) {
				found = append(found, f)
			}
		}
	}
	return found
}

const at = `\s{0,2}(?:@|＠|[(\[{<]\s?(?:at|apenstaartje|arobase|a|@)\s?[)\]}>]|\s(?:at|apenstaartje|arobase|klammeraffe)\s)\s{0,2}`

// spelled writes the pattern of a part of a mailbox in which a dot may be a word.
func spelled(part string) string {
	pieces := strings.Split(part, ".")
	for i, p := range pieces {
		pieces[i] = regexp.QuoteMeta(p)
	}
	return strings.Join(pieces, `\s{0,2}(?:\.|[(\[{]\s?(?:dot|punt|point|punkt|\.)\s?[)\]}]|\s(?:dot|punt|point|punkt)\s)\s{0,2}`)
}

// glue widens a stretch over the letters and digits that touch it.
func glue(text string, f Found) Found {
	for f.Start > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:f.Start])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		f.Start -= size
	}
	for f.End < len(text) {
		r, size := utf8.DecodeRuneInString(text[f.End:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		f.End += size
	}
	return f
}
