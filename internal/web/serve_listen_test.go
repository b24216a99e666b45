package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

// Who launches hears first what a call will say: the same words, and nothing is sent by it.
func TestListenBeforeLaunch(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleDispatcher])
	form := s.launchForm()
	if check := b.post("/dispatch/check", form); !strings.Contains(check.body, `formaction="/dispatch/listen"`) {
		t.Error("the page offers no listening")
	}
	got := b.post("/dispatch/listen", form)
	if got.code != http.StatusOK || got.header.Get("Content-Type") != "audio/wav" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", got.code, got.header.Get("Content-Type"))
	}
	for _, want := range []string{"nl: Dit is een dringend bericht van ", "BIN Kerkveld", "Grijze bestelwagen.", "Grijp niet zelf in", "exercise false"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the call does not say %q: %s", want, got.body)
		}
	}
	if n := s.countAlerts(); n != 0 {
		t.Errorf("listening made %d alerts", n)
	}
}
