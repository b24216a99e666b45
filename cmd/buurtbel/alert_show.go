package main

import (
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

type alertShow struct {
	who
	Alert string `arg:"" help:"Id of the alert."`
	JSON  bool   `help:"As JSON." name:"json"`
}

func (s alertShow) Run(w *world) error {
	a, actor, err := w.desk(s.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := idOf(s.Alert)
	if err != nil {
		return err
	}
	view, err := a.Desk.Show(w.ctx, actor, actor.Zone, id)
	if err != nil {
		return err
	}
	if s.JSON {
		return w.json(jsonOf(view))
	}
	return printAlert(w, view)
}

func printAlert(w *world, view *alerting.View) error {
	if err := w.tell("cli.alert.state-"+string(view.Alert.State), nil); err != nil {
		return err
	}
	if view.Debt != nil && view.Debt.Settled.IsZero() {
		if err := w.tell("cli.alert.owed", nil); err != nil {
			return err
		}
	}
	for _, m := range view.Messages {
		if _, err := fmt.Fprintf(w.out, "%s  %s  %d\n", m.ID, m.Kind, m.Tally.Audience); err != nil {
			return err
		}
		for _, state := range buurtbel.DeliveryStates {
			if n := m.Tally.Members[state]; n > 0 {
				if _, err := fmt.Fprintf(w.out, "  %-28s %d\n", locale.Text(w.commands.Language, "screen.state."+string(state), nil), n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// alertJSON is an alert as JSON. Every id is a string, as commands take it: a number of 63 bits is another one in JavaScript.
type alertJSON struct {
	Alert    alertFields
	Messages []messageFields
	Debt     *debtFields // null: the alert opened none
}

// The fields below stand in the place of those of the same name.
type (
	alertFields struct {
		*buurtbel.Alert
		ID, Zone, By string
		Networks     []string
	}
	messageFields struct {
		*buurtbel.Message
		ID, Zone, Alert string
		Tally           *store.Tally
	}
	debtFields struct {
		*buurtbel.Debt
		Alert, Zone string
	}
)

func jsonOf(v *alerting.View) alertJSON {
	a := v.Alert
	out := alertJSON{Alert: alertFields{Alert: a, ID: a.ID.String(), Zone: a.Zone.String(), By: a.By.String(), Networks: []string{}}}
	for _, id := range a.Networks {
		out.Alert.Networks = append(out.Alert.Networks, id.String())
	}
	for _, m := range v.Messages {
		out.Messages = append(out.Messages, messageFields{Message: m.Message, ID: m.ID.String(), Zone: m.Zone.String(), Alert: m.Alert.String(), Tally: m.Tally})
	}
	if v.Debt != nil {
		out.Debt = &debtFields{Debt: v.Debt, Alert: v.Debt.Alert.String(), Zone: v.Debt.Zone.String()}
	}
	return out
}
