// Package browser_test looks at the pages with a real Chromium: what people do with mouse, keyboard and thumb, on a town with the outside
// world around it. axe-core reads every page that is met, in light and dark.
//
// BUURTBEL_PICTURES names a folder that gets a picture of every page, in the widths of a telephone and of a desk.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/port"
	"github.com/buurtbel/buurtbel/internal/town"
)

const asOutside = "BUURTBEL_TEST_OUTSIDE"

// TestMain lets this program be the outside world when it is told so.
func TestMain(m *testing.M) {
	if os.Getenv(asOutside) == "" {
		os.Exit(m.Run())
	}
	if err := outside.Run(context.Background(), outside.Options{Stdin: os.Stdin, ReceiptAfter: 20 * time.Millisecond}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// missing skips because a peer program is absent; in CI that is a failure.
func missing(t *testing.T, what, how string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

// house is the whole program with a town and the outside world, and a browser.
type house struct {
	*testing.T
	app     *app.App
	town    *app.Seeded
	outside *outside.Process
	url     string
	chrome  context.Context
	axe     string
	host    string
	change  func(c *config.Config, port string)
	now     func() time.Time
	seed    func(*house) error
	calls   bool // telephones ring

	stopPages func() // takes the connection away from every browser

	mu     sync.Mutex
	faults []string // what the browser's console complained about
}

// found builds the house, or skips where there is no browser.
func found(t *testing.T, members int) *house { t.Helper(); return foundWhen(t, members, nil) }

// foundWhen is found with another clock; nil is the real one.
func foundWhen(t *testing.T, members int, now func() time.Time) *house {
	t.Helper()
	return foundBy(t, members, "127.0.0.1", nil, now, nil)
}

// foundAt is found under the name by which browsers reach the pages, with a configuration that change may change: port is that of the pages.
func foundAt(t *testing.T, members int, host string, change func(c *config.Config, port string)) *house {
	t.Helper()
	return foundBy(t, members, host, change, nil, nil)
}

// foundBy is all of these; seed puts more into the house before the program begins its own work.
func foundBy(t *testing.T, members int, host string, change func(c *config.Config, port string), now func() time.Time, seed func(h *house) error) *house {
	t.Helper()
	return (&house{T: t, host: host, change: change, now: now, seed: seed}).built(members)
}

// built builds a house that was described.
func (h *house) built(members int) *house {
	h.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(h.T, "chromium", "apt-get install chromium")
	}
	axe, err := os.ReadFile(filepath.Join("..", "..", ".peers", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		missing(h.T, "axe-core", "scripts/peers")
	}
	h.axe = string(axe)
	h.spawn()
	h.serve(members)
	h.start(path)
	return h
}

func (h *house) spawn() {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asOutside+"=yes")
	cmd.Stderr = os.Stderr
	p, err := outside.Spawn(cmd)
	if err != nil {
		h.Fatal(err)
	}
	h.outside = p
	h.Cleanup(func() {
		if err := p.Stop(); err != nil {
			h.Errorf("outside world: %v", err)
		}
	})
}

// serve runs the program as `serve` does.
func (h *house) serve(members int) {
	listen, err := port.FreeAddress()
	if err != nil {
		h.Fatal(err)
	}
	c, err := app.DemoConfig(app.DemoPlace{Folder: h.TempDir(), Listen: listen, Calls: h.calls}, h.outside.Client)
	if err != nil {
		h.Fatal(err)
	}
	_, number, err := net.SplitHostPort(listen)
	if err != nil {
		h.Fatal(err)
	}
	h.url = "http://" + net.JoinHostPort(h.host, number)
	c.Server.PublicURL = h.url
	if h.change != nil {
		h.change(c, number)
	}
	o := app.Options{Now: h.now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if testing.Verbose() {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if h.app, err = app.Open(h.Context(), c, o); err != nil {
		h.Fatal(err)
	}
	if h.town, err = h.app.SeedTown(h.Context(), town.Build(7, members), nil); err != nil {
		h.Fatal(err)
	}
	if h.seed != nil {
		if err := h.seed(h); err != nil {
			h.Fatal(err)
		}
	}
	if err := h.app.OpenCarriers(h.Context(), o); err != nil {
		h.Fatal(err)
	}
	if _, err := h.app.Listen(); err != nil {
		h.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	ended := make([]error, 2)
	pages, stopPages := context.WithCancel(ctx)
	served := make(chan struct{})
	h.stopPages = func() { stopPages(); <-served }
	loops.Go(func() { defer close(served); ended[0] = h.app.Serve(pages) })
	loops.Go(func() { ended[1] = h.app.Run(ctx) })
	h.Cleanup(func() {
		stop()
		stopPages()
		loops.Wait()
		if err := errors.Join(append(ended, h.app.Close())...); err != nil && !errors.Is(err, context.Canceled) {
			h.Errorf("the program ended with: %v", err)
		}
	})
}

func (h *house) start(path string) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	h.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	h.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		h.Fatal(err)
	}
	h.chrome = ctx
	h.Cleanup(func() {
		for _, fault := range h.faults {
			h.Errorf("the browser says: %s", fault)
		}
	})
}

// person is somebody at a device of their own: a browser context without anybody else's cookies.
type person struct {
	*house
	ctx    context.Context
	keys   int // pressed
	clicks int
}

const patience = 60 * time.Second

// sits puts somebody at a device with a screen of this size.
func (h *house) sits(width, height int64, language string) *person {
	h.Helper()
	ctx, cancel := chromedp.NewContext(h.chrome, chromedp.WithNewBrowserContext())
	h.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*patience)
	h.Cleanup(cancel)
	err := chromedp.Listen(ctx, func(ev any) {
		if l, ok := ev.(*cdplog.EventEntryAdded); ok && l.Entry.Level == cdplog.EntryLevelError && !strings.Contains(l.Entry.Text, "status of 4") {
			h.mu.Lock()
			h.faults = append(h.faults, l.Entry.Text+" "+l.Entry.URL)
			h.mu.Unlock()
		}
	})
	p := &person{house: h, ctx: ctx}
	if err != nil {
		h.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 (X11; Linux) Chromium", AcceptLanguage: language})
		return err
	}))
	return p
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.pictures("failed")
		p.Fatalf("%v\nthe page says: %s", err, p.says())
	}
}

