package store_test

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestDamagedRowHoldsBackNobodyElse: rows that were sealed with keys which the program lacks stand beside sound ones.
func TestDamagedRowHoldsBackNobodyElse(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			config := storetest.Config(t, engine)
			sound := storetest.OpenWith(t, config, storetest.Ring(t), nil)
			stranger := storetest.OpenWith(t, config, storetest.Ring(t), nil)
			zone, network := sound.NewID(), sound.NewID()
			scope := buurtbel.Scope{Zone: zone}
			write := func(db *store.DB, f func(*store.Tx) error) {
				t.Helper()
				if err := db.Write(t.Context(), scope, f); err != nil {
					t.Fatal(err)
				}
			}
			write(sound, func(tx *store.Tx) error {
				if err := tx.PutZone(&buurtbel.Zone{ID: zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels"}); err != nil {
					return err
				}
				return tx.PutNetwork(&buurtbel.Network{ID: network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}})
			})
			var members []buurtbel.ID
			for _, db := range []*store.DB{stranger, sound} {
				id, text := sound.NewID(), sound.NewID()
				members = append(members, id)
				write(db, func(tx *store.Tx) error {
					if _, err := tx.InsertInbound(&store.Inbound{ID: text, Carrier: "test", Channel: buurtbel.SMS, From: "+32455000001", To: "8810", Body: "Ik zie hem lopen"}); err != nil {
						return err
					}
					return tx.InsertMembers([]store.NewMember{{Member: buurtbel.Member{ID: id, Network: network, Language: buurtbel.Dutch},
						Home: store.Home{Street: "Kerkstraat"}, Place: buurtbel.Point{Lat: 50.9, Lon: 4}}})
				})
			}
			err := sound.Read(t.Context(), scope, func(tx *store.Tx) error {
				due, err := tx.DueInbound(10)
				if err != nil || len(due) != 1 {
					t.Errorf("%d texts, %v", len(due), err)
				}
				homes, placed := 0, map[buurtbel.ID]bool{}
				if err := tx.EachHome(members, func(buurtbel.ID, store.Home) { homes++ }); err != nil || homes != 1 {
					t.Errorf("%d homes, %v", homes, err)
				}
				if err := tx.EachPlace(nil, func(m store.MemberPlace) { placed[m.Member] = m.In }); err != nil || placed[members[0]] || !placed[members[1]] {
					t.Errorf("places %v, %v", placed, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
