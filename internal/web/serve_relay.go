package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/relaying"
)

// relay shows an offer behind the link of a mail, with the one act that the link is for. Mail scanners open links, so nothing is done yet.
func (v *visit) relay() error { return v.relayPage(http.StatusOK, v.r.PathValue("way"), nil) }

// relayBehind reads the offer behind the link of the path.
func (v *visit) relayBehind() (*relaying.OfferBehind, string, error) {
	link, err := v.link()
	if err != nil {
		return nil, "", err
	}
	o, err := v.s.o.Bulletins.Behind(v.r.Context(), link)
	if err == nil && !v.chose && o.Actor.Language.Valid() {
		v.lang = o.Actor.Language
	}
	return o, link, err
}

func (v *visit) relayPage(status int, way string, wrong error) error {
	o, link, err := v.relayBehind()
	if err != nil {
		return err
	}
	if way != "" && way != "word" && way != "not-now" {
		return v.notFound()
	}
	loc, err := o.Zone.Location()
	if err != nil {
		return err
	}
	base := "/relay/" + link
	view := Relay{From: v.bulletinFrom(o.Bulletin), Title: v.bulletinTitle(o.Bulletin), Texts: v.bulletinTexts(o.Bulletin), Lead: v.t("screen.bulletin.for", "Network", o.Network.Name, "Count", o.Members),
		Until: v.t("screen.bulletin.holds", "When", locale.When(v.lang, o.Bulletin.Until, v.now, loc))}
	if o.Offer.State != buurtbel.BulletinOffered {
		view.Said = v.t("screen.bulletin.state-" + string(o.Offer.State))
		when := locale.When(v.lang, o.Offer.At, v.now, loc)
		view.Who, view.Word = when, o.Offer.Word
		if o.Offer.Name != "" {
			view.Who = v.t("screen.bulletin.by", "Name", o.Offer.Name, "When", when)
		}
	}
	f := v.frame(view.Title, Calm)
	f.Shape, f.Path, f.NoIndex = Member, base, true
	switch {
	case o.May == nil && o.Offer.State == buurtbel.BulletinOffered:
		view.Act = v.relayAct(o, base, way)
		v.actWrong(wrong, view.Act)
		for _, other := range []string{"", "word", "not-now"} {
			if other != way {
				view.Others = append(view.Others, Link{Words: v.t("screen.bulletin.link-" + map[string]string{"": "relay", "word": "word", "not-now": "not-now"}[other]), Href: relayPath(base, other)})
			}
		}
	case o.Offer.State == buurtbel.BulletinOffered:
		f.Problem = locale.Error(v.lang, o.May)
	}
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

func relayPath(base, way string) string {
	if way == "" {
		return base
	}
	return base + "/" + way
}

func (v *visit) relayAct(o *relaying.OfferBehind, base, way string) *BulletinAct {
	switch way {
	case "not-now":
		return &BulletinAct{Action: base, Do: "not-now", Words: v.t("screen.bulletin.not-now-do"), Field: v.reasonField("not-now", "")}
	case "word":
		return &BulletinAct{Action: base, Do: "relay", Words: v.relayWords(o.Bulletin), Field: v.wordField("")}
	}
	return &BulletinAct{Action: base, Do: "relay", Words: v.relayWords(o.Bulletin)}
}

// relayed does what a link is for, once. Who comes later reads who was first.
func (v *visit) relayed() error {
	if err := v.form(); err != nil {
		return err
	}
	link, err := v.link()
	if err != nil {
		return err
	}
	act := v.r.PostFormValue("do")
	way := ""
	switch _, word := v.r.PostForm["word"]; {
	case act == "not-now":
		way = "not-now"
	case word:
		way = "word"
	}
	if _, err := v.s.o.Bulletins.Behind(v.r.Context(), link); err != nil {
		return err
	}
	d, err := v.decision(act, "")
	if err == nil {
		err = v.s.o.Bulletins.DecideBehind(v.r.Context(), link, d)
	}
	switch kind := buurtbel.KindOf(err); {
	case err == nil:
		return v.redirect("/relay/" + link)
	case kind == buurtbel.Invalid || kind == buurtbel.Conflict:
		return v.relayPage(statusOf(kind), way, err)
	}
	return err
}
