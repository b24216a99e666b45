package joining

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestChangesOnAMembersWord does everything that a word allows on both engines, and nothing of it on another's.
func TestChangesOnAMembersWord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := settle(t, db, db.Now().Add(time.Hour))
		me, other := s.members[0], s.members[1]
		var actor buurtbel.Actor
		s.read(func(tx *store.Tx) (err error) {
			actor, err = tx.Actor(me)
			return err
		})
		self := func(id buurtbel.ID) (out *store.Self) {
			s.read(func(tx *store.Tx) (err error) {
				out, err = tx.Self(id, true)
				return err
			})
			return out
		}
		contacts, theirs := self(me).Contacts, self(other).Contacts
		away := buurtbel.Span{From: db.Now().Add(-time.Hour).UTC().Truncate(time.Microsecond), Until: db.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)}
		ctx := t.Context()
		changes := []struct {
			name string
			do   func(w Word, contact buurtbel.ID) error
			ok   func(*store.Self) bool
		}{
			{"wish", func(w Word, _ buurtbel.ID) error {
				return Wish(ctx, db, actor, w, &buurtbel.Hours{From: 1200, Until: 480}, map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Now: {}})
			}, func(s *store.Self) bool { return s.Member.Choices.Night.From == 1200 && len(s.Member.Choices.Per) == 1 }},
			{"read", func(w Word, _ buurtbel.ID) error {
				return Read(ctx, db, actor, w, Reading{Language: buurtbel.German, Only: buurtbel.ByCall, Slower: true, Tree: true})
			}, func(s *store.Self) bool {
				return s.Member.Language == buurtbel.German && s.Member.Choices.Only == buurtbel.ByCall && s.Out && s.InTree
			}},
			{"away", func(w Word, _ buurtbel.ID) error { return Away(ctx, db, actor, w, away) }, func(s *store.Self) bool { return s.Member.Away == away }},
			{"rename", func(w Word, _ buurtbel.ID) error {
				return Rename(ctx, db, actor, w, store.Name{Given: " Jo ", Family: "Maes"})
			}, func(s *store.Self) bool { return s.Name.Given == "Jo" }},
			{"move", func(w Word, _ buurtbel.ID) error {
				_, err := MoveHome(ctx, db, actor, w, store.Home{Street: "Verrestraat", Number: "1", PostalCode: "1", Municipality: "Elders"})
				return err
			}, func(s *store.Self) bool { return s.Home.Street == "" }},
			{"up", func(w Word, c buurtbel.ID) error { return MoveUp(ctx, db, actor, w, c) }, func(s *store.Self) bool { return s.Contacts[0].Kind == buurtbel.Mailbox }},
			{"pause", func(w Word, c buurtbel.ID) error { return Pause(ctx, db, actor, w, c, true) }, func(s *store.Self) bool { return s.Contacts[0].State == buurtbel.ContactStopped }},
			{"resume", func(w Word, c buurtbel.ID) error { return Pause(ctx, db, actor, w, c, false) }, func(s *store.Self) bool { return s.Contacts[0].State == buurtbel.ContactOK }},
			{"remove", func(w Word, c buurtbel.ID) error { return Remove(ctx, db, actor, w, c) }, func(s *store.Self) bool { return len(s.Contacts) == 1 }},
			{"leave", func(w Word, _ buurtbel.ID) error { return Leave(ctx, db, actor, w, base) }, func(s *store.Self) bool { return s.Member.State == buurtbel.MemberLeft && !s.Left.IsZero() }},
		}
		for _, c := range changes {
			for _, w := range []Word{{s.zone, other, OnOwnPage}, {s.zone, other, ByTelephone}, {db.NewID(), me, OnOwnPage}, {s.zone, me, "dream"}} {
				if err := c.do(w, theirs[0].ID); err == nil {
					t.Errorf("%s: allowed with %+v", c.name, w)
				}
			}
			if err := c.do(Word{s.zone, me, OnOwnPage}, contacts[1].ID); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := self(me); !c.ok(got) {
				t.Errorf("%s: %+v", c.name, got)
			}
		}
		if got := self(other); got.Name.Given != "An" || len(got.Contacts) != 1 || got.Member.State != buurtbel.MemberActive {
			t.Errorf("the neighbour changed: %+v", got)
		}
	})
}
