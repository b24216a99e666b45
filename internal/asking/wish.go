package asking

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	// ProveLasts is how long a wish waits for its proof; one that is not proved is erased then, and its link leads nowhere.
	ProveLasts = 48 * time.Hour
	// askAgain is how soon the same wish sends another letter: somebody else's mailbox cannot be filled by our forms.
	askAgain = 30 * time.Minute
)

// Wanted is a wish as a form brings it.
type Wanted struct {
	Street   buurtbel.ID
	Kind     buurtbel.NetworkKind
	Mailbox  string
	Language buurtbel.Language
}

// Wish keeps an unproved wish and mails the link that proves it. It answers the same whether the mailbox had one already: nobody learns who wishes what.
func (c *Counter) Wish(ctx context.Context, zone buurtbel.ID, w Wanted) (err error) {
	if w.Mailbox, err = mailbox(w.Mailbox); err != nil {
		return err
	}
	if w.Kind != buurtbel.Traders {
		w.Kind = buurtbel.Residents
	}
	now := c.db.Now()
	wish := store.Wish{ID: c.db.NewID(), Street: w.Street, Kind: w.Kind, Language: w.Language, Until: now.Add(ProveLasts)}
	contact := store.NewContact{ID: c.db.NewID(), Kind: buurtbel.Mailbox, Address: w.Mailbox}
	letter, recipient := c.db.NewID(), c.db.NewID()
	step := c.db.NewID()
	return c.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		street, _, err := tx.StreetAt(w.Street)
		if err != nil {
			return err
		}
		if ok, _, err := tx.AskCode(c.db.CodeHash(w.Mailbox), buurtbel.CodesForWish, false, time.UTC); err != nil || !ok {
			return err // the answer stays the same
		}
		id, point, send, err := c.keep(tx, wish, contact, w.Mailbox)
		if err != nil || !send {
			return err
		}
		from, err := tx.Zone()
		if err != nil {
			return err
		}
		text := wishLetter(w.Language, from.Name, street.Name, c.link(id, now.Add(ProveLasts+c.o.WishLasts))) // it takes the wish back too
		m := &buurtbel.Message{ID: letter, Zone: zone, Kind: buurtbel.KindCode, Class: buurtbel.KindCode.Class(), Urgency: buurtbel.Soon, State: buurtbel.MessageRunning, Sender: from.Name,
			Expires: now.Add(ProveLasts), Texts: []buurtbel.Wording{text.Wording(w.Language)}}
		return tx.Post(m, []store.Recipient{{ID: recipient, Member: id, Steps: []store.RecipientStep{{ID: step, Step: buurtbel.Step{Contact: point, Channel: buurtbel.Email}}}}})
	})
}

// keep stores a wish, or finds it; send is false when its letter went a moment ago or it is proved.
func (c *Counter) keep(tx *store.Tx, wish store.Wish, contact store.NewContact, mailbox string) (id, point buurtbel.ID, send bool, err error) {
	stored, err := tx.InsertWish(wish, contact)
	if err != nil || stored {
		return wish.ID, contact.ID, stored, err
	}
	there, ok, err := tx.WishOf(wish.Street, wish.Kind, mailbox)
	if err != nil || !ok || !there.Proved.IsZero() || tx.Now().Sub(there.At) < askAgain {
		return 0, 0, false, err
	}
	point, err = tx.WishContact(there.ID)
	if err != nil {
		return 0, 0, false, err
	}
	return there.ID, point, true, tx.RenewWish(there.ID, wish.Until)
}

func (c *Counter) link(wish buurtbel.ID, until time.Time) string {
	return c.o.Link + "/w/" + token.SignUntil(c.db.Ring(), token.Wish, wish, until)
}

