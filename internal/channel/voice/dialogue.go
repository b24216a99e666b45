package voice

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// The times of a call.
const (
	// Patience is how long a call listens before it speaks of its own accord. With the frames on their way, a living "hello?" or a silence is
	// spoken to within 1.5 s.
	Patience = 1200 * time.Millisecond
	// KeyWait is how long a call waits for a key after the last word.
	KeyWait = 12 * time.Second
	// BeepWait is how long a call waits for a machine's beep, or for the end of its greeting, before it leaves the message all the same.
	BeepWait = 40 * time.Second
	// Longest is the age of a call after which nothing is said again: it says goodbye instead. What is being said is said to its end.
	Longest = 5 * time.Minute

	overlap   = 6 * time.Second // in which who answers may have begun to speak together with us
	hearOut   = 6 * time.Second // who answers is heard out; the listener says sooner who it is
	freshBeep = 3 * time.Second // a machine may beep twice; a tone later in a recording is none that invites to speak
	mostBeeps = 3               // how often one call begins its message after a beep
)

// EventKind sorts what happens in a call.
type EventKind string

// The events of a call. Ticked comes at or after Due.
const (
	KeyPressed EventKind = "key"
	Signed     EventKind = "sign"      // the listener made something out
	PartEnded  EventKind = "part"      // the last frame of what was being said was sent
	Ticked     EventKind = "tick"      // Due is reached
	Withdrawn  EventKind = "withdrawn" // the message was stopped
	HungUp     EventKind = "hung-up"   // the other side ended the call
)

// Event is one thing that happened in a call.
type Event struct {
	Kind EventKind
	Key  byte // of KeyPressed
	Sign Sign // of Signed
}

// ActionKind sorts what a call is to do.
type ActionKind string

// The actions. Each ends what is being said.
const (
	Nothing ActionKind = ""
	Speak   ActionKind = "speak"   // say Part from its first word
	Hush    ActionKind = "hush"    // fall silent and listen
	HangUp  ActionKind = "hang-up" // end the call
)

// Action is what a call is to do next.
type Action struct {
	Kind ActionKind
	Part Part
	Slow bool
}

// Ending is what is known of a call.
type Ending struct {
	Heard     bool // key 1 was pressed after the message had begun
	Delivered bool // the last word of the message was sent to a person, or to a machine after its beep
	OptOut    bool // key 9, twice
	Machine   bool // a machine answered
}

// State is the state of the delivery: a call that was answered is at least handed over.
func (e Ending) State() buurtbel.DeliveryState {
	switch {
	case e.Heard:
		return buurtbel.Heard
	case e.Delivered:
		return buurtbel.Delivered
	}
	return buurtbel.HandedOver
}

// phase is what a call is doing.
type phase int

const (
	listening phase = iota // answered; nobody made out yet, nothing said yet
	speaking               // part
	asking                 // the last word was said; waits for a key
	waiting                // for a machine's beep
	over
)

// Dialogue decides what a call says and what it came to: pure, without clock or sound. Events go in, one action each comes out.
//
// A person: message, menu, and 12 s for a key; without one the message once more, slower, then goodbye. Keys count while we speak, which ends
// what is being said: 1 confirms, 2 repeats, 3 tells how to report, 9 asks whether no more calls are wished and a second 9 confirms that.
// One 9 is not enough: it silences a telephone for good, and a cheek or a child presses keys too. A machine: silence until its beep, then
// the message without menu, from the first word, also when we had begun to speak before it was recognised. After the first key it is a person.
type Dialogue struct {
	phase      phase
	part       Part
	slow       bool
	repeated   bool // was said again because no key came
	keyed      bool // a key was pressed: no machine
	begun      bool // the message has begun: key 1 means something
	asked      bool // whether no more calls are wished; a second 9 confirms
	invited    bool // Voicemail began after a beep, not of our own accord
	answeredTo bool // the message was begun, or begun again, when who answered had ended
	beeps      int
	ending     Ending

	answered time.Time
	since    time.Time // when Voicemail began
	due      time.Time
}

// NewDialogue begins a call that was answered at now. slow: the member wishes slower speech.
func NewDialogue(slow bool, now time.Time) *Dialogue {
	return &Dialogue{slow: slow, answered: now, due: now.Add(Patience)}
}

// Due is when Ticked is wanted; zero: never.
func (d *Dialogue) Due() time.Time { return d.due }

// Ending is what is known so far.
func (d *Dialogue) Ending() Ending { return d.ending }

// Over tells whether the call has ended.
func (d *Dialogue) Over() bool { return d.phase == over }

// Listens tells whether a Listener's signs still change anything.
func (d *Dialogue) Listens() bool { return !d.keyed && !d.closing() }

// Next takes what happened and says what to do.
func (d *Dialogue) Next(e Event, now time.Time) Action {
	if d.phase == over {
		return Action{}
	}
	switch e.Kind {
	case KeyPressed:
		return d.key(e.Key, now)
	case Signed:
		return d.sign(e.Sign, now)
	case PartEnded:
		return d.ended(now)
	case Ticked:
		return d.tick(now)
	case Withdrawn:
		return d.withdrawn()
	case HungUp:
		d.phase, d.due = over, time.Time{}
	}
	return Action{}
}