// says gives the words on the page.
func (p *person) says() string {
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	if err != nil {
		return err.Error()
	}
	return text
}

func (p *person) opens(path string) { p.Helper(); p.do(chromedp.Navigate(p.url + path)) }

// reads waits until words are on the page.
func (p *person) reads(words string) {
	p.Helper()
	p.until(fmt.Sprintf("%q on the page", words), func() bool { return strings.Contains(p.says(), words) })
	p.settled()
}

// settled waits until the page that is loading has loaded.
func (p *person) settled() {
	p.Helper()
	p.until("the whole page", func() bool {
		state, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.readyState`))
		return err == nil && state == "complete"
	})
}

// signsIn opens the link of a sign-in mail and presses the button; with a PIN the PC is a shared one.
func (p *person) signsIn(id buurtbel.ID, pin string) {
	p.Helper()
	link, err := p.app.Gate.DirectLink(p.Context(), buurtbel.System(), id)
	if err != nil {
		p.Fatal(err)
	}
	p.do(chromedp.Navigate(link))
	p.looks("enter")
	if pin != "" {
		open, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`!!document.querySelector("details.more:not([open]) #pin")`))
		if err != nil {
			p.Fatal(err)
		}
		if open {
			p.do(chromedp.Click(chromedp.CSS("main details.more summary")))
		}
		p.do(chromedp.SendKeys(chromedp.CSS("#pin"), pin))
	}
	p.do(chromedp.Click(chromedp.CSS("main .go")), chromedp.WaitVisible(chromedp.CSS(".start")))
}

// looks lets axe-core read the page in light and dark, and keeps pictures if they are wanted.
func (p *person) looks(name string) {
	p.Helper()
	p.settled()
	for _, scheme := range []string{"light", "dark"} {
		p.wears(scheme)
		found, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](p.axe+`;axe.run(document,{resultTypes:["violations"]}).then(r=>r.violations.flatMap(v=>v.nodes.map(n=>v.id+": "+n.target.join(" ")+" "+n.failureSummary)).join("\n"))`,
			chromedp.EvalAwaitPromise))
		if err != nil {
			p.Fatalf("axe on %s: %v", name, err)
		}
		if found != "" {
			p.Errorf("axe on %s in %s:\n%s", name, scheme, found)
		}
		p.pictures(name + "-" + scheme)
	}
	p.wears("light")
}

func (p *person) wears(scheme string) {
	p.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// pictures keeps the page as it looks on a telephone and on a desk.
func (p *person) pictures(name string) {
	p.Helper()
	folder := os.Getenv("BUURTBEL_PICTURES")
	if folder == "" {
		return
	}
	size, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]int64](`[innerWidth, innerHeight]`))
	if err != nil {
		p.Fatal(err)
	}
	for device, width := range map[string]int64{"phone": 390, "desk": 1440} {
		p.do(chromedp.EmulateViewport(width, 900))
		png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			p.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+"-"+device+".png"), png, 0o600); err != nil {
			p.Fatal(err)
		}
	}
	p.do(chromedp.EmulateViewport(size[0], size[1]))
}

// The pace of a person who knows the work: a key each 150 ms, a second to bring the hand to the mouse and click.
const (
	perKey   = 150 * time.Millisecond
	perClick = time.Second
)

// types presses keys at a person's speed into whatever has the focus.
func (p *person) types(text string) {
	p.Helper()
	for _, r := range text {
		p.keys++
		p.do(chromedp.Sleep(perKey), chromedp.KeyEvent(string(r)))
	}
}

// presses presses one key, with modifiers.
func (p *person) presses(key string, with ...chromedp.KeyOption) {
	p.Helper()
	p.keys++
	p.do(chromedp.Sleep(perKey), chromedp.KeyEvent(key, with...))
}

func (p *person) clicks1(selector string) {
	p.Helper()
	p.clicks++
	p.do(chromedp.Sleep(perClick), chromedp.Click(chromedp.CSS(selector)))
}

// member gives the id and an address of the first member of a network with a kind of contact point, who wishes every alert.
func (h *house) member(network int, kind buurtbel.ContactKind) (id buurtbel.ID, address string) {
	h.Helper()
	for i, m := range h.town.Town.Members {
		if m.Network != network || m.Away || m.Suspended || m.Role != "" {
			continue
		}
		for _, c := range m.Contacts {
			if c.Kind == kind {
				return h.town.Members[i], c.Address
			}
		}
	}
	h.Fatalf("network %d has no member with %s", network, kind)
	return 0, ""
}

// coordinator gives the first coordinator of a network.
func (h *house) coordinator(network int) buurtbel.ID {
	h.Helper()
	for i, m := range h.town.Town.Members {
		if m.Network == network && m.Role == buurtbel.RoleCoordinator {
			return h.town.Members[i]
		}
	}
	h.Fatal("no coordinator")
	return 0
}
