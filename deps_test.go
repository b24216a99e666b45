package buurtbel_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file holds the import plan: which package may know which. It parses the sources rather than asking the go command, so that
// files behind build tags count too and the test's cached result is dropped as soon as a source file changes.

const module = "github.com/buurtbel/buurtbel"

// longestChain is the most imports one may have to follow, from a program down to a package that imports nothing of ours.
const longestChain = 8

// part is a kind of package. What a part may import is in mayImport.
type part int

const (
	root part = iota
	format
	storing  // layer 2
	contract // layer 2: what a channel is
	channel
	verb
	door
	outside
	config
	app
	program
	bench // programs and tests that stand outside the house
)

var partNames = [...]string{"the root", "a format", "layer 2", "the channel contract", "a channel", "a verb", "a door", "the outside world", "config", "app", "a program", "a bench or test"}

// parts places each package, by its path under the module or that of the nearest folder above it. A new package is added here with care.
var parts = map[string]part{
	"": root,

	"internal/addressfile": format, "internal/areafile": format, "internal/bank": format, "internal/capxml": format, "internal/geo": format,
	"internal/gsm": format, "internal/holiday": format, "internal/locale": format, "internal/mailtext": format, "internal/memberfile": format,
	"internal/paper": format, "internal/phone": format, "internal/port": format, "internal/sheet": format, "internal/subscription": format, "internal/token": format, "internal/vault": format,
	"internal/wording":  format,
	"internal/mailread": format, "internal/qrcode": format, "internal/replytext": format, "internal/vcard": format, "internal/ical": format,
	"internal/town": format,

	"internal/store": storing, "internal/place": storing,
	"internal/channel":      contract,
	"internal/channel/sms":  channel,
	"internal/channel/push": channel, "internal/channel/voice": channel, "internal/channel/email": channel,
	"internal/channel/channeltest": channel,

	"internal/accounting": verb, "internal/alerting": verb, "internal/asking": verb, "internal/delivery": verb, "internal/entering": verb, "internal/governing": verb,
	"internal/informing": verb,
	"internal/guarding":  verb, "internal/joining": verb, "internal/loading": verb, "internal/bundling": verb, "internal/relaying": verb, "internal/reporting": verb,

	"internal/api": door, "internal/arriving": door, "internal/jobs": door, "internal/mailin": door, "internal/web": door,

	"internal/outside": outside,
	"internal/config":  config,
	"internal/app":     app,
	"cmd":              program,
	"bench":            bench,
	"scripts":          bench,
	"test":             bench,
}

// mayImport says what a part may know of the house. Any part may know its own subpackages' siblings of the same owner.
var mayImport = map[part][]part{
	root:     {},
	format:   {root, format},
	storing:  {root, format},
	contract: {root, format},
	channel:  {root, format, contract},
	verb:     {root, format, storing},
	door:     {root, format, storing, contract, verb},
	outside:  {root, format},
	config:   {root, format, storing, contract, channel, verb, door, outside},
	app:      {root, format, storing, contract, channel, verb, door, outside, config},
	program:  {root, format, storing, contract, channel, verb, door, outside, config, app},
	bench:    {root, format, storing, contract, channel, verb, door, outside, config, app, program, bench},
}

// because explains a forbidden pair; the first that fits is printed.
var because = []struct {
	from, to part
	reason   string
}{
	{verb, verb, "verbs meet only through rows: what two of them need is a noun at the root or a method of the store"},
	{verb, contract, "of the verbs only delivery hands messages to channels"},
	{verb, channel, "delivery knows channels by their contract; app picks the implementations"},
	{door, door, "each door stands alone: what two of them need is a verb"},
	{door, channel, "doors know channels by their contract; app picks the implementations"},
	{channel, storing, "channels are leaves: a message comes in, a result goes out, and nothing is stored by them"},
	{channel, channel, "channels do not know each other: app joins them"},
	{storing, storing, "store and place are joined by the verbs that use both"},
	{outside, channel, "the outside world must not share our mistakes: it speaks the protocol from the library's codec"},
	{config, app, "config is read by app, not the other way round"},
}

// goPackage is one folder of Go files, tests aside.
type goPackage struct {
	path    string // under the module; "" is the root
	name    string
	imports map[string]string // import path -> file that has it
	calls   map[string]string // "time.Now" and the like -> file that has it
}

