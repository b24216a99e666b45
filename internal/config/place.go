package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Place is where something in the configuration was said. Its zero value is a default that nobody said anything about.
type Place struct {
	File         string
	Line, Column int    // from 1; the column counts characters
	Variable     string // name of the environment variable, when it was said there
}

func (p Place) String() string {
	switch {
	case p.Variable != "":
		return p.Variable
	case p.Line > 0:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return p.File
}

// places finds the keys of a TOML text that is known to be valid: "server.listen", "sms[0]", "sms[0].name". The TOML library reads
// values but keeps the positions of keys to itself.
type places struct {
	text   string
	at     int
	line   int
	start  int // of the line
	table  string
	counts map[string]int // of [[tables]]
	found  map[string][2]int
}

func findPlaces(text string) map[string][2]int {
	p := &places{text: strings.ReplaceAll(text, "\r\n", "\n"), line: 1, counts: map[string]int{}, found: map[string][2]int{}}
	p.text = strings.TrimPrefix(p.text, "\ufeff")
	for p.at < len(p.text) {
		before := p.at
		p.statement()
		if p.at == before {
			p.step() // never for valid TOML; keeps the loop finite for anything else
		}
	}
	return p.found
}

// statement reads one [header], one key = value, one comment or one line end.
func (p *places) statement() {
	p.spaces()
	switch c := p.peek(); {
	case c == '\n':
		p.step()
	case c == '#':
		p.comment()
	case c == '[':
		p.header()
	case c != 0:
		p.pair(p.table)
	}
}

func (p *places) header() {
	where := p.here()
	p.step()
	array := p.peek() == '['
	if array {
		p.step()
	}
	parts := p.key()
	for p.peek() == ']' {
		p.step()
	}
	name := p.within("", parts[:max(0, len(parts)-1)])
	if len(parts) > 0 {
		name = join(name, parts[len(parts)-1])
	}
	if array {
		p.counts[name]++
	}
	p.table = p.numbered(name)
	p.mark(p.table, where)
}

// within gives the path of a table whose [[tables]] are numbered.
func (p *places) within(path string, parts []string) string {
	for _, part := range parts {
		path = p.numbered(join(path, part))
	}
	return path
}

func (p *places) numbered(path string) string {
	if n := p.counts[path]; n > 0 {
		return path + "[" + strconv.Itoa(n-1) + "]"
	}
	return path
}

func (p *places) pair(table string) {
	where := p.here()
	parts := p.key()
	path := table
	for _, part := range parts {
		path = join(path, part)
		p.mark(path, where)
	}
	p.spaces()
	if p.peek() == '=' {
		p.step()
		p.spaces()
		p.value(path)
	}
}

// value steps over a value; keys in inline tables are found too.
func (p *places) value(path string) {
	switch p.peek() {
	case '"', '\'':
		p.quoted()
	case '[':
		p.list(path)
	case '{':
		p.inline(path)
	default:
		for c := p.peek(); c != 0 && !strings.ContainsRune(",]}#\n", rune(c)); c = p.peek() {
			p.step()
		}
	}
}

func (p *places) list(path string) {
	p.step()
	for n := 0; ; {
		p.blank()
		switch p.peek() {
		case 0:
			return
		case ']':
			p.step()
			return
		case ',':
			p.step()
		default:
			before, one := p.at, path+"["+strconv.Itoa(n)+"]"
			p.mark(one, p.here())
			p.value(one)
			n++
			if p.at == before {
				return
			}
		}
	}
}

func (p *places) inline(path string) {
	p.step()
	for {
		p.blank()
		switch p.peek() {
		case 0:
			return
		case '}':
			p.step()
			return
		case ',':
			p.step()
		default:
			before := p.at
			p.pair(path)
			if p.at == before {
				return
			}
		}
	}
}

// key reads a bare, quoted or dotted key.
func (p *places) key() []string {
	var parts []string
	for {
		p.spaces()
		start := p.at
		switch c := p.peek(); {
		case c == '"' || c == '\'':
			p.quoted()
			parts = append(parts, unquote(p.text[start:p.at]))
		default:
			for c := p.peek(); bare(c); c = p.peek() {
				p.step()
			}
			if p.at == start {
				return parts
			}
			parts = append(parts, p.text[start:p.at])
		}
		p.spaces()
		if p.peek() != '.' {
			return parts
		}
		p.step()
	}
}

func bare(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func unquote(s string) string {
	if plain, err := strconv.Unquote(s); err == nil && s[0] == '"' {
		return plain
	}
	return strings.Trim(s, `"'`)
}

// quoted steps over a text in any of TOML's four spellings.
func (p *places) quoted() {
	mark := p.text[p.at : p.at+1]
	if long := strings.Repeat(mark, 3); strings.HasPrefix(p.text[p.at:], long) {
		mark = long
	}
	p.steps(len(mark))
	for p.at < len(p.text) {
		switch {
		case mark[0] == '"' && p.peek() == '\\':
			p.steps(2)
		case strings.HasPrefix(p.text[p.at:], mark):
			p.steps(len(mark))
			for len(mark) == 3 && p.peek() == mark[0] { // up to two quotes may stand before the closing three
				p.step()
			}
			return
		default:
			p.step()
		}
	}
}

func (p *places) blank() {
	for {
		p.spaces()
		switch p.peek() {
		case '\n':
			p.step()
		case '#':
			p.comment()
		default:
			return
		}
	}
}

func (p *places) comment() {
	for c := p.peek(); c != 0 && c != '\n'; c = p.peek() {
		p.step()
	}
}

func (p *places) spaces() {
	for c := p.peek(); c == ' ' || c == '\t'; c = p.peek() {
		p.step()
	}
}

func (p *places) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *places) step() {
	if p.peek() == '\n' {
		p.line++
		p.start = p.at + 1
	}
	p.at = min(p.at+1, len(p.text))
}

func (p *places) steps(n int) {
	for range n {
		p.step()
	}
}

func (p *places) here() [2]int {
	return [2]int{p.line, utf8.RuneCountInString(p.text[p.start:p.at]) + 1}
}

func (p *places) mark(path string, where [2]int) {
	if _, known := p.found[path]; !known {
		p.found[path] = where
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
