package web

import (
	"html/template"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/qrcode"
	"github.com/buurtbel/buurtbel/internal/vcard"
)

// number is the public page of the numbers of an invented zone: on the screen, on paper, and the choice between zones.
func (s sample) number(f Frame, name string) (Frame, Page) {
	f.Title, f.Shape, f.Places, f.Person, f.HandOver, f.SignOut, f.Zone = s.t("number.title"), Bare, nil, "", "", "", ""
	if name == "number-zones" {
		return f, Zones{[]Link{{Words: sampleZone, Href: "/looks/number"}, {Words: "Politiezone Lange Leemgracht - Sint-Katelijne", Href: "/looks/number"}}}
	}
	callers := []buurtbel.Caller{{Shown: "+3220000111", Calls: true}, {Shown: "8850", Texts: true}, {Shown: "+3220000222", Calls: true, Own: true}}
	country, err := buurtbel.CountryProfile("BE")
	if err != nil {
		return f, nil // a page that is not there fails the test of all pages
	}
	back, urgent := callBackWords(s.lang, callers, country.Lines)
	n := Number{Zone: sampleZone, Back: back, Urgent: urgent, Line: country.Lines[0].Number, Card: "/looks/number", Sheet: "/looks/number-sheet", Print: name == "number-sheet",
		Check: "https://buurtbel.example.org/check", Date: "3 november 2026", Known: []NumberLine{numberLine(s.lang, callers[0], "BE"), numberLine(s.lang, callers[1], "BE")},
		Own: []NumberLine{numberLine(s.lang, callers[2], "BE")}}
	card := vcard.Card{Name: sampleZone, Note: back + " " + urgent,
		Phones: []vcard.Phone{{Number: "+3220000111", Calls: true}, {Number: "8850", Texts: true}, {Number: "+3220000222", Calls: true}}}
	code, err := qrcode.SVG(card.String(), s.t("number.code", "Zone", sampleZone))
	if err != nil {
		return f, nil
	}
	n.Code = template.HTML(code)
	return f, n
}

// carriers is what an officer sees of the connections, one with a number of its own.
func (s sample) carriers() Page {
	return Carriers{[]CarrierLine{{Channel: s.t("carriers.sms"), Carrier: "carrier-a", State: s.t("carriers.works"), Shown: "8850"},
		{Channel: s.t("carriers.voice"), Carrier: "trunk-b", State: s.t("carriers.down"), Trouble: true, Shown: "02 000 01 11"},
		{Channel: s.t("carriers.voice"), Carrier: "trunk-a", State: s.t("carriers.works"), Shown: "02 000 02 22", Own: true}, {Channel: s.t("carriers.email"), Carrier: "mail", State: s.t("carriers.troubled"), Trouble: true}}}
}
