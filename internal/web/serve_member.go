package web

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// memberRoutes are the pages behind links: the link is the right, nobody signs in. GET shows, POST does.
func (s *Server) memberRoutes() []route {
	return []route{
		{method: "GET", path: "/h/{token}", open: true, handler: (*visit).heard},
		{method: "POST", path: "/h/{token}", open: true, handler: (*visit).confirmHeard},
		{method: "GET", path: "/c/{token}", open: true, handler: (*visit).second},
		{method: "POST", path: "/c/{token}", open: true, handler: (*visit).answerSecond},
		{method: "GET", path: "/health", open: true, handler: (*visit).health},
	}
}

// link gives the token of the path, unless it was tried too often.
func (v *visit) link() (string, error) {
	link := v.r.PathValue("token")
	return link, v.s.links.pass(link[:min(len(link), 64)], v.now)
}

func (v *visit) heard() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if i, err := governing.InvitationBehind(v.r.Context(), v.s.o.DB, link); err != nil {
		return err
	} else if i != nil {
		return v.redirect("/meeting/" + link)
	}
	if a, err := governing.RulesBehind(v.r.Context(), v.s.o.DB, link); err != nil {
		return err
	} else if a != nil {
		return v.redirect("/house-rules/" + link)
	}
	p, err := v.s.o.Desk.Shown(v.r.Context(), link)
	if err != nil {
		return err
	}
	if !v.chose {
		v.lang = p.Language
	}
	f := v.frame(v.t("screen.heard.title", "Source", p.Source), Calm)
	f.Shape = Member
	if p.Exercise {
		f.Mode = Exercise
	}
	view := v.heardView(p, link)
	if v.s.o.PushKey != "" {
		to, err := joining.DeviceLink(v.r.Context(), v.s.o.DB, link)
		if err != nil {
			return err
		}
		if to != "" {
			view.Device = "/device/" + to
		}
	}
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) heardView(p *alerting.Page, link string) Heard {
	h := Heard{Source: p.Source, Text: p.Text, Language: string(p.Language), Action: "/h/" + link, Over: p.Over || p.Corrected, Corrected: p.Corrected}
	if !p.Heard.IsZero() {
		h.Said = v.t("screen.heard.said-at", "When", locale.When(v.lang, p.Heard, v.now, p.At))
	}
	if p.Line != "" {
		h.Line, h.LineCall = p.Line, template.URL("tel:"+strings.Map(dialled, p.Line))
	}
	return h
}

// dialled keeps what a telephone dials.
func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

func (v *visit) confirmHeard() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.s.o.Desk.Confirm(v.r.Context(), link); err != nil {
		return err
	}
	return v.redirect("/h/" + link)
}

// second shows what is asked of a second person, without using the link up.
func (v *visit) second() error {
	link, q, err := v.question()
	if err != nil {
		return err
	}
	return v.showSecond(link, q, http.StatusOK, "")
}

func (v *visit) question() (link string, q *alerting.Question, err error) {
	if link, err = v.link(); err != nil {
		return "", nil, err
	}
	q, err = v.s.o.Desk.QuestionBehind(v.r.Context(), link)
	return link, q, err
}

func (v *visit) showSecond(link string, q *alerting.Question, status int, problem string) error {
	view, err := v.confirmView(link, q)
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.confirm.title"), Calm)
	f.Shape, f.Problem, f.Path = Bare, problem, "/c/"+link
	if view.Done != "" {
		f.Problem = ""
	}
	if q.Alert.Exercise {
		f.Mode = Exercise
	}
	return v.respond(status, f, view)
}

