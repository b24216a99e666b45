package rig

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// Peer is another process of this binary that plays a part of the outside world and lives on through every kill. It prints its address first,
// then one line of JSON for each line that it is given, and ends when its input does.
type Peer struct {
	Address string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// StartPeer starts this binary with other arguments.
func StartPeer(args ...string) (*Peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	p := &Peer{cmd: exec.Command(self, args...)}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	p.out = bufio.NewReader(out)
	line, err := p.out.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("address of %s: %w", args[0], err), p.End(nil))
	}
	p.Address = strings.TrimSpace(line)
	return p, nil
}

// Ask gives it one line and reads its answer.
func (p *Peer) Ask(line string, answer any) error {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	return p.read(answer)
}

func (p *Peer) read(answer any) error {
	b, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what was seen: %w", err)
	}
	return json.Unmarshal(b, answer)
}

// End lets it end, reads its last line into last unless that is nil, and waits until it is gone.
func (p *Peer) End(last any) error {
	err := p.in.Close()
	if last != nil {
		err = errors.Join(err, p.read(last))
	}
	return errors.Join(err, p.cmd.Wait())
}

// Answer is the peer's side: after its address it writes what take gives for each line of input, until that ends.
func Answer(address string, take func() any) error {
	fmt.Println(address)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := json.NewEncoder(os.Stdout).Encode(take()); err != nil {
			return err
		}
	}
	return nil
}
