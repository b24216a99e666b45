package web

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// joinForm shows the application with what was typed and what to mend.
func (v *visit) joinForm(status int, where *joining.Where, f *joining.Form, wrong joining.Wrong, problem string, paper bool) error {
	rules, err := v.rules(where)
	if err != nil {
		return err
	}
	view := JoinForm{Action: "/join", Where: v.t("screen.join.where", "Network", where.Network.Name, "Street", where.Home.Street, "Number", where.Home.Number), Traders: f.Kind == buurtbel.Traders, Paper: paper,
		AdultYes: f.Adult, RulesYes: f.Rules, AdultBad: v.wrong(wrong, "adult"), RulesBad: v.wrong(wrong, "rules"), BasisName: v.wrong(wrong, "basis")}
	view.Rules, view.RulesName, view.RulesLang = rules.words, rules.name, rules.lang
	if where.Found == buurtbel.FoundRefer {
		view.Edge = v.t("screen.join.edge")
	}
	view.Kept = []Kept{{"street", f.Home.Street}, {"number", f.Home.Number}, {"postal", f.Home.PostalCode}, {"town", f.Home.Municipality}, {"kind", string(f.Kind)},
		{"rules-version", strconv.Itoa(rules.version)}, {"invitation", f.Invitation}}
	v.personFields(&view, f, wrong)
	v.wishFields(&view, f)
	for i := range 5 {
		view.Purpose = append(view.Purpose, v.t(fmt.Sprint("screen.join.purpose-", i+1), "Zone", where.Zone.Name, "Contact", cmp.Or(where.Zone.Contact, v.s.o.Link), "Network", where.Network.Name))
	}
	if len(wrong) > 0 && problem == "" {
		problem = v.t("screen.join.mend", "Count", len(wrong))
	}
	if paper {
		view.Action = "/applications/new"
		frame := v.frame(v.t("screen.join.paper-title"), Calm)
		frame.Path, frame.Problem = "/applications/new", problem
		return v.respond(status, frame, view)
	}
	return v.respond(status, v.plainFrame(v.t("screen.join.title"), "/join", problem), view)
}

func (v *visit) wrong(w joining.Wrong, name string) string {
	if w[name] == nil {
		return ""
	}
	return locale.Error(v.lang, w[name])
}

// ruleWords are a network's internal rules as a page shows them.
type ruleWords struct {
	version int
	name    string
	lang    string
	words   []string
}

func (v *visit) rules(where *joining.Where) (r ruleWords, err error) {
	var own store.HouseRules
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{Zone: where.Zone.ID}, func(tx *store.Tx) (err error) {
		own, err = tx.HouseRules(where.Network.ID)
		return err
	})
	text := v.rulesIn(where.Network, own)
	return ruleWords{own.Version, v.versionName(own.Version), text.Lang, text.Points}, err
}

func (v *visit) personFields(view *JoinForm, f *joining.Form, wrong joining.Wrong) {
	field := func(name, value, auto, kind string) Field {
		return Field{Name: name, Label: v.t("screen.join." + name), Value: value, Auto: auto, Type: kind, Error: v.wrong(wrong, name)}
	}
	view.Names = []Field{field("given", f.Given, "given-name", ""), field("family", f.Family, "family-name", "")}
	view.Shop = field("shop", f.Shop, "organization", "")
	view.Contacts = []Field{field("mobile", f.Mobile, "tel", "tel"), field("fixed", f.Fixed, "off", "tel"), field("second", f.Second, "off", "tel"), field("mailbox", f.Mailbox, "email", "email")}
	for i, hint := range []string{"mobile-hint", "fixed-hint", "", "mailbox-hint"} {
		if hint != "" {
			view.Contacts[i].Hint = v.t("screen.join." + hint)
		}
	}
	for _, b := range []buurtbel.Basis{buurtbel.Lives, buurtbel.Works} {
		view.Bases = append(view.Bases, Option{ID: string(b), Words: v.t("screen.join.basis-" + string(b)), Chosen: f.Basis == b})
	}
	for _, p := range []buurtbel.Post{buurtbel.PostShop, buurtbel.PostKeys} {
		view.Posts = append(view.Posts, Option{ID: string(p), Words: v.t("screen.shop.post-" + string(p)), Chosen: f.Post == p})
	}
	for _, l := range buurtbel.Languages {
		view.Languages = append(view.Languages, Option{ID: string(l), Words: v.t("screen.language.own." + string(l)), Chosen: f.Language == l})
	}
}

