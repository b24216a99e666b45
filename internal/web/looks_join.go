package web

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// joining are the pages of who wishes to join an invented network.
func (s sample) joining(f Frame, name string) (Frame, Page) {
	f.Shape, f.Places, f.HandOver, f.Person, f.Zone, f.Title = Bare, nil, "", "", "", s.t("join.title")
	switch name {
	case "join", "join-none":
		view := JoinStart{Action: "/looks/join-form", Kinds: []Option{{ID: "residents", Words: s.t("join.kind-residents"), Chosen: true}, {ID: "traders", Words: s.t("join.kind-traders")}}}
		for _, one := range homeFields {
			view.Fields = append(view.Fields, Field{Name: one.name, Label: s.t("join." + one.key), Auto: one.auto})
		}
		view.Fields[1].Hint = s.t("join.number-hint")
		if name == "join-none" {
			view.Outcome, view.Next = s.t("join.outcome-none"), s.t("join.outcome-none-next")
		}
		return f, view
	case "join-form", "join-mend":
		view := s.joinForm(&f, name == "join-mend")
		return f, view
	case "join-verify":
		f.Title = s.t("join.verify-title")
		return f, JoinTap{Text: []string{s.t("join.verify", "Network", "BIN Kerkveld")}, Action: "/x", Words: s.t("join.verify-do")}
	case "shop":
		return s.shop(f)
	}
	f.Title = s.t("join.page-title", "Network", "BIN Kerkveld")
	if name == "join-member" {
		return f, JoinPage{Lead: s.t("join.state-accepted", "Network", "BIN Kerkveld"), Me: "/looks/me"}
	}
	f.Status = s.t("join.sent")
	return f, JoinPage{Lead: s.t("join.state-asked", "Network", "BIN Kerkveld"), Question: "Op de brievenbus staat een andere naam. Woont u bij iemand in?", Answers: "/x",
		Answer: Field{Name: "answer", Label: s.t("join.answer"), Rows: 4}, Proofs: s.joinProofs(), Withdraw: "/x"}
}

func (s sample) joinProofs() []OwnProof {
	code := Field{Name: "code", Label: s.t("join.code"), Auto: "one-time-code", Mode: "numeric"}
	return []OwnProof{
		{Name: s.t("join.contact-mobile", "Address", "0455 … 11"), State: s.t("join.proof-done"), Done: true},
		{Name: s.t("join.contact-fixed", "Address", "02 0 … 13"), State: s.t("join.proof-open"), Contact: "1", Enter: "/x", Send: "/x", Code: code, Hint: s.t("join.on-its-way-fixed", "Time", "14:15"), Ways: []Option{{ID: "voice", Words: s.t("join.send-voice")}}},
		{Name: s.t("join.contact-mailbox", "Address", "l…@example.org"), State: s.t("join.proof-open"), Contact: "2", Send: "/x", Hint: s.t("join.ask-mailbox"), Ways: []Option{{ID: "email", Words: s.t("join.send-email")}}},
		{Name: s.t("join.address"), State: s.t("join.proof-open"), Enter: "/x", Hint: s.t("join.letter-hint"), Code: Field{Name: "code", Label: s.t("join.letter-code"), Auto: "off"}}}
}

func (s sample) joinForm(f *Frame, mend bool) JoinForm {
	field := func(name, value, kind string) Field {
		return Field{Name: name, Label: s.t("join." + name), Value: value, Type: kind}
	}
	v := JoinForm{Action: "/looks/join-page", Where: s.t("join.where", "Network", "BIN Kerkveld", "Street", "Kerkstraat", "Number", "12"), Traders: mend, Shop: field("shop", "", ""),
		Names: []Field{field("given", "Lies", ""), field("family", "", "")}, Contacts: []Field{field("mobile", "0455 00 00 1", "tel"), field("fixed", "", "tel"), field("second", "", "tel"), field("mailbox", "", "email")},
		RulesName: s.t("join.rules-standard"), Kept: []Kept{{"street", "Kerkstraat"}},
		Bases: []Option{{ID: "lives", Words: s.t("join.basis-lives"), Chosen: true}, {ID: "works", Words: s.t("join.basis-works")}},
		Posts: []Option{{ID: "shop", Words: s.t("shop.post-shop"), Chosen: true}, {ID: "keys", Words: s.t("shop.post-keys")}}}
	v.Contacts[0].Hint, v.Contacts[1].Hint, v.Contacts[3].Hint = s.t("join.mobile-hint"), s.t("join.fixed-hint"), s.t("join.mailbox-hint")
	if mend {
		f.Problem, v.Edge = s.t("join.mend", "Count", 3), s.t("join.edge")
		v.Names[1].Error, v.Contacts[0].Error = s.own("error.join.family"), s.own("error.phone.too-short")
		v.RulesBad = s.own("error.join.rules")
	}
	for _, l := range buurtbel.Languages {
		v.Languages = append(v.Languages, Option{ID: string(l), Words: s.t("language.own." + string(l)), Chosen: l == s.lang})
	}
	for _, u := range buurtbel.Urgencies {
		options := []Option{{ID: "all", Words: s.t("join.way-all")}, {ID: "later", Words: s.t("join.way-later")}}
		v.Wishes = append(v.Wishes, Wish{s.t("join.urgency-" + string(u)), s.t("join.urgency-" + string(u) + "-note"), Select{string(u) + "-day", s.t("join.by-day"), options[:1]},
			Select{string(u) + "-night", s.t("join.by-night"), options}})
	}
	v.Night = []Field{{Name: "night-from", Label: s.t("join.night-from"), Type: "time", Value: "22:00"}, {Name: "night-until", Label: s.t("join.night-until"), Type: "time", Value: "07:00"}}
	for i := range 5 {
		v.Purpose = append(v.Purpose, s.t(fmt.Sprint("join.purpose-", i+1), "Zone", sampleZone, "Contact", "politie@example.org", "Network", "BIN Kerkveld"))
	}
	for i := range 6 {
		v.Rules = append(v.Rules, s.t(fmt.Sprint("join.rule-", i+1)))
	}
	return v
}

