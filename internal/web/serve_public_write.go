package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// wishPlace finds the zone that looks after a street without a network, and the street's name.
func (v *visit) wishPlace(street buurtbel.ID) (zone buurtbel.ID, name string, err error) {
	t, err := v.town()
	if err != nil {
		return 0, "", err
	}
	var s store.Street
	var at buurtbel.Point
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		s, at, err = tx.StreetAt(street)
		return err
	})
	if err != nil {
		return 0, "", err
	}
	if zone = t.zones.ZoneAt(t.areas, at); zone == 0 {
		return 0, "", buurtbel.Fail(buurtbel.NotFound, "error.asking.street", nil)
	}
	return zone, s.Name + ", " + s.PostalCode + " " + s.Municipality, nil
}

// thanks answers a form: what became of it, and what to do when it is urgent after all (rule 5).
func (v *visit) thanks(path string, view Thanks) error {
	if view.Next.Href == "" {
		view.Next = Link{Words: v.t("screen.public.home"), Href: "/"}
	}
	f := v.public(view.Title, path)
	f.NoIndex = true
	return v.respond(http.StatusOK, f, view)
}

// writeForm is a form to somebody who stays hidden, with what was typed.
func (v *visit) writeForm(title, action string, n asking.Note) Write {
	return Write{Title: title, Action: action, Privacy: v.t("screen.public.write-privacy"),
		Name:    Field{Name: "name", Label: v.t("screen.public.write-name"), Hint: v.t("screen.public.write-optional"), Auto: "name", Value: n.Name},
		Mailbox: Field{Name: "email", Label: v.t("screen.field.email"), Hint: v.t("screen.public.write-answer"), Type: "email", Auto: "email", Value: n.Mailbox},
		Text:    Field{Name: "text", Label: v.t("screen.public.write-text"), Rows: 6, Value: n.Text}}
}

// note reads what was written.
func (v *visit) note() (n asking.Note, err error) {
	if err = v.form(); err != nil {
		return n, err
	}
	for _, f := range []struct {
		name string
		most int
		into *string
	}{{"name", asking.MostName, &n.Name}, {"email", 254, &n.Mailbox}, {"text", asking.MostText, &n.Text}} {
		if *f.into, err = v.typed(f.name, f.most); err != nil {
			return n, err
		}
	}
	n.Language = v.lang
	return n, v.writes()
}

// writes counts something that is about to be sent: before, so that many at the same moment count as many. What was typed wrong costs
// nobody a share: see unwrote.
func (v *visit) writes() error {
	if err := v.s.writes.pass(v.origin(), v.now); err != nil {
		return err
	}
	return v.s.written.pass(v.origin(), v.now)
}

// unwrote gives a share back for what was not sent.
func (v *visit) unwrote() {
	v.s.writes.back(v.origin())
	v.s.written.back(v.origin())
}

// mend puts an error beside its field; it is false for an error that no typing mends.
func (w *Write) mend(lang buurtbel.Language, err error) bool {
	switch buurtbel.KeyOf(err) {
	case "error.asking.mailbox":
		w.Mailbox.Error = locale.Error(lang, err)
	case "error.asking.empty":
		w.Text.Error = locale.Error(lang, err)
	default:
		return false
	}
	return true
}

func (v *visit) writeNetwork() error { return v.writeNetworkPage(http.StatusOK, asking.Note{}, nil) }

func (v *visit) writeNetworkPage(status int, n asking.Note, wrong error) error {
	t, network, err := v.known()
	if err != nil {
		return err
	}
	path := "/networks/" + network.ID.String() + "/write"
	view := v.writeForm(v.t("screen.public.write-network", "Network", network.Name), path, n)
	view.Lead, view.Who = v.t("screen.public.write-network-lead"), v.t("screen.public.write-network-who")
	if wrong != nil && !view.mend(v.lang, wrong) {
		return wrong
	}
	if view.Lines, err = v.phones(t, t.zones[network.Zone]); err != nil {
		return err
	}
	return v.respond(status, v.public(view.Title, path), view)
}

func (v *visit) writeNetworkNow() error {
	n, err := v.note()
	if err != nil {
		return err
	}
	t, network, err := v.known()
	if err != nil {
		v.unwrote()
		return err
	}
	if err := v.s.o.Ask.WriteToNetwork(v.r.Context(), network.Zone, network.ID, n); err != nil {
		v.unwrote()
		return v.writeNetworkPage(http.StatusUnprocessableEntity, n, err)
	}
	return v.sent(t, "/networks/"+network.ID.String())
}

func (v *visit) sent(t town, path string) error {
	lines, err := v.phones(t, nil)
	if err != nil {
		return err
	}
	return v.thanks(path, Thanks{Title: v.t("screen.public.written"), Says: []string{v.t("screen.public.written-text")}, Lines: lines})
}

func (v *visit) contact() error { return v.contactPage(http.StatusOK, asking.Note{}, nil) }

