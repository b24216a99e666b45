package governing

import (
	"context"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// OwnCalendar lists the meetings to come to which the actor was invited, with the own answers.
func OwnCalendar(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone buurtbel.ID) ([]store.SelfMeeting, error) {
	if err := actor.May(buurtbel.MayOwn, buurtbel.Scope{Zone: zone}, db.Now()); err != nil {
		return nil, err
	}
	var out []store.SelfMeeting
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		out, err = tx.MeetingsFor(actor.Person)
		return err
	})
	return out, err
}

// OwnMeeting gives one of them; NotFound (error.meeting.unknown) for a meeting to which the actor was not invited, or that is over.
func OwnMeeting(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID) (store.SelfMeeting, error) {
	all, err := OwnCalendar(ctx, db, actor, zone)
	if err != nil {
		return store.SelfMeeting{}, err
	}
	i := slices.IndexFunc(all, func(m store.SelfMeeting) bool { return m.ID == meeting })
	if i < 0 {
		return store.SelfMeeting{}, buurtbel.Fail(buurtbel.NotFound, "error.meeting.unknown", nil)
	}
	return all[i], nil
}

// AnswerOwn records whether the actor comes; the last answer counts. Errors: those of OwnMeeting, error.meeting.over (Conflict).
func AnswerOwn(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID, comes bool) error {
	m, err := OwnMeeting(ctx, db, actor, zone, meeting)
	if err == nil && (!m.From.After(db.Now()) || !m.Cancelled.IsZero()) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	}
	if err != nil {
		return err
	}
	answer := "no"
	if comes {
		answer = "yes"
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		return tx.AnswerMeeting(store.Guest{Zone: zone, Meeting: meeting, Member: actor.Person}, answer)
	})
}
