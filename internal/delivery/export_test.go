package delivery

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// Orphaned makes every lane believe that a claim ended in an error at a moment. It comes before Run.
func Orphaned(d *Dispatcher, at time.Time) {
	for _, l := range d.lanes {
		l.orphaned = at
	}
}

// TextOn gives what a message says on a channel, in its first wording.
func TextOn(m *buurtbel.Message, on buurtbel.Channel) string {
	if c := contentsOf(m, nil)[wordingKey{on, 0}]; c != nil {
		return c.Text
	}
	return ""
}
