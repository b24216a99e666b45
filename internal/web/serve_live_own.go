package web

import (
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// ownPath is where a coordinator reads what became of an alert in the own network.
func ownPath(alert buurtbel.ID) string { return "/alerts/" + alert.String() + "/network" }

// wentOut tells whether an alert left the desk: one that waits for a second person, or that the second person refused, nobody outside sees.
func wentOut(a *buurtbel.Alert) bool {
	return a.State != buurtbel.AlertWaiting && a.State != buurtbel.AlertRefused
}

// ownNetwork shows what the members of the networks of which the visitor may see names received, and how many of them were not reached
// (rule 14). It opens no name and tells nothing of other networks.
func (v *visit) ownNetwork() error {
	a, networks, err := v.namesOf()
	if err != nil {
		return err
	}
	if !wentOut(a) {
		return buurtbel.Fail(buurtbel.NotFound, "error.alert.unknown", nil)
	}
	missed, err := v.missedIn(a, networks)
	if err != nil {
		return err
	}
	view := Own{Missed: len(missed), State: v.t("screen.alert." + string(a.State)), Back: "/"}
	if view.Missed > 0 {
		view.NamesURL = "/alerts/" + a.ID.String() + "/names"
	}
	err = v.read(func(tx *store.Tx) error { return v.ownFacts(tx, a, networks, &view) })
	if err != nil {
		return err
	}
	mode := Calm
	if a.Exercise {
		mode = Exercise
	}
	frame := v.frame(view.Subject, mode)
	frame.Path = ownPath(a.ID)
	return v.respond(http.StatusOK, frame, view)
}

func (v *visit) ownFacts(tx *store.Tx, a *buurtbel.Alert, ids []buurtbel.ID, view *Own) error {
	zone, err := tx.Zone()
	if err != nil {
		return err
	}
	loc, err := zone.Location()
	if err != nil {
		return err
	}
	all, err := tx.Networks()
	if err != nil {
		return err
	}
	own := chosen(all, ids)
	view.Subject = v.subject(own, a)
	view.Lead = v.t("screen.own.sent", "When", locale.When(v.lang, a.At, v.now, loc), "Where", names(v.lang, own))
	messages, err := tx.MessagesOf(a.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		view.Sent = append(view.Sent, OwnText{Kind: v.t("message.mail.kind-" + string(m.Kind)), Texts: saidTo(m, own)})
	}
	debt, owed, err := tx.Debt(a.ID)
	view.Owed = owed && debt.Settled.IsZero()
	return err
}

// saidTo gives a message's SMS as the members of some networks read it.
func saidTo(m *buurtbel.Message, networks []*buurtbel.Network) []SentText {
	var out []SentText
	seen := map[string]bool{}
	for _, n := range networks {
		regime := n.Regime.String()
		for _, w := range m.Texts {
			if w.Regime == regime && !seen[regime] {
				seen[regime] = true
				out = append(out, SentText{Lang: strings.SplitN(regime, "+", 2)[0], Text: buurtbel.WithoutLink(w.SMS)})
			}
		}
	}
	return out
}
