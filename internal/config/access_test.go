package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const police = `
[[oidc]]
name = "police"
label = "Politie"
issuer = "https://login.example.org"
client_id = "buurtbel"
client_secret = "x"
`

const dispatchers = `
[[oidc_group]]
provider = "police"
group = "bin-dispatch"
role = "dispatcher"
zone = "Politiezone Vlierbeek"
`

func TestWaysInAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"right":                   {police + dispatchers, nil},
		"issuer without https":    {"[[oidc]]\nname='a'\nlabel='A'\nissuer='http://login.example.org'\nclient_id='x'", []string{"4:1 issuer"}},
		"issuer on this PC":       {"[[oidc]]\nname='a'\nlabel='A'\nissuer='http://127.0.0.1:9'\nclient_id='x'", nil},
		"name twice":              {police + police, []string{"10:1 provider-twice"}},
		"scopes":                  {"[[oidc]]\nname='a'\nlabel='A'\nissuer='https://a.example.org'\nclient_id='x'\nscopes=['email']", []string{"6:1 scopes"}},
		"unknown provider":        {dispatchers, []string{"3:1 provider-unknown"}},
		"a citizen's role":        {police + "[[oidc_group]]\nprovider='police'\ngroup='g'\nrole='coordinator'\nzone='Z'", []string{"11:1 want-one-of"}},
		"domain that is a number": {"[passkeys]\ndomain='192.0.2.1'", []string{"2:1 passkey-domain"}},
		"origin elsewhere":        {"[passkeys]\ndomain='example.org'\norigins=['https://example.com']", []string{"3:1 passkey-origin"}},
		"origin of a lookalike":   {"[passkeys]\ndomain='example.org'\norigins=['https://evilexample.org']", []string{"3:1 passkey-origin"}},
		"origin below":            {"[passkeys]\ndomain='example.org'\norigins=['https://alarm.example.org']", nil},
	} {
		_, err := Load(write(t, c.text), nil)
		if d := cmp.Diff(c.want, said(t, err)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}
