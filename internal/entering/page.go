package entering

import (
	"context"
	"fmt"
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

// perPhone bounds what a telephone can bear: beyond it no further text or call goes out, and whoever asks next may use the code that went last.
// The pause is as long as a code works, so that there is a code at every moment however many ask.
var (
	perPhone       = share{burst: 4, pause: LinkLasts}
	perPhoneAsking = share{burst: 4, pause: 2 * time.Hour} // one origin for one telephone: nobody makes a neighbour's ring all night
)

// asked is one asking for the own page, on its way to the loop that looks the address up.
type asked struct {
	ask     []byte
	numbers []string // in E.164, as each country of the zones reads it
	mailbox string
	send    bool // false: the telephone had its share
}

// Asking is what whoever asks for the own page goes on with.
type Asking struct {
	Secret string // names the asking; the code is given back with it. "" for a mailbox, which gets a link
	Call   bool   // the number takes calls only: the code is spoken
}

// AskOwn asks for the own page by a telephone number or a mailbox that the member has with us: a text, a call to a fixed line, or a link by mail
// follows. It tells nothing about the address: the answer is the same, and as fast, for a known and an unknown one, and no zone is looked into.
//
// Errors: error.own.address (Invalid) for what is neither; error.sign-in.too-often (Busy) with Args["Wait"]; error.sign-in.busy (Busy).
func (g *Gate) AskOwn(ctx context.Context, typed, origin string) (*Asking, error) {
	a := asked{}
	mailbox, isMail := readMailbox(typed)
	call := false
	if isMail {
		a.mailbox = mailbox
	} else {
		var err error
		if a.numbers, call, err = g.numbers(ctx, typed); err != nil {
			return nil, err
		}
	}
	if wait := g.limits.origin(origin); wait > 0 {
		return nil, buurtbel.Fail(buurtbel.Busy, "error.sign-in.too-often", buurtbel.Args{"Wait": int(wait.Seconds()) + 1})
	}
	if isMail {
		if !g.limits.mailbox("own "+mailbox, origin) {
			return &Asking{}, nil // links that work are in that mailbox already
		}
		return &Asking{}, g.enqueue(a)
	}
	a.send = g.limits.phone(a.numbers[0], origin)
	secret, hash := token.New()
	a.ask = hash
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.AskOwnCode(hash, tx.Now().Add(LinkLasts)) })
	if err != nil {
		return nil, err
	}
	return &Asking{Secret: secret, Call: call}, g.enqueue(a)
}

func (g *Gate) enqueue(a asked) error {
	select {
	case g.pages <- a:
		return nil
	default:
		return buurtbel.Fail(buurtbel.Busy, "error.sign-in.busy", nil)
	}
}

