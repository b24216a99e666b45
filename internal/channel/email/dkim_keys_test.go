package email

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
)

// pair is a made pair of keys with what is published of it, by name.
func pair(t *testing.T, name, from, until string) (settings []string, zone map[string]string) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		t.Fatal(err)
	}
	made, err := CreateKeys(t.TempDir(), name, "vlierbeek.example.org", day)
	if err != nil {
		t.Fatal(err)
	}
	zone = map[string]string{}
	for _, m := range made {
		if until != "" {
			m.Setting += " until=" + until
		}
		settings = append(settings, m.Setting)
		at, text, _ := strings.Cut(m.Record, " IN TXT ")
		zone[strings.TrimSuffix(at, ".")] = strings.NewReplacer(`" "`, "", `"`, "").Replace(text)
	}
	return settings, zone
}

// signedWith sends one mail at a moment and gives it as it arrived.
func signedWith(t *testing.T, keys []string, now time.Time) []byte {
	t.Helper()
	p, address := postOffice(t, nil, false)
	cfg := plainConfig(address)
	cfg.DKIM.Keys = keys
	m, err := Open(t.Context(), cfg, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if f := sendOne(m, "lid@example.org").Failure; f != nil {
		t.Fatal(f)
	}
	return p.all()[0].mail
}

func verified(t *testing.T, mail []byte, zone map[string]string) (selectors []string) {
	t.Helper()
	var mu sync.Mutex // signatures are looked up side by side
	found, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		selectors = append(selectors, strings.TrimSuffix(name, "._domainkey.vlierbeek.example.org"))
		return []string{zone[name]}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if v.Err != nil {
			t.Error(v.Err)
		}
	}
	slices.Sort(selectors)
	return selectors
}

func merged(zones ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, z := range zones {
		for k, v := range z {
			all[k] = v
		}
	}
	return all
}

// TestKeysChangeOverNight: each mail has a signature of both sorts, by the keys of its day.
func TestKeysChangeOverNight(t *testing.T) {
	old, oldZone := pair(t, "2026", "2026-01-01", "2027-01-02")
	next, nextZone := pair(t, "2027", "2027-01-01", "")
	zone := merged(oldZone, nextZone)
	keys := slices.Concat(old, next)
	for at, want := range map[string]string{
		"2026-12-31T23:59:59Z": "[e2026 r2026]", "2027-01-01T00:00:00Z": "[e2026 e2027 r2026 r2027]", "2027-01-02T00:00:00Z": "[e2027 r2027]", "2025-06-01T12:00:00Z": "[]",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		mail := signedWith(t, keys, now)
		if want == "[]" {
			if bytes.Contains(mail, []byte("DKIM-Signature")) {
				t.Error("signed before any key may sign")
			}
			continue
		}
		if got := fmt.Sprint(verified(t, mail, zone)); got != want {
			t.Errorf("at %s signed with %s, want %s", at, got, want)
		}
	}
}

func TestKeySettings(t *testing.T) {
	for line, ok := range map[string]bool{
		"selector=a file=/b": true, "file=/b selector=a from=2027-01-01 until=2027-01-02": true, "selector=a": false, "file=/b": false, "": false, "selector=a file=/b from=gisteren": false,
		"selector=a file=/b from=2027-01-02 until=2027-01-02": false, "selector=a file=/b kleur=rood": false, "selector= file=/b": false, "selector=a file=/b from=": false,
	} {
		if _, got := readSigningKey(line); got != ok {
			t.Errorf("%q: %t", line, got)
		}
	}
	for want, keys := range map[string][]string{
		"":                      {"selector=a file=/b until=2027-01-01", "selector=c file=/d"},
		"error.email.keys-end":  {"selector=a file=/b until=2027-01-01"},
		"error.email.config":    {"selector=a file=/b", "selector=a file=/c"},
		"error.email.config ":   {"selector=a"},
		"error.email.config  ":  {"selector=a<b file=/c"},
		"error.email.config   ": {"selector=é file=/c"},
	} {
		cfg := plainConfig("127.0.0.1:25")
		cfg.DKIM.Keys = keys
		if err := cfg.Check(); (err == nil) != (want == "") || err != nil && buurtbel.KeyOf(err) != strings.TrimSpace(want) {
			t.Errorf("%q: %v, want %s", keys, err, want)
		}
	}
}

func TestKeysAreNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	for want, name := range map[string]string{"": "1", "error.dkim.name": "../x", "error.dkim.name ": "a b", "error.dkim.name  ": ""} {
		if _, err := CreateKeys(dir, name, "example.org", time.Now()); (err == nil) != (want == "") || err != nil && buurtbel.KeyOf(err) != strings.TrimSpace(want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := CreateKeys(dir, "1", "example.org", time.Now()); buurtbel.KeyOf(err) != "error.dkim.exists" {
		t.Error(err)
	}
	if _, err := CreateKeys(filepath.Join(dir, "weg"), "1", "example.org", time.Now()); buurtbel.KeyOf(err) != "error.dkim.write" {
		t.Error(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "dkim-*.pem"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
}

// TestDoctorOfChangingKeys: which key signs, which will, which did, and what to set for each.
func TestDoctorOfChangingKeys(t *testing.T) {
	old, oldZone := pair(t, "2026", "2026-01-01", "2027-01-02")
	next, nextZone := pair(t, "2027", "2027-01-01", "")
	revoked := map[string]string{"e2026._domainkey.vlierbeek.example.org": "v=DKIM1; p="}
	for _, c := range []struct {
		name, now string
		keys      []string
		zone      map[string]string
		want      string
	}{
		{"the next ones are ready", "2026-12-30", slices.Concat(old, next), merged(oldZone, nextZone), "dkim-ok=ok dkim-ok=ok dkim-next=ok dkim-next=ok"},
		{"the next ones are not published", "2026-12-30", slices.Concat(old, next), oldZone, "dkim-ok=ok dkim-ok=ok dkim-none=to-set dkim-none=to-set"},
		{"the old ones rest", "2027-01-10", slices.Concat(old, next), merged(oldZone, nextZone), "dkim-resting=ok dkim-resting=ok dkim-ok=ok dkim-ok=ok"},
		{"the old ones are over", "2027-02-10", slices.Concat(old, next), merged(oldZone, nextZone, revoked), "dkim-over=to-set dkim-gone=ok dkim-ok=ok dkim-ok=ok"},
		{"nobody signs yet", "2026-12-30", next, nextZone, "dkim-next=ok dkim-next=ok dkim-nobody=wrong"},
		{"Ed25519 alone", "2027-02-10", next[1:], nextZone, "dkim-ok=ok dkim-no-rsa=to-set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := names.Serve(t, aWell...)
			for name, text := range c.zone {
				s.Add(t, record(name, text))
			}
			cfg := plainConfig("127.0.0.1:25")
			cfg.DKIM.Keys = c.keys
			now, err := time.Parse(time.DateOnly, c.now)
			if err != nil {
				t.Fatal(err)
			}
			found, err := Examine(t.Context(), cfg, Examination{Resolver: s.Resolver(), Outgoing: outgoing, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			found = slices.DeleteFunc(found, func(f Finding) bool { return f.Check != "dkim" })
			if got := summary(found); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestOthersVerifyBothSignatures asks two programs that nobody here wrote.
func TestOthersVerifyBothSignatures(t *testing.T) {
	keys, zone := pair(t, "1", "2026-01-01", "")
	mail := signedWith(t, keys, time.Now())
	if n := bytes.Count(mail, []byte("DKIM-Signature:")); n != 2 {
		t.Fatalf("%d signatures", n)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "mail.eml")
	write(t, file, string(mail))
	changed := filepath.Join(dir, "changed.eml")
	write(t, changed, strings.Replace(string(mail), "Subject: ", "Subject: niet ", 1))
	var records strings.Builder
	for name, text := range zone {
		fmt.Fprintf(&records, "%s %s\n", name, text)
	}
	write(t, filepath.Join(dir, "zone"), records.String())

	t.Run("dkimpy", func(t *testing.T) {
		peer(t, "/usr/bin/dkimverify", "python3-dkim")
		for name, want := range map[string]string{file: "True True", changed: "False False"} {
			out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", dkimpy, name, filepath.Join(dir, "zone")).CombinedOutput()
			if err != nil && strings.Contains(string(out), "ModuleNotFoundError") {
				absent(t, "python3-dkim python3-nacl")
			}
			if got := strings.TrimSpace(string(out)); err != nil || got != want {
				t.Errorf("%s: %s, %v, want %s", filepath.Base(name), got, err, want)
			}
		}
	})
	t.Run("opendkim", func(t *testing.T) {
		program := peer(t, "opendkim", "opendkim")
		write(t, filepath.Join(dir, "conf"), "Mode v\nTestDNSData "+filepath.Join(dir, "zone")+"\nSyslog no\n")
		for name, want := range map[string]int{file: 2, changed: 0} {
			out, err := exec.CommandContext(t.Context(), program, "-x", filepath.Join(dir, "conf"), "-t", name, "-v", "-v").CombinedOutput()
			if got := bytes.Count(out, []byte("dkim=pass")); got != want || want == 2 && err != nil {
				t.Errorf("%s: %d good signatures, want %d; %v, %s", filepath.Base(name), got, want, err, out)
			}
		}
	})
}

// dkimpy verifies each signature of a mail with records from a file.
const dkimpy = `
import sys, dkim
zone = dict(l.split(" ", 1) for l in open(sys.argv[2]))
d = dkim.DKIM(open(sys.argv[1], "rb").read())
look = lambda name, timeout=5: zone[name.decode().rstrip(".")].strip().encode()
print(*[d.verify(idx=i, dnsfunc=look) for i in (0, 1)])
`

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// peer finds a program of a Debian package.
func peer(t *testing.T, program, pack string) string {
	t.Helper()
	for _, p := range []string{program, "/usr/sbin/" + program} {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	absent(t, pack)
	return ""
}

func absent(t *testing.T, pack string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("missing: apt-get install %s", pack)
	}
	t.Skipf("missing: apt-get install %s", pack)
}

func FuzzSigningKey(f *testing.F) {
	f.Add("selector=a file=/b from=2027-01-01 until=2027-06-01")
	f.Fuzz(func(t *testing.T, line string) {
		if k, ok := readSigningKey(line); ok && (k.Selector == "" || k.File == "" || !k.Until.IsZero() && !k.From.Before(k.Until)) {
			t.Errorf("%q: %+v", line, k)
		}
	})
}

// TestOneClickFieldsAreSigned: the two fields that a mail program trusts for its button are in the mails that may be stopped, under every signature, and in no other.
func TestOneClickFieldsAreSigned(t *testing.T) {
	keys, zone := pair(t, "1", "2026-01-01", "")
	p, address := postOffice(t, nil, false)
	cfg := plainConfig(address)
	cfg.DKIM.Keys = keys
	m := open(t, cfg)
	const stop = "https://alarm.example.org/stop/abc"
	send := func(c *channel.Content, stop string) []byte {
		t.Helper()
		done := make(chan channel.Result, 1)
		m.Send(t.Context(), &channel.Message{Delivery: 4711, To: "lid@example.org", Content: c, Stop: stop, Expires: time.Now().Add(time.Hour)}, func(r channel.Result) { done <- r })
		if r := <-done; r.Failure != nil {
			t.Fatal(r.Failure)
		}
		all := p.all()
		return all[len(all)-1].mail
	}
	news := &channel.Content{Sender: "BIN Kerkveld", Subject: "Nieuws", Text: "Er is nieuws.", Language: buurtbel.Dutch, Class: buurtbel.ClassBulletin, Kind: buurtbel.KindBulletin, Thread: "2x"}
	mail := send(news, stop)
	for _, field := range []string{"List-Unsubscribe: <" + stop + ">\r\n", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "List-Id: <messages.vlierbeek.example.org>\r\n", "Feedback-ID: 2x:bulletin:buurtbel\r\n"} {
		if bytes.Count(mail, []byte(field)) != 1 {
			t.Errorf("no %s in\n%s", field, mail)
		}
	}
	if got := fmt.Sprint(verified(t, mail, zone)); got != "[e1 r1]" {
		t.Error(got)
	}
	for _, change := range [][2]string{{"stop/abc", "stop/abd"}, {"=One-Click", "=One-Clack"}, {"List-Unsubscribe: <", "X-Unsubscribe: <"}} {
		found, err := dkim.VerifyWithOptions(strings.NewReader(strings.Replace(string(mail), change[0], change[1], 1)), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{zone[name]}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			if v.Err == nil {
				t.Errorf("%s may be changed to %s", change[0], change[1])
			}
		}
	}
	alert := *news
	alert.Kind, alert.Class = buurtbel.KindLaunch, buurtbel.ClassAlert
	if mail := send(&alert, ""); bytes.Contains(mail, []byte("\r\nList-Id:")) || bytes.Contains(mail, []byte("\r\nList-Unsubscribe")) || bytes.Contains(mail, []byte("\r\nFeedback-ID:")) {
		t.Errorf("an alert looks like a list\n%s", mail)
	}
	digest := *news
	digest.Kind, digest.Class = "digest", buurtbel.ClassDigest
	if mail := send(&digest, stop); !bytes.Contains(mail, []byte("Auto-Submitted: auto-generated")) || !bytes.Contains(mail, []byte("Feedback-ID: 2x:digest:buurtbel")) {
		t.Errorf("%s", mail)
	}
}
