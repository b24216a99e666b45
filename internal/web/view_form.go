package web

// Field is one thing to fill in. Value keeps what was typed, also when it is wrong.
type Field struct {
	Name, Label, Hint, Value string
	Error                    string // a sentence that says how to mend it; empty when there is nothing wrong
	Type                     string // of the input; empty is "text"
	Auto                     string // autocomplete token
	List                     string // id of a datalist with suggestions
	Rows                     int    // more than 0 makes it a text area
	Key                      string // a function key that goes there; may be empty
	Lang                     string // code of the language that is written here, when it is not the page's
	Mode                     string // inputmode: "numeric" for figures
	Focus                    bool   // the field where one begins to type
}

// Option is one of several to choose from.
type Option struct {
	ID, Words, Note string
	Chosen          bool
}

// States lists the states of a delivery in the order of its life.
var States = []string{"queued", "sending", "uncertain", "handed-over", "delivered", "heard", "failed", "expired", "stopped", "not-needed"}

// Fact is a name with its value.
type Fact struct{ Name, Value string }

// Bubble is an SMS as it arrives on a telephone.
type Bubble struct {
	Language string // in words, when there are several; may be empty
	From     string // the sender that the telephone shows
	Text     string
	Length   int    // characters as the carrier counts them
	Parts    int    // parts that are paid
	Wide     bool   // a character outside the seven-bit alphabet makes all characters count double
	Price    string // per member, in words: "€ 0,11"
	Tip      string // the spelling that would be cheaper; may be empty
	Offer    bool   // there is a spelling that keeps the seven-bit alphabet: shows the button that posts do=spelling
}

// Letter is an e-mail as it arrives.
type Letter struct {
	From, Subject string
	Paragraphs    []string
}

// Map is a map and the list that says the same. Without WebGL or script the list stands alone.
type Map struct {
	Title  string      // what it shows, for who cannot see it
	Areas  string      // GeoJSON FeatureCollection; properties: name, kind "zone", "chosen" or "drawn"
	Draw   bool        // polygon and circle may be drawn; the result goes into the form field "area"
	Edit   bool        // what was drawn can be adjusted corner by corner
	Drawn  string      // GeoJSON of what was drawn
	Places []PlaceLine // on the dispatch page the pre-flight has them
}

// PlaceLine is one line of a map's list.
type PlaceLine struct {
	Name, Note string
	Count      int // members; below the threshold the caller gives the network's line instead
}

// Plot is the progress of an alert: counts against seconds.
type Plot struct {
	Total  int // the top of the curve
	Series []Series
}

// Series is one line of a plot. State is one of States.
type Series struct {
	Name, State string
	Points      []Point
}

// Point says how many had come so far after this many seconds.
type Point struct {
	Second float64
	Count  int
}
