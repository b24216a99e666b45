package app_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestCarriersWithTheirOwnNumberAreMarked: by what the configuration says they show, in the log without the number.
func TestCarriersWithTheirOwnNumberAreMarked(t *testing.T) {
	c := &config.Config{}
	c.Store.Folder = filepath.Join(t.TempDir(), "data")
	c.Server.StopTimeout = time.Second
	c.Speech, _ = engine(t)
	for _, one := range []struct{ name, caller, shown string }{{"trunk-cannot", "+3220000111", "+3220000222"}, {"trunk-known", "+3220000111", ""}, {"trunk-other", "+3220000333", ""}} {
		c.Voice = append(c.Voice, config.Voice{Config: sip.Config{Name: one.name, Server: nobody(t), Local: "127.0.0.1", Caller: one.caller, Shown: one.shown}})
	}
	for _, one := range []struct{ name, sender string }{{"sms-code", "8850"}, {"sms-known", "+3220000111"}} {
		c.SMS = append(c.SMS, config.SMS{Type: config.TypeSMPP, Config: smpp.Config{Config: sms.Config{Name: one.name, Sender: one.sender}, Address: nobody(t), SystemID: "x"}})
	}
	var log bytes.Buffer
	options := app.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})), Ring: storetest.Ring(t)}
	a, err := app.Open(t.Context(), c, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.OpenCarriers(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	first := map[string]int{} // the order of each
	for _, h := range a.Dispatcher.Health() {
		if own := h.Carrier != "trunk-known" && h.Carrier != "sms-known"; h.Own != own || h.Shown == "" {
			t.Errorf("%s: marked %t, shows %q", h.Carrier, h.Own, h.Shown)
		}
		first[h.Carrier] = h.Order
	}
	if first["trunk-known"] > min(first["trunk-cannot"], first["trunk-other"]) || first["sms-known"] > first["sms-code"] || first["trunk-cannot"] > first["trunk-other"] {
		t.Errorf("order %v", first)
	}
	run(t, a, func() {})
	said := log.String()
	for _, name := range []string{"trunk-cannot", "trunk-other", "sms-code"} {
		if !strings.Contains(said, "used last") || !strings.Contains(said, "carrier="+name) {
			t.Errorf("%s is not in the log", name)
		}
	}
	if strings.Contains(said, "used last\" channel=voice carrier=trunk-known") || strings.Contains(said, "3220000") {
		t.Errorf("the log says too much:\n%s", said)
	}
}
