package entering

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	// OwnLasts is how long a session of a member's own page lasts.
	OwnLasts = 2 * time.Hour
	// ownOffice is the office of a session that opens nothing but the own page, whatever mandates its person holds.
	ownOffice = "own"
	// ownCode is the purpose of codes and links to the own page.
	ownCode token.Purpose = "own-page"

	mostHolders = 4 // persons of one household who share an address
)

// asked is one asking for the own page, on its way to the loop that looks the address up.
type asked struct {
	ask []byte
	to  []typed // the number as each country of the zones reads it, or the mailbox
}

// typed is one address that a person may have meant.
type typed struct {
	address string
	mailbox bool
	call    bool           // a fixed line
	loc     *time.Location // of the zones of the country that reads it so

	// What the count of codes says, which is one with every other door that sends codes, whether anybody has the address or not.
	send  bool      // false: it had its share, and the code that went there last counts
	until time.Time // how long a code that goes now works
	hash  []byte    // names the count
}

// Asking is what whoever asks for the own page goes on with.
type Asking struct {
	Secret string // names the asking; the code is given back with it. "" for a mailbox, which gets a link
	Call   bool   // the number takes calls only: the code is spoken
	Enough bool   // nothing goes out: the address had its share of codes, and the last still works
	Night  bool   // nothing was done: it is night, and the person is to say that the telephone may ring
}

// AskOwn asks for the own page by a telephone number or a mailbox that the member has with us: a text, a call to a fixed line, or a link by mail
// follows. It tells nothing about the address: the answer is the same, and as fast, for a known and an unknown one, and no zone is looked into.
// awake says that the person was asked whether the telephone may ring by night: before, nothing is done about a fixed line in buurtbel.CodeNight.
//
// Errors: error.own.address (Invalid) for what is neither; error.sign-in.too-often (Busy) with Args["Wait"]; error.sign-in.busy (Busy).
func (g *Gate) AskOwn(ctx context.Context, text, origin string, awake bool) (*Asking, error) {
	a := asked{}
	mailbox, isMail := readMailbox(text)
	if isMail {
		a.to = []typed{{address: mailbox, mailbox: true, loc: time.UTC}}
	} else {
		var err error
		if a.to, err = g.numbers(ctx, text); err != nil {
			return nil, err
		}
	}
	if wait := g.limits.origin(origin); wait > 0 {
		return nil, buurtbel.Fail(buurtbel.Busy, "error.sign-in.too-often", buurtbel.Args{"Wait": int(wait.Seconds()) + 1})
	}
	if !awake && g.rings(a.to) {
		return &Asking{Call: true, Night: true}, nil
	}
	asking := &Asking{Call: a.to[0].call}
	var secret string
	if !isMail {
		secret, a.ask = token.New()
	}
	if err := g.countOwn(ctx, &a); err != nil {
		return nil, err
	}
	asking.Secret = secret
	asking.Enough = !slices.ContainsFunc(a.to, func(t typed) bool { return t.send })
	if isMail && asking.Enough {
		return asking, nil // a link that works is in that mailbox already
	}
	return asking, g.enqueue(ctx, a)
}

// rings tells whether somebody may be woken.
func (g *Gate) rings(to []typed) bool {
	return slices.ContainsFunc(to, func(t typed) bool {
		now := g.db.Now().In(t.loc)
		return t.call && buurtbel.CodeNight.Contains(now.Hour()*60+now.Minute())
	})
}

// countOwn counts an asking for each address that may be meant, known or not, and notes that a code will be given back. Nothing of it depends on
// who has the address: otherwise another door, where the same count holds, would tell.
func (g *Gate) countOwn(ctx context.Context, a *asked) error {
	return g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		for i := range a.to {
			t := &a.to[i]
			t.hash, t.until = g.db.CodeHash(t.address), tx.Now().Add(LinkLasts)
			ok, next, err := tx.AskCode(t.hash, buurtbel.CodesForOwner, t.call, t.loc)
			if err != nil {
				return err
			}
			t.send = ok
			if next.After(t.until) {
				t.until = next // so that at every moment there is a code that works, whoever used the share up
			}
		}
		if a.ask == nil {
			return nil
		}
		return tx.AskOwnCode(a.ask, tx.Now().Add(LinkLasts))
	})
}

