package web

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/paper"
	"github.com/buurtbel/buurtbel/internal/store"
)

// keepRoutes say what is kept, how long and why, and keep the register of breaches.
func (s *Server) keepRoutes() []route {
	return []route{
		{method: "GET", path: "/retention", may: buurtbel.MayReadLog, handler: (*visit).keep},
		{method: "GET", path: "/retention/{category}", may: buurtbel.MayReadLog, handler: (*visit).keepOne},
		{method: "GET", path: "/retention/{category}/paper", may: buurtbel.MayReadLog, handler: (*visit).keepPaper},
		{method: "GET", path: "/breaches", may: buurtbel.MayRegister, handler: (*visit).breaches},
		{method: "POST", path: "/breaches", may: buurtbel.MayRegister, handler: (*visit).enterBreach},
		{method: "GET", path: "/breaches/{id}", may: buurtbel.MayRegister, handler: (*visit).breach},
		{method: "POST", path: "/breaches/{id}", may: buurtbel.MayRegister, handler: (*visit).mendBreach},
	}
}

func (v *visit) keeping() ([]guarding.Kept, error) {
	return guarding.Keeping(v.r.Context(), v.s.o.DB, v.actor, v.zone, v.s.o.Periods)
}

// keep is the page of what is erased when.
func (v *visit) keep() error {
	kept, err := v.keeping()
	if err != nil {
		return err
	}
	page := Keep{Daily: v.t("screen.keep.daily")}
	for _, k := range kept {
		page.Lines = append(page.Lines, KeepLine{v.t("screen.keep." + k.Key), "/retention/" + k.Key, v.keptFor(k), v.keptUntil(k), k.Count})
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.keep.title"), Calm), page)
}

func (v *visit) keptFor(k guarding.Kept) string {
	if k.Days == 0 {
		return v.t("screen.keep.while-member")
	}
	return v.t("screen.keep.days", "Count", k.Days)
}

// keptUntil says when the oldest of a category is erased: today's round takes what is due.
func (v *visit) keptUntil(k guarding.Kept) string {
	switch {
	case k.Next.IsZero():
		return v.t("screen.keep.nothing-due")
	case !k.Next.After(v.now):
		return v.t("screen.keep.next-round")
	}
	return locale.Date(v.lang, k.Next, v.place())
}

func (v *visit) category() (guarding.Kept, error) {
	kept, err := v.keeping()
	if err != nil {
		return guarding.Kept{}, err
	}
	i := slices.IndexFunc(kept, func(k guarding.Kept) bool { return k.Key == v.r.PathValue("category") })
	if i < 0 {
		return guarding.Kept{}, buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	return kept[i], nil
}

// keepFacts are what the law wants told of a category: controller, ground, recipients, how long, supervisor (GDPR, articles 13 and 30).
func (v *visit) keepFacts(k guarding.Kept) ([]Fact, error) {
	var zone *buurtbel.Zone
	err := v.read(func(tx *store.Tx) (err error) {
		zone, err = tx.Zone()
		return err
	})
	if err != nil {
		return nil, err
	}
	controller := zone.Name
	if zone.Contact != "" {
		controller += ", " + zone.Contact
	}
	supervisor, err := v.supervisor(zone)
	if err != nil {
		return nil, err
	}
	var who []string
	for _, w := range k.Who {
		who = append(who, v.t("screen.keep.who-"+w))
	}
	return []Fact{{v.t("screen.keep.what"), v.t("screen.keep.has-" + k.Key)}, {v.t("screen.keep.why"), v.t("screen.keep.for-" + k.Key)}, {v.t("screen.keep.controller"), controller},
		{v.t("screen.keep.ground"), v.t("screen.keep.ground-" + k.Ground)}, {v.t("screen.keep.who"), locale.List(v.lang, who)}, {v.t("screen.keep.period"), v.keptFor(k)},
		{v.t("screen.keep.next"), v.keptUntil(k)}, {v.t("screen.keep.safe"), v.t("screen.keep.safe-text")}, {v.t("screen.keep.rights"), v.t("screen.keep.rights-text")},
		{v.t("screen.keep.supervisor"), supervisor}}, nil
}

// supervisor names the supervisory authority of a zone's country for police, in the reader's language when it has a name there.
func (v *visit) supervisor(z *buurtbel.Zone) (string, error) {
	c, err := buurtbel.CountryProfile(z.Country)
	if err != nil {
		return "", err
	}
	return c.Supervisor.Named(v.lang) + ", " + c.Supervisor.Address + ", " + c.Supervisor.Web, nil
}

func (v *visit) keepOne() error {
	k, err := v.category()
	if err != nil {
		return err
	}
	facts, err := v.keepFacts(k)
	if err != nil {
		return err
	}
	name := v.t("screen.keep." + k.Key)
	return v.respond(http.StatusOK, v.frame(name, Calm), KeepOne{Name: name, Lead: v.t("screen.keep.lead"), Facts: facts, Paper: "/retention/" + k.Key + "/paper", Back: "/retention"})
}

func (v *visit) keepPaper() error {
	k, err := v.category()
	if err != nil {
		return err
	}
	facts, err := v.keepFacts(k)
	if err != nil {
		return err
	}
	d := &paper.Document{Language: v.lang, Title: v.t("screen.keep." + k.Key), Lead: v.t("screen.keep.lead"), Made: v.now, Foot: locale.Date(v.lang, v.now, v.place())}
	s := paper.Section{Title: v.t("screen.keep.title")}
	for _, f := range facts {
		s.Rows = append(s.Rows, paper.Row{Name: f.Name, Value: f.Value})
	}
	d.Sections = []paper.Section{s}
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		return err
	}
	return v.download("application/pdf", "buurtbel-"+k.Key+".pdf", b.Bytes())
}