func TestImportPlan(t *testing.T) {
	packages := readPackages(t)
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		p := packages[path]
		from, owner, known := placeOf(path)
		if !known {
			t.Errorf("%s has no place in the import plan: give it one in deps_test.go", path)
			continue
		}
		for _, imported := range slices.Sorted(maps.Keys(p.imports)) {
			if reason := forbidden(path, from, owner, imported); reason != "" {
				t.Errorf("%s imports %s: %s", p.imports[imported], strings.TrimPrefix(imported, module+"/"), reason)
			}
		}
	}
}

// TestImportPlanSays tries the plan itself.
func TestImportPlanSays(t *testing.T) {
	for _, c := range []struct {
		path, imported string
		reason         string // a piece of it; "" when allowed
	}{
		{"", "strings", ""},
		{"", "golang.org/x/text/language", "standard library only"},
		{"", module + "/internal/gsm", "may not know"},
		{"internal/alerting", module + "/internal/joining", "meet only through rows"},
		{"internal/alerting", module + "/internal/channel", "only delivery"},
		{"internal/delivery", module + "/internal/channel", ""},
		{"internal/delivery", module + "/internal/channel/sms", "by their contract"},
		{"internal/web", module + "/internal/channel/sms/smpp", "by their contract"},
		{"internal/web/page", module + "/internal/web", ""},
		{"internal/web", module + "/internal/arriving", "each door stands alone"},
		{"internal/channel/sms", module + "/internal/channel/sms/smpp", ""},
		{"internal/channel/sms", module + "/internal/channel/email", "do not know each other"},
		{"internal/channel/sms", module + "/internal/store", "leaves"},
		{"internal/alerting", module + "/internal/store/storetest", "support for tests"},
		{"internal/alerting", "database/sql", "only the store"},
		{"internal/store/sqlc", "database/sql", ""},
		{"internal/web", module + "/internal/unheard", "no place"},
		{"internal/outside", module + "/internal/channel/sms", "must not share our mistakes"},
		{"internal/config", module + "/internal/app", "not the other way round"},
	} {
		from, owner, known := placeOf(c.path)
		got := forbidden(c.path, from, owner, c.imported)
		if !known || (c.reason == "") != (got == "") || !strings.Contains(got, c.reason) {
			t.Errorf("/%s imports %s: %q, want %q", c.path, c.imported, got, c.reason)
		}
	}
}

// forbidden tells why the package at path, which is a from, may not import imported; "" when it may.
func forbidden(path string, from part, owner, imported string) string {
	inside, ours := strings.CutPrefix(imported, module)
	inside = strings.TrimPrefix(inside, "/")
	if !ours {
		return forbiddenOutside(path, from, imported)
	}
	to, toOwner, known := placeOf(inside)
	switch {
	case !known:
		return "it has no place in the import plan"
	case isTestSupport(inside) && !isTestSupport(path) && from != bench:
		return "it is support for tests"
	case owner == toOwner && owner != "":
		return ""
	case from == verb && to == contract && owner == "internal/delivery":
		return ""
	case from == channel && to == channel && isTestSupport(path): // a fake carrier may speak with the channel's own codec: real peers check that one
		return ""
	case slices.Contains(mayImport[from], to):
		return ""
	}
	for _, b := range because {
		if b.from == from && b.to == to {
			return b.reason
		}
	}
	return fmt.Sprintf("%s may not know %s", partNames[from], partNames[to])
}

// forbiddenOutside judges imports that are not ours.
func forbiddenOutside(path string, from part, imported string) string {
	standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
	if from == root && !standard {
		return "the root holds nouns and pure decisions with the standard library only"
	}
	isSQL := imported == "database/sql" || strings.HasPrefix(imported, "github.com/jackc/pgx/") || imported == "modernc.org/sqlite" // database/sql/driver is only interfaces
	if isSQL && from != bench && path != "internal/store" && !strings.HasPrefix(path, "internal/store/") {
		return "only the store speaks SQL"
	}
	return ""
}

// placeOf finds the part of a package, and the folder that gave it.
func placeOf(path string) (part, string, bool) {
	for at := path; ; at = filepath.ToSlash(filepath.Dir(at)) {
		if at == "." {
			return 0, "", false
		}
		if p, ok := parts[at]; ok && (at == path || at != "internal/channel") {
			return p, at, true
		}
	}
}

// isTestSupport knows packages such as storetest and channeltest, and what lies below them, by their names.
func isTestSupport(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(name string) bool { return strings.HasSuffix(name, "test") && name != "test" })
}

