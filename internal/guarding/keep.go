package guarding

import (
	"context"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Category is one category of personal data that is kept: the words for it stand in the catalogue under screen.keep.<Key>.
type Category struct {
	Key    string
	Ground string   // key of the legal ground, GDPR article 6: "consent", "public-task", "legal-duty"
	Who    []string // keys of the recipients
	period func(Periods) time.Duration
}

// Categories lists every category of personal data, in the order of a page. A test holds it against the tables.
var Categories = []Category{
	{"members", "consent", []string{"coordinator", "officer", "carriers"}, nil},
	{"left", "consent", []string{"coordinator", "officer"}, func(p Periods) time.Duration { return p.Left }},
	{"deliveries", "public-task", []string{"police", "carriers"}, func(p Periods) time.Duration { return p.Deliveries }},
	{"letters", "consent", []string{"carriers"}, func(p Periods) time.Duration { return p.Texts }},
	{"texts", "public-task", []string{"police"}, func(p Periods) time.Duration { return p.Texts }},
	{"journal", "legal-duty", []string{"officer", "auditor", "member"}, func(p Periods) time.Duration { return p.Journal }},
	{"meetings", "consent", []string{"coordinator", "officer"}, func(p Periods) time.Duration { return p.Texts }},
	{"previews", "consent", []string{"coordinator", "officer"}, func(p Periods) time.Duration { return p.Previews }},
	{"entries", "legal-duty", []string{"nobody"}, func(p Periods) time.Duration { return p.Entries }},
	{"breaches", "legal-duty", []string{"officer", "chief", "supervisor"}, func(p Periods) time.Duration { return p.Breaches }},
}

// Kept is a category with what is kept of it now.
type Kept struct {
	Category
	Days   int // how long it is kept; 0: as long as the membership
	Count  int
	Oldest time.Time // zero: nothing is kept
	Next   time.Time // when the oldest is erased; zero: nothing is due, or never by itself
}

// Keeping tells what a zone keeps, how long, and what is erased when.
func Keeping(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, p Periods) ([]Kept, error) {
	if err := actor.May(buurtbel.MayReadLog, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	p = p.orDefaults()
	var holdings []store.Holding
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		holdings, err = tx.Holdings()
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Kept
	for _, c := range Categories {
		k := Kept{Category: c}
		if i := slices.IndexFunc(holdings, func(h store.Holding) bool { return h.Category == c.Key }); i >= 0 {
			k.Count, k.Oldest = holdings[i].Count, holdings[i].Oldest
		}
		if c.period != nil {
			k.Days = int(c.period(p) / day)
			if !k.Oldest.IsZero() {
				k.Next = k.Oldest.Add(c.period(p))
			}
		}
		out = append(out, k)
	}
	return out, nil
}

// LeftDays is for how many days what is known of a member stays after the membership ended.
func (p Periods) LeftDays() int { return int(p.orDefaults().Left / day) }

// TextDays is for how many days is kept what people wrote back, and who came to a meeting.
func (p Periods) TextDays() int { return int(p.orDefaults().Texts / day) }