func wishLetter(lang buurtbel.Language, from, street, link string) locale.Letter {
	t := func(key string) string {
		return locale.Text(lang, "message.wish."+key, buurtbel.Args{"Street": street, "Source": from})
	}
	blocks := []locale.Block{{Role: locale.Heading, Text: t("subject")}, {Role: locale.Body, Text: t("mail")}, {Role: locale.Button, Text: t("button"), Target: link}, {Role: locale.Fine, Text: t("fine")}}
	for i := range blocks {
		blocks[i].Language = lang
	}
	return locale.Letter{Subject: t("subject"), Blocks: blocks}
}

// Shown is a wish as the page behind its link shows it.
type Shown struct {
	Street   string
	Town     string
	Proved   bool
	Until    time.Time
	Language buurtbel.Language
}

// Behind reads the wish behind a link, without changing it.
func (c *Counter) Behind(ctx context.Context, link string) (Shown, error) {
	var out Shown
	err := c.at(ctx, link, func(tx *store.Tx, w store.Wish) error {
		street, _, err := tx.StreetAt(w.Street)
		out = Shown{Street: street.Name, Town: street.Municipality, Proved: !w.Proved.IsZero(), Until: w.Until, Language: w.Language}
		return err
	})
	return out, err
}

// Prove lets the wish behind a link count.
func (c *Counter) Prove(ctx context.Context, link string) error {
	return c.at(ctx, link, func(tx *store.Tx, w store.Wish) error { return tx.ProveWish(w.ID, tx.Now().Add(c.o.WishLasts)) })
}

// TakeBack erases the wish behind a link.
func (c *Counter) TakeBack(ctx context.Context, link string) error {
	return c.at(ctx, link, func(tx *store.Tx, w store.Wish) error { return tx.EraseWishes([]buurtbel.ID{w.ID}) })
}

// at runs with the wish behind a link.
func (c *Counter) at(ctx context.Context, link string, do func(*store.Tx, store.Wish) error) error {
	id, err := token.VerifyUntil(c.db.Ring(), token.Wish, link, c.db.Now())
	if err != nil {
		return err
	}
	var zone buurtbel.ID
	err = c.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zone, err = tx.WishZone(id)
		return err
	})
	if err != nil {
		return err
	}
	return c.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		w, err := tx.Wish(id)
		if err != nil {
			return err
		}
		return do(tx, w)
	})
}

// Threshold is from how many on a street is named (rule 4).
const Threshold = 5

// Want is what the police see of wishes: a street, or a place whose streets have too few each.
type Want struct {
	Street, PostalCode, Municipality string // Street "": streets that are not named
	Kind                             buurtbel.NetworkKind
	Wishes                           int
	At                               buurtbel.Point // of a street
}

// Wants gives the demand of a zone. Streets with fewer wishes than the threshold are counted together by place; below the threshold the place
// is left out of sums too, and rest counts them.
func (c *Counter) Wants(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (list []Want, rest int, err error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, c.db.Now()); err != nil {
		return nil, 0, err
	}
	var all []store.Demand
	err = c.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		all, err = tx.Demands()
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	list, rest = sums(all)
	return list, rest, nil
}

// sums keeps to the threshold.
func sums(all []store.Demand) (list []Want, rest int) {
	type at struct {
		code, town string
		kind       buurtbel.NetworkKind
	}
	few, order := map[at]int{}, []at{}
	for _, d := range all {
		if d.Wishes >= Threshold {
			list = append(list, Want{d.Street.Name, d.Street.PostalCode, d.Street.Municipality, d.Kind, d.Wishes, d.At})
			continue
		}
		k := at{d.Street.PostalCode, d.Street.Municipality, d.Kind}
		if few[k] == 0 {
			order = append(order, k)
		}
		few[k] += d.Wishes
	}
	for _, k := range order {
		if few[k] < Threshold {
			rest += few[k]
			continue
		}
		list = append(list, Want{PostalCode: k.code, Municipality: k.town, Kind: k.kind, Wishes: few[k]})
	}
	return list, rest
}
