package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// areaRoutes are the areas of the zone's networks: drawn, divided, joined. What a change does to members is shown before it is stored.
func (s *Server) areaRoutes() []route {
	return []route{
		{method: "GET", path: "/areas", may: buurtbel.MayConfigure, handler: (*visit).areas},
		{method: "GET", path: "/areas/change", may: buurtbel.MayConfigure, handler: (*visit).areaNew},
		{method: "POST", path: "/areas/change", may: buurtbel.MayConfigure, handler: (*visit).areaChange},
	}
}

// livingNetworks lists the networks that did not end, by name.
func (v *visit) livingNetworks() ([]*buurtbel.Network, error) {
	all, err := v.networksByID()
	return slices.DeleteFunc(sorted(all), func(n *buurtbel.Network) bool { return n.Ended != nil }), err
}

func (v *visit) areas() error {
	networks, err := v.livingNetworks()
	if err != nil {
		return err
	}
	view := Areas{Map: Map{Title: v.t("screen.area.map"), Areas: collection(networks, nil)}, New: areaPath(governing.Fresh, 0)}
	for _, n := range networks {
		line := AreaLine{Name: n.Name, Size: v.squareKM(n.Area.SquareKM()), Redraw: areaPath(governing.Redraw, n.ID), Split: areaPath(governing.Split, n.ID)}
		if len(n.Area) == 0 {
			line.Size, line.Split = v.t("screen.area.none"), ""
		}
		if len(networks) > 1 {
			line.Merge = areaPath(governing.Merge, n.ID)
		}
		view.Lines = append(view.Lines, line)
	}
	f := v.frame(v.t("screen.area.title"), Calm)
	if v.r.URL.Query().Get("said") == "changed" {
		f.Status = v.t("screen.area.said-changed")
	}
	return v.respond(http.StatusOK, f, view)
}

func areaPath(kind string, network buurtbel.ID) string {
	path := "/areas/change?kind=" + kind
	if network != 0 {
		path += "&network=" + network.String()
	}
	return path
}

func (v *visit) squareKM(size float64) string {
	return v.t("screen.area.size", "Size", locale.Decimal(v.lang, int64(size*100+0.5), 2))
}

