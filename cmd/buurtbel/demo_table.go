package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// table prints what became of the alert: per state, per channel, and how long it took.
func (d *demo) table(p *played) error {
	out := &printer{d: d}
	d.oneMessage(out, &p.launch)
	out.line("")
	d.oneMessage(out, &p.feedback)
	out.line("")
	out.line("%-58s %6d", d.w.say("unreached"), p.NotReached)
	out.line("%-58s %6d", d.w.say("outside"), p.OutsideReceived)
	out.line("%s", d.w.say("took", p.FirstHandoffMS, p.LastHandoffMS, p.seconds))
	if c := p.Calls; c.Outside > 0 {
		out.line("%s", d.w.say("called", c.Outside, c.Answered, c.Machines, c.Confirmed, c.LastMS))
	}
	out.line("%s", d.w.say("agree", p.messages))
	return out.err
}

func (d *demo) oneMessage(out *printer, m *alerting.MessageView) {
	lang := d.w.commands.Language
	kind := map[buurtbel.MessageKind]string{buurtbel.KindLaunch: "alert", buurtbel.KindFeedback: "feedback"}[m.Kind]
	out.line("%s", d.w.say("title", d.w.say(kind), d.town.Town.Networks[playNetwork].Name, final(m.Tally)+m.Tally.Open))
	channels := slices.Sorted(maps.Keys(m.Tally.ByChannel))
	head := ""
	for _, c := range channels {
		head += " " + pad(string(c))
	}
	out.line("  %-56s %6s%s", "", pad(d.w.say("members")), head)
	for _, state := range buurtbel.DeliveryStates {
		members, any := m.Tally.Members[state], false
		row := ""
		for _, c := range channels {
			n := m.Tally.ByChannel[c].Deliveries[state]
			any = any || n > 0
			row += " " + pad(locale.Number(lang, int64(n)))
		}
		if members > 0 || any {
			out.line("  %-56s %s%s", word(lang, "screen.state."+string(state), string(state)), pad(locale.Number(lang, int64(members))), row)
		}
	}
	for _, left := range slices.Sorted(maps.Keys(m.Tally.Left)) {
		out.line("  %-56s %s", d.w.say("left", leftWords[left][d.w.place()]), pad(locale.Number(lang, int64(m.Tally.Left[left]))))
	}
}

func pad(s string) string {
	for len([]rune(s)) < 10 {
		s = " " + s
	}
	return s
}

// printer keeps the first error of writing.
type printer struct {
	d   *demo
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.d.w.out, format+"\n", args...)
	}
}
