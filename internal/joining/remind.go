package joining

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Remind gives the verb that keeps the calendar of an application: who decides is told and reminded, then the deputy, then the officer; the applicant
// is reminded of open proofs; what was abandoned is erased. A task about the application. Letters hold no name: who applied stands on the desk.
func (h *Hall) Remind() func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, h.db.Now()); err != nil {
			return err
		}
		s := buurtbel.Scope{Zone: t.Zone}
		f, err := h.affair(ctx, s, t.Subject)
		if buurtbel.KeyOf(err) == "error.application.unknown" { // erased with its member
			return h.db.Write(ctx, s, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
		}
		if err != nil {
			return fmt.Errorf("read application: %w", err)
		}
		due, next := f.app.Due(h.db.Now())
		if due == "" {
			return h.db.Write(ctx, s, func(tx *store.Tx) error { return tx.FinishTask(t, next) })
		}
		post, err := h.reminder(ctx, f, due)
		if err != nil {
			return err
		}
		return h.db.Write(ctx, s, func(tx *store.Tx) error {
			a, err := tx.LockApplication(t.Subject)
			if err != nil {
				return err
			}
			if now, _ := a.Due(tx.Now()); now != due { // it moved meanwhile
				return tx.FinishTask(t, tx.Now())
			}
			if err := h.remind(tx, a, due); err != nil {
				return err
			}
			if err := post(tx); err != nil {
				return err
			}
			more, next := a.Due(tx.Now())
			if more != "" {
				next = tx.Now()
			}
			return tx.FinishTask(t, next)
		})
	}
}

// remind records a reminder and does what it means beside telling.
func (h *Hall) remind(tx *store.Tx, a *buurtbel.Application, due buurtbel.Reminder) error {
	if err := tx.AddFact(a, buurtbel.ApplicationFact{Kind: buurtbel.FactReminded, Detail: string(due)}); err != nil {
		return err
	}
	switch due {
	case buurtbel.Lapse:
		if err := tx.AddFact(a, buurtbel.ApplicationFact{Kind: buurtbel.FactLapsed}); err != nil {
			return err
		}
		return nil // it is told first; the next due is to erase
	case buurtbel.Erase:
		return tx.EraseApplicant(a.ID)
	}
	return nil
}

// reminder plans the letters of a reminder.
func (h *Hall) reminder(ctx context.Context, f *affair, due buurtbel.Reminder) (func(*store.Tx) error, error) {
	args := f.args()
	args["Days"] = int(h.db.Now().Sub(f.app.Since()) / (24 * time.Hour))
	switch due {
	case buurtbel.RemindProofs, buurtbel.RemindProofsLast, buurtbel.RemindAnswer:
		post, _, _ := h.tellUnproved(f, string(due), args)
		return post, nil
	case buurtbel.Lapse:
		post, _, _ := h.tell(f, "lapse", args, "")
		return post, nil
	case buurtbel.Erase:
		return func(*store.Tx) error { return nil }, nil
	}
	people, err := h.deciders(ctx, f, due)
	if err != nil {
		return nil, err
	}
	return h.toDeciders(f, people, string(due), args), nil
}

// tellUnproved reminds an applicant by a mailbox whose owner has not confirmed it yet: one mail, to the address that the form gave. Others hear nothing:
// nobody is texted or called who may not have asked.
func (h *Hall) tellUnproved(f *affair, key string, args buurtbel.Args) (func(*store.Tx) error, buurtbel.Channel, bool) {
	for _, c := range f.contacts {
		if c.Kind == buurtbel.Mailbox && c.State == buurtbel.ContactOK {
			return h.send(f.zone, buurtbel.KindAnswer, f.app.ID, c, buurtbel.Email, letter(f.app.Language, key, args, h.pageAddress(f.app.ID)), 48*time.Hour), buurtbel.Email, true
		}
	}
	return func(*store.Tx) error { return nil }, "", false
}

// roles lists who is told, the first that somebody holds; also adds those who are told beside.
var roles = map[buurtbel.Reminder][][]buurtbel.Role{
	buurtbel.TellCoordinator:   {{buurtbel.RoleCoordinator}, {buurtbel.RoleDeputy}, {buurtbel.RoleOfficer}},
	buurtbel.RemindCoordinator: {{buurtbel.RoleCoordinator}, {buurtbel.RoleDeputy}, {buurtbel.RoleOfficer}},
	buurtbel.RemindDeputy:      {{buurtbel.RoleCoordinator, buurtbel.RoleDeputy}, {buurtbel.RoleOfficer}},
	buurtbel.RemindOfficer:     {{buurtbel.RoleOfficer}},
	buurtbel.TellOfficer:       {{buurtbel.RoleOfficer}},
	buurtbel.RemindDecider:     {{buurtbel.RoleOfficer}},
}

func (h *Hall) deciders(ctx context.Context, f *affair, due buurtbel.Reminder) (out []store.Reachable, err error) {
	err = h.db.Read(ctx, buurtbel.Scope{Zone: f.app.Zone}, func(tx *store.Tx) error {
		for _, together := range roles[due] {
			if out, err = tx.ReachableHolders(f.app.Network, together...); err != nil || len(out) > 0 {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (h *Hall) toDeciders(f *affair, people []store.Reachable, key string, args buurtbel.Args) func(*store.Tx) error {
	l := h.db.Letters(f.zone, buurtbel.KindReport, buurtbel.Soon, h.db.Now().Add(24*time.Hour))
	for _, p := range people {
		l.To(p, letter(p.Member.Language, key, args, h.o.Link+"/applications/"+f.app.ID.String()), buurtbel.Email)
	}
	return l.Post
}
