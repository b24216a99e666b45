package web

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

var update = flag.Bool("update", false, "write docs/operating/rights.md anew")

// fill puts real ids into a path or a form.
func (s *site) fill(text string) string {
	return strings.NewReplacer("{own}", s.own.String(), "{foreign}", s.foreign.String(), "{waiting}", s.waiting.String(),
		"{none}", s.db.NewID().String(), "{stranger}", s.foreignOfficer.String(), "{kerkveld}", s.kerkveld.String(), "{wide}", s.wide.String(), "{abroad}", s.foreignNetwork.String(),
		"{mandate}", s.deputyMandate.String(), "{foreignMandate}", s.foreignMandate.String(), "{zone}", s.zone.String(), "{other}", s.other.String(),
		"{drill}", s.drill[0].String(), "{drill-wide}", s.drill[1].String(), "{drill-abroad}", s.drill[2].String(),
		"{mate}", s.members[4].String(), "{distant}", s.members[9].String(), "{stranger}", s.members[17].String(), "{breach}", s.breach.String(), "{breached}", s.foreignBreach.String(),
		"{application}", s.application.String(), "{wideApplication}", s.wideApplication.String(), "{foreignApplication}", s.foreignApplication.String()).Replace(s.fillDesk(text))
}

// session is a browser with a session of a role.
func (s *site) session(role buurtbel.Role) *browser {
	switch role {
	case "nobody":
		return s.browser()
	case buurtbel.RoleMember: // cannot sign in: the row is put there
		return s.forged(s.people[role])
	}
	return s.as(s.people[role])
}

func TestEveryRouteForEveryRole(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one request after the other, thousands of them")
	}
	s := found(t)
	s.alerts()
	s.applications()
	missing := map[string]bool{}
	for _, r := range New(Options{}).routes() {
		missing[r.method+" "+r.path] = true
	}
	for _, e := range rights {
		if want := strings.Fields(e.want); len(want) != len(columns) {
			t.Fatalf("%s %s: %d columns", e.route, e.path, len(want))
		}
		delete(missing, e.route)
	}
	for route := range missing {
		t.Errorf("%s is served and stands in no table of rights", route)
	}
	for i, role := range columns {
		t.Run(string(role), func(t *testing.T) {
			b := s.session(role)
			for _, e := range rights {
				if e.route == "POST /sign-out" {
					continue // last: it ends the session
				}
				b.expect(t, e, strings.Fields(e.want)[i])
			}
			for _, e := range rights {
				if e.route == "POST /sign-out" {
					b.expect(t, e, strings.Fields(e.want)[i])
				}
			}
			if got := b.get("/"); got.code != http.StatusOK || !strings.Contains(got.body, `data-address`) {
				t.Errorf("after signing out the first page is not the public's: %d", got.code)
			}
		})
	}
}

func (b *browser) expect(t *testing.T, e expected, want string) {
	t.Helper()
	form, err := url.ParseQuery(b.fill(e.form))
	if err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(e.route, " ")
	got := b.do(method, b.fill(e.path), form, nil)
	if fmt.Sprint(got.code) != want {
		t.Errorf("%s %s %s: %d, expected %s", method, e.path, e.form, got.code, want)
	}
	if got.code == http.StatusForbidden && strings.Contains(got.body, "Kerkstraat") {
		t.Errorf("%s %s: the refusal tells something", method, e.path)
	}
}

// TestOtherMethodsAreRefused tries every method on every path: what is not in the table of routes does not exist.
func TestOtherMethodsAreRefused(t *testing.T) {
	s := found(t)
	s.alerts()
	s.applications()
	served := map[string]bool{}
	for _, r := range New(Options{}).routes() {
		served[r.method+" "+r.path] = true
	}
	b := s.as(s.people[buurtbel.RoleOfficer])
	for _, e := range rights {
		_, pattern, _ := strings.Cut(e.route, " ")
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
			if served[method+" "+pattern] {
				continue
			}
			if got := b.do(method, s.fill(e.path), nil, nil); got.code != http.StatusNotFound && got.code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, e.path, got.code)
			}
		}
	}
}

// rightsPage is the page of the manual that says who may do what, made from the tables of this test and of the program.
func rightsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Who may do what on the pages\n\nMade from the table of routes and its test (`go test ./internal/web -run TestRightsPage -update`). ")
	b.WriteString("A dash: refused. *own*: what lies in the person's own zone; another zone's address answers as if it did not exist. ")
	b.WriteString("A coordinator and a deputy see their own network only.\n\n| route | right | ")
	for _, role := range columns {
		b.WriteString(string(role) + " | ")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, r := range New(Options{}).routes() {
		name := r.method + " " + r.path
		i := slices.IndexFunc(rights, func(e expected) bool { return e.route == name })
		right := string(r.may)
		switch {
		case r.own:
			right = "own page"
		case r.open:
			right = "open"
		case r.may == "":
			right = "signed in"
		}
		switch r.proof {
		case proofAlways:
			right += ", *shown again*"
		case proofLaunch:
			right += ", *shown again* to send"
		}
		fmt.Fprintf(&b, "| `%s` | %s |", strings.TrimSuffix(name, "{$}"), right)
		for k := range columns {
			b.WriteString(" " + allowed(r, i, k) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n*open*: no session is needed; the address itself, which only its receiver knows, is the right, or there is nothing to protect. *Shown again*: the person showed within ten minutes who it is (sign-in.md). *own page*: the session of a member's own page, which a link or a code to the own telephone or mailbox opens; no session of a desk opens it.\n")
	return b.Bytes()
}

func allowed(r route, row, column int) string {
	if row < 0 {
		return "?"
	}
	status := strings.Fields(rights[row].want)[column]
	switch {
	case r.open:
		return "yes"
	case r.own:
		return "–"
	case status == "403" || status == "303" && r.method == http.MethodGet:
		return "–"
	case strings.Contains(r.path, "{"):
		if r.path != "/{$}" {
			return "own"
		}
	}
	return "yes"
}

func TestRightsPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "operating", "rights.md")
	want := rightsPage()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not up to date (%v): go test ./internal/web -run TestRightsPage -update", path, err)
	}
}

// forged is a browser with the cookie of a session row that was put into the store by hand.
func (s *site) forged(person buurtbel.ID) *browser {
	secret, hash := newToken()
	s.write(0, func(tx *store.Tx) error {
		return tx.InsertSession(hash, store.Session{Person: person, Zone: s.zone, Office: "member", Expires: s.db.Now().Add(entryHour)})
	})
	b := s.browser()
	at, err := url.Parse(s.server.URL)
	if err != nil {
		s.Fatal(err)
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: cookieSession, Value: secret, Path: "/"}})
	return b
}
