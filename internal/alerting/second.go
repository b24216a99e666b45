package alerting

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// secondWait is how long the second person's link works.
const secondWait = 15 * time.Minute

// asking is what one round of asking a second person needs.
type asking struct {
	alert  *buurtbel.Alert
	text   string // exactly what would go out
	people int
	who    string // who asks
	called []store.Reachable
}

// AskSecond asks every official on call who may confirm, except who launched, on the own phone and by mail: a task. When the alert's time
// is over and nobody answered, it lapses: nothing goes out.
func (d *Desk) AskSecond(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	a, s, err := d.alertAndSetting(ctx, t.Zone, t.Subject)
	switch {
	case err != nil:
		return err
	case a.State != buurtbel.AlertWaiting:
		return nil
	case !a.Expires.After(d.db.Now()):
		return d.lapse(ctx, t)
	}
	ask, err := d.asking(ctx, a)
	if err != nil {
		return fmt.Errorf("read who is on call: %w", err)
	}
	if len(ask.called) == 0 {
		d.o.Logger.Warn("nobody is on call to be the second person", "alert", a.ID.String())
	}
	until := d.db.Now().Add(secondWait)
	if a.Expires.Before(until) {
		until = a.Expires
	}
	letters, links := d.secondLetters(s, ask, until)
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, a.Expires); err != nil {
			return err
		}
		for i, r := range letters.Recipients {
			use := store.OneUse{Purpose: string(token.Confirm), Subject: a.ID, Person: r.Member, Expires: until}
			if err := tx.InsertOneUse(links[i], use); err != nil {
				return err
			}
		}
		if err := letters.Post(tx); err != nil {
			return err
		}
		return tx.Append(a.ID, buurtbel.EntryConfirm, 0, []byte("asked "+strconv.Itoa(len(letters.Recipients))))
	})
}

func (d *Desk) asking(ctx context.Context, a *buurtbel.Alert) (asking, error) {
	ask := asking{alert: a}
	err := d.db.Read(ctx, buurtbel.Scope{Zone: a.Zone}, func(tx *store.Tx) error {
		c, err := tx.Confirmation(a.ID)
		if err != nil {
			return err
		}
		messages, err := tx.MessagesOf(a.ID)
		if err != nil {
			return err
		}
		ask.people, ask.text = c.People, wholeText(messages)
		if ask.who, err = tx.OfficialName(a.By); err != nil {
			return err
		}
		ids, err := onCall(tx, a)
		if err != nil {
			return err
		}
		ask.called, err = tx.ReachablePeople(ids)
		return err
	})
	return ask, err
}

// onCall gives the officials on call who may confirm now, without who launched.
func onCall(tx *store.Tx, a *buurtbel.Alert) ([]buurtbel.ID, error) {
	officials, err := tx.Officials()
	if err != nil {
		return nil, err
	}
	var out []buurtbel.ID
	for _, o := range officials {
		if !o.OnCall || o.ID == a.By {
			continue
		}
		who, err := tx.Actor(o.ID)
		if err != nil {
			return nil, err
		}
		if who.May(buurtbel.MayConfirm, buurtbel.Scope{Zone: a.Zone}, tx.Now()) == nil {
			out = append(out, o.ID)
		}
	}
	return out, nil
}

// wholeText gives what would go out by SMS, once per regime.
func wholeText(messages []*buurtbel.Message) string {
	if len(messages) == 0 {
		return ""
	}
	var parts []string
	for _, w := range messages[0].Texts {
		parts = append(parts, buurtbel.WithoutLink(w.SMS))
	}
	return strings.Join(parts, " / ")
}

// secondLetters makes one message with a wording and a link per person.
func (d *Desk) secondLetters(s *setting, ask asking, until time.Time) (*store.Letters, [][]byte) {
	letters := d.db.Letters(s.zone, buurtbel.KindCode, buurtbel.Now, until)
	var links [][]byte
	for _, p := range ask.called {
		secret, hash := token.New()
		lang := p.Member.Language
		second := locale.Second{Who: whoAsks(ask.who, s.zone.Name), Area: areaInWords(lang, s, ask.alert), Count: ask.people, Text: ask.text, Link: d.o.Link + "/c/" + secret}
		words := second.Letter(lang).Wording(lang)
		words.SMS = second.SMS(lang)
		letters.To(p, words, d.channels(buurtbel.SMS, buurtbel.Email)...)
		links = append(links, hash)
	}
	return letters, links
}

func whoAsks(name, zone string) string {
	if name == "" {
		return zone
	}
	return name + " (" + zone + ")"
}

// areaInWords names the networks, and how large the drawn area is.
func areaInWords(lang buurtbel.Language, s *setting, a *buurtbel.Alert) string {
	names := locale.List(lang, s.names())
	if a.Area == nil {
		return names
	}
	return locale.Text(lang, "message.second.drawn", buurtbel.Args{"Networks": names, "SquareKM": int(a.Area.SquareKM() + 0.5)})
}

// lapse ends an alert that nobody confirmed before its time was over.
func (d *Desk) lapse(ctx context.Context, t store.Task) error {
	return d.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, time.Time{}); err != nil {
			return err
		}
		if err := tx.AnswerConfirmation(t.Subject, 0, "late"); err != nil {
			return err
		}
		if err := tx.MoveAlert(t.Subject, buurtbel.AlertWaiting, buurtbel.AlertRefused); err != nil {
			return err
		}
		if err := tx.DropWaiting(t.Subject); err != nil {
			return err
		}
		return tx.Append(t.Subject, buurtbel.EntryConfirm, 0, []byte("late"))
	})
}

// QuestionBehind gives the question behind a second person's link. GET shows: it changes nothing and does not use the link up.
func (d *Desk) QuestionBehind(ctx context.Context, link string) (*Question, error) {
	second, alert, err := d.behind(ctx, link)
	if err != nil {
		return nil, err
	}
	return d.Question(ctx, second, second.Zone, alert)
}

// AnswerBehind takes the answer given on the page behind a second person's link, which it uses up. digest is of what the page showed.
func (d *Desk) AnswerBehind(ctx context.Context, link string, digest []byte, yes bool) error {
	second, alert, err := d.behind(ctx, link)
	if err != nil {
		return err
	}
	if err := d.AnswerSecond(ctx, second, second.Zone, alert, digest, yes); err != nil {
		return err
	}
	return d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		_, err := tx.UseOneUse(token.Hash(link), string(token.Confirm))
		return err
	})
}

// behind reads who a link belongs to, with the mandates of this moment.
func (d *Desk) behind(ctx context.Context, link string) (second buurtbel.Actor, alert buurtbel.ID, err error) {
	err = d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		use, err := tx.PeekOneUse(token.Hash(link), string(token.Confirm))
		if err != nil {
			return err
		}
		alert = use.Subject
		second, err = tx.Actor(use.Person)
		return err
	})
	return second, alert, err
}
