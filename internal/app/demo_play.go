package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// told is what a dispatcher fills in, in the languages that Vlierbeek's networks want.
var told = map[buurtbel.Language]string{
	buurtbel.Dutch:  "Mogelijk betrokken: twee personen met een grijze bestelwagen",
	buurtbel.French: "Impliquées peut-être: deux personnes avec une camionnette grise",
}

// ended is how the story ends.
var ended = map[buurtbel.Language]string{
	buurtbel.Dutch:  "Twee verdachten zijn dankzij uw meldingen opgepakt. Er is niemand gewond. Bedankt om op te letten.",
	buurtbel.French: "Deux suspects ont été arrêtés grâce à vos appels. Personne n'est blessé. Merci de votre vigilance.",
}

// demoValid is how long the demo's alert holds.
const demoValid = time.Hour

// DemoDraft is a burglary in progress in one network of the town, from the zone's own template.
func DemoDraft(s *Seeded, network int, now time.Time) (*alerting.Draft, error) {
	loc, err := s.Zone.Location()
	if err != nil {
		return nil, err
	}
	lines, err := s.Zone.EmergencyLines()
	if err != nil || len(lines) == 0 {
		return nil, fmt.Errorf("the zone has no emergency line: %w", err)
	}
	template, ok := locale.TemplateOf("burglary-in-progress")
	if !ok {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.alert.fact", nil)
	}
	d := &alerting.Draft{Key: rand.Text(), Fact: template.Fact, Priority: buurtbel.PriorityHigh, Networks: []buurtbel.ID{s.Networks[network]},
		Valid: demoValid, Texts: map[buurtbel.Language]string{}}
	for _, lang := range s.Town.Networks[network].Regime {
		d.Texts[lang] = locale.Fill(template.Text(lang), lang, map[string]string{"source": s.Zone.Name, "place": s.street(network), "description": told[lang],
			"line": lines[0].Number, "time": locale.Clock(lang, now, loc), "until": locale.When(lang, now.Add(demoValid), now, loc)})
	}
	return d, nil
}

// street is the first street of a network: the story happens there.
func (s *Seeded) street(network int) string {
	for _, street := range s.Town.Streets {
		if street.Network == network {
			return street.Name
		}
	}
	return s.Town.Networks[network].District
}

// DemoEnding is how that story ends.
func DemoEnding(s *Seeded, network int) alerting.Ending {
	e := alerting.Ending{Texts: map[buurtbel.Language]string{}}
	for _, lang := range s.Town.Networks[network].Regime {
		e.Texts[lang] = ended[lang]
	}
	return e
}

// Actor gives a person of the town as who acts.
func (s *Seeded) Actor(ctx context.Context, db *store.DB, person buurtbel.ID) (buurtbel.Actor, error) {
	var actor buurtbel.Actor
	err := db.Read(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) (err error) {
		actor, err = tx.Actor(person)
		return err
	})
	return actor, err
}
