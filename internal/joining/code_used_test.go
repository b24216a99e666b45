package joining

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// line is a fixed line that is to be proved: how a code is sent there, and how it is entered.
type line struct{ send, enter func() error }

// lines are that of an applicant and the new one of a member.
func (q *quarter) lines() map[string]line {
	q.Helper()
	f := form(1)
	f.Fixed = "02 000 09 18"
	link, id := q.apply(f)
	contact := buurtbel.ID(0)
	q.read(func(tx *store.Tx) error {
		list, err := tx.ApplicantContacts(id)
		for _, c := range list {
			if c.Kind == buurtbel.Fixed {
				contact = c.ID
			}
		}
		return err
	})
	_, member := q.member(form(2))
	a, w := q.own(member)
	own, _, err := q.hall.AddContact(q.Context(), a, w, "02 000 09 17")
	q.must(err)
	return map[string]line{
		"applicant": {func() error { return q.hall.SendCode(q.Context(), link, contact, buurtbel.Voice, "192.0.2.7") },
			func() error { return q.hall.EnterCode(q.Context(), link, contact, q.spoken(id)) }},
		"own page": {func() error { return q.hall.SendOwnCode(q.Context(), a, w, own, buurtbel.Voice, "192.0.2.8") },
			func() error { return q.hall.EnterOwnCode(q.Context(), a, w, own, q.spoken(member)) }},
	}
}

// TestACodeThatWasUsedRingsNoMore: a call that was put down without a key rings again, until its code is used, also when the next call is due already.
func TestACodeThatWasUsedRingsNoMore(t *testing.T) {
	each(t, func(q *quarter) {
		for name, l := range q.lines() {
			q.must(l.send())
			message := storetest.Code(q.T, q.db, q.zone)
			for i, pause := range []time.Duration{0, 2 * time.Minute} {
				*q.clock = q.clock.Add(pause)
				if n := storetest.PutDown(q.T, q.db, q.zone, message); n != 1 {
					q.Errorf("%s, call %d: %d rang", name, i+1, n)
				}
			}
			*q.clock = q.clock.Add(4 * time.Minute) // the third is due
			q.must(l.enter())
			if n := storetest.PutDown(q.T, q.db, q.zone, message); n != 0 {
				q.Errorf("%s: it rang again after the code was used", name)
			}
		}
	})
}

// TestACodeThatIsUsedWhileItRings is not said to its end, and neither is one whose place a newer one takes.
func TestACodeThatIsUsedWhileItRings(t *testing.T) {
	each(t, func(q *quarter) {
		for name, l := range q.lines() {
			q.must(l.send())
			first := storetest.Begin(q.T, q.db, q.zone, storetest.Code(q.T, q.db, q.zone))
			q.goesOn(name, first, true)
			*q.clock = q.clock.Add(3 * time.Minute)
			q.must(l.send())
			q.goesOn(name+", with a newer one", first, false)
			second := storetest.Begin(q.T, q.db, q.zone, storetest.Code(q.T, q.db, q.zone))
			q.goesOn(name+", the newer one", second, true)
			q.must(l.enter())
			q.goesOn(name+", used", second, false)
		}
	})
}

// goesOn tells whether the one call under way is still needed.
func (q *quarter) goesOn(what string, calls []store.Work, want bool) {
	q.Helper()
	if len(calls) != 1 {
		q.Fatalf("%s: %d calls", what, len(calls))
	}
	q.read(func(tx *store.Tx) error {
		gone, err := tx.UnneededCalls([]buurtbel.ID{calls[0].Delivery})
		if (len(gone) == 0) != want || len(gone) == 1 && !gone[0].Stopped {
			q.Errorf("%s: %+v", what, gone)
		}
		return err
	})
}
