package joining

import (
	"context"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// PurposeVersion is the version of the words that tell beforehand what the data are for.
const PurposeVersion = 1

// Form is an application as somebody filled it in.
type Form struct {
	Given, Family string
	Home          store.Home
	Basis         buurtbel.Basis
	Kind          buurtbel.NetworkKind
	Shop          string        // of Traders: the business's name
	Post          buurtbel.Post // of Traders
	Mobile        string
	Second        string // a second telephone, of either kind
	Fixed         string
	Mailbox       string
	Language      buurtbel.Language
	Choices       buurtbel.Choices
	Adult         bool
	Rules         bool
	RulesVersion  int    // that the person read
	Invitation    string // to a household or a business; "": none
}

// Wrong says of each field what to mend, by its name in the form.
type Wrong map[string]error

func (w Wrong) field(name, key string, args buurtbel.Args) {
	w[name] = buurtbel.Fail(buurtbel.Invalid, key, args)
}

// perSource is how many applications one network address may send.
var perSource = store.Allowance{Most: 6, Span: time.Hour}

// Apply takes an application from the public form and sends the first codes. It gives the token of the applicant's own page. Without a way to
// be reached that is proved nobody but the applicant sees it, and it is erased in time.
//
// Errors: error.join.none (Conflict) when no network is there; error.join.refer (Conflict) when nobody can tell which; error.join.too-often
// (Busy). What is wrong with fields is in Wrong, and then nothing was stored.
func (h *Hall) Apply(ctx context.Context, f *Form, source string) (page string, wrong Wrong, err error) {
	where, err := h.Check(ctx, f.Home, f.Kind)
	if buurtbel.KeyOf(err) == "error.join.address" {
		return "", Wrong{"street": err}, nil
	}
	switch {
	case err != nil:
		return "", nil, err
	case where.Network == nil:
		return "", nil, buurtbel.Fail(buurtbel.Conflict, "error.join."+string(where.Found), nil)
	}
	a, wrong, err := h.read(ctx, f, where)
	if err != nil || len(wrong) > 0 {
		return "", wrong, err
	}
	a.Source = buurtbel.FromForm
	if f.Invitation != "" {
		if err := h.invited(ctx, f.Invitation, a); err != nil {
			return "", nil, err
		}
	}
	err = h.db.Write(ctx, buurtbel.Scope{Zone: a.Zone}, func(tx *store.Tx) error {
		ok, err := tx.AskOnce(h.db.AskHash("application", source), perSource)
		if err == nil && !ok {
			err = buurtbel.Fail(buurtbel.Busy, "error.join.too-often", nil)
		}
		if err != nil {
			return err
		}
		return h.keep(tx, a, f.Invitation)
	})
	if err != nil {
		return "", nil, err
	}
	return h.PageLink(a.ID), nil, h.firstCodes(ctx, a, source)
}

// keep stores an application, and uses its invitation up.
func (h *Hall) keep(tx *store.Tx, a *store.NewApplication, invitation string) error {
	if invitation != "" {
		purpose := token.Household
		if a.Business != 0 {
			purpose = token.Business
		}
		if err := takeInvitation(tx, invitation, purpose); err != nil {
			return err
		}
	}
	stored := *a // a transaction may be repeated
	if err := tx.InsertApplication(&stored); err != nil {
		return err
	}
	return wake(tx, a.ID)
}

// firstCodes sends what proves the first mobile and the mailbox at once. What a limit holds back the applicant may ask later.
func (h *Hall) firstCodes(ctx context.Context, a *store.NewApplication, source string) error {
	seen := map[buurtbel.ContactKind]bool{}
	for _, c := range a.Contacts {
		channel := map[buurtbel.ContactKind]buurtbel.Channel{buurtbel.Mobile: buurtbel.SMS, buurtbel.Mailbox: buurtbel.Email}[c.Kind]
		if channel == "" || seen[c.Kind] {
			continue
		}
		seen[c.Kind] = true
		err := h.sendCode(ctx, buurtbel.Scope{Zone: a.Zone}, a.ID, c.ID, channel, source)
		if err != nil && buurtbel.KindOf(err) != buurtbel.Busy && buurtbel.KindOf(err) != buurtbel.Conflict {
			return err
		}
	}
	return nil
}

// read checks a form and makes an application of it.
func (h *Hall) read(ctx context.Context, f *Form, where *Where) (*store.NewApplication, Wrong, error) {
	rules := 0
	err := h.db.Read(ctx, buurtbel.Scope{Zone: where.Zone.ID}, func(tx *store.Tx) error {
		r, err := tx.HouseRules(where.Network.ID)
		rules = r.Version
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	wrong := Wrong{}
	a := &store.NewApplication{Application: buurtbel.Application{ID: h.db.NewID(), Zone: where.Zone.ID, Network: where.Network.ID, Basis: f.Basis, Found: where.Found,
		Language: f.Language, Choices: f.Choices}, Person: store.Applicant{Name: store.Name{Given: f.Given, Family: f.Family}, Home: where.Home, Place: where.At}}
	f.checkPerson(wrong, rules)
	a.Contacts = h.readContacts(f, where.Zone, wrong)
	if where.Network.Kind == buurtbel.Traders {
		h.standFor(f, a, wrong)
	}
	a.Facts = []buurtbel.ApplicationFact{{Kind: buurtbel.FactApplied, Detail: string(where.Found)}, {Kind: buurtbel.FactTold, Detail: strconv.Itoa(PurposeVersion)},
		{Kind: buurtbel.FactAdult, Detail: "own-word"}, {Kind: buurtbel.FactRules, Detail: strconv.Itoa(rules)}}
	return a, wrong, nil
}

func (f *Form) checkPerson(wrong Wrong, rules int) {
	f.Given, f.Family = strings.TrimSpace(f.Given), strings.TrimSpace(f.Family)
	if f.Given == "" {
		wrong.field("given", "error.join.given", nil)
	}
	if f.Family == "" {
		wrong.field("family", "error.join.family", nil)
	}
	if !f.Basis.Valid() {
		wrong.field("basis", "error.join.basis", nil)
	}
	if !f.Language.Valid() {
		wrong.field("language", "error.join.language", nil)
	}
	if !f.Adult {
		wrong.field("adult", "error.join.adult", nil)
	}
	switch {
	case !f.Rules:
		wrong.field("rules", "error.join.rules", nil)
	case f.RulesVersion != rules:
		wrong.field("rules", "error.join.rules-changed", nil)
	}
}

// standFor makes the business that the applicant stands for. It is stored when the applicant is accepted.
func (h *Hall) standFor(f *Form, a *store.NewApplication, wrong Wrong) {
	if f.Post != buurtbel.PostKeys {
		f.Post = buurtbel.PostShop
	}
	a.Business, a.Person.Shop = h.db.NewID(), strings.TrimSpace(f.Shop)
	a.Choices.Shift = &buurtbel.Shift{Business: a.Business, Post: f.Post, Alone: true}
	if a.Person.Shop == "" && f.Invitation == "" {
		wrong.field("shop", "error.join.shop", nil)
	}
}

// readContacts reads the contact points in the order of the form. One that is written twice counts once.
func (h *Hall) readContacts(f *Form, zone *buurtbel.Zone, wrong Wrong) []store.NewContact {
	var out []store.NewContact
	seen := map[string]bool{}
	add := func(kind buurtbel.ContactKind, address string) {
		if !seen[address] {
			seen[address] = true
			out = append(out, store.NewContact{ID: h.db.NewID(), Kind: kind, Rank: len(out), Address: address})
		}
	}
	callable, err := zone.Reachable()
	if err != nil {
		callable = phone.DefaultCountries
	}
	for _, one := range []struct{ name, raw string }{{"mobile", f.Mobile}, {"fixed", f.Fixed}, {"second", f.Second}} {
		if strings.TrimSpace(one.raw) == "" {
			continue
		}
		n, err := phone.ParseAllowed(one.raw, zone.Country, callable)
		switch {
		case err != nil:
			wrong[one.name] = err
		case one.name == "mobile" && n.Kind == phone.Fixed:
			wrong.field("mobile", "error.join.not-mobile", nil)
		case n.Kind == phone.Mobile:
			add(buurtbel.Mobile, n.E164)
		default:
			add(buurtbel.Fixed, n.E164)
		}
	}
	if box := strings.TrimSpace(f.Mailbox); box != "" {
		if a, err := mail.ParseAddress(box); err != nil || a.Address != box || len(box) > 254 {
			wrong.field("mailbox", "error.join.mailbox", nil)
		} else {
			add(buurtbel.Mailbox, strings.ToLower(box))
		}
	}
	if len(out) == 0 && wrong["mobile"] == nil && wrong["fixed"] == nil && wrong["second"] == nil && wrong["mailbox"] == nil {
		wrong.field("mobile", "error.join.no-contact", nil)
	}
	return out
}
