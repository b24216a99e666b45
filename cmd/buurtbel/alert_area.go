package main

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// drawn reads an area as it stands on a command line: a circle, or a file with polygons. It is never nil: an empty drawing does not mean
// everybody, and the check refuses it.
func drawn(text string) (buurtbel.Area, error) {
	if numbers, ok := strings.CutPrefix(strings.Replace(text, "circle:", "circle ", 1), "circle "); ok {
		return circle(text, numbers)
	}
	f, err := opening(text)
	if err != nil {
		return nil, err
	}
	c, err := geo.Read(f, geo.Options{MaxBytes: 1 << 20})
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	for _, p := range c.Problems {
		if p.Severity == geo.Refuse {
			return nil, buurtbel.Fail(buurtbel.Invalid, p.Key, p.Args)
		}
	}
	out := buurtbel.Area{}
	for _, feature := range c.Features {
		out = append(out, feature.Area...)
	}
	return out, nil
}

// earth is the largest radius of a circle, in metres: from a pole to the equator.
const earth = 10_000_000

// circle reads latitude, longitude and radius in metres.
func circle(text, numbers string) (buurtbel.Area, error) {
	var n [3]float64
	parts := strings.Split(numbers, ",")
	wrong := buurtbel.Fail(buurtbel.Invalid, "error.command.circle", buurtbel.Args{"Text": text})
	if len(parts) != len(n) {
		return nil, wrong
	}
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, wrong
		}
		n[i] = v
	}
	switch {
	case !(n[2] > 0 && n[2] <= earth):
		return nil, wrong
	case !(math.Abs(n[0]) <= 85 && math.Abs(n[1]) <= 180):
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.alert.area-place", nil)
	}
	return buurtbel.Circle(buurtbel.Point{Lat: n[0], Lon: n[1]}, n[2]/1000), nil
}

// networksTouched gives the networks that a drawn area touches and that may receive, as the desk chooses them.
func networksTouched(w *world, a *app.App, zone buurtbel.ID, area buurtbel.Area) ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	var wrong error // with the area: the check says what
	err := a.DB.Read(w.ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		country, err := buurtbel.CountryProfile(z.Country)
		if err != nil {
			return err
		}
		all, err := tx.Networks()
		for _, n := range all {
			var over buurtbel.Area
			if over, wrong = geo.Overlap(n.Area, area); wrong == nil && len(over) > 0 && n.MayReceive(country, tx.Now()) == nil {
				out = append(out, n.ID)
			}
		}
		return err
	})
	if err == nil && wrong == nil && len(out) == 0 {
		err = buurtbel.Fail(buurtbel.Invalid, "error.alert.nobody", nil)
	}
	return out, err
}

// preflight prints what the desk shows before a launch. It sends nothing. Whom a refused draft would reach nobody can say.
func (w *world) preflight(a *app.App, actor buurtbel.Actor, draft *alerting.Draft) error {
	check, err := a.Desk.Check(w.ctx, actor, actor.Zone, draft)
	if err != nil {
		return err
	}
	out := map[string]any{"on_plan": check.OnPlan, "refused": w.sentences(check.Refused()), "warned": w.sentences(check.Warned())}
	if len(check.Refused()) > 0 {
		return w.json(out)
	}
	f, err := a.Desk.Forecast(w.ctx, actor, actor.Zone, draft)
	if err != nil {
		return err
	}
	out["people"], out["left_out"], out["later"], out["contact_points"] = f.People, f.Left, f.Later, f.Contacts
	out["sms_parts"], out["euro"], out["second_person"], out["notes"] = f.Parts, float64(f.Cost)/10_000, f.SecondKey != "", w.notes(f)
	return w.json(out)
}

func (w *world) sentences(problems []alerting.Problem) []string {
	out := []string{}
	for _, p := range problems {
		out = append(out, locale.Text(w.commands.Language, p.Key, p.Args))
	}
	return out
}

// notes are sentences about a forecast: why a second person is asked, and whom a drawn area cannot reach.
func (w *world) notes(f *alerting.Forecast) []string {
	out := []string{}
	if f.SecondKey != "" {
		out = append(out, locale.Text(w.commands.Language, f.SecondKey, f.SecondArgs))
	}
	if f.NoPlace > 0 {
		out = append(out, locale.Text(w.commands.Language, "screen.dispatch.no-place", buurtbel.Args{"Count": f.NoPlace}))
	}
	return out
}
