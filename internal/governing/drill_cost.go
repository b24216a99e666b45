package governing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/gsm"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	drillValid = 2 * time.Hour // an exercise that nobody read by then is of no use
	drillSlice = 500           // members that one transaction reads
	sampleCode = "K7M-4P9"     // as long as the code of any alert
)

// hour is when an exercise is reckoned to be held: in the morning or after noon.
func hour(morning bool) int {
	if morning {
		return 10
	}
	return 14
}

// Reckon gives what an exercise with a network would cost.
func (d *Drills) Reckon(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, e *buurtbel.Exercise) (buurtbel.ExerciseCost, error) {
	if err := actor.May(buurtbel.MaySeeAlerts, buurtbel.Scope{Zone: zone, Network: e.Network}, d.db.Now()); err != nil {
		return buurtbel.ExerciseCost{}, err
	}
	g, err := d.ground(ctx, zone)
	if err != nil {
		return buurtbel.ExerciseCost{}, err
	}
	return d.cost(ctx, g, g.network(e.Network), e)
}

// cost reckons what an exercise would cost now.
func (d *Drills) cost(ctx context.Context, g *ground, n *buurtbel.Network, e *buurtbel.Exercise) (buurtbel.ExerciseCost, error) {
	r := &reckoning{at: e.Day.At(hour(e.Morning), 0, g.loc), minute: d.o.Minute, part: d.o.Part}
	if r.part == 0 {
		r.part = int64(g.zone.Limits.Part)
	}
	r.parts = gsm.Analyse(d.drillFrame(g, n, r.at).SMS()).Parts
	r.told = gsm.Analyse(d.announcement(g, n, e).SMS).Parts
	r.want = buurtbel.Want{Urgency: g.zone.Plan.UrgencyOf(g.fact()), Expires: r.at.Add(drillValid), Channels: d.o.Channels, Night: g.zone.Night, Cascade: g.zone.Cascade}
	var members []buurtbel.ID
	scope := buurtbel.Scope{Zone: g.zone.ID}
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		members, err = tx.MembersOf([]buurtbel.ID{n.ID})
		return err
	})
	for slice := range slices.Chunk(members, drillSlice) {
		if err != nil {
			break
		}
		err = d.db.Read(ctx, scope, func(tx *store.Tx) error {
			people, err := tx.Reachables(slice)
			for i := range people {
				r.count(&people[i], g.out)
			}
			return err
		})
	}
	if err != nil {
		return buurtbel.ExerciseCost{}, fmt.Errorf("reckon the cost of an exercise: %w", err)
	}
	r.Amount = int64(r.Texts+r.Told)*r.part + int64(r.Calls)*r.minute
	r.AtMost = r.Amount + int64(r.silent)*r.minute
	return r.ExerciseCost, nil
}

// reckoning adds a cost up, member by member.
type reckoning struct {
	buurtbel.ExerciseCost
	at           time.Time
	want         buurtbel.Want
	parts, told  int   // SMS parts of the exercise and of its announcement
	part, minute int64 // prices
	silent       int   // who are called when no text arrives
}

func (r *reckoning) count(p *store.Reachable, out []buurtbel.ID) {
	if _, wishesNone := slices.BinarySearch(out, p.Member.ID); wishesNone {
		r.Outside++
		return
	}
	steps, left := buurtbel.Deliver(&p.Member, p.Contacts, r.want, r.at)
	if left != buurtbel.NotLeft {
		return
	}
	r.People++
	for _, s := range steps {
		switch {
		case s.Rank > 0:
		case s.IfSilent:
			r.silent++
		case s.Channel == buurtbel.SMS:
			r.Texts += r.parts
		case s.Channel == buurtbel.Voice:
			r.Calls++
		}
	}
	tell, untold := buurtbel.Announce(&p.Member, p.Contacts, r.want.Channels)
	if untold != buurtbel.NotLeft {
		r.Untold++
	}
	for _, s := range tell {
		if s.Channel == buurtbel.SMS && s.Rank == 0 {
			r.Told += r.told
		}
	}
}

// fact is what an exercise stands for in the zone's plan: other, where the plan has it, so that an exercise sounds like no crime.
func (g *ground) fact() buurtbel.Fact {
	noon := g.today().At(12, 0, g.loc)
	if g.zone.Plan.OnPlan("other", buurtbel.PriorityHighest, noon, g.zone.Night) {
		return "other"
	}
	for _, r := range g.zone.Plan.Rules {
		if g.zone.Plan.OnPlan(r.Fact, buurtbel.PriorityHighest, noon, g.zone.Night) {
			return r.Fact
		}
	}
	return "other"
}

// drillTexts is what police say in an exercise.
func drillTexts(n *buurtbel.Network) (titles, texts map[buurtbel.Language]string) {
	titles, texts = map[buurtbel.Language]string{}, map[buurtbel.Language]string{}
	for _, lang := range n.Regime {
		titles[lang], texts[lang] = locale.Text(lang, "message.drill.title", nil), locale.Text(lang, "message.drill.text", nil)
	}
	return titles, texts
}

// drillFrame is the exercise as it will go out, for its length.
func (d *Drills) drillFrame(g *ground, n *buurtbel.Network, at time.Time) locale.Frame {
	titles, texts := drillTexts(n)
	return locale.Frame{Kind: buurtbel.KindLaunch, Regime: n.Regime, Texts: texts, Titles: titles, Source: g.zone.Name, Network: n.Name, Line: g.line,
		TextLine: g.country.TextLine, Exercise: true, Sent: at, Until: at.Add(drillValid), Place: g.loc, Code: sampleCode}
}

// announcement tells the members of a network of an exercise: when, that it is one, that nobody need do anything, and how to stay out.
func (d *Drills) announcement(g *ground, n *buurtbel.Network, e *buurtbel.Exercise) buurtbel.Wording {
	w := buurtbel.Wording{Regime: n.Regime.String()}
	letter := locale.Letter{Exercise: true}
	for i, lang := range n.Regime {
		part := "message.drill.afternoon"
		if e.Morning {
			part = "message.drill.morning"
		}
		args := buurtbel.Args{"Source": g.zone.Name, "Network": n.Name, "Date": locale.Date(lang, e.Day.At(12, 0, g.loc), g.loc), "Part": locale.Text(lang, part, nil), "Line": g.line}
		say := func(key string) string { return locale.Text(lang, key, args) }
		if i > 0 {
			w.Subject, w.SMS = w.Subject+" / ", w.SMS+"\n\n"
			letter.Blocks = append(letter.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		w.Subject, w.SMS = w.Subject+say("message.drill.told-subject"), w.SMS+say("message.drill.told-sms")
		for _, b := range []locale.Block{{Role: locale.Label, Text: say("message.exercise.mark")}, {Role: locale.Heading, Text: say("message.drill.told-subject")}, {Role: locale.Lead, Text: say("message.drill.told")},
			{Role: locale.Item, Text: say("message.drill.told-do")}, {Role: locale.Item, Text: say("message.drill.told-real")}, {Role: locale.Item, Text: say("message.drill.told-out")}} {
			b.Language = lang
			letter.Blocks = append(letter.Blocks, b)
		}
	}
	letter.Subject = w.Subject
	w.Mail, w.HTML = letter.Text(), letter.HTML()
	return w
}
