package governing_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// meets puts a meeting into the calendar, days from now.
func (v *village) meets(invites string, days int) store.Meeting {
	v.Helper()
	from := v.db.Now().Add(time.Duration(days) * 24 * time.Hour).Truncate(time.Minute)
	id, err := governing.NewMeeting(v.Context(), v.db, v.coordinator, v.zone, store.Meeting{Network: v.network, Kind: "members", Invites: invites, Title: " Jaarvergadering ", Place: "Parochiezaal", From: from, Until: from.Add(2 * time.Hour)})
	if err != nil {
		v.Fatal(err)
	}
	return v.meeting(id)
}

func (v *village) meeting(id buurtbel.ID) store.Meeting {
	v.Helper()
	m, err := governing.OneMeeting(v.Context(), v.db, v.coordinator, v.zone, id)
	if err != nil {
		v.Fatal(err)
	}
	return m
}

func (v *village) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *village) pass(d time.Duration) { v.offset.Add(int64(d)) }

// about lists the messages about meetings that run, the oldest first.
func (v *village) about() (out []*buurtbel.Message) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		for _, r := range list {
			if r.Kind == buurtbel.KindMeeting {
				m, err := tx.Message(r.ID)
				if err != nil {
					return err
				}
				out = append(out, m)
			}
		}
		return err
	})
	slices.SortFunc(out, func(a, b *buurtbel.Message) int { return int(a.ID - b.ID) })
	return out
}

func (v *village) audience(message buurtbel.ID) (out []buurtbel.ID) {
	v.Helper()
	v.read(func(tx *store.Tx) (err error) {
		out, err = tx.AudienceSlice(message, 0, 1000)
		return err
	})
	return out
}

// reminds does the task that is due, if there is one, and tells whether there was.
func (v *village) reminds() bool {
	v.Helper()
	done := false
	var due []store.Task
	v.must(v.db.Read(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(50, nil)
		return err
	}))
	for _, task := range due {
		if task.Kind == governing.RemindMeeting {
			v.must(v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(task); return err }))
			v.must(governing.Reminded(v.db)(v.Context(), buurtbel.System(), task))
			done = true
		}
	}
	return done
}

func TestAMeetingNeedsANameAndATime(t *testing.T) {
	each(t, func(v *village) {
		ok := store.Meeting{Network: v.network, Kind: "social", Invites: "all", Title: "Buurtavond", From: v.db.Now().Add(time.Hour), Until: v.db.Now().Add(2 * time.Hour)}
		for _, c := range []struct {
			want   string
			change func(*store.Meeting)
		}{
			{"error.meeting.title", func(m *store.Meeting) { m.Title = "  " }},
			{"error.form.unreadable", func(m *store.Meeting) { m.Kind = "party" }},
			{"error.form.unreadable", func(m *store.Meeting) { m.Invites = "everybody" }},
			{"error.meeting.time", func(m *store.Meeting) { m.Until = m.From }},
			{"error.meeting.time", func(m *store.Meeting) { m.Until = m.From.Add(25 * time.Hour) }},
			{"error.meeting.time", func(m *store.Meeting) { m.From = time.Time{} }},
			{"error.meeting.time", func(m *store.Meeting) { m.From, m.Until = m.From.AddDate(3, 0, 0), m.Until.AddDate(3, 0, 0) }},
			{"error.network.unknown", func(m *store.Meeting) { m.Network = 0 }},
		} {
			m := ok
			c.change(&m)
			actor := v.coordinator
			if m.Network == 0 {
				actor, m.Network = v.official(buurtbel.RoleOfficer, "officer@example.org"), v.db.NewID()
			}
			_, err := governing.NewMeeting(v.Context(), v.db, actor, v.zone, m)
			v.key(err, c.want)
		}
		if _, err := governing.NewMeeting(v.Context(), v.db, v.actor(v.members[7]), v.zone, ok); buurtbel.KindOf(err) != buurtbel.Forbidden {
			v.Errorf("a member made a meeting: %v", err)
		}
	})
}

