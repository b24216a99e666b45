package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Conversation is what a member wrote and what was answered. Member never leaves the verbs: whoever reads a conversation is shown Place.
type Conversation struct {
	ID, Zone, Network, Member buurtbel.ID
	About                     buurtbel.ID // the alert or message that was answered; 0: the member began
	Place                     string      // street that may be named; "": only the network
	Unplaced                  bool        // the member wishes that not even the network's readers hear of a place
	Open                      bool
	Danger                    string    // what an urgent text told of; "": nothing urgent
	Seen                      time.Time // when the desk settled the flag of an urgent one
	Police, City              time.Time // when it was passed on
	Begun, Last               time.Time
}

// LookWithReply is the purpose of a look at a member's name that the member gave with a reply.
const LookWithReply = "given with a reply"

// Who wrote a line. The list is closed.
const (
	ByMember      = "member"
	ByCoordinator = "coordinator"
	ByPolice      = "police"
	ByCity        = "city"
)

// ConversationLine is one text of a conversation.
type ConversationLine struct {
	ID, Conversation buurtbel.ID
	Author           string      // one of the By words
	By               buurtbel.ID // who wrote it; of a member's line 0, because the conversation knows
	At               time.Time
	Own              string // as written: for the member alone
	Seen             string // masked: for everyone else
	Refused          int    // attachments that were not taken
	Unsealed         bool   // the member gave police the own name with this line
}

type conversationPlace struct {
	Place    string `json:"place,omitempty"`
	Unplaced bool   `json:"unplaced,omitempty"`
}

type lineBody struct {
	Own     string `json:"own"`
	Seen    string `json:"seen"`
	Refused int    `json:"refused,omitempty"`
}

// BeginConversation stores a conversation, or finds the one that the member has about the same message already; c then has that one.
func (tx *Tx) BeginConversation(c *Conversation) (fresh bool, err error) {
	place, err := tx.sealJSON("conversation", "place", c.ID, conversationPlace{c.Place, c.Unplaced})
	if err != nil {
		return false, err
	}
	n, err := tx.exec(`insert into conversation (id, zone, network, member, about, place, state, danger, seen_at, police_at, city_at, begun_at, last_at)
		values ($1,$2,$3,$4,$5,$6,'open',$7,0,0,0,$8,$9) on conflict do nothing`, c.ID, tx.scope.Zone, c.Network, c.Member, c.About, place, c.Danger, micros(tx.now), micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("begin conversation: %w", err)
	}
	if n == 1 {
		c.Zone, c.Open, c.Begun, c.Last = tx.scope.Zone, true, tx.now, tx.now
		return true, nil
	}
	found, err := list(tx, tx.scanConversation, conversationColumns+`where zone = $1 and member = $2 and about = $3`, tx.scope.Zone, c.Member, c.About)
	if err == nil && len(found) == 1 {
		*c = *found[0]
	}
	return false, err
}

const conversationColumns = `select id, zone, network, member, about, place, state, danger, seen_at, police_at, city_at, begun_at, last_at from conversation `

func (tx *Tx) scanConversation(scan func(...any) error) (*Conversation, error) {
	var c Conversation
	var place vault.Sealed
	var state string
	var seen, police, city, begun, last int64
	err := scan(&c.ID, &c.Zone, &c.Network, &c.Member, &c.About, &place, &state, &c.Danger, &seen, &police, &city, &begun, &last)
	if err != nil {
		return &c, err
	}
	c.Open, c.Seen, c.Police, c.City, c.Begun, c.Last = state == "open", instant(seen), instant(police), instant(city), instant(begun), instant(last)
	var p conversationPlace
	err = tx.openJSON("conversation", "place", c.ID, place, &p)
	c.Place, c.Unplaced = p.Place, p.Unplaced
	return &c, err
}

