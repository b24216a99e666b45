package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/config"
)

// block is one fenced block of the page, by the words after its fence.
var block = regexp.MustCompile("(?s)\n```([^\n]+)\n(.*?)\n```\n")

// page reads the blocks of the operators' page. Several with the same words follow each other.
func page(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/operating/gateways.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string][]string{}
	for _, found := range block.FindAllStringSubmatch(string(text), -1) {
		blocks[found[1]] = append(blocks[found[1]], found[2])
	}
	return blocks
}

// carriers loads the two examples, with their hosts replaced.
func carriers(t *testing.T, blocks map[string][]string, address string) map[string]gateway.Config {
	t.Helper()
	text := strings.Join(blocks["toml"], "\n")
	if address != "" {
		text = regexp.MustCompile(`https://[a-z]+\.[a-z]+\.example\.org`).ReplaceAllString(text, "http://"+address)
	}
	path := filepath.Join(t.TempDir(), "buurtbel.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]gateway.Config{}
	for _, one := range c.SMS {
		all[one.Name] = one.Gateway()
	}
	if len(all) != 2 {
		t.Fatalf("%d examples", len(all))
	}
	return all
}

var docsNow = time.Unix(1893553445, 0)

// TestDocsMessages sends a message through each example and compares what the provider gets with the page, octet by octet.
func TestDocsMessages(t *testing.T) {
	blocks := page(t)
	for name, answer := range map[string]string{"vlinderpost": `{"messages":[{"id":"vp-1"}]}`, "zwaluw": "OK 5fa3\n"} {
		p := startProvider(t)
		p.misbehave(says(200, answer))
		g := start(t, carriers(t, blocks, p.address)[name], gateway.Options{Now: func() time.Time { return docsNow }})
		got := send(t, g, &channel.Message{Delivery: 1, Attempt: 2, To: "+32455000001", Expires: docsNow.Add(time.Hour),
			Content: &channel.Content{Text: "Politiezone Vlierbeek: inbraak bezig, \"Kerkstraat\" & omgeving.\nBel 101."}})
		want := channel.Result{Refs: []string{map[string]string{"vlinderpost": "vp-1", "zwaluw": "5fa3/1"}[name]}, Parts: 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(strings.Join(blocks["http "+name+" message"], ""), p.requests[0].String()); diff != "" {
			t.Errorf("%s (-page +sent)\n%s\n%s", name, diff, p.requests[0])
		}
	}
}

// String writes a request as the page does: without what every request has.
func (r received) String() string {
	lines := []string{r.method + " " + r.uri + " HTTP/1.1"}
	for name, values := range r.header {
		if name != "User-Agent" && name != "Content-Length" {
			lines = append(lines, name+": "+values[0])
		}
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n\n" + r.body
}

// TestDocsIncoming brings what the page shows, and compares what Buurtbel makes of it.
func TestDocsIncoming(t *testing.T) {
	blocks := page(t)
	for name, kind := range map[string]string{"vlinderpost": "events", "zwaluw": "receipts"} {
		var b basket
		g := start(t, carriers(t, blocks, "")[name], gateway.Options{Arrive: b.arrive, Now: func() time.Time { return docsNow }})
		w := httptest.NewRecorder()
		gateway.Doors([]*gateway.Gateway{g}).ServeHTTP(w, asRequest(t, strings.Join(blocks["http "+name+" "+kind], "")))
		if w.Code != 200 {
			t.Errorf("%s: %d", name, w.Code)
		}
		lines := make([]string, len(b.events))
		for i, e := range b.events {
			line, err := json.Marshal(gateway.InspectEvent(e))
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = string(line)
		}
		got := "[" + strings.Join(lines, ",\n ") + "]"
		if diff := cmp.Diff(strings.Join(blocks["json "+name], ""), got); diff != "" {
			t.Errorf("%s (-page +made)\n%s\n%s", name, diff, got)
		}
	}
}

// asRequest reads a request as the page shows it.
func asRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	head, body, ok := strings.Cut(text, "\n\n")
	if !ok {
		head, body = strings.TrimSpace(text), ""
	}
	raw := fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", strings.ReplaceAll(head, "\n", "\r\n"), len(body), body)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDocsSignature: a changed body is refused.
func TestDocsSignature(t *testing.T) {
	blocks := page(t)
	var b basket
	g := start(t, carriers(t, blocks, "")["vlinderpost"], gateway.Options{Arrive: b.arrive, Now: func() time.Time { return docsNow }})
	w := httptest.NewRecorder()
	gateway.Doors([]*gateway.Gateway{g}).ServeHTTP(w, asRequest(t, strings.Replace(blocks["http vlinderpost events"][0], "vp-1", "vp-9", 1)))
	if w.Code != http.StatusUnauthorized || len(b.events) > 0 {
		t.Error(w.Code, len(b.events))
	}
}
