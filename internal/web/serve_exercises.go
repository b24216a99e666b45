package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// exerciseRoutes are the exercises of networks: a coordinator agrees, police launch. They show counts and costs, no names.
func (s *Server) exerciseRoutes() []route {
	return []route{
		{method: "GET", path: "/exercises", may: buurtbel.MaySeeAlerts, handler: (*visit).exercises},
		{method: "GET", path: "/exercises/{id}", may: buurtbel.MayLaunch, handler: (*visit).exerciseReady},
		{method: "POST", path: "/exercises/{id}/launch", may: buurtbel.MayLaunch, handler: (*visit).exerciseLaunch},
		{method: "POST", path: "/exercises/{id}/agree", may: buurtbel.MayAgree, handler: (*visit).exerciseAgree},
		{method: "POST", path: "/exercises/{id}/move", may: buurtbel.MayAgree, handler: (*visit).exerciseMove},
		{method: "POST", path: "/exercises/{id}/skip", may: buurtbel.MayAgree, handler: (*visit).exerciseSkip},
		{method: "POST", path: "/exercises/settings", may: buurtbel.MayConfigure, handler: (*visit).exerciseSettings},
		{method: "POST", path: "/lost/works", may: buurtbel.MaySeeNames, handler: (*visit).lostWorks},
	}
}

func exercisePath(id buurtbel.ID, rest string) string { return "/exercises/" + id.String() + rest }

func (v *visit) exercises() error {
	return v.exercisesPage(http.StatusOK, "", func(*buurtbel.Exercise, *DrillCard) {})
}

// exercisesPage shows all exercises; more puts back into a card what was typed.
func (v *visit) exercisesPage(status int, problem string, more func(*buurtbel.Exercise, *DrillCard)) error {
	list, err := v.s.o.Drills.List(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	var zone *buurtbel.Zone
	var networks []*buurtbel.Network
	err = v.read(func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		networks, err = tx.Networks()
		return err
	})
	if err != nil {
		return err
	}
	d := &drilling{visit: v, x: zone.Exercising(), loc: v.place(), more: more}
	view := ExercisesPage{}
	for _, n := range networks {
		if v.actor.May(buurtbel.MaySeeAlerts, buurtbel.Scope{Zone: v.zone, Network: n.ID}, v.now) != nil {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(list), func(e *buurtbel.Exercise) bool { return e.Network != n.ID })
		view.Networks = append(view.Networks, d.network(n, of))
		for _, e := range of {
			if d.launchable(e) {
				view.Today = append(view.Today, DrillToday{n.Name, d.when(e), exercisePath(e.ID, ""), len(view.Today) == 0})
			}
		}
	}
	view.first()
	if v.actor.May(buurtbel.MayConfigure, v.scope(), v.now) == nil {
		view.Settings = d.settings()
	}
	f := v.frame(v.t("screen.exercises.title"), Calm)
	f.Path, f.Problem = "/exercises", problem
	if done := v.r.URL.Query().Get("done"); v.r.Method == http.MethodGet && slices.Contains([]string{"agreed", "moved", "skipped", "set"}, done) {
		f.Status = v.t("screen.exercises.done-" + done)
	}
	return v.respond(status, f, view)
}

// first marks the one next action, if it is the coordinator's.
func (p *ExercisesPage) first() {
	for i := range p.Networks {
		if c := p.Networks[i].Next; len(p.Today) == 0 && c != nil && c.Agree != "" {
			c.First = true
			return
		}
	}
}

// drilling makes views of exercises.
type drilling struct {
	*visit
	x    buurtbel.Exercises
	loc  *time.Location
	more func(*buurtbel.Exercise, *DrillCard)
}

func (d *drilling) date(day buurtbel.Day) string {
	return locale.Date(d.lang, day.At(12, 0, d.loc), d.loc)
}

func partKey(morning bool) string {
	if morning {
		return "message.drill.morning"
	}
	return "message.drill.afternoon"
}

func (d *drilling) when(e *buurtbel.Exercise) string {
	return d.t("screen.exercises.when", "Date", d.date(e.Day), "Part", d.t(partKey(e.Morning)))
}

// launchable tells whether the person may launch an exercise today.
func (d *drilling) launchable(e *buurtbel.Exercise) bool {
	return e.State == buurtbel.ExerciseAnnounced && e.Day == buurtbel.DayOf(d.now.In(d.loc)) &&
		d.actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: d.zone, Network: e.Network}, d.now) == nil
}

func (d *drilling) network(n *buurtbel.Network, of []*buurtbel.Exercise) NetworkDrills {
	out := NetworkDrills{Name: n.Name, None: d.t("screen.exercises.none")}
	if d.x.PerYear == 0 {
		out.None = d.t("screen.exercises.none-wanted")
	}
	for _, e := range of {
		if e.State.Open() || e.State == buurtbel.ExerciseLaunched {
			out.Next = d.card(e)
			continue
		}
		out.Past = append(out.Past, d.over(e))
	}
	return out
}

