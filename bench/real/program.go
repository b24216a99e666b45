package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/buurtbel/buurtbel/bench/rig"
)

// program is the built program, run as an operator runs it.
type program struct{ binary, config string }

// cost is what one run of the program took.
type cost struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"`
	PeakMB  float64 `json:"peak_rss_mb"`
}

func build(ctx context.Context, folder string) (*program, error) {
	p := &program{binary: filepath.Join(folder, "buurtbel"), config: filepath.Join(folder, "buurtbel.toml")}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", p.binary, "./cmd/buurtbel")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the program (run this from the root of the checkout): %w: %s", err, out)
	}
	return p, nil
}

// configure writes the configuration as an operator would.
func (p *program) configure(s *rig.Setup) error {
	settings := map[string]any{
		"server": map[string]any{"listen": "127.0.0.1:0", "public_url": "http://127.0.0.1"},
		"store":  map[string]any{"folder": filepath.Join(s.Folder, "data"), "database": s.Database},
		"vault":  map[string]any{"keyring": filepath.Join(s.Folder, "keyring")},
		"sms":    []map[string]any{{"name": "carrier-a", "address": s.SMPP, "system_id": "buurtbel", "password": rig.Password, "sender": "8810", "can_be_answered": true, "receipts": true}},
		"email":  []map[string]any{{"name": "mail-a", "address": s.SMTP, "tls": "none", "from": "alarm@example.org"}},
	}
	var text bytes.Buffer
	if err := toml.NewEncoder(&text).Encode(settings); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return os.WriteFile(p.config, text.Bytes(), 0o600)
}

func (p *program) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, p.binary, append([]string{"--config", p.config}, args...)...)
}

// run runs a command that answers in JSON.
func (p *program) run(ctx context.Context, answer any, args ...string) (cost, error) {
	cmd := p.command(ctx, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	out, err := cmd.Output()
	c := costOf(cmd, time.Since(began))
	if err != nil {
		return c, fmt.Errorf("buurtbel %s: %w: %s", strings.Join(args[:2], " "), err, said.String())
	}
	if answer == nil {
		return c, nil
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return c, fmt.Errorf("buurtbel %s: %w", strings.Join(args[:2], " "), err)
	}
	return c, nil
}

func costOf(cmd *exec.Cmd, took time.Duration) cost {
	c := cost{Seconds: float64(int(took.Seconds()*100)) / 100}
	if cmd.ProcessState == nil {
		return c
	}
	c.CPU = rig.Round((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.PeakMB = rig.Round(float64(u.Maxrss) * 1024 / 1e6)
	}
	return c
}

// serving is what `serve` takes when it starts on this data and nobody asks anything of it.
type serving struct {
	ReadyMS   float64 `json:"ready_ms"`      // from the start of the process to the answering of pages
	StartCPU  float64 `json:"start_cpu_s"`   // processor time until it is quiet
	StartPeak float64 `json:"start_peak_mb"` // the most memory until then
	QuietMB   float64 `json:"quiet_rss_mb"`
	QuietCPU  float64 `json:"quiet_cpu_percent"` // of one core, over the last second
}

// serve starts the server beside the carriers, looks at it until it is quiet, and ends it.
func (t *trial) serve(ctx context.Context) (err error) {
	cmd := t.program.command(ctx, "serve")
	said, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	ready := make(chan time.Time, 1)
	done := make(chan struct{})
	go follow(said, ready, done)
	select {
	case at := <-ready:
		t.out.Serve.ReadyMS = rig.MS(at.Sub(began))
	case <-done:
		return errors.Join(errors.New("the server ended by itself"), cmd.Wait())
	}
	err = t.out.Serve.watch(ctx, cmd.Process.Pid)
	if signal := cmd.Process.Signal(syscall.SIGTERM); signal != nil {
		return errors.Join(err, signal)
	}
	<-done
	return errors.Join(err, cmd.Wait())
}

// watch looks until the process used next to no processor time for a second.
func (s *serving) watch(ctx context.Context, pid int) error {
	last := time.Duration(-1)
	for range 120 {
		used, peak, now, err := usage(pid)
		if err != nil {
			return err
		}
		s.StartCPU, s.StartPeak, s.QuietMB = used.Seconds(), max(s.StartPeak, peak), now
		if s.QuietCPU = rig.Round((used - last).Seconds() * 100); last >= 0 && used-last <= 20*time.Millisecond {
			return nil
		}
		last = used
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return errors.New("the server does not become quiet")
}
