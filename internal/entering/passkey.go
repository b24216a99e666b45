package entering

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Passkeys says for which pages passkeys are made (WebAuthn level 3). The zero value takes both from the address of our pages.
type Passkeys struct {
	Domain  string   `toml:"domain" example:"example.org" doc:"Domain that passkeys belong to (the relying party id). Empty: the host of public_url. Whoever changes it later makes every passkey useless."`
	Origins []string `toml:"origins" example:"https://buurtbel.example.org" doc:"Addresses of pages on which passkeys of that domain may be used. Empty: public_url alone."`
}

const (
	// ceremonyLasts is how long a person has between the question for a passkey and the touch.
	ceremonyLasts = 3 * time.Minute
	// MostPasskeys is how many one person may have.
	MostPasskeys = 10
	mostKeyName  = 60
)

// What the challenge of a passkey is for. It stands in the ticket, so that an answer to one question is no answer to another.
const (
	toEnter = "enter"
	toAdd   = "add"
	toProve = "prove"
)

// Rules gives the domain and the pages of passkeys, filled from the address of our pages. ok is false when there can be none: browsers make
// no passkey for a bare network address.
func (p Passkeys) Rules(link string) (Passkeys, bool) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return p, false
	}
	if p.Domain == "" {
		p.Domain = u.Hostname()
	}
	if len(p.Origins) == 0 {
		p.Origins = []string{u.Scheme + "://" + u.Host}
	}
	_, err = netip.ParseAddr(p.Domain)
	return p, err != nil && protocol.ValidateRPID(p.Domain) == nil
}

func authn(o Options) *webauthn.WebAuthn {
	p, ok := o.Passkeys.Rules(o.Link)
	if !ok {
		return nil
	}
	required := true
	w, err := webauthn.New(&webauthn.Config{RPID: p.Domain, RPDisplayName: "Buurtbel", RPOrigins: p.Origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required, UserVerification: protocol.VerificationRequired},
		Timeouts:               webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Timeout: ceremonyLasts}, Registration: webauthn.TimeoutConfig{Timeout: ceremonyLasts}}})
	if err != nil {
		o.Logger.Error("passkeys cannot be used", "error", err)
		return nil
	}
	return w
}

// TakesPasskeys tells whether passkeys can be used on our pages.
func (g *Gate) TakesPasskeys() bool { return g.keys != nil }

// owner is a person as the library wants one.
type owner struct {
	id   buurtbel.ID
	name string
	keys []webauthn.Credential
}

// WebAuthnID is the handle that a passkey carries: an opaque id, never a name or a mailbox (WebAuthn, section 14.6.1).
func (o owner) WebAuthnID() []byte                         { return binary.BigEndian.AppendUint64(nil, uint64(o.id)) }
func (o owner) WebAuthnName() string                       { return o.name }
func (o owner) WebAuthnDisplayName() string                { return o.name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

func ownerOf(person buurtbel.ID, name string, list []store.Passkey) (owner, error) {
	o := owner{id: person, name: name}
	if o.name == "" {
		o.name = "Buurtbel"
	}
	for _, p := range list {
		if !p.Doubted.IsZero() {
			continue
		}
		var c webauthn.Credential
		if err := json.Unmarshal(p.Record, &c); err != nil {
			return o, err
		}
		c.Authenticator.SignCount = uint32(p.Counter)
		o.keys = append(o.keys, c)
	}
	return o, nil
}

// Question is what a page asks an authenticator, and the ticket that the browser brings back with the answer.
type Question struct {
	Options []byte // JSON for navigator.credentials
	Ticket  string
	Lasts   time.Duration
}

// note is what a ticket of a passkey holds.
type note struct {
	To      string               `json:"to"`
	Session buurtbel.ID          `json:"session,omitempty"` // in which it was asked
	Data    webauthn.SessionData `json:"data"`
}

func (g *Gate) question(to string, session buurtbel.ID, options any, data *webauthn.SessionData) (*Question, error) {
	said, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(note{To: to, Session: session, Data: *data})
	if err != nil {
		return nil, err
	}
	ticket, err := token.Issue(g.db.Ring(), token.Passkey, content, g.db.Now().Add(ceremonyLasts))
	return &Question{Options: said, Ticket: ticket, Lasts: ceremonyLasts}, err
}

// answered opens the ticket of a question and gives what must be spent when the answer is right.
func (g *Gate) answered(to string, session buurtbel.ID, ticket string) (n note, hash []byte, end time.Time, err error) {
	content, end, err := token.Redeem(g.db.Ring(), token.Passkey, ticket, g.db.Now())
	if err == nil {
		err = json.Unmarshal(content, &n)
	}
	if err != nil || n.To != to || n.Session != session {
		return n, nil, end, buurtbel.FailWith(err, buurtbel.Conflict, "error.passkey.late", nil)
	}
	return n, token.Hash(ticket), end, nil
}

func (g *Gate) noKeys() error {
	if g.keys == nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.passkey.off", nil)
	}
	return nil
}

