package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func styleOf(t *testing.T, name string) string {
	t.Helper()
	data, err := assetFiles.ReadFile("assets/css/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEveryColourIsRead fails on a colour that the reckoning of contrasts would leave out without a word.
func TestEveryColourIsRead(t *testing.T) {
	for _, name := range []string{"tokens.css", "contrast.css"} {
		sheet := styleOf(t, name)
		p := palette(sheet, false)
		for _, m := range tokenLine.FindAllStringSubmatch(sheet, -1) {
			if _, ok := p[m[1]]; !ok && m[1] != "shade" {
				t.Errorf("%s: cannot read the colour %s: %s", name, m[1], m[2])
			}
		}
	}
	p := palette(styleOf(t, "tokens.css"), false)
	for _, pair := range tokens {
		for _, name := range pair {
			if _, ok := p[name]; !ok {
				t.Errorf("there is no colour %s", name)
			}
		}
	}
}

// TestHighContrastIsOneThing: the device that asks for it and who chooses it on the page get the same sheet, and nobody else.
func TestHighContrastIsOneThing(t *testing.T) {
	for chosen, media := range map[bool]string{false: ` media="(prefers-contrast: more)"`, true: ""} {
		w := httptest.NewRecorder()
		if err := Respond(w, http.StatusOK, Frame{Language: buurtbel.Dutch, Shape: Bare, Strong: chosen}, looksPage{}); err != nil {
			t.Fatal(err)
		}
		link := `<link rel="stylesheet" href="` + AssetURL("css/contrast.css") + `"` + media + ">"
		before, _, ok := strings.Cut(w.Body.String(), link)
		if !ok || !strings.Contains(before, AssetURL("css/tokens.css")) || strings.Contains(before, AssetURL("css/base.css")) {
			t.Errorf("chosen %t: not linked as %s after the usual colours", chosen, link)
		}
	}
}

func TestContrastOfTokens(t *testing.T) {
	text := []string{"ink", "ink-soft", "link", "good", "warn", "move"}
	grounds := []string{"surface", "surface-raised", "surface-sunk"}
	var pairs [][2]string
	for _, ink := range text {
		for _, ground := range grounds {
			pairs = append(pairs, [2]string{ink, ground})
		}
	}
	pairs = append(pairs, [][2]string{{"ink", "chosen"}, {"ink-soft", "chosen"}, {"ink", "good-soft"}, {"ink", "warn-soft"}, {"on-accent", "accent"}, {"on-accent", "accent-deep"},
		{"on-alert", "alert"}, {"on-exercise", "exercise"}}...)
	for theme, name := range []string{"light", "dark"} {
		for _, high := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s high=%v", name, high), func(t *testing.T) {
				sheet := styleOf(t, "tokens.css")
				if high {
					sheet += styleOf(t, "contrast.css")
				}
				p := palette(sheet, theme == 1)
				for _, pair := range pairs {
					if got := contrast(p[pair[0]], p[pair[1]]); got < 7 {
						t.Errorf("%s on %s: %.2f, needs 7", pair[0], pair[1], got)
					}
				}
				for _, ground := range grounds {
					if got := contrast(p["line-strong"], p[ground]); got < 3 {
						t.Errorf("border on %s: %.2f, needs 3", ground, got)
					}
				}
			})
		}
	}
}

// TestRedIsForTheLiveAlert reads the style sheets: only the band of a live alert and its stop button may use --alert.
func TestRedIsForTheLiveAlert(t *testing.T) {
	for _, name := range []string{"base.css", "parts.css", "pages.css", "members.css", "print.css", "views.css"} {
		for _, rule := range strings.Split(styleOf(t, name), "}") {
			if strings.Contains(rule, "--alert)") && !strings.Contains(rule, ".live-band") && !strings.Contains(rule, ".stop") {
				t.Errorf("%s uses --alert: %s", name, strings.TrimSpace(rule))
			}
		}
	}
}
