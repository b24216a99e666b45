package smoke_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

// together plays a story with two nodes on one PostgreSQL, which share the carrier's rate.
func together(t *testing.T, members int, play func(*story, *node)) {
	t.Helper()
	t.Parallel()
	s := begin(t, store.Postgres, plot{members: members, config: func(c *config.Config) { c.SMS[0].MaxPerSecond = 60 }})
	second := s.join(1)
	play(s, second)
	s.end()
	second.stop()
}

// node is a further process of the same installation.
type node struct {
	app  *app.App
	url  string
	stop func()
}

// join lets another node work the story's database.
func (s *story) join(number int) *node {
	s.Helper()
	c := *s.app.Config
	c.Store.Node = number
	options := app.Options{Logger: slog.New(s.log), Now: afternoon()}
	a, err := app.Open(s.ctx, &c, options)
	s.must(err)
	closed := sync.OnceFunc(func() { s.noError(a.Close()) })
	s.Cleanup(closed)
	s.must(a.OpenCarriers(s.ctx, options))
	at, err := a.Listen()
	s.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.noError(a.Run(ctx)) })
	running.Go(func() { s.noError(a.Serve(ctx)) })
	n := &node{app: a, url: "http://" + at, stop: sync.OnceFunc(func() {
		cancel()
		running.Wait()
		closed()
	})}
	s.Cleanup(n.stop)
	s.await("the second node's carrier to be up", func() bool {
		counts, err := s.out.Counts(s.ctx)
		s.must(err)
		return counts.Binds > 1
	})
	return n
}

func (s *story) noError(err error) {
	if err != nil {
		s.Error(err)
	}
}

// watch follows the live page of an alert on a node, signed in on the other, and gives the stream's lines until it ends.
func (s *story) watch(n *node, alert buurtbel.ID) <-chan string {
	s.Helper()
	link, err := s.app.Gate.DirectLink(s.ctx, buurtbel.System(), s.dispatcher.Person)
	s.must(err)
	entered, err := s.app.Gate.Enter(s.ctx, path.Base(link), entering.At{})
	s.must(err)
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, n.url+"/alerts/"+alert.String()+"/events", nil)
	s.must(err)
	req.AddCookie(&http.Cookie{Name: "session", Value: entered.Session})
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	s.Cleanup(func() { s.noError(res.Body.Close()) })
	if res.StatusCode != http.StatusOK {
		s.Fatalf("the live page of the second node answers %d to a session of the first", res.StatusCode)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		scan := bufio.NewScanner(res.Body)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			select {
			case lines <- scan.Text():
			case <-s.ctx.Done():
				return
			}
		}
	}()
	return lines
}

func TestTwoNodesOneAlert(t *testing.T) {
	together(t, 200, func(s *story, second *node) {
		alert := s.launch(kerkveld)
		lines := s.watch(second, alert)
		s.expectAll(kerkveld, burglary)
		s.finished(alert, buurtbel.KindLaunch)
		parts, over := 0, false
		for line := range lines {
			if strings.Contains(line, `"id":"counts"`) {
				parts++
			}
			if over = over || line == "event: over"; over {
				break
			}
		}
		if parts < 2 || !over {
			t.Errorf("the live page of the second node told %d counts, and that it is over: %v", parts, over)
		}
	})
}

func TestRollingRestartLosesAndDoublesNothing(t *testing.T) {
	together(t, 300, func(s *story, second *node) {
		alert := s.launch(kerkveld)
		s.await("the first texts", func() bool { return len(s.arrived()) >= 10 })
		second.stop()
		third := s.join(1)
		defer third.stop()
		s.await("more texts", func() bool { return len(s.arrived()) >= 40 })
		s.stop() // the one that launched
		s.expectAll(kerkveld, burglary)
		tally := s.finished(alert, buurtbel.KindLaunch)
		if n := tally.Members[buurtbel.Uncertain]; n > 0 {
			t.Errorf("%d members are not known to be reached", n)
		}
	})
}

func TestStopOnOneNodeStopsTheOther(t *testing.T) {
	together(t, 300, func(s *story, second *node) {
		alert := s.launch(kerkveld)
		s.await("the first texts", func() bool { return len(s.arrived()) >= 8 })
		err := second.app.Desk.Stop(s.ctx, s.dispatcher, s.town.Zone.ID, alert)
		s.must(err)
		seen := 0
		s.await("nothing more to come", func() bool {
			n := len(s.arrived())
			done := n == seen && s.view(alert).Messages[0].Tally.Open == 0
			seen = n
			return done
		})
		got := s.arrived()
		for number, list := range got {
			s.texts[number] = len(list)
		}
		s.must(s.out.MailLog(s.ctx, "", func(e outside.MailEntry) error { s.mails[e.To]++; return nil }))
		if n := len(got); n >= 150 {
			t.Errorf("%d telephones got a text after the alert was stopped", n)
		}
	})
}
