package relaying

import (
	"context"
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/mailtext"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Options are what a Postroom needs.
type Options struct {
	House   mailread.House // what is ours in mail that arrives
	Answers string         // our mailbox for answers and new mails; "": no mail comes in
	Reports string         // our mailbox for reports of mails that did not arrive
	Link    string         // address of our pages, such as "https://alarm.example.org"
	// Keys gives the TXT records of a name, to check DKIM signatures where our own server said nothing; nil: they are not checked.
	Keys func(ctx context.Context, name string) ([]string, error)
	// Returned hears of each report that a mail of ours did not arrive, and of each complaint about one, with the delivery that it is about: the tag
	// in its address was signed by us. It may be called again for the same mail; an error lets the mail wait. nil: nobody asks.
	Returned func(ctx context.Context, delivery buurtbel.ID, mail *mailread.Mail) error
}

// Postroom is where mails that arrive become conversations, and where these are read, answered and passed on. Safe for concurrent use.
//
// A member who writes is known to the postroom alone. What leaves it, on a page, in a letter, in the journal or in a log, has the member's own
// words without what the record of the member knows, and at most a street in which enough homes are members (rule 4).
type Postroom struct {
	db *store.DB
	o  Options
}

// NewPostroom makes a Postroom.
func NewPostroom(db *store.DB, o Options) *Postroom { return &Postroom{db: db, o: o} }

// Mailboxes gives our mailboxes for the answers to a delivery by mail and for reports that it did not arrive: both are made for this delivery,
// and therefore for one person and one message. They are empty where no mail comes in.
func (p *Postroom) Mailboxes(delivery buurtbel.ID) (answers, reports string) {
	return p.tagged(p.o.Answers, token.ReadBack, delivery), p.tagged(p.o.Reports, token.Bounce, delivery)
}

func (p *Postroom) tagged(box string, purpose token.Purpose, delivery buurtbel.ID) string {
	name, host, ok := strings.Cut(box, "@")
	if !ok {
		return ""
	}
	return name + "+" + token.SignAddress(p.db.Ring(), purpose, delivery) + "@" + host
}

// Ours tells whether a mailbox is one of ours, with a tag of ours or without one.
func (p *Postroom) Ours(box string) bool {
	box = strings.ToLower(box)
	for _, ours := range []string{p.o.Answers, p.o.Reports} {
		name, host, ok := strings.Cut(strings.ToLower(ours), "@")
		if ok && (box == name+"@"+host || strings.HasPrefix(box, name+"+") && strings.HasSuffix(box, "@"+host)) {
			return true
		}
	}
	return false
}

// TaskMail is the kind of task that settles a mail that arrived.
const TaskMail = "mail-in"

// sorted is a mail with what is known of who wrote it.
type sorted struct {
	mail    *mailread.Mail
	to      store.MailTo // the delivery of ours that it answers or reports; zero: none
	zone    buurtbel.ID
	person  buurtbel.ID     // who wrote it: a member or an official; 0: nobody that we know
	refusal *buurtbel.Error // the sentence for who sent it; nil: it is taken
}

// Receive stores a mail as it came and leaves it for a verb. When it returns, what came in cannot be lost.
//
// Errors: with Kind Invalid or Forbidden the mail is refused, and kept all the same: the sentence goes to who sent it. Any other: nothing is sure,
// and the server must bring the mail again.
func (p *Postroom) Receive(ctx context.Context, actor buurtbel.Actor, path string, to []string, raw []byte) error {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, p.db.Now()); err != nil {
		return err
	}
	s, err := p.sort(ctx, path, to, raw, false)
	if err != nil {
		return err
	}
	m := &store.Mail{Zone: s.zone, Member: s.person, Path: path, To: to, Raw: raw, Kind: string(s.mail.Kind), Sign: string(s.mail.Sign), Verdict: string(s.mail.Sender.Verdict)}
	if s.refusal != nil {
		m.Done, m.Refusal = true, s.refusal.Key
	}
	_, err = p.db.KeepMail(ctx, m, func(tx *store.Tx) error {
		if m.Done {
			return nil
		}
		return tx.LaterIn(m.Zone, TaskMail, m.ID, tx.Now())
	})
	if err != nil {
		return err
	}
	if s.refusal != nil {
		return s.refusal
	}
	return nil
}

