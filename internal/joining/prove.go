package joining

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	codeLasts  = 15 * time.Minute    // of a text or a call
	linkLasts  = 3 * 24 * time.Hour  // of a mail
	paperLasts = 30 * 24 * time.Hour // of a letter
	mostTries  = 5                   // at one code: with six digits, one in 200,000 guesses right
)

// Limits of codes beside those of each number, which are buurtbel.CodesForStranger and CodesForDesk: one count with every other door.
var (
	codesPerSource      = store.Allowance{Most: 20, Span: time.Hour}
	codesPerApplication = store.Allowance{Most: 12, Span: 24 * time.Hour}
)

// provingWays are the channels that reach a kind of contact point.
var provingWays = map[buurtbel.ContactKind][]buurtbel.Channel{buurtbel.Mobile: {buurtbel.SMS, buurtbel.Voice}, buurtbel.Fixed: {buurtbel.Voice}, buurtbel.Mailbox: {buurtbel.Email}}

// SendCode sends what proves a contact point: six digits by text or by call, or a link by mail. A newer code takes the place of the older one.
// source is the network address of who asks.
//
// Errors: error.proof.too-often, error.proof.hours (Busy); error.proof.channel (Conflict); error.contact.unknown (NotFound).
func (h *Hall) SendCode(ctx context.Context, link string, contact buurtbel.ID, channel buurtbel.Channel, source string) error {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return err
	}
	return h.sendCode(ctx, s, id, contact, channel, source)
}

// deskSource begins the source of what a coordinator or an official sends; what strangers send comes from a network address.
const deskSource = "person "

// SendCodeFor is SendCode for a person who sits before the coordinator, or whose paper the coordinator typed over.
func (h *Hall) SendCodeFor(ctx context.Context, actor buurtbel.Actor, zone, id, contact buurtbel.ID, channel buurtbel.Channel) error {
	s := buurtbel.Scope{Zone: zone}
	if err := h.may(ctx, actor, s, id); err != nil {
		return err
	}
	return h.sendCode(ctx, s, id, contact, channel, deskSource+actor.Person.String())
}

func (h *Hall) sendCode(ctx context.Context, s buurtbel.Scope, id, contact buurtbel.ID, channel buurtbel.Channel, source string) error {
	f, err := h.affair(ctx, s, id)
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
	put, post := h.code(f, c, channel)
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		if err := h.count(tx, f, c, channel, source); err != nil {
			return err
		}
		if err := put(tx); err != nil {
			return err
		}
		return post(tx)
	})
}

// mayReach tells whether a channel reaches a contact point now.
func (h *Hall) mayReach(f *affair, c store.ApplicantContact, channel buurtbel.Channel) error {
	now := h.db.Now().In(f.loc)
	switch {
	case f.app != nil && f.app.State().Final():
		return buurtbel.Fail(buurtbel.Conflict, "error.application.over", nil)
	case c.Verified:
		return buurtbel.Fail(buurtbel.Conflict, "error.proof.done", nil)
	case !slices.Contains(provingWays[c.Kind], channel), !slices.Contains(h.o.Channels, channel), c.State != buurtbel.ContactOK, channel == buurtbel.Voice && c.NoCalls:
		return buurtbel.Fail(buurtbel.Conflict, "error.proof.channel", nil)
	case channel == buurtbel.Voice && buurtbel.CodeNight.Contains(now.Hour()*60+now.Minute()):
		return buurtbel.Fail(buurtbel.Busy, "error.proof.hours", nil) // whoever sleeps there may not have asked
	}
	return nil
}

// count asks every limit; refused requests count for none.
func (h *Hall) count(tx *store.Tx, f *affair, c store.ApplicantContact, channel buurtbel.Channel, source string) error {
	share := buurtbel.CodesForStranger
	if strings.HasPrefix(source, deskSource) {
		share = buurtbel.CodesForDesk
	}
	ok, err := tx.AskOnce(h.db.AskHash("source", source), codesPerSource)
	if err == nil && ok {
		ok, err = tx.AskOnce(h.db.AskHash("applicant", f.person.String()), codesPerApplication)
	}
	if err == nil && ok {
		ok, _, err = tx.AskCode(h.db.CodeHash(c.Address), share, channel == buurtbel.Voice, f.loc)
	}
	if err == nil && !ok {
		err = buurtbel.Fail(buurtbel.Busy, "error.proof.too-often", nil)
	}
	return err
}

