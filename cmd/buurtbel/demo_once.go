package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/town"
)

const (
	playNetwork  = 0                 // the story happens in the first network
	playPatience = 150 * time.Second // calls are spoken in real time
)

// figures are what one played alert came to. All but the times count members.
type figures struct {
	Recipients      int   `json:"recipients"`       // the frozen audience
	HandedOver      int   `json:"handed_over"`      // a carrier took at least one message for them, by the store
	Delivered       int   `json:"delivered"`        // a device has it, or they heard it
	Heard           int   `json:"heard"`            // they answered
	NotReached      int   `json:"not_reached"`      // not tried, or every message to them failed
	OutsideReceived int   `json:"outside_received"` // at least one message to them is in the outside world's own log
	FirstHandoffMS  int64 `json:"first_handoff_ms"` // from the launch to the first message that the outside world read
	LastHandoffMS   int64 `json:"last_handoff_ms"`
	FeedbackSettled bool  `json:"feedback_settled"` // the debt is settled and every delivery of the feedback is final
	Calls           calls `json:"calls"`
}

// calls are the telephone calls of the alert and its feedback, from the outside world's own log; Placed is by the store.
type calls struct {
	Possible  bool  `json:"possible"`  // a program that speaks is installed
	Placed    int   `json:"placed"`    // attempts that a telephone or its carrier knows of, by the store
	Outside   int   `json:"outside"`   // calls that the outside world was asked for
	Answered  int   `json:"answered"`  // by somebody or something
	Machines  int   `json:"machines"`  // of them, voicemails
	Confirmed int   `json:"confirmed"` // 1 was pressed
	LastMS    int64 `json:"last_ms"`   // from the launch to the last call that the outside world was asked for
}

// played is one alert from launch to feedback.
type played struct {
	figures
	launched   time.Time
	alert      buurtbel.ID
	dispatcher buurtbel.Actor
	officer    buurtbel.Actor
	launch     alerting.MessageView
	feedback   alerting.MessageView
	seconds    float64
	messages   int // that both sides know
	final      bool
}

// once plays one alert while the program runs, and says whether both sides tell the same.
func (d *demo) once(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, playPatience)
	defer cancel()
	runCtx, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- d.app.Run(runCtx) }()
	p := &played{}
	err := d.play(ctx, p)
	stop()
	if stopped := <-ran; err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	difference, err := d.judge(context.WithoutCancel(ctx), p)
	if err != nil {
		return err
	}
	if d.options.JSON {
		err = d.w.json(p.figures)
	} else {
		err = d.table(p)
	}
	switch {
	case err != nil:
		return err
	case !difference.Empty():
		return errors.New(d.w.say("differ", len(difference.OnlyHere), len(difference.OnlyThere)))
	case !p.final || !p.FeedbackSettled:
		return errors.New(d.w.say("late"))
	}
	return nil
}

func (d *demo) play(ctx context.Context, p *played) (err error) {
	if p.dispatcher, err = d.town.Actor(ctx, d.app.DB, d.town.Official(buurtbel.RoleDispatcher)); err != nil {
		return err
	}
	if p.officer, err = d.town.Actor(ctx, d.app.DB, d.town.Official(buurtbel.RoleOfficer)); err != nil {
		return err
	}
	if err := d.connected(ctx); err != nil {
		return err
	}
	draft, err := app.DemoDraft(d.town, playNetwork, d.app.DB.Now())
	if err != nil {
		return err
	}
	p.launched = time.Now()
	launched, err := d.app.Desk.Launch(ctx, p.dispatcher, d.town.Zone.ID, draft)
	if err != nil {
		return err
	}
	p.alert = launched.Alert
	if launched.Waiting {
		if err := d.second(ctx, p.alert); err != nil {
			return err
		}
	}
	answered := make(chan error, 1)
	heard := 0
	go func() {
		var err error
		heard, err = d.answer(ctx)
		answered <- err
	}()
	if err := d.follow(ctx, p, launched.Message, "alert", &p.launch); err != nil {
		return err
	}
	if err := <-answered; err != nil {
		return err
	}
	if err := d.until(ctx, func() (bool, error) {
		view, err := d.message(ctx, p, launched.Message)
		p.launch = view
		return err == nil && view.Tally.Members[buurtbel.Heard] >= heard, err
	}); err != nil {
		return err
	}
	if d.options.Spoil {
		if err := d.spoil(ctx); err != nil {
			return err
		}
	}
	return d.settle(ctx, p)
}

