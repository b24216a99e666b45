// Package bundling sends in one mail what was over the limit of a day: bulletins and digests that would have been one mail too many for a member.
//
// The store holds them back when they are claimed (buurtbel.News decides); here they go the next morning, as one bulletin that counts for that day. It
// writes no news of its own, and changes nothing about alerts, which no limit holds back. What is always true: what waits is taken out in the transaction
// that stores its mail, so it goes once, whatever process dies.
package bundling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	slice    = 100                // members whose mails are stored in one transaction
	lasts    = 3 * 24 * time.Hour // a mail that found no server until then is not sent
	mostText = 24_000             // characters of all texts in one mail: well below what mail programs cut off
	leastOne = 1_000              // of each of them, however many there are
)

// Verb gives the task that sends what waits in a zone since the day before, and comes back tomorrow when more waits by then. link gives the
// acknowledgement link of a delivery, for messages that have one.
func Verb(db *store.DB, link func(delivery buurtbel.ID) string) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		b, err := begin(ctx, db, t.Zone, link)
		if err != nil {
			return err
		}
		for {
			more, err := b.some(ctx)
			if err != nil {
				return fmt.Errorf("bundle mails: %w", err)
			}
			if !more {
				return b.finish(ctx, t)
			}
		}
	}
}

// bundle is one round of a zone.
type bundle struct {
	db       *store.DB
	zone     *buurtbel.Zone
	loc      *time.Location
	today    buurtbel.Day
	link     func(buurtbel.ID) string
	messages map[buurtbel.ID]*buurtbel.Message
	networks map[buurtbel.ID]*buurtbel.Network
}

func begin(ctx context.Context, db *store.DB, zone buurtbel.ID, link func(buurtbel.ID) string) (*bundle, error) {
	b := &bundle{db: db, link: link, messages: map[buurtbel.ID]*buurtbel.Message{}, networks: map[buurtbel.ID]*buurtbel.Network{}}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if b.zone, err = tx.Zone(); err != nil {
			return err
		}
		networks, err := tx.Networks()
		for _, n := range networks {
			b.networks[n.ID] = n
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if b.loc, err = b.zone.Location(); err != nil {
		return nil, err
	}
	b.today = buurtbel.DayOf(db.Now().In(b.loc))
	return b, nil
}

// some sends what waits for the next members. It is false when nothing waits.
func (b *bundle) some(ctx context.Context) (bool, error) {
	var waits []store.Over
	var people []store.Reachable
	scope := buurtbel.Scope{Zone: b.zone.ID}
	err := b.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if waits, err = tx.OverOf(b.today, slice); err != nil || len(waits) == 0 {
			return err
		}
		var members []buurtbel.ID
		for _, w := range waits {
			members = append(members, w.Member)
		}
		if people, err = tx.Reachables(slices.Compact(members)); err != nil {
			return err
		}
		return b.read(tx, waits)
	})
	if err != nil || len(waits) == 0 {
		return false, err
	}
	letters := b.letters(waits, people)
	err = b.db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
		if err := tx.TakeOver(waits); err != nil {
			return err
		}
		for _, l := range letters {
			if err := l.Post(tx); err != nil {
				return err
			}
		}
		return nil
	})
	return err == nil, err
}

// read opens the messages that are not known yet. One that was forgotten or stopped meanwhile, or is over, is left out.
func (b *bundle) read(tx *store.Tx, waits []store.Over) error {
	for _, w := range waits {
		if b.messages[w.Message] != nil {
			continue
		}
		m, err := tx.Message(w.Message)
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if m.State == buurtbel.MessageStopped || !b.db.Now().Before(m.Expires) {
			continue
		}
		b.messages[w.Message] = m
	}
	return nil
}

