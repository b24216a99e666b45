package sip_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
)

// ringing is a telephone that rings for a moment: two packets that leave together may be read in another order.
const ringing = `<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]t[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<pause milliseconds="200"/>`

func TestRefusalsOfARealPeer(t *testing.T) {
	for _, c := range []struct {
		status, header string
		rings          bool
		want           voice.Refusal
	}{
		{"486 Busy Here", "", true, voice.Refusal{Reason: buurtbel.LineBusy, Rang: true, Temporary: true, Code: "486 Busy Here"}},
		{"600 Busy Everywhere", "", false, voice.Refusal{Reason: buurtbel.LineBusy, Temporary: true, Code: "600 Busy Everywhere"}},
		{"480 Not now " + callee, "", true, voice.Refusal{Reason: buurtbel.NoAnswer, Rang: true, Temporary: true, Code: "480 Temporarily Unavailable"}},
		{"603 Decline", "", true, voice.Refusal{Reason: buurtbel.Rejected, Rang: true, Code: "603 Decline"}},
		{"403 Forbidden", "", false, voice.Refusal{Reason: buurtbel.Rejected, Code: "403 Forbidden"}},
		{"404 Not Found", "", false, voice.Refusal{Reason: buurtbel.InvalidAddress, Code: "404 Not Found"}},
		{"484 Address Incomplete", "", false, voice.Refusal{Reason: buurtbel.InvalidAddress, Code: "484 Address Incomplete"}},
		{"503 Service Unavailable", "", false, voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "503 Service Unavailable"}},
		{"503 Service Unavailable", "Retry-After: 7", false, voice.Refusal{Reason: buurtbel.Throttled, Temporary: true, After: 7 * time.Second, Code: "503 Service Unavailable"}},
		{"500 Server Internal Error", "", false, voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "500 Server Internal Error"}},
		{"407 Proxy Authentication Required", "", false, voice.Refusal{Reason: buurtbel.Credentials, Code: "407 Proxy Authentication Required"}},
	} {
		t.Run(c.status[:3]+c.header, func(t *testing.T) {
			t.Parallel()
			values := map[string]string{"STATUS": c.status, "HEADER": c.header, "RINGING": ""}
			if c.header == "" {
				values["HEADER"] = "Server: peer"
			}
			if c.rings {
				values["RINGING"] = ringing
			}
			trunk := open(t, sipp(t, "refuse.xml", values), nil, nil)
			call, r := trunk.Dial(t.Context(), callee, 5*time.Second)
			if r == nil {
				call.HangUp()
				t.Fatal("it was answered")
			}
			if d := cmp.Diff(c.want, *r); d != "" {
				t.Error(d)
			}
			if strings.Contains(r.Error(), callee[1:]) {
				t.Error("the number is in the error")
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	trunk := open(t, sipp(t, "ring.xml", nil), nil, nil)
	_, r := trunk.Dial(t.Context(), callee, 300*time.Millisecond)
	want := voice.Refusal{Reason: buurtbel.NoAnswer, Rang: true, Temporary: true, Code: "487 Request Terminated"}
	if d := cmp.Diff(want, *r); d != "" {
		t.Error(d)
	}
}

func TestRingingStopsWhenNobodyWantsItAnyMore(t *testing.T) {
	trunk := open(t, sipp(t, "ring.xml", nil), nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		until(t, "a line is taken", func() bool { return trunk.Stats().Ringing == 1 })
	}()
	_, r := trunk.Dial(ctx, callee, time.Minute)
	if r == nil || r.Reason != buurtbel.NoAnswer || !r.Rang {
		t.Fatalf("%+v", r)
	}
}

func TestAnsweredInTheMomentOfTheCancel(t *testing.T) {
	trunk := open(t, sipp(t, "cross.xml", nil), nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		until(t, "it rings", func() bool { return trunk.Stats().Ringing == 1 })
	}()
	_, r := trunk.Dial(ctx, callee, time.Minute)
	if r == nil || !r.Rang {
		t.Fatalf("%+v", r)
	}
	until(t, "the line is given back after our goodbye", func() bool { return trunk.Stats().Out == 0 })
}

func TestPicksUpInTheLastMoment(t *testing.T) {
	trunk := open(t, sipp(t, "cross.xml", nil), nil, nil)
	c, r := trunk.Dial(t.Context(), callee, 200*time.Millisecond)
	if r != nil {
		t.Fatalf("whoever picks up as the time ends is to be spoken to: %+v", *r)
	}
	c.HangUp()
	until(t, "the line is given back", func() bool { return trunk.Stats().Out == 0 })
}

func TestNobodyThere(t *testing.T) {
	trunk := openDown(t, fmt.Sprintf("127.0.0.1:%d", freePort(t)), func(c *sip.Config) { c.AnswerTimeout = 200 * time.Millisecond }, nil)
	_, r := trunk.Dial(t.Context(), callee, time.Second)
	want := voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "no answer from the carrier"}
	if d := cmp.Diff(want, *r); d != "" {
		t.Error(d)
	}
	if trunk.Up() {
		t.Error("up, with nobody there")
	}
}

func TestConnectionRefused(t *testing.T) {
	trunk := openDown(t, fmt.Sprintf("127.0.0.1:%d", freePort(t)), func(c *sip.Config) { c.Transport = sip.TCP }, nil)
	_, r := trunk.Dial(t.Context(), callee, time.Second)
	want := voice.Refusal{Reason: buurtbel.Unreachable, Temporary: true, Code: "connection lost"}
	if d := cmp.Diff(want, *r); d != "" {
		t.Error(d)
	}
}

func TestNumbersThatAreNeverDialled(t *testing.T) {
	trunk := openDown(t, fmt.Sprintf("127.0.0.1:%d", freePort(t)), nil, nil)
	for number, reason := range map[string]buurtbel.Reason{
		"112": buurtbel.InvalidAddress, "+32112": buurtbel.Rejected, "+3290" + "200000": buurtbel.Rejected, "+3270" + "200000": buurtbel.Rejected,
		"+8816123456789": buurtbel.Rejected, "+870773123456": buurtbel.Rejected, "+80012345678": buurtbel.Rejected, "+442079460000": buurtbel.Rejected,
		"0455000001": buurtbel.InvalidAddress, "": buurtbel.InvalidAddress, "+32 455 00 00 01": buurtbel.InvalidAddress,
		"+32455000001;phone-context=x": buurtbel.InvalidAddress, "+32455000001@evil.invalid": buurtbel.InvalidAddress,
	} {
		c, r := trunk.Dial(t.Context(), number, time.Second)
		if r == nil {
			c.HangUp()
		}
		if r == nil || r.Reason != reason || r.Temporary {
			t.Errorf("%q: %+v", number, r)
		}
	}
	if trunk.Stats().Out != 0 {
		t.Error("a line was taken")
	}
}

func TestLinesAreABound(t *testing.T) {
	trunk := open(t, sipp(t, "answer.xml", map[string]string{"KEYS": "", "EVENTS": "a=ptime:20", "DOES": ""}), func(c *sip.Config) { c.Lines = 2 }, nil)
	first, second := dial(t, trunk), dial(t, trunk)
	_, r := trunk.Dial(t.Context(), callee, time.Second)
	if r == nil || r.Reason != buurtbel.Throttled {
		t.Fatalf("%+v", r)
	}
	first.HangUp()
	until(t, "the line is free", func() bool { return trunk.Stats().Out == 1 })
	dial(t, trunk).HangUp()
	second.HangUp()
}

func TestOverTCP(t *testing.T) {
	t.Parallel()
	server := sipp(t, "answer.xml", map[string]string{"KEYS": "", "EVENTS": "a=ptime:20", "DOES": ""}, "-t", "t1")
	trunk := open(t, server, func(c *sip.Config) { c.Transport = sip.TCP }, nil)
	c := dial(t, trunk)
	if err := c.Play(t.Context(), words(100*time.Millisecond)); err != nil {
		t.Error(err)
	}
	c.HangUp()
	until(t, "the line is free", func() bool { return trunk.Stats().Out == 0 })
}

// TestConnectionLostWhileItRings: who picks up now hears nothing, so nobody may say that this telephone was not called.
func TestConnectionLostWhileItRings(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	rang := make(chan struct{})
	go func() { // answers everything that it is asked with 180, and goes
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			if err := ringAndGo(c, rang); err != nil {
				t.Error(err)
			}
		}
	}()
	trunk := openDown(t, listener.Addr().String(), func(c *sip.Config) { c.Transport = sip.TCP; c.PingEvery = time.Hour }, nil)
	go func() {
		defer close(rang)
		until(t, "it rings", func() bool { return trunk.Stats().Ringing == 1 })
	}()
	_, r := trunk.Dial(t.Context(), callee, 5*time.Second)
	want := voice.Refusal{Reason: buurtbel.Unreachable, Rang: true, Temporary: true, Uncertain: true, Code: "connection lost"}
	if d := cmp.Diff(want, *r); d != "" {
		t.Error(d)
	}
}

// ringAndGo reads requests until an INVITE comes, rings, and closes the connection when that was heard.
func ringAndGo(c net.Conn, heard <-chan struct{}) error {
	defer c.Close()
	in := textproto.NewReader(bufio.NewReader(c))
	for {
		line, err := in.ReadLine()
		if err != nil {
			return nil // the other side went first
		}
		head, err := in.ReadMIMEHeader()
		if err != nil {
			return err
		}
		status := "180 Ringing"
		if !strings.HasPrefix(line, "INVITE ") {
			status = "200 OK"
		}
		_, err = fmt.Fprintf(c, "SIP/2.0 %s\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=x\r\nCall-ID: %s\r\nCSeq: %s\r\nContent-Length: 0\r\n\r\n", status,
			head.Get("Via"), head.Get("From"), head.Get("To"), head.Get("Call-ID"), head.Get("CSeq"))
		if err != nil {
			return err
		}
		if status == "180 Ringing" {
			<-heard
			return nil
		}
	}
}
