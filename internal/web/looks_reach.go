package web

import (
	"strconv"

	"github.com/buurtbel/buurtbel"
)

func (s sample) reach() Page {
	arrived, soon := []int{88, 90, 84, 93, 96, 97}, []int{71, 80, 62, 88, 94, 94}
	t := Trend{Name: s.t("reach.label", "Network", "BIN Kerkveld"), Lines: []TrendLine{{s.t("reach.arrived"), "delivered", arrived}, {s.t("reach.within"), "handed-over", soon}}}
	for i, month := range []string{"1/2026", "3/2026", "5/2026", "7/2026", "9/2026", "11/2026"} {
		t.Points = append(t.Points, TrendPoint{When: "3/" + month, Month: month, Exercise: i == 2, People: 600 + i, Arrived: s.t("reach.percent", "Percent", strconv.Itoa(arrived[i])), Soon: s.t("reach.percent", "Percent", strconv.Itoa(soon[i]))})
	}
	return ReachOverTime{[]NetworkReach{s.reachOf(t), {Name: "BIN Waterkant"}}}
}

func (s sample) reachOf(t Trend) NetworkReach {
	share := func(percent int) string { return s.t("reach.percent", "Percent", strconv.Itoa(percent)) }
	r := NetworkReach{Name: "BIN Kerkveld", Trend: t, Enough: true, Small: StreetReach{Share: share(72), Percent: 72, Members: 21}}
	r.Map = ReachMap{ID: "map-kerkveld", Name: s.t("reach.map-label", "Network", r.Name), About: s.t("reach.map-about", "Count", 4, "Total", 9), Area: buurtbel.Area{{{
		{Lat: 50.9382, Lon: 4.0301}, {Lat: 50.9411, Lon: 4.0362}, {Lat: 50.9405, Lon: 4.0447}, {Lat: 50.9364, Lon: 4.0498}, {Lat: 50.9318, Lon: 4.0455}, {Lat: 50.9309, Lon: 4.0372}, {Lat: 50.9337, Lon: 4.0322}}}}}
	for i, m := range []ReachMark{{buurtbel.Point{Lat: 50.9391, Lon: 4.0401}, 38, "Burgemeester Vanderstraetenlaan", "", ""}, {buurtbel.Point{Lat: 50.9352, Lon: 4.0349}, 47, "Oude Steenweg", "", ""},
		{buurtbel.Point{Lat: 50.9344, Lon: 4.0441}, 61, "Molenweg", "", ""}, {buurtbel.Point{Lat: 50.9346, Lon: 4.0446}, 79, "Sint-Jansstraat", "", ""}} {
		m.ID = "street-" + strconv.Itoa(i)
		m.Words = s.t("reach.mark", "Where", m.Street, "Percent", m.Percent, "Count", 38-4*i)
		r.Map.Marks = append(r.Map.Marks, m)
		r.Streets = append(r.Streets, StreetReach{Street: m.Street, Share: share(m.Percent), Percent: m.Percent, Members: 38 - 4*i, ID: m.ID})
	}
	for i, name := range []string{"Akkerstraat", "Dorp", "Kerkstraat", "Lindenlaan", "Vijverpad"} {
		r.Map.Others = append(r.Map.Others, buurtbel.Point{Lat: 50.9331 + 0.0014*float64(i), Lon: 4.0378 + 0.0021*float64(i*3%5)})
		r.Others = append(r.Others, StreetReach{Street: name, Share: share(88 + i), Percent: 88 + i, Members: 20 + i})
	}
	return r
}
