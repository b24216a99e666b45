package buurtbel

import (
	"slices"
	"strconv"
	"time"
)

// TipTopic is what a prevention tip is about.
type TipTopic string

// The topics of the library.
const (
	TipBurglary   TipTopic = "burglary"
	TipHoliday    TipTopic = "holiday"
	TipBicycle    TipTopic = "bicycle"
	TipFraudDoor  TipTopic = "fraud-door"
	TipFraudPhone TipTopic = "fraud-phone" // by telephone, message and internet
	TipFire       TipTopic = "fire"
)

// TipTopics lists the topics.
var TipTopics = []TipTopic{TipBurglary, TipHoliday, TipBicycle, TipFraudDoor, TipFraudPhone, TipFire}

// Tip is one piece of advice. Those of the library have their words in the catalogue; a zone writes the words of its own.
type Tip struct {
	ID     ID // 0: of the library
	Topic  TipTopic
	Key    string              // of the library: the sentence, such as "tips.burglary-1"
	Months []time.Month        // when it fits by itself; none: only when something of its topic happened
	Texts  map[Language]string // of a zone's own
}

// tipMonths is the calendar of the library: when a topic is on everybody's mind, whatever happened.
var tipMonths = map[TipTopic][]time.Month{
	TipBurglary:  {time.October, time.November, time.December}, // it is dark when people come home
	TipHoliday:   {time.June, time.July, time.August, time.December},
	TipBicycle:   {time.March, time.April, time.May, time.September},
	TipFire:      {time.November, time.December, time.January, time.February},
	TipFraudDoor: nil, TipFraudPhone: nil,
}

// tipCount is how many tips of each topic the library has.
const tipCount = 4

// Tips is the library.
var Tips = library()

func library() []Tip {
	var out []Tip
	for _, topic := range TipTopics {
		for n := range tipCount {
			out = append(out, Tip{Topic: topic, Key: "tips." + string(topic) + "-" + strconv.Itoa(n+1), Months: tipMonths[topic]})
		}
	}
	return out
}

// TipTopicsOf lists the topics that fit a category of the digest.
func TipTopicsOf(c DigestCategory) []TipTopic {
	switch c {
	case HomeBurglary:
		return []TipTopic{TipBurglary, TipHoliday}
	case OtherBurglary:
		return []TipTopic{TipBurglary}
	case SmallTheft:
		return []TipTopic{TipBicycle}
	case InjuryAccident, Damage:
	}
	return nil
}

// Suits tells whether a tip is for a month of the year, whatever happened.
func (t *Tip) Suits(m time.Month) bool { return slices.Contains(t.Months, m) }

// PickTip gives one tip for a message of a day: of a topic that fits what it tells, else of the season; ok is false when none fits. The same day
// and topics give the same tip, and from day to day they take turns. own are the zone's own tips, which count like those of the library. A tip of
// the holidays is for the holidays alone.
func PickTip(own []Tip, topics []TipTopic, day time.Time) (t Tip, ok bool) {
	pool := append(slices.Clone(own), Tips...)
	fits := func(want func(*Tip) bool) []Tip {
		return slices.DeleteFunc(slices.Clone(pool), func(t Tip) bool { return !want(&t) })
	}
	list := fits(func(t *Tip) bool {
		return slices.Contains(topics, t.Topic) && (t.Topic != TipHoliday || t.Suits(day.Month()))
	})
	if len(list) == 0 {
		list = fits(func(t *Tip) bool { return t.Suits(day.Month()) })
	}
	if len(list) == 0 {
		return Tip{}, false
	}
	return list[day.YearDay()%len(list)], true
}
