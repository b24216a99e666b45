package outside_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/port"
)

// peers is the folder with node_modules of programs that nobody here wrote: $BUURTBEL_PEERS, or .peers above this package.
func peers(t *testing.T) string {
	t.Helper()
	places := []string{os.Getenv("BUURTBEL_PEERS")}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		places = append(places, filepath.Join(dir, ".peers"))
	}
	for _, p := range places {
		if _, err := os.Stat(filepath.Join(p, "node_modules", "smpp")); p != "" && err == nil {
			return p
		}
	}
	missing(t, "npm smpp@0.5.1 in .peers/node_modules", "npm install --prefix .peers smpp@0.5.1")
	return ""
}

const nodeESME = `
import { createRequire } from 'node:module';
const smpp = createRequire(process.argv[2] + '/x.js')('smpp');
const s = smpp.connect({ url: 'smpp://127.0.0.1:' + process.argv[3] });
let answers = 0, receipts = 0, said = '';
const long = 'Politiezone Vlierbeek. ' + 'België blijft rustig, één bericht in delen. '.repeat(6) + '[a77]';
const chunks = long.match(/[\s\S]{1,60}/g);
s.on('connect', () => s.bind_transceiver({ system_id: 'node', password: 'secret', interface_version: 0x34 }, (p) => {
  if (p.command_status) { console.log('bind', p.command_status); process.exit(1); }
  chunks.forEach((c, i) => s.submit_sm({ source_addr: '8810', destination_addr: '32455000009', registered_delivery: 1, data_coding: 8,
    short_message: { udh: Buffer.from([5, 0, 3, 42, chunks.length, i + 1]), message: c } }, (q) => { if (!q.command_status && q.message_id) answers++; }));
}));
s.on('deliver_sm', (p) => {
  s.send(p.response());
  if (p.esm_class & 4) { if (p.message_state === 2 && /stat:DELIVRD/.test(p.short_message.message)) receipts++; } else said = p.short_message.message;
  if (said && receipts === chunks.length) s.unbind(() => { console.log(JSON.stringify({ answers, receipts, said, long })); s.close(() => process.exit(0)); });
});
s.on('enquire_link', (p) => s.send(p.response()));
s.on('error', (e) => { console.log(e.message); process.exit(1); });
setTimeout(() => { console.log('late', answers, receipts, said); process.exit(1); }, 15000);
`

func TestPeer_nodeSMPP(t *testing.T) {
	dir := peers(t)
	p := world(t, quick)
	script := filepath.Join(t.TempDir(), "esme.mjs")
	if err := os.WriteFile(script, []byte(nodeESME), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script, dir, fmt.Sprint(p.Ports.SMPP))
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitBubble(t, p, "+32455000009", "[a77]")
	if taken, err := p.Write(t.Context(), "+32455000009", "Já, gelezen [1]", 10*time.Second); err != nil || !taken {
		t.Error("the answer was not taken", err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), `"said":"Já, gelezen [1]"`) {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// waitBubble waits until the telephone shows a text with these words, by asking again: the control has no other way.
func waitBubble(t *testing.T, p *outside.Process, number, words string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		list, err := p.Phones(ctx)
		if err != nil {
			t.Fatalf("no text with %q: %v", words, err)
		}
		for _, ph := range list {
			for _, b := range ph.Bubbles {
				if ph.Number == number && strings.Contains(b.Text, words) {
					return
				}
			}
		}
		<-tick.C
	}
}

const kannel = `
group = core
admin-port = %[1]d
admin-interface = 127.0.0.1
smsbox-port = %[2]d
smsbox-interface = 127.0.0.1
admin-password = bar
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
dlr-storage = internal
log-level = 3

group = smsc
smsc = smpp
smsc-id = t1
host = 127.0.0.1
port = %[4]d
transceiver-mode = true
system-type = ""
smsc-username = kannel
smsc-password = secret
interface-version = 34

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %[3]d
sendsms-interface = 127.0.0.1
log-level = 3

group = sendsms-user
username = u
password = p
max-messages = 5
concatenation = true

group = sms-service
keyword = default
text = ""
max-messages = 0
`

func TestPeer_kannel(t *testing.T) {
	if _, err := exec.LookPath("bearerbox"); err != nil {
		missing(t, "kannel", "apt-get install kannel")
	}
	p := world(t, quick)
	admin, box, send := freePort(t), freePort(t), freePort(t)
	conf := filepath.Join(t.TempDir(), "kannel.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, kannel, admin, box, send, p.Ports.SMPP), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bearerbox", "smsbox"} {
		cmd := exec.CommandContext(t.Context(), name, conf)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill() // it may have ended with the context already
			_ = cmd.Wait()
		})
		waitPort(t, map[string]int{"bearerbox": box, "smsbox": send}[name])
	}
	long := strings.Repeat("Kannel schrijft een lang bericht. ", 8) + "[a88]"
	q := url.Values{"username": {"u"}, "password": {"p"}, "from": {"8810"}, "to": {"32455000008"}, "text": {long}}
	r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms?%s", send, q.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != http.StatusAccepted {
		t.Fatalf("%s %s %v", r.Status, said, err)
	}
	waitBubble(t, p, "+32455000008", long)
	if taken, err := p.Write(t.Context(), "+32455000008", "STOP", 10*time.Second); err != nil || !taken {
		t.Error("STOP was not taken", err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	p, err := port.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func waitPort(t *testing.T, port int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		nc, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			nc.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}
