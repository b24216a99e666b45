package push

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2a00:1450:400e::1": true, "93.184.216.34": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "0.0.0.0": false, "0.1.2.3": false,
		"100.64.0.1": false, "192.0.0.8": false, "198.18.0.1": false, "198.51.100.7": false, "203.0.113.9": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false, "fec0::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// TestNoRequestIntoTheHouse subscribes addresses of this machine and of private networks. Those that say so themselves are given up for good; a
// name that leads there is tried again, since names can be led astray, and never connected to.
func TestNoRequestIntoTheHouse(t *testing.T) {
	s := newService(t)
	cfg := testConfig(t)
	cfg.AllowPrivate = false
	p, log := openPusher(t, cfg, nil)
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	for endpoint, code := range map[string]string{
		s.URL + "/send": "endpoint", "https://127.0.0.1" + port + "/send": "endpoint", "https://127.0.0.1/send": "endpoint", "https://[::1]/send": "endpoint",
		"https://169.254.169.254/latest": "endpoint", "https://push.example.org:8443/send": "endpoint", "https://[::ffff:10.0.0.1]/": "endpoint",
		"https://localhost/send": "address", "https://localhost:443/send": "address",
	} {
		f := sent(t, p, messageTo(newDevice(t, endpoint).subscription())).Failure
		if f == nil || f.Code != code || f.Uncertain || (f.Reason == buurtbel.InvalidAddress) != (code == "endpoint") || f.Temporary != (code == "address") {
			t.Errorf("%s: %+v", endpoint, f)
		}
	}
	if n := len(s.all()); n != 0 {
		t.Errorf("%d requests came in", n)
	}
	if strings.Contains(log.String(), "169.254") {
		t.Error("the log holds an endpoint")
	}
}

func TestKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "push.pem")
	made, err := CreateKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenKeys(path)
	if err != nil || again.Public() != made.Public() || len(made.Public()) != 87 {
		t.Errorf("%v: %q and %q", err, made.Public(), again.Public())
	}
	wants := func(err error, key string) {
		t.Helper()
		if buurtbel.KeyOf(err) != key {
			t.Errorf("got %v, want %s", err, key)
		}
	}
	_, err = CreateKeys(path)
	wants(err, "error.push.key-exists")
	_, err = OpenKeys(path + ".none")
	wants(err, "error.push.key-missing")
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		_, err = OpenKeys(path)
		wants(err, "error.push.key-open")
	}
	broken := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(broken, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = OpenKeys(broken)
	wants(err, "error.push.key-broken")
	_, err = CreateKeys(filepath.Join(t.TempDir(), "none", "push.pem"))
	wants(err, "error.push.key-write")
}

func TestConfig(t *testing.T) {
	good := Config{KeyFile: "push.pem", Contact: "alarm@example.org"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for field, c := range map[string]Config{
		"key_file": {Contact: "alarm@example.org"}, "contact": {KeyFile: "x"}, "window": {KeyFile: "x", Contact: "a@example.org", Window: 501}, "timeout": {KeyFile: "x", Contact: "a@example.org", Timeout: -1},
	} {
		if err := c.Check(); buurtbel.KeyOf(err) != "error.push.config" || !strings.Contains(fieldOf(err), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, contact := range []string{"mailto:alarm@example.org", "alarm@localhost", "alarm", "https://example.org"} {
		if err := (Config{KeyFile: "x", Contact: contact}).Check(); fieldOf(err) != "contact" {
			t.Errorf("%s: %v", contact, err)
		}
	}
}

func fieldOf(err error) string {
	var e *buurtbel.Error
	if !errors.As(err, &e) {
		return ""
	}
	field, _ := e.Args["field"].(string)
	return field
}
