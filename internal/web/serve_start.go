package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	lately    = 7 * 24 * time.Hour  // of alerts, on the first page
	lostSince = 90 * 24 * time.Hour // of contact points
	lastFew   = 5
	seen      = "seen" // state of a text that somebody settled on the desk
)

// start is the first page: what waits for this person, the most important first.
func (v *visit) start() error {
	f := v.frame("", Calm)
	name, _, _ := strings.Cut(f.Person, " ")
	view := Start{Greeting: v.t("screen.start.greeting", "Name", name), Words: v.t("screen.start.quiet")}
	if name == "" {
		view.Greeting = v.t("screen.start.greeting-plain")
	}
	relays, err := v.bulletinCards()
	if err != nil {
		return err
	}
	err = v.read(func(tx *store.Tx) error {
		d, err := v.overview(tx)
		if err != nil {
			return err
		}
		d.relays = relays
		if n := len(d.running()); n > 0 {
			view.Words = v.t("screen.start.running", "Count", n)
		}
		view.Cards, err = v.cards(tx, d)
		return err
	})
	if err != nil {
		return err
	}
	f.Title = view.Greeting
	return v.respond(http.StatusOK, f, view)
}

// overview is what the first page of any role is made from.
type overview struct {
	loc      *time.Location
	networks []*buurtbel.Network
	alerts   []*buurtbel.Alert // of the last days, newest first
	relays   []Card            // what waits to be relayed
}

func (v *visit) overview(tx *store.Tx) (*overview, error) {
	d := &overview{}
	zone, err := tx.Zone()
	if err != nil {
		return nil, err
	}
	if d.loc, err = zone.Location(); err != nil {
		return nil, err
	}
	if d.networks, err = tx.Networks(); err != nil {
		return nil, err
	}
	alerts, err := tx.Alerts(50)
	for _, a := range alerts {
		if v.now.Sub(a.At) < lately || a.State == buurtbel.AlertRunning {
			d.alerts = append(d.alerts, a)
		}
	}
	return d, err
}

func (d *overview) running() []*buurtbel.Alert {
	var out []*buurtbel.Alert
	for _, a := range d.alerts {
		if a.State == buurtbel.AlertRunning || a.State == buurtbel.AlertWaiting {
			out = append(out, a)
		}
	}
	return out
}

// cards lists the cards that the person's rights give, the first of the leading role first.
func (v *visit) cards(tx *store.Tx, d *overview) ([]Card, error) {
	var out []Card
	wholeZone := func(p buurtbel.Permission) bool { return v.actor.May(p, v.scope(), v.now) == nil }
	if wholeZone(buurtbel.MayFeedback) {
		cards, err := v.debtCards(tx, d)
		if err != nil {
			return nil, err
		}
		out = append(out, cards...)
	}
	if wholeZone(buurtbel.MayLaunch) {
		out = append(out, Card{Title: v.t("screen.start.new"), Text: v.t("screen.start.new-text"), Action: v.t("screen.start.new-do"), Href: "/dispatch", Key: "F2"})
	}
	if wholeZone(buurtbel.MaySeeAlerts) {
		out = append(out, v.runningCards(d)...)
	}
	drills, err := v.exerciseCards(tx, d)
	if err != nil {
		return nil, err
	}
	out = append(out, drills...)
	if wholeZone(buurtbel.MayAnswerLost) {
		cards, err := v.textCards(tx, d)
		if err != nil {
			return nil, err
		}
		out = append(out, cards...)
	}
	if wholeZone(buurtbel.MayRegister) {
		cards, err := v.breachCards(tx)
		if err != nil {
			return nil, err
		}
		out = append(out, cards...)
	}
	if wholeZone(buurtbel.MayConfigure) {
		out = append(out, Card{Title: v.t("screen.start.templates"), Text: v.t("screen.start.templates-text"), Action: v.t("screen.start.templates-do"), Href: "/templates"})
	}
	if wholeZone(buurtbel.MayConfigure) && wholeZone(buurtbel.MaySeeAlerts) {
		out = append(out, Card{Title: v.t("screen.exercises.title"), Text: v.t("screen.start.exercises-text"), Action: v.t("screen.start.exercises-do"), Href: "/exercises"})
	}
	public, err := v.publicCards(tx, wholeZone(buurtbel.MayConfigure))
	if err != nil {
		return nil, err
	}
	out = append(out, public...)
	out = append(out, d.relays...)
	waiting, err := v.applicationCards(tx, d)
	if err != nil {
		return nil, err
	}
	out = append(out, waiting...)
	rules, err := v.rulesCards(tx, d)
	if err != nil {
		return nil, err
	}
	out = append(out, rules...)
	own, err := v.networkCards(tx, d)
	if err != nil {
		return nil, err
	}
	out = append(append(out, own...), v.carrierCards(len(own) > 0)...)
	if len(out) > 0 {
		v.putFirst(out)
	}
	return out, nil
}

