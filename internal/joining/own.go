package joining

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/store"
)

// How something of a member was asked. Every right can be used by telephone or on paper too, through coordinator or officer (rule 17).
const (
	OnOwnPage   = "own-page"
	ByTelephone = "telephone"
	OnPaper     = "paper"
)

// Word says of which member something is changed, and how it was asked.
type Word struct {
	Zone, Member buurtbel.ID
	How          string
}

// told is what the journal keeps of a change: what, how it was asked and by which office. No value, no name.
type told struct {
	What   string      `json:"what"`
	How    string      `json:"how"`
	Office string      `json:"office"`
	Member buurtbel.ID `json:"member"`
}

// Told reads what a journal entry says of a change of a member's data.
func Told(content []byte) (what, how, office string) {
	var t told
	if json.Unmarshal(content, &t) != nil {
		return "", "", ""
	}
	return t.What, t.How, t.Office
}

// may asks whether an actor may act on a member's word: the member on the own page, or who may see names of the member's network when it was asked
// by telephone or on paper. It gives the network.
func (w Word) may(tx *store.Tx, actor buurtbel.Actor) (buurtbel.ID, error) {
	unknown := buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	if w.How == OnOwnPage {
		if actor.Person != w.Member || actor.Zone != w.Zone {
			return 0, unknown
		}
		if err := actor.May(buurtbel.MayOwn, buurtbel.Scope{Zone: w.Zone}, tx.Now()); err != nil {
			return 0, err
		}
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return 0, err
		}
		return s.Member.Network, nil
	}
	if w.How != ByTelephone && w.How != OnPaper {
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.own.how", nil)
	}
	s, err := tx.Self(w.Member, false)
	if err != nil {
		return 0, err
	}
	if actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: w.Zone, Network: s.Member.Network}, tx.Now()) != nil {
		return 0, unknown
	}
	return s.Member.Network, nil
}

// May tells whether an actor may act on a member's word; see Word.
//
// Errors: error.person.unknown (NotFound); error.own.how (Invalid); error.forbidden.own (Forbidden).
func (w Word) May(ctx context.Context, db *store.DB, actor buurtbel.Actor) error {
	return db.Read(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		_, err := w.may(tx, actor)
		return err
	})
}

// errUnchanged: it stands as it was asked already, so there is nothing to journal.
var errUnchanged = errors.New("joining: unchanged")

