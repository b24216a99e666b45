//go:build lighthouse

package browser_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/web"
)

// A part of what Lighthouse says is a speed, which no test of the whole may depend on, so it is asked for by name:
// go test -tags lighthouse ./test/browser -run Lighthouse.
//
// TestPublicPagesInLighthouse takes every open route of the server's table that needs no link of one's own: at least 95 for speed on a slow
// telephone, for accessibility, for practice and for being found. A page that asks search engines to leave it out is not asked why. BUURTBEL_PAGES is a
// pattern of the paths to take, for a machine that is quiet for a minute only.
func TestPublicPagesInLighthouse(t *testing.T) {
	h := found(t, 60)
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node", "apt-get install nodejs")
	}
	peers, err := filepath.Abs(filepath.Join("..", "..", ".peers"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(peers, "node_modules", "lighthouse")); err != nil {
		missing(t, "lighthouse", "scripts/peers")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{house: h, people: map[buurtbel.Role]*guest{}}
	who := g.comes(nobody, buurtbel.Dutch)
	type asked struct {
		URL    string `json:"url"`
		Hidden bool   `json:"hidden"`
	}
	var list []asked
	only, err := regexp.Compile(os.Getenv("BUURTBEL_PAGES"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range web.Table() {
		if r.Method != http.MethodGet || !r.Open || strings.Contains(r.Path, "{token}") || strings.HasPrefix(r.Path, "/looks") {
			continue
		}
		for _, path := range g.objects.paths(g, r.Path) {
			if !only.MatchString(path) {
				continue
			}
			if status, html := g.fetch(who, http.MethodGet, path); status == http.StatusOK && html != "" {
				list = append(list, asked{h.url + path, strings.Contains(html, `name="robots" content="noindex"`)})
			}
		}
	}
	if len(list) == 0 {
		t.Fatal("there is no public page")
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "lighthouse.mjs"), peers, chromium)
	var says, complains bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(data), &says, &complains
	if err := cmd.Run(); err != nil {
		t.Fatalf("lighthouse: %v\n%s", err, complains.String())
	}
	seen := 0
	for line := range strings.Lines(says.String()) {
		var got struct {
			URL    string
			Scores map[string]int
			Why    []string
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen++
		t.Logf("%s %v", strings.TrimPrefix(got.URL, h.url), got.Scores)
		for _, name := range []string{"performance", "accessibility", "best-practices", "seo"} {
			if got.Scores[name] < 95 {
				t.Errorf("%s: %s %d, needs 95\n%s", strings.TrimPrefix(got.URL, h.url), name, got.Scores[name], strings.Join(got.Why, "\n"))
			}
		}
	}
	if seen != len(list) {
		t.Errorf("%d pages of %d were looked at", seen, len(list))
	}
}