// letters writes one message per network, in which members who wait for the same have the same words.
func (b *bundle) letters(waits []store.Over, people []store.Reachable) map[buurtbel.ID]*store.Letters {
	out := map[buurtbel.ID]*store.Letters{}
	for _, p := range people {
		if p.Member.State == buurtbel.MemberLeft || p.Member.State == buurtbel.MemberExcluded {
			continue
		}
		var own []store.Over
		for _, w := range waits {
			if w.Member == p.Member.ID {
				own = append(own, w)
			}
		}
		n := b.networks[p.Member.Network]
		words, ok := b.words(n, own)
		if !ok {
			continue
		}
		if out[n.ID] == nil {
			out[n.ID] = b.db.Letters(b.zone, buurtbel.KindBulletin, buurtbel.Soon, b.db.Now().Add(lasts))
			out[n.ID].Message.Sender = n.Name
		}
		out[n.ID].To(p, words, buurtbel.Email)
	}
	return out
}

// words is the mail of one member: each text apart, under who says it.
func (b *bundle) words(n *buurtbel.Network, own []store.Over) (w buurtbel.Wording, ok bool) {
	var parts []part
	for _, o := range own {
		if m := b.messages[o.Message]; m != nil && len(m.Texts) > 0 {
			parts = append(parts, partOf(m, o, b.link))
		}
	}
	if n == nil || len(n.Regime) == 0 || len(parts) == 0 {
		return w, false
	}
	lang := n.Regime[0]
	count := buurtbel.Args{"Count": len(parts), "Network": n.Name}
	l := locale.Letter{Subject: locale.Text(lang, "message.bundle.subject", count)}
	l.Blocks = append(l.Blocks, locale.Block{Role: locale.Heading, Language: lang, Text: l.Subject})
	for _, each := range n.Regime {
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Body, Language: each, Text: locale.Text(each, "message.bundle.lead", count)})
	}
	room := max(leastOne, mostText/len(parts))
	for _, p := range parts {
		l.Blocks = append(l.Blocks, p.blocks(room)...)
	}
	l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
	for _, each := range n.Regime {
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Fine, Language: each, Text: locale.Why(each, buurtbel.KindBulletin, n.Name)})
	}
	return buurtbel.Wording{Regime: n.Regime.String(), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}, true
}

// part is one text that waited.
type part struct {
	sender, subject, text string
	lang                  buurtbel.Language
}

func partOf(m *buurtbel.Message, o store.Over, link func(buurtbel.ID) string) part {
	w := m.Texts[min(o.Wording, len(m.Texts)-1)]
	p := part{sender: m.Sender, subject: w.Subject, lang: buurtbel.Dutch}
	if l := buurtbel.Language(w.Regime[:min(2, len(w.Regime))]); l.Valid() {
		p.lang = l
	}
	text := w.Mail
	if m.Link && link != nil {
		text = strings.ReplaceAll(text, buurtbel.LinkMark, link(o.Delivery))
	}
	p.text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(buurtbel.WithoutLink(text)), w.Subject))
	return p
}

func (p part) blocks(room int) []locale.Block {
	out := []locale.Block{{Role: locale.Rule, Language: p.lang}, {Role: locale.Label, Language: p.lang, Text: p.sender}, {Role: locale.Heading, Language: p.lang, Text: p.subject}}
	text, cut := p.text, false
	if runes := []rune(text); len(runes) > room {
		text, cut = strings.TrimSpace(string(runes[:room]))+"…", true
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			out = append(out, locale.Block{Role: locale.Body, Language: p.lang, Text: paragraph})
		}
	}
	if cut {
		out = append(out, locale.Block{Role: locale.Fine, Language: p.lang, Text: locale.Text(p.lang, "message.bundle.cut", nil)})
	}
	return out
}

// finish ends the task, or leaves it for tomorrow when something of today waits.
func (b *bundle) finish(ctx context.Context, t store.Task) error {
	return b.db.Write(ctx, buurtbel.Scope{Zone: b.zone.ID}, func(tx *store.Tx) error {
		if err := tx.ForgetMailDays(b.today - 7); err != nil {
			return err
		}
		left, err := tx.OverOf(b.today+1, 1)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return tx.FinishTask(t, time.Time{})
		}
		return tx.FinishTask(t, (b.today+1).At(buurtbel.BundleHour, 0, b.loc))
	})
}
