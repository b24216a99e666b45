package delivery

import "time"

// Orphaned makes every lane believe that a claim ended in an error at a moment. It comes before Run.
func Orphaned(d *Dispatcher, at time.Time) {
	for _, l := range d.lanes {
		l.orphaned = at
	}
}