// enqueue hands an asking to the loop. What it cannot take was not sent, and does not count.
func (g *Gate) enqueue(ctx context.Context, a asked) error {
	select {
	case g.pages <- a:
		return nil
	default:
	}
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		for _, t := range a.to {
			if !t.send {
				continue
			}
			if err := tx.CodeUsed(t.hash, t.call); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return buurtbel.Fail(buurtbel.Busy, "error.sign-in.busy", nil)
}

// numbers reads a typed number as every country of the zones would, each number once.
func (g *Gate) numbers(ctx context.Context, text string) (out []typed, err error) {
	var zones []*buurtbel.Zone
	err = g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		zones, err = tx.Zones()
		return err
	})
	if err != nil {
		return nil, err
	}
	done := map[string]bool{}
	for _, z := range zones {
		if done[z.Country] {
			continue
		}
		done[z.Country] = true
		n, err := phone.Parse(text, z.Country)
		if err != nil || slices.ContainsFunc(out, func(t typed) bool { return t.address == n.E164 }) {
			continue
		}
		loc, err := z.Location()
		if err != nil {
			return nil, err
		}
		out = append(out, typed{address: n.E164, call: n.Kind == phone.Fixed, loc: loc})
	}
	if len(out) == 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.own.address", nil)
	}
	return out, nil
}

// answer looks the addresses of an asking up and sends what they get.
func (g *Gate) answer(ctx context.Context, a asked) error {
	slot := 0
	seen := map[buurtbel.ID]bool{}
	for _, t := range a.to {
		var holders []store.ContactHolder
		err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			holders, err = tx.HoldersOf(t.address)
			return err
		})
		if err != nil {
			return fmt.Errorf("look an address up for the own page: %w", err)
		}
		for _, h := range holders {
			if seen[h.Member] || slot >= mostHolders {
				continue
			}
			seen[h.Member] = true
			sent, err := g.sendOwn(ctx, a.ask, t, h, slot+1, len(holders) > 1)
			if err != nil {
				return err
			}
			if sent {
				slot++
			}
		}
	}
	return nil
}

// sendOwn sends one holder of an address a link or a code. shared names the person, because others have the same address. It is false for who has no
// own page: who left, or whose address was never proved.
func (g *Gate) sendOwn(ctx context.Context, ask []byte, t typed, h store.ContactHolder, slot int, shared bool) (bool, error) {
	scope := buurtbel.Scope{Zone: h.Zone}
	var self *store.Self
	var zone *buurtbel.Zone
	var last store.OwnCode
	err := g.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if self, err = tx.Self(h.Member, shared); err != nil {
			return err
		}
		if last, err = tx.LastOwnCode(h.Member, t.hash); err != nil {
			return err
		}
		zone, err = tx.Zone()
		return err
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	contact, ok := proved(self, h.Contact)
	if !ok {
		return false, nil
	}
	if t.mailbox {
		return true, g.mailOwn(ctx, self, zone, contact, t)
	}
	return true, g.codeOwn(ctx, ask, t, self, zone, contact, slot, last)
}

// proved gives a contact point on which its member may get a code: proved, and not gone. A number to which texts were stopped still gets the code that
// its owner asks for.
func proved(self *store.Self, contact buurtbel.ID) (buurtbel.ContactPoint, bool) {
	if self.Member.State != buurtbel.MemberActive && self.Member.State != buurtbel.MemberSuspended {
		return buurtbel.ContactPoint{}, false
	}
	for _, c := range self.Contacts {
		if c.ID == contact && c.Verified && c.State != buurtbel.ContactDead {
			c.State, c.NoCalls = buurtbel.ContactOK, false
			return c.ContactPoint, true
		}
	}
	return buurtbel.ContactPoint{}, false
}

