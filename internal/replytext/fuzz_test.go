package replytext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCut holds for any bytes: no panic; each own line of a plain text is a line of it; what is own stays own when it is cut again with
// nothing below it, as far as quotes go; masking and judging it end too.
func FuzzCut(f *testing.F) {
	for _, r := range readReplies(f, "tuning") {
		f.Add(r.Text, uint8(forms[r.Form]))
	}
	f.Add("-- \n> \n\xff\xfeVan:\r\rOp 3/11/2026 14:05 schreef x:\n>", uint8(Plain))
	f.Add("<p><blockquote><div style='border:none;border-top:solid #E1E1E1 1.0pt'>x</p></div><br><li>", uint8(HTML))
	known := Known{Names: []string{"Luc Verstraeten", "Rita"}, Phones: []string{"+32455012345"}, Mailboxes: []string{"luc.v@example.org"}, Homes: []Home{{[]string{"Kerkveldstraat"}, "12"}}}
	f.Fuzz(func(t *testing.T, text string, form uint8) {
		parts := Cut(text, Form(form%4), known.Names...)
		if Form(form%4) == Plain {
			checkLines(t, text, parts)
		}
		if parts.Own != strings.Trim(parts.Own, "\n") || strings.Contains(parts.Own, "\n\n\n") {
			t.Errorf("blank lines in %q", parts.Own)
		}
		Urgent(parts.Own)
		checkMask(t, parts.Own, known)
	})
}

func checkLines(t *testing.T, text string, parts Parts) {
	t.Helper()
	left := text // the lines come in the order of the text
	for l := range strings.SplitSeq(parts.Own, "\n") {
		at := strings.Index(left, l)
		if at < 0 {
			t.Fatalf("%q is no line of the text, or comes too late", l)
		}
		left = left[at+len(l):]
	}
	for _, p := range parts.Cut {
		if p.Kind == Own || p.Text == "" {
			t.Errorf("a piece %q of kind %q", p.Text, p.Kind)
		}
	}
}

func checkMask(t *testing.T, text string, known Known) {
	t.Helper()
	last := 0
	for _, f := range Find(text, known) {
		if f.Start < last || f.End <= f.Start || f.End > len(text) || utf8.ValidString(text) && !utf8.ValidString(text[f.Start:f.End]) {
			t.Fatalf("%v after %d in %q", f, last, text)
		}
		last = f.End
	}
	if masked := Mask(text, known); strings.Contains(onlyDigits(masked), "55012345") && !strings.ContainsFunc(text, isLetterOrSign) {
		t.Errorf("%q keeps the number: %q", text, masked)
	}
}

// isLetterOrSign tells what ends a number: with nothing but digits and blanks, no digit of another number can complete it.
func isLetterOrSign(r rune) bool { return digitOf(r) < 0 && r != ' ' }
