package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// breachTexts are the texts of a breach, in the order of the form.
func (v *visit) breachTexts(d *store.BreachDetails) []struct {
	name string
	into *string
} {
	return []struct {
		name string
		into *string
	}{{"what", &d.What}, {"whom", &d.Whom}, {"consequences", &d.Consequences}, {"measures", &d.Measures}}
}

func (v *visit) breachFields(d store.BreachDetails) []Field {
	var out []Field
	for _, t := range v.breachTexts(&d) {
		out = append(out, Field{Name: t.name, Label: v.t("screen.breach." + t.name), Hint: v.t("screen.breach." + t.name + "-hint"), Rows: 3, Value: *t.into})
	}
	count := Field{Name: "count", Label: v.t("screen.breach.count"), Mode: "numeric", Auto: "off"}
	if d.Count > 0 {
		count.Value = strconv.Itoa(d.Count)
	}
	return append(out, count)
}

func (v *visit) readBreach() (d store.BreachDetails, err error) {
	for _, t := range v.breachTexts(&d) {
		if *t.into, err = v.typed(t.name, 4000); err != nil {
			return d, err
		}
	}
	if text := v.r.PostFormValue("count"); text != "" {
		if d.Count, err = strconv.Atoi(text); err != nil || d.Count < 0 {
			return d, buurtbel.Fail(buurtbel.Invalid, "error.breach.count", nil)
		}
	}
	return d, nil
}

func (v *visit) breaches() error {
	at := v.now.In(v.place())
	return v.breachesPage(http.StatusOK, store.BreachDetails{}, at.Format(time.DateOnly), at.Format("15:04"), "")
}

func (v *visit) breachesPage(status int, typed store.BreachDetails, day, hour, problem string) error {
	list, err := guarding.Breaches(v.r.Context(), v.s.o.DB, v.actor, v.zone)
	if err != nil {
		return err
	}
	page := Breaches{Action: "/breaches", Fields: v.breachFields(typed), Explains: v.t("screen.breach.lead"),
		Noticed: Field{Name: "day", Label: v.t("screen.breach.day"), Type: "date", Value: day}, At: Field{Name: "hour", Label: v.t("screen.breach.hour"), Type: "time", Value: hour}}
	loc := v.place()
	for _, b := range list {
		line := BreachLine{Href: "/breaches/" + b.ID.String(), What: b.What, Noticed: locale.When(v.lang, b.Noticed, v.now, loc), State: v.t("screen.breach.closed")}
		if b.Closed.IsZero() {
			line.State, line.Late = v.breachLeft(b)
		}
		page.Lines = append(page.Lines, line)
	}
	f := v.frame(v.t("screen.breach.title"), Calm)
	f.Path, f.Problem = "/breaches", problem
	return v.respond(status, f, page)
}

// breachLeft says how much of the 72 hours is left, or what was decided.
func (v *visit) breachLeft(b *store.Breach) (string, bool) {
	if b.Authority != "" {
		return v.t("screen.breach.authority-" + b.Authority), false
	}
	left := guarding.BreachLeft(b, v.now)
	if left < 0 {
		return v.t("screen.breach.over", "Span", locale.Span(v.lang, -left)), true
	}
	return v.t("screen.breach.left", "Span", v.hours(left)), left < 24*time.Hour
}

// hours writes a length of time in hours and minutes: the clock of 72 hours is not told in days.
func (v *visit) hours(d time.Duration) string {
	return v.t("screen.breach.hours", "Count", int(d.Hours()), "Minutes", int(d.Minutes())%60)
}

func (v *visit) enterBreach() error {
	if err := v.form(); err != nil {
		return err
	}
	d, err := v.readBreach()
	day, hour := plain(v.r.PostFormValue("day")), plain(v.r.PostFormValue("hour"))
	noticed, wrong := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, v.place())
	if err == nil && wrong != nil {
		err = buurtbel.Fail(buurtbel.Invalid, "error.breach.noticed", nil)
	}
	var id buurtbel.ID
	if err == nil {
		id, err = guarding.EnterBreach(v.r.Context(), v.s.o.DB, v.actor, v.zone, noticed, d, v.s.o.Link)
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.breachesPage(http.StatusUnprocessableEntity, d, day, hour, locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect("/breaches/" + id.String())
}

func (v *visit) breach() error {
	b, err := v.theBreach()
	if err != nil {
		return err
	}
	return v.breachPage(http.StatusOK, b, "")
}

func (v *visit) theBreach() (*store.Breach, error) {
	id, err := v.id("id")
	if err != nil {
		return nil, err
	}
	return guarding.Breach(v.r.Context(), v.s.o.DB, v.actor, v.zone, id)
}

func (v *visit) breachPage(status int, b *store.Breach, problem string) error {
	loc := v.place()
	page := BreachPage{Action: "/breaches/" + b.ID.String(), Back: "/breaches", Fields: v.breachFields(b.BreachDetails), Closed: !b.Closed.IsZero()}
	who := ""
	err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		if page.Authority, err = v.supervisor(z); err != nil {
			return err
		}
		who, err = tx.OfficialName(b.By)
		return err
	})
	if err != nil {
		return err
	}
	page.Facts = []Fact{{v.t("screen.breach.noticed"), locale.When(v.lang, b.Noticed, v.now, loc)}, {v.t("screen.breach.until"), locale.When(v.lang, b.Noticed.Add(guarding.BreachClock), v.now, loc)},
		{v.t("screen.breach.by"), who}}
	if page.Closed {
		page.Facts = append(page.Facts, Fact{v.t("screen.breach.closed"), locale.When(v.lang, b.Closed, v.now, loc)})
		for _, t := range v.breachTexts(&b.BreachDetails) {
			page.Facts = append(page.Facts, Fact{v.t("screen.breach." + t.name), *t.into})
		}
	} else {
		page.Left, page.Late = v.breachLeft(b)
	}
	page.Decisions = []BreachChoice{v.breachChoice("authority", b.Authority, b.WhyAuthority), v.breachChoice("persons", b.Persons, b.WhyPersons)}
	f := v.frame(v.t("screen.breach.one"), Calm)
	f.Path, f.Problem = page.Action, problem
	if !page.Closed && b.Authority == "" {
		f.Refresh = 60
	}
	return v.respond(status, f, page)
}

func (v *visit) breachChoice(name, chosen, why string) BreachChoice {
	c := BreachChoice{Name: name, Title: v.t("screen.breach." + name), Why: Field{Name: "why-" + name, Label: v.t("screen.breach.why-" + name), Value: why}}
	for _, o := range []string{"", guarding.BreachTold, guarding.BreachNotTold} {
		key := "screen.breach." + name + "-open"
		if o != "" {
			key = "screen.breach." + name + "-" + o
		}
		c.Options = append(c.Options, Option{ID: o, Words: v.t(key), Chosen: o == chosen})
	}
	return c
}

func (v *visit) mendBreach() error {
	b, err := v.theBreach()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	d, err := v.readBreach()
	if err == nil {
		d.WhyAuthority, err = v.typed("why-authority", 1000)
	}
	if err == nil {
		d.WhyPersons, err = v.typed("why-persons", 1000)
	}
	b.BreachDetails, b.Authority, b.Persons = d, v.r.PostFormValue("authority"), v.r.PostFormValue("persons")
	if err == nil {
		err = guarding.MendBreach(v.r.Context(), v.s.o.DB, v.actor, v.zone, b, v.r.PostFormValue("do") == "close")
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.breachPage(http.StatusUnprocessableEntity, b, locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect("/breaches/" + b.ID.String())
}
