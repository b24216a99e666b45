package entering

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
	// ProofLasts is how long somebody counts as having shown who it is.
	ProofLasts = 10 * time.Minute
	// renewGrace is how long the cookie from before a proof still answers what the page had asked at that moment. It proves nothing.
	renewGrace = 15 * time.Second
	// proofCodeLasts is how long a mailed code works.
	proofCodeLasts = 10 * time.Minute
)

// NeedsProof is the key of the error that asks the visitor to show once more who it is.
const NeedsProof = "error.proof.needed"

// Fresh is nil when the visitor showed within ten minutes who it is. Forbidden (error.proof.needed) otherwise.
func (g *Gate) Fresh(v *Visit) error {
	if g.db.Now().Before(v.Proved) {
		return nil
	}
	return buurtbel.Fail(buurtbel.Forbidden, NeedsProof, nil)
}

// strong are the ways of a person to show who it is that a mailbox alone does not open.
type strong struct {
	passkey   bool
	providers []string
}

func (g *Gate) strong(tx *store.Tx, person buurtbel.ID) (strong, error) {
	var s strong
	if g.keys != nil {
		list, err := tx.Passkeys(person)
		if err != nil {
			return s, err
		}
		s.passkey = slices.ContainsFunc(list, func(p store.Passkey) bool { return p.Doubted.IsZero() })
	}
	if len(g.providers) == 0 {
		return s, nil
	}
	list, err := tx.Identities(person)
	for _, i := range list {
		if g.provider(i.Provider, false) != nil && !slices.Contains(s.providers, i.Provider) {
			s.providers = append(s.providers, i.Provider)
		}
	}
	return s, err
}

// provedByLink says until when a sign-in by link counts as a proof: who has a passkey or a provider proves with that, others have just used a
// fresh one-time link. An invitation always counts: who vouches for the person helps one who lost the passkey.
func (g *Gate) provedByLink(tx *store.Tx, use store.OneUse) (time.Time, error) {
	until := tx.Now().Add(ProofLasts)
	if use.Purpose == string(token.Invite) {
		return until, nil
	}
	s, err := g.strong(tx, use.Person)
	if err != nil || s.passkey || len(s.providers) > 0 {
		return time.Time{}, err
	}
	return until, nil
}

// Ways are how a visitor can show now who it is.
type Ways struct {
	Passkey   bool
	Providers []Named // those that the visitor's account is tied to
	Mail      bool    // a code to the own mailbox: for who has neither, and while the provider does not answer
	Sealed    bool    // the zone has sealed codes, for who may launch
}

// Ways lists how a visitor can show now who it is.
func (g *Gate) Ways(ctx context.Context, v *Visit) (Ways, error) {
	var w Ways
	err := g.db.Read(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		s, err := g.strong(tx, v.Actor.Person)
		if err != nil {
			return err
		}
		w.Passkey = s.passkey
		down := false
		for _, name := range s.providers {
			p := g.provider(name, false)
			w.Providers = append(w.Providers, Named{Name: name, Label: p.Label})
			down = down || p.down(tx.Now())
		}
		w.Mail = !s.passkey && (len(s.providers) == 0 || down)
		if w.Mail {
			if w.Mail, err = tx.HasMailbox(v.Actor.Person); err != nil {
				return err
			}
		}
		if v.Actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: v.Zone}, tx.Now()) == nil {
			_, w.Sealed, err = tx.SealedSet()
		}
		return err
	})
	return w, err
}

