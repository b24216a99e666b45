package qrcode

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const scale = 6 // pixels of a module

var piece = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z`)

// picture is what a browser makes of the drawing.
func picture(t *testing.T, svg string) *image.Gray {
	t.Helper()
	var doc struct {
		Box   string `xml:"viewBox,attr"`
		Label string `xml:"aria-label,attr"`
		Paths []struct {
			Fill string `xml:"fill,attr"`
			D    string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(svg), &doc); err != nil {
		t.Fatal(err)
	}
	var side, other int
	if _, err := fmt.Sscanf(doc.Box, "0 0 %d %d", &side, &other); err != nil || side != other {
		t.Fatalf("box %q: %v", doc.Box, err)
	}
	out := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for _, p := range doc.Paths {
		shade := map[string]color.Gray{"white": {255}, "black": {0}}[p.Fill]
		for _, m := range piece.FindAllStringSubmatch(p.D, -1) {
			var x, y, w, h int
			for i, into := range []*int{&x, &y, &w, &h} {
				if _, err := fmt.Sscan(m[i+1], into); err != nil {
					t.Fatal(err)
				}
			}
			for py := y * scale; py < (y+h)*scale; py++ {
				for px := x * scale; px < (x+w)*scale; px++ {
					out.SetGray(px, py, shade)
				}
			}
		}
	}
	return out
}

// TestReadByAnother: a reader that nobody here wrote finds the same bytes.
func TestReadByAnother(t *testing.T) {
	reader, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no zbarimg: apt-get install zbar-tools")
	}
	for name, text := range map[string]string{
		"short": "112", "a card": "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Politiezone Vlierbeek\r\nTEL;TYPE=voice,text;PREF=1:+3220000111\r\nEND:VCARD\r\n",
		"letters with marks": "Zone de police Été – Düren € Ħ", "long": strings.Repeat("buurtbel.example.org/", 100),
	} {
		svg, err := SVG(text, "x")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "code.png")
		var b bytes.Buffer
		if err := png.Encode(&b, picture(t, svg)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := exec.CommandContext(t.Context(), reader, "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "-Sbinary", file).Output()
		if err != nil || string(got) != text {
			t.Errorf("%s: %v, read %q", name, err, got)
		}
	}
}

// TestDrawing: finder patterns in three corners, a quiet zone all round.
func TestDrawing(t *testing.T) {
	svg, err := SVG("https://buurtbel.example.org", `"><script>`)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(svg, "<script") || !strings.Contains(svg, `aria-label="&#34;&gt;&lt;script&gt;"`) {
		t.Error("the label became a part of the drawing")
	}
	p := picture(t, svg)
	n := p.Bounds().Dx() / scale
	dark := func(x, y int) bool { return p.GrayAt(x*scale+scale/2, y*scale+scale/2).Y == 0 }
	for i := range n {
		for q := range quiet {
			if dark(i, q) || dark(q, i) || dark(i, n-1-q) || dark(n-1-q, i) {
				t.Fatalf("the quiet zone is dark at %d, %d", i, q)
			}
		}
	}
	for _, corner := range [][2]int{{quiet, quiet}, {n - quiet - 7, quiet}, {quiet, n - quiet - 7}} {
		for y := range 7 {
			for x := range 7 {
				edge, heart := x == 0 || y == 0 || x == 6 || y == 6, x > 1 && x < 5 && y > 1 && y < 5
				if dark(corner[0]+x, corner[1]+y) != (edge || heart) {
					t.Fatalf("no finder pattern at %v", corner)
				}
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := SVG(strings.Repeat("x", 2332), ""); err == nil {
		t.Error("no error")
	}
	if _, err := SVG(strings.Repeat("x", 2331), ""); err != nil {
		t.Error(err)
	}
}
