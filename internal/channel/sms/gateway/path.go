package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// Prefixes of paths that are no JSON pointers.
const (
	fieldMark = "field:"
	matchMark = "match:"
)

// path finds values in a body: "/messages/0/id" is a JSON pointer (RFC 6901) in which "*" also stands for every element of an array,
// "field:id" a field of the form or the query, "match:ID: ([0-9]+)" the first group of each match of a regular expression (RE2) in the text.
// The zero path finds nothing.
type path struct {
	pointer bool
	tokens  []string
	field   string
	match   *regexp.Regexp
}

// longestCode is how long a code of the provider may be.
const longestCode = 24

var errPath = errors.New(`must begin with "/", "field:" or "match:"`)

func parsePath(s string) (path, error) {
	switch {
	case s == "":
		return path{}, nil
	case s[0] == '/':
		return parsePointer(s)
	case strings.HasPrefix(s, fieldMark) && len(s) > len(fieldMark):
		return path{field: s[len(fieldMark):]}, nil
	case strings.HasPrefix(s, matchMark):
		re, err := regexp.Compile(s[len(matchMark):])
		if err != nil || re.NumSubexp() < 1 {
			return path{}, errors.New("must be a regular expression with a group")
		}
		return path{match: re}, nil
	}
	return path{}, errPath
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// parsePointer splits and unescapes (RFC 6901 sections 3 and 4).
func parsePointer(s string) (path, error) {
	tokens := strings.Split(s[1:], "/")
	for i, token := range tokens {
		if left := strings.NewReplacer("~0", "", "~1", "").Replace(token); strings.Contains(left, "~") {
			return path{}, errors.New(`"~" must be followed by 0 or 1`)
		}
		tokens[i] = unescape.Replace(token)
	}
	return path{pointer: true, tokens: tokens}, nil
}

func (p path) given() bool { return p.pointer || p.field != "" || p.match != nil }

// document is a body, or one element of a batch, as paths look at it.
type document struct {
	json   any
	fields url.Values
	text   string
}

// all gives every value that p finds, in order; texts, numbers and truth values count.
func (p path) all(d document) []string {
	switch {
	case p.field != "":
		return d.fields[p.field]
	case p.match != nil:
		var out []string
		for _, found := range p.match.FindAllStringSubmatch(d.text, maxBatch) {
			out = append(out, found[1])
		}
		return out
	case !p.pointer:
		return nil
	}
	var out []string
	for _, v := range walk(d.json, p.tokens) {
		if s, ok := scalar(v); ok {
			out = append(out, s)
		}
	}
	return out
}

// first gives the first value, "" when there is none.
func (p path) first(d document) string {
	if all := p.all(d); len(all) > 0 {
		return sms.Clean(strings.TrimSpace(all[0]))
	}
	return ""
}

// walk follows tokens from v. What is not there is nothing.
func walk(v any, tokens []string) []any {
	if len(tokens) == 0 {
		return []any{v}
	}
	switch v := v.(type) {
	case map[string]any:
		if inner, ok := v[tokens[0]]; ok {
			return walk(inner, tokens[1:])
		}
	case []any:
		return walkList(v, tokens)
	}
	return nil
}

func walkList(list []any, tokens []string) []any {
	if tokens[0] != "*" {
		i, err := strconv.Atoi(tokens[0])
		if err != nil || i < 0 || i >= len(list) {
			return nil
		}
		return walk(list[i], tokens[1:])
	}
	var out []any
	for _, one := range list {
		out = append(out, walk(one, tokens[1:])...)
	}
	return out
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

var errJSON = errors.New("gateway: the body is not one JSON value")

// readJSON reads exactly one value. Numbers keep every digit: ids are often longer than a float holds.
func readJSON(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errJSON // the library's words quote the body
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return v, nil
}
