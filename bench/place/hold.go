package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// held is what the process with all addresses found.
type held struct {
	LoadSeconds  float64   `json:"load_seconds"`
	Resident     float64   `json:"resident_mb_with_addresses"`
	LoadPeak     float64   `json:"load_peak_rss_mb"`
	Streets      int       `json:"streets"`
	Typed        int       `json:"typed"`
	Spoiled      int       `json:"typed_with_errors"`
	P50          float64   `json:"search_ms_p50"`
	P99          float64   `json:"-"`
	Worst        float64   `json:"search_ms_max"`
	Recall       float64   `json:"-"`
	RecallClean  float64   `json:"recall_without_errors"` // of prefixes without errors: the address is among ten; a prefix of three letters fits thousands
	Tried        int       `json:"typo_recall_of"`        // texts with errors whose text without errors finds its address among ten
	WholeRecall  float64   `json:"typo_recall_whole"`     // of 2,000 addresses typed to the end with errors: the address is the first
	Areas        int       `json:"areas"`
	Points       float64   `json:"-"`
	Polygon      float64   `json:"-"`
	PolygonHits  int       `json:"polygon_hits_max"`
	PolygonCount int       `json:"polygons"`
	PostGIS      string    `json:"postgis"` // its version, or why there is none
	GISPoints    float64   `json:"postgis_point_in_area_per_second"`
	GISPolygon   float64   `json:"postgis_polygon_ms"`
	Found        *promised `json:"found,omitempty"`
}

// promised carries what the parent shows under other names.
type promised struct{ P99, Recall, Points, Polygon, Ratio float64 }

func child(ctx context.Context, what, asked string) error {
	var j job
	if err := json.Unmarshal([]byte(asked), &j); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	s, err := rig.Saved(j.Folder)
	if err != nil {
		return err
	}
	a, err := s.Open(ctx, app.Options{})
	if err != nil {
		return err
	}
	out := &held{Found: &promised{}}
	err = load(ctx, a, out)
	if err == nil && what == "hold" {
		err = measure(ctx, a, j, out)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(out)
	}
	return errors.Join(err, a.Close())
}

// load reads the register as a process does when it starts.
func load(ctx context.Context, a *app.App, out *held) error {
	began := time.Now()
	if err := a.Places.Refresh(ctx, true); err != nil {
		return err
	}
	out.LoadSeconds, out.LoadPeak = rig.Round(time.Since(began).Seconds()), rig.PeakMB()
	_, out.Streets = a.Places.Len()
	debug.FreeOSMemory()
	out.Resident = rig.ResidentMB()
	return nil
}

func measure(ctx context.Context, a *app.App, j job, out *held) error {
	houses, err := sample(ctx, a.DB, j.Typed+2000)
	if err != nil {
		return err
	}
	search(a, houses[:j.Typed], out)
	whole(a, houses[j.Typed:], out)
	g, err := readGround(filepath.Join(j.Data, "geo", "neighbourhoods.geojson"))
	if err != nil {
		return err
	}
	g.points(out)
	g.polygons(out)
	g.postgis(ctx, out)
	out.Found.P99, out.Found.Recall, out.Found.Points, out.Found.Polygon = out.P99, out.Recall, out.Points, out.Polygon
	return nil
}

// sample draws addresses evenly from the register.
func sample(ctx context.Context, db *store.DB, n int) ([]house, error) {
	var out []house
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		streets := map[buurtbel.ID]store.Street{}
		if err := tx.EachStreet(func(s store.Street) { streets[s.ID] = s }); err != nil {
			return err
		}
		dice := rand.New(rand.NewPCG(seed, 2))
		seen := 0
		return tx.EachHouseByStreet(func(h store.House) { // a reservoir: each house is as likely
			s := streets[h.Street]
			one := house{street: s.Name, number: h.Number, box: h.Box, code: s.PostalCode, town: s.Municipality}
			seen++
			if len(out) < n {
				out = append(out, one)
			} else if i := dice.IntN(seen); i < n {
				out[i] = one
			}
		})
	})
	if err != nil {
		return nil, err
	}
	if len(out) < n {
		return nil, fmt.Errorf("%d addresses are too few to draw %d", len(out), n)
	}
	rand.New(rand.NewPCG(seed, 3)).Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out, nil
}

// finds tells at which place of the answer the address stands that was meant; -1: nowhere.
func finds(list []place.Found, t typed) int {
	return slices.IndexFunc(list, func(f place.Found) bool {
		if f.Street != t.meant.street || f.PostalCode != t.meant.code || f.Municipality != t.meant.town {
			return false
		}
		return !t.number || addressfile.HouseKey(f.HouseNumber, f.Box) == addressfile.HouseKey(t.meant.number, t.meant.box)
	})
}

