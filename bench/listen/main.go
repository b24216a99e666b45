// Program listen measures how a call tells a person from a machine: whether a machine has the whole message, and how soon a living person is
// spoken to. It makes what it hears: greetings and answers in four languages, spoken by espeak-ng, with noise, music, televisions and beeps,
// over A-law. Every call goes through the dialogue and the listener of a real one, with an echo of our own speech, on a clock of samples.
//
// There are two halves, which share no greeting, living answer, voice or seed: the listener was tuned on one and is judged on the other. They share
// the generators of noise, music and beeps, the television programmes and short interjections.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/listen"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	tuning, json, keep, verbose, deaf bool
	runs                              int
}

type result struct {
	Half         string      `json:"half"`
	Deaf         bool        `json:"deaf,omitempty"`
	Greetings    int         `json:"greetings"` // different ones
	Runs         int         `json:"runs"`      // calls to them
	Whole        int         `json:"whole"`
	WholeShare   float64     `json:"whole_share"`
	Living       int         `json:"living"`
	Within       int         `json:"within"` // spoken to within 1.5 s, and to the end
	WithinShare  float64     `json:"within_share"`
	P50          float64     `json:"latency_ms_p50"`
	P97          float64     `json:"latency_ms_p97"`
	Late         int         `json:"late"`          // living, spoken to later
	FalseMachine int         `json:"false_machine"` // living, taken for a machine
	Begun        int         `json:"begun_into_greeting"`
	Frame        float64     `json:"us_per_frame"`
	Shortest     float64     `json:"greeting_s_shortest"`
	Longest      float64     `json:"greeting_s_longest"`
	Lost         []string    `json:"lost,omitempty"`
	Missed       []string    `json:"missed,omitempty"`
	Machine      rig.Machine `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	o := &options{}
	flag.BoolVar(&o.tuning, "tuning", false, "the half that the listener was tuned on, instead of the one it was not")
	flag.BoolVar(&o.json, "json", false, "print one JSON object")
	flag.BoolVar(&o.keep, "out", false, "also write bench/results/listen-<half>-<commit>.json")
	flag.BoolVar(&o.verbose, "v", false, "say what happened in each call that went wrong")
	flag.BoolVar(&o.deaf, "deaf", false, "do not listen at all, as a control: speak after 1.2 s to whoever answers")
	flag.IntVar(&o.runs, "runs", 100, "calls to machines, and to living ones")
	flag.Parse()
	h := held
	if o.tuning {
		h = tuning
	}
	s, err := newStudio()
	if err != nil {
		return err
	}
	out := &result{Half: h.name, Deaf: o.deaf, Runs: o.runs, Living: o.runs, Machine: rig.ThisMachine()}
	if err := o.measure(ctx, h, s, out); err != nil {
		return err
	}
	name := "listen"
	if o.deaf {
		name = "listen-deaf"
	}
	return rig.Report(name, store.Engine(h.name), out, o.json, o.keep)
}

func (o *options) measure(ctx context.Context, h half, s *studio, out *result) error {
	lines, err := readLines("message")
	if err != nil {
		return err
	}
	spoken, err := s.say(ctx, voiceOf{"nl", "f2", 50, 150}, lines[0])
	if err != nil {
		return err
	}
	message := line(rand.New(rand.NewPCG(1, 1)), spoken.level(-20), 0)
	if err := o.machines(ctx, h, s, message, out); err != nil {
		return err
	}
	return o.people(ctx, h, s, message, out)
}

func (o *options) machines(ctx context.Context, h half, s *studio, message voice.Audio, out *result) error {
	all, err := h.greetings()
	if err != nil {
		return err
	}
	out.Greetings = len(all)
	var spent time.Duration
	var frames int
	for i := range o.runs {
		a, err := h.machine(ctx, s, all[i%len(all)], i)
		if err != nil {
			return err
		}
		out.Longest = max(out.Longest, rig.Round(a.opens))
		if i == 0 || a.opens < out.Shortest {
			out.Shortest = rig.Round(a.opens)
		}
		got := o.hold(a, message, between(rand.New(rand.NewPCG(h.seed, uint64(i))), -45, -24))
		if len(got.said) > 0 && got.said[0].from < a.opens {
			out.Begun++
		}
		if got.recorded(a) {
			out.Whole++
		} else {
			out.Lost = append(out.Lost, fmt.Sprintf("%d: %s", i, a.kind))
			o.tell(a, got, all[i%len(all)].text)
		}
		d, n := timed(a.sound)
		spent, frames = spent+d, frames+n
	}
	out.WholeShare = float64(out.Whole) / float64(max(1, o.runs))
	out.Frame = rig.Round(float64(spent.Nanoseconds()) / 1000 / float64(max(1, frames)))
	return nil
}

// timed hears a sound once more, alone.
func timed(a voice.Audio) (time.Duration, int) {
	l, begun, n := listen.New(), time.Now(), 0
	for ; len(a) >= voice.Frame; a = a[voice.Frame:] {
		l.Hear(a[:voice.Frame])
		n++
	}
	return time.Since(begun), n
}

func (o *options) people(ctx context.Context, h half, s *studio, message voice.Audio, out *result) error {
	var waits []float64
	for i := range o.runs {
		a, err := h.living(ctx, s, i)
		if err != nil {
			return err
		}
		got := o.hold(a, message, between(rand.New(rand.NewPCG(h.seed, uint64(i))), -45, -24))
		waits = append(waits, got.waited(a)*1000)
		late, taken := got.waited(a) > inTime, got.taken()
		if late {
			out.Late++
		}
		if taken {
			out.FalseMachine++
		}
		if !late && !taken {
			out.Within++
			continue
		}
		out.Missed = append(out.Missed, fmt.Sprintf("%d: %s", i, a.kind))
		o.tell(a, got, "")
	}
	out.WithinShare = float64(out.Within) / float64(max(1, o.runs))
	out.P50, out.P97 = rig.Round(rig.Quantile(waits, 0.5)), rig.Round(rig.Quantile(waits, 0.97))
	return ctx.Err()
}

// tell says what happened in a call.
func (o *options) tell(a *answer, got *outcome, text string) {
	if o.verbose {
		fmt.Printf("%s %s\n  opens %.2f, ends %.2f\n  signs %v\n  said %+v\n", a.kind, text, a.opens, a.ends, got.signs, got.said)
	}
}
