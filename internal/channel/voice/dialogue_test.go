package voice_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Short forms for the tables.
var (
	ended     = voice.Event{Kind: voice.PartEnded}
	tick      = voice.Event{Kind: voice.Ticked}
	hungUp    = voice.Event{Kind: voice.HungUp}
	withdrawn = voice.Event{Kind: voice.Withdrawn}
)

func key(k byte) voice.Event        { return voice.Event{Kind: voice.KeyPressed, Key: k} }
func sign(s voice.Sign) voice.Event { return voice.Event{Kind: voice.Signed, Sign: s} }

type step struct {
	after time.Duration // since the step before
	event voice.Event
	want  string // kind, part, slow
}

func written(a voice.Action) string {
	s := string(a.Kind)
	if a.Kind == voice.Speak {
		s = string(a.Part)
	}
	if a.Slow {
		s += " slowly"
	}
	return s
}

const second = time.Second

// story is one call and what it came to.
type story struct {
	name  string
	slow  bool
	steps []step
	want  voice.Ending
	state buurtbel.DeliveryState
}

var people = []story{
	{"hears it and confirms", false, []step{
		{second, sign(voice.Person), "message"}, {20 * second, ended, "menu"}, {3 * second, key('1'), "thanks"}, {2 * second, ended, "hang-up"},
	}, voice.Ending{Heard: true, Delivered: true}, buurtbel.Heard},
	{"confirms in the middle of it", false, []step{
		{second, sign(voice.Person), "message"}, {second, key('1'), "thanks"}, {0, hungUp, ""},
	}, voice.Ending{Heard: true}, buurtbel.Heard},
	{"says nothing, hears it, hangs up in the menu", false, []step{
		{voice.Patience - 1, tick, ""}, {1, tick, "message"}, {20 * second, ended, "menu"}, {second, hungUp, ""},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"hangs up before the end", false, []step{
		{second, sign(voice.Person), "message"}, {10 * second, hungUp, ""},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"presses no key: again, slower, once", false, []step{
		{voice.Patience, tick, "message"}, {second, ended, "menu"}, {second, ended, ""}, {voice.KeyWait - 1, tick, ""}, {1, tick, "again"},
		{second, ended, "message slowly"}, {second, ended, "menu slowly"}, {second, ended, ""}, {voice.KeyWait, tick, "goodbye slowly"}, {second, ended, "hang-up"},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"wishes slower speech", true, []step{
		{voice.Patience, tick, "message slowly"}, {second, key('3'), "report slowly"}, {second, ended, "keys slowly"}, {second, ended, ""}, {second, key('1'), "thanks slowly"},
	}, voice.Ending{Heard: true}, buurtbel.Heard},
	{"again, and how to report", false, []step{
		{voice.Patience, tick, "message"}, {second, key('2'), "message"}, {second, ended, "menu"}, {second, key('3'), "report"}, {second, ended, "keys"}, {second, key('2'), "message"}, {0, hungUp, ""},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"a key before we speak makes us speak", false, []step{
		{second, key('1'), "message"}, {second, hungUp, ""},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"a key that means nothing does not interrupt, and is answered with the keys", false, []step{
		{voice.Patience, tick, "message"}, {second, key('5'), ""}, {second, ended, "menu"}, {second, ended, ""}, {second, key('#'), "keys"}, {0, hungUp, ""},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"no more calls takes nine twice", false, []step{
		{voice.Patience, tick, "message"}, {second, key('9'), "no-more"}, {second, key('9'), "no-more-done"}, {0, key('1'), ""}, {second, ended, "hang-up"},
	}, voice.Ending{OptOut: true}, buurtbel.HandedOver},
	{"nine, something else, nine asks again", false, []step{
		{voice.Patience, tick, "message"}, {second, key('9'), "no-more"}, {second, key('2'), "message"}, {second, key('9'), "no-more"}, {second, ended, ""}, {second, key('9'), "no-more-done"},
	}, voice.Ending{OptOut: true}, buurtbel.HandedOver},
	{"nine and then silence keeps the number", false, []step{
		{voice.Patience, tick, "message"}, {second, key('9'), "no-more"}, {second, ended, ""}, {voice.KeyWait, tick, "again"}, {second, key('9'), "no-more"}, {0, hungUp, ""},
	}, voice.Ending{}, buurtbel.HandedOver},
}

var machines = []story{
	{"a machine with a beep", false, []step{
		{second, sign(voice.Machine), ""}, {voice.Patience, tick, ""}, {8 * second, sign(voice.Beep), "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"a machine recognised after we began", false, []step{
		{voice.Patience, tick, "message"}, {second, sign(voice.Machine), "hush"}, {8 * second, sign(voice.Beep), "voicemail"}, {10 * second, hungUp, ""},
	}, voice.Ending{Machine: true}, buurtbel.HandedOver},
	{"a machine that listened to all of it with its greeting", false, []step{
		{voice.Patience, tick, "message"}, {9 * second, ended, "menu"}, {second, sign(voice.Machine), "hush"}, {second, hungUp, ""},
	}, voice.Ending{Machine: true}, buurtbel.HandedOver},
	{"only a beep is known", false, []step{
		{voice.Patience, tick, "message"}, {9 * second, sign(voice.Beep), "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"no beep, the greeting ends", false, []step{
		{second, sign(voice.Machine), ""}, {8 * second, sign(voice.GreetingEnded), "voicemail"}, {5 * second, sign(voice.Beep), "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"two beeps that belong together; a later tone is none", false, []step{
		{second, sign(voice.Beep), "voicemail"}, {second, sign(voice.Beep), "voicemail"}, {4 * second, sign(voice.Beep), ""}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"a machine that never ends", false, []step{
		{second, sign(voice.Machine), ""}, {voice.BeepWait - 1, tick, ""}, {1, tick, "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"a tune whose tones pass for beeps", false, []step{
		{second, sign(voice.Machine), ""}, {second, sign(voice.Beep), "voicemail"}, {2 * second, sign(voice.Machine), "hush"}, {8 * second, sign(voice.Beep), "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"a greeting with a long pause", false, []step{
		{second, sign(voice.Machine), ""}, {8 * second, sign(voice.GreetingEnded), "voicemail"}, {second, sign(voice.Machine), "hush"}, {second, sign(voice.GreetingEnded), "voicemail"}, {20 * second, ended, "hang-up"},
	}, voice.Ending{Delivered: true, Machine: true}, buurtbel.Delivered},
	{"who answers is heard out", false, []step{
		{second, sign(voice.Speech), ""}, {2 * second, tick, ""}, {second, sign(voice.Person), "message"}, {second, sign(voice.Person), ""}, {20 * second, ended, "menu"},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"who speaks for ever is spoken to", false, []step{
		{second, sign(voice.Speech), ""}, {6 * second, tick, "message"},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"who begins together with us gets the message from its first word, once", false, []step{
		{voice.Patience, tick, "message"}, {2 * second, sign(voice.Person), "message"}, {second, sign(voice.Person), ""}, {20 * second, ended, "menu"},
	}, voice.Ending{Delivered: true}, buurtbel.Delivered},
	{"who says something later does not begin it again", false, []step{
		{voice.Patience, tick, "message"}, {8 * second, sign(voice.Person), ""},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"a person after all", false, []step{
		{second, sign(voice.Machine), ""}, {second, sign(voice.Person), "message"}, {20 * second, ended, "menu"}, {second, key('1'), "thanks"},
	}, voice.Ending{Heard: true, Delivered: true}, buurtbel.Heard},
	{"who pressed a key is no machine", false, []step{
		{voice.Patience, tick, "message"}, {second, key('2'), "message"}, {second, sign(voice.Machine), ""}, {second, sign(voice.Beep), ""}, {second, hungUp, ""},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"takes up a telephone whose machine was speaking, and confirms", false, []step{
		{second, sign(voice.Beep), "voicemail"}, {second, key('1'), "thanks"}, {second, ended, "hang-up"},
	}, voice.Ending{Heard: true}, buurtbel.Heard},
}

var ends = []story{
	{"stopped while it speaks", false, []step{
		{voice.Patience, tick, "message"}, {second, withdrawn, "stopped"}, {0, key('1'), ""}, {second, ended, "hang-up"},
	}, voice.Ending{}, buurtbel.HandedOver},
	{"stopped before it spoke", false, []step{{second, withdrawn, "hang-up"}}, voice.Ending{}, buurtbel.HandedOver},
	{"stopped while a machine greets", false, []step{
		{voice.Patience, tick, "message"}, {second, sign(voice.Machine), "hush"}, {second, withdrawn, "hang-up"},
	}, voice.Ending{Machine: true}, buurtbel.HandedOver},
	{"confirmed, then stopped", false, []step{
		{voice.Patience, tick, "message"}, {second, key('1'), "thanks"}, {0, withdrawn, ""}, {second, ended, "hang-up"},
	}, voice.Ending{Heard: true}, buurtbel.Heard},
	{"does not keep a line for ever", false, []step{
		{voice.Patience, tick, "message"}, {voice.Longest, key('2'), "goodbye"}, {second, key('1'), "thanks"},
	}, voice.Ending{Heard: true}, buurtbel.Heard},
}

func TestDialogue(t *testing.T) {
	for _, c := range slices.Concat(people, machines, ends) {
		t.Run(c.name, func(t *testing.T) {
			now := time.Unix(1_800_000_000, 0)
			d := voice.NewDialogue(c.slow, now)
			for i, s := range c.steps {
				now = now.Add(s.after)
				if got := written(d.Next(s.event, now)); got != s.want {
					t.Fatalf("step %d (%s %c%s): %q, want %q", i, s.event.Kind, max(' ', s.event.Key), s.event.Sign, got, s.want)
				}
			}
			if diff := cmp.Diff(c.want, d.Ending()); diff != "" {
				t.Error(diff)
			}
			if got := d.Ending().State(); got != c.state {
				t.Errorf("%s, want %s", got, c.state)
			}
		})
	}
}

// call follows a dialogue from outside, by the actions it gave alone.
type call struct {
	saying  voice.Part // "" when nothing is being said
	begun   bool
	closed  bool // says its last words, or is over
	heard   bool
	told    bool // the last frame of a message or a voicemail was sent, and no machine was recognised since
	hangUps int
}

func (c *call) before(e voice.Event) {
	switch {
	case e.Kind == voice.KeyPressed && e.Key == '1' && c.begun && !c.closed:
		c.heard = true
	case e.Kind == voice.PartEnded && (c.saying == voice.Message || c.saying == voice.Voicemail):
		c.told = true
	case e.Kind == voice.HungUp:
		c.closed = true
	}
	if e.Kind == voice.PartEnded {
		c.saying = ""
	}
}

func (c *call) after(a voice.Action) {
	switch a.Kind {
	case voice.Speak:
		c.saying = a.Part
		c.begun = c.begun || a.Part == voice.Message || a.Part == voice.Voicemail
		c.closed = a.Part == voice.Thanks || a.Part == voice.NoMoreDone || a.Part == voice.Stopped
	case voice.Hush:
		c.saying = ""
	case voice.HangUp:
		c.saying, c.closed = "", true
		c.hangUps++
	}
}

func drawEvent(t *rapid.T, c *call) voice.Event {
	switch rapid.IntRange(0, 9).Draw(t, "event") {
	case 0, 1:
		return key(rapid.SampledFrom([]byte("123990*")).Draw(t, "key"))
	case 2, 3:
		return sign(rapid.SampledFrom([]voice.Sign{voice.Speech, voice.Person, voice.Machine, voice.Beep, voice.GreetingEnded}).Draw(t, "sign"))
	case 4, 5, 6:
		if c.saying != "" {
			return ended
		}
		return tick
	case 7:
		return rapid.SampledFrom([]voice.Event{withdrawn, hungUp, tick}).Draw(t, "end")
	}
	return tick
}

// TestDialogueProperties: whatever happens, heard exactly when key 1 was pressed after the message began; delivered only after the last frame
// of it was sent; one hang-up at most and nothing after it; what is not over will be by waiting alone.
func TestDialogueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_800_000_000, 0)
		d, c := voice.NewDialogue(rapid.Bool().Draw(t, "slow"), now), &call{}
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond)
			e := drawEvent(t, c)
			advance(t, d, c, e, now)
		}
		for n := 0; !d.Over(); n++ {
			if n > 30 {
				t.Fatal("a call that nothing happens in does not end")
			}
			now = now.Add(time.Minute)
			e := tick
			if c.saying != "" {
				e = ended
			} else if d.Due().IsZero() {
				t.Fatal("says nothing and waits for nothing")
			}
			advance(t, d, c, e, now)
		}
		end := d.Ending()
		if end.Heard != c.heard {
			t.Fatalf("heard %t, key 1 %t", end.Heard, c.heard)
		}
		if end.Delivered && !c.told {
			t.Fatal("delivered before the last frame")
		}
		if c.hangUps > 1 {
			t.Fatal("hung up twice")
		}
	})
}

func advance(t *rapid.T, d *voice.Dialogue, c *call, e voice.Event, now time.Time) {
	over := d.Over()
	c.before(e)
	a := d.Next(e, now)
	c.after(a)
	if over && a != (voice.Action{}) {
		t.Fatalf("%s after the end", written(a))
	}
	if e.Kind == voice.HungUp && a != (voice.Action{}) {
		t.Fatal(fmt.Sprint("acts on a call that is gone: ", written(a)))
	}
}
