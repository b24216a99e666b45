package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

func (s *Server) liveRoutes() []route {
	return []route{
		{method: "GET", path: "/alerts", may: buurtbel.MaySeeAlerts, handler: (*visit).alerts},
		{method: "GET", path: "/alerts/{id}", may: buurtbel.MaySeeAlerts, handler: (*visit).live},
		{method: "GET", path: "/alerts/{id}/events", may: buurtbel.MaySeeAlerts, handler: (*visit).events},
		{method: "POST", path: "/alerts/{id}/stop", may: buurtbel.MayLaunch, handler: (*visit).stop},
		{method: "POST", path: "/alerts/{id}/tell", may: buurtbel.MayLaunch, handler: (*visit).tell},
		{method: "POST", path: "/alerts/{id}/cut", may: buurtbel.MayLaunch, handler: (*visit).cut},
		{method: "POST", path: "/alerts/{id}/texts/{text}", may: buurtbel.MayAnswerLost, handler: (*visit).settleText},
		{method: "GET", path: "/alerts/{id}/network", may: buurtbel.MaySeeNames, handler: (*visit).ownNetwork},
		{method: "GET", path: "/alerts/{id}/names", may: buurtbel.MaySeeNames, handler: (*visit).askNames},
		{method: "POST", path: "/alerts/{id}/names", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).showNames},
	}
}

// mostAlerts is how many alerts the list goes back.
const mostAlerts = 50

