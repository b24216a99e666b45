package buurtbel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

var mandateNow = time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)

func holder(id buurtbel.ID, role buurtbel.Role, network buurtbel.ID) buurtbel.Actor {
	return buurtbel.Actor{Person: id, Zone: 1, Mandates: []buurtbel.Mandate{{Holder: id, Role: role, Zone: 1, Network: network, From: mandateNow.AddDate(-1, 0, 0)}}}
}

// TestWhoAppointsWhom is written by hand: it is what was decided.
func TestWhoAppointsWhom(t *testing.T) {
	expected := map[buurtbel.Role][]buurtbel.Role{
		buurtbel.RoleCoordinator:   {buurtbel.RoleSteering, buurtbel.RoleTreasurer},
		buurtbel.RoleOfficer:       {buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleSteering, buurtbel.RoleTreasurer},
		buurtbel.RoleChief:         {buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleOfficer, buurtbel.RoleDispatcher},
		buurtbel.RoleAdministrator: {buurtbel.RoleOfficer, buurtbel.RoleDispatcher, buurtbel.RoleChief, buurtbel.RoleMayor, buurtbel.RoleAuditor, buurtbel.RoleAdministrator},
	}
	for _, by := range append(buurtbel.Roles, buurtbel.RoleSystem) {
		network := buurtbel.ID(0)
		if by.Citizen() {
			network = 7
		}
		a := holder(9, by, network)
		for _, role := range append(buurtbel.Roles, buurtbel.RoleSystem) {
			may := slices.Contains(expected[by], role)
			if err := a.MayAppoint(role, 10, buurtbel.Scope{Zone: 1, Network: 7}, mandateNow); (err == nil) != may {
				t.Errorf("%s gives %s: %v", by, role, err)
			}
			for name, s := range map[string]buurtbel.Scope{"another zone": {Zone: 2, Network: 7}, "another network": {Zone: 1, Network: 8}} {
				if by.Citizen() || name == "another zone" {
					if a.MayAppoint(role, 10, s, mandateNow) == nil {
						t.Errorf("%s gives %s in %s", by, role, name)
					}
				}
			}
			if err := a.MayAppoint(role, 9, buurtbel.Scope{Zone: 1, Network: 7}, mandateNow); err == nil {
				t.Errorf("%s gives %s to the own person", by, role)
			}
		}
	}
}

func TestMandateCheck(t *testing.T) {
	whole := buurtbel.Mandate{Role: buurtbel.RoleCoordinator, Network: 7, Ground: "verslag van 1 maart", From: mandateNow.AddDate(0, -1, 0), Screened: mandateNow.AddDate(0, -2, 0)}
	if err := whole.Check(mandateNow); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*buurtbel.Mandate){
		"error.mandate.role":     func(m *buurtbel.Mandate) { m.Role = buurtbel.RoleSystem },
		"error.mandate.network":  func(m *buurtbel.Mandate) { m.Network = 0 },
		"error.mandate.ground":   func(m *buurtbel.Mandate) { m.Ground = "  " },
		"error.mandate.from":     func(m *buurtbel.Mandate) { m.From = time.Time{} },
		"error.mandate.until":    func(m *buurtbel.Mandate) { m.Until = m.From },
		"error.mandate.screened": func(m *buurtbel.Mandate) { m.Screened = mandateNow.Add(time.Hour) },
	} {
		m := whole
		spoil(&m)
		if got := buurtbel.KeyOf(m.Check(mandateNow)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for role, network := range map[buurtbel.Role]buurtbel.ID{buurtbel.RoleChief: 7, buurtbel.RoleMayor: 7, buurtbel.RoleDeputy: 0} {
		m := whole
		m.Role, m.Network = role, network
		if buurtbel.KeyOf(m.Check(mandateNow)) != "error.mandate.network" {
			t.Errorf("%s with network %d: %v", role, network, m.Check(mandateNow))
		}
	}
}

func TestMandatesOverlap(t *testing.T) {
	day := func(n int) time.Time { return mandateNow.AddDate(0, 0, n) }
	for _, c := range []struct {
		from, until, from2, until2 time.Time
		want                       bool
	}{
		{day(0), day(5), day(5), day(9), false}, {day(0), day(6), day(5), day(9), true}, {day(0), time.Time{}, day(50), time.Time{}, true},
		{day(5), time.Time{}, day(0), day(5), false}, {day(5), day(9), day(0), time.Time{}, true},
	} {
		a, b := buurtbel.Mandate{From: c.from, Until: c.until}, buurtbel.Mandate{From: c.from2, Until: c.until2}
		if a.Overlaps(b) != c.want || b.Overlaps(a) != c.want {
			t.Errorf("%v", c)
		}
	}
}

// TestRule09_SilenceIsDueAfterThirtyDays: then deputy and officer are told; without a limit never.
func TestRule09_SilenceIsDueAfterThirtyDays(t *testing.T) {
	if (buurtbel.Silence{Since: mandateNow.AddDate(0, 0, -29), Limit: buurtbel.DefaultSilence}).Due(mandateNow) ||
		!(buurtbel.Silence{Since: mandateNow.AddDate(0, 0, -30), Limit: buurtbel.DefaultSilence}).Due(mandateNow) || (buurtbel.Silence{}).Due(mandateNow) {
		t.Error("thirty days are the limit")
	}
}
