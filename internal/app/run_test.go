package app_test

import (
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/app"
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
	case <-time.After(20 * time.Second):
		t.Fatal("it looks alive and delivers nothing")
	}
	if err := a.Close(); err != nil {
		t.Log(err)
	}
}
