package browser_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/store"
)

// pushed gives the states of an alert's deliveries to browsers.
func (h *house) pushed(alert buurtbel.ID) []buurtbel.DeliveryState {
	h.Helper()
	var out []buurtbel.DeliveryState
	h.look(func(tx *store.Tx) error {
		messages, err := tx.MessagesOf(alert)
		if err != nil {
			return err
		}
		tally, err := tx.Tally(messages[0].ID)
		for state, n := range tally.ByChannel[buurtbel.Push].Deliveries {
			for range n {
				out = append(out, state)
			}
		}
		return err
	})
	return out
}

func (h *house) look(f func(*store.Tx) error) {
	h.Helper()
	if err := h.app.DB.Read(h.Context(), buurtbel.Scope{Zone: h.town.Zone.ID}, f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) browsers(member buurtbel.ID) int {
	h.Helper()
	var list []store.BrowserPlace
	h.look(func(tx *store.Tx) (err error) {
		list, err = tx.BrowsersOf(member)
		return err
	})
	return len(list)
}

// TestFirefoxGetsAnAlertAndConfirms takes a member from the acknowledgement link of a mail to a device that rings, confirms there, and removes it:
// a real browser, the program, and between them a push service that cannot read what it carries.
func TestFirefoxGetsAnAlertAndConfirms(t *testing.T) {
	service := newPushService(t)
	f := firefox(t, service.webSocket())
	h := &house{T: t, host: "127.0.0.1"}
	h.spawn()
	h.serve(60)
	h.launch(kerkveld)
	member, mailbox := h.member(kerkveld, buurtbel.Mailbox)
	f.opens(h.url + h.linkIn(h.letter(mailbox, "").Text, "/h/"))
	f.presses(`a[href^="/device/"]`)
	f.reads("Sta berichten toe op dit toestel")
	f.presses(`[data-part="allow"]`)
	f.reads("Dit toestel krijgt uw dringende berichten")
	if n := h.browsers(member); n != 1 {
		t.Fatalf("the member has %d browsers", n)
	}
	f.reads("Toegevoegd")
	warned := h.letter(mailbox, "Een nieuw toestel").Text
	if !strings.Contains(warned, h.url+"/device/") {
		t.Errorf("the mail about the device leads nowhere: %s", warned)
	}

	f.opens(h.url + "/app")
	f.reads("Hier komt het laatste bericht te staan")
	alert := h.launch(kerkveld)
	f.reads("inbraak")
	shown := f.says(`document.querySelector("[data-title]").textContent + "|" + document.querySelector(".message").lang`)
	if shown != h.town.Zone.Name+"|nl" {
		t.Errorf("what the device shows: %s", shown)
	}
	// Without a desktop Firefox puts no alert on the screen and tells its worker so: what was not shown gives no receipt.
	if s := h.pushed(alert); len(s) != 1 || s[0] != buurtbel.HandedOver {
		t.Errorf("before the tap: %v", s)
	}
	f.presses(`[data-part="heard"]`)
	f.reads("U bevestigde dit bericht")
	if s := h.pushed(alert); len(s) != 1 || s[0] != buurtbel.Heard {
		t.Errorf("after the tap: %v", s)
	}

	f.presses(`[data-part="remove"]`)
	f.reads("Dit toestel krijgt geen berichten meer")
	if n := h.browsers(member); n != 0 {
		t.Errorf("the member still has %d browsers", n)
	}
	if left := f.says(`(await indexedDB.databases()).length + " " + (await caches.keys()).length + " " + (await navigator.serviceWorker.getRegistrations()).length`); !strings.HasSuffix(left, " 0 0") {
		t.Errorf("left on the device: %s", left)
	}
}

// device is a member's telephone with Chromium. It cannot subscribe without its maker's push service, so messages are handed to its worker as
// the push service would.
type device struct {
	*person
	worker serviceworker.RegistrationID
	within context.Context // the worker itself
}

// telephone puts the app on a telephone, as far as that goes without a push service.
func (h *house) telephone() *device {
	h.Helper()
	ctx, cancel := chromedp.NewContext(h.chrome)
	h.Cleanup(cancel)
	d := &device{person: &person{house: h, ctx: ctx}}
	found := make(chan serviceworker.RegistrationID, 16)
	err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				select {
				case found <- r.RegistrationID:
				default:
				}
			}
		}
	})
	if err != nil {
		h.Fatal(err)
	}
	_, err = chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted, Origin: h.url})
	if err != nil {
		h.Fatal(err)
	}
	d.do(chromedp.EmulateViewport(390, 844))
	d.opens("/app")
	d.calls(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, serviceworker.Enable, cdp.Empty{})
		return err
	})
	d.gives(`fetch("/view", {method: "POST", body: new URLSearchParams({language: "nl", back: "/app"})}).then((r) => r.url)`)
	d.gives(`navigator.serviceWorker.register("/worker.js", {scope: "/"}).then(() => navigator.serviceWorker.ready).then(() => "ready")`)
	select {
	case d.worker = <-found:
	case <-time.After(patience):
		h.Fatal("no worker")
	}
	d.attach()
	return d
}

func (d *device) calls(f func(context.Context, *chromedp.Target) error) {
	d.Helper()
	d.do(chromedp.Func(f))
}

// gives waits for what a promise comes to.
func (d *device) gives(expression string) string {
	d.Helper()
	value, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		d.Fatal(err)
	}
	return value
}

