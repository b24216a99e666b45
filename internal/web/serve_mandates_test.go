package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mandateOf gives the mandate that somebody holds in kerkveld.
func (s *site) mandateOf(holder buurtbel.ID) (out buurtbel.ID) {
	s.Helper()
	s.read(s.zone, func(tx *store.Tx) error {
		all, err := tx.Mandates()
		for _, m := range all {
			if m.Holder == holder && m.Network == s.kerkveld {
				out = m.ID
			}
		}
		return err
	})
	return out
}

// TestWhoEndsARoleStaysWhereRolesAre: the page of roles says that another's role ended; who laid down the own one goes to the first page.
func TestWhoEndsARoleStaysWhereRolesAre(t *testing.T) {
	s := found(t)
	end := url.Values{"do": {"end"}, "ground": {"verhuisd"}}
	officer := s.as(s.people[buurtbel.RoleOfficer])
	ended := officer.post("/mandates/"+s.deputyMandate.String(), end)
	if got := ended.header.Get("Location"); ended.code != http.StatusSeeOther || got != "/mandates?said=ended" {
		t.Fatalf("another's role: %d %q %s", ended.code, got, plainOf(ended.body))
	}
	if page := officer.get(ended.header.Get("Location")); !strings.Contains(plainOf(page.body), "De rol is beëindigd.") {
		t.Errorf("nothing says that it ended: %s", plainOf(page.body))
	}
	laid := s.as(s.people[buurtbel.RoleCoordinator]).post("/mandates/"+s.mandateOf(s.people[buurtbel.RoleCoordinator]).String(), end)
	if got := laid.header.Get("Location"); laid.code != http.StatusSeeOther || got != "/" {
		t.Errorf("the own role: %d %q", laid.code, got)
	}
}
