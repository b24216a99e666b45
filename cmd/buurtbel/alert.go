package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

type alertCommand struct {
	Launch   alertLaunch   `cmd:"" help:"Launch an alert."`
	Stop     alertStop     `cmd:"" help:"Stop an alert; with --text, send a correction to who was reached."`
	Feedback alertFeedback `cmd:"" help:"Tell how an alert ended."`
	Show     alertShow     `cmd:"" help:"Show an alert: who was reached, and what is open."`
}

// who is the official in whose name a command acts: rule 1 holds at the command line too.
type who struct {
	As string `help:"Id of the official who does this." required:""`
}

// desk opens the program for one command in the name of an official.
func (w *world) desk(as string) (*app.App, buurtbel.Actor, error) {
	c, err := w.load()
	if err != nil {
		return nil, buurtbel.Actor{}, err
	}
	person, err := buurtbel.ParseID(as)
	if err != nil {
		return nil, buurtbel.Actor{}, err
	}
	a, err := app.Open(w.ctx, c, app.Options{Logger: w.log})
	if err != nil {
		return nil, buurtbel.Actor{}, err
	}
	var actor buurtbel.Actor
	err = a.DB.Read(w.ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		actor, err = tx.Actor(person)
		return err
	})
	return a, actor, err
}

type alertLaunch struct {
	who
	Network  []string          `help:"Name of a network; may be given more than once." required:""`
	Fact     string            `help:"Fact of the communication plan, such as burglary-in-progress." required:""`
	Priority int               `help:"1, 2 or 3." default:"2"`
	Text     map[string]string `help:"Text per language, as nl=…" required:"" mapsep:"|"`
	Valid    time.Duration     `help:"How long it holds." default:"2h"`
	Exercise bool              `help:"An exercise: marked in every text."`
	OffPlan  string            `help:"Written reason for departing from the plan."`
	Unwise   string            `help:"Written reason for going on in spite of warnings."`
	Key      string            `help:"Idempotency key; the same key twice is one alert. Made anew when not given."`
}

func (l alertLaunch) Run(w *world) error {
	a, actor, err := w.desk(l.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	draft := &alerting.Draft{Key: l.Key, Fact: buurtbel.Fact(l.Fact), Priority: buurtbel.Priority(l.Priority), Exercise: l.Exercise,
		Texts: languages(l.Text), Valid: l.Valid, OffPlan: l.OffPlan, Unwise: l.Unwise}
	if draft.Key == "" {
		key := make([]byte, 16)
		if _, err := rand.Read(key); err != nil {
			return err
		}
		draft.Key = hex.EncodeToString(key)
	}
	if draft.Networks, err = networksNamed(w, a, actor.Zone, l.Network); err != nil {
		return err
	}
	launched, err := a.Desk.Launch(w.ctx, actor, actor.Zone, draft)
	if err != nil {
		return err
	}
	return w.json(map[string]any{"alert": launched.Alert.String(), "people": launched.People, "waiting": launched.Waiting, "repeat": launched.Repeat, "key": draft.Key})
}

func networksNamed(w *world, a *app.App, zone buurtbel.ID, names []string) ([]buurtbel.ID, error) {
	var all []*buurtbel.Network
	err := a.DB.Read(w.ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		all, err = tx.Networks()
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []buurtbel.ID
	for _, name := range names {
		id := buurtbel.ID(0)
		for _, n := range all {
			if n.Name == name {
				id = n.ID
			}
		}
		if id == 0 {
			return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
		}
		out = append(out, id)
	}
	return out, nil
}

func languages(texts map[string]string) map[buurtbel.Language]string {
	out := map[buurtbel.Language]string{}
	for lang, text := range texts {
		out[buurtbel.Language(lang)] = text
	}
	return out
}

func closing(w *world, a *app.App) {
	if err := a.Close(); err != nil {
		w.log.Error("close store", "error", err)
	}
}

type alertStop struct {
	who
	Alert string            `arg:"" help:"Id of the alert."`
	Text  map[string]string `help:"Correction per language, as nl=…" mapsep:"|"`
}

func (s alertStop) Run(w *world) error {
	a, actor, err := w.desk(s.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := buurtbel.ParseID(s.Alert)
	if err != nil {
		return err
	}
	if len(s.Text) == 0 {
		return a.Desk.Stop(w.ctx, actor, actor.Zone, id)
	}
	_, err = a.Desk.Correct(w.ctx, actor, actor.Zone, id, alerting.Follow{Texts: languages(s.Text), Valid: 24 * time.Hour})
	return err
}

type alertFeedback struct {
	who
	Alert  string            `arg:"" help:"Id of the alert."`
	Text   map[string]string `help:"How it ended, per language, as nl=…" mapsep:"|" xor:"ending"`
	Ground string            `help:"Nothing may be told: investigation, magistrate or privacy." xor:"ending"`
}

func (f alertFeedback) Run(w *world) error {
	a, actor, err := w.desk(f.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := buurtbel.ParseID(f.Alert)
	if err != nil {
		return err
	}
	_, err = a.Desk.Feedback(w.ctx, actor, actor.Zone, id, alerting.Ending{Texts: languages(f.Text), Ground: buurtbel.Ground(f.Ground)})
	return err
}

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
	id, err := buurtbel.ParseID(s.Alert)
	if err != nil {
		return err
	}
	view, err := a.Desk.Show(w.ctx, actor, actor.Zone, id)
	if err != nil {
		return err
	}
	if s.JSON {
		return w.json(view)
	}
	return printAlert(w, view)
}

func printAlert(w *world, view *alerting.View) error {
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
