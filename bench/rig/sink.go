package rig

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Sink is Postfix's smtp-sink, a mail server that nobody here wrote: it takes everything and appends it to a file.
type Sink struct {
	Address string
	dump    string
	cmd     *exec.Cmd
}

// StartSink starts smtp-sink on a free loopback port, dumping into folder.
func StartSink(ctx context.Context, folder string) (*Sink, error) {
	binary, err := exec.LookPath("smtp-sink")
	if err != nil {
		return nil, errors.New("smtp-sink is missing (apt-get install postfix)")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	s := &Sink{Address: l.Addr().String(), dump: filepath.Join(folder, "sink.dump")}
	if err := l.Close(); err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	args := []string{"-D", s.dump, s.Address, "200"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "root"}, args...) // it refuses to stay root unless told so
	}
	s.cmd = exec.Command(binary, args...)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start smtp-sink: %w", err)
	}
	return s, s.listening(ctx)
}

func (s *Sink) listening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", s.Address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("smtp-sink does not listen: %w", err), s.Stop())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// First waits until the sink has written the first mail, and gives when that was seen, to a millisecond.
func (s *Sink) First(ctx context.Context) (time.Time, error) {
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for {
		if info, err := os.Stat(s.dump); err == nil && info.Size() > 0 {
			return time.Now(), nil
		}
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-tick.C:
		}
	}
}

// Stop ends the sink.
func (s *Sink) Stop() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("stop smtp-sink: %w", err)
	}
	_, err := s.cmd.Process.Wait()
	return err
}

// Received reads the sink's own file: how many mails each mailbox got, and how many octets all were.
func (s *Sink) Received() (map[string]int, int64, error) {
	f, err := os.Open(s.dump)
	if err != nil {
		return nil, 0, fmt.Errorf("read what arrived: %w", err)
	}
	defer f.Close()
	out := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	var size int64
	for lines.Scan() {
		line := lines.Text()
		size += int64(len(line)) + 2
		if to, ok := strings.CutPrefix(line, "X-Rcpt-Args: <"); ok {
			to, _, _ = strings.Cut(to, ">")
			out[to]++
		}
	}
	return out, size, lines.Err()
}
