package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// everyPage calls check with each sample page in each language, calm and as an exercise.
func everyPage(t *testing.T, check func(t *testing.T, page string, doc *html.Node)) {
	t.Helper()
	for _, lang := range buurtbel.Languages {
		for _, exercise := range []bool{false, true} {
			s := sample{lang, exercise}
			for _, name := range append([]string{""}, samplePages...) {
				frame, view := s.page(name)
				if view == nil {
					t.Fatalf("no page %q", name)
				}
				var b bytes.Buffer
				if err := Render(&b, frame, view); err != nil {
					t.Fatalf("%s in %s: %v", name, lang, err)
				}
				doc, err := html.Parse(bytes.NewReader(b.Bytes()))
				if err != nil {
					t.Fatalf("%s in %s: %v", name, lang, err)
				}
				balanced(t, name, b.Bytes())
				check(t, string(lang)+"/"+name, doc)
			}
		}
	}
}

// void elements have no end tag.
var void = map[string]bool{"area": true, "base": true, "br": true, "col": true, "hr": true, "img": true, "input": true, "link": true, "meta": true, "line": true,
	"path": true, "circle": true, "rect": true, "polyline": true, "ellipse": true, "polygon": true}

// balanced checks that every tag is closed in order: the parser would mend silently what an author got wrong.
func balanced(t *testing.T, page string, src []byte) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(bytes.NewReader(src))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%s: never closed: %v", page, open)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			if !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if void[string(name)] {
				continue
			}
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("%s: </%s> closes %v", page, name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

var rawKey = regexp.MustCompile(`\b(screen|error|message)\.[a-z]+[.a-z-]*\b`)

func TestEveryPageHasItsWords(t *testing.T) {
	everyPage(t, func(t *testing.T, page string, doc *html.Node) {
		walk(doc, func(n *html.Node) {
			texts := []string{}
			if n.Type == html.TextNode {
				texts = append(texts, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "aria-label" || a.Key == "value" || strings.HasPrefix(a.Key, "data-word") {
					texts = append(texts, a.Val)
				}
			}
			for _, text := range texts {
				if m := rawKey.FindString(text); m != "" {
					t.Errorf("%s: key without a sentence: %s", page, m)
				}
				if strings.Contains(text, "<no value>") {
					t.Errorf("%s: a sentence lacks a value: %q", page, text)
				}
			}
		})
	})
}

func TestNothingInline(t *testing.T) {
	everyPage(t, func(t *testing.T, page string, doc *html.Node) {
		walk(doc, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: inline <%s>", page, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: inline %s on <%s>", page, a.Key, n.Data)
				}
			}
		})
	})
}

func TestPagesAreLabelled(t *testing.T) {
	everyPage(t, func(t *testing.T, page string, doc *html.Node) {
		ids, labels, headings, primary := map[string]int{}, map[string]bool{}, 0, 0
		walk(doc, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[id]++
			}
			if class, _ := attr(n, "class"); class == "go" {
				primary++
			}
			if target, ok := attr(n, "for"); ok {
				labels[target] = true
			}
			if n.Type == html.ElementNode && n.Data == "h1" {
				headings++
			}
		})
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: id %q is there %d times", page, id, n)
			}
		}
		if headings != 1 {
			t.Errorf("%s: %d first headings", page, headings)
		}
		// The live page has a second one inside its closed dialog; the page of looks shows a disabled one beside it.
		if most := map[bool]int{true: 2, false: 1}[strings.HasSuffix(page, "/")]; primary > most {
			t.Errorf("%s: %d primary buttons", page, primary)
		}
		walk(doc, func(n *html.Node) { labelled(t, page, n, labels) })
		if lang, _ := attr(firstElement(doc), "lang"); lang != page[:2] {
			t.Errorf("%s: lang is %q", page, lang)
		}
	})
}

func firstElement(doc *html.Node) *html.Node {
	for c := doc.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return doc
}

// labelled checks that a control has a name.
func labelled(t *testing.T, page string, n *html.Node, labels map[string]bool) {
	t.Helper()
	if n.Type != html.ElementNode || n.Data != "input" && n.Data != "textarea" && n.Data != "select" {
		return
	}
	if kind, _ := attr(n, "type"); kind == "hidden" {
		return
	}
	id, _ := attr(n, "id")
	inLabel := false
	for p := n.Parent; p != nil; p = p.Parent {
		inLabel = inLabel || p.Data == "label"
	}
	if !inLabel && !labels[id] {
		name, _ := attr(n, "name")
		t.Errorf("%s: field %q has no label", page, name)
	}
}