// change does something to a member's row, behind the member's lock, and journals what was done and how it was asked.
func (w Word) change(ctx context.Context, db *store.DB, actor buurtbel.Actor, what string, do func(tx *store.Tx, network buurtbel.ID) error) error {
	err := db.Write(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		network, err := w.may(tx, actor)
		if err != nil {
			return err
		}
		if err := tx.LockMember(w.Member); err != nil {
			return err
		}
		if err := do(tx, network); err != nil {
			return err
		}
		return w.journal(tx, actor, what)
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func (w Word) journal(tx *store.Tx, actor buurtbel.Actor, what string) error {
	content, err := json.Marshal(told{What: what, How: w.How, Office: actor.Office, Member: w.Member})
	if err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	return tx.AppendAbout(buurtbel.EntryChange, actor.Person, content, w.Member)
}

// Wish stores when and by what a member wishes to be reached: per urgency, by day and by night, and when the night is. "No alerts" is a valid
// wish and is not leaving. Slower speech, large print and the one way stay as they are.
//
// Errors: those of Word.May; error.own.choices (Invalid).
func Wish(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, night *buurtbel.Hours, per map[buurtbel.Urgency]buurtbel.Choice) error {
	if err := sound(night, per); err != nil {
		return err
	}
	return w.change(ctx, db, actor, "wishes", func(tx *store.Tx, _ buurtbel.ID) error {
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		c := s.Member.Choices
		c.Night, c.Per = night, per
		return tx.SetChoices(w.Member, c)
	})
}

func sound(night *buurtbel.Hours, per map[buurtbel.Urgency]buurtbel.Choice) error {
	bad := buurtbel.Fail(buurtbel.Invalid, "error.own.choices", nil)
	const day = 24 * 60
	if night != nil && (night.From < 0 || night.From >= day || night.Until < 0 || night.Until >= day) {
		return bad
	}
	const all = buurtbel.ByText | buurtbel.ByCall | buurtbel.ByMail
	for u, c := range per {
		if !slices.Contains([]buurtbel.Urgency{buurtbel.Life, buurtbel.Now, buurtbel.Soon}, u) || c.Day&^all != 0 || c.Night&^(all|buurtbel.Later) != 0 {
			return bad
		}
	}
	return nil
}

// Reading is how a member wishes to read and hear: never why (rule 17).
type Reading struct {
	Language      buurtbel.Language
	Only          buurtbel.By // ByText, ByCall or 0
	Slower, Large bool
	Exercises     bool // takes part in exercises
	Tree          bool // stands in the phone tree
}

// Read stores how a member wishes to read and hear.
//
// Errors: those of Word.May; error.own.language (Invalid).
func Read(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, r Reading) error {
	if !r.Language.Valid() || r.Only != 0 && r.Only != buurtbel.ByText && r.Only != buurtbel.ByCall {
		return buurtbel.Fail(buurtbel.Invalid, "error.own.language", nil)
	}
	return w.change(ctx, db, actor, "reading", func(tx *store.Tx, network buurtbel.ID) error {
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		c := s.Member.Choices
		c.Only, c.Slower, c.Large = r.Only, r.Slower, r.Large
		if err := tx.SetChoices(w.Member, c); err != nil {
			return err
		}
		if err := tx.SetLanguage(w.Member, r.Language); err != nil {
			return err
		}
		return takePart(tx, actor, w, network, s, r)
	})
}

func takePart(tx *store.Tx, actor buurtbel.Actor, w Word, network buurtbel.ID, s *store.Self, r Reading) (err error) {
	switch {
	case r.Exercises && s.Out:
		_, err = tx.JoinExercises(network, w.Member)
	case !r.Exercises && !s.Out:
		_, err = tx.LeaveExercises(network, w.Member, actor.Person, w.How)
	}
	switch {
	case err != nil:
	case r.Tree && !s.InTree:
		_, err = tx.GiveTreeConsent(network, w.Member, actor.Person, w.How)
	case !r.Tree && s.InTree:
		_, err = tx.WithdrawTreeConsent(network, w.Member, actor.Person, w.How)
	}
	return err
}

// Away stores from when until when a member is away; the zero Span ends it. Only alerts about a danger to life come meanwhile.
//
// Errors: those of Word.May; error.own.away (Invalid) for an end that is not after the beginning, or more than a year ahead.
func Away(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, s buurtbel.Span) error {
	if !s.MayBeAbsence(db.Now()) {
		return buurtbel.Fail(buurtbel.Invalid, "error.own.away", nil)
	}
	return w.change(ctx, db, actor, "away", func(tx *store.Tx, _ buurtbel.ID) error { return tx.SetAway(w.Member, s) })
}

// MoveUp puts a contact point before the one that stands above it: it is tried first.
//
// Errors: those of Word.May; error.contact.unknown (NotFound) for another's.
func MoveUp(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, contact buurtbel.ID) error {
	return w.change(ctx, db, actor, "contacts", func(tx *store.Tx, _ buurtbel.ID) error {
		s, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.Contacts, func(c store.SelfContact) bool { return c.ID == contact })
		if i < 0 {
			return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
		}
		if i > 0 {
			s.Contacts[i-1], s.Contacts[i] = s.Contacts[i], s.Contacts[i-1]
		}
		rank := 0
		for _, c := range s.Contacts {
			if c.Kind == buurtbel.Browser { // stands behind the others: see browserRank
				continue
			}
			if err := tx.RankContact(w.Member, c.ID, rank); err != nil {
				return err
			}
			rank++
		}
		return nil
	})
}

// Pause stops or resumes messages to one contact point, which stays kept. One that stands so already, or exists no more for the carrier, stays as it
// is, and nothing is journalled.
//
// Errors: those of Word.May; error.contact.unknown (NotFound).
func Pause(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, contact buurtbel.ID, pause bool) error {
	what, from, to := "resumed", buurtbel.ContactStopped, buurtbel.ContactOK
	if pause {
		what, from, to = "paused", buurtbel.ContactOK, buurtbel.ContactStopped
	}
	return w.change(ctx, db, actor, what, func(tx *store.Tx, _ buurtbel.ID) error {
		if err := has(tx, w, contact); err != nil {
			return err
		}
		calls := false
		if !pause {
			var err error
			if calls, err = tx.ResumeCalls(contact); err != nil {
				return err
			}
		}
		moved, err := tx.MoveContact(contact, from, to)
		if err == nil && !moved && !calls {
			err = errUnchanged
		}
		return err
	})
}

// Remove takes a contact point out of use for good and erases its address.
//
// Errors: those of Word.May; error.contact.unknown (NotFound).
func Remove(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, contact buurtbel.ID) error {
	return w.change(ctx, db, actor, "removed", func(tx *store.Tx, _ buurtbel.ID) error { return tx.RemoveContact(w.Member, contact) })
}

func has(tx *store.Tx, w Word, contact buurtbel.ID) error {
	s, err := tx.Self(w.Member, false)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.Contacts, func(c store.SelfContact) bool { return c.ID == contact }) {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	return nil
}

// Rename stores a member's name.
//
// Errors: those of Word.May; error.own.name (Invalid).
func Rename(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, n store.Name) error {
	n.Given, n.Family = strings.TrimSpace(n.Given), strings.TrimSpace(n.Family)
	if n.Given == "" && n.Family == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.own.name", nil)
	}
	return w.change(ctx, db, actor, "name", func(tx *store.Tx, _ buurtbel.ID) error { return tx.SetName(w.Member, n) })
}

