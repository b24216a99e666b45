package arriving

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// pieceWait is how long the missing pieces of a longer text are waited for.
const pieceWait = 30 * time.Second

// texts settles due texts; it tells whether there were any.
func (d *Door) texts(ctx context.Context) bool {
	var due []*store.Inbound
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueInbound(50)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			d.log.Error("read texts", "error", err)
		}
		return false
	}
	for _, in := range due {
		if err := d.text(ctx, in); err != nil && ctx.Err() == nil {
			d.log.Error("settle text", "text", in.ID.String(), "error", err)
			d.postpone(ctx, in.ID, 5*time.Second)
		}
	}
	return len(due) > 0 && ctx.Err() == nil
}

func (d *Door) postpone(ctx context.Context, id buurtbel.ID, by time.Duration) {
	err := d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.PostponeInbound(id, tx.Now().Add(by)) })
	if err != nil && ctx.Err() == nil {
		d.log.Error("put text off", "error", err)
	}
}

// text settles one text: joined if it came in pieces, then read by the pure table of the root, then handed to one verb.
func (d *Door) text(ctx context.Context, in *store.Inbound) error {
	if in.Part[1] > 1 {
		whole, err := d.join(ctx, in)
		if err != nil || !whole {
			return err
		}
	}
	in.Meaning = buurtbel.ReadAnswer(in.Body)
	code, asked := token.ReadAlertCode(in.Body)
	if asked && in.Meaning == buurtbel.AnswerOther {
		in.Meaning = buurtbel.AnswerCode
	}
	holders, err := d.holders(ctx, in.From)
	if err != nil {
		return err
	}
	switch in.Meaning {
	case buurtbel.AnswerHeard:
		return d.acknowledge(ctx, in, holders)
	case buurtbel.AnswerStop, buurtbel.AnswerStart:
		return d.stopOrStart(ctx, in, holders)
	case buurtbel.AnswerCode:
		return d.isItReal(ctx, in, holders, code)
	case buurtbel.AnswerOther:
	}
	return d.keep(ctx, in, holders)
}

func (d *Door) holders(ctx context.Context, from string) ([]store.ContactHolder, error) {
	var holders []store.ContactHolder
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		holders, err = tx.HoldersOf(from)
		return err
	})
	return holders, err
}

// join puts the pieces of a longer text together when all are there, or when the missing ones did not come in time: nothing is lost.
func (d *Door) join(ctx context.Context, in *store.Inbound) (bool, error) {
	whole := false
	err := d.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		pieces, err := tx.PartsOf(in.From, in.Part[0])
		if err != nil || len(pieces) == 0 {
			return err
		}
		if distinct(pieces) < in.Part[1] && tx.Now().Sub(pieces[0].At) < pieceWait {
			return tx.PostponeInbound(in.ID, tx.Now().Add(time.Second))
		}
		if pieces[0].ID != in.ID {
			return nil // the first piece joins the others
		}
		var body strings.Builder
		for i, p := range pieces {
			if i == 0 || p.Part[2] != pieces[i-1].Part[2] { // the carrier repeats what we acknowledged too late
				body.WriteString(p.Body)
			}
		}
		pieces[0].Body, in.Body, whole = body.String(), body.String(), true
		return tx.JoinInbound(pieces[0], pieces[1:])
	})
	if err == nil && !whole {
		d.postpone(ctx, in.ID, time.Second)
	}
	return whole, err
}

// distinct counts the different pieces; they are in order of their numbers.
func distinct(pieces []*store.Inbound) int {
	n := 0
	for i, p := range pieces {
		if i == 0 || p.Part[2] != pieces[i-1].Part[2] {
			n++
		}
	}
	return n
}

// settled records what a text meant and to whom it belongs, together with the automatic answer to it: a text is never settled unanswered, and
// of two processes that took it one does both.
func (d *Door) settled(ctx context.Context, in *store.Inbound, zone, member, alert buurtbel.ID, answer *relaying.Prepared) error {
	in.Zone, in.Member, in.Alert = zone, member, alert
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		fresh, err := tx.SettleInbound(in)
		if err != nil || !fresh || zone == 0 {
			return err
		}
		if err := answer.Leave(tx); err != nil {
			return err
		}
		subject := alert
		if subject == 0 {
			subject = zone
		}
		tx.Wake() // the live page shows it
		return tx.Append(subject, buurtbel.EntryText, 0, []byte(in.ID.String()+" "+string(in.Meaning)))
	})
}