// numbers reads a typed number as every country of the zones would. call tells that the first reading takes calls only.
func (g *Gate) numbers(ctx context.Context, typed string) (out []string, call bool, err error) {
	countries := map[string]bool{}
	var order []string
	err = g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err := tx.Zones()
		for _, z := range zones {
			if !countries[z.Country] {
				countries[z.Country] = true
				order = append(order, z.Country)
			}
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	for _, c := range order {
		if n, err := phone.Parse(typed, c); err == nil {
			call = call || len(out) == 0 && n.Kind == phone.Fixed
			out = append(out, n.E164)
		}
	}
	if len(out) == 0 {
		return nil, false, buurtbel.Fail(buurtbel.Invalid, "error.own.address", nil)
	}
	return out, call, nil
}

// phone counts an asking for a telephone and tells whether something may go out to it.
func (l *limits) phone(number, origin string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	return l.bucket("q"+origin+"\x00"+number, perPhoneAsking, now).AllowN(now, 1) && l.bucket("p"+number, perPhone, now).AllowN(now, 1)
}

// answer looks an address up and sends what it gets.
func (g *Gate) answer(ctx context.Context, a asked) error {
	var holders []store.ContactHolder
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		for _, address := range append(a.numbers, a.mailbox) {
			if address == "" {
				continue
			}
			found, err := tx.HoldersOf(address)
			if err != nil {
				return err
			}
			holders = append(holders, found...)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look an address up for the own page: %w", err)
	}
	slot := 0
	seen := map[buurtbel.ID]bool{}
	for _, h := range holders {
		if seen[h.Member] || slot >= mostHolders {
			continue
		}
		seen[h.Member] = true
		sent, err := g.sendOwn(ctx, a, h, slot+1, len(holders) > 1)
		if err != nil {
			return err
		}
		if sent {
			slot++
		}
	}
	return nil
}

// sendOwn sends one holder of an address a link or a code. shared names the person, because others have the same address. It is false for who has no
// own page: who left, or whose address was never proved.
func (g *Gate) sendOwn(ctx context.Context, a asked, h store.ContactHolder, slot int, shared bool) (bool, error) {
	scope := buurtbel.Scope{Zone: h.Zone}
	var self *store.Self
	var zone *buurtbel.Zone
	var last []byte
	err := g.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if self, err = tx.Self(h.Member, shared); err != nil {
			return err
		}
		if last, err = tx.LastOwnCode(h.Member); err != nil {
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
	if a.mailbox != "" {
		return true, g.mailOwn(ctx, self, zone, contact)
	}
	return true, g.codeOwn(ctx, a, self, zone, contact, slot, last)
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

// codeOwn ties a code to an asking and sends it. Where the telephone had its share, the code that went there last counts for this asking too: a
// flood from elsewhere keeps nobody out.
func (g *Gate) codeOwn(ctx context.Context, a asked, self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint, slot int, last []byte) error {
	until := g.db.Now().Add(LinkLasts)
	code := store.OwnCode{Person: self.Member.ID, Zone: zone.ID, Code: last}
	if !a.send {
		if last == nil {
			return nil
		}
		return g.db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error { return tx.PutOwnCode(a.ask, slot, code, until) })
	}
	pass := token.NewPass()
	code.Code = token.HashCode(g.db.Ring(), ownCode, self.Member.ID, pass)
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	lang := self.Member.Language
	args := buurtbel.Args{"Code": pass[:4] + " " + pass[4:], "Until": locale.Clock(lang, until, loc), "Source": zone.Name, "Name": self.Name.Given}
	words := buurtbel.Wording{Regime: string(lang), SMS: locale.Text(lang, "message.own.sms", args)}
	if self.Name.Given != "" {
		words.SMS = locale.Text(lang, "message.own.sms-named", args)
	}
	args["Code"] = strings.Join(strings.Split(pass[:4], ""), ", ") + ". " + strings.Join(strings.Split(pass[4:], ""), ", ")
	words.Spoken = []buurtbel.Spoken{{Language: lang, Intro: locale.Text(lang, "message.own.call", args), Text: locale.Text(lang, "message.own.call-code", args)}}
	channel := buurtbel.SMS
	if contact.Kind == buurtbel.Fixed {
		channel = buurtbel.Voice
	}
	letter := g.ownLetter(self, zone, contact, words, until, channel)
	return g.db.Write(ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutOwnCode(a.ask, slot, code, until); err != nil {
			return err
		}
		return letter.Post(tx)
	})
}

func (g *Gate) ownLetter(self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint, words buurtbel.Wording, until time.Time, channel buurtbel.Channel) *store.Letters {
	l := g.db.Letters(zone, buurtbel.KindCode, buurtbel.Now, until)
	l.To(store.Reachable{Member: self.Member, Contacts: []buurtbel.ContactPoint{contact}, Regime: words.Regime}, words, channel)
	return l
}

func (g *Gate) mailOwn(ctx context.Context, self *store.Self, zone *buurtbel.Zone, contact buurtbel.ContactPoint) error {
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
		if err := tx.InsertOneUse(hash, store.OneUse{Purpose: string(ownCode), Subject: self.Member.ID, Person: self.Member.ID, Expires: until}); err != nil {
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