// pushes hands the worker a message that was unsealed.
func (d *device) pushes(m push.Payload) {
	d.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		d.Fatal(err)
	}
	// What comes while the worker is still being made ready goes nowhere.
	d.gives(`navigator.serviceWorker.ready.then((r) => new Promise((done) => {
		const look = () => r.active && r.active.state === "activated" ? done("yes") : setTimeout(look, 20);
		look();
	}))`)
	d.calls(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: d.url, RegistrationID: d.worker, Data: string(data)})
		return err
	})
}

// attach holds on to the worker of the app, which keeps it running.
func (d *device) attach() {
	d.Helper()
	targets, err := chromedp.Targets(d.ctx)
	if err != nil {
		d.Fatal(err)
	}
	for _, one := range targets {
		if one.Type == "service_worker" {
			ctx, cancel := chromedp.NewContext(d.ctx, chromedp.WithTargetID(one.TargetID))
			d.Cleanup(cancel)
			d.within = ctx
		}
	}
	if d.within == nil {
		d.Fatal("no worker is running")
	}
	d.inWorker(takesTurns)
}

// inWorker runs an expression in the worker of the app.
func (d *device) inWorker(expression string) string {
	d.Helper()
	said, err := chromedp.Run(d.within, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		d.Fatal(err)
	}
	return said
}

// takesTurns makes showing a message and looking at what is shown follow each other: Chromium forgets a message when it is asked for what it shows
// between writing the message down and putting it on the screen.
const takesTurns = `(() => {
	let last = Promise.resolve();
	const show = registration.showNotification.bind(registration);
	self.inTurn = (f) => last = last.then(f, f);
	registration.showNotification = (...message) => self.inTurn(() => show(...message));
	return "ready";
})()`

// shown waits until the device shows one message, and gives it as title, text, tag, language and actions.
func (d *device) shown(words string) string {
	d.Helper()
	got := ""
	d.until("a message on the screen with "+words, func() bool {
		got = d.inWorker(`self.inTurn(() => registration.getNotifications()).then((l) => l.map((n) => [n.title, n.body, n.tag, n.lang, n.actions.map((a) => a.title)].join("|")).join("\n"))`)
		return strings.Contains(got, words)
	})
	return got
}

// taps presses the button of the message on the screen, in the worker itself.
func (d *device) taps(action string) {
	d.Helper()
	said := d.inWorker(`(async () => {
		const [n] = await registration.getNotifications();
		self.dispatchEvent(new NotificationEvent("notificationclick", {notification: n, action: ` + strconv.Quote(action) + `}));
		for (let i = 0; i < 200; i++) {
			const said = (await kept("last")).said;
			if (said) return said;
			await new Promise((done) => setTimeout(done, 50));
		}
		return "nothing";
	})()`)
	if said != "heard" {
		d.Errorf("the tap came to %q", said)
	}
}

// TestTelephoneShowsAndConfirms hands the worker an alert, confirms it from the message itself, and loses the connection.
func TestTelephoneShowsAndConfirms(t *testing.T) {
	h := found(t, 60)
	h.launch(kerkveld)
	_, mailbox := h.member(kerkveld, buurtbel.Mailbox)
	link := h.linkIn(h.letter(mailbox, "").Text, "/h/")
	d := h.telephone()
	d.opens(link)
	d.do(chromedp.Click(chromedp.CSS(`a[href^="/device/"]`)))
	d.reads("Sta berichten toe op dit toestel")
	d.looks("device")
	d.opens("/app")
	d.reads("Dit toestel krijgt nog geen berichten")

	m := push.Payload{Title: "Politiezone Vlierbeek", Text: "Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen.", Link: h.url + link, Language: "nl", Alert: true, Tag: "alert-1",
		Expires: time.Now().Add(time.Hour).Unix()}
	d.pushes(m)
	if got, want := d.shown("inbraak"), "Politiezone Vlierbeek|"+m.Text+"|alert-1|nl|Ik heb het gehoord"; got != want {
		t.Errorf("shown: %s\nnot:   %s", got, want)
	}
	d.reads("inbraak")
	d.looks("app-alert")
	m.Text = "De politie is ter plaatse."
	d.pushes(m)
	if got := d.shown("ter plaatse"); strings.Contains(got, "\n") {
		t.Errorf("the update stands beside the alert: %s", got)
	}
	d.taps("heard")
	d.reads("U bevestigde dit bericht")
	d.shown("U bevestigde dit bericht")
	d.looks("app-heard")

	m.Tag, m.Text, m.Exercise, m.Link = "alert-2", "OEFENING. Blijf binnen.", true, "https://elsewhere.example.org/h/abc"
	d.pushes(m)
	d.reads("Blijf binnen")
	d.reads("OEFENING")
	d.looks("app-exercise")
	if got := d.shown("OEFENING"); strings.HasSuffix(got, "gehoord") {
		t.Errorf("a link to elsewhere can be confirmed: %s", got)
	}
	m.Tag, m.Exercise, m.Expires, m.Link = "alert-3", false, time.Now().Add(-time.Hour).Unix(), h.url+link
	d.pushes(m)
	d.shown("Dit bericht is voorbij")

	h.stopPages()
	d.opens(link)
	d.reads("Er is nu geen verbinding")
	d.reads("Dit bericht is voorbij")
	d.looks("app-offline")
}
