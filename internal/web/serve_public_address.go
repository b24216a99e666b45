package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/place"
)

// ask is the question whether a home or a shop lies in a zone. It is posted: no home stands in an address bar or a log.
func (v *visit) ask(typed string, kind buurtbel.NetworkKind, wrong string) Ask {
	a := Ask{Action: "/address", Search: "/address/search", Address: Field{Name: "address", Label: v.t("screen.public.ask-label"), Hint: v.t("screen.public.ask-hint"), Auto: "address-line1", Value: typed,
		Error: wrong, List: "address-list"}}
	for _, k := range []buurtbel.NetworkKind{buurtbel.Residents, buurtbel.Traders} {
		a.Kinds = append(a.Kinds, Option{ID: string(k), Words: v.t("screen.public.ask-" + string(k)), Chosen: k == kind})
	}
	return a
}

func (v *visit) address() error {
	return v.addressPage(http.StatusOK, AddressPage{Ask: v.ask("", buurtbel.Residents, "")})
}

func (v *visit) addressPage(status int, view AddressPage) error {
	return v.respond(status, v.public(v.t("screen.public.address"), "/address"), view)
}

// find asks the register; nothing is found before it is loaded.
func (v *visit) find(text string, n int) []place.Found {
	if v.s.o.Find == nil {
		return nil
	}
	return v.s.o.Find(place.Typed{Text: text, Limit: n})
}

// addressSearch completes what is being typed, for a script.
func (v *visit) addressSearch() error {
	if err := v.s.searches.pass(v.origin(), v.now); err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	typed, err := v.typed("q", 200)
	if err != nil {
		return err
	}
	lines := []string{}
	if len([]rune(typed)) >= 3 {
		for _, f := range v.find(typed, 8) {
			lines = append(lines, f.Line())
		}
	}
	return v.json(http.StatusOK, lines)
}

// addressNow answers the question, or asks which address was meant.
func (v *visit) addressNow() error {
	if err := v.s.searches.pass(v.origin(), v.now); err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	typed, err := v.typed("address", 200)
	if err != nil {
		return err
	}
	kind := v.kind()
	if typed == "" {
		return v.addressPage(http.StatusUnprocessableEntity, AddressPage{Ask: v.ask("", kind, v.t("screen.public.ask-empty"))})
	}
	view := AddressPage{Ask: v.ask(typed, kind, "")}
	found := v.find(typed, 8)
	meant, sure := place.Meant(found, typed)
	switch {
	case len(found) == 0:
		view.Nothing = true
	case !sure:
		for _, f := range found {
			c := Choice{Line: f.Line()}
			if f.How == place.StreetOnly {
				c.Note = v.t("screen.public.street-only")
			}
			view.Choices = append(view.Choices, c)
		}
	default:
		return v.verdictAt(view, meant, kind)
	}
	return v.addressPage(http.StatusOK, view)
}

func (v *visit) kind() buurtbel.NetworkKind {
	if buurtbel.NetworkKind(v.r.PostFormValue("kind")) == buurtbel.Traders {
		return buurtbel.Traders
	}
	return buurtbel.Residents
}

// verdictAt says one of the three outcomes of rule 8.
func (v *visit) verdictAt(view AddressPage, meant place.Found, kind buurtbel.NetworkKind) error {
	t, err := v.town()
	if err != nil {
		return err
	}
	check := t.zones.Check(t.areas, meant.At, kind, v.now)
	view.Asked, view.Outcome = meant.Line(), string(check.Outcome)
	switch check.Outcome {
	case buurtbel.FoundInside:
		n := check.Networks[0]
		view.Network, view.Write = v.listed(t, n), "/networks/"+n.ID.String()+"/write"
		view.Join = []Kept{{"street", meant.Street}, {"number", houseOf(meant)}, {"postal", meant.PostalCode}, {"town", meant.Municipality}, {"kind", string(kind)}}
		view.Says = []string{v.t("screen.public.inside", "Network", n.Name), v.t("screen.public.inside-next")}
	case buurtbel.FoundRefer:
		var names []string
		for _, n := range check.Networks {
			names = append(names, n.Name)
		}
		view.Says = []string{v.t("screen.public.refer"), v.t("screen.public.refer-"+string(check.Why), "Networks", strings.Join(names, ", "))}
		view.Write = "/contact"
		zone := t.zones[check.Networks[0].Zone]
		if view.Lines, err = v.phones(t, zone); err != nil {
			return err
		}
	case buurtbel.FoundNone:
		view.Says = []string{v.t("screen.public.none"), v.t("screen.public.none-next")}
		if t.zones.ZoneAt(t.areas, meant.At) != 0 {
			view.Wish = v.wishForm(meant.StreetID.String(), meant.Street+", "+meant.PostalCode+" "+meant.Municipality, kind, "", "")
		}
	}
	return v.addressPage(http.StatusOK, view)
}