// TestWhoWasInvitedHearsThatItMoves: each once, with the answers asked anew, the calendar told by one name with a higher number, and the reminder on
// the day before the new day.
func TestWhoWasInvitedHearsThatItMoves(t *testing.T) {
	each(t, func(v *village) {
		m := v.meets("all", 10)
		to := m
		to.Place = "Parochiezaal, eerste verdieping"
		v.must(governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, to)) // nobody was invited: nobody is told
		if len(v.about()) != 0 || v.meeting(m.ID).Sequence != 1 {
			v.Fatalf("%d messages, %+v", len(v.about()), v.meeting(m.ID))
		}
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		v.key(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID), "error.meeting.moved")
		first := v.about()
		if len(first) != 1 || first[0].Audience != 30 || !strings.Contains(first[0].Texts[0].SMS, "nodigt u uit: Jaarvergadering") || first[0].Texts[0].Diary.Method != "PUBLISH" {
			v.Fatalf("%+v", first)
		}
		v.write(func(tx *store.Tx) error {
			return tx.AnswerMeeting(store.Guest{Zone: v.zone, Meeting: m.ID, Member: v.members[3]}, "no")
		})
		latecomer := store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network}, Name: store.Name{Given: "Nieuw", Family: "Lid"}}
		v.write(func(tx *store.Tx) error { return tx.InsertMembers([]store.NewMember{latecomer}) })

		v.key(governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, v.meeting(m.ID)), "error.meeting.same")
		to = v.meeting(m.ID)
		to.From, to.Until = to.From.AddDate(0, 0, 2), to.Until.AddDate(0, 0, 2)
		v.must(governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, to))
		moved := v.about()
		if len(moved) != 1 || moved[0].ID == first[0].ID { // the invitation has nothing more to send
			v.Fatalf("%d messages run", len(moved))
		}
		if !slices.Equal(v.audience(moved[0].ID), v.audience(first[0].ID)) {
			v.Error("not those hear it who were invited")
		}
		file := moved[0].Texts[0].Diary.File
		for _, want := range []string{"SEQUENCE:2\r\n", "UID:" + m.ID.String() + "@buurtbel\r\n", "DTSTART:" + to.From.UTC().Format("20060102T150405Z"), "METHOD:PUBLISH"} {
			if !strings.Contains(file, want) {
				v.Errorf("%s is not in %q", want, file)
			}
		}
		now := v.meeting(m.ID)
		if now.No != 0 || now.Sequence != 2 || !now.From.Equal(to.From) || now.Message != first[0].ID {
			v.Errorf("%+v", now)
		}

		v.pass(9*24*time.Hour + time.Hour) // the day before the old day: not yet
		if !v.reminds() || len(v.about()) != 1 {
			v.Error("reminded of the old day")
		}
		v.write(func(tx *store.Tx) error {
			return tx.AnswerMeeting(store.Guest{Zone: v.zone, Meeting: m.ID, Member: v.members[4]}, "no")
		})
		v.pass(2 * 24 * time.Hour)
		if !v.reminds() {
			v.Fatal("no reminder of the new day")
		}
		reminder := v.about()[len(v.about())-1]
		if people := v.audience(reminder.ID); reminder.ID == moved[0].ID || len(people) != 29 || slices.Contains(people, v.members[4]) || reminder.Texts[0].Diary != nil {
			v.Errorf("%d reminded", len(people))
		}
		if v.reminds() {
			v.Error("reminded twice")
		}
	})
}

// TestWhoWasInvitedHearsThatItDoesNotTakePlace: once, whoever presses at the same moment, and what was still to be sent of it stays unsent.
func TestWhoWasInvitedHearsThatItDoesNotTakePlace(t *testing.T) {
	each(t, func(v *village) {
		m := v.meets("all", 5)
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		invitation := v.about()[0]
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() {
				if i%2 == 0 {
					errs[i] = governing.CancelMeeting(v.Context(), v.db, v.coordinator, v.zone, m.ID)
					return
				}
				to := m
				to.Place = fmt.Sprint("Zaal ", i)
				errs[i] = governing.MoveMeeting(v.Context(), v.db, v.coordinator, v.zone, to)
			})
		}
		wait.Wait()
		done, cancelled := 0, 0
		for i, err := range errs {
			if err == nil {
				done++
				cancelled += 1 - i%2
			} else if buurtbel.KindOf(err) != buurtbel.Conflict {
				v.Error(err)
			}
		}
		if now := v.meeting(m.ID); now.Sequence != done || done == 0 || cancelled > 1 {
			v.Errorf("%d changes, number %d, cancelled %d times", done, now.Sequence, cancelled)
		}
		if v.meeting(m.ID).Cancelled.IsZero() {
			v.must(governing.CancelMeeting(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		}
		left := v.about()
		if len(left) != 1 || left[0].Audience != 30 || left[0].Link || !strings.Contains(left[0].Texts[0].SMS, "gaat niet door") || left[0].Texts[0].Diary.Method != "CANCEL" || !strings.Contains(left[0].Texts[0].Diary.File, "STATUS:CANCELLED") {
			v.Fatalf("%d messages run: %+v", len(left), left)
		}
		v.read(func(tx *store.Tx) error {
			if was, err := tx.Message(invitation.ID); err != nil || was.State != buurtbel.MessageStopped {
				v.Errorf("the invitation goes on: %+v, %v", was, err)
			}
			return nil
		})
		v.key(governing.CancelMeeting(v.Context(), v.db, v.coordinator, v.zone, m.ID), "error.meeting.over")
		v.key(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID), "error.meeting.over")
		v.pass(4*24*time.Hour + time.Minute)
		if v.reminds(); len(v.about()) != 1 {
			v.Error("reminded of what does not take place")
		}
	})
}

