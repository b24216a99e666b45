package voice_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/trunk"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

func TestSender(t *testing.T) {
	channeltest.Sender(t, func(t *testing.T) channeltest.Rig {
		carrier := trunk.New(6)
		carrier.ConnectOthers(func(p *trunk.Party) {
			p.Answer()
			hello(p)
			p.Until(func(a voice.Audio) bool { return len(a) > 0 })
			p.Press('1')
			trunk.Stays(p)
		})
		speaker := &trunk.Speaker{PerLetter: time.Microsecond}
		s := voice.NewSender(carrier, voice.Options{Scripts: voice.NewScripts(t.Context(), speaker, nil), Listener: newEar})
		c := content(buurtbel.Dutch)
		c.Text = "text nl."
		expires := time.Now().Add(2 * time.Hour)
		return channeltest.Rig{
			Sender: s, Close: s.Close, Silent: carrier.Silent, Cut: carrier.Cut, Taken: func() int { return len(carrier.Calls()) },
			Message: func(n int) *channel.Message {
				return &channel.Message{To: fmt.Sprintf("+324550%05d", n), Expires: expires, Content: c}
			},
		}
	})
}

// TestCalls tells what each kind of telephone comes to.
func TestCalls(t *testing.T) {
	refused := func(r buurtbel.Reason, temporary bool, code string) channel.Result {
		return channel.Result{Failure: &channel.Failure{Reason: r, Temporary: temporary, Code: code}}
	}
	for _, c := range []struct {
		name  string
		phone trunk.Phone
		want  channel.Result
	}{
		{"busy", trunk.Busy, refused(buurtbel.LineBusy, true, "486 Busy Here")},
		{"does not exist", nil, refused(buurtbel.InvalidAddress, false, "404 Not Found")},
		{"rings out", trunk.RingsOut, channel.Result{State: buurtbel.Rang, Reason: buurtbel.NoAnswer}},
		{"declined", trunk.Declines, channel.Result{State: buurtbel.Rang, Reason: buurtbel.Rejected}},
		{"busy after it rang", func(p *trunk.Party) {
			p.Ring(time.Second)
			trunk.Busy(p)
		}, channel.Result{State: buurtbel.Rang, Reason: buurtbel.LineBusy}},
		{"throttled", func(p *trunk.Party) {
			p.Refuse(voice.Refusal{Reason: buurtbel.Throttled, Temporary: true, After: 3 * time.Second, Code: "503"})
		}, channel.Result{Failure: &channel.Failure{Reason: buurtbel.Throttled, Temporary: true, After: 3 * time.Second, Code: "503"}}},
		{"hangs up at once", trunk.Picks(func(*trunk.Party) {}), channel.Result{State: buurtbel.HandedOver, Parts: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 2)
				if c.phone != nil {
					r.trunk.Connect(mobile, c.phone)
				}
				got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
				if d := cmp.Diff(c.want, got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestConfirmedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
			hello(p)
			r.hears(p, "Appuyez sur 1 pour confirmer")
			p.Press('1')
			trunk.Stays(p)
		}))
		got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch, buurtbel.French))).wait()
		p := r.trunk.Calls()[0]
		if d := cmp.Diff(channel.Result{State: buurtbel.Heard, Seconds: int((p.Lasted() + time.Second - 1) / time.Second), Parts: 1}, got); d != "" {
			t.Error(d)
		}
		want := `intro nl.
Le message en français vient ensuite.
text nl.
Druk op 1 om te bevestigen dat u dit gehoord hebt. Druk op 2 om het nog eens te horen. Druk op 3 om te horen hoe u meldt wat u zag.
intro fr.
text fr.
Appuyez sur 1 pour confirmer que vous avez entendu ce message. Appuyez sur 2 pour le réécouter. Appuyez sur 3 pour savoir comment signaler ce que vous avez vu. -
Bedankt. We weten nu dat u het bericht gehoord hebt. Tot ziens.
Merci. Nous savons maintenant que vous avez entendu le message. Au revoir.`
		if d := cmp.Diff(want, r.said(p)); d != "" {
			t.Error(d)
		}
		if p.Overlap() {
			t.Error("two parts at once")
		}
	})
}

// TestSpokenToSoon: a living "hello?", a silence and a sound that says nothing are all spoken to within 1.5 s.
func TestSpokenToSoon(t *testing.T) {
	for name, answer := range map[string]func(p *trunk.Party){
		"hello": hello, "silence": func(*trunk.Party) {}, "television": func(p *trunk.Party) { p.Speak(sounds("", time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
					answer(p)
					p.Wait(10 * time.Second)
				}))
				r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
				if quiet := r.trunk.Calls()[0].Quiet(); quiet > 1500*time.Millisecond {
					t.Errorf("spoken to after %s", quiet)
				}
			})
		})
	}
}

