package web

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/qrcode"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/vcard"
)

// numberRoutes are the numbers to save, for everybody: who does not know a number does not answer it. They tell nothing of any member.
func (s *Server) numberRoutes() []route {
	return []route{
		{method: "GET", path: "/number", open: true, handler: (*visit).numbers},
		{method: "GET", path: "/number/{zone}", open: true, handler: (*visit).number},
		{method: "GET", path: "/number/{zone}/card.vcf", open: true, handler: (*visit).numberCard},
		{method: "GET", path: "/number/{zone}/sheet", open: true, handler: (*visit).numberSheet},
	}
}

// numbers shows the zone, or asks which when there are several.
func (v *visit) numbers() error {
	zones, err := v.zones()
	if err != nil {
		return err
	}
	if len(zones) == 1 {
		return v.numberPage(zones[0], false)
	}
	view := Zones{}
	for _, z := range zones {
		view.Lines = append(view.Lines, Link{Words: z.Name, Href: numberPath(z, "")})
	}
	f := v.frame(v.t("screen.number.title"), Calm)
	f.Listed = true
	f.Shape = Bare
	return v.respond(http.StatusOK, f, view)
}

// zones gives every zone of this installation, for pages that are open to everybody.
func (v *visit) zones() (zones []*buurtbel.Zone, err error) {
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err = tx.Zones()
		return err
	})
	return zones, err
}

func numberPath(z *buurtbel.Zone, rest string) string { return "/number/" + z.ID.String() + rest }

// carrierCards lead to the sheet to hand out, for coordinators and the police, and to the connections, for the police.
func (v *visit) carrierCards(coordinates bool) []Card {
	var out []Card
	police := v.seesZone() == nil
	if (police || coordinates) && len(v.s.o.Callers) > 0 {
		out = append(out, Card{Title: v.t("screen.start.number"), Text: v.t("screen.start.number-text"), Action: v.t("screen.start.number-do"), Href: "/number/" + v.zone.String() + "/sheet"})
	}
	if police && v.s.o.Health != nil {
		out = append(out, Card{Title: v.t("screen.carriers.title"), Text: v.t("screen.start.carriers-text"), Action: v.t("screen.carriers.more"), Href: "/carriers"})
	}
	return out
}

// numberZone gives the zone of the address.
func (v *visit) numberZone() (z *buurtbel.Zone, err error) {
	id, err := v.id("zone")
	if err != nil {
		return nil, err
	}
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{Zone: id}, func(tx *store.Tx) error {
		z, err = tx.Zone()
		return err
	})
	return z, err
}

func (v *visit) number() error {
	z, err := v.numberZone()
	if err != nil {
		return err
	}
	return v.numberPage(z, false)
}

func (v *visit) numberSheet() error {
	z, err := v.numberZone()
	if err != nil {
		return err
	}
	return v.numberPage(z, true)
}

func (v *visit) numberPage(z *buurtbel.Zone, print bool) error {
	view, err := v.numberView(z)
	if err != nil {
		return err
	}
	view.Print = print
	f := v.frame(v.t("screen.number.title"), Calm)
	f.Listed = true
	f.Shape = Bare
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) numberView(z *buurtbel.Zone) (Number, error) {
	lines, err := z.EmergencyLines()
	if err != nil {
		return Number{}, err
	}
	loc, err := z.Location()
	if err != nil {
		return Number{}, err
	}
	back, urgent := callBackWords(v.lang, v.s.o.Callers, lines)
	view := Number{Zone: z.Name, Back: back, Urgent: urgent, Line: lines[0].Number, Check: v.s.o.Link + "/check", Date: locale.Date(v.lang, v.now, loc)}
	for _, c := range v.s.o.Callers {
		if c.Own {
			view.Own = append(view.Own, numberLine(v.lang, c, z.Country))
		} else {
			view.Known = append(view.Known, numberLine(v.lang, c, z.Country))
		}
	}
	card := v.s.card(z, back+" "+urgent)
	if len(card.Phones) == 0 {
		return view, nil
	}
	code, err := qrcode.SVG(card.String(), v.t("screen.number.code", "Zone", z.Name))
	if err != nil { // a zone's name is longer than a code can hold
		return view, err
	}
	view.Card, view.Sheet, view.Code = numberPath(z, "/card.vcf"), numberPath(z, "/sheet"), template.HTML(code)
	return view, nil
}

// callBackWords says what happens to who calls back, and whom to call in danger.
func callBackWords(lang buurtbel.Language, callers []buurtbel.Caller, lines []buurtbel.Line) (back, urgent string) {
	key := "screen.number.back-nobody"
	for _, c := range callers {
		if c.Calls {
			key = "screen.number.back-recording"
		}
	}
	return locale.Text(lang, key, nil), locale.Text(lang, "screen.number.urgent", buurtbel.Args{"Line": lines[0].Number})
}

func numberLine(lang buurtbel.Language, c buurtbel.Caller, country string) NumberLine {
	use := "screen.number.texts"
	switch {
	case c.Calls && c.Texts:
		use = "screen.number.both"
	case c.Calls:
		use = "screen.number.calls"
	}
	l := NumberLine{Shown: c.Shown, Use: locale.Text(lang, use, nil)}
	switch {
	case c.Dials() && c.Calls:
		l.Dial = c.Shown
	case c.Dials():
		l.Write = c.Shown
	}
	if strings.HasPrefix(c.Shown, "+") {
		l.Shown = phone.Format(c.Shown, country)
	}
	return l
}

// card is what goes into a telephone: every number that can be kept, those that are known first.
func (s *Server) card(z *buurtbel.Zone, note string) vcard.Card {
	c := vcard.Card{Name: z.Name, Note: note}
	for _, one := range s.o.Callers {
		if one.Dials() {
			c.Phones = append(c.Phones, vcard.Phone{Number: one.Shown, Calls: one.Calls, Texts: one.Texts})
		}
	}
	return c
}

// numberCard gives the visiting card to a telephone (RFC 6350).
func (v *visit) numberCard() error {
	z, err := v.numberZone()
	if err != nil {
		return err
	}
	lines, err := z.EmergencyLines()
	if err != nil {
		return err
	}
	back, urgent := callBackWords(v.lang, v.s.o.Callers, lines)
	card := v.s.card(z, back+" "+urgent)
	if len(card.Phones) == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/vcard; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="buurtbel.vcf"`)
	_, err = v.w.Write([]byte(card.String()))
	return err
}
