package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel/internal/entering"
)

// access checks how people sign in: where passkeys may be used, and who vouches for whom.
func (l *loading) access() {
	c := l.config
	if p := c.Passkeys; p.Domain != "" || len(p.Origins) > 0 {
		filled, ok := p.Rules(c.Server.PublicURL)
		l.check("passkeys.domain", "error.config.passkey-domain", ok)
		for _, origin := range filled.Origins {
			if !ok {
				break // the domain is to be mended first
			}
			u, err := url.Parse(origin)
			l.check("passkeys.origins", "error.config.passkey-origin", err == nil && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) &&
				u.Path == "" && (u.Hostname() == filled.Domain || strings.HasSuffix(u.Hostname(), "."+filled.Domain)))
		}
	}
	seen := map[string]bool{}
	for i := range c.OIDC {
		p, path := &c.OIDC[i], fmt.Sprintf("oidc[%d]", i)
		l.check(path+".name", "error.config.carrier-name", p.Name == "" || carrierName.MatchString(p.Name))
		l.check(path+".name", "error.config.provider-twice", !seen[p.Name])
		l.check(path+".issuer", "error.config.issuer", p.Issuer == "" || entering.CheckIssuer(p.Issuer))
		l.check(path+".scopes", "error.config.scopes", len(p.Scopes) == 0 || slices.Contains(p.Scopes, "openid"))
		seen[p.Name] = true
	}
	for i := range c.OIDCGroup {
		g, path := &c.OIDCGroup[i], fmt.Sprintf("oidc_group[%d]", i)
		l.check(path+".provider", "error.config.provider-unknown", g.Provider == "" || seen[g.Provider])
	}
}
