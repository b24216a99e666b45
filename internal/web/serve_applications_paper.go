package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/paper"
)

// pdf answers with a letter to print. It is never kept by the browser.
func (v *visit) pdf(name string, sheets ...paper.Sheet) error {
	out, err := paper.PDF(sheets...)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/pdf")
	v.w.Header().Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(out)
	return err
}

// sheet begins a letter in the applicant's language.
func (v *visit) sheet(o *joining.Opened, title string) (paper.Sheet, buurtbel.Language) {
	lang := o.App.Language
	home := o.Person.Home
	street := strings.TrimSpace(home.Street + " " + home.Number)
	if home.Box != "" {
		street = locale.Text(lang, "screen.applications.box", buurtbel.Args{"Home": street, "Box": home.Box})
	}
	s := paper.Sheet{From: []string{o.Network.Name, o.Zone.Name}, To: []string{o.Person.Name.Given + " " + o.Person.Name.Family, street, strings.TrimSpace(home.PostalCode + " " + home.Municipality)},
		Language: string(lang), Title: locale.Text(lang, title, buurtbel.Args{"Network": o.Network.Name})}
	if loc, err := o.Zone.Location(); err == nil {
		s.Date = locale.Date(lang, v.now, loc)
	}
	return s, lang
}

func (v *visit) addressLetter() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	p, err := v.s.o.Hall.AddressLetter(v.r.Context(), v.actor, v.roleFirst(), v.zone, id)
	if err != nil {
		return err
	}
	s, lang := v.sheet(&p.Opened, "screen.paper.letter-title")
	args := buurtbel.Args{"Network": p.Network.Name, "Zone": p.Zone.Name}
	text := func(key string) paper.Part { return paper.Part{Text: locale.Text(lang, key, args)} }
	s.Parts = []paper.Part{text("screen.paper.letter-1"), {Text: p.Code, Size: paper.Large}, text("screen.paper.letter-2"), text("screen.paper.letter-3")}
	return v.pdf("letter", s)
}

func (v *visit) welcomeLetter() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	p, err := v.s.o.Hall.WelcomeLetter(v.r.Context(), v.actor, v.roleFirst(), v.zone, id)
	if err != nil {
		return err
	}
	s, lang := v.sheet(&p.Opened, "message.join.welcome.subject")
	for i := range 3 {
		s.Parts = append(s.Parts, paper.Part{Text: locale.Text(lang, fmt.Sprint("screen.paper.welcome-", i+1), buurtbel.Args{"Network": p.Network.Name, "Zone": p.Zone.Name})})
	}
	return v.pdf("welcome", s)
}

// consentForm is the paper that the applicant signs: what the coordinator typed, what the data are for, and the rules.
func (v *visit) consentForm() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	outline, err := v.s.o.Hall.Outline(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	purpose, err := v.admitPurpose(outline.App.Network)
	if err != nil {
		return err
	}
	o, err := v.s.o.Hall.Open(v.r.Context(), v.actor, v.roleFirst(), v.zone, id, purpose)
	if err != nil {
		return err
	}
	was := v.lang
	v.lang = o.App.Language // the paper is the applicant's
	defer func() { v.lang = was }()
	s, err := v.consentSheet(o)
	if err != nil {
		return err
	}
	return v.pdf("consent", s)
}

func (v *visit) consentSheet(o *joining.Opened) (paper.Sheet, error) {
	s, lang := v.sheet(o, "screen.paper.consent-title")
	s.To = nil
	for _, f := range v.applicant(o) {
		s.Parts = append(s.Parts, paper.Part{Text: f.Name + ": " + f.Value, Size: paper.Tight})
	}
	heading := func(key string) {
		s.Parts = append(s.Parts, paper.Part{Text: locale.Text(lang, key, nil), Size: paper.Heading})
	}
	heading("screen.join.purpose-title")
	for i := range 5 {
		s.Parts = append(s.Parts, paper.Part{Text: "– " + v.t(fmt.Sprint("screen.join.purpose-", i+1), "Zone", o.Zone.Name, "Contact", cmp.Or(o.Zone.Contact, v.s.o.Link), "Network", o.Network.Name), Size: paper.Tight})
	}
	rules, err := v.rules(&joining.Where{Zone: o.Zone, Network: o.Network})
	if err != nil {
		return s, err
	}
	heading("screen.join.rules-title")
	s.Parts = append(s.Parts, paper.Part{Text: rules.name, Size: paper.Tight})
	for _, r := range rules.words {
		s.Parts = append(s.Parts, paper.Part{Text: "– " + r, Size: paper.Tight})
	}
	for i := range 3 {
		s.Parts = append(s.Parts, paper.Part{Text: locale.Text(lang, fmt.Sprint("screen.paper.consent-", i+1), nil), Size: paper.Tick})
	}
	s.Parts = append(s.Parts, paper.Part{Text: locale.Text(lang, "screen.paper.sign-name", nil), Size: paper.Sign}, paper.Part{Text: locale.Text(lang, "screen.paper.sign-date", nil), Size: paper.Sign})
	return s, nil
}
