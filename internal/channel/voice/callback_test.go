package voice_test

import (
	"context"
	"fmt"
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

func newCallBack(r *rig, longest time.Duration) *voice.CallBack {
	return voice.NewCallBack(voice.CallBackOptions{
		Scripts: r.scripts, Sender: "Politiezone Vlierbeek", Line: "101", Languages: []buurtbel.Language{buurtbel.Dutch}, Longest: longest,
		Last: func(_ context.Context, from string) (*channel.Content, bool) {
			return alert(false, buurtbel.Dutch), from == mobile
		},
	})
}

const (
	notStaffed = "Goeiedag. Met dit nummer geeft Politiezone Vlierbeek dringende berichten door. Er neemt hier niemand op.\n" +
		"Hebt u dringend hulp nodig of ziet u iets verdachts? Leg neer en bel 101."
	lastOffer = "Wilt u het laatste bericht horen dat we naar dit nummer stuurden? Druk op 1."
	goodbye   = "Dit gesprek stopt nu. Tot ziens."
	voicemail = "Dit is een dringend bericht van Politiezone Vlierbeek voor Buurtnetwerk Kerkveld.\n" +
		"Inbraak bezig in de Molenstraat. Grijp niet zelf in. Iets gezien? Bel 101.\n" +
		"Dit bericht kwam van Politiezone Vlierbeek. Belt u dit nummer terug, dan krijgt u niemand aan de lijn."
)

func TestCallBack(t *testing.T) {
	pressing := func(keys string) trunk.Phone {
		return func(p *trunk.Party) {
			for _, k := range keys {
				p.Wait(18 * time.Second)
				p.Press(byte(k))
			}
			trunk.Stays(p)
		}
	}
	for _, c := range []struct {
		name, from string
		phone      trunk.Phone
		want       []string
	}{
		{"a stranger", landline, pressing("1"), []string{notStaffed, goodbye}},
		{"a withheld number", "", pressing("1"), []string{notStaffed, goodbye}},
		{"who got a message and does not want it", mobile, pressing("5"), []string{notStaffed, lastOffer, goodbye}},
		{"who got a message", mobile, pressing("1"), []string{notStaffed, lastOffer, voicemail, lastOffer, goodbye}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				b := newCallBack(r, 0)
				p := r.trunk.CallIn(t.Context(), c.from, c.phone, b.Answer)
				if d := cmp.Diff(strings.Join(c.want, "\n"), r.said(p)); d != "" {
					t.Error(d)
				}
				if p.Lasted() > 3*time.Minute || p.Quiet() > time.Second {
					t.Errorf("lasted %s, quiet for %s", p.Lasted(), p.Quiet())
				}
			})
		})
	}
}

func TestCallBackIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		p := r.trunk.CallIn(t.Context(), mobile, func(p *trunk.Party) {
			for p.Wait(15 * time.Second) {
				p.Press('1')
			}
		}, newCallBack(r, time.Minute).Answer)
		if p.Lasted() != time.Minute {
			t.Error(p.Lasted())
		}
	})
}

// TestCallBacksTakeNoLine: 500 who call back within a minute are all answered at once while every outgoing line goes on working.
func TestCallBacksTakeNoLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lines, calls = 5, 20
		r := newRig(t, lines)
		r.trunk.ConnectOthers(trunk.RingsOut)
		b := newCallBack(r, 0)
		if err := b.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		ready := r.speaker.Spoke()
		began := time.Now()
		var back sync.WaitGroup
		for i := range 500 {
			back.Go(func() {
				p := r.trunk.CallIn(t.Context(), fmt.Sprintf("+324560%05d", i), trunk.Stays, b.Answer)
				if !strings.HasPrefix(r.said(p), notStaffed) || p.Quiet() > time.Second {
					t.Error(r.said(p), p.Quiet())
				}
			})
		}
		var all []*settled
		for i := range calls {
			all = append(all, r.send(t.Context(), message(fmt.Sprintf("+324550%05d", i), alert(false, buurtbel.Dutch))))
		}
		for _, s := range all {
			s.wait()
		}
		if took := time.Since(began); took != calls/lines*25*time.Second || r.trunk.Most() != lines {
			t.Errorf("the calls took %s on %d lines", took, r.trunk.Most())
		}
		back.Wait()
		if n := r.speaker.Spoke() - ready; n != 8 { // the alert of the outgoing calls
			t.Errorf("%d sentences rendered for call-backs", n)
		}
	})
}

func TestCallBackWithoutSpeech(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.speaker.Fail(context.DeadlineExceeded)
		p := r.trunk.CallIn(t.Context(), mobile, trunk.Stays, newCallBack(r, 0).Answer)
		if p.Lasted() != 0 || len(p.Sound()) != 0 {
			t.Error(p.Lasted())
		}
	})
}
