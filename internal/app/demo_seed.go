package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

// Seeded is a town as it stands in a store. Its lists have the order of the town's.
type Seeded struct {
	Town      *town.Town
	Zone      *buurtbel.Zone
	Networks  []buurtbel.ID
	Members   []buurtbel.ID
	Officials []buurtbel.ID
	Addresses map[buurtbel.ID]string // number or mailbox of each contact point
}

// seedSlice is how many members one transaction stores.
const seedSlice = 100

// SeedTown fills an empty program with a town, and gives the desk its streets and its map.
func (a *App) SeedTown(ctx context.Context, t *town.Town, step func(members int)) (*Seeded, error) {
	s, err := Seed(ctx, a.DB, t, step)
	if err != nil {
		return nil, err
	}
	drawn, err := t.Map(false)
	if err != nil {
		return nil, err
	}
	a.Base = func(zone buurtbel.ID) string {
		if zone == s.Zone.ID {
			return string(drawn)
		}
		return ""
	}
	return s, errors.Join(a.seedAsked(ctx, s), a.register.load(ctx), a.Places.Refresh(ctx, true))
}

// Seed stores a town in an empty store. step, if there is one, hears after each slice how many members are in.
func Seed(ctx context.Context, db *store.DB, t *town.Town, step func(members int)) (*Seeded, error) {
	s := &Seeded{Town: t, Addresses: map[buurtbel.ID]string{}, Zone: demoZone(db, t)}
	networks := s.networks(db)
	officials := s.officials(db)
	err := db.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutZone(s.Zone); err != nil {
			return err
		}
		for i := range networks {
			if err := tx.PutNetwork(&networks[i]); err != nil {
				return err
			}
		}
		for i := range officials {
			if err := tx.InsertOfficial(&officials[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.addresses(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("store the town: %w", err)
	}
	return s, s.members(ctx, db, step)
}

// addresses stores the town's register of addresses.
func (s *Seeded) addresses(ctx context.Context, db *store.DB) error {
	const slice = 500
	var streets []store.Street
	ids := map[string]buurtbel.ID{}
	for _, street := range s.Town.Streets {
		ids[street.Name] = db.NewID()
		streets = append(streets, store.Street{ID: ids[street.Name], Name: street.Name, Key: addressfile.StreetKey(street.Name), PostalCode: town.PostalCode, Municipality: town.Name})
	}
	outskirts := s.Town.Outskirts()
	for _, h := range outskirts {
		if ids[h.Street] == 0 {
			ids[h.Street] = db.NewID()
			streets = append(streets, store.Street{ID: ids[h.Street], Name: h.Street, Key: addressfile.StreetKey(h.Street), PostalCode: town.PostalCode, Municipality: town.Name})
		}
	}
	for homes := range slices.Chunk(slices.Concat(s.Town.Homes, outskirts), slice) {
		houses := make([]store.House, len(homes))
		for i, h := range homes {
			houses[i] = store.House{Street: ids[h.Street], Number: h.Number, Lat: int64(h.At.Lat * 1e7), Lon: int64(h.At.Lon * 1e7)}
		}
		err := db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.PutAddresses(streets, houses) })
		if err != nil {
			return err
		}
		streets = nil
	}
	return nil
}

func demoZone(db *store.DB, t *town.Town) *buurtbel.Zone {
	_, districts, shops := t.PlaceNames()
	return &buurtbel.Zone{ID: db.NewID(), Name: town.ZoneName, Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight,
		Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits, Contact: "buurt@" + town.PoliceMail, Names: append(districts, shops...)}
}

func (s *Seeded) networks(db *store.DB) []buurtbel.Network {
	since := db.Now().Add(-400 * 24 * time.Hour)
	var out []buurtbel.Network
	for _, n := range s.Town.Networks {
		id := db.NewID()
		s.Networks = append(s.Networks, id)
		out = append(out, buurtbel.Network{ID: id, Zone: s.Zone.ID, Name: n.Name, Kind: n.Kind, Regime: n.Regime, Area: n.Area,
			Charter: &buurtbel.Dated{Since: since, Document: "charter"}, Recognised: &buurtbel.Dated{Since: since.Add(30 * 24 * time.Hour)}})
	}
	return out
}

func (s *Seeded) officials(db *store.DB) []store.NewOfficial {
	var out []store.NewOfficial
	for _, o := range s.Town.Officials {
		id := db.NewID()
		s.Officials = append(s.Officials, id)
		mandate := s.mandate(db, id, o.Role, 0)
		out = append(out, store.NewOfficial{ID: id, Name: o.Name, Office: "police", Language: o.Language, OnCall: o.OnCall,
			Contacts: s.contacts(db, o.Contacts), Mandates: []buurtbel.Mandate{mandate}})
	}
	return out
}

// mandate is a role as it is held in Vlierbeek: most were confirmed by a meeting, that of the deputies comes up at the next one.
func (s *Seeded) mandate(db *store.DB, who buurtbel.ID, role buurtbel.Role, network buurtbel.ID) buurtbel.Mandate {
	day := func(ago int) time.Time { return db.Now().Add(-time.Duration(ago) * 24 * time.Hour) }
	m := buurtbel.Mandate{ID: db.NewID(), Holder: who, Role: role, Zone: s.Zone.ID, Network: network, From: day(300), Ground: "Besluit van de korpschef"}
	if role.Citizen() {
		m.Ground = "Verslag van de ledenvergadering"
	}
	if role == buurtbel.RoleCoordinator {
		m.Screened = day(320)
	}
	if role.MeetingConfirms() && role != buurtbel.RoleDeputy {
		m.Confirmed, m.Meeting = day(298), "Verslag van de ledenvergadering, punt 3"
	}
	return m
}

func (s *Seeded) contacts(db *store.DB, list []town.Contact) []store.NewContact {
	out := make([]store.NewContact, len(list))
	for i, c := range list {
		out[i] = store.NewContact{ID: db.NewID(), Kind: c.Kind, Rank: i, Address: c.Address, Verified: true}
		s.Addresses[out[i].ID] = c.Address
	}
	return out
}

func (s *Seeded) members(ctx context.Context, db *store.DB, step func(int)) error {
	households := map[int]buurtbel.ID{}
	for start := 0; start < len(s.Town.Members); start += seedSlice {
		slice := s.Town.Members[start:min(start+seedSlice, len(s.Town.Members))]
		var list []store.NewMember
		var mandates []buurtbel.Mandate
		var founded []buurtbel.ID
		for i := range slice {
			m := &slice[i]
			if m.Household != 0 && households[m.Household] == 0 {
				households[m.Household] = db.NewID()
				founded = append(founded, households[m.Household])
			}
			made := s.member(db, m, households[m.Household])
			list = append(list, made)
			if m.Role != "" {
				mandates = append(mandates, s.mandate(db, made.ID, m.Role, made.Network))
			}
		}
		err := db.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
			for _, m := range mandates {
				if err := tx.InsertMandate(m); err != nil {
					return err
				}
			}
			if err := tx.InsertHouseholds(founded); err != nil {
				return err
			}
			return tx.InsertMembers(list)
		})
		if err != nil {
			return fmt.Errorf("store members: %w", err)
		}
		if step != nil {
			step(len(s.Members))
		}
	}
	return nil
}

