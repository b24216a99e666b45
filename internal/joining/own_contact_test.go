package joining

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// own is the member's actor and word, as the own page makes them.
func (q *quarter) own(member buurtbel.ID) (a buurtbel.Actor, w Word) {
	q.Helper()
	q.read(func(tx *store.Tx) (err error) {
		a, err = tx.Actor(member)
		return err
	})
	return a, Word{Zone: q.zone, Member: member, How: OnOwnPage}
}

func (q *quarter) verified(member, contact buurtbel.ID) (yes bool) {
	q.Helper()
	q.read(func(tx *store.Tx) error {
		s, err := tx.Self(member, false)
		for _, c := range s.Contacts {
			yes = yes || c.ID == contact && c.Verified
		}
		return err
	})
	return yes
}

// spoken gives the newest code that a person was called with.
func (q *quarter) spoken(person buurtbel.ID) string {
	q.Helper()
	for _, w := range backwards(q.words(person)) {
		if c := regexp.MustCompile(`(\d\. ){5}\d`).FindString(w); c != "" {
			return strings.ReplaceAll(c, ". ", "")
		}
	}
	q.Fatal("nobody was called")
	return ""
}

// TestMemberProvesAFixedLineByCall: the same limits as an applicant's, and a code that waits for nobody else.
func TestMemberProvesAFixedLineByCall(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.member(form(1))
		_, other := q.member(form(2))
		a, w := q.own(id)
		line, kind, err := q.hall.AddContact(q.Context(), a, w, "02 000 09 17")
		q.must(err)
		if again, _, err := q.hall.AddContact(q.Context(), a, w, "+3220000917"); err != nil || again != line || kind != buurtbel.Fixed {
			q.Errorf("the same line: %v, %s, %v", again == line, kind, err)
		}
		q.key(q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.SMS, "source"), "error.proof.channel")
		q.must(q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.Voice, "source"))
		q.key(q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.Voice, "source"), "error.proof.too-often")
		b, x := q.own(other)
		q.key(q.hall.SendOwnCode(q.Context(), b, x, line, buurtbel.Voice, "source"), "error.contact.unknown")
		q.key(q.hall.EnterOwnCode(q.Context(), b, w, line, "123456"), "error.person.unknown")
		for range mostTries {
			q.key(q.hall.EnterOwnCode(q.Context(), a, w, line, "000001"), "error.proof.wrong")
		}
		q.key(q.hall.EnterOwnCode(q.Context(), a, w, line, "000001"), "error.proof.over")
		*q.clock = q.clock.Add(3 * time.Minute)
		q.must(q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.Voice, "source"))
		*q.clock = q.clock.Add(3 * time.Minute)
		q.key(q.hall.SendOwnCode(q.Context(), a, w, line, buurtbel.Voice, "source"), "error.proof.too-often")
		q.must(q.hall.EnterOwnCode(q.Context(), a, w, line, q.spoken(id)))
		if !q.verified(id, line) {
			q.Error("not proved")
		}
		q.passes(10 * 24 * time.Hour)
		if !q.verified(id, line) {
			q.Error("what was proved was erased")
		}
	})
}

// TestWhatAMemberNeverProvesIsErased, and only that.
func TestWhatAMemberNeverProvesIsErased(t *testing.T) {
	each(t, func(q *quarter) {
		_, id := q.member(form(1))
		a, w := q.own(id)
		_, _, err := q.hall.AddContact(q.Context(), a, w, "0455 09 17 17")
		q.must(err)
		count := func() (n int) {
			q.read(func(tx *store.Tx) error {
				s, err := tx.Self(id, false)
				n = len(s.Contacts)
				return err
			})
			return n
		}
		before := count()
		q.passes(unprovedLasts + time.Hour)
		if got := count(); got != before-1 {
			q.Errorf("%d contact points of %d", got, before)
		}
		for i := count(); i < mostContacts; i++ {
			_, _, err := q.hall.AddContact(q.Context(), a, w, "+3245509"+string(rune('0'+i))+"171")
			q.must(err)
		}
		_, _, err = q.hall.AddContact(q.Context(), a, w, "extra@example.org")
		q.key(err, "error.own.contacts-many")
	})
}