// houseOf writes number and box as the form of joining reads them.
func houseOf(f place.Found) string {
	if f.Box == "" {
		return f.HouseNumber
	}
	return f.HouseNumber + " bus " + f.Box
}

func (v *visit) wishForm(street, name string, kind buurtbel.NetworkKind, typed, wrong string) *WishForm {
	return &WishForm{Action: "/wishes", Street: street, StreetName: name, Kind: string(kind),
		Mailbox: Field{Name: "email", Label: v.t("screen.field.email"), Hint: v.t("screen.public.wish-hint"), Type: "email", Auto: "email", Value: typed, Error: wrong}}
}

// wishNow keeps a wish. The answer is the same whether the mailbox had one already.
func (v *visit) wishNow() error {
	if err := v.form(); err != nil {
		return err
	}
	mailbox, err := v.typed("email", 254)
	if err != nil {
		return err
	}
	street, err := buurtbel.ParseID(v.r.PostFormValue("street"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.asking.street", nil)
	}
	if err := v.writes(); err != nil {
		return err
	}
	zone, name, err := v.wishPlace(street)
	if err != nil {
		v.unwrote()
		return err
	}
	err = v.s.o.Ask.Wish(v.r.Context(), zone, asking.Wanted{Street: street, Kind: v.kind(), Mailbox: mailbox, Language: v.lang})
	if err != nil {
		v.unwrote()
	}
	if buurtbel.KeyOf(err) == "error.asking.mailbox" {
		return v.addressPage(http.StatusUnprocessableEntity, AddressPage{Ask: v.ask("", v.kind(), ""), Outcome: string(buurtbel.FoundNone), Asked: name,
			Says: []string{v.t("screen.public.none"), v.t("screen.public.none-next")}, Wish: v.wishForm(street.String(), name, v.kind(), mailbox, locale.Error(v.lang, err))})
	}
	if err != nil {
		return err
	}
	return v.thanks("/address", Thanks{Title: v.t("screen.public.wish-sent"), Says: []string{v.t("screen.public.wish-sent-text", "Mailbox", mailbox), v.t("screen.public.wish-sent-time", "Time", locale.Span(v.lang, asking.ProveLasts))}})
}

// wishShown shows what a wish's link does: mail scanners open links, so nothing changes.
func (v *visit) wishShown() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	w, err := v.s.o.Ask.Behind(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose {
		v.lang = w.Language
	}
	view := WishPage{Title: v.t("screen.public.wish-title", "Street", w.Street), Action: "/w/" + link, Prove: !w.Proved, Drop: true, Says: []string{v.t("screen.public.wish-ask")}}
	if w.Proved {
		view.Says = []string{v.t("screen.public.wish-counts"), v.t("screen.public.wish-until", "When", locale.Date(v.lang, w.Until, time.UTC))}
	}
	f := v.public(view.Title, "/address")
	f.Path, f.NoIndex = "/w/"+link, true
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) wishAnswer() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	if v.r.PostFormValue("do") == "drop" {
		if err := v.s.o.Ask.TakeBack(v.r.Context(), link); err != nil {
			return err
		}
		return v.thanks("/address", Thanks{Title: v.t("screen.public.wish-dropped"), Says: []string{v.t("screen.public.wish-dropped-text")}})
	}
	if err := v.s.o.Ask.Prove(v.r.Context(), link); err != nil {
		return err
	}
	return v.redirect("/w/" + link)
}
