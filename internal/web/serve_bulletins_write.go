package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// bulletinHolds is how long a new bulletin holds when nobody says otherwise.
const bulletinHolds = 7 * 24 * time.Hour

// bulletinNetworks lists the networks that the person may write to.
func (v *visit) bulletinNetworks() ([]*buurtbel.Network, error) {
	var out []*buurtbel.Network
	err := v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		for _, n := range all {
			if v.actor.May(buurtbel.MayWriteBulletin, buurtbel.Scope{Zone: v.zone, Network: n.ID}, v.now) == nil && (n.Ended == nil || n.Ended.Since.After(v.now)) {
				out = append(out, n)
			}
		}
		return err
	})
	return out, err
}

func (v *visit) bulletinNew() error {
	until := v.now.Add(bulletinHolds).In(v.place())
	b := &buurtbel.Bulletin{Topic: buurtbel.BulletinTopics[0], Until: time.Date(until.Year(), until.Month(), until.Day(), 20, 0, 0, 0, until.Location())}
	return v.bulletinForm(http.StatusOK, b, nil, nil)
}

// bulletinDraft reads the own draft of the path.
func (v *visit) bulletinDraft() (*buurtbel.Bulletin, error) {
	s, err := v.bulletinOf()
	if err != nil {
		return nil, err
	}
	if s.By != v.actor.Person {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.bulletin.unknown", nil)
	}
	return s.Bulletin, nil
}

func (v *visit) bulletinGoOn() error {
	b, err := v.bulletinDraft()
	if err != nil {
		return err
	}
	if !b.Offered.IsZero() {
		return v.redirect("/bulletins/" + b.ID.String())
	}
	return v.bulletinForm(http.StatusOK, b, nil, nil)
}

// bulletinForm shows what is written, with what the check said of it.
func (v *visit) bulletinForm(status int, b *buurtbel.Bulletin, c *relaying.BulletinCheck, wrong error) error {
	networks, err := v.bulletinNetworks()
	if err != nil {
		return err
	}
	speaks := relaying.SpeaksFor(v.actor, v.zone, v.now)
	view := BulletinWrite{Action: "/bulletins/new", Back: "/bulletins", Speaks: v.t("screen.bulletin.speaks-" + string(speaks)), Next: v.t("screen.bulletin.next-" + string(speaks))}
	if b.ID != 0 {
		view.Action, view.Draft = "/bulletins/"+b.ID.String()+"/write", true
	}
	key := buurtbel.KeyOf(wrong)
	mend := func(keys ...string) string {
		if slices.Contains(keys, key) {
			return locale.Error(v.lang, wrong)
		}
		return ""
	}
	if speaks == buurtbel.SourceMunicipality {
		view.Issuer = &Field{Name: "issuer", Label: v.t("screen.bulletin.issuer"), Hint: v.t("screen.bulletin.issuer-hint"), Value: b.Issuer, Error: mend("error.bulletin.issuer")}
	}
	for _, t := range buurtbel.BulletinTopics {
		view.Topics = append(view.Topics, Option{ID: t, Words: v.t("screen.bulletin.topic-" + t), Chosen: t == b.Topic})
	}
	var languages []buurtbel.Language
	for _, n := range networks {
		view.Networks = append(view.Networks, Option{ID: n.ID.String(), Words: n.Name, Chosen: slices.Contains(b.Networks, n.ID)})
		languages = append(languages, n.Regime...)
	}
	if len(networks) == 1 {
		view.Only = networks[0].ID.String()
	}
	for _, l := range buurtbel.Languages {
		if slices.Contains(languages, l) {
			view.Texts = append(view.Texts, v.bulletinFields(b, l, len(slices.Compact(slices.Sorted(slices.Values(languages)))) > 1, mend))
		}
	}
	until := b.Until.In(v.place())
	view.Day = Field{Name: "day", Label: v.t("screen.bulletin.day"), Type: "date", Auto: "off", Error: mend("error.bulletin.until", "error.form.date")}
	view.Hour = Field{Name: "hour", Label: v.t("screen.bulletin.hour"), Type: "time", Auto: "off"}
	if !b.Until.IsZero() {
		view.Day.Value, view.Hour.Value = until.Format(time.DateOnly), until.Format("15:04")
	}
	if c != nil {
		view.Checked, view.Found = wrong == nil || key == "error.bulletin.unwise" || key == "error.bulletin.refused", v.bulletinFound(c)
		view.Refused, view.Warned = len(c.Refused()) > 0 || c.Wrong != nil, len(c.Warned()) > 0
		view.Preview, view.From = v.bulletinTexts(b), v.bulletinFrom(b)
	}
	view.Unwise = *v.bulletinUnwise()
	view.Unwise.Value, view.Unwise.Error = b.Unwise, mend("error.bulletin.unwise")
	f := v.frame(v.t("screen.bulletin.new"), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if v.r.URL.Query().Get("said") == "kept" && v.r.Method == http.MethodGet {
		f.Status = v.t("screen.bulletin.said-kept")
	}
	return v.respond(status, f, view)
}

func (v *visit) bulletinFields(b *buurtbel.Bulletin, l buurtbel.Language, several bool, mend func(...string) string) BulletinFields {
	field := func(name, value string, rows int) Field {
		return Field{Name: name + "-" + string(l), Label: v.t("screen.bulletin." + name), Hint: v.t("screen.bulletin." + name + "-hint"), Rows: rows, Lang: string(l), Value: value}
	}
	out := BulletinFields{Title: field("headline", b.Titles[l], 0), Text: field("text", b.Texts[l], 6), Advice: field("advice", b.Advice[l], 3)}
	if strings.TrimSpace(b.Texts[l]) != "" && strings.TrimSpace(b.Titles[l]) == "" {
		out.Title.Error = mend("error.bulletin.title")
	}
	out.Text.Error = mend("error.bulletin.text")
	if several {
		out.Language = v.t("screen.language.own." + string(l))
	}
	return out
}

// bulletinTyped reads the form. What was typed stays also when something is wrong with it.
func (v *visit) bulletinTyped(b *buurtbel.Bulletin) error {
	var wrong error
	text := func(name string, most int) string {
		s, err := v.typed(name, most)
		if err != nil {
			if wrong == nil {
				wrong = err
			}
			return lines(v.r.PostFormValue(name))
		}
		return s
	}
	b.Topic, b.Issuer, b.Unwise = v.r.PostFormValue("topic"), text("issuer", 100), text("unwise", 500)
	b.Titles, b.Texts, b.Advice = map[buurtbel.Language]string{}, map[buurtbel.Language]string{}, map[buurtbel.Language]string{}
	for _, l := range buurtbel.Languages {
		for name, into := range map[string]map[buurtbel.Language]string{"headline": b.Titles, "text": b.Texts, "advice": b.Advice} {
			if s := text(name+"-"+string(l), buurtbel.MostBulletinText); s != "" {
				into[l] = s
			}
		}
	}
	b.Networks = nil
	for _, typed := range v.r.PostForm["network"] {
		id, err := buurtbel.ParseID(typed)
		if err != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		b.Networks = append(b.Networks, id)
	}
	day, err := v.day("day")
	clock, bad := time.Parse("15:04", v.r.PostFormValue("hour"))
	switch {
	case err != nil && wrong == nil:
		wrong = err
	case err != nil:
	case bad != nil || day.IsZero():
		b.Until = time.Time{} // the check says it
	default:
		b.Until = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, day.Location())
	}
	return wrong
}

