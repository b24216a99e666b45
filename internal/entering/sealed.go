package entering

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	// SealedLasts is how long a session by a sealed code lasts. It counts as proved all the while: whoever needs one has no other means at hand.
	SealedLasts = time.Hour
	// SealedCodes is how many codes a set has.
	SealedCodes = 12

	mostWho = 80
)

// SealedCodesMade is a new set as it is printed: the codes are shown this once.
type SealedCodesMade struct {
	Number int
	Codes  []string // the first is number 1
	Made   time.Time
}

// MakeSealed makes a zone's new set of sealed codes and ends the set before it, with the sessions that it opened. The caller asked for a
// proof. Forbidden for who may not admit.
func (g *Gate) MakeSealed(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (*SealedCodesMade, error) {
	if err := actor.May(buurtbel.MayAdmit, buurtbel.Scope{Zone: zone}, g.db.Now()); err != nil {
		return nil, err
	}
	made := &SealedCodesMade{Made: g.db.Now()}
	set := store.SealedSet{ID: g.db.NewID(), Person: g.db.NewID(), By: actor.Person}
	mandate := buurtbel.Mandate{ID: g.db.NewID(), Holder: set.Person, Role: buurtbel.RoleDispatcher, Zone: zone, From: made.Made}
	var hashes [][]byte
	for range SealedCodes {
		code := token.NewLongCode()
		made.Codes, hashes = append(made.Codes, code), append(hashes, g.sealedHash(code))
	}
	err := g.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if set.Number, err = tx.VoidSealedSets(); err != nil {
			return err
		}
		lang := actor.Language
		if !lang.Valid() {
			lang = buurtbel.Dutch
		}
		mandate.Ground = "sealed codes " + strconv.Itoa(set.Number)
		who := &store.NewOfficial{ID: set.Person, Name: locale.Text(lang, "screen.sealed.official", buurtbel.Args{"Number": set.Number}), Office: "police", Language: lang,
			Mandates: []buurtbel.Mandate{mandate}}
		if err := tx.InsertOfficial(who); err != nil {
			return err
		}
		if err := tx.InsertSealedSet(set, hashes); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte(mandate.Ground+" made"))
	})
	made.Number = set.Number
	return made, err
}

// RevokeSealed ends the set in force in a zone, with the sessions that it opened, and makes none. It gives the number of the set. Who knows that an
// envelope was opened ends the codes first and prints others later.
//
// Errors: error.sealed.none (NotFound); Forbidden for who may not admit.
func (g *Gate) RevokeSealed(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (number int, err error) {
	if err := actor.May(buurtbel.MayAdmit, buurtbel.Scope{Zone: zone}, g.db.Now()); err != nil {
		return 0, err
	}
	err = g.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		set, found, err := tx.SealedSet()
		if err == nil && !found {
			err = buurtbel.Fail(buurtbel.NotFound, "error.sealed.none", nil)
		}
		if err != nil {
			return err
		}
		if _, err := tx.VoidSealedSets(); err != nil {
			return err
		}
		number = set.Number
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("sealed codes "+strconv.Itoa(number)+" revoked"))
	})
	return number, err
}

func (g *Gate) sealedHash(code string) []byte {
	return token.HashCode(g.db.Ring(), token.SealedCode, 0, code)
}

// SealedSet tells which set of sealed codes is in force in a zone; nil when there is none.
func (g *Gate) SealedSet(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (*store.SealedSet, error) {
	if err := actor.May(buurtbel.MayAdmit, buurtbel.Scope{Zone: zone}, g.db.Now()); err != nil {
		return nil, err
	}
	var set store.SealedSet
	found := false
	err := g.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		set, found, err = tx.SealedSet()
		return err
	})
	if err != nil || !found {
		return nil, err
	}
	return &set, nil
}