// Conversation reads one of the scope's zone.
//
// Errors: error.reply.unknown (NotFound).
func (tx *Tx) Conversation(id buurtbel.ID) (*Conversation, error) {
	c, err := tx.scanConversation(tx.row(conversationColumns+`where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.reply.unknown")
	}
	return c, nil
}

// ConversationsOf lists those of a network, the newest text first, at most n.
func (tx *Tx) ConversationsOf(network buurtbel.ID, n int) ([]*Conversation, error) {
	return list(tx, tx.scanConversation, conversationColumns+`where zone = $1 and network = $2 order by last_at desc, id desc limit $3`, tx.scope.Zone, network, n)
}

// ConversationsAt lists those of the scope's zone that an office has: passed on to it, or urgent. The newest text first, at most n.
func (tx *Tx) ConversationsAt(n int) ([]*Conversation, error) {
	return list(tx, tx.scanConversation, conversationColumns+`where zone = $1 and (police_at > 0 or danger <> '') order by last_at desc, id desc limit $2`, tx.scope.Zone, n)
}

// ConversationsBy lists a member's own, the newest text first, at most n.
func (tx *Tx) ConversationsBy(member buurtbel.ID, n int) ([]*Conversation, error) {
	return list(tx, tx.scanConversation, conversationColumns+`where zone = $1 and member = $2 order by last_at desc, id desc limit $3`, tx.scope.Zone, member, n)
}

// UrgentReplies counts the urgent conversations of the scope's zone that nobody at the desk has settled.
func (tx *Tx) UrgentReplies() (n int, err error) {
	err = tx.row(`select count(*) from conversation where zone = $1 and danger <> '' and seen_at = 0`, tx.scope.Zone).Scan(&n)
	return n, err
}

// AddLine stores a text of a conversation, which is open again from then on.
func (tx *Tx) AddLine(l *ConversationLine) error {
	body, err := tx.sealJSON("conversation_line", "body", l.ID, lineBody{l.Own, l.Seen, l.Refused})
	if err != nil {
		return err
	}
	l.At = tx.now
	_, err = tx.exec(`insert into conversation_line (id, conversation, zone, author, by_id, at, body, unsealed) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		l.ID, l.Conversation, tx.scope.Zone, l.Author, l.By, micros(tx.now), body, flag(l.Unsealed))
	if err == nil {
		_, err = tx.exec(`update conversation set last_at = $1, state = 'open' where id = $2 and zone = $3`, micros(tx.now), l.Conversation, tx.scope.Zone)
	}
	if err != nil {
		return fmt.Errorf("add to a conversation: %w", err)
	}
	tx.Wake()
	return nil
}

// Lines reads the texts of a conversation, the oldest first.
func (tx *Tx) Lines(conversation buurtbel.ID) ([]*ConversationLine, error) {
	return list(tx, tx.scanLine, `select id, conversation, author, by_id, at, body, unsealed from conversation_line where conversation = $1 and zone = $2 order by id`,
		conversation, tx.scope.Zone)
}

func (tx *Tx) scanLine(scan func(...any) error) (*ConversationLine, error) {
	var l ConversationLine
	var at, unsealed int64
	var body vault.Sealed
	if err := scan(&l.ID, &l.Conversation, &l.Author, &l.By, &at, &body, &unsealed); err != nil {
		return &l, err
	}
	var b lineBody
	err := tx.openJSON("conversation_line", "body", l.ID, body, &b)
	l.At, l.Unsealed, l.Own, l.Seen, l.Refused = instant(at), unsealed != 0, b.Own, b.Seen, b.Refused
	return &l, err
}

// FlagReply marks a conversation as urgent; the flag of one that was settled stands again.
func (tx *Tx) FlagReply(id buurtbel.ID, danger string) error {
	return tx.execOne(noReply(), `update conversation set danger = $1, seen_at = 0 where id = $2 and zone = $3`, danger, id, tx.scope.Zone)
}

// Each step of a conversation happens once: false when it happened before.

// SettleFlag takes an urgent conversation's flag off the desk.
func (tx *Tx) SettleFlag(id buurtbel.ID) (bool, error) {
	return tx.once(`update conversation set seen_at = $1 where id = $2 and zone = $3 and danger <> '' and seen_at = 0`, micros(tx.now), id, tx.scope.Zone)
}

// PassToPolice notes that police have a conversation.
func (tx *Tx) PassToPolice(id buurtbel.ID) (bool, error) {
	return tx.once(`update conversation set police_at = $1 where id = $2 and zone = $3 and police_at = 0`, micros(tx.now), id, tx.scope.Zone)
}

// PassToCity notes that the municipality has a conversation.
func (tx *Tx) PassToCity(id buurtbel.ID) (bool, error) {
	return tx.once(`update conversation set city_at = $1 where id = $2 and zone = $3 and city_at = 0`, micros(tx.now), id, tx.scope.Zone)
}

// CloseReply closes a conversation.
func (tx *Tx) CloseReply(id buurtbel.ID) (bool, error) {
	return tx.once(`update conversation set state = 'closed' where id = $1 and zone = $2 and state = 'open'`, id, tx.scope.Zone)
}

// UnsealLine notes that the member gives police the own name with this line of an own conversation.
func (tx *Tx) UnsealLine(line, conversation buurtbel.ID) (bool, error) {
	return tx.once(`update conversation_line set unsealed = 1 where id = $1 and conversation = $2 and zone = $3 and author = 'member' and unsealed = 0`,
		line, conversation, tx.scope.Zone)
}

func (tx *Tx) once(query string, args ...any) (bool, error) {
	n, err := tx.exec(query, args...)
	tx.Wake()
	return n == 1, err
}

// PlaceReply changes what may be told of where a conversation comes from.
func (tx *Tx) PlaceReply(id buurtbel.ID, place string, unplaced bool) error {
	sealed, err := tx.sealJSON("conversation", "place", id, conversationPlace{place, unplaced})
	if err != nil {
		return err
	}
	return tx.execOne(noReply(), `update conversation set place = $1 where id = $2 and zone = $3`, sealed, id, tx.scope.Zone)
}

// LetterOf notes that a letter tells of a conversation.
func (tx *Tx) LetterOf(message, conversation buurtbel.ID) error {
	_, err := tx.exec(`insert into conversation_letter (message, conversation, zone) values ($1, $2, $3) on conflict do nothing`, message, conversation, tx.scope.Zone)
	return err
}

// ConversationOfLetter finds the conversation that a letter tells of; 0: none.
func (tx *Tx) ConversationOfLetter(message buurtbel.ID) (id buurtbel.ID, err error) {
	err = tx.row(`select coalesce(max(conversation), 0) from conversation_letter where message = $1 and zone = $2`, message, tx.scope.Zone).Scan(&id)
	return id, err
}

// NetworkMembers lists the active members of a network.
func (tx *Tx) NetworkMembers(network buurtbel.ID) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select id from member where zone = $1 and network = $2 and state = 'active' order by id`, tx.scope.Zone, network)
}

func noReply() error { return buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil) }

// ForgetConversations erases conversations whose last text came before a moment, at most n of the scope's zone, and gives how many.
func (tx *Tx) ForgetConversations(before time.Time, n int) (int, error) {
	ids, err := tx.memberIDs(`select id from conversation where zone = $1 and last_at < $2 order by id limit $3`, tx.scope.Zone, micros(before), n)
	if err != nil {
		return 0, fmt.Errorf("look for old conversations: %w", err)
	}
	for _, id := range ids {
		for _, query := range []string{`delete from conversation_line where conversation = $1 and zone = $2`, `delete from conversation_letter where conversation = $1 and zone = $2`,
			`delete from conversation where id = $1 and zone = $2`} {
			if _, err := tx.exec(query, id, tx.scope.Zone); err != nil {
				return 0, fmt.Errorf("erase conversation: %w", err)
			}
		}
	}
	return len(ids), nil
}
