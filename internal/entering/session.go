package entering

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Person is who is about to sign in, or is signed in.
type Person struct {
	ID       buurtbel.ID
	Name     string // of an official; "" for a coordinator, whose name is opened contact data
	Language buurtbel.Language
}

// Entered is a new session.
type Entered struct {
	Session string // the value of the session cookie: new at every sign-in
	Device  string // the value of the cookie of a shared PC; "" when the PC is not shared
	Actor   buurtbel.Actor
	Expires time.Time
}

// At says where somebody signs in.
type At struct {
	Session string // the cookie that the browser has already, of whomever: it ends
	Device  string // cookie of a shared PC; "" when it has none yet
	PIN     string // chosen now, for taking this PC over later in the shift; "" when the PC is not shared
	Agent   string // the User-Agent that the browser says; words are made of it
	From    string // network address of the browser; kept roughly
}

// Behind tells who a sign-in link belongs to. GET shows: mail scanners open links, so nothing is used up.
func (g *Gate) Behind(ctx context.Context, link string) (*Person, error) {
	p := &Person{}
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		use, err := peekLink(tx, link)
		if err != nil {
			return err
		}
		who, err := tx.Actor(use.Person)
		p.ID, p.Language = use.Person, who.Language
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Name, err = g.name(ctx, p.ID)
	return p, err
}

// peekLink reads a link that lets in: one that its owner asked for, or an invitation.
func peekLink(tx *store.Tx, link string) (store.OneUse, error) {
	use, err := tx.PeekOneUse(token.Hash(link), string(token.SignIn))
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		use, err = tx.PeekOneUse(token.Hash(link), string(token.Invite))
	}
	return use, err
}

func (g *Gate) name(ctx context.Context, person buurtbel.ID) (string, error) {
	var who buurtbel.Actor
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		who, err = tx.Actor(person)
		return err
	})
	if err != nil {
		return "", err
	}
	name := ""
	err = g.db.Read(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) (err error) {
		name, err = tx.OfficialName(person)
		return err
	})
	return name, err
}

