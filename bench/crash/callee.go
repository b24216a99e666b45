package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// called is what a telephone saw of one call: one Call-ID, however often its INVITE came. Times are ns since 1970, 0 when it did not happen.
type called struct {
	Number   string `json:"number"`
	Rang     int64  `json:"rang"`
	Answered int64  `json:"answered"` // and acknowledged by the caller
	Pressed  int64  `json:"pressed"`
	Ended    int64  `json:"ended"` // by the caller
}

// callee is all telephones of a town, in another process that outlives every kill: this binary again, called as "callee".
type callee struct {
	address string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func startCallee() (*callee, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	c := &callee{cmd: exec.Command(self, "callee")}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the telephones: %w", err)
	}
	c.out = bufio.NewReader(out)
	line, err := c.out.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("address of the telephones: %w", err), c.stop())
	}
	c.address = strings.TrimSpace(line)
	return c, nil
}

// take gives every call since the last take.
func (c *callee) take() ([]called, error) {
	if _, err := io.WriteString(c.in, "take\n"); err != nil {
		return nil, fmt.Errorf("ask the telephones: %w", err)
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("ask the telephones: %w", err)
	}
	var list []called
	return list, json.Unmarshal(line, &list)
}

func (c *callee) stop() error { return errors.Join(c.in.Close(), c.cmd.Wait()) }

// telephones answer whoever calls, hear them out a little, and press 1. Each number has its own pace, which is the same each time.
type telephones struct {
	sip, rtp *net.UDPConn
	mu       sync.Mutex
	log      []*called
	calls    map[string]*ringing // by Call-ID
}

// ringing is one call under way.
type ringing struct {
	*called
	from  netip.AddrPort
	lines []string // of the INVITE
	sound netip.AddrPort
	last  string // the last answer to the INVITE, given again when it comes again
	body  string
	over  bool
	pace  time.Duration
}

// The paces of the telephones: how long each rings, and how long its owner listens before pressing 1. A call speaks after 1.2 s of silence.
const (
	ringsMost   = 800 * time.Millisecond
	listenLeast = 1500 * time.Millisecond
	listensMost = 1500 * time.Millisecond // more
)

// answer is the callee's program: it prints its address, and on each line of input the calls since the last.
func answer(context.Context) error {
	t := &telephones{calls: map[string]*ringing{}}
	for _, c := range []**net.UDPConn{&t.sip, &t.rtp} {
		var err error
		if *c, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		if err := (*c).SetReadBuffer(4 << 20); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	fmt.Println(t.sip.LocalAddr())
	var work sync.WaitGroup
	work.Go(t.serve)
	work.Go(func() { t.deaf() })
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := json.NewEncoder(os.Stdout).Encode(t.taken()); err != nil {
			return err
		}
	}
	err := errors.Join(t.sip.Close(), t.rtp.Close())
	work.Wait()
	return err
}

func (t *telephones) taken() []called {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]called, len(t.log))
	for i, c := range t.log {
		out[i] = *c
	}
	t.log = nil
	return out
}

// deaf reads the sound so that it is not refused, and forgets it.
func (t *telephones) deaf() {
	buf := make([]byte, 2048)
	for {
		if _, _, err := t.rtp.ReadFromUDPAddrPort(buf); err != nil {
			return
		}
	}
}

// serve answers what a caller says (RFC 3261), as little as will do.
func (t *telephones) serve() {
	buf := make([]byte, 4096)
	for {
		n, from, err := t.sip.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		head, body, _ := bytes.Cut(buf[:n], []byte("\r\n\r\n"))
		lines := strings.Split(string(head), "\r\n")
		method, rest, _ := strings.Cut(lines[0], " ")
		t.mu.Lock()
		c := t.calls[header(lines, "Call-ID")]
		switch {
		case method == "INVITE" && c == nil:
			t.ring(lines, from, rest, string(body))
		case method == "INVITE":
			t.say(c, c.last, c.body)
		case method == "ACK" && c != nil && c.Answered == 0 && strings.HasPrefix(c.last, "200"):
			c.Answered = time.Now().UnixNano()
			time.AfterFunc(listenLeast+c.pace%listensMost, func() { t.press(c) })
		case method == "ACK":
		case method == "CANCEL" && c != nil && c.Answered == 0 && !strings.HasPrefix(c.last, "200"):
			t.reply(from, lines, "200 OK", "")
			t.end(c)
			t.say(c, "487 Request Terminated", "")
		case method == "BYE" && c != nil:
			t.reply(from, lines, "200 OK", "")
			t.end(c)
		default:
			t.reply(from, lines, "200 OK", "")
		}
		t.mu.Unlock()
	}
}

