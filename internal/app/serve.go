package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/bundling"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/web"
)

// sealHeads is the kind of task that signs the journal's heads and sends them outside: daily, and when an alert ends.
const sealHeads = "seal-heads"

// silences is the kind of the daily task that looks for coordinators who give no sign.
const silences = "silences"

// forget is the kind of task that erases what need not be kept, daily.
const forget = "forget"

// forgetAsked is the kind of task that erases wishes whose time is over and old remarks, daily.
const forgetAsked = "forget-asked"

// Listen opens the addresses of pages and metrics. The real address of the pages is given back: port 0 takes a free one.
func (a *App) Listen() (string, error) {
	var open []net.Listener
	for _, one := range []struct {
		address string
		into    *net.Listener
	}{{a.Config.Server.Listen, &a.pages}, {a.Config.Metrics.Listen, &a.figures}, {a.Config.Carrier.Listen, &a.brought}} {
		if one.address == "" {
			continue
		}
		l, err := net.Listen("tcp", one.address)
		if err != nil {
			err = buurtbel.FailWith(err, buurtbel.Internal, "error.command.listen", buurtbel.Args{"Address": one.address})
			for _, l := range open {
				err = errors.Join(err, l.Close())
			}
			return "", err
		}
		*one.into, open = l, append(open, l)
	}
	if err := a.listenMail(); err != nil {
		for _, l := range append(open, a.mailSMTP) {
			if l != nil {
				err = errors.Join(err, l.Close())
			}
		}
		return "", err
	}
	return a.pages.Addr().String(), nil
}

// beside puts the carriers' door before the pages, whose rules (sessions, origin of forms) are those of browsers.
func (a *App) beside(pages http.Handler) http.Handler {
	if a.brought != nil || len(a.gateways) == 0 {
		return pages
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle(gateway.Root, gateway.Doors(a.gateways))
	return mux
}

// Serve answers browsers until ctx is done. Listen comes first.
func (a *App) Serve(ctx context.Context) error {
	proxies, err := prefixes(a.Config.Server.TrustedProxies)
	if err != nil {
		return err
	}
	var say func(context.Context, *buurtbel.Zone, []buurtbel.Spoken, bool) ([]byte, error)
	if a.voices.scripts != nil {
		say = a.say
	}
	pages := web.New(web.Options{
		Say: say, Price: a.price, PartPrice: a.carrier().Price,
		DB: a.DB, Post: a.Postroom, Desk: a.Desk, Entry: a.Gate, Drills: a.Drills, Hall: a.Hall, Bulletins: a.Bulletins,
		Logger: a.log, Secure: a.secure(), Proxies: proxies, MaxBody: a.Config.Server.MaxBody, Link: a.Config.Server.PublicURL,
		Streets: a.register.streets, StreetAt: a.register.streetAt, Base: a.Base,
		PushKey: a.pushKey(), Shown: a.shown,
		Health: a.health(), Callers: buurtbel.Callers(a.presenting()), Periods: periods(a.Config.Retention),
		News: a.news(),
		Ask:  asking.New(a.DB, asking.Options{Link: a.Config.Server.PublicURL}), Find: a.Places.Search, Areas: a.Places.Areas,
	})
	servers := []*http.Server{a.server(ctx, a.beside(pages.Handler()))}
	servers[0].RegisterOnShutdown(pages.Close) // live pages end with the server
	listeners := []net.Listener{a.pages}
	if a.figures != nil {
		if err := a.pageable(); err != nil {
			return err
		}
		servers = append(servers, a.server(ctx, promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{})))
		listeners = append(listeners, a.figures)
	}
	if a.brought != nil {
		servers = append(servers, a.server(ctx, gateway.Doors(a.gateways)))
		listeners = append(listeners, a.brought)
	}
	ended := make(chan error, len(servers)+1)
	if a.mailSMTP != nil || a.mailLMTP != nil {
		mail, stopMail := context.WithCancel(context.WithoutCancel(ctx))
		var taking sync.WaitGroup
		defer taking.Wait()
		defer stopMail()
		taking.Go(func() {
			if err := a.serveMail(mail); err != nil {
				ended <- err
			}
		})
	}
	for i, s := range servers {
		go func() { ended <- s.Serve(listeners[i]) }()
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-ended:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	for _, s := range servers {
		if s.Shutdown(stop) != nil {
			err = errors.Join(err, s.Close()) // live pages stay open until they are cut
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// server has time-outs for slow clients. A page that is followed live lifts its own.
func (a *App) server(ctx context.Context, h http.Handler) *http.Server {
	c := a.Config.Server
	return &http.Server{Handler: h, ReadTimeout: c.ReadTimeout, ReadHeaderTimeout: c.ReadTimeout, WriteTimeout: c.WriteTimeout, IdleTimeout: c.IdleTimeout,
		MaxHeaderBytes: 32 << 10, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }} // a launch that came in is finished
}

// secure tells whether cookies may go over https only: everywhere but on this machine itself.
func (a *App) secure() bool {
	u, err := url.Parse(a.Config.Server.PublicURL)
	return err != nil || u.Scheme == "https"
}

func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		if !strings.Contains(text, "/") {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy: %w", err)
			}
			out = append(out, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy: %w", err)
		}
		out = append(out, p)
	}
	return out, nil
}

// pageable registers the figure to page on: the age of the oldest alert delivery that is due and not handed over.
func (a *App) pageable() error {
	return a.Metrics.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "buurtbel_oldest_undelivered_seconds",
		Help: "Age of the oldest alert delivery that is due and not handed over; page somebody above 10."}, func() float64 {
		var oldest time.Time
		err := a.DB.Read(context.Background(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			oldest, err = tx.OldestUndelivered()
			return err
		})
		switch {
		case err != nil:
			return -1 // the store does not answer
		case oldest.IsZero():
			return 0
		}
		return a.DB.Now().Sub(oldest).Seconds()
	}))
}