// second lets the official on call confirm exactly this text and count: a large audience waits for that.
func (d *demo) second(ctx context.Context, alert buurtbel.ID) error {
	i := slices.IndexFunc(d.town.Town.Officials, func(o town.Official) bool { return o.OnCall })
	actor, err := d.town.Actor(ctx, d.app.DB, d.town.Officials[max(0, i)])
	if err != nil {
		return err
	}
	q, err := d.app.Desk.Question(ctx, actor, d.town.Zone.ID, alert)
	if err != nil {
		return err
	}
	return d.app.Desk.AnswerSecond(ctx, actor, d.town.Zone.ID, alert, q.Digest, true)
}

// settle gives the feedback, waits until it is delivered, and until nothing is under way.
func (d *demo) settle(ctx context.Context, p *played) error {
	message, err := d.app.Desk.Feedback(ctx, p.officer, d.town.Zone.ID, p.alert, app.DemoEnding(d.town, playNetwork))
	if err != nil {
		return err
	}
	if err := d.follow(ctx, p, message, "feedback", &p.feedback); err != nil {
		return err
	}
	p.seconds = time.Since(p.launched).Seconds()
	return d.until(ctx, func() (quiet bool, err error) {
		err = d.app.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
			running, err := tx.RunningMessages()
			quiet = len(running) == 0
			return err
		})
		return quiet, err
	})
}

// connected waits until the program is bound at the carrier.
func (d *demo) connected(ctx context.Context) error {
	return d.until(ctx, func() (bool, error) {
		n, err := d.outside.Counts(ctx)
		return n.Binds > 0, err
	})
}

// until asks again until yes, an error, or the end of patience: ten times a second, or less often when asking is work.
func (d *demo) until(ctx context.Context, ask func() (bool, error)) error {
	for {
		asked := time.Now()
		yes, err := ask()
		if yes || err != nil && ctx.Err() == nil {
			return err
		}
		rest := time.NewTimer(max(100*time.Millisecond, 5*time.Since(asked)))
		select {
		case <-ctx.Done():
			rest.Stop()
			return errors.New(d.w.say("late"))
		case <-rest.C:
		}
	}
}

func (d *demo) message(ctx context.Context, p *played, message buurtbel.ID) (alerting.MessageView, error) {
	view, err := d.app.Desk.Show(ctx, p.officer, d.town.Zone.ID, p.alert)
	if err != nil {
		return alerting.MessageView{}, err
	}
	i := slices.IndexFunc(view.Messages, func(m alerting.MessageView) bool { return m.ID == message })
	if i < 0 {
		return alerting.MessageView{}, buurtbel.Fail(buurtbel.NotFound, "error.message.unknown", nil)
	}
	return view.Messages[i], nil
}

// follow shows a bar until a message is finished.
func (d *demo) follow(ctx context.Context, p *played, message buurtbel.ID, key string, into *alerting.MessageView) error {
	var progress *progressbar.ProgressBar
	return d.until(ctx, func() (bool, error) {
		view, err := d.message(ctx, p, message)
		if err != nil {
			return false, err
		}
		if progress == nil && view.Audience > 0 {
			progress = gauge(int64(view.Audience), d.w.say(key))
		}
		if *into = view; progress != nil {
			show(progress, min(int64(final(view.Tally)), progress.GetMax64()))
		}
		return view.State == buurtbel.MessageFinished, nil
	})
}

// final counts members about whom nothing more will change.
func final(t *store.Tally) int {
	n := -t.Open
	for _, members := range t.Members {
		n += members
	}
	for _, members := range t.Left {
		n += members
	}
	return max(0, n)
}

