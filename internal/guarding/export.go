package guarding

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Record is everything that is kept of one member, for the member: read, and taken along (GDPR, articles 15 and 20). The names of its fields in
// JSON are a promise to programs that read it.
type Record struct {
	Format    string          `json:"format"` // "buurtbel-member-1"
	Made      time.Time       `json:"made"`
	Zone      string          `json:"police_zone"`
	Network   string          `json:"network"`
	Member    string          `json:"member"` // the opaque id under which the journal knows the person
	State     string          `json:"state"`
	Joined    time.Time       `json:"joined"`
	Left      *time.Time      `json:"left,omitempty"`
	Name      store.Name      `json:"name"`
	Home      store.Home      `json:"home"`
	Household bool            `json:"in_a_household"`
	Language  string          `json:"language"`
	Contacts  []RecordContact `json:"contact_points"`
	Wishes    RecordWishes    `json:"wishes"`
	Messages  []RecordMessage `json:"messages"`
	Texts     []RecordText    `json:"texts_you_wrote"`
	Replies   []RecordReply   `json:"replies,omitempty"` // only in a copy that the member makes: whoever makes it for a member must not learn who wrote
	Looks     []RecordLook    `json:"looks"`
	Changes   []RecordChange  `json:"changes"`
	Meetings  []RecordMeeting `json:"meetings"`
	Rules     []RecordRules   `json:"rules_accepted"`
	Refused   []RecordRules   `json:"rules_not_accepted,omitempty"`
	Moving    *store.Home     `json:"address_waiting_for_a_decision,omitempty"`
}

// RecordContact is one contact point.
type RecordContact struct {
	Kind    string     `json:"kind"`
	Address string     `json:"address"`
	State   string     `json:"state"`
	Calls   bool       `json:"calls"`
	Proved  *time.Time `json:"proved,omitempty"`
}

// RecordWishes are a member's wishes.
type RecordWishes struct {
	Choices   buurtbel.Choices `json:"choices"`
	AwayFrom  *time.Time       `json:"away_from,omitempty"`
	AwayUntil *time.Time       `json:"away_until,omitempty"`
	Exercises bool             `json:"exercises"`
	PhoneTree bool             `json:"phone_tree"`
}

// RecordMessage is one message to the member.
type RecordMessage struct {
	At       time.Time   `json:"at"`
	Kind     string      `json:"kind"`
	Sender   string      `json:"sender"`
	Exercise bool        `json:"exercise,omitempty"`
	Text     string      `json:"text"`
	LeftOut  string      `json:"left_out,omitempty"`
	Heard    *time.Time  `json:"confirmed,omitempty"`
	Ways     []RecordWay `json:"ways"`
}

