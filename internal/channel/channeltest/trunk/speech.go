package trunk

import (
	"context"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Speaker is a voice.Speaker whose sound a test can read back: every sample of a text has the text's number as its value. It implements
// voice.Speaker.
type Speaker struct {
	PerLetter time.Duration // how long a letter takes; 0: 50 ms; slow takes four thirds of it

	mu    sync.Mutex
	said  []Said // by number - 1
	err   error
	spoke int
}

var _ voice.Speaker = (*Speaker)(nil)

// Said is a text that was said.
type Said struct {
	Text     string
	Language buurtbel.Language
	Slow     bool
	Whole    bool // from the first sample to the last
}

// Fail makes every further text fail with err; nil: none.
func (s *Speaker) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Spoke is how many texts were rendered.
func (s *Speaker) Spoke() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spoke
}

// Speak implements voice.Speaker.
func (s *Speaker) Speak(_ context.Context, text string, l buurtbel.Language, slow bool) (voice.Audio, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoke++
	if s.err != nil {
		return nil, s.err
	}
	s.said = append(s.said, Said{Text: text, Language: l, Slow: slow, Whole: true})
	a := make(voice.Audio, s.length(text, slow))
	for i := range a {
		a[i] = int16(len(s.said))
	}
	return a, nil
}

func (s *Speaker) length(text string, slow bool) int {
	per := s.PerLetter
	if per == 0 {
		per = 50 * time.Millisecond
	}
	if slow {
		per = per * 4 / 3
	}
	return max(1, int(time.Duration(len(text))*per*voice.Rate/time.Second))
}

// Read tells what was said in a sound.
func (s *Speaker) Read(a voice.Audio) []Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Said
	for start := 0; start < len(a); {
		end := start
		for end < len(a) && a[end] == a[start] {
			end++
		}
		if n := int(a[start]); n > 0 {
			said := s.said[n-1]
			said.Whole = end-start == s.length(said.Text, said.Slow)
			out = append(out, said)
		}
		start = end
	}
	return out
}
