package governing_test

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// drilled is the village with a clock that a test moves, and the loop that does what is due.
type drilled struct {
	*village
	at      atomic.Int64 // the clock, in microseconds
	drills  *governing.Drills
	loop    *jobs.Loop
	officer buurtbel.Actor
	loc     *time.Location
}

// drills runs a test on both engines. It is Tuesday 3 March 2026, eight in the morning; ten members, of whom two have no mailbox, one only a
// fixed line, and one wishes no exercises.
func drills(t *testing.T, test func(v *drilled)) {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			v := &drilled{loc: loc}
			v.at.Store(time.Date(2026, 3, 3, 8, 0, 0, 0, loc).UnixMicro())
			now := func() time.Time { return time.UnixMicro(v.at.Add(1)) }
			db := storetest.OpenWith(t, storetest.Config(t, engine), storetest.Ring(t), now)
			v.village = &village{T: t, db: db, zone: db.NewID(), network: db.NewID()}
			v.people()
			v.drills = governing.NewDrills(db, governing.DrillOptions{Channels: []buurtbel.Channel{buurtbel.SMS, buurtbel.Email, buurtbel.Voice}, Part: 550, Minute: 900, Answer: true,
				Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country) }, Link: "https://alarm.example.org"})
			v.loop = jobs.New(db, maps.Collect(maps.All(v.drills.Verbs())), slog.New(slog.NewTextHandler(io.Discard, nil)))
			test(v)
		})
	}
}

func (v *drilled) people() {
	old := &buurtbel.Dated{Since: v.db.Now().AddDate(-2, 0, 0)}
	var list []store.NewMember
	for i := range 10 {
		m := store.NewMember{Member: buurtbel.Member{ID: v.db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: fmt.Sprint("Lid", i)}}
		kind := buurtbel.Mobile
		if i == 8 {
			kind = buurtbel.Fixed
		}
		m.Contacts = append(m.Contacts, store.NewContact{ID: v.db.NewID(), Kind: kind, Address: number(i), Verified: true})
		if i < 7 {
			m.Contacts = append(m.Contacts, store.NewContact{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Rank: 1, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true})
		}
		list, v.members = append(list, m), append(v.members, m.ID)
	}
	officer := v.db.NewID()
	v.write(func(tx *store.Tx) error {
		if err := tx.PutZone(&buurtbel.Zone{ID: v.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}, Charter: old, Recognised: old}); err != nil {
			return err
		}
		if err := tx.InsertMembers(list); err != nil {
			return err
		}
		if err := tx.InsertOfficial(&store.NewOfficial{ID: officer, Name: "Hilde Roosen", Office: "police", Language: buurtbel.Dutch,
			Mandates: []buurtbel.Mandate{{ID: v.db.NewID(), Holder: officer, Role: buurtbel.RoleOfficer, Zone: v.zone, From: v.db.Now().Add(-time.Hour)}}}); err != nil {
			return err
		}
		if err := tx.InsertMandate(buurtbel.Mandate{ID: v.db.NewID(), Holder: v.members[0], Role: buurtbel.RoleCoordinator, Zone: v.zone, Network: v.network, From: v.db.Now().Add(-time.Hour)}); err != nil {
			return err
		}
		held := &buurtbel.Exercise{ID: officer + 1, Network: v.network, State: buurtbel.ExerciseHeld, Day: buurtbel.DayOf(tx.Now().In(v.loc)) - 182} // so that the next is due
		if err := tx.InsertExercise(held); err != nil {
			return err
		}
		_, err := tx.LeaveExercises(v.network, v.members[9], v.members[0], governing.OnPaper)
		return err
	})
	v.read(func(tx *store.Tx) (err error) {
		if v.coordinator, err = tx.Actor(v.members[0]); err != nil {
			return err
		}
		v.officer, err = tx.Actor(officer)
		return err
	})
}

