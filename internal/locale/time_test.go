package locale

import (
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
)

func brussels(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestWhen(t *testing.T) {
	loc := brussels(t)
	now := time.Date(2026, 11, 3, 16, 0, 0, 0, loc)
	cases := []struct {
		lang buurtbel.Language
		at   time.Time
		want string
	}{
		{buurtbel.Dutch, now.Add(-115 * time.Minute), "vandaag 14.05 uur"},
		{buurtbel.French, now.Add(-115 * time.Minute), "aujourd'hui à 14 h 05"},
		{buurtbel.German, now.Add(-115 * time.Minute), "heute um 14.05 Uhr"},
		{buurtbel.English, now.Add(-115 * time.Minute), "today at 14:05"},
		{buurtbel.Dutch, now.Add(16 * time.Hour), "morgen 8.00 uur"},
		{buurtbel.Dutch, now.Add(-24 * time.Hour), "gisteren 16.00 uur"},
		{buurtbel.Dutch, now.Add(48 * time.Hour), "donderdag 5 november 2026 om 16.00 uur"},
		{buurtbel.French, time.Date(2026, 8, 1, 9, 5, 0, 0, loc), "samedi 1er août 2026 à 9 h 05"},
		{buurtbel.German, time.Date(2027, 3, 28, 3, 0, 0, 0, loc), "Sonntag, 28. März 2027 um 3.00 Uhr"},
		{buurtbel.English, time.Date(2026, 12, 25, 0, 0, 0, 0, loc), "Friday 25 December 2026 at 0:00"},
	}
	for _, c := range cases {
		if got := When(c.lang, c.at, now, loc); got != c.want {
			t.Errorf("When(%s, %v) = %q, want %q", c.lang, c.at, got, c.want)
		}
	}
}

// The nights when the clock changes have 23 and 25 hours; a day stays a day.
func TestDayOverClockChange(t *testing.T) {
	loc := brussels(t)
	cases := []struct {
		now, at time.Time
		want    string
	}{
		{time.Date(2026, 10, 24, 23, 30, 0, 0, loc), time.Date(2026, 10, 25, 23, 45, 0, 0, loc), "morgen"},
		{time.Date(2026, 10, 25, 0, 30, 0, 0, loc), time.Date(2026, 10, 25, 23, 45, 0, 0, loc), "vandaag"},
		{time.Date(2027, 3, 28, 23, 30, 0, 0, loc), time.Date(2027, 3, 27, 0, 15, 0, 0, loc), "gisteren"},
		{time.Date(2026, 11, 3, 23, 30, 0, 0, time.UTC), time.Date(2026, 11, 4, 1, 0, 0, 0, loc), "vandaag"},
	}
	for _, c := range cases {
		if got := Day(buurtbel.Dutch, c.at, c.now, loc); got != c.want {
			t.Errorf("Day(%v at %v) = %q, want %q", c.at, c.now, got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	cases := []struct{ got, want string }{
		{Span(buurtbel.Dutch, 90*time.Second), "1 minuut"},
		{Span(buurtbel.Dutch, 50*time.Hour), "2 dagen"},
		{Span(buurtbel.French, time.Hour), "1 heure"},
		{Span(buurtbel.German, 0), "0 Sekunden"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbersAndMoney(t *testing.T) {
	cases := []struct{ got, want string }{
		{Number(buurtbel.Dutch, 1234567), "1.234.567"},
		{Number(buurtbel.English, -1234), "-1,234"},
		{Number(buurtbel.French, 999), "999"},
		{Decimal(buurtbel.Dutch, -5, 2), "-0,05"},
		{Decimal(buurtbel.English, 123456, 2), "1,234.56"},
		{Price(buurtbel.Dutch, 125000), "€\u00a012,50"},
		{Price(buurtbel.French, 125000), "12,50\u00a0€"},
		{Price(buurtbel.German, 12345600), "1.234,56\u00a0€"},
		{Price(buurtbel.Dutch, 550), "€\u00a00,055"},
		{Price(buurtbel.English, 125000), "€12.50"},
		{List(buurtbel.Dutch, []string{"Kerkstraat", "Molenweg", "Veldstraat"}), "Kerkstraat, Molenweg en Veldstraat"},
		{List(buurtbel.French, []string{"A", "B"}), "A et B"},
		{List(buurtbel.German, nil), ""},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
