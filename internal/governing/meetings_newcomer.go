package governing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Newcomer gives the verb that invites who has just become a member to the meetings to come of which the other members were told already, each once.
// The transaction that admits leaves the task, so that nobody is forgotten; a meeting to which members are invited later has the newcomer among them.
// Errors: error.meeting.moved (Conflict) when a meeting was changed at the same moment: it is tried again.
func Newcomer(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		s := buurtbel.Scope{Zone: t.Zone}
		var z *buurtbel.Zone
		var n *buurtbel.Network
		var coming []store.Meeting
		err := db.Read(ctx, s, func(tx *store.Tx) (err error) {
			if z, n, err = homeOf(tx, t.Subject); err != nil || n == nil {
				return err
			}
			coming, err = missedBy(tx, n.ID, t.Subject)
			return err
		})
		if err != nil {
			return err
		}
		ready := map[buurtbel.ID]*telling{}
		for _, m := range coming {
			if ready[m.ID], err = newTelling(db, z, n, m, store.LetterInvite, []buurtbel.ID{t.Subject}); err != nil {
				return err
			}
		}
		return db.Write(ctx, s, func(tx *store.Tx) error {
			if err := tx.FinishTask(t, time.Time{}); err != nil || n == nil {
				return err
			}
			return inviteNewcomer(tx, n.ID, t.Subject, coming, ready)
		})
	}
}

// homeOf reads the network of who takes part in it; nil: the person left since.
func homeOf(tx *store.Tx, member buurtbel.ID) (*buurtbel.Zone, *buurtbel.Network, error) {
	self, err := tx.Self(member, false)
	if err != nil || !TakesPart(self.Member.State) {
		return nil, nil, err
	}
	z, err := tx.Zone()
	if err != nil {
		return nil, nil, err
	}
	n, err := networkIn(tx, self.Member.Network)
	return z, n, err
}

// missedBy lists the meetings to come for which all members of a network were invited, and this one was not.
func missedBy(tx *store.Tx, network, member buurtbel.ID) ([]store.Meeting, error) {
	all, err := tx.Meetings(network, tx.Now())
	if err != nil {
		return nil, err
	}
	var out []store.Meeting
	for _, m := range all {
		if m.Invites != "all" || m.Message == 0 || !m.Cancelled.IsZero() || !m.From.After(tx.Now()) {
			continue
		}
		told, err := tx.InvitedTo(m.ID)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(told, member) {
			out = append(out, m)
		}
	}
	return out, nil
}

// inviteNewcomer stores the invitations that were made ready. The meetings are locked first: what is invited to, moved or taken back at the same
// moment is seen here, or sees the newcomer.
func inviteNewcomer(tx *store.Tx, network, member buurtbel.ID, seen []store.Meeting, ready map[buurtbel.ID]*telling) error {
	if err := tx.LockMeetings(network); err != nil {
		return err
	}
	now, err := missedBy(tx, network, member)
	if err != nil {
		return err
	}
	for _, m := range now {
		told := ready[m.ID]
		if told == nil || !slices.ContainsFunc(seen, func(s store.Meeting) bool { return s.ID == m.ID && s.Sequence == m.Sequence }) {
			return buurtbel.Fail(buurtbel.Conflict, "error.meeting.moved", nil)
		}
		if err := told.post(tx); err != nil {
			return err
		}
		if err := tx.InviteAlso(m.ID, told.id(), m.Sequence); err != nil {
			return err
		}
		if err := tx.Append(tx.Scope().Zone, buurtbel.EntryMessage, 0, fmt.Appendf(nil, "meeting %s, new member invited", m.ID)); err != nil {
			return err
		}
	}
	return nil
}
