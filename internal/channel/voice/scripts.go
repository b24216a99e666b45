package voice

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

const (
	renderTime = 60 * time.Second // for all of one script
	renderers  = 4                // phrases that are made at once for one script
	keepBytes  = 64 << 20         // of sound that belongs to messages; the least recently used go first
)

// Scripts renders what calls say, once for all calls of a message, and keeps it. All senders and the call-back share one.
type Scripts struct {
	speaker Speaker
	wording Wording
	life    context.Context

	mu     sync.Mutex
	own    map[[sha256.Size]byte]*entry
	shared map[string]*fixture // parts that no message changes, by name
	clock  uint64              // counts uses, for the oldest
}

// Wording brings numbers, times, abbreviations and the lexicon's words of a text to what can be said in a language. The lexicon may hold words
// of other languages too.
type Wording func(text string, l buurtbel.Language, lexicon []buurtbel.Respelling) string

type entry struct {
	done   chan struct{} // closed when script or err is set
	script *Script
	err    error
	used   uint64
}

// fixture holds parts that no message changes.
type fixture struct {
	turn  chan struct{}     // whoever has put something in may read and set parts
	parts map[Part][2]Audio // nil: not rendered yet
}

// NewScripts makes a Scripts that renders until ctx is done. wording may be nil: texts are ready to be said.
func NewScripts(ctx context.Context, speaker Speaker, wording Wording) *Scripts {
	if wording == nil {
		wording = func(text string, _ buurtbel.Language, _ []buurtbel.Respelling) string { return text }
	}
	return &Scripts{speaker: speaker, wording: wording, life: ctx, own: map[[sha256.Size]byte]*entry{}, shared: map[string]*fixture{}}
}

// Whole gives everything that who answers hears, up to the keys: for who wants to listen before it goes out. An error is kept by nobody: the next
// who needs the script tries again. It holds no word of the text.
func (s *Scripts) Whole(ctx context.Context, c *channel.Content, slow bool) (Audio, error) {
	script, err := s.of(ctx, c)
	if err != nil {
		return nil, err
	}
	return append(append(Audio{}, script.Say(Message, slow)...), script.Say(Menu, slow)...), nil
}

// PrepareLanguages renders the sentences that every message in these languages has in common, so that the first alert need not wait for them.
func (s *Scripts) PrepareLanguages(ctx context.Context, languages []buurtbel.Language) error {
	_, err := s.fixed(ctx, languages)
	return err
}

