package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/web"
)

// pageJob is one page for one person: what the server answers, and how to get the same into a browser.
type pageJob struct {
	state string // "data", "empty", "errors", "exercise"
	role  buurtbel.Role
	route string
	path  string
	form  bool // posted empty
	html  string
}

func (j pageJob) String() string {
	return fmt.Sprintf("%s, %s, %s as %s", j.state, j.route, j.path, j.role)
}

// gate visits every page that the table of routes has.
type gate struct {
	*house
	objects   objects
	extra     map[buurtbel.Role]buurtbel.ID
	people    map[buurtbel.Role]*guest
	jobs      []pageJob
	seen      map[string]bool // routes that answered somebody
	validated []pageJob
	pages     map[string]bool // that differ, by their words and marks
	mu        sync.Mutex
	findings  []string
}

// guest is somebody who is signed in, or nobody, with a language: the long ones for who has most pages.
type guest struct {
	role     buurtbel.Role
	language buurtbel.Language
	client   *http.Client
}

const nobody = buurtbel.Role("nobody")

var guests = []struct {
	role     buurtbel.Role
	language buurtbel.Language
}{{buurtbel.RoleOfficer, buurtbel.German}, {buurtbel.RoleDispatcher, buurtbel.Dutch}, {buurtbel.RoleCoordinator, buurtbel.French}, {buurtbel.RoleDeputy, buurtbel.French},
	{buurtbel.RoleChief, buurtbel.German}, {buurtbel.RoleAdministrator, buurtbel.German}, {buurtbel.RoleAuditor, buurtbel.German}, {buurtbel.RoleMayor, buurtbel.German},
	{buurtbel.RoleMember, buurtbel.German}, {nobody, buurtbel.German}}

// aWorkday is a Tuesday afternoon, so that exercises may be launched; the clock runs from there.
func aWorkday() func() time.Time {
	began := time.Now()
	start := time.Date(began.Year(), time.March, 10, 13, 0, 0, 0, time.UTC)
	for start.Weekday() != time.Tuesday {
		start = start.AddDate(0, 0, 1)
	}
	return func() time.Time { return start.Add(time.Since(began)) }
}

// TestEveryPageForEverybody visits every GET route of the server's own table, signed in as each role that gets it: before anything happened, with
// data, as an exercise, and with the answers to forms that were sent empty. axe-core finds nothing in light and in dark (there with everything
// folded open), html-validate nothing in the marks, nothing is wider than 320 pixels, in large print neither, and the console stays silent.
// The validator reads what every role gets; the browser the first who gets it, or with BUURTBEL_EVERY_ROLE=1 every one.
// A route that nobody could be shown fails: say in objects what stands for its placeholders.
func TestEveryPageForEverybody(t *testing.T) {
	t.Parallel()
	h := foundWhen(t, 60, aWorkday())
	g := &gate{house: h, people: map[buurtbel.Role]*guest{}, seen: map[string]bool{}, pages: map[string]bool{}}
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node", "apt-get install nodejs")
	}
	g.officials()
	for _, who := range guests {
		g.people[who.role] = g.comes(who.role, who.language)
	}
	g.collect("empty", g.objects)
	g.happen()
	g.objects.people = g.persons("1")
	g.collect("data", g.objects)
	exercise := g.objects
	exercise.alerts = []string{exercise.exercise}
	g.collect("exercise", exercise)
	g.objects.people = g.persons("2")
	g.errors()
	for _, r := range web.Table() {
		if r.Method == http.MethodGet && g.seen[r.Path] && elsewhere[r.Path] != "" {
			t.Errorf("GET %s is shown here now: take it off the list of what is looked at elsewhere", r.Path)
		}
		if r.Method == http.MethodGet && !g.seen[r.Path] && elsewhere[r.Path] == "" {
			t.Errorf("GET %s was shown to nobody: give it an address in objects_test.go", r.Path)
		}
	}
	began := time.Now()
	looked := g.look()
	t.Logf("%d pages in a browser in %s, %d in the validator", looked, time.Since(began).Round(time.Second), len(g.validated))
	g.validate(node)
	slices.Sort(g.findings)
	for _, f := range slices.Compact(g.findings) {
		t.Error(f)
	}
}

// comes signs somebody in by a link, as their own browser would.
func (g *gate) comes(role buurtbel.Role, language buurtbel.Language) *guest {
	g.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.Fatal(err)
	}
	one := &guest{role, language, &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	at, err := url.Parse(g.url)
	if err != nil {
		g.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "language", Value: string(language), Path: "/"}})
	if role == nobody {
		return one
	}
	var link string
	if role == buurtbel.RoleMember {
		link, err = g.app.Gate.OwnLink(g.Context(), buurtbel.System(), g.plainMember(kerkveld))
	} else {
		link, err = g.app.Gate.DirectLink(g.Context(), buurtbel.System(), g.person(role))
	}
	if err != nil {
		g.Fatalf("sign in as %s: %v", role, err)
	}
	form := url.Values{}
	if role == buurtbel.RoleDispatcher { // whose computer is shared
		form.Set("pin", "274951")
	}
	res, err := one.client.PostForm(link, form)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		g.Fatalf("sign in as %s: %v %v", role, res, err)
	}
	if err := res.Body.Close(); err != nil {
		g.Fatal(err)
	}
	return one
}

