package app

import (
	"cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
)

// presentsTexts is what telephones show of the i-th carrier of SMS.
func (a *App) presentsTexts(i int) buurtbel.Presenting {
	c := a.Config.SMS[i]
	return buurtbel.Presenting{Channel: buurtbel.SMS, Meant: c.Sender, Shown: c.Sender}
}

// presentsCalls is what telephones show of the i-th trunk.
func (a *App) presentsCalls(i int) buurtbel.Presenting {
	c := a.Config.Voice[i]
	return buurtbel.Presenting{Channel: buurtbel.Voice, Meant: c.Caller, Shown: cmp.Or(c.Shown, c.Caller)}
}

// presenting is what telephones show of every carrier that has a number or a name, as configured.
func (a *App) presenting() []buurtbel.Presenting {
	var out []buurtbel.Presenting
	for i := range a.Config.Voice {
		out = append(out, a.presentsCalls(i))
	}
	for i := range a.Config.SMS {
		out = append(out, a.presentsTexts(i))
	}
	return out
}

// shows marks the lane of a carrier that shows something else than members know.
func (a *App) shows(p buurtbel.Presenting, l delivery.Lane) delivery.Lane {
	l.Shown, l.Own = p.Shown, p.Own(a.presenting())
	if l.Own {
		a.log.Warn("carrier shows a number of its own, which members may not know: it is used last", "channel", l.Channel, "carrier", l.Carrier)
	}
	return l
}
