package replytext

import (
	"strings"
	"testing"
)

// BenchmarkMegabyte reads texts of a megabyte that were made to be slow; the time per byte must not grow with the length (compare the two sizes).
func BenchmarkMegabyte(b *testing.B) {
	for name, unit := range map[string]string{
		"text":         "Ik heb die gele wagen gisteren ook gezien, hij stond voor de bakker.\n",
		"one line":     "woord ",
		"quotes":       "> > >\n",
		"headers":      "Van: a\nDatum: b\n",
		"attributions": "Op 3/11/2026 14:05 schreef x\n",
		"closings":     "Groeten\n\n",
		"rules":        "--\n\n\n",
		"disclaimers":  "deze mail is voor de afzender en de mail is vertrouwelijk denk aan het milieu ",
		"tags":         "<div><p><blockquote style='a'>x",
		"ends":         "</div></p>x",
		"names":        "Jan van de ",
		"digits":       "0455 01 ",
		"mailboxes":    "a@b.",
	} {
		for _, size := range []int{1 << 16, 1 << 20} {
			text := strings.Repeat(unit, size/len(unit))
			form := Plain
			if unit[0] == '<' {
				form = HTML
			}
			b.Run(name+"/"+map[int]string{1 << 16: "64k", 1 << 20: "1M"}[size], func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					parts := Cut(text, form, "Jan Peeters")
					Urgent(parts.Own)
					Mask(text, anneMarie)
				}
			})
		}
	}
}