func TestAlertColourOnlyWhileLive(t *testing.T) {
	everyPage(t, func(t *testing.T, page string, doc *html.Node) {
		walk(doc, func(n *html.Node) {
			class, _ := attr(n, "class")
			if strings.Contains(class, "live-band") && !strings.HasSuffix(page, "/live") && !strings.HasSuffix(page, "/live-over") && !strings.HasSuffix(page, "/live-waiting") {
				t.Errorf("%s carries the colour of a live alert", page)
			}
		})
	})
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	frame := Frame{Language: buurtbel.English, Shape: Bare, Problem: "x"}
	var b bytes.Buffer
	view := SignIn{Action: "/sign-in", Email: Field{Name: "email", Label: "E", Value: `o'neil "<b>`, Error: "mend it"}}
	if err := Render(&b, frame, view); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`value="o&#39;neil &#34;&lt;b&gt;"`, `aria-invalid="true"`, `aria-describedby=" email-error"`, "mend it"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

func TestFragments(t *testing.T) {
	s := sample{buurtbel.German, false}
	live := s.live(false)
	filled := s.dispatch(true)
	filled.Preflight.Texts = filled.Texts
	for _, part := range []Part{live.Counts, live.Plot, live.Gaps, live.Back, Gaps{}, Back{}, filled.Preflight} {
		var b bytes.Buffer
		if err := Fragment(&b, s.lang, part); err != nil {
			t.Fatal(err)
		}
		balanced(t, part.fragment(), b.Bytes())
		if m := rawKey.Find(b.Bytes()); m != nil {
			t.Errorf("%s: key without a sentence: %s", part.fragment(), m)
		}
	}
}

func TestAssets(t *testing.T) {
	h := Guarded(Assets())
	get := func(url, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := get(AssetURL("css/tokens.css"), "")
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("present asset: %d %v", w.Code, w.Header())
	}
	if w := get(AssetURL("css/tokens.css"), w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("known asset: %d", w.Code)
	}
	if w := get("/assets/000000000000/css/tokens.css", ""); w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("asset of an older page: %d %v", w.Code, w.Header())
	}
	for _, bad := range []string{"/assets/" + assetHash + "/css/", "/assets/" + assetHash + "/../page.go", "/assets/x", "/assets/" + assetHash + "/nothing.js"} {
		if w := get(bad, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy: %s", csp)
	}
}

// TestPagesNameRealAssets follows every asset that a page or a style sheet names.
func TestPagesNameRealAssets(t *testing.T) {
	everyPage(t, func(t *testing.T, page string, doc *html.Node) {
		walk(doc, func(n *html.Node) {
			for _, a := range n.Attr {
				if name, ok := strings.CutPrefix(a.Val, AssetURL("")); ok && (a.Key == "href" || a.Key == "src") {
					if _, err := assetFiles.ReadFile("assets/" + name); err != nil {
						t.Errorf("%s names %s: %v", page, name, err)
					}
				}
			}
		})
	})
	css, err := assetFiles.ReadFile("assets/css/base.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`url\("\.\./([^"]+)"\)`).FindAllSubmatch(css, -1) {
		if _, err := assetFiles.ReadFile("assets/" + string(m[1])); err != nil {
			t.Errorf("base.css names %s: %v", m[1], err)
		}
	}
}

// everyArg gives something for each name that any sentence asks for.
func everyArg(t *testing.T) buurtbel.Args {
	t.Helper()
	args := buurtbel.Args{}
	files, err := filepath.Glob("../locale/text/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal("no sentences", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\.([A-Z]\w*)`).FindAllSubmatch(text, -1) {
			args[string(m[1])] = "X"
		}
	}
	args["Count"] = 2
	return args
}

func TestEveryLanguageHasTheScreenWords(t *testing.T) {
	args := everyArg(t)
	for _, key := range locale.Keys() {
		if !strings.HasPrefix(key, "screen.") {
			continue
		}
		for _, lang := range buurtbel.Languages {
			if got := locale.Text(lang, key, args); got == key || strings.Contains(got, "!") {
				t.Errorf("%s in %s: %q", key, lang, got)
			}
		}
	}
}

func TestPlotKeepsLabelsApart(t *testing.T) {
	d := newPlot(Plot{612, []Series{{"a", "delivered", []Point{{0, 0}, {9, 600}}}, {"b", "handed-over", []Point{{0, 0}, {9, 610}}}, {"c", "heard", []Point{{9, 599}}}}}, 380)
	for i, a := range d.Lines {
		if a.LabelY < d.Top || a.LabelY > d.Bottom {
			t.Errorf("%s: label at %g", a.Name, a.LabelY)
		}
		for _, b := range d.Lines[i+1:] {
			if gap := a.LabelY - b.LabelY; gap > -40 && gap < 40 {
				t.Errorf("labels of %s and %s are %g apart", a.Name, b.Name, gap)
			}
		}
	}
	if empty := newPlot(Plot{}, 380); len(empty.Across) == 0 || len(empty.Lines) != 0 {
		t.Errorf("empty plot: %+v", empty)
	}
}
