package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fox is a real Firefox, spoken to by its own remote protocol (Marionette: a length, a colon, and a JSON array of type, id, name or error, and
// parameters or result).
type fox struct {
	*testing.T
	conn net.Conn
	in   *bufio.Reader
	last int
}

// firefox starts one that knows only this machine: what it takes for its maker's push service is at push.
func firefox(t *testing.T, push string) *fox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		missing(t, "firefox-esr", "apt-get install firefox-esr")
	}
	profile := t.TempDir()
	prefs := map[string]any{
		"marionette.port": 0, "dom.push.serverURL": push, "dom.push.testing.allowInsecureServerURL": true, "dom.push.connection.enabled": true,
		"permissions.default.desktop-notification": 1, "dom.serviceWorkers.testing.enabled": true, "intl.accept_languages": "nl",
		"app.update.auto": false, "app.normandy.enabled": false, "toolkit.telemetry.enabled": false, "datareporting.policy.dataSubmissionEnabled": false,
		"network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false, "browser.shell.checkDefaultBrowser": false,
		"services.settings.server": "http://127.0.0.1:9/", "extensions.update.enabled": false, "browser.safebrowsing.update.enabled": false,
		"browser.startup.homepage_override.mstone": "ignore", "startup.homepage_welcome_url": "about:blank", "browser.startup.page": 0,
		"media.gmp-manager.updateEnabled": false, "browser.region.update.enabled": false, "browser.topsites.contile.enabled": false, "signon.autofillForms": false,
	}
	var user strings.Builder
	for name, value := range prefs {
		said, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&user, "user_pref(%q, %s);\n", name, said)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(user.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--marionette", "--no-remote", "--profile", profile, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_HEADLESS=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	f := &fox{T: t}
	t.Cleanup(func() { f.quit(cmd, ended) })
	f.connect(filepath.Join(profile, "MarionetteActivePort"), ended)
	f.call("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true}}})
	f.call("WebDriver:SetTimeouts", map[string]any{"script": patience.Milliseconds()})
	return f
}

// quit asks Firefox to end, so that all of its processes do; if it does not, it is killed.
func (f *fox) quit(cmd *exec.Cmd, ended <-chan error) {
	if f.conn != nil {
		if _, err := f.try("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}}); err != nil && f.Failed() {
			f.Log("quit:", err)
		}
		f.conn.Close()
	}
	select {
	case <-ended:
	case <-time.After(40 * time.Second):
		if err := cmd.Process.Kill(); err != nil {
			f.Error(err)
		}
		<-ended
	}
}

// connect waits until Firefox has written the port that it listens on.
func (f *fox) connect(portFile string, ended <-chan error) {
	f.Helper()
	tick, late := time.NewTicker(50*time.Millisecond), time.After(2*patience)
	defer tick.Stop()
	for {
		port, err := os.ReadFile(portFile)
		if err == nil && len(port) > 0 {
			f.conn, err = (&net.Dialer{}).DialContext(context.Background(), "tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
			if err != nil {
				f.Fatal(err)
			}
			f.in = bufio.NewReader(f.conn)
			if _, err := f.read(); err != nil { // it greets
				f.Fatal(err)
			}
			return
		}
		select {
		case <-tick.C:
		case err := <-ended:
			f.Fatalf("firefox ended: %v", err)
		case <-late:
			f.Fatal("firefox does not listen")
		}
	}
}

func (f *fox) read() ([]byte, error) {
	length, err := f.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	_, err = io.ReadFull(f.in, body)
	return body, err
}

func (f *fox) try(name string, params any) (json.RawMessage, error) {
	f.last++
	body, err := json.Marshal([]any{0, f.last, name, params})
	if err != nil {
		return nil, err
	}
	if err := f.conn.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(body), body); err != nil {
		return nil, err
	}
	if body, err = f.read(); err != nil {
		return nil, err
	}
	var answer [4]json.RawMessage
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if string(answer[2]) != "null" {
		return nil, fmt.Errorf("%s: %s", name, answer[2])
	}
	return answer[3], nil
}

func (f *fox) call(name string, params any) json.RawMessage {
	f.Helper()
	answer, err := f.try(name, params)
	if err != nil {
		f.Fatal(err)
	}
	return answer
}

func (f *fox) opens(url string) {
	f.Helper()
	f.call("WebDriver:Navigate", map[string]any{"url": url})
}

// says gives what an expression comes to, as text.
func (f *fox) says(expression string) string {
	f.Helper()
	answer := f.call("WebDriver:ExecuteAsyncScript", map[string]any{"args": []any{},
		"script": `const done = arguments[0]; (async () => String(await (` + expression + `)))().then(done, (e) => done("error: " + e))`})
	var value struct{ Value string }
	if err := json.Unmarshal(answer, &value); err != nil {
		f.Fatal(err)
	}
	return value.Value
}

// presses clicks on what a selector finds, as a person does: it must be visible.
func (f *fox) presses(selector string) {
	f.Helper()
	answer := f.call("WebDriver:FindElement", map[string]any{"using": "css selector", "value": selector})
	var found struct{ Value map[string]string }
	if err := json.Unmarshal(answer, &found); err != nil {
		f.Fatal(err)
	}
	for _, id := range found.Value {
		f.call("WebDriver:ElementClick", map[string]any{"id": id})
	}
}

// reads waits until words stand on the page.
func (f *fox) reads(words string) {
	f.Helper()
	tick, late := time.NewTicker(50*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		text := f.says(`document.body.innerText`)
		if strings.Contains(text, words) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			f.Fatalf("no %q on the page:\n%s", words, text)
		}
	}
}