// until moves the clock on from task to task, and does what is due, until a moment.
func (v *drilled) until(end time.Time) {
	v.Helper()
	v.write(func(tx *store.Tx) error { return tx.LaterIn(0, governing.PlanAll, 0, tx.Now()) })
	for range 5000 {
		n, err := v.loop.Round(v.Context())
		if err != nil {
			v.Fatal(err)
		}
		if n > 0 {
			continue
		}
		var next time.Time
		if err := v.db.Read(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			next, err = tx.NextTask()
			return err
		}); err != nil {
			v.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			v.at.Store(max(v.at.Load(), end.UnixMicro()))
			return
		}
		v.at.Store(max(v.at.Load(), next.UnixMicro()))
	}
	v.Fatal("the loop does not come to rest")
}

// jump leaves time out, as a program that was down for so long.
func (v *drilled) jump(to time.Time) {
	v.Helper()
	v.at.Store(to.UnixMicro())
	v.until(to.Add(time.Minute))
}

// exercise gives the network's newest exercise.
func (v *drilled) exercise() *buurtbel.Exercise {
	v.Helper()
	list, err := v.drills.List(v.Context(), v.officer, v.zone)
	if err != nil || len(list) == 0 {
		v.Fatalf("no exercise: %v", err)
	}
	return list[0]
}

func (v *drilled) day(d buurtbel.Day, hour int) time.Time { return d.At(hour, 0, v.loc) }

// proposed runs the days until an exercise is proposed.
func (v *drilled) proposed() *buurtbel.Exercise {
	v.Helper()
	for range 5 {
		v.until(time.UnixMicro(v.at.Load()).Add(time.Minute))
		if e := v.exercise(); e.State == buurtbel.ExerciseProposed {
			return e
		}
		v.at.Add((24 * time.Hour).Microseconds())
	}
	v.Fatal("nothing was proposed")
	return nil
}

func (v *drilled) agree() *buurtbel.Exercise {
	v.Helper()
	e := v.exercise()
	if err := v.drills.Agree(v.Context(), v.coordinator, v.zone, e.ID, e.Cost.Amount); err != nil {
		v.Fatal(err)
	}
	return v.exercise()
}

// messages gives the messages of the zone of a kind.
func (v *drilled) messages(kind buurtbel.MessageKind) (out []*buurtbel.Message) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		list, err := tx.MessagesSince(time.Unix(0, 0))
		for _, id := range list {
			m, failed := tx.Message(id)
			if failed != nil {
				return failed
			}
			if m.Kind == kind {
				out = append(out, m)
			}
		}
		return err
	})
	return out
}

func (v *drilled) journal(words string) (n int) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		entries, err := tx.JournalOf(v.zone)
		for _, e := range entries {
			if strings.Contains(string(e.Content), words) {
				n++
			}
		}
		return err
	})
	return n
}

// launch is what the desk does in its own transaction.
func (v *drilled) launch(e *buurtbel.Exercise) (buurtbel.ID, error) {
	v.Helper()
	ready, err := v.drills.Prepare(v.Context(), v.officer, v.zone, e.ID)
	if err != nil {
		return 0, err
	}
	a := &buurtbel.Alert{ID: v.db.NewID(), Key: ready.Key, Fact: ready.Fact, Priority: 1, Urgency: buurtbel.Soon, PlanVersion: 1, Exercise: true, Networks: []buurtbel.ID{v.network},
		By: v.officer.Person, At: v.db.Now(), Expires: v.db.Now().Add(ready.Valid), State: buurtbel.AlertRunning}
	return a.ID, v.db.Write(v.Context(), buurtbel.Scope{Zone: v.zone}, func(tx *store.Tx) error {
		if err := tx.InsertAlert(a, nil); err != nil {
			return err
		}
		return ready.Mark(tx, a.ID)
	})
}

