package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// How far internal rules have come. Coordinator or deputy write and propose them, the mandated officer agrees or gives them back; what is agreed
// to is a new version, and an old one is never changed (rules 8 and 10).
const (
	RulesWritten  = "draft"
	RulesProposed = "proposed"
	RulesReturned = "returned"
)

// ForRules is the purpose of a look at who has accepted the rules.
const ForRules = "rules accepted"

// MostRules is how many characters the rules may have in one language.
const MostRules = 20_000

// Rules are a network's internal rules, as those see them who keep its list.
type Rules struct {
	Network  *buurtbel.Network
	InForce  store.HouseRules   // Version 0: the standard ones
	Versions []store.HouseRules // the newest first; one that holds later too
	Draft    *store.RulesDraft  // nil: nothing is being written
	Counts   map[int]int        // members who take part, by the version that they accepted last; store.NoRules: none is known
	Members  int
	Refused  int // who do not accept the newest version
}

// Newest is the version that members are asked to accept: the last one that was agreed to, also before it holds.
func (r *Rules) Newest() int {
	if len(r.Versions) == 0 {
		return 0
	}
	return r.Versions[0].Version
}

// RulesDesk gives a network's rules with who accepted which version, as counts. It opens no name.
//
// Errors: error.network.unknown (NotFound), error.forbidden.see-names (Forbidden).
func RulesDesk(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID) (*Rules, error) {
	r := &Rules{}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if r.Network, err = networkIn(tx, network); err != nil {
			return err
		}
		if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, tx.Now()); err != nil {
			return err
		}
		if r.InForce, err = tx.HouseRules(network); err != nil {
			return err
		}
		if r.Versions, err = tx.AllHouseRules(network); err != nil {
			return err
		}
		if r.Draft, err = tx.RulesDraft(network); err != nil {
			return err
		}
		of, err := tx.RulesOf(network)
		r.Members, r.Counts = len(of), map[int]int{}
		for _, version := range of {
			r.Counts[version]++
		}
		if err != nil {
			return err
		}
		refused, err := tx.WhoRefused(network, r.Newest())
		r.Refused = len(refused)
		return err
	})
	return r, err
}

// WriteRules keeps what a coordinator or deputy writes. With propose the mandated officer is mailed and decides; until then it may be written
// again.
//
// Errors (Invalid): error.rules.text (Args Language), error.rules.long (Args Most), error.rules.contact (Args Words), error.rules.from.
func WriteRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, d store.RulesDraft, propose bool) error {
	if err := actor.May(buurtbel.MayWriteRules, buurtbel.Scope{Zone: zone, Network: d.Network}, db.Now()); err != nil {
		return err
	}
	n, loc, err := rulesPlace(ctx, db, zone, d.Network)
	if err != nil {
		return err
	}
	d.By, d.State, d.Note = actor.Person, RulesWritten, ""
	if err := CheckRules(n, d, db.Now().In(loc)); err != nil {
		return err
	}
	post := func(*store.Tx) error { return nil }
	if propose {
		d.State = RulesProposed
		if post, err = rulesLetter(ctx, db, zone, n, "proposed", buurtbel.Args{}, buurtbel.RoleOfficer); err != nil {
			return err
		}
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.PutRulesDraft(d); err != nil {
			return err
		}
		if err := post(tx); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "internal rules %s, network %s", d.State, d.Network))
	})
}

// CheckRules tells what rules lack: every language of the regime has its text, which anybody may read, and they hold from today or later. now is
// in the zone's own time.
func CheckRules(n *buurtbel.Network, d store.RulesDraft, now time.Time) error {
	if missing := n.Regime.Missing(d.Texts); len(missing) > 0 {
		return buurtbel.Fail(buurtbel.Invalid, "error.rules.text", buurtbel.Args{"Language": string(missing[0])})
	}
	for _, l := range n.Regime {
		if utf8.RuneCountInString(d.Texts[l]) > MostRules {
			return buurtbel.Fail(buurtbel.Invalid, "error.rules.long", buurtbel.Args{"Most": MostRules})
		}
		for _, f := range wording.Check(d.Texts[l], l, wording.Context{}) {
			if f.Code == wording.Mailbox || f.Code == wording.Phone {
				return buurtbel.Fail(buurtbel.Invalid, "error.rules.contact", buurtbel.Args{"Words": f.Args["Words"]})
			}
		}
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	if d.From.Before(today) || d.From.After(today.AddDate(1, 0, 0)) {
		return buurtbel.Fail(buurtbel.Invalid, "error.rules.from", nil)
	}
	return nil
}

// DecideRules is what the mandated officer says to a proposal that was seen as it stood at a moment. Yes makes it the next version and mails the
// members, who are asked to accept it; no gives it back with the reason. Nobody agrees to what he proposed himself.
//
// Errors: error.rules.self (Forbidden); error.rules.moved (Conflict) when it was changed or decided since; error.rules.note (Invalid).
func DecideRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, seen time.Time, yes bool, note string) error {
	if err := actor.May(buurtbel.MayAgreeRules, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return err
	}
	n, loc, err := rulesPlace(ctx, db, zone, network)
	if err != nil {
		return err
	}
	var d *store.RulesDraft
	if err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		d, err = tx.RulesDraft(network)
		return err
	}); err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	switch {
	case d == nil || d.State != RulesProposed || !d.At.Equal(seen):
		return buurtbel.Fail(buurtbel.Conflict, "error.rules.moved", nil)
	case d.By == actor.Person:
		return buurtbel.Fail(buurtbel.Forbidden, "error.rules.self", nil)
	case !yes && len([]rune(note)) < 3:
		return buurtbel.Fail(buurtbel.Invalid, "error.rules.note", nil)
	case !yes:
		return returnRules(ctx, db, actor, zone, n, *d, note)
	}
	return agreeRules(ctx, db, actor, zone, n, *d, loc)
}

func returnRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, n *buurtbel.Network, d store.RulesDraft, note string) error {
	post, err := rulesLetter(ctx, db, zone, n, "returned", buurtbel.Args{"Note": note}, buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
	if err != nil {
		return err
	}
	seen := d.At
	d.State, d.Note = RulesReturned, note
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.EndRulesDraft(n.ID, seen); err != nil {
			return err
		}
		if err := tx.PutRulesDraft(d); err != nil {
			return err
		}
		if err := post(tx); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "internal rules returned, network %s", n.ID))
	})
}

func agreeRules(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, n *buurtbel.Network, d store.RulesDraft, loc *time.Location) error {
	now := db.Now()
	from := d.From
	if from.Before(now) {
		from = now // the day that was proposed has begun, or is over
	}
	remind, err := remindNext(ctx, db, zone)
	if err != nil {
		return err
	}
	msg := rulesMail(db, zone, n, from, loc)
	h := store.HouseRules{Body: d.Texts[n.Regime[0]], Texts: d.Texts, From: from, By: d.By, AgreedBy: actor.Person, Message: msg.ID}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.EndRulesDraft(n.ID, d.At); err != nil {
			return err
		}
		if h.From.Before(tx.Now()) {
			h.From = tx.Now()
		}
		if _, err := tx.PutHouseRules(n.ID, h); err != nil {
			return err
		}
		people, err := tx.MembersOf([]buurtbel.ID{n.ID})
		if err != nil || len(people) == 0 {
			return err
		}
		msg.Audience = len(people)
		if err := tx.Later(RemindRules, n.ID, remind); err != nil {
			return err
		}
		return tx.InsertMessage(msg, people)
	})
}

// NotAccepted is a member who has not accepted the newest rules, with the version before that was; store.NoRules: none is known.
type NotAccepted struct {
	Member  buurtbel.ID
	Name    store.Name
	Version int
	Refused bool // said not to accept the newest
}

// WhoNotAccepted opens the names of the members who have not accepted the newest rules. The look is journalled with its reason.
func WhoNotAccepted(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network buurtbel.ID, reason string) ([]NotAccepted, error) {
	r, err := RulesDesk(ctx, db, actor, zone, network)
	if err != nil {
		return nil, err
	}
	var out []NotAccepted
	err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = nil
		of, err := tx.RulesOf(network)
		if err != nil {
			return err
		}
		var ids []buurtbel.ID
		for id, version := range of {
			if version < r.Newest() {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		slices.Sort(ids)
		refused, err := tx.WhoRefused(network, r.Newest())
		if err != nil {
			return err
		}
		names, err := tx.OpenNames(actor, role, reason, 0, ids)
		for _, n := range names {
			out = append(out, NotAccepted{n.Member, n.Name, of[n.Member], slices.Contains(refused, n.Member)})
		}
		return err
	})
	slices.SortFunc(out, func(a, b NotAccepted) int {
		return strings.Compare(a.Name.Family+" "+a.Name.Given, b.Name.Family+" "+b.Name.Given)
	})
	return out, err
}

// RulesAsked are the newest rules of a network as the link in a mail, or the own page, shows them to one member.
type RulesAsked struct {
	Reader   store.RulesReader
	Network  *buurtbel.Network
	Rules    store.HouseRules
	Accepted bool
	Refused  bool
	At       *time.Location
}

// RulesBehind gives the newest rules behind a link in a mail; the link is the right, for that member only. It is nil when the link is about
// something else. It changes nothing.
func RulesBehind(ctx context.Context, db *store.DB, link string) (*RulesAsked, error) {
	id, err := token.VerifySigned(db.Ring(), token.Heard, link)
	if err != nil {
		return nil, err
	}
	var g store.RulesReader
	known := false
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		g, known, err = tx.RulesReaderOf(id)
		return err
	}); err != nil || !known {
		return nil, err
	}
	a := &RulesAsked{Reader: g}
	return a, db.Read(ctx, buurtbel.Scope{Zone: g.Zone}, func(tx *store.Tx) error { return a.read(tx) })
}

func (a *RulesAsked) read(tx *store.Tx) (err error) {
	if a.Network, err = networkIn(tx, a.Reader.Network); err != nil {
		return err
	}
	z, err := tx.Zone()
	if err != nil {
		return err
	}
	if a.At, err = z.Location(); err != nil {
		return err
	}
	all, err := tx.AllHouseRules(a.Reader.Network)
	if err != nil {
		return err
	}
	a.Rules = all[0]
	done, err := tx.RulesAccepted(a.Reader.Network, a.Reader.Member)
	if err != nil {
		return err
	}
	a.Accepted = len(done) > 0 && done[0].Version == a.Rules.Version
	not, err := tx.RulesRefused(a.Reader.Network, a.Reader.Member)
	a.Refused = len(not) > 0 && not[0].Version == a.Rules.Version
	return err
}

// AcceptBehind records that the member behind a link accepts the version that the page showed. Twice is once.
//
// Errors: error.token.unknown (NotFound); error.join.rules-changed (Conflict) when a newer version was agreed to since.
func AcceptBehind(ctx context.Context, db *store.DB, link string, version int) error {
	a, err := rulesNewest(ctx, db, link, version)
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: a.Reader.Zone}, func(tx *store.Tx) error {
		changed, err := tx.AcceptRules(a.Reader.Network, version, a.Reader.Member, a.Reader.Member, "link")
		if err != nil || !changed {
			return err
		}
		return tx.Append(a.Reader.Zone, buurtbel.EntryJoin, a.Reader.Member, fmt.Appendf(nil, "%s rules %d", a.Reader.Member, version))
	})
}
