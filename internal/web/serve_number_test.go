package web

import (
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/qrcode"
)

// tels are the numbers of a card, in its order.
func tels(card string) (out []string) {
	for _, line := range strings.Split(strings.ReplaceAll(card, "\r\n ", ""), "\r\n") {
		if name, value, _ := strings.Cut(line, ":"); strings.HasPrefix(name, "TEL;") {
			out = append(out, value)
		}
	}
	return out
}

// TestAnybodySavesTheNumber: the page says every number that can call or write, whom to call instead, and gives them as a card and as a code
// that holds the same card.
func TestAnybodySavesTheNumber(t *testing.T) {
	s := found(t)
	b := s.browser()
	at := "/number/" + s.other.String()
	for _, lang := range []string{"nl", "fr", "de", "en"} {
		speaks := func(r *http.Request) { r.Header.Set("Accept-Language", lang) }
		got := b.do(http.MethodGet, at, nil, speaks)
		if got.code != http.StatusOK || !strings.Contains(got.body, `lang="`+lang+`"`) || strings.Contains(got.body, "screen.") || strings.Contains(got.body, "<script src") {
			t.Fatalf("in %s: %d %s", lang, got.code, plainOf(got.body))
		}
		body := html.UnescapeString(got.body)
		for _, piece := range []string{`href="tel:+3220000111"`, `href="sms:8850"`, `href="tel:+3220000222"`, `href="tel:112"`, "Politiezone Elders", at + "/card.vcf", at + "/sheet"} {
			if !strings.Contains(body, piece) {
				t.Errorf("in %s: no %s", lang, piece)
			}
		}
		if i, j := strings.Index(body, "tel:+3220000111"), strings.Index(body, "tel:+3220000222"); i < 0 || i > j {
			t.Errorf("in %s: a carrier's own number comes before the known one", lang)
		}
		card := b.do(http.MethodGet, at+"/card.vcf", nil, speaks)
		if card.code != http.StatusOK || card.header.Get("Content-Type") != "text/vcard; charset=utf-8" || !strings.HasPrefix(card.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the card: %d %v", card.code, card.header)
		}
		if numbers := tels(card.body); !slices.Equal(numbers, []string{"+3220000111", "8850", "+3220000222"}) || !strings.Contains(card.body, "FN:Politiezone Elders\r\n") {
			t.Errorf("the card: %q", card.body)
		}
		for _, page := range []string{at, at + "/sheet"} {
			got := b.do(http.MethodGet, page, nil, speaks)
			if code := codeOf(t, got.body); code != drawn(t, card.body) {
				t.Errorf("%s in %s: the code holds something else than the card", page, lang)
			}
		}
	}
}

var drawing = regexp.MustCompile(`<path fill="black" d="([^"]+)"`)

func codeOf(t *testing.T, page string) string {
	t.Helper()
	found := drawing.FindStringSubmatch(page)
	if found == nil {
		t.Fatal("no code on the page")
	}
	return found[1]
}

func drawn(t *testing.T, text string) string {
	t.Helper()
	svg, err := qrcode.SVG(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return codeOf(t, svg)
}

// TestNumberOfAHostileZone: nothing of a zone's name becomes a part of the page, the drawing or another line of the card.
func TestNumberOfAHostileZone(t *testing.T) {
	s := found(t)
	b := s.browser()
	got := b.get("/number/" + s.zone.String() + "/sheet")
	if got.code != http.StatusOK || strings.Contains(got.body, "<script>alert") || strings.Contains(got.body, "<img src=x") {
		t.Errorf("%d %s", got.code, plainOf(got.body))
	}
	if list := b.get("/number"); !strings.Contains(list.body, "Politiezone Elders") || !strings.Contains(list.body, "/number/"+s.zone.String()) || strings.Contains(list.body, "<script>alert") {
		t.Errorf("the zones: %s", plainOf(list.body))
	}
	if got := b.get("/number/" + s.db.NewID().String() + "/card.vcf"); got.code != http.StatusNotFound {
		t.Errorf("a zone that is not there: %d", got.code)
	}
}

// TestNoNumber: before there is a carrier the page says so, and there is nothing to keep. A sender's name can be read and not be dialled.
func TestNoNumber(t *testing.T) {
	s := found(t)
	for name, c := range map[string]struct {
		callers []buurtbel.Caller
		says    string
	}{
		"no carrier":      {nil, "belt nog niet"},
		"a name for text": {[]buurtbel.Caller{{Shown: "Vlierbeek", Texts: true}}, "er neemt niemand op"},
	} {
		server := httptest.NewServer(New(Options{DB: s.db, Desk: s.desk, Entry: s.gate, Logger: slog.New(slog.DiscardHandler), MaxBody: 64 << 10, Callers: c.callers, Link: "https://alarm.example.org"}).Handler())
		t.Cleanup(server.Close)
		s.server = server
		b := s.browser()
		at := "/number/" + s.other.String()
		got := b.get(at)
		if got.code != http.StatusOK || !strings.Contains(plainOf(got.body), c.says) || strings.Contains(got.body, "card.vcf") || strings.Contains(got.body, "tel:Vlierbeek") {
			t.Errorf("%s: %d %s", name, got.code, plainOf(got.body))
		}
		if card := b.get(at + "/card.vcf"); card.code != http.StatusNotFound {
			t.Errorf("%s: a card: %d", name, card.code)
		}
	}
}

// TestOwnNumberIsMarked: the police see which carrier shows a number of its own, and are told when it is the one that works.
func TestOwnNumberIsMarked(t *testing.T) {
	s := found(t)
	const other = "Berichten per telefoon tonen nu 02 000 02 22"
	put := func(up bool) {
		s.carriers.Store(&[]delivery.Health{{Channel: buurtbel.Voice, Carrier: "trunk-own", Up: true, Trusted: true, Order: 1000, Shown: "+3220000222", Own: true},
			{Channel: buurtbel.Voice, Carrier: "trunk-known", Up: up, Trusted: up, Order: 1, Shown: "+3220000111"}})
	}
	for _, role := range []buurtbel.Role{buurtbel.RoleDispatcher, buurtbel.RoleOfficer} {
		b := s.as(s.people[role])
		put(true)
		got := b.get("/carriers")
		text := plainOf(got.body)
		known, own := strings.Index(text, "trunk-known"), strings.Index(text, "trunk-own")
		if got.code != http.StatusOK || known < 0 || own < known || !strings.Contains(text[own:], "komt het laatst aan de beurt") || strings.Contains(text[:own], "komt het laatst aan de beurt") {
			t.Errorf("%s: %d %s", role, got.code, text)
		}
		if strings.Contains(text, other) {
			t.Errorf("%s: a stand-in while the known one works", role)
		}
		put(false)
		if text := plainOf(b.get("/").body); !strings.Contains(text, other) {
			t.Errorf("%s is not told: %s", role, text)
		}
	}
}
