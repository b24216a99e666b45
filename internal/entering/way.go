package entering

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// way is what the ticket of somebody on the way to a provider holds. The ticket lies in the browser's cookie: who comes back with a state that
// was given to another browser is nobody.
type way struct {
	Provider string      `json:"provider"`
	State    string      `json:"state"`
	Nonce    string      `json:"nonce"`
	Verifier string      `json:"verifier"`          // of PKCE (RFC 7636)
	Session  buurtbel.ID `json:"session,omitempty"` // that shows once more who it is; 0: signs in
	Back     string      `json:"back,omitempty"`    // page to go on with; of an applicant the link to the own page
}

// Way is where to send a browser, and the ticket that it keeps meanwhile.
type Way struct {
	Address string
	Ticket  string
	Lasts   time.Duration
}

// ToProvider begins a sign-in at a provider; with a visit, one that shows once more who the visitor is: then the provider must ask anew.
// It writes nothing. back is the page to go on with.
//
// Errors: error.oidc.unknown (NotFound); error.oidc.down (Busy) when the provider does not answer.
func (g *Gate) ToProvider(name string, v *Visit, back string) (*Way, error) {
	var anew []oauth2.AuthCodeOption
	w := way{Provider: name, Back: back}
	if v != nil {
		w.Session = v.ID
		anew = []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login")}
	}
	return g.begin(g.provider(name, false), w, anew...)
}

// begin sends a browser to a provider; nil is one that is not configured.
func (g *Gate) begin(p *provider, w way, options ...oauth2.AuthCodeOption) (*Way, error) {
	if p == nil {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.oidc.unknown", nil)
	}
	known, err := p.discover(g.db.Now())
	if err != nil {
		return nil, g.downErr(p)
	}
	w.Verifier = oauth2.GenerateVerifier()
	w.State, _ = token.New()
	w.Nonce, _ = token.New()
	options = append(options, oauth2.S256ChallengeOption(w.Verifier), oauth2.SetAuthURLParam("nonce", w.Nonce))
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	content, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	ticket, err := token.Issue(g.db.Ring(), token.Provider, content, g.db.Now().Add(wayLasts))
	return &Way{Address: p.oauth(known).AuthCodeURL(w.State, options...), Ticket: ticket, Lasts: wayLasts}, err
}

// Returned is what came of a way: a new session, or the same one under a new cookie.
type Returned struct {
	Entered *Entered
	Proved  *Proved
	Back    string
}

// FromProvider ends what ToProvider began: the browser brings its ticket, the provider's code and the state.
//
// Errors: error.oidc.late (Conflict) when the way is over, was gone before, or began in another browser; error.oidc.refused (Forbidden);
// error.oidc.down (Busy); error.oidc.stranger (Forbidden) for somebody who holds no mandate here; error.oidc.stale (Forbidden) when the
// provider did not ask anew; error.oidc.national (Forbidden) when it names people by their national number.
func (g *Gate) FromProvider(ctx context.Context, name, ticket, state, code string, v *Visit, at At) (*Returned, error) {
	p := g.provider(name, false)
	w, s, err := g.comesBack(ctx, p, ticket, state, code, v)
	if err != nil {
		return nil, err
	}
	r := &Returned{Back: w.Back}
	if w.Session != 0 {
		r.Proved, err = g.proveProvider(ctx, p, s, v)
	} else {
		r.Entered, err = g.enterProvider(ctx, p, s, at)
	}
	return r, err
}

// comesBack takes what a browser brings back from a provider, once.
func (g *Gate) comesBack(ctx context.Context, p *provider, ticket, state, code string, v *Visit) (w way, s *said, err error) {
	if p == nil {
		return w, nil, buurtbel.Fail(buurtbel.NotFound, "error.oidc.unknown", nil)
	}
	content, end, err := token.Redeem(g.db.Ring(), token.Provider, ticket, g.db.Now())
	if err == nil {
		err = json.Unmarshal(content, &w)
	}
	if err != nil || w.Provider != p.Name || w.State != state || state == "" || w.Session != 0 && (v == nil || v.ID != w.Session) {
		return w, nil, buurtbel.Fail(buurtbel.Conflict, "error.oidc.late", nil)
	}
	if err := g.once(ctx, token.Hash(ticket), end); err != nil {
		return w, nil, err
	}
	s, err = g.exchange(ctx, p, code, w)
	return w, s, err
}

// once spends a way before the provider is asked: of two who come back with it, one goes on.
func (g *Gate) once(ctx context.Context, hash []byte, end time.Time) error {
	return g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		err := tx.Spend(hash, end)
		if buurtbel.KindOf(err) == buurtbel.Conflict {
			return buurtbel.FailWith(err, buurtbel.Conflict, "error.oidc.late", nil)
		}
		return err
	})
}

// asked tells whether the provider asked the person anew: within the time of the way, give or take the clocks.
func (s *said) asked(now time.Time) bool {
	return !s.auth.IsZero() && now.Sub(s.auth) <= wayLasts && s.auth.Sub(now) <= clockSkew
}

func (g *Gate) proveProvider(ctx context.Context, p *provider, s *said, v *Visit) (*Proved, error) {
	if !s.asked(g.db.Now()) {
		return nil, buurtbel.Fail(buurtbel.Forbidden, "error.oidc.stale", buurtbel.Args{"Provider": p.Label})
	}
	return g.renew(ctx, v, "provider "+p.Name, func(tx *store.Tx) error {
		person, found, err := tx.UseIdentity(g.db.AccountHash(s.issuer, s.subject))
		if err != nil {
			return err
		}
		if !found || person != v.Actor.Person {
			return buurtbel.Fail(buurtbel.Forbidden, "error.oidc.other", buurtbel.Args{"Provider": p.Label})
		}
		return nil
	})
}

