package joining

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

// TestANumberThatIsBeingProvedDoesNotRingByNight: not for who joins, not for a member's new line, not at the desk. A text comes at any hour, and from
// seven the call goes.
func TestANumberThatIsBeingProvedDoesNotRingByNight(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.member(form(1))
		a, w := q.own(id)
		line, _, err := q.hall.AddContact(q.Context(), a, w, "02 000 09 18")
		q.must(err)
		link, applicant := q.apply(form(2))
		mobile := q.contact(applicant, buurtbel.Mobile)
		calls := map[string]func() error{
			"own page": func() error { return q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.Voice, "192.0.2.8") },
			"joining":  func() error { return q.hall.SendCode(q.Context(), link, mobile, buurtbel.Voice, "192.0.2.9") },
			"desk": func() error {
				return q.hall.SendCodeFor(q.Context(), q.coordinator, q.zone, applicant, mobile, buurtbel.Voice)
			},
		}
		for _, at := range []string{"22:00", "23:59", "00:00", "06:59"} {
			*q.clock = local(t, "2026-06-02 "+at)
			for name, call := range calls {
				if key := buurtbel.KeyOf(call()); key != "error.proof.hours" {
					q.Errorf("%s at %s: %s", name, at, key)
				}
			}
		}
		*q.clock = local(t, "2026-06-03 03:00")
		q.must(q.hall.SendCode(q.Context(), link, mobile, buurtbel.SMS, "192.0.2.9"))
		for _, at := range []string{"2026-06-03 07:00", "2026-06-04 21:59"} {
			*q.clock = local(t, at)
			for _, name := range []string{"own page", "joining"} {
				if err := calls[name](); err != nil {
					q.Errorf("%s at %s: %v", name, at, err)
				}
			}
		}
	})
}

func local(t *testing.T, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestACallOfTheEveningDoesNotRingByNight: what found no line until ten is given up.
func TestACallOfTheEveningDoesNotRingByNight(t *testing.T) {
	for at, want := range map[string]time.Duration{"2026-06-01 12:00": codeLasts, "2026-06-01 21:44": codeLasts, "2026-06-01 21:50": 10 * time.Minute, "2026-06-01 21:59": time.Minute, "2026-10-25 21:55": 5 * time.Minute} {
		if got := lasting(buurtbel.Voice, local(t, at)); got != want {
			t.Errorf("%s: %s, expected %s", at, got, want)
		}
		if got := lasting(buurtbel.SMS, local(t, at)); got != codeLasts {
			t.Errorf("%s: a text lasts %s", at, got)
		}
	}
}
