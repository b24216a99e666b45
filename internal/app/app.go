// Package app puts the program together: it is the only package that knows everyone.
//
// It opens the store and the carriers, starts the loops and stops them in order: first what begins new work, last what records outcomes.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/arriving"
	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Options are what a test or a bench may change.
type Options struct {
	Now       func() time.Time // nil: the real clock
	Logger    *slog.Logger
	Metrics   *prometheus.Registry // nil: a new one
	Ring      *vault.Ring          // nil: read from the configured file
	Unguarded bool                 // only the crash bench's control sets it
}

// App is the whole program, ready to run.
type App struct {
	Config     *config.Config
	DB         *store.DB
	Desk       *alerting.Desk
	Dispatcher *delivery.Dispatcher
	Door       *arriving.Door
	Gate       *entering.Gate
	Bulletins  *relaying.Bulletins
	Drills     *governing.Drills
	Hall       *joining.Hall
	Postroom   *relaying.Postroom
	Metrics    *prometheus.Registry
	Base       func(zone buurtbel.ID) string // quiet base map of a zone as GeoJSON; nil: none

	log        *slog.Logger
	ring       *vault.Ring
	audience   *audience
	register   *register
	Places     *Places // addresses and areas, for the search and the zone check
	background sync.WaitGroup
	stop       context.CancelFunc // of background
	release    func() error       // of the database's node; nil: not at work
	pages      net.Listener
	figures    net.Listener
	mailSMTP   net.Listener // where mail comes in; nil: nowhere
	mailLMTP   net.Listener
	brought    net.Listener // where carriers bring receipts and texts; nil: beside the pages
	sessions   []*smpp.Session
	gateways   []*gateway.Gateway
	mailers    []*email.Mailer
	voices     voices
	pusher     *push.Pusher // nil: no messages to browsers
	lanes      []delivery.Lane
	limited    []limited
	dispatcher atomic.Pointer[delivery.Dispatcher] // the same, for events that come in while it is being made
}

// limited is a carrier that allows so much a second, shared by the nodes that have it open.
type limited struct {
	carrier string
	most    int
	limit   func(perSecond int)
}

