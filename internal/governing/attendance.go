package governing

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Why a coordinator opens the names of a meeting: the words of the journal. An official writes a reason instead.
const (
	ForAttendance      = "attendance"
	ForAttendancePrint = "attendance list printed"
)

// Attendance is who may be at a meeting, by name and with nothing else, and who was.
type Attendance struct {
	Meeting store.Meeting
	Network *buurtbel.Network
	People  []Attendee // by family name
	Others  int        // people who were there and are not among People
}

// Attendee is one person on the list of a meeting.
type Attendee struct {
	Person  buurtbel.ID
	Given   string
	Family  string // of an official: the whole name
	Officer bool
	There   bool
}

// OpenAttendance opens the names of who is invited to a meeting, for the one who marks who came or prints a list to sign. The look is journalled with
// its purpose (rule 14); a print is journalled too. Officials are named by their office's own word.
//
// Errors: those of OneMeeting; error.meeting.over (Conflict) when it was taken back.
func OpenAttendance(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, meeting buurtbel.ID, what, purpose string) (*Attendance, error) {
	m, err := OneMeeting(ctx, db, actor, zone, meeting)
	if err == nil && !m.Cancelled.IsZero() {
		err = buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	}
	if err != nil {
		return nil, err
	}
	var out *Attendance
	err = db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		out = &Attendance{}
		if out.Meeting, err = tx.Meeting(meeting); err != nil {
			return err
		}
		if out.Network, err = networkIn(tx, m.Network); err != nil {
			return err
		}
		if err := out.fill(tx, actor, role, purpose); err != nil {
			return err
		}
		if what != ForAttendancePrint {
			return nil
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "%s, meeting %s, %d people", what, meeting, len(out.People)))
	})
	return out, err
}

// expected lists who may be at a meeting: who is invited now, and who was there and is invited no more.
func expected(tx *store.Tx, m store.Meeting) (all, there []buurtbel.ID, err error) {
	if all, err = invited(tx, m); err != nil {
		return nil, nil, err
	}
	if there, err = tx.There(m.ID); err != nil {
		return nil, nil, err
	}
	all = slices.Concat(all, there)
	slices.Sort(all)
	return slices.Compact(all), there, nil
}

func (a *Attendance) fill(tx *store.Tx, actor buurtbel.Actor, role buurtbel.Role, purpose string) error {
	all, there, err := expected(tx, a.Meeting)
	if err != nil {
		return err
	}
	var members []buurtbel.ID
	for _, id := range all {
		name, err := tx.OfficialName(id)
		if err != nil {
			return err
		}
		if name == "" {
			members = append(members, id)
			continue
		}
		a.People = append(a.People, Attendee{Person: id, Family: name, Officer: true})
	}
	if len(members) > 0 {
		names, err := tx.OpenNames(actor, role, purpose, 0, members)
		if err != nil {
			return err
		}
		for _, n := range names {
			a.People = append(a.People, Attendee{Person: n.Member, Given: n.Name.Given, Family: n.Name.Family})
		}
	}
	for i := range a.People {
		_, a.People[i].There = slices.BinarySearch(there, a.People[i].Person)
	}
	slices.SortStableFunc(a.People, func(x, y Attendee) int {
		return cmp.Or(cmp.Compare(addressfile.Fold(x.Family), addressfile.Fold(y.Family)), cmp.Compare(addressfile.Fold(x.Given), addressfile.Fold(y.Given)))
	})
	a.Others = max(0, a.Meeting.Attended-len(there))
	return nil
}

// MarkAttendance records who was at a meeting that began: people by name, of those whom OpenAttendance gives, and how many others. What was marked
// before is replaced. The minutes count both.
//
// Errors: those of OneMeeting; error.meeting.early (Conflict) before it began, error.meeting.over (Conflict) when it was taken back,
// error.person.unknown (NotFound) for who is not on the list, error.meeting.votes (Invalid) when more voted than were there.
func MarkAttendance(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, meeting buurtbel.ID, people []buurtbel.ID, others int) error {
	m, err := OneMeeting(ctx, db, actor, zone, meeting)
	switch {
	case err != nil:
		return err
	case !m.Cancelled.IsZero():
		return buurtbel.Fail(buurtbel.Conflict, "error.meeting.over", nil)
	case m.From.After(db.Now()):
		return buurtbel.Fail(buurtbel.Conflict, "error.meeting.early", nil)
	}
	people = slices.Compact(slices.Sorted(slices.Values(people)))
	attended := len(people) + max(0, others)
	for _, v := range m.Votes {
		if attended > 0 && v.Yes+v.No+v.Blank > attended {
			return buurtbel.Fail(buurtbel.Invalid, "error.meeting.votes", nil)
		}
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		all, _, err := expected(tx, m)
		if err != nil {
			return err
		}
		for _, id := range people {
			if _, on := slices.BinarySearch(all, id); !on {
				return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
			}
		}
		if err := tx.MarkThere(meeting, people, attended); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "attendance of meeting %s, %d by name, %d others", meeting, len(people), max(0, others)))
	})
}
