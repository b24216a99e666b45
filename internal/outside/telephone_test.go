package outside_test

import (
	"context"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/outside"
)

// trunk is the program's own way to make calls: what the telephones are there for. Its own tests meet telephones that nobody here wrote.
func trunk(t *testing.T, p *outside.Process, answer voice.Answer) *sip.Trunk {
	t.Helper()
	tr, err := sip.Open(t.Context(), sip.Config{Name: "test", Server: p.SIP(), Local: "127.0.0.1", Caller: "+3220009999", Lines: 50}, sip.Options{Answer: answer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := tr.Close(ctx); err != nil {
			t.Error("the trunk does not close:", err)
		}
	})
	return tr
}

func beep(length time.Duration) voice.Audio {
	a := make(voice.Audio, int(length.Seconds()*voice.Rate))
	for i := range a {
		a[i] = int16(6000 * math.Sin(2*math.Pi*500*float64(i)/voice.Rate))
	}
	return a
}

// ended waits until the newest call to a number is over.
func ended(t *testing.T, p *outside.Process, number string) outside.CallEntry {
	t.Helper()
	over := time.After(40 * time.Second)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		var last outside.CallEntry
		if err := p.CallLog(t.Context(), func(e outside.CallEntry) error {
			if e.Number == number {
				last = e
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if last.State == outside.Ended {
			return last
		}
		select {
		case <-look.C:
		case <-over:
			t.Fatalf("the call is still %q", last.State)
		}
	}
}

func TestTelephone_pressesAKeyAndRecordsWhatWasSaid(t *testing.T) {
	for _, number := range []string{"+32455000001", "+32455000002", "+32455000003", "+32455000004", "+32455000005", "+32455000006"} { // events and tones
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			p := world(t, outside.Options{})
			if err := p.Fault(t.Context(), func(f *outside.Fault) { f.CallRules = []outside.CallRule{{Habit: "hasty", RingMS: 50}} }); err != nil {
				t.Fatal(err)
			}
			call, refusal := trunk(t, p, nil).Dial(t.Context(), number, 5*time.Second)
			if refusal != nil {
				t.Fatal(refusal)
			}
			go call.Play(t.Context(), beep(20*time.Second)) //nolint:errcheck // it ends with the call
			select {
			case key := <-call.Keys():
				if key != '1' {
					t.Errorf("key %c", key)
				}
			case <-time.After(40 * time.Second):
				t.Error("no key")
			}
			call.HangUp()
			e := ended(t, p, number)
			if e.Keys != "1" || e.Did != outside.Person || e.Left || e.Spoken < 1500 {
				t.Errorf("%+v", e)
			}
			sound, err := p.Sound(t.Context(), e.ID)
			if err != nil || loudness(sound) < 2000 {
				t.Errorf("the recording has a loudness of %.0f (%v)", loudness(sound), err)
			}
		})
	}
}

// loudness is the root of the mean square of a WAV file's samples.
func loudness(file []byte) float64 {
	if len(file) < 46 {
		return 0
	}
	sum, data := 0.0, file[44:]
	for i := 0; i+1 < len(data); i += 2 {
		v := float64(int16(binary.LittleEndian.Uint16(data[i:])))
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(data)/2))
}

func TestTelephone_thatNobodyAnswers(t *testing.T) {
	p := world(t, outside.Options{})
	const absent, busy, none, rude = "+32455000011", "+32455000012", "+32455000013", "+32455000014"
	if err := p.Fault(t.Context(), func(f *outside.Fault) {
		f.CallRules = []outside.CallRule{{Suffix: "11", Habit: "absent"}, {Suffix: "12", Habit: "busy"}, {Suffix: "13", Habit: "unknown"}, {Suffix: "14", Habit: "rejects", RingMS: 20}}
	}); err != nil {
		t.Fatal(err)
	}
	tr := trunk(t, p, nil)
	for _, c := range []struct {
		number, did string
		reason      buurtbel.Reason
		rang        bool
	}{{absent, outside.Nobody, buurtbel.NoAnswer, true}, {busy, outside.Busy, buurtbel.LineBusy, false}, {none, outside.Unknown, buurtbel.InvalidAddress, false}, {rude, outside.Refused, buurtbel.Rejected, true}} {
		call, refusal := tr.Dial(t.Context(), c.number, time.Second)
		if call != nil || refusal.Reason != c.reason || refusal.Rang != c.rang {
			t.Errorf("%s: %+v", c.did, refusal)
		}
		if e := ended(t, p, c.number); e.Did != c.did || e.Rang != c.rang || e.Answered != 0 {
			t.Errorf("%+v", e)
		}
	}
}

func TestTelephone_callsTheNumberBack(t *testing.T) {
	p := world(t, outside.Options{})
	if _, err := p.CallBack(t.Context(), "+32455000021"); err == nil {
		t.Error("nobody has called yet, and there is a number to call back")
	}
	keys := make(chan byte, 1)
	tr := trunk(t, p, func(ctx context.Context, from string, c voice.Call) {
		if from != "+32455000021" {
			t.Errorf("who calls is not shown")
		}
		go c.Play(ctx, beep(10*time.Second)) //nolint:errcheck // it ends with the call
		keys <- <-c.Keys()
		c.HangUp()
	})
	if _, refusal := tr.Dial(t.Context(), "+32455000013", time.Second); refusal == nil { // whoever it is
		t.Log("somebody answered")
	}
	id, err := p.CallBack(t.Context(), "+32455000021")
	if err != nil {
		t.Fatal(err)
	}
	over := time.After(40 * time.Second)
	for pressed := false; !pressed; {
		if sound, err := p.Sound(t.Context(), id); err == nil && loudness(sound) > 1000 {
			if err := p.Press(t.Context(), id, "1"); err != nil {
				t.Fatal(err)
			}
			pressed = true
		}
		select {
		case <-over:
			t.Fatal("nothing was heard")
		default:
		}
	}
	if key := await(t, "a key", keys); key != '1' {
		t.Errorf("key %c", key)
	}
	if e := ended(t, p, "+32455000021"); !e.Back || e.Left || e.Keys != "1" {
		t.Errorf("%+v", e)
	}
	if err := p.PutDown(t.Context(), id); err == nil {
		t.Error("a call that is over was ended once more")
	}
}

func TestCarrierOfCallsThatIsSilent(t *testing.T) {
	p := world(t, outside.Options{})
	if err := p.Fault(t.Context(), func(f *outside.Fault) { f.CallsSilentFor = 60_000 }); err != nil {
		t.Fatal(err)
	}
	tr := trunk(t, p, nil)
	if _, refusal := tr.Dial(t.Context(), "+32455000031", 5*time.Second); refusal == nil || refusal.Reason != buurtbel.Unreachable {
		t.Errorf("%+v", refusal)
	}
	if err := p.Fault(t.Context(), func(f *outside.Fault) { f.CallsSilentFor, f.CallsRefuse = -1, 503 }); err != nil {
		t.Fatal(err)
	}
	if _, refusal := tr.Dial(t.Context(), "+32455000032", 5*time.Second); refusal == nil || refusal.Code != "503 Service Unavailable" {
		t.Errorf("%+v", refusal)
	}
}
