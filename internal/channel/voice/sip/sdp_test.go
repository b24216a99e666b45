package sip

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

func TestDescriptions(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.7:4000")
	for name, c := range map[string]struct {
		text string
		want session
		fail bool
	}{
		"usual":           {"v=0\r\nc=IN IP4 192.0.2.7\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n", session{at, []int{8, 0}, 101, true, true}, false},
		"line ends":       {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/AVP 0\n", session{at, []int{0}, -1, true, true}, false},
		"own connection":  {"c=IN IP4 192.0.2.1\nm=video 5 RTP/AVP 31\nc=IN IP4 192.0.2.2\nm=audio 4000 RTP/AVP 8\nc=IN IP4 192.0.2.7\n", session{at, []int{8}, -1, true, true}, false},
		"keys elsewhere":  {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/AVP 96 18 8\na=rtpmap:96 telephone-event/8000/1\n", session{at, []int{8}, 96, true, true}, false},
		"hold":            {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/AVP 8\na=sendonly\n", session{at, []int{8}, -1, true, false}, false},
		"inactive":        {"c=IN IP4 192.0.2.7\na=inactive\nm=audio 4000 RTP/AVP 8\n", session{at, []int{8}, -1, false, false}, false},
		"old hold":        {"c=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 8\n", session{netip.MustParseAddrPort("0.0.0.0:4000"), []int{8}, -1, true, false}, false},
		"IPv6":            {"c=IN IP6 2001:db8::7\nm=audio 4000 RTP/AVP 8\n", session{netip.MustParseAddrPort("[2001:db8::7]:4000"), []int{8}, -1, true, true}, false},
		"only G.729":      {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/AVP 18\n", session{}, true},
		"encrypted":       {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/SAVP 8\n", session{}, true},
		"refused":         {"c=IN IP4 192.0.2.7\nm=audio 0 RTP/AVP 8\n", session{}, true},
		"PCMA renumbered": {"c=IN IP4 192.0.2.7\nm=audio 4000 RTP/AVP 8\na=rtpmap:8 opus/48000\n", session{}, true},
		"no connection":   {"m=audio 4000 RTP/AVP 8\n", session{}, true},
		"no sound":        {"v=0\nc=IN IP4 192.0.2.7\n", session{}, true},
		"nothing":         {"", session{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSession([]byte(c.text))
			if (err != nil) != c.fail {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got, cmp.AllowUnexported(session{}), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnswerTakesTheOtherSidesFirst(t *testing.T) {
	ours := session{at: there, payloads: []int{typeA, typeMu}, keys: typeKeys, sends: true, receives: true}
	got, err := ours.answer(session{payloads: []int{typeMu, typeA}, keys: 96, sends: true})
	if err != nil || got.payloads[0] != typeMu || got.keys != 96 || got.direction() != "recvonly" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := (session{payloads: []int{typeA}}).answer(session{payloads: []int{typeMu}}); !errors.Is(err, errSound) {
		t.Error(err)
	}
}

// FuzzSession: no text breaks the reader, and what it understands it writes so that it understands it again.
func FuzzSession(f *testing.F) {
	f.Add([]byte("v=0\r\nc=IN IP4 192.0.2.7\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n"))
	f.Add([]byte("c=IN IP6 ::1\nm=audio 1/2 RTP/AVP 999 8\na=rtpmap:8 pcma/8000/1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readSession(b)
		if err != nil {
			return
		}
		if len(s.payloads) == 0 || s.at.Port() == 0 || !s.at.Addr().IsValid() {
			t.Fatalf("%+v", s)
		}
		if s.at.Addr().Zone() != "" || s.at.Addr().IsUnspecified() {
			return
		}
		again, err := readSession(s.write(1, 1))
		if err != nil || again.at != s.at || again.keys != s.keys || again.direction() != s.direction() {
			t.Fatalf("%+v became %+v: %v", s, again, err)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 18000;duration=3600": 18000 * time.Second, "120 (in a meeting)": 2 * time.Minute,
		"": 0, "soon": 0, "-1": 0, "99999999999999": 0, "1000000": 24 * time.Hour,
	} {
		if got := retryAfter(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("18000;duration=3600 (x)")
	f.Fuzz(func(t *testing.T, s string) {
		if d := retryAfter(s); d < 0 || d > 24*time.Hour {
			t.Fatal(d)
		}
	})
}

func TestCallersNumber(t *testing.T) {
	c := &Config{Country: "BE"}
	for s, want := range map[string]string{
		`"A" <sip:+32455000001@192.0.2.1;user=phone>`: "+32455000001", "<tel:+32455000001>": "+32455000001", "<sip:0455000001@x>": "+32455000001",
		"<sip:32455000001@x>": "+32455000001", "<sip:0032455000001@x>": "+32455000001", "sip:+32455000001@x": "+32455000001",
		"<sip:anonymous@anonymous.invalid>": "", "<sip:112@x>": "", "<mailto:a@b>": "", "<": "", "": "",
	} {
		if got := c.readCaller(userPart(s)); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func FuzzUserPart(f *testing.F) {
	f.Add(`"A" <sip:+32455000001@192.0.2.1;user=phone>`)
	c := &Config{Country: "BE"}
	f.Fuzz(func(t *testing.T, s string) {
		if n := c.readCaller(userPart(s)); n != "" && !numberForm.MatchString(n) {
			t.Fatal(n)
		}
	})
}

func TestConfigSaysAllThatIsWrong(t *testing.T) {
	c := Config{Server: "", Transport: "carrier pigeon", Caller: "0455", Register: true, RTPPorts: "5-x", Local: "0.0.0.0", Codecs: []string{"opus"}, AcceptFrom: []string{"here"}, Password: "hunter2"}
	c.Fill()
	err := c.Check()
	for _, field := range []string{"name", "server", "transport", "caller", "register", "rtp_ports", "local", "codecs", "accept_from"} {
		if err == nil || !strings.Contains(err.Error(), field+":") {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") || strings.Contains(c.String(), "hunter2") {
		t.Error("the password shows")
	}
	good := Config{Name: "a", Server: "sip.example.org", Caller: "+3220000100", Transport: TLS, RTPPorts: "20000-20010"}
	good.Fill()
	if err := good.Check(); err != nil || good.server != "sip.example.org:5061" || good.Domain != "sip.example.org" {
		t.Errorf("%v, server %q, domain %q", err, good.server, good.Domain)
	}
}

// TestAsManyLinesAsTheContractHas: the largest contract that the configuration takes is used to its last line, and no further.
func TestAsManyLinesAsTheContractHas(t *testing.T) {
	const most = 5000
	c := Config{Name: "a", Server: "sip.example.org", Caller: "+3220000100", Lines: most}
	c.Fill()
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	trunk := &Trunk{cfg: c, ctx: t.Context()}
	for i := range most {
		if r := trunk.takeLine(); r != nil {
			t.Fatalf("line %d: %v", i+1, r.Code)
		}
	}
	if r := trunk.takeLine(); r == nil || r.Code != voice.CodeNoLine {
		t.Errorf("a line too many: %+v", r)
	}
	if c.Lines = most + 1; c.Check() == nil {
		t.Error("more lines than it says")
	}
}
