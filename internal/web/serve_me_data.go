package web

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

func meIcon(k buurtbel.ContactKind) string {
	switch k {
	case buurtbel.Mailbox:
		return "mail"
	case buurtbel.Browser:
		return "monitor"
	case buurtbel.Mobile, buurtbel.Fixed:
	}
	return "phone"
}

// meAddress writes an address as a person knows it; a browser's says nothing to anybody.
func meAddress(c store.SelfContact, country string) string {
	switch c.Kind {
	case buurtbel.Browser:
		return ""
	case buurtbel.Mobile, buurtbel.Fixed:
		return phone.Format(c.Address, country)
	case buurtbel.Mailbox:
	}
	return c.Address
}

func (v *visit) meContacts(m mine) error { return v.meContactsPage(m, "") }

// meContactsPage lists contact points; sure is the one that is about to be removed.
func (v *visit) meContactsPage(m mine, sure string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	list, err := v.meContactsOf(m, s)
	if err != nil {
		return err
	}
	page := MeContacts{Mine: v.view(m, s), List: list, Add: m.base + "/contacts/add"}
	for i := range list {
		if list[i].ID == sure {
			page.Sure, page.Last = &list[i], working(s) == 1 && !list[i].Paused
		}
	}
	if page.Mails, err = v.meMails(m, s); err != nil {
		return err
	}
	f := v.meFrame(m, v.t("screen.me.contacts"))
	if v.r.Method == http.MethodGet && v.r.URL.Query().Get("said") == "mail" {
		f.Status = v.t("screen.mail.sent")
	}
	f.Path = m.base + "/contacts"
	return v.respond(http.StatusOK, f, page)
}

