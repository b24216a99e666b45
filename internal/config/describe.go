package config

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Describe writes a configuration file with every key, what it means and its default, commented out where it has none. Secrets are empty.
// The file is itself a valid configuration, but for the carriers, which are commented out.
func Describe(w io.Writer) error {
	sections, err := schema()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Configuration of Buurtbel. Every key can also be given as an environment variable, which wins:\n" +
		"# " + Prefix + "<TABLE>_<KEY>, for carriers " + Prefix + "<TABLE>_<NAME>_<KEY>. A secret can lie in a file of its own: add _file to its key.\n")
	for _, s := range sections {
		s.describe(&b)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (s *section) describe(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s", comment(s.doc))
	if s.repeated {
		fmt.Fprintf(b, "# [[%s]]\n", s.name)
	} else {
		fmt.Fprintf(b, "[%s]\n", s.name)
	}
	for _, f := range s.fields {
		fmt.Fprintf(b, "\n%s", comment(f.doc+f.remarks()))
		set := f.preset != "" && !s.repeated
		if !set {
			b.WriteString("# ")
		}
		fmt.Fprintf(b, "%s = %s\n", f.name, f.shown())
	}
}

// remarks adds to a field's words what its tags say.
func (f *field) remarks() string {
	var remarks []string
	if len(f.oneof) > 0 {
		remarks = append(remarks, "One of: "+strings.Join(f.oneof, ", ")+".")
	}
	if f.min != "" || f.max != "" {
		remarks = append(remarks, strings.TrimSpace("From "+f.min+" to "+f.max+"."))
	}
	if f.required {
		remarks = append(remarks, "Required.")
	}
	if f.secret {
		remarks = append(remarks, "Secret; or "+f.name+"_file.")
	}
	if len(remarks) == 0 {
		return ""
	}
	return " " + strings.Join(remarks, " ")
}

// shown is the value in the description: the default, else the example, else nothing. An example of a secret is never a secret.
func (f *field) shown() string {
	value := f.preset
	if value == "" {
		value = f.example
	}
	if f.secret && f.example == "" {
		value = ""
	}
	if value == "" && isNumber(f.kind) {
		return "0"
	}
	v := reflect.New(f.kind).Elem()
	if value != "" && parseInto(v, value, f.unit) != "" {
		return strconv.Quote(value)
	}
	if f.unit == "bytes" || f.kind == durationType {
		return strconv.Quote(value) // as it was written, which reads better than the number
	}
	return f.toml(v)
}

// toml writes a value as TOML.
func (f *field) toml(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return `""`
	case v.Kind() == reflect.Pointer:
		return f.toml(v.Elem())
	case v.Type() == durationType:
		return strconv.Quote(writeDuration(time.Duration(v.Int())))
	case v.Kind() == reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = quote(v.Index(i).String())
		}
		return "[" + strings.Join(list, ", ") + "]"
	case v.Kind() == reflect.String:
		return quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}

// quote writes a TOML basic string (TOML 1.0, section String).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

const lineWidth = 100

// comment breaks text into lines that begin with "# ".
func comment(text string) string {
	var b strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > lineWidth && line != "#" {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
	return b.String()
}

// Markdown writes the same as Describe as tables, for docs/operating/configuration.md.
func Markdown(w io.Writer) error {
	sections, err := schema()
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nOne TOML file, and environment variables that win over it. This page is made from the program (`buurtbel config describe --markdown`).\n")
	for _, s := range sections {
		s.markdown(&b)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (s *section) markdown(b *strings.Builder) {
	brackets := "[" + s.name + "]"
	prefix := s.name
	if s.repeated {
		brackets, prefix = "["+brackets+"]", s.name+"_<NAME>"
	}
	fmt.Fprintf(b, "\n## `%s`\n\n%s Environment: `%s…`.\n\n| key | meaning | default | example |\n|---|---|---|---|\n", brackets, s.doc,
		Prefix+strings.ToUpper(prefix)+"_")
	for _, f := range s.fields {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.name, cell(f.doc+f.remarks()), code(f.preset), code(f.example))
	}
}

func cell(s string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s) }

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// redacted stands for every secret that was given.
const redacted = "***"

// Print writes the configuration in force as TOML, with where each value comes from and without secrets.
func (c *Config) Print(w io.Writer) error {
	sections, err := schema()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, s := range sections {
		v := reflect.ValueOf(c).Elem().Field(s.index)
		if !s.repeated {
			fmt.Fprintf(&b, "[%s]\n", s.name)
			c.print(&b, s, s.name, v)
			continue
		}
		for i := range v.Len() {
			fmt.Fprintf(&b, "[[%s]]\n", s.name)
			c.print(&b, s, fmt.Sprintf("%s[%d]", s.name, i), v.Index(i))
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func (c *Config) print(b *strings.Builder, s *section, path string, v reflect.Value) {
	for _, f := range s.fields {
		value := v.FieldByIndex(f.index)
		if value.Kind() == reflect.Pointer && value.IsNil() {
			continue
		}
		text := f.toml(value)
		if f.secret && !value.IsZero() {
			text = quote(redacted)
		}
		from := "default"
		if place, said := c.where[path+"."+f.name]; said {
			from = place.String()
		}
		fmt.Fprintf(b, "%s = %s # %s\n", f.name, text, from)
	}
	b.WriteByte('\n')
}

// String hides everything: a Config holds secrets. Print shows the rest.
func (c Config) String() string { return "configuration" }

// Format writes "configuration" for every verb.
func (c Config) Format(f fmt.State, _ rune) {
	if _, err := io.WriteString(f, c.String()); err != nil {
		return // fmt has no place for it
	}
}