// TestLastFrame: who hangs up one frame before the last word ends had it handed over, who hangs up after it had it delivered.
func TestLastFrame(t *testing.T) {
	whole := func(a voice.Audio, speaker *trunk.Speaker) bool {
		said := speaker.Read(a)
		return len(said) > 0 && said[len(said)-1].Text == "text nl." && said[len(said)-1].Whole
	}
	for _, c := range []struct {
		more time.Duration // after the last sample of the text; 300 ms of silence belong to it
		want buurtbel.DeliveryState
	}{{0, buurtbel.HandedOver}, {290 * time.Millisecond, buurtbel.HandedOver}, {330 * time.Millisecond, buurtbel.Delivered}} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, 1)
			r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
				p.Until(func(a voice.Audio) bool { return whole(a, r.speaker) })
				p.Wait(c.more)
			}))
			if got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait(); got.State != c.want {
				t.Errorf("%s after the last word: %s, want %s", c.more, got.State, c.want)
			}
		})
	}
}

// TestGoneWithLastFrame: who hangs up in the very moment of the last frame was told all of it.
func TestGoneWithLastFrame(t *testing.T) {
	const all = 83 * voice.Frame // 0.2 s, "intro nl." in 0.45 s, 0.3 s, "text nl." in 0.4 s, 0.3 s, up to a whole frame
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, 1)
			r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
				p.Until(func(a voice.Audio) bool { return len(a) >= all })
			}))
			got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
			if n := len(r.trunk.Calls()[0].Sound()); got.State != buurtbel.Delivered || n != all {
				t.Errorf("%s after %d of %d samples", got.State, n, all)
			}
		})
	}
}

// TestKeyAndGone: a key pressed in the same moment as the telephone is put down still counts.
func TestKeyAndGone(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, 1)
			r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
				p.Wait(2 * time.Second)
				p.Press('1')
				p.Leave()
			}))
			if got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait(); got.State != buurtbel.Heard {
				t.Error(got.State)
			}
		})
	}
}

func TestMachine(t *testing.T) {
	tell := "intro nl.\ntext nl.\nDit bericht kwam van Politiezone Vlierbeek. Belt u dit nummer terug, dan krijgt u niemand aan de lijn."
	for _, c := range []struct {
		name    string
		machine func(p *trunk.Party)
		want    string // what was said after the beep or the end of the greeting
		state   buurtbel.DeliveryState
	}{
		{"recognised late, beep", func(p *trunk.Party) {
			p.Speak(sounds("", 2*time.Second))
			p.Speak(sounds(voice.Machine, 6*time.Second))
			p.Speak(sounds(voice.Beep, 400*time.Millisecond))
			trunk.Stays(p)
		}, "intro nl.\n" + tell, buurtbel.Delivered},
		{"no beep", func(p *trunk.Party) {
			p.Speak(sounds(voice.Machine, 6*time.Second))
			p.Speak(sounds(voice.GreetingEnded, 40*time.Millisecond))
			trunk.Stays(p)
		}, tell, buurtbel.Delivered},
		{"full", func(p *trunk.Party) {
			p.Speak(sounds(voice.Machine, 6*time.Second))
			p.Speak(sounds(voice.Beep, 400*time.Millisecond))
			p.Wait(1100 * time.Millisecond)
		}, "intro nl.\ntext nl. -", buurtbel.HandedOver},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.trunk.Connect(mobile, trunk.Picks(c.machine))
				got := r.send(t.Context(), message(mobile, content(buurtbel.Dutch))).wait()
				if said := r.said(r.trunk.Calls()[0]); said != c.want || got.State != c.state {
					t.Errorf("%s: %s, want %s: %s", got.State, said, c.state, c.want)
				}
			})
		})
	}
}

// TestSilenceIsHeard: a gateway that sends nothing while nobody speaks still lets the listener's time go on.
func TestSilenceIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		counted := &counter{}
		s := voice.NewSender(r.trunk, voice.Options{Scripts: r.scripts, Listener: func() voice.Listener { return counted }})
		r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) { p.Wait(time.Second) }))
		done := make(chan struct{})
		s.Send(t.Context(), message(mobile, content(buurtbel.Dutch)), func(channel.Result) { close(done) })
		<-done
		if counted.n < 800*voice.Rate/1000 || counted.n > voice.Rate {
			t.Errorf("%d samples in a second of silence", counted.n)
		}
	})
}

