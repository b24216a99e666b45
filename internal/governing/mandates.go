package governing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Held is a mandate as its page shows it.
type Held struct {
	buurtbel.Mandate
	Name    string // of who holds it; "" where the actor may not see names
	Ends    bool   // the actor may end it
	Confirm bool   // the actor may record the meeting that confirmed it
}

// Mandates lists who holds which role in a zone, and who held it: for officer, chief, administrator and auditor all, for a coordinator those
// of the own network; shown leaves out what the page does not show, nil keeps all. Names of members are opened for who may see them: one look
// in the journal, at those that are given and nobody else. Names of officials are an office's business.
func Mandates(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone buurtbel.ID, shown func(Held) bool) ([]Held, error) {
	if err := mayAnywhere(actor, buurtbel.MaySeeMandates, zone, db.Now()); err != nil {
		return nil, err
	}
	scope := buurtbel.Scope{Zone: zone}
	var out []Held
	var names map[buurtbel.ID]string
	err := db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if out, err = heldIn(tx, actor, shown); err == nil {
			names, err = tx.HoldersNames()
		}
		return err
	})
	if members := namesFor(out, actor, zone, db.Now()); err == nil && len(members) > 0 {
		err = db.Write(ctx, scope, func(tx *store.Tx) error {
			opened, err := tx.OpenNames(actor, role, "mandates", 0, members)
			for _, n := range opened {
				names[n.Member] = n.Name.Given + " " + n.Name.Family
			}
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Name = names[out[i].Holder]
	}
	return out, nil
}

// heldIn lists the mandates that the actor sees, without names, with what the actor may do about each.
func heldIn(tx *store.Tx, actor buurtbel.Actor, shown func(Held) bool) ([]Held, error) {
	all, err := tx.Mandates()
	var out []Held
	for _, m := range all {
		if !covers(actor, m, tx.Now()) {
			continue
		}
		ends := m.Now(tx.Now()) && actor.MayEnd(m, tx.Now()) == nil
		h := Held{Mandate: m, Ends: ends, Confirm: ends && m.Holder != actor.Person && m.Role.MeetingConfirms() && m.Confirmed.IsZero()}
		if shown == nil || shown(h) {
			out = append(out, h)
		}
	}
	return out, err
}

// namesFor lists the members among the holders whose names the actor may see, each once.
func namesFor(held []Held, actor buurtbel.Actor, zone buurtbel.ID, now time.Time) []buurtbel.ID {
	var out []buurtbel.ID
	for _, h := range held {
		if h.Role.Citizen() && actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: h.Network}, now) == nil {
			out = append(out, h.Holder)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mayAnywhere asks a right for the zone or for any network of it that the actor holds a mandate in.
func mayAnywhere(actor buurtbel.Actor, p buurtbel.Permission, zone buurtbel.ID, now time.Time) error {
	refused := actor.May(p, buurtbel.Scope{Zone: zone}, now)
	for _, m := range actor.Mandates {
		if refused != nil && m.Zone == zone && actor.May(p, buurtbel.Scope{Zone: zone, Network: m.Network}, now) == nil {
			return nil
		}
	}
	return refused
}

// covers tells whether the actor sees a mandate: with a role for the whole zone all, else those of the own networks and the own.
func covers(actor buurtbel.Actor, m buurtbel.Mandate, now time.Time) bool {
	return m.Holder == actor.Person || slices.ContainsFunc(actor.Mandates, func(own buurtbel.Mandate) bool {
		return own.Zone == m.Zone && own.Now(now) && own.Role != buurtbel.RoleMember && (own.Network == 0 || own.Network == m.Network)
	})
}

// Appointment is a mandate to be given. Mailbox names an official of any zone, where Holder is not known.
type Appointment struct {
	buurtbel.Mandate
	Mailbox string
}

// Appoint gives somebody a mandate. Who holds a citizen's role is a member of its network; police roles go to officials, also of a
// neighbouring zone, whose mailbox says who is meant. It is journalled.
//
// Errors: those of Actor.MayAppoint, Mandate.Check and Tx.Appoint; error.mandate.mailbox (NotFound).
func Appoint(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, a Appointment) (buurtbel.ID, error) {
	scope := buurtbel.Scope{Zone: zone, Network: a.Network}
	if err := actor.MayAppoint(a.Role, a.Holder, scope, db.Now()); err != nil {
		return 0, err
	}
	if err := a.Check(db.Now()); err != nil {
		return 0, err
	}
	m := a.Mandate
	m.ID, m.Zone, m.By = db.NewID(), zone, actor.Person
	m.Ground = strings.TrimSpace(m.Ground)
	if m.Holder == 0 {
		err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			m.Holder, err = tx.OfficialAt(strings.ToLower(strings.TrimSpace(a.Mailbox)))
			return err
		})
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			err = buurtbel.FailWith(err, buurtbel.NotFound, "error.mandate.mailbox", nil)
		}
		if err == nil {
			err = actor.MayAppoint(m.Role, m.Holder, scope, db.Now()) // nobody reaches the own person by the own mailbox
		}
		if err != nil {
			return 0, err
		}
	}
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.Appoint(m); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "mandate %s given to %s, role %s, network %s", m.ID, m.Holder, m.Role, m.Network))
	})
	return m.ID, err
}

