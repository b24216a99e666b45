package informing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// mostTip is how many characters a tip has at most: two short sentences.
const mostTip = 300

// Tips reads the tips that a zone wrote.
func (n *Newsroom) Tips(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (out []buurtbel.Tip, err error) {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return nil, err
	}
	err = n.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out, err = tx.OwnTips()
		return err
	})
	return out, err
}

// WriteTip stores a tip of a zone, new when its id is 0.
//
// Errors (Invalid): error.tip.topic, .words when it has none or too many, .month, .refused when the linter refuses its words.
func (n *Newsroom) WriteTip(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, t buurtbel.Tip) error {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return err
	}
	if err := checkTip(&t); err != nil {
		return err
	}
	if t.ID == 0 {
		t.ID = n.db.NewID()
	}
	return n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.PutTip(t); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "tip %s about %s", t.ID, t.Topic))
	})
}

func checkTip(t *buurtbel.Tip) error {
	key, said := "", false
	for l, words := range t.Texts {
		t.Texts[l] = strings.TrimSpace(words)
		said = said || t.Texts[l] != ""
		switch {
		case len([]rune(t.Texts[l])) > mostTip:
			key = "words"
		case slices.ContainsFunc(wording.Check(t.Texts[l], l, wording.Context{}), func(f wording.Finding) bool { return f.Level == wording.Refuse && f.Code != wording.Phone }):
			key = "refused"
		}
	}
	switch {
	case !slices.Contains(buurtbel.TipTopics, t.Topic):
		key = "topic"
	case !said:
		key = "words"
	case slices.ContainsFunc(t.Months, func(m time.Month) bool { return m < time.January || m > time.December }):
		key = "month"
	}
	if key == "" {
		return nil
	}
	return buurtbel.Fail(buurtbel.Invalid, "error.tip."+key, buurtbel.Args{"Most": mostTip})
}

// DropTip takes a tip of a zone away. NotFound (error.tip.unknown).
func (n *Newsroom) DropTip(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) error {
	if err := actor.May(buurtbel.MayDigest, buurtbel.Scope{Zone: zone}, n.db.Now()); err != nil {
		return err
	}
	return n.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.DropTip(id); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "tip %s taken away", id))
	})
}