func TestLifeOfAnExercise(t *testing.T) {
	drills(t, func(v *drilled) {
		e := v.proposed()
		// Eight members with a mobile, less one who wishes none; a part is 550, the text has two; a call to the fixed line.
		if c := e.Cost; e.State != buurtbel.ExerciseProposed || c.People != 9 || c.Outside != 1 || c.Calls != 1 || c.Untold != 1 || c.Texts != 16 || c.Amount != int64(c.Texts+c.Told)*550+900 || c.AtMost <= c.Amount {
			v.Fatalf("proposed: %+v", e)
		}
		if err := (&buurtbel.Exercises{PerYear: 2, Apart: 8}).ExerciseDay(e.Day, buurtbel.DayOf(e.Since.In(v.loc)), nil, must(holiday.For("BE"))); err != nil {
			v.Errorf("%s: %v", e.Day, err)
		}
		v.until(e.Since.Add(14*24*time.Hour - time.Minute))
		if n := len(v.messages(buurtbel.KindReport)); n != 0 {
			v.Errorf("%d reminders in the first two weeks", n)
		}
		v.until(e.Since.Add(16 * 24 * time.Hour))
		if m := v.messages(buurtbel.KindReport); len(m) != 1 || !strings.Contains(m[0].Texts[0].Mail, "BIN Kerkveld") {
			v.Errorf("reminders: %+v", m)
		}
		e = v.agree()
		v.until(v.day(e.Day-7, 9))
		if n := len(v.messages(buurtbel.KindNotice)); n != 0 || v.exercise().State != buurtbel.ExerciseAgreed {
			v.Fatalf("%d announcements too early", n)
		}
		v.until(v.day(e.Day-7, 11))
		said := v.messages(buurtbel.KindNotice)
		if len(said) != 1 || !said[0].Exercise || said[0].Class != buurtbel.ClassBulletin || said[0].Audience != 10 || v.exercise().State != buurtbel.ExerciseAnnounced {
			v.Fatalf("announced: %+v", said)
		}
		for _, word := range []string{"OEFENING", "BIN Kerkveld", "Politiezone Vlierbeek", "druk op 1", "Liever niet"} {
			if !strings.Contains(said[0].Texts[0].SMS, word) {
				v.Errorf("the text lacks %q: %s", word, said[0].Texts[0].SMS)
			}
		}
		if _, err := v.launch(e); buurtbel.KeyOf(err) != "error.exercise.other-day" {
			v.Errorf("launched a week early: %v", err)
		}
		v.until(v.day(e.Day, 10))
		alert, err := v.launch(e)
		if err != nil {
			v.Fatal(err)
		}
		if _, err := v.launch(e); buurtbel.KeyOf(err) != "error.exercise.moved" {
			v.Errorf("launched twice: %v", err)
		}
		v.until(v.day(e.Day+3, 10))
		if e = v.exercise(); e.State != buurtbel.ExerciseHeld || e.Alert != alert || e.LaunchedBy != v.officer.Person || e.AgreedBy != v.members[0] {
			v.Errorf("held: %+v", e)
		}
		for _, word := range []string{", proposed,", "coordinator reminded", "agreed to", ", announced,", "exercise announced", ", launched,", ", held,"} {
			if v.journal(word) != 1 {
				v.Errorf("the journal has %q %d times", word, v.journal(word))
			}
		}
		v.jump(v.day(e.Day+182-71, 12))
		if now := v.exercise(); now.ID != e.ID {
			v.Errorf("proposed too far ahead: %+v", now)
		}
		next := v.proposed()
		if gap := next.Day - e.Day; gap < 182-7 || gap > 200 {
			v.Errorf("the next exercise is %d days later", gap)
		}
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// A day that nobody used is missed; the exercise is proposed again at least eight days later and needs its own agreement and announcement.
func TestMissedExerciseIsProposedAgain(t *testing.T) {
	drills(t, func(v *drilled) {
		v.proposed()
		e := v.agree()
		v.until(v.day(e.Day+1, 12))
		list, err := v.drills.List(v.Context(), v.officer, v.zone)
		if err != nil || len(list) != 3 {
			v.Fatalf("%d exercises, %v", len(list), err)
		}
		again, missed := list[0], list[1]
		if missed.State != buurtbel.ExerciseMissed || again.State != buurtbel.ExerciseProposed || again.Follows != missed.ID || again.Day < missed.Day+8 || !again.AgreedAt.IsZero() {
			v.Errorf("missed %+v, again %+v", missed, again)
		}
		v.agree()
		v.until(v.day(again.Day-6, 12))
		if n := len(v.messages(buurtbel.KindNotice)); n != 2 {
			v.Errorf("%d announcements, want one for each day", n)
		}
	})
}
