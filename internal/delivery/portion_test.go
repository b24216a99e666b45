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

// A node with a small share of a carrier's budget leaves the rest for others to claim; without a budget it takes whole batches.
func TestPortion(t *testing.T) {
	db := storetest.Open(t, store.SQLite, nil)
	d, err := New(db, Options{Lanes: []Lane{{Channel: buurtbel.SMS, Carrier: "small", Budget: 20}, {Channel: buurtbel.SMS, Carrier: "large", Budget: 2000}, {Channel: buurtbel.SMS, Carrier: "free"}},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	other := store.Node{ID: d.db.Node() + 1, Boot: now, Seen: now, Carriers: map[string]int{"small": 0, "large": 0}}
	d.peers.came = now.Add(-time.Minute)
	check := func(carrier string, claim, most int) {
		t.Helper()
		for _, l := range d.lanes {
			if l.Carrier != carrier {
				continue
			}
			if c, m := l.portion(); c != claim || m != most {
				t.Errorf("%s: claims %d of %d at most, want %d of %d", carrier, c, m, claim, most)
			}
		}
	}
	d.peers.look(nil, now, now)
	check("small", 20, 60)
	check("large", 250, 500)
	check("free", 250, 500)
	d.peers.look([]store.Node{other}, now, now)
	check("small", 10, 30)
	check("large", 250, 500)
	d.peers.came = now // not yet counted by the other: no share, and still one to ask with
	check("small", 1, 3)
}

// contract is a trunk with so many lines that takes no call.
type contract int

func (contract) Send(context.Context, *channel.Message, func(channel.Result)) {}
func (c contract) Window() int                                                { return int(c) }
func (contract) Up() bool                                                     { return true }

// A contract with more lines than one process may have calls under way fills the process and no more: the others' processes have the rest.
func TestMoreLinesThanOneProcessUses(t *testing.T) {
	d, err := New(storetest.Open(t, store.SQLite, nil), Options{Lanes: []Lane{{Channel: buurtbel.Voice, Carrier: "trunk", Sender: contract(5000)}}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	d.peers.came = now.Add(-time.Minute)
	d.peers.look(nil, now, now)
	for under, room := range map[int64]int{0: 250, 250: 250, 450: 50, 500: 0} {
		l := d.lanes[0]
		if l.unsettled.Store(under); l.room() != room {
			t.Errorf("with %d under way: room for %d, want %d", under, l.room(), room)
		}
	}
}
