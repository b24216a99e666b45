package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Launched is what came of a launch.
type Launched struct {
	Alert   buurtbel.ID
	Message buurtbel.ID
	People  int
	Waiting bool // a second person must confirm first
	Repeat  bool // the key was used before: this is that alert, nothing was sent again
}

// Refusal carries what a check refused, or the reasons that it asks for.
type Refusal struct {
	Sentence *buurtbel.Error
	Check    *Check
}

func (r *Refusal) Error() string { return r.Sentence.Error() }

// Unwrap gives the sentence.
func (r *Refusal) Unwrap() error { return r.Sentence }

// Launch checks the draft once more and sends it out. The same key twice is one alert. What is unlawful is refused; what is unwise or off
// plan needs its written reason. An oversized audience or area waits for a second person.
func (d *Desk) Launch(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, draft *Draft) (*Launched, error) {
	defer d.db.Hurry()()
	now := d.db.Now()
	for _, network := range append([]buurtbel.ID{0}, draft.Networks...) {
		if err := actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: zone, Network: network}, now); err != nil {
			return nil, err
		}
	}
	if draft.Key == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.alert.key-missing", nil)
	}
	if before, err := d.before(ctx, zone, draft.Key); before != nil || err != nil {
		return before, err
	}
	s, err := d.settingOfDraft(ctx, zone, draft)
	if err != nil {
		return nil, err
	}
	check := d.check(s, draft, now)
	if err := refusal(check, draft); err != nil {
		return nil, err
	}
	audience, err := d.audience(ctx, s, draft)
	if err != nil {
		return nil, err
	}
	if len(audience) == 0 {
		return nil, &Refusal{buurtbel.Fail(buurtbel.Invalid, "error.alert.nobody", nil), check}
	}
	return d.store(ctx, actor, s, draft, check, audience)
}

// before finds the alert that a key already launched.
func (d *Desk) before(ctx context.Context, zone buurtbel.ID, key string) (*Launched, error) {
	var out *Launched
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		a, err := tx.AlertByKey(key)
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		messages, err := tx.MessagesOf(a.ID)
		if err != nil {
			return err
		}
		out = &Launched{Alert: a.ID, Waiting: a.State == buurtbel.AlertWaiting, Repeat: true}
		if len(messages) > 0 {
			out.Message, out.People = messages[0].ID, messages[0].Audience
		}
		return nil
	})
	return out, err
}

func refusal(c *Check, draft *Draft) error {
	fail := func(key string) error {
		return &Refusal{buurtbel.Fail(buurtbel.Invalid, key, buurtbel.Args{"Count": len(c.Refused())}), c}
	}
	switch {
	case len(c.Refused()) > 0:
		return fail("error.alert.refused")
	case !c.OnPlan && !reason(draft.OffPlan):
		return fail("error.alert.off-plan-reason")
	case len(c.Warned()) > 0 && !reason(draft.Unwise):
		return fail("error.alert.unwise-reason")
	}
	return nil
}

// reason tells whether a written reason says something: more than a full stop.
func reason(text string) bool {
	letters := 0
	for _, r := range text {
		if r > ' ' && r != '.' && r != '-' {
			letters++
		}
	}
	return letters >= 3
}

// audience gives the members of the draft's networks, within its area if it has one, in order.
func (d *Desk) audience(ctx context.Context, s *setting, draft *Draft) ([]buurtbel.ID, error) {
	var members []buurtbel.ID
	err := d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) (err error) {
		members, err = tx.MembersOf(draft.Networks)
		return err
	})
	if err != nil || draft.Area == nil {
		return members, err
	}
	within, err := d.o.Within(ctx, s.zone.ID, draft.Area)
	if err != nil {
		return nil, fmt.Errorf("find members in the area: %w", err)
	}
	return intersect(members, within), nil
}

