package voice_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/trunk"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

var update = flag.Bool("update", false, "write the golden files anew")

// alerts are what the golden files say, per language.
var alerts = map[buurtbel.Language]buurtbel.Spoken{
	buurtbel.Dutch: {Intro: "Dit is een dringend bericht van Politiezone Vlierbeek voor Buurtnetwerk Kerkveld.",
		Text: "Inbraak bezig in de Molenstraat. Grijp niet zelf in. Iets gezien? Bel 101.", Report: "Bel 101. Zeg waar u bent en wat u ziet."},
	buurtbel.French: {Intro: "Ceci est un message urgent de la zone de police Vlierbeek pour le partenariat Kerkveld.",
		Text: "Cambriolage en cours rue du Moulin. N'intervenez pas vous-même. Vous avez vu quelque chose ? Appelez le 101.", Report: "Appelez le 101. Dites où vous êtes et ce que vous voyez."},
	buurtbel.German: {Intro: "Dies ist eine dringende Nachricht der Polizeizone Vlierbeek für das Netzwerk Kerkveld.",
		Text: "Einbruch in der Mühlenstraße. Greifen Sie nicht selbst ein. Etwas gesehen? Wählen Sie 101.", Report: "Wählen Sie 101. Sagen Sie, wo Sie sind und was Sie sehen."},
	buurtbel.English: {Intro: "This is an urgent message of the police zone Vlierbeek for the network Kerkveld.",
		Text: "Burglary in progress in Mill Street. Do not act yourself. Seen something? Call 101.", Report: "Call 101. Say where you are and what you see."},
}

func alert(exercise bool, languages ...buurtbel.Language) *channel.Content {
	c := &channel.Content{Sender: "Politiezone Vlierbeek", Exercise: exercise}
	for _, l := range languages {
		s := alerts[l]
		s.Language = l
		c.Spoken = append(c.Spoken, s)
	}
	return c
}

// walk is a call that presses one key after each part, so that every part is said, and a machine's call after it.
func walk(t *testing.T, r *rig, c *channel.Content) string {
	var out strings.Builder
	for _, w := range []struct {
		title string
		phone func(p *trunk.Party)
	}{
		{"person: 3, no key, 1", func(p *trunk.Party) {
			p.Until(func(a voice.Audio) bool { return len(a) > 0 })
			p.Press('3')
			r.longSilence(p)
			p.Press('1')
			trunk.Stays(p)
		}},
		{"person: no key", trunk.Stays},
		{"person: 9, 9", func(p *trunk.Party) {
			r.longSilence(p)
			p.Press('9')
			r.longSilence(p)
			p.Press('9')
			trunk.Stays(p)
		}},
		{"machine", func(p *trunk.Party) {
			p.Speak(sounds(voice.Beep, time.Second))
			trunk.Stays(p)
		}},
	} {
		r.trunk.Connect(mobile, trunk.Picks(w.phone))
		result := r.send(t.Context(), message(mobile, c)).wait()
		calls := r.trunk.Calls()
		fmt.Fprintf(&out, "# %s: %s\n%s\n\n", w.title, result.State, r.said(calls[len(calls)-1]))
	}
	return out.String()
}

// longSilence waits until nothing was said for five seconds.
func (r *rig) longSilence(p *trunk.Party) {
	for n := -1; n != len(p.Sound()) || n == 0; {
		n = len(p.Sound())
		if !p.Wait(5 * time.Second) {
			return
		}
	}
}

func TestGoldenCalls(t *testing.T) {
	contents := map[string]*channel.Content{"nl-fr": alert(false, buurtbel.Dutch, buurtbel.French), "exercise-de-fr": alert(true, buurtbel.German, buurtbel.French)}
	for _, l := range buurtbel.Languages {
		contents[string(l)] = alert(false, l)
	}
	for name, c := range contents {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := walk(t, newRig(t, 1), c)
				path := filepath.Join("testdata", "call-"+name+".txt")
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(string(want), got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// slowSpeaker takes its time, and ends early when it is not waited for.
type slowSpeaker struct{ *trunk.Speaker }

func (s slowSpeaker) Speak(ctx context.Context, text string, l buurtbel.Language, slow bool) (voice.Audio, error) {
	select {
	case <-time.After(time.Second):
		return s.Speaker.Speak(ctx, text, l, slow)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestRenderedOnce: however many calls want a message at once, each of its sentences is spoken once per speed, and the sentences that all messages have
// in common once for all messages.
func TestRenderedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speaker := &trunk.Speaker{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		scripts := voice.NewScripts(ctx, slowSpeaker{speaker}, nil)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if _, err := scripts.Whole(t.Context(), alert(false, buurtbel.Dutch), false); err != nil { // a copy each
					t.Error(err)
				}
			})
		}
		impatient, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := scripts.Whole(impatient, alert(false, buurtbel.Dutch), false); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		all.Wait()
		first := speaker.Spoke()
		const own, fixed = 4, 9 // intro, text, report, voicemail; all others
		if first != 2*(own+fixed) {
			t.Errorf("%d sentences spoken", first)
		}
		other := alert(true, buurtbel.Dutch)
		if _, err := scripts.Whole(t.Context(), other, false); err != nil {
			t.Error(err)
		}
		if n := speaker.Spoke() - first; n != 2*(own+2) { // the exercise's two sentences
			t.Errorf("%d sentences spoken for another message", n)
		}
	})
}

// TestNeverHalf: a message of which one sentence cannot be spoken is not spoken at all.
func TestNeverHalf(t *testing.T) {
	for name, c := range map[string]*channel.Content{
		"no text in one language": {Spoken: []buurtbel.Spoken{{Language: buurtbel.Dutch, Text: "tekst"}, {Language: buurtbel.French, Text: " "}}},
		"nothing":                 {Text: "an SMS"},
		"one sentence fails":      {Spoken: []buurtbel.Spoken{{Language: buurtbel.Dutch, Intro: "stuk", Text: "tekst"}}},
		"one sentence is silent":  {Spoken: []buurtbel.Spoken{{Language: buurtbel.Dutch, Intro: "leeg", Text: "tekst"}}},
	} {
		t.Run(name, func(t *testing.T) {
			scripts := voice.NewScripts(t.Context(), broken{&trunk.Speaker{}}, nil)
			_, err := scripts.Whole(t.Context(), c, false)
			if err == nil {
				t.Fatal("no error")
			}
			if strings.Contains(err.Error(), "tekst") || strings.Contains(err.Error(), "stuk") {
				t.Error("the error says what was to be said")
			}
		})
	}
}

type broken struct{ *trunk.Speaker }

func (b broken) Speak(ctx context.Context, text string, l buurtbel.Language, slow bool) (voice.Audio, error) {
	switch {
	case text == "stuk" && slow:
		return nil, errors.New("exit status 1")
	case text == "leeg":
		return nil, nil
	}
	return b.Speaker.Speak(ctx, text, l, slow)
}

// TestWording: texts with a lexicon are worked out before they are spoken, with that language's words.
func TestWording(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speaker := &trunk.Speaker{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		scripts := voice.NewScripts(ctx, speaker, func(text string, l buurtbel.Language, lexicon []buurtbel.Respelling) string {
			for _, r := range lexicon {
				text = strings.ReplaceAll(text, r.Written, r.Spoken)
			}
			return text
		})
		c := alert(false, buurtbel.Dutch)
		c.Lexicon = []buurtbel.Respelling{{Written: "Vlierbeek", Spoken: "Vlier-beek"}}
		carrier := trunk.New(1)
		carrier.Connect(mobile, trunk.Picks(trunk.Stays))
		s := voice.NewSender(carrier, voice.Options{Scripts: scripts})
		done := make(chan struct{})
		s.Send(t.Context(), message(mobile, c), func(channel.Result) { close(done) })
		<-done
		if said := speaker.Read(carrier.Calls()[0].Sound()); !strings.Contains(said[0].Text, "Vlier-beek") {
			t.Error(said[0].Text)
		}
	})
}
