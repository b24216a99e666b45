package voice

import (
	"context"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// CallBackOptions are what a CallBack needs.
type CallBackOptions struct {
	Scripts   *Scripts
	Sender    string              // whose number it is, such as "Politiezone Vlierbeek"
	Line      string              // the emergency line to call instead, from the country profile or the zone
	Languages []buurtbel.Language // in which order it speaks
	// Last gives the last message that was sent to this number, when it is one that a member verified. nil: nobody is offered one. It is not
	// asked when the caller withholds the number. A caller's number can be forged: give nothing that may not be read to a stranger.
	Last    func(ctx context.Context, from string) (*channel.Content, bool)
	Longest time.Duration // how long a call may last; 0: 3 min
	Logger  *slog.Logger  // nil: slog.Default()
}

// CallBack answers who calls our number back: a recording says that nobody is there and which line to call, and offers the last message to
// who got one. It takes no outgoing line and confirms nothing.
type CallBack struct{ o CallBackOptions }

const (
	longestCallBack = 3 * time.Minute
	lookUp          = 2 * time.Second // for the last message: the caller is waiting
)

// NewCallBack makes a CallBack. Its Answer fits a trunk.
func NewCallBack(o CallBackOptions) *CallBack {
	if o.Longest <= 0 {
		o.Longest = longestCallBack
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &CallBack{o}
}

var _ Answer = (*CallBack)(nil).Answer

// Prepare renders the recording before the first call.
func (b *CallBack) Prepare(ctx context.Context) error {
	_, err := b.recording(ctx)
	return err
}

// Answer takes one call and ends it.
func (b *CallBack) Answer(ctx context.Context, from string, c Call) {
	defer c.HangUp()
	ctx, cancel := context.WithTimeout(ctx, b.o.Longest)
	defer cancel()
	script, err := b.recording(ctx)
	if err != nil {
		b.o.Logger.ErrorContext(ctx, "recording could not be spoken", "error", err)
		return
	}
	head := &reception{due: time.Now()}
	if last := b.last(ctx, from); last != nil {
		head.offer = true
		script = &Script{maps.Clone(script.parts)}
		script.parts[Voicemail] = last.parts[Voicemail] // the message without keys that would confirm it
	}
	converse(ctx, c, script, head, nil, nil)
}

func (b *CallBack) recording(ctx context.Context) (*Script, error) {
	args := buurtbel.Args{"Sender": b.o.Sender, "Line": b.o.Line}
	lines := []line{{pause: lead}}
	for i, l := range b.o.Languages {
		lines = append(lines, sentence(l, "voice.callback.not-staffed", args, breath),
			sentence(l, "voice.callback.line", args, pauseAfter(i, len(b.o.Languages))))
	}
	name := make([]string, len(lines))
	for i := range lines {
		name[i] = string(lines[i].language) + lines[i].text
	}
	said, err := b.o.Scripts.once(ctx, strings.Join(name, "\n"), map[Part][]line{NotStaffed: lines})
	if err != nil {
		return nil, err
	}
	shared, err := b.o.Scripts.fixed(ctx, b.o.Languages)
	if err != nil {
		return nil, err
	}
	parts := maps.Clone(shared)
	maps.Copy(parts, said)
	return &Script{parts}, nil
}

// last gives the script of the last message to a number; nil when there is none, or when it would keep the caller waiting.
func (b *CallBack) last(ctx context.Context, from string) *Script {
	if from == "" || b.o.Last == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	content, ok := b.o.Last(ctx, from)
	if !ok || content == nil {
		return nil
	}
	script, err := b.o.Scripts.of(ctx, content)
	if err != nil {
		b.o.Logger.ErrorContext(ctx, "last message could not be spoken", "error", err)
		return nil
	}
	return script
}

// reception is the head of a call that came in: the recording, then the offer for as long as key 1 is pressed, then goodbye.
type reception struct {
	offer  bool // there is a last message
	part   Part // being said; "" while it waits
	due    time.Time
	isOver bool
}

func (r *reception) Due() time.Time { return r.due }
func (r *reception) Over() bool     { return r.isOver }
func (r *reception) Listens() bool  { return false }

// Next takes what happened and says what to do.
func (r *reception) Next(e Event, now time.Time) Action {
	switch {
	case r.isOver:
		return Action{}
	case e.Kind == HungUp:
		r.isOver = true
		return Action{}
	case e.Kind == KeyPressed && e.Key == '1' && r.offer && r.part != Goodbye:
		return r.say(Voicemail)
	case e.Kind == Ticked && !r.due.IsZero() && !now.Before(r.due):
		return r.tick()
	case e.Kind == PartEnded:
		return r.ended(now)
	}
	return Action{}
}

func (r *reception) say(p Part) Action {
	r.part, r.due = p, time.Time{}
	return Action{Kind: Speak, Part: p}
}

// tick begins the call, or ends the wait for a key.
func (r *reception) tick() Action {
	if r.part == "" {
		return r.say(NotStaffed)
	}
	return r.say(Goodbye)
}

func (r *reception) ended(now time.Time) Action {
	switch {
	case r.part == Goodbye:
		r.isOver = true
		return Action{Kind: HangUp}
	case !r.offer:
		return r.say(Goodbye)
	case r.part == LastOffer:
		r.due = now.Add(KeyWait)
		return Action{}
	}
	return r.say(LastOffer)
}
