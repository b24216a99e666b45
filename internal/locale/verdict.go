package locale

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// Verdict is what anybody may learn of an alert by its code: that it is real, from whom and when, and whether it still counts. Nothing of
// what it says or who got it.
type Verdict struct {
	Source    string    // who sent it, such as "Politiezone Vlierbeek"
	At        time.Time // when it was launched
	Exercise  bool
	Stopped   bool // police stopped it before everybody had it
	Corrected bool // police sent a correction after it
	Place     *time.Location
}

// Sentences say it, for a page and for an SMS alike: the most important first.
func (v Verdict) Sentences(l buurtbel.Language, now time.Time) []string {
	place := v.Place
	if place == nil {
		place = time.UTC
	}
	out := []string{Text(l, "message.check.real", buurtbel.Args{"Source": v.Source, "When": When(l, v.At, now, place)})}
	if v.Exercise {
		out = append(out, Text(l, "message.check.exercise", nil))
	}
	switch {
	case v.Corrected:
		out = append(out, Text(l, "message.check.corrected", nil))
	case v.Stopped:
		out = append(out, Text(l, "message.check.stopped", nil))
	}
	return append(out, Text(l, "message.check.compare", nil))
}
