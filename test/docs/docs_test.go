// Package docs holds the tests of what is written for people: links that lead somewhere, decisions in order, statuses from the list.
package docs

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

const top = "../.."

// page is one Markdown file.
type page struct {
	path string // from the top
	text string // without fenced code
}

var fence = regexp.MustCompile("(?ms)^```.*?^```\\s*$")

func pages(t *testing.T) []page {
	t.Helper()
	var found []page
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != top && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(top, path)
		found = append(found, page{filepath.ToSlash(inside), fence.ReplaceAllString(string(text), "")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 5 {
		t.Fatalf("only %d pages found: the test looks in the wrong place", len(found))
	}
	return found
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)

func TestLinks(t *testing.T) {
	all := pages(t)
	for _, p := range all {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			target := m[1] + m[2]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			name, anchor, _ := strings.Cut(target, "#")
			whole := p.path
			if name != "" {
				whole = filepath.ToSlash(filepath.Join(filepath.Dir(p.path), name))
			}
			if _, err := os.Stat(filepath.Join(top, whole)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", p.path, target)
				continue
			}
			i := slices.IndexFunc(all, func(q page) bool { return q.path == whole })
			if anchor != "" && i >= 0 && !slices.Contains(anchors(all[i].text), anchor) {
				t.Errorf("%s: the link %s names a heading that %s has not", p.path, target, whole)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)

// anchors gives the names that a forge makes of the headings.
func anchors(text string) []string {
	var names []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, strings.TrimSpace(m[1])))
	}
	return names
}

var decisionName = regexp.MustCompile(`^docs/decisions/(\d{4})-[a-z0-9-]+\.md$`)

// TestDecisions wants them numbered without a hole, all with the parts of the template, and all in the list.
func TestDecisions(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(top, "docs/decisions/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	for _, p := range pages(t) {
		m := decisionName.FindStringSubmatch(p.path)
		if m == nil {
			if strings.HasPrefix(p.path, "docs/decisions/") && !slices.Contains([]string{"docs/decisions/README.md", "docs/decisions/template.md"}, p.path) {
				t.Errorf("%s: a decision is named NNNN-some-words.md", p.path)
			}
			continue
		}
		if other := numbers[m[1]]; other != "" {
			t.Errorf("%s and %s have the same number", p.path, other)
		}
		numbers[m[1]] = p.path
		for _, part := range []string{"\n## Situation\n", "\n## Decision\n", "\n## What it costs\n"} {
			if !strings.Contains(p.text, part) {
				t.Errorf("%s has no part %q", p.path, strings.TrimSpace(part))
			}
		}
		if !strings.Contains(string(index), "("+filepath.Base(p.path)+")") {
			t.Errorf("%s is not in docs/decisions/README.md", p.path)
		}
	}
	for i, number := range slices.Sorted(maps.Keys(numbers)) {
		if want := fmt.Sprintf("%04d", i+1); number != want {
			t.Errorf("decision %s is missing: the next is %s", want, number)
			return
		}
	}
}

var statuses = []string{"yes", "partly", "planned", "no", "n/a"}

// TestStandards reads the tables of docs/standards.md: the last but one column is a status.
func TestStandards(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(top, "docs/standards.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| clause") || strings.HasPrefix(line, "| word") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		rows++
		if status := strings.TrimSpace(cells[len(cells)-2]); len(cells) != 4 || !slices.Contains(statuses, status) {
			t.Errorf("status %q is not one of %q, or not four columns: %s", status, statuses, line)
		}
	}
	if rows < 20 {
		t.Errorf("only %d clauses found", rows)
	}
}