// code makes a code or a link, with what stores it and what sends it.
func (h *Hall) code(f *affair, c store.ApplicantContact, channel buurtbel.Channel) (put, post func(*store.Tx) error) {
	lang, args, now := f.lang, f.args(), h.db.Now()
	if channel == buurtbel.Email {
		key := "prove"
		if f.app == nil {
			key = "prove-own"
		}
		secret, hash := token.New()
		put = func(tx *store.Tx) error {
			return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.Verify), Subject: c.ID, Person: f.person, Expires: now.Add(linkLasts)})
		}
		return put, h.send(f.zone, buurtbel.KindCode, f.person, c, channel, letter(lang, key, args, h.o.Link+"/verify/"+secret), 24*time.Hour)
	}
	code := token.NewDigits()
	hash := token.HashCode(h.db.Ring(), token.Verify, c.ID, code)
	w := buurtbel.Wording{Regime: string(lang)}
	if channel == buurtbel.SMS {
		args["Code"] = code
		w.SMS = locale.Text(lang, "message.join.code", args)
	} else {
		args["Code"] = spell(code)
		w.Spoken = []buurtbel.Spoken{{Language: lang, Intro: locale.Text(lang, "message.join.call-intro", args), Text: locale.Text(lang, "message.join.call", args)}}
	}
	l := h.letters(f.zone, buurtbel.KindCode, f.person, c, channel, w, lasting(channel, now.In(f.loc)))
	put = func(tx *store.Tx) error { return tx.PutProof(f.person, c.ID, l.Message.ID, hash, now.Add(codeLasts)) }
	return put, l.Post
}

// lasting gives how long a code may be on its way: a call that was asked for in the evening and found no line does not ring by night.
func lasting(channel buurtbel.Channel, now time.Time) time.Duration {
	if channel != buurtbel.Voice {
		return codeLasts
	}
	night := buurtbel.CodeNight.From
	dusk := time.Date(now.Year(), now.Month(), now.Day(), night/60, night%60, 0, 0, now.Location())
	if left := dusk.Sub(now); left > 0 && left < codeLasts {
		return max(left, time.Minute)
	}
	return codeLasts
}

// spell writes a code so that a voice says it digit by digit, with rests.
func spell(code string) string { return strings.Join(strings.Split(code, ""), ". ") }

// EnterCode proves a contact point by its code, or with contact 0 the address by the code on the letter.
//
// Errors: error.proof.wrong, error.token.code (Invalid); error.proof.over (NotFound); error.application.over (Conflict).
func (h *Hall) EnterCode(ctx context.Context, link string, contact buurtbel.ID, typed string) error {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return err
	}
	return h.enterCode(ctx, s, id, contact, typed, 0)
}

// EnterCodeFor is EnterCode for a code that the applicant reads out to the coordinator.
func (h *Hall) EnterCodeFor(ctx context.Context, actor buurtbel.Actor, zone, id, contact buurtbel.ID, typed string) error {
	s := buurtbel.Scope{Zone: zone}
	if err := h.may(ctx, actor, s, id); err != nil {
		return err
	}
	return h.enterCode(ctx, s, id, contact, typed, actor.Person)
}

func (h *Hall) enterCode(ctx context.Context, s buurtbel.Scope, id, contact buurtbel.ID, typed string, by buurtbel.ID) error {
	code, err := token.ReadCode(typed)
	if err != nil {
		return err
	}
	subject := contact
	if contact == 0 {
		subject = id
	}
	hash := token.HashCode(h.db.Ring(), token.Verify, subject, code)
	right := false
	err = h.db.Write(ctx, s, func(tx *store.Tx) (err error) {
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		if a.State().Final() {
			return buurtbel.Fail(buurtbel.Conflict, "error.application.over", nil)
		}
		right, err = tx.UseProof(id, contact, hash, mostTries)
		if err != nil || !right { // a wrong try is counted: the transaction commits
			return err
		}
		if contact == 0 {
			return proved(tx, a, buurtbel.ApplicationFact{Kind: buurtbel.FactAddress, By: by, Detail: string(buurtbel.ByLetter)})
		}
		if err := h.codeUsed(tx, id, contact); err != nil {
			return err
		}
		return provedContact(tx, a, contact, by)
	})
	if err == nil && !right {
		err = buurtbel.Fail(buurtbel.Invalid, "error.proof.wrong", nil)
	}
	return err
}

// codeUsed takes the code that proved a contact point out of the count: who has the number is not kept waiting at the next door.
func (h *Hall) codeUsed(tx *store.Tx, id, contact buurtbel.ID) error {
	list, err := tx.ApplicantContacts(id)
	for _, c := range list {
		if c.ID == contact {
			return tx.CodeUsed(h.db.CodeHash(c.Address), c.Kind == buurtbel.Fixed)
		}
	}
	return err
}

