package web

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// liveView puts the facts of an alert into the words of this viewer.
func (v *visit) liveView(f *liveFacts) Live {
	l := Live{Title: v.titleOf(f.alert), Since: locale.When(v.lang, f.alert.At, f.at, f.loc), Elapsed: v.elapsed(f), Exercise: f.alert.Exercise,
		Over: f.over(), Stopped: f.alert.State == buurtbel.AlertStopped, Texts: v.saidIn(f.launch().Message), Counts: f.counts(), Plot: v.plot(f), Gaps: v.gaps(f), Back: v.back(f),
		Channels: v.channels(f), Follows: v.follows(f), Waiting: v.waiting(f), Where: v.whereOf(f)}
	at := "/alerts/" + f.alert.ID.String()
	if !l.Over {
		l.Events = at + "/events"
	}
	if v.may(buurtbel.MayReadLog) == nil {
		l.Journal = at + "/journal"
	}
	if f.debt != nil && f.debt.Settled.IsZero() && v.may(buurtbel.MayFeedback) == nil {
		l.Debt = "/debts"
	}
	if v.may(buurtbel.MayLaunch) == nil && f.alert.State != buurtbel.AlertRefused {
		l.StopAt, l.StopTo = at+"/stop", reachedOf(f.launch())
		if f.stage() != "waiting" {
			l.Tells = v.tells(f, at+"/tell")
		}
	}
	return l
}

// titleOf names an alert by its fact.
func (v *visit) titleOf(a *buurtbel.Alert) string {
	if key := "template.fact." + string(a.Fact); locale.Has(key) {
		return v.t(key)
	}
	return v.t("template.fact.other")
}

func (v *visit) whereOf(f *liveFacts) string {
	var names []string
	for _, id := range f.alert.Networks {
		names = append(names, f.networkName(id))
	}
	where := locale.List(v.lang, names)
	if f.alert.Area != nil {
		where = v.t("screen.live.where-drawn", "Where", where)
	}
	return where
}

func (v *visit) elapsed(f *liveFacts) string {
	end := f.at
	if f.over() && !f.alert.Finished.IsZero() {
		end = f.alert.Finished
	}
	return locale.Span(v.lang, max(0, end.Sub(f.started())))
}

// saidIn gives a message's SMS per regime, as it went out.
func (v *visit) saidIn(m *buurtbel.Message) []SentText {
	var out []SentText
	for _, w := range m.Texts {
		s := SentText{Lang: strings.SplitN(w.Regime, "+", 2)[0], Text: buurtbel.WithoutLink(w.SMS)}
		if len(m.Texts) > 1 {
			s.Name = w.Regime
		}
		out = append(out, s)
	}
	return out
}

// counts are those of the alert itself. Who is tried again soon is on the way, and does not sleep.
func (f *liveFacts) counts() Counts {
	c := countsOf(f.launch())
	again := 0
	for _, g := range f.gaps {
		if g.next.After(f.at) {
			again += g.n
		}
	}
	again = min(again, c.Later)
	c.Later, c.Waiting = c.Later-again, c.Waiting+again
	return c
}

// countsOf counts members by the best that is known of each; delivered are among the handed over, and heard among the delivered.
func countsOf(m *liveMessage) Counts {
	t := m.tally
	c := Counts{Recipients: t.Audience, Heard: t.Members[buurtbel.Heard], Uncertain: t.Members[buurtbel.Uncertain], Later: t.Waiting}
	c.Delivered = c.Heard + t.Members[buurtbel.Delivered]
	c.HandedOver = c.Delivered + t.Members[buurtbel.HandedOver]
	c.NotReached = t.Unreached
	for _, n := range t.Left {
		c.LeftOut += n
	}
	c.Rang = t.Members[buurtbel.Rang]
	c.Waiting = max(0, t.Audience-c.HandedOver-c.Rang-c.Uncertain-c.NotReached-c.LeftOut-c.Later)
	if m.State == buurtbel.MessageStopped || m.State == buurtbel.MessageFinished { // nobody who was not planned gets it any more
		c.NotReached += max(0, t.Audience-t.Expanded)
		c.Waiting = max(0, c.Waiting-(t.Audience-t.Expanded))
	}
	return c
}

// reachedOf is how many members a correction goes to: rule 2's reached.
func reachedOf(m *liveMessage) int {
	n := 0
	for state, members := range m.tally.Members {
		if state.Reached() {
			n += members
		}
	}
	return n
}