func (v *visit) meContact(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	id, err := buurtbel.ParseID(v.r.PostFormValue("contact"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	if mail, err := v.meMailDo(m, id); mail {
		return err
	}
	ctx, db := v.r.Context(), v.s.o.DB
	switch v.r.PostFormValue("do") {
	case "up":
		err = joining.MoveUp(ctx, db, v.actor, m.word, id)
	case "pause", "resume":
		err = joining.Pause(ctx, db, v.actor, m.word, id, v.r.PostFormValue("do") == "pause")
	case "remove":
		return v.meContactsPage(m, id.String())
	case "removes":
		err = joining.Remove(ctx, db, v.actor, m.word, id)
	default:
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err != nil {
		return err
	}
	return v.kept(m, "/contacts")
}

func (v *visit) meData(m mine) error { return v.meDataPage(m, http.StatusOK, "", "") }

// meDataPage shows what is kept of a member, and what was typed when something of it is wrong.
func (v *visit) meDataPage(m mine, status int, wrongName, wrongHome string) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeData{Mine: v.view(m, s), Keep: v.t("screen.me.keep", "Count", v.s.o.Periods.LeftDays())}
	value := func(field, kept string) string {
		if v.r.Method == http.MethodPost {
			return plain(v.r.PostFormValue(field))
		}
		return kept
	}
	page.Given = Field{Name: "given", Label: v.t("screen.me.given"), Auto: "given-name", Value: value("given", s.Name.Given), Error: wrongName}
	page.Family = Field{Name: "family", Label: v.t("screen.me.family"), Auto: "family-name", Value: value("family", s.Name.Family)}
	for i, f := range []struct{ name, kept, auto string }{{"street", s.Home.Street, "off"}, {"number", s.Home.Number, "off"}, {"box", s.Home.Box, "off"}, {"postal", s.Home.PostalCode, "postal-code"}, {"municipality", s.Home.Municipality, "address-level2"}} {
		field := Field{Name: f.name, Label: v.t("screen.me." + f.name), Auto: f.auto, Value: value(f.name, f.kept)}
		if i == 0 {
			field.Error = wrongHome
		}
		page.Home = append(page.Home, field)
	}
	if m.asked {
		if !v.coordinator(s.Member.Network) {
			page.Reason = Field{Name: "reason", Label: v.t("screen.tree.reason"), Hint: v.t("screen.tree.reason-hint")}
		}
	} else if page.Facts, page.Moving, err = v.meFacts(s); err != nil {
		return err
	}
	f := v.meFrame(m, v.t("screen.me.data"))
	f.Path = m.base + "/data"
	if v.r.Method == http.MethodGet {
		switch said := v.r.URL.Query().Get("said"); said {
		case joining.MovedInside, joining.MovedOutside, joining.MovedUnknown:
			f.Status = v.t("screen.me.moved-" + said)
		}
	}
	return v.respond(status, f, page)
}

// meFacts are what is kept of a member, as the page shows it to the member.
func (v *visit) meFacts(s *store.Self) (facts []Fact, moving string, err error) {
	network, waits, err := v.meNetwork(s)
	if err != nil {
		return nil, "", err
	}
	if waits {
		moving = v.t("screen.me.moving-waits")
	}
	facts = []Fact{{v.t("screen.me.name"), s.Name.Given + " " + s.Name.Family}, {v.t("screen.me.home"), meHome(s.Home)}, {v.t("screen.me.network"), network},
		{v.t("screen.me.joined"), locale.Date(v.lang, s.Joined, v.place())}}
	if s.Member.Household != 0 {
		facts = append(facts, Fact{v.t("screen.me.household"), v.t("screen.me.yes")})
	}
	return facts, moving, nil
}

func meHome(h store.Home) string {
	line := strings.TrimSpace(h.Street + " " + h.Number)
	if h.Box != "" {
		line += " / " + h.Box
	}
	return strings.Trim(line+", "+h.PostalCode+" "+h.Municipality, ", ")
}

func (v *visit) meChange(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	switch v.r.PostFormValue("do") {
	case "name":
		return v.meRename(m)
	case "home":
		return v.meMove(m)
	}
	return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
}

// line reads one line of text.
func (v *visit) line(name string, most int) (string, error) {
	text, err := v.typed(name, most)
	if err == nil && strings.ContainsAny(text, "\n\t") {
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.characters", nil)
	}
	return text, err
}

func (v *visit) meRename(m mine) error {
	given, err := v.line("given", 80)
	family, err2 := v.line("family", 80)
	if err == nil {
		err = err2
	}
	if err == nil {
		err = joining.Rename(v.r.Context(), v.s.o.DB, v.actor, m.word, store.Name{Given: given, Family: family})
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.meDataPage(m, http.StatusUnprocessableEntity, locale.Error(v.lang, err), "")
	}
	if err != nil {
		return err
	}
	return v.kept(m, "/data")
}

func (v *visit) meMove(m mine) error {
	var h store.Home
	var err error
	for name, into := range map[string]*string{"street": &h.Street, "number": &h.Number, "box": &h.Box, "postal": &h.PostalCode, "municipality": &h.Municipality} {
		text, wrong := v.line(name, 100)
		if wrong != nil {
			err = wrong
		}
		*into = text
	}
	found := ""
	if err == nil {
		found, err = joining.MoveHome(v.r.Context(), v.s.o.DB, v.actor, m.word, h)
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.meDataPage(m, http.StatusUnprocessableEntity, "", locale.Error(v.lang, err))
	}
	if err != nil {
		return err
	}
	return v.redirect(m.base + "/data?said=" + found)
}

func (v *visit) meJSON(m mine) error {
	r, err := v.record(m, "")
	if err != nil {
		return err
	}
	body, err := r.JSON()
	if err != nil {
		return err
	}
	return v.download("application/json; charset=utf-8", "buurtbel.json", body)
}

func (v *visit) mePDF(m mine) error {
	r, err := v.record(m, "")
	if err != nil {
		return err
	}
	return v.paper(r, v.lang)
}

func (v *visit) paper(r *guarding.Record, lang buurtbel.Language) error {
	country, err := v.country()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := r.Paper(lang, country, v.place()).PDF(&b); err != nil {
		return err
	}
	return v.download("application/pdf", "buurtbel.pdf", b.Bytes())
}

func (v *visit) meLooks(m mine) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeLooks{Mine: v.view(m, s)}
	var looks []store.LookedAt
	if err := v.read(func(tx *store.Tx) (err error) {
		looks, err = tx.LooksAt(m.word.Member, 200)
		return err
	}); err != nil {
		return err
	}
	for _, l := range looks {
		line := MeLook{When: locale.When(v.lang, l.At, v.now, v.place()), Who: v.t("screen.role." + string(l.Role)), Why: guarding.Purpose(v.lang, l.Purpose)}
		if l.Many > 1 {
			line.Many = v.t("screen.me.looks-many", "Count", l.Many)
		}
		page.List = append(page.List, line)
	}
	return v.respond(http.StatusOK, v.meFrame(m, v.t("screen.me.looks")), page)
}
