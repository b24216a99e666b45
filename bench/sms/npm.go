package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed npm.cjs
var npmScript []byte

// nodeModules is where scripts/peers installs the packages of Node.
const nodeModules = ".peers/node_modules"

// foreign is an SMSC that nobody here wrote: the npm package smpp in a process of Node. Our own SMSC and session put many PDUs into one
// packet, so that a pump without a store runs ten times faster against it than against this one.
type foreign struct {
	address string
	in      io.WriteCloser
	out     *bufio.Reader
	cmd     *exec.Cmd
}

func startForeign(folder string) (*foreign, error) {
	if _, err := os.Stat(filepath.Join(nodeModules, "smpp", "package.json")); err != nil {
		return nil, errors.New("the npm package smpp is missing: run scripts/peers, and this from the root of the checkout")
	}
	modules, err := filepath.Abs(nodeModules)
	if err != nil {
		return nil, fmt.Errorf("find packages: %w", err)
	}
	script := filepath.Join(folder, "npm.cjs")
	if err := os.WriteFile(script, npmScript, 0o600); err != nil {
		return nil, fmt.Errorf("write SMSC: %w", err)
	}
	f := &foreign{cmd: exec.Command("node", script)}
	f.cmd.Env, f.cmd.Stderr = append(os.Environ(), "NODE_PATH="+modules), os.Stderr
	if f.in, err = f.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	f.out = bufio.NewReader(out)
	port, err := f.out.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the SMSC does not say its port: %w", err), f.stop())
	}
	f.address = net.JoinHostPort("127.0.0.1", strings.TrimSpace(port))
	return f, nil
}

// took tells how many PDUs came since it was last asked, and for how many numbers.
func (f *foreign) took() (count, numbers int, err error) {
	if _, err := io.WriteString(f.in, "\n"); err != nil {
		return 0, 0, fmt.Errorf("ask the SMSC: %w", err)
	}
	line, err := f.out.ReadBytes('\n')
	if err != nil {
		return 0, 0, fmt.Errorf("ask the SMSC: %w", err)
	}
	var said struct{ Count, Numbers int }
	if err := json.Unmarshal(line, &said); err != nil {
		return 0, 0, fmt.Errorf("read what the SMSC said: %w", err)
	}
	return said.Count, said.Numbers, nil
}

func (f *foreign) stop() error { return errors.Join(f.in.Close(), f.cmd.Wait()) }