func (t *telephones) end(c *ringing) {
	c.over = true
	if c.Ended == 0 {
		c.Ended = time.Now().UnixNano()
	}
}

// ring begins a call. The lock is held.
func (t *telephones) ring(lines []string, from netip.AddrPort, target, sdp string) {
	number, _, _ := strings.Cut(strings.TrimPrefix(target, "sip:"), "@")
	c := &ringing{called: &called{Number: number, Rang: time.Now().UnixNano()}, from: from, lines: lines, pace: paceOf(number)}
	_, rest, _ := strings.Cut(sdp, "m=audio ")
	port, err := strconv.ParseUint(strings.SplitN(rest, " ", 2)[0], 10, 16)
	if err != nil {
		fmt.Fprintln(os.Stderr, "telephones: INVITE without sound")
		return
	}
	c.sound = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
	t.calls[header(lines, "Call-ID")] = c
	t.log = append(t.log, c.called)
	t.say(c, "180 Ringing", "")
	time.AfterFunc(c.pace%ringsMost, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !c.over {
			t.say(c, "200 OK", t.description())
		}
	})
}

// paceOf spreads numbers over paces.
func paceOf(number string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(number)) // a hash takes everything
	return time.Duration(h.Sum32()%100_000) * 37 * time.Microsecond
}

// press presses 1: one packet and its end (RFC 4733 section 2.5).
func (t *telephones) press(c *ringing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.over {
		return
	}
	c.Pressed = time.Now().UnixNano()
	for i, end := range []byte{0, 0x80, 0x80, 0x80} {
		b := make([]byte, 16)
		b[0], b[1] = 0x80, 101
		binary.BigEndian.PutUint16(b[2:], uint16(i))
		binary.BigEndian.PutUint32(b[4:], 1600)
		binary.BigEndian.PutUint32(b[8:], uint32(c.sound.Port()))
		b[12], b[13] = 1, end|10
		binary.BigEndian.PutUint16(b[14:], uint16(i)*160)
		if _, err := t.rtp.WriteToUDPAddrPort(b, c.sound); err != nil {
			fmt.Fprintln(os.Stderr, "telephones:", err)
		}
	}
}

// say answers the INVITE of a call. The lock is held.
func (t *telephones) say(c *ringing, status, body string) {
	c.last, c.body = status, body
	t.reply(c.from, c.lines, status, body)
}

func (t *telephones) reply(to netip.AddrPort, lines []string, status, body string) {
	var b strings.Builder
	b.WriteString("SIP/2.0 " + status + "\r\n")
	for _, l := range lines[1:] {
		switch k, _, _ := strings.Cut(l, ":"); strings.ToLower(k) {
		case "via", "from", "call-id", "cseq":
			b.WriteString(l + "\r\n")
		case "to":
			if !strings.Contains(l, "tag=") {
				l += ";tag=telephone"
			}
			b.WriteString(l + "\r\n")
		}
	}
	fmt.Fprintf(&b, "Contact: <sip:%s>\r\n", t.sip.LocalAddr())
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := t.sip.WriteToUDPAddrPort([]byte(b.String()), to); err != nil {
		fmt.Fprintln(os.Stderr, "telephones:", err)
	}
}

func (t *telephones) description() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\n"+
		"a=rtpmap:101 telephone-event/8000\r\n", t.rtp.LocalAddr().(*net.UDPAddr).Port)
}

func header(lines []string, name string) string {
	for _, l := range lines {
		if k, v, ok := strings.Cut(l, ":"); ok && strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