// AskPasskey asks for any passkey of ours, to sign in. It knows nobody yet, so it tells nothing about anybody, and it writes nothing.
func (g *Gate) AskPasskey() (*Question, error) {
	if err := g.noKeys(); err != nil {
		return nil, err
	}
	options, data, err := g.keys.BeginDiscoverableLogin()
	if err != nil {
		return nil, err
	}
	return g.question(toEnter, 0, options, data)
}

// EnterPasskey opens a session for the owner of the passkey that answered. Every answer is verified, however many wrong ones came before:
// a flood of those keeps nobody out.
//
// Errors: error.passkey.late (Conflict) when the question is over or was answered; error.passkey.refused (Forbidden) for an answer that is not
// right, told alike whatever is wrong; error.passkey.copied (Forbidden) when the counter went back: that passkey lets nobody in any more.
func (g *Gate) EnterPasskey(ctx context.Context, ticket string, answer []byte, at At) (*Entered, error) {
	if err := g.noKeys(); err != nil {
		return nil, err
	}
	n, spent, end, err := g.answered(toEnter, 0, ticket)
	if err != nil {
		return nil, err
	}
	key, counter, err := g.verify(ctx, n, answer, 0)
	if buurtbel.KeyOf(err) == copied {
		return nil, g.doubt(ctx, key, spent, end, err)
	}
	if err != nil {
		return nil, err
	}
	e, o := g.opening(at)
	o.how, o.proved = ByPasskey, g.db.Now().Add(ProofLasts)
	err = g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		if err := spend(tx, spent, end); err != nil {
			return err
		}
		if err := tx.UsePasskey(key.ID, key.Counter, counter); err != nil {
			return err
		}
		if e.Actor, err = mandated(tx, key.Person); err != nil {
			return err
		}
		if o.device, _, err = deviceOf(tx, at.Device); err != nil {
			return err
		}
		e.Device = at.Device
		return g.open(tx, e, o)
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// spend redeems a ticket, once.
func spend(tx *store.Tx, hash []byte, end time.Time) error {
	if err := tx.Spend(hash, end); err != nil {
		if buurtbel.KindOf(err) == buurtbel.Conflict {
			return buurtbel.FailWith(err, buurtbel.Conflict, "error.passkey.late", nil)
		}
		return err
	}
	return nil
}

const copied = "error.passkey.copied"

// verify checks an answer and gives the passkey as it stands in its row, and the counter that the answer carries. person 0: whoever's it is.
func (g *Gate) verify(ctx context.Context, n note, answer []byte, person buurtbel.ID) (store.Passkey, int64, error) {
	refused := func(err error) error { return buurtbel.FailWith(err, buurtbel.Forbidden, "error.passkey.refused", nil) }
	said, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return store.Passkey{}, 0, refused(err)
	}
	var key store.Passkey
	err = g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		key, err = tx.PasskeyBy(said.RawID)
		return err
	})
	if buurtbel.KindOf(err) == buurtbel.NotFound || err == nil && (!key.Doubted.IsZero() || person != 0 && key.Person != person) {
		return key, 0, refused(err)
	}
	if err != nil {
		return key, 0, err
	}
	who, err := ownerOf(key.Person, "", []store.Passkey{key})
	if err != nil {
		return key, 0, err
	}
	var c *webauthn.Credential
	if person == 0 {
		_, c, err = g.keys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			if !bytes.Equal(handle, who.WebAuthnID()) {
				return nil, errOther
			}
			return who, nil
		}, n.Data, said)
	} else {
		n.Data.AllowedCredentialIDs = nil // it was looked up as this person's own
		c, err = g.keys.ValidateLogin(who, n.Data, said)
	}
	switch {
	case err != nil:
		return key, 0, refused(err)
	case c.Authenticator.CloneWarning:
		return key, 0, buurtbel.Fail(buurtbel.Forbidden, copied, nil)
	}
	return key, int64(c.Authenticator.SignCount), nil
}

// doubt shuts a passkey whose counter went back (WebAuthn, section 6.1.1): somebody may have copied it. It gives cause, or its own error.
// An answer that is brought a second time says nothing about the passkey: its ticket is spent.
func (g *Gate) doubt(ctx context.Context, key store.Passkey, spent []byte, end time.Time, cause error) error {
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		if err := spend(tx, spent, end); err != nil {
			return err
		}
		if err := tx.DoubtPasskey(key.ID); err != nil {
			return err
		}
		return tx.AppendIn(key.Zone, key.Zone, buurtbel.EntrySignIn, key.Person, []byte("passkey "+key.ID.String()+" may have been copied"))
	})
	if err != nil {
		return err
	}
	return cause
}
