package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/store"
)

// alert is what came of the alert to one neighbourhood.
type alert struct {
	Corners       int            `json:"corners_of_the_area"`
	Audience      int            `json:"audience"`
	FirstCheckMS  float64        `json:"first_check_ms"` // just after the start: it waits for the zone's street names
	CheckMS       float64        `json:"check_ms"`
	LaunchMS      float64        `json:"launch_ms"`
	FirstMS       float64        `json:"first_text_ms"` // from before the launch to the first submit_sm in the SMSC's log
	DoneMS        float64        `json:"done_ms"`       // to the last recipient final in the store
	LaterMS       []float64      `json:"later_launches_ms"`
	States        map[string]int `json:"states"`
	Texts         int            `json:"numbers_expected"`
	TextsStore    int            `json:"numbers_in_the_store"`
	TextsSMSC     int            `json:"numbers_at_the_smsc"`
	PDUs          int            `json:"submit_sm_at_the_smsc"`
	Mails         int            `json:"mailboxes_expected"`
	MailsStore    int            `json:"mailboxes_in_the_store"`
	MailsSink     int            `json:"mailboxes_at_the_sink"`
	DoubledText   int            `json:"numbers_with_more_than_one_text"`
	DoubledMail   int            `json:"mailboxes_with_more_than_one_mail"`
	PeakMB        float64        `json:"peak_rss_mb"`
	AllSubmits    int            `json:"submit_sm_of_all_launches"`
	AllRecipients int            `json:"recipients_of_all_launches"`
}

var text = "Brand met veel rook in uw buurt. Sluit ramen en deuren, blijf binnen en zet de ventilatie uit."

// desk is the program, running in this process with the carriers open.
type desk struct {
	*trial
	app      *app.App
	zone     *buurtbel.Zone
	actor    buurtbel.Actor
	networks []buurtbel.ID // of the town
	watch    *rig.Watch
}

// alert launches to the neighbourhood with most members, by its drawn border, and compares what arrived; then to others, for the time it takes.
func (t *trial) alert(ctx context.Context) (err error) {
	d := &desk{trial: t}
	var said struct{ Official string }
	if _, err := t.program.run(ctx, &said, "zone", "official", "Dispatcher", "--role", "dispatcher", "--mail", "dispatcher@example.org"); err != nil {
		return err
	}
	c, err := config.Load(t.program.config, nil)
	if err != nil {
		return err
	}
	rig.ForgetPeak()
	if d.app, err = app.Open(ctx, c, app.Options{Logger: rig.Quiet()}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.app.Close()) }()
	if t.out.Settings, err = rig.Settings(ctx, d.app.DB); err != nil {
		return err
	}
	if err := d.find(ctx, said.Official); err != nil {
		return err
	}
	if d.watch, err = t.setup.Watch(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.watch.Close()) }()
	stop, err := rig.Run(ctx, d.app, app.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := d.wholeAlert(ctx); err != nil {
		return err
	}
	return d.others(ctx)
}

// find reads who launches, and the ids of the town's networks.
func (d *desk) find(ctx context.Context, official string) error {
	person, err := buurtbel.ParseID(official)
	if err != nil {
		return err
	}
	return d.app.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err := tx.Zones()
		if err != nil {
			return err
		}
		d.zone = zones[0]
		if d.actor, err = tx.Actor(person); err != nil {
			return err
		}
		return d.app.DB.Read(ctx, buurtbel.Scope{Zone: d.zone.ID}, func(tx *store.Tx) error {
			all, err := tx.Networks()
			for _, n := range all {
				if slices.ContainsFunc(d.ground.districts, func(x district) bool { return x.name == n.Name }) {
					d.networks = append(d.networks, n.ID)
				}
			}
			return err
		})
	})
}

func (d *desk) draft(i int) *alerting.Draft {
	return &alerting.Draft{Key: fmt.Sprintf("real-%d", i), Fact: "fire-smoke", Priority: buurtbel.PriorityHighest, Networks: d.networks, Area: d.ground.districts[i].ring,
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: text}, Valid: 2 * time.Hour, Unwise: "proef op echte adressen", OffPlan: "proef op echte adressen"}
}

func (d *desk) wholeAlert(ctx context.Context) error {
	a, target := &d.out.Alert, d.target()
	draft := d.draft(target)
	for _, polygon := range draft.Area {
		for _, ring := range polygon {
			a.Corners += len(ring)
		}
	}
	for _, took := range []*float64{&a.FirstCheckMS, &a.CheckMS} {
		began := time.Now()
		if _, err := d.app.Desk.Check(ctx, d.actor, d.zone.ID, draft); err != nil {
			return err
		}
		*took = rig.MS(time.Since(began))
	}
	began := time.Now()
	first := make(chan time.Duration, 1)
	go d.firstText(ctx, began, first)
	launched, err := d.app.Desk.Launch(ctx, d.actor, d.zone.ID, draft)
	if err != nil {
		return explained(err)
	}
	a.LaunchMS, a.Audience = rig.MS(time.Since(began)), launched.People
	done, err := d.watch.Done(ctx, launched.Message)
	if err != nil {
		return err
	}
	a.DoneMS, a.FirstMS = rig.MS(done.Sub(began)), rig.MS(<-first)
	if a.States, err = d.watch.States(ctx, launched.Message); err != nil {
		return err
	}
	a.AllRecipients = launched.People
	return d.compare(ctx, target, launched.Message)
}

