package buurtbel

import "slices"

// Presenting is one carrier with what telephones show when it calls or texts.
type Presenting struct {
	Channel Channel // Voice or SMS; other channels show no number
	Meant   string  // what it is asked to show
	Shown   string  // what telephones do show: a number in E.164, a short code, or the name of a sender
}

// Caller is a number or a name that members see when a message comes.
type Caller struct {
	Shown        string
	Calls, Texts bool // what comes from it
	Own          bool // a carrier's own, used only while no carrier that shows the known one can be
}

// Dials tells whether a telephone can keep it: a number or a short code, not the name of a sender.
func (c Caller) Dials() bool {
	return c.Shown != "" && (c.Shown[0] == '+' || c.Shown[0] >= '0' && c.Shown[0] <= '9')
}

// Known gives what members are to know a channel by: for calls what the first trunk is meant to show; for texts the same where any of their
// carriers shows it, else what the first of them shows. "" for a channel that shows no number.
func Known(list []Presenting, on Channel) string {
	known, texts := "", ""
	for _, p := range slices.Backward(list) {
		switch p.Channel {
		case Voice:
			known = p.Meant
		case SMS:
			texts = p.Shown
		}
	}
	switch {
	case on == Voice:
		return known
	case on != SMS:
		return ""
	case slices.ContainsFunc(list, func(p Presenting) bool { return p.Channel == SMS && p.Shown == known }):
		return known
	}
	return texts
}

// Own tells whether a carrier shows something else than what members know: it is used last.
func (p Presenting) Own(list []Presenting) bool { return p.Shown != Known(list, p.Channel) }

// Callers lists everything that members may see, each once: what they know first, then what is a carrier's own.
func Callers(list []Presenting) []Caller {
	var out []Caller
	for _, p := range list {
		if p.Channel != Voice && p.Channel != SMS {
			continue
		}
		at := slices.IndexFunc(out, func(c Caller) bool { return c.Shown == p.Shown })
		if at < 0 {
			at, out = len(out), append(out, Caller{Shown: p.Shown, Own: true})
		}
		c := &out[at]
		c.Calls, c.Texts, c.Own = c.Calls || p.Channel == Voice, c.Texts || p.Channel == SMS, c.Own && p.Own(list)
	}
	slices.SortStableFunc(out, func(a, b Caller) int { return rank(a) - rank(b) })
	return out
}

// rank puts numbers that are known first, and those of calls before those of texts.
func rank(c Caller) int {
	n := 0
	if c.Own {
		n += 2
	}
	if !c.Calls {
		n++
	}
	return n
}
