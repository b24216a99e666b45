package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/buurtbel/buurtbel"
)

// eye is one tab of a browser.
type eye struct {
	*gate
	ctx    context.Context
	mu     sync.Mutex
	faults []string
}

func (g *gate) eye() (*eye, error) {
	ctx, cancel := chromedp.NewContext(g.chrome, chromedp.WithNewBrowserContext())
	g.Cleanup(cancel)
	e := &eye{gate: g, ctx: ctx}
	err := chromedp.Listen(ctx, func(ev any) {
		var says string
		switch l := ev.(type) {
		case *cdplog.EventEntryAdded:
			if l.Entry.Level == cdplog.EntryLevelError && !strings.Contains(l.Entry.Text, "server responded with a status of") {
				says = l.Entry.Text + " " + l.Entry.URL
			}
		case *cdpruntime.EventExceptionThrown:
			says = l.ExceptionDetails.Text + " " + l.ExceptionDetails.URL
		case *cdpruntime.EventConsoleAPICalled:
			if l.Type == cdpruntime.ConsoleAPICalledTypeError {
				says = fmt.Sprint("console.error ", l.Args)
			}
		}
		if says != "" {
			e.mu.Lock()
			e.faults = append(e.faults, "the console says: "+says)
			e.mu.Unlock()
		}
	})
	return e, err
}

// tooWide lists what does not fit, and small text: it is run at 320 pixels.
const tooWide = `(()=>{const out=[],unseen=e=>{for(;e;e=e.parentElement)if(getComputedStyle(e).clipPath!=="none")return true;return false};const wide=document.documentElement.scrollWidth;if(wide>innerWidth)out.push("the page is "+wide+" pixels wide");
for(const e of document.querySelectorAll("body *")){const r=e.getBoundingClientRect();if(r.width<=innerWidth+1||e.closest("svg, [data-canvas]")||unseen(e))continue;out.push(e.tagName+"."+e.className+" is "+Math.round(r.width)+" wide")}
for(const e of document.querySelectorAll("main *, header *")){if(e.closest("svg, [data-canvas], textarea, input, select, .map, pre")||unseen(e)||e.scrollWidth<=e.clientWidth+1||!e.clientWidth)continue;
const o=getComputedStyle(e).overflowX;if(o==="hidden"||o==="clip")out.push(e.tagName+"."+e.className+" cuts what is in it")}
if(wide>innerWidth)for(const e of document.querySelectorAll("main *, header *"))if(e.getBoundingClientRect().right>innerWidth+1&&!e.children.length)out.push(e.tagName+"."+e.className+" stands out: "+(e.textContent||"").slice(0,30));return out.slice(0,4)})()`

const runAxe = `axe.run(document,{resultTypes:["violations"]}).then(r=>r.violations.flatMap(v=>v.nodes.map(n=>v.id+": "+n.target.join(" ")+" "+n.failureSummary)).slice(0,6))`

// sees opens a page and gives what is wrong with it.
func (e *eye) sees(j pageJob) []string {
	ctx, cancel := context.WithTimeout(e.ctx, patience)
	defer cancel()
	var out []string
	err := chromedp.Do(ctx, e.wears("light", 1280), e.cookies(j.role), e.goes(j))
	if err == nil {
		err = e.isIt(ctx, j)
	}
	if err != nil {
		return []string{err.Error()}
	}
	steps := []struct {
		prepare chromedp.Action[chromedp.Void]
		name    string
		read    string
	}{
		{e.wears("light", 1280), "axe, light", e.axe + `;` + runAxe},
		{e.wears("dark", 1280), "axe, dark", `document.querySelectorAll("details").forEach(d=>d.open=true);` + runAxe},
		{e.wears("light", 320), "320 pixels", tooWide},
		{e.wears("light", 320), "320 pixels in large print", `document.documentElement.dataset.print="large";` + tooWide},
	}
	for _, s := range steps {
		if err := chromedp.Do(ctx, s.prepare); err != nil {
			return append(out, s.name+": "+err.Error())
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](s.read, chromedp.EvalAwaitPromise))
		if err != nil {
			return append(out, s.name+": "+err.Error())
		}
		for _, f := range found {
			out = append(out, s.name+": "+f)
		}
	}
	e.keeps(ctx, j)
	e.mu.Lock()
	defer e.mu.Unlock()
	out, e.faults = append(out, e.faults...), nil
	return out
}

// keeps makes pictures, if they are wanted.
func (e *eye) keeps(ctx context.Context, j pageJob) {
	folder := os.Getenv("BUURTBEL_PICTURES")
	if folder == "" {
		return
	}
	name := strings.Trim(regexp.MustCompile(`[^a-z]+`).ReplaceAllString(strings.ToLower(j.state+"-"+string(j.role)+"-"+j.route), "-"), "-")
	for _, width := range []int64{320, 390, 1024, 1920} {
		err := chromedp.Do(ctx, e.wears("light", width), chromedp.Evaluate[chromedp.Void](`delete document.documentElement.dataset.print;document.querySelectorAll("details").forEach(d=>d.open=false)`))
		if err != nil {
			e.found(j, err.Error())
			return
		}
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(80))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, width)), png, 0o600)
		}
		if err != nil {
			e.found(j, err.Error())
		}
	}
}

func (e *eye) wears(scheme string, width int64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		if err == nil {
			_, err = cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
		}
		return err
	})
}

// cookies makes the browser that of a person.
func (e *eye) cookies(role buurtbel.Role) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
			return err
		}
		at, err := url.Parse(e.url)
		if err != nil {
			return err
		}
		for _, c := range e.people[role].client.Jar.Cookies(at) {
			_, failed := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: e.url})
			err = errors.Join(err, failed)
		}
		return err
	})
}

// isIt asks whether who was signed in when the page was fetched is signed in when the browser shows it.
func (e *eye) isIt(ctx context.Context, j pageJob) error {
	for _, out := range []string{`action="/me/out"`, `action="/sign-out"`} {
		if !strings.Contains(j.html, out) {
			continue
		}
		in, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.querySelector('form["+out+"]') !== null"))
		if err == nil && !in {
			err = errors.New("the browser shows a page for somebody who is not signed in")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// goes opens the page, or sends its form.
func (e *eye) goes(j pageJob) chromedp.Action[chromedp.Void] {
	if !j.form {
		return chromedp.Navigate(e.url + j.path)
	}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if err := chromedp.Do(ctx, chromedp.Navigate(e.url+"/health")); err != nil {
			return err
		}
		_, err := chromedp.RunResponse(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(()=>{const f=document.createElement("form");f.method="post";f.action=%q;document.body.append(f);f.submit()})()`, j.path)))
		return err
	})
}
