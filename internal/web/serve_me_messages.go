package web

import (
	"net/http"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// shownMessages is how many messages the page shows; the copy of the own data has all.
const shownMessages = 60

// meMessages shows what a member was sent, when, what became of it, and how it ended.
func (v *visit) meMessages(m mine) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	var list []store.SelfMessage
	if err := v.read(func(tx *store.Tx) (err error) {
		list, err = tx.MessagesTo(m.word.Member, shownMessages)
		return err
	}); err != nil {
		return err
	}
	page := MeMessages{Mine: v.view(m, s), List: v.stories(list)}
	return v.respond(http.StatusOK, v.meFrame(m, v.t("screen.me.messages")), page)
}

// stories puts what followed an alert under the alert.
func (v *visit) stories(list []store.SelfMessage) []MeMessage {
	loc := v.place()
	follows := map[buurtbel.ID][]store.SelfMessage{}
	launched := map[buurtbel.ID]bool{}
	for _, x := range list {
		launched[x.Alert] = launched[x.Alert] || x.Alert != 0 && x.Kind == buurtbel.KindLaunch
	}
	var out []MeMessage
	for _, x := range list {
		if x.Alert != 0 && x.Kind != buurtbel.KindLaunch && launched[x.Alert] {
			follows[x.Alert] = append(follows[x.Alert], x)
		}
	}
	for _, x := range list {
		if x.Alert == 0 || x.Kind == buurtbel.KindLaunch || !launched[x.Alert] {
			out = append(out, v.story(x, follows[x.Alert], loc))
		}
	}
	return out
}

func (v *visit) story(x store.SelfMessage, follows []store.SelfMessage, loc *time.Location) MeMessage {
	out := MeMessage{When: locale.When(v.lang, x.At, v.now, loc), From: x.Sender, Kind: v.t("screen.me.kind-of-" + string(x.Kind)), Text: x.Text, Exercise: x.Exercise}
	if x.Left != buurtbel.NotLeft {
		out.Left = v.t("screen.me.left-" + string(x.Left))
	}
	for _, w := range x.Ways {
		if w.State == buurtbel.NotNeeded {
			continue
		}
		way := MeWay{Channel: v.t("screen.me.channel-" + string(w.Channel)), State: string(w.State)}
		if w.Reason != "" && !w.State.Reached() {
			way.Why = v.t("screen.reason." + string(w.Reason))
		}
		out.Ways = append(out.Ways, way)
	}
	if !x.Heard.IsZero() {
		out.Heard = v.t("screen.heard.said-at", "When", locale.When(v.lang, x.Heard, v.now, loc))
	}
	out.Open = x.Kind == buurtbel.KindLaunch && !x.Exercise && x.Left == buurtbel.NotLeft
	for i := len(follows) - 1; i >= 0; i-- { // oldest first
		f := follows[i]
		out.Ends = append(out.Ends, MeEnd{locale.When(v.lang, f.At, v.now, loc), v.t("screen.me.kind-of-" + string(f.Kind)), f.Text})
		if f.Kind == buurtbel.KindFeedback || f.Kind == buurtbel.KindCorrection {
			out.Open = false
		}
	}
	return out
}

// sure fills a page that asks once more.
func (v *visit) sure(m mine, status int, what, wrong string, change func(*MeSure)) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeSure{Mine: v.view(m, s), Title: v.t("screen.me." + what), Lead: v.t("screen.me." + what + "-lead"), Action: m.base + "/" + what, Words: v.t("screen.me." + what + "-do"),
		Back: m.base, Tick: v.t("screen.me." + what + "-tick"), Wrong: wrong}
	days := v.s.o.Periods.LeftDays()
	for _, line := range []string{"-one", "-two", "-three", "-four"} {
		page.Says = append(page.Says, v.t("screen.me."+what+line, "Count", days))
	}
	if change != nil {
		change(&page)
	}
	f := v.meFrame(m, page.Title)
	f.Path = page.Action
	return v.respond(status, f, page)
}

func (v *visit) meLeave(m mine) error { return v.meLeavePage(m, http.StatusOK, "") }

func (v *visit) meLeavePage(m mine, status int, wrong string) error {
	return v.sure(m, status, "leave", wrong, func(p *MeSure) { p.Other, p.OtherWords = m.base+"/wishes", v.t("screen.me.leave-other") })
}

func (v *visit) meErase(m mine) error { return v.meErasePage(m, http.StatusOK, "") }

func (v *visit) meErasePage(m mine, status int, wrong string) error {
	return v.sure(m, status, "erase", wrong, func(p *MeSure) {
		if !m.asked {
			p.Other, p.OtherWords = "/me/data.pdf", v.t("screen.me.erase-other")
		}
	})
}