// codeOwn ties a code to an asking and sends it. Where the number had its share, the code that went there last counts for this asking too: a
// flood from elsewhere keeps nobody out.
func (g *Gate) codeOwn(ctx context.Context, ask []byte, t typed, self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint, slot int, last store.OwnCode) error {
	until := g.db.Now().Add(LinkLasts)
	if !t.send {
		if last.Code == nil {
			return nil
		}
		return g.db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error { return tx.PutOwnCode(ask, slot, last, until) })
	}
	pass := token.NewPass()
	code := store.OwnCode{Person: self.Member.ID, Zone: zone.ID, Number: t.hash, Call: t.call, Code: token.HashCode(g.db.Ring(), ownCode, self.Member.ID, pass)}
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	lang := self.Member.Language
	args := buurtbel.Args{"Code": pass[:4] + " " + pass[4:], "Until": locale.Clock(lang, until, loc), "Source": zone.Name, "Name": self.Name.Given}
	words := buurtbel.Wording{Regime: string(lang)}
	channel := buurtbel.SMS
	contact.Kind = buurtbel.Mobile
	if t.call { // the number says it, as it was counted, not the line of the form in which somebody wrote it
		channel, contact.Kind = buurtbel.Voice, buurtbel.Fixed
	}
	switch {
	case t.call:
		words.Spoken = spoken(lang, pass, args)
	case self.Name.Given != "":
		words.SMS = locale.Text(lang, "message.own.sms-named", args)
	default:
		words.SMS = locale.Text(lang, "message.own.sms", args)
	}
	letter := g.ownLetter(self, zone, contact, words, until, channel)
	code.Message = letter.Message.ID
	return g.db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutOwnCode(ask, slot, code, t.until); err != nil {
			return err
		}
		return letter.Post(tx)
	})
}

// spoken says a code digit by digit, in two groups.
func spoken(lang buurtbel.Language, pass string, args buurtbel.Args) []buurtbel.Spoken {
	args["Code"] = strings.Join(strings.Split(pass[:4], ""), ", ") + ". " + strings.Join(strings.Split(pass[4:], ""), ", ")
	return []buurtbel.Spoken{{Language: lang, Intro: locale.Text(lang, "message.own.call", args), Text: locale.Text(lang, "message.own.call-code", args)}}
}

func (g *Gate) ownLetter(self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint, words buurtbel.Wording, until time.Time, channel buurtbel.Channel) *store.Letters {
	l := g.db.Letters(zone, buurtbel.KindCode, buurtbel.Now, until)
	l.To(store.Reachable{Member: self.Member, Contacts: []buurtbel.ContactPoint{contact}, Regime: words.Regime}, words, channel)
	return l
}

func (g *Gate) mailOwn(ctx context.Context, self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint, t typed) error {
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	now := g.db.Now()
	secret, hash := token.New()
	until, lang := now.Add(LinkLasts), self.Member.Language
	words := locale.OwnPageLetter(lang, self.Name.Given, g.ownAddress(secret), until, now, loc).Wording(lang)
	letter := g.ownLetter(self, zone, contact, words, until, buurtbel.Email)
	return g.db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.InsertOneUse(hash, store.OneUse{Purpose: string(ownCode), Subject: self.Member.ID, Person: self.Member.ID, Expires: t.until, Number: t.hash}); err != nil {
			return err
		}
		return letter.Post(tx)
	})
}

func (g *Gate) ownAddress(secret string) string { return g.o.Link + "/me/in/" + secret }

// OwnLink makes a link to a member's own page without mailing it: for the demo and the command line. Journalled.
func (g *Gate) OwnLink(ctx context.Context, actor buurtbel.Actor, member buurtbel.ID) (string, error) {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, g.db.Now()); err != nil {
		return "", err
	}
	secret, hash := token.New()
	until := g.db.Now().Add(SessionLasts)
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		who, err := tx.Actor(member)
		if err != nil {
			return err
		}
		if err := tx.InsertOneUse(hash, store.OneUse{Purpose: string(ownCode), Subject: member, Person: member, Expires: until}); err != nil {
			return err
		}
		return tx.AppendIn(who.Zone, who.Zone, buurtbel.EntrySignIn, actor.Person, []byte("link to the own page made for "+member.String()))
	})
	if err != nil {
		return "", err
	}
	return g.ownAddress(secret), nil
}
