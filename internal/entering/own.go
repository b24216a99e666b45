package entering

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

var errOther = errors.New("entering: the handle is another person's")

// Own is how a person signs in, and where the person is signed in.
type Own struct {
	Passkeys  []store.Passkey
	Providers []store.Identity
	Mailbox   bool // links can be mailed
	Sessions  []store.Session
}

// Own reads how a visitor signs in.
func (g *Gate) Own(ctx context.Context, v *Visit) (*Own, error) {
	o := &Own{}
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		if o.Passkeys, err = tx.Passkeys(v.Actor.Person); err != nil {
			return err
		}
		if o.Providers, err = tx.Identities(v.Actor.Person); err != nil {
			return err
		}
		if o.Mailbox, err = tx.HasMailbox(v.Actor.Person); err != nil {
			return err
		}
		o.Sessions, err = tx.SessionsOf(v.Actor.Person)
		return err
	})
	return o, err
}

// NewPasskey asks the visitor's authenticator for a new passkey. What this person has already is named, so that no device makes two.
func (g *Gate) NewPasskey(ctx context.Context, v *Visit) (*Question, error) {
	if err := g.mayAdd(ctx, v); err != nil {
		return nil, err
	}
	name, err := g.name(ctx, v.Actor.Person)
	if err != nil {
		return nil, err
	}
	var list []store.Passkey
	err = g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		list, err = tx.Passkeys(v.Actor.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(list) >= MostPasskeys {
		return nil, buurtbel.Fail(buurtbel.Conflict, "error.passkey.many", buurtbel.Args{"Most": MostPasskeys})
	}
	who, err := ownerOf(v.Actor.Person, name, list)
	if err != nil {
		return nil, err
	}
	options, data, err := g.keys.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()))
	if err != nil {
		return nil, err
	}
	return g.question(toAdd, v.ID, options, data)
}

// mayAdd: a session that was left open must not become a key that stays. A sealed code lets nobody in for good.
func (g *Gate) mayAdd(_ context.Context, v *Visit) error {
	if err := g.noKeys(); err != nil {
		return err
	}
	if v.How == BySealedCode {
		return buurtbel.Fail(buurtbel.Forbidden, "error.passkey.sealed", nil)
	}
	return g.Fresh(v)
}

// KeepPasskey stores the passkey that answered NewPasskey, under a name of its owner's choice.
//
// Errors: error.passkey.late, error.passkey.refused, error.passkey.name (Invalid), error.passkey.known (Conflict).
func (g *Gate) KeepPasskey(ctx context.Context, v *Visit, ticket, name string, answer []byte) error {
	if err := g.mayAdd(ctx, v); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > mostKeyName {
		return buurtbel.Fail(buurtbel.Invalid, "error.passkey.name", buurtbel.Args{"Most": mostKeyName})
	}
	n, spent, end, err := g.answered(toAdd, v.ID, ticket)
	if err != nil {
		return err
	}
	said, err := protocol.ParseCredentialCreationResponseBytes(answer)
	var c *webauthn.Credential
	if err == nil {
		c, err = g.keys.CreateCredential(owner{id: v.Actor.Person}, n.Data, said)
	}
	if err != nil {
		return buurtbel.FailWith(err, buurtbel.Forbidden, "error.passkey.refused", nil)
	}
	c.Attestation = webauthn.CredentialAttestation{} // which make of key it is we neither ask nor keep
	record, err := json.Marshal(c)
	if err != nil {
		return err
	}
	p := store.Passkey{ID: g.db.NewID(), Person: v.Actor.Person, Zone: v.Zone, Credential: c.ID, Record: record, Name: name, Counter: int64(c.Authenticator.SignCount)}
	return g.db.Write(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		if err := spend(tx, spent, end); err != nil {
			return err
		}
		if err := tx.InsertPasskey(p); err != nil {
			return err
		}
		return tx.Append(v.Zone, buurtbel.EntrySignIn, v.Actor.Person, []byte("passkey "+p.ID.String()+" added"))
	})
}

// RemovePasskey erases one of the visitor's passkeys, unless it is the last way in.
func (g *Gate) RemovePasskey(ctx context.Context, v *Visit, id buurtbel.ID) error {
	if err := g.Fresh(v); err != nil {
		return err
	}
	return g.db.Write(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		if err := tx.RemovePasskey(v.Actor.Person, id); err != nil {
			return err
		}
		if err := g.stillIn(tx, v.Actor.Person); err != nil {
			return err
		}
		return tx.Append(v.Zone, buurtbel.EntrySignIn, v.Actor.Person, []byte("passkey "+id.String()+" removed"))
	})
}

// RemoveProvider unties the visitor from an identity provider, unless it is the last way in.
func (g *Gate) RemoveProvider(ctx context.Context, v *Visit, provider string) error {
	if err := g.Fresh(v); err != nil {
		return err
	}
	return g.db.Write(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		if err := tx.RemoveIdentities(v.Actor.Person, provider); err != nil {
			return err
		}
		if err := g.stillIn(tx, v.Actor.Person); err != nil {
			return err
		}
		return tx.Append(v.Zone, buurtbel.EntrySignIn, v.Actor.Person, []byte("provider "+provider+" untied"))
	})
}

// stillIn refuses a change after which a person could sign in no more. Conflict (error.sign-in.last-way).
func (g *Gate) stillIn(tx *store.Tx, person buurtbel.ID) error {
	mailbox, err := tx.HasMailbox(person)
	if err != nil || mailbox {
		return err
	}
	strong, err := g.strong(tx, person)
	if err != nil {
		return err
	}
	if !strong.passkey && len(strong.providers) == 0 {
		return buurtbel.Fail(buurtbel.Conflict, "error.sign-in.last-way", nil)
	}
	return nil
}

// EndSession ends one session of the visitor.
func (g *Gate) EndSession(ctx context.Context, v *Visit, id buurtbel.ID) error {
	return g.end(ctx, v, id, 0, "session ended from another")
}

// EndOthers ends every session of the visitor but this one.
func (g *Gate) EndOthers(ctx context.Context, v *Visit) error {
	return g.end(ctx, v, 0, v.ID, "other sessions ended")
}

func (g *Gate) end(ctx context.Context, v *Visit, only, but buurtbel.ID, said string) error {
	return g.db.Write(ctx, buurtbel.Scope{Zone: v.Zone}, func(tx *store.Tx) error {
		n, err := tx.EndSessionsOf(v.Actor.Person, only, but)
		if err != nil {
			return err
		}
		if n == 0 && only != 0 {
			return buurtbel.Fail(buurtbel.NotFound, "error.session.unknown", nil)
		}
		return tx.Append(v.Zone, buurtbel.EntrySignIn, v.Actor.Person, []byte(said))
	})
}
