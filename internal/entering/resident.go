package entering

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"github.com/buurtbel/buurtbel"
)

// Resident is all that is taken of what a provider says of an applicant (rule 14): no name, no number, no day of birth.
type Resident struct {
	Line, PostalCode, Municipality string // of the address; Line is street and house as the provider writes them
	Over18                         bool
}

// residentClaims asks the provider for these claims alone (OpenID Connect Core, section 5.5).
const residentClaims = `{"id_token":{"address":{"essential":true},"birthdate":null},"userinfo":{"address":{"essential":true},"birthdate":null}}`

// ToResident sends an applicant to a provider that knows where people live. page is the link to the own page, to come back to. It writes nothing.
//
// Errors: error.oidc.unknown (NotFound); error.oidc.down (Busy).
func (g *Gate) ToResident(name, page string) (*Way, error) {
	return g.begin(g.provider(name, true), way{Provider: name, Back: page}, oauth2.SetAuthURLParam("claims", residentClaims))
}

// FromResident ends what ToResident began. page is known as soon as the ticket is, also when the provider refuses.
//
// Errors: those of FromProvider about the way; error.oidc.no-address (Conflict) when the provider told no address.
func (g *Gate) FromResident(ctx context.Context, name, ticket, state, code string) (r Resident, page string, err error) {
	p := g.provider(name, true)
	w, s, err := g.comesBack(ctx, p, ticket, state, code, nil)
	if err != nil {
		return r, w.Back, err
	}
	if r = s.resident(g.db.Now()); r.Line == "" || r.PostalCode == "" {
		err = buurtbel.Fail(buurtbel.Conflict, "error.oidc.no-address", buurtbel.Args{"Provider": p.Label})
	}
	return r, w.Back, err
}

// resident reads the address claim (OpenID Connect Core, section 5.1.1) and the age.
func (c claims) resident(now time.Time) (r Resident) {
	if address, ok := c.said["address"].(map[string]any); ok {
		text := func(name string) string { s, _ := address[name].(string); return s }
		r.Line, r.PostalCode, r.Municipality = text("street_address"), text("postal_code"), text("locality")
	}
	if born, err := time.Parse(time.DateOnly, c.text("birthdate")); err == nil && born.Year() > 1 { // a provider may leave the year out as 0000
		r.Over18 = !born.AddDate(18, 0, 0).After(now)
	}
	return r
}
