package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
)

func TestLeavingTakesTwoSteps(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[2])
	b.want("/me/leave", http.StatusUnprocessableEntity, nil)
	if s.self(s.members[2]).Member.State != buurtbel.MemberActive {
		t.Fatal("one step was enough")
	}
	b.want("/me/leave", http.StatusOK, url.Values{"sure": {"yes"}})
	if s.self(s.members[2]).Member.State != buurtbel.MemberLeft {
		t.Error("still a member")
	}
	if got := b.get("/me"); got.code != http.StatusSeeOther {
		t.Errorf("the page stays open: %d", got.code)
	}
	s.until("the coordinator's mail", func() bool { _, ok := s.mail.last(mailboxOf(0), "gestopt"); return ok })
	if m, _ := s.mail.last(mailboxOf(0), "gestopt"); strings.Contains(m.Content.Text, "Nummer2") {
		t.Error("the mail names who left")
	}
	s.launch(s.zone, s.people[buurtbel.RoleOfficer], s.kerkveld)
	s.until("the neighbour's text", func() bool { _, ok := s.sms.last(numberOf(3), "inbraak"); return ok })
	if _, ok := s.sms.last(numberOf(2), "inbraak"); ok {
		t.Error("who left was alerted")
	}
}

func TestErasingLeavesNothingOfThePerson(t *testing.T) {
	s := found(t)
	b := s.ownAs(s.members[2])
	b.want("/me/erase", http.StatusUnprocessableEntity, nil)
	b.want("/me/erase", http.StatusOK, url.Values{"sure": {"yes"}})
	s.carryOut(store.TaskErase, guarding.Erased(s.db))
	s.read(s.zone, func(tx *store.Tx) error {
		if _, err := tx.Self(s.members[2], true); buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("still there: %v", err)
		}
		holders, err := tx.HoldersOf(numberOf(2))
		if len(holders) != 0 {
			t.Errorf("the number is still found: %v", holders)
		}
		return err
	})
	s.browser().want("/me/in", http.StatusOK, url.Values{"address": {mailboxOf(2)}}) // says nothing, sends nothing
}

// carryOut does the tasks of a kind until none is left.
func (s *site) carryOut(kind string, verb func(context.Context, buurtbel.Actor, store.Task) error) {
	s.Helper()
	s.until("the end of "+kind, func() bool {
		var due []store.Task
		s.read(0, func(tx *store.Tx) (err error) {
			due, err = tx.DueTasks(5, nil)
			return err
		})
		left := false
		for _, d := range due {
			if d.Kind != kind {
				continue
			}
			left = true
			s.write(0, func(tx *store.Tx) error { _, err := tx.TakeTask(d); return err })
			if err := verb(s.Context(), buurtbel.System(), d); err != nil {
				s.Fatal(err)
			}
		}
		if left {
			return false
		}
		n := 0
		s.read(s.zone, func(tx *store.Tx) error {
			holders, err := tx.HoldersOf(numberOf(2))
			n = len(holders)
			return err
		})
		return n == 0
	})
}
