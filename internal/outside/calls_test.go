package outside

import (
	"math"
	"testing"
	"time"
)

// TestHabits asks that a thousand telephones do what the page and the demo promise, and each always the same.
func TestHabits(t *testing.T) {
	seen := map[string]int{}
	const many = 1000
	for n := range uint64(many) {
		h := habitOf(32455000000+n, 0, "")
		if h != habitOf(32455000000+n, 0, "") {
			t.Fatal("a telephone changed its mind")
		}
		seen[h.name]++
		if !h.never && h.refuse == 0 && (h.ring < time.Second || h.ring > 3*time.Second) {
			t.Errorf("%s rings for %s", h.name, h.ring)
		}
		again := habitOf(32455000000+n, 1, "")
		if h.name == habitBusy && again.name == habitBusy {
			t.Error("a busy line stays busy")
		}
		if q := habitOf(32455000000+n, 0, quickHabits); q.name != habitHasty && q.name != habitMachine {
			t.Errorf("%s among the quick", q.name)
		}
	}
	for name, percent := range map[string]float64{habitConfirms: 32, habitHasty: 14, habitAgain: 6, habitListens: 10, habitMachine: 16, habitHallo: 8, habitAbsent: 8, habitBusy: 6} {
		if share := 100 * float64(seen[name]) / many; math.Abs(share-percent) > 3.5 {
			t.Errorf("%.1f %% of the telephones are %s, want about %.0f", share, name, percent)
		}
	}
}

// live plays a telephone against what the other side says: 1 s of silence, then speech from each from to each to.
func live(h habit, length time.Duration, speech ...[2]time.Duration) (keys string, pressed []time.Duration, left time.Duration) {
	m := newManners(h)
	said := time.Duration(0) // the greeting or beep ends then
	for at := time.Duration(0); at < length; at += frameTime {
		speaks := false
		for _, s := range speech {
			speaks = speaks || at >= s[0] && at < s[1]
		}
		switch d := m.step(speaks, at < said); {
		case d.greet:
			said = at + 2*time.Second
		case d.beep:
			said = at + 400*time.Millisecond
		case d.press != 0:
			keys += string(d.press)
			pressed = append(pressed, at)
		case d.leave:
			return keys, pressed, at
		}
	}
	return keys, pressed, 0
}

func TestManners(t *testing.T) {
	const s = time.Second
	message := [2]time.Duration{3 * s, 20 * s}
	keys, pressed, left := live(habitNamed(habitConfirms, 0), 60*s, message)
	if keys != "1" || pressed[0] < 21*s || pressed[0] > 22*s || left != 0 && left < 24*s {
		t.Errorf("who listens to the end pressed %q at %v and left at %s", keys, pressed, left)
	}
	if keys, pressed, _ = live(habitNamed(habitHasty, 0), 60*s, message); keys != "1" || pressed[0] > 8*s {
		t.Errorf("who is hasty pressed %q at %v", keys, pressed)
	}
	if keys, _, _ = live(habitNamed(habitAgain, 0), 90*s, message, [2]time.Duration{25 * s, 40 * s}); keys != "21" {
		t.Errorf("who wants it again pressed %q", keys)
	}
	if keys, _, left = live(habitNamed(habitListens, 0), 60*s, message); keys != "" || left < 20*s || left > 24*s {
		t.Errorf("who only listens pressed %q and left at %s", keys, left)
	}
	if _, _, left = live(habitNamed(habitHallo, 0), 60*s, message); left == 0 || left > 4*s {
		t.Errorf("who only says hello left at %s", left)
	}
	if keys, _, left = live(habitNamed(habitMachine, 0), 60*s, message); keys != "" || left < 23*s || left > 26*s {
		t.Errorf("the voicemail pressed %q and left at %s", keys, left)
	}
	if keys, _, left = live(habitNamed(habitConfirms, 0), 60*s); keys != "" || left == 0 || left > 30*s {
		t.Errorf("to silence it pressed %q and left at %s", keys, left)
	}
}

func TestRulesOfCalls(t *testing.T) {
	b := newMisbehaviour(Fault{CallRules: []CallRule{{Suffix: "93", Habit: habitUnknown}, {Suffix: "47", Habit: habitMachine, First: true}, {Prefix: "322", Status: 480, RingMS: 5}}})
	f := b.now.Load()
	if h := f.callHabit(32455000093, 3, ""); h.refuse != 404 {
		t.Errorf("no such number: %+v", h)
	}
	if h := f.callHabit(32455000047, 0, quickHabits); !h.machine {
		t.Errorf("off: %+v", h)
	}
	if h := f.callHabit(32455000047, 1, quickHabits); h.machine {
		t.Errorf("on again: %+v", h)
	}
	if h := f.callHabit(3220000001, 0, ""); h.refuse != 480 && h.refuse != 486 {
		t.Errorf("refused: %+v", h)
	}
}

func FuzzReadOffer(f *testing.F) {
	f.Add(describe(4000))
	f.Add("c=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na=rtpmap:300 telephone-event/8000")
	f.Fuzz(func(t *testing.T, body string) {
		o, ok := readOffer(body)
		if ok && (!o.at.Addr().IsLoopback() || o.at.Port() == 0 || o.keys > 127 || o.keys < -1 || o.payload != 0 && o.payload != 8) {
			t.Errorf("%q was read as %+v", body, o)
		}
	})
}

func TestSoundComesBackAsItWasMade(t *testing.T) {
	in := tone(time.Second, 9000, 440)
	out, err := readWAV(wav(in))
	if err != nil || len(out) != len(in) {
		t.Fatalf("%d samples of %d (%v)", len(out), len(in), err)
	}
	for i := range out[:len(out)-1] {
		if d := int(out[i]) - int(in[i]); d < -3500 || d > 3500 { // the mean with the next sample
			t.Fatalf("sample %d is %d instead of %d", i, out[i], in[i])
		}
	}
	if _, err := readWAV([]byte("RIFF")); err == nil {
		t.Error("a stub was taken for sound")
	}
	for _, key := range telephoneKeys {
		if len(keyTone(byte(key))) == 0 {
			t.Errorf("key %c has no tone", key)
		}
	}
	if loud := hum(time.Second); len(loud) != soundRate {
		t.Error("the hum has another length")
	}
}
