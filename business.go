package buurtbel

import "time"

// Post says when a contact person of a business is there for it.
type Post string

// The posts.
const (
	PostShop Post = "shop" // while it is open
	PostKeys Post = "keys" // holds the keys: after hours
)

// Shift ties a member to the opening hours of the business that the member stands for (BIN-Z). It is the business's, not the member's wish: alerts reach
// the shop while it is open and the key holders after hours. A matter of life reaches everybody.
type Shift struct {
	Business ID          `json:"business"`
	Post     Post        `json:"post"`
	Open     OpeningWeek `json:"open"`
	Alone    bool        `json:"alone,omitempty"` // nobody holds the other post: then always
}

// OpeningWeek are the hours of each day, Sunday first as time.Weekday counts. Hours may pass midnight.
type OpeningWeek [7][]Hours

// Open tells whether a business is open at a moment in the zone's location.
func (w *OpeningWeek) Open(at time.Time) bool {
	minute, today := minuteOf(at), at.Weekday()
	for _, h := range w[today] {
		if h.From <= h.Until && h.Contains(minute) || h.From > h.Until && minute >= h.From {
			return true
		}
	}
	for _, h := range w[(today+6)%7] { // what began yesterday and passes midnight
		if h.From > h.Until && minute < h.Until {
			return true
		}
	}
	return false
}

// On tells whether the holder's turn is at a moment in the zone's location.
func (s *Shift) On(at time.Time) bool {
	return s == nil || s.Alone || s.Open.Open(at) == (s.Post == PostShop)
}