// AskProof asks for one of the visitor's own passkeys.
func (g *Gate) AskProof(ctx context.Context, v *Visit) (*Question, error) {
	if err := g.noKeys(); err != nil {
		return nil, err
	}
	var list []store.Passkey
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		list, err = tx.Passkeys(v.Actor.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	who, err := ownerOf(v.Actor.Person, "", list)
	if err != nil {
		return nil, err
	}
	if len(who.keys) == 0 {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.passkey.none", nil)
	}
	options, data, err := g.keys.BeginLogin(who)
	if err != nil {
		return nil, err
	}
	data.AllowedCredentialIDs = nil // the answer is looked up among this person's own
	return g.question(toProve, v.ID, options, data)
}

// Proved is a session under its new cookie.
type Proved struct {
	Session string
	Expires time.Time // of the session
	Until   time.Time // the proof counts
}

// ProvePasskey takes the answer to AskProof. The session's cookie is a new one. Errors as of EnterPasskey.
func (g *Gate) ProvePasskey(ctx context.Context, v *Visit, ticket string, answer []byte) (*Proved, error) {
	if err := g.noKeys(); err != nil {
		return nil, err
	}
	n, spent, end, err := g.answered(toProve, v.ID, ticket)
	if err != nil {
		return nil, err
	}
	key, counter, err := g.verify(ctx, n, answer, v.Actor.Person)
	if buurtbel.KeyOf(err) == copied {
		return nil, g.doubt(ctx, key, spent, end, err)
	}
	if err != nil {
		return nil, err
	}
	return g.renew(ctx, v, "passkey", func(tx *store.Tx) error {
		if err := spend(tx, spent, end); err != nil {
			return err
		}
		return tx.UsePasskey(key.ID, key.Counter, counter)
	})
}

// renew gives the visitor's session a new cookie and counts it as proved, if check allows; all in one transaction, journalled.
func (g *Gate) renew(ctx context.Context, v *Visit, how string, check func(*store.Tx) error) (*Proved, error) {
	secret, hash := token.New()
	p := &Proved{Session: secret, Expires: v.Expires}
	err := g.db.Write(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		s, err := tx.Session(v.hash)
		if err != nil {
			return err
		}
		s.Proved = tx.Now().Add(ProofLasts)
		p.Until = s.Proved
		if err := tx.RenewSession(v.hash, hash, s, tx.Now().Add(renewGrace)); err != nil {
			return err
		}
		return tx.Append(v.Zone, buurtbel.EntrySignIn, v.Actor.Person, []byte("shown again who it is: "+how))
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// MailProof mails the visitor a code that works once, in this session only. It is for who has neither a passkey nor a provider that answers.
//
// Errors: error.proof.stronger (Forbidden) for who has; error.sign-in.too-often (Busy).
func (g *Gate) MailProof(ctx context.Context, v *Visit) error {
	ways, err := g.Ways(ctx, v)
	if err != nil {
		return err
	}
	if !ways.Mail {
		return buurtbel.Fail(buurtbel.Forbidden, "error.proof.stronger", nil)
	}
	if !g.limits.mailbox("proof "+v.Actor.Person.String(), v.ID.String()) {
		return buurtbel.Fail(buurtbel.Busy, "error.sign-in.too-often", buurtbel.Args{"Wait": int(perAsking.pause.Seconds())})
	}
	code := token.NewCode()
	use := store.OneUse{Purpose: string(token.Prove), Subject: v.ID, Person: v.Actor.Person, Expires: g.db.Now().Add(proofCodeLasts)}
	hash := g.proofHash(v, code)
	letter := func(lang buurtbel.Language, at stated) locale.Letter {
		return locale.ProofLetter(lang, code, use.Expires, at.now, at.place)
	}
	return g.write(ctx, v.Zone, []buurtbel.ID{v.Actor.Person}, use.Expires, buurtbel.KindCode, letter, func(tx *store.Tx) error { return tx.InsertOneUse(hash, use) })
}

func (g *Gate) proofHash(v *Visit, code string) []byte {
	return token.HashCode(g.db.Ring(), token.Prove, v.ID, code)
}

// ProveCode takes a code that was mailed, or one from the dispatch room's envelope, whichever it is. from is the network address, for limits.
//
// Errors: error.proof.code (Forbidden) when it is neither; error.sign-in.code-often (Busy) after many wrong ones in this session.
func (g *Gate) ProveCode(ctx context.Context, v *Visit, typed string) (*Proved, error) {
	wrong := buurtbel.Fail(buurtbel.Forbidden, "error.proof.code", nil)
	code, err := token.ReadCode(typed)
	if err != nil {
		return nil, wrong
	}
	var p *Proved
	if strings.Count(code, "-") == 2 {
		p, err = g.proveSealed(ctx, v, code)
	} else {
		p, err = g.renew(ctx, v, "mailed code", func(tx *store.Tx) error {
			_, err := tx.UseOneUse(g.proofHash(v, code), string(token.Prove))
			return err
		})
	}
	if buurtbel.KindOf(err) != buurtbel.NotFound {
		return p, err
	}
	if g.limits.wrong("proof " + v.ID.String()) {
		return nil, buurtbel.Fail(buurtbel.Busy, "error.sign-in.code-often", nil)
	}
	return nil, wrong
}