func TestLongestImportChain(t *testing.T) {
	packages := readPackages(t)
	longest := map[string][]string{}
	var chain func(path string) []string
	chain = func(path string) []string {
		if c, ok := longest[path]; ok {
			return c
		}
		var below []string
		for imported := range packages[path].imports {
			if inside, ours := strings.CutPrefix(imported, module); ours {
				if inside = strings.TrimPrefix(inside, "/"); packages[inside] != nil {
					if c := chain(inside); len(c) > len(below) {
						below = c
					}
				}
			}
		}
		longest[path] = append([]string{"/" + path}, below...)
		return longest[path]
	}
	var worst []string
	for path := range packages {
		if c := chain(path); len(c) > len(worst) {
			worst = c
		}
	}
	t.Logf("%d imports: %s", len(worst)-1, strings.Join(worst, " -> "))
	if len(worst)-1 > longestChain {
		t.Errorf("the longest chain has %d imports, more than %d: %s", len(worst)-1, longestChain, strings.Join(worst, " -> "))
	}
}

func TestPackageNames(t *testing.T) {
	says := "it says nothing of what the package is for"
	bad := map[string]string{
		"util": says, "utils": says, "common": says, "helper": says, "helpers": says, "manager": says, "service": says, "services": says,
		"types": says, "model": says, "models": says, "misc": says, "shared": says, "base": says, "core": says,
	}
	for path, p := range readPackages(t) {
		if reason, ok := bad[p.name]; ok {
			t.Errorf("/%s: package %s: %s", path, p.name, reason)
		}
		if base := filepath.Base(path); path != "" && p.name != "main" && p.name != base {
			t.Errorf("/%s: package %s is not named like its folder", path, p.name)
		}
	}
}

// TestSurroundings forbids reading the clock and the environment where they should come in as arguments.
func TestSurroundings(t *testing.T) {
	clock := "the time comes in as an argument or from app's Now, so that tests can choose it"
	environment := "settings come in as arguments; config reads the environment"
	rules := map[string]string{
		"time.Now": clock, "time.Since": clock, "time.Until": clock,
		"os.Getenv": environment, "os.LookupEnv": environment, "os.Environ": environment, "os.ExpandEnv": environment,
	}
	for path, p := range readPackages(t) {
		from, _, _ := placeOf(path)
		for call, file := range p.calls {
			reason, ruled := rules[call]
			if !ruled || from == program || from == bench || from == outside {
				continue
			}
			if isTestSupport(path) || reason == clock && readsClock(path, from) || reason == environment && from == config {
				continue
			}
			t.Errorf("%s calls %s: %s", file, call, reason)
		}
	}
}

// readsClock lists who may read the clock. Channels may because a deadline on a socket is on the kernel's clock; the vault because it
// writes on a new key when it was made, and decides nothing by it; web for the deadline of a stream, which is the kernel's too; delivery because
// only the monotonic clock shows that the other one was put back.
func readsClock(path string, from part) bool {
	return from == app || from == channel || path == "internal/vault" || path == "internal/web" || path == "internal/delivery"
}

// readPackages parses every Go file of the module that is no test.
func readPackages(t *testing.T) map[string]*goPackage {
	t.Helper()
	packages := map[string]*goPackage{}
	files := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return enter(path)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		add(packages, filepath.ToSlash(path), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// enter leaves out folders that are no part of the module.
func enter(path string) error {
	name := filepath.Base(path)
	if path != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules") {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); path != "." && !errors.Is(err, fs.ErrNotExist) {
		return filepath.SkipDir
	}
	return nil
}

func add(packages map[string]*goPackage, path string, file *ast.File) {
	folder := filepath.ToSlash(filepath.Dir(path))
	if folder == "." {
		folder = ""
	}
	p := packages[folder]
	if p == nil {
		p = &goPackage{path: folder, imports: map[string]string{}, calls: map[string]string{}}
		packages[folder] = p
	}
	p.name = file.Name.Name
	locals := map[string]string{} // name in this file -> import path
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has refused it already
		}
		p.imports[imported] = path
		local := imported[strings.LastIndex(imported, "/")+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		locals[local] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && (locals[x.Name] == "time" || locals[x.Name] == "os") {
			p.calls[locals[x.Name]+"."+selector.Sel.Name] = path
		}
		return true
	})
}
