package voice_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/trunk"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

const (
	landline = "+3220000001"
	mobile   = "+32455000001"
)

// rig is a sender with its trunk, inside a synctest bubble.
type rig struct {
	trunk   *trunk.Trunk
	speaker *trunk.Speaker
	scripts *voice.Scripts
	sender  *voice.Sender
}

func newRig(t *testing.T, lines int) *rig {
	ctx, cancel := context.WithCancel(t.Context())
	r := &rig{trunk: trunk.New(lines), speaker: &trunk.Speaker{}}
	r.scripts = voice.NewScripts(ctx, r.speaker, nil)
	r.sender = voice.NewSender(r.trunk, voice.Options{Scripts: r.scripts, Listener: newEar, Countries: []string{"BE"}, Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		done, stop := context.WithTimeout(context.Background(), time.Hour)
		defer stop()
		if err := r.sender.Close(done); err != nil {
			t.Error(err)
		}
		cancel()
	})
	return r
}

// content says something in languages.
func content(languages ...buurtbel.Language) *channel.Content {
	c := &channel.Content{Sender: "Politiezone Vlierbeek", Class: buurtbel.ClassAlert, Language: languages[0]}
	for _, l := range languages {
		c.Spoken = append(c.Spoken, buurtbel.Spoken{Language: l, Intro: "intro " + string(l) + ".", Text: "text " + string(l) + ".", Report: "report " + string(l) + "."})
	}
	return c
}

func message(to string, c *channel.Content) *channel.Message {
	return &channel.Message{To: to, Expires: time.Now().Add(2 * time.Hour), Content: c}
}

// settled collects what one Send came to.
type settled struct {
	mu    sync.Mutex
	times int
	last  channel.Result
	done  chan struct{}
}

func (r *rig) send(ctx context.Context, m *channel.Message) *settled {
	s := &settled{done: make(chan struct{})}
	go r.sender.Send(ctx, m, func(result channel.Result) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.times++; s.times == 1 {
			s.last = result
			close(s.done)
		}
	})
	return s
}

func (s *settled) wait() channel.Result {
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// said lists the texts that a party was told, each with its beginning only when it was cut off.
func (r *rig) said(p *trunk.Party) string {
	var out []string
	for _, s := range r.speaker.Read(p.Sound()) {
		text := s.Text
		if s.Slow {
			text = "(slowly) " + text
		}
		if !s.Whole {
			text += " -"
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// hears waits until a text that holds piece is being said to p; false when the call ended first.
func (r *rig) hears(p *trunk.Party, piece string) bool {
	return p.Until(func(a voice.Audio) bool {
		if len(a) == 0 || a[len(a)-1] == 0 {
			return false
		}
		said := r.speaker.Read(a[len(a)-1:])
		return strings.Contains(said[0].Text, piece)
	})
}

// ear is a listener that is told what to make out: the first sample of a frame is the sign's number.
type ear struct{ last int16 }

var signs = []voice.Sign{"", voice.Person, voice.Machine, voice.Beep, voice.GreetingEnded}

func newEar() voice.Listener { return &ear{} }

func (e *ear) Hear(f voice.Audio) (voice.Sign, bool) {
	was := e.last
	e.last = f[0]
	return signs[f[0]], f[0] != 0 && f[0] != was
}

// sounds is a sound that lasts for d and that an ear makes s out of.
func sounds(s voice.Sign, d time.Duration) voice.Audio {
	a := make(voice.Audio, d*voice.Rate/time.Second)
	for i, known := range signs {
		if known == s {
			for j := range a {
				a[j] = int16(i)
			}
		}
	}
	return a
}

// hello is a living answer.
func hello(p *trunk.Party) { p.Speak(sounds(voice.Person, 300*time.Millisecond)) }
