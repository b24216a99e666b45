package sip_test

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
)

// callers makes SIPp call the trunk: n calls, as fast as rate a second. done is closed when they have ended.
func callers(t *testing.T, trunk *sip.Trunk, n, rate int, values map[string]string) (done <-chan error) {
	t.Helper()
	path := program(t, "sipp", "sip-tester")
	folder := t.TempDir()
	if values["MORE"] == "" {
		values["MORE"] = "Subject: call"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	scenario := "callback.xml"
	if values["SCENARIO"] != "" {
		scenario = values["SCENARIO"]
	}
	cmd := exec.CommandContext(ctx, path, "-sf", fill(t, folder, scenario, values), "-i", "127.0.0.1", "-p", fmt.Sprint(freePort(t)),
		"-mp", fmt.Sprint(freePorts(t, 4)), "-m", fmt.Sprint(n), "-r", fmt.Sprint(rate), "-l", "2000", "-nostdin", "-trace_err", trunk.Local())
	cmd.Dir = folder
	out := make(chan error, 1)
	go func() {
		b, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, b[max(0, len(b)-1500):])
		}
		out <- err
	}()
	return out
}

func nobody(t *testing.T) string { return fmt.Sprintf("127.0.0.1:%d", freePort(t)) }

func TestCallsThatComeInTakeNoOutgoingLine(t *testing.T) {
	const all, bound = 500, 480
	full := make(chan struct{})
	var taken, most atomic.Int64
	trunk := openDown(t, nobody(t), func(c *sip.Config) { c.Lines, c.Incoming, c.AcceptFrom = 1, bound, []string{"127.0.0.1"} },
		func(_ context.Context, _ string, c voice.Call) {
			most.Store(max(most.Load(), taken.Add(1)))
			select {
			case <-full:
			case <-c.Done():
			}
		})
	ended := callers(t, trunk, all, 1000, map[string]string{"DOES": ""})
	until(t, "the bound is reached", func() bool { return taken.Load() == bound })
	if s := trunk.Stats(); s.Out != 0 || s.In != bound {
		t.Errorf("%+v", s)
	}
	close(full)
	if err := receive(t, "the end of the callers", ended); err != nil { // those above the bound hear 486, which the scenario allows
		t.Error(err)
	}
	until(t, "all have ended", func() bool { return trunk.Stats().In == 0 })
	if taken.Load() > all || most.Load() < bound {
		t.Error(taken.Load(), most.Load())
	}
}

func TestStrangersAreNotAnswered(t *testing.T) {
	t.Parallel()
	trunk := openDown(t, "192.0.2.1", func(c *sip.Config) { c.AnswerTimeout = 100 * time.Millisecond }, func(context.Context, string, voice.Call) { t.Error("answered") })
	err := receive(t, "the end of the caller", callers(t, trunk, 1, 1, map[string]string{"DOES": ""}))
	if err == nil || !strings.Contains(err.Error(), "exit status") {
		t.Error(err)
	}
}

func TestWithheldNumber(t *testing.T) {
	t.Parallel()
	from := make(chan string, 1)
	trunk := openDown(t, nobody(t), func(c *sip.Config) { c.AcceptFrom = []string{"127.0.0.0/8"} }, func(_ context.Context, n string, c voice.Call) { from <- n })
	callers(t, trunk, 1, 1, map[string]string{"DOES": "", "MORE": "Privacy: id\nP-Asserted-Identity: <sip:+32455000009@127.0.0.1>"})
	if n := receive(t, "a call", from); n != "" {
		t.Error("a number that is withheld was told")
	}
}

const reinvite = `<send retrans="500"><![CDATA[
INVITE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: %d INVITE
Contact: <sip:peer@[local_ip]:[local_port]>
Session-Expires: 90;refresher=uac
Supported: timer
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 %d IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=%s
]]></send>
<recv response="200"><action><ereg regexp="a=%s" search_in="body" check_it="true" assign_to="1"/><ereg regexp="refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="1"/><log message="[$1]"/></action></recv>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: %d ACK
Max-Forwards: 70
Content-Length: 0

]]></send>`

// TestHoldAndSessionTimer puts a call on hold, takes it back and asks whether it is still there, as gateways do.
func TestHoldAndSessionTimer(t *testing.T) {
	t.Parallel()
	options := strings.NewReplacer("INVITE", "OPTIONS", "%d", "4").Replace(`<send retrans="500"><![CDATA[
INVITE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+32455000001@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: %d INVITE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>`)
	does := fmt.Sprintf(reinvite, 2, 2, "sendonly", "recvonly", 2) + fmt.Sprintf(reinvite, 3, 3, "sendrecv", "sendrecv", 3) + options
	played := make(chan error, 1)
	trunk := openDown(t, nobody(t), func(c *sip.Config) { c.AcceptFrom = []string{"127.0.0.1"} }, func(ctx context.Context, _ string, c voice.Call) {
		played <- c.Play(ctx, words(1500*time.Millisecond))
	})
	ended := callers(t, trunk, 1, 1, map[string]string{"DOES": does})
	if err := receive(t, "the end of the sound", played); err != nil {
		t.Error(err)
	}
	if err := receive(t, "the end of the caller", ended); err != nil {
		t.Error(err)
	}
}

// TestLateOffer takes a call whose description comes only with the ACK, as some exchanges do.
func TestLateOffer(t *testing.T) {
	t.Parallel()
	played := make(chan error, 1)
	trunk := openDown(t, nobody(t), func(c *sip.Config) { c.AcceptFrom = []string{"127.0.0.1"} }, func(ctx context.Context, _ string, c voice.Call) {
		played <- c.Play(ctx, words(200*time.Millisecond))
	})
	ended := callers(t, trunk, 1, 1, map[string]string{"SCENARIO": "late.xml"})
	if err := receive(t, "the end of the sound", played); err != nil {
		t.Error(err)
	}
	if err := receive(t, "the end of the caller", ended); err != nil {
		t.Error(err)
	}
}
