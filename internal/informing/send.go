package informing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	lasts = 20 * time.Hour // how long a mail of a digest may wait for a mail server: the next day has its own
	keeps = 2              // years that items are kept, for the archive and its counts
)

// Digested gives the verb that makes the digest of a zone: what waits becomes the digest of the day in one transaction, and each network gets it in one of
// its own. Each can be repeated, so that a process that dies in between leaves nothing undone and nothing double.
func (n *Newsroom) Digested() func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, n.db.Now()); err != nil {
			return err
		}
		h, err := n.house(ctx, t.Zone)
		if err != nil {
			return err
		}
		now := n.now(h)
		if h.rules.Open(now, h.calendar) {
			if err := n.send(ctx, h, now); err != nil {
				return err
			}
		}
		return n.db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			waiting, err := tx.DigestWaiting()
			if err != nil {
				return err
			}
			again := time.Time{}
			if len(waiting) > 0 {
				again = h.rules.Next(now, h.calendar)
			}
			return tx.FinishTask(t, again)
		})
	}
}

func (n *Newsroom) send(ctx context.Context, h *house, now time.Time) error {
	day := now.Format(buurtbel.DigestDay)
	err := n.db.Write(ctx, buurtbel.Scope{Zone: h.zone.ID}, func(tx *store.Tx) error {
		_, err := tx.CloseDigest(day, now.AddDate(-keeps, 0, 0).Format(buurtbel.DigestDay))
		return err
	})
	if err != nil {
		return err
	}
	country, err := buurtbel.CountryProfile(h.zone.Country)
	if err != nil {
		return err
	}
	var failed error
	for _, one := range h.networks {
		if one.MayReceive(country, now) != nil {
			continue
		}
		if err := n.tell(ctx, h, one, now); err != nil { // one network that cannot be told must not hold back the others
			failed = errors.Join(failed, fmt.Errorf("network %s: %w", one.ID, err))
		}
	}
	return failed
}

// tell gives one network the digest of the day, if there is something that it has not been told.
func (n *Newsroom) tell(ctx context.Context, h *house, network *buurtbel.Network, now time.Time) error {
	scope, day := buurtbel.Scope{Zone: h.zone.ID}, now.Format(buurtbel.DigestDay)
	var items []buurtbel.DigestItem
	var audience []buurtbel.ID
	var own []buurtbel.Tip
	err := n.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if items, err = tx.DigestFor(network.ID, day, buurtbel.DigestFloor(now)); err != nil || len(items) == 0 {
			return err
		}
		if audience, err = tx.MembersOf([]buurtbel.ID{network.ID}); err != nil {
			return err
		}
		own, err = tx.OwnTips()
		return err
	})
	if err != nil || len(items) == 0 || len(audience) == 0 {
		return err
	}
	buurtbel.SortDigest(items, h.rules.Keys())
	words, err := n.wording(h, network, items, own, now)
	if err != nil {
		return err
	}
	m := &buurtbel.Message{ID: n.db.NewID(), Zone: h.zone.ID, Kind: buurtbel.KindDigest, Class: buurtbel.KindDigest.Class(), Urgency: buurtbel.Soon, State: buurtbel.MessageRunning,
		Sender: h.zone.Name, Expires: now.Add(lasts), Audience: len(audience), Texts: []buurtbel.Wording{words}}
	err = n.db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
		if err := tx.PutDigestLetter(network.ID, day, m.ID, len(items)); err != nil {
			return err
		}
		if err := tx.InsertMessage(m, audience); err != nil {
			return err
		}
		return tx.Append(h.zone.ID, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "digest %s, network %s, %d items, %d members", day, network.ID, len(items), len(audience)))
	})
	if buurtbel.KeyOf(err) == "error.digest.told" {
		return nil // another process was first
	}
	return err
}

