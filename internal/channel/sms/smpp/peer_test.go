package smpp_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// absent skips a test whose peer is not installed; where everything is checked that is a failure.
func absent(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// nodeModules finds the folder with the npm peers: $BUURTBEL_PEERS/node_modules or .peers/node_modules in a folder above.
func nodeModules(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	candidates := []string{filepath.Join(os.Getenv("BUURTBEL_PEERS"), "node_modules")}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		candidates = append(candidates, filepath.Join(folder, ".peers", "node_modules"))
	}
	for _, c := range candidates {
		if _, err := os.Stat(filepath.Join(c, "smpp", "package.json")); err == nil && filepath.IsAbs(c) {
			return c
		}
	}
	absent(t, "npm package smpp is absent: run scripts/peers")
	return ""
}

// peer is a carrier in a process of its own.
type peer struct {
	t     testing.TB
	in    io.WriteCloser
	lines *bufio.Scanner
	port  int
}

func startPeer(t testing.TB, cmd *exec.Cmd) *peer {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Log(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Log(err)
		}
		cmd.Wait() // it was killed, and says so
	})
	return &peer{t: t, in: in, lines: bufio.NewScanner(out)}
}

func (p *peer) line() string {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("the peer said nothing more: %v", p.lines.Err())
	}
	return p.lines.Text()
}

func nodePeer(t testing.TB, environment ...string) *peer {
	t.Helper()
	modules := nodeModules(t)
	node, err := exec.LookPath("node")
	if err != nil {
		absent(t, "node is absent: apt-get install nodejs")
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/smsc.mjs")
	cmd.Env = append(os.Environ(), append(environment, "NODE_MODULES="+modules, "PASSWORD="+testPassword)...)
	p := startPeer(t, cmd)
	p.read(&struct{ Port *int }{&p.port})
	return p
}

func (p *peer) read(v any) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.line()), v); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) addr() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }

// seen is what the npm peer says of a submit_sm.
type seen struct {
	ID, From, To, Text, UDH                                            string
	FromTON, ToTON, ToNPI, ESM, Coding, Priority, Registered, Answered int
}

// texts that try every way onto the wire.
var peerTexts = []string{
	"Inbraak bezig in de Vlierstraat. Bel 101. {^} [~] \\ | € @£$¥èéùìò",
	"België: geïnformeerd 😀",
	strings.Repeat("Doe zelf niets [€]. ", 20),
	strings.Repeat("Één café, geïnformeerd 🚓. ", 8),
}

func TestNodePeer(t *testing.T) {
	p := nodePeer(t)
	capture := startCapture(t, p.port)
	events := make(chan channel.Event, 100)
	s := open(t, config(p.addr()), func(e channel.Event, stored func(error)) { stored(nil); events <- e })
	submits := 0
	for _, text := range peerTexts {
		result := send(t, s, message(text))
		if result.Failure != nil {
			t.Fatal(result.Failure)
		}
		submits += len(result.Refs)
		var whole strings.Builder
		for i, ref := range result.Refs {
			var got seen
			p.read(&got)
			whole.WriteString(got.Text)
			want := seen{ID: ref, From: "32455010000", FromTON: 1, To: "32455000001", ToTON: 1, ToNPI: 1, Priority: 3, Registered: 1,
				Text: got.Text, UDH: got.UDH, ESM: got.ESM, Coding: map[gsm.Encoding]int{gsm.UCS2: 8}[gsm.Choose(text)]}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if n := len(result.Refs); n > 1 && (got.ESM != 0x40 || !strings.HasSuffix(got.UDH, fmt.Sprintf("%02x%02x", n, i+1))) {
				t.Errorf("part %d of %d: header %q, esm_class %d", i+1, n, got.UDH, got.ESM)
			}
			e := <-events
			if e.Ref != ref || e.State != channel.ReceiptDelivered {
				t.Errorf("receipt %+v for %q", e, ref)
			}
		}
		if whole.String() != text {
			t.Errorf("the peer read %q, sent %q", whole.String(), text)
		}
	}
	incoming(t, p, events)
	capture.check(t, submits)
}

// incoming lets the peer write to us.
func incoming(t *testing.T, p *peer, events chan channel.Event) {
	t.Helper()
	for _, text := range []string{"Gezien, café €", "België 😀"} {
		line, err := json.Marshal(map[string]any{"source_addr": "32455000002", "source_addr_ton": 1, "destination_addr": "8850", "short_message": text})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(p.in, "%s\n", line); err != nil {
			t.Fatal(err)
		}
		want := channel.Event{Kind: channel.Text, Carrier: "test", Channel: buurtbel.SMS, From: "+32455000002", To: "8850", Text: text}
		if diff := cmp.Diff(want, <-events); diff != "" {
			t.Error(diff)
		}
		answered := seen{Answered: -1}
		if p.read(&answered); answered.Answered != 0 {
			t.Errorf("answered %d", answered.Answered)
		}
	}
}