// RecordWay is one way by which it was sent.
type RecordWay struct {
	Channel string     `json:"channel"`
	State   string     `json:"state"`
	Reason  string     `json:"reason,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

// RecordText is a text that the member wrote.
type RecordText struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// RecordReply is one text of what the member wrote by mail or on the own page, and of what was answered.
type RecordReply struct {
	At         time.Time `json:"at"`
	By         string    `json:"by"` // "member", "coordinator", "police" or "city"
	Text       string    `json:"text"`
	OthersRead string    `json:"others_read,omitempty"` // of the member's own text
	NameGiven  bool      `json:"name_given,omitempty"`  // the police may see the member's name with it
}

// RecordLook is one look at the member's data.
type RecordLook struct {
	At      time.Time `json:"at"`
	Office  string    `json:"office"`
	Role    string    `json:"role"`
	Purpose string    `json:"purpose"`
}

// RecordChange is one change of the member's data.
type RecordChange struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	How    string    `json:"how"`
	Office string    `json:"office"`
}

// RecordMeeting is one meeting that the member answered to or came to.
type RecordMeeting struct {
	At     time.Time `json:"at"`
	Title  string    `json:"title"`
	Answer string    `json:"answer,omitempty"` // "yes" or "no"
	There  bool      `json:"was_there"`
}

// RecordRules is one version of the network's internal rules that the member accepted, or did not.
type RecordRules struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	How     string    `json:"how"`
}

// most bounds what one record lists of each: older than this was forgotten long before.
const most = 2000

// Export gathers everything that is kept of a member. The member reads it on the own page; for anybody else, who keeps the network's list and was
// asked by telephone or on paper, purpose says why and the look is journalled in the same transaction. told reads what a journal entry says of a change.
//
// Errors: error.person.unknown (NotFound); error.forbidden.own (Forbidden).
func Export(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, purpose string, zone, member buurtbel.ID, told func([]byte) (what, how, office string)) (*Record, error) {
	own := actor.Person == member
	if own {
		if err := actor.May(buurtbel.MayOwn, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
			return nil, err
		}
	}
	r := &Record{Format: "buurtbel-member-1", Made: db.Now().UTC(), Member: member.String()}
	gather := func(tx *store.Tx) error {
		var s *store.Self
		var err error
		if own {
			s, err = tx.Self(member, true)
		} else {
			s, err = tx.OpenSelf(actor, role, purpose, member)
		}
		if err != nil {
			return err
		}
		if own {
			if err := r.replies(tx, member); err != nil {
				return err
			}
		}
		return r.fill(tx, s, own, told)
	}
	scope := buurtbel.Scope{Zone: zone}
	if own {
		return r, db.Read(ctx, scope, gather)
	}
	return r, db.Write(ctx, scope, func(tx *store.Tx) error {
		*r = Record{Format: r.Format, Made: r.Made, Member: r.Member}
		return gather(tx)
	})
}

func (r *Record) fill(tx *store.Tx, s *store.Self, own bool, told func([]byte) (what, how, office string)) error {
	zone, err := tx.Zone()
	if err != nil {
		return err
	}
	networks, err := tx.NetworksOf([]buurtbel.ID{s.Member.Network})
	if err != nil {
		return err
	}
	r.Zone = zone.Name
	if len(networks) > 0 {
		r.Network = networks[0].Name
	}
	r.State, r.Joined, r.Left = string(s.Member.State), s.Joined, when(s.Left)
	r.Name, r.Home, r.Household, r.Language = s.Name, s.Home, s.Member.Household != 0, string(s.Member.Language)
	for _, c := range s.Contacts {
		r.Contacts = append(r.Contacts, RecordContact{string(c.Kind), c.Address, string(c.State), !c.NoCalls, when(c.Since)})
	}
	r.Wishes = RecordWishes{s.Member.Choices, when(s.Member.Away.From), when(s.Member.Away.Until), !s.Out, s.InTree}
	moves, err := tx.MovesAsked(s.Member.Network, s.Member.ID, true)
	if err != nil {
		return err
	}
	for i := range moves {
		r.Moving = &moves[i].Home
	}
	accepted, err := tx.RulesAccepted(s.Member.Network, s.Member.ID)
	if err != nil {
		return err
	}
	for _, a := range accepted {
		r.Rules = append(r.Rules, RecordRules(a))
	}
	refused, err := tx.RulesRefused(s.Member.Network, s.Member.ID)
	if err != nil {
		return err
	}
	for _, a := range refused {
		r.Refused = append(r.Refused, RecordRules(a))
	}
	return r.history(tx, s.Member.ID, own, told)
}

// replies reads what the member wrote, and the answers, the oldest first.
func (r *Record) replies(tx *store.Tx, member buurtbel.ID) error {
	r.Replies = nil
	found, err := tx.ConversationsBy(member, most)
	if err != nil {
		return err
	}
	for _, c := range slices.Backward(found) {
		lines, err := tx.Lines(c.ID)
		if err != nil {
			return err
		}
		for _, l := range lines {
			one := RecordReply{At: l.At.UTC(), By: l.Author, Text: l.Own, OthersRead: l.Seen, NameGiven: l.Unsealed}
			if l.Author != store.ByMember {
				one.OthersRead = ""
			}
			r.Replies = append(r.Replies, one)
		}
	}
	return nil
}

// sealed tells whether a message would tell an office that the member wrote: a letter about a conversation, or an answer by the program (rule 4).
func sealed(tx *store.Tx, m *store.SelfMessage) (bool, error) {
	if m.Kind == buurtbel.KindAnswer {
		return true, nil
	}
	about, err := tx.ConversationOfLetter(m.Message)
	return about != 0, err
}

func (r *Record) history(tx *store.Tx, member buurtbel.ID, own bool, told func([]byte) (what, how, office string)) error {
	messages, err := tx.MessagesTo(member, most)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if !own {
			hide, err := sealed(tx, &m)
			if err != nil {
				return err
			}
			if hide {
				continue
			}
		}
		out := RecordMessage{At: m.At, Kind: string(m.Kind), Sender: m.Sender, Exercise: m.Exercise, Text: m.Text, LeftOut: string(m.Left), Heard: when(m.Heard)}
		for _, w := range m.Ways {
			out.Ways = append(out.Ways, RecordWay{string(w.Channel), string(w.State), string(w.Reason), when(w.At)})
		}
		r.Messages = append(r.Messages, out)
	}
	texts, err := tx.TextsFrom(member, most)
	if err != nil {
		return err
	}
	for _, t := range texts {
		r.Texts = append(r.Texts, RecordText{t.At, t.Body})
	}
	looks, err := tx.LooksAt(member, most)
	if err != nil {
		return err
	}
	for _, l := range looks {
		if l.Purpose == store.LookWithReply && !own {
			continue
		}
		r.Looks = append(r.Looks, RecordLook{l.At, l.Office, string(l.Role), l.Purpose})
	}
	changes, err := tx.EntriesAbout(member, buurtbel.EntryChange, most)
	for _, c := range changes {
		if c.Erased {
			continue
		}
		what, how, office := told(c.Content)
		r.Changes = append(r.Changes, RecordChange{c.At, what, how, office})
	}
	if err != nil {
		return err
	}
	meetings, err := tx.MeetingsOf(member)
	for _, m := range meetings {
		r.Meetings = append(r.Meetings, RecordMeeting{m.From, m.Title, m.Answer, m.There})
	}
	return err
}

// when gives a moment that may be missing.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// JSON writes the record for programs.
func (r *Record) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }
