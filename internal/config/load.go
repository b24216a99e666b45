package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/buurtbel/buurtbel"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Place Place
	Name  string // of the key, such as "server.public_url"; "" when it is the whole file
	Err   *buurtbel.Error
}

func (p Problem) Error() string {
	if p.Name == "" {
		return fmt.Sprintf("%s: %v", p.Place, p.Err)
	}
	return fmt.Sprintf("%s: %s: %v", p.Place, p.Name, p.Err)
}

// Unwrap gives the sentence.
func (p Problem) Unwrap() error { return p.Err }

// Problems is everything that is wrong, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each problem.
func (ps Problems) Unwrap() []error {
	all := make([]error, len(ps))
	for i, p := range ps {
		all[i] = p
	}
	return all
}

// Prefix begins the name of every environment variable: BUURTBEL_SERVER_LISTEN, BUURTBEL_SMS_CARRIER_A_PASSWORD_FILE.
const Prefix = "BUURTBEL_"

// Elsewhere are variables with the prefix that are no configuration: the command line's own. Those that begin with
// BUURTBEL_TEST_ are not looked at either.
var Elsewhere = []string{"BUURTBEL_CONFIG", "BUURTBEL_LANGUAGE"}

// Load reads the file at path ("" for none: defaults and environment only) and env, as os.Environ gives it, and applies every rule
// that needs nothing but the values. The Config is never nil; it is whole only when the error is nil. The error is Problems.
func Load(path string, env []string) (*Config, error) {
	sections, err := schema()
	if err != nil {
		return new(Config), err
	}
	l := &loading{sections: sections, file: path, config: &Config{where: map[string]Place{}}}
	l.presetAll()
	if path != "" && !l.readFile(path) {
		return l.config, l.problems
	}
	l.environment(env)
	l.secretFiles()
	l.rules()
	if len(l.problems) > 0 {
		l.sort()
		return l.config, l.problems
	}
	return l.config, nil
}

// loading is one run of Load.
type loading struct {
	sections []*section
	file     string
	config   *Config
	found    map[string][2]int
	files    []secretFile
	problems Problems
	failed   map[string]bool // names that already have a problem; they get no second one
}

func (l *loading) say(place Place, name, key string, args buurtbel.Args) {
	if l.failed == nil {
		l.failed = map[string]bool{}
	}
	l.failed[name] = true
	all := buurtbel.Args{"Name": name}
	for k, v := range args {
		all[k] = v
	}
	l.problems = append(l.problems, Problem{Place: place, Name: name, Err: buurtbel.Fail(buurtbel.Invalid, key, all)})
}

func (l *loading) sort() {
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		if a.Place.Line != b.Place.Line {
			return a.Place.Line - b.Place.Line
		}
		return a.Place.Column - b.Place.Column
	})
}

func (l *loading) value(s *section) reflect.Value {
	return reflect.ValueOf(l.config).Elem().Field(s.index)
}

func (l *loading) presetAll() {
	for _, s := range l.sections {
		if !s.repeated {
			l.preset(s, l.value(s))
		}
	}
}

func (l *loading) preset(s *section, v reflect.Value) {
	for _, f := range s.fields {
		if f.preset != "" {
			if key, args := f.setText(v.FieldByIndex(f.index), f.preset); key != "" {
				l.say(Place{}, s.name+"."+f.name, key, args) // newField has already tried it
			}
		}
	}
}

// readFile tells whether the file could be read as TOML.
func (l *loading) readFile(path string) bool {
	content, err := os.ReadFile(path)
	if err != nil {
		key := "error.config.unreadable"
		if errors.Is(err, os.ErrNotExist) {
			key = "error.config.missing-file"
		}
		l.say(Place{File: path}, "", key, nil)
		return false
	}
	tree := map[string]any{}
	if _, err := toml.Decode(string(content), &tree); err != nil {
		l.syntax(string(content), err)
		return false
	}
	l.found = findPlaces(string(content))
	l.tables(tree)
	return true
}

// syntax reports the one mistake that the TOML library found. Its words could quote the value, so a line with a secret gets none.
func (l *loading) syntax(content string, err error) {
	var mistake toml.ParseError
	if !errors.As(err, &mistake) {
		l.say(Place{File: l.file}, "", "error.config.syntax", nil)
		return
	}
	place := Place{File: l.file, Line: mistake.Position.Line, Column: max(1, mistake.Position.Col)}
	lines := strings.Split(content, "\n")
	if place.Line < 1 || place.Line > len(lines) || l.mentionsSecret(mistake.LastKey) || l.mentionsSecret(lines[place.Line-1]) {
		l.say(place, "", "error.config.syntax", nil)
		return
	}
	l.say(place, "", "error.config.syntax-at", buurtbel.Args{"Message": mistake.Message})
}

