package joining

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const invitationLasts = 30 * 24 * time.Hour

// invitesPerMember is how many invitations one member sends.
var invitesPerMember = store.Allowance{Most: 6, Span: 24 * time.Hour}

// Invite lets a member invite another adult to the household, or to the contact persons of the business: by mail, or with mailbox "" by the link
// that is given back, to be passed on by hand. Whether the mailbox is a member's is told to nobody but its owner. The member who invites is in the household from then on.
//
// Errors: those of behind; error.application.not-member (Conflict); error.business.unknown (NotFound) for who does not stand for it; error.join.mailbox (Invalid); error.join.too-often (Busy).
func (h *Hall) Invite(ctx context.Context, link, mailbox string, purpose token.Purpose) (address string, err error) {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return "", err
	}
	if mailbox, err = readMailbox(mailbox); err != nil {
		return "", err
	}
	f, err := h.affair(ctx, s, id)
	if err != nil {
		return "", err
	}
	if f.app.State() != buurtbel.ApplicationAccepted {
		return "", buurtbel.Fail(buurtbel.Conflict, "error.application.not-member", nil)
	}
	v, err := h.invitation(ctx, f, mailbox, purpose)
	if err != nil {
		return "", err
	}
	return v.address, h.db.Write(ctx, s, v.store)
}

// InviteHome is Invite to the household, from the member's own page.
//
// Errors: those of Word.May and Invite.
func (h *Hall) InviteHome(ctx context.Context, actor buurtbel.Actor, w Word, mailbox string) (address string, err error) {
	if mailbox, err = readMailbox(mailbox); err != nil {
		return "", err
	}
	f, err := h.ownAffair(ctx, actor, w)
	if err != nil {
		return "", err
	}
	v, err := h.invitation(ctx, f, mailbox, token.Household)
	if err != nil {
		return "", err
	}
	return v.address, h.db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, v.store)
}

// readMailbox reads a mailbox as a person types it; "" stays "".
func readMailbox(typed string) (string, error) {
	box := strings.ToLower(strings.TrimSpace(typed))
	if box == "" {
		return "", nil
	}
	if a, err := mail.ParseAddress(box); err != nil || a.Address != box || len(box) > 254 {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.join.mailbox", nil)
	}
	return box, nil
}

// invite is an invitation on its way.
type invite struct {
	address string
	store   func(*store.Tx) error
}

func (h *Hall) invitation(ctx context.Context, f *affair, mailbox string, purpose token.Purpose) (*invite, error) {
	secret, hash := token.New()
	path, key := "/household/", "household"
	if purpose == token.Business {
		path, key = "/business/join/", "business"
	}
	v := &invite{address: h.o.Link + path + secret}
	known, err := h.memberAt(ctx, f, mailbox)
	if err != nil {
		return nil, err
	}
	use := store.OneUse{Purpose: string(purpose), Person: known, Subject: f.business, Expires: h.db.Now().Add(invitationLasts), By: f.person}
	fresh, guest, contact := h.db.NewID(), h.db.NewID(), store.NewContact{ID: h.db.NewID(), Kind: buurtbel.Mailbox, Address: mailbox}
	var post func(*store.Tx) error
	if mailbox != "" {
		c := store.ApplicantContact{ContactPoint: buurtbel.ContactPoint{ID: contact.ID, Kind: buurtbel.Mailbox, State: buurtbel.ContactOK}}
		post = h.send(f.zone, buurtbel.KindCode, guest, c, buurtbel.Email, letter(f.lang, key, f.args(), v.address), 48*time.Hour)
	}
	v.store = func(tx *store.Tx) error {
		if ok, err := tx.AskOnce(h.db.AskHash("inviter", f.person.String()), invitesPerMember); err != nil || !ok {
			return tooOften(err)
		}
		use := use
		if purpose == token.Business {
			if err := stands(tx, f.app); err != nil {
				return err
			}
		}
		if purpose == token.Household {
			household, err := ownHousehold(tx, f.person, fresh)
			if err != nil {
				return err
			}
			use.Subject = household
		}
		if err := tx.InsertOneUse(hash, use); err != nil {
			return err
		}
		if mailbox == "" {
			return nil
		}
		if ok, _, err := tx.AskCode(h.db.CodeHash(mailbox), buurtbel.CodesForStranger, false, f.loc); err != nil || !ok {
			return tooOften(err)
		}
		if err := tx.AddContact(guest, contact); err != nil { // nobody's: only for this mail; the daily erasing takes it away
			return err
		}
		if err := tx.Later("guest-contact", contact.ID, tx.Now().Add(72*time.Hour)); err != nil {
			return err
		}
		return post(tx)
	}
	return v, nil
}