// intersect gives what both ordered lists have.
func intersect(a, b []buurtbel.ID) []buurtbel.ID {
	var out []buurtbel.ID
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

// oversized tells whether a second person is needed, and why.
func (s *setting) oversized(area buurtbel.Area, people int) (key string, args buurtbel.Args, yes bool) {
	km := area.SquareKM()
	switch {
	case people > s.zone.Limits.Members:
		return "error.alert.oversized-people", buurtbel.Args{"Count": people, "Most": s.zone.Limits.Members}, true
	case km > s.zone.Limits.SquareKM:
		return "error.alert.oversized-area", buurtbel.Args{"SquareKM": int(km + 0.5), "Most": int(s.zone.Limits.SquareKM)}, true
	}
	return "", nil, false
}

func (d *Desk) store(ctx context.Context, actor buurtbel.Actor, s *setting, draft *Draft, check *Check, audience []buurtbel.ID) (*Launched, error) {
	now := d.db.Now()
	a := &buurtbel.Alert{ID: d.db.NewID(), Zone: s.zone.ID, Key: draft.Key, Fact: draft.Fact, Priority: draft.Priority, Urgency: check.Urgency,
		PlanVersion: s.zone.Plan.Version, Exercise: draft.Exercise, Networks: draft.Networks, Area: draft.Area, By: actor.Person, At: now,
		Expires: check.Expires, State: buurtbel.AlertRunning, Asked: draft.Asked, Unwise: draft.Unwise}
	if !check.OnPlan {
		a.OffPlan = draft.OffPlan
	}
	m := &buurtbel.Message{ID: d.db.NewID(), Zone: s.zone.ID, Alert: a.ID, Kind: buurtbel.KindLaunch, Class: buurtbel.ClassAlert, Urgency: a.Urgency,
		Exercise: a.Exercise, State: buurtbel.MessageRunning, Sender: s.zone.Name, Texts: check.Wordings, Link: true, SMSLink: s.zone.LinkInSMS && d.o.Carrier.Link,
		Expires: a.Expires, Audience: len(audience)}
	leftOut, err := d.leftOut(ctx, s, draft, audience)
	if err != nil {
		return nil, err
	}
	_, _, second := s.oversized(draft.Area, len(audience))
	var first []store.Recipient
	if second {
		a.State, m.State = buurtbel.AlertWaiting, buurtbel.MessageWaiting
	} else if first, err = d.planFirst(ctx, s, m, audience, leftOut); err != nil {
		return nil, err
	}
	digest := digestOf(check.Wordings, draft, len(audience))
	err = d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		if err := tx.InsertAlert(a, leftOut); err != nil {
			return err
		}
		if err := tx.InsertCode(a.ID, s.code); err != nil {
			return err
		}
		if err := tx.InsertMessage(m, audience); err != nil {
			return err
		}
		if err := tx.Append(a.ID, buurtbel.EntryLaunch, actor.Person, d.launchEntry(a, draft, check, len(audience), digest)); err != nil {
			return err
		}
		if draft.Also != nil {
			if err := draft.Also(tx, a.ID); err != nil {
				return err
			}
		}
		if second {
			return d.askSecond(tx, a, digest, len(audience))
		}
		return d.begin(tx, s, a, m, first, min(firstSlice, len(audience)))
	})
	if buurtbel.KeyOf(err) == "error.alert.key-used" {
		before, failed := d.before(ctx, s.zone.ID, draft.Key) // the same key at the same moment
		if before == nil && failed == nil {
			failed = buurtbel.FailWith(err, buurtbel.Busy, "error.store.busy", nil) // it was the id that another process made too: a new try makes a new one
		}
		return before, failed
	}
	if err != nil {
		return nil, fmt.Errorf("store alert: %w", err)
	}
	return &Launched{Alert: a.ID, Message: m.ID, People: len(audience), Waiting: second}, nil
}

// begin stores the first recipients of a launch, opens its debt, and lets an off-plan launch be reported next morning.
func (d *Desk) begin(tx *store.Tx, s *setting, a *buurtbel.Alert, m *buurtbel.Message, first []store.Recipient, upTo int) error {
	if err := tx.InsertRecipients(m.ID, m.Expires, first); err != nil {
		return err
	}
	if err := tx.Advance(m.ID, 0, upTo); err != nil {
		return err
	}
	if buurtbel.OwesFeedback(a) {
		calendar, err := d.o.Calendar(s.zone)
		if err != nil {
			return err
		}
		due := buurtbel.FeedbackDue(tx.Now().In(s.loc), calendar)
		if err := tx.InsertDebt(a.ID, due); err != nil {
			return err
		}
		if err := tx.Later("remind-debt", s.zone.ID, workingMorning(tx.Now().In(s.loc), calendar)); err != nil {
			return err
		}
	}
	if a.OffPlan == "" && a.Unwise == "" {
		return nil
	}
	return tx.Later("report-off-plan", s.zone.ID, nextMorning(tx.Now().In(s.loc)))
}

// nextMorning is the next report hour after a local moment, when the chief and the mandated officer read what departed from the plan.
func nextMorning(now time.Time) time.Time {
	last := reportMorning(now)
	return time.Date(last.Year(), last.Month(), last.Day()+1, reportHour, 0, 0, 0, now.Location())
}

func (d *Desk) planFirst(ctx context.Context, s *setting, m *buurtbel.Message, audience, leftOut []buurtbel.ID) ([]store.Recipient, error) {
	slice := audience[:min(firstSlice, len(audience))]
	var people []store.Reachable
	err := d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) (err error) {
		people, err = tx.Reachables(slice)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return d.plan(s, m, people, leftOut), nil
}

