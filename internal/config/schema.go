package config

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// section is one [table] or, when repeated, one [[table]] of the file.
type section struct {
	name     string
	doc      string
	repeated bool
	index    int // of the field in Config
	fields   []*field
}

// field is one key of a section. A struct inside the section's struct gives dotted keys, an embedded one gives keys of the section itself.
//
// Tags: toml (name), doc (one or two sentences for the operator), default, example, unit ("bytes": also "20 MB" is understood; any other
// is only shown), oneof (words with spaces between), min and max (numbers, durations or sizes), required, secret.
type field struct {
	name     string // such as "timeouts.connect"
	doc      string
	preset   string
	example  string
	unit     string
	oneof    []string
	min, max string
	required bool
	secret   bool
	kind     reflect.Type
	index    []int // path inside the section's struct
}

var schema = sync.OnceValues(func() ([]*section, error) {
	var sections []*section
	root := reflect.TypeFor[Config]()
	for i := range root.NumField() {
		f := root.Field(i)
		name := f.Tag.Get("toml")
		if !f.IsExported() || name == "" {
			continue
		}
		s := &section{name: name, doc: f.Tag.Get("doc"), index: i}
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			s.repeated, inner = true, inner.Elem()
		}
		if err := s.add("", nil, inner); err != nil {
			return nil, err
		}
		sections = append(sections, s)
	}
	return sections, nil
})

// add lists the fields of a struct under a prefix.
func (s *section) add(prefix string, index []int, t reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(append([]int(nil), index...), i)
		name := f.Tag.Get("toml")
		switch {
		case !f.IsExported() || name == "-" || name == "" && !f.Anonymous:
			continue
		case f.Type.Kind() == reflect.Struct && name == "":
			if err := s.add(prefix, path, f.Type); err != nil {
				return err
			}
		case f.Type.Kind() == reflect.Struct:
			if err := s.add(prefix+name+".", path, f.Type); err != nil {
				return err
			}
		default:
			added, err := newField(s.name, prefix+name, f)
			if err != nil {
				return err
			}
			added.index = path
			s.fields = append(s.fields, added)
		}
	}
	return nil
}

func newField(section, name string, f reflect.StructField) (*field, error) {
	_, required := f.Tag.Lookup("required")
	made := &field{
		name: name, doc: f.Tag.Get("doc"), preset: f.Tag.Get("default"), example: f.Tag.Get("example"), unit: f.Tag.Get("unit"),
		oneof: strings.Fields(f.Tag.Get("oneof")), min: f.Tag.Get("min"), max: f.Tag.Get("max"),
		required: required, secret: f.Tag.Get("secret") == "true", kind: f.Type,
	}
	if n, ok := notes[section+"."+name]; ok {
		made.note(n)
	}
	if made.preset == "" {
		return made, nil
	}
	if key, _ := made.setText(reflect.New(f.Type).Elem(), made.preset); key != "" {
		return nil, fmt.Errorf("config: the default of %s.%s is not usable", section, name)
	}
	return made, nil
}

func (f *field) note(n note) {
	f.doc, f.preset, f.example = n.doc, n.preset, n.example
	f.oneof = strings.Fields(n.oneof)
	f.required, f.secret = n.required, n.secret
}

func (s *section) find(name string) *field {
	for _, f := range s.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// holds tells whether name is the table of some dotted key.
func (s *section) holds(name string) bool {
	for _, f := range s.fields {
		if strings.HasPrefix(f.name, name+".") {
			return true
		}
	}
	return false
}

// names lists every key that may stand in the section, the _file forms of secrets included.
func (s *section) names() []string {
	var all []string
	for _, f := range s.fields {
		all = append(all, f.name)
		if f.secret {
			all = append(all, f.name+"_file")
		}
	}
	return all
}

func sectionNames(all []*section) []string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.name
	}
	return names
}

func findSection(all []*section, name string) *section {
	for _, s := range all {
		if s.name == name {
			return s
		}
	}
	return nil
}

// nearest gives the name that somebody who wrote wrong most likely meant, or "".
func nearest(wrong string, names []string) string {
	best, far := "", max(2, len(wrong)/3)+1
	for _, n := range names {
		if d := distance(strings.ToLower(wrong), n); d < far {
			best, far = n, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above+1, row[j]+1, corner+cost)
			corner = above
		}
	}
	return row[len(b)]
}

var durationType = reflect.TypeFor[time.Duration]()
