package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/port"
	"github.com/buurtbel/buurtbel/internal/store"
)

// peer is the identity provider of the npm package oidc-provider, a program that nobody here wrote.
type peer struct {
	*testing.T
	issuer string
	in     io.WriteCloser
	out    *bufio.Scanner
}

// account is somebody whom the provider knows.
type account map[string]any

const backAt = "https://alarm.example.org/sign-in/from/police"

func startPeer(t *testing.T, accounts ...account) *peer {
	t.Helper()
	modules := nodeModules(t)
	free, err := port.Free(1)
	if err != nil {
		t.Fatal(err)
	}
	at := strconv.Itoa(free)
	known, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join("..", "..", "test", "peers", "provider.mjs"), modules, at, backAt, string(known))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &peer{t, "http://127.0.0.1:" + at, in, bufio.NewScanner(out)}
	t.Cleanup(func() {
		if err := in.Close(); err != nil && !strings.Contains(err.Error(), "already closed") {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil && !strings.Contains(err.Error(), "signal") {
			t.Logf("the provider ended: %v", err)
		}
	})
	p.says("up")
	return p
}

func nodeModules(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		lacking(t, "node", "install Node 20 or later")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		at := filepath.Join(dir, ".peers", "node_modules")
		if _, err := os.Stat(filepath.Join(at, "oidc-provider")); err == nil {
			return at
		}
	}
	lacking(t, "npm oidc-provider", "scripts/peers")
	return ""
}

// lacking skips because a peer program is absent; in CI that is a failure.
func lacking(t *testing.T, what, how string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", what, how)
	}
	t.Skipf("%s is missing: %s", what, how)
}

func (p *peer) says(word string) {
	p.Helper()
	for p.out.Scan() {
		if strings.Contains(p.out.Text(), word) {
			return
		}
	}
	p.Fatalf("the provider never said %q", word)
}

// knows changes whom the provider knows.
func (p *peer) knows(accounts ...account) {
	p.Helper()
	known, err := json.Marshal(accounts)
	if err == nil {
		_, err = p.in.Write(append(known, '\n'))
	}
	if err != nil {
		p.Fatal(err)
	}
	p.says("changed")
}

// visits goes through the provider's pages as an account, from an address of its until the one that leads back to us.
func (p *peer) visits(client *http.Client, address, id string) *url.URL {
	p.Helper()
	form := url.Values(nil)
	for range 12 {
		method, body := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, body = http.MethodPost, strings.NewReader(form.Encode())
		}
		req, err := http.NewRequestWithContext(p.Context(), method, address, body)
		if err != nil {
			p.Fatal(err)
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := client.Do(req)
		if err != nil {
			p.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			p.Fatal(err)
		}
		form = nil
		if to := res.Header.Get("Location"); to != "" {
			next, err := res.Request.URL.Parse(to)
			if err != nil {
				p.Fatal(err)
			}
			if strings.HasPrefix(next.String(), backAt) {
				return next
			}
			address = next.String()
			continue
		}
		action := regexp.MustCompile(`action="([^"]+)"`).FindSubmatch(page)
		prompt := regexp.MustCompile(`name="prompt" value="([^"]+)"`).FindSubmatch(page)
		if action == nil || prompt == nil {
			p.Fatalf("the provider shows %d %s", res.StatusCode, page)
		}
		address = html.UnescapeString(string(action[1]))
		form = url.Values{"prompt": {string(prompt[1])}, "login": {id}, "password": {"any"}}
	}
	p.Fatal("the provider leads nowhere")
	return nil
}

