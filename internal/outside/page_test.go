package outside_test

import (
	"context"
	"fmt"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/linxGnu/gosmpp/data"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/outside"
)

const htmlMail = "From: =?utf-8?q?Politiezone_Vlierbeek?= <bin@vlierbeek.example.org>\r\nTo: <an@example.org>\r\nMessage-ID: <m1@example.org>\r\n" +
	"Subject: =?utf-8?q?BIN_Kerkveld:_inbraak_bezig_in_de_Lindestraat?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nInbraak bezig in de Lindestraat. Blijf binnen en bel 101.\r\nGelezen? https://bin.example.org/h/7Kq\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body style=\"font:18px sans-serif;color:#1f2a44\"><h2>Inbraak bezig in de Lindestraat</h2>" +
	"<p>Blijf binnen, kijk uit en bel <b>101</b>.</p><script>document.title='bad'</script><p><a href=\"https://bin.example.org/h/7Kq\">Ik heb het gehoord</a></p></body></html>\r\n--b--\r\n"

// browser starts a real one, or skips where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if _, err := os.Stat("/usr/bin/chromium"); err != nil {
		missing(t, "chromium", "apt-get install chromium")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 40*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// missing skips because a peer program is absent; in CI that is a failure.
func missing(t *testing.T, what, how string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

func TestPage_showsTextsAndMailsAndSendsAnswers(t *testing.T) {
	p := world(t, outside.Options{})
	e := bound(t, p.SMPP())
	fillWorld(t, p, e)
	ctx := browser(t)
	var refused []string
	err := chromedp.Listen(ctx, func(ev any) {
		if l, ok := ev.(*log.EventEntryAdded); ok && l.Entry.Level == log.EntryLevelError && !strings.Contains(l.Entry.Text, "sandboxed") {
			refused = append(refused, l.Entry.Text+" "+l.Entry.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	first := chromedp.CSS(`[data-number="+32455000060"]`)
	err = chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(p.URL()+"?lang=nl"),
		chromedp.WaitVisible(first), chromedp.WaitVisible(chromedp.CSS(".letter summary")),
		chromedp.Click(first+" [data-say='1']"), chromedp.WaitVisible(first+" .bubble.mine"),
		chromedp.SendKeys(first+" input", "Een grijze bestelwagen reed weg naar de Dorpsstraat\r"))
	if err != nil {
		t.Fatal(err)
	}
	if got := words(t, await(t, "answer 1", e.delivers)); got != "1" {
		t.Errorf("the quick answer arrived as %q", got)
	}
	if got := words(t, await(t, "free text", e.delivers)); !strings.Contains(got, "bestelwagen") {
		t.Errorf("the free text arrived as %q", got)
	}
	err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(".letter summary")), chromedp.WaitVisible(chromedp.CSS(".letter iframe")),
		chromedp.Click(chromedp.CSS(`[data-number="+32455000058"] .power`)), chromedp.WaitVisible(chromedp.CSS(".phone.off")))
	if err != nil {
		t.Fatal(err)
	}
	pictures(t, ctx, p.URL())
	if len(refused) > 0 {
		t.Error("the browser complains:", refused)
	}
	if title, err := chromedp.Run(ctx, chromedp.Title()); err != nil || title == "bad" {
		t.Error("a mail ran a script", err)
	}
}

// TestPage_ringsAndLetsListen watches telephones ring, takes one by hand, and listens.
func TestPage_ringsAndLetsListen(t *testing.T) {
	p := world(t, outside.Options{})
	const home, mobile, absent, machine = "+3220000101", "+32455000102", "+3220000103", "+32455000104"
	if err := p.Fault(t.Context(), func(f *outside.Fault) {
		f.CallRules = []outside.CallRule{{Suffix: home[4:], Habit: "absent"}, {Suffix: absent[4:], Habit: "absent"}, {Suffix: mobile[4:], Habit: "hasty", RingMS: 50},
			{Suffix: machine[4:], Habit: "machine", RingMS: 50}}
	}); err != nil {
		t.Fatal(err)
	}
	fillWorld(t, p, bound(t, p.SMPP()))
	tr := trunk(t, p, func(ctx context.Context, _ string, c voice.Call) {
		go c.Play(ctx, beep(20*time.Second)) //nolint:errcheck // it ends with the call
		<-c.Done()
	})
	keys := make(chan string, 4)
	for _, number := range []string{home, mobile, absent, machine} {
		go func() {
			call, refusal := tr.Dial(t.Context(), number, 25*time.Second)
			if refusal != nil {
				return
			}
			go call.Play(t.Context(), beep(20*time.Second)) //nolint:errcheck // it ends with the call
			if k, ok := <-call.Keys(); ok {
				keys <- number + " " + string(k)
			}
			if number != machine {
				call.HangUp()
			}
		}()
	}
	if got := await(t, "a key of its own", keys); got != mobile+" 1" {
		t.Errorf("pressed %q", got)
	}
	ctx := browser(t)
	ringing := chromedp.CSS(`.phone.ringing[data-number="` + home + `"]`)
	done := chromedp.CSS(`.phone[data-number="` + mobile + `"]`)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(p.URL()+"?lang=nl"), chromedp.WaitVisible(ringing),
		chromedp.WaitVisible(done+" audio")); err != nil {
		t.Fatal(err)
	}
	pictures(t, ctx, p.URL())
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 1000), chromedp.Navigate(p.URL()+"?lang=nl"), chromedp.WaitVisible(ringing), chromedp.Click(ringing+" [data-deed=answer]"),
		chromedp.WaitVisible(chromedp.CSS(`.phone[data-number="`+home+`"] [data-key="2"]`)), chromedp.Click(chromedp.CSS(`.phone[data-number="`+home+`"] [data-key="2"]`))); err != nil {
		t.Fatal(err)
	}
	if got := await(t, "the visitor's key", keys); got != home+" 2" {
		t.Errorf("pressed %q", got)
	}
}

func fillWorld(t *testing.T, p *outside.Process, e *esme) {
	t.Helper()
	for n := 1; n <= 60; n++ {
		s := text(mobile(n), "Politiezone Vlierbeek: inbraak bezig in de Lindestraat. Blijf binnen, doe zelf niets. Iets gezien? Bel 101. Tot 22.30 uur. Antwoord 1 als u dit leest.", data.GSM7BIT)
		if n%9 == 0 {
			s = text(mobile(n), "OEFENING. Politiezone Vlierbeek test de keten. U hoeft niets te doen. https://bin.example.org/h/7Kq", data.GSM7BIT)
		}
		s.RegisteredDelivery = 0
		e.accepted(s)
	}
	for range 3 {
		if err := smtp.SendMail(p.SMTP(), nil, "bin@vlierbeek.example.org", []string{"an@example.org"}, []byte(htmlMail)); err != nil {
			t.Fatal(err)
		}
	}
}

// pictures are made only when asked for, to be looked at.
func pictures(t *testing.T, ctx context.Context, url string) {
	dir := os.Getenv("BUURTBEL_PICTURES")
	if dir == "" {
		return
	}
	for _, width := range []int64{390, 1440} {
		for _, scheme := range []string{"light", "dark"} {
			media := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				return err
			})
			lang := map[string]string{"light": "nl", "dark": "de"}[scheme]
			err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 1300), media, chromedp.Navigate(url+"?lang="+lang), chromedp.WaitVisible(chromedp.CSS(".letter summary")),
				chromedp.Click(chromedp.CSS(".letter summary")), chromedp.WaitVisible(chromedp.CSS(".letter iframe")))
			if err != nil {
				t.Fatal(err)
			}
			b, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", t.Name(), width, scheme)), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