func (v *visit) contactPage(status int, n asking.Note, wrong error) error {
	t, err := v.town()
	if err != nil {
		return err
	}
	view := v.writeForm(v.t("screen.public.contact"), "/contact", n)
	view.Lead, view.Who = v.t("screen.public.contact-lead"), v.t("screen.public.contact-who")
	if wrong != nil && !view.mend(v.lang, wrong) {
		return wrong
	}
	if len(t.zones) > 1 {
		for id, z := range t.zones {
			view.Zones = append(view.Zones, Option{ID: id.String(), Words: z.Name, Chosen: id.String() == v.r.PostFormValue("zone")})
		}
		slices.SortFunc(view.Zones, func(a, b Option) int { return strings.Compare(a.Words, b.Words) })
	}
	if view.Lines, err = v.phones(t, nil); err != nil {
		return err
	}
	return v.respond(status, v.public(view.Title, "/contact"), view)
}

func (v *visit) contactNow() error {
	n, err := v.note()
	if err != nil {
		return err
	}
	t, err := v.town()
	if err != nil {
		return err
	}
	zone := t.first()
	if id, err := buurtbel.ParseID(v.r.PostFormValue("zone")); err == nil && t.zones[id] != nil {
		zone = id
	}
	if zone == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.zone.none", nil)
	}
	if err := v.s.o.Ask.WriteToPolice(v.r.Context(), zone, n); err != nil {
		v.unwrote()
		return v.contactPage(http.StatusUnprocessableEntity, n, err)
	}
	return v.sent(t, "/contact")
}

// remarkNow keeps what somebody thinks of a page. Nobody is asked who.
func (v *visit) remarkNow() error {
	if err := v.form(); err != nil {
		return err
	}
	text, err := v.typed("remark", asking.MostRemark)
	if err != nil {
		return err
	}
	if err := v.writes(); err != nil {
		return err
	}
	t, err := v.town()
	if err != nil {
		return err
	}
	page := local(v.r.PostFormValue("page"))
	if err := v.s.o.Ask.Remark(v.r.Context(), t.first(), page, text); err != nil {
		v.unwrote()
		return err
	}
	return v.thanks(page, Thanks{Title: v.t("screen.public.remark-thanks"), Says: []string{v.t("screen.public.remark-thanks-text")}, Next: Link{Words: v.t("screen.public.back"), Href: page}})
}

// remarks is the administrator's list of what people think of the pages.
func (v *visit) remarks() error {
	list, err := v.s.o.Ask.Remarks(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	t, err := v.town()
	if err != nil {
		return err
	}
	loc := time.UTC
	if z := t.zones[v.zone]; z != nil {
		if loc, err = z.Location(); err != nil {
			return err
		}
	}
	var view Remarks
	for _, m := range list {
		line := RemarkLine{Page: m.Page, Text: m.Text, When: locale.When(v.lang, m.At, v.now, loc), Done: !m.Done.IsZero()}
		if !line.Done {
			line.Action = "/remarks/" + m.ID.String()
		}
		view.List = append(view.List, line)
	}
	f := v.frame(v.t("screen.remarks.title"), Calm)
	f.Sheet = "public"
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) remarkDone() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.s.o.Ask.Settle(v.r.Context(), v.actor, v.zone, id); err != nil {
		return err
	}
	return v.redirect("/remarks")
}

// wanted shows the police where people would like a network.
func (v *visit) wanted() error {
	list, rest, err := v.s.o.Ask.Wants(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	t, err := v.town()
	if err != nil {
		return err
	}
	var own []*buurtbel.Network
	for _, n := range t.active(v) {
		if n.Zone == v.zone {
			own = append(own, n)
		}
	}
	view := Wants{Drawing: v.draw(t, own, nil, list)}
	for _, w := range list {
		line := WantLine{Street: w.Street, Place: w.PostalCode + " " + w.Municipality, Kind: v.t("screen.public.kind-" + string(w.Kind)), Count: w.Wishes}
		if line.Street == "" {
			line.Street = v.t("screen.wanted.other-streets")
		}
		view.List = append(view.List, line)
	}
	if rest > 0 {
		view.Rest = v.t("screen.wanted.rest", "Count", asking.Threshold)
	}
	f := v.frame(v.t("screen.wanted.title"), Calm)
	f.Sheet = "public"
	return v.respond(http.StatusOK, f, view)
}

// publicCards say on the first page what the public asked and wrote.
func (v *visit) publicCards(tx *store.Tx, may bool) ([]Card, error) {
	if !may {
		return nil, nil
	}
	var out []Card
	demands, err := tx.Demands()
	if err != nil {
		return nil, err
	}
	wishes := 0
	for _, d := range demands {
		wishes += d.Wishes
	}
	if wishes >= asking.Threshold {
		out = append(out, Card{Count: wishes, Title: v.t("screen.start.wanted", "Count", wishes), Text: v.t("screen.start.wanted-text"), Action: v.t("screen.start.wanted-do"), Href: "/wanted"})
	}
	n, err := tx.CountRemarks()
	if err == nil && n > 0 {
		out = append(out, Card{Count: n, Title: v.t("screen.start.remarks", "Count", n), Text: v.t("screen.start.remarks-text"), Action: v.t("screen.start.remarks-do"), Href: "/remarks"})
	}
	return out, err
}