// Open opens the store and makes everything but carriers ready: what commands need that only look or decide.
func Open(ctx context.Context, c *config.Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Ring == nil {
		ring, err := vault.Open(c.Vault.Keyring)
		if err != nil {
			return nil, err
		}
		o.Ring = ring
	}
	db, err := store.Open(ctx, store.Config{Database: c.Store.Database, Direct: c.Store.Direct, Data: c.Store.Folder, Readers: c.Store.Readers, Writers: c.Store.Writers, Node: c.Store.Node},
		store.Options{Ring: o.Ring, Now: o.Now, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	if err := db.CheckRing(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	a := &App{Config: c, DB: db, Metrics: o.Metrics, log: o.Logger, ring: o.Ring}
	a.audience, a.register = newAudience(db), newRegister(db)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	a.audience.begin = sync.OnceFunc(func() { a.background.Go(func() { a.audience.load(background) }) })
	a.Places = newPlaces(db)
	a.Places.begin = sync.OnceFunc(func() { a.background.Go(func() { a.Places.keep(background, a.log) }) })
	a.register.begin = sync.OnceFunc(func() {
		a.background.Go(func() {
			a.register.keep(background, a.log)
		})
	})
	a.Desk = alerting.New(db, alerting.Options{Channels: a.channels(), Carrier: a.carrier(), Calendar: calendarOf, Within: a.audience.within,
		Places: a.register.places, Link: c.Server.PublicURL, Logger: o.Logger})
	a.Bulletins = relaying.NewBulletins(db, relaying.BulletinOptions{Link: c.Server.PublicURL, Places: a.register.places})
	a.Drills = governing.NewDrills(db, governing.DrillOptions{Channels: a.channels(), Part: a.carrier().Price, Minute: a.carrier().Minute, Answer: a.carrier().Answer,
		Calendar: calendarOf, Link: c.Server.PublicURL})
	a.Gate = entering.New(db, entering.Options{Link: c.Server.PublicURL, Logger: o.Logger, Passkeys: c.Passkeys.Passkeys, Providers: c.Providers(), Groups: c.Groups()})
	a.Hall = joining.NewHall(db, joining.Options{Link: c.Server.PublicURL, Channels: a.channels(), Logger: o.Logger})
	a.Postroom = a.postroom()
	a.Door = arriving.New(db, arriving.Options{Desk: a.Desk, Phone: phoneOf, Logger: o.Logger, Received: a.received})
	return a, nil
}

// OpenCarriers opens the carriers and the dispatcher: what `serve` needs. No other process may be at work on this database as the same node.
func (a *App) OpenCarriers(ctx context.Context, o Options) (err error) {
	if a.release == nil {
		if a.release, err = a.DB.Own(ctx); err != nil {
			return err
		}
	}
	if err := a.eraseAgain(ctx); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // Run closes them, after what they have was answered and recorded
	a.audience.begin()               // before the first alert asks for them; a command that asks nothing reads nothing
	a.register.begin()
	a.Places.begin()
	for i, c := range a.Config.SMS {
		if c.Type == config.TypeHTTP {
			if err := a.openGateway(ctx, i, o); err != nil {
				return err
			}
			continue
		}
		s, err := smpp.Open(ctx, c.Config, smpp.Options{Logger: a.log, Arrive: a.Door.Arrive, Now: o.Now})
		if err != nil {
			return fmt.Errorf("carrier %s: %w", c.Name, err)
		}
		a.sessions = append(a.sessions, s)
		a.limit(c, s.Limit)
		a.lanes = append(a.lanes, a.shows(a.presentsTexts(i), delivery.Lane{Channel: buurtbel.SMS, Carrier: c.Name, Sender: s, Receipts: c.Receipts, Budget: c.MaxPerSecond, Order: i}))
	}
	if err := a.openVoice(ctx, o); err != nil {
		return err
	}
	for i, c := range a.Config.Email {
		m, err := email.Open(ctx, c.Config, email.Options{Logger: a.log, Now: o.Now, Hurried: a.DB.Hurried})
		if err != nil {
			return fmt.Errorf("mail server %s: %w", c.Name, err)
		}
		a.mailers = append(a.mailers, m)
		a.lanes = append(a.lanes, delivery.Lane{Channel: buurtbel.Email, Carrier: c.Name, Sender: m, Order: i})
	}
	if err := a.openPush(ctx, o); err != nil {
		return err
	}
	a.Dispatcher, err = delivery.New(a.DB, delivery.Options{Limits: delivery.Limits{Unsettled: a.Config.Delivery.Unsettled, Claim: a.Config.Delivery.Claim},
		Lanes: a.lanes, Link: a.Desk.LinkTo, Mailboxes: a.Postroom.Mailboxes, Stop: a.Hall.StopLink, Logger: a.log, Metrics: a.Metrics, Unguarded: o.Unguarded})
	if err == nil {
		a.dispatcher.Store(a.Dispatcher)
	}
	return err
}

// received tells the dispatcher that receipts of a carrier come in.
func (a *App) received(carrier string, n int) {
	if d := a.dispatcher.Load(); d != nil {
		d.Received(carrier, n)
	}
}

func (a *App) limit(c config.SMS, limit func(int)) {
	if c.MaxPerSecond > 0 {
		a.limited = append(a.limited, limited{c.Name, c.MaxPerSecond, limit})
	}
}

// openGateway opens the carrier at place i, which speaks HTTP.
func (a *App) openGateway(ctx context.Context, i int, o Options) error {
	c := &a.Config.SMS[i]
	g, err := gateway.Open(ctx, c.Gateway(), gateway.Options{Logger: a.log, Arrive: a.Door.Arrive, Now: o.Now, Public: a.Config.Server.PublicURL})
	if err != nil {
		return fmt.Errorf("carrier %s: %w", c.Name, err)
	}
	a.gateways = append(a.gateways, g)
	a.limit(*c, g.Limit)
	a.lanes = append(a.lanes, a.shows(a.presentsTexts(i), delivery.Lane{Channel: buurtbel.SMS, Carrier: c.Name, Sender: g, Receipts: c.Receipts, Budget: c.MaxPerSecond, Order: i}))
	return nil
}

// Run works until ctx is done, then stops in order: no new work, answers of carriers awaited, outcomes recorded.
func (a *App) Run(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	doorCtx, closeDoor := context.WithCancel(context.WithoutCancel(ctx))
	var door, work sync.WaitGroup
	door.Go(func() { a.Door.Run(doorCtx) })
	work.Go(func() { a.Desk.Expand(ctx) })
	work.Go(func() { a.Gate.Run(ctx) })
	work.Go(func() { a.watchKeys(ctx) })
	work.Go(func() { a.DB.Hear(ctx) })
	work.Go(func() { a.shareCarriers(ctx) })
	work.Go(func() { a.voices.prepare(ctx, a) })
	work.Go(func() { jobs.New(a.DB, a.tasks(), a.log).Run(ctx) })
	err := a.DB.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		return errors.Join(tx.Later(sealHeads, 0, tx.Now()), tx.Later(forget, 0, tx.Now()), tx.Later(silences, 0, tx.Now()), tx.Later(governing.PlanAll, 0, tx.Now()),
			tx.Later(forgetAsked, 0, tx.Now()))
	})
	if err != nil {
		a.log.Error("leave daily work for later", "error", err)
	}
	ended := make(chan struct{})
	work.Go(func() { a.cutLate(ctx, ended) })
	err = a.Dispatcher.Run(ctx)
	close(ended)
	end() // it may have ended by itself, with an error: a program that delivers nothing must not look alive
	work.Wait()
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Config.Server.StopTimeout)
	defer cancel()
	err = errors.Join(err, a.closeCarriers(stopCtx))
	closeDoor()
	door.Wait()
	return err
}

