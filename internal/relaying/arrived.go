package relaying

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Arrived gives the verb that settles a mail which was stored: a task about the mail. Whatever it does happens in one transaction with the mail's
// being settled, so it happens once.
func (p *Postroom) Arrived() func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, p.db.Now()); err != nil {
			return err
		}
		var m *store.Mail
		err := p.db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) (err error) {
			m, err = tx.MailIn(t.Subject)
			return err
		})
		if buurtbel.KindOf(err) == buurtbel.NotFound { // erased since
			return p.settled(ctx, t, nil, nil)
		}
		if err != nil {
			return err
		}
		s, err := p.sort(ctx, m.Path, m.To, m.Raw, true)
		if err != nil {
			return err
		}
		return p.settle(ctx, t, m, s)
	}
}

// settled ends the task and the mail, with what else happens.
func (p *Postroom) settled(ctx context.Context, t store.Task, m *store.Mail, also func(*store.Tx) error) error {
	return p.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, time.Time{}); err != nil || m == nil {
			return err
		}
		fresh, err := tx.SettleMail(m)
		if err != nil || !fresh || also == nil {
			return err
		}
		return also(tx)
	})
}

func (p *Postroom) settle(ctx context.Context, t store.Task, m *store.Mail, s *sorted) error {
	switch {
	case s.refusal != nil: // who wrote it is no longer a member, or may no longer write
		m.Refusal = s.refusal.Key
		return p.settled(ctx, t, m, nil)
	case (s.mail.Kind == mailread.Bounce || s.mail.Kind == mailread.Complaint) && s.to.Delivery != 0:
		if err := p.cameBack(ctx, s); err != nil {
			return err
		}
		if s.mail.Kind == mailread.Complaint {
			return p.settled(ctx, t, m, nil)
		}
		return p.settled(ctx, t, m, func(tx *store.Tx) error { return reported(tx, s) })
	case s.mail.Kind != mailread.Reply && s.mail.Kind != mailread.Message:
		return p.settled(ctx, t, m, nil) // kept as it came; it reaches nobody
	}
	return p.written(ctx, t, m, s)
}

// cameBack tells of a mail that came back or that was complained about, before anything says that this was done.
func (p *Postroom) cameBack(ctx context.Context, s *sorted) error {
	if p.o.Returned == nil {
		return nil
	}
	err := p.o.Returned(ctx, s.to.Delivery, s.mail)
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return nil // it went to no member, or is forgotten
	}
	return err
}

// reported applies a report to the delivery whose own mailbox it came to. A report that came elsewhere could be anybody's word.
func reported(tx *store.Tx, s *sorted) error {
	for _, u := range s.mail.Report.Recipients {
		if u.Action != mailread.GaveUp {
			continue
		}
		reason := u.Reason
		if u.Severity == mailread.Soft && reason == buurtbel.InvalidAddress {
			reason = buurtbel.Unreachable // a mailbox that may come back is not given up
		}
		changed, err := tx.MailFailed(s.to.Delivery, reason, u.Status)
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			return nil
		}
		if err != nil || changed == nil {
			return err
		}
		subject := changed.Alert
		if subject == 0 {
			subject = tx.Scope().Zone
		}
		return tx.Append(subject, buurtbel.EntryReceipts, 0, fmt.Appendf(nil, "%s %d %s %s\n", changed.Delivery, changed.Number, buurtbel.Failed, reason))
	}
	return nil
}

// written settles what a person wrote: a member, or somebody who answers a member.
func (p *Postroom) written(ctx context.Context, t store.Task, m *store.Mail, s *sorted) error {
	var c *store.Conversation
	err := p.db.Read(ctx, buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		id, err := tx.ConversationOfLetter(s.to.Message)
		if err != nil || id == 0 {
			return err
		}
		c, err = tx.Conversation(id)
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	m.Member = s.person
	if c != nil && c.Member != s.person {
		m.Member = 0 // the mail of an office is about the conversation
		return p.officeWrote(ctx, t, m, s, c)
	}
	said := &saying{zone: s.zone, member: s.person, conversation: c, mail: s.mail, about: s.to.Alert, refused: len(s.mail.Attachments)}
	if said.about == 0 {
		said.about = s.to.Message
	}
	return p.say(ctx, said, func(ctx context.Context, also func(*store.Tx) error) error { return p.settled(ctx, t, m, also) })
}

// officeWrote takes an answer by mail of who got a letter about a conversation. What was quoted is cut before anything else is done with it.
func (p *Postroom) officeWrote(ctx context.Context, t store.Task, m *store.Mail, s *sorted, c *store.Conversation) error {
	var actor buurtbel.Actor
	err := p.db.Read(ctx, buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) (err error) {
		actor, err = tx.Actor(s.person)
		return err
	})
	if err != nil {
		return err
	}
	text := ownWords(s.mail, s.mail.Name)
	err = p.answer(ctx, actor, c, text, func(ctx context.Context, also func(*store.Tx) error) error { return p.settled(ctx, t, m, also) })
	switch buurtbel.KindOf(err) {
	case buurtbel.Forbidden, buurtbel.Invalid: // no longer in office, or nothing written: kept, and nothing follows
		m.Refusal = buurtbel.KeyOf(err)
		return p.settled(ctx, t, m, nil)
	}
	return err
}
