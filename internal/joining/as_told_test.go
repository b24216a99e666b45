package joining

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestAContactPointIsStoppedAsTold: by the office that the member told it, of this member alone, and telling it twice changes nothing.
func TestAContactPointIsStoppedAsTold(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.member(form(1))
		_, other := q.member(form(2))
		own := q.contact(id, buurtbel.Mobile)
		told := func() (out []string) {
			q.read(func(tx *store.Tx) error {
				entries, err := tx.JournalOf(q.zone)
				for _, e := range entries {
					if what, how, _ := Told(e.Content); e.Actor == q.coordinator.Person && (what == "paused" || what == "resumed") {
						out = append(out, what+" by "+how)
					}
				}
				return err
			})
			return out
		}
		state := func() (s buurtbel.ContactState) {
			q.read(func(tx *store.Tx) error {
				self, err := tx.Self(id, false)
				for _, c := range self.Contacts {
					if c.ID == own {
						s = c.State
					}
				}
				return err
			})
			return s
		}
		tell := func(member buurtbel.ID, stop bool, how string) error {
			return Pause(q.Context(), q.db, q.coordinator, Word{Zone: q.zone, Member: member, How: how}, own, stop)
		}
		q.key(tell(other, true, OnPaper), "error.contact.unknown")
		q.key(tell(id, true, "dream"), "error.own.how")
		for range 2 {
			q.must(tell(id, true, ByTelephone))
		}
		if got := told(); state() != buurtbel.ContactStopped || len(got) != 1 || got[0] != "paused by telephone" {
			q.Errorf("it is %s; in the journal: %v", state(), got)
		}
		for range 2 {
			q.must(tell(id, false, OnPaper))
		}
		if got := told(); state() != buurtbel.ContactOK || len(got) != 2 || got[1] != "resumed by paper" {
			q.Errorf("it is %s; in the journal: %v", state(), got)
		}
	})
}

func TestWhatMayBeAnAbsence(t *testing.T) {
	now := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	for name, one := range map[string]struct {
		span buurtbel.Span
		want bool
	}{
		"a return": {buurtbel.Span{}, true}, "a week": {buurtbel.Span{From: now, Until: now.AddDate(0, 0, 7)}, true}, "from next week": {buurtbel.Span{From: now.AddDate(0, 0, 7), Until: now.AddDate(0, 0, 8)}, true},
		"a year and a day": {buurtbel.Span{From: now, Until: now.AddDate(1, 0, 1)}, true}, "longer": {buurtbel.Span{From: now, Until: now.AddDate(1, 0, 2)}, false},
		"no end": {buurtbel.Span{From: now}, false}, "no beginning": {buurtbel.Span{Until: now.AddDate(0, 0, 1)}, false}, "over": {buurtbel.Span{From: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, -1)}, false},
		"backwards": {buurtbel.Span{From: now.AddDate(0, 0, 3), Until: now.AddDate(0, 0, 2)}, false},
	} {
		if got := one.span.MayBeAbsence(now); got != one.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
