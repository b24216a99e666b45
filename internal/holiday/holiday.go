// Package holiday has the public holidays of the countries that Buurtbel knows, and the days that a zone adds.
//
// It decides nothing: the root's FeedbackDue asks it which days are no working days. It does not count weekends, school holidays
// or the holidays of one German Land; a zone writes those it wants as extra days.
//
// Always true: the same day gives the same answer, whatever the time of day; every country of the root's profiles has a calendar.
//
// The holidays are those of github.com/rickar/cal, except where the law says otherwise: Luxembourg's are put right here.
package holiday

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/lu"
	"github.com/rickar/cal/v2/nl"

	"github.com/buurtbel/buurtbel"
)

// Calendar is the calendar of one zone: a buurtbel.Calendar. It never changes and is safe for concurrent use.
type Calendar struct {
	days  []*cal.Holiday
	dates map[string]bool // extra days, "2006-01-02" or, for every year, "01-02"
}

var _ buurtbel.Calendar = (*Calendar)(nil)

// byCountry: the Dutch list is that of article 3 of the Algemene termijnenwet, which counts Good Friday and every 5 May.
var byCountry = map[string][]*cal.Holiday{
	"BE": be.Holidays,
	"DE": de.Holidays, // the nine of the whole country
	"FR": fr.Holidays,
	"LU": luxembourg(),
	"NL": nl.Holidays,
}

// luxembourg puts the national day on 23 June (Code du travail, article L. 232-2) and adds Europe Day, a holiday since 2019.
func luxembourg() []*cal.Holiday {
	days := slices.DeleteFunc(slices.Clone(lu.Holidays), func(h *cal.Holiday) bool { return h == lu.Nationalfeierdag })
	return append(days,
		&cal.Holiday{Name: "Nationalfeierdag", Month: time.June, Day: 23, Func: cal.CalcDayOfMonth},
		&cal.Holiday{Name: "Europadag", Month: time.May, Day: 9, StartYear: 2019, Func: cal.CalcDayOfMonth})
}

// For gives the calendar of a country (ISO 3166-1, such as "BE") with the zone's extra days: "2026-12-24" for one day,
// "12-24" for that day of every year.
//
// Errors: error.holiday.country (NotFound), error.holiday.day with Day (Invalid).
func For(country string, extra ...string) (*Calendar, error) {
	days, ok := byCountry[country]
	if !ok {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.holiday.country", buurtbel.Args{"Country": country})
	}
	c := &Calendar{days: days, dates: make(map[string]bool, len(extra))}
	for _, day := range extra {
		if !isDay(day) {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.holiday.day", buurtbel.Args{"Day": day})
		}
		c.dates[day] = true
	}
	return c, nil
}

func isDay(s string) bool {
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return true
	}
	_, err := time.Parse(time.DateOnly, "2000-"+s) // a leap year, so that 02-29 may be asked for
	return err == nil
}

// Holiday tells whether the day, read in its own location, is a public holiday or one of the zone's extra days.
// A holiday that the law moves, such as the Dutch King's Day on a Sunday, counts on the day to which it was moved.
func (c *Calendar) Holiday(day time.Time) bool {
	if c.dates[day.Format(time.DateOnly)] || c.dates[day.Format("01-02")] {
		return true
	}
	year, month, date := day.Date()
	return slices.ContainsFunc(c.days, func(h *cal.Holiday) bool {
		_, observed := h.Calc(year)
		y, m, d := observed.Date()
		return y == year && m == month && d == date
	})
}
