package store_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func (v *village) exercise(state buurtbel.ExerciseState) *buurtbel.Exercise {
	v.t.Helper()
	now := v.db.Now().Truncate(time.Microsecond)
	e := &buurtbel.Exercise{ID: v.db.NewID(), Network: v.network, State: state, Day: buurtbel.DayOf(now) + 7, Since: now, Agreed: 100, AgreedAt: now}
	v.write(func(tx *store.Tx) error { return tx.InsertExercise(e) })
	return e
}

// Eight processes announce, and eight launch: one of each goes out.
func TestAnExerciseIsAnnouncedOnceAndLaunchedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 3)
		was := v.exercise(buurtbel.ExerciseAgreed)
		messages := make([]*buurtbel.Message, 8)
		for i := range messages {
			messages[i] = v.message(0, buurtbel.KindBulletin)
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				e := *was
				e.State, e.AnnouncedAt, e.Message = buurtbel.ExerciseAnnounced, tx.Now(), messages[i].ID
				if err := tx.InsertMessage(messages[i], v.ids()); err != nil {
					return err
				}
				return tx.ChangeExercise(was, &e)
			})
		}), buurtbel.Conflict, "error.exercise.moved")
		sent := func(kind buurtbel.MessageKind) (n int) {
			v.read(func(tx *store.Tx) error {
				list, err := tx.RunningMessages()
				for _, m := range list {
					if m.Kind == kind {
						n++
					}
				}
				return err
			})
			return n
		}
		if n := sent(buurtbel.KindBulletin); n != 1 {
			t.Errorf("%d announcements", n)
		}
		var announced *buurtbel.Exercise
		v.read(func(tx *store.Tx) (err error) {
			announced, err = tx.Exercise(was.ID)
			return err
		})
		alerts := make([]*buurtbel.Alert, 8)
		for i := range alerts {
			alerts[i] = v.newAlert("launch " + db.NewID().String())
			alerts[i].Exercise = true
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				if err := tx.InsertAlert(alerts[i], nil); err != nil {
					return err
				}
				e := *announced
				e.State, e.Alert = buurtbel.ExerciseLaunched, alerts[i].ID
				return tx.ChangeExercise(announced, &e)
			})
		}), buurtbel.Conflict, "error.exercise.moved")
		v.read(func(tx *store.Tx) error {
			list, err := tx.Drills(time.Unix(0, 0))
			if len(list) != 1 {
				t.Errorf("%d launches", len(list))
			}
			return err
		})
	})
}

func TestANetworkHasOneOpenExercise(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		ids := make([]buurtbel.ID, 8)
		for i := range ids {
			ids[i] = db.NewID()
		}
		once(t, writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) error {
				return tx.InsertExercise(&buurtbel.Exercise{ID: ids[i], Network: v.network, State: buurtbel.ExerciseProposed, Day: buurtbel.Day(20000 + i)})
			})
		}), buurtbel.Conflict, "error.exercise.exists")
	})
}

