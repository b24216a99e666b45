package web

import (
	"time"

	"github.com/buurtbel/buurtbel/internal/locale"
)

func (s sample) signIn(sent bool) (Frame, Page) {
	f := Frame{Language: s.lang, Title: s.t("sign-in.title"), Shape: Bare, Zone: sampleZone, Path: "/looks/sign-in"}
	v := SignIn{Action: "/sign-in", Lasts: "15 min", Email: Field{Name: "email", Label: s.t("field.email"), Hint: s.t("field.email-hint"), Type: "email", Auto: "email"}}
	if sent {
		v.Sent = "ann.peeters@example.org"
	}
	if s.exercise {
		f.Mode = Exercise
	}
	return f, v
}

func (s sample) start(f Frame, role string) (Frame, Page) {
	alert := Card{0, s.t("start.new"), s.t("start.new-text"), s.t("start.new-do"), "/looks/dispatch", "F2", true}
	debts := Card{2, s.t("start.debts", "Count", 2), s.t("start.debts-text"), s.t("start.debts-do"), "/looks/debts", "F4", false}
	v := Start{Greeting: s.t("start.greeting", "Name", "Ann"), Words: s.t("start.quiet")}
	switch role {
	case "dispatcher":
		v.Cards = []Card{alert, debts}
	case "officer":
		debts.First, alert.First = true, false
		v.Cards, f.Role = []Card{debts, alert}, s.t("role.officer")
	case "coordinator":
		v.Cards = []Card{{3, s.t("start.requests", "Count", 3), s.t("start.requests-text"), s.t("start.requests-do"), "#", "", true},
			{1, s.t("start.relay", "Count", 1), s.t("start.relay-text"), s.t("start.relay-do"), "#", "", false}}
		f.Role, f.Places, f.Zone = s.t("role.coordinator"), nil, "BIN Kerkveld"
		f.HandOver = ""
	case "member":
		f.Role, f.Places, f.Zone = s.t("role.member"), nil, "BIN Kerkveld"
		f.HandOver = ""
	default:
		return f, nil
	}
	f.Title = v.Greeting
	return f, v
}

func (s sample) debts(none bool) Debts {
	if none {
		return Debts{Settled: []Fact{{sampleTitle, "gisteren 11.20 uur"}}}
	}
	say := []string{s.t("debts.say-safe"), s.t("debts.say-nobody")}
	grounds := []Option{{ID: "investigation", Words: s.t("ground.investigation")}, {ID: "magistrate", Words: s.t("ground.magistrate")}, {ID: "privacy", Words: s.t("ground.privacy")}}
	field := func(id, typed string) Field {
		return Field{Name: "text-" + id, Label: s.t("field.feedback"), Hint: s.t("field.feedback-hint"), Value: typed, Rows: 3}
	}
	return Debts{Open: []Debt{
		{"1", "/feedback/1", sampleTitle, "gisteren 02.14 uur", s.t("debts.age", "Span", locale.Span(s.lang, 31*time.Hour)), "gisteren", true, 603, say, field("1", ""), grounds, "/looks/journal"},
		{"2", "/feedback/2", "Verdacht voertuig in Waterkant", "vandaag 06.40 uur", s.t("debts.age", "Span", locale.Span(s.lang, 3*time.Hour)), "maandag", false, 268, say, field("2", ""), grounds, "/looks/journal"},
	}, Settled: []Fact{{"Persoon vermist in Molenhoek", "dinsdag 17 november 2026"}}}
}

func (s sample) journal() Journal {
	return Journal{Title: sampleTitle, Text: sampleText, Sealed: s.t("journal.whole", "Count", 214, "When", "vandaag 08.00 uur"),
		Facts: []Fact{{s.t("journal.launched-by"), "Ann Peeters"}, {s.t("journal.sent-at"), "vandaag 02.14 uur"}, {s.t("journal.networks"), "BIN Kerkveld"},
			{s.t("journal.members"), "612"}, {s.t("journal.cost"), "€ 71,94"}},
		Entries: []Entry{{"02.14.07 uur", "Ann Peeters, " + s.t("role.dispatcher"), s.t("place.dispatch"), "", true}, {"02.14.07 uur", "BIN Kerkveld", s.t("state.queued"), "612", false},
			{"02.14.09 uur", s.t("channel.sms"), s.t("state.handed-over"), "598", false}, {"02.19.40 uur", s.t("channel.sms"), s.t("state.failed"), "9", false},
			{"02.31.00 uur", "Bart Maes, " + s.t("role.officer"), s.t("live.over"), "", true}},
		Attempts: []Attempt{{s.t("channel.sms"), "delivered", 541}, {s.t("channel.sms"), "heard", 37}, {s.t("channel.sms"), "failed", 9}, {s.t("channel.email"), "handed-over", 492}}}
}

func (s sample) heard(said bool) Heard {
	v := Heard{Source: sampleZone, When: "vandaag 02.14 uur", Text: sampleText, Action: "/h/x", Line: "112", LineCall: "tel:112", Exercise: s.exercise}
	if said {
		v.Said = "02.16 uur"
	}
	return v
}

func (s sample) confirm() Confirm {
	return Confirm{Action: "/confirm/x", Asker: "Ann Peeters, " + s.t("role.dispatcher"), Why: s.t("confirm.why-large"), Text: sampleText, Language: "nl",
		Area: "BIN Kerkveld, BIN Molenhoek, BIN Waterkant", Members: 1274, Left: "4 min 20 s",
		Map: Map{Title: s.t("map.title"), Areas: sampleAreas, Places: []PlaceLine{{"BIN Kerkveld", "", 612}, {"BIN Molenhoek", "", 388}, {"BIN Waterkant", "", 274}}}}
}

func (s sample) handOver() HandOver {
	return HandOver{Action: "/hand-over", People: []Option{{"1", "Bart Maes", s.t("role.officer"), false}, {"2", "Chloé Lambert", s.t("role.dispatcher"), true}},
		Email: Field{Name: "email", Label: s.t("field.email"), Type: "email", Auto: "email"}}
}