// plan decides for each member how the message is delivered: the root's Deliver, with new ids.
func (d *Desk) plan(s *setting, m *buurtbel.Message, people []store.Reachable, leftOut []buurtbel.ID) []store.Recipient {
	want := buurtbel.Want{Urgency: m.Urgency, Official: m.Class == buurtbel.ClassCorrection, Expires: m.Expires, Channels: d.o.Channels, Night: s.zone.Night, Cascade: s.zone.Cascade}
	now := d.db.Now().In(s.loc)
	out := make([]store.Recipient, len(people))
	for i := range people {
		p := &people[i]
		out[i] = store.Recipient{ID: d.db.NewID(), Member: p.Member.ID, Wording: wordingFor(m, p.Regime)}
		if _, found := slices.BinarySearch(leftOut, p.Member.ID); found {
			out[i].Left = buurtbel.LeftAddress
			continue
		}
		if _, found := slices.BinarySearch(s.out, p.Member.ID); found && m.Exercise {
			out[i].Left = buurtbel.LeftExercise
			continue
		}
		steps, left := planned(m, p, want, now)
		out[i].Left = left
		for _, step := range steps {
			out[i].Steps = append(out[i].Steps, store.RecipientStep{ID: d.db.NewID(), Step: step})
		}
	}
	return out
}

// planned is how a member gets an alert, a bulletin or the weekday news, or hears beforehand of an exercise, or of a meeting.
func planned(m *buurtbel.Message, p *store.Reachable, want buurtbel.Want, now time.Time) ([]buurtbel.Step, buurtbel.Left) {
	if m.Kind == buurtbel.KindMeeting || m.Kind == buurtbel.KindNotice && m.Exercise {
		return buurtbel.Announce(&p.Member, p.Contacts, want.Channels)
	}
	if m.Kind == buurtbel.KindDigest {
		return buurtbel.DigestSteps(&p.Member, p.Contacts, want.Channels)
	}
	if m.Kind == buurtbel.KindBulletin || m.Kind == buurtbel.KindWithdrawal {
		return buurtbel.Relay(&p.Member, p.Contacts, want.Channels, m.Kind == buurtbel.KindWithdrawal)
	}
	return buurtbel.Deliver(&p.Member, p.Contacts, want, now)
}

func wordingFor(m *buurtbel.Message, regime string) int {
	return max(0, slices.IndexFunc(m.Texts, func(w buurtbel.Wording) bool { return w.Regime == regime }))
}

// leftOut gives the members who live at an address that the dispatcher left out, in order.
func (d *Desk) leftOut(ctx context.Context, s *setting, draft *Draft, audience []buurtbel.ID) ([]buurtbel.ID, error) {
	if len(draft.LeaveOut) == 0 {
		return nil, nil
	}
	var out []buurtbel.ID
	err := d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		return tx.EachHome(audience, func(member buurtbel.ID, h store.Home) {
			if slices.ContainsFunc(draft.LeaveOut, func(a Address) bool { return a.is(h) }) {
				out = append(out, member)
			}
		})
	})
	slices.Sort(out)
	return out, err
}

func (a Address) is(h store.Home) bool {
	return fold(a.Street) == fold(h.Street) && fold(a.Number) == fold(h.Number) && (a.Box == "" || fold(a.Box) == fold(h.Box))
}

type launchContent struct {
	Fact     buurtbel.Fact `json:"fact"`
	Priority int           `json:"priority"`
	OnPlan   bool          `json:"on_plan"`
	OffPlan  string        `json:"off_plan,omitempty"`
	Unwise   string        `json:"unwise,omitempty"`
	People   int           `json:"people"`
	Digest   []byte        `json:"digest"`
	Reserved int64         `json:"reserved"` // cost set aside, in 1/10000 euro
	Missing  string        `json:"missing_permitted_by,omitempty"`
}

func (d *Desk) launchEntry(a *buurtbel.Alert, draft *Draft, check *Check, people int, digest []byte) []byte {
	c := launchContent{Fact: a.Fact, Priority: int(a.Priority), OnPlan: check.OnPlan, OffPlan: a.OffPlan, Unwise: a.Unwise, People: people, Digest: digest}
	for _, t := range check.Texts {
		c.Reserved = max(c.Reserved, int64(people*t.Parts)*d.o.Carrier.Price)
	}
	if draft.Missing != nil {
		c.Missing = draft.Missing.By
	}
	b, err := json.Marshal(c)
	if err != nil {
		return []byte(err.Error()) // a struct of words and numbers always has a JSON form
	}
	return b
}

// digestOf names exactly this text, area and count.
func digestOf(texts []buurtbel.Wording, draft *Draft, people int) []byte {
	parts := []string{fmt.Sprint(people), fmt.Sprint(draft.Networks), fmt.Sprint(draft.Area)}
	for _, w := range texts {
		parts = append(parts, w.Regime, w.SMS, w.Subject, w.Mail)
	}
	return store.Digest(parts...)
}