func provedContact(tx *store.Tx, a *buurtbel.Application, contact, by buurtbel.ID) error {
	fresh, err := tx.VerifyContact(a.ID, contact)
	if err != nil || !fresh {
		return err
	}
	return proved(tx, a, buurtbel.ApplicationFact{Kind: buurtbel.FactProved, By: by, Detail: contact.String()})
}

func proved(tx *store.Tx, a *buurtbel.Application, f buurtbel.ApplicationFact) error {
	if err := a.MayFollow(f, false); err != nil {
		return err
	}
	if err := tx.AddFact(a, f); err != nil {
		return err
	}
	return wake(tx, a.ID)
}

// Mailed is what stands behind a link that proves a mailbox.
type Mailed struct {
	Zone     string
	Network  string
	Language buurtbel.Language
	Member   bool // whose it is, is a member already
}

// BehindMail shows what a link in a mail would prove, without using it: mail scanners open links.
//
// Errors: error.link.used (NotFound).
func (h *Hall) BehindMail(ctx context.Context, secret string) (*Mailed, error) {
	f, _, err := h.mailed(ctx, secret)
	if err != nil {
		return nil, err
	}
	return &Mailed{f.zone.Name, f.network.Name, f.lang, f.app == nil}, nil
}

func (h *Hall) mailed(ctx context.Context, secret string) (*affair, store.OneUse, error) {
	var use store.OneUse
	s := buurtbel.Scope{}
	err := h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if use, err = tx.PeekOneUse(token.Hash(secret), string(token.Verify)); err != nil {
			return err
		}
		s.Zone, err = tx.ZoneOf(use.Person)
		return err
	})
	if err == nil {
		f, err := h.memberAffair(ctx, s, use.Person)
		return f, use, err
	}
	if buurtbel.KindOf(err) != buurtbel.NotFound || use.Person == 0 {
		return nil, use, err
	}
	err = h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		s.Zone, err = tx.ZoneOfApplication(use.Person)
		return err
	})
	if err != nil {
		return nil, use, err
	}
	f, err := h.affair(ctx, s, use.Person)
	return f, use, err
}

// ProveMail uses a link in a mail up and proves its mailbox. It gives the token of the applicant's own page; "" for a
// member's, which is entered by its own code.
//
// Errors: error.link.used (NotFound); error.application.over (Conflict).
func (h *Hall) ProveMail(ctx context.Context, secret string) (page string, err error) {
	f, use, err := h.mailed(ctx, secret)
	if err != nil {
		return "", err
	}
	if f.app == nil {
		return "", h.proveOwnMail(ctx, f, secret, use)
	}
	err = h.db.Write(ctx, buurtbel.Scope{Zone: f.app.Zone}, func(tx *store.Tx) error {
		if _, err := tx.UseOneUse(token.Hash(secret), string(token.Verify)); err != nil {
			return err
		}
		a, err := tx.LockApplication(use.Person)
		if err != nil {
			return err
		}
		return provedContact(tx, a, use.Subject, 0)
	})
	if err != nil {
		return "", err
	}
	return h.PageLink(use.Person), nil
}

// Claims are what an electronic identity says of its holder, and all of it that is kept: whatever else a token carries must not come this far.
type Claims struct {
	Address store.Home
	Over18  bool
}

// ProveByIdentity takes the claims of an electronic identity for an application: the address is proved when the register knows it as the one
// that the applicant wrote, and the age when the identity says so. It tells whether the address was the same.
func (h *Hall) ProveByIdentity(ctx context.Context, link string, c Claims) (same bool, err error) {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return false, err
	}
	claimed, err := h.Check(ctx, c.Address, buurtbel.Residents)
	if err != nil {
		return false, err
	}
	err = h.db.Write(ctx, s, func(tx *store.Tx) error {
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		p, err := tx.OpenApplicant(id)
		if err != nil {
			return err
		}
		if c.Over18 {
			if err := proved(tx, a, buurtbel.ApplicationFact{Kind: buurtbel.FactAdult, Detail: "identity"}); err != nil {
				return err
			}
		}
		if same = p.Home == claimed.Home && claimed.At == p.Place; !same {
			return nil
		}
		return proved(tx, a, buurtbel.ApplicationFact{Kind: buurtbel.FactAddress, Detail: string(buurtbel.ByIdentity)})
	})
	return same, err
}