func TestExerciseComesBackAsItWas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		e := v.exercise(buurtbel.ExerciseProposed)
		to := *e
		at := e.Since.Add(time.Hour)
		to.State, to.Morning, to.Cost, to.AgreedBy, to.AnnouncedAt, to.Message, to.LaunchedAt, to.LaunchedBy, to.Alert = buurtbel.ExerciseHeld, true, buurtbel.ExerciseCost{People: 3, Amount: 7, AtMost: 9}, 4, at, 5, at, 6, 7
		to.EndedAt, to.EndedBy, to.Reason, to.RemindedAt, to.Reach = at, 8, "kermis", at, buurtbel.ExerciseReach{People: 3, Arrived: 2, Heard: 1}
		v.write(func(tx *store.Tx) error { return tx.ChangeExercise(e, &to) })
		v.read(func(tx *store.Tx) error {
			got, err := tx.Exercise(e.ID)
			if err != nil {
				return err
			}
			to.Zone = v.zone
			for _, pair := range [][2]*time.Time{{&got.Since, &to.Since}, {&got.AgreedAt, &to.AgreedAt}, {&got.AnnouncedAt, &to.AnnouncedAt}, {&got.LaunchedAt, &to.LaunchedAt}, {&got.EndedAt, &to.EndedAt}, {&got.RemindedAt, &to.RemindedAt}} {
				if !pair[0].Equal(*pair[1]) {
					t.Errorf("%s became %s", pair[1], pair[0])
				}
				*pair[0] = *pair[1]
			}
			if *got != to {
				t.Errorf("%+v became %+v", to, *got)
			}
			other, err := tx.Exercises(to.Day + 1)
			if len(other) != 0 {
				t.Errorf("%d exercises from the day after", len(other))
			}
			return err
		})
		if err := db.Read(t.Context(), buurtbel.Scope{Zone: v.zone + 1}, func(tx *store.Tx) error { _, err := tx.Exercise(e.ID); return err }); buurtbel.KeyOf(err) != "error.exercise.unknown" {
			t.Errorf("another zone's: %v", err)
		}
	})
}

func TestASilentContactPointIsAskedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 1)
		s := store.Silent{Contact: v.members[0].Contacts[0].ID, Member: v.members[0].ID, Network: v.network}
		mine := make([]bool, 8)
		for _, err := range writers(func(i int) error {
			return db.Write(t.Context(), v.scope, func(tx *store.Tx) (err error) {
				mine[i], err = tx.InsertProbe(s, 1, tx.Now().AddDate(0, -12, 0))
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		n := 0
		for _, m := range mine {
			if m {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of eight asked", n)
		}
	})
}

// A number that carriers refuse for good again and again becomes doubtful; one that answered meanwhile does not.
func TestRefusedAgainAndAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		for range 3 {
			m, _ := v.launch(v.alert(), buurtbel.KindLaunch)
			v.raw(`update delivery set state = 'failed', reason = 'rejected', open = 0, changed_at = changed_at + 60000000 where message = $1 and rank = 0 and channel = 'sms'`, m)
			v.raw(`update delivery set state = 'not-needed', open = 0 where message = $1 and (rank > 0 or channel <> 'sms')`, m)
			v.raw(`update delivery set changed_at = changed_at - $1 where state = 'failed'`, int64(4*24*time.Hour/time.Microsecond))
			v.raw(`update contact set verified_at = verified_at - $1 where verified_at > 0`, int64(5*24*time.Hour/time.Microsecond))
		}
		refused := func() (out []buurtbel.ID) {
			v.read(func(tx *store.Tx) error {
				list, err := tx.Refused(db.Now().AddDate(0, 0, -90), 3, 7*24*time.Hour)
				for _, s := range list {
					out = append(out, s.Contact)
				}
				return err
			})
			return out
		}
		if got := refused(); len(got) != 2 || got[0] != v.members[0].Contacts[0].ID {
			t.Fatalf("refused: %v", got)
		}
		v.write(func(tx *store.Tx) error {
			return tx.NoteSigns([]store.Sign{{Contact: v.members[1].Contacts[0].ID, At: db.Now()}})
		})
		if got := refused(); len(got) != 1 {
			t.Fatalf("after a sign of life: %v", got)
		}
		v.write(func(tx *store.Tx) error {
			return tx.Doubt(store.Silent{Contact: v.members[0].Contacts[0].ID, Member: v.members[0].ID, Network: v.network})
		})
		v.read(func(tx *store.Tx) error {
			lost, err := tx.LostContacts(v.network, db.Now().Add(-time.Hour))
			if len(lost) != 1 || !lost[0].Doubtful || lost[0].State != buurtbel.ContactOK {
				t.Errorf("lost: %+v", lost)
			}
			return err
		})
		if got := refused(); len(got) != 0 {
			t.Errorf("doubted twice: %v", got)
		}
	})
}
