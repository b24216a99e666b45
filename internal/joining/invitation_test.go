package joining

import (
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

func secretOf(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// TestAnInvitationEndsWithItsSender: of a business when the sender is sent away, of a household when the sender leaves it or the network. What others
// sent stays good.
func TestAnInvitationEndsWithItsSender(t *testing.T) {
	each(t, func(q *quarter) {
		trader := func(i int, invitation string) *Form {
			f := form(i)
			f.Kind, f.Basis, f.Shop = buurtbel.Traders, buurtbel.Works, "Bakkerij De Kroon"
			if invitation != "" {
				f.Shop, f.Post, f.Invitation = "", buurtbel.PostKeys, invitation
			}
			return f
		}
		invite := func(link string, purpose token.Purpose) string {
			address, err := q.hall.Invite(q.Context(), link, "", purpose)
			q.must(err)
			return secretOf(address)
		}
		over := func(secret string, purpose token.Purpose, f *Form) {
			q.Helper()
			_, err := q.hall.BehindInvitation(q.Context(), secret, purpose)
			q.key(err, "error.link.used")
			q.key(q.hall.Confirm(q.Context(), secret, purpose), "error.link.used")
			_, _, err = q.hall.Apply(q.Context(), f, "192.0.2.61")
			q.key(err, "error.link.used")
		}
		owner, _ := q.member(trader(1, ""))
		staff, second := q.member(trader(2, invite(owner, token.Business)))
		gone, stays := invite(staff, token.Business), invite(owner, token.Business)
		*q.clock = q.clock.Add(time.Minute)
		q.must(q.hall.MoveStaff(q.Context(), owner, second, buurtbel.PostShop)) // another post: still there
		if _, err := q.hall.BehindInvitation(q.Context(), gone, token.Business); err != nil {
			q.Errorf("another post ended the invitation: %v", err)
		}
		q.must(q.hall.MoveStaff(q.Context(), owner, second, ""))
		over(gone, token.Business, trader(3, gone))
		if _, third := q.member(trader(3, stays)); third == 0 {
			q.Error("the owner's invitation ended too")
		}
		// A household: by leaving it, and by leaving the network.
		an, fourth := q.member(form(4))
		left := invite(an, token.Household)
		q.must(q.hall.LeaveHousehold(q.Context(), q.hall.LeaveLink(fourth)))
		f := form(5)
		f.Invitation = left
		over(left, token.Household, f)
		f.Invitation = invite(an, token.Household)
		q.write(func(tx *store.Tx) error { return tx.MoveMember(fourth, buurtbel.MemberExcluded) })
		over(f.Invitation, token.Household, f)
	})
}

// TestNobodyEntersByAnInvitationWhoseSenderGoesAtThatMoment: whoever comes first, a sender who is gone brings nobody in afterwards.
func TestNobodyEntersByAnInvitationWhoseSenderGoesAtThatMoment(t *testing.T) {
	each(t, func(q *quarter) {
		_, first := q.member(form(1))
		_, second := q.member(form(2))
		q.must(q.proveMailOf(second))
		for range 6 {
			*q.clock = q.clock.AddDate(0, 2, 0)
			_, err := q.hall.Invite(q.Context(), q.hall.PageLink(first), "an2@example.org", token.Household)
			q.must(err)
			secret, leave := q.newest("/household/"), q.hall.LeaveLink(first)
			did, _ := q.atOnce(func(i int) error {
				if i%2 == 0 {
					return q.hall.LeaveHousehold(q.Context(), leave)
				}
				return q.hall.Confirm(q.Context(), secret, token.Household)
			})
			if in := q.household(second) != 0; in && did < 5 || q.household(first) != 0 {
				q.Errorf("%d did, entered %t", did, in)
			}
			q.key(q.hall.Confirm(q.Context(), secret, token.Household), "error.link.used")
			q.must(q.hall.LeaveHousehold(q.Context(), q.hall.LeaveLink(second)))
		}
	})
}