// answerSecond takes the answer, which uses the link up. A text, area or count that changed meanwhile is shown again.
func (v *visit) answerSecond() error {
	link, q, err := v.question()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	answer := v.r.PostFormValue("answer")
	digest, err := hex.DecodeString(v.r.PostFormValue("digest"))
	if err != nil || answer != "yes" && answer != "no" {
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	err = v.s.o.Desk.AnswerBehind(v.r.Context(), link, digest, answer == "yes")
	if kind := buurtbel.KindOf(err); kind == buurtbel.Conflict {
		if _, q, err2 := v.question(); err2 == nil {
			return v.showSecond(link, q, statusOf(kind), locale.Error(v.lang, err))
		}
	}
	if err != nil {
		return err
	}
	q.Answer = answer
	return v.showSecond(link, q, http.StatusOK, "")
}

// confirmView fills the page of the second person from what is asked.
func (v *visit) confirmView(link string, q *alerting.Question) (Confirm, error) {
	c := Confirm{Action: "/c/" + link, Members: q.People, Digest: hex.EncodeToString(q.Digest), Done: v.answered(q), Asker: q.Asker,
		Why: locale.Text(v.lang, q.WhyKey, q.WhyArgs), Area: locale.List(v.lang, q.Networks)}
	if wait := q.MayCut.Sub(v.now); wait > 0 {
		c.Left = locale.Span(v.lang, wait)
	}
	if q.Alert.Area != nil {
		c.Area = v.t("screen.confirm.drawn", "SquareKM", locale.Decimal(v.lang, int64(q.Alert.Area.SquareKM()*10+0.5), 1), "Networks", c.Area)
	}
	for _, w := range q.Wordings {
		lang, _, _ := strings.Cut(w.Regime, "+")
		c.Said = append(c.Said, Said{lang, buurtbel.WithoutLink(w.SMS)})
	}
	v.zone = q.Alert.Zone
	err := v.read(func(tx *store.Tx) error {
		networks, err := tx.Networks()
		c.Map = Map{Title: v.t("screen.map.title"), Areas: collection(chosen(networks, q.Alert.Networks), q.Alert.Area)}
		return err
	})
	return c, err
}

// answered says what came of the question; "" while it is open.
func (v *visit) answered(q *alerting.Question) string {
	switch {
	case q.Answer == "yes":
		return v.t("screen.confirm.done-yes")
	case q.Answer == "no":
		return v.t("screen.confirm.done-no")
	case q.Answer == "cut":
		return v.t("screen.confirm.done-cut")
	case q.Answer == "late",
		q.Alert.State != buurtbel.AlertWaiting || !v.now.Before(q.Alert.Expires):
		return v.t("screen.confirm.done-late")
	}
	return ""
}

// chosen gives the networks with these ids, in the order of the list.
func chosen(all []*buurtbel.Network, ids []buurtbel.ID) []*buurtbel.Network {
	var out []*buurtbel.Network
	for _, n := range all {
		for _, id := range ids {
			if n.ID == id {
				out = append(out, n)
			}
		}
	}
	return out
}

// names writes the names of networks as a sentence does.
func names(lang buurtbel.Language, networks []*buurtbel.Network) string {
	words := make([]string, len(networks))
	for i, n := range networks {
		words[i] = n.Name
	}
	return locale.List(lang, words)
}

// collection writes areas as the map of a page reads them: networks, and what was drawn.
func collection(networks []*buurtbel.Network, drawn buurtbel.Area) string {
	type feature struct {
		Type       string            `json:"type"`
		Properties map[string]string `json:"properties"`
		Geometry   json.RawMessage   `json:"geometry"`
	}
	features, kind := []feature{}, "chosen"
	if len(drawn) > 0 {
		kind = "zone" // what was drawn is what counts: the networks only say where that is
	}
	for _, n := range networks {
		if len(n.Area) > 0 {
			features = append(features, feature{"Feature", map[string]string{"name": n.Name, "kind": kind}, geo.Encode(n.Area)})
		}
	}
	if len(drawn) > 0 {
		features = append(features, feature{"Feature", map[string]string{"name": "", "kind": "chosen"}, geo.Encode(drawn)})
	}
	var b bytes.Buffer
	if json.NewEncoder(&b).Encode(map[string]any{"type": "FeatureCollection", "features": features}) != nil {
		return "" // numbers that no map can draw: the list beside it says the same
	}
	return strings.TrimSpace(b.String())
}

// health tells whether the store answers: for who watches over the program from outside.
func (v *visit) health() error {
	ctx, cancel := context.WithTimeout(v.r.Context(), 2*time.Second)
	defer cancel()
	err := v.s.o.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		_, err := tx.OldestUndelivered()
		return err
	})
	if err != nil {
		v.s.o.Logger.ErrorContext(ctx, "store does not answer", "error", err)
		return v.json(http.StatusServiceUnavailable, map[string]string{"status": "store"})
	}
	return v.json(http.StatusOK, map[string]string{"status": "ok"})
}
