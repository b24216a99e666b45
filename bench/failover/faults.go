package main

import (
	"context"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/internal/outside"
)

// fault takes an SMSC away, and gives what brings it back.
type fault func(ctx context.Context, p *outside.Process, lasts time.Duration) (heal func() error, err error)

func names() []string {
	return []string{"calm", "gone", "black-hole", "unanswered", "throttling", "errors"}
}

// longest is more than any fault lasts: it ends by what heals it.
const longest = time.Hour

var faults = map[string]fault{
	"calm":       nil,
	"gone":       gone,
	"black-hole": blackHole,
	"unanswered": by(func(f *outside.Fault) { f.Silent = "taken" }, func(f *outside.Fault) { f.Silent = "" }),
	"throttling": by(func(f *outside.Fault) { f.ThrottleFor = int(longest.Milliseconds()) }, func(f *outside.Fault) { f.ThrottleFor = -1 }),
	"errors":     by(func(f *outside.Fault) { f.Rules = []outside.Rule{{Status: systemError}} }, func(f *outside.Fault) { f.Rules = nil }),
}

// systemError is ESME_RSYSERR (SMPP 3.4 section 5.1.3).
const systemError = 0x08

// gone cuts the connection and refuses new ones for as long as the fault lasts.
func gone(ctx context.Context, p *outside.Process, lasts time.Duration) (func() error, error) {
	open := make(chan error, 1)
	go func() { open <- p.Restart(ctx, lasts) }()
	return func() error { return <-open }, nil
}

// blackHole stops the process: the kernel goes on accepting connections and octets, and nobody reads them.
func blackHole(_ context.Context, p *outside.Process, _ time.Duration) (func() error, error) {
	if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
		return nil, err
	}
	return func() error { return syscall.Kill(p.PID(), syscall.SIGCONT) }, nil
}

// by makes an SMSC misbehave on the protocol.
func by(ill, well func(*outside.Fault)) fault {
	return func(ctx context.Context, p *outside.Process, _ time.Duration) (func() error, error) {
		if err := p.Fault(ctx, ill); err != nil {
			return nil, err
		}
		return func() error { return p.Fault(ctx, well) }, nil
	}
}