type counter struct{ n int }

func (c *counter) Hear(f voice.Audio) (voice.Sign, bool) {
	c.n += len(f)
	return "", false
}

func TestCancelled(t *testing.T) {
	for _, c := range []struct {
		name  string
		phone trunk.Phone
		cause error
		want  channel.Result
		said  string
	}{
		{"not needed while it rings", trunk.RingsOut, channel.ErrNotNeeded, channel.Result{State: buurtbel.Rang, Reason: buurtbel.NoAnswer}, ""},
		{"stopped while it rings", trunk.RingsOut, channel.ErrStopped, channel.Result{State: buurtbel.Rang, Reason: buurtbel.NoAnswer}, ""},
		{"not needed before it rings", trunk.Stays, channel.ErrNotNeeded,
			channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unreachable, Temporary: true, Code: "cancelled"}}, ""},
		{"not needed after it was answered", trunk.Picks(trunk.Stays), channel.ErrNotNeeded, channel.Result{State: buurtbel.Delivered, Parts: 1}, "text nl.\n"},
		{"stopped after it was answered", trunk.Picks(trunk.Stays), channel.ErrStopped, channel.Result{State: buurtbel.HandedOver, Parts: 1},
			"text nl. -\nDit bericht is net stopgezet. Het geldt niet meer. Tot ziens."},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.trunk.Connect(mobile, c.phone)
				ctx, cancel := context.WithCancelCause(t.Context())
				began := time.Now()
				s := r.send(ctx, message(mobile, content(buurtbel.Dutch)))
				time.AfterFunc(4200*time.Millisecond, func() { cancel(c.cause) })
				got := s.wait()
				if c.said == "" && time.Since(began) != 4200*time.Millisecond {
					t.Errorf("settled after %s", time.Since(began))
				}
				got.Seconds = 0
				if d := cmp.Diff(c.want, got); d != "" {
					t.Error(d)
				}
				if said := r.said(r.trunk.Calls()[0]); !strings.Contains(said, c.said) {
					t.Errorf("said %q", said)
				}
			})
		})
	}
}

func TestMayNotDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.trunk.ConnectOthers(trunk.RingsOut)
		for _, to := range []string{"112", "101", "+32112", "+3290000000", "+881612345678", "+33612345678", "", "letters"} {
			f := r.send(t.Context(), message(to, content(buurtbel.Dutch))).wait().Failure
			if f == nil || f.Reason != buurtbel.InvalidAddress || f.Temporary {
				t.Errorf("%q: %v", to, f)
			}
		}
		if n := len(r.trunk.Calls()); n != 0 {
			t.Errorf("%d dialled", n)
		}
	})
}

func TestNoSpeechNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.trunk.ConnectOthers(trunk.RingsOut)
		r.speaker.Fail(errors.New("no voice"))
		c := content(buurtbel.Dutch)
		f := r.send(t.Context(), message(mobile, c)).wait().Failure
		want := &channel.Failure{Reason: buurtbel.Other, Temporary: true, Code: "no speech"}
		if d := cmp.Diff(want, f); d != "" || len(r.trunk.Calls()) != 0 {
			t.Errorf("%d calls; %s", len(r.trunk.Calls()), d)
		}
		r.speaker.Fail(nil)
		if got := r.send(t.Context(), message(mobile, c)).wait(); got.State != buurtbel.Rang {
			t.Error("the same message is not tried again", got.Failure)
		}
	})
}

// TestCloseEndsCalls: a Close that is not given the time ends even calls that were answered, with what is known of them.
func TestCloseEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.trunk.Connect(mobile, trunk.Picks(trunk.Stays))
		s := r.send(t.Context(), message(mobile, content(buurtbel.Dutch)))
		p := func() *trunk.Party { synctest.Wait(); return r.trunk.Calls()[0] }()
		r.hears(p, "text nl.")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := r.sender.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got := s.wait(); got.State != buurtbel.HandedOver {
			t.Error(got.State)
		}
	})
}

// TestNothingToReport: a message without a word on how to report goes on to the keys.
func TestNothingToReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		c := content(buurtbel.Dutch)
		c.Spoken[0].Report = ""
		r.trunk.Connect(mobile, trunk.Picks(func(p *trunk.Party) {
			r.hears(p, "text nl.")
			p.Press('3')
			p.Wait(5 * time.Second)
		}))
		r.send(t.Context(), message(mobile, c)).wait()
		if said := r.said(r.trunk.Calls()[0]); !strings.Contains(said, "text nl. -\nDruk op 1 om te bevestigen dat u het bericht") {
			t.Error(said)
		}
	})
}