func (d *drilling) over(e *buurtbel.Exercise) DrillPast {
	p := DrillPast{When: d.date(e.Day), State: d.t("screen.exercises.state-" + string(e.State)), Reason: e.Reason}
	if e.State == buurtbel.ExerciseHeld {
		number := func(n int) string { return locale.Number(d.lang, int64(n)) }
		p.Reach = d.t("screen.exercises.reach-words", "Arrived", number(e.Reach.Arrived), "People", number(e.Reach.People), "Heard", number(e.Reach.Heard))
		p.Cost = d.t("screen.exercises.cost-about", "Amount", locale.Price(d.lang, e.Cost.Amount))
		p.Href = d.follow(e)
	}
	return p
}

// follow is where an exercise that was launched is seen: police on their page, a coordinator on the network's.
func (d *drilling) follow(e *buurtbel.Exercise) string {
	switch {
	case e.Alert == 0:
		return ""
	case d.actor.May(buurtbel.MaySeeAlerts, d.scope(), d.now) == nil:
		return "/alerts/" + e.Alert.String()
	case d.coordinator(e.Network):
		return ownPath(e.Alert)
	}
	return ""
}

func (d *drilling) card(e *buurtbel.Exercise) *DrillCard {
	c := &DrillCard{ID: e.ID.String(), When: d.when(e), State: d.t("screen.exercises.state-" + string(e.State)), Waits: e.State == buurtbel.ExerciseProposed,
		Facts: d.facts(e), Morning: e.Morning, Part: "part"}
	if e.Cost.Untold > 0 && e.State.Open() {
		c.Note = d.t("screen.exercises.untold", "Count", e.Cost.Untold)
	}
	if e.State == buurtbel.ExerciseLaunched {
		c.Follow = d.follow(e)
	}
	if d.actor.May(buurtbel.MayAgree, buurtbel.Scope{Zone: d.zone, Network: e.Network}, d.now) == nil && e.State.Open() {
		d.choices(e, c)
	}
	d.more(e, c)
	return c
}

// choices are what the coordinator may do.
func (d *drilling) choices(e *buurtbel.Exercise, c *DrillCard) {
	if e.State == buurtbel.ExerciseProposed {
		c.Agree, c.Amount = exercisePath(e.ID, "/agree"), strconv.FormatInt(e.Cost.Amount, 10)
		c.AgreeWords = d.t("screen.exercises.agree", "Amount", locale.Price(d.lang, e.Cost.Amount))
	}
	if e.MayMove() == nil {
		c.Move = exercisePath(e.ID, "/move")
		c.Day = Field{Name: "day-" + c.ID, Label: d.t("screen.exercises.day"), Hint: d.t("screen.exercises.day-hint", "Weeks", d.x.Apart), Type: "date", Value: e.Day.String()}
	}
	c.Skip = exercisePath(e.ID, "/skip")
	c.Reason = Field{Name: "reason-" + c.ID, Label: d.t("screen.exercises.reason"), Hint: d.t("screen.exercises.reason-hint"), Rows: 2}
}

func (d *drilling) facts(e *buurtbel.Exercise) []Fact {
	people := locale.Number(d.lang, int64(e.Cost.People))
	if e.Cost.Outside > 0 {
		people += " · " + d.t("screen.exercises.outside", "Count", e.Cost.Outside)
	}
	out := []Fact{{d.t("screen.exercises.people"), people}, {d.t("screen.exercises.cost"), d.cost(e)}, {d.t("screen.exercises.made"), d.made(e)}}
	if !e.AgreedAt.IsZero() {
		key := "screen.exercises.agreed-on"
		if e.AgreedBy == d.actor.Person {
			key = "screen.exercises.agreed-by-you"
		}
		out = append(out, Fact{d.t("screen.exercises.agreement"), d.t(key, "Amount", locale.Price(d.lang, e.Agreed), "Date", locale.Date(d.lang, e.AgreedAt, d.loc))})
	}
	switch e.State {
	case buurtbel.ExerciseAgreed:
		out = append(out, Fact{d.t("screen.exercises.announcement"), d.t("screen.exercises.will-announce", "Date", d.date(e.Day-buurtbel.ExerciseTold))})
	case buurtbel.ExerciseAnnounced, buurtbel.ExerciseLaunched:
		out = append(out, Fact{d.t("screen.exercises.announcement"), d.t("screen.exercises.announced-on", "Date", locale.Date(d.lang, e.AnnouncedAt, d.loc))})
	case buurtbel.ExerciseProposed, buurtbel.ExerciseHeld, buurtbel.ExerciseSkipped, buurtbel.ExerciseMissed:
	}
	return out
}

func (d *drilling) cost(e *buurtbel.Exercise) string {
	amount := locale.Price(d.lang, e.Cost.Amount)
	if e.Cost.AtMost > e.Cost.Amount {
		return d.t("screen.exercises.cost-most", "Amount", amount, "Most", locale.Price(d.lang, e.Cost.AtMost))
	}
	return d.t("screen.exercises.cost-about", "Amount", amount)
}

