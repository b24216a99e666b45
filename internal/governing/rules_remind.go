package governing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// RemindRules is the kind of task that reminds members who have not answered about new rules. Its subject is the network.
const RemindRules = "rules-remind"

const (
	remindRulesAfter = 14 // days after the police agreed
	remindRulesHour  = 10 // of the zone's own time, on a working day
)

// rulesRemindAt is when who has not answered is reminded: on the first working day two weeks after the police agreed, in the morning.
func rulesRemindAt(agreed time.Time, z *buurtbel.Zone) (time.Time, error) {
	loc, err := z.Location()
	if err != nil {
		return time.Time{}, err
	}
	days, err := holiday.For(z.Country, z.Extra...)
	if err != nil {
		return time.Time{}, err
	}
	at := agreed.In(loc)
	last := time.Date(at.Year(), at.Month(), at.Day()+remindRulesAfter-1, 12, 0, 0, 0, loc)
	due := buurtbel.FeedbackDue(last, days).AddDate(0, 0, -1) // the beginning of the next working day
	return time.Date(due.Year(), due.Month(), due.Day(), remindRulesHour, 0, 0, 0, loc), nil
}

// remindNext is when rules that the police agree to now are reminded of.
func remindNext(ctx context.Context, db *store.DB, zone buurtbel.ID) (at time.Time, err error) {
	err = db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		at, err = rulesRemindAt(tx.Now(), z)
		return err
	})
	return at, err
}

// RemindedOfRules gives the verb that reminds who has not answered about the newest rules of a network, once. Who does not accept them has answered.
// A version that replaced another has its own day.
//
// Errors: error.rules.moved (Conflict) when a newer version was agreed to at the same moment: it is tried again.
func RemindedOfRules(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		s := buurtbel.Scope{Zone: t.Zone}
		var z *buurtbel.Zone
		var n *buurtbel.Network
		var newest store.HouseRules
		err := db.Read(ctx, s, func(tx *store.Tx) (err error) {
			if z, err = tx.Zone(); err != nil {
				return err
			}
			if n, err = networkIn(tx, t.Subject); err != nil {
				return err
			}
			all, err := tx.AllHouseRules(n.ID)
			if len(all) > 0 {
				newest = all[0]
			}
			return err
		})
		if err != nil || newest.AgreedBy == 0 || newest.Reminder != 0 {
			return err
		}
		due, err := rulesRemindAt(newest.Since, z)
		if err != nil {
			return err
		}
		if due.After(db.Now()) {
			return db.Write(ctx, s, func(tx *store.Tx) error { return tx.FinishTask(t, due) })
		}
		return remindOfRules(ctx, db, t, n, newest, due.Location())
	}
}

func remindOfRules(ctx context.Context, db *store.DB, t store.Task, n *buurtbel.Network, newest store.HouseRules, loc *time.Location) error {
	date := func(l buurtbel.Language) buurtbel.Args {
		return buurtbel.Args{"Date": locale.Date(l, newest.From, loc), "Asked": locale.Date(l, newest.Since, loc)}
	}
	msg := &buurtbel.Message{ID: db.NewID(), Zone: t.Zone, Kind: buurtbel.KindNotice, Class: buurtbel.KindNotice.Class(), Urgency: buurtbel.Soon, Link: true,
		State: buurtbel.MessageRunning, Sender: n.Name, Expires: db.Now().Add(14 * 24 * time.Hour), Texts: []buurtbel.Wording{rulesWording(n, "remind", true, date)}}
	return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, time.Time{}); err != nil {
			return err
		}
		people, err := silentOn(tx, n.ID, newest.Version)
		if err != nil || len(people) == 0 {
			return err
		}
		if err := tx.MarkRulesReminder(n.ID, newest.Version, msg.ID); err != nil {
			return err
		}
		m := *msg // a transaction may be repeated
		m.Audience = len(people)
		if err := tx.InsertMessage(&m, people); err != nil {
			return err
		}
		return tx.Append(t.Zone, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "internal rules %s %d, %d reminded", n.ID, newest.Version, len(people)))
	})
}

// silentOn lists the members who have said neither that they accept a version nor that they do not, in order.
func silentOn(tx *store.Tx, network buurtbel.ID, version int) ([]buurtbel.ID, error) {
	of, err := tx.RulesOf(network)
	if err != nil {
		return nil, err
	}
	refused, err := tx.WhoRefused(network, version)
	if err != nil {
		return nil, err
	}
	var out []buurtbel.ID
	for id, accepted := range of {
		if accepted < version && !slices.Contains(refused, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// RefuseBehind records that the member behind a link does not accept the version that the page showed. Who accepted it has accepted.
//
// Errors: those of AcceptBehind.
func RefuseBehind(ctx context.Context, db *store.DB, link string, version int) error {
	a, err := rulesNewest(ctx, db, link, version)
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: a.Reader.Zone}, func(tx *store.Tx) error {
		changed, err := tx.RefuseRules(a.Reader.Network, version, a.Reader.Member, a.Reader.Member, "link")
		if err != nil || !changed {
			return err
		}
		return tx.Append(a.Reader.Zone, buurtbel.EntryJoin, a.Reader.Member, fmt.Appendf(nil, "%s refuses rules %d", a.Reader.Member, version))
	})
}

// rulesNewest gives the rules behind a link when the version that the page showed is still the newest one.
func rulesNewest(ctx context.Context, db *store.DB, link string, version int) (*RulesAsked, error) {
	a, err := RulesBehind(ctx, db, link)
	switch {
	case err != nil:
		return nil, err
	case a == nil:
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
	case a.Rules.Version != version:
		return nil, buurtbel.Fail(buurtbel.Conflict, "error.join.rules-changed", nil)
	}
	return a, nil
}
