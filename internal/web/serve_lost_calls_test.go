package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/store"
)

// A member who pressed 9 stands on the coordinator's page, and is called again when the member asks: by the own coordinator, not by another.
func TestCallsAreResumedAsTheMemberAsks(t *testing.T) {
	s := found(t)
	contacts := func() buurtbel.ContactPoint {
		var people []store.Reachable
		s.read(s.zone, func(tx *store.Tx) (err error) {
			people, err = tx.Reachables([]buurtbel.ID{s.members[3]})
			return err
		})
		return people[0].Contacts[0]
	}
	point := contacts().ID
	s.write(s.zone, func(tx *store.Tx) error { return tx.NoCalls(point) })
	var task store.Task
	s.write(0, func(tx *store.Tx) error {
		due, err := tx.DueTasks(5, nil)
		for _, k := range due {
			if k.Kind != "calls-stopped" || k.Subject != point {
				continue
			}
			task = k
			if _, err := tx.TakeTask(k); err != nil {
				return err
			}
		}
		return err
	})
	if err := joining.CallsStopped(s.db)(t.Context(), buurtbel.System(), task); err != nil {
		t.Fatal(err)
	}
	coordinator := s.as(s.people[buurtbel.RoleCoordinator])
	page := coordinator.post("/lost", url.Values{"network": {s.kerkveld.String()}})
	if !strings.Contains(page.body, "geen oproepen") || !strings.Contains(page.body, `value="`+point.String()+`"`) {
		t.Errorf("the page does not tell: %d", page.code)
	}
	if got := s.as(s.people[buurtbel.RoleDispatcher]).post("/lost/calls", url.Values{"contact": {point.String()}}); got.code != http.StatusForbidden || !contacts().NoCalls {
		t.Errorf("a dispatcher: %d", got.code)
	}
	for range 2 { // a double click
		if got := coordinator.post("/lost/calls", url.Values{"contact": {point.String()}}); got.code != http.StatusSeeOther || contacts().NoCalls {
			t.Errorf("the coordinator: %d, still no calls: %t", got.code, contacts().NoCalls)
		}
	}
	var said []string
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			if e.Kind == buurtbel.EntryContact {
				said = append(said, strings.TrimPrefix(string(e.Content), point.String()+" "))
			}
		}
		return err
	})
	if got := strings.Join(said, "; "); got != "no calls; calls again, as the member asked" {
		t.Errorf("the journal says %q", got)
	}
}
