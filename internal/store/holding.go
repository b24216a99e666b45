package store

import (
	"fmt"
	"time"
)

// Holding is how much of a category of data is kept that a period will erase, and since when the oldest is.
type Holding struct {
	Category string
	Count    int
	Oldest   time.Time // zero: nothing is kept
}

// Holdings counts what is kept of each category of the scope's zone. The words are those of guarding's categories.
func (tx *Tx) Holdings() ([]Holding, error) {
	var out []Holding
	for _, c := range []struct{ category, query string }{
		{"members", `select count(*), coalesce(min(joined_at), 0) from member where zone = $1 and left_at = 0 and state <> 'excluded'`},
		{"left", `select count(*), coalesce(min(left_at), 0) from member where zone = $1 and left_at <> 0`},
		{"texts", `select count(*), coalesce(min(at), 0) from inbound where zone = $1`},
		{"letters", `select count(*), coalesce(min(finished_at), 0) from message where zone = $1 and forgotten_at = 0 and finished_at <> 0 and kind in ('code', 'answer')`},
		{"deliveries", `select count(*), coalesce(min(finished_at), 0) from message where zone = $1 and forgotten_at = 0 and finished_at <> 0 and kind not in ('code', 'answer')`},
		{"journal", `select count(*), coalesce(min(j.at), 0) from journal j join journal_content c on c.subject = j.subject and c.node = j.node and c.seq = j.seq
			where j.zone = $1 and j.kind in ('look', 'contact', 'sign-in')`},
		{"meetings", `select count(*), coalesce(min(m.until_at), 0) from meeting m where m.zone = $1
			and (exists (select 1 from meeting_guest g where g.meeting = m.id) or exists (select 1 from meeting_there p where p.meeting = m.id))`},
		{"previews", `select count(*), coalesce(min(at), 0) from import_batch where zone = $1 and state = 'staged'`},
		{"entries", `select count(*), coalesce(min(expires), 0) from session where zone = $1`},
		{"breaches", `select count(*), coalesce(min(closed_at), 0) from breach where zone = $1 and closed_at <> 0`},
	} {
		h := Holding{Category: c.category}
		var oldest int64
		if err := tx.row(c.query, tx.scope.Zone).Scan(&h.Count, &oldest); err != nil {
			return nil, fmt.Errorf("count what is kept: %w", err)
		}
		h.Oldest = instant(oldest)
		out = append(out, h)
	}
	return out, nil
}
