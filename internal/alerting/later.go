package alerting

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Follow is a later message of an alert.
type Follow struct {
	Kind   buurtbel.MessageKind // update, correction or all clear
	Texts  map[buurtbel.Language]string
	Valid  time.Duration
	Unwise string // written reason for going on in spite of warnings
}

// Stop stops every unsent delivery of an alert at once. What is in flight settles; who was reached is known by name.
func (d *Desk) Stop(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID) error {
	return d.stop(ctx, actor, zone, alert, nil, "")
}

// stop stops an alert, and stores its correction in the same transaction if there is one.
func (d *Desk) stop(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, correction *buurtbel.Message, unwise string) error {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayLaunch, scope, d.db.Now()); err != nil {
		return err
	}
	return d.db.WriteRank(ctx, store.Urgent, scope, func(tx *store.Tx) error {
		a, err := tx.Alert(alert)
		if err != nil {
			return err
		}
		if err := stopAlert(tx, a); err != nil {
			return err
		}
		if err := tx.Append(alert, buurtbel.EntryStop, actor.Person, nil); err != nil {
			return err
		}
		if correction == nil {
			return nil
		}
		if err := tx.InsertMessage(correction, nil); err != nil {
			return err
		}
		return tx.Append(alert, buurtbel.EntryMessage, actor.Person, followEntry(correction.Kind, unwise))
	})
}

// followEntry is what the journal keeps of a later message: its kind, and the reason for going on in spite of warnings.
func followEntry(k buurtbel.MessageKind, unwise string) []byte {
	if unwise == "" {
		return []byte(k)
	}
	return []byte(string(k) + " in spite of warnings: " + unwise)
}

// stopAlert stops what runs of an alert. A finished alert has nothing to stop, but may still be corrected.
func stopAlert(tx *store.Tx, a *buurtbel.Alert) error {
	if _, err := tx.StopMessages(a.ID); err != nil {
		return err
	}
	if a.State == buurtbel.AlertWaiting {
		if err := tx.DropWaiting(a.ID); err != nil {
			return err
		}
	}
	if a.State == buurtbel.AlertRunning || a.State == buurtbel.AlertWaiting {
		return tx.MoveAlert(a.ID, a.State, buurtbel.AlertStopped)
	}
	return nil
}

// Correct stops an alert and sends a correction to exactly the members whom it reached.
func (d *Desk) Correct(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, f Follow) (buurtbel.ID, error) {
	f.Kind = buurtbel.KindCorrection
	m, err := d.following(ctx, actor, zone, alert, f)
	if err != nil {
		return 0, err
	}
	return m.ID, d.stop(ctx, actor, zone, alert, m, f.Unwise)
}

// Tell sends an update or the all clear to the members whom the alert reached.
func (d *Desk) Tell(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, f Follow) (buurtbel.ID, error) {
	if f.Kind != buurtbel.KindUpdate && f.Kind != buurtbel.KindAllClear {
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.alert.kind", nil)
	}
	m, err := d.following(ctx, actor, zone, alert, f)
	if err != nil {
		return 0, err
	}
	err = d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if f.Kind == buurtbel.KindAllClear { // what was not sent yet is no longer true
			if err := tx.StopAlerting(alert); err != nil {
				return err
			}
		}
		if err := tx.InsertMessage(m, nil); err != nil {
			return err
		}
		return tx.Append(alert, buurtbel.EntryMessage, actor.Person, followEntry(m.Kind, f.Unwise))
	})
	return m.ID, err
}

// following makes the message of a Follow after checking right and text.
func (d *Desk) following(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, f Follow) (*buurtbel.Message, error) {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayLaunch, scope, d.db.Now()); err != nil {
		return nil, err
	}
	a, s, err := d.alertAndSetting(ctx, zone, alert)
	if err != nil {
		return nil, err
	}
	if a.State == buurtbel.AlertWaiting || a.State == buurtbel.AlertRefused {
		return nil, buurtbel.Fail(buurtbel.Conflict, "error.alert.not-sent", nil)
	}
	check := &Check{OnPlan: true, Elements: map[buurtbel.Language][]wording.Element{}}
	draft := &Draft{Texts: f.Texts, Networks: a.Networks, Unwise: f.Unwise}
	for _, lang := range languagesOf(s) {
		check.text(s, draft, lang)
	}
	if err := refusal(check, draft); err != nil {
		return nil, err
	}
	now := d.db.Now()
	expires := now.Add(min(max(f.Valid, minValid), maxValid))
	said := spoken{kind: f.Kind, titles: titlesOf(a.Fact, nil), texts: f.Texts, exercise: a.Exercise, expires: expires, at: now, earlier: a.At}
	return d.messageTo(s, a, said), nil
}

func (d *Desk) messageTo(s *setting, a *buurtbel.Alert, said spoken) *buurtbel.Message {
	return &buurtbel.Message{ID: d.db.NewID(), Zone: s.zone.ID, Alert: a.ID, Kind: said.kind, Class: said.kind.Class(), Urgency: a.Urgency,
		Exercise: a.Exercise, State: buurtbel.MessageRunning, Sender: s.zone.Name, Texts: d.compose(s, said), Link: asksAcknowledgement(said.kind),
		SMSLink: s.zone.LinkInSMS && d.o.Carrier.Link && asksAcknowledgement(said.kind), Expires: said.expires, Follows: buurtbel.FollowReached}
}

