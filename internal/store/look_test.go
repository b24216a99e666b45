package store_test

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestProgressAndMissed runs on both engines: a message whose first contact points went well, badly, and not yet.
func TestProgressAndMissed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		scope := buurtbel.Scope{Zone: db.NewID()}
		network, message := db.NewID(), db.NewID()
		var members []store.NewMember
		var recipients []store.Recipient
		var ids []buurtbel.ID
		for range 3 {
			m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: network}, Name: store.Name{Given: "Lid"}, Contacts: []store.NewContact{
				{ID: db.NewID(), Kind: buurtbel.Mobile, Address: "+32455000000", Verified: true}}}
			step := buurtbel.Step{Contact: m.Contacts[0].ID, Channel: buurtbel.SMS}
			recipients = append(recipients, store.Recipient{ID: db.NewID(), Member: m.ID, Steps: []store.RecipientStep{{ID: db.NewID(), Step: step}}})
			members, ids = append(members, m), append(ids, m.ID)
		}
		start := db.Now()
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), scope, f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			if err := tx.PutZone(&buurtbel.Zone{ID: scope.Zone, Name: "Politiezone Proef", Country: "BE"}); err != nil {
				return err
			}
			if err := tx.PutNetwork(&buurtbel.Network{ID: network, Name: "BIN Proef"}); err != nil {
				return err
			}
			if err := tx.InsertMembers(members); err != nil {
				return err
			}
			m := &buurtbel.Message{ID: message, State: buurtbel.MessageRunning, Kind: buurtbel.KindLaunch, Expires: start.Add(time.Hour)}
			if err := tx.InsertMessage(m, ids); err != nil {
				return err
			}
			return tx.InsertRecipients(message, m.Expires, recipients)
		})
		write(func(tx *store.Tx) error {
			if _, err := tx.Heard(recipients[2].ID, recipients[2].Steps[0].ID); err != nil {
				return err
			}
			_, err := tx.CloseQueued(message, buurtbel.Expired, 10)
			return err
		})
		err := db.Read(t.Context(), scope, func(tx *store.Tx) error {
			p, err := tx.Progress(message, start, time.Hour)
			if err != nil {
				return err
			}
			if len(p.HandedOver) != 0 || len(p.Heard) != 1 || p.Heard[0] != 1 {
				t.Errorf("progress: %+v", p)
			}
			missed, err := tx.Missed(message, 10)
			if len(missed) != 2 || missed[0].Member != ids[0] || missed[0].State != buurtbel.Expired || !missed[0].Due.IsZero() {
				t.Errorf("missed: %+v", missed)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		officer := buurtbel.Actor{Person: db.NewID(), Office: "police", Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleOfficer, Zone: scope.Zone}}}
		write(func(tx *store.Tx) error {
			names, err := tx.OpenNames(officer, buurtbel.RoleOfficer, "proef", 0, ids)
			if len(names) != 3 || names[0].Name.Given != "Lid" {
				t.Errorf("names: %+v", names)
			}
			return err
		})
	})
}
