package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/store"
)

// lost shows how many contact points no longer work: a coordinator of the own networks, an officer of every network.
func (v *visit) lost() error {
	networks, err := v.lostNetworks()
	if err != nil {
		return err
	}
	return v.lostPage(networks)
}

func (v *visit) lostPage(networks []LostNetwork) error {
	return v.respond(http.StatusOK, v.frame(v.t("screen.lost.title"), Calm), Lost{networks})
}

func (v *visit) lostNetworks() ([]LostNetwork, error) {
	var out []LostNetwork
	err := v.read(func(tx *store.Tx) error {
		all, err := tx.Networks()
		if err != nil {
			return err
		}
		for _, n := range all {
			if v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: n.ID}, v.now) != nil {
				continue
			}
			lost, err := tx.LostContacts(n.ID, v.now.Add(-lostSince))
			if err != nil {
				return err
			}
			if len(lost) == 0 {
				continue
			}
			line := LostNetwork{ID: n.ID.String(), Name: n.Name, Count: len(lost), Kinds: v.lostKinds(lost)}
			if v.coordinator(n.ID) {
				line.Action = "/lost"
			}
			out = append(out, line)
		}
		return nil
	})
	return out, err
}

func (v *visit) lostKinds(lost []store.ContactHolder) []Fact {
	count := map[buurtbel.ContactKind]int{}
	for _, c := range lost {
		count[c.Kind]++
	}
	var out []Fact
	for _, kind := range []buurtbel.ContactKind{buurtbel.Mobile, buurtbel.Fixed, buurtbel.Mailbox, buurtbel.Browser} {
		if n := count[kind]; n > 0 {
			out = append(out, Fact{v.t("screen.lost.kind-" + string(kind)), fmt.Sprint(n)})
		}
	}
	return out
}

// lostNames shows the names of one network to its coordinator. The look is journalled in the same transaction that opens the names.
func (v *visit) lostNames() error {
	if err := v.form(); err != nil {
		return err
	}
	network, err := buurtbel.ParseID(v.r.PostFormValue("network"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if !v.coordinator(network) {
		return buurtbel.Fail(buurtbel.Forbidden, "error.forbidden.see-names", nil)
	}
	networks, err := v.lostNetworks()
	if err != nil {
		return err
	}
	people, err := v.lookAtLost(network)
	if err != nil {
		return err
	}
	for i := range networks {
		if networks[i].ID == network.String() {
			networks[i].People, networks[i].Action = people, ""
		}
	}
	return v.lostPage(networks)
}

func (v *visit) lookAtLost(network buurtbel.ID) ([]LostPerson, error) {
	var out []LostPerson
	err := v.s.o.DB.Write(v.r.Context(), v.scope(), func(tx *store.Tx) error {
		out = nil
		lost, err := tx.LostContacts(network, v.now.Add(-lostSince))
		if err != nil {
			return err
		}
		members := make([]buurtbel.ID, len(lost))
		for i, c := range lost {
			members[i] = c.Member
		}
		called := map[buurtbel.ID]string{}
		slices.Sort(members)
		names, err := tx.OpenNames(v.actor, v.roleFirst(), "lost contact points", 0, slices.Compact(members))
		if err != nil {
			return err
		}
		for _, n := range names {
			called[n.Member] = n.Name.Given + " " + n.Name.Family
		}
		for _, c := range lost {
			p := LostPerson{Name: called[c.Member], Kind: v.t("screen.lost.kind-" + string(c.Kind)), Why: v.t("screen.lost.why-" + string(c.State))}
			if c.State == buurtbel.ContactOK && c.Doubtful {
				p.Why, p.Doubt = v.t("screen.lost.why-doubtful"), c.Contact.String()
			} else if c.State == buurtbel.ContactOK && c.Returned {
				p.Why = v.t("screen.mail.why-returned")
			} else if c.State == buurtbel.ContactOK { // texts to a mobile go on
				p.Why, p.Contact = v.t("screen.lost.why-no-calls"), c.Contact.String()
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// lostCalls lets calls to a number begin again, as the member asked.
func (v *visit) lostCalls() error {
	if err := v.form(); err != nil {
		return err
	}
	contact, err := buurtbel.ParseID(v.r.PostFormValue("contact"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
	}
	if err := joining.ResumeCalls(v.r.Context(), v.s.o.DB, v.actor, v.zone, contact); err != nil {
		return err
	}
	return v.redirect("/lost")
}
