package web

import "strings"

const (
	sampleZone  = "Politiezone Molenbeke"
	sampleTitle = "Inbraak bezig in Kerkveld"
	sampleText  = "Politie Molenbeke: er wordt nu ingebroken in de Kerkstraat in Kerkveld. Mogelijk betrokken: een grijze bestelwagen. Blijf binnen en kijk uit het raam. Ziet u iets? Bel 112. Doe zelf niets. Sinds 02.10 uur, geldig tot 04.00 uur."
)

// sampleAreas draws four invented networks and some streets.
const sampleAreas = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"BIN Kerkveld","kind":"chosen"},"geometry":{"type":"Polygon","coordinates":[[[4.002,50.952],[4.013,50.955],[4.019,50.950],[4.016,50.944],[4.006,50.943],[4.000,50.947],[4.002,50.952]]]}},
{"type":"Feature","properties":{"name":"BIN Molenhoek","kind":"zone"},"geometry":{"type":"Polygon","coordinates":[[[4.019,50.950],[4.031,50.953],[4.034,50.946],[4.026,50.941],[4.016,50.944],[4.019,50.950]]]}},
{"type":"Feature","properties":{"name":"BIN Waterkant","kind":"zone"},"geometry":{"type":"Polygon","coordinates":[[[4.006,50.943],[4.016,50.944],[4.026,50.941],[4.022,50.935],[4.009,50.936],[4.006,50.943]]]}},
{"type":"Feature","properties":{"name":"BIN-Z Markt","kind":"zone"},"geometry":{"type":"Polygon","coordinates":[[[4.013,50.955],[4.024,50.9585],[4.031,50.953],[4.019,50.950],[4.013,50.955]]]}},
{"type":"Feature","properties":{"name":"Kerkstraat","kind":"street"},"geometry":{"type":"LineString","coordinates":[[4.001,50.949],[4.009,50.9495],[4.019,50.9475],[4.033,50.948]]}},
{"type":"Feature","properties":{"name":"Molenweg","kind":"street"},"geometry":{"type":"LineString","coordinates":[[4.010,50.957],[4.0105,50.950],[4.012,50.943],[4.014,50.936]]}},
{"type":"Feature","properties":{"name":"Veldstraat","kind":"street"},"geometry":{"type":"LineString","coordinates":[[4.004,50.945],[4.010,50.9468],[4.016,50.9462],[4.025,50.9435]]}}]}`

func (s sample) dispatch(refused bool) Dispatch {
	where := "BIN Kerkveld"
	d := Dispatch{Action: "/alerts", Check: "/desk/check", Suggest: "/desk/streets", Key: "0000000000000", Exercise: s.exercise,
		Patterns: s.patterns(), Where: Where{Networks: []NetworkLine{
			{"1", where, 612, true, ""}, {"2", "BIN Molenhoek", 388, false, ""}, {"3", "BIN Waterkant", 274, false, ""}, {"4", "BIN-Z Markt", 96, false, ""}}},
		Priorities: []Option{{"1", "1", "", false}, {"2", "2", "", true}, {"3", "3", "", false}},
		Asks:       Asks{Valid: []Option{{"60", "1 u", "", true}}, Slots: []Field{{Name: "slot-nl-description", Label: s.own("template.slot.description"), Rows: 2}}},
		LeaveOut:   Field{Name: "leave-out", Label: s.t("field.leave-out"), Hint: s.t("field.leave-out-hint"), Rows: 2},
		Askers:     []Option{{"", s.t("asked.nobody"), "", true}, {"patrol", s.t("asked.patrol"), "", false}},
		Street:     Field{Name: "street", Label: s.t("field.street"), Value: "Kerkstraat", List: "street-list", Auto: "off", Key: "F4"},
		Origin:     []Field{{Name: "call-sign", Label: s.t("field.call-sign")}, {Name: "incident", Label: s.t("field.incident")}},
		Map:        Map{Title: s.t("map.title"), Areas: sampleAreas, Draw: true},
		Texts:      []TextVersion{{"nl", "Nederlands", sampleElements(refused)}}}
	d.Preflight = s.preflight(where, refused)
	return d
}

func (s sample) patterns() []Pattern {
	now, life, soon := s.t("urgency.now"), s.t("urgency.life"), s.t("urgency.soon")
	return []Pattern{{"burglary", "Inbraak bezig", now, "1", true}, {"vehicle", "Verdacht voertuig", now, "2", false}, {"missing", "Persoon vermist", life, "3", false},
		{"door", "Oplichters aan de deur", soon, "4", false}, {"smoke", "Brand en rook", life, "5", false}, {"attention", "Kijk mee uit", now, "6", false}, {"free", "Eigen tekst", now, "7", false}}
}

func sampleElements(refused bool) []Element {
	hazard, last := "Er wordt nu ingebroken in de Kerkstraat. Mogelijk betrokken: een grijze bestelwagen.", "Sinds 02.10 uur, geldig tot 04.00 uur."
	if refused {
		hazard, last = "Er wordt nu ingebroken in de Kerkstraat. Bestelwagen 1-ABC-123, mogelijk van de familie Kerkhove.", ""
	}
	return []Element{{ID: "source", Text: "Politie Molenbeke", Found: true, Fixed: false}, {ID: "hazard", Text: hazard, Found: true, Fixed: false}, {ID: "location", Text: "Kerkstraat en omgeving, in Kerkveld.", Found: true, Fixed: false},
		{ID: "guidance", Text: "Blijf binnen en kijk uit het raam.", Found: true, Fixed: false}, {ID: "time", Text: last, Found: !refused, Fixed: false}, {ID: "rule", Text: "Ziet u iets? Bel 112. Doe zelf niets.", Found: true, Fixed: true}}
}

func (s sample) preflight(where string, refused bool) Preflight {
	text := sampleText
	if s.exercise {
		text = "OEFENING. " + text
	}
	before, _, _ := strings.Cut(text, " Ziet")
	p := Preflight{Bubbles: []Bubble{{From: "POLITIE", Text: text, Length: 234, Parts: 2, Price: "€ 0,11"}},
		Letter: Letter{From: sampleZone, Subject: sampleTitle, Paragraphs: []string{before, "Ziet u iets? Bel 112. Doe zelf niets.", "Sinds 02.10 uur, geldig tot 04.00 uur."}},
		Places: []PlaceLine{{"Kerkstraat", "", 148}, {"Molenweg", "", 121}, {"Veldstraat", "", 97}, {"Pastorijstraat", "", 64}, {"Kapelledreef", "", 58}, {"Populierenlaan", "", 41}, {"BIN Kerkveld", "9 …", 83}},
		Reach: Reach{s.t("dispatch.sum", "Count", 612, "Points", 1104), "€ 71,94", s.t("dispatch.if-silent", "Count", 480, "Price", "€ 98,34"), s.t("reach.soon", "Percent", "94"), []PlaceLine{{s.t("left.later"), "", 17}, {s.t("left.by-choice"), "", 6},
			{s.t("left.left-address"), "", 2}}},
		Chosen: true, Listen: "/looks/dispatch",
		Launch: Launch{Words: s.t("dispatch.launch", "Count", 612, "Where", where), Ready: true}}
	p.Places[6].Note = ""
	for _, id := range []string{"source", "hazard", "location", "guidance", "time"} {
		p.Elements = append(p.Elements, Check{ID: id, Found: !refused || id != "time"})
	}
	if s.exercise {
		p.Launch.Words = s.t("dispatch.launch-exercise", "Count", 612, "Where", where)
	}
	if refused {
		s.refuse(&p)
	}
	return p
}

func (s sample) refuse(p *Preflight) {
	p.Findings = []Finding{
		{Level: "refused", Code: "plate", Sentence: s.t("looks.example-plate"), Where: "1-ABC-123"},
		{Level: "warned", Code: "name", Sentence: s.t("looks.example-name"), Where: "familie Kerkhove", AsksWhy: true},
	}
	p.Bubbles[0].Wide, p.Bubbles[0].Offer, p.Bubbles[0].Parts, p.Bubbles[0].Price = true, true, 4, "€ 0,22"
	p.Launch.Ready, p.Launch.Wait = false, s.t("dispatch.wait-refused")
}

func (s sample) ownNetwork() Own {
	return Own{Subject: sampleTitle, Lead: s.t("own.sent", "When", "vandaag 02.14 uur", "Where", "BIN Kerkveld"), State: s.t("alert.finished"), Missed: 9, NamesURL: "/looks/names",
		Owed: true, Back: "/looks/start-coordinator", Sent: []OwnText{{s.own("message.mail.kind-launch"), []SentText{{"", "nl", sampleText}}}}}
}

func (s sample) live(over bool) Live {
	l := Live{Title: sampleTitle, Since: "vandaag 02.14 uur", Elapsed: "38 s", Exercise: s.exercise, Over: over, StopAt: "/alerts/0/stop",
		Where: "BIN Kerkveld", Stops: []Field{{Name: "correction-nl", Label: s.t("field.correction"), Value: "Ons vorige bericht over de Kerkstraat klopt niet. Er is geen gevaar. Onze excuses.", Rows: 3}},
		Texts: []SentText{{"", "nl", sampleText}}, StopTo: 598, Counts: Counts{Recipients: 612, HandedOver: 598, Delivered: 541, Heard: 37, NotReached: 9, Waiting: 5},
		Channels: Channels{[]ChannelLine{{s.t("channel.sms"), "", 431, 434}, {s.t("channel.email"), s.t("live.trouble", "Count", 4, "Why", s.t("reason.unreachable")), 590, 604}}, "€ 71,94"}, Plot: s.plot(541, 37),
		Gaps: Gaps{Lines: []Gap{{"Kerkstraat", 4, s.t("reason.unreachable"), "failed", "02.19 uur"}, {"Molenweg", 3, s.t("reason.invalid-address"), "failed", ""}, {"BIN Kerkveld", 2, s.t("reason.rejected"), "uncertain", "02.16 uur"}}, NamesURL: "/x"},
		Back: Back{[]BackLine{{"02.14 uur", "Kerkstraat", "Ik zie twee mensen met een koevoet achter het huis van de buren.", true, false, "/x"}, {"02.15 uur", "BIN Kerkveld", "Wij zijn wakker en kijken mee.", false, true, ""}}}}
	if over {
		l.StopAt, l.Counts = "", Counts{Recipients: 612, HandedOver: 603, Delivered: 601, Heard: 212, NotReached: 9}
		l.Plot = s.plot(601, 212)
	}
	return l
}

// plot makes the curves of an alert that is 38 seconds old.
func (s sample) plot(delivered, heard int) Plot {
	line := func(state string, most int, pace float64) Series {
		out := Series{Name: s.t("state." + state), State: state}
		for sec := 0.0; sec <= 38; sec++ {
			out.Points = append(out.Points, Point{sec, min(most, int(float64(most)*pace*sec*(1+sec/38)/2))})
		}
		out.Points[38].Count = most
		return out
	}
	return Plot{612, []Series{line("handed-over", max(598, delivered), 0.6), line("delivered", delivered, 0.055), line("heard", heard, 0.0265)}}
}

// steps are those towards a member whom nothing reached yet.
func (s sample) steps() []NameStep {
	return []NameStep{{"0:00", s.t("step.sms.mobile"), "failed", s.t("reason.unreachable"), false}, {"0:04", s.t("step.voice.mobile"), "rang", s.t("reason.no-answer"), false},
		{"0:31", s.t("step.voice.fixed"), "rang", s.t("reason.busy"), false}, {"1:04", s.t("step.voice.mobile"), "queued", "", true}}
}
