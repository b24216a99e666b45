package alerting

import (
	"context"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// codeLasts is how long after its launch an alert is known by its code. Later the code says nothing any more: what lies in an old telephone
// must not be shown as news.
const codeLasts = 90 * 24 * time.Hour

// codeTries is how many codes are made for one launch before it gives up: one in millions belongs to another alert already.
const codeTries = 4

// settingOfDraft is setting with the code that the draft's launch will carry, because the preview shows the text that goes out, and with who
// wishes no exercises when it is one.
func (d *Desk) settingOfDraft(ctx context.Context, zone buurtbel.ID, draft *Draft) (*setting, error) {
	s, err := d.setting(ctx, zone, draft.Networks)
	if err != nil {
		return nil, err
	}
	err = d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if draft.Exercise {
			if s.out, err = tx.OutOfExercises(); err != nil {
				return err
			}
		}
		for try := range codeTries {
			s.code = token.AlertCode(d.db.Ring(), zone, draft.Key, try)
			_, taken, err := tx.AlertByCode(s.code)
			if err != nil || !taken {
				return err
			}
		}
		return nil
	})
	return s, err
}

// checkAt is where a code is checked, as people type it.
func (d *Desk) checkAt() string {
	_, address, found := strings.Cut(d.o.Link, "://")
	if !found {
		address = d.o.Link
	}
	return strings.TrimSuffix(address, "/") + "/check"
}

// Known tells what anybody may learn of an alert by its code, in one spelling: that it is real, from whom and when. An alert that never went
// out, or did so too long ago, is not known.
//
// Error: error.code.unknown (NotFound).
func (d *Desk) Known(ctx context.Context, code string) (*locale.Verdict, error) {
	unknown := buurtbel.Fail(buurtbel.NotFound, "error.code.unknown", nil)
	var place store.CodePlace
	known := false
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		place, known, err = tx.AlertByCode(code)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !known || place.At.Add(codeLasts).Before(d.db.Now()) {
		return nil, unknown
	}
	v := &locale.Verdict{At: place.At}
	err = d.db.Read(ctx, buurtbel.Scope{Zone: place.Zone}, func(tx *store.Tx) error {
		a, err := tx.Alert(place.Alert)
		if err != nil {
			return err
		}
		if a.State == buurtbel.AlertWaiting || a.State == buurtbel.AlertRefused {
			return unknown
		}
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		v.Source, v.Exercise, v.Stopped = z.Name, a.Exercise, a.State == buurtbel.AlertStopped
		if v.Place, err = z.Location(); err != nil {
			return err
		}
		messages, err := tx.MessagesOf(a.ID)
		for _, m := range messages {
			v.Corrected = v.Corrected || m.Kind == buurtbel.KindCorrection
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}
