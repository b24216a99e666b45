// Package listen tells a person from a machine in what the other side of a call says, and finds the tone after which a machine records.
//
// It knows sound only: how loud it is against the noise, how long it lasts and pauses, and whether it is a pure tone. It knows no words, says
// nothing itself and keeps nothing of what was said.
//
// Always true: it never blocks, holds no clock and no goroutine, takes a bounded time for each frame, and gives Machine before it gives
// GreetingEnded. Person is given before Machine or to correct it, never after a Beep.
package listen

import "github.com/buurtbel/buurtbel/internal/channel/voice"

// Lengths of time, in frames of 20 ms.
const (
	second = voice.Rate / voice.Frame

	// turn is the silence after which a person who said something short is taken to wait for an answer. What comes on top of it until the first
	// sound of ours arrives must stay under 1.5 s.
	turn = second * 84 / 100
	// patience is the silence from the start after which the call speaks of its own accord (voice.Patience).
	patience = second * 12 / 10
	// longAnswer is how long a person who answers may speak without a pause of turn. Greetings of machines are longer, or are told by their beep.
	longAnswer = second * 42 / 10
	// talkOver is how much may be said against our message before it is taken for a greeting that goes on: after an answer, after silence from the
	// start, after a machine's greeting.
	talkOver       = second * 18 / 10
	talkOverSilent = second * 24 / 10
	talkOverEnded  = second * 7 / 10
	talkOverBeep   = second * 14 / 10
	// greetingOver is the silence after which a machine's greeting has ended without a tone. Pauses in greetings are shorter; what a greeting adds
	// after a longer one is heard as talk against the message.
	greetingOver = second * 23 / 10
	// forgets is how many silent frames undo one frame of speech in what was said against our message.
	forgets = 2
	// breath is the longest pause that counts as spoken: between words.
	breath = second * 24 / 100
	// afterGreeting is how long after a greeting a beep may be the pair of a key; nobody has been asked for a key so soon.
	afterGreeting = second * 5 / 2
	// mostTurns is how often one call is told Machine: a television beside a bad line must not stop the message for ever.
	mostTurns = 5
)

// belief is what is held of the other side.
type belief int

const (
	open     belief = iota // nothing is known
	person                 // who answers is a person, or nobody spoke for so long that the call speaks
	machine                // a greeting is going on
	recorder               // a beep was heard, or a greeting ended: the machine records
)

// Listener hears one call. It implements voice.Listener and belongs to one goroutine.
type Listener struct {
	block  [voice.Frame]int16 // samples that do not fill a frame yet
	filled int
	signs  []voice.Sign // made out and not given yet

	ear  ear
	tone tone

	belief   belief
	heard    int // frames since the answer
	since    int // frames since belief changed
	speech   int // frames since speech began, pauses below turn included; 0: nobody has spoken
	silence  int // frames since the last speech
	against  int // what was said since belief changed, in frames times forgets
	limit    int // of against, in the same measure
	turns    int
	answered bool // Person was said
}

// New makes the listener of a call that was just answered.
func New() *Listener { return &Listener{ear: newEar()} }

// Hear takes the next samples and gives a sign when they settled one. Odd lengths are kept until they make whole frames.
func (l *Listener) Hear(frame voice.Audio) (voice.Sign, bool) {
	for len(frame) > 0 {
		n := copy(l.block[l.filled:], frame)
		frame, l.filled = frame[n:], l.filled+n
		if l.filled == voice.Frame {
			l.filled = 0
			l.take(l.block[:])
		}
	}
	if len(l.signs) == 0 {
		return "", false
	}
	sign := l.signs[0]
	l.signs = append(l.signs[:0], l.signs[1:]...)
	return sign, true
}

func (l *Listener) say(s voice.Sign) { l.signs = append(l.signs, s) }

// take hears one whole frame.
func (l *Listener) take(frame []int16) {
	l.heard++
	l.since++
	spectrum := l.ear.hear(frame)
	beep := l.tone.hear(spectrum, l.mayBeep())
	voiced := l.ear.voiced(l.tone.pure(), l.tone.sounding())
	l.count(voiced)
	if beep && !l.far() {
		l.invite()
		l.say(voice.Beep)
		return
	}
	switch l.belief {
	case open:
		l.judgeAnswer(voiced)
	case person:
		l.judgeLate()
	case recorder:
		l.judgeAgainst()
	case machine:
		l.judgeGreeting()
	}
}

// mayBeep tells whether the pair of a key may be a beep: from a machine, or just after what may have been a greeting.
func (l *Listener) mayBeep() bool {
	return l.belief == machine || l.speech > 0 && l.belief <= person && l.since < afterGreeting
}

// far tells whether the tone that was heard comes from a television across the room of a person whom we have been speaking to for a while.
func (l *Listener) far() bool {
	return l.belief == person && l.answered && l.since > 2*afterGreeting && decibels(l.tone.was) < nearest-4
}

// count keeps the cadence: how long is spoken, and how long not.
func (l *Listener) count(voiced bool) {
	if voiced {
		l.silence = 0
	} else if !l.tone.sounding() {
		l.silence++
	}
	switch {
	case voiced, l.against > 0 && l.silence < breath:
		l.against += forgets
	default:
		l.against = max(0, l.against-1)
	}
	if l.speech > 0 || voiced {
		l.speech++
	}
}

// judgeAnswer judges the first that is said. Something short and then silence is a person; so is nothing at all.
func (l *Listener) judgeAnswer(voiced bool) {
	switch {
	case l.speech == 0:
		if l.heard >= patience {
			l.believe(person, talkOverSilent)
		}
	case l.speech == 1 && voiced:
		l.say(voice.Speech)
	case l.speech-l.silence > longAnswer:
		l.hush()
	case l.silence >= turn:
		l.answered = true
		l.believe(person, talkOver)
		l.say(voice.Person)
	}
}

// judgeLate judges what is said after we began. Who had said nothing before and says something short is a person who began as we did.
func (l *Listener) judgeLate() {
	if !l.answered && l.speech > 0 && l.silence >= turn {
		l.answered = true
		l.believe(person, talkOver)
		l.say(voice.Person)
		return
	}
	l.judgeAgainst()
}

// judgeAgainst judges what is said against our message.
func (l *Listener) judgeAgainst() {
	if l.against > l.limit && l.turns < mostTurns {
		l.hush()
	}
}

// judgeGreeting waits for the end of a greeting that no beep follows.
func (l *Listener) judgeGreeting() {
	if l.silence >= greetingOver {
		l.believe(recorder, talkOverEnded)
		l.say(voice.GreetingEnded)
	}
}

func (l *Listener) hush() {
	l.turns++
	l.believe(machine, 0)
	l.say(voice.Machine)
}

// invite takes a beep. A person may have been believed before; the message starts anew.
func (l *Listener) invite() { l.believe(recorder, talkOverBeep) }

func (l *Listener) believe(b belief, limit int) {
	l.belief, l.since, l.against, l.limit = b, 0, 0, limit*forgets
	if b == recorder {
		l.ear.settle()
	}
}
