package joining

import (
	"context"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Decision is what a coordinator, deputy or officer decides about an application.
type Decision struct {
	Kind    buurtbel.ApplicationFactKind // FactAccepted, FactDeclined, FactAsked, FactAnswered or FactReferred
	Ground  buurtbel.DeclineGround       // of FactDeclined
	Note    string                       // the question, the answer that was told by telephone, why it was referred, or an officer's ground in words
	Knowing bool                         // of FactAccepted: who decides knows that the person lives or works there
}

// may asks the right with the application's own network.
//
// Errors: error.forbidden.take-in (Forbidden); error.application.unknown (NotFound), also for another network's.
func (h *Hall) may(ctx context.Context, actor buurtbel.Actor, s buurtbel.Scope, id buurtbel.ID) error {
	var a *buurtbel.Application
	err := h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		a, err = tx.Application(id)
		return err
	})
	if err != nil {
		return err
	}
	return h.mayOf(actor, a)
}

func (h *Hall) mayOf(actor buurtbel.Actor, a *buurtbel.Application) error {
	if actor.May(buurtbel.MayTakeIn, buurtbel.Scope{Zone: a.Zone, Network: a.Network}, h.db.Now()) != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.application.unknown", nil)
	}
	return nil
}

// Decide records a decision and tells the applicant. An accepted applicant is a member from the next alert on.
//
// Errors: those of may and of MayFollow; error.join.note (Invalid) where words are needed; error.application.no-mail (Conflict) for a question to
// who has no mailbox.
func (h *Hall) Decide(ctx context.Context, actor buurtbel.Actor, zone, id buurtbel.ID, d Decision) error {
	s := buurtbel.Scope{Zone: zone}
	if err := h.may(ctx, actor, s, id); err != nil {
		return err
	}
	d.Note = strings.TrimSpace(d.Note)
	needs := d.Kind == buurtbel.FactAsked || d.Kind == buurtbel.FactAnswered || d.Kind == buurtbel.FactReferred || d.Ground == buurtbel.DeclineOfficer
	if needs && d.Note == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.join.note", nil)
	}
	f, err := h.affair(ctx, s, id)
	if err != nil {
		return err
	}
	tell, channel, err := h.decided(f, d)
	if err != nil {
		return err
	}
	note := store.ApplicationNote{ID: h.db.NewID(), Kind: d.Kind, By: actor.Person, Body: d.Note}
	officer := actor.Holds(buurtbel.RoleOfficer, zone, h.db.Now())
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		if err := h.record(tx, a, d, actor, officer); err != nil {
			return err
		}
		if d.Note != "" {
			if err := tx.PutNote(id, note); err != nil {
				return err
			}
		}
		if err := tell(tx); err != nil {
			return err
		}
		if d.Kind == buurtbel.FactAccepted {
			return h.admit(tx, a, actor.Person, channel)
		}
		return wake(tx, id)
	})
}

func (h *Hall) record(tx *store.Tx, a *buurtbel.Application, d Decision, actor buurtbel.Actor, officer bool) error {
	if _, known := a.Has(buurtbel.FactAddress); d.Kind == buurtbel.FactAccepted && d.Knowing && !known {
		know := buurtbel.ApplicationFact{Kind: buurtbel.FactAddress, By: actor.Person, Detail: string(buurtbel.ByKnowledge)}
		if err := a.MayFollow(know, officer); err != nil {
			return err
		}
		if err := tx.AddFact(a, know); err != nil {
			return err
		}
	}
	fact := buurtbel.ApplicationFact{Kind: d.Kind, By: actor.Person, Detail: string(d.Ground)}
	if err := a.MayFollow(fact, officer); err != nil {
		return err
	}
	return tx.AddFact(a, fact)
}

// admit makes the member, with business and welcome.
func (h *Hall) admit(tx *store.Tx, a *buurtbel.Application, by buurtbel.ID, channel buurtbel.Channel) error {
	person, err := tx.OpenApplicant(a.ID)
	if err != nil {
		return err
	}
	if err := tx.Admit(a); err != nil {
		return err
	}
	if a.Business != 0 {
		if err := enterBusiness(tx, a, person.Shop, by); err != nil {
			return err
		}
	}
	if err := tx.Later(store.TaskNewcomer, a.ID, tx.Now()); err != nil {
		return err
	}
	if channel == "" {
		return nil // the welcome is a letter, and the coordinator prints it
	}
	return tx.AddFact(a, buurtbel.ApplicationFact{Kind: buurtbel.FactWelcomed, Detail: string(channel)})
}

