package relaying

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Note is the answers to one message of a network, for police to read at once: by place, in the order of time. Places are those that may be named;
// all others count for the network together.
type Note struct {
	Title, NetworkName string
	Members            int // who answered
	From, Until        time.Time
	Groups             []NoteGroup // the place with the most answers first, the network last
	open               []*store.Conversation
}

// NoteGroup is what came from one place.
type NoteGroup struct {
	Place string // street; "": the network
	Said  []Said
}

// gather groups conversations: pure.
func gather(threads []Thread) *Note {
	n := &Note{Members: len(threads)}
	by := map[string]*NoteGroup{}
	for i := range threads {
		t := &threads[i]
		n.Title, n.NetworkName = t.Title, t.NetworkName
		place := t.Place
		if t.Unplaced {
			place = ""
		}
		if by[place] == nil {
			by[place] = &NoteGroup{Place: place}
		}
		for _, l := range t.Lines {
			if l.Author != store.ByMember {
				continue
			}
			if n.From.IsZero() || l.At.Before(n.From) {
				n.From = l.At
			}
			if l.At.After(n.Until) {
				n.Until = l.At
			}
			by[place].Said = append(by[place].Said, l)
		}
	}
	for _, g := range by {
		slices.SortFunc(g.Said, func(a, b Said) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
		n.Groups = append(n.Groups, *g)
	}
	slices.SortFunc(n.Groups, func(a, b NoteGroup) int {
		if (a.Place == "") != (b.Place == "") {
			return cmp.Compare(b.Place, a.Place) // the network last
		}
		return cmp.Or(cmp.Compare(len(b.Said), len(a.Said)), cmp.Compare(a.Place, b.Place))
	})
	return n
}

// Note gathers the answers to the message that a conversation answers, of the same network, for who leads it.
//
// Errors: error.reply.unknown (NotFound), also for a conversation that a member began.
func (p *Postroom) Note(ctx context.Context, a buurtbel.Actor, zone, conversation buurtbel.ID) (*Note, error) {
	c, role, err := p.find(ctx, a, zone, conversation)
	if err != nil {
		return nil, err
	}
	if role != store.ByCoordinator || c.About == 0 {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil)
	}
	var threads []Thread
	var open []*store.Conversation
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		threads, open = nil, nil
		list, err := tx.ConversationsOf(c.Network, mostShown)
		if err != nil {
			return err
		}
		for _, one := range list {
			if _, err := p.role(a, one); err != nil || one.About != c.About {
				continue // the reader's own
			}
			t, err := threadOf(tx, one, role)
			if err != nil {
				return err
			}
			threads, open = append(threads, t), append(open, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := gather(threads)
	n.open = open
	return n, nil
}

// SendNote brings the note to police, and with it each conversation that they do not have yet.
func (p *Postroom) SendNote(ctx context.Context, a buurtbel.Actor, zone, conversation buurtbel.ID) error {
	n, err := p.Note(ctx, a, zone, conversation)
	if err != nil {
		return err
	}
	var from *buurtbel.Zone
	var office []store.Reachable
	err = p.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if from, err = tx.Zone(); err != nil {
			return err
		}
		office, err = tx.ReachableHolders(n.open[0].Network, receivers[ToPolice])
		return err
	})
	if err != nil {
		return err
	}
	loc, err := from.Location()
	if err != nil {
		return err
	}
	letters := p.db.Letters(from, buurtbel.KindReport, buurtbel.Soon, p.db.Now().Add(letterLasts))
	for _, r := range office {
		letters.To(r, p.noteLetter(r.Member.Language, n, loc).Wording(r.Member.Language), buurtbel.Email)
	}
	return p.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		fresh := 0
		for _, c := range n.open {
			first, err := tx.PassToPolice(c.ID)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			fresh++
			if err := p.post(tx, c, "passed "+ToPolice+" in a note", a.Person); err != nil {
				return err
			}
		}
		if fresh == 0 || len(letters.OnlyReached().Recipients) == 0 { // police have it all
			return nil
		}
		return letters.Post(tx) // an answer to it belongs to no conversation: each has its own page
	})
}

func (p *Postroom) noteLetter(lang buurtbel.Language, n *Note, loc *time.Location) locale.Letter {
	w := &writing{lang: lang}
	now := p.db.Now()
	subject := w.t("note-subject", buurtbel.Args{"Network": n.NetworkName})
	w.add(locale.Heading, subject)
	if n.Title != "" {
		w.add(locale.Body, w.t("about", buurtbel.Args{"Title": n.Title}))
	}
	w.add(locale.Body, w.t("note-lead", buurtbel.Args{"Count": n.Members, "From": locale.When(lang, n.From, now, loc), "Until": locale.When(lang, n.Until, now, loc)}))
	for _, g := range n.Groups {
		c := &store.Conversation{Place: g.Place}
		w.add(locale.Body, locale.Text(lang, "screen.reply.note-group", buurtbel.Args{"From": placeWords(lang, c, n.NetworkName), "Count": len(g.Said)}))
		for _, s := range g.Said {
			w.add(locale.Item, locale.When(lang, s.At, now, loc)+": "+s.Text)
		}
	}
	w.button("reader-button", p.o.Link+"/replies")
	w.add(locale.Fine, w.t("sealed", nil))
	return w.letter(subject)
}
