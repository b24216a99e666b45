package web

import (
	"net/http"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// resident tells whether the path names a provider at which applicants show where they live.
func (v *visit) resident() bool {
	return slices.ContainsFunc(v.s.o.Entry.Residents(), func(n entering.Named) bool { return n.Name == v.r.PathValue("provider") })
}

// toResident sends an applicant to a provider of identities. It changes nothing here: what must come back waits in a cookie.
func (v *visit) toResident() error {
	link, err := v.link()
	if err == nil {
		_, err = v.s.o.Hall.Show(v.r.Context(), link)
	}
	if err != nil {
		return err
	}
	w, err := v.s.o.Entry.ToResident(v.r.PathValue("provider"), link)
	if err != nil {
		return v.identityWrong(link, err)
	}
	v.setCookie(cookieWay, w.Ticket, w.Lasts)
	v.w.Header().Set("Location", w.Address)
	v.w.WriteHeader(http.StatusFound)
	return nil
}

// fromResident takes address and age, and nothing else, from what an applicant brings back.
func (v *visit) fromResident(ticket string) error {
	ctx := v.r.Context()
	r, link, err := v.s.o.Entry.FromResident(ctx, v.r.PathValue("provider"), ticket, v.r.PostFormValue("state"), v.r.PostFormValue("code"))
	if err != nil {
		return v.identityWrong(link, err)
	}
	home := store.Home{PostalCode: r.PostalCode, Municipality: r.Municipality}
	street, house, _ := addressfile.SplitLine(r.Line)
	home.Street, home.Number, home.Box = street, house.Number, house.Box
	same, err := v.s.o.Hall.ProveByIdentity(ctx, link, joining.Claims{Address: home, Over18: r.Over18})
	switch {
	case err != nil:
		return v.identityWrong(link, err)
	case same:
		return v.redirect("/join/" + link + "?said=identity")
	}
	return v.redirect("/join/" + link + "?said=identity-other")
}

// identityWrong says on the applicant's page why it did not work; without a page, where to begin again.
func (v *visit) identityWrong(link string, err error) error {
	kind := buurtbel.KindOf(err)
	if kind == buurtbel.Internal || link == "" {
		return err
	}
	v.r.SetPathValue("token", link)
	return v.joinPageWith(statusOf(kind), "", locale.Error(v.lang, err), nil)
}
