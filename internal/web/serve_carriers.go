package web

import (
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// Outage says on every page of the police that a channel has no carrier now. Nothing is refused for it: what is launched waits.
type Outage struct {
	Words string // "" when every channel works
	Href  string // the phone tree, for who may see it; else empty
	All   bool   // nothing at all can go out
}

func (Outage) fragment() string { return "outage" }

// carrierRoutes is the banner by itself, for the script that asks for it every few seconds.
func (s *Server) carrierRoutes() []route {
	return []route{{method: "GET", path: "/carriers", may: buurtbel.MaySeeAlerts, handler: (*visit).carriers}}
}

func (v *visit) carriers() error {
	if err := v.seesZone(); err != nil {
		return err
	}
	if !v.part() { // somebody opened the address itself
		return v.redirect("/")
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return v.fragment(v.outage())
}

// working sorts the channels by whether any carrier of theirs is connected.
func (s *Server) working() (up, down []buurtbel.Channel) {
	if s.o.Health == nil {
		return nil, nil
	}
	return sortChannels(s.o.Health())
}

func sortChannels(all []delivery.Health) (up, down []buurtbel.Channel) {
	for _, c := range channelOrder {
		of := slices.DeleteFunc(slices.Clone(all), func(h delivery.Health) bool { return h.Channel != c })
		switch {
		case len(of) == 0:
		case slices.ContainsFunc(of, func(h delivery.Health) bool { return h.Up }):
			up = append(up, c)
		default:
			down = append(down, c)
		}
	}
	return up, down
}

func (v *visit) channelNames(channels []buurtbel.Channel) string {
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = v.t("screen.carriers." + string(c))
	}
	return locale.List(v.lang, names)
}

// outage says what cannot go out now; nothing for who does not work at the desk.
func (v *visit) outage() Outage {
	if v.session == nil || v.seesZone() != nil {
		return Outage{}
	}
	up, down := v.s.working()
	if len(down) == 0 {
		return Outage{}
	}
	o := Outage{All: len(up) == 0}
	if o.All {
		o.Words = v.t("screen.carriers.none")
	} else {
		o.Words = v.t("screen.carriers.some", "Down", v.channelNames(down), "Up", v.channelNames(up))
	}
	if o.All && v.may(buurtbel.MaySeeNames) == nil {
		o.Href = "/tree"
	}
	return o
}

// carrierFinding says before a launch what can and what cannot go out now. It refuses nothing and asks no reason.
func (d *drafting) carrierFinding() []Finding {
	up, down := d.v.s.working()
	if len(down) == 0 || d.forecast == nil {
		return nil
	}
	waiting := 0
	for _, c := range down {
		waiting += d.forecast.Contacts[c]
	}
	sentence := d.v.t("screen.carriers.launch-none", "Until", locale.When(d.v.lang, d.check.Expires, d.v.now, d.loc))
	if len(up) > 0 {
		sentence = d.v.t("screen.carriers.launch-some", "Down", d.v.channelNames(down), "Up", d.v.channelNames(up), "Count", waiting,
			"Until", locale.When(d.v.lang, d.check.Expires, d.v.now, d.loc))
	}
	return []Finding{{Level: "warned", Code: "carriers", Sentence: sentence}}
}
