package entering

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/buurtbel/buurtbel"
)

// Provider is an identity provider of police or city (OpenID Connect).
type Provider struct {
	Name         string        `toml:"name" required:"" example:"police" doc:"Name of the provider in addresses and logs: small letters, digits and \"-\". People's accounts are tied to it."`
	Label        string        `toml:"label" required:"" example:"Federale politie" doc:"What stands on the button, as people know the provider."`
	Issuer       string        `toml:"issuer" required:"" example:"https://login.police.example.org/realms/police" doc:"Its issuer, exactly as it writes it. It must be https, except on this machine itself."`
	ClientID     string        `toml:"client_id" required:"" example:"buurtbel" doc:"Our name at the provider. Register <public_url>/sign-in/from/<name> there as the address to come back to."`
	ClientSecret string        `toml:"client_secret" secret:"true" doc:"Our secret at the provider. Empty: a public client, with PKCE alone."`
	Scopes       []string      `toml:"scopes" example:"openid" doc:"What is asked of the provider. Unset: openid, email and groups."`
	GroupsClaim  string        `toml:"groups_claim" default:"groups" doc:"Claim that lists the groups of a person."`
	MailDomains  []string      `toml:"mail_domains" example:"police.example.org" doc:"Domains whose mailboxes the provider may vouch for at a first sign-in. Unset: any that is verified."`
	ACR          []string      `toml:"acr_values" example:"urn:be:fedict:iam:fas:Level500" doc:"Levels of assurance, one of which every sign-in must have. Unset: any."`
	Residents    bool          `toml:"residents" doc:"Applicants show here where they live and that they are 18 or older, such as with itsme or an identity card; nobody signs in here. Nothing else of the answer is kept."`
	Timeout      time.Duration `toml:"timeout" default:"5s" min:"1s" max:"30s" doc:"How long the provider may take to answer. After it the other ways in are offered."`
}

// Group is one line of the table that gives roles to groups of a provider. A group that stands in no line gives nothing.
type Group struct {
	Provider string `toml:"provider" required:"" example:"police" doc:"Name of the provider, as in [[oidc]]."`
	Group    string `toml:"group" required:"" example:"bin-dispatch" doc:"Group, exactly as the provider writes it."`
	Role     string `toml:"role" required:"" example:"dispatcher" oneof:"officer dispatcher chief mayor auditor administrator" doc:"Role that members of the group hold, from each sign-in for twelve hours."`
	Zone     string `toml:"zone" required:"" example:"Politiezone Vlierbeek" doc:"Name of the police zone in which they hold it."`
}

// Named is a provider as a page shows it.
type Named struct{ Name, Label string }

const (
	// wayLasts is how long somebody may take at the provider.
	wayLasts = 10 * time.Minute
	// downLasts is how long a provider that did not answer counts as down.
	downLasts = 5 * time.Minute
	// clockSkew is how far the provider's clock may be from ours.
	clockSkew = time.Minute
)

// provider is one that is configured, with what was learnt from it.
type provider struct {
	Provider
	back   string
	client *http.Client

	mu     sync.Mutex
	known  *oidc.Provider
	failed time.Time
}

func readyProviders(o Options) []*provider {
	var out []*provider
	for _, p := range o.Providers {
		if p.Timeout == 0 {
			p.Timeout = 5 * time.Second
		}
		if p.GroupsClaim == "" {
			p.GroupsClaim = "groups"
		}
		if len(p.Scopes) == 0 && p.Residents {
			p.Scopes = []string{oidc.ScopeOpenID, "address", "profile"}
		}
		if len(p.Scopes) == 0 {
			p.Scopes = []string{oidc.ScopeOpenID, "email", "groups"}
		}
		out = append(out, &provider{Provider: p, back: o.Link + "/sign-in/from/" + p.Name,
			client: &http.Client{Timeout: p.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}})
	}
	return out
}

// Providers lists the providers at which people sign in, in their order.
func (g *Gate) Providers() []Named { return g.named(false) }

// Residents lists the providers at which applicants show where they live.
func (g *Gate) Residents() []Named { return g.named(true) }

func (g *Gate) named(residents bool) []Named {
	var out []Named
	for _, p := range g.providers {
		if p.Residents == residents {
			out = append(out, Named{p.Name, p.Label})
		}
	}
	return out
}

func (g *Gate) provider(name string, residents bool) *provider {
	for _, p := range g.providers {
		if p.Name == name && p.Residents == residents {
			return p
		}
	}
	return nil
}

// discover asks the provider for its addresses and keys, once; a failure is asked again the next time.
func (p *provider) discover(now time.Time) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, nil
	}
	// The provider keeps the context for its keys, so it must outlive the request; the client's time-out bounds each question.
	known, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.Issuer)
	if err != nil {
		p.failed = now
		return nil, err
	}
	p.known, p.failed = known, time.Time{}
	return known, nil
}

func (p *provider) fail(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = now
}

// down tells whether the provider lately did not answer.
func (p *provider) down(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.failed.IsZero() && now.Sub(p.failed) < downLasts
}

func (p *provider) oauth(known *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: known.Endpoint(), RedirectURL: p.back, Scopes: p.Scopes}
}