func (d *Door) acknowledge(ctx context.Context, in *store.Inbound, holders []store.ContactHolder) error {
	zone, alert, err := d.desk.Answered(ctx, in.From)
	if err != nil {
		return err
	}
	if zone == 0 { // there was nothing to acknowledge: it is a text like any other
		in.Meaning = buurtbel.AnswerOther
		return d.keep(ctx, in, holders)
	}
	return d.settled(ctx, in, zone, holderIn(holders, zone).Member, alert, nil)
}

// holderIn gives the first holder in a zone: of two zones whose members share a number, none hears of the other's.
func holderIn(holders []store.ContactHolder, zone buurtbel.ID) store.ContactHolder {
	if i := slices.IndexFunc(holders, func(h store.ContactHolder) bool { return h.Zone == zone }); i >= 0 {
		return holders[i]
	}
	return store.ContactHolder{}
}

var stillKeys = map[buurtbel.Channel]string{
	buurtbel.SMS: "message.still.sms-other", buurtbel.Email: "message.still.email", buurtbel.Voice: "message.still.voice", buurtbel.Push: "message.still.push",
}

func (d *Door) stopOrStart(ctx context.Context, in *store.Inbound, holders []store.ContactHolder) error {
	change, key := joining.StopTexts, "message.answer.stop"
	if in.Meaning == buurtbel.AnswerStart {
		change, key = joining.ResumeTexts, "message.answer.start"
	}
	changed, err := change(ctx, d.db, d.actor, in.From)
	if err != nil {
		return err
	}
	if len(holders) == 0 {
		return d.keep(ctx, in, nil)
	}
	holder := holders[0]
	var answer *relaying.Prepared
	if len(changed) > 0 { // once to the number, however many share it
		holder = changed[0].Holder
		if answer, err = d.stopped(ctx, in, changed[0], key); err != nil {
			return err
		}
	}
	return d.settled(ctx, in, holder.Zone, holder.Member, 0, answer)
}

// heardLately is how long a member who writes STOP again needs no second answer.
const heardLately = 2 * time.Hour

// stopped prepares the answer to STOP or START. A number that stood so already is answered only if it got no answer lately: then the process
// that changed it ended before it could answer.
func (d *Door) stopped(ctx context.Context, in *store.Inbound, c joining.Stopped, key string) (*relaying.Prepared, error) {
	if !c.Changed {
		lately := 0
		err := d.db.Read(ctx, buurtbel.Scope{Zone: c.Holder.Zone}, func(tx *store.Tx) (err error) {
			lately, err = tx.AnswersTo(c.Holder.Contact, tx.Now().Add(-heardLately))
			return err
		})
		if err != nil || lately > 0 {
			return nil, err
		}
	}
	a := relaying.Answer{Holder: c.Holder, Key: key}
	if in.Meaning == buurtbel.AnswerStop {
		a.Key, a.Args = stopAnswer(c)
	}
	return relaying.Prepare(ctx, d.db, d.actor, a)
}

func stopAnswer(c joining.Stopped) (string, buurtbel.Args) {
	if len(c.Still) == 0 {
		return "message.answer.stop-nothing", nil
	}
	var words []string
	for _, channel := range c.Still {
		words = append(words, locale.Text(c.Holder.Language, stillKeys[channel], nil))
	}
	return "message.answer.stop", buurtbel.Args{"Still": locale.List(c.Holder.Language, words)}
}

// keep leaves any other text sealed where a person can read it, and answers at once that nobody reads it day and night.
func (d *Door) keep(ctx context.Context, in *store.Inbound, holders []store.ContactHolder) error {
	if len(holders) == 0 {
		return d.stranger(ctx, in)
	}
	zone, alert, err := d.desk.About(ctx, in.From)
	if err != nil {
		return err
	}
	if zone == 0 {
		zone = holders[0].Zone
	}
	holder := holderIn(holders, zone)
	var answer *relaying.Prepared
	if holder.Contact != 0 {
		if answer, err = relaying.Prepare(ctx, d.db, d.actor, relaying.Answer{Holder: holder, Key: "message.answer.text"}); err != nil {
			return err
		}
	}
	return d.settled(ctx, in, zone, holder.Member, alert, answer)
}

// stranger keeps a text from a number that nobody has. It is not answered: we have no message to a number that never joined, and two
// machines that answer each other never stop.
func (d *Door) stranger(ctx context.Context, in *store.Inbound) error {
	zone := buurtbel.ID(0)
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err := tx.Zones()
		if err == nil && len(zones) == 1 {
			zone = zones[0].ID
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.settled(ctx, in, zone, 0, 0, nil)
}