// decided plans what the applicant is told of a decision.
func (h *Hall) decided(f *affair, d Decision) (post func(*store.Tx) error, channel buurtbel.Channel, err error) {
	args := f.args()
	page := h.pageAddress(f.app.ID)
	switch d.Kind {
	case buurtbel.FactAccepted:
		post, channel, _ = h.tell(f, "welcome", args, page)
	case buurtbel.FactDeclined:
		args["Reason"] = locale.Text(f.app.Language, "message.join.ground-"+string(d.Ground), args)
		if d.Ground == buurtbel.DeclineOfficer {
			args["Reason"] = d.Note
		}
		post, channel, _ = h.tell(f, "declined", args, "")
	case buurtbel.FactAsked:
		args["Question"] = d.Note
		if c, way, ok := f.writable([]buurtbel.Channel{buurtbel.Email}); ok && way == buurtbel.Email {
			post = h.send(f.zone, buurtbel.KindAnswer, f.app.ID, c, way, letter(f.app.Language, "question", args, page), 48*time.Hour)
			return post, way, nil
		}
		return nil, "", buurtbel.Fail(buurtbel.Conflict, "error.application.no-mail", nil)
	case buurtbel.FactReferred:
		post, channel, _ = h.tell(f, "referred", args, page)
	default:
		post = func(*store.Tx) error { return nil }
	}
	return post, channel, nil
}

// Answer takes the applicant's answer to a question.
//
// Errors: those of behind and MayFollow; error.join.note (Invalid).
func (h *Hall) Answer(ctx context.Context, link, text string) error {
	return h.own(ctx, link, buurtbel.FactAnswered, text)
}

// Withdraw ends an application by the applicant's own wish. What was sealed is erased.
func (h *Hall) Withdraw(ctx context.Context, link string) error {
	return h.own(ctx, link, buurtbel.FactWithdrawn, "")
}

func (h *Hall) own(ctx context.Context, link string, kind buurtbel.ApplicationFactKind, text string) error {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if kind == buurtbel.FactAnswered && text == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.join.note", nil)
	}
	note := store.ApplicationNote{ID: h.db.NewID(), Kind: kind, Body: text}
	return h.db.Write(ctx, s, func(tx *store.Tx) error {
		a, err := tx.LockApplication(id)
		if err != nil {
			return err
		}
		if text != "" {
			if err := tx.PutNote(id, note); err != nil {
				return err
			}
		}
		return proved(tx, a, buurtbel.ApplicationFact{Kind: kind})
	})
}

// Page is what an applicant sees on the own page, and a new member of the household.
type Page struct {
	App      *buurtbel.Application
	Zone     *buurtbel.Zone
	Network  *buurtbel.Network
	Person   store.Applicant
	Contacts []store.ApplicantContact
	Notes    []store.ApplicationNote
	Rules    store.HouseRules
	Channels []buurtbel.Channel
	UnderWay map[buurtbel.ID]time.Time // until when a code or a link holds that was sent to a contact point; absent: none was, or it is over

	Member bool // was accepted, and is a member now
}

// Show gives an applicant's own page. It changes nothing.
func (h *Hall) Show(ctx context.Context, link string) (*Page, error) {
	id, s, err := h.behind(ctx, link)
	if err != nil {
		return nil, err
	}
	f, err := h.affair(ctx, s, id)
	if err != nil {
		return nil, err
	}
	p := &Page{App: f.app, Zone: f.zone, Network: f.network, Contacts: f.contacts, Channels: h.o.Channels}
	err = h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if p.Person, err = tx.OpenApplicant(id); err != nil {
			return err
		}
		if p.Notes, err = tx.Notes(id); err != nil {
			return err
		}
		if p.UnderWay, err = tx.CodesUnderWay(id, string(token.Verify), mostTries); err != nil {
			return err
		}
		return p.readMember(tx)
	})
	return p, err
}

func (p *Page) readMember(tx *store.Tx) error {
	_, err := tx.HouseholdOf(p.App.ID)
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return nil
	}
	p.Member = err == nil
	return err
}

// LeaveLink gives the token by which a member leaves the household in one tap.
func (h *Hall) LeaveLink(member buurtbel.ID) string {
	return token.Sign(h.db.Ring(), token.Leave, member)
}
