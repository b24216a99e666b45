package informing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Entry is an item as an officer types it. The street is not kept when it may not be named.
type Entry struct {
	Category         buurtbel.DigestCategory
	Day              string // "2026-11-20"
	Part             buurtbel.DayPart
	Municipality     string
	Street, District string
	Info             map[buurtbel.Language]string
	Sure             bool // goes on in spite of warnings
}

// Finding is something that is wrong with an entry.
type Finding struct {
	Field    string            // "street", "district", "info-nl", …; "": the whole
	Language buurtbel.Language // of the words; "" when it is about none
	Key      string
	Args     buurtbel.Args
}

// Looked is what an entry would become.
type Looked struct {
	Item    buurtbel.DigestItem
	Refused []Finding             // it cannot be told like this
	Warned  []Finding             // unwise: goes on when the officer is sure
	Beside  []buurtbel.DigestItem // together with these it may point to one home
}

// asks tells whether the officer must say to be sure.
func (l *Looked) asks() bool { return len(l.Warned)+len(l.Beside) > 0 }

func (l *Looked) refuse(field, key string, args buurtbel.Args) {
	l.Refused = append(l.Refused, Finding{Field: field, Key: key, Args: args})
}

// Look tells what an entry would become; id is that of the item that it changes, 0 for a new one. It stores nothing.
func (n *Newsroom) Look(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, e Entry) (*Looked, error) {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return nil, err
	}
	l, err := n.lens(ctx, zone)
	if err != nil {
		return nil, err
	}
	var out *Looked
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		others, err := l.others(tx)
		if err == nil {
			out, err = l.look(tx, id, e, others)
		}
		return err
	})
	return out, err
}

// lens is what entries are looked at with.
type lens struct {
	*house
	now     time.Time
	context wording.Context
}

func (n *Newsroom) lens(ctx context.Context, zone buurtbel.ID) (*lens, error) {
	h, err := n.house(ctx, zone)
	if err != nil {
		return nil, err
	}
	l := &lens{house: h, now: n.now(h), context: wording.Context{Sources: []string{h.zone.Name}}}
	lines, err := h.zone.EmergencyLines()
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		l.context.Lines = append(l.context.Lines, line.Number)
	}
	if n.o.Places != nil {
		l.context.Places, err = n.o.Places(ctx, zone)
	}
	return l, err
}

// mostBeside is how many items of the last weeks are compared with an entry.
const mostBeside = 2000

func (l *lens) others(tx *store.Tx) ([]buurtbel.DigestItem, error) {
	return tx.DigestHappened(l.now.AddDate(0, 0, -45).Format(buurtbel.DigestDay), l.now.Format(buurtbel.DigestDay), mostBeside)
}

func (l *lens) look(tx *store.Tx, id buurtbel.ID, e Entry, others []buurtbel.DigestItem) (*Looked, error) {
	out := &Looked{Item: buurtbel.DigestItem{ID: id, Category: e.Category, Day: e.Day, Part: e.Part, Municipality: strings.TrimSpace(e.Municipality), Info: map[buurtbel.Language]string{}}}
	if err := l.place(tx, out, e); err != nil {
		return nil, err
	}
	for _, lang := range buurtbel.Languages {
		text := strings.TrimSpace(e.Info[lang])
		if text == "" {
			continue
		}
		out.Item.Info[lang] = text
		if err := l.words(tx, out, lang, text); err != nil {
			return nil, err
		}
	}
	placeless := slices.ContainsFunc(out.Refused, func(f Finding) bool { return f.Field == "street" || f.Field == "district" })
	for _, key := range out.Item.Lacks(l.rules.Keys(), l.now) {
		if key != "error.digest.place" || !placeless { // which says more
			out.refuse("", key, buurtbel.Args{"Most": buurtbel.DigestInfo})
		}
	}
	out.Beside = out.Item.Beside(others)
	return out, nil
}

