// Package relaying answers who writes to us, and keeps what they wrote where a person can read it.
//
// Nothing that came in is lost, and nothing is counted as an acknowledgement here. Texts are not forwarded to members.
package relaying

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// answerWait is how long an automatic answer may be under way.
const answerWait = 2 * time.Hour

// Answer is an automatic answer to one contact point of a member.
type Answer struct {
	Holder store.ContactHolder
	Key    string        // sentence in the catalogue
	Args   buurtbel.Args // the emergency line is added here
}

// Send leaves an automatic answer for delivery: to the contact point that wrote, in the member's own language.
func Send(ctx context.Context, db *store.DB, actor buurtbel.Actor, a Answer) error {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, db.Now()); err != nil {
		return err
	}
	scope := buurtbel.Scope{Zone: a.Holder.Zone}
	zone, err := zoneOf(ctx, db, scope)
	if err != nil {
		return err
	}
	text, err := answerText(zone, a)
	if err != nil {
		return err
	}
	now := db.Now()
	m := &buurtbel.Message{ID: db.NewID(), Zone: a.Holder.Zone, Kind: buurtbel.KindAnswer, Class: buurtbel.ClassAnswer, Urgency: buurtbel.Now,
		State: buurtbel.MessageRunning, Sender: zone.Name, Texts: []buurtbel.Wording{{Regime: string(a.Holder.Language), SMS: text}}, Expires: now.Add(answerWait)}
	recipient := store.Recipient{ID: db.NewID(), Member: a.Holder.Member, Steps: []store.RecipientStep{
		{ID: db.NewID(), Step: buurtbel.Step{Contact: a.Holder.Contact, Channel: buurtbel.SMS}}}}
	return db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, []buurtbel.ID{a.Holder.Member}); err != nil {
			return err
		}
		if err := tx.InsertRecipients(m.ID, m.Expires, []store.Recipient{recipient}); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, 1)
	})
}

// Most and Within bound how often one contact point gets an automatic answer: two machines that answer each other must stop.
const (
	Most   = 3
	Within = time.Hour
)

// SendSparingly is Send, unless the contact point got its share of automatic answers already.
func SendSparingly(ctx context.Context, db *store.DB, actor buurtbel.Actor, a Answer) error {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, db.Now()); err != nil {
		return err
	}
	n, since := 0, db.Now().Add(-Within)
	err := db.Read(ctx, buurtbel.Scope{Zone: a.Holder.Zone}, func(tx *store.Tx) (err error) {
		n, err = tx.AnswersTo(a.Holder.Contact, since)
		return err
	})
	if err != nil || n >= Most {
		return err
	}
	return Send(ctx, db, actor, a)
}

func zoneOf(ctx context.Context, db *store.DB, scope buurtbel.Scope) (*buurtbel.Zone, error) {
	var zone *buurtbel.Zone
	err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		zone, err = tx.Zone()
		return err
	})
	return zone, err
}

func answerText(zone *buurtbel.Zone, a Answer) (string, error) {
	lines, err := zone.EmergencyLines()
	if err != nil {
		return "", err
	}
	args := buurtbel.Args{}
	for k, v := range a.Args {
		args[k] = v
	}
	if len(lines) > 0 {
		args["Line"] = lines[0].Number
	}
	return fmt.Sprintf("%s: %s", zone.Name, locale.Text(a.Holder.Language, a.Key, args)), nil
}