func (l *loading) mentionsSecret(text string) bool {
	for _, s := range l.sections {
		for _, f := range s.fields {
			if f.secret && strings.Contains(text, f.name[strings.LastIndexByte(f.name, '.')+1:]) {
				return true
			}
		}
	}
	return false
}

func (l *loading) place(path string) Place {
	at := l.found[path]
	return Place{File: l.file, Line: at[0], Column: at[1]}
}

func (l *loading) tables(tree map[string]any) {
	for _, name := range sortedKeys(tree) {
		s := findSection(l.sections, name)
		switch {
		case s == nil:
			l.unknown(l.firstPlace(name), name, nearest(name, sectionNames(l.sections)))
		case s.repeated:
			l.repeated(s, tree[name])
		default:
			if table, ok := tree[name].(map[string]any); ok {
				l.table(s, name, "", table, l.value(s))
			} else {
				l.say(l.place(name), name, "error.config.want-table", nil)
			}
		}
	}
}

// firstPlace finds a table, also when it was only written as [[table]].
func (l *loading) firstPlace(name string) Place {
	if _, ok := l.found[name]; ok {
		return l.place(name)
	}
	return l.place(name + "[0]")
}

func (l *loading) repeated(s *section, value any) {
	tables, ok := asTables(value)
	if !ok {
		l.say(l.firstPlace(s.name), s.name, "error.config.want-tables", nil)
		return
	}
	list := reflect.MakeSlice(l.value(s).Type(), len(tables), len(tables))
	for i, table := range tables {
		path := fmt.Sprintf("%s[%d]", s.name, i)
		l.config.where[path] = l.place(path)
		l.preset(s, list.Index(i))
		l.table(s, path, "", table, list.Index(i))
	}
	l.value(s).Set(list)
}

func asTables(value any) ([]map[string]any, bool) {
	if tables, ok := value.([]map[string]any); ok {
		return tables, true
	}
	list, ok := value.([]any) // sms = [] and lists of inline tables
	tables := make([]map[string]any, 0, len(list))
	for _, one := range list {
		table, isTable := one.(map[string]any)
		ok = ok && isTable
		tables = append(tables, table)
	}
	return tables, ok
}

// table reads one table, or under a prefix one table within it.
func (l *loading) table(s *section, path, prefix string, table map[string]any, v reflect.Value) {
	for _, key := range sortedKeys(table) {
		name, value := prefix+key, table[key]
		full := path + "." + name
		inner, isTable := value.(map[string]any)
		f := s.find(name)
		switch {
		case f != nil:
			l.config.where[full] = l.place(full)
			if key, args := f.set(v.FieldByIndex(f.index), value); key != "" {
				l.say(l.place(full), full, key, args)
			}
		case isTable && s.holds(name):
			l.table(s, path, name+".", inner, v)
		case strings.HasSuffix(name, "_file") && s.secret(strings.TrimSuffix(name, "_file")) != nil:
			l.secretFrom(s.secret(strings.TrimSuffix(name, "_file")), path, v, value, l.place(full))
		default:
			l.unknown(l.place(full), full, nearest(name, s.names()))
		}
	}
}

func (l *loading) unknown(place Place, name, near string) {
	if near == "" {
		l.say(place, name, "error.config.unknown-key", nil)
		return
	}
	l.say(place, name, "error.config.unknown-key-near", buurtbel.Args{"Nearest": near})
}

func (s *section) secret(name string) *field {
	if f := s.find(name); f != nil && f.secret {
		return f
	}
	return nil
}

// secretFile is a secret that lies in a file of its own.
type secretFile struct {
	field *field
	into  reflect.Value
	name  string // of the secret, such as "sms[0].password"
	path  string
	place Place
}

func (l *loading) secretFrom(f *field, table string, v reflect.Value, value any, place Place) {
	path, ok := value.(string)
	if !ok || path == "" {
		l.say(place, table+"."+f.name+"_file", wantText, nil)
		return
	}
	l.files = append(l.files, secretFile{f, v.FieldByIndex(f.index), table + "." + f.name, path, place})
}

// secretFiles reads them last, so that a secret given in two ways is seen.
func (l *loading) secretFiles() {
	for _, s := range l.files {
		if given, twice := l.config.where[s.name]; twice && given.Variable == s.place.Variable {
			l.say(s.place, s.name+"_file", "error.config.secret-twice", nil)
			continue
		}
		l.config.where[s.name] = s.place
		content, err := os.ReadFile(s.path)
		if err != nil {
			l.say(s.place, s.name+"_file", "error.config.secret-unreadable", buurtbel.Args{"Path": s.path})
			continue
		}
		if key, args := s.field.setText(s.into, strings.TrimRight(string(content), "\r\n")); key != "" {
			l.say(s.place, s.name+"_file", key, args)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
