package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

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

// lookedFor gives whom each journalled look of a zone with a purpose saw, the newest first.
func (s *site) lookedFor(purpose string) (out [][]buurtbel.ID) {
	s.Helper()
	s.read(s.zone, func(tx *store.Tx) error {
		looks, err := tx.Looks(time.Time{}, 500)
		for _, l := range looks {
			if l.Purpose == purpose {
				out = append(out, l.Members)
			}
		}
		return err
	})
	return out
}

// TestRule14_APageOfRolesLooksAtWhomItShows: each page that shows names is one look, at those on it; a page without a member's name is none.
func TestRule14_APageOfRolesLooksAtWhomItShows(t *testing.T) {
	s := found(t)
	coordinator, deputy := s.people[buurtbel.RoleCoordinator], s.people[buurtbel.RoleDeputy]
	var police buurtbel.ID // a mandate of an official
	s.read(s.zone, func(tx *store.Tx) error {
		all, err := tx.Mandates()
		for _, m := range all {
			if m.Role == buurtbel.RoleDispatcher {
				police = m.ID
			}
		}
		return err
	})
	held := store.Meeting{ID: s.db.NewID(), Network: s.kerkveld, Kind: "members", Invites: "all", Title: "Vorige vergadering", Minutes: "Punt 1",
		From: s.db.Now().Add(-26 * time.Hour), Until: s.db.Now().Add(-24 * time.Hour)}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMeeting(held) })
	officer, chair := s.as(s.people[buurtbel.RoleOfficer]), s.as(coordinator)
	for _, c := range []struct {
		path string
		by   *browser
		want []buurtbel.ID // whom the page shows
	}{
		{"/mandates", officer, []buurtbel.ID{coordinator, deputy}},
		{"/mandates/" + s.deputyMandate.String(), officer, []buurtbel.ID{deputy}},
		{"/mandates/" + police.String(), s.as(s.people[buurtbel.RoleChief]), nil},
		{"/mandates/" + s.foreignMandate.String(), officer, nil},
		{"/calendar/" + held.ID.String(), officer, []buurtbel.ID{coordinator, deputy}},
		{"/calendar/" + held.ID.String(), chair, nil}, // confirms nobody's mandate of these
	} {
		before := len(s.lookedFor("mandates"))
		page := c.by.get(c.path)
		looks := s.lookedFor("mandates")
		looks = looks[:len(looks)-before]
		if c.want == nil && len(looks) != 0 || c.want != nil && (len(looks) != 1 || !slices.Equal(looks[0], c.want)) {
			t.Errorf("%s answers %d: looks at %v, want one at %v", c.path, page.code, looks, c.want)
		}
		if shows := strings.Contains(plainOf(page.body), "Lid Nummer1"); shows != slices.Contains(c.want, deputy) {
			t.Errorf("%s shows the deputy: %t", c.path, shows)
		}
	}
}
