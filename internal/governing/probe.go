package governing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	askHour      = 10 // local, and half past
	askMinute    = 30
	askUntil     = 17      // no question leaves later on the day
	answerTime   = 14 * 24 // hours for a sign of life after the question
	signOverlap  = 4       // days of messages that are looked at each day: receipts come late
	signYears    = 13      // months that are looked at the first time
	refusedSince = 90      // days
	refusedTimes = 3       // messages that carriers refused for good
	refusedApart = 7 * 24  // hours from the first to the last
	sweepFor     = 10 * time.Second
	tellAt       = 8 // when coordinators hear of lost contact points, once a day
)

// nextAsking is the next local hour at which silent contact points are asked.
func nextAsking(now time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), askHour, askMinute, 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+1, askHour, askMinute, 0, 0, now.Location())
	}
	return at
}

// signOfLife is a zone's daily look at its contact points: who gave a sign, whom nobody hears from, and a few questions to silent ones.
func (d *Drills) signOfLife(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	g, err := d.ground(ctx, t.Zone)
	if err != nil {
		return err
	}
	if err := d.sweep(ctx, g, t); err != nil {
		return fmt.Errorf("note signs of life: %w", err)
	}
	if err := d.doubt(ctx, g); err != nil {
		return fmt.Errorf("doubt contact points: %w", err)
	}
	ask, err := d.questions(ctx, g)
	if err != nil {
		return fmt.Errorf("ask for signs of life: %w", err)
	}
	return d.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, nextAsking(g.now)); err != nil {
			return err
		}
		return ask(tx)
	})
}

// sweep notes the signs of life of the last days, the newest first: a contact point that was noted once need not be noted again.
// The days are reckoned from when the look was due, so that a program that was down for weeks misses none.
func (d *Drills) sweep(ctx context.Context, g *ground, t store.Task) error {
	scope, end := buurtbel.Scope{Zone: g.zone.ID}, d.db.Now().Add(sweepFor)
	var messages []buurtbel.ID
	var writers []store.Sign
	err := d.db.Read(ctx, scope, func(tx *store.Tx) error {
		due, err := tx.TaskDue(t)
		if err != nil {
			return err
		}
		since := due.AddDate(0, 0, -signOverlap)
		known, err := tx.HasSigns()
		if err != nil {
			return err
		}
		if !known {
			since = g.now.AddDate(0, -signYears, 0)
		}
		if messages, err = tx.MessagesSince(since); err != nil {
			return err
		}
		writers, err = tx.Writers(since)
		return err
	})
	if err != nil {
		return err
	}
	noted := map[buurtbel.ID]bool{}
	if err := d.note(ctx, scope, noted, writers); err != nil {
		return err
	}
	for _, m := range messages {
		if !d.db.Now().Before(end) { // what is left is looked at tomorrow: it lies in the overlap
			return nil
		}
		if err := d.sweepMessage(ctx, scope, m, noted); err != nil {
			return err
		}
	}
	return nil
}

func (d *Drills) sweepMessage(ctx context.Context, scope buurtbel.Scope, message buurtbel.ID, noted map[buurtbel.ID]bool) error {
	for after := buurtbel.ID(0); ; {
		var signs []store.Sign
		var last buurtbel.ID
		err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
			signs, last, err = tx.SignsOf(message, after, drillSlice)
			return err
		})
		if err != nil || last == 0 {
			return err
		}
		if err := d.note(ctx, scope, noted, signs); err != nil {
			return err
		}
		after = last
	}
}

// note stores signs of contact points that have none yet in this sweep.
func (d *Drills) note(ctx context.Context, scope buurtbel.Scope, noted map[buurtbel.ID]bool, signs []store.Sign) error {
	fresh := slices.DeleteFunc(slices.Clone(signs), func(s store.Sign) bool {
		known := noted[s.Contact]
		noted[s.Contact] = true
		return known
	})
	for slice := range slices.Chunk(fresh, drillSlice) {
		if err := d.db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error { return tx.NoteSigns(slice) }); err != nil {
			return err
		}
	}
	return nil
}