// place decides what an item names: the street where it has enough addresses, else the district.
func (l *lens) place(tx *store.Tx, out *Looked, e Entry) error {
	i, street, district := &out.Item, strings.TrimSpace(e.Street), strings.TrimSpace(e.District)
	digit := func(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }
	name, homes, known, err := tx.StreetHomes(addressfile.StreetKey(street), i.Municipality)
	if err != nil {
		return err
	}
	switch {
	case street != "" && known && homes >= buurtbel.DigestStreet:
		i.Place, i.Street, i.Homes = name, true, homes
		return nil
	case street != "" && district == "" && known:
		out.refuse("district", "error.digest.street-few", buurtbel.Args{"Most": buurtbel.DigestStreet})
		return nil
	case street != "" && district == "":
		out.refuse("street", "error.digest.street-unknown", nil)
		return nil
	case digit(district):
		out.refuse("district", "error.digest.place-number", nil)
	}
	i.Place = district
	_, homes, known, err = tx.StreetHomes(addressfile.StreetKey(district), i.Municipality)
	if err == nil && known && homes < buurtbel.DigestStreet {
		out.refuse("district", "error.digest.street-few", buurtbel.Args{"Most": buurtbel.DigestStreet})
	}
	return err
}

// refused are the findings of the linter that a digest may never have, beside those that no text may have. That something is a name is a guess: streets
// and districts bear people's names.
var refused = []wording.Code{wording.Promise, wording.Politics, wording.Link}

func (l *lens) words(tx *store.Tx, out *Looked, lang buurtbel.Language, text string) error {
	field := "info-" + string(lang)
	for _, f := range wording.Check(text, lang, l.context) {
		found := Finding{Field: field, Language: lang, Key: f.Key, Args: f.Args}
		switch {
		case f.Level == wording.Refuse || slices.Contains(refused, f.Code):
			out.Refused = append(out.Refused, found)
		case f.Level == wording.Warn:
			out.Warned = append(out.Warned, found)
		}
	}
	for _, own := range []struct {
		found bool
		key   string
	}{{houseNumber.MatchString(text), "info-number"}, {clock.MatchString(text), "info-time"}, {disputes(text), "info-dispute"}} {
		if own.found {
			out.Refused = append(out.Refused, Finding{Field: field, Language: lang, Key: "error.digest." + own.key})
		}
	}
	for _, key := range streetKeys(text) {
		_, homes, known, err := tx.StreetHomes(key, out.Item.Municipality)
		if err != nil {
			return err
		}
		if known && homes < buurtbel.DigestStreet {
			out.Warned = append(out.Warned, Finding{Field: field, Language: lang, Key: "error.digest.info-street", Args: buurtbel.Args{"Most": buurtbel.DigestStreet}})
			break
		}
	}
	return nil
}

// Enter stores an entry as a new item, or as a change of one that was not told yet, and gives its id with what was found.
//
// Errors: error.digest.refused and error.digest.sure (Invalid), with what was found; error.digest.told (Conflict); error.digest.unknown (NotFound).
func (n *Newsroom) Enter(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, e Entry) (buurtbel.ID, *Looked, error) {
	l, err := n.Look(ctx, actor, zone, id, e)
	switch {
	case err != nil:
		return id, l, err
	case len(l.Refused) > 0:
		return id, l, buurtbel.Fail(buurtbel.Invalid, "error.digest.refused", nil)
	case l.asks() && !e.Sure:
		return id, l, buurtbel.Fail(buurtbel.Invalid, "error.digest.sure", nil)
	}
	h, err := n.house(ctx, zone)
	if err != nil {
		return id, l, err
	}
	item, fresh := l.Item, id == 0
	item.By = actor.Person
	if fresh {
		item.ID = n.db.NewID()
	}
	return item.ID, l, n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := n.keep(tx, &item, fresh); err != nil {
			return err
		}
		if err := n.leave(tx, h); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "digest item %s, new %t, warned %d, beside %d", item.ID, fresh, len(l.Warned), len(l.Beside)))
	})
}

func (n *Newsroom) keep(tx *store.Tx, item *buurtbel.DigestItem, fresh bool) error {
	if fresh {
		return tx.InsertDigestItem(item)
	}
	if _, err := tx.DigestItem(item.ID); err != nil {
		return err
	}
	return tx.ChangeDigestItem(item)
}

// Item reads one item. NotFound (error.digest.unknown).
func (n *Newsroom) Item(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) (i buurtbel.DigestItem, err error) {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return i, err
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		i, err = tx.DigestItem(id)
		return err
	})
	return i, err
}

// TakeBack takes back an item that was not told yet. Errors: error.digest.told (Conflict), error.digest.unknown (NotFound).
func (n *Newsroom) TakeBack(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) error {
	if _, err := n.Item(ctx, actor, zone, id); err != nil {
		return err
	}
	return n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.TakeBackDigestItem(id); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "digest item %s taken back", id))
	})
}
