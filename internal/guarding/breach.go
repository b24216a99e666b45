package guarding

import (
	"context"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// BreachClock is how long after a breach was noticed the supervisory authority must know (GDPR, article 33, paragraph 1).
const BreachClock = 72 * time.Hour

// The decisions about whom to tell.
const (
	BreachTold    = "told"
	BreachNotTold = "not"
)

// BreachLeft is what is left of the clock at now; below zero: it is over.
func BreachLeft(b *store.Breach, now time.Time) time.Duration {
	return b.Noticed.Add(BreachClock).Sub(now)
}

// Breaches lists the register of a zone.
func Breaches(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID) ([]*store.Breach, error) {
	if err := mayRegister(db, actor, zone); err != nil {
		return nil, err
	}
	var out []*store.Breach
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		out, err = tx.Breaches()
		return err
	})
	return out, err
}

// Breach reads one breach of a zone.
//
// Errors: error.breach.unknown (NotFound).
func Breach(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, id buurtbel.ID) (*store.Breach, error) {
	if err := mayRegister(db, actor, zone); err != nil {
		return nil, err
	}
	var out *store.Breach
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		out, err = tx.Breach(id)
		return err
	})
	return out, err
}

func mayRegister(db *store.DB, actor buurtbel.Actor, zone buurtbel.ID) error {
	return actor.May(buurtbel.MayRegister, buurtbel.Scope{Zone: zone}, db.Now())
}

// EnterBreach enters a breach into the register and tells the chief, with a link to the page at base. The clock runs from noticed.
//
// Errors: error.breach.what (Invalid) when it says nothing; error.breach.noticed (Invalid) for a moment that lies ahead.
func EnterBreach(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, noticed time.Time, d store.BreachDetails, base string) (buurtbel.ID, error) {
	if err := mayRegister(db, actor, zone); err != nil {
		return 0, err
	}
	now := db.Now()
	switch {
	case strings.TrimSpace(d.What) == "":
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.breach.what", nil)
	case noticed.IsZero() || noticed.After(now.Add(time.Minute)):
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.breach.noticed", nil)
	}
	b := &store.Breach{ID: db.NewID(), Noticed: noticed, By: actor.Person, BreachDetails: d}
	letters, err := chiefLetters(ctx, db, zone, b, base)
	if err != nil {
		return 0, err
	}
	return b.ID, db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.InsertBreach(b); err != nil {
			return err
		}
		if err := letters.Post(tx); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("breach entered "+b.ID.String()))
	})
}

func chiefLetters(ctx context.Context, db *store.DB, zone buurtbel.ID, b *store.Breach, base string) (*store.Letters, error) {
	var z *buurtbel.Zone
	var chiefs []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		chiefs, err = tx.ReachableHolders(0, buurtbel.RoleChief)
		return err
	})
	if err != nil {
		return nil, err
	}
	loc, err := z.Location()
	if err != nil {
		return nil, err
	}
	letters := db.Letters(z, buurtbel.KindReport, buurtbel.Now, db.Now().Add(BreachClock))
	for _, c := range chiefs {
		lang := c.Member.Language
		until := locale.When(lang, b.Noticed.Add(BreachClock), db.Now(), loc)
		letter := locale.NoteLetter(lang, locale.Text(lang, "message.breach.subject", nil), locale.Text(lang, "message.breach.body", buurtbel.Args{"Until": until}),
			locale.Text(lang, "message.breach.button", nil), base+"/breaches/"+b.ID.String())
		letters.To(c, letter.Wording(lang), buurtbel.Email)
	}
	return letters.OnlyReached(), nil
}

// MendBreach stores what is known and decided of an open breach by now. b.ID names it; who entered it and when it was noticed stay.
//
// Errors: error.breach.unknown (NotFound), also for a closed one; error.breach.what (Invalid); error.breach.why (Invalid) when somebody was not told,
// or the authority later than the 72 hours, without a written reason; error.breach.decide (Invalid) for closing without both decisions.
func MendBreach(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID, b *store.Breach, shut bool) error {
	if err := mayRegister(db, actor, zone); err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		was, err := tx.Breach(b.ID)
		if err != nil {
			return err
		}
		next := *was
		next.BreachDetails = b.BreachDetails
		next.Authority, next.AuthorityAt = decided(was.Authority, b.Authority, was.AuthorityAt, tx.Now())
		next.Persons, next.PersonsAt = decided(was.Persons, b.Persons, was.PersonsAt, tx.Now())
		if err := complete(&next, shut); err != nil {
			return err
		}
		word := "breach changed "
		if shut {
			next.Closed, next.ClosedBy, word = tx.Now(), actor.Person, "breach closed "
		}
		if err := tx.PutBreach(&next); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte(word+b.ID.String()))
	})
}

// decided keeps the moment of a decision that did not change.
func decided(was, is string, at, now time.Time) (string, time.Time) {
	if is != BreachTold && is != BreachNotTold {
		return "", time.Time{}
	}
	if was == is {
		return is, at
	}
	return is, now
}

func complete(b *store.Breach, shut bool) error {
	late := b.Authority == BreachTold && b.AuthorityAt.After(b.Noticed.Add(BreachClock))
	switch {
	case strings.TrimSpace(b.What) == "":
		return buurtbel.Fail(buurtbel.Invalid, "error.breach.what", nil)
	case (b.Authority == BreachNotTold || late) && strings.TrimSpace(b.WhyAuthority) == "", b.Persons == BreachNotTold && strings.TrimSpace(b.WhyPersons) == "":
		return buurtbel.Fail(buurtbel.Invalid, "error.breach.why", nil)
	case shut && (b.Authority == "" || b.Persons == ""):
		return buurtbel.Fail(buurtbel.Invalid, "error.breach.decide", nil)
	}
	return nil
}
