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
	m, list, err := g.letters(ctx, zone, to, until, kind, letter)
	if err != nil {
		return err
	}
	return g.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := with(tx); err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		return tx.Post(m, list)
	})
}

func (g *Gate) letters(ctx context.Context, id buurtbel.ID, to []buurtbel.ID, until time.Time, kind buurtbel.MessageKind,
	letter func(buurtbel.Language, stated) locale.Letter) (*buurtbel.Message, []store.Recipient, error) {
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
		return nil, nil, err
	}
	place, err := zone.Location()
	if err != nil {
		return nil, nil, err
	}
	at := stated{g.db.Now(), place, zone.Name}
	m := &buurtbel.Message{ID: g.db.NewID(), Zone: id, Kind: kind, Class: kind.Class(), Urgency: buurtbel.Now, State: buurtbel.MessageRunning, Sender: zone.Name, Expires: until}
	var list []store.Recipient
	for i, p := range people {
		l := letter(p.Member.Language, at)
		m.Texts = append(m.Texts, buurtbel.Wording{Regime: string(p.Member.Language), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()})
		list = append(list, g.db.Direct(p, i, until, buurtbel.Email))
	}
	return m, list, nil
}
