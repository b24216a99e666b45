package main

import (
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/listen"
)

// Lengths of the parts that are not the message, and of the call.
const (
	menu       = 9 * time.Second
	goodbye    = 2 * time.Second
	longest    = 100 * time.Second
	latest     = 4.0  // seconds after it began to record by which a machine must hear the message: later it may have hung up
	inTime     = 1.5  // seconds in which a living person is spoken to
	echoDelay  = 0.12 // seconds until our own speech comes back
	packetTime = 20 * time.Millisecond
)

// said is one part that a call began to say.
type said struct {
	part     voice.Part
	from, to float64 // seconds from the answer
	whole    bool    // to its last frame
}

// outcome is what came of one call.
type outcome struct {
	said  []said
	signs []string
}

// call is the dialogue with a listener on a line, without clock and socket.
type call struct {
	answer   *answer
	message  voice.Audio
	echo     float64 // decibels of our own speech in what is heard
	deaf     bool
	dialogue *voice.Dialogue
	listener *listen.Listener
	now      time.Duration // from the answer
	begun    time.Time
	out      outcome
	playing  bool
}

// hold holds a call to its end.
func (o *options) hold(a *answer, message voice.Audio, echo float64) *outcome {
	c := &call{answer: a, message: message, echo: echo, deaf: o.deaf, begun: time.Unix(1_700_000_000, 0), listener: listen.New()}
	c.dialogue = voice.NewDialogue(false, c.begun)
	for c.now < longest && !c.dialogue.Over() {
		c.step()
	}
	return &c.out
}

func (c *call) time() time.Time { return c.begun.Add(c.now) }

// step lives through one packet of the other side's.
func (c *call) step() {
	frame := c.frame()
	c.now += packetTime
	if c.playing && c.now.Seconds() >= c.out.said[len(c.out.said)-1].from+c.length().Seconds() {
		c.stop(true)
		c.do(c.dialogue.Next(voice.Event{Kind: voice.PartEnded}, c.time()))
	}
	if sign, ok := c.listener.Hear(frame); ok && !c.deaf && c.dialogue.Listens() {
		c.out.signs = append(c.out.signs, c.now.String()+" "+string(sign))
		c.do(c.dialogue.Next(voice.Event{Kind: voice.Signed, Sign: sign}, c.time()))
	}
	if due := c.dialogue.Due(); !due.IsZero() && !c.time().Before(due) {
		c.do(c.dialogue.Next(voice.Event{Kind: voice.Ticked}, c.time()))
	}
}

// frame is what is heard now: the other side, and an echo of what we say.
func (c *call) frame() voice.Audio {
	out := make(voice.Audio, voice.Frame)
	at := int(c.now.Seconds()*voice.Rate + 0.5)
	mix(out, c.answer.sound, at, 1)
	if n := len(c.out.said); n > 0 {
		from := int(c.out.said[0].from * voice.Rate)
		mix(out, c.answer.retort, at-from-seconds(c.answer.over), 1)
		if c.playing {
			from = int(c.out.said[n-1].from * voice.Rate)
			mix(out, c.message, at-from-seconds(echoDelay), ratio(c.echo))
		}
	}
	return out
}

func mix(out, other voice.Audio, at int, by float64) {
	for i := range out {
		if j := at + i; j >= 0 && j < len(other) {
			out[i] = int16(max(-32768, min(32767, float64(out[i])+by*float64(other[j]))))
		}
	}
}

func (c *call) length() time.Duration {
	switch c.out.said[len(c.out.said)-1].part {
	case voice.Message, voice.Voicemail:
		return c.message.Length()
	case voice.Menu:
		return menu
	}
	return goodbye
}

func (c *call) stop(whole bool) {
	if c.playing {
		s := &c.out.said[len(c.out.said)-1]
		s.to, s.whole, c.playing = c.now.Seconds(), whole, false
	}
}

func (c *call) do(a voice.Action) {
	if a.Kind == voice.Nothing {
		return
	}
	c.stop(false)
	if a.Kind == voice.Speak {
		c.playing = true
		c.out.said = append(c.out.said, said{part: a.Part, from: c.now.Seconds()})
	}
}

// recorded tells whether a machine has the message from its first word to its last.
func (o *outcome) recorded(a *answer) bool {
	for _, s := range o.said {
		if (s.part == voice.Message || s.part == voice.Voicemail) && s.whole && s.from >= a.opens && s.from <= a.opens+latest {
			return true
		}
	}
	return false
}

// waited is how long a living one waited for the message, in seconds, after the own last word or else after the answer; 0 when it was begun
// before that. It is the message that is said to its end: one that is broken off and begun again counts from where it begins again.
func (o *outcome) waited(a *answer) float64 {
	for _, s := range o.said {
		if s.whole && (s.part == voice.Message || s.part == voice.Voicemail) {
			return max(0, s.from-a.ends)
		}
	}
	return longest.Seconds()
}

// taken tells whether a living one was taken for a machine: the message was said without its menu, or not at all.
func (o *outcome) taken() bool {
	for _, s := range o.said {
		if s.whole {
			return s.part != voice.Message
		}
	}
	return true
}