// EnterSealed opens a dispatcher's session with a sealed code. who is the name that the person states; it goes to the chief and, sealed, into
// the journal. A right code works however many wrong ones came before from the same origin.
//
// Errors: error.sealed.wrong (Forbidden) for a code that was never one, was used, or was replaced; error.sealed.who (Invalid);
// error.sign-in.code-often (Busy) for a wrong one after many.
func (g *Gate) EnterSealed(ctx context.Context, typed, who string, at At) (*Entered, error) {
	who = strings.TrimSpace(who)
	if len(who) < 2 || len([]rune(who)) > mostWho {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.sealed.who", buurtbel.Args{"Most": mostWho})
	}
	code, err := token.ReadCode(typed)
	if err != nil || strings.Count(code, "-") != 2 {
		return nil, g.wrongSealed(at.From)
	}
	e, o := g.opening(at)
	e.Expires = g.db.Now().Add(SealedLasts)
	o.how, o.proved = BySealedCode, e.Expires
	err = g.useSealed(ctx, g.sealedHash(code), 0, who, func(tx *store.Tx, set store.SealedSet, number int) (err error) {
		if e.Actor, err = mandated(tx, set.Person); err != nil {
			return err
		}
		o.note = " " + strconv.Itoa(number) + " of set " + strconv.Itoa(set.Number) + " by " + who
		return g.open(tx, e, o)
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return nil, g.wrongSealed(at.From)
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (g *Gate) wrongSealed(from string) error {
	if g.limits.wrong("sealed " + from) {
		return buurtbel.Fail(buurtbel.Busy, "error.sign-in.code-often", nil)
	}
	return buurtbel.Fail(buurtbel.Forbidden, "error.sealed.wrong", nil)
}

// proveSealed lets a visitor show with a sealed code of the own zone who it is: when the provider is down and an alert must go out.
func (g *Gate) proveSealed(ctx context.Context, v *Visit, code string) (*Proved, error) {
	if err := v.Actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: v.Zone}, g.db.Now()); err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.sealed.wrong", nil)
	}
	name, err := g.name(ctx, v.Actor.Person)
	if err != nil {
		return nil, err
	}
	var p *Proved
	err = g.useSealed(ctx, g.sealedHash(code), v.Zone, name, func(*store.Tx, store.SealedSet, int) error { return nil })
	if err != nil {
		return nil, err
	}
	p, err = g.renew(ctx, v, "sealed code", func(*store.Tx) error { return nil })
	return p, err
}

// useSealed uses a code up, in a zone or (0) whichever it belongs to, and tells the chief at once; all in one transaction with what follows.
func (g *Gate) useSealed(ctx context.Context, hash []byte, zone buurtbel.ID, who string, then func(*store.Tx, store.SealedSet, int) error) error {
	set, number, err := g.peekSealed(ctx, hash, zone)
	if err != nil {
		return err
	}
	chiefs, err := g.chiefs(ctx, set.Zone)
	if err != nil {
		return err
	}
	left := set.Size - set.Used - 1
	letter := func(lang buurtbel.Language, at stated) locale.Letter {
		return locale.SealedLetter(lang, locale.Sealed{Number: number, Set: set.Number, Left: left, Who: who, Zone: at.zone, Link: g.o.Link + "/entries"}, at.now, at.place)
	}
	return g.write(ctx, set.Zone, chiefs, g.db.Now().Add(24*time.Hour), buurtbel.KindReport, letter, func(tx *store.Tx) error {
		used, n, err := tx.UseSealedCode(hash)
		if err != nil {
			return err
		}
		if err := tx.Append(set.Zone, buurtbel.EntrySignIn, set.Person, []byte("sealed code "+strconv.Itoa(n)+" of set "+strconv.Itoa(used.Number)+" used by "+who)); err != nil {
			return err
		}
		return then(tx, used, n)
	})
}

// peekSealed reads a code that works, for the letter; it is used up later, once.
func (g *Gate) peekSealed(ctx context.Context, hash []byte, zone buurtbel.ID) (set store.SealedSet, number int, err error) {
	err = g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		set, number, err = tx.PeekSealedCode(hash)
		return err
	})
	if err == nil && zone != 0 && set.Zone != zone {
		err = buurtbel.Fail(buurtbel.NotFound, "error.sealed.wrong", nil)
	}
	return set, number, err
}

// chiefs are who hears of a sealed code: the chief, and where there is none the officers and administrators.
func (g *Gate) chiefs(ctx context.Context, zone buurtbel.ID) (out []buurtbel.ID, err error) {
	err = g.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		for _, roles := range [][]buurtbel.Role{{buurtbel.RoleChief}, {buurtbel.RoleOfficer, buurtbel.RoleAdministrator}} {
			for _, role := range roles {
				held, err := tx.Holders(role, 0)
				if err != nil {
					return err
				}
				out = append(out, held...)
			}
			if len(out) > 0 {
				return nil
			}
		}
		return nil
	})
	return out, err
}