// say begins a part. Whether no more calls are wished stays asked only until something else is said.
func (d *Dialogue) say(p Part) Action {
	d.phase, d.part, d.due = speaking, p, time.Time{}
	d.asked = p == NoMore
	d.begun = d.begun || p == Message || p == Voicemail
	return Action{Kind: Speak, Part: p, Slow: d.slow}
}

func (d *Dialogue) hangUp() Action {
	d.phase, d.due = over, time.Time{}
	return Action{Kind: HangUp}
}

// closing tells whether the call only says its last words and no key can change that.
func (d *Dialogue) closing() bool {
	return d.phase == over || d.phase == speaking && (d.part == Thanks || d.part == NoMoreDone || d.part == Stopped)
}

func (d *Dialogue) key(k byte, now time.Time) Action {
	if d.closing() {
		return Action{}
	}
	d.keyed, d.ending.Machine = true, false
	if !d.begun {
		return d.say(Message)
	}
	switch k {
	case '1':
		d.ending.Heard = true
		return d.say(Thanks)
	case '2':
		return d.unlessOld(Message, now)
	case '3':
		return d.unlessOld(Report, now)
	case '9':
		return d.nine()
	}
	if d.phase == speaking {
		return Action{}
	}
	return d.unlessOld(Keys, now)
}

func (d *Dialogue) nine() Action {
	if !d.asked {
		return d.say(NoMore)
	}
	d.ending.OptOut = true
	return d.say(NoMoreDone)
}

// unlessOld says p, or goodbye when the call has lasted long enough: a line is wanted by others.
func (d *Dialogue) unlessOld(p Part, now time.Time) Action {
	if now.Sub(d.answered) > Longest {
		return d.say(Goodbye)
	}
	return d.say(p)
}

func (d *Dialogue) ended(now time.Time) Action {
	if d.phase != speaking {
		return Action{}
	}
	switch d.part {
	case Message:
		d.ending.Delivered = true
		return d.say(Menu)
	case Again:
		d.slow = true
		return d.say(Message)
	case Report:
		return d.say(Keys)
	case Voicemail:
		d.ending.Delivered = true
		return d.hangUp()
	case Menu, Keys, NoMore:
		d.phase, d.due = asking, now.Add(KeyWait)
		return Action{}
	}
	return d.hangUp()
}

func (d *Dialogue) tick(now time.Time) Action {
	if d.due.IsZero() || now.Before(d.due) {
		return Action{}
	}
	switch d.phase {
	case listening:
		return d.say(Message)
	case waiting:
		return d.leave(false, now)
	case asking:
		if d.repeated {
			return d.say(Goodbye)
		}
		d.repeated = true
		return d.unlessOld(Again, now)
	}
	return Action{}
}

func (d *Dialogue) sign(s Sign, now time.Time) Action {
	if !d.Listens() {
		return Action{}
	}
	switch s {
	case Speech:
		if d.phase == listening {
			d.due = now.Add(hearOut)
		}
	case Person:
		return d.person(now)
	case Machine:
		return d.machine(now)
	case Beep:
		return d.beep(now)
	case GreetingEnded:
		if d.phase == listening || d.phase == waiting {
			return d.leave(false, now)
		}
	}
	return Action{}
}

// person speaks to who waits for it. Who began to speak just after we did gets the message from its first word, once.
func (d *Dialogue) person(now time.Time) Action {
	first := d.phase == speaking && d.part == Message && !d.answeredTo && now.Sub(d.answered) < overlap
	if d.phase != listening && d.phase != waiting && !first {
		return Action{}
	}
	d.ending.Machine, d.answeredTo = false, true
	return d.say(Message)
}

// machine falls silent and waits for the beep, again when what was taken for one was the tone of a tune, or the end of a greeting a long pause
// in it. What was said into a greeting was not recorded, so it does not count as delivered.
func (d *Dialogue) machine(now time.Time) Action {
	if d.phase == waiting || d.phase == speaking && d.part == Goodbye {
		return Action{}
	}
	d.beeps = 0
	spoke := d.phase == speaking
	d.ending.Machine, d.ending.Delivered = true, false
	d.phase, d.due = waiting, now.Add(BeepWait)
	if spoke {
		return Action{Kind: Hush}
	}
	return Action{}
}

// beep begins the message, or begins it again when it had begun too early: without a beep, or between two that belong together.
func (d *Dialogue) beep(now time.Time) Action {
	if d.phase == speaking && d.part == Voicemail && d.invited && now.Sub(d.since) > freshBeep || d.beeps >= mostBeeps {
		return Action{}
	}
	d.beeps++
	return d.leave(true, now)
}

func (d *Dialogue) leave(invited bool, now time.Time) Action {
	d.ending.Machine, d.ending.Delivered = true, false
	d.invited, d.since = invited, now
	return d.say(Voicemail)
}

// withdrawn tells who has heard some of the message that it was stopped.
func (d *Dialogue) withdrawn() Action {
	switch {
	case d.closing():
		return Action{}
	case !d.begun || d.phase == waiting:
		return d.hangUp()
	}
	return d.say(Stopped)
}
