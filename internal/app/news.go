package app

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// news is where the weekday police news is written and made.
func (a *App) news() *informing.Newsroom {
	return informing.New(a.DB, informing.Options{Calendar: calendarOf, Places: a.register.places, Link: a.Config.Server.PublicURL})
}

// newsItems are what the police of the demonstration tell: days ago, and what and where. The streets are the town's own.
var newsItems = []struct {
	ago      int
	category buurtbel.DigestCategory
	part     buurtbel.DayPart
	street   int
	told     bool
	info     string
}{
	{1, buurtbel.HomeBurglary, buurtbel.InEvening, 0, false, "Men raakte binnen langs een raam aan de achterkant. Er was niemand thuis."},
	{1, buurtbel.SmallTheft, buurtbel.SomeTime, 1, false, "Een elektrische fiets verdween. Hij stond niet op slot."},
	{2, buurtbel.InjuryAccident, buurtbel.InMorning, 2, true, "Een fietser raakte licht gewond."},
	{4, buurtbel.Damage, buurtbel.AtNight, 1, true, "Spiegels van geparkeerde wagens werden afgebroken."},
	{36, buurtbel.OtherBurglary, buurtbel.AtNight, 3, true, ""},
	{40, buurtbel.SmallTheft, buurtbel.InAfternoon, 0, true, "Gereedschap uit een bestelwagen."},
	{70, buurtbel.HomeBurglary, buurtbel.SomeTime, 2, true, ""},
}

// SeedNews gives the town some weeks of police news, two items that go out on the next working day, and a zone that publishes its counts.
func (a *App) SeedNews(ctx context.Context, s *Seeded) error {
	loc, err := s.Zone.Location()
	if err != nil || len(s.Town.Homes) == 0 {
		return err
	}
	now := a.DB.Now().In(loc)
	by := s.Official(buurtbel.RoleOfficer)
	calendar, err := calendarOf(s.Zone)
	if err != nil {
		return err
	}
	var streets []string
	for _, h := range s.Town.Homes {
		if len(streets) == 0 || streets[len(streets)-1] != h.Street {
			streets = append(streets, h.Street)
		}
	}
	return a.DB.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
		rules := buurtbel.DefaultDigest
		rules.Public = true
		if err := tx.PutDigestRules(rules); err != nil {
			return err
		}
		for _, told := range []bool{true, false} {
			for _, n := range newsItems {
				if n.told != told {
					continue
				}
				i := buurtbel.DigestItem{ID: a.DB.NewID(), Category: n.category, Day: now.AddDate(0, 0, -n.ago).Format(buurtbel.DigestDay), Part: n.part, Municipality: town.Name,
					Place: streets[n.street%len(streets)], Street: true, Homes: buurtbel.DigestStreet, By: by}
				if n.info != "" {
					i.Info = map[buurtbel.Language]string{buurtbel.Dutch: n.info}
				}
				if err := tx.InsertDigestItem(&i); err != nil {
					return err
				}
			}
			if told { // what was told before the town was seeded: nobody gets it again
				day := now.AddDate(0, 0, -1).Format(buurtbel.DigestDay)
				if _, err := tx.CloseDigest(day, "2000-01-01"); err != nil {
					return err
				}
				for _, network := range s.Networks {
					if err := tx.PutDigestLetter(network, day, 0, 5); err != nil {
						return err
					}
				}
			}
		}
		tip := buurtbel.Tip{ID: a.DB.NewID(), Topic: buurtbel.TipBurglary, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Onze adviseur inbraakpreventie komt gratis bij u langs. Vraag het aan de wijkagent."}}
		if err := tx.PutTip(tip); err != nil {
			return err
		}
		return tx.Later(informing.TaskDigest, s.Zone.ID, rules.Next(now, calendar))
	})
}
