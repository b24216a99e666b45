package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// defaultWeek are the hours of a shop until it says otherwise: Monday to Saturday, nine to six.
func defaultWeek() (w buurtbel.OpeningWeek) {
	for d := 1; d <= 6; d++ {
		w[d] = []buurtbel.Hours{{From: 9 * 60, Until: 18 * 60}}
	}
	return w
}

// enterBusiness lets a new member stand for the business, which is made with its first person.
func enterBusiness(tx *store.Tx, a *buurtbel.Application, name string, by buurtbel.ID) error {
	if _, err := tx.Business(a.Business); buurtbel.KindOf(err) == buurtbel.NotFound {
		if err := tx.PutBusiness(store.Business{ID: a.Business, Network: a.Network, Name: name, Week: defaultWeek()}); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	post := buurtbel.PostShop
	if a.Choices.Shift != nil {
		post = a.Choices.Shift.Post
	}
	return enterStaff(tx, a.Business, a.ID, by, post)
}

func enterStaff(tx *store.Tx, business, member, by buurtbel.ID, post buurtbel.Post) error {
	b, err := tx.LockBusiness(business)
	if err != nil {
		return err
	}
	if err := tx.EnterBusiness(business, member, by, post); err != nil {
		return err
	}
	if err := tx.Append(tx.Scope().Zone, buurtbel.EntryJoin, by, []byte(member.String()+" stands for "+business.String())); err != nil {
		return err
	}
	return shifts(tx, b)
}

// shifts gives every contact person of a business the turn that follows from its hours and from who else stands for it.
func shifts(tx *store.Tx, b store.Business) error {
	people, err := tx.BusinessPeople(b.ID)
	if err != nil {
		return err
	}
	count := map[buurtbel.Post]int{}
	for _, p := range people {
		count[p.Post]++
	}
	for _, p := range people {
		s := &buurtbel.Shift{Business: b.ID, Post: p.Post, Open: b.Week, Alone: count[buurtbel.PostShop] == 0 || count[buurtbel.PostKeys] == 0}
		if err := tx.SetShift(p.Member, s); err != nil {
			return err
		}
	}
	return nil
}

// Shop is a business as its own contact persons see it.
type Shop struct {
	store.Business
	Zone   *buurtbel.Zone
	People []ShopPerson
}

// ShopPerson is one contact person: colleagues see the given name, never a number.
type ShopPerson struct {
	Member buurtbel.ID
	Given  string
	Post   buurtbel.Post
	Own    bool // who looks
}

// ShowShop gives the business for which the holder of an applicant's page stands.
//
// Errors: those of behind; error.business.unknown (NotFound).
func (h *Hall) ShowShop(ctx context.Context, link string) (*Shop, error) {
	id, business, s, err := h.shop(ctx, link)
	if err != nil {
		return nil, err
	}
	shop := &Shop{}
	err = h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if shop.Business, err = tx.Business(business); err != nil {
			return err
		}
		if shop.Zone, err = tx.Zone(); err != nil {
			return err
		}
		people, err := tx.BusinessPeople(business)
		if err != nil {
			return err
		}
		return shop.name(tx, people, id)
	})
	return shop, err
}

func (s *Shop) name(tx *store.Tx, people []store.BusinessPerson, own buurtbel.ID) error {
	ids := make([]buurtbel.ID, len(people))
	for i, p := range people {
		ids[i] = p.Member
		s.People = append(s.People, ShopPerson{Member: p.Member, Post: p.Post, Own: p.Member == own})
	}
	return tx.EachName(ids, func(id buurtbel.ID, n store.Name) {
		for i := range s.People {
			if s.People[i].Member == id {
				s.People[i].Given = n.Given
			}
		}
	})
}

// shop gives the business of a page's holder, who must stand for it now.
func (h *Hall) shop(ctx context.Context, link string) (id, business buurtbel.ID, s buurtbel.Scope, err error) {
	if id, s, err = h.behind(ctx, link); err != nil {
		return 0, 0, s, err
	}
	err = h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		business, err = standsFor(tx, id)
		return err
	})
	if err == nil && business == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.business.unknown", nil)
	}
	return id, business, s, err
}

// standsFor gives the business for which a member stands now; 0: none.
func standsFor(tx *store.Tx, member buurtbel.ID) (buurtbel.ID, error) {
	self, err := tx.Self(member, false)
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return 0, nil // an applicant
	}
	if err != nil || self.Member.Choices.Shift == nil {
		return 0, err
	}
	people, err := tx.BusinessPeople(self.Member.Choices.Shift.Business)
	for _, p := range people {
		if p.Member == member {
			return self.Member.Choices.Shift.Business, nil
		}
	}
	return 0, err
}

// Home tells whether a member is in a household, and for which business the member stands; 0: none.
//
// Errors: those of Word.May.
func (h *Hall) Home(ctx context.Context, actor buurtbel.Actor, w Word) (household bool, business buurtbel.ID, err error) {
	err = h.db.Read(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		if _, err := w.may(tx, actor); err != nil {
			return err
		}
		in, err := tx.HouseholdOf(w.Member)
		if err != nil {
			return err
		}
		household = in != 0
		business, err = standsFor(tx, w.Member)
		return err
	})
	return household, business, err
}

// SetHours changes the opening hours, and with them whose turn it is.
func (h *Hall) SetHours(ctx context.Context, link string, week buurtbel.OpeningWeek) error {
	id, business, s, err := h.shop(ctx, link)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		b, err := tx.LockBusiness(business)
		if err != nil {
			return err
		}
		b.Week = week
		if err := tx.PutBusiness(b); err != nil {
			return err
		}
		if err := tx.Append(s.Zone, buurtbel.EntryJoin, id, []byte("hours of "+business.String())); err != nil {
			return err
		}
		return shifts(tx, b)
	})
}

// MoveStaff changes the post of a contact person, or with post "" ends that this person stands for the business. The person stays a member of the
// network with own contact points only if it stands for another business: otherwise it leaves with the work (rule 8). Invitations that it sent end too.
func (h *Hall) MoveStaff(ctx context.Context, link string, member buurtbel.ID, post buurtbel.Post) error {
	id, business, s, err := h.shop(ctx, link)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		b, err := tx.LockBusiness(business)
		if err != nil {
			return err
		}
		left, err := tx.LeaveBusiness(business, member)
		if err != nil {
			return err
		}
		if !left {
			return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		if post == buurtbel.PostShop || post == buurtbel.PostKeys {
			return enterStaff(tx, business, member, id, post)
		}
		if err := tx.EndInvitations(member, business); err != nil {
			return err
		}
		if err := tx.SetShift(member, nil); err != nil {
			return err
		}
		if err := tx.MoveMember(member, buurtbel.MemberLeft); err != nil {
			return err
		}
		if err := tx.Append(s.Zone, buurtbel.EntryJoin, id, []byte(member.String()+" stands no longer for "+business.String())); err != nil {
			return err
		}
		return shifts(tx, b)
	})
}
