// Package qrcode draws a text as a QR code (ISO/IEC 18004) for pages and paper.
//
// It reads none. Always true: the drawing holds the text itself, so it works on paper and without a connection; it is black on white with its
// quiet zone, whatever stands around it.
package qrcode

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quiet is the width of the white border in modules (section 6.3.8).
const quiet = 4

// SVG draws a text, with 15 % of it made good when a part of the paper is dirty. label says in words what it holds, for who cannot see it; it
// and the text may be anything. A text of more than 2331 bytes does not fit and is an error.
func SVG(text, label string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", fmt.Errorf("draw code: %w", err)
	}
	side := code.Bounds().Dx()
	all := side + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`, all, all, attribute(label))
	fmt.Fprintf(&b, `<path fill="white" d="M0 0h%dv%dh-%dz"/><path fill="black" d="`, all, all, all)
	for y := range side {
		row(&b, code, y, side)
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

// row draws the dark modules of a row, those beside each other in one piece.
func row(b *strings.Builder, code barcode.Barcode, y, side int) {
	dark := func(x int) bool {
		if x >= side {
			return false
		}
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	for x := 0; x < side; x++ {
		from := x
		for dark(x) {
			x++
		}
		if x > from {
			fmt.Fprintf(b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
}

// attribute writes a text between quotes.
func attribute(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(s)
}