func (g *Gate) enterProvider(ctx context.Context, p *provider, s *said, at At) (*Entered, error) {
	e, o := g.opening(at)
	o.how, o.note = ByProvider, " "+p.Name
	if now := g.db.Now(); s.asked(now) {
		o.proved = s.auth.Add(ProofLasts)
	}
	ids := make([]buurtbel.ID, len(g.o.Groups))
	for i := range ids {
		ids[i] = g.db.NewID()
	}
	stranger := buurtbel.Fail(buurtbel.Forbidden, "error.oidc.stranger", buurtbel.Args{"Provider": p.Label})
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		person, err := g.whose(tx, p, s)
		if err != nil {
			return err
		}
		if person == 0 {
			return stranger
		}
		if err := g.group(tx, p, s, person, ids); err != nil {
			return err
		}
		if e.Actor, err = mandated(tx, person); err != nil {
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

// whose finds the person of an account: by issuer and subject; at a first sign-in by a verified mailbox of one official who holds a mandate
// already. 0: nobody's.
func (g *Gate) whose(tx *store.Tx, p *provider, s *said) (buurtbel.ID, error) {
	account := g.db.AccountHash(s.issuer, s.subject)
	person, found, err := tx.UseIdentity(account)
	if err != nil || found {
		return person, err
	}
	mailbox, ok := readMailbox(s.text("email"))
	if !ok || !s.yes("email_verified") || !p.vouches(mailbox) {
		return 0, nil
	}
	at, err := tx.EnterersAt(mailbox)
	if err != nil {
		return 0, err
	}
	var officials []store.Enterer
	for _, e := range slices.Compact(at) {
		who, err := tx.Actor(e.Person)
		if err != nil {
			return 0, err
		}
		if who.Office != "member" { // a citizen's role is no provider's business
			officials = append(officials, e)
		}
	}
	if len(officials) != 1 {
		return 0, nil
	}
	e := officials[0]
	if err := tx.InsertIdentity(store.Identity{Account: account, Person: e.Person, Zone: e.Zone, Provider: p.Name}); err != nil {
		return 0, err
	}
	return e.Person, tx.AppendIn(e.Zone, e.Zone, buurtbel.EntrySignIn, e.Person, []byte("provider "+p.Name+" tied"))
}

// vouches tells whether the provider may speak for the domain of a mailbox.
func (p *provider) vouches(mailbox string) bool {
	_, domain, _ := strings.Cut(mailbox, "@")
	return len(p.MailDomains) == 0 || slices.ContainsFunc(p.MailDomains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// group brings a person's mandates by groups of a provider up to what the configuration says: given for twelve hours at each sign-in, ended
// when the provider no longer names the group. A mandate that anybody else gave is never touched.
func (g *Gate) group(tx *store.Tx, p *provider, s *said, person buurtbel.ID, ids []buurtbel.ID) error {
	who, err := tx.Actor(person)
	if err != nil || who.Office == "member" {
		return err
	}
	zones, err := tx.Zones()
	if err != nil {
		return err
	}
	groups, kept := s.list(p.GroupsClaim), map[buurtbel.ID]bool{}
	until := tx.Now().Add(SessionLasts)
	for i, line := range g.o.Groups {
		z := slices.IndexFunc(zones, func(z *buurtbel.Zone) bool { return z.Name == line.Zone })
		if line.Provider != p.Name || !slices.Contains(groups, line.Group) {
			continue
		}
		if z < 0 {
			g.o.Logger.Warn("a group gives a role in a zone that does not exist", "provider", p.Name, "zone", line.Zone)
			continue
		}
		m := buurtbel.Mandate{ID: ids[i], Holder: person, Role: buurtbel.Role(line.Role), Zone: zones[z].ID, From: tx.Now(), Until: until, Ground: groundOf(p, line.Group)}
		if had, ok := holdsNow(who, m, tx.Now()); ok {
			kept[had] = true
			if err := tx.ProlongMandate(had, until); err != nil {
				return err
			}
			continue
		}
		if err := tx.InsertMandate(m); err != nil {
			return err
		}
		if err := tx.AppendIn(m.Zone, m.Zone, buurtbel.EntryChange, person, []byte(line.Role+" by "+m.Ground)); err != nil {
			return err
		}
	}
	for _, m := range who.Mandates {
		if strings.HasPrefix(m.Ground, groundOf(p, "")) && !m.Until.IsZero() && m.Until.After(tx.Now()) && !kept[m.ID] {
			if err := tx.LapseMandate(m.ID); err != nil {
				return err
			}
			if err := tx.AppendIn(m.Zone, m.Zone, buurtbel.EntryChange, person, []byte(string(m.Role)+" ended: no longer "+m.Ground)); err != nil {
				return err
			}
		}
	}
	return nil
}

// groundOf is by what a group's mandate is given: provider and group, as the configuration names them.
func groundOf(p *provider, group string) string { return "group of " + p.Name + ": " + group }

// holdsNow finds the mandate that a line of the table gave before and that still holds.
func holdsNow(who buurtbel.Actor, want buurtbel.Mandate, now time.Time) (buurtbel.ID, bool) {
	for _, m := range who.Mandates {
		if m.Ground == want.Ground && m.Role == want.Role && m.Zone == want.Zone && m.Until.After(now) {
			return m.ID, true
		}
	}
	return 0, false
}
