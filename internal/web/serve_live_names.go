package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// nameable lists the networks of an alert whose members' names the visitor may see: a mandated officer all, a coordinator the own network,
// a dispatcher none (rule 14).
func (v *visit) nameable(a *buurtbel.Alert) []buurtbel.ID {
	var out []buurtbel.ID
	for _, id := range a.Networks {
		if v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: id}, v.now) == nil {
			out = append(out, id)
		}
	}
	return out
}

// namesOf finds an alert whose names the visitor may see in at least one network.
func (v *visit) namesOf() (*buurtbel.Alert, []buurtbel.ID, error) {
	id, err := v.id("id")
	if err != nil {
		return nil, nil, err
	}
	var a *buurtbel.Alert
	err = v.read(func(tx *store.Tx) (err error) {
		a, err = tx.Alert(id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	networks := v.nameable(a)
	if len(networks) == 0 {
		return nil, nil, v.actor.May(buurtbel.MaySeeNames, v.scope(), v.now)
	}
	return a, networks, nil
}

// askNames asks for a reason. It opens nothing.
func (v *visit) askNames() error {
	a, _, err := v.namesOf()
	if err != nil {
		return err
	}
	return v.namesPage(http.StatusOK, a, Names{})
}

func (v *visit) namesPage(status int, a *buurtbel.Alert, n Names) error {
	n.Action, n.Back = "/alerts/"+a.ID.String()+"/names", "/alerts/"+a.ID.String()
	n.Reason.Name, n.Reason.Label, n.Reason.Hint = "reason", v.t("screen.names.reason"), v.t("screen.names.reason-hint")
	if v.seesZone() != nil {
		n.Back = ownPath(a.ID)
	}
	mode := Calm
	if a.Exercise {
		mode = Exercise
	}
	frame := v.frame(v.t("screen.names.title"), mode)
	frame.Path, frame.Problem = n.Action, n.Reason.Error
	return v.respond(status, frame, n)
}

// showNames opens the names after a reason was written; the look is journalled with it, in the same transaction.
func (v *visit) showNames() error {
	a, networks, err := v.namesOf()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	reason, err := v.typed("reason", 500)
	if err == nil && !says(reason) {
		err = buurtbel.Fail(buurtbel.Invalid, "screen.names.reason-missing", nil)
	}
	if err != nil {
		return v.namesPage(statusOf(buurtbel.KindOf(err)), a, Names{Reason: Field{Value: plain(v.r.PostFormValue("reason")), Error: locale.Error(v.lang, err)}})
	}
	missed, err := v.missedIn(a, networks)
	if err != nil {
		return err
	}
	ids := make([]buurtbel.ID, len(missed))
	for i := range missed {
		ids[i] = missed[i].Member
	}
	var opened []store.MemberName
	var known []*buurtbel.Network
	var steps []store.Taken
	err = v.s.o.DB.Write(v.r.Context(), v.scope(), func(tx *store.Tx) (err error) {
		if known, err = tx.Networks(); err != nil {
			return err
		}
		if opened, err = tx.OpenNames(v.actor, v.roleFirst(), reason, a.ID, ids); err != nil {
			return err
		}
		steps, err = v.stepsIn(tx, a.ID, ids)
		return err
	})
	if err != nil {
		return err
	}
	return v.namesPage(http.StatusOK, a, Names{Shown: true, Reason: Field{Value: reason}, Lines: v.nameLines(opened, missed, known, v.stepWords(a.At, steps))})
}

// missedIn lists the members of some networks whom the alert has not reached.
func (v *visit) missedIn(a *buurtbel.Alert, networks []buurtbel.ID) ([]store.Missed, error) {
	z, err := v.s.homes.in(v.r.Context(), v.s.o.DB, v.zone)
	if err != nil {
		return nil, err
	}
	var missed []store.Missed
	err = v.read(func(tx *store.Tx) error {
		messages, err := tx.MessagesOf(a.ID)
		if err != nil || len(messages) == 0 {
			return err
		}
		missed, err = tx.Missed(messages[0].ID, mostMissed)
		return err
	})
	return slices.DeleteFunc(missed, func(m store.Missed) bool { return !slices.Contains(networks, z.of[m.Member].network) }), err
}

// stepsIn lists what was done to reach members with the first message of an alert.
func (v *visit) stepsIn(tx *store.Tx, alert buurtbel.ID, members []buurtbel.ID) ([]store.Taken, error) {
	messages, err := tx.MessagesOf(alert)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	return tx.StepsOf(messages[0].ID, members)
}

// stepWords puts the steps towards each member on a line of time that begins with the launch.
func (v *visit) stepWords(launch time.Time, steps []store.Taken) map[buurtbel.ID][]NameStep {
	out := map[buurtbel.ID][]NameStep{}
	for _, t := range steps {
		after := max(0, t.At.Sub(launch)).Round(time.Second)
		s := NameStep{After: fmt.Sprintf("%d:%02d", int(after.Minutes()), int(after.Seconds())%60), Way: v.t("screen.step." + string(t.Channel) + "." + string(t.Kind)),
			State: string(t.State), Later: t.Later}
		if t.Reason != "" {
			s.Why = v.t("screen.reason." + string(t.Reason))
		}
		out[t.Member] = append(out[t.Member], s)
	}
	return out
}

func (v *visit) nameLines(opened []store.MemberName, missed []store.Missed, known []*buurtbel.Network, steps map[buurtbel.ID][]NameStep) []NameLine {
	var out []NameLine
	for _, n := range opened {
		line := NameLine{Name: n.Name.Given + " " + n.Name.Family, Steps: steps[n.Member]}
		if at := slices.IndexFunc(known, func(k *buurtbel.Network) bool { return k.ID == n.Network }); at >= 0 {
			line.Network = known[at].Name
		}
		if at := slices.IndexFunc(missed, func(m store.Missed) bool { return m.Member == n.Member }); at >= 0 {
			line.State = string(missed[at].State)
			if missed[at].Reason != "" {
				line.Why = v.t("screen.reason." + string(missed[at].Reason))
			}
		}
		out = append(out, line)
	}
	return out
}