func (v *visit) plot(f *liveFacts) Plot {
	p := Plot{Total: f.launch().tally.Audience}
	end := math.Ceil(f.at.Sub(f.started()).Seconds())
	if f.progress != nil {
		end = max(end, f.step.Seconds()*float64(max(len(f.progress.HandedOver), len(f.progress.Delivered), len(f.progress.Heard))))
	}
	line := func(state buurtbel.DeliveryState, counts []int) {
		if len(counts) == 0 {
			return
		}
		s := Series{Name: v.t("screen.state." + string(state)), State: string(state), Points: []Point{{0, 0}}}
		sum := 0
		for i, n := range counts {
			if n == 0 && i+1 < len(counts) && counts[i+1] == 0 { // a flat stretch needs its ends only
				continue
			}
			sum += n
			s.Points = append(s.Points, Point{float64(i+1) * f.step.Seconds(), sum})
		}
		if f.stage() == "going" {
			s.Points = append(s.Points, Point{end, sum})
		}
		p.Series = append(p.Series, s)
	}
	if f.progress != nil {
		line(buurtbel.HandedOver, f.progress.HandedOver)
		line(buurtbel.Delivered, f.progress.Delivered)
		line(buurtbel.Heard, f.progress.Heard)
	}
	return p
}

// gaps lists the streets that were not reached. Who may see names gets a way to them; the look itself asks a reason.
func (v *visit) gaps(f *liveFacts) Gaps {
	g := Gaps{Going: f.stage() == "going"}
	for _, gap := range f.gaps {
		line := Gap{Street: gap.where, Members: gap.n, State: string(gap.state)}
		if gap.reason != "" {
			line.Why = v.t("screen.reason." + string(gap.reason))
		}
		if !gap.next.IsZero() {
			line.Next = v.t("screen.live.again", "When", locale.When(v.lang, gap.next, f.at, f.loc))
		}
		g.Lines = append(g.Lines, line)
	}
	if len(g.Lines) > 0 && v.mayName(f.alert) {
		g.NamesURL = "/alerts/" + f.alert.ID.String() + "/names"
	}
	return g
}

// mayName tells whether the viewer may see names in a network of the alert.
func (v *visit) mayName(a *buurtbel.Alert) bool { return len(v.nameable(a)) > 0 }

func (v *visit) back(f *liveFacts) Back {
	b := Back{}
	settles := v.may(buurtbel.MayAnswerLost) == nil
	for _, t := range f.texts {
		line := BackLine{When: locale.When(v.lang, t.at, f.at, f.loc), From: t.from, Text: t.text, Urgent: t.urgent, Seen: t.seen}
		if line.From == "" {
			line.From = v.t("screen.live.unknown-sender")
		}
		if settles && !t.seen {
			line.SettleAt = "/alerts/" + f.alert.ID.String() + "/texts/" + t.id.String()
		}
		b.Lines = append(b.Lines, line)
	}
	return b
}

var channelOrder = []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice, buurtbel.Email, buurtbel.Push}

// channels says how each channel does, and what the alert costs so far.
func (v *visit) channels(f *liveFacts) Channels {
	c := Channels{}
	cost := int64(0)
	for i := range f.messages {
		cost += v.s.cost(f.messages[i].tally, int64(f.zone.Limits.Part))
	}
	c.Cost = locale.Price(v.lang, (cost+50)/100*100)
	for _, channel := range channelOrder {
		t, used := f.launch().tally.ByChannel[channel]
		if !used {
			continue
		}
		line := ChannelLine{Name: v.t("screen.channel." + string(channel))}
		for state, n := range t.Deliveries {
			switch {
			case state == buurtbel.NotNeeded:
				continue
			case state.Reached():
				line.HandedOver += n
			}
			line.Total += n
		}
		line.Why = v.trouble(t)
		c.Lines = append(c.Lines, line)
	}
	return c
}

// trouble names the most frequent reason of failure on a channel.
func (v *visit) trouble(t store.ChannelTally) string {
	var worst buurtbel.Reason
	for _, reason := range buurtbel.Reasons {
		if t.Reasons[reason] > t.Reasons[worst] {
			worst = reason
		}
	}
	if worst == "" {
		return ""
	}
	return v.t("screen.live.trouble", "Count", t.Reasons[worst], "Why", v.t("screen.reason."+string(worst)))
}

