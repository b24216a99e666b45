package web

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// rulesLately is how long after it was agreed to a new version stands on the officer's first page.
const rulesLately = 60 * 24 * time.Hour

// rulesCards tell the officer how many members accept new rules, have not answered, or do not accept them: counts, no names. A version that everybody
// accepts is no news.
func (v *visit) rulesCards(tx *store.Tx, d *overview) ([]Card, error) {
	if v.may(buurtbel.MayAgreeRules) != nil {
		return nil, nil
	}
	all, err := tx.RulesAnswered(v.now.Add(-rulesLately))
	if err != nil {
		return nil, err
	}
	var out []Card
	for _, a := range all {
		if v.actor.May(buurtbel.MayAgreeRules, buurtbel.Scope{Zone: v.zone, Network: a.Network}, v.now) != nil || a.Silent+a.Refused == 0 || len(out) == lastFew {
			continue
		}
		for _, n := range chosen(d.networks, []buurtbel.ID{a.Network}) {
			out = append(out, Card{Title: v.t("screen.rules.card", "Network", n.Name), Text: v.t("screen.rules.card-text", "Accepted", a.Accepted, "Silent", a.Silent, "Refused", a.Refused),
				Action: v.t("screen.rules.card-do"), Href: rulesPath(n.ID, "")})
		}
	}
	return out, nil
}