func TestNodePeerRefusesPassword(t *testing.T) {
	p := nodePeer(t)
	cfg := config(p.addr())
	cfg.Password = "another"
	s := start(t, cfg, smpp.Options{})
	await(t, "a refused bind", func() bool { return s.Stats().FailedBinds > 0 })
	if f := send(t, s, message("Proef")).Failure; f == nil || f.Reason != buurtbel.Credentials {
		t.Errorf("%+v", f)
	}
}

func TestPerlPeer(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err == nil {
		err = exec.CommandContext(t.Context(), perl, "-MNet::SMPP", "-e", "1").Run()
	}
	if err != nil {
		absent(t, "Net::SMPP is absent: apt-get install libnet-smpp-perl")
	}
	p := startPeer(t, exec.CommandContext(t.Context(), perl, "testdata/smsc.pl"))
	if _, err := fmt.Sscanf(p.line(), "port %d", &p.port); err != nil {
		t.Fatal(err)
	}
	s := open(t, config(p.addr()), nil)
	for _, text := range peerTexts {
		result := send(t, s, message(text))
		if result.Failure != nil {
			t.Fatal(result.Failure)
		}
		var whole strings.Builder
		for range result.Refs {
			whole.WriteString(perlText(t, p.line()))
		}
		if whole.String() != text {
			t.Errorf("the peer read %q, sent %q", whole.String(), text)
		}
	}
}

// perlText reads one line of the Perl peer.
func perlText(t *testing.T, line string) string {
	t.Helper()
	fields := strings.Fields(line)
	if len(fields) != 6 || !slices.Equal(fields[:2], []string{"32455010000", "32455000001"}) || len(fields[4]) != 16 {
		t.Fatalf("%q", line)
	}
	octets, err := hex.DecodeString(fields[5])
	if err != nil {
		t.Fatal(err)
	}
	if fields[2] == "64" {
		if _, octets, err = gsm.ReadHeader(octets); err != nil {
			t.Fatal(err)
		}
	}
	return gsm.Decode(map[string]byte{"8": 8}[fields[3]], octets)
}

// capture is tshark listening on the loopback.
type capture struct {
	cmd  *exec.Cmd
	file string
	port int
}

// startCapture needs tshark and the right to listen; without them nothing is captured, and where everything is checked the test fails.
func startCapture(t *testing.T, port int) *capture {
	t.Helper()
	tshark, err := exec.LookPath("tshark")
	if err != nil || os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("tshark is absent, or this is not root: apt-get install tshark")
		}
		t.Log("no capture: tshark is absent, or this is not root")
		return nil
	}
	c := &capture{file: filepath.Join(t.TempDir(), "smpp.pcap"), port: port}
	c.cmd = exec.CommandContext(t.Context(), tshark, "-i", "lo", "-f", fmt.Sprintf("tcp port %d", port), "-w", c.file)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "tshark to listen", func() bool { return c.hears(t) })
	return c
}

// hears knocks at the port and tells whether the file grew by it: tshark says that it captures before it does.
func (c *capture) hears(t *testing.T) bool {
	t.Helper()
	knock, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.port))
	if err != nil {
		t.Fatal(err)
	}
	if err := knock.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.file)
	return err == nil && info.Size() > 2000 // the headers of the file are some hundreds of octets, a knock too
}

// check ends the capture and asks tshark what it thinks of the PDUs.
func (c *capture) check(t *testing.T, submits int) {
	t.Helper()
	if c == nil {
		return
	}
	await(t, "the capture to be written", func() bool { return c.commands(t, "0x80000005") >= submits+2 })
	if err := c.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Log(err)
	}
	if n := c.commands(t, "0x00000004"); n != submits {
		t.Errorf("tshark saw %d submit_sm, %d were sent", n, submits)
	}
	if bad := c.read(t, "_ws.malformed"); bad != "" {
		t.Errorf("tshark finds malformed packets: %s", bad)
	}
}

// commands counts the PDUs of one command; a packet may hold several.
func (c *capture) commands(t *testing.T, command string) int {
	t.Helper()
	return strings.Count(c.read(t, "smpp", "-T", "fields", "-e", "smpp.command_id"), command)
}

func (c *capture) read(t *testing.T, filter string, more ...string) string {
	t.Helper()
	arguments := append([]string{"-r", c.file, "-d", fmt.Sprintf("tcp.port==%d,smpp", c.port), "-Y", filter}, more...)
	out, err := exec.CommandContext(t.Context(), c.cmd.Path, arguments...).Output()
	if err != nil && len(out) == 0 {
		return "" // the file is still being begun
	}
	return string(out)
}

// BenchmarkNodePeer measures our side alone: the carrier is another process.
func BenchmarkNodePeer(b *testing.B) {
	for _, window := range []int{10, 100, 500} {
		for _, receipts := range []bool{false, true} {
			b.Run(fmt.Sprintf("window=%d/receipts=%t", window, receipts), func(b *testing.B) {
				p := nodePeer(b, "QUIET=1")
				cfg := config(p.addr())
				cfg.Window, cfg.Receipts, cfg.ResponseTimeout = window, receipts, time.Minute
				s := start(b, cfg, smpp.Options{Arrive: func(_ channel.Event, stored func(error)) { stored(nil) }})
				up(b, s)
				pump(b, s)
			})
		}
	}
}
