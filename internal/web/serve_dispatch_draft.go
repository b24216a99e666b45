package web

import (
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/gsm"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// drafting is one look at the form: what it says, the draft that it makes, and what the check answers.
type drafting struct {
	v         *visit
	form      *typedForm
	zone      *buurtbel.Zone
	loc       *time.Location
	line      string
	networks  []*buurtbel.Network
	counts    map[buurtbel.ID]int
	homes     *zoneHomes
	languages []buurtbel.Language
	missing   map[buurtbel.Language][]string // slots that another language has
	draft     *alerting.Draft
	areaWrong error // the drawn area cannot be used
	check     *alerting.Check
	forecast  *alerting.Forecast
}

// drafting reads what the form needs and lets the text follow it. It changes nothing.
func (v *visit) drafting(form *typedForm, respell bool) (*drafting, error) {
	d := &drafting{v: v, form: form, missing: map[buurtbel.Language][]string{}}
	if err := d.read(); err != nil {
		return nil, err
	}
	area := d.area()
	d.adopt(area)
	if err := d.speak(respell); err != nil {
		return nil, err
	}
	d.draft = d.makeDraft(area)
	return d, nil
}

// weigh reads what only a page shows: how many members each network has, the check's answer and the forecast. A launch does not wait for it.
func (d *drafting) weigh() error {
	err := d.v.read(func(tx *store.Tx) (err error) {
		d.counts, err = tx.CountMembers()
		return err
	})
	if err != nil {
		return err
	}
	return d.ask()
}

func (d *drafting) read() (err error) {
	if d.form.ready, err = d.v.s.o.Desk.Patterns(d.v.r.Context(), d.v.actor, d.v.zone); err != nil {
		return err
	}
	err = d.v.read(func(tx *store.Tx) (err error) {
		if d.zone, err = tx.Zone(); err != nil {
			return err
		}
		d.networks, err = tx.Networks()
		return err
	})
	if err != nil {
		return err
	}
	if d.loc, err = d.zone.Location(); err != nil {
		return err
	}
	lines, err := d.zone.EmergencyLines()
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		d.line = lines[0].Number
	}
	d.homes, err = d.v.s.homes.in(d.v.r.Context(), d.v.s.o.DB, d.v.zone)
	return err
}

// area reads the drawn area; nil when nothing was drawn or it cannot be used.
func (d *drafting) area() buurtbel.Area {
	if d.form.area == "" {
		return nil
	}
	c, err := geo.Read(strings.NewReader(d.form.area), geo.Options{MaxBytes: 1 << 20})
	if err != nil {
		d.areaWrong = err
		return nil
	}
	for _, p := range c.Problems {
		if p.Severity == geo.Refuse {
			d.areaWrong = buurtbel.Fail(buurtbel.Invalid, p.Key, p.Args)
			return nil
		}
	}
	out := buurtbel.Area{} // never nil: a drawing without a polygon is refused, it does not mean everybody
	for _, f := range c.Features {
		out = append(out, f.Area...)
	}
	return out
}

// adopt lets the drawing or the street choose the networks, as long as nobody chose others by hand.
func (d *drafting) adopt(area buurtbel.Area) {
	f := d.form
	if !slices.Equal(f.networks, f.auto) {
		return
	}
	var found []buurtbel.ID
	switch {
	case area != nil:
		for _, n := range d.networks {
			if over, err := geo.Overlap(n.Area, area); err == nil && len(over) > 0 {
				found = append(found, n.ID)
			}
		}
	case f.street != "":
		found = d.homes.networksAt(f.street)
	}
	found = slices.DeleteFunc(found, func(id buurtbel.ID) bool { return d.closed(id) })
	if len(found) == 0 && len(d.networks) == 1 {
		found = []buurtbel.ID{d.networks[0].ID}
	}
	if len(found) > 0 || f.street == "" && area == nil {
		slices.Sort(found)
		f.networks, f.auto = found, slices.Clone(found)
	}
}

func (d *drafting) network(id buurtbel.ID) *buurtbel.Network {
	for _, n := range d.networks {
		if n.ID == id {
			return n
		}
	}
	return nil
}

