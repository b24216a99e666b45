package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

var urgencies = []buurtbel.Urgency{buurtbel.Life, buurtbel.Now, buurtbel.Soon}

var meWays = []struct {
	by  buurtbel.By
	key string
}{{buurtbel.ByText, "text"}, {buurtbel.ByCall, "call"}, {buurtbel.ByMail, "mail"}, {buurtbel.Later, "later"}}

func (v *visit) meWishes(m mine) error { return v.meWishesPage(m, http.StatusOK, "", "", "") }

func (v *visit) meWishesPage(m mine, status int, wrong, from, until string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	night := v.nightOf(s)
	if wrong == "" {
		from, until = hourMinute(night.From), hourMinute(night.Until)
	}
	page := MeWishes{Mine: v.view(m, s), From: Field{Name: "from", Label: v.t("screen.me.night-from"), Auto: "off", Value: from, Error: wrong},
		Until: Field{Name: "until", Label: v.t("screen.me.night-until"), Auto: "off", Value: until}}
	for _, u := range urgencies {
		page.Urgencies = append(page.Urgencies, v.meUrgency(u, s.Member.Choices))
	}
	switch s.Member.Choices.Only {
	case buurtbel.ByText:
		page.Only = v.t("screen.me.text-only")
	case buurtbel.ByCall:
		page.Only = v.t("screen.me.voice-only")
	}
	f := v.meFrame(m, v.t("screen.me.wishes"))
	f.Path = m.base + "/wishes"
	return v.respond(status, f, page)
}

func (v *visit) meUrgency(u buurtbel.Urgency, c buurtbel.Choices) MeUrgency {
	choice, ok := c.Per[u]
	if !ok {
		choice = buurtbel.DefaultChoices[u]
	}
	out := MeUrgency{ID: string(u), Title: v.t("screen.me.urgency-" + string(u)), Means: v.t("screen.me.means-" + string(u))}
	for _, w := range meWays {
		o := Option{ID: w.key, Words: v.t("screen.me.pick-" + w.key), Chosen: choice.Night&w.by != 0}
		out.Night = append(out.Night, o)
		if w.by != buurtbel.Later {
			o.Chosen = choice.Day&w.by != 0
			out.Day = append(out.Day, o)
		}
	}
	return out
}

func hourMinute(m int) string {
	return time.Date(2026, 1, 1, m/60, m%60, 0, 0, time.UTC).Format("15:04")
}

// minuteOf reads an hour as a person types it: "22:00", "22.30", "22".
func minuteTyped(text string) (int, bool) {
	h, m, _ := strings.Cut(strings.NewReplacer(".", ":", "h", ":", "u", ":").Replace(strings.ReplaceAll(text, " ", "")), ":")
	hour, err := strconv.Atoi(h)
	minute := 0
	if err == nil && m != "" {
		minute, err = strconv.Atoi(m)
	}
	return hour*60 + minute, err == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

func (v *visit) meWish(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	if v.r.PostFormValue("do") == "default" {
		if err := joining.Wish(v.r.Context(), v.s.o.DB, v.actor, m.word, nil, nil); err != nil {
			return err
		}
		return v.kept(m, "/wishes")
	}
	from, ok := minuteTyped(v.r.PostFormValue("from"))
	until, too := minuteTyped(v.r.PostFormValue("until"))
	if !ok || !too {
		return v.meWishesPage(m, http.StatusUnprocessableEntity, v.t("screen.me.night-wrong"), plain(v.r.PostFormValue("from")), plain(v.r.PostFormValue("until")))
	}
	per := map[buurtbel.Urgency]buurtbel.Choice{}
	for _, u := range urgencies {
		per[u] = buurtbel.Choice{Day: v.ways(string(u) + "-day"), Night: v.ways(string(u) + "-night")}
	}
	if err := joining.Wish(v.r.Context(), v.s.o.DB, v.actor, m.word, &buurtbel.Hours{From: from, Until: until}, per); err != nil {
		return err
	}
	return v.kept(m, "/wishes")
}

// ways reads the ways that were ticked.
func (v *visit) ways(field string) buurtbel.By {
	by := buurtbel.Nothing
	for _, w := range meWays {
		for _, ticked := range v.r.PostForm[field] {
			if ticked == w.key {
				by |= w.by
			}
		}
	}
	return by
}

func (v *visit) meAway(m mine) error {
	return v.meAwayPage(m, http.StatusOK, Field{}, Field{})
}

func (v *visit) meAwayPage(m mine, status int, from, until Field) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	loc := v.place()
	page := MeAway{Mine: v.view(m, s), From: from, Until: until}
	if a := s.Member.Away; !a.From.IsZero() && a.Until.After(v.now) {
		page.Now = v.t("screen.me.away-now", "From", locale.Date(v.lang, a.From, loc), "Until", locale.Date(v.lang, a.Until.Add(-time.Minute), loc))
		if from.Error == "" && until.Error == "" {
			page.From.Value, page.Until.Value = a.From.In(loc).Format(time.DateOnly), a.Until.Add(-time.Minute).In(loc).Format(time.DateOnly)
		}
	}
	page.From.Name, page.From.Label, page.From.Type = "from", v.t("screen.me.away-from"), "date"
	page.Until.Name, page.Until.Label, page.Until.Type = "until", v.t("screen.me.away-to"), "date"
	f := v.meFrame(m, v.t("screen.me.away"))
	f.Path = m.base + "/away"
	return v.respond(status, f, page)
}