// The closed list of why a provider's answer is not taken. Only these words reach a log: what a provider or a library says may hold a claim.
var (
	errClaims   = errors.New("claims cannot be read")
	errNonce    = errors.New("nonce is not ours")
	errToken    = errors.New("token is not valid")
	errSubject  = errors.New("subject differs between token and answer")
	errParty    = errors.New("authorised party is another")
	errLevel    = errors.New("level of assurance is too low")
	errNoToken  = errors.New("no token in the answer")
	errExchange = errors.New("code was not taken")
	errDown     = errors.New("provider does not answer")
)

// refuse logs one of the words above and gives the sentence for the person.
func (g *Gate) refuse(p *provider, why error) error {
	g.o.Logger.Warn("sign-in by provider refused", "provider", p.Name, "why", why)
	return buurtbel.FailWith(why, buurtbel.Forbidden, "error.oidc.refused", buurtbel.Args{"Provider": p.Label})
}

func (g *Gate) downErr(p *provider) error {
	p.fail(g.db.Now())
	g.o.Logger.Warn("sign-in by provider refused", "provider", p.Name, "why", errDown)
	return buurtbel.FailWith(errDown, buurtbel.Busy, "error.oidc.down", buurtbel.Args{"Provider": p.Label})
}

// said is what a provider told of who came back, verified.
type said struct {
	claims
	issuer, subject string
	auth            time.Time // when the person last signed in there; zero: not told
}

// exchange turns the code into verified claims: issuer, audience, signature and times by the library; nonce, authorised party, level and
// subject here.
func (g *Gate) exchange(ctx context.Context, p *provider, code string, w way) (*said, error) {
	known, err := p.discover(g.db.Now())
	if err != nil {
		return nil, g.downErr(p)
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.oauth(known).Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		if isDown(err) {
			return nil, g.downErr(p)
		}
		return nil, g.refuse(p, errExchange)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, g.refuse(p, errNoToken)
	}
	id, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: g.db.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, g.refuse(p, errToken)
	}
	s, why := p.read(id, w)
	if why == nil {
		why = p.ask(ctx, known, tokens, s)
	}
	if why != nil {
		return nil, g.refuse(p, why)
	}
	if len(s.dropped) > 0 {
		g.o.Logger.Warn("claims that hold a national number were dropped: ask the provider not to send them", "provider", p.Name, "claims", len(s.dropped))
	}
	switch {
	case p.Residents: // who it is there is not asked: no account is tied to it
	case s.subject == "" && !slices.Contains(s.dropped, "sub"):
		return nil, g.refuse(p, errToken)
	case s.subject == "":
		return nil, buurtbel.Fail(buurtbel.Forbidden, "error.oidc.national", buurtbel.Args{"Provider": p.Label})
	}
	return s, nil
}

// isDown tells an answer that never came, or says that the provider is ill, from one that says no.
func isDown(err error) bool {
	var answered *oauth2.RetrieveError
	return !errors.As(err, &answered) || answered.Response != nil && answered.Response.StatusCode >= http.StatusInternalServerError
}

// read takes the claims of a verified token, without what must not be kept.
func (p *provider) read(id *oidc.IDToken, w way) (*said, error) {
	var raw rawClaims
	if err := id.Claims(&raw); err != nil {
		return nil, errClaims
	}
	c, err := readClaims(raw)
	if err != nil {
		return nil, err
	}
	s := &said{claims: c, issuer: id.Issuer, subject: c.text("sub")} // "" when the subject itself is a national number: it was dropped
	if id.Nonce != w.Nonce {
		return nil, errNonce
	}
	if party := c.text("azp"); len(id.Audience) > 1 && party == "" || party != "" && party != p.ClientID { // OpenID Connect Core, section 3.1.3.7
		return nil, errParty
	}
	if len(p.ACR) > 0 && !slices.Contains(p.ACR, c.text("acr")) {
		return nil, errLevel
	}
	if at, ok := c.number("auth_time"); ok {
		s.auth = time.Unix(at, 0)
	}
	return s, nil
}

// rawClaims keeps the bytes of the claims: the library would read them into a map of its own.
type rawClaims []byte

// UnmarshalJSON keeps a copy.
func (r *rawClaims) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// ask reads mailbox and groups from the provider's answer about the person, where the token lacks them.
func (p *provider) ask(ctx context.Context, known *oidc.Provider, tokens *oauth2.Token, s *said) error {
	_, mail := s.said["email"]
	_, groups := s.said[p.GroupsClaim]
	if mail && groups || known.UserInfoEndpoint() == "" || s.subject == "" {
		return nil
	}
	info, err := known.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil //nolint:nilerr // the token alone says who it is; without more there are no groups and no first sign-in
	}
	if info.Subject != s.subject { // OpenID Connect Core, section 5.3.2
		return errSubject
	}
	var raw rawClaims
	if err := info.Claims(&raw); err != nil {
		return errClaims
	}
	more, err := readClaims(raw)
	if err != nil {
		return err
	}
	s.dropped = append(s.dropped, more.dropped...)
	for name, value := range more.said {
		if _, there := s.said[name]; !there {
			s.said[name] = value
		}
	}
	return nil
}

// CheckIssuer tells whether a provider may be spoken to at an issuer: over https, or on this machine.
func CheckIssuer(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" &&
		(u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1"))
}
