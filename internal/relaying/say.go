package relaying

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/replytext"
	"github.com/buurtbel/buurtbel/internal/store"
)

// saying is something that a member writes.
type saying struct {
	zone, member buurtbel.ID
	conversation *store.Conversation // nil: a new one, or the one about the same message
	about        buurtbel.ID
	mail         *mailread.Mail // nil: on the own page
	text         string         // on the own page
	unplaced     bool
	refused      int // attachments that were not taken
}

// letterLasts is how long a letter about a conversation may wait for a mail server.
const letterLasts = 48 * time.Hour

// Within noisyWithin, a conversation in which a member wrote more than noisy texts sends no more letters: a program may be writing. What it writes is
// kept and shown all the same.
const (
	noisy       = 10
	noisyWithin = time.Hour
)

// happening ends what caused an effect and does the effect, in one transaction.
type happening func(ctx context.Context, effect func(*store.Tx) error) error

// scene is what was read before a member's text is stored.
type scene struct {
	zone        *buurtbel.Zone
	network     string
	title       string // of what was answered
	record      *record
	c           *store.Conversation
	fresh       bool
	quiet       bool // no letters
	readers     []store.Reachable
	writer      []store.Reachable
	police      bool // readers are police, because nobody leads the network
	alsoOffices []store.Reachable
}

// say stores a member's text, tells who should know, and gives the member the receipt.
func (p *Postroom) say(ctx context.Context, s *saying, happens happening) error {
	sc, err := p.scene(ctx, s)
	if err != nil {
		return err
	}
	own := cut(s.text)
	if s.mail != nil {
		own = ownWords(s.mail, sc.record.known.Names...)
	}
	if own == "" && s.mail == nil {
		return buurtbel.Fail(buurtbel.Invalid, "error.reply.empty", nil)
	}
	line := &store.ConversationLine{ID: p.db.NewID(), Conversation: sc.c.ID, Author: store.ByMember, Own: own, Seen: sc.record.mask(own, sc.zoneLanguage()), Refused: s.refused}
	urgent, danger := replytext.Urgent(own)
	letters := p.letters(sc, line, urgent)
	var alarm *Prepared
	if urgent && sc.record.alarm.Contact != 0 {
		if alarm, err = Prepare(ctx, p.db, buurtbel.System(), Answer{Holder: sc.record.alarm, Key: "message.reply.urgent-text"}); err != nil {
			return err
		}
	}
	return happens(ctx, func(tx *store.Tx) error {
		if sc.fresh {
			sc.c.Danger = string(danger)
			asked := sc.c.ID
			if _, err := tx.BeginConversation(sc.c); err != nil {
				return err
			}
			if sc.c.ID != asked { // another mail of the member began it meanwhile: once more, with that one
				return buurtbel.Fail(buurtbel.Busy, "error.store.busy", nil)
			}
		}
		if err := tx.AddLine(line); err != nil {
			return err
		}
		if urgent && !sc.fresh {
			if err := tx.FlagReply(sc.c.ID, string(danger)); err != nil {
				return err
			}
		}
		if err := alarm.Leave(tx); err != nil {
			return err
		}
		return p.post(tx, sc.c, "wrote", 0, letters...)
	})
}

// post sends letters about a conversation and journals the step: the conversation's id, never who wrote.
func (p *Postroom) post(tx *store.Tx, c *store.Conversation, step string, by buurtbel.ID, letters ...*store.Letters) error {
	for _, l := range letters {
		if l == nil || len(l.OnlyReached().Recipients) == 0 {
			continue
		}
		if err := l.Post(tx); err != nil {
			return err
		}
		if err := tx.LetterOf(l.Message.ID, c.ID); err != nil {
			return err
		}
	}
	return tx.Append(tx.Scope().Zone, buurtbel.EntryReply, by, []byte(c.ID.String()+" "+step))
}

// zoneLanguage is the language of the marks in a masked text: they are stored with it, so it is not the writer's own.
func (sc *scene) zoneLanguage() buurtbel.Language {
	if len(sc.readers) > 0 && sc.readers[0].Member.Language.Valid() {
		return sc.readers[0].Member.Language
	}
	return buurtbel.Dutch
}

// scene reads what is needed to store a text.
func (p *Postroom) scene(ctx context.Context, s *saying) (*scene, error) {
	sc := &scene{c: s.conversation}
	err := p.db.Read(ctx, buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) (err error) {
		if sc.zone, err = tx.Zone(); err != nil {
			return err
		}
		if sc.record, err = recordOf(tx, s.member, s.mail); err != nil {
			return err
		}
		if sc.network, err = networkName(tx, sc.record.network); err != nil {
			return err
		}
		if err := p.conversationFor(tx, s, sc); err != nil {
			return err
		}
		if sc.title, err = titleOf(tx, sc.c.About); err != nil {
			return err
		}
		return sc.people(tx, s.member)
	})
	return sc, err
}

// conversationFor finds the conversation that a text belongs to, or makes a new one.
func (p *Postroom) conversationFor(tx *store.Tx, s *saying, sc *scene) error {
	if sc.c == nil && s.about != 0 {
		mine, err := tx.ConversationsBy(s.member, mostShown)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(mine, func(c *store.Conversation) bool { return c.About == s.about }); i >= 0 {
			sc.c = mine[i]
		}
	}
	if sc.c != nil {
		lines, err := tx.Lines(sc.c.ID)
		n := 0
		for _, l := range lines {
			if l.Author == store.ByMember && tx.Now().Sub(l.At) < noisyWithin {
				n++
			}
		}
		sc.quiet = n >= noisy
		return err
	}
	place, err := street(tx, sc.record)
	if s.unplaced {
		place = ""
	}
	sc.fresh = true
	sc.c = &store.Conversation{ID: p.db.NewID(), Zone: s.zone, Network: sc.record.network, Member: s.member, About: s.about, Place: place, Unplaced: s.unplaced}
	return err
}

// people reads who gets the letters. Who writes gets no letter as a reader too, and police read what nobody else can.
func (sc *scene) people(tx *store.Tx, member buurtbel.ID) (err error) {
	notMe := func(r store.Reachable) bool { return r.Member.ID == member }
	if sc.readers, err = tx.ReachableHolders(sc.c.Network, buurtbel.RoleCoordinator, buurtbel.RoleDeputy); err != nil {
		return err
	}
	sc.readers = slices.DeleteFunc(sc.readers, notMe)
	officers, err := tx.ReachableHolders(sc.c.Network, buurtbel.RoleOfficer)
	if err != nil {
		return err
	}
	if len(sc.readers) == 0 {
		sc.readers, sc.police = officers, true
	} else if !sc.c.Police.IsZero() {
		sc.alsoOffices = officers
	}
	sc.writer, err = tx.Reachables([]buurtbel.ID{member})
	return err
}

// titleOf gives the words by which people know what was answered: the subject of its first mail. "": the member began.
func titleOf(tx *store.Tx, about buurtbel.ID) (string, error) {
	if about == 0 {
		return "", nil
	}
	m, err := tx.Message(about)
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		var of []*buurtbel.Message
		of, err = tx.MessagesOf(about)
		if err != nil || len(of) == 0 {
			return "", err
		}
		m = of[0]
	}
	if err != nil {
		return "", err
	}
	for _, w := range m.Texts {
		if w.Subject != "" {
			return strings.TrimSpace(w.Subject), nil
		}
	}
	return "", nil
}
