package app

import (
	"context"
	"time"
)

// watchKeys looks every second whether `keys rotate` has added keys. A sealed value names its key, so that a missing one is looked for at once;
// a link does not, and new values should not be sealed with an old key for longer than that.
func (a *App) watchKeys(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	said := "" // the same complaint is not written every second
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		before := a.ring.ActiveKey()
		err := a.ring.Refresh()
		switch {
		case err == nil && a.ring.ActiveKey() != before:
			a.log.Info("new keys are in use", "key", a.ring.ActiveKey())
			said = ""
		case err == nil:
			said = ""
		case err.Error() != said:
			said = err.Error()
			a.log.Error("read the key ring again; the keys at hand stay in use", "error", err)
		}
	}
}
