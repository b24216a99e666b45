package joining

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Returned is what a report changed.
type Returned struct {
	Fresh bool              // it was not known
	Rest  buurtbel.MailRest // how the mailbox stands now
	Began bool              // it rests since this report
}

// MailReturned takes in what came back of one mail of ours: a report of failure or a complaint, as mailread reads it. delivery is that mail; the door that
// took the report in must have checked that the address it came to, or the Message-ID in it, is ours. A mail that is neither changes nothing, and
// neither does a report that comes again.
//
// A hard report counts against the mailbox, and a complaint at once: see buurtbel.RestAfter. The delivery counts as failed when the server gave up, so
// the member's next mailbox follows. When mails no more go there the member hears it by a text or on a device, and the coordinator in the daily mail.
//
// Errors: error.contact.unknown (NotFound) when the mail went to no member, or is forgotten; those of Actor.May, for the program alone.
func (h *Hall) MailReturned(ctx context.Context, actor buurtbel.Actor, delivery buurtbel.ID, mail *mailread.Mail) (Returned, error) {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, h.db.Now()); err != nil {
		return Returned{}, err
	}
	report, ok := returnOf(mail)
	if !ok {
		return Returned{}, nil
	}
	report.Delivery = delivery
	var place store.DeliveryPlace
	err := h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		place, err = tx.Delivery(delivery)
		return err
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return Returned{}, buurtbel.FailWith(err, buurtbel.NotFound, "error.contact.unknown", nil)
	}
	if err != nil {
		return Returned{}, err
	}
	var out Returned
	tell, err := nextTelling(ctx, h.db, place.Zone)
	if err != nil {
		return out, err
	}
	var box store.Mailbox
	err = h.db.Write(ctx, buurtbel.Scope{Zone: place.Zone}, func(tx *store.Tx) error {
		out = Returned{}
		m, hard, fresh, err := tx.Returned(report)
		if err != nil {
			return err
		}
		box, out.Fresh, out.Rest = m, fresh, buurtbel.RestAfter(m.Rest, report.Kind == complained, hard, tx.Now())
		if !fresh || out.Rest == m.Rest {
			return nil
		}
		if out.Began, err = tx.SetMailRest(m, out.Rest); err != nil || !out.Began {
			return err
		}
		if err := tx.AppendAbout(buurtbel.EntryContact, 0, []byte(m.Contact.String()+" "+string(out.Rest)), m.Member); err != nil {
			return err
		}
		if out.Rest == buurtbel.RestByReturn {
			return tx.Later("contact-lost", m.Network, tell)
		}
		return nil
	})
	if err == nil && out.Began && out.Rest == buurtbel.RestByReturn {
		err = h.askOfMail(ctx, box)
	}
	return out, err
}

// The kinds of what comes back, as the store has them.
const (
	hardReturn = "hard"
	softReturn = "soft"
	complained = "complaint"
)

// returnOf reads what a mail says of one of ours. ok is false when it says nothing that counts: a delay, praise, or no report at all.
func returnOf(m *mailread.Mail) (r store.MailReturn, ok bool) {
	switch {
	case m.Kind == mailread.Complaint && m.Abuse != nil && m.Abuse.Reason == buurtbel.OptedOut:
		return store.MailReturn{Kind: complained, Status: m.Abuse.Type}, true
	case m.Kind != mailread.Bounce || m.Report == nil:
		return r, false
	}
	for _, u := range m.Report.Recipients { // each of our mails has one; a forwarder may add others
		if u.Action != mailread.GaveUp {
			continue
		}
		one := store.MailReturn{Kind: softReturn, Status: u.Status, Final: true, Reason: u.Reason}
		if u.Severity == mailread.Hard {
			one.Kind = hardReturn
		}
		if !ok || one.Kind == hardReturn {
			r, ok = one, true
		}
	}
	return r, ok
}

// askOfMail tells a member whose mailbox does not work any more by a text and on devices, once, and not by night. Who has neither reads it on the own page.
func (h *Hall) askOfMail(ctx context.Context, m store.Mailbox) error {
	f, err := h.memberAffair(ctx, buurtbel.Scope{Zone: m.Zone}, m.Member)
	if err != nil {
		return err
	}
	var people []store.Reachable
	if err := h.db.Read(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) (err error) {
		people, err = tx.Reachables([]buurtbel.ID{m.Member})
		return err
	}); err != nil {
		return err
	}
	now := h.db.Now()
	l := h.db.Letters(f.zone, buurtbel.KindAnswer, buurtbel.Soon, now.Add(48*time.Hour))
	for _, p := range people {
		l.To(p, buurtbel.Wording{Regime: string(f.lang), SMS: locale.Text(f.lang, "message.join.mail-returned", f.args())}, buurtbel.SMS, buurtbel.Push)
	}
	if night := f.zone.Night; night.Contains(minuteOf(now.In(f.loc))) {
		for i := range l.Recipients {
			for j := range l.Recipients[i].Steps {
				l.Recipients[i].Steps[j].NotBefore = night.End(now.In(f.loc))
			}
		}
	}
	l.OnlyReached()
	return h.db.Write(ctx, buurtbel.Scope{Zone: m.Zone}, func(tx *store.Tx) error {
		first, err := tx.AskOfMail(m.Contact)
		if err != nil || !first {
			return err
		}
		return l.Post(tx)
	})
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }
