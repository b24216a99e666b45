package web

// Areas lists the areas of the zone's networks, on a map and beside it.
type Areas struct {
	Map   Map
	Lines []AreaLine
	New   string // where a new network is drawn
}

func (Areas) template() string { return "areas" }

// AreaLine is one network's area, and what can be done with it.
type AreaLine struct{ Name, Size, Redraw, Split, Merge string }

// AreaChange draws, divides or joins areas. Nothing is stored before its review was shown.
type AreaChange struct {
	Kind, Title, Lead string
	Network, Name     string // of the network that changes; empty for a new one
	Draws             bool   // an area is drawn
	Map               Map
	NewName           Field    // no name: not asked
	Others            []Option // the network that is joined to it
	Ground            Field
	Moves, Move       bool // may be chosen: members move with their homes
	Seen              string
	Review            AreaReview
}

func (AreaChange) template() string { return "area-change" }

// AreaReview is what would happen. Said is empty before the change was reviewed.
type AreaReview struct {
	Said     string
	Facts    []Fact
	Warnings []string
}