func (d *Desk) alertAndSetting(ctx context.Context, zone, alert buurtbel.ID) (*buurtbel.Alert, *setting, error) {
	var a *buurtbel.Alert
	code := ""
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if a, err = tx.Alert(alert); err != nil {
			return err
		}
		code, err = tx.CodeOf(alert)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	s, err := d.setting(ctx, zone, a.Networks)
	if err != nil {
		return nil, nil, err
	}
	s.code = code
	return a, s, nil
}

// Ending is how an alert ended, or why nothing may be told.
type Ending struct {
	Texts  map[buurtbel.Language]string
	Ground buurtbel.Ground // "" with Texts
	Unwise string
}

// Feedback settles the feedback debt of an alert: members whom it reached hear how it ended, and coordinator, deputy and mandated officer
// always do. It stops what is still unsent. Settling twice is a Conflict.
func (d *Desk) Feedback(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, e Ending) (buurtbel.ID, error) {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayFeedback, scope, d.db.Now()); err != nil {
		return 0, err
	}
	a, s, err := d.alertAndSetting(ctx, zone, alert)
	if err != nil {
		return 0, err
	}
	if err := d.owes(ctx, zone, alert); err != nil {
		return 0, err
	}
	texts, err := d.endingTexts(s, e)
	if err != nil {
		return 0, err
	}
	now := d.db.Now()
	said := spoken{kind: buurtbel.KindFeedback, titles: titlesOf(a.Fact, nil), texts: texts, exercise: a.Exercise, expires: now.Add(72 * time.Hour), at: now, earlier: a.At}
	m := d.messageTo(s, a, said)
	always, err := d.always(ctx, s, m)
	if err != nil {
		return 0, err
	}
	content, err := json.Marshal(endingEntry{e.Ground, e.Unwise})
	if err != nil {
		return 0, fmt.Errorf("write feedback: %w", err)
	}
	err = d.db.WriteRank(ctx, store.Urgent, scope, func(tx *store.Tx) error {
		if err := tx.SettleDebt(alert, actor.Person, m.ID, e.Ground); err != nil {
			return err
		}
		if err := tx.StopAlerting(alert); err != nil {
			return err
		}
		if err := tx.InsertMessage(m, nil); err != nil {
			return err
		}
		if err := tx.InsertRecipients(m.ID, m.Expires, always); err != nil {
			return err
		}
		if err := tx.CountIn(m.ID, len(always)); err != nil {
			return err
		}
		return tx.Append(alert, buurtbel.EntryMessage, actor.Person, append([]byte("feedback "), content...))
	})
	return m.ID, err
}

type endingEntry struct {
	Ground buurtbel.Ground `json:"ground,omitempty"`
	Unwise string          `json:"unwise,omitempty"`
}

// owes refuses feedback about an alert that opened no debt, such as an exercise, or one that never went out.
func (d *Desk) owes(ctx context.Context, zone, alert buurtbel.ID) error {
	owed := false
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		_, owed, err = tx.Debt(alert)
		return err
	})
	if err == nil && !owed {
		return buurtbel.Fail(buurtbel.NotFound, "error.feedback.none", nil)
	}
	return err
}

var groundKeys = map[buurtbel.Ground]string{
	buurtbel.GroundInvestigation: "message.feedback.investigation",
	buurtbel.GroundMagistrate:    "message.feedback.magistrate",
	buurtbel.GroundPrivacy:       "message.feedback.privacy",
}

// endingTexts gives the officer's sentence after the same check as an alert, or the honest sentence of a ground.
func (d *Desk) endingTexts(s *setting, e Ending) (map[buurtbel.Language]string, error) {
	if e.Ground != buurtbel.GroundNone {
		key, ok := groundKeys[e.Ground]
		if !ok {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.feedback.ground", nil)
		}
		return honest(s, key), nil
	}
	check := &Check{OnPlan: true, Elements: map[buurtbel.Language][]wording.Element{}}
	draft := &Draft{Texts: e.Texts, Unwise: e.Unwise}
	for _, lang := range languagesOf(s) {
		check.text(s, draft, lang)
	}
	return e.Texts, refusal(check, draft)
}

// always gives coordinator, deputy and mandated officer of the alert's networks as recipients, whether the alert reached them or not.
func (d *Desk) always(ctx context.Context, s *setting, m *buurtbel.Message) ([]store.Recipient, error) {
	var people []store.Reachable
	err := d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		for _, n := range s.networks {
			for _, role := range []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy} {
				ids, err := tx.Holders(role, n.ID)
				if err != nil {
					return err
				}
				found, err := tx.Reachables(ids)
				if err != nil {
					return err
				}
				people = append(people, found...)
			}
		}
		officers, err := tx.Holders(buurtbel.RoleOfficer, 0)
		if err != nil {
			return err
		}
		found, err := tx.ReachableOfficials(officers)
		people = append(people, found...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who always hears: %w", err)
	}
	byID := func(a, b store.Reachable) int { return cmp.Compare(a.Member.ID, b.Member.ID) }
	slices.SortFunc(people, byID) // a coordinator of two networks is one person
	people = slices.CompactFunc(people, func(a, b store.Reachable) bool { return byID(a, b) == 0 })
	return d.plan(s, m, people, nil), nil
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
