package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestDemoSaysWhatToTry follows every link that a visitor is shown.
func TestDemoSaysWhatToTry(t *testing.T) {
	err := staying(t, func(d *demo, interrupt func()) {
		defer interrupt()
		words := string(d.w.out.(*said).words)
		for _, want := range []string{"The public site", "Joining", "A member's own page", "The coordinator's desk", "The calendar", "Dispatch", "The outside world", "Chief of police"} {
			if !strings.Contains(words, want) {
				t.Errorf("%q is not said:\n%s", want, words)
			}
		}
		links := regexp.MustCompile(`http://\S+`).FindAllString(words, -1)
		seen := map[string]bool{}
		for _, link := range links {
			if seen[link] {
				t.Errorf("%s is shown twice", link)
			}
			seen[link] = true
			if status := looksAt(t, link); status != http.StatusOK { // the calendar asks to sign in first
				t.Errorf("%s answers %d", link, status)
			}
		}
		if len(links) < 12 {
			t.Errorf("%d links:\n%s", len(links), words)
		}
	})
	if err != nil {
		t.Errorf("ended with %v", err)
	}
}

func looksAt(t *testing.T, link string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	return res.StatusCode
}

func TestDemoWordsAreWhole(t *testing.T) {
	verbs := regexp.MustCompile(`%[-0-9.]*[a-z]`)
	for key, row := range demoWords {
		for i, words := range row {
			if strings.TrimSpace(words) == "" {
				t.Errorf("%s lacks language %d", key, i)
			}
			if got, want := verbs.FindAllString(words, -1), verbs.FindAllString(row[3], -1); strings.Join(got, "") != strings.Join(want, "") {
				t.Errorf("%s has %v in language %d, want %v", key, got, i, want)
			}
		}
	}
}