// What became of a new address.
const (
	MovedInside  = "inside"  // it lies in the network's area, and counts from now
	MovedOutside = "outside" // it lies outside: the coordinator decides; until then the old address counts
	MovedUnknown = "unknown" // the register does not know it: the same
)

// MoveHome stores a new address. One in the network's area counts at once; of any other the coordinator decides, and until then nothing changes.
//
// Errors: those of Word.May; error.own.home (Invalid).
func MoveHome(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, h store.Home) (found string, err error) {
	if h.Street == "" || h.Number == "" || h.PostalCode == "" || h.Municipality == "" {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.own.home", nil)
	}
	err = w.change(ctx, db, actor, "home", func(tx *store.Tx, network buurtbel.ID) error {
		at, known, err := tx.HouseAt(addressfile.StreetKey(h.Street), h.PostalCode, h.Number)
		if err != nil {
			return err
		}
		networks, err := tx.NetworksOf([]buurtbel.ID{network})
		if err != nil {
			return err
		}
		found = MovedUnknown
		if known {
			found = MovedOutside
		}
		if known && len(networks) == 1 && networks[0].Area.Contains(at) {
			found = MovedInside
			if _, err := tx.EndMove(w.Member); err != nil {
				return err
			}
			return tx.SetHome(w.Member, h, at)
		}
		return tx.AskMove(store.Move{Member: w.Member, Network: network, Home: h, Place: at, Found: found})
	})
	return found, err
}

// DecideMove settles a move that waits: yes takes the new address, no keeps the old one. By who keeps the network's list.
//
// Errors: error.person.unknown (NotFound); error.own.move-gone (Conflict).
func DecideMove(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, member buurtbel.ID, yes bool) error {
	w := Word{Zone: zone, Member: member, How: OnPaper}
	what := "move-refused"
	if yes {
		what = "move-taken"
	}
	return w.change(ctx, db, actor, what, func(tx *store.Tx, network buurtbel.ID) error {
		moves, err := tx.MovesAsked(network, member, true)
		if err != nil {
			return err
		}
		gone, err := tx.EndMove(member)
		if err != nil {
			return err
		}
		if !gone || len(moves) != 1 {
			return buurtbel.Fail(buurtbel.Conflict, "error.own.move-gone", nil)
		}
		if !yes {
			return nil
		}
		return tx.SetHome(member, moves[0].Home, moves[0].Place)
	})
}
