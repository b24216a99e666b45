package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zaf/g711"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/store"
)

// turns of an alternating run: who calls whom.
var turns = []string{"sipp", "sipp-calls", "own", "sipp-alone"}

// both is what an alternating run came to: the medians of each turn, and what our side costs beside SIPp's.
type both struct {
	Calls    int                `json:"calls"`
	Runs     int                `json:"runs"`
	Seconds  float64            `json:"seconds_per_call"`
	Out      *result            `json:"we_call_sipp"`
	In       *result            `json:"sipp_calls_us"`
	Own      *result            `json:"we_call_the_answerer"`
	Alone    *result            `json:"sipp_calls_the_answerer"`
	Ratios   map[string]float64 `json:"ratios"`
	Explains map[string]string  `json:"ratios_mean"`
	Machine  rig.Machine        `json:"machine"`
}

// compare runs the turns one after the other, as often as asked.
func (o *options) compare(ctx context.Context) error {
	out := &both{Calls: o.calls, Runs: o.runs, Seconds: o.length.Seconds(), Machine: rig.ThisMachine()}
	all := map[string][]*result{}
	for range o.runs {
		for _, turn := range turns {
			r := &result{Calls: o.calls, Seconds: o.length.Seconds(), Peer: turn, Machine: out.Machine}
			measure := func() error { return o.measure(ctx, turn, r) }
			if turn == "sipp-alone" {
				measure = func() error { return o.alone(ctx, r) }
			}
			if err := measure(); err != nil {
				return fmt.Errorf("%s: %w", turn, err)
			}
			fmt.Fprintf(os.Stderr, "%s: %d of %d calls, %.3f s of CPU\n", turn, r.Completed, r.Calls, r.CPU)
			all[turn] = append(all[turn], r)
		}
	}
	out.Out, out.In, out.Own, out.Alone = middle(all["sipp"]), middle(all["sipp-calls"]), middle(all["own"]), middle(all["sipp-alone"])
	out.Ratios = map[string]float64{"in_over_out": share(out.In.CPU, out.Out.CPU), "out_over_sipp": share(out.Out.CPU, out.Out.CalleeCPU),
		"in_over_sipp": share(out.In.CPU, out.In.CalleeCPU), "caller_over_sipp": share(out.Own.CPU, out.Alone.CPU)}
	if out.Own.Jitter != nil && out.Alone.Jitter != nil {
		out.Ratios["jitter_over_sipp"] = share(*out.Own.Jitter, *out.Alone.Jitter)
	}
	out.Explains = map[string]string{"in_over_out": "our processor time when we are called, over that when we call",
		"out_over_sipp": "ours over that of SIPp, which answers and sends the sound back", "in_over_sipp": "ours over that of SIPp, which calls and sends the sound back",
		"caller_over_sipp": "ours over that of SIPp, each calling the same answerer and sending it the same prompt; SIPp does not read what comes back",
		"jitter_over_sipp": "p99 of the jitter at that answerer, ours over that of SIPp"}
	return rig.Report("voice", store.Engine(o.peer), out, o.json, o.keep)
}

func share(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return float64(int(a/b*1000+0.5)) / 1000
}

// middle gives the run of the middle processor time.
func middle(list []*result) *result {
	var times []float64
	for _, r := range list {
		times = append(times, r.CPU)
	}
	m := rig.Median(times)
	for _, r := range list {
		if r.CPU == m {
			return r
		}
	}
	return list[0]
}

// alone lets SIPp do what we do: call the answerer and send it the prompt. The result is SIPp's.
func (o *options) alone(ctx context.Context, out *result) (err error) {
	answerer, err := startAnswerer()
	if err != nil {
		return err
	}
	p, err := newSIPp()
	if err != nil {
		return errors.Join(err, answerer.stop(out))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(p.folder)) }()
	sound := filepath.Join(p.folder, "prompt.wav") // SIPp sends the octets as they are
	began := time.Now()
	if err := errors.Join(os.WriteFile(sound, alaw(prompt(o.length)), 0o600), p.dial(ctx, o.speaking(sound), answerer.address(), o.calls)); err != nil {
		return errors.Join(err, answerer.stop(out))
	}
	sipp := p.runs[0]
	failed := sipp.Wait()
	took := time.Since(began)
	if err := errors.Join(failed, answerer.stop(out)); err != nil {
		return fmt.Errorf("sipp: %w", err)
	}
	out.CPU = (sipp.ProcessState.UserTime() + sipp.ProcessState.SystemTime()).Round(time.Millisecond).Seconds()
	out.Concurrent, out.Completed = o.calls, o.calls // it ends badly when a call did
	out.Rate = rig.Round(float64(o.calls) / took.Minutes())
	out.Setup = rig.Round(took.Seconds() - o.length.Seconds())
	return nil
}

// speaking is a scenario that sends a sound and hangs up.
func (o *options) speaking(sound string) string {
	return strings.ReplaceAll(inviting, "PORT", "[rtpstream_audio_port]") + fmt.Sprintf(`<nop><action><exec rtp_stream="%s,1,8,PCMA/8000"/></action></nop>
<pause milliseconds="%d"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>`, sound, o.length.Milliseconds())
}

// alaw writes a sound in A-law (ITU-T G.711), as a telephone line carries it.
func alaw(a voice.Audio) []byte {
	out := make([]byte, len(a))
	for i, v := range a {
		out[i] = g711.EncodeAlawFrame(v)
	}
	return out
}
