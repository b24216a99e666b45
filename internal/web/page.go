package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Mode colours a whole page.
type Mode string

// The modes of a page.
const (
	Calm     Mode = ""         // every page
	Exercise Mode = "exercise" // violet with stripes on every edge
)

// Shape says how much stands around the content of a page.
type Shape string

// The shapes of a page.
const (
	Full   Shape = ""       // header with places, person, view and hand-over
	Bare   Shape = "bare"   // bell and view only: sign-in, second person
	Member Shape = "member" // large text, no menu
	Public Shape = "public" // places for everybody, and a foot
)

// Frame is what stands around the content of every page.
type Frame struct {
	Language buurtbel.Language
	Title    string // of this page, already in words; the product's name is added
	Theme    string // "light", "dark" or "" for the device's own
	Strong   bool   // high contrast was chosen; the device's own choice counts without it
	Large    bool   // large print was chosen, or the member wishes it: 140 %
	Mode     Mode
	Shape    Shape
	Zone     string   // "Politiezone Kerkveld"; may be empty
	Person   string   // "Ann Peeters"; empty when nobody is signed in
	Role     string   // "Dispatcher"
	Places   []Link   // the few places of this role
	Path     string   // path and query of this page: the view menu returns to it
	HandOver string   // where a shared desk PC changes hands; empty where nobody shares one
	SignOut  string   // where the sign-out form is posted; empty when nobody is signed in
	Account  string   // where the person sees how and where one signs in; empty when nobody is signed in
	Refresh  int      // seconds after which the page loads again without script; 0 never
	Status   string   // a sentence about what was just done; read out
	Problem  string   // a sentence about what is wrong with the form; read out first
	Manifest string   // of the app that this page can be put on a home screen as; empty: none
	Scripts  []string // modules of this page; Render sets them
	SignIn   string   // where somebody with an office signs in; empty elsewhere than on public pages
	Foot     *Foot    // of a public page
	Sheet    string   // a style sheet beside the common ones
	NoIndex  bool     // of a public page that no search engine should keep
	Listed   bool     // search engines may show it: public pages, and never one behind a link or a sign-in
	About    string   // one sentence for search engines; empty: what Buurtbel is
	Outage   Outage   // what cannot go out now
	Flag     string   // says that members wrote something urgent; empty: nothing, or the person is no police
	OutageAt string   // where the same is asked again; empty for who does not work at the desk
}

// Link is one place to go.
type Link struct {
	Words, Href string
	Here        bool
}

// Page is a view struct that has a template of its own.
type Page interface{ template() string }

// sheet is what a template gets: the frame, and the view.
type sheet struct {
	Frame Frame
	View  any
}

// books holds the parsed templates of each language: words are bound to the language when they are parsed.
var books = parseBooks()

func parseBooks() map[buurtbel.Language]*template.Template {
	out := map[buurtbel.Language]*template.Template{}
	for _, lang := range buurtbel.Languages {
		out[lang] = template.Must(template.New("").Funcs(words(lang)).ParseFS(templateFiles, "templates/*.html"))
	}
	return out
}

// Render writes the page of view within frame. The page is built whole before a byte is written, so an error leaves w untouched.
func Render(w io.Writer, frame Frame, view Page) error {
	if !frame.Language.Valid() {
		frame.Language = buurtbel.Dutch
	}
	frame.Scripts = scripts(frame.Shape, view.template())
	return execute(w, frame.Language, view.template(), sheet{frame, view})
}

// scripts names the modules of a page. A member's page has none, but for the one that speaks to the device.
func scripts(shape Shape, name string) []string {
	switch {
	case name == "device":
		return []string{"device"}
	case shape == Member:
		return nil
	}
	return append([]string{"page"}, map[string][]string{
		"dispatch": {"desk", "map", "prove"}, "prove": {"prove"}, "sign-in": {"entry"}, "account": {"entry"}, "returned": {"returned"}, "live": {"live"}, "confirm": {"map"}, "looks": {"map"}, "areas": {"map"}, "area-change": {"map"},
		"public-home": {"address"}, "public-address": {"address"},
	}[name]...)
}

// Fragment writes one part of a page, such as the pre-flight, for a script that puts it in place.
func Fragment(w io.Writer, lang buurtbel.Language, part Part) error {
	if !lang.Valid() {
		lang = buurtbel.Dutch
	}
	return execute(w, lang, part.fragment(), part)
}

// Part is a view struct that can be written by itself.
type Part interface{ fragment() string }

func execute(w io.Writer, lang buurtbel.Language, name string, data any) error {
	var b bytes.Buffer
	if err := books[lang].ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Respond answers a request with a page and a status.
func Respond(w http.ResponseWriter, status int, frame Frame, view Page) error {
	var b bytes.Buffer
	if err := Render(&b, frame, view); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// words are the functions that templates of one language use.
func words(lang buurtbel.Language) template.FuncMap {
	return template.FuncMap{
		"t":      func(key string, pairs ...any) (string, error) { return sentence(lang, key, pairs) },
		"n":      func(n int) string { return locale.Number(lang, int64(n)) },
		"lang":   func() string { return string(lang) },
		"asset":  AssetURL,
		"icon":   icon,
		"bell":   func() template.HTML { return bellMark },
		"keys":   keyHint,
		"langs":  func() []buurtbel.Language { return buurtbel.Languages },
		"tie":    func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }, // a number stays on one line
		"lines":  func(s string) []string { return strings.Split(s, "\n") },
		"states": func() []string { return States },
		"list":   func(items ...string) []string { return items },
		"curve":  newPlot,
		"trend":  newTrend,
		"bars":   newBars,
		"ground": newGround,
		"add":    func(a, b float64) float64 { return a + b },
	}
}

// sentence looks up key with args given in pairs: name, value, name, value.
func sentence(lang buurtbel.Language, key string, pairs []any) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("sentence %s: a name without a value", key)
	}
	args := buurtbel.Args{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return "", fmt.Errorf("sentence %s: %v is not a name", key, pairs[i])
		}
		args[name] = pairs[i+1]
	}
	return locale.Text(lang, key, args), nil
}
