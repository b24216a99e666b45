// Package joining takes people in and keeps how they can be reached: applications with their proofs and decisions, households, the people of
// businesses; a member stops or resumes texts to one number, or adds and removes a browser that gets messages.
//
// Leaving a network is its own step and never follows from STOP. Who applied stays sealed and is seen by who decides, each look journalled; journal,
// links and tasks hold ids. A code goes to nobody's telephone more often than buurtbel.CodesForStranger says, whoever asks and at whatever door.
package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Stopped is what STOP or START changed for one member.
type Stopped struct {
	Holder  store.ContactHolder
	Changed bool
	Still   []buurtbel.Channel // by what the member is still reached
}

// StopTexts stops texts to one number, for everybody who has it: the program acts on the members' own word, so the actor must be the program.
func StopTexts(ctx context.Context, db *store.DB, actor buurtbel.Actor, number string) ([]Stopped, error) {
	if err := blockCodes(ctx, db, actor, number, true); err != nil {
		return nil, err
	}
	return move(ctx, db, actor, number, buurtbel.ContactOK, buurtbel.ContactStopped)
}

// ResumeTexts undoes StopTexts.
func ResumeTexts(ctx context.Context, db *store.DB, actor buurtbel.Actor, number string) ([]Stopped, error) {
	if err := blockCodes(ctx, db, actor, number, false); err != nil {
		return nil, err
	}
	return move(ctx, db, actor, number, buurtbel.ContactStopped, buurtbel.ContactOK)
}

func move(ctx context.Context, db *store.DB, actor buurtbel.Actor, number string, from, to buurtbel.ContactState) ([]Stopped, error) {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, db.Now()); err != nil {
		return nil, err
	}
	var holders []store.ContactHolder
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		holders, err = tx.HoldersOf(number)
		return err
	}); err != nil {
		return nil, err
	}
	var out []Stopped
	for _, h := range holders {
		if h.Kind != buurtbel.Mobile {
			continue
		}
		s, err := moveOne(ctx, db, h, from, to)
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

func moveOne(ctx context.Context, db *store.DB, h store.ContactHolder, from, to buurtbel.ContactState) (Stopped, error) {
	s := Stopped{Holder: h}
	scope := buurtbel.Scope{Zone: h.Zone}
	tell, err := nextTelling(ctx, db, h.Zone)
	if err != nil {
		return s, err
	}
	err = db.Write(ctx, scope, func(tx *store.Tx) (err error) {
		if s.Changed, err = tx.MoveContact(h.Contact, from, to); err != nil {
			return err
		}
		if s.Changed {
			if err := tx.Append(h.Zone, buurtbel.EntryContact, 0, []byte(h.Contact.String()+" "+string(to))); err != nil {
				return err
			}
			if to == buurtbel.ContactStopped {
				if err := tx.Later("contact-lost", h.Network, tell); err != nil {
					return err
				}
			}
		}
		people, err := tx.Reachables([]buurtbel.ID{h.Member})
		if err != nil || len(people) == 0 {
			return err
		}
		s.Still = still(people[0].Contacts)
		return nil
	})
	return s, err
}

// still lists the channels by which working contact points are reached.
func still(contacts []buurtbel.ContactPoint) []buurtbel.Channel {
	by := map[buurtbel.ContactKind]buurtbel.Channel{buurtbel.Mobile: buurtbel.SMS, buurtbel.Fixed: buurtbel.Voice, buurtbel.Mailbox: buurtbel.Email, buurtbel.Browser: buurtbel.Push}
	var out []buurtbel.Channel
	seen := map[buurtbel.Channel]bool{}
	for _, c := range contacts {
		channel := by[c.Kind]
		if c.Verified && c.State == buurtbel.ContactOK && !seen[channel] {
			seen[channel] = true
			out = append(out, channel)
		}
	}
	return out
}

// blockCodes keeps codes away from a number whose owner wrote STOP: also of somebody who is no member, whose number a stranger typed in.
func blockCodes(ctx context.Context, db *store.DB, actor buurtbel.Actor, number string, block bool) error {
	if err := actor.May(buurtbel.MayArrive, buurtbel.Scope{}, db.Now()); err != nil {
		return err
	}
	hash := db.CodeHash(number)
	return db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		if block {
			return tx.StopCodes(hash, tx.Now().AddDate(1, 0, 0))
		}
		return tx.ResumeCodes(hash)
	})
}