// TestASmallCircle: coordinator, deputy and police, each by mail, or by a text who has no mailbox.
func TestASmallCircle(t *testing.T) {
	each(t, func(v *village) {
		officer := v.official(buurtbel.RoleOfficer, "officer@example.org")
		v.write(func(tx *store.Tx) error {
			_, err := tx.MoveContact(v.contact(tx, v.members[1], buurtbel.Mailbox), buurtbel.ContactOK, buurtbel.ContactGone)
			return err
		})
		m := v.meets("officer", 3)
		v.must(governing.Invite(v.Context(), v.db, v.coordinator, v.zone, m.ID))
		invitation := v.about()[0]
		want := []buurtbel.ID{v.members[0], v.members[1], officer.Person}
		slices.Sort(want)
		if got := v.audience(invitation.ID); !slices.Equal(got, want) {
			v.Errorf("%v, want %v", got, want)
		}
		v.read(func(tx *store.Tx) error {
			told, err := tx.MeetingTold(invitation.ID)
			if (told != store.MeetingTold{Mails: 2, Texts: 1}) {
				v.Errorf("%+v", told)
			}
			return err
		})
		v.must(governing.CancelMeeting(v.Context(), v.db, officer, v.zone, m.ID))
		if last := v.about(); len(last) != 1 || !slices.Equal(v.audience(last[0].ID), want) {
			v.Errorf("%+v", last)
		}
	})
}

func (v *village) contact(tx *store.Tx, member buurtbel.ID, kind buurtbel.ContactKind) buurtbel.ID {
	v.Helper()
	list, err := tx.Reachables([]buurtbel.ID{member})
	v.must(err)
	for _, c := range list[0].Contacts {
		if c.Kind == kind {
			return c.ID
		}
	}
	v.Fatalf("%s has no %s", member, kind)
	return 0
}

// TestRule14_WhoCameIsMarkedByNameAndForgotten: the look is journalled, the minutes count names and others, and nothing but counts is left.
func TestRule14_WhoCameIsMarkedByNameAndForgotten(t *testing.T) {
	each(t, func(v *village) {
		m := v.meets("all", 1)
		open := func(a buurtbel.Actor, what, purpose string) (*governing.Attendance, error) {
			return governing.OpenAttendance(v.Context(), v.db, a, buurtbel.RoleCoordinator, v.zone, m.ID, what, purpose)
		}
		list, err := open(v.coordinator, governing.ForAttendancePrint, governing.ForAttendancePrint)
		v.must(err)
		if len(list.People) != 30 || list.People[0].Family != "Lid00" || list.People[29].Family != "Lid29" || list.Others != 0 {
			v.Errorf("%+v", list)
		}
		if _, err := open(v.actor(v.members[7]), governing.ForAttendance, governing.ForAttendance); buurtbel.KeyOf(err) != "error.meeting.unknown" {
			v.Errorf("a member opened the names: %v", err)
		}
		mark := func(others int, people ...buurtbel.ID) error {
			return governing.MarkAttendance(v.Context(), v.db, v.coordinator, v.zone, m.ID, people, others)
		}
		v.key(mark(0, v.members[2]), "error.meeting.early")
		v.pass(25 * time.Hour)
		v.key(mark(0, v.members[2], v.db.NewID()), "error.person.unknown")
		v.must(mark(2, v.members[2], v.members[3], v.members[2], v.members[4]))
		v.must(mark(1, v.members[2], v.members[3])) // the last word counts
		minutes := v.meeting(m.ID)
		if minutes.Attended != 3 || minutes.There != 2 {
			v.Fatalf("%+v", minutes)
		}
		minutes.Minutes, minutes.Attended = "Alles goed.", 1
		v.key(governing.WriteMinutes(v.Context(), v.db, v.coordinator, v.zone, minutes), "error.meeting.attended")
		minutes.Attended, minutes.Votes = 0, []store.MeetingVote{{Question: "Akkoord?", Yes: 2}}
		v.must(governing.WriteMinutes(v.Context(), v.db, v.coordinator, v.zone, minutes))
		if got := v.meeting(m.ID).Attended; got != 2 {
			v.Errorf("%d counted", got)
		}
		v.key(mark(0, v.members[2]), "error.meeting.votes")
		v.write(func(tx *store.Tx) error { return tx.EndMembership(v.members[3]) })
		again, err := open(v.coordinator, governing.ForAttendance, governing.ForAttendance)
		v.must(err)
		there := 0
		for _, p := range again.People {
			if p.There {
				there++
			}
		}
		if there != 2 || len(again.People) != 30 {
			v.Errorf("%d there of %d", there, len(again.People))
		}
		looks := 0
		v.read(func(tx *store.Tx) error {
			list, err := tx.Looks(v.db.Now().Add(-48*time.Hour), 50)
			for _, l := range list {
				if l.Purpose == governing.ForAttendance || l.Purpose == governing.ForAttendancePrint {
					looks++
				}
			}
			own, failed := tx.MeetingsOf(v.members[2])
			if len(own) != 1 || !own[0].There || own[0].Title != "Jaarvergadering" {
				v.Errorf("%+v, %v", own, failed)
			}
			return err
		})
		if looks != 2 {
			v.Errorf("%d looks in the journal", looks)
		}
		v.write(func(tx *store.Tx) error { return tx.ForgetGuests(v.db.Now().Add(time.Hour)) })
		if after := v.meeting(m.ID); after.There != 0 || after.Attended != 2 {
			v.Errorf("%+v", after)
		}
	})
}
