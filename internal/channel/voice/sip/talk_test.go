package sip_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
)

// baresip is a telephone that answers, says say and records what it hears.
type baresip struct {
	address, folder string
	control         net.Conn
}

func startBaresip(t *testing.T, say voice.Audio) *baresip {
	t.Helper()
	path := program(t, "baresip", "baresip-core")
	b := &baresip{folder: t.TempDir()}
	port, control, rtp := freePorts(t, 2), freePort(t), (freePorts(t, 22)+1)&^1 // it takes the port after its own for TLS, and an even one for sound
	fill(t, b.folder, "baresip.config", map[string]string{
		"PORT": fmt.Sprint(port), "CTRL": fmt.Sprint(control), "RTP": fmt.Sprintf("%d-%d", rtp, rtp+20), "DIR": b.folder,
	})
	if err := os.Rename(filepath.Join(b.folder, "baresip.config"), filepath.Join(b.folder, "config")); err != nil {
		t.Fatal(err)
	}
	accounts := fmt.Sprintf("<sip:%s@127.0.0.1:%d>;regint=0;answermode=auto;audio_codecs=PCMA\n", callee, port)
	if err := os.WriteFile(filepath.Join(b.folder, "accounts"), []byte(accounts), 0o600); err != nil {
		t.Fatal(err)
	}
	writeWAV(t, filepath.Join(b.folder, "say.wav"), say)
	writeWAV(t, filepath.Join(b.folder, "alert.wav"), make(voice.Audio, voice.Rate))
	start(t, exec.Command(path, "-f", b.folder))
	b.address = fmt.Sprintf("127.0.0.1:%d", port)
	until(t, "baresip takes commands", func() bool {
		var err error
		b.control, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", control))
		return err == nil
	})
	t.Cleanup(func() {
		if err := b.control.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// do sends a command as a netstring.
func (b *baresip) do(t *testing.T, command, params string) {
	t.Helper()
	j := fmt.Sprintf(`{"command":%q,"params":%q}`, command, params)
	if _, err := fmt.Fprintf(b.control, "%d:%s,", len(j), j); err != nil {
		t.Fatal(err)
	}
}

// recorded is what the telephone heard.
func (b *baresip) recorded(t *testing.T) voice.Audio {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(b.folder, "*dec.wav"))
	if err != nil || len(files) != 1 {
		t.Fatal("recordings:", files, err)
	}
	return readWAV(t, files[0])
}

func TestATelephoneHearsEveryWordAndPressesKeys(t *testing.T) {
	t.Parallel()
	theirs, ours := words(20*time.Second), words(4*time.Second)
	for i, j := 0, len(ours)-1; i < j; i, j = i+1, j-1 { // not what they say
		ours[i], ours[j] = ours[j], ours[i]
	}
	phone := startBaresip(t, theirs)
	trunk := open(t, phone.address, nil, nil)
	c := dial(t, trunk)
	heard := collect(c)
	began := time.Now()
	if err := c.Play(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < ours.Length()-40*time.Millisecond {
		t.Errorf("%v of sound were sent in %v", ours.Length(), took)
	}
	for _, key := range "1290#*" {
		phone.do(t, "sndcode", string(key))
		if got := receive(t, "key "+string(key), c.Keys()); got != byte(key) {
			t.Errorf("key %c was understood as %c", key, got)
		}
	}
	select {
	case k := <-c.Keys():
		t.Errorf("key %c twice", k)
	case <-time.After(400 * time.Millisecond):
	}
	c.HangUp()
	got := receive(t, "what we heard", heard)
	until(t, "the recording is written", func() bool { return len(phone.recorded(t)) > len(ours)*9/10 })
	if like, at := likeness(ours, phone.recorded(t)); like < 0.99 {
		t.Errorf("likeness of what the telephone heard: %.4f, from sample %d", like, at)
	}
	if like, at := likeness(theirs[:3*voice.Rate], got); like < 0.99 {
		t.Errorf("likeness of what we heard: %.4f, from sample %d of %d", like, at, len(got))
	}
}

// collect gathers what is heard until the call ends.
func collect(c voice.Call) <-chan voice.Audio {
	out := make(chan voice.Audio, 1)
	go func() {
		var all voice.Audio
		for frame := range c.Heard() {
			all = append(all, frame...)
		}
		out <- all
	}()
	return out
}

func TestTheOtherSideHangsUp(t *testing.T) {
	t.Parallel()
	phone := startBaresip(t, words(5*time.Second))
	trunk := open(t, phone.address, nil, nil)
	c := dial(t, trunk)
	played := make(chan error, 1)
	go func() { played <- c.Play(t.Context(), words(30*time.Second)) }()
	receive(t, "sound", c.Heard())
	phone.do(t, "hangup", "")
	if err := receive(t, "the end of Play", played); !errors.Is(err, voice.ErrHungUp) {
		t.Error(err)
	}
	<-c.Done()
	if err := c.Play(t.Context(), words(time.Second)); !errors.Is(err, voice.ErrHungUp) {
		t.Error(err)
	}
	c.HangUp()
	until(t, "the line is free", func() bool { return trunk.Stats().Out == 0 })
}

func TestPlayingStopsAtOnce(t *testing.T) {
	t.Parallel()
	phone := startBaresip(t, words(5*time.Second))
	c := dial(t, open(t, phone.address, nil, nil))
	ctx, cancel := context.WithCancel(t.Context())
	played := make(chan error, 1)
	go func() { played <- c.Play(ctx, words(time.Minute)) }()
	receive(t, "sound", c.Heard())
	cancel()
	if err := receive(t, "the end of Play", played); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := c.Play(t.Context(), words(100*time.Millisecond)); err != nil {
		t.Error("the next sound:", err)
	}
	c.HangUp()
	c.HangUp()
}

// pcap is a recording of key presses that belongs to the peer: its first packet has duration 0.
func pcap(key string) string { return "/usr/share/sip-tester/dtmf_2833_" + key + ".pcap" }

func play(file string) string {
	return `<pause milliseconds="300"/><nop><action><exec play_pcap_audio="` + file + `"/></action></nop><pause milliseconds="1000"/>`
}

func TestKeysWhoseFirstPacketHasDurationZero(t *testing.T) {
	t.Parallel()
	program(t, "sipp", "sip-tester")
	if os.Geteuid() != 0 {
		absent(t, "sipp plays recordings through raw sockets: root only")
	}
	var does bytes.Buffer
	const pressed = "1290"
	for _, k := range pressed {
		does.WriteString(play(pcap(string(k))))
	}
	does.WriteString(play(pcap("star")) + play(pcap("pound")))
	server := sipp(t, "answer.xml", map[string]string{"KEYS": "101", "EVENTS": "a=rtpmap:101 telephone-event/8000", "DOES": does.String()})
	c := dial(t, open(t, server, nil, nil))
	for _, k := range pressed + "*#" {
		if got := receive(t, "key "+string(k), c.Keys()); got != byte(k) {
			t.Errorf("key %c was understood as %c", k, got)
		}
	}
	c.HangUp()
	for k := range c.Keys() {
		t.Errorf("key %c once more", k)
	}
}

// kamailio is a carrier that wants credentials and passes calls on to next.
func kamailio(t *testing.T, next string) string {
	t.Helper()
	path := program(t, "kamailio", "kamailio")
	port := freePort(t)
	folder := t.TempDir()
	cfg := fill(t, folder, "kamailio.cfg", map[string]string{"PORT": fmt.Sprint(port), "NEXT": next})
	start(t, exec.Command(path, "-f", cfg, "-DD", "-E", "-Y", folder, "-P", filepath.Join(folder, "pid"), "-m", "32", "-M", "4"))
	return fmt.Sprintf("127.0.0.1:%d", port)
}

func account(c *sip.Config) {
	c.User, c.Password, c.Register, c.Domain = "buurtbel", "secret", true, "voice.invalid"
}

func TestCarrierWithRegistrationAndCredentials(t *testing.T) {
	t.Parallel()
	said := words(2 * time.Second)
	phone := startBaresip(t, words(10*time.Second))
	server := kamailio(t, phone.address)
	from := make(chan string, 1)
	trunk := open(t, server, account, func(ctx context.Context, caller string, c voice.Call) {
		from <- caller
		if err := c.Play(ctx, said[:voice.Rate/2]); err != nil {
			t.Error(err)
		}
	})
	c := dial(t, trunk)
	if err := c.Play(t.Context(), said); err != nil {
		t.Fatal(err)
	}
	phone.do(t, "sndcode", "1")
	if got := receive(t, "key", c.Keys()); got != '1' {
		t.Errorf("key %c", got)
	}
	c.HangUp()
	until(t, "the carrier has passed our goodbye on", func() bool { return trunk.Stats().Out == 0 })
	if like, at := likeness(said, phone.recorded(t)); like < 0.99 {
		t.Errorf("likeness %.4f, from sample %d", like, at)
	}
	path := program(t, "sipp", "sip-tester")
	folder := t.TempDir()
	cmd := exec.Command(path, "-sf", fill(t, folder, "callback.xml", map[string]string{"MORE": "Supported: timer", "DOES": ""}), "-i", "127.0.0.1",
		"-p", fmt.Sprint(freePort(t)), "-mp", fmt.Sprint(freePorts(t, 4)), "-m", "1", "-nostdin", server)
	start(t, cmd)
	if got := receive(t, "a call that comes in", from); got != "+32455000001" {
		t.Error("caller", got)
	}
	until(t, "it ended", func() bool { return trunk.Stats().In == 0 })
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	server := kamailio(t, "127.0.0.1:9")
	wrong := func(c *sip.Config) { account(c); c.Password = "wrong"; c.Register = false }
	trunk := open(t, server, wrong, nil)
	_, r := trunk.Dial(t.Context(), callee, time.Second)
	if r == nil || r.Reason != "credentials" || r.Temporary {
		t.Errorf("%+v", r)
	}
	never := openDown(t, server, func(c *sip.Config) { wrong(c); c.Register = true }, nil)
	_, r = never.Dial(t.Context(), callee, time.Second)
	if r == nil || never.Up() {
		t.Error("up without registration")
	}
}
