package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

func (v *visit) digestRules() error {
	r, err := v.s.o.News.Rules(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	return v.digestRulesPage(http.StatusOK, r, hourMinute(r.At), nil)
}

// freeOwn is how many categories of its own a zone can add at once.
const freeOwn = 1

func (v *visit) digestRulesPage(status int, r buurtbel.DigestRules, at string, wrong error) error {
	view := DigestRulesPage{On: !r.Off, Public: r.Public, At: Field{Name: "at", Label: v.t("screen.digest.at"), Hint: v.t("screen.digest.at-hint"), Value: at, Auto: "off"}}
	for i := range len(r.Own) + freeOwn {
		one, n := DigestOwn{Title: v.t("screen.digest.own-new")}, strconv.Itoa(i)
		var own buurtbel.OwnCategory
		if i < len(r.Own) {
			own = r.Own[i]
			one.Title = own.Words[v.lang]
		}
		for _, l := range buurtbel.Languages {
			one.Names = append(one.Names, Field{Name: "own-" + n + "-" + string(l), Label: v.t("screen.digest.in-" + string(l)), Value: own.Words[l], Lang: string(l), Auto: "off"})
		}
		view.Own = append(view.Own, one)
	}
	f := v.frame(v.t("screen.digest.rules"), Calm)
	f.Path = "/digest/rules"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if v.r.Method == http.MethodGet && v.r.URL.Query().Get("said") == "kept" {
		f.Status = v.t("screen.digest.said-rules")
	}
	return v.respond(status, f, view)
}

// digestDecide stores what a zone decides. A category whose names were emptied goes; one keeps its key, so that what was told under it keeps its name.
func (v *visit) digestDecide() error {
	if err := v.form(); err != nil {
		return err
	}
	was, err := v.s.o.News.Rules(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	r := buurtbel.DigestRules{Off: v.r.PostFormValue("on") == "", Public: v.r.PostFormValue("public") != "", At: -1}
	if at, ok := minuteTyped(v.r.PostFormValue("at")); ok {
		r.At = at
	}
	for i := range len(was.Own) + freeOwn {
		c := buurtbel.OwnCategory{Key: buurtbel.DigestCategory("own-" + v.s.o.DB.NewID().String()), Words: map[buurtbel.Language]string{}}
		if i < len(was.Own) {
			c.Key = was.Own[i].Key
		}
		said := false
		for _, l := range buurtbel.Languages {
			words, err := v.typed("own-"+strconv.Itoa(i)+"-"+string(l), 60)
			if err != nil {
				return v.digestRulesPage(statusOf(buurtbel.Invalid), was, plain(v.r.PostFormValue("at")), err)
			}
			c.Words[l] = words
			said = said || words != ""
		}
		if said {
			r.Own = append(r.Own, c)
		}
	}
	err = v.s.o.News.Decide(v.r.Context(), v.actor, v.zone, r)
	if buurtbel.KindOf(err) == buurtbel.Invalid && err != nil {
		return v.digestRulesPage(statusOf(buurtbel.Invalid), r, plain(v.r.PostFormValue("at")), err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/digest/rules?said=kept")
}

func (v *visit) digestTips() error { return v.digestTipsPage(http.StatusOK, buurtbel.Tip{}, nil) }

func (v *visit) digestTipsPage(status int, typed buurtbel.Tip, wrong error) error {
	own, err := v.s.o.News.Tips(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	topic := func(t buurtbel.TipTopic) string { return locale.Text(v.lang, "tips.topic-"+string(t), nil) }
	view := DigestTips{}
	for _, t := range buurtbel.TipTopics {
		view.Topics = append(view.Topics, Option{ID: string(t), Words: topic(t), Chosen: t == typed.Topic})
		one := DigestTopic{Name: topic(t)}
		for _, tip := range buurtbel.Tips {
			if tip.Topic == t {
				one.Tips, one.When = append(one.Tips, locale.TipText(v.lang, tip)), v.tipWhen(tip.Months)
			}
		}
		view.Library = append(view.Library, one)
	}
	for m := time.January; m <= time.December; m++ {
		view.Months = append(view.Months, Option{ID: strconv.Itoa(int(m)), Words: locale.MonthName(v.lang, m), Chosen: typed.Suits(m)})
	}
	for _, l := range buurtbel.Languages {
		view.Words = append(view.Words, Field{Name: "words-" + string(l), Label: v.t("screen.digest.in-" + string(l)), Value: typed.Texts[l], Rows: 2, Lang: string(l)})
	}
	for _, t := range own {
		one := DigestTip{ID: t.ID.String(), Topic: topic(t.Topic), When: v.tipWhen(t.Months)}
		for _, l := range buurtbel.Languages {
			if words := t.Texts[l]; words != "" {
				one.Words = append(one.Words, DigestWords{string(l), words})
			}
		}
		view.Own = append(view.Own, one)
	}
	f := v.frame(v.t("screen.digest.tips"), Calm)
	f.Path = "/digest/tips"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// tipWhen says in which months a tip comes by itself.
func (v *visit) tipWhen(months []time.Month) string {
	if len(months) == 0 {
		return v.t("screen.digest.when-needed")
	}
	var names []string
	for _, m := range months {
		names = append(names, locale.MonthName(v.lang, m))
	}
	return v.t("screen.digest.when-months", "Months", locale.List(v.lang, names))
}

func (v *visit) digestTipDo() error {
	if err := v.form(); err != nil {
		return err
	}
	if v.r.PostFormValue("do") == "drop" {
		id, err := buurtbel.ParseID(v.r.PostFormValue("tip"))
		if err != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.tip.unknown", nil)
		}
		if err := v.s.o.News.DropTip(v.r.Context(), v.actor, v.zone, id); err != nil {
			return err
		}
		return v.redirect("/digest/tips")
	}
	t := buurtbel.Tip{Topic: buurtbel.TipTopic(plain(v.r.PostFormValue("topic"))), Texts: map[buurtbel.Language]string{}}
	var err error
	for _, l := range buurtbel.Languages {
		words, wrong := v.typed("words-"+string(l), 2000)
		t.Texts[l] = words
		if wrong != nil {
			err = wrong
		}
	}
	for _, m := range v.r.PostForm["month"] {
		n, wrong := strconv.Atoi(m)
		if wrong != nil {
			n = 0
		}
		t.Months = append(t.Months, time.Month(n))
	}
	if err == nil {
		err = v.s.o.News.WriteTip(v.r.Context(), v.actor, v.zone, t)
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.digestTipsPage(statusOf(buurtbel.Invalid), t, err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/digest/tips")
}
