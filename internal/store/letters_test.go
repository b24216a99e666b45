package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestLettersToAFew: equal words are kept once, who cannot be written to is left out or taken out, and a message to nobody is none.
func TestLettersToAFew(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		zone := &buurtbel.Zone{ID: db.NewID(), Name: "Politiezone Proef", Country: "BE"}
		network := db.NewID()
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), buurtbel.Scope{Zone: zone.ID}, f); err != nil {
				t.Fatal(err)
			}
		}
		var members []store.NewMember
		for i, kind := range []buurtbel.ContactKind{buurtbel.Mailbox, buurtbel.Mailbox, buurtbel.Mobile} {
			address := []string{"an@example.org", "bo@example.org", "+32455000003"}[i]
			members = append(members, store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: network, Language: buurtbel.Dutch}, Name: store.Name{Given: "Lid"},
				Contacts: []store.NewContact{{ID: db.NewID(), Kind: kind, Address: address, Verified: true}}})
		}
		write(func(tx *store.Tx) error {
			if err := tx.PutZone(zone); err != nil {
				return err
			}
			if err := tx.PutNetwork(&buurtbel.Network{ID: network, Name: "BIN Proef"}); err != nil {
				return err
			}
			if err := tx.InsertMembers(members); err != nil {
				return err
			}
			for i, role := range []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleSteering} {
				m := buurtbel.Mandate{ID: db.NewID(), Holder: members[i].ID, Role: role, Zone: zone.ID, Network: network, From: tx.Now().Add(-time.Hour)}
				if err := tx.InsertMandate(m); err != nil {
					return err
				}
			}
			return nil
		})
		var people []store.Reachable
		err := db.Read(t.Context(), buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) (err error) {
			people, err = tx.ReachableHolders(network, buurtbel.RoleSteering, buurtbel.RoleDeputy, buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
			return err
		})
		if err != nil || len(people) != 3 {
			t.Fatalf("holders: %d, %v", len(people), err)
		}
		words := buurtbel.Wording{Regime: "nl", Subject: "Proef", Mail: "Dit is een proef."}
		letters := func() *store.Letters {
			l := db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, db.Now().Add(time.Hour))
			for _, p := range people {
				l.To(p, words, buurtbel.Email)
			}
			return l
		}
		all, few := letters(), letters().OnlyReached()
		if len(all.Message.Texts) != 1 || len(all.Recipients) != 3 || len(few.Recipients) != 2 {
			t.Errorf("%d texts, %d and %d people", len(all.Message.Texts), len(all.Recipients), len(few.Recipients))
		}
		if i := slices.IndexFunc(all.Recipients, func(r store.Recipient) bool { return r.Member == members[2].ID }); i < 0 || all.Recipients[i].Left == buurtbel.NotLeft {
			t.Error("who has no mailbox is not kept as left out")
		}
		other := words
		other.Spoken = []buurtbel.Spoken{{Language: buurtbel.Dutch, Text: "Dit is een proef."}}
		if all.To(people[0], other, buurtbel.Email); len(all.Message.Texts) != 2 || all.Recipients[3].Wording != 1 {
			t.Error("other words are taken for the same")
		}
		write(few.Post)
		write(db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, db.Now().Add(time.Hour)).Post)
		err = db.Read(t.Context(), buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
			running, err := tx.RunningMessages()
			if len(running) != 1 || running[0].ID != few.Message.ID || running[0].Audience != 2 || running[0].Class != buurtbel.ClassAnswer {
				t.Errorf("%+v", running)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