func (s *Seeded) member(db *store.DB, m *town.Member, household buurtbel.ID) store.NewMember {
	now := db.Now()
	made := store.NewMember{Name: store.Name{Given: m.Given, Family: m.Family}, Place: m.Home.At, Contacts: s.contacts(db, m.Contacts),
		Home: store.Home{Street: m.Home.Street, Number: m.Home.Number, Box: m.Home.Box, PostalCode: town.PostalCode, Municipality: town.Name}}
	made.Member = buurtbel.Member{ID: db.NewID(), Zone: s.Zone.ID, Network: s.Networks[m.Network], State: buurtbel.MemberActive, Language: m.Language, Choices: m.Choices, Household: household}
	if m.Away {
		made.Away = buurtbel.Span{From: now.Add(-48 * time.Hour), Until: now.Add(9 * 24 * time.Hour)}
	}
	if m.Suspended {
		made.State, made.SuspendedUntil = buurtbel.MemberSuspended, now.Add(60*24*time.Hour)
	}
	s.Members = append(s.Members, made.ID)
	return made
}

// Official gives the id of the first official with a role; 0 when there is none.
func (s *Seeded) Official(role buurtbel.Role) buurtbel.ID {
	for i, o := range s.Town.Officials {
		if o.Role == role {
			return s.Officials[i]
		}
	}
	return 0
}
