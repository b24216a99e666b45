package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sippPeer is SIPp, a program that nobody here wrote.
type sippPeer struct {
	at     string
	folder string
	runs   []*exec.Cmd
}

// newSIPp makes a folder for it.
func newSIPp() (*sippPeer, error) {
	if _, err := exec.LookPath("sipp"); err != nil {
		return nil, errors.New("sipp is missing (apt-get install sip-tester)")
	}
	folder, err := os.MkdirTemp("", "buurtbel-sipp")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	return &sippPeer{folder: folder}, nil
}

// startSIPp starts SIPp as who answers; it sends back the sound that it gets.
func startSIPp(ctx context.Context) (*sippPeer, error) {
	p, err := newSIPp()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.folder))
	}
	p.at = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	scenario := filepath.Join(p.folder, "answers.xml")
	if err := os.WriteFile(scenario, []byte(answers), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.folder))
	}
	return p, p.start(ctx, "-sf", scenario, "-p", strconv.Itoa(port), "-rtp_echo")
}

func freePort() (int, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	return c.LocalAddr().(*net.UDPAddr).Port, c.Close()
}

func (p *sippPeer) start(ctx context.Context, args ...string) error {
	media, err := freePort()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "sipp", append(args, "-i", "127.0.0.1", "-mp", strconv.Itoa(media), "-nostdin", "-l", "5000")...)
	cmd.Dir = p.folder
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start sipp: %w", err)
	}
	p.runs = append(p.runs, cmd)
	return nil
}

func (p *sippPeer) address() string { return p.at }

func (p *sippPeer) call(ctx context.Context, to string, n int) error {
	if n == 0 {
		return nil
	}
	return p.dial(ctx, strings.ReplaceAll(inviting, "PORT", "[media_port]")+`<recv request="BYE"/><send><![CDATA[`+bye+`]]></send></scenario>`, to, n, "-rtp_echo")
}

// dial makes it call as a scenario says.
func (p *sippPeer) dial(ctx context.Context, scenario, to string, n int, more ...string) error {
	file := filepath.Join(p.folder, "calls.xml")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	return p.start(ctx, append([]string{"-sf", file, "-p", strconv.Itoa(port), "-m", strconv.Itoa(n), "-r", "200", to}, more...)...)
}

func (p *sippPeer) stop(out *result) error {
	for _, cmd := range p.runs {
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop sipp: %w", err)
		}
		var killed *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &killed) {
			return fmt.Errorf("stop sipp: %w", err)
		}
		out.CalleeCPU += float64((cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())/time.Millisecond) / 1000
	}
	return os.RemoveAll(p.folder)
}

const ok = `
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]t[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

`

const bye = `
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

`

const answers = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="answers">
<recv request="OPTIONS" optional="true" next="9"/>
<recv request="INVITE"/>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]t[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send next="10"><![CDATA[` + bye + `]]></send>
<label id="9"/>
<send next="10"><![CDATA[` + ok + `]]></send>
<label id="10"/>
</scenario>`

// inviting begins a call, up to its ACK; PORT is where the caller hears.
const inviting = `<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="calls">
<send retrans="500"><![CDATA[
INVITE sip:bench@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:bench@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:peer@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio PORT RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
`
