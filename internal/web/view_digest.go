package web

import "slices"

// DigestBoard is what waits for the next digest, when it goes out, and what went.
type DigestBoard struct {
	Next            string // when the next one goes out, in words
	Waiting         []DigestLine
	Sent            []DigestSent
	Rules           string // where it is decided; empty for who may not
	Tips, New, List string
}

func (DigestBoard) template() string { return "digest-board" }

// DigestLine is one item in a list.
type DigestLine struct {
	Category, Line, Href string
	Words                []DigestWords
	Note                 string // such as the languages that it lacks
}

// DigestWords are the words of an item in one language.
type DigestWords struct{ Lang, Text string }

// DigestSent is a digest that went to a network.
type DigestSent struct{ Day, Network, Items string }

// DigestForm is an item being written.
type DigestForm struct {
	Action, Title, TakeBack          string
	Categories, Parts                []Option
	Day, Street, District            Field
	Municipality                     Field
	Info                             []Field
	Streets                          []string // suggestions
	Refused, Warned                  []DigestFinding
	Beside                           []DigestLine
	CategoryError, PartError, Closed string
}

func (DigestForm) template() string { return "digest-form" }

// DigestFinding is what is wrong with an item.
type DigestFinding struct{ Where, Sentence string }

// DigestBring is a list of items that is brought, or as it was understood.
type DigestBring struct {
	Rows   string // the list itself, for the button that takes it over; empty: none was brought yet
	Take   string // words on the button; empty: no line can be taken over
	Unused []string
	Good   []DigestLine
	Wrong  []DigestWrong
}

func (DigestBring) template() string { return "digest-bring" }

// DigestWrong is a line of a list that cannot be taken over as it is.
type DigestWrong struct {
	Line int
	Says []DigestFinding
}

// DigestRulesPage is what a zone decides about its digest.
type DigestRulesPage struct {
	On, Public bool
	At         Field
	Own        []DigestOwn
}

func (DigestRulesPage) template() string { return "digest-rules" }

// DigestOwn is a category that the zone added: one name per language.
type DigestOwn struct {
	Title string
	Names []Field
}

// DigestTips is the library, and the tips that the zone wrote.
type DigestTips struct {
	Topics  []Option
	Months  []Option
	Words   []Field
	Own     []DigestTip
	Library []DigestTopic
}

func (DigestTips) template() string { return "digest-tips" }

// DigestTopic is one topic of the library.
type DigestTopic struct {
	Name, When string
	Tips       []string
}

// DigestTip is a tip that the zone wrote.
type DigestTip struct {
	ID, Topic, When string
	Words           []DigestWords
}

// MeDigest is the weekday news on a member's own page.
type MeDigest struct {
	Mine
	Wishes bool
	Month  string
	Items  []DigestLine
	Counts DigestCounts
}

func (MeDigest) template() string { return "me-digest" }

// DigestCounts are counts per month, as bars and as the table that says the same.
type DigestCounts struct {
	Title  string
	Months []DigestMonth // the oldest first
	Total  int
}

// DigestMonth is one month of the counts.
type DigestMonth struct {
	Name, Href string
	Here       bool
	Total      int
	Each       []DigestCell // only what happened
}

// DigestCell is the count of one category.
type DigestCell struct {
	Name  string
	Count int
}

// News is what a zone publishes: counts by municipality and month.
type News struct {
	Zone           string
	Feed           string
	Municipalities []NewsTown
	Others         []Link // zones that publish too
}

func (News) template() string { return "public-news" }

// NewsTown is one municipality.
type NewsTown struct {
	Name   string
	Counts DigestCounts
}

// newBars lays counts out as bars on width units, one a month.
func newBars(c DigestCounts, width int) barDrawing {
	d := barDrawing{Width: float64(width), Height: 200, Bottom: 160}
	most := 1
	for _, m := range c.Months {
		most = max(most, m.Total)
	}
	if len(c.Months) == 0 {
		return d
	}
	step := d.Width / float64(len(c.Months))
	for i, m := range c.Months {
		high := round1(float64(m.Total) / float64(most) * 124)
		d.Bars = append(d.Bars, bar{X: round1(float64(i)*step + step*0.15), Y: d.Bottom - high, Width: round1(step * 0.7), Height: high, Middle: round1((float64(i) + 0.5) * step), Count: m.Total})
	}
	d.First, d.Last = c.Months[0].Name, c.Months[len(c.Months)-1].Name
	return d
}

// Newest lists the months, the newest first.
func (c DigestCounts) Newest() []DigestMonth {
	out := slices.Clone(c.Months)
	slices.Reverse(out)
	return out
}

type barDrawing struct {
	Width, Height, Bottom float64
	First, Last           string
	Bars                  []bar
}

type bar struct {
	X, Y, Width, Height, Middle float64
	Count                       int
}
