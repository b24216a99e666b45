package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailtext"
	"github.com/buurtbel/buurtbel/internal/store"
)

type alertCommand struct {
	Launch   alertLaunch   `cmd:"" help:"Launch an alert, or with --check only say what it would do."`
	Confirm  alertConfirm  `cmd:"" help:"Be the second person for an oversized alert: read what is asked, then answer."`
	Stop     alertStop     `cmd:"" help:"Stop an alert; with --text, send a correction to who was reached."`
	Feedback alertFeedback `cmd:"" help:"Tell how an alert ended."`
	Show     alertShow     `cmd:"" help:"Show an alert: who was reached, and what is open."`
}

// who is the official in whose name a command acts: rule 1 holds at the command line too.
type who struct {
	As string `help:"Mailbox or id of the official who does this." required:""`
}

// desk opens the program for one command in the name of an official.
func (w *world) desk(as string) (*app.App, buurtbel.Actor, error) {
	c, err := w.load()
	if err != nil {
		return nil, buurtbel.Actor{}, err
	}
	a, err := app.Open(w.ctx, c, app.Options{Logger: w.log})
	if err != nil {
		return nil, buurtbel.Actor{}, err
	}
	var actor buurtbel.Actor
	err = a.DB.Read(w.ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		person, err := official(tx, as)
		if err != nil {
			return err
		}
		actor, err = tx.Actor(person)
		return err
	})
	if err != nil {
		closing(w, a)
		return nil, buurtbel.Actor{}, err
	}
	return a, actor, nil
}

// official finds who is meant by a mailbox or an id.
func official(tx *store.Tx, as string) (buurtbel.ID, error) {
	if !strings.Contains(as, "@") {
		return idOf(as)
	}
	mailbox, err := mailtext.Valid(as)
	if err != nil {
		return 0, err
	}
	found, err := tx.EnterersAt(mailbox)
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	return found[0].Person, nil
}

// idOf reads an id that somebody typed.
func idOf(text string) (buurtbel.ID, error) {
	id, err := buurtbel.ParseID(text)
	if err != nil {
		return 0, buurtbel.Fail(buurtbel.Invalid, "error.command.id", buurtbel.Args{"Text": text})
	}
	return id, nil
}

type alertLaunch struct {
	who
	Network  []string          `help:"Name of a network; may be given more than once. With --area: empty means those that it touches."`
	Area     string            `help:"Drawn area: a GeoJSON file, or 'circle LAT,LON,METRES'." placeholder:"FILE.geojson|circle LAT,LON,M"`
	Fact     string            `help:"Fact of the communication plan, such as burglary-in-progress." required:""`
	Priority int               `help:"1, 2 or 3." default:"2"`
	Text     map[string]string `help:"Text per language, as nl=…" required:"" mapsep:"|"`
	Valid    time.Duration     `help:"How long it holds." default:"2h"`
	Exercise bool              `help:"An exercise: marked in every text."`
	OffPlan  string            `help:"Written reason for departing from the plan."`
	Unwise   string            `help:"Written reason for going on in spite of warnings."`
	Key      string            `help:"Idempotency key; the same key twice is one alert. Made anew when not given."`
	Check    bool              `help:"Only say what it would do: whom it reaches, what it costs, what is refused. Nothing is sent."`
}