// of gives the script of a content, rendering it when nobody did.
func (s *Scripts) of(ctx context.Context, c *channel.Content) (*Script, error) {
	key, err := keyOf(c)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	e := s.own[key]
	if e == nil {
		e = &entry{done: make(chan struct{})}
		s.own[key] = e
		go s.fill(key, e, c)
	}
	s.clock++
	e.used = s.clock
	s.mu.Unlock()
	select {
	case <-e.done:
		return e.script, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// keyOf names what a content says, whichever copy of it comes.
func keyOf(c *channel.Content) ([sha256.Size]byte, error) {
	b, err := json.Marshal(struct {
		Sender   string
		Exercise bool
		Spoken   []buurtbel.Spoken
		Lexicon  []buurtbel.Respelling
	}{c.Sender, c.Exercise, c.Spoken, c.Lexicon})
	return sha256.Sum256(b), err
}

// fill renders for all who wait, on nobody's context: one call that is cancelled must not take the script from the others.
func (s *Scripts) fill(key [sha256.Size]byte, e *entry, c *channel.Content) {
	ctx, cancel := context.WithTimeout(s.life, renderTime)
	defer cancel()
	e.script, e.err = s.render(ctx, c)
	s.mu.Lock()
	if e.err != nil {
		delete(s.own, key)
	}
	close(e.done)
	s.shed()
	s.mu.Unlock()
}

// shed forgets the least recently used scripts above keepBytes. Calls that speak one keep it until they end.
func (s *Scripts) shed() {
	for {
		total, oldest, least := 0, [sha256.Size]byte{}, uint64(math.MaxUint64)
		for key, e := range s.own {
			if e.script == nil {
				continue // still being made
			}
			total += e.script.size()
			if e.used < least {
				oldest, least = key, e.used
			}
		}
		if total <= keepBytes || least == s.clock {
			return
		}
		delete(s.own, oldest)
	}
}

func (s *Scripts) render(ctx context.Context, c *channel.Content) (*Script, error) {
	lines, err := ownLines(c)
	if err != nil {
		return nil, err
	}
	var languages []buurtbel.Language
	for _, spoken := range c.Spoken {
		languages = append(languages, spoken.Language)
	}
	shared, err := s.fixed(ctx, languages)
	if err != nil {
		return nil, err
	}
	parts, err := s.speak(ctx, lines)
	if err != nil {
		return nil, err
	}
	for part, sound := range shared {
		parts[part] = sound
	}
	return &Script{parts}, nil
}

// fixed gives the parts that depend on the languages alone.
func (s *Scripts) fixed(ctx context.Context, languages []buurtbel.Language) (map[Part][2]Audio, error) {
	if len(languages) == 0 {
		return nil, errNothing
	}
	var name strings.Builder
	for _, l := range languages {
		name.WriteString(string(l) + " ")
	}
	return s.once(ctx, name.String(), fixedLines(languages))
}

// once gives parts that are kept by a name for as long as the program runs. The first who needs them renders, on its own context; who comes
// meanwhile waits, and renders when the first could not.
func (s *Scripts) once(ctx context.Context, name string, lines map[Part][]line) (map[Part][2]Audio, error) {
	s.mu.Lock()
	f := s.shared[name]
	if f == nil {
		f = &fixture{turn: make(chan struct{}, 1)}
		s.shared[name] = f
	}
	s.mu.Unlock()
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.turn }()
	if f.parts != nil {
		return f.parts, nil
	}
	parts, err := s.speak(ctx, lines)
	if err == nil {
		f.parts = parts
	}
	return parts, err
}

// speak renders parts at both speeds: all of them or none.
func (s *Scripts) speak(ctx context.Context, parts map[Part][]line) (map[Part][2]Audio, error) {
	sounds, err := s.phrases(ctx, parts)
	if err != nil {
		return nil, err
	}
	out := map[Part][2]Audio{}
	for part, lines := range parts {
		out[part] = [2]Audio{join(lines, sounds, false), join(lines, sounds, true)}
	}
	return out, nil
}

// phrases renders every phrase of parts once, at both speeds.
func (s *Scripts) phrases(ctx context.Context, parts map[Part][]line) (map[phrase]Audio, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	wanted := map[phrase]line{}
	for _, lines := range parts {
		for _, l := range lines {
			for _, slow := range []bool{false, true} {
				l.slow = slow
				wanted[l.phrase] = l
			}
		}
	}
	var (
		mu    sync.Mutex
		all   sync.WaitGroup
		room  = make(chan struct{}, renderers)
		sound = make(map[phrase]Audio, len(wanted))
	)
	for p, l := range wanted {
		if p.text == "" {
			continue
		}
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			a, err := s.phrase(ctx, l)
			if err != nil {
				cancel(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			sound[p] = a
		})
	}
	all.Wait()
	return sound, context.Cause(ctx)
}

var errSilent = errors.New("the speaker gave no sound")

func (s *Scripts) phrase(ctx context.Context, l line) (Audio, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a, err := s.speaker.Speak(ctx, s.wording(l.text, l.language, l.lexicon), l.language, l.slow)
	if err == nil && len(a) == 0 {
		err = errSilent
	}
	if err != nil {
		return nil, fmt.Errorf("speak %s: %w", l.language, err)
	}
	return a, nil
}

// join lays the phrases of a part one after another, filled up to whole frames.
func join(lines []line, sounds map[phrase]Audio, slow bool) Audio {
	n := 0
	for _, l := range lines {
		l.slow = slow
		n += len(sounds[l.phrase]) + samples(l.pause)
	}
	out := make(Audio, 0, (n+Frame-1)/Frame*Frame)
	for _, l := range lines {
		l.slow = slow
		out = append(append(out, sounds[l.phrase]...), make(Audio, samples(l.pause))...)
	}
	return out[:cap(out)]
}

func samples(d time.Duration) int { return int(d * Rate / time.Second) }
