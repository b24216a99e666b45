package outside

import (
	"strings"
	"time"
)

// Names of habits: what a telephone does by itself when it is called.
const (
	habitConfirms = "confirms" // listens to the end and presses 1
	habitHasty    = "hasty"    // presses 1 as soon as somebody speaks
	habitAgain    = "again"    // presses 2, listens once more, and presses 1
	habitListens  = "listens"  // listens to the end and presses nothing
	habitHallo    = "hallo"    // says hello and puts the telephone down
	habitAbsent   = "absent"   // nobody answers
	habitBusy     = "busy"
	habitRejects  = "rejects"
	habitMachine  = "machine" // a greeting, a beep, and a recording
	habitUnknown  = "unknown" // there is no such number
)

// habit is what one telephone does in one call.
type habit struct {
	name    string
	refuse  int           // SIP status with which the carrier refuses it without a ring
	ring    time.Duration // until it is answered, or rejected
	never   bool          // answered
	rejects bool
	machine bool
	keys    string        // that are pressed, each when the other side has said what it had to say
	hasty   time.Duration // keys are pressed after so much speech instead; 0: at its end
	leaves  time.Duration // after so long the telephone is put down; 0: it is not
	inBand  bool          // keys are tones in the sound instead of events (RFC 4733)
}

// quickHabits let every call end in one go: who watches a whole story must not wait for second tries. One in eight is a voicemail, once.
const quickHabits = "quick"

// habitOf draws from the number what a telephone does; before counts the calls to it so far. The same number does the same in every run.
// Among a hundred telephones about 52 press 1, 10 listen only, 8 hang up at once, 16 have a voicemail, 8 do not answer and 6 are busy; of the
// last three kinds some answer when they are called again.
func habitOf(number uint64, before int, mixture string) habit {
	luck := mix(number ^ 0x70686f6e65)
	name := mixedHabit(int(luck%100), before)
	if mixture == quickHabits {
		name = habitHasty
		if luck%8 == 0 && before == 0 {
			name = habitMachine
		}
	}
	h := habitNamed(name, luck>>8)
	if mixture == quickHabits {
		h.ring /= 4
	}
	return h
}

func mixedHabit(luck, before int) string {
	for _, share := range []struct {
		name  string
		below int
	}{{habitConfirms, 32}, {habitHasty, 46}, {habitAgain, 52}, {habitListens, 62}, {habitMachine, 78}} {
		if luck < share.below {
			return share.name
		}
	}
	switch {
	case before > 0 && luck >= 80 && luck < 92: // of those who hung up or were not there, most answer the second time
		return habitConfirms
	case luck < 86:
		return habitHallo
	case luck < 94:
		return habitAbsent
	case before > 0:
		return habitHasty
	}
	return habitBusy
}

// habitNamed fills in what a kind of telephone does; luck spreads the times.
func habitNamed(name string, luck uint64) habit {
	h := habit{name: name, ring: time.Second + time.Duration(luck%2000)*time.Millisecond, inBand: luck>>16%4 == 0}
	switch name {
	case habitConfirms:
		h.keys = "1"
	case habitHasty:
		h.keys, h.hasty = "1", 1500*time.Millisecond+time.Duration(luck>>24%3000)*time.Millisecond
	case habitAgain:
		h.keys = "21"
	case habitHallo:
		h.leaves = 2500 * time.Millisecond
	case habitAbsent:
		h.never = true
	case habitBusy:
		h.refuse = 486
	case habitUnknown:
		h.refuse = 404
	case habitRejects:
		h.rejects = true
	case habitMachine:
		h.machine = true
	}
	return h
}

// CallRule is what happens to calls to some numbers. Prefix and Suffix are digits without "+"; an empty one matches all.
type CallRule struct {
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Status int    `json:"status,omitempty"` // refuses the call with this SIP status, such as 404
	Habit  string `json:"habit,omitempty"`  // a name of a habit
	Keys   string `json:"keys,omitempty"`   // pressed at the end of what is said, instead of those of the habit
	RingMS int    `json:"ring_ms,omitempty"`
	First  bool   `json:"first,omitempty"` // only for the first call to a number
}

// apply changes a habit by the first rule that matches.
func (f *faults) callHabit(number uint64, before int, mixture string) habit {
	digits := strings.TrimPrefix(formatNumber(number), "+")
	for _, r := range f.CallRules {
		if !strings.HasPrefix(digits, r.Prefix) || !strings.HasSuffix(digits, r.Suffix) || r.First && before > 0 {
			continue
		}
		h := habitOf(number, before, mixture)
		if r.Habit != "" {
			h = habitNamed(r.Habit, mix(number)>>8)
		}
		if r.RingMS > 0 {
			h.ring = time.Duration(r.RingMS) * time.Millisecond
		}
		if r.Keys != "" {
			h.keys, h.leaves = r.Keys, 0
		}
		h.refuse = max(h.refuse, r.Status)
		return h
	}
	return habitOf(number, before, mixture)
}

// What a telephone does next in a call.
type deed struct {
	press byte
	greet bool
	beep  bool
	leave bool
}

// manners follows one answered call in steps of one frame and says what the telephone does: pure.
type manners struct {
	habit  habit
	byHand bool // the visitor's fingers do it all
	age    time.Duration
	spoken time.Duration // of the other side, since the last key, greeting or beep
	quiet  time.Duration // since it last spoke
	keys   string        // still to be pressed
	greets bool          // the greeting is being said or was
	beeped bool
}

const (
	frameTime = 20 * time.Millisecond

	greetAfter   = 300 * time.Millisecond
	endOfSpeech  = 1300 * time.Millisecond // between languages our calls pause shorter
	beepPause    = 400 * time.Millisecond
	machineQuiet = 4 * time.Second // after which a machine ends its recording
	machineMost  = 90 * time.Second
	nobodyThere  = 20 * time.Second // of silence: a person puts the telephone down
)

func newManners(h habit) *manners { return &manners{habit: h, keys: h.keys} }

// step tells of one frame: whether the other side spoke in it, and whether the telephone itself is still saying something.
func (m *manners) step(spoke, saying bool) deed {
	m.age += frameTime
	if spoke {
		m.spoken += frameTime
		m.quiet = 0
	} else {
		m.quiet += frameTime
	}
	switch {
	case m.byHand:
		return deed{}
	case !m.greets && m.age >= greetAfter:
		m.greets = true
		return deed{greet: true}
	case saying || !m.greets:
		return deed{}
	case m.habit.machine:
		return m.record()
	}
	return m.listen()
}

func (m *manners) record() deed {
	switch {
	case !m.beeped && m.age < greetAfter+beepPause:
		return deed{}
	case !m.beeped:
		m.beeped, m.spoken, m.quiet, m.age = true, 0, 0, 0
		return deed{beep: true}
	}
	full := m.age > machineMost || m.quiet > 10*time.Second
	return deed{leave: full || m.spoken > 3*time.Second && m.quiet > machineQuiet}
}

func (m *manners) listen() deed {
	h := &m.habit
	switch {
	case h.leaves > 0 && m.age > h.leaves, m.quiet > nobodyThere:
		return deed{leave: true}
	case m.keys == "":
		return deed{leave: m.spoken > 2*time.Second && m.quiet > 2*endOfSpeech}
	case h.hasty > 0 && m.spoken < h.hasty:
		return deed{}
	case h.hasty == 0 && (m.spoken < 2*time.Second || m.quiet < endOfSpeech):
		return deed{}
	}
	key := m.keys[0]
	m.keys, m.spoken = m.keys[1:], 0
	return deed{press: key}
}