// sort reads a mail and finds who wrote it. trusted: the sender was proved when it came.
func (p *Postroom) sort(ctx context.Context, path string, to []string, raw []byte, trusted bool) (*sorted, error) {
	s := &sorted{mail: mailread.Read(raw, mailread.Envelope{Known: true, From: path, To: to}, p.o.House)}
	err := p.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return p.address(tx, s) })
	if err != nil {
		return nil, fmt.Errorf("find what a mail answers: %w", err)
	}
	switch s.mail.Kind {
	case mailread.Refused:
		s.refusal = s.mail.Refusal
	case mailread.Reply, mailread.Message:
		if !trusted && s.mail.Sender.Verdict != mailread.Verified && p.o.Keys != nil {
			s.mail.Verify(raw, func(name string) ([]string, error) { return p.o.Keys(ctx, name) })
		}
		err = p.author(ctx, s, trusted)
	case mailread.Bounce, mailread.Complaint, mailread.Automatic, mailread.Loop:
		s.person = 0 // programs wrote it, whatever address they used
	}
	return s, err
}

// address finds the delivery of ours whose signed tag the mail came to.
func (p *Postroom) address(tx *store.Tx, s *sorted) error {
	tags := s.mail.Ours
	if r := s.mail.Report; r != nil && r.Mailbox != nil {
		tags = append(tags[:len(tags):len(tags)], *r.Mailbox)
	}
	if c := s.mail.Abuse; c != nil && c.Mailbox != nil {
		tags = append(tags[:len(tags):len(tags)], *c.Mailbox)
	}
	for _, o := range tags {
		for _, purpose := range []token.Purpose{token.ReadBack, token.Bounce} {
			id, err := token.VerifyAddress(p.db.Ring(), purpose, o.Tag)
			if err != nil {
				continue
			}
			to, err := tx.MailedTo(id)
			if buurtbel.KindOf(err) == buurtbel.NotFound {
				continue // erased since
			}
			if err != nil {
				return err
			}
			s.to, s.zone = to, to.Zone
			return nil
		}
	}
	return nil
}

// author finds who wrote a mail of a person: the one whom the answered letter went to, from an own mailbox; or a member who begins, and whose server
// vouches for the mailbox. All others get one answer, so that trying teaches nothing of who is a member.
func (p *Postroom) author(ctx context.Context, s *sorted, trusted bool) error {
	refusal := buurtbel.Fail(buurtbel.Forbidden, "error.reply.sender", nil)
	proved := trusted || s.mail.Sender.Verdict == mailread.Verified
	if s.mail.Sender.Verdict == mailread.Failed && !trusted {
		s.refusal = refusal
		return nil
	}
	err := p.db.Read(ctx, buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		for _, box := range spellings(s.mail.From) {
			if s.to.Person != 0 {
				mine, err := tx.WritesFrom(s.to.Person, box)
				if err != nil {
					return err
				}
				if mine {
					s.person = s.to.Person
					return nil
				}
				continue
			}
			holders, err := tx.MembersAt(box)
			if err != nil {
				return err
			}
			if len(holders) > 0 && proved {
				s.person, s.zone = holders[0].Member, holders[0].Zone
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("find who wrote a mail: %w", err)
	}
	if s.person == 0 {
		s.refusal = refusal
	}
	return nil
}

// spellings are the forms in which a mailbox may be stored: as it is written, and in small letters.
func spellings(from string) []string {
	box, err := mailtext.Valid(from)
	if err != nil {
		return nil
	}
	if small := strings.ToLower(box); small != box {
		return []string{box, small}
	}
	return []string{box}
}
