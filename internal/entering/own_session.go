package entering

import (
	"context"
	"crypto/hmac"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// BehindOwn tells in which language the member reads who a link to the own page belongs to. Nothing is used up: mail scanners open links.
//
// Errors: error.link.used (NotFound).
func (g *Gate) BehindOwn(ctx context.Context, link string) (buurtbel.Language, error) {
	var who buurtbel.Actor
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		use, err := tx.PeekOneUse(token.Hash(link), string(ownCode))
		if err != nil {
			return err
		}
		who, err = tx.Actor(use.Person)
		return err
	})
	return who.Language, err
}

// EnterOwn uses a link to the own page up and opens a session for that page alone. before is the cookie that the browser had: its session ends.
//
// Errors: error.link.used, error.person.unknown (NotFound).
func (g *Gate) EnterOwn(ctx context.Context, link, before string) (*Entered, error) {
	secret, hash := token.New()
	e := &Entered{Session: secret, Expires: g.db.Now().Add(OwnLasts)}
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		use, err := tx.UseOneUse(token.Hash(link), string(ownCode))
		if err != nil {
			return err
		}
		if len(use.Number) > 0 {
			if err := tx.CodeUsed(use.Number, false); err != nil {
				return err
			}
		}
		return g.openOwn(tx, e, hash, use.Person, before, "own page, link")
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// EnterOwnCode opens a session for the own page by the code that went to a telephone. secret is the asking's.
//
// Errors (Forbidden): error.own.code for a wrong one; error.own.code-over when no try is left or the time is over.
func (g *Gate) EnterOwnCode(ctx context.Context, secret, typed, before string) (*Entered, error) {
	ask := token.Hash(secret)
	pass, readable := token.ReadPass(typed)
	var codes []store.OwnCode
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) { // the try is counted whatever follows
		codes, err = tx.TryOwnCode(ask)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range codes {
		if readable && hmac.Equal(c.Code, token.HashCode(g.db.Ring(), ownCode, c.Person, pass)) {
			return g.takeCode(ctx, ask, c, before)
		}
	}
	return nil, buurtbel.Fail(buurtbel.Forbidden, "error.own.code", nil)
}

func (g *Gate) takeCode(ctx context.Context, ask []byte, c store.OwnCode, before string) (*Entered, error) {
	cookie, hash := token.New()
	e := &Entered{Session: cookie, Expires: g.db.Now().Add(OwnLasts)}
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		if err := tx.UseOwnCode(ask, c.Code); err != nil {
			return err
		}
		if err := tx.CodeUsed(c.Number, c.Call); err != nil {
			return err
		}
		return g.openOwn(tx, e, hash, c.Person, before, "own page, code")
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (g *Gate) openOwn(tx *store.Tx, e *Entered, hash []byte, person buurtbel.ID, before, how string) error {
	who, err := tx.Actor(person)
	if err != nil {
		return err
	}
	if who.Office != "member" {
		return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	e.Actor = onlyMember(who)
	if before != "" {
		if err := tx.EndSession(token.Hash(before)); err != nil {
			return err
		}
	}
	if err := tx.InsertSession(hash, store.Session{Person: person, Zone: who.Zone, Office: ownOffice, Expires: e.Expires}); err != nil {
		return err
	}
	return tx.AppendIn(who.Zone, who.Zone, buurtbel.EntrySignIn, person, []byte(how))
}

// onlyMember leaves of a person's mandates the membership: the own page of a coordinator opens nothing of the network.
func onlyMember(who buurtbel.Actor) buurtbel.Actor {
	mandates := who.Mandates
	who.Mandates = nil
	for _, m := range mandates {
		if m.Role == buurtbel.RoleMember {
			who.Mandates = append(who.Mandates, m)
		}
	}
	return who
}

// VisitOwn reads whose own page a session opens.
//
// Errors: error.own.session (Forbidden) for no session, one that is over or one of a desk.
func (g *Gate) VisitOwn(ctx context.Context, session string) (*Visit, error) {
	over := buurtbel.Fail(buurtbel.Forbidden, "error.own.session", nil)
	if session == "" {
		return nil, over
	}
	v := &Visit{}
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		s, err := tx.Session(token.Hash(session))
		if err != nil {
			return err
		}
		if s.Office != ownOffice {
			return over
		}
		who, err := tx.Actor(s.Person)
		v.Actor, v.Zone, v.Expires = onlyMember(who), s.Zone, s.Expires
		return err
	})
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Forbidden || kind == buurtbel.NotFound) {
		return nil, over
	}
	return v, err
}
