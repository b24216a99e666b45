package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
)

// TestKeysDKIM: what is printed, set as it is printed, is in order.
func TestKeysDKIM(t *testing.T) {
	i := install(t)
	i.refuses("names no mail server", "keys", "dkim", "2026")
	i.file("buurtbel.toml", mailConfig)
	out := i.does("keys", "dkim", "2026", "--from", "2026-01-01", "--folder", i.folder)
	s := names.Serve(t, "vlierbeek.example.org. IN MX 10 mail.vlierbeek.example.org.", "mail.vlierbeek.example.org. IN A 203.0.113.10", `vlierbeek.example.org. IN TXT "v=spf1 mx -all"`,
		"10.113.0.203.in-addr.arpa. IN PTR mail.vlierbeek.example.org.", `_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=quarantine"`)
	var setting string
	for line := range strings.Lines(out) {
		switch line = strings.TrimSpace(line); {
		case strings.Contains(line, " IN TXT "):
			s.Add(t, line)
		case strings.HasPrefix(line, "dkim.keys"):
			setting = line
		}
	}
	i.file("buurtbel.toml", mailConfig+"\n"+setting+"\n")
	told := i.does("--language", "en", "doctor", "mail", "--resolver", s.Address, "--address", "203.0.113.10")
	for _, name := range []string{"r2026._domainkey", "e2026._domainkey"} {
		if !strings.Contains(told, name) {
			t.Errorf("%s is missing in %s", name, told)
		}
	}
	if strings.Count(told, "\nmail: dkim ") != 2 {
		t.Error(told)
	}
	i.refuses("never overwritten", "--language", "en", "keys", "dkim", "2026", "--folder", i.folder)
	i.refuses("small letters", "--language", "en", "keys", "dkim", "Twee", "--folder", i.folder)
	text, err := os.ReadFile(filepath.Join(i.folder, "dkim-e2026.pem"))
	if err != nil || strings.Contains(out, strings.Split(string(text), "\n")[1]) {
		t.Errorf("the private key was printed, or is not there: %v", err)
	}
}