func (v *visit) meGoAway(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	var span buurtbel.Span
	if v.r.PostFormValue("do") != "home" {
		loc := v.place()
		from, err := time.ParseInLocation(time.DateOnly, v.r.PostFormValue("from"), loc)
		until, err2 := time.ParseInLocation(time.DateOnly, v.r.PostFormValue("until"), loc)
		if err != nil || err2 != nil {
			return v.meAwayWrong(m, "error.own.dates")
		}
		span = buurtbel.Span{From: from, Until: until.AddDate(0, 0, 1)} // the last day counts too
	}
	err := joining.Away(v.r.Context(), v.s.o.DB, v.actor, m.word, span)
	if buurtbel.KeyOf(err) == "error.own.away" {
		return v.meAwayWrong(m, "error.own.away")
	}
	if err != nil {
		return err
	}
	return v.kept(m, "/away")
}

func (v *visit) meAwayWrong(m mine, key string) error {
	return v.meAwayPage(m, http.StatusUnprocessableEntity, Field{Value: plain(v.r.PostFormValue("from"))}, Field{Value: plain(v.r.PostFormValue("until")), Error: v.t(key)})
}

func (v *visit) meReading(m mine) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	c := s.Member.Choices
	page := MeReading{Mine: v.view(m, s)}
	for _, l := range buurtbel.Languages {
		chosen := l == s.Member.Language && !m.asked // an office does not see it (rule 17)
		page.Languages = append(page.Languages, Option{ID: string(l), Words: v.t("screen.language.own." + string(l)), Chosen: chosen})
	}
	page.Ways = []Option{{ID: "all", Words: v.t("screen.me.all-ways"), Chosen: c.Only == 0}, {ID: "text", Words: v.t("screen.me.text-only"), Note: v.t("screen.me.text-only-means"), Chosen: c.Only == buurtbel.ByText},
		{ID: "voice", Words: v.t("screen.me.voice-only"), Note: v.t("screen.me.voice-only-means"), Chosen: c.Only == buurtbel.ByCall}}
	page.Also = []Option{{ID: "slower", Words: v.t("screen.me.slower"), Chosen: c.Slower}, {ID: "large", Words: v.t("screen.me.large"), Chosen: c.Large},
		{ID: "bulletins", Words: v.t("screen.me.bulletins"), Note: v.t("screen.me.bulletins-means"), Chosen: !c.NoBulletins}, {ID: "exercises", Words: v.t("screen.me.exercises"), Note: v.t("screen.me.exercises-means"), Chosen: !s.Out}, {ID: "tree", Words: v.t("screen.me.tree"), Note: v.t("screen.me.tree-means"), Chosen: s.InTree}}
	f := v.meFrame(m, v.t("screen.me.reading"))
	f.Path = m.base + "/reading"
	return v.respond(http.StatusOK, f, page)
}

func (v *visit) meRead(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	ticked := func(name string) bool { return v.r.PostFormValue(name) != "" }
	r := joining.Reading{Language: buurtbel.Language(v.r.PostFormValue("language")), Slower: ticked("slower"), Large: ticked("large"), Exercises: ticked("exercises"), Tree: ticked("tree")}
	if m.asked && r.Language == "" {
		s, err := v.self(m)
		if err != nil {
			return err
		}
		r.Language = s.Member.Language // an office that does not see it leaves it as it is
	}
	r.Only = map[string]buurtbel.By{"text": buurtbel.ByText, "voice": buurtbel.ByCall}[v.r.PostFormValue("ways")]
	if err := joining.Read(v.r.Context(), v.s.o.DB, v.actor, m.word, r); err != nil {
		return err
	}
	if err := joining.ReadBulletins(v.r.Context(), v.s.o.DB, v.actor, m.word, ticked("bulletins")); err != nil {
		return err
	}
	return v.kept(m, "/reading")
}

// meContactsOf lists contact points. An office sees kinds and order, no number.
func (v *visit) meContactsOf(m mine, s *store.Self) ([]MeContact, error) {
	country, err := v.country()
	if err != nil {
		return nil, err
	}
	var out []MeContact
	for i, c := range s.Contacts {
		one := MeContact{ID: c.ID.String(), Kind: v.t("screen.me.kind-" + string(c.Kind)), Icon: meIcon(c.Kind), For: v.t("screen.me.for-" + string(c.Kind)), Paused: c.State == buurtbel.ContactStopped,
			Up: i > 0 && c.Kind != buurtbel.Browser, Fixable: c.State == buurtbel.ContactOK || c.State == buurtbel.ContactStopped}
		one.Address = meAddress(c, country)
		if m.asked {
			one.Address = ""
		}
		switch {
		case c.State != buurtbel.ContactOK:
			one.State = v.t("screen.me.contact-" + string(c.State))
		case !c.Verified:
			one.State, one.Prove = v.t("screen.me.contact-unproved"), m.base+"/contacts/"+c.ID.String()
		case c.NoCalls:
			one.State, one.Paused = v.t("screen.me.contact-no-calls"), true
		}
		out = append(out, one)
	}
	return out, nil
}