// Enter uses a sign-in link up and opens a session. With a PIN the PC counts as shared: the session ends when nobody works there for half
// an hour, and the PIN takes the PC over later. The cookie is always new: one that the browser had before is never kept.
func (g *Gate) Enter(ctx context.Context, link string, at At) (*Entered, error) {
	if at.PIN != "" {
		if err := checkPIN(at.PIN); err != nil {
			return nil, err
		}
	}
	e, o := g.opening(at)
	newDevice, newHash := token.New()
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		use, err := peekLink(tx, link)
		if err == nil {
			use, err = tx.UseOneUse(token.Hash(link), use.Purpose)
		}
		if err != nil {
			return err
		}
		if e.Actor, err = mandated(tx, use.Person); err != nil {
			return err
		}
		device, known, err := deviceOf(tx, at.Device)
		if err != nil {
			return err
		}
		e.Device = at.Device
		if at.PIN != "" && !known { // a cookie that nobody's shift vouches for may be planted
			e.Device, device = newDevice, newHash
		}
		if at.PIN != "" {
			shift := store.Shift{Person: use.Person, Zone: e.Actor.Zone, Expires: e.Expires}
			if err := tx.PutShift(device, g.keyed(use.Person, device, at.PIN), shift); err != nil {
				return err
			}
		}
		o.device, o.how = device, ByLink
		if use.Purpose == string(token.Invite) {
			o.how = ByInvitation
		}
		if o.proved, err = g.provedByLink(tx, use); err != nil {
			return err
		}
		return g.open(tx, e, o)
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// deviceOf gives the hash of a shared PC's cookie, and whether somebody works there now.
func deviceOf(tx *store.Tx, device string) (hash []byte, known bool, err error) {
	if device == "" {
		return nil, false, nil
	}
	hash = token.Hash(device)
	shifts, err := tx.Shifts(hash)
	return hash, len(shifts) > 0, err
}

// mandated reads a person who must hold a mandate now.
func mandated(tx *store.Tx, person buurtbel.ID) (buurtbel.Actor, error) {
	who, err := tx.Actor(person)
	if err != nil {
		return who, err
	}
	if !holdsAny(who, tx.Now()) {
		return who, buurtbel.Fail(buurtbel.Forbidden, "error.sign-in.no-mandate", nil)
	}
	return who, nil
}

// holdsAny tells whether any office beyond plain membership holds now.
func holdsAny(who buurtbel.Actor, now time.Time) bool {
	for _, m := range who.Mandates {
		if m.Role != buurtbel.RoleMember && who.Holds(m.Role, m.Zone, now) {
			return true
		}
	}
	return false
}

// How somebody came in: what the list of sessions and the journal say.
const (
	ByLink       = "link"
	ByInvitation = "invitation" // a link that an administrator or the command line made
	ByPIN        = "PIN"        // on a shared PC
	ByPasskey    = "passkey"
	ByProvider   = "provider"
	BySealedCode = "sealed-code"
)

// opening is a session that is about to be opened; its random parts are made before the transaction.
type opening struct {
	hash   []byte
	id     buurtbel.ID
	device []byte // nil: the PC is not shared
	how    string
	proved time.Time // until when the sign-in counts as a proof of who it is
	note   string    // more for the journal
	at     At
}

func (g *Gate) opening(at At) (*Entered, opening) {
	secret, hash := token.New()
	return &Entered{Session: secret, Expires: g.db.Now().Add(SessionLasts)}, opening{hash: hash, id: g.db.NewID(), at: at}
}

// open stores a session, ends the one that the browser had, and journals the sign-in.
func (g *Gate) open(tx *store.Tx, e *Entered, o opening) error {
	if o.at.Session != "" {
		if err := tx.EndSession(token.Hash(o.at.Session)); err != nil {
			return err
		}
	}
	s := store.Session{Person: e.Actor.Person, Zone: e.Actor.Zone, Office: e.Actor.Office, Expires: e.Expires,
		ID: o.id, How: o.how, Proved: o.proved, Agent: Device(o.at.Agent), Origin: Roughly(o.at.From)}
	if err := tx.InsertSession(o.hash, s); err != nil {
		return err
	}
	if o.device != nil {
		if err := tx.BindSession(o.hash, o.device); err != nil {
			return err
		}
	}
	return tx.AppendIn(e.Actor.Zone, e.Actor.Zone, buurtbel.EntrySignIn, e.Actor.Person, []byte(o.how+o.note))
}

// Visit is one request of a signed-in person.
type Visit struct {
	Actor   buurtbel.Actor // with the mandates of this moment
	Zone    buurtbel.ID    // in which the person works
	Expires time.Time
	Shared  bool // the PC is shared: offer to hand it over
	ID      buurtbel.ID
	How     string    // one of the By words
	Proved  time.Time // until when the person counts as having shown who it is
	hash    []byte
}

// Visit reads who a session belongs to, with mandates read anew. active is true for what a person does, and false for what a page does by
// itself, such as refreshing: that keeps no session alive.
//
// Errors (Forbidden): error.session.over; error.session.idle when nobody worked on a shared PC for half an hour; error.sign-in.no-mandate
// when the last mandate ended meanwhile.
func (g *Gate) Visit(ctx context.Context, session string, active bool) (*Visit, error) {
	hash := token.Hash(session)
	v := &Visit{hash: hash}
	var seen time.Time
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		s, err := tx.Session(hash)
		if err != nil {
			return err
		}
		if s.Office == ownOffice { // opens the own page of its member, and no desk
			return buurtbel.Fail(buurtbel.Forbidden, "error.session.over", nil)
		}
		device, err := tx.Device(hash)
		if err != nil {
			return err
		}
		v.ID, v.How, v.Proved = s.ID, s.How, s.Proved
		v.Zone, v.Expires, v.Shared, seen = s.Zone, s.Expires, device != nil, s.Seen
		if v.Shared && tx.Now().Sub(seen) > IdleLasts {
			return buurtbel.Fail(buurtbel.Forbidden, "error.session.idle", nil)
		}
		v.Actor, err = mandated(tx, s.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	if active && g.db.Now().Sub(seen) >= touchEvery {
		err = g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
			return errors.Join(tx.TouchSession(hash), tx.Sign(v.Actor.Person, v.Zone))
		})
	}
	if err != nil {
		return nil, fmt.Errorf("note that a session is in use: %w", err)
	}
	return v, nil
}

// Actor is Visit for a door that needs only who acts.
func (g *Gate) Actor(ctx context.Context, session string) (buurtbel.Actor, error) {
	v, err := g.Visit(ctx, session, true)
	if err != nil {
		return buurtbel.Actor{}, err
	}
	return v.Actor, nil
}

// Leave signs out: the session ends, and on a shared PC the person's PIN too.
func (g *Gate) Leave(ctx context.Context, session string) error {
	hash := token.Hash(session)
	return g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		s, err := tx.Session(hash)
		if buurtbel.KindOf(err) == buurtbel.Forbidden {
			return nil // is over already
		}
		if err != nil {
			return err
		}
		device, err := tx.Device(hash)
		if err != nil {
			return err
		}
		if device != nil {
			if err := tx.EndShift(device, s.Person); err != nil {
				return err
			}
		}
		if err := tx.EndSession(hash); err != nil {
			return err
		}
		return tx.AppendIn(s.Zone, s.Zone, buurtbel.EntrySignIn, s.Person, []byte("left"))
	})
}