// wording says a digest in every language of the network, in the order of its regime (rule 17).
func (n *Newsroom) wording(h *house, network *buurtbel.Network, items []buurtbel.DigestItem, own []buurtbel.Tip, now time.Time) (buurtbel.Wording, error) {
	lines, err := h.zone.EmergencyLines()
	if err != nil || len(lines) == 0 {
		return buurtbel.Wording{}, err
	}
	topics := topicsOf(items)
	letter := locale.Letter{}
	for i, l := range network.Regime {
		if i == 0 {
			letter.Subject = locale.Text(l, "digest.subject", buurtbel.Args{"Date": locale.Date(l, now, h.loc), "Zone": h.zone.Name})
		} else {
			letter.Blocks = append(letter.Blocks, locale.Block{Role: locale.Rule, Language: l})
		}
		letter.Blocks = append(letter.Blocks, n.blocks(h, network, l, items, now)...)
		if tip, ok := buurtbel.PickTip(said(own, l), topics, now); ok {
			letter.Blocks = append(letter.Blocks, locale.Block{Role: locale.Label, Language: l, Text: locale.Text(l, "digest.tip", nil)}, locale.Block{Role: locale.Body, Language: l, Text: locale.TipText(l, tip)})
		}
		letter.Blocks = append(letter.Blocks, locale.Block{Role: locale.Fine, Language: l, Text: locale.Text(l, "digest.call", buurtbel.Args{"Line": lines[0].Number})},
			locale.Block{Role: locale.Fine, Language: l, Text: locale.Text(l, "digest.why", buurtbel.Args{"Network": network.Name, "Link": n.o.Link + "/me/digest"})})
	}
	return buurtbel.Wording{Regime: network.Regime.String(), Subject: letter.Subject, Mail: letter.Text(), HTML: letter.HTML()}, nil
}

// said lists the tips of a zone that have words in a language.
func said(own []buurtbel.Tip, l buurtbel.Language) []buurtbel.Tip {
	var out []buurtbel.Tip
	for _, t := range own {
		if t.Texts[l] != "" {
			out = append(out, t)
		}
	}
	return out
}

func topicsOf(items []buurtbel.DigestItem) []buurtbel.TipTopic {
	var out []buurtbel.TipTopic
	for _, i := range items {
		out = append(out, buurtbel.TipTopicsOf(i.Category)...)
	}
	return out
}

// blocks are the heading and the items in one language. Words that lack the language stand in the one that they have, and are never translated.
func (n *Newsroom) blocks(h *house, network *buurtbel.Network, l buurtbel.Language, items []buurtbel.DigestItem, now time.Time) []locale.Block {
	out := []locale.Block{{Role: locale.Heading, Language: l, Text: locale.Text(l, "digest.heading", buurtbel.Args{"Date": locale.Date(l, now, h.loc)})},
		{Role: locale.Body, Language: l, Text: locale.Text(l, "digest.lead", buurtbel.Args{"Zone": h.zone.Name})}}
	var category buurtbel.DigestCategory
	for _, i := range items {
		if i.Category != category {
			category = i.Category
			out = append(out, locale.Block{Role: locale.Label, Language: l, Text: CategoryWords(h.rules, category, l)})
		}
		words, in := Info(i, l, network.Regime)
		line := Line(i, l, h.loc)
		if words != "" && in == l {
			line += ". " + words
		}
		out = append(out, locale.Block{Role: locale.Item, Language: l, Text: line})
		if words != "" && in != l {
			out = append(out, locale.Block{Role: locale.Item, Language: in, Text: words})
		}
	}
	return out
}

// Line says when and where an item happened, in a language.
func Line(i buurtbel.DigestItem, l buurtbel.Language, loc *time.Location) string {
	date := i.Day
	if day, err := time.ParseInLocation(buurtbel.DigestDay, i.Day, loc); err == nil {
		date = locale.Date(l, day.Add(12*time.Hour), loc)
	}
	return locale.Text(l, "digest.line", buurtbel.Args{"Date": date, "Part": locale.Text(l, "digest.part-"+string(i.Part), nil), "Place": i.Place, "Municipality": i.Municipality})
}

// Info gives the words of an item in a language, or, where it lacks that one, in the first that it has; and the language that they are in.
func Info(i buurtbel.DigestItem, l buurtbel.Language, regime buurtbel.Regime) (string, buurtbel.Language) {
	if words := i.Info[l]; words != "" {
		return words, l
	}
	for _, other := range append(append(buurtbel.Regime{}, regime...), buurtbel.Languages...) {
		if words := i.Info[other]; words != "" {
			return words, other
		}
	}
	return "", l
}
