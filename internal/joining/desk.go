package joining

import (
	"context"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// mostListed is how many open applications one page shows.
const mostListed = 300

// Waiting lists the open applications of the networks for which an actor decides, the oldest first. It opens nothing.
func (h *Hall) Waiting(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]*buurtbel.Application, error) {
	var out []*buurtbel.Application
	err := h.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		all, err := tx.OpenApplications(mostListed)
		for _, a := range all {
			if h.mayOf(actor, a) == nil {
				out = append(out, a)
			}
		}
		return err
	})
	return out, err
}

// Outline is an application as it stands, without who applied.
type Outline struct {
	App     *buurtbel.Application
	Zone    *buurtbel.Zone
	Network *buurtbel.Network
}

// Outline gives how an application stands. It opens nothing.
func (h *Hall) Outline(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID) (*Outline, error) {
	s := buurtbel.Scope{Zone: zone}
	if err := h.may(ctx, actor, s, id); err != nil {
		return nil, err
	}
	f := &affair{}
	err := h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if f.app, err = tx.Application(id); err != nil {
			return err
		}
		return f.read(tx, f.app.Network)
	})
	return &Outline{f.app, f.zone, f.network}, err
}

// Opened is an application with who applied.
type Opened struct {
	Outline
	Person   store.Applicant
	Contacts []store.ApplicantContact
	Notes    []store.ApplicationNote
}

// Open shows who applied. The look is journalled with its purpose.
func (h *Hall) Open(ctx context.Context, actor buurtbel.Actor, role buurtbel.Role, zone, id buurtbel.ID, purpose string) (*Opened, error) {
	outline, err := h.Outline(ctx, actor, zone, id)
	if err != nil {
		return nil, err
	}
	o := &Opened{Outline: *outline}
	err = h.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if o.Person, o.Contacts, err = tx.LookAtApplicant(actor, role, purpose, outline.App); err != nil {
			return err
		}
		o.Notes, err = tx.Notes(id)
		return err
	})
	return o, err
}

// Paper types an application over from a signed form, for who has no e-mail. Rules, age and purpose stand on the paper.
//
// Errors: those of Apply; error.forbidden.take-in (Forbidden) for another network's area.
func (h *Hall) Paper(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, f *Form) (id buurtbel.ID, wrong Wrong, err error) {
	where, err := h.Check(ctx, f.Home, f.Kind)
	if buurtbel.KeyOf(err) == "error.join.address" {
		return 0, Wrong{"street": err}, nil
	}
	switch {
	case err != nil:
		return 0, nil, err
	case where.Network == nil:
		return 0, nil, buurtbel.Fail(buurtbel.Conflict, "error.join."+string(where.Found), nil)
	}
	if err := actor.May(buurtbel.MayTakeIn, buurtbel.Scope{Zone: where.Zone.ID, Network: where.Network.ID}, h.db.Now()); err != nil || where.Zone.ID != zone {
		return 0, nil, buurtbel.Fail(buurtbel.Conflict, "error.join.elsewhere", nil)
	}
	a, wrong, err := h.read(ctx, f, where)
	if err != nil || len(wrong) > 0 {
		return 0, wrong, err
	}
	a.Source, a.By = buurtbel.FromPaper, actor.Person
	for i := range a.Facts {
		a.Facts[i].By = actor.Person
		if a.Facts[i].Kind == buurtbel.FactAdult {
			a.Facts[i].Detail = "paper"
		}
	}
	err = h.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return h.keep(tx, a, "") })
	return a.ID, nil, err
}

// Posted is what a letter on paper to an applicant needs.
type Posted struct {
	Opened
	Code string // of a letter that proves the address
	Page string // address of the own page; "" for who has no use for it
}

// AddressLetter makes the code of a letter that proves an address. A newer letter takes the place of the older one. The look at name and address is journalled.
//
// Errors: those of Open and of MayFollow.
func (h *Hall) AddressLetter(ctx context.Context, actor buurtbel.Actor, role buurtbel.Role, zone, id buurtbel.ID) (*Posted, error) {
	o, err := h.Open(ctx, actor, role, zone, id, "letter")
	if err != nil {
		return nil, err
	}
	p := &Posted{Opened: *o, Code: token.NewCode(), Page: h.pageAddress(id)}
	hash := token.HashCode(h.db.Ring(), token.Verify, id, p.Code)
	expires := h.db.Now().Add(paperLasts)
	return p, h.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		fact := buurtbel.ApplicationFact{Kind: buurtbel.FactLetter, By: actor.Person}
		if err := a.MayFollow(fact, false); err != nil {
			return err
		}
		if err := tx.PutProof(id, 0, 0, hash, expires); err != nil {
			return err
		}
		return tx.AddFact(a, fact)
	})
}

// WelcomeLetter gives what the welcome on paper needs, and records that it was printed.
//
// Errors: error.application.over (Conflict) for who was not accepted.
func (h *Hall) WelcomeLetter(ctx context.Context, actor buurtbel.Actor, role buurtbel.Role, zone, id buurtbel.ID) (*Posted, error) {
	outline, err := h.Outline(ctx, actor, zone, id)
	if err != nil {
		return nil, err
	}
	if outline.App.State() != buurtbel.ApplicationAccepted {
		return nil, buurtbel.Fail(buurtbel.Conflict, "error.application.over", nil)
	}
	p := &Posted{Opened: Opened{Outline: *outline}}
	return p, h.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		names, err := tx.OpenNames(actor, role, "welcome letter", id, []buurtbel.ID{id})
		if err != nil {
			return err
		}
		if len(names) != 1 {
			return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		p.Person.Name = names[0].Name
		if err := tx.EachHome([]buurtbel.ID{id}, func(_ buurtbel.ID, home store.Home) { p.Person.Home = home }); err != nil {
			return err
		}
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		return tx.AddFact(a, buurtbel.ApplicationFact{Kind: buurtbel.FactWelcomed, By: actor.Person, Detail: "letter"})
	})
}
