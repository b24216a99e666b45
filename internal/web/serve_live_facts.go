package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

func isUnsupported(err error) bool { return errors.Is(err, http.ErrNotSupported) }

// liveFacts is what every viewer of an alert sees, before it is put into words. It holds no name, number or address.
type liveFacts struct {
	zone     *buurtbel.Zone
	loc      *time.Location
	at       time.Time // when it was read
	alert    *buurtbel.Alert
	networks []*buurtbel.Network
	messages []liveMessage // the launch first
	progress *store.Progress
	step     time.Duration
	gaps     []gapFact
	texts    []textFact
	open     bool                // a message of it is not finished
	asked    *store.Confirmation // of an alert that waits or waited for a second person
	debt     *buurtbel.Debt
}

type liveMessage struct {
	*buurtbel.Message
	tally *store.Tally
}

// gapFact is one street, or one network where the street may not be named, with the members who were not reached for one reason.
type gapFact struct {
	where  string
	state  buurtbel.DeliveryState
	reason buurtbel.Reason
	n      int
	next   time.Time // the earliest next try; zero: none
}

type textFact struct {
	id     buurtbel.ID
	at     time.Time
	from   string // street or network; "" when the sender is not known here
	text   string
	urgent bool
	seen   bool
}

// mostMissed is how many members are looked at for the list of streets that were not reached.
const mostMissed = 5000

// over tells whether nothing of the alert can change any more.
func (f *liveFacts) over() bool { return f.stage() == "over" }

// stage is which page the alert has: waiting for a second person, on its way, or over.
func (f *liveFacts) stage() string {
	switch {
	case f.alert.State == buurtbel.AlertWaiting:
		return "waiting"
	case f.alert.State == buurtbel.AlertRunning || f.open && f.alert.State != buurtbel.AlertRefused:
		return "going"
	}
	return "over"
}

// launch gives the message of the alert itself.
func (f *liveFacts) launch() *liveMessage {
	if len(f.messages) == 0 {
		return &liveMessage{&buurtbel.Message{}, &store.Tally{}}
	}
	return &f.messages[0]
}

// readLive reads everything that the live page of an alert shows. The right was asked by who begins to watch.
func (s *Server) readLive(ctx context.Context, zone, alert buurtbel.ID) (*liveFacts, error) {
	z, err := s.homes.in(ctx, s.o.DB, zone)
	if err != nil {
		return nil, err
	}
	f := &liveFacts{}
	err = s.o.DB.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return f.read(tx, alert, z) })
	if err != nil {
		return nil, err
	}
	f.loc, err = f.zone.Location()
	return f, err
}

func (f *liveFacts) read(tx *store.Tx, alert buurtbel.ID, z *zoneHomes) error {
	var err error
	f.at = tx.Now()
	if f.alert, err = tx.Alert(alert); err != nil {
		return err
	}
	if f.zone, err = tx.Zone(); err != nil {
		return err
	}
	if f.networks, err = tx.Networks(); err != nil {
		return err
	}
	messages, err := tx.MessagesOf(alert)
	if err != nil {
		return err
	}
	for _, m := range messages {
		tally, err := tx.Tally(m.ID)
		if err != nil {
			return err
		}
		f.messages = append(f.messages, liveMessage{m, tally})
	}
	if f.open, err = tx.AlertOpen(alert); err != nil {
		return err
	}
	if err := f.readAsked(tx); err != nil {
		return err
	}
	if debt, owed, err := tx.Debt(alert); err != nil {
		return err
	} else if owed {
		f.debt = &debt
	}
	return f.readMembers(tx, z)
}

func (f *liveFacts) readAsked(tx *store.Tx) error {
	asked, err := tx.Confirmation(f.alert.ID)
	if buurtbel.KindOf(err) == buurtbel.NotFound && err != nil {
		return nil
	}
	f.asked = &asked
	return err
}

func (f *liveFacts) readMembers(tx *store.Tx, z *zoneHomes) error {
	start := f.started()
	f.step = stepFor(f.at.Sub(start))
	var err error
	if f.progress, err = tx.Progress(f.launch().ID, start, f.step); err != nil {
		return err
	}
	missed, err := tx.Missed(f.launch().ID, mostMissed)
	if err != nil {
		return err
	}
	f.group(missed, z)
	texts, err := tx.TextsOf(f.alert.ID, 50)
	if err != nil {
		return err
	}
	for _, in := range texts {
		f.texts = append(f.texts, textFact{id: in.ID, at: in.At, from: f.origin(in.Member, z), text: in.Body, urgent: urgent(in.Body), seen: in.State == "seen"})
	}
	return nil
}

// started is when the first could go out: the launch, or when the second person answered.
func (f *liveFacts) started() time.Time {
	if f.asked != nil && !f.asked.Answered.IsZero() {
		return f.asked.Answered
	}
	return f.alert.At
}

// stepFor keeps the curve to some hundred points: a second at first, minutes after an hour.
func stepFor(age time.Duration) time.Duration {
	for _, step := range []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute} {
		if age <= 120*step {
			return step
		}
	}
	return 2 * time.Hour
}

// origin names the street of a member when enough member homes are in it, else the network (rule 4).
func (f *liveFacts) origin(member buurtbel.ID, z *zoneHomes) string {
	home, known := z.of[member]
	if !known {
		return ""
	}
	if home.street.named() {
		return home.street.name
	}
	return f.networkName(home.network)
}

func (f *liveFacts) networkName(id buurtbel.ID) string {
	for _, n := range f.networks {
		if n.ID == id {
			return n.Name
		}
	}
	return f.zone.Name
}

func (f *liveFacts) group(missed []store.Missed, z *zoneHomes) {
	type key struct {
		where  string
		state  buurtbel.DeliveryState
		reason buurtbel.Reason
	}
	at := map[key]int{}
	for _, m := range missed {
		where := f.origin(m.Member, z)
		if where == "" {
			where = f.zone.Name
		}
		k := key{where, m.State, m.Reason}
		i, known := at[k]
		if !known {
			i = len(f.gaps)
			at[k] = i
			f.gaps = append(f.gaps, gapFact{where: k.where, state: k.state, reason: k.reason})
		}
		g := &f.gaps[i]
		g.n++
		if !m.Due.IsZero() && (g.next.IsZero() || m.Due.Before(g.next)) {
			g.next = m.Due
		}
	}
	slices.SortStableFunc(f.gaps, func(a, b gapFact) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.where, b.where)) })
}

// urgent tells whether a text that came back speaks of something that happens: it is flagged, and its writer was told to call.
func urgent(text string) bool {
	for _, lang := range buurtbel.Languages {
		for _, e := range wording.Elements(text, lang, wording.Context{}) {
			if e.Name == wording.Hazard && e.Found {
				return true
			}
		}
	}
	return false
}