// alerts lists the newest alerts of the zone, those on their way first.
func (v *visit) alerts() error {
	if err := v.seesZone(); err != nil {
		return err
	}
	list := Alerts{New: v.may(buurtbel.MayLaunch) == nil}
	err := v.read(func(tx *store.Tx) error {
		zone, err := tx.Zone()
		if err != nil {
			return err
		}
		loc, err := zone.Location()
		if err != nil {
			return err
		}
		networks, err := tx.Networks()
		if err != nil {
			return err
		}
		found, err := tx.Alerts(mostAlerts)
		if err != nil {
			return err
		}
		for _, a := range found {
			line := v.alertLine(a, &liveFacts{alert: a, zone: zone, loc: loc, networks: networks, at: tx.Now()})
			if a.State == buurtbel.AlertRunning || a.State == buurtbel.AlertWaiting {
				list.Going = append(list.Going, line)
				continue
			}
			list.Earlier = append(list.Earlier, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.place.alerts"), Calm), list)
}

func (v *visit) alertLine(a *buurtbel.Alert, f *liveFacts) AlertLine {
	return AlertLine{Href: "/alerts/" + a.ID.String(), Title: v.titleOf(a), Where: v.whereOf(f), When: locale.When(v.lang, a.At, f.at, f.loc),
		State: v.t("screen.alert." + string(a.State)), Exercise: a.Exercise}
}

// seesZone asks whether the visitor may follow alerts of the whole zone: a coordinator sees names of the own network, not the desk's numbers.
func (v *visit) seesZone() error { return v.actor.May(buurtbel.MaySeeAlerts, v.scope(), v.now) }

// seeAlert reads the alert's id and finds it in the zone; one of another zone is not found.
func (v *visit) seeAlert() (buurtbel.ID, error) {
	id, err := v.id("id")
	if err != nil {
		return 0, err
	}
	if err := v.seesZone(); err != nil {
		return 0, err
	}
	return id, v.read(func(tx *store.Tx) error {
		_, err := tx.Alert(id)
		return err
	})
}

// live shows one alert as it stands now; the stream of events keeps it so.
func (v *visit) live() error { return v.showLive(http.StatusOK, nil) }

// showLive shows the page, with what is wrong with what was posted to it.
func (v *visit) showLive(status int, wrong error) error {
	id, err := v.seeAlert()
	if err != nil {
		return err
	}
	facts, err := v.s.readLive(v.r.Context(), v.zone, id)
	if err != nil {
		return err
	}
	view := v.liveView(facts)
	if err := v.offer(&view, facts); err != nil {
		return err
	}
	mode := Calm
	if view.Exercise {
		mode = Exercise
	}
	frame := v.frame(view.Title, mode)
	frame.Path = "/alerts/" + id.String()
	if !view.Over {
		frame.Refresh = 5
	}
	if wrong != nil {
		frame.Refresh, frame.Problem = 0, locale.Error(v.lang, wrong)
		v.explain(&view, wrong)
	}
	return v.respond(status, frame, view)
}

// explain puts what the check found under the field that was posted, and opens it again.
func (v *visit) explain(view *Live, wrong error) {
	view.Opened = v.posted()
	var refusal *alerting.Refusal
	if !errors.As(wrong, &refusal) {
		return
	}
	for _, p := range refusal.Check.Problems {
		if p.Level == wording.Note {
			continue
		}
		where := ""
		if words, ok := p.Args["Words"].(string); ok {
			where = words
		}
		view.Findings = append(view.Findings, Finding{Level: levels[p.Level], Code: "text", Sentence: v.t(p.Key, pairsOf(p.Args)...), Where: where})
	}
	if n := len(view.Findings); n > 0 && len(refusal.Check.Refused()) == 0 {
		view.Findings[n-1].Code, view.Findings[n-1].AsksWhy, view.Findings[n-1].Reason = "unwise", true, plain(v.r.PostFormValue("reason-unwise"))
	}
}

// posted names the form that was posted: it stands open again.
func (v *visit) posted() string {
	if strings.HasSuffix(v.r.URL.Path, "/tell") {
		return v.r.PostFormValue("kind")
	}
	return "stop"
}

// again shows the live page with what is wrong; what cannot be shown there goes on.
func (v *visit) again(err error) error {
	kind := buurtbel.KindOf(err)
	if kind == buurtbel.Forbidden || kind == buurtbel.NotFound || needsSignIn(err) {
		return err
	}
	if kind == buurtbel.Internal {
		v.s.o.Logger.ErrorContext(v.r.Context(), "alert not changed", "error", err)
	}
	return v.showLive(statusOf(kind), err)
}

// follow reads what is to be said after the alert: a text per language of its networks, nothing where all are empty.
func (v *visit) follow(name string) (map[buurtbel.Language]string, error) {
	out := map[buurtbel.Language]string{}
	for _, lang := range buurtbel.Languages {
		text, err := v.written(name+"-"+string(lang), 4000) // the check of alerts says more of a register number
		if err != nil {
			return nil, err
		}
		if text != "" {
			out[lang] = strings.Join(strings.Fields(text), " ")
		}
	}
	return out, nil
}

// moved tells whether another message of the alert went out since the page was made: by a second click, or by a colleague.
func (v *visit) moved(alert buurtbel.ID) (bool, error) {
	seen := v.r.PostFormValue("seen")
	if seen == "" {
		return false, nil
	}
	n := 0
	err := v.read(func(tx *store.Tx) error {
		messages, err := tx.MessagesOf(alert)
		n = len(messages)
		return err
	})
	return seen != strconv.Itoa(n), err
}

// stop stops the alert at once, and sends the correction to exactly those whom it reached. An empty correction only stops. Stopping comes
// first: nothing that is wrong with the correction holds it back.
func (v *visit) stop() error {
	id, err := v.seeAlert()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	v.s.live.posting.Lock()
	defer v.s.live.posting.Unlock()
	moved, err := v.moved(id)
	if err != nil {
		return err
	}
	texts, wrong := v.follow("correction")
	if wrong == nil && len(texts) > 0 && !moved {
		follow := alerting.Follow{Texts: texts, Valid: v.validity(buurtbel.KindCorrection), Unwise: plain(v.r.PostFormValue("reason-unwise"))}
		if _, wrong = v.s.o.Desk.Correct(v.r.Context(), v.actor, v.zone, id, follow); wrong == nil {
			return v.redirect("/alerts/" + id.String())
		}
	}
	if err := v.s.o.Desk.Stop(v.r.Context(), v.actor, v.zone, id); err != nil {
		return v.again(err)
	}
	if wrong != nil && buurtbel.KeyOf(wrong) != "error.alert.not-sent" { // stopped, and the correction still has to be mended
		return v.again(wrong)
	}
	return v.redirect("/alerts/" + id.String())
}

// tell sends an update, or the all clear, to those whom the alert reached.
func (v *visit) tell() error {
	id, err := v.seeAlert()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	v.s.live.posting.Lock()
	defer v.s.live.posting.Unlock()
	moved, err := v.moved(id)
	if err != nil {
		return err
	}
	if moved {
		return v.again(buurtbel.Fail(buurtbel.Conflict, "screen.live.moved", nil))
	}
	kind := buurtbel.MessageKind(v.r.PostFormValue("kind"))
	texts, err := v.follow(string(kind))
	if err == nil {
		follow := alerting.Follow{Kind: kind, Texts: texts, Valid: v.remaining(id, kind), Unwise: plain(v.r.PostFormValue("reason-unwise"))}
		_, err = v.s.o.Desk.Tell(v.r.Context(), v.actor, v.zone, id, follow)
	}
	if err != nil {
		return v.again(err)
	}
	return v.redirect("/alerts/" + id.String())
}

// validity is how long a later message holds, as the zone's ready text has it; three hours when that cannot be read, which holds nothing back.
func (v *visit) validity(kind buurtbel.MessageKind) time.Duration {
	list, err := v.s.o.Desk.Followers(v.r.Context(), v.actor, v.zone)
	if p, ok := ready(list).of(string(kind)); ok && err == nil {
		return p.Valid
	}
	return 3 * time.Hour
}

// remaining is how long an update or an all clear holds: as long as the alert, at least as its ready text has it.
func (v *visit) remaining(alert buurtbel.ID, kind buurtbel.MessageKind) time.Duration {
	least := v.validity(kind)
	left := least
	err := v.read(func(tx *store.Tx) error {
		a, err := tx.Alert(alert)
		if err == nil {
			left = max(least, a.Expires.Sub(v.now))
		}
		return err
	})
	if err != nil {
		return least
	}
	return left
}

// cut sends a waiting alert to the networks' own areas when nobody confirmed in time.
func (v *visit) cut() error {
	id, err := v.seeAlert()
	if err != nil {
		return err
	}
	if err := v.s.o.Desk.Cut(v.r.Context(), v.actor, v.zone, id); err != nil {
		return v.again(err)
	}
	return v.redirect("/alerts/" + id.String())
}

// settleText marks a text that came back as read, and journals who did.
func (v *visit) settleText() error {
	id, err := v.seeAlert()
	if err != nil {
		return err
	}
	text, err := v.id("text")
	if err != nil {
		return err
	}
	err = v.s.o.DB.Write(v.r.Context(), v.scope(), func(tx *store.Tx) error {
		texts, err := tx.TextsOf(id, 1000)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(texts, func(in *store.Inbound) bool { return in.ID == text })
		if at < 0 {
			return buurtbel.Fail(buurtbel.NotFound, "error.text.unknown", nil)
		}
		if texts[at].State == "seen" {
			return nil
		}
		if err := tx.MarkSeen(text); err != nil {
			return err
		}
		return tx.Append(id, buurtbel.EntryText, v.actor.Person, []byte("seen "+text.String()))
	})
	if err != nil {
		return err
	}
	return v.redirect("/alerts/" + id.String() + "#returned")
}