// follows lists what went out after the alert itself.
func (v *visit) follows(f *liveFacts) Follows {
	out := Follows{}
	for i := range f.messages {
		m := &f.messages[i]
		if i == 0 {
			continue
		}
		c := countsOf(m)
		out.Lines = append(out.Lines, FollowLine{Kind: v.t("message.mail.kind-" + string(m.Kind)), Texts: v.saidIn(m.Message), HandedOver: c.HandedOver + c.Uncertain, Total: c.Recipients,
			Done: m.State == buurtbel.MessageFinished || m.State == buurtbel.MessageStopped})
	}
	return out
}

// waiting says that a second person was asked, how long the dispatcher waits, and then that the alert may be cut.
func (v *visit) waiting(f *liveFacts) Waiting {
	if f.stage() != "waiting" || f.asked == nil {
		return Waiting{}
	}
	w := Waiting{People: f.asked.People, Since: locale.When(v.lang, f.asked.Asked, f.at, f.loc)}
	left := f.asked.Asked.Add(time.Duration(f.zone.Limits.Wait) * time.Second).Sub(f.at)
	if v.may(buurtbel.MayLaunch) != nil {
		return w
	}
	if left > 0 {
		seconds := int(math.Ceil(left.Seconds()))
		w.Left = strconv.Itoa(seconds/60) + ":" + pad(seconds%60)
		return w
	}
	w.CutAt = "/alerts/" + f.alert.ID.String() + "/cut"
	return w
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// languagesOf lists the languages of the alert's networks, each once, in order.
func languagesOf(f *liveFacts) []buurtbel.Language {
	var out []buurtbel.Language
	seen := map[buurtbel.Language]bool{}
	for _, id := range f.alert.Networks {
		for _, n := range f.networks {
			if n.ID != id {
				continue
			}
			for _, lang := range n.Regime {
				if !seen[lang] {
					seen[lang] = true
					out = append(out, lang)
				}
			}
		}
	}
	return out
}

// offers are the zone's ready texts of what follows an alert, with what is known filled in.
type offers struct {
	ready ready
	line  string
}

func (v *visit) readOffers(f *liveFacts) (offers, error) {
	lines, err := f.zone.EmergencyLines()
	if err != nil {
		return offers{}, err
	}
	o := offers{}
	if len(lines) > 0 {
		o.line = lines[0].Number
	}
	o.ready, err = v.s.o.Desk.Followers(v.r.Context(), v.actor, v.zone)
	return o, err
}

// offer puts the ready texts into the forms of a page on which the viewer may send something.
func (v *visit) offer(view *Live, f *liveFacts) error {
	if view.StopAt == "" {
		return nil
	}
	o, err := v.readOffers(f)
	if err != nil {
		return err
	}
	view.Stops = v.followFields(f, buurtbel.KindCorrection, o)
	for i := range view.Tells {
		view.Tells[i].Fields = v.followFields(f, buurtbel.MessageKind(view.Tells[i].Kind), o)
	}
	return nil
}

// followFields are the text areas of a later message, one per language, with the ready text or what was typed.
func (v *visit) followFields(f *liveFacts, kind buurtbel.MessageKind, o offers) []Field {
	var out []Field
	languages, name := languagesOf(f), string(kind)
	p, ready := o.ready.of(name)
	for _, lang := range languages {
		field := Field{Name: name + "-" + string(lang), Label: v.t("screen.field." + name), Rows: 3, Lang: string(lang)}
		if len(languages) > 1 {
			field.Label += " (" + v.t("screen.language.own."+string(lang)) + ")"
		}
		if ready {
			field.Value = p.Offer(lang, o.line)
		}
		if _, typed := v.r.PostForm[field.Name]; typed {
			field.Value = plain(v.r.PostFormValue(field.Name))
		}
		out = append(out, field)
	}
	return out
}

// tells are the update and the all clear, still without their texts.
func (v *visit) tells(f *liveFacts, at string) []Tell {
	n := reachedOf(f.launch())
	return []Tell{
		{Kind: string(buurtbel.KindUpdate), Action: at, Title: v.t("screen.live.update"), Do: v.t("screen.live.update-do", "Count", n), Key: "F6"},
		{Kind: string(buurtbel.KindAllClear), Action: at, Title: v.t("screen.live.all-clear"), Do: v.t("screen.live.all-clear-do", "Count", n), Key: "F7"},
	}
}