// shareCarriers keeps what each carrier allows a second divided among the nodes that have it open.
func (a *App) shareCarriers(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, l := range a.limited {
			l.limit(a.Dispatcher.Share(l.carrier, l.most))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// closeCarriers ends the connections. What is open at a carrier when ctx is done becomes uncertain.
func (a *App) closeCarriers(ctx context.Context) error {
	var errs []error
	for _, s := range a.sessions {
		errs = append(errs, s.Close(ctx))
	}
	errs = append(errs, a.voices.close(ctx))
	for _, g := range a.gateways {
		errs = append(errs, g.Close(ctx))
	}
	for _, m := range a.mailers {
		errs = append(errs, m.Close(ctx))
	}
	if a.pusher != nil {
		errs = append(errs, a.pusher.Close(ctx))
	}
	return errors.Join(errs...)
}

// cutLate cuts carriers off that have not answered StopTimeout after ctx was done: the program does not wait for them any longer.
func (a *App) cutLate(ctx context.Context, ended <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-ended:
		return
	}
	patience := time.NewTimer(a.Config.Server.StopTimeout)
	defer patience.Stop()
	select {
	case <-patience.C:
	case <-ended:
		return
	}
	now, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel()
	if err := a.closeCarriers(now); err != nil {
		a.log.Warn("carriers did not answer in time; what they have is uncertain", "error", err)
	}
}

// Close ends what loads in the background and closes the store.
func (a *App) Close() error {
	a.stop()
	a.background.Wait()
	var err error
	if a.release != nil {
		err = a.release()
	}
	return errors.Join(err, a.DB.Close())
}

func (a *App) channels() []buurtbel.Channel {
	var out []buurtbel.Channel
	if len(a.Config.SMS) > 0 {
		out = append(out, buurtbel.SMS)
	}
	if len(a.Config.Email) > 0 {
		out = append(out, buurtbel.Email)
	}
	if len(a.Config.Voice) > 0 {
		out = append(out, buurtbel.Voice)
	}
	if a.Config.Push.On() {
		out = append(out, buurtbel.Push)
	}
	return out
}

// carrier is what texts may say, taken over all SMS carriers: what one cannot do, no text may ask.
func (a *App) carrier() alerting.Carrier {
	c := alerting.Carrier{Answer: len(a.Config.SMS) > 0, Link: len(a.Config.SMS) > 0}
	for _, v := range a.Config.Voice {
		c.Minute = max(c.Minute, int64(v.PricePerMinute))
	}
	for _, s := range a.Config.SMS {
		c.Price = max(c.Price, s.PricePerPart)
		c.Answer = c.Answer && s.CanBeAnswered && s.AskAnswer
		c.Link = c.Link && s.Links
	}
	return c
}

func calendarOf(z *buurtbel.Zone) (buurtbel.Calendar, error) {
	return holiday.For(z.Country, z.Extra...)
}

// phoneOf brings a number as carriers write it to E.164; what cannot be read stays as it is, and finds nobody.
func phoneOf(raw string) string {
	if raw != "" && raw[0] != '+' {
		raw = "+" + raw
	}
	n, err := phone.Parse(raw, "BE")
	if err != nil {
		return raw
	}
	return n.E164
}
