package web

import "strconv"

func (s sample) reach() Page {
	arrived, soon := []int{88, 90, 84, 93, 96, 97}, []int{71, 80, 62, 88, 94, 94}
	t := Trend{Name: s.t("reach.label", "Network", "BIN Kerkveld"), Lines: []TrendLine{{s.t("reach.arrived"), "delivered", arrived}, {s.t("reach.within"), "handed-over", soon}}}
	for i, month := range []string{"1/2026", "3/2026", "5/2026", "7/2026", "9/2026", "11/2026"} {
		t.Points = append(t.Points, TrendPoint{When: "3/" + month, Month: month, Exercise: i == 2, People: 600 + i, Arrived: s.t("reach.percent", "Percent", strconv.Itoa(arrived[i])), Soon: s.t("reach.percent", "Percent", strconv.Itoa(soon[i]))})
	}
	return ReachOverTime{[]NetworkReach{
		{Name: "BIN Kerkveld", Trend: t, Enough: true, Streets: []StreetReach{{"Molenweg", s.t("reach.percent", "Percent", "61"), 38}, {s.t("reach.small-streets"), s.t("reach.percent", "Percent", "72"), 21}}},
		{Name: "BIN Waterkant"}}}
}
