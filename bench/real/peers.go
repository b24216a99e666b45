package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

//go:embed smsc.cjs
var smscScript []byte

// missing is a peer program that is not here: no fault of ours, and no figure.
type missing struct{ what, how string }

func (m missing) Error() string { return m.what + " is missing: " + m.how }

// nodeModules is where scripts/peers installs the packages of Node.
const nodeModules = ".peers/node_modules"

// findPeers looks for every program that nobody here wrote, before anything is begun, and gives their versions.
func findPeers(ctx context.Context, engine store.Engine) (map[string]string, error) {
	versions := map[string]string{}
	for _, p := range []struct{ name, how string }{{"node", "install Node 20 or later"}, {"tshark", "apt-get install tshark"}, {"smtp-sink", "apt-get install postfix"}} {
		if _, err := exec.LookPath(p.name); err != nil {
			return nil, missing{p.name, p.how}
		}
	}
	b, err := os.ReadFile(filepath.Join(nodeModules, "smpp", "package.json"))
	if err != nil {
		return nil, missing{"the npm package smpp", "run scripts/peers, and this from the root of the checkout"}
	}
	var about struct{ Version string }
	if err := json.Unmarshal(b, &about); err != nil {
		return nil, fmt.Errorf("read version of smpp: %w", err)
	}
	if os.Geteuid() != 0 {
		return nil, missing{"the right to capture on the loopback interface", "run this as root"}
	}
	if engine == store.Postgres {
		bin, err := storetest.Binaries()
		if err != nil {
			return nil, missing{"PostgreSQL", "apt-get install postgresql"}
		}
		versions["postgres"] = said(ctx, filepath.Join(bin, "postgres"), "--version")
	}
	versions["smpp"] = "npm " + about.Version
	versions["node"] = said(ctx, "node", "--version")
	versions["tshark"] = said(ctx, "tshark", "--version")
	versions["smtp-sink"] = "Postfix " + said(ctx, "dpkg-query", "-W", "-f", "${Version}", "postfix")
	return versions, nil
}

// said gives the first line of what a program says.
func said(ctx context.Context, name string, args ...string) string {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}

// smsc is the SMSC process.
type smsc struct {
	address string
	log     string
	stdin   interface{ Close() error }
	cmd     *exec.Cmd
}

func startSMSC(folder string) (*smsc, error) {
	script := filepath.Join(folder, "smsc.cjs")
	if err := os.WriteFile(script, smscScript, 0o600); err != nil {
		return nil, fmt.Errorf("write SMSC: %w", err)
	}
	modules, err := filepath.Abs(nodeModules)
	if err != nil {
		return nil, fmt.Errorf("find packages: %w", err)
	}
	s := &smsc{log: filepath.Join(folder, "smsc.log"), cmd: exec.Command("node", script)}
	s.cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "LOG="+s.log, "PASSWORD="+rig.Password)
	s.cmd.Stderr = os.Stderr
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start SMSC: %w", err)
	}
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the SMSC does not say its port: %w", err), s.stop())
	}
	s.address = net.JoinHostPort("127.0.0.1", strings.TrimSpace(port))
	return s, nil
}

func (s *smsc) stop() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }

// took reads the SMSC's own log from an offset on: how many PDUs each number got, and the new offset.
func (s *smsc) took(from int) (numbers map[string]int, pdus, next int, err error) {
	f, err := os.Open(s.log)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("read log of the SMSC: %w", err)
	}
	defer f.Close()
	numbers = map[string]int{}
	lines := bufio.NewScanner(f)
	for ; lines.Scan(); next++ {
		if next < from {
			continue
		}
		var e struct{ To string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, 0, 0, fmt.Errorf("read log of the SMSC: %w", err)
		}
		numbers["+"+strings.TrimPrefix(e.To, "+")]++
		pdus++
	}
	return numbers, pdus, next, lines.Err()
}

// capture is tshark listening on the SMSC's port.
type capture struct {
	file, port string
	cmd        *exec.Cmd
	read       chan struct{} // closed when tshark has said all
}

func startCapture(folder, address string) (*capture, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read port: %w", err)
	}
	c := &capture{file: filepath.Join(folder, "smpp.pcap"), port: port}
	c.cmd = exec.Command("tshark", "-q", "-B", "64", "-i", "lo", "-f", "tcp port "+port, "-w", c.file)
	says, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start tshark: %w", err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start tshark: %w", err)
	}
	begun := make(chan bool, 1)
	c.read = make(chan struct{})
	go func() {
		defer close(c.read)
		defer close(begun)
		for lines := bufio.NewScanner(says); lines.Scan(); {
			if strings.Contains(lines.Text(), "Capturing on") {
				begun <- true
			}
		}
	}()
	if !<-begun {
		return nil, errors.Join(missing{"the right to capture on the loopback interface", "tshark could not begin"}, c.cmd.Wait())
	}
	return c, c.listening()
}

// listening waits until the file is there: tshark says "Capturing" a little before it does.
func (c *capture) listening() error {
	for range 200 {
		if info, err := os.Stat(c.file); err == nil && info.Size() > 0 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("tshark writes no file")
}

// wire is what tshark read on the wire.
type wire struct {
	Packets   int `json:"packets"`
	SMPP      int `json:"smpp_pdus"`
	Submits   int `json:"submit_sm"`
	Answers   int `json:"submit_sm_resp"`
	Receipts  int `json:"deliver_sm"`
	Malformed int `json:"malformed"`
	Faults    int `json:"expert_errors"` // of the SMPP and TCP dissectors, severity error
}

func (c *capture) stop(ctx context.Context) (*wire, error) {
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		return nil, fmt.Errorf("stop tshark: %w", err)
	}
	<-c.read
	if err := c.cmd.Wait(); err != nil {
		return nil, fmt.Errorf("stop tshark: %w", err)
	}
	w := &wire{}
	var err error
	if w.Malformed, err = c.count(ctx, "_ws.malformed"); err != nil {
		return nil, err
	}
	if w.Faults, err = c.count(ctx, "_ws.expert.severity == error"); err != nil {
		return nil, err
	}
	if w.Packets, err = c.count(ctx, "frame"); err != nil {
		return nil, err
	}
	out, err := c.ask(ctx, "-Y", "smpp", "-T", "fields", "-e", "smpp.command_id")
	for id := range strings.FieldsFuncSeq(string(out), func(r rune) bool { return r == ',' || r == '\n' }) {
		w.SMPP++
		switch id {
		case "0x00000004":
			w.Submits++
		case "0x80000004":
			w.Answers++
		case "0x00000005":
			w.Receipts++
		}
	}
	return w, err
}

// settle waits until the file stands still for two seconds: packets come from the kernel in batches.
func (c *capture) settle(ctx context.Context) error {
	last, since := int64(-1), time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		info, err := os.Stat(c.file)
		if err != nil {
			return fmt.Errorf("look at capture: %w", err)
		}
		if info.Size() != last {
			last, since = info.Size(), time.Now()
		} else if time.Since(since) > 2*time.Second {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (c *capture) count(ctx context.Context, filter string) (int, error) {
	out, err := c.ask(ctx, "-Y", filter, "-T", "fields", "-e", "frame.number")
	return strings.Count(string(out), "\n"), err
}

func (c *capture) ask(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "tshark", append([]string{"-r", c.file, "-d", "tcp.port==" + c.port + ",smpp"}, args...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("read capture: %w", err)
	}
	return out, nil
}
