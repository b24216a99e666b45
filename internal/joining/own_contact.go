package joining

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	mostContacts  = 8                  // of one member, browsers not counted
	unprovedLasts = 4 * 24 * time.Hour // longer than the link of a mail works
)

// ownAffair is an affair of a member on the member's word.
//
// Errors: those of Word.May.
func (h *Hall) ownAffair(ctx context.Context, actor buurtbel.Actor, w Word) (*affair, error) {
	if err := w.May(ctx, h.db, actor); err != nil {
		return nil, err
	}
	return h.memberAffair(ctx, buurtbel.Scope{Zone: w.Zone}, w.Member)
}

// memberAffair reads what a letter to a member needs.
//
// Errors: error.person.unknown (NotFound), also for who left.
func (h *Hall) memberAffair(ctx context.Context, s buurtbel.Scope, member buurtbel.ID) (*affair, error) {
	f := &affair{person: member}
	err := h.db.Read(ctx, s, func(tx *store.Tx) error {
		self, err := tx.Self(member, false)
		if err != nil {
			return err
		}
		if !self.Left.IsZero() {
			return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		f.lang = self.Member.Language
		if shift := self.Member.Choices.Shift; shift != nil {
			f.business = shift.Business
		}
		if f.contacts, err = tx.ApplicantContacts(member); err != nil {
			return err
		}
		return f.read(tx, self.Member.Network)
	})
	if err != nil {
		return nil, err
	}
	if f.contact == "" {
		f.contact = h.o.Link
	}
	f.loc, err = f.zone.Location()
	return f, err
}

// AddContact keeps a number or mailbox that a member wishes to be reached by. Nothing goes there, codes excepted, before it is proved; one that is
// not proved in four days is erased. The same one again gives the one that waits.
//
// Errors: those of Word.May; error.own.address (Invalid); error.own.contact-known, error.own.contacts-many (Conflict).
func (h *Hall) AddContact(ctx context.Context, actor buurtbel.Actor, w Word, typed string) (id buurtbel.ID, kind buurtbel.ContactKind, err error) {
	f, err := h.ownAffair(ctx, actor, w)
	if err != nil {
		return 0, "", err
	}
	c, err := readContact(typed, f.zone)
	if err != nil {
		return 0, "", err
	}
	fresh := h.db.NewID()
	err = w.change(ctx, h.db, actor, "added", func(tx *store.Tx, _ buurtbel.ID) error {
		list, err := tx.ApplicantContacts(w.Member)
		if err != nil {
			return err
		}
		one := c
		one.ID = fresh
		if i := slices.IndexFunc(list, func(have store.ApplicantContact) bool { return have.Kind == c.Kind && have.Address == c.Address }); i >= 0 {
			if id = list[i].ID; list[i].Verified {
				return buurtbel.Fail(buurtbel.Conflict, "error.own.contact-known", nil)
			}
			return nil
		}
		list = slices.DeleteFunc(list, func(have store.ApplicantContact) bool { return have.Kind == buurtbel.Browser })
		if len(list) >= mostContacts {
			return buurtbel.Fail(buurtbel.Conflict, "error.own.contacts-many", buurtbel.Args{"Most": mostContacts})
		}
		for _, have := range list {
			one.Rank = max(one.Rank, have.Rank+1)
		}
		id = fresh
		if err := tx.AddContact(w.Member, one); err != nil {
			return err
		}
		return tx.Later("guest-contact", fresh, tx.Now().Add(unprovedLasts))
	})
	return id, c.Kind, err
}

// readContact reads a number or a mailbox as a person types it.
func readContact(typed string, zone *buurtbel.Zone) (c store.NewContact, err error) {
	bad := buurtbel.Fail(buurtbel.Invalid, "error.own.address", nil)
	if strings.Contains(typed, "@") {
		box, err := readMailbox(typed)
		if err != nil {
			return c, bad
		}
		return store.NewContact{Kind: buurtbel.Mailbox, Address: box}, nil
	}
	callable, err := zone.Reachable()
	if err != nil {
		callable = phone.DefaultCountries
	}
	n, err := phone.ParseAllowed(typed, zone.Country, callable)
	switch {
	case err != nil:
		return c, bad
	case n.Kind == phone.Mobile:
		return store.NewContact{Kind: buurtbel.Mobile, Address: n.E164}, nil
	}
	return store.NewContact{Kind: buurtbel.Fixed, Address: n.E164}, nil
}

// OwnWays gives the channels that can bring a code or a link to a contact point of a kind.
func (h *Hall) OwnWays(kind buurtbel.ContactKind) []buurtbel.Channel {
	return slices.DeleteFunc(slices.Clone(provingWays[kind]), func(c buurtbel.Channel) bool { return !slices.Contains(h.o.Channels, c) })
}

// SendOwnCode sends what proves a member's new contact point, within the limits of SendCode. source is the network address of who asks; an office
// that was asked by telephone or on paper counts by its person.
//
// Errors: those of Word.May and SendCode.
func (h *Hall) SendOwnCode(ctx context.Context, actor buurtbel.Actor, w Word, contact buurtbel.ID, channel buurtbel.Channel, source string) error {
	f, err := h.ownAffair(ctx, actor, w)
	if err != nil {
		return err
	}
	c, err := f.point(contact)
	if err != nil {
		return err
	}
	if err := h.mayReach(f, c, channel); err != nil {
		return err
	}
	if w.How != OnOwnPage {
		source = deskSource + actor.Person.String()
	}
	put, post := h.code(f, c, channel)
	return h.db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if err := h.count(tx, f, c, channel, source); err != nil {
			return err
		}
		if err := put(tx); err != nil {
			return err
		}
		return post(tx)
	})
}

// EnterOwnCode proves a member's new contact point by its code: the next alert may come there.
//
// Errors: those of Word.May and EnterCode.
func (h *Hall) EnterOwnCode(ctx context.Context, actor buurtbel.Actor, w Word, contact buurtbel.ID, typed string) error {
	code, err := token.ReadCode(typed)
	if err != nil {
		return err
	}
	hash := token.HashCode(h.db.Ring(), token.Verify, contact, code)
	right := false
	err = h.db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if _, err := w.may(tx, actor); err != nil {
			return err
		}
		if err := tx.LockMember(w.Member); err != nil {
			return err
		}
		var err error
		if right, err = tx.UseProof(w.Member, contact, hash, mostTries); err != nil || !right { // a wrong try is counted: the transaction commits
			return err
		}
		return w.proved(tx, actor, contact)
	})
	if err == nil && !right {
		err = buurtbel.Fail(buurtbel.Invalid, "error.proof.wrong", nil)
	}
	return err
}

func (w Word) proved(tx *store.Tx, actor buurtbel.Actor, contact buurtbel.ID) error {
	fresh, err := tx.VerifyContact(w.Member, contact)
	if err != nil || !fresh {
		return err
	}
	return w.journal(tx, actor, "proved")
}

// proveOwnMail uses a link in a mail up and proves a member's mailbox.
func (h *Hall) proveOwnMail(ctx context.Context, f *affair, secret string, use store.OneUse) error {
	w := Word{Zone: f.zone.ID, Member: f.person, How: OnOwnPage}
	return h.db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if _, err := tx.UseOneUse(token.Hash(secret), string(token.Verify)); err != nil {
			return err
		}
		if err := tx.LockMember(w.Member); err != nil {
			return err
		}
		return w.proved(tx, buurtbel.Actor{Person: w.Member, Zone: w.Zone, Office: "member"}, use.Subject)
	})
}
