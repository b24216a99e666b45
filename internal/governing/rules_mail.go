package governing

import (
	"context"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// rulesPlace gives a network of a zone and the zone's own time.
func rulesPlace(ctx context.Context, db *store.DB, zone, network buurtbel.ID) (n *buurtbel.Network, loc *time.Location, err error) {
	err = db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		if loc, err = z.Location(); err != nil {
			return err
		}
		n, err = networkIn(tx, network)
		return err
	})
	return n, loc, err
}

// rulesLetter plans a letter about a proposal to those who hold roles in a network. It gives what stores it.
func rulesLetter(ctx context.Context, db *store.DB, zone buurtbel.ID, n *buurtbel.Network, key string, args buurtbel.Args, roles ...buurtbel.Role) (func(*store.Tx) error, error) {
	var reach []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		var people []buurtbel.ID
		for _, r := range roles {
			held, err := tx.Holders(r, n.ID)
			if err != nil {
				return err
			}
			people = append(people, held...)
		}
		slices.Sort(people)
		var err error
		reach, err = tx.ReachablePeople(slices.Compact(people))
		return err
	})
	if err != nil {
		return nil, err
	}
	msg := &buurtbel.Message{ID: db.NewID(), Zone: zone, Kind: buurtbel.KindReport, Class: buurtbel.KindReport.Class(), Urgency: buurtbel.Soon, Audience: len(reach),
		State: buurtbel.MessageRunning, Sender: n.Name, Expires: db.Now().Add(7 * 24 * time.Hour), Texts: []buurtbel.Wording{rulesWording(n, key, false, func(buurtbel.Language) buurtbel.Args { return args })}}
	var list []store.Recipient
	for _, p := range reach {
		list = append(list, db.Direct(p, 0, msg.Expires, buurtbel.Email))
	}
	return func(tx *store.Tx) error {
		if len(list) == 0 {
			return nil // nobody holds the role now: whoever will finds it on the page
		}
		return tx.Post(msg, list)
	}, nil
}

// rulesMail tells the members of new rules, and asks them to accept these.
func rulesMail(db *store.DB, zone buurtbel.ID, n *buurtbel.Network, from time.Time, loc *time.Location) *buurtbel.Message {
	date := func(l buurtbel.Language) buurtbel.Args { return buurtbel.Args{"Date": locale.Date(l, from, loc)} }
	return &buurtbel.Message{ID: db.NewID(), Zone: zone, Kind: buurtbel.KindNotice, Class: buurtbel.KindNotice.Class(), Urgency: buurtbel.Soon, Link: true,
		State: buurtbel.MessageRunning, Sender: n.Name, Expires: from.Add(14 * 24 * time.Hour), Texts: []buurtbel.Wording{rulesWording(n, "new", true, date)}}
}

// rulesWording says it in every language of the network.
func rulesWording(n *buurtbel.Network, key string, button bool, args func(buurtbel.Language) buurtbel.Args) buurtbel.Wording {
	l := locale.Letter{}
	for i, lang := range n.Regime {
		say := buurtbel.Args{"Network": n.Name}
		for k, v := range args(lang) {
			say[k] = v
		}
		if i == 0 {
			l.Subject = locale.Text(lang, "message.rules."+key+"-subject", say)
		} else {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Heading, Language: lang, Text: locale.Text(lang, "message.rules."+key+"-subject", say)},
			locale.Block{Role: locale.Body, Language: lang, Text: locale.Text(lang, "message.rules."+key, say)})
		if button {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Button, Language: lang, Text: locale.Text(lang, "message.rules.button", nil), Target: buurtbel.LinkMark})
		}
	}
	return buurtbel.Wording{Regime: n.Regime.String(), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}
}
