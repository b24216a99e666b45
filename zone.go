package buurtbel

import (
	"fmt"
	"time"
)

// Zone is a police zone: the local police force that one or more networks work with.
type Zone struct {
	ID        ID
	Name      string // such as "Politiezone Vlierbeek"; official, the same in every language
	Country   string // ISO 3166-1 of its country profile
	TimeZone  string // IANA name
	Lines     []Line // the zone's own lines and order; empty: those of the country profile
	Callable  []string
	Night     Hours // when alerts count as launched by night
	Plan      Plan
	Limits    Limits
	Contact   string       // mailbox of the police for members, official
	Extra     []string     // holidays of its own, as internal/holiday reads them
	Names     []string     // district and shop names that are no persons, for the linter
	LinkInSMS bool         // acknowledgement links in SMS; off by default
	Cascade   Cascade      // when a call follows a text
	Silence   int          // days without a sign after which a coordinator's deputy and officer are told; 0: DefaultSilence, negative: nobody is
	Lexicon   []Respelling // words that a voice would say wrong
	Mails     int          // bulletins and digests by mail that a member gets on one day; 0: DefaultMails
	Exercises *Exercises   // how it exercises with its networks; nil: DefaultExercises
}

// Hours is a span of local wall time in minutes after midnight; From may be later than Until, over midnight.
type Hours struct {
	From  int `json:"from"`
	Until int `json:"until"`
}

// DefaultNight is 22.00 to 07.00 local time.
var DefaultNight = Hours{From: 22 * 60, Until: 7 * 60}

// Contains tells whether a minute of the day lies in the span. From equal to Until is an empty span.
func (h Hours) Contains(minute int) bool {
	if h.From <= h.Until {
		return minute >= h.From && minute < h.Until
	}
	return minute >= h.From || minute < h.Until
}

// End gives the first moment at or after t, in its location, when the span is over.
// Wall time decides, so that on the days when the clock changes the span ends at the same wall time. A span of the whole day, which
// never ends, gives the next midnight.
func (h Hours) End(t time.Time) time.Time {
	if !h.Contains(minuteOf(t)) {
		return t
	}
	end := time.Date(t.Year(), t.Month(), t.Day(), h.Until/60, h.Until%60, 0, 0, t.Location())
	if !end.After(t) {
		if minuteOf(t) < h.Until { // today's end lies ahead by the clock on the wall: its hour comes twice, and this is the second time
			return h.walk(t)
		}
		end = time.Date(t.Year(), t.Month(), t.Day()+1, h.Until/60, h.Until%60, 0, 0, t.Location())
	}
	_, before := t.Zone()
	if _, after := end.Zone(); before == after && minuteOf(end) == h.Until%(24*60) {
		return end
	}
	return h.walk(t)
}

// walk finds the end of a span in a night in which the clock changes: the end's wall time may come twice that night, or not at all.
func (h Hours) walk(t time.Time) time.Time {
	m := t.Truncate(time.Minute).Add(time.Minute)
	for limit := m.Add(26 * time.Hour); h.Contains(minuteOf(m)) && m.Before(limit); {
		m = m.Add(time.Minute)
	}
	return m
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// Limits say when an area or an audience needs a second person.
type Limits struct {
	SquareKM float64 `json:"square_km"` // a larger area needs a second person
	Members  int     `json:"members"`   // a larger audience needs a second person
	Wait     int     `json:"wait"`      // seconds until the dispatcher may cut to the networks' own areas
	Part     int     `json:"part"`      // price of one SMS part in 1/10000 euro, for the forecast when no carrier says
}

// DefaultLimits are a village's: 25 km², 5,000 members, five minutes.
var DefaultLimits = Limits{SquareKM: 25, Members: 5000, Wait: 300, Part: 550}

// Exercising gives how the zone exercises.
func (z *Zone) Exercising() Exercises {
	if z.Exercises == nil {
		return DefaultExercises
	}
	return *z.Exercises
}

// Location gives the zone's time zone.
func (z *Zone) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(z.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("zone's time zone: %w", err)
	}
	return loc, nil
}

// EmergencyLines gives the lines that members are told to call, the first first.
func (z *Zone) EmergencyLines() ([]Line, error) {
	if len(z.Lines) > 0 {
		return z.Lines, nil
	}
	c, err := CountryProfile(z.Country)
	if err != nil {
		return nil, err
	}
	return c.Lines, nil
}

// Reachable gives the countries whose numbers the zone allows.
func (z *Zone) Reachable() ([]string, error) {
	if len(z.Callable) > 0 {
		return z.Callable, nil
	}
	c, err := CountryProfile(z.Country)
	if err != nil {
		return nil, err
	}
	return c.Callable, nil
}