// stands refuses who does not stand for the business any more: the link to the own page outlives that.
func stands(tx *store.Tx, a *buurtbel.Application) error {
	if err := tx.LockMember(a.ID); err != nil {
		return err
	}
	people, err := tx.BusinessPeople(a.Business)
	if err == nil && !slices.ContainsFunc(people, func(p store.BusinessPerson) bool { return p.Member == a.ID }) {
		err = buurtbel.Fail(buurtbel.NotFound, "error.business.unknown", nil)
	}
	return err
}

func tooOften(err error) error {
	if err != nil {
		return err
	}
	return buurtbel.Fail(buurtbel.Busy, "error.join.too-often", nil)
}

// ownHousehold gives the household of who invites, a new one if there is none.
func ownHousehold(tx *store.Tx, member, fresh buurtbel.ID) (buurtbel.ID, error) {
	if err := tx.LockMember(member); err != nil {
		return 0, err
	}
	household, err := tx.HouseholdOf(member)
	if err != nil || household != 0 {
		return household, err
	}
	if err := tx.InsertHousehold(fresh); err != nil {
		return 0, err
	}
	if _, err := tx.EnterHousehold(member, fresh); err != nil {
		return 0, err
	}
	return fresh, tx.Append(tx.Scope().Zone, buurtbel.EntryJoin, member, []byte(member.String()+" household "+fresh.String()))
}

// memberAt finds the member of the same network who has a mailbox; 0: none.
func (h *Hall) memberAt(ctx context.Context, f *affair, mailbox string) (id buurtbel.ID, err error) {
	if mailbox == "" {
		return 0, nil
	}
	var point buurtbel.ID
	err = h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		holders, err := tx.HoldersOf(mailbox)
		for _, one := range holders {
			if one.Network == f.network.ID && one.Zone == f.zone.ID {
				id, point = one.Member, one.Contact
			}
		}
		return err
	})
	if err != nil || id == 0 {
		return 0, err
	}
	proved := false // whoever typed a mailbox in may not take what goes there
	err = h.db.Read(ctx, buurtbel.Scope{Zone: f.zone.ID}, func(tx *store.Tx) error {
		self, err := tx.Self(id, false)
		if err != nil {
			return err
		}
		proved = slices.ContainsFunc(self.Contacts, func(c store.SelfContact) bool { return c.ID == point && c.Verified })
		return nil
	})
	if !proved {
		id = 0
	}
	return id, err
}

// ForgetGuest gives the verb that erases the mailbox of an invitation after its mail, or what a member added and never proved: a task about the contact point.
func (h *Hall) ForgetGuest() func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, h.db.Now()); err != nil {
			return err
		}
		return h.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			if err := tx.ForgetGuest(t.Subject); err != nil {
				return err
			}
			return tx.FinishTask(t, time.Time{})
		})
	}
}

// Invited is what stands behind an invitation.
type Invited struct {
	Known    bool   // the invited is a member already: one tap confirms
	Business string // name of the business; "" for a household
}

// BehindInvitation shows an invitation without using it.
//
// Errors: error.link.used (NotFound).
func (h *Hall) BehindInvitation(ctx context.Context, secret string, purpose token.Purpose) (*Invited, error) {
	use, s, err := h.peek(ctx, secret, purpose)
	if err != nil {
		return nil, err
	}
	v := &Invited{Known: use.Person != 0}
	if purpose == token.Business {
		err = h.db.Read(ctx, s, func(tx *store.Tx) error {
			b, err := tx.Business(use.Subject)
			v.Business = b.Name
			return err
		})
	}
	return v, err
}