// visitor is a browser at the provider.
func visitor(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// comesBack brings what the provider sent to our page and its form.
func (b *browser) comesBack(from *url.URL) got {
	b.Helper()
	shown := b.get(from.Path + "?" + from.RawQuery)
	if shown.code != http.StatusOK {
		return shown
	}
	for _, name := range []string{"state", "code"} {
		if !strings.Contains(shown.body, html.EscapeString(from.Query().Get(name))) {
			b.Errorf("the form lacks the %s", name)
		}
	}
	return b.post(from.Path, url.Values{"state": {from.Query().Get("state")}, "code": {from.Query().Get("code")}})
}

// through signs in through the provider as an account.
func (b *browser) through(p *peer, client *http.Client, start, id string) got {
	b.Helper()
	away := b.get(start)
	if away.code != http.StatusFound {
		b.Fatalf("to the provider: %d %s", away.code, away.body)
	}
	return b.comesBack(p.visits(client, away.header.Get("Location"), id))
}

func withPolice(issuer string) func(*site) {
	return func(s *site) {
		s.providers = []entering.Provider{{Name: "police", Label: "Federale politie", Issuer: issuer, ClientID: "buurtbel", ClientSecret: "a secret between two programs", Timeout: 3 * time.Second}}
		s.groups = []entering.Group{{Provider: "police", Group: "bin-dispatch", Role: "dispatcher", Zone: "Politiezone Vlierbeek " + hostile},
			{Provider: "police", Group: "bin-audit", Role: "auditor", Zone: "Politiezone Elders"}}
	}
}

func TestPoliceSignInAtTheirProvider(t *testing.T) {
	chief := account{"id": "chief-1", "email": mailboxOf(82), "email_verified": true, "groups": []string{"bin-dispatch", "everybody"}}
	p := startPeer(t, chief, account{"id": "guest", "email": "guest@example.org", "email_verified": true, "groups": []string{"bin-dispatch"}},
		account{"id": "claimant", "email": mailboxOf(81), "email_verified": false}, account{"id": "member", "email": mailboxOf(0), "email_verified": true, "groups": []string{"bin-dispatch"}})
	s := found(t, withPolice(p.issuer))
	if page := s.browser().get("/sign-in").body; !strings.Contains(page, "Aanmelden met Federale politie") || !strings.Contains(page, "Stuur mij de mail") {
		t.Error("the sign-in page does not offer both")
	}
	b, client := s.browser(), visitor(t)
	if got := b.through(p, client, "/sign-in/with/police", "chief-1"); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	if got := b.get("/dispatch"); got.code != http.StatusOK {
		t.Errorf("the group gives no role: %d", got.code)
	}
	for _, id := range []string{"guest", "claimant", "member"} {
		got := s.browser().through(p, visitor(t), "/sign-in/with/police", id)
		if got.code != http.StatusForbidden || !strings.Contains(got.body, "hier geen taak") || !strings.Contains(got.body, "Stuur mij de mail") {
			t.Errorf("%s: %d", id, got.code)
		}
	}
	// Later the mailbox is another's business: the account is known by its issuer and subject. The group is gone, and with it the role.
	chief["email"], chief["groups"] = "elsewhere@example.org", []string{"everybody"}
	p.knows(chief)
	again := s.browser()
	if got := again.through(p, visitor(t), "/sign-in/with/police", "chief-1"); got.code != http.StatusSeeOther {
		t.Fatalf("second sign-in: %d %s", got.code, got.body)
	}
	if got := again.get("/dispatch"); got.code != http.StatusForbidden {
		t.Errorf("without the group the desk answers %d", got.code)
	}
	if got := again.get("/debts"); got.code != http.StatusOK {
		t.Errorf("what the mandate itself gives answers %d", got.code)
	}
}

func TestTheProviderProvesAnew(t *testing.T) {
	p := startPeer(t, account{"id": "officer-1", "email": mailboxOf(81), "email_verified": true}, account{"id": "chief-1", "email": mailboxOf(82), "email_verified": true})
	s := found(t, withPolice(p.issuer))
	b, client := s.browser(), visitor(t)
	if got := b.through(p, client, "/sign-in/with/police", "officer-1"); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	// A second sign-in in the same browser comes back at once, with the time of the first: it proves only as long as that.
	s.passes(11 * time.Minute)
	before := b.session()
	if got := b.post("/dispatch", s.launchForm()); got.code != http.StatusForbidden || !strings.Contains(got.body, "Toon het met Federale politie") {
		t.Errorf("the launch asks for no proof, or not by the provider: %d", got.code)
	}
	s.later.Store(0)
	if got := b.through(p, client, "/prove/with/police?back=/dispatch", "officer-1"); got.code != http.StatusSeeOther || got.header.Get("Location") != "/dispatch" || b.session() == before {
		t.Errorf("prove: %d %s", got.code, got.header.Get("Location"))
	}
	if got := b.through(p, visitor(t), "/prove/with/police?back=/dispatch", "chief-1"); got.code != http.StatusForbidden || !strings.Contains(got.body, "iemand anders") {
		t.Errorf("another's account proves: %d", got.code)
	}
}

// national is a number with the form and the check digits of a Belgian national register number, of somebody born in month 0.
func national() string {
	const first = 850000123
	return fmt.Sprintf("%09d%02d", first, 97-first%97)
}

func dotted(n string) string {
	return n[:2] + "." + n[2:4] + "." + n[4:6] + "-" + n[6:9] + "." + n[9:]
}

// TestRule14_NoNationalNumberIsKept signs in at a provider that tells national numbers in every way, and looks for them in log, journal and database.
func TestRule14_NoNationalNumberIsKept(t *testing.T) {
	n := national()
	officer := account{"id": "officer-1", "email": mailboxOf(81), "email_verified": true, "national_number": n, "rrn": "hidden-7", "egovNRN": n, "employee": "BE" + dotted(n),
		"address": map[string]any{"street": "x", "note": n}, "groups": []string{"bin-dispatch", "rrn-" + n}}
	p := startPeer(t, officer, account{"id": n, "email": mailboxOf(82), "email_verified": true})
	log := new(channeltest.Log)
	s := found(t, withPolice(p.issuer), func(s *site) {
		s.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if got := s.browser().through(p, visitor(t), "/sign-in/with/police", "officer-1"); got.code != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", got.code, got.body)
	}
	if got := s.browser().through(p, visitor(t), "/sign-in/with/police", n); got.code != http.StatusForbidden || !strings.Contains(got.body, "rijksregisternummer") || strings.Contains(got.body, n) {
		t.Errorf("somebody whose name there is the number: %d %s", got.code, got.body)
	}
	if !strings.Contains(log.String(), "national number were dropped") {
		t.Error("the operator is not told that claims were dropped")
	}
	var journal bytes.Buffer
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			fmt.Fprintf(&journal, "%s\n", e.Content)
		}
		return err
	})
	if !strings.Contains(journal.String(), "provider police") {
		t.Errorf("the journal was not read: %s", journal.String())
	}
	files := map[string][]byte{"the log": []byte(log.String()), "the journal": journal.Bytes()}
	stored, err := filepath.Glob(filepath.Join(s.folder, "*"))
	if err != nil || len(stored) == 0 {
		t.Fatalf("no database in %s: %v", s.folder, err)
	}
	for _, f := range stored {
		if files[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		for _, secret := range []string{n, dotted(n), n[:9], "hidden-7", "officer-1"} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}