func (s sample) shop(f Frame) (Frame, Page) {
	f.Title = "Bakkerij De Kroon"
	v := ShopPage{Name: f.Title, Now: s.t("shop.open"), Hours: "/x", Staff: "/x", Invite: "/x", Mailbox: Field{Name: "mailbox", Label: s.t("shop.mailbox"), Hint: s.t("join.invite-hint"), Type: "email"},
		People: []ShopLine{{"1", "Lies", s.t("shop.post-shop"), "keys", s.t("shop.to-keys"), true}, {"2", "Karim", s.t("shop.post-keys"), "shop", s.t("shop.to-shop"), false}}}
	for i := range 7 {
		d := (i + 1) % 7
		v.Days = append(v.Days, Field{Name: fmt.Sprint("day-", d), Label: s.t(fmt.Sprint("shop.day-", d)), Value: "09:00-12:30, 13:30-18:00"})
	}
	v.Days[6].Value = ""
	return f, v
}

// applications are the desk of who decides.
func (s sample) applications(f Frame, name string) (Frame, Page) {
	f.Title, f.Role = s.t("applications.title"), s.t("role.coordinator")
	missing := []string{s.t("applications.missing-address")}
	if name == "applications" {
		return f, Applications{New: "/x", Lines: []ApplicationLine{{"vandaag 09.14 uur", "BIN Kerkveld", s.t("applications.state-ready"), s.t("applications.missing", "What", missing[0]), "/looks/application", "/looks/application"},
			{"20 november, 18.02 uur", "BIN-Z Marktplein", s.t("applications.state-referred"), "", "/looks/application-officer", ""}}}
	}
	f.Title = s.t("applications.one")
	v := ApplicationPage{Lead: s.t("applications.lead", "Network", "BIN Kerkveld", "State", s.t("applications.state-ready")), Open: "/x", Missing: missing,
		History: []Fact{{s.t("applications.fact-applied"), "vandaag 09.14 uur · " + s.t("applications.found-inside")}, {s.t("applications.fact-rules"), "vandaag 09.14 uur · " + s.t("join.rules-standard")},
			{s.t("applications.fact-proved"), "vandaag 09.16 uur"}}}
	if name == "application-officer" {
		f.Role = s.t("role.officer")
		v.Reason = Field{Name: "reason", Label: s.t("names.reason"), Hint: s.t("applications.reason-hint")}
		return f, v
	}
	v.Opened, v.Accept, v.Knows, v.Decide, v.Letter, v.Consent, v.Proofs = true, true, true, "/x", "/x", "/x", s.joinProofs()
	v.Person = []Fact{{s.t("applications.name"), "Lies Wouters"}, {s.t("applications.basis-lives"), "Kerkstraat 12, 9999 Vlierbeek"}, {s.t("lost.kind-mobile"), "0455 00 00 11"}, {s.t("lost.kind-fixed"), "02 000 01 13"}}
	for _, g := range buurtbel.DeclineGrounds {
		v.Grounds = append(v.Grounds, Option{ID: string(g), Words: s.t("applications.ground-" + string(g))})
	}
	v.Ask = Field{Name: "question", Label: s.t("applications.question"), Hint: s.t("applications.question-hint"), Rows: 3}
	v.Refer = Field{Name: "refer", Label: s.t("applications.refer-why"), Rows: 3}
	v.Notes = []Said{{string(s.lang), s.t("applications.fact-answered") + ": Ik woon in bij mijn moeder."}}
	return f, v
}
