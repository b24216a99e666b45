package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
)

const (
	reachYears  = 2  // that the page looks back
	reachMost   = 24 // alerts of a zone on the page
	reachLittle = 80 // percent: a street in which fewer messages arrive is listed
)

// reachRoutes are what receipts tell over time. They show counts and streets, no names.
func (s *Server) reachRoutes() []route {
	return []route{{method: "GET", path: "/reach", may: buurtbel.MaySeeNames, handler: (*visit).reach}}
}

func (v *visit) reach() error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	ids := make([]buurtbel.ID, len(networks))
	for i, n := range networks {
		ids[i] = n.ID
	}
	past, err := v.s.o.Desk.Past(v.r.Context(), v.actor, v.zone, ids, v.now.AddDate(-reachYears, 0, 0), reachMost)
	if err != nil {
		return err
	}
	homes, err := v.s.homes.in(v.r.Context(), v.s.o.DB, v.zone)
	if err != nil {
		return err
	}
	view, loc := ReachOverTime{}, v.place()
	for _, n := range networks {
		of := slices.DeleteFunc(slices.Clone(past.Launches), func(r alerting.Reached) bool { return r.Network != n.ID })
		reach := NetworkReach{Name: n.Name, Trend: v.trend(n.Name, of, loc), Enough: len(of) > 0}
		if reach.Enough {
			named, small := streetsOf(homes, past.Members, n.ID)
			at, err := v.middles(n, named)
			if err != nil {
				return err
			}
			v.streetReach(&reach, n, named, small, at)
		}
		view.Networks = append(view.Networks, reach)
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.reach.title"), Calm), view)
}

func percent(n, of int) int {
	if of == 0 {
		return 0
	}
	return (n*100 + of/2) / of
}

func (v *visit) percentWords(n, of int) string {
	return v.t("screen.reach.percent", "Percent", strconv.Itoa(percent(n, of)))
}

func (v *visit) trend(name string, of []alerting.Reached, loc *time.Location) Trend {
	t := Trend{Name: v.t("screen.reach.label", "Network", name)}
	arrived, soon := TrendLine{Name: v.t("screen.reach.arrived"), State: "delivered"}, TrendLine{Name: v.t("screen.reach.within"), State: "handed-over"}
	for _, r := range of {
		arrived.Shares, soon.Shares = append(arrived.Shares, percent(r.Arrived, r.People)), append(soon.Shares, percent(r.Soon, r.People))
		local := r.At.In(loc)
		t.Points = append(t.Points, TrendPoint{When: locale.When(v.lang, r.At, v.now, loc), Month: strconv.Itoa(int(local.Month())) + "/" + strconv.Itoa(local.Year()),
			Exercise: r.Exercise, People: r.People, Arrived: v.percentWords(r.Arrived, r.People), Soon: v.percentWords(r.Soon, r.People)})
	}
	if len(of) > 0 {
		t.Lines = []TrendLine{arrived, soon}
	}
	return t
}
