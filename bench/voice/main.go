// Program voice measures what many calls at once cost and how evenly their sound leaves: processor time and memory of the side that calls,
// and from the receiver's arrivals how late packets are.
//
// The callee is a process of its own: a small answerer that speaks just enough SIP and RTP (it takes the kernel's time of arrival, so that its
// own waiting does not count), or SIPp, which answers and sends the sound back, or which calls us. SIPp measures no arrivals.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/store"
)

type options struct {
	calls    int
	length   time.Duration
	at       int
	peer     string
	json     bool
	keep     bool
	runs     int
	cpu      string
	answerer bool
}

type result struct {
	Calls      int         `json:"calls"`
	Concurrent int         `json:"concurrent"`
	Completed  int         `json:"completed"`
	Jitter     *float64    `json:"jitter_ms_p99"`
	JitterMax  *float64    `json:"jitter_ms_max,omitempty"`
	Late       *float64    `json:"late_packet_share"`
	Lost       *float64    `json:"lost_packet_share,omitempty"`
	CPU        float64     `json:"cpu_seconds"`
	CalleeCPU  float64     `json:"callee_cpu_seconds,omitempty"`
	PeakMB     float64     `json:"peak_rss_mb"`
	Rate       float64     `json:"calls_per_minute"`
	Seconds    float64     `json:"seconds_per_call"`
	Setup      float64     `json:"setup_seconds"` // until the last was answered
	Heard      float64     `json:"heard_share"`   // of the callee's sound, in the call that heard least
	Peer       string      `json:"peer"`
	Machine    rig.Machine `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	o := &options{}
	flag.IntVar(&o.calls, "calls", 1000, "calls at once")
	flag.DurationVar(&o.length, "length", 30*time.Second, "how long the prompt of each call is")
	flag.IntVar(&o.at, "setup", 100, "calls that may be between INVITE and answer at once")
	flag.StringVar(&o.peer, "peer", "own", "own: the small answerer; sipp: SIPp answers and echoes; sipp-both: by turns we call SIPp, SIPp calls us, we call the answerer, SIPp calls the answerer")
	flag.IntVar(&o.runs, "runs", 1, "runs of each turn, with -peer sipp-both")
	flag.BoolVar(&o.json, "json", false, "print one JSON object")
	flag.BoolVar(&o.keep, "out", false, "also write bench/results/voice-<peer>-<commit>.json")
	flag.StringVar(&o.cpu, "cpuprofile", "", "file for a CPU profile of what is measured")
	flag.BoolVar(&o.answerer, "answerer", false, "be the callee of another process")
	flag.Parse()
	if o.answerer {
		return answer(ctx)
	}
	limit := o.length + 25*time.Second
	if o.peer == "sipp-both" {
		limit *= time.Duration(len(turns) * o.runs)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	watchdog := time.AfterFunc(limit+10*time.Second, func() { // who measures keeps others waiting
		fmt.Fprintln(os.Stderr, "voice: it does not end; given up")
		os.Exit(1)
	})
	defer watchdog.Stop()
	if o.peer == "sipp-both" {
		return o.compare(ctx)
	}
	out := &result{Calls: o.calls, Seconds: o.length.Seconds(), Peer: o.peer, Machine: rig.ThisMachine()}
	if err := o.measure(ctx, o.peer, out); err != nil {
		return err
	}
	return rig.Report("voice", store.Engine(o.peer), out, o.json, o.keep)
}

// callee is the other process.
type callee interface {
	address() string
	// call makes it call a trunk n times; 0 for none.
	call(ctx context.Context, to string, n int) error
	// stop ends it and puts what it measured in out.
	stop(out *result) error
}

func (o *options) measure(ctx context.Context, turn string, out *result) (err error) {
	var peer callee
	switch turn {
	case "own":
		peer, err = startAnswerer()
	case "sipp", "sipp-calls":
		peer, err = startSIPp(ctx)
	default:
		return fmt.Errorf("peer %q: must be own, sipp or sipp-both", o.peer)
	}
	if err != nil {
		return err
	}
	stopped := false
	defer func() {
		if !stopped {
			err = errors.Join(err, peer.stop(out))
		}
	}()
	stand := &stand{o: o, turn: turn, prompt: prompt(o.length), ready: make(chan struct{}), least: 1}
	if err := stand.run(ctx, peer, out); err != nil {
		return err
	}
	stopped = true
	return peer.stop(out)
}

// stand is the side that is measured.
type stand struct {
	o      *options
	turn   string
	prompt voice.Audio
	ready  chan struct{} // closed when all calls are up
	up     atomic.Int64
	most   atomic.Int64
	good   atomic.Int64
	ended  atomic.Int64
	failed atomic.Int64
	mu     sync.Mutex
	least  float64
	why    map[string]int
}

func (s *stand) run(ctx context.Context, peer callee, out *result) (err error) {
	in := 0
	if s.turn == "sipp-calls" {
		in = s.o.calls
	}
	trunk, err := sip.Open(ctx, sip.Config{
		Name: "bench", Server: peer.address(), Caller: "+3220000100", Local: "127.0.0.1", Lines: s.o.calls, Incoming: max(in, 1), AcceptFrom: []string{"127.0.0.1"},
	}, sip.Options{Answer: func(ctx context.Context, _ string, c voice.Call) { s.talk(ctx, c) }})
	if err != nil {
		return fmt.Errorf("open trunk: %w", err)
	}
	defer func() { err = errors.Join(err, trunk.Close(ctx)) }()
	for !trunk.Up() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	rig.ForgetPeak()
	profiled, err := rig.Profile(s.o.cpu)
	if err != nil {
		return err
	}
	cpu, began := rig.CPU(), time.Now()
	if err := peer.call(ctx, trunk.Local(), in); err != nil {
		return err
	}
	s.all(ctx, trunk, s.o.calls-in)
	for s.ended.Load() < int64(in) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	out.CPU = float64(int((rig.CPU()-cpu).Seconds()*1000)) / 1000
	out.PeakMB, out.Concurrent, out.Completed = rig.PeakMB(), int(s.most.Load()), int(s.good.Load())
	out.Rate = rig.Round(float64(out.Completed) / time.Since(began).Minutes())
	out.Heard = math.Round(s.least*1e4) / 1e4
	out.Setup = rig.Round(time.Since(began).Seconds() - s.o.length.Seconds())
	if len(s.why) > 0 {
		fmt.Println("refused:", s.why)
	}
	return profiled()
}

// all places the calls, at most o.at of them unanswered at once, and waits until they have ended.
func (s *stand) all(ctx context.Context, trunk *sip.Trunk, n int) {
	var calls sync.WaitGroup
	turn := make(chan struct{}, s.o.at)
	for i := range n {
		turn <- struct{}{}
		calls.Go(func() {
			c, refusal := trunk.Dial(ctx, fmt.Sprintf("+3220000%03d", i%1000), time.Minute)
			<-turn
			if refusal != nil {
				s.fail(refusal.Error())
				return
			}
			s.talk(ctx, c)
		})
	}
	calls.Wait()
}

func (s *stand) fail(why string) {
	s.mu.Lock()
	if s.why == nil {
		s.why = map[string]int{}
	}
	s.why[why]++
	s.mu.Unlock()
	s.failed.Add(1)
	s.arrived(s.up.Load())
}

// arrived lets all prompts begin when no call is missing.
func (s *stand) arrived(up int64) {
	if up+s.failed.Load() >= int64(s.o.calls) {
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case <-s.ready:
		default:
			close(s.ready)
		}
	}
}

// talk waits for all others, sends the prompt and reads the sound.
func (s *stand) talk(ctx context.Context, c voice.Call) {
	defer s.ended.Add(1)
	up := s.up.Add(1)
	for {
		most := s.most.Load()
		if up <= most || s.most.CompareAndSwap(most, up) {
			break
		}
	}
	s.arrived(up)
	heard := make(chan int, 1)
	go func() {
		frames := 0
		for range c.Heard() {
			frames++
		}
		heard <- frames
	}()
	began := time.Now()
	select {
	case <-s.ready:
	case <-c.Done():
	case <-ctx.Done():
	}
	err := c.Play(ctx, s.prompt)
	lasted := time.Since(began)
	c.HangUp()
	share := float64(<-heard) / (float64(lasted) / float64(20*time.Millisecond))
	if err == nil && share > 0.98 {
		s.good.Add(1)
	}
	s.mu.Lock()
	s.least = min(s.least, share)
	s.mu.Unlock()
}

// prompt is a sound as loud and as varied as speech.
func prompt(length time.Duration) voice.Audio {
	rnd := rand.New(rand.NewPCG(3, 4))
	a := make(voice.Audio, int(length*voice.Rate/time.Second))
	var phase float64
	for i := range a {
		at := float64(i) / voice.Rate
		phase += 2 * math.Pi * (180 + 60*math.Sin(3*at)) / voice.Rate
		a[i] = int16(8000 * math.Max(0, math.Cos(2*math.Pi*2.2*at)) * (0.7*math.Sin(phase) + 0.3*rnd.NormFloat64()))
	}
	return a
}
