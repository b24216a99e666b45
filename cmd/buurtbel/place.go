package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/place"
)

type placeCommand struct {
	Search placeSearch `cmd:"" help:"Find addresses as somebody types them."`
	Check  placeCheck  `cmd:"" help:"Say whether a place lies in a network's zone."`
}

type placeSearch struct {
	Text  []string `arg:"" help:"What is typed; several words are one text."`
	Limit int      `help:"Most addresses that are printed." default:"10"`
	JSON  bool     `help:"As JSON." name:"json"`
}

// matches are the words for how sure a match is.
var matches = map[place.How]string{place.Exact: "exact", place.BoxUnknown: "box-unknown", place.PartOfPair: "part-of-pair", place.StreetOnly: "street", place.Begun: "begun"}

// printed is an address as the command prints it.
type printed struct {
	Street       string   `json:"street"`
	Number       string   `json:"number,omitempty"`
	Box          string   `json:"box,omitempty"`
	PostalCode   string   `json:"postal_code"`
	Municipality string   `json:"municipality"`
	StreetNames  []string `json:"street_names,omitempty"`
	TownNames    []string `json:"town_names,omitempty"`
	Lat          float64  `json:"lat,omitempty"`
	Lon          float64  `json:"lon,omitempty"`
	Match        string   `json:"match"`
	Edits        int      `json:"edits,omitempty"`
}

func printedOf(f place.Found) printed {
	return printed{Street: f.Street, Number: f.HouseNumber, Box: f.Box, PostalCode: f.PostalCode, Municipality: f.Municipality, StreetNames: f.StreetNames, TownNames: f.TownNames,
		Lat: f.At.Lat, Lon: f.At.Lon, Match: matches[f.How], Edits: f.Edits}
}

func (s placeSearch) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	if err := a.Places.Refresh(w.ctx, true); err != nil {
		return err
	}
	typed := strings.Join(s.Text, " ")
	began := time.Now()
	found := a.Places.Search(place.Typed{Text: typed, Limit: s.Limit})
	took := time.Since(began)
	if !s.JSON {
		for _, f := range found {
			fmt.Fprintln(w.out, f.Line())
		}
		return nil
	}
	out := make([]printed, len(found))
	for i, f := range found {
		out[i] = printedOf(f)
	}
	addresses, streets := a.Places.Len()
	return w.json(map[string]any{"query": typed, "addresses": addresses, "streets": streets, "took_ms": float64(took.Microseconds()) / 1000, "results": out})
}

type placeCheck struct {
	Place []string             `arg:"" help:"LAT,LON in degrees, or an address."`
	Kind  buurtbel.NetworkKind `help:"residents, or traders for a business." default:"residents" enum:"residents,traders"`
	JSON  bool                 `help:"As JSON." name:"json"`
}

var coordinates = regexp.MustCompile(`^\s*(-?\d{1,2}\.\d+)\s*[,; ]\s*(-?\d{1,3}\.\d+)\s*$`)

func (c placeCheck) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	if err := a.Places.Refresh(w.ctx, true); err != nil {
		return err
	}
	zones, err := asking.ReadZones(w.ctx, a.DB)
	if err != nil {
		return err
	}
	at, address, err := c.find(a)
	if err != nil {
		return err
	}
	check := zones.Check(a.Places.Areas(), at, c.Kind, a.DB.Now())
	var names []string
	for _, n := range check.Networks {
		names = append(names, n.Name)
	}
	if c.JSON {
		out := map[string]any{"lat": at.Lat, "lon": at.Lon, "outcome": check.Outcome, "networks": names}
		if check.Why != "" {
			out["why"] = check.Why
		}
		if address != nil {
			out["address"] = printedOf(*address)
		}
		return w.json(out)
	}
	_, err = fmt.Fprintln(w.out, locale.Text(w.commands.Language, "cli.place."+string(check.Outcome), buurtbel.Args{"Networks": strings.Join(names, ", ")}))
	return err
}

// find reads a place, or the one house that an address means.
func (c placeCheck) find(a *app.App) (buurtbel.Point, *place.Found, error) {
	typed := strings.Join(c.Place, " ")
	if m := coordinates.FindStringSubmatch(typed); m != nil {
		lat, err := strconv.ParseFloat(m[1], 64)
		lon, err2 := strconv.ParseFloat(m[2], 64)
		if err == nil && err2 == nil {
			return buurtbel.Point{Lat: lat, Lon: lon}, nil, nil
		}
	}
	found := a.Places.Search(place.Typed{Text: typed, Limit: 1})
	if len(found) == 0 || found[0].How == place.StreetOnly || found[0].How == place.Begun {
		return buurtbel.Point{}, nil, buurtbel.Fail(buurtbel.NotFound, "error.asking.address", nil)
	}
	return found[0].At, &found[0], nil
}
