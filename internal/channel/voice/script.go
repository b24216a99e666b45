package voice

import (
	"errors"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// Part is something that a call says in one go.
type Part string

// The parts of a call. Each is said in every language of the regime, one after another, unless it says otherwise.
const (
	Message    Part = "message"      // per language who calls and the message, up to the last word of the last language; each language but the last is followed by its menu
	Menu       Part = "menu"         // the keys, in the last language: what follows Message
	Keys       Part = "keys"         // every key, also 9
	Again      Part = "again"        // no key was heard; the message comes once more, slower
	Report     Part = "report"       // how to report what one saw
	NoMore     Part = "no-more"      // asks whether this number really wants no more calls
	NoMoreDone Part = "no-more-done" // it gets none any more
	Thanks     Part = "thanks"       // after key 1
	Goodbye    Part = "goodbye"      // the call ends without key 1
	Stopped    Part = "stopped"      // the message was stopped during the call
	Voicemail  Part = "voicemail"    // the whole message for a machine: no keys, who called, and that nobody can be called back
	LastOffer  Part = "last-offer"   // to who calls back: key 1 gives the last message
	NotStaffed Part = "not-staffed"  // to who calls back: whose number this is, that nobody answers it, and the emergency line
)

// Pauses of a call.
const (
	breath    = 300 * time.Millisecond // between sentences that were made apart
	turn      = 700 * time.Millisecond // between languages
	lead      = 200 * time.Millisecond // before the first word: a path that opens late must not take it
	afterBeep = 600 * time.Millisecond // before the first word on a machine, which begins to record late
	tail      = 400 * time.Millisecond // after a last word: the end of the call may overtake it
)

// line is a piece of a part: a text and the pause after it. An empty text is only the pause.
type line struct {
	phrase
	lexicon []buurtbel.Respelling
	pause   time.Duration
}

// phrase is what a Speaker says in one go, as written.
type phrase struct {
	text     string
	language buurtbel.Language
	slow     bool
}

// Script is everything a call may say, rendered: shared by all calls of a message and never changed.
type Script struct {
	parts map[Part][2]Audio // at the usual speed, and slower
}

// Say gives the sound of a part; empty when the script has no such part.
func (s *Script) Say(p Part, slow bool) Audio {
	if slow {
		return s.parts[p][1]
	}
	return s.parts[p][0]
}

// size is how many bytes of sound belong to this script alone.
func (s *Script) size() int {
	n := 0
	for _, p := range ownParts {
		n += 2 * (len(s.parts[p][0]) + len(s.parts[p][1]))
	}
	return n
}

// ownParts differ from message to message; all others depend on the languages alone and are shared among scripts.
var ownParts = []Part{Message, Report, Voicemail}

// fixedKeys are the sentences of the parts that are said in every language.
var fixedKeys = map[Part]string{
	Keys: "voice.keys", Again: "voice.again", NoMore: "voice.no-more.ask", NoMoreDone: "voice.no-more.done", Thanks: "voice.thanks",
	Goodbye: "voice.goodbye", Stopped: "voice.stopped", LastOffer: "voice.callback.last",
}

// fixedLines writes out the parts that depend on the languages alone.
func fixedLines(languages []buurtbel.Language) map[Part][]line {
	parts := map[Part][]line{}
	for part, key := range fixedKeys {
		for i, l := range languages {
			parts[part] = append(parts[part], sentence(l, key, nil, pauseAfter(i, len(languages))))
		}
	}
	parts[Menu] = []line{sentence(languages[len(languages)-1], "voice.menu", nil, 0)}
	return parts
}

func pauseAfter(i, n int) time.Duration {
	if i == n-1 {
		return tail
	}
	return turn
}

func sentence(l buurtbel.Language, key string, args buurtbel.Args, pause time.Duration) line {
	return line{phrase: phrase{text: locale.Text(l, key, args), language: l}, pause: pause}
}

var errNothing = errors.New("nothing to say")

// ownLines writes out the parts that carry the message. It fails when the content says nothing in one of its languages.
func ownLines(c *channel.Content) (map[Part][]line, error) {
	if len(c.Spoken) == 0 {
		return nil, errNothing
	}
	parts := map[Part][]line{Message: {{pause: lead}}, Voicemail: {{pause: afterBeep}}}
	for i, s := range c.Spoken {
		if strings.TrimSpace(s.Text) == "" {
			return nil, errNothing
		}
		block := blockLines(c, i)
		parts[Message] = append(parts[Message], block...)
		if i < len(c.Spoken)-1 {
			parts[Message] = append(parts[Message], sentence(s.Language, "voice.menu", nil, turn))
		}
		from := sentence(s.Language, "voice.voicemail", buurtbel.Args{"Sender": c.Sender}, pauseAfter(i, len(c.Spoken)))
		from.lexicon = c.Lexicon
		parts[Voicemail] = append(append(parts[Voicemail], block...), from)
		if strings.TrimSpace(s.Report) != "" {
			parts[Report] = append(parts[Report], line{phrase{text: s.Report, language: s.Language}, c.Lexicon, pauseAfter(i, len(c.Spoken))})
		}
	}
	return parts, nil
}

// blockLines is who calls and the message, in the i-th language; an exercise says so before and after. After the first words the other
// languages announce themselves: who does not understand these must know that it pays to wait.
func blockLines(c *channel.Content, i int) []line {
	var out []line
	s := c.Spoken[i]
	if c.Exercise {
		out = append(out, sentence(s.Language, "voice.exercise.start", nil, breath))
	}
	if strings.TrimSpace(s.Intro) != "" {
		out = append(out, line{phrase{text: s.Intro, language: s.Language}, c.Lexicon, breath})
	}
	if i == 0 {
		for _, other := range c.Spoken[1:] {
			out = append(out, sentence(other.Language, "voice.follows", nil, breath))
		}
	}
	out = append(out, line{phrase{text: s.Text, language: s.Language}, c.Lexicon, breath})
	if c.Exercise {
		out = append(out, sentence(s.Language, "voice.exercise.end", nil, breath))
	}
	return out
}
