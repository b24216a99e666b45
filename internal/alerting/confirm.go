package alerting

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// answerable is how long after a message an answer by SMS still belongs to it.
const answerable = 72 * time.Hour

// askSecond notes what a second person must confirm: exactly this text, area and count. The asking itself is a task.
func (d *Desk) askSecond(tx *store.Tx, a *buurtbel.Alert, digest []byte, people int) error {
	if err := tx.InsertConfirmation(store.Confirmation{Alert: a.ID, Digest: digest, People: people}); err != nil {
		return err
	}
	return tx.Later("ask-second", a.ID, tx.Now())
}

// Question is what the second person sees on the own phone.
type Question struct {
	Alert    *buurtbel.Alert
	Wordings []buurtbel.Wording
	People   int
	Digest   []byte
	Asked    time.Time
	Answered time.Time
	Answer   string
	MayCut   time.Time // from then on the dispatcher may cut to the networks' own areas
	Asker    string    // name of who launched
	Networks []string
	Zone     *buurtbel.Zone
	WhyKey   string // why a second person is needed
	WhyArgs  buurtbel.Args
}

// Question gives what is to be confirmed. It changes nothing.
func (d *Desk) Question(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID) (*Question, error) {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayConfirm, scope, d.db.Now()); err != nil {
		return nil, err
	}
	q := &Question{}
	_, s, err := d.alertAndSetting(ctx, zone, alert)
	if err != nil {
		return nil, err
	}
	err = d.db.Read(ctx, scope, func(tx *store.Tx) error {
		c, err := tx.Confirmation(alert)
		if err != nil {
			return err
		}
		if q.Alert, err = tx.Alert(alert); err != nil {
			return err
		}
		messages, err := tx.MessagesOf(alert)
		if err != nil || len(messages) == 0 {
			return err
		}
		if q.Asker, err = tx.OfficialName(q.Alert.By); err != nil {
			return err
		}
		q.Wordings, q.People, q.Digest, q.Asked, q.Answered, q.Answer = messages[0].Texts, c.People, c.Digest, c.Asked, c.Answered, c.Answer
		q.MayCut = c.Asked.Add(time.Duration(s.zone.Limits.Wait) * time.Second)
		return nil
	})
	if err != nil {
		return nil, err
	}
	q.Networks, q.Zone = s.names(), s.zone
	q.WhyKey, q.WhyArgs, _ = s.oversized(q.Alert.Area, q.People)
	return q, nil
}

// AnswerSecond takes the second person's answer. Who launched can never be the second person; digest must be of what was shown.
func (d *Desk) AnswerSecond(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID, digest []byte, yes bool) error {
	scope := buurtbel.Scope{Zone: zone}
	if err := actor.May(buurtbel.MayConfirm, scope, d.db.Now()); err != nil {
		return err
	}
	q, err := d.Question(ctx, actor, zone, alert)
	if err != nil {
		return err
	}
	switch {
	case q.Alert.By == actor.Person:
		return buurtbel.Fail(buurtbel.Forbidden, "error.confirm.same-person", nil)
	case !bytes.Equal(q.Digest, digest):
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.changed", nil)
	case !q.Alert.Expires.After(d.db.Now()):
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.late", nil)
	case !yes:
		return d.refuseSecond(ctx, actor, zone, alert)
	}
	return d.release(ctx, actor, zone, q.Alert, "yes", nil)
}

func (d *Desk) refuseSecond(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID) error {
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.AnswerConfirmation(alert, actor.Person, "no"); err != nil {
			return err
		}
		if err := tx.MoveAlert(alert, buurtbel.AlertWaiting, buurtbel.AlertRefused); err != nil {
			return err
		}
		if err := tx.DropWaiting(alert); err != nil {
			return err
		}
		return tx.Append(alert, buurtbel.EntryConfirm, actor.Person, []byte("no"))
	})
}

// Cut sends a waiting alert to the networks' own areas when nobody confirmed in time: the dispatcher alone may do that much.
func (d *Desk) Cut(ctx context.Context, actor buurtbel.Actor, zone, alert buurtbel.ID) error {
	scope := buurtbel.Scope{Zone: zone}
	now := d.db.Now()
	if err := actor.May(buurtbel.MayLaunch, scope, now); err != nil {
		return err
	}
	a, s, err := d.alertAndSetting(ctx, zone, alert)
	if err != nil {
		return err
	}
	if a.State != buurtbel.AlertWaiting {
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.answered", nil)
	}
	if !a.Expires.After(now) {
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.late", nil)
	}
	var c store.Confirmation
	var members []buurtbel.ID
	if err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if c, err = tx.Confirmation(alert); err != nil {
			return err
		}
		messages, err := tx.MessagesOf(alert)
		if err != nil || len(messages) == 0 {
			return err
		}
		members, err = tx.Audience(messages[0].ID) // nobody whom the dispatcher did not mean
		return err
	}); err != nil {
		return err
	}
	if may := c.Asked.Add(time.Duration(s.zone.Limits.Wait) * time.Second); now.Before(may) {
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.too-early", buurtbel.Args{"Seconds": int(may.Sub(now).Seconds()) + 1})
	}
	own, err := d.ownArea(ctx, s, members)
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return buurtbel.Fail(buurtbel.Invalid, "error.alert.nobody", nil)
	}
	return d.release(ctx, actor, zone, a, "cut", own)
}

// ownArea gives the members of the networks who are within the areas that the networks' charters name.
func (d *Desk) ownArea(ctx context.Context, s *setting, members []buurtbel.ID) ([]buurtbel.ID, error) {
	var union buurtbel.Area
	for _, n := range s.networks {
		union = append(union, n.Area...)
	}
	if len(union) == 0 || d.o.Within == nil {
		return members, nil
	}
	within, err := d.o.Within(ctx, s.zone.ID, union)
	if err != nil {
		return nil, fmt.Errorf("find members in the networks' own areas: %w", err)
	}
	return intersect(members, within), nil
}

// release lets a waiting alert go out; a cut replaces its frozen audience before anything of it was planned.
func (d *Desk) release(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, a *buurtbel.Alert, answer string, cut []buurtbel.ID) error {
	s, err := d.setting(ctx, zone, a.Networks)
	if err != nil {
		return err
	}
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.AnswerConfirmation(a.ID, actor.Person, answer); err != nil {
			return err
		}
		if err := tx.MoveAlert(a.ID, buurtbel.AlertWaiting, buurtbel.AlertRunning); err != nil {
			return err
		}
		m, err := tx.ReleaseWaiting(a.ID, cut)
		if err != nil {
			return err
		}
		if err := tx.Append(a.ID, buurtbel.EntryConfirm, actor.Person, []byte(answer)); err != nil {
			return err
		}
		return d.begin(tx, s, a, m, nil, 0)
	})
}