// fetch gives a page as somebody gets it; "" when it is none.
func (g *gate) fetch(who *guest, method, path string) (status int, html string) {
	g.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader("")
	}
	ctx, stop := context.WithTimeout(g.Context(), patience)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, method, g.url+path, body)
	if err != nil {
		g.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "document")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := who.client.Do(req)
	if err != nil {
		g.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			g.Errorf("%s: %v", path, err)
		}
	}()
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return res.StatusCode, ""
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		g.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("<!DOCTYPE")) { // a part of a page, for its script
		return res.StatusCode, ""
	}
	return res.StatusCode, string(data)
}

// collect asks every GET route as everybody.
func (g *gate) collect(state string, o objects) {
	g.Helper()
	for _, r := range web.Table() {
		if r.Method != http.MethodGet || state != "data" && strings.HasPrefix(r.Path, "/looks") {
			continue
		}
		for _, path := range o.paths(g, r.Path) {
			for _, who := range guests {
				if r.Open && strings.HasPrefix(r.Path, "/looks") && who.role != nobody {
					continue
				}
				if g.add(state, r.Path, path, g.people[who.role]) && state == "empty" {
					break // one is enough where nothing differs by what there is
				}
			}
		}
	}
}

// add notes a page that somebody gets.
func (g *gate) add(state, route, path string, who *guest) bool {
	status, html := g.fetch(who, http.MethodGet, path)
	if status != http.StatusOK {
		return false
	}
	g.seen[route] = true
	if html == "" {
		return false
	}
	g.jobs = append(g.jobs, pageJob{state, who.role, route, path, false, html})
	return true
}

// errors sends every form empty, as the first who may.
func (g *gate) errors() {
	g.Helper()
	for _, r := range web.Table() {
		if r.Method != http.MethodPost || r.Path == "/sign-out" || r.Path == "/me/out" || r.Path == "/view" {
			continue
		}
		for _, path := range g.objects.paths(g, r.Path) {
			for _, who := range guests {
				status, html := g.fetch(g.people[who.role], http.MethodPost, path)
				if html != "" && status != http.StatusForbidden {
					g.jobs = append(g.jobs, pageJob{"errors", who.role, r.Path, path, true, html})
					break
				}
			}
		}
	}
	g.add("errors", "failure", "/nergens", g.people[nobody])
}

var changing = regexp.MustCompile(`\d+`)

// markOf gives what makes a page another one to look at: its language, mode and content. Its head, with names and places, is that of the first
// page that somebody sees after signing in.
func markOf(html string) string {
	head, content, _ := strings.Cut(html, "<main")
	if strings.Contains(content, ` start">`) {
		return changing.ReplaceAllString(html, "0")
	}
	lang, _, _ := strings.Cut(head, "<head>")
	_, mode, _ := strings.Cut(head, "<body")
	mode, _, _ = strings.Cut(mode, ">")
	return changing.ReplaceAllString(lang+mode+content, "0")
}

// look gives the jobs to two browsers, and tells how many they looked at.
func (g *gate) look() (looked int) {
	g.Helper()
	jobs := make(chan pageJob)
	var work sync.WaitGroup
	for range 2 {
		eye, err := g.eye()
		if err != nil {
			g.Fatal(err)
		}
		work.Go(func() {
			for j := range jobs {
				for _, f := range eye.sees(j) {
					g.found(j, f)
				}
			}
		})
	}
	shown := map[string]bool{}
	for _, j := range g.jobs {
		// The same marks in the same words, but for numbers, are one page, whoever gets it.
		mark := markOf(j.html)
		if g.pages[mark] {
			continue
		}
		g.pages[mark] = true
		g.validated = append(g.validated, j)
		// A browser looks at the first whom a route answers in a state, unless all are wanted: that takes ten minutes. With -short at none.
		one := j.route + " " + j.state
		if !testing.Short() && (os.Getenv("BUURTBEL_EVERY_ROLE") != "" || !shown[one]) {
			jobs <- j
			looked++
		}
		shown[one] = true
	}
	close(jobs)
	work.Wait()
	return looked
}

func (g *gate) found(j pageJob, what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.findings = append(g.findings, j.String()+": "+what)
}

// validate lets html-validate read all pages that the browsers saw.
func (g *gate) validate(node string) {
	g.Helper()
	type page struct {
		Name string `json:"name"`
		HTML string `json:"html"`
	}
	var pages []page
	for _, j := range g.validated {
		pages = append(pages, page{j.String(), j.html})
	}
	data, err := json.Marshal(pages)
	if err != nil {
		g.Fatal(err)
	}
	peers, err := filepath.Abs(filepath.Join("..", "..", ".peers"))
	if err != nil {
		g.Fatal(err)
	}
	cmd := exec.CommandContext(g.Context(), node, filepath.Join("testdata", "validate.mjs"), peers)
	var says bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(data), &says, &says
	if err := cmd.Run(); err != nil {
		g.Fatalf("html-validate: %v\n%s", err, says.String())
	}
	for line := range strings.Lines(says.String()) {
		g.findings = append(g.findings, "html-validate: "+strings.TrimSpace(line))
	}
}
