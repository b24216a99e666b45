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
	Said   string        // the sentence itself, when its maker put it into words; Key is not read then
	Args   buurtbel.Args // the emergency line is added here
}

// Most and Within bound how often one contact point gets an automatic answer: two machines that answer each other must stop.
const (
	Most   = 3
	Within = time.Hour
)

// Prepared is an answer that is ready to be left for delivery in the transaction that settles the text it answers: the two happen together.
type Prepared struct {
	message   *buurtbel.Message
	recipient store.Recipient
}

// Prepare puts an automatic answer into words: to the contact point that wrote, in the member's own language. It is nil when that contact
// point got its share of automatic answers already.
func Prepare(ctx context.Context, db *store.DB, actor buurtbel.Actor, a Answer) (*Prepared, error) {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, db.Now()); err != nil {
		return nil, err
	}
	n, since := 0, db.Now().Add(-Within)
	var zone *buurtbel.Zone
	err := db.Read(ctx, buurtbel.Scope{Zone: a.Holder.Zone}, func(tx *store.Tx) (err error) {
		if n, err = tx.AnswersTo(a.Holder.Contact, since); err != nil {
			return err
		}
		zone, err = tx.Zone()
		return err
	})
	if err != nil || n >= Most {
		return nil, err
	}
	text, err := answerText(zone, a)
	if err != nil {
		return nil, err
	}
	m := &buurtbel.Message{ID: db.NewID(), Zone: a.Holder.Zone, Kind: buurtbel.KindAnswer, Class: buurtbel.ClassAnswer, Urgency: buurtbel.Now,
		State: buurtbel.MessageRunning, Sender: zone.Name, Texts: []buurtbel.Wording{{Regime: string(a.Holder.Language), SMS: text}}, Expires: db.Now().Add(answerWait)}
	return &Prepared{m, store.Recipient{ID: db.NewID(), Member: a.Holder.Member, Steps: []store.RecipientStep{
		{ID: db.NewID(), Step: buurtbel.Step{Contact: a.Holder.Contact, Channel: buurtbel.SMS}}}}}, nil
}

// Leave stores the answer for delivery. A nil answer leaves nothing.
func (p *Prepared) Leave(tx *store.Tx) error {
	if p == nil {
		return nil
	}
	return tx.Post(p.message, []store.Recipient{p.recipient})
}

func answerText(zone *buurtbel.Zone, a Answer) (string, error) {
	if a.Said != "" {
		return fmt.Sprintf("%s: %s", zone.Name, a.Said), nil
	}
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