// areaAsked reads which change is meant.
func (v *visit) areaAsked() (c governing.AreaChange, n *buurtbel.Network, err error) {
	c = governing.AreaChange{Kind: v.r.FormValue("kind")}
	if !slices.Contains([]string{governing.Redraw, governing.Fresh, governing.Split, governing.Merge}, c.Kind) {
		return c, nil, buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	if c.Kind == governing.Fresh {
		return c, nil, nil
	}
	all, err := v.networksByID()
	if err != nil {
		return c, nil, err
	}
	id, err := buurtbel.ParseID(v.r.FormValue("network"))
	if err != nil || all[id] == nil || all[id].Ended != nil {
		return c, nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	c.Network, n = id, all[id]
	c.Seen, err = store.AreaMark(n.Area)
	return c, n, err
}

func (v *visit) areaNew() error {
	c, n, err := v.areaAsked()
	if err != nil {
		return err
	}
	if n != nil && c.Kind == governing.Redraw {
		c.Drawn = n.Area
	}
	return v.areaForm(c, n, nil, http.StatusOK, nil)
}

// areaChange reviews a change, and stores it when the review was seen. What was drawn and typed stays when something is wrong.
func (v *visit) areaChange() error {
	if err := v.form(); err != nil {
		return err
	}
	c, n, err := v.areaAsked()
	if err != nil {
		return err
	}
	c, err = v.areaTyped(c)
	var review *governing.AreaReview
	if err == nil && v.r.PostFormValue("do") == "save" {
		c.Seen = v.r.PostFormValue("seen")
		if _, err = governing.ChangeArea(v.r.Context(), v.s.o.DB, v.actor, v.zone, c, v.s.o.Link+"/"); err == nil {
			return v.redirect("/areas?said=changed")
		}
	} else if err == nil {
		review, err = governing.ReviewArea(v.r.Context(), v.s.o.DB, v.actor, v.zone, c)
	}
	status := http.StatusOK
	if err != nil {
		kind := buurtbel.KindOf(err)
		if kind != buurtbel.Invalid && kind != buurtbel.Conflict {
			return err
		}
		status = statusOf(kind)
	}
	return v.areaForm(c, n, review, status, err)
}

func (v *visit) areaTyped(c governing.AreaChange) (governing.AreaChange, error) {
	var err error
	if c.Name, err = v.typed("name", 80); err != nil {
		return c, err
	}
	if c.Ground, err = v.typed("ground", 300); err != nil {
		return c, err
	}
	c.Move = v.r.PostFormValue("move") != ""
	if text := v.r.PostFormValue("other"); text != "" {
		if c.Other, err = buurtbel.ParseID(text); err != nil {
			return c, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
	}
	if text := strings.TrimSpace(v.r.PostFormValue("area")); text != "" {
		c.Drawn, err = drawnArea(text)
	}
	return c, err
}

// drawnArea reads what was drawn on the map, or pasted as GeoJSON: all its areas together.
func drawnArea(text string) (buurtbel.Area, error) {
	read, err := geo.Read(strings.NewReader(text), geo.Options{})
	if err != nil {
		return nil, err
	}
	var out buurtbel.Area
	for _, f := range read.Features {
		out = append(out, f.Area...)
	}
	for _, p := range read.Problems {
		if p.Severity == geo.Refuse {
			return nil, buurtbel.Fail(buurtbel.Invalid, p.Key, p.Args)
		}
	}
	return out, nil
}

func (v *visit) areaForm(c governing.AreaChange, n *buurtbel.Network, review *governing.AreaReview, status int, wrong error) error {
	networks, err := v.livingNetworks()
	if err != nil {
		return err
	}
	view := AreaChange{Kind: c.Kind, Title: v.t("screen.area." + c.Kind), Lead: v.t("screen.area." + c.Kind + "-lead"), Draws: c.Kind != governing.Merge, Moves: c.Kind == governing.Redraw || c.Kind == governing.Fresh,
		Move: c.Move, Seen: c.Seen, Ground: Field{Name: "ground", Label: v.t("screen.mandate.ground"), Hint: v.t("screen.area.ground-hint"), Value: plain(v.r.PostFormValue("ground")), Auto: "off"}}
	if n != nil {
		view.Network, view.Name = n.ID.String(), n.Name
	}
	if c.Kind == governing.Fresh || c.Kind == governing.Split {
		view.NewName = Field{Name: "name", Label: v.t("screen.area.name"), Value: plain(v.r.PostFormValue("name")), Auto: "off"}
	}
	if c.Kind == governing.Merge {
		for _, o := range networks {
			if n != nil && o.ID != n.ID {
				view.Others = append(view.Others, Option{ID: o.ID.String(), Words: o.Name, Chosen: o.ID == c.Other})
			}
		}
	}
	view.Map = Map{Title: v.t("screen.area.map"), Areas: surrounding(networks, n), Draw: view.Draws, Edit: view.Draws, Drawn: drawnText(c.Drawn)}
	if review != nil {
		view.Review = v.areaReview(review)
	}
	f := v.frame(view.Title, Calm)
	f.Path = "/areas"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// surrounding draws the other networks as what is around, and the one that changes as the chosen one.
func surrounding(networks []*buurtbel.Network, n *buurtbel.Network) string {
	var others []*buurtbel.Network
	for _, o := range networks {
		if n == nil || o.ID != n.ID {
			others = append(others, o)
		}
	}
	if n == nil || len(n.Area) == 0 {
		return strings.ReplaceAll(collection(others, nil), `"kind":"chosen"`, `"kind":"zone"`)
	}
	return collection(others, n.Area)
}

// drawnText is an area as the form keeps it: GeoJSON, one feature per polygon, so that each can be drawn anew.
func drawnText(a buurtbel.Area) string {
	if len(a) == 0 {
		return ""
	}
	type feature struct {
		Type       string          `json:"type"`
		Properties struct{}        `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	features := make([]feature, len(a))
	for i, p := range a {
		features[i] = feature{Type: "Feature", Geometry: geo.Encode(buurtbel.Area{p})}
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return ""
	}
	return string(text)
}

// areaReview puts what a change would do into words.
func (v *visit) areaReview(r *governing.AreaReview) AreaReview {
	out := AreaReview{Said: v.t("screen.area.would", "Network", r.Network, "Size", v.squareKM(r.SquareKM)), Facts: []Fact{{v.t("screen.area.stay"), locale.Number(v.lang, int64(r.Stay))}}}
	for _, m := range r.Moves {
		out.Facts = append(out.Facts, Fact{v.t("screen.area.moves", "From", m.From, "To", m.To), locale.Number(v.lang, int64(m.Members))})
	}
	if r.Outside > 0 {
		out.Facts = append(out.Facts, Fact{v.t("screen.area.outside"), locale.Number(v.lang, int64(r.Outside))})
	}
	if r.Unplaced > 0 {
		out.Facts = append(out.Facts, Fact{v.t("screen.area.unplaced"), locale.Number(v.lang, int64(r.Unplaced))})
	}
	for _, o := range r.Overlaps {
		out.Warnings = append(out.Warnings, v.t("screen.area.overlap", "Network", o.Name, "Size", v.squareKM(o.SquareKM)))
	}
	sum := 0.0
	for _, g := range r.Gaps {
		sum += g
	}
	if len(r.Gaps) > 0 {
		out.Warnings = append(out.Warnings, v.t("screen.area.gaps", "Count", len(r.Gaps), "Size", v.squareKM(sum)))
	}
	return out
}