// Withdraw ends a mandate before its time, on a written ground. Who holds it may lay it down. What the person may do ends with it, also in
// sessions that are open.
//
// Errors: error.mandate.ground (Invalid), error.mandate.forbidden (Forbidden), error.mandate.last (Conflict), error.mandate.unknown (NotFound).
func Withdraw(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, mandate buurtbel.ID, ground string) error {
	return changeMandate(ctx, db, actor, zone, mandate, func(tx *store.Tx, m buurtbel.Mandate) (string, error) {
		if strings.TrimSpace(ground) == "" {
			return "", buurtbel.Fail(buurtbel.Invalid, "error.mandate.ground", nil)
		}
		return "ended", tx.Withdraw(mandate, actor.Person, strings.TrimSpace(ground))
	})
}

// Confirm records the members' meeting that confirmed a mandate, and where that is written down. Nobody confirms the own one.
//
// Errors: error.mandate.meeting (Invalid), error.mandate.self, error.mandate.forbidden (Forbidden), error.mandate.confirmed (Conflict),
// error.mandate.unknown (NotFound).
func Confirm(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, mandate buurtbel.ID, day time.Time, meeting string) error {
	return changeMandate(ctx, db, actor, zone, mandate, func(tx *store.Tx, m buurtbel.Mandate) (string, error) {
		switch {
		case m.Holder == actor.Person:
			return "", buurtbel.Fail(buurtbel.Forbidden, "error.mandate.self", nil)
		case day.IsZero() || day.After(tx.Now()) || strings.TrimSpace(meeting) == "" || !m.Role.MeetingConfirms():
			return "", buurtbel.Fail(buurtbel.Invalid, "error.mandate.meeting", nil)
		}
		return "confirmed by a meeting", tx.ConfirmMandate(mandate, day, strings.TrimSpace(meeting))
	})
}

// changeMandate reads a mandate, asks whether the actor may end it, changes it and journals the change, in one transaction.
func changeMandate(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, mandate buurtbel.ID, change func(*store.Tx, buurtbel.Mandate) (string, error)) error {
	if err := mayAnywhere(actor, buurtbel.MaySeeMandates, zone, db.Now()); err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		m, err := tx.Mandate(mandate)
		if err == nil && !covers(actor, m, tx.Now()) {
			err = buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil)
		}
		if err == nil {
			err = actor.MayEnd(m, tx.Now())
		}
		if err != nil {
			return err
		}
		word, err := change(tx, m)
		if err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "mandate %s %s, holder %s, role %s, network %s", m.ID, word, m.Holder, m.Role, m.Network))
	})
}