// wishWays are what a form offers for one urgency, by day and by night.
var wishWays = []struct {
	id    string
	by    buurtbel.By
	night bool
}{{"all", buurtbel.ByText | buurtbel.ByCall | buurtbel.ByMail, true}, {"text", buurtbel.ByText | buurtbel.ByMail, true}, {"call", buurtbel.ByCall, true}, {"later", buurtbel.Later, true}, {"nothing", buurtbel.Nothing, true}}

func (v *visit) wishFields(view *JoinForm, f *joining.Form) {
	for _, u := range buurtbel.Urgencies {
		choice, ok := f.Choices.Per[u]
		if !ok {
			choice = buurtbel.DefaultChoices[u]
		}
		view.Wishes = append(view.Wishes, Wish{v.t("screen.join.urgency-" + string(u)), v.t("screen.join.urgency-" + string(u) + "-note"),
			v.wishSelect(string(u)+"-day", "screen.join.by-day", choice.Day, false), v.wishSelect(string(u)+"-night", "screen.join.by-night", choice.Night, true)})
	}
	night := buurtbel.DefaultNight
	if f.Choices.Night != nil {
		night = *f.Choices.Night
	}
	view.Night = []Field{{Name: "night-from", Label: v.t("screen.join.night-from"), Type: "time", Value: wall(night.From)}, {Name: "night-until", Label: v.t("screen.join.night-until"), Type: "time", Value: wall(night.Until)}}
}

func wall(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func (v *visit) wishSelect(name, label string, by buurtbel.By, night bool) Select {
	s := Select{Name: name, Label: v.t(label)}
	for _, w := range wishWays {
		if w.by == buurtbel.Later && !night {
			continue
		}
		s.Options = append(s.Options, Option{ID: w.id, Words: v.t("screen.join.way-" + w.id), Chosen: w.by == by})
	}
	return s
}

// readForm reads the posted application.
func (v *visit) readForm(home store.Home, kind buurtbel.NetworkKind) (*joining.Form, error) {
	f := &joining.Form{Home: home, Kind: kind, Basis: buurtbel.Basis(v.r.PostFormValue("basis")), Post: buurtbel.Post(v.r.PostFormValue("post")), Language: buurtbel.Language(v.r.PostFormValue("language")),
		Adult: v.r.PostFormValue("adult") == "yes", Rules: v.r.PostFormValue("rules") == "yes", Invitation: v.r.PostFormValue("invitation")}
	for name, into := range map[string]*string{"given": &f.Given, "family": &f.Family, "shop": &f.Shop, "mobile": &f.Mobile, "fixed": &f.Fixed, "second": &f.Second, "mailbox": &f.Mailbox} {
		read := v.typed
		if into == &f.Mobile || into == &f.Fixed || into == &f.Second { // of what is no telephone number nothing is stored
			read = v.written
		}
		typed, err := read(name, 200)
		if err != nil {
			return nil, err
		}
		*into = strings.Join(strings.Fields(typed), " ")
	}
	if n, err := strconv.Atoi(v.r.PostFormValue("rules-version")); err == nil {
		f.RulesVersion = n
	}
	f.Choices = v.readChoices()
	return f, nil
}

func (v *visit) readChoices() buurtbel.Choices {
	c := buurtbel.Choices{Per: map[buurtbel.Urgency]buurtbel.Choice{}}
	for _, u := range buurtbel.Urgencies {
		choice := buurtbel.DefaultChoices[u]
		for _, w := range wishWays {
			if v.r.PostFormValue(string(u)+"-day") == w.id && w.by != buurtbel.Later {
				choice.Day = w.by
			}
			if v.r.PostFormValue(string(u)+"-night") == w.id {
				choice.Night = w.by
			}
		}
		if choice != buurtbel.DefaultChoices[u] {
			c.Per[u] = choice
		}
	}
	from, ok := minutes(v.r.PostFormValue("night-from"))
	until, ok2 := minutes(v.r.PostFormValue("night-until"))
	if night := (buurtbel.Hours{From: from, Until: until}); ok && ok2 && night != buurtbel.DefaultNight {
		c.Night = &night
	}
	return c
}

// minutes reads a wall time, such as 9:00 or 09.00.
func minutes(text string) (int, bool) {
	hour, minute, ok := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), ".", ":"), ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !ok || err != nil || err2 != nil || h < 0 || h > 24 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, false
	}
	return h*60 + m, true
}