func (l alertLaunch) Run(w *world) error {
	a, actor, err := w.desk(l.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	draft, err := l.draft(w, a, actor.Zone)
	if err != nil {
		return err
	}
	if l.Check {
		return w.preflight(a, actor, draft)
	}
	launched, err := a.Desk.Launch(w.ctx, actor, actor.Zone, draft)
	if err != nil {
		return err
	}
	out := map[string]any{"alert": launched.Alert.String(), "people": launched.People, "waiting": launched.Waiting, "repeat": launched.Repeat, "key": draft.Key}
	if draft.Area != nil {
		// It is out: what else is to be told must not look like a launch that failed.
		if f, err := a.Desk.Forecast(w.ctx, actor, actor.Zone, draft); err != nil {
			w.log.Error("count members without a place", "error", err)
		} else {
			out["notes"] = w.notes(f)
		}
	}
	return w.json(out)
}

func (l alertLaunch) draft(w *world, a *app.App, zone buurtbel.ID) (draft *alerting.Draft, err error) {
	draft = &alerting.Draft{Key: l.Key, Fact: buurtbel.Fact(l.Fact), Priority: buurtbel.Priority(l.Priority), Exercise: l.Exercise,
		Valid: l.Valid, OffPlan: l.OffPlan, Unwise: l.Unwise}
	if draft.Texts, err = languages(l.Text); err != nil {
		return nil, err
	}
	if draft.Key == "" {
		draft.Key = rand.Text()
	}
	if l.Area != "" {
		if draft.Area, err = drawn(l.Area); err != nil {
			return nil, err
		}
	}
	if l.Area != "" && len(l.Network) == 0 {
		draft.Networks, err = networksTouched(w, a, zone, draft.Area)
	} else {
		draft.Networks, err = networksNamed(w, a, zone, l.Network)
	}
	return draft, err
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
	if len(all) == 0 {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.none", nil)
	}
	for _, name := range names {
		id := buurtbel.ID(0)
		for _, n := range all {
			if n.Name == name {
				id = n.ID
			}
		}
		if id == 0 {
			return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.not-named", buurtbel.Args{"Network": name, "Networks": namesOf(all)})
		}
		out = append(out, id)
	}
	return out, nil
}

// namesOf names networks, the first ones when there are many.
func namesOf(all []*buurtbel.Network) string {
	const most = 20
	var names []string
	for _, n := range all[:min(len(all), most)] {
		names = append(names, n.Name)
	}
	if len(all) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

func languages(texts map[string]string) (map[buurtbel.Language]string, error) {
	out := map[buurtbel.Language]string{}
	for text, said := range texts {
		lang := buurtbel.Language(text)
		if !lang.Valid() {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.language", buurtbel.Args{"Language": text})
		}
		out[lang] = said
	}
	return out, nil
}

// findings tells what a refused text holds, or what it is warned of, each with the language and the words that it is about.
func findings(errs io.Writer, lang buurtbel.Language, err error) {
	var refused *alerting.Refusal
	if !errors.As(err, &refused) {
		return
	}
	for _, p := range append(refused.Check.Refused(), refused.Check.Warned()...) {
		about := ""
		if p.Language != "" {
			about = string(p.Language) + ": "
		}
		fmt.Fprintf(errs, "- %s%s\n", about, locale.Text(lang, p.Key, p.Args))
	}
}

func (w *world) tell(key string, args buurtbel.Args) error {
	_, err := fmt.Fprintln(w.out, locale.Text(w.commands.Language, key, args))
	return err
}

func closing(w *world, a *app.App) {
	if err := a.Close(); err != nil {
		w.log.Error("close store", "error", err)
	}
}

type alertStop struct {
	who
	Alert  string            `arg:"" help:"Id of the alert."`
	Text   map[string]string `help:"Correction per language, as nl=…" mapsep:"|"`
	Unwise string            `help:"Written reason for going on in spite of warnings."`
}

func (s alertStop) Run(w *world) error {
	a, actor, err := w.desk(s.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := idOf(s.Alert)
	if err != nil {
		return err
	}
	if len(s.Text) == 0 {
		if err := a.Desk.Stop(w.ctx, actor, actor.Zone, id); err != nil {
			return err
		}
		return w.tell("cli.alert.stopped", nil)
	}
	texts, err := languages(s.Text)
	if err != nil {
		return err
	}
	if _, err := a.Desk.Correct(w.ctx, actor, actor.Zone, id, alerting.Follow{Texts: texts, Valid: 24 * time.Hour, Unwise: s.Unwise}); err != nil {
		return err
	}
	return w.tell("cli.alert.corrected", nil)
}

type alertFeedback struct {
	who
	Alert  string            `arg:"" help:"Id of the alert."`
	Text   map[string]string `help:"How it ended, per language, as nl=…" mapsep:"|" xor:"ending"`
	Ground string            `help:"Nothing may be told: investigation, magistrate or privacy." xor:"ending"`
	Unwise string            `help:"Written reason for going on in spite of warnings."`
}

func (f alertFeedback) Run(w *world) error {
	a, actor, err := w.desk(f.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := idOf(f.Alert)
	if err != nil {
		return err
	}
	texts, err := languages(f.Text)
	if err != nil {
		return err
	}
	if len(texts) == 0 && f.Ground == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.feedback.text-empty", nil)
	}
	if _, err := a.Desk.Feedback(w.ctx, actor, actor.Zone, id, alerting.Ending{Texts: texts, Ground: buurtbel.Ground(f.Ground), Unwise: f.Unwise}); err != nil {
		return err
	}
	return w.tell("cli.alert.told", nil)
}
