package joining

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// mailBackLasts is how long the link in a mail works by which somebody shows that a mailbox works.
const mailBackLasts = 7 * 24 * time.Hour

// How a mailbox's wish was said, as the journal has it.
const byOneTap = "one-tap"

// StopLink gives the address that stops bulletins and digests to one mailbox of a member: for the header of each such mail (RFC 8058). It never ends, and
// stops nothing else: not alerts, and not the membership.
func (h *Hall) StopLink(contact buurtbel.ID) string {
	return h.o.Link + "/stop/" + token.Sign(h.db.Ring(), token.Unsubscribe, contact)
}

// MailBehind is what the page behind such a link shows.
type MailBehind struct {
	Network string
	Mailbox store.Mailbox
}

// MailStop reads what stands behind the link of a mail. It changes nothing.
//
// Errors: error.token.unknown (NotFound), also when the mailbox is not a member's any more.
func MailStop(ctx context.Context, db *store.DB, link string) (*MailBehind, error) {
	id, err := token.VerifySigned(db.Ring(), token.Unsubscribe, link)
	if err != nil {
		return nil, err
	}
	return mailBehind(ctx, db, id)
}

func mailBehind(ctx context.Context, db *store.DB, contact buurtbel.ID) (*MailBehind, error) {
	b := &MailBehind{}
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		b.Mailbox, err = tx.MailboxOf(contact)
		return err
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.token.unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	err = db.Read(ctx, buurtbel.Scope{Zone: b.Mailbox.Zone}, func(tx *store.Tx) error {
		networks, err := tx.NetworksOf([]buurtbel.ID{b.Mailbox.Network})
		for _, n := range networks {
			b.Network = n.Name
		}
		return err
	})
	return b, err
}

// StopMail stops bulletins and digests to the mailbox behind a link, or lets them go there again when the member stopped them. Again changes nothing.
//
// Errors: those of MailStop.
func StopMail(ctx context.Context, db *store.DB, link string, stop bool) error {
	b, err := MailStop(ctx, db, link)
	if err != nil {
		return err
	}
	w := Word{Zone: b.Mailbox.Zone, Member: b.Mailbox.Member, How: byOneTap}
	return db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		return w.mail(tx, buurtbel.Actor{Person: w.Member, Zone: w.Zone, Office: "member"}, b.Mailbox.Contact, stop)
	})
}

// WishMail stops bulletins and digests to one mailbox of a member, or undoes that. What rests because of a complaint or of mails that came back
// goes on by AskMailBack.
//
// Errors: those of Word.May; error.contact.unknown (NotFound), error.own.mail-proof (Conflict).
func WishMail(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, contact buurtbel.ID, stop bool) error {
	return db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if _, err := w.may(tx, actor); err != nil {
			return err
		}
		return w.mail(tx, actor, contact, stop)
	})
}

// mail changes how one mailbox of the member stands, and journals it.
func (w Word) mail(tx *store.Tx, actor buurtbel.Actor, contact buurtbel.ID, stop bool) error {
	if err := tx.LockMember(w.Member); err != nil {
		return err
	}
	m, err := tx.MailboxOf(contact)
	if err != nil {
		return err
	}
	if m.Member != w.Member || m.Zone != w.Zone {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	to, what := buurtbel.RestByWish, "mail-stopped"
	switch {
	case stop && m.Rest != buurtbel.MailGoes:
		return nil // a complaint, or what came back, is as good
	case !stop && m.Rest == buurtbel.MailGoes:
		return nil
	case !stop && m.Rest != buurtbel.RestByWish:
		return buurtbel.Fail(buurtbel.Conflict, "error.own.mail-proof", nil)
	case !stop:
		to, what = buurtbel.MailGoes, "mail-again"
	}
	changed, err := tx.SetMailRest(m, to)
	if err != nil || !changed {
		return err
	}
	return w.journal(tx, actor, what)
}

// AskMailBack sends a mail to a mailbox that rests, or that is said not to exist: who opens its link has shown that it works. Within the limits of
// SendCode; source is as in SendOwnCode.
//
// Errors: those of Word.May and SendCode; error.contact.unknown (NotFound).
func (h *Hall) AskMailBack(ctx context.Context, actor buurtbel.Actor, w Word, contact buurtbel.ID, source string) error {
	f, err := h.ownAffair(ctx, actor, w)
	if err != nil {
		return err
	}
	c, err := f.point(contact)
	switch {
	case err != nil:
		return err
	case c.Kind != buurtbel.Mailbox || !c.Verified:
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	if w.How != OnOwnPage {
		source = deskSource + actor.Person.String()
	}
	link := h.o.Link + "/mail-back/" + token.SignUntil(h.db.Ring(), token.MailBack, contact, h.db.Now().Add(mailBackLasts))
	c.State = buurtbel.ContactOK // that is what it is to find out
	post := h.send(f.zone, buurtbel.KindCode, f.person, c, buurtbel.Email, letter(f.lang, "mail-back", f.args(), link), 24*time.Hour)
	return h.db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if err := h.count(tx, f, c, buurtbel.Email, source); err != nil {
			return err
		}
		return post(tx)
	})
}

// MailBack reads what stands behind the link of AskMailBack. It changes nothing.
//
// Errors: error.token.unknown (NotFound), error.token.expired (Conflict).
func MailBack(ctx context.Context, db *store.DB, link string) (*MailBehind, error) {
	id, err := token.VerifyUntil(db.Ring(), token.MailBack, link, db.Now())
	if err != nil {
		return nil, err
	}
	return mailBehind(ctx, db, id)
}

// MailWorks lets bulletins and digests go to the mailbox behind such a link again, and alerts to one that was said not to exist. Again changes nothing.
//
// Errors: those of MailBack.
func MailWorks(ctx context.Context, db *store.DB, link string) error {
	b, err := MailBack(ctx, db, link)
	if err != nil {
		return err
	}
	w := Word{Zone: b.Mailbox.Zone, Member: b.Mailbox.Member, How: byOneTap}
	return db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if err := tx.LockMember(w.Member); err != nil {
			return err
		}
		m, err := tx.MailboxOf(b.Mailbox.Contact)
		if err != nil || m.Rest == buurtbel.MailGoes && m.State == buurtbel.ContactOK {
			return err
		}
		if err := tx.Mended(m); err != nil {
			return err
		}
		return w.journal(tx, buurtbel.Actor{Person: w.Member, Zone: w.Zone, Office: "member"}, "mail-again")
	})
}
