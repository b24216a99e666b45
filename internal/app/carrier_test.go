package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
)

// TestCarriersBesidePages: what carriers bring goes past the pages, everything else to them.
func TestCarriersBesidePages(t *testing.T) {
	c := gateway.Config{Config: sms.Config{Name: "carrier-a", Sender: "8850"}, URL: "https://sms.example.org/", Body: `{"t":{{json .Text}}}`, PathSecret: "0123456789abcdef",
		Incoming: gateway.Texts{From: "/from", Text: "/text"}}
	arrived := 0
	g, err := gateway.Open(t.Context(), c, gateway.Options{Arrive: func(_ channel.Event, stored func(error)) { arrived++; stored(nil) }})
	if err != nil {
		t.Fatal(err)
	}
	a := &App{gateways: []*gateway.Gateway{g}}
	handler := a.beside(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for path, want := range map[string]int{
		"/carriers/carrier-a/0123456789abcdef/texts": 200, "/carriers/carrier-a/0123456789abcdeg/texts": 404, "/carriers/": 404, "/": 418, "/dispatch": 418,
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(`{"from":"32455000001","text":"1"}`)))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if arrived != 1 {
		t.Errorf("%d texts", arrived)
	}
	if err := g.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