// doubt settles what was asked, and doubts what carriers refuse again and again. Coordinators hear of it with the lost contact points.
func (d *Drills) doubt(ctx context.Context, g *ground) error {
	scope := buurtbel.Scope{Zone: g.zone.ID}
	var refused []store.Silent
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		refused, err = tx.Refused(g.now.AddDate(0, 0, -refusedSince), refusedTimes, refusedApart*time.Hour)
		return err
	})
	if err != nil {
		return err
	}
	return d.db.Write(ctx, scope, func(tx *store.Tx) error {
		silent, err := tx.SettleProbes(g.now.Add(-answerTime * time.Hour))
		if err != nil {
			return err
		}
		for _, s := range refused {
			if err := tx.Doubt(s); err != nil {
				return err
			}
		}
		for _, s := range append(silent, refused...) {
			if err := tx.Append(g.zone.ID, buurtbel.EntryContact, 0, []byte(s.Contact.String()+" doubtful")); err != nil {
				return err
			}
			if err := tx.Later("contact-lost", s.Network, tellHour(g.now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellHour is the next local hour at which coordinators hear of lost contact points.
func tellHour(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+1, tellAt, 0, 0, 0, now.Location())
}

// questions gives what asks today's slice of silent contact points, in the caller's transaction. It asks nobody at night, on a holiday or
// while an alert is on its way, and no contact point twice in the zone's time.
func (d *Drills) questions(ctx context.Context, g *ground) (func(*store.Tx) error, error) {
	nothing := func(*store.Tx) error { return nil }
	since, asks := g.x.SilentSince(g.now)
	if !asks || g.now.Hour() >= askUntil || buurtbel.MayExercise(g.now, g.zone.Night, g.calendar) != nil {
		return nothing, nil
	}
	var silent []store.Silent
	var running []store.RunningMessage
	err := d.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) (err error) {
		if running, err = tx.RunningMessages(); err != nil {
			return err
		}
		silent, err = tx.SilentContacts(since, d.probes, g.x.Slice)
		return err
	})
	busy := slices.ContainsFunc(running, func(m store.RunningMessage) bool { return m.Zone == g.zone.ID && m.Class == buurtbel.ClassAlert })
	if err != nil || busy || len(silent) == 0 {
		return nothing, err
	}
	m := &buurtbel.Message{ID: d.db.NewID(), Zone: g.zone.ID, Kind: buurtbel.KindProbe, Class: buurtbel.KindProbe.Class(), Urgency: buurtbel.Soon, Exercise: true, Link: true,
		State: buurtbel.MessageRunning, Sender: g.zone.Name, Expires: buurtbel.DayOf(g.now).At(tellUntilHour, 0, g.loc)}
	ids := make([][2]buurtbel.ID, len(silent)) // of recipient and delivery
	for i := range silent {
		ids[i] = [2]buurtbel.ID{d.db.NewID(), d.db.NewID()}
	}
	return func(tx *store.Tx) error { return d.ask(tx, g, m, silent, ids, since) }, nil
}

// probes tells whether a kind of contact point can be asked here.
func (d *Drills) probes(k buurtbel.ContactKind) bool {
	c, can := k.Probe()
	return can && slices.Contains(d.o.Channels, c)
}

// tellUntilHour is when a question that was not answered by the line stops being tried.
const tellUntilHour = 20

func (d *Drills) ask(tx *store.Tx, g *ground, m *buurtbel.Message, silent []store.Silent, ids [][2]buurtbel.ID, since time.Time) error {
	m.Texts = nil
	var list []store.Recipient
	for i, s := range silent {
		mine, err := tx.InsertProbe(s, m.ID, since)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		wording := slices.IndexFunc(m.Texts, func(w buurtbel.Wording) bool { return w.Regime == s.Regime })
		if wording < 0 {
			wording = len(m.Texts)
			m.Texts = append(m.Texts, d.question(g, g.network(s.Network)))
		}
		channel, _ := s.Kind.Probe()
		step := store.RecipientStep{ID: ids[i][1], Step: buurtbel.Step{Contact: s.Contact, Channel: channel}}
		if k := slices.IndexFunc(list, func(r store.Recipient) bool { return r.Member == s.Member }); k >= 0 { // a member with two silent telephones
			list[k].Steps = append(list[k].Steps, step)
			continue
		}
		list = append(list, store.Recipient{ID: ids[i][0], Member: s.Member, Wording: wording, Steps: []store.RecipientStep{step}})
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b store.Recipient) int { return int(min(1, max(-1, a.Member-b.Member))) })
	m.Audience = len(list)
	if err := tx.Post(m, list); err != nil {
		return err
	}
	return tx.Append(g.zone.ID, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "asked %d contact points for a sign of life, %s", len(list), m.ID))
}

// question asks the one behind a contact point for a sign of life, in writing and in speech.
func (d *Drills) question(g *ground, n *buurtbel.Network) buurtbel.Wording {
	w := buurtbel.Wording{Regime: n.Regime.String()}
	for i, lang := range n.Regime {
		args := buurtbel.Args{"Source": g.zone.Name, "Network": n.Name, "Line": g.line}
		key := "message.probe.sms"
		if !d.o.Answer {
			key = "message.probe.sms-plain"
		}
		if i > 0 {
			w.SMS += "\n\n"
		}
		w.SMS += locale.Text(lang, key, args)
		w.Spoken = append(w.Spoken, buurtbel.Spoken{Language: lang, Intro: locale.Text(lang, "message.probe.intro", args), Text: locale.Text(lang, "message.probe.spoken", args),
			Report: locale.Text(lang, "message.spoken.report", args)})
	}
	return w
}

// Trust records that a member said that a doubtful contact point works, as told to coordinator or officer. NotFound when the contact point is none of a
// network of which the actor may see names.
func (d *Drills) Trust(ctx context.Context, actor buurtbel.Actor, zone, contact buurtbel.ID) error {
	return d.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		h, err := tx.Holder(contact)
		if err != nil {
			return err
		}
		if actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: h.Network}, d.db.Now()) != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
		}
		changed, err := tx.Trust(contact)
		if err != nil || !changed {
			return err
		}
		return tx.Append(zone, buurtbel.EntryContact, actor.Person, []byte(contact.String()+" works, as the member said"))
	})
}