// judge reads both sides and fills the figures.
func (d *demo) judge(ctx context.Context, p *played) (app.Difference, error) {
	domain := d.app.Config.Email[0].From[strings.LastIndexByte(d.app.Config.Email[0].From, '@')+1:]
	here, err := app.Ledger(ctx, d.app.DB, d.town.Zone.ID, []buurtbel.ID{p.alert}, d.town.Addresses, domain)
	if err != nil {
		return app.Difference{}, err
	}
	there, err := app.Received(ctx, d.outside.Client)
	if err != nil {
		return app.Difference{}, err
	}
	p.messages = len(there)
	if err := d.countCalls(ctx, p, here); err != nil {
		return app.Difference{}, err
	}
	p.count(here, there)
	if err := d.times(ctx, p, here); err != nil {
		return app.Difference{}, err
	}
	view, err := d.app.Desk.Show(ctx, p.officer, d.town.Zone.ID, p.alert)
	if err != nil {
		return app.Difference{}, err
	}
	p.FeedbackSettled = view.Debt != nil && !view.Debt.Settled.IsZero() && p.feedback.State == buurtbel.MessageFinished && p.feedback.Tally.Open == 0
	return app.Compare(here, there), nil
}

func (p *played) count(here []app.Handed, there []app.Pair) {
	received := map[app.Pair]bool{}
	for _, pair := range there {
		received[pair] = true
	}
	handed, got := map[buurtbel.ID]bool{}, map[buurtbel.ID]bool{}
	for _, h := range here {
		if h.Message == p.launch.ID && h.Reached() {
			handed[h.Recipient] = true
			got[h.Recipient] = got[h.Recipient] || received[h.Pair]
		}
	}
	t := p.launch.Tally
	p.Recipients, p.HandedOver, p.Heard = t.Audience, len(handed), t.Members[buurtbel.Heard]
	p.Delivered = t.Members[buurtbel.Delivered] + p.Heard
	p.NotReached = t.Unreached
	for _, n := range t.Left {
		p.NotReached += n
	}
	for _, yes := range got {
		if yes {
			p.OutsideReceived++
		}
	}
	p.final = p.launch.State == buurtbel.MessageFinished && t.Open == 0 && final(t) == t.Audience
}

func (d *demo) countCalls(ctx context.Context, p *played, here []app.Handed) error {
	c := &p.Calls
	c.Possible = d.calls
	for _, h := range here {
		if h.Channel == buurtbel.Voice && !h.Uncertain {
			c.Placed++
		}
	}
	return d.outside.CallLog(ctx, func(e outside.CallEntry) error {
		c.Outside++
		c.LastMS = max(c.LastMS, (e.At-p.launched.UnixNano())/int64(time.Millisecond))
		if e.Answered > 0 {
			c.Answered++
		}
		if e.Did == outside.Machine {
			c.Machines++
		}
		if strings.Contains(e.Keys, "1") {
			c.Confirmed++
		}
		return nil
	})
}

// times reads from the outside world's own log when the first and the last message of the launch came.
func (d *demo) times(ctx context.Context, p *played, here []app.Handed) error {
	ours := map[app.Pair]bool{}
	for _, h := range here {
		if h.Message == p.launch.ID {
			ours[h.Pair] = true
		}
	}
	first, last := int64(0), int64(0)
	note := func(pair app.Pair, at int64) {
		if !ours[pair] {
			return
		}
		if first == 0 || at < first {
			first = at
		}
		last = max(last, at)
	}
	err := d.outside.Log(ctx, "", func(e outside.Entry) error { note(app.Pair{Address: e.Number, Text: e.Whole}, e.At); return nil })
	if err == nil {
		err = d.outside.MailLog(ctx, "", func(e outside.MailEntry) error { note(app.Pair{Address: e.To, Text: e.MessageID}, e.At); return nil })
	}
	if first > 0 {
		start := p.launched.UnixNano()
		p.FirstHandoffMS, p.LastHandoffMS = (first-start)/int64(time.Millisecond), (last-start)/int64(time.Millisecond)
	}
	return err
}
