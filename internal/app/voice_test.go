package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/channel/voice/speech"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// engine is a speech engine that tells which texts it was given.
func engine(t *testing.T) (speech.Config, <-chan string) {
	said := make(chan string, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		said <- string(text)
		tone := make(voice.Audio, voice.Rate/4)
		for i := range tone {
			tone[i] = int16(8000 * (i/4%2*2 - 1))
		}
		if _, err := w.Write(speech.WAV(tone)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return speech.Config{Kind: speech.HTTP, URL: server.URL, Format: "text", Body: "{text}"}, said
}

// nobody is an address at which nobody answers.
func nobody(t *testing.T) string {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return socket.LocalAddr().String()
}

// open opens a program with its carriers, and a zone with a network of each regime.
func open(t *testing.T, c *config.Config, regimes ...buurtbel.Regime) *app.App {
	c.Store.Folder = filepath.Join(t.TempDir(), "data")
	c.Server.StopTimeout = time.Second
	options := app.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Ring: storetest.Ring(t)}
	a, err := app.Open(t.Context(), c, options)
	if err != nil {
		t.Fatal(err)
	}
	zone := a.DB.NewID()
	err = a.DB.Write(t.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.PutZone(&buurtbel.Zone{ID: zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels"}); err != nil {
			return err
		}
		for i, r := range regimes {
			n := &buurtbel.Network{ID: zone + buurtbel.ID(i) + 1, Zone: zone, Kind: buurtbel.Residents, Name: "BIN " + r.String(), Regime: r}
			if err := tx.PutNetwork(n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.OpenCarriers(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	return a
}

// run works until the test has seen what it wanted.
func run(t *testing.T, a *app.App, seen func()) {
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	seen()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestSpokenBeforeTheFirstCall: what every call says, in the languages of each network, and what who calls back hears, is made when the program
// begins.
func TestSpokenBeforeTheFirstCall(t *testing.T) {
	c := &config.Config{}
	var said <-chan string
	c.Speech, said = engine(t)
	c.Voice = []config.Voice{{Config: sip.Config{Name: "trunk-a", Server: nobody(t), Local: "127.0.0.1", Caller: "+3220000111"}}}
	a := open(t, c, buurtbel.Regime{buurtbel.Dutch}, buurtbel.Regime{buurtbel.French, buurtbel.Dutch})
	run(t, a, func() {
		missing := []string{"Er neemt hier niemand op", "bevestigen dat u dit gehoord hebt", "Vous restez membre"} // who is called back, and the keys
		for len(missing) > 0 {
			select {
			case text := <-said:
				missing = slices.DeleteFunc(missing, func(piece string) bool { return strings.Contains(text, piece) })
			case <-time.After(40 * time.Second):
				t.Errorf("nobody said %q", missing)
				return
			}
		}
	})
}
