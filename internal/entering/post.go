package entering

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// stated is when and where a letter is written, for its dates.
type stated struct {
	now   time.Time
	place *time.Location
	zone  string
}

// write mails a letter to people of a zone, each in the own language, in one transaction with what it is about.
func (g *Gate) write(ctx context.Context, zone buurtbel.ID, to []buurtbel.ID, until time.Time, kind buurtbel.MessageKind,
	letter func(buurtbel.Language, stated) locale.Letter, with func(*store.Tx) error) error {
	letters, err := g.letters(ctx, zone, to, until, kind, letter)
	if err != nil {
		return err
	}
	return g.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := with(tx); err != nil {
			return err
		}
		return letters.Post(tx)
	})
}

func (g *Gate) letters(ctx context.Context, id buurtbel.ID, to []buurtbel.ID, until time.Time, kind buurtbel.MessageKind,
	letter func(buurtbel.Language, stated) locale.Letter) (*store.Letters, error) {
	var zone *buurtbel.Zone
	var people []store.Reachable
	err := g.db.Read(ctx, buurtbel.Scope{Zone: id}, func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		people, err = tx.ReachablePeople(to)
		return err
	})
	if err != nil {
		return nil, err
	}
	place, err := zone.Location()
	if err != nil {
		return nil, err
	}
	at := stated{g.db.Now(), place, zone.Name}
	letters := g.db.Letters(zone, kind, buurtbel.Now, until)
	for _, p := range people {
		letters.To(p, letter(p.Member.Language, at).Wording(p.Member.Language), buurtbel.Email)
	}
	return letters, nil
}