// bulletinWritten checks, keeps, offers or throws away what is written.
func (v *visit) bulletinWritten() error {
	if err := v.form(); err != nil {
		return err
	}
	b := &buurtbel.Bulletin{}
	if v.r.PathValue("bulletin") != "" {
		was, err := v.bulletinDraft()
		if err != nil {
			return err
		}
		b = was
	}
	do := v.r.PostFormValue("do")
	if do == "drop" && b.ID != 0 {
		if err := v.s.o.Bulletins.Drop(v.r.Context(), v.actor, v.zone, b.ID); err != nil {
			return err
		}
		return v.redirect("/bulletins?said=dropped")
	}
	wrong := v.bulletinTyped(b)
	if buurtbel.KindOf(wrong) == buurtbel.NotFound && wrong != nil {
		return wrong
	}
	if wrong != nil {
		return v.bulletinForm(http.StatusUnprocessableEntity, b, nil, wrong)
	}
	return v.bulletinStep(b, do)
}

// bulletinStep does with a draft what was asked. What goes on is kept first: a draft is never lost.
func (v *visit) bulletinStep(b *buurtbel.Bulletin, do string) error {
	ctx := v.r.Context()
	shown := *b // a new draft has no number until it is kept
	var c *relaying.BulletinCheck
	var err error
	if do == "keep" || do == "offer" {
		if b.ID == 0 {
			b.ID = v.s.o.DB.NewID()
		}
		c, err = v.s.o.Bulletins.Write(ctx, v.actor, v.zone, b)
		shown = *b
	} else {
		c, err = v.s.o.Bulletins.Check(ctx, v.actor, v.zone, &shown)
		if err == nil {
			err = c.Wrong
		}
	}
	switch {
	case err == nil && do == "keep":
		return v.redirect("/bulletins/" + b.ID.String() + "/write?said=kept")
	case err == nil && do == "offer":
		err = v.s.o.Bulletins.Offer(ctx, v.actor, v.zone, b.ID)
	}
	switch kind := buurtbel.KindOf(err); {
	case err == nil && do == "offer":
		return v.redirect("/bulletins/" + b.ID.String() + "?said=offered")
	case err == nil:
		return v.bulletinForm(http.StatusOK, &shown, c, nil)
	case kind == buurtbel.Invalid:
		return v.bulletinForm(statusOf(kind), &shown, c, err)
	}
	return err
}
