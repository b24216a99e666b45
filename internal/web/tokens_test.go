package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	usual, _, _ := strings.Cut(styleOf(t, "tokens.css"), highBegins)
	p := palette(usual, false, false)
	for _, m := range tokenLine.FindAllStringSubmatch(usual, -1) {
		if _, ok := p[m[1]]; !ok && m[1] != "shade" {
			t.Errorf("cannot read the colour %s: %s", m[1], m[2])
		}
	}
	for _, pair := range tokens {
		for _, name := range pair {
			if _, ok := p[name]; !ok {
				t.Errorf("there is no colour %s", name)
			}
		}
	}
}

// TestHighContrastIsOneThing compares what the device asks for with what is chosen on the page.
func TestHighContrastIsOneThing(t *testing.T) {
	_, rest, _ := strings.Cut(styleOf(t, "tokens.css"), highBegins)
	device, rest, ok := strings.Cut(rest, chosenBegins)
	chosen, _, _ := strings.Cut(rest, olderBegins)
	if !ok {
		t.Fatal("no high contrast by choice")
	}
	line := regexp.MustCompile(`--[a-z-]+:[^;]+;`)
	if d := cmp.Diff(line.FindAllString(device, -1), line.FindAllString(chosen, -1)); d != "" {
		t.Errorf("-device +chosen:\n%s", d)
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
				p := palette(styleOf(t, "tokens.css"), theme == 1, high)
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