// target is the neighbourhood in which most of the members live.
func (t *trial) target() int {
	living := make([]int, len(t.ground.districts))
	for _, p := range t.people.all {
		living[t.ground.homes[p.home].district]++
	}
	return slices.Index(living, slices.Max(living))
}

// firstText waits for the first line in the SMSC's log.
func (d *desk) firstText(ctx context.Context, began time.Time, first chan<- time.Duration) {
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for {
		if info, err := os.Stat(d.smsc.log); err == nil && info.Size() > 0 {
			first <- time.Since(began)
			return
		}
		select {
		case <-ctx.Done():
			first <- 0
			return
		case <-tick.C:
		}
	}
}

// explained names what a check refused.
func explained(err error) error {
	var r *alerting.Refusal
	if errors.As(err, &r) {
		for _, p := range r.Check.Problems {
			err = fmt.Errorf("%w; %s", err, p.Key)
		}
	}
	return err
}

// compare holds three sets of numbers and three of mailboxes against each other: reckoned from the file of addresses, in the store, arrived.
func (d *desk) compare(ctx context.Context, target int, message buurtbel.ID) error {
	a := &d.out.Alert
	numbers, mailboxes := set{}, set{}
	for _, p := range d.people.all {
		if p.fate == member && d.ground.homes[p.home].district == target {
			for _, n := range p.mobiles {
				numbers[n] = true
			}
			for _, m := range p.mails {
				mailboxes[m] = true
			}
		}
	}
	stored, err := d.contacts(ctx, `select c.id, c.address, c.kind, m.id, m.place, d.channel from delivery d join contact c on c.id = d.contact
		join member m on m.id = c.member where d.message = $1 and d.state in ('handed-over', 'delivered', 'heard')`, int64(message))
	if err != nil {
		return err
	}
	texts, mails := set{}, set{}
	for _, c := range stored {
		map[string]set{string(buurtbel.SMS): texts, string(buurtbel.Email): mails}[c.channel][c.address] = true
	}
	there, pdus, _, err := d.smsc.took(0)
	if err != nil {
		return err
	}
	letters, _, err := d.sink.Received()
	if err != nil {
		return err
	}
	a.Texts, a.TextsStore, a.TextsSMSC, a.PDUs = len(numbers), len(texts), len(there), pdus
	a.Mails, a.MailsStore, a.MailsSink = len(mailboxes), len(mails), len(letters)
	arrivedTexts, perText := keys(there)
	arrivedMails, perMail := keys(letters)
	d.same("numbers in the store", texts, numbers)
	d.same("numbers at the SMSC", arrivedTexts, numbers)
	d.same("mailboxes in the store", mails, mailboxes)
	d.same("mailboxes at the sink", arrivedMails, mailboxes)
	parts := pdus / max(1, len(there)) // every text is the same
	a.DoubledText, a.DoubledMail = above(there, parts), above(letters, 1)
	d.out.equal("numbers with more than one text", a.DoubledText, 0)
	d.out.equal("mailboxes with more than one mail", a.DoubledMail, 0)
	d.out.equal("fewest parts a number got", perText, parts)
	d.out.equal("fewest mails a mailbox got", perMail, 1)
	return nil
}

// keys gives the set of what was counted, and the lowest count.
func keys(counts map[string]int) (set, int) {
	out, least := set{}, 0
	for k, n := range counts {
		if out[k] = true; least == 0 || n < least {
			least = n
		}
	}
	return out, least
}

func above(counts map[string]int, most int) int {
	n := 0
	for _, c := range counts {
		if c > most {
			n++
		}
	}
	return n
}

// others launches to up to five more neighbourhoods.
func (d *desk) others(ctx context.Context) error {
	a, target := &d.out.Alert, d.target()
	for i := range d.ground.districts {
		if i == target || len(a.LaterMS) == 5 {
			continue
		}
		began := time.Now()
		launched, err := d.app.Desk.Launch(ctx, d.actor, d.zone.ID, d.draft(i))
		if err != nil {
			return explained(err)
		}
		a.LaterMS = append(a.LaterMS, rig.MS(time.Since(began)))
		if _, err := d.watch.Done(ctx, launched.Message); err != nil {
			return err
		}
		a.AllRecipients += launched.People
	}
	var err error
	_, a.AllSubmits, _, err = d.smsc.took(0)
	a.PeakMB = rig.PeakMB()
	return err
}

// wire reads what was captured.
func (t *trial) wire(ctx context.Context) error {
	c := t.capture
	t.capture = nil
	var err error
	if t.out.Wire, err = c.stop(ctx); err != nil {
		return err
	}
	t.out.equal("malformed PDUs", t.out.Wire.Malformed, 0)
	t.out.equal("PDUs with an error", t.out.Wire.Faults, 0)
	t.out.equal("submit_sm on the wire", t.out.Wire.Submits, t.out.Alert.AllSubmits)
	return nil
}
