package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/vault"
)

// write puts a configuration file into a folder of its own.
func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buurtbel.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// said writes each problem as "line:column key", or "VARIABLE key".
func said(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var all []string
	for _, p := range problems {
		where := fmt.Sprintf("%d:%d", p.Place.Line, p.Place.Column)
		if p.Place.Variable != "" {
			where = p.Place.Variable
		}
		all = append(all, where+" "+strings.TrimPrefix(p.Err.Key, "error.config."))
	}
	return all
}

const carrier = `
[[sms]]
name = "carrier-a"
sender = "+32455000000"
can_be_answered = true
address = "127.0.0.1:2775"
system_id = "buurtbel"
`

func TestSchema(t *testing.T) {
	sections, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, s := range sections {
		if s.doc == "" {
			t.Errorf("%s has no words", s.name)
		}
		for _, f := range s.fields {
			name := s.name + "." + f.name
			used[name] = true
			if f.doc == "" || !strings.HasSuffix(f.doc, ".") {
				t.Errorf("%s: its words are no sentence: %q", name, f.doc)
			}
			for _, limit := range []string{f.min, f.max} {
				if limit != "" && f.limit(limit) != f.limit(limit) {
					t.Errorf("%s: the limit %q is not usable", name, limit)
				}
			}
			if f.secret && f.preset != "" {
				t.Errorf("%s: a secret has no default", name)
			}
			if strings.Contains(f.name, "password") && !f.secret {
				t.Errorf("%s is no secret", name)
			}
		}
	}
	for name := range notes {
		if !used[name] {
			t.Errorf("a note for %s, which is no key", name)
		}
	}
}

func TestDefaults(t *testing.T) {
	c, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.Listen != "127.0.0.1:8080" || c.Server.MaxBody != 20_000_000 || c.Server.ReadTimeout != 10*time.Second || c.Delivery.Claim != 250 {
		t.Errorf("%+v", c.Delivery)
	}
}

func TestReads(t *testing.T) {
	path := write(t, "\ufeff[server]\r\nlisten = \":8443\"\r\npublic_url = \"https://buurtbel.example.org\"\r\n"+`
trusted_proxies = ["10.0.0.0/24", "::1"]
max_body = "5 MiB"
stop_timeout = '1m'
idle_timeout = "1h"
`+carrier+`
source_ton = 5
password = "sécret"
[[email]]
address = "mail.example.org:587"
from = "alarm@example.org"
timeouts = { final = "90s", connect = "3s" }
dkim.selector = "b1"
[email.other]
`)
	c, err := Load(path, nil)
	if diff := cmp.Diff([]string{"24:1 unknown-key"}, said(t, err)); diff != "" {
		t.Fatal(diff)
	}
	if c.Server.Listen != ":8443" || len(c.Server.TrustedProxies) != 2 || c.Server.MaxBody != 5<<20 || c.Server.StopTimeout != time.Minute {
		t.Errorf("%#v", c.Server.TrustedProxies)
	}
	if len(c.SMS) != 1 || c.SMS[0].SourceTON == nil || *c.SMS[0].SourceTON != 5 ||
		c.SMS[0].Password != "sécret" || !c.SMS[0].Receipts || c.SMS[0].EnquireInterval != 30*time.Second {
		t.Error("the carrier of short messages")
	}
	if m := c.Email[0]; m.Timeouts.Final != 90*time.Second || m.Timeouts.Command != 30*time.Second || m.DKIM.Selector != "b1" || m.Name != "mail" {
		t.Error("the mail server")
	}
}

func TestProblemsNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no TOML":            {"[server]\nlisten = :8080\n", []string{"2:10 syntax-at"}},
		"no TOML, a secret":  {"[[sms]]\npassword = hunter\n", []string{"2:12 syntax"}},
		"twice":              {"[server]\nlisten = \":1\"\nlisten = \":2\"\n", []string{"3:15 syntax-at"}},
		"unknown table":      {"[servr]\nlisten = \":8080\"\n", []string{"1:1 unknown-key-near"}},
		"unknown tables":     {"[[fax]]\n", []string{"1:1 unknown-key"}},
		"unknown key":        {"[server]\n  lisen = \":8080\"\n", []string{"2:3 unknown-key-near"}},
		"unknown, far":       {"[server]\nwhatsoever = 1\n", []string{"2:1 unknown-key"}},
		"outside":            {"listen = \":8080\"\n", []string{"1:1 unknown-key"}},
		"table for key":      {"[server.listen]\nx = 1\n", []string{"1:1 want-text"}},
		"key for table":      {"server = 1\n", []string{"1:1 want-table"}},
		"table for tables":   {"[sms]\nname = \"a\"\n", []string{"1:1 want-tables"}},
		"text for number":    {"[delivery]\nclaim = \"8\"\n", []string{"2:1 want-whole-number"}},
		"fraction":           {"[delivery]\nclaim = 8.5\n", []string{"2:1 want-whole-number"}},
		"too small":          {"[delivery]\nclaim = 0\n", []string{"2:1 want-at-least"}},
		"too large":          {"[delivery]\nunsettled = 501\n", []string{"2:1 want-at-most"}},
		"long lease":         {"[server]\nread_timeout = \"6m\"\n", []string{"2:1 want-at-most"}},
		"duration as number": {"[server]\nread_timeout = 4\n", []string{"2:1 want-duration"}},
		"no duration":        {"[server]\nread_timeout = \"4 s\"\n", []string{"2:1 want-duration"}},
		"no size":            {"[server]\nmax_body = \"20 mega\"\n", []string{"2:1 want-size"}},
		"size as number":     {"[server]\nmax_body = 1\n", []string{"2:1 want-at-least"}},
		"not one of":         {"[log]\nlevel = \"loud\"\n", []string{"2:1 want-one-of"}},
		"no list":            {"[server]\ntrusted_proxies = \"10.0.0.1\"\n", []string{"2:1 want-list"}},
		"list of numbers":    {"[server]\ntrusted_proxies = [1]\n", []string{"2:1 want-list"}},
		"no proxy":           {"[server]\ntrusted_proxies = [\"proxy\"]\n", []string{"2:1 address-range"}},
		"no yes or no":       {carrier + "receipts = \"yes\"\n", []string{"8:1 want-yes-no"}},
		"http":               {"[server]\npublic_url = \"http://buurtbel.example.org\"\n", []string{"2:1 public-url-https"}},
		"http here":          {"[server]\npublic_url = \"http://[::1]:8080/\"\n", nil},
		"no URL":             {"[server]\npublic_url = \"buurtbel.example.org\"\n", []string{"2:1 public-url"}},
		"URL with path":      {"[server]\npublic_url = \"https://example.org/x\"\n", []string{"2:1 public-url"}},
		"no address":         {"[server]\nlisten = \"8080\"\n[metrics]\nlisten = \"x:y:z\"\n", []string{"2:1 listen", "4:1 listen"}},
		"no database":        {"[store]\ndatabase = \"mysql://db\"\n", []string{"2:1 database"}},
		"ring in the folder": {"[store]\nfolder = \"/srv/b\"\n[vault]\nkeyring = \"/srv/b/x/../ring\"\njournal_head_file = \"/srv/b/heads\"\n",
			[]string{"4:1 beside-database", "5:1 beside-database"}},
		"ring beside":         {"[store]\nfolder = \"/srv/b\"\n[vault]\nkeyring = \"/srv/b-ring\"\n", nil},
		"carrier":             {carrier, nil},
		"carrier, asks":       {carrier + "ask_answer = true\n", nil},
		"required":            {"# one\n[[sms]]\nname = \"a\"\n", []string{"2:1 required", "2:1 required", "2:1 required"}},
		"twice the same name": {carrier + carrier, []string{"10:1 carrier-twice"}},
		"name":                {strings.Replace(carrier, "carrier-a", "Carrier A", 1), []string{"3:1 carrier-name"}},
		"window":              {carrier + "window = 501\n", []string{"8:1 value"}},
		"ids":                 {carrier + "submit_ids = \"octal\"\n", []string{"8:1 want-one-of"}},
		"cannot be answered": {strings.Replace(carrier, "can_be_answered = true", "ask_answer = true", 1),
			[]string{"5:1 cannot-be-answered"}},
		"a name cannot be answered": {strings.Replace(carrier, "+32455000000", "Politie", 1), []string{"5:1 value"}},
		"mail":                      {"[[email]]\naddress = \"mail.example.org:587\"\nfrom = \"nobody\"\n", []string{"3:1 value"}},
		"mail, no from":             {"[[email]]\naddress = \"mail.example.org:587\"\n", []string{"1:1 required"}},
		"mail, both": {"[[email]]\naddress = \"mail.example.org:587\"\nfrom = \"a@example.org\"\n  [email.timeouts]\n  conect = \"1s\"\n  final = 3\n",
			[]string{"5:3 unknown-key-near", "6:3 want-duration"}},
		"secret twice": {carrier + "password = \"a\"\npassword_file = \"/x\"\n", []string{"9:1 secret-twice"}},
		"secret gone":  {carrier + "password_file = \"/no/such/file\"\n", []string{"8:1 secret-unreadable"}},
		"secret empty": {carrier + "password_file = 1\n", []string{"8:1 want-text"}},
		"no such file": {carrier + "address_file = \"/x\"\n", []string{"8:1 unknown-key"}},
		"all at once": {"[servr]\n[log]\nlevel = 1\n[delivery]\nclaim = 0\n\n[server]\nlisten = \"\"\n",
			[]string{"1:1 unknown-key-near", "3:1 want-text", "5:1 want-at-least", "8:1 listen"}},
	} {
		path := write(t, c.text)
		_, err := Load(path, nil)
		if diff := cmp.Diff(c.want, said(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if err != nil && (!strings.Contains(err.Error(), path+":") || strings.Contains(err.Error(), "hunter")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNearestName(t *testing.T) {
	_, err := Load(write(t, "[server]\nlistn = \":1\"\npublicurl = \"x\"\n"), nil)
	var problems Problems
	if !errors.As(err, &problems) || problems[0].Err.Args["Nearest"] != "listen" || problems[1].Err.Args["Nearest"] != "public_url" {
		t.Error(err)
	}
	_, err = Load("", []string{"BUURTBEL_SERVER_LISTN=x"})
	if !errors.As(err, &problems) || problems[0].Err.Args["Nearest"] != "BUURTBEL_SERVER_LISTEN" {
		t.Error(err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"), nil)
	if diff := cmp.Diff([]string{"0:0 missing-file"}, said(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = Load(t.TempDir(), nil)
	if diff := cmp.Diff([]string{"0:0 unreadable"}, said(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentWins(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := write(t, "[server]\nlisten = \":1\"\n[log]\nlevel = \"bad\"\n"+strings.Replace(carrier, "[[sms]]", "[[sms]]\npassword_file = \"/no/such/file\"", 1))
	c, err := Load(path, []string{
		"BUURTBEL_SERVER_LISTEN=:2", "BUURTBEL_SERVER_TRUSTED_PROXIES=10.0.0.1, 10.0.1.0/24", "BUURTBEL_SERVER_STOP_TIMEOUT=1m", "HOME=/x",
		"BUURTBEL_SMS_CARRIER_A_PASSWORD_FILE=" + secret, "BUURTBEL_SMS_CARRIER_A_TLS=true", "BUURTBEL_CONFIG=x", "BUURTBEL_TEST_X=1",
	})
	if diff := cmp.Diff([]string{"4:1 want-one-of"}, said(t, err)); diff != "" {
		t.Fatal(diff)
	}
	if c.Server.Listen != ":2" || len(c.Server.TrustedProxies) != 2 || c.Server.StopTimeout != time.Minute || c.SMS[0].Password != "from a file" || !c.SMS[0].TLS {
		t.Error("the environment did not win")
	}
	c, err = Load(path, []string{"BUURTBEL_SMS_CARRIER_A_PASSWORD=plain", "BUURTBEL_LOG_LEVEL=warn"})
	if diff := cmp.Diff([]string{"4:1 want-one-of"}, said(t, err)); diff != "" || c.SMS[0].Password != "plain" {
		t.Error(diff)
	}
	_, err = Load(path, []string{"BUURTBEL_SERVER_MAX_BODY=much", "BUURTBEL_WHAT=x", "BUURTBEL_SMS_OTHER_TLS=true",
		"BUURTBEL_SMS_CARRIER_A_PASSWORD=a", "BUURTBEL_SMS_CARRIER_A_PASSWORD_FILE=/no"})
	want := []string{"BUURTBEL_SERVER_MAX_BODY want-size", "BUURTBEL_WHAT unknown-key", "BUURTBEL_SMS_OTHER_TLS unknown-key",
		"BUURTBEL_SMS_CARRIER_A_PASSWORD_FILE secret-unreadable", "4:1 want-one-of"}
	if diff := cmp.Diff(want, said(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckSystem(t *testing.T) {
	folder, keys := t.TempDir(), t.TempDir()
	ring := filepath.Join(keys, "ring")
	text := fmt.Sprintf("[store]\nfolder = %s\n[vault]\nkeyring = %s\njournal_head_file = %s\n", quote(folder), quote(ring), quote(filepath.Join(keys, "no", "heads")))
	path := write(t, text)
	var got []string
	var problems Problems
	if !errors.As(Check(path, nil), &problems) {
		t.Fatal("no problem")
	}
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Place.Line, p.Name, p.Err.Key))
	}
	want := []string{"4 vault.keyring error.vault.missing", "5 vault.journal_head_file error.config.folder-missing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := vault.Create(ring); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(keys, "no"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Check(path, nil); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Error("the check left something behind", err)
	}
}

func FuzzFindPlaces(f *testing.F) {
	var described bytes.Buffer
	if err := Describe(&described); err != nil {
		f.Fatal(err)
	}
	f.Add(described.String())
	f.Add("a.\"b.c\".d = [1, {x = 2, y.z = \"}\"}] # c\n[[t]]\n[t.u]\nk='''\nx=1'''\nv=\"\"\"a\\\"\"\"\"\"\"\n[[t]]\nw=1979-05-27 07:32:00\n")
	f.Fuzz(func(t *testing.T, text string) {
		found := findPlaces(text)
		var tree map[string]any
		if _, err := toml.Decode(text, &tree); err != nil {
			return
		}
		for key := range tree {
			_, plain := found[key]
			_, repeated := found[key+"[0]"]
			if !plain && !repeated && !strings.ContainsAny(text, "\"'") { // quoted keys can be spelled in many ways
				t.Errorf("no place for %q", key)
			}
		}
	})
}