func (h *Hall) peek(ctx context.Context, secret string, purpose token.Purpose) (use store.OneUse, s buurtbel.Scope, err error) {
	err = h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if use, err = tx.PeekOneUse(token.Hash(secret), string(purpose)); err != nil {
			return err
		}
		s.Zone, err = tx.ZoneOfGroup(use.Subject)
		return err
	})
	if err != nil {
		return use, s, err
	}
	sent := false
	err = h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		sent, err = sends(tx, use, purpose)
		return err
	})
	if err == nil && !sent {
		err = buurtbel.Fail(buurtbel.NotFound, "error.link.used", nil)
	}
	return use, s, err
}

// Confirm lets an invited member enter the household, or stand for the business. It uses the invitation up.
//
// Errors: error.link.used (NotFound); error.household.already, error.application.not-member (Conflict).
func (h *Hall) Confirm(ctx context.Context, secret string, purpose token.Purpose) error {
	use, s, err := h.peek(ctx, secret, purpose)
	if err != nil {
		return err
	}
	if use.Person == 0 {
		return buurtbel.Fail(buurtbel.Conflict, "error.application.not-member", nil)
	}
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		if err := takeInvitation(tx, secret, purpose); err != nil {
			return err
		}
		if purpose == token.Business {
			return enterStaff(tx, use.Subject, use.Person, use.Person, buurtbel.PostShop)
		}
		entered, err := tx.EnterHousehold(use.Person, use.Subject)
		if err == nil && !entered {
			err = buurtbel.Fail(buurtbel.Conflict, "error.household.already", nil)
		}
		if err != nil {
			return err
		}
		return tx.Append(s.Zone, buurtbel.EntryJoin, use.Person, []byte(use.Person.String()+" household "+use.Subject.String()))
	})
}

// invited makes an application one of a household or a business that invited it, in the same zone.
func (h *Hall) invited(ctx context.Context, secret string, a *store.NewApplication) error {
	a.Source = buurtbel.FromInvitation
	use, s, err := h.peek(ctx, secret, token.Household)
	if err == nil && s.Zone == a.Zone {
		a.Household = use.Subject
		return nil
	}
	use, s, err = h.peek(ctx, secret, token.Business)
	if err != nil {
		return err
	}
	if s.Zone != a.Zone || a.Choices.Shift == nil {
		return buurtbel.Fail(buurtbel.Conflict, "error.join.elsewhere", nil)
	}
	a.Business, a.Choices.Shift.Business = use.Subject, use.Subject
	return nil
}

// LeaveHousehold takes a member out of the household. Nobody is told; a second tap changes nothing.
//
// Errors: error.token.unknown, error.person.unknown (NotFound).
func (h *Hall) LeaveHousehold(ctx context.Context, link string) error {
	member, who, err := h.leaver(ctx, link)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) error {
		household, err := tx.HouseholdOf(member)
		if err != nil {
			return err
		}
		left, err := tx.LeaveHousehold(member)
		if err != nil || !left {
			return err
		}
		if err := tx.EndInvitations(member, household); err != nil {
			return err
		}
		return tx.Append(who.Zone, buurtbel.EntryJoin, member, []byte(member.String()+" left the household"))
	})
}

// BehindLeave tells the language of who holds a link out of the household, and whether there is one to leave.
func (h *Hall) BehindLeave(ctx context.Context, link string) (lang buurtbel.Language, in bool, err error) {
	member, who, err := h.leaver(ctx, link)
	if err != nil {
		return "", false, err
	}
	err = h.db.Read(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) error {
		household, err := tx.HouseholdOf(member)
		in = household != 0
		return err
	})
	return who.Language, in, err
}

func (h *Hall) leaver(ctx context.Context, link string) (member buurtbel.ID, who buurtbel.Actor, err error) {
	if member, err = token.VerifySigned(h.db.Ring(), token.Leave, link); err != nil {
		return 0, who, err
	}
	err = h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		who, err = tx.Actor(member)
		return err
	})
	return member, who, err
}
