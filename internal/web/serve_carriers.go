package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Outage says on every page of the police that a channel has no carrier now. Nothing is refused for it: what is launched waits.
type Outage struct {
	Words string // "" when every channel works, and shows the number that members know
	Href  string // the phone tree, for who may see it; else empty
	All   bool   // nothing at all can go out
	More  string // the page of carriers
}

func (Outage) fragment() string { return "outage" }

// carrierRoutes is the page of carriers, and the banner by itself for the script that asks for it every few seconds.
func (s *Server) carrierRoutes() []route {
	return []route{{method: "GET", path: "/carriers", may: buurtbel.MaySeeAlerts, handler: (*visit).carriers}}
}

func (v *visit) carriers() error {
	if err := v.seesZone(); err != nil {
		return err
	}
	if !v.part() {
		return v.respond(http.StatusOK, v.frame(v.t("screen.carriers.title"), Calm), v.carriersView())
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
	o := Outage{All: len(up) == 0 && len(down) > 0, More: "/carriers"}
	switch {
	case o.All:
		o.Words = v.t("screen.carriers.none")
	case len(down) > 0:
		o.Words = v.t("screen.carriers.some", "Down", v.channelNames(down), "Up", v.channelNames(up))
	}
	if o.Words = strings.TrimSpace(o.Words + " " + v.otherNumbers()); o.Words == "" {
		return Outage{}
	}
	if o.All && v.may(buurtbel.MaySeeNames) == nil {
		o.Href = "/tree"
	}
	return o
}

// otherNumbers says which channels show a number now that members may not know, because no carrier works that shows theirs.
func (v *visit) otherNumbers() string {
	if v.s.o.Health == nil {
		return ""
	}
	var out []string
	for _, h := range standIns(v.s.o.Health()) {
		out = append(out, v.t("screen.carriers.other-number", "Channel", v.channelNames([]buurtbel.Channel{h.Channel}), "Number", v.shown(h.Shown)))
	}
	return strings.Join(out, " ")
}

// standIns gives, for each channel whose known carriers are all down, the first of those with a number of their own that works.
func standIns(all []delivery.Health) (out []delivery.Health) {
	for _, c := range channelOrder {
		of := slices.DeleteFunc(slices.Clone(all), func(h delivery.Health) bool { return h.Channel != c })
		if !slices.ContainsFunc(of, func(h delivery.Health) bool { return !h.Own }) || slices.ContainsFunc(of, func(h delivery.Health) bool { return !h.Own && h.Up }) {
			continue
		}
		slices.SortStableFunc(of, func(a, b delivery.Health) int { return a.Order - b.Order })
		if i := slices.IndexFunc(of, func(h delivery.Health) bool { return h.Up }); i >= 0 {
			out = append(out, of[i])
		}
	}
	return out
}

// shown writes a number as people of the zone write it.
func (v *visit) shown(number string) string {
	country := ""
	err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			country = z.Country
		}
		return err
	})
	if err != nil || !strings.HasPrefix(number, "+") {
		return number
	}
	return phone.Format(number, country)
}

// carriersView lists the carriers by channel, in the order in which they are used.
func (v *visit) carriersView() Carriers {
	view := Carriers{}
	if v.s.o.Health == nil {
		return view
	}
	all := v.s.o.Health()
	slices.SortStableFunc(all, func(a, b delivery.Health) int {
		return cmp.Or(slices.Index(channelOrder, a.Channel)-slices.Index(channelOrder, b.Channel), a.Order-b.Order)
	})
	for _, h := range all {
		l := CarrierLine{Channel: v.t("screen.carriers." + string(h.Channel)), Carrier: h.Carrier, State: v.t("screen.carriers.works"), Trouble: !h.Up || !h.Trusted, Shown: v.shown(h.Shown), Own: h.Own}
		switch {
		case !h.Up:
			l.State = v.t("screen.carriers.down")
		case !h.Trusted:
			l.State = v.t("screen.carriers.troubled")
		}
		view.Lines = append(view.Lines, l)
	}
	return view
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
