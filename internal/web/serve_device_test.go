package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// aSubscription has the base point of P-256 as its key.
const aSubscription = `{"endpoint":"https://push.example.org/one","keys":{"p256dh":"` + pushKey + `","auth":"AAECAwQFBgcICQoLDA0ODw"}}`

var deviceLink = regexp.MustCompile(`href="(/device/[0-9A-Za-z_-]{39})"`)

// said reads an answer to a script.
func (g got) said(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	if err := json.Unmarshal([]byte(g.body), &out); err != nil {
		t.Fatalf("%d %s: %v", g.code, g.body, err)
	}
	return out
}

func scripted(r *http.Request) { r.Header.Set("Accept", "application/json") }

// TestADeviceWithoutSigningIn goes from the text on the telephone to a device and away again.
func TestADeviceWithoutSigningIn(t *testing.T) {
	s := found(t)
	s.alerts()
	var delivery buurtbel.ID
	s.until("a text on a telephone", func() bool {
		m, ok := s.sms.last(numberOf(0), "inbraak")
		delivery = m.Delivery
		return ok
	})
	b := s.browser()
	page := b.get("/h/" + token.Sign(s.db.Ring(), token.Heard, delivery))
	found := deviceLink.FindStringSubmatch(page.body)
	if page.code != http.StatusOK || found == nil {
		t.Fatalf("%d: no way to a device", page.code)
	}
	link := found[1]
	shown := b.get(link)
	if shown.code != http.StatusOK || !strings.Contains(shown.body, `data-key="`+pushKey+`"`) || !strings.Contains(shown.body, "Politiezone Vlierbeek") {
		t.Fatalf("%d %s", shown.code, shown.body)
	}
	refused := b.do(http.MethodPost, link, url.Values{"subscription": {"{}"}}, scripted)
	if refused.code != http.StatusUnprocessableEntity || refused.said(t)["error"] == "" {
		t.Errorf("%d %s", refused.code, refused.body)
	}
	added := b.do(http.MethodPost, link, url.Values{"subscription": {aSubscription}, "language": {"fr"}}, scripted)
	own := added.said(t)["own"]
	if added.code != http.StatusOK || own == "" || !strings.Contains(added.header.Get("Set-Cookie"), "language=fr") {
		t.Fatalf("%d %s %s", added.code, added.body, added.header.Get("Set-Cookie"))
	}
	if n := s.browsers(s.members[0]); n != 1 {
		t.Fatalf("%d browsers", n)
	}
	listed := regexp.MustCompile(`name="device" value="([^"]+)"`).FindStringSubmatch(b.get(link).body)
	if listed == nil {
		t.Fatal("the device is in no list")
	}
	if got := b.do(http.MethodPost, "/devices/remove", url.Values{"device": {own}}, scripted); got.code != http.StatusOK || s.browsers(s.members[0]) != 0 {
		t.Errorf("%d, %d browsers", got.code, s.browsers(s.members[0]))
	}
	if got := b.do(http.MethodPost, "/devices/renew", url.Values{"device": {own}, "subscription": {aSubscription}}, scripted); got.code != http.StatusNotFound {
		t.Errorf("a removed device came back by itself: %d", got.code)
	}
	b.do(http.MethodPost, link, url.Values{"subscription": {aSubscription}}, scripted)
	again := regexp.MustCompile(`name="device" value="([^"]+)"`).FindStringSubmatch(b.get(link).body)
	if again == nil || b.post(link+"/remove", url.Values{"device": {again[1]}}).code != http.StatusOK || s.browsers(s.members[0]) != 0 {
		t.Error("not removed from the list")
	}
}

func (s *site) browsers(member buurtbel.ID) (n int) {
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.BrowsersOf(member)
		n = len(list)
		return err
	})
	return n
}

// TestTheAppTellsNothing: what is kept on a device for everybody holds nobody's data.
func TestTheAppTellsNothing(t *testing.T) {
	s := found(t)
	b := s.browser()
	if got := b.get("/app?join=" + url.QueryEscape(hostile)); strings.Contains(got.body, "alert(1)") || !strings.Contains(got.body, `data-join=""`) {
		t.Error("a join that is no token is taken")
	}
	join := token.SignUntil(s.db.Ring(), token.Device, s.members[0], time.Now().Add(time.Hour))
	if got := b.get("/app?join=" + join); strings.Contains(got.body, "Vlierbeek") || !strings.Contains(got.body, `data-join="`+join+`"`) {
		t.Error("the app's page names somebody, or cannot be joined")
	}
	var m struct {
		ID    string `json:"id"`
		Start string `json:"start_url"`
		Icons []struct{ Src, Sizes string }
	}
	for path, start := range map[string]string{"/manifest/de": "/app", "/manifest/nl?join=" + join: "/app?join=" + join, "/manifest/en?join=//elsewhere": "/app"} {
		got := b.get(path)
		if err := json.Unmarshal([]byte(got.body), &m); err != nil || m.ID != "/app" || m.Start != start || !strings.HasPrefix(got.header.Get("Content-Type"), "application/manifest+json") {
			t.Errorf("%s: %v %+v", path, err, m)
		}
	}
	for _, icon := range m.Icons {
		if got := b.get(icon.Src); got.code != http.StatusOK || got.header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s", icon.Src, got.code, got.header.Get("Content-Type"))
		}
	}
	if got := b.get("/manifest/xx"); got.code != http.StatusNotFound {
		t.Errorf("a language that we do not speak: %d", got.code)
	}
}

func TestTheWorkerHasWhatItNames(t *testing.T) {
	s := found(t)
	b := s.browser()
	worker := b.get("/worker.js")
	if worker.code != http.StatusOK || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") || worker.header.Get("Cache-Control") != "no-cache" ||
		!strings.Contains(worker.header.Get("Content-Security-Policy"), "connect-src 'self'") {
		t.Fatalf("%d %v", worker.code, worker.header)
	}
	if strings.Contains(worker.body, "\nexport ") || strings.Contains(worker.body, "import ") {
		t.Error("a worker is no module everywhere")
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(worker.body, "const SITE = "), ";\n")
	var site workerSite
	if err := json.Unmarshal([]byte(first), &site); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(site.Shell, site.Icon, site.Badge) {
		if got := b.get(path); got.code != http.StatusOK {
			t.Errorf("%s: %d: the worker would not install", path, got.code)
		}
	}
	for _, lang := range buurtbel.Languages {
		for _, word := range []string{"do", "heard", "over", "waiting", "unknown"} {
			if w := site.Words[lang][word]; w == "" || strings.HasPrefix(w, "screen.") {
				t.Errorf("%s in %s: %q", word, lang, w)
			}
		}
	}
}

// TestWithoutAKeyThereIsNoApp: where no messages go to browsers, nothing offers them.
func TestWithoutAKeyThereIsNoApp(t *testing.T) {
	s := found(t)
	other := *s
	other.server = httptest.NewServer(New(Options{DB: s.db, Desk: s.desk, Entry: s.gate, MaxBody: 64 << 10}).Handler())
	t.Cleanup(other.server.Close)
	b := other.browser()
	for _, path := range []string{"/app", "/worker.js", "/manifest/nl", "/device/" + token.SignUntil(s.db.Ring(), token.Device, s.members[0], time.Now().Add(time.Hour))} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.code)
		}
	}
}
