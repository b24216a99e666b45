package delivery

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// trunk is a carrier of calls that is there or not.
type trunk bool

func (trunk) Send(_ context.Context, _ *channel.Message, settle func(channel.Result)) {
	settle(channel.Result{})
}
func (trunk) Window() int { return 1 }
func (t trunk) Up() bool  { return bool(t) }

// A call that its trunk gave no word to is tried again at once where another trunk is up, and after its pause where there is none or where the trunk
// is well: then it was about the number.
func TestACallThatGotNoWordGoesToTheNextTrunkAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		own, other trunk
		at         bool
	}{"the other is up": {false, true, true}, "none is up": {false, false, false}, "its own is up": {true, true, false}} {
		t.Run(name, func(t *testing.T) {
			d, err := New(storetest.Open(t, store.SQLite, nil), Options{Lanes: []Lane{{Channel: buurtbel.Voice, Carrier: "own", Sender: c.own}, {Channel: buurtbel.Voice, Carrier: "other", Sender: c.other, Order: 1}},
				Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
			if err != nil {
				t.Fatal(err)
			}
			now := time.Now()
			silent := buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable, Temporary: true}
			m := d.lanes[0].sooner(silent, buurtbel.Next(silent, buurtbel.Tries{Channel: buurtbel.Voice, Number: 1, Expires: now.Add(time.Hour)}, now), now)
			if m.State != buurtbel.Queued || m.Due.Equal(now) != c.at {
				t.Errorf("due in %s", m.Due.Sub(now))
			}
		})
	}
}
