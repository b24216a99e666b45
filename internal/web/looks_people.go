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

// enter is the page behind the link of a sign-in mail.
func (s sample) enter(f Frame) (Frame, Page) {
	f.Title, f.Shape, f.Places, f.Person, f.HandOver, f.SignOut = s.t("sign-in.title"), Bare, nil, "", "", ""
	return f, SignIn{Action: "/sign-in", Enter: "/s/x", Name: "Ann Peeters", PIN: Field{Name: "pin", Label: s.t("field.pin"), Hint: s.t("field.pin-hint"), Type: "password", Auto: "one-time-code", Mode: "numeric"}}
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
	ending := func(id string) []Ending {
		return []Ending{{"nl", say, Field{Name: "text-nl-" + id, Label: s.t("field.feedback"), Hint: s.t("field.feedback-hint"), Rows: 3}}}
	}
	return Debts{Open: []Debt{
		{"1", "/feedback/1", sampleTitle, "gisteren 02.14 uur", s.t("debts.age", "Span", locale.Span(s.lang, 31*time.Hour)), "gisteren", true, 603, ending("1"), nil, Field{}, grounds, false, "/looks/journal"},
		{"2", "/feedback/2", "Verdacht voertuig in Waterkant", "vandaag 06.40 uur", s.t("debts.age", "Span", locale.Span(s.lang, 3*time.Hour)), "maandag", false, 268, ending("2"), nil, Field{}, grounds, false, "/looks/journal"},
	}, Settled: []Fact{{"Persoon vermist in Molenhoek", "dinsdag 17 november 2026"}}, Silent: s.t("debts.silent", "Count", 2, "Settled", 31)}
}

func (s sample) journal() Journal {
	return Journal{Title: sampleTitle, Text: sampleText, Sealed: s.t("journal.whole", "Count", 214, "When", "vandaag 08.00 uur"),
		Facts: []Fact{{s.t("journal.launched-by"), "Ann Peeters"}, {s.t("journal.sent-at"), "vandaag 02.14 uur"}, {s.t("journal.networks"), "BIN Kerkveld"},
			{s.t("journal.members"), "612"}, {s.t("journal.cost"), "€ 71,94"}},
		Entries: []Entry{{"02.14.07 uur", "Ann Peeters, " + s.t("role.dispatcher"), s.t("place.dispatch"), "", true, false}, {"02.14.07 uur", "BIN Kerkveld", s.t("state.queued"), "612", false, false},
			{"02.14.09 uur", s.t("channel.sms"), s.t("state.handed-over"), "598", false, false}, {"02.19.40 uur", s.t("channel.sms"), s.t("state.failed"), "9", false, true},
			{"02.31.00 uur", "Bart Maes, " + s.t("role.officer"), s.t("live.over"), "", true, false}},
		Attempts: []Attempt{{s.t("channel.sms"), "delivered", 541}, {s.t("channel.sms"), "heard", 37}, {s.t("channel.sms"), "failed", 9}, {s.t("channel.email"), "handed-over", 492}}}
}

func (s sample) heard(said bool) Heard {
	v := Heard{Source: sampleZone, When: "vandaag 02.14 uur", Text: sampleText, Action: "/h/x", Line: "112", LineCall: "tel:112", Language: "nl"}
	if said {
		v.Said = s.t("heard.said-at", "When", "vandaag 02.16 uur")
	}
	return v
}

func (s sample) device(app bool) DevicePage {
	if app {
		return DevicePage{App: true}
	}
	return DevicePage{Source: sampleZone, Lead: s.t("device.lead", "Source", sampleZone), Action: "/x", List: []DeviceLine{{"1", s.t("device.added", "When", "vandaag 02.14 uur")}}}
}

func (s sample) confirm() Confirm {
	return Confirm{Action: "/confirm/x", Asker: "Ann Peeters, " + s.t("role.dispatcher"), Why: s.t("confirm.why-large"), Said: []Said{{"nl", sampleText}},
		Area: "BIN Kerkveld, BIN Molenhoek, BIN Waterkant", Members: 1274, Left: "4 min 20 s",
		Map: Map{Title: s.t("map.title"), Areas: sampleAreas, Places: []PlaceLine{{"BIN Kerkveld", "", 612}, {"BIN Molenhoek", "", 388}, {"BIN Waterkant", "", 274}}}}
}

func (s sample) handOver() HandOver {
	return HandOver{Action: "/hand-over", Back: "/", People: []Option{{"1", "Bart Maes", "", false}, {"2", "Chloé Lambert", "", true}}, Other: "/sign-in", Leave: true,
		PIN: Field{Name: "pin", Label: s.t("field.pin"), Type: "password", Auto: "one-time-code", Mode: "numeric"}}
}

func (s sample) lost() Lost {
	why := s.t("lost.why-dead")
	return Lost{[]LostNetwork{{"1", "BIN Kerkveld", 2, []Fact{{s.t("lost.kind-mobile"), "1"}, {s.t("lost.kind-mailbox"), "1"}}, "/lost",
		[]LostPerson{{Name: "Jan Peeters", Kind: s.t("lost.kind-mobile"), Why: s.t("lost.why-stopped")}, {Name: "Rosa Claes", Kind: s.t("lost.kind-mailbox"), Why: why}, {Name: "Mia Peeters", Kind: s.t("lost.kind-fixed"), Why: s.t("lost.why-no-calls"), Contact: "1"}, {Name: "Luc Maes", Kind: s.t("lost.kind-mobile"), Why: s.t("lost.why-doubtful"), Doubt: "2"}}},
		{"2", "BIN Molenhoek", 3, []Fact{{s.t("lost.kind-mobile"), "3"}}, "/lost", nil}}}
}
