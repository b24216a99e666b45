package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestACallerWhoGoesIsNoFault: a write whose caller is gone before the commit did nothing, frees its connection, and is no fault of the program.
func TestACallerWhoGoesIsNoFault(t *testing.T) {
	eachEngine(t, func(t *testing.T, c store.Config) {
		var log bytes.Buffer
		db, err := store.Open(t.Context(), c, store.Options{Ring: storetest.Ring(t), Now: time.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		zone := &buurtbel.Zone{ID: db.NewID(), Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels"}
		for range 20 { // more often than there are connections
			ctx, leave := context.WithCancel(t.Context())
			err := db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
				err := tx.PutZone(zone)
				leave()
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("the write of a caller who is gone: %v", err)
			}
		}
		err = db.Read(t.Context(), buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error { _, err := tx.Zone(); return err })
		if buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("what was never committed is there: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if log.Len() > 0 {
			t.Errorf("logged: %s", &log)
		}
	})
}
