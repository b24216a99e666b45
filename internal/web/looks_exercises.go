package web

import (
	"slices"

	"github.com/buurtbel/buurtbel/internal/locale"
)

// exercises are those of an invented town: one that waits for the coordinator, one announced, and past ones; drill-launch is today's.
func (s sample) exercises(launch bool) Page {
	price := func(n int64) string { return locale.Price(s.lang, n) }
	when := s.t("exercises.when", "Date", "3 december 2026", "Part", s.own("message.drill.morning"))
	facts := []Fact{{s.t("exercises.people"), "608 · " + s.t("exercises.outside", "Count", 4)}, {s.t("exercises.cost"), s.t("exercises.cost-most", "Amount", price(712_500), "Most", price(1_030_000))},
		{s.t("exercises.made"), locale.List(s.lang, []string{s.t("exercises.texts", "Count", 1142), s.t("exercises.calls", "Count", 53), s.t("exercises.told", "Count", 61)})}}
	if launch {
		return DrillLaunch{Network: "BIN Kerkveld", When: when, Facts: facts, Launch: "/x", Texts: []Bubble{{From: "nl", Text: sampleText, Length: 212, Parts: 2, Price: price(1100)}}}
	}
	agreed := slices.Concat(facts, []Fact{{s.t("exercises.agreement"), s.t("exercises.agreed-by-you", "Amount", price(712_500), "Date", "12 november 2026")},
		{s.t("exercises.announcement"), s.t("exercises.announced-on", "Date", "26 november 2026")}})
	day := Field{Name: "day-1", Label: s.t("exercises.day"), Hint: s.t("exercises.day-hint", "Weeks", 8), Type: "date", Value: "2027-01-12"}
	reason := func(id string) Field {
		return Field{Name: "reason-" + id, Label: s.t("exercises.reason"), Hint: s.t("exercises.reason-hint"), Rows: 2}
	}
	return ExercisesPage{Today: []DrillToday{{"BIN Waterkant", when, "/looks/drill-launch", true}}, Networks: []NetworkDrills{
		{Name: "BIN Kerkveld", Next: &DrillCard{ID: "1", When: s.t("exercises.when", "Date", "12 januari 2027", "Part", s.own("message.drill.afternoon")), State: s.t("exercises.state-proposed"), Waits: true, Facts: facts,
			Note: s.t("exercises.untold", "Count", 23), Agree: "/x", Amount: "712500", AgreeWords: s.t("exercises.agree", "Amount", price(712_500)), Move: "/x", Day: day, Part: "part", Open: "move", Skip: "/x", Reason: reason("1")},
			Past: []DrillPast{{"16 juni 2026", s.t("exercises.state-held"), s.t("exercises.reach-words", "Arrived", "571", "People", "602", "Heard", "388"), s.t("exercises.cost-about", "Amount", price(698_000)), "", "/looks/own"},
				{"8 december 2025", s.t("exercises.state-missed"), "", "", "", ""}, {"3 juni 2025", s.t("exercises.state-skipped"), "", "", "kermis in de wijk", ""}}},
		{Name: "BIN Molenhoek", Next: &DrillCard{ID: "2", When: when, State: s.t("exercises.state-announced"), Facts: agreed, Skip: "/x", Reason: reason("2")}},
		{Name: "BIN Waterkant", None: s.t("exercises.none")}},
		Settings: &DrillSettings{Field{Name: "per-year", Label: s.t("exercises.per-year"), Hint: s.t("exercises.per-year-hint", "Most", 6), Mode: "numeric", Value: "2"},
			Field{Name: "silent", Label: s.t("exercises.silent"), Hint: s.t("exercises.silent-hint"), Mode: "numeric", Value: "12"}}}
}