func (d *drafting) closed(id buurtbel.ID) bool {
	country, err := buurtbel.CountryProfile(d.zone.Country)
	n := d.network(id)
	return err != nil || n == nil || n.MayReceive(country, d.v.now) != nil
}

// speak finds the languages of the chosen networks and lets the text of each follow the form.
func (d *drafting) speak(respell bool) error {
	for _, n := range d.networks {
		if slices.Contains(d.form.networks, n.ID) {
			for _, lang := range n.Regime {
				if !slices.Contains(d.languages, lang) {
					d.languages = append(d.languages, lang)
				}
			}
		}
	}
	if len(d.languages) == 0 && len(d.networks) > 0 {
		d.languages = d.networks[0].Regime
	}
	d.form.choose()
	if d.form.template == "" {
		return nil
	}
	for _, lang := range d.languages {
		values, missing := d.form.values(lang, d.languages, locale.Clock(lang, d.v.now, d.loc), d.line)
		d.missing[lang] = missing
		d.form.fill(lang, values)
	}
	if respell {
		d.form.respell(func(s string) string { s, _ = gsm.Spelling(s); return s })
	}
	return nil
}

func (d *drafting) makeDraft(area buurtbel.Area) *alerting.Draft {
	f := d.form
	out := &alerting.Draft{Key: f.key, Fact: f.fact(), Priority: f.priority, Exercise: f.exercise, Texts: map[buurtbel.Language]string{},
		Networks: f.networks, Area: area, LeaveOut: f.addresses(), Valid: f.valid(), OffPlan: f.offPlan, Unwise: f.unwise, Asked: f.asked}
	for _, lang := range d.languages {
		if text := f.text(lang); text != "" {
			out.Texts[lang] = text
		}
	}
	if p, ok := f.ready.of(f.template); ok && p.Edited {
		out.Title = p.Titles
	}
	if d.person() {
		out.Missing = d.permission()
	}
	return out
}

// person tells whether the chosen template describes a missing person.
func (d *drafting) person() bool {
	p, ok := d.form.ready.of(d.form.template)
	return ok && p.Person
}

func (d *drafting) permission() *wording.Permission {
	f := d.form
	p := &wording.Permission{By: f.permittedBy, FirstNames: strings.Fields(f.slots["name"])}
	if until, err := time.ParseInLocation("2006-01-02T15:04", f.permitUntil, d.loc); err == nil {
		p.Until = until
	}
	for _, plate := range strings.Split(f.plates, ",") {
		if plate = strings.TrimSpace(plate); plate != "" {
			p.Plates = append(p.Plates, plate)
		}
	}
	return p
}

// ask lets the check read the draft. A network that is not of this zone is not found; before a template is chosen there is nothing to ask.
func (d *drafting) ask() error {
	if d.form.template == "" {
		return d.foreign()
	}
	ctx := d.v.r.Context()
	var err error
	if d.check, err = d.v.s.o.Desk.Check(ctx, d.v.actor, d.v.zone, d.draft); err != nil {
		return err
	}
	if len(d.draft.Networks) == 0 || d.areaWrong != nil {
		return nil
	}
	d.forecast, err = d.v.s.o.Desk.Forecast(ctx, d.v.actor, d.v.zone, d.draft)
	return err
}

func (d *drafting) foreign() error {
	for _, id := range d.form.networks {
		if d.network(id) == nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
	}
	return nil
}

// refused says what the launch itself cannot know of the form.
func (d *drafting) refused() error {
	switch {
	case d.form.template == "":
		return buurtbel.Fail(buurtbel.Invalid, "screen.dispatch.wait-text", nil)
	case d.areaWrong != nil:
		return d.areaWrong
	case len(d.form.unread()) > 0:
		return buurtbel.Fail(buurtbel.Invalid, "screen.dispatch.leave-out-unread", buurtbel.Args{"Line": d.form.unread()[0]})
	}
	return nil
}

// reach is how many members the launch would reach.
func (d *drafting) reach() int {
	if d.forecast == nil {
		return 0
	}
	n := d.forecast.People
	for _, left := range d.forecast.Left {
		n -= left
	}
	return n
}
