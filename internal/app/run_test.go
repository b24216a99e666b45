package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestRunEndsWhenNothingCanBeDelivered: a program whose dispatcher cannot begin ends with the reason, so that who watches it starts it anew.
func TestRunEndsWhenNothingCanBeDelivered(t *testing.T) {
	c := &config.Config{}
	c.Store.Folder = filepath.Join(t.TempDir(), "data")
	c.Server.StopTimeout = time.Second
	options := app.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Ring: storetest.Ring(t)}
	a, err := app.Open(t.Context(), c, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.OpenCarriers(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if err := a.DB.Close(); err != nil { // the store is gone
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context()) }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended without a reason")
		}
	case <-time.After(40 * time.Second):
		t.Fatal("it looks alive and delivers nothing")
	}
	if err := a.Close(); err != nil {
		t.Log(err)
	}
}

// TestLimitsOfCarriersOfTwoTypes: what a carrier allows a second is told to that carrier, whatever types stand before it in the configuration.
func TestLimitsOfCarriersOfTwoTypes(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	c := &config.Config{}
	c.Store.Folder, c.Server.StopTimeout = filepath.Join(t.TempDir(), "data"), 2*time.Second
	c.SMS = []config.SMS{
		{Type: config.TypeHTTP, Config: smpp.Config{Config: sms.Config{Name: "carrier-a", Sender: "8850"}, MaxPerSecond: 20},
			HTTP: gateway.Config{URL: "http://" + nobody.Addr().String() + "/", Body: `{"t":{{json .Text}}}`, PathSecret: "0123456789abcdef"}},
		{Config: smpp.Config{Config: sms.Config{Name: "carrier-b", Sender: "8850"}, Address: nobody.Addr().String(), SystemID: "x", Password: "x", MaxPerSecond: 30}},
	}
	options := app.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Ring: storetest.Ring(t)}
	a, err := app.Open(t.Context(), c, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.OpenCarriers(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second) // limits are shared anew four times a second
	defer stop()
	if err := a.Run(ctx); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