// putFirst marks the one next action: for a dispatcher the new alert, else the first card.
func (v *visit) putFirst(cards []Card) {
	if v.roleFirst() == buurtbel.RoleDispatcher {
		for i := range cards {
			if cards[i].Key == "F2" {
				cards[i].First = true
				return
			}
		}
	}
	cards[0].First = true
}

// debtCards are open debts, and alerts of the last days that departed from the plan.
func (v *visit) debtCards(tx *store.Tx, d *overview) ([]Card, error) {
	var out []Card
	debts, err := tx.OpenDebts()
	if err != nil {
		return nil, err
	}
	if n := len(debts); n > 0 {
		out = append(out, Card{Count: n, Title: v.t("screen.start.debts", "Count", n), Text: v.t("screen.start.debts-text"), Action: v.t("screen.start.debts-do"), Href: "/debts", Key: "F4"})
	}
	for _, a := range d.alerts {
		if a.OffPlan != "" && len(out) <= lastFew {
			out = append(out, Card{Title: v.t("screen.start.off-plan"), Text: v.subject(d.networks, a) + " · " + locale.When(v.lang, a.At, v.now, d.loc) + " · " + a.OffPlan,
				Action: v.t("screen.debts.journal"), Href: "/alerts/" + a.ID.String() + "/journal"})
		}
	}
	return out, nil
}

func (v *visit) runningCards(d *overview) []Card {
	var out []Card
	for _, a := range d.running() {
		if len(out) < lastFew {
			out = append(out, Card{Title: v.subject(d.networks, a), Text: v.t("screen.start.since", "When", locale.When(v.lang, a.At, v.now, d.loc)),
				Action: v.t("screen.start.follow"), Href: "/alerts/" + a.ID.String()})
		}
	}
	return out
}

// textCards count the texts that came back and that nobody at the desk has seen.
func (v *visit) textCards(tx *store.Tx, d *overview) ([]Card, error) {
	var out []Card
	for _, a := range d.alerts {
		texts, err := tx.TextsOf(a.ID, 200)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, in := range texts {
			if in.State != seen {
				n++
			}
		}
		if n > 0 && len(out) < lastFew {
			out = append(out, Card{Count: n, Title: v.t("screen.start.texts", "Count", n), Text: v.subject(d.networks, a), Action: v.t("screen.start.texts-do"), Href: "/alerts/" + a.ID.String()})
		}
	}
	return out, nil
}

// networkCards are a coordinator's: contact points lost, and the last alerts of the own networks.
func (v *visit) networkCards(tx *store.Tx, d *overview) ([]Card, error) {
	own := v.coordinates(d.networks)
	if len(own) == 0 {
		return nil, nil
	}
	n := 0
	for _, network := range own {
		lost, err := tx.LostContacts(network.ID, v.now.Add(-lostSince))
		if err != nil {
			return nil, err
		}
		n += len(lost)
	}
	var out []Card
	if n > 0 {
		out = append(out, Card{Count: n, Title: v.t("screen.start.lost", "Count", n), Text: v.t("screen.start.lost-text"), Action: v.t("screen.start.lost-do"), Href: "/lost"})
	}
	if cards, err := v.moveCards(tx, own); err == nil {
		out = append(out, cards...)
	} else {
		return nil, err
	}
	if cards, err := v.treeCards(tx, own); err == nil {
		out = append(out, cards...)
	} else {
		return nil, err
	}
	for _, a := range d.alerts {
		if len(out) <= lastFew && wentOut(a) && len(chosen(own, a.Networks)) > 0 {
			out = append(out, Card{Title: v.subject(d.networks, a), Text: v.t("screen.start.sent", "When", locale.When(v.lang, a.At, v.now, d.loc)),
				Action: v.t("screen.start.sent-do"), Href: ownPath(a.ID)})
		}
	}
	return out, nil
}

// coordinates gives the networks of which the person is coordinator or deputy now.
func (v *visit) coordinates(all []*buurtbel.Network) []*buurtbel.Network {
	var out []*buurtbel.Network
	for _, n := range all {
		if v.coordinator(n.ID) {
			out = append(out, n)
		}
	}
	return out
}

func (v *visit) coordinator(network buurtbel.ID) bool {
	for _, m := range v.actor.Mandates {
		if m.Role != buurtbel.RoleCoordinator && m.Role != buurtbel.RoleDeputy || m.Network != 0 && m.Network != network {
			continue
		}
		one := buurtbel.Actor{Person: v.actor.Person, Mandates: []buurtbel.Mandate{m}}
		if one.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: network}, v.now) == nil {
			return true
		}
	}
	return false
}

// subject says what an alert is about: the fact, and where.
func (v *visit) subject(networks []*buurtbel.Network, a *buurtbel.Alert) string {
	key := "template.fact." + string(a.Fact)
	if !locale.Has(key) {
		key = "template.fact.other"
	}
	what := v.t("screen.alert.subject", "What", v.t(key), "Where", names(v.lang, chosen(networks, a.Networks)))
	if a.Exercise {
		return v.t("screen.frame.drill") + ": " + what
	}
	return what
}
