// Package alerting is what police do with an alert: check it before it goes out, launch it, stop and correct it, and tell how it ended.
//
// A launch stores an intent in one short transaction: alert, frozen audience and the first recipients; the rest follows in slices while the
// first are already being sent. The package sends nothing itself (delivery does) and never holds an alert back for money.
package alerting

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Slice is how many recipients one transaction plans.
const Slice = 500

// firstSlice is how many of them the launch itself plans: few, so that the first are soon handed over; the others follow at once.
const firstSlice = 100

// Carrier is what the texts need to know of the SMS carriers, taken together.
type Carrier struct {
	Price  int64 // of one part, in 1/10000 euro
	Minute int64 // of one minute of a call begun, likewise
	Answer bool  // the sender can be answered and texts may say so; a sender that cannot never carries "answer 1" or STOP
	Link   bool  // an acknowledgement link may go in an SMS
}

// Options are what the verb needs.
type Options struct {
	Channels []buurtbel.Channel
	Carrier  Carrier
	Calendar func(z *buurtbel.Zone) (buurtbel.Calendar, error)
	// Within gives the members of a zone who live or work in an area, in order. It catches up with what the store holds first.
	Within func(ctx context.Context, zone buurtbel.ID, area buurtbel.Area) ([]buurtbel.ID, error)
	// Places gives the zone's own street, district and shop names.
	Places func(ctx context.Context, zone buurtbel.ID) (*wording.Places, error)
	Link   string // address of our pages, such as "https://alarm.example.org"
	Logger *slog.Logger
}

// Desk does the verbs.
type Desk struct {
	db     *store.DB
	o      Options
	passes map[buurtbel.ID]pass // of following messages; only Expand touches it
	frozen *frozen              // of the message that is being expanded; only Expand touches it
	lately forecasts
}

// New makes a Desk.
func New(db *store.DB, o Options) *Desk {
	return &Desk{db: db, o: o, passes: map[buurtbel.ID]pass{}}
}

// Draft is an alert that is being made ready.
type Draft struct {
	Key      string // idempotency key; made with the form
	Fact     buurtbel.Fact
	Priority buurtbel.Priority
	Exercise bool
	Title    map[buurtbel.Language]string // subject of the mails; empty: the fact's name
	Texts    map[buurtbel.Language]string // what police say, without the frame
	Networks []buurtbel.ID
	Area     buurtbel.Area // drawn; nil: all of the networks
	LeaveOut []Address     // scene, suspect, victim: no telephone may ring there
	Valid    time.Duration // from the launch on
	Missing  *wording.Permission
	OffPlan  string // written reason for departing from the plan
	Unwise   string // written reason for going on in spite of warnings
	Asked    buurtbel.Asked
	// Also runs in the transaction of the launch, if it is not nil: what must hold with it, or nothing goes out.
	Also func(tx *store.Tx, alert buurtbel.ID) error
}

// Address is a home that is left out. An empty Box leaves out the whole house.
type Address struct {
	Street, Number, Box string
}

// setting is what a check or a launch reads once.
type setting struct {
	zone     *buurtbel.Zone
	country  buurtbel.Country
	loc      *time.Location
	lines    []buurtbel.Line
	networks []*buurtbel.Network // those of the draft
	all      []*buurtbel.Network // of the zone; only from settingOfAll
	places   *wording.Places
	out      []buurtbel.ID // of an exercise: who wishes none, in order
	code     string        // of the alert that is checked, launched or followed; "": it has none
}

func (d *Desk) setting(ctx context.Context, zone buurtbel.ID, networks []buurtbel.ID) (*setting, error) {
	s := &setting{}
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if s.zone, err = tx.Zone(); err != nil {
			return err
		}
		s.networks, err = tx.NetworksOf(networks)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(s.networks) != len(slices.Compact(slices.Sorted(slices.Values(networks)))) {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if s.country, err = buurtbel.CountryProfile(s.zone.Country); err != nil {
		return nil, err
	}
	if s.loc, err = s.zone.Location(); err != nil {
		return nil, err
	}
	if s.lines, err = s.zone.EmergencyLines(); err != nil {
		return nil, err
	}
	if d.o.Places != nil {
		s.places, err = d.o.Places(ctx, zone)
	}
	return s, err
}

// settingOfAll is setting with every network of the zone, for reports that name many.
func (d *Desk) settingOfAll(ctx context.Context, zone buurtbel.ID) (*setting, error) {
	s, err := d.setting(ctx, zone, nil)
	if err != nil {
		return nil, err
	}
	err = d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		s.all, err = tx.Networks()
		return err
	})
	return s, err
}

func find(all []*buurtbel.Network, id buurtbel.ID) *buurtbel.Network {
	for _, n := range all {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// line is the number that members are told to call.
func (s *setting) line() string {
	if len(s.lines) == 0 {
		return ""
	}
	return s.lines[0].Number
}

func (s *setting) numbers() []string {
	out := make([]string, len(s.lines))
	for i, l := range s.lines {
		out[i] = l.Number
	}
	return out
}

// regimes lists the regimes of the draft's networks, each once, in order.
func (s *setting) regimes() []buurtbel.Regime {
	var out []buurtbel.Regime
	seen := map[string]bool{}
	for _, n := range s.networks {
		if !seen[n.Regime.String()] {
			seen[n.Regime.String()] = true
			out = append(out, n.Regime)
		}
	}
	return out
}