// search types prefixes, one after the other, and times each answer.
func search(a *app.App, houses []house, out *held) {
	t := newTypist()
	var times []float64
	clean, cleanFound, spoiledFound := 0, 0, 0
	for _, h := range houses {
		one := t.prefix(h)
		began := time.Now()
		found := a.Places.Search(place.Typed{Text: one.text})
		times = append(times, float64(time.Since(began).Nanoseconds())/1e6)
		at := finds(found, one)
		if !one.spoiled {
			clean++
			if at >= 0 {
				cleanFound++
			}
			continue
		}
		out.Spoiled++
		if finds(a.Places.Search(place.Typed{Text: one.clean}), one) >= 0 {
			out.Tried++
			if at >= 0 {
				spoiledFound++
			}
		}
	}
	out.Typed = len(houses)
	out.P50, out.P99, out.Worst = three(rig.Quantile(times, 0.5)), three(rig.Quantile(times, 0.99)), three(rig.Quantile(times, 1))
	out.Recall, out.RecallClean = three(float64(spoiledFound)/float64(max(1, out.Tried))), three(float64(cleanFound)/float64(max(1, clean)))
}

func three(v float64) float64 { return float64(int64(v*1000+0.5)) / 1000 }

// whole types addresses to their end, with errors: the first answer must be the address.
func whole(a *app.App, houses []house, out *held) {
	t := newTypist()
	found := 0
	for _, h := range houses {
		one := t.whole(h)
		list := a.Places.Search(place.Typed{Text: one.text})
		if len(list) > 0 && finds(list[:1], one) == 0 {
			found++
		} else if len(list) > 0 && strings.EqualFold(list[0].Street, h.street) && list[0].HouseNumber == h.number && !strings.Contains(one.clean, h.town) && !strings.Contains(one.clean, strings.ToLower(h.town)) && !strings.Contains(one.clean, h.code) {
			found++ // without town and code a street of that name and a house of that number are all that was said
		}
	}
	out.WholeRecall = three(float64(found) / float64(len(houses)))
}

// ground is a country of neighbourhoods with a million members.
type ground struct {
	networks []*buurtbel.Network
	index    *place.Areas
	spots    []buurtbel.Point
	members  place.Audience
	drawn    []buurtbel.Area
}

const millionMembers = 1_000_000

func readGround(path string) (*ground, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open areas: %w", err)
	}
	c, err := geo.Read(f, geo.Options{})
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read areas: %w", err)
	}
	g := &ground{}
	for i, f := range c.Features {
		g.networks = append(g.networks, &buurtbel.Network{ID: buurtbel.ID(i + 1), Name: f.Name, Kind: buurtbel.Residents, Area: f.Area})
	}
	if len(g.networks) == 0 {
		return nil, errors.New("the file has no areas")
	}
	g.index = place.NewAreas(g.networks)
	g.people()
	return g, nil
}

// people puts a million members around the areas' corners, as towns are: close together.
func (g *ground) people() {
	dice := rand.New(rand.NewPCG(seed, 4))
	list := make([]place.Member, 0, millionMembers)
	for i := range millionMembers {
		n := g.networks[dice.IntN(len(g.networks))]
		ring := n.Area[0][0]
		at := ring[dice.IntN(len(ring))]
		at = buurtbel.Point{Lat: at.Lat + dice.NormFloat64()*0.004, Lon: at.Lon + dice.NormFloat64()*0.006}
		g.spots = append(g.spots, at)
		list = append(list, place.Member{ID: buurtbel.ID(i + 1), Network: n.ID, Zone: 1, At: at})
	}
	g.members.Load(slices.Values(list), len(list))
}

// points asks for each member in which areas the home lies.
func (g *ground) points(out *held) {
	out.Areas = len(g.networks)
	began, inside := time.Now(), 0
	for _, p := range g.spots {
		inside += g.index.Inside(p)
	}
	out.Points = rig.Round(float64(len(g.spots)) / time.Since(began).Seconds())
	if inside == 0 {
		out.Points = 0 // nothing was measured
	}
}

// polygons draws areas that hold up to 5,000 members and asks who lives in each; the slowest counts.
func (g *ground) polygons(out *held) {
	dice := rand.New(rand.NewPCG(seed, 5))
	var times []float64
	for len(g.drawn) < 300 {
		ring := slices.Clone(buurtbel.Circle(g.spots[dice.IntN(len(g.spots))], 0.3+dice.Float64()*2)[0][0])
		centre := ring[0]
		for i := range ring { // a star: as somebody draws along streets
			f := 0.7 + 0.3*dice.Float64()
			ring[i] = buurtbel.Point{Lat: centre.Lat + (ring[i].Lat-centre.Lat)*f, Lon: centre.Lon + (ring[i].Lon-centre.Lon)*f}
		}
		area := buurtbel.Area{{ring}}
		began := time.Now()
		n := len(g.members.Within(1, area))
		took := float64(time.Since(began).Nanoseconds()) / 1e6
		if n > 5000 {
			continue
		}
		g.drawn = append(g.drawn, area)
		times = append(times, took)
		out.PolygonHits = max(out.PolygonHits, n)
	}
	out.PolygonCount, out.Polygon = len(g.drawn), three(rig.Quantile(times, 1))
}