// made says what the cost is made of.
func (d *drilling) made(e *buurtbel.Exercise) string {
	var parts []string
	for _, p := range []struct {
		n   int
		key string
	}{{e.Cost.Texts, "texts"}, {e.Cost.Calls, "calls"}, {e.Cost.Told, "told"}} {
		if p.n > 0 {
			parts = append(parts, d.t("screen.exercises."+p.key, "Count", p.n))
		}
	}
	if len(parts) == 0 {
		return d.t("screen.exercises.free")
	}
	return locale.List(d.lang, parts)
}

func (d *drilling) settings() *DrillSettings {
	s := &DrillSettings{PerYear: Field{Name: "per-year", Label: d.t("screen.exercises.per-year"), Hint: d.t("screen.exercises.per-year-hint", "Most", buurtbel.MostExercises), Mode: "numeric", Value: strconv.Itoa(d.x.PerYear)},
		Silent: Field{Name: "silent", Label: d.t("screen.exercises.silent"), Hint: d.t("screen.exercises.silent-hint"), Mode: "numeric", Value: strconv.Itoa(d.x.Silent)}}
	if d.r.Method == http.MethodPost && strings.HasSuffix(d.r.URL.Path, "/settings") {
		s.PerYear.Value, s.Silent.Value = plain(d.r.PostFormValue("per-year")), plain(d.r.PostFormValue("silent"))
	}
	return s
}

// exerciseDone ends a change: the list again, with what is wrong or what was done.
func (v *visit) exerciseDone(err error, done string, more func(*DrillCard)) error {
	switch kind := buurtbel.KindOf(err); {
	case err == nil:
		return v.redirect("/exercises?done=" + done)
	case kind == buurtbel.Invalid || kind == buurtbel.Conflict:
		words := locale.Error(v.lang, err)
		return v.exercisesPage(statusOf(kind), words, func(e *buurtbel.Exercise, c *DrillCard) {
			if e.ID.String() == v.r.PathValue("id") {
				more(c)
			}
		})
	}
	return err
}

// exerciseForm reads the posted form and the exercise that it is about.
func (v *visit) exerciseForm() (buurtbel.ID, error) {
	id, err := v.id("id")
	if err != nil {
		return 0, err
	}
	return id, v.form()
}

func (v *visit) exerciseAgree() error {
	id, err := v.exerciseForm()
	if err != nil {
		return err
	}
	shown, err := strconv.ParseInt(v.r.PostFormValue("amount"), 10, 64)
	if err != nil || shown < 0 {
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	} else {
		err = v.s.o.Drills.Agree(v.r.Context(), v.actor, v.zone, id, shown)
	}
	return v.exerciseDone(err, "agreed", func(*DrillCard) {})
}

func (v *visit) exerciseMove() error {
	id, err := v.exerciseForm()
	if err != nil {
		return err
	}
	typed := plain(v.r.PostFormValue("day-" + id.String()))
	morning := v.r.PostFormValue("part") == "morning"
	day, err := buurtbel.ParseDay(typed)
	if err == nil {
		err = v.s.o.Drills.Move(v.r.Context(), v.actor, v.zone, id, day, morning)
	}
	return v.exerciseDone(err, "moved", func(c *DrillCard) {
		c.Open, c.Day.Value, c.Morning = "move", typed, morning
		if c.Day.Name != "" {
			c.Day.Error = locale.Error(v.lang, err)
		}
	})
}

func (v *visit) exerciseSkip() error {
	id, err := v.exerciseForm()
	if err != nil {
		return err
	}
	reason, err := v.typed("reason-"+id.String(), 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "error.exercise.reason", nil)
	}
	if err == nil {
		err = v.s.o.Drills.Skip(v.r.Context(), v.actor, v.zone, id, reason)
	}
	return v.exerciseDone(err, "skipped", func(c *DrillCard) {
		c.Open, c.Reason.Value = "skip", plain(v.r.PostFormValue("reason-"+id.String()))
		if c.Reason.Name != "" {
			c.Reason.Error = locale.Error(v.lang, err)
		}
	})
}

// exerciseSettings is for who also sees the page: an administrator without a share in the networks' alerts has other settings.
func (v *visit) exerciseSettings() error {
	if err := v.may(buurtbel.MaySeeAlerts); err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	perYear, err := strconv.Atoi(strings.TrimSpace(v.r.PostFormValue("per-year")))
	silent, silently := strconv.Atoi(strings.TrimSpace(v.r.PostFormValue("silent")))
	if err != nil || silently != nil {
		err = buurtbel.Fail(buurtbel.Invalid, "error.exercise.settings", buurtbel.Args{"Most": buurtbel.MostExercises})
	} else {
		err = v.s.o.Drills.Settings(v.r.Context(), v.actor, v.zone, perYear, silent)
	}
	return v.exerciseDone(err, "set", func(*DrillCard) {})
}

// lostWorks ends the doubt about a contact point, as the member said.
func (v *visit) lostWorks() error {
	if err := v.form(); err != nil {
		return err
	}
	contact, err := buurtbel.ParseID(v.r.PostFormValue("contact"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	if err := v.s.o.Drills.Trust(v.r.Context(), v.actor, v.zone, contact); err != nil {
		return err
	}
	return v.redirect("/lost")
}