// tasks is the table of work that verbs leave for later.
func (a *App) tasks() map[string]jobs.Verb {
	verbs := map[string]jobs.Verb{
		sealHeads: a.sealHeads, forget: guarding.Forget(a.DB, periods(a.Config.Retention)), store.TaskErase: guarding.Erased(a.DB), loading.TaskList: loading.Listed(a.DB), governing.RemindMeeting: governing.Reminded(a.DB),
		silences: governing.CheckSilence(a.DB, a.Config.Server.PublicURL), forgetAsked: asking.Forget(a.DB),
		guarding.TaskEraseOut: guarding.EraseOut(a.DB, a.eraseOut),
		"calls-stopped":       joining.CallsStopped(a.DB), "contact-lost": joining.TellLost(a.DB, a.Config.Server.PublicURL+"/"),
	}
	verbs[store.TaskNewcomer], verbs[governing.RemindRules] = governing.Newcomer(a.DB), governing.RemindedOfRules(a.DB)
	verbs[informing.TaskDigest] = a.news().Digested()
	verbs[relaying.TaskMail] = a.Postroom.Arrived()
	verbs[store.TaskBundle] = bundling.Verb(a.DB, a.Desk.LinkTo)
	verbs["application"], verbs["guest-contact"] = a.Hall.Remind(), a.Hall.ForgetGuest()
	for _, list := range []map[string]jobs.Verb{a.Desk.Verbs(), a.Drills.Verbs(), a.Bulletins.Verbs()} {
		maps.Copy(verbs, list)
	}
	return verbs
}

// periods are the configured days.
func periods(r config.Retention) guarding.Periods {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	return guarding.Periods{Texts: days(r.Texts), Deliveries: days(r.Deliveries), Journal: days(r.Journal), Previews: days(r.Previews),
		Left: days(r.Left), Breaches: days(r.Breaches)}
}

// sealHeads signs the journal's heads, sends them outside, and comes back tomorrow.
func (a *App) sealHeads(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	err := guarding.Seal(ctx, a.DB, actor, func(ctx context.Context, line string) error { return sendHead(ctx, a.Config.Vault, line) })
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		return tx.FinishTask(t, tx.Now().Add(24*time.Hour).Truncate(24*time.Hour))
	})
}

// health tells the pages how the carriers are; nil before they were opened.
func (a *App) health() func() []delivery.Health {
	if a.Dispatcher == nil {
		return nil
	}
	return a.Dispatcher.Health
}
