package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
)

// patienceVoice is how long calls may take to become final after all kills.
const patienceVoice = 90 * time.Second

// mostTelephones is how many fixed lines the fictional range has.
const mostTelephones = 900

// calls checks what -voice needs.
func (o *options) calls() error {
	if !o.voice {
		return nil
	}
	if o.recipients == usual { // nobody asked for another number
		o.recipients = 120
	}
	if o.fault || o.recipients > mostTelephones {
		return fmt.Errorf("-voice: without -fault, and with at most %d recipients", mostTelephones)
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		return errors.New("-voice: espeak-ng is missing (apt-get install espeak-ng)")
	}
	return nil
}

// ring starts the telephones and makes them the only way to the members.
func (b *bench) ring() (err error) {
	if b.peer, err = rig.StartPeer("callee"); err != nil {
		return err
	}
	b.setup.SIP, b.setup.Lines = b.peer.Address, b.o.lines
	b.out.Peer = "telephones of our own in another process: SIP, RTP and keys (RFC 4733); speech by espeak-ng"
	return nil
}

// taken gives every call since the last time.
func (b *bench) taken() (list []called, err error) { return list, b.peer.Ask("take", &list) }

// talked gives when the first telephone rang and when the last member confirmed, and forgets both.
func (b *bench) talked() (first, last time.Time, err error) {
	list, err := b.taken()
	if err == nil && len(list) == 0 {
		err = errors.New("no telephone rang")
	}
	if err != nil {
		return first, last, err
	}
	first = time.Unix(0, list[0].Rang)
	for _, c := range list {
		if at := time.Unix(0, c.Pressed); at.After(last) {
			last = at
		}
	}
	return first, last, nil
}

// interrupted counts the calls that a kill found under way.
func (b *bench) interrupted(p *point) error {
	if !b.o.voice {
		return nil
	}
	list, err := b.taken()
	if err != nil {
		return err
	}
	for _, c := range list {
		switch {
		case c.Ended != 0:
		case c.Answered != 0:
			b.out.Spoken++
		default:
			b.out.Ringing++
		}
	}
	p.calls = append(p.calls, list...)
	return nil
}

// compareCalls sets the store's last word on each member beside what their telephone saw.
func (b *bench) compareCalls(ctx context.Context, p *point, unsettled int) error {
	list, err := b.taken()
	if err != nil {
		return err
	}
	rang, pressed := map[string]int{}, map[string]bool{}
	for _, c := range append(p.calls, list...) {
		b.out.Calls++
		rang[c.Number]++
		pressed[c.Number] = pressed[c.Number] || c.Pressed != 0
	}
	verdicts, err := b.watch.Deliveries(ctx, p.tag)
	if err != nil {
		return err
	}
	stored := map[int]rig.Delivery{}
	for _, d := range verdicts {
		i, ok := b.member[d.Member]
		if !ok {
			return errors.New("the store has a recipient whom the bench does not know")
		}
		stored[i] = d
	}
	seen := map[int]int{}
	for i := range b.o.recipients {
		number := rig.Telephone(i)
		seen[i] = rang[number]
		if d := stored[i]; d.State == "heard" && !pressed[number] || d.Final() && d.State != "heard" && d.State != "uncertain" && pressed[number] && d.Doubts == 0 {
			b.out.Mislabelled++
		}
	}
	doubled := b.judge(stored, seen)
	b.out.Doubled += doubled
	b.out.DoubledMost = max(b.out.DoubledMost, doubled)
	if doubled > unsettled {
		b.out.Beyond++
	}
	return nil
}
