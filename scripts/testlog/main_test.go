package main

import (
	"strings"
	"testing"
)

// streams are what `go test -json` may say, with what is made of it.
var streams = []struct {
	name   string
	stream string
	want   counts
	shows  []string
	hides  []string
}{
	{
		name: "a green package",
		stream: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN TestA\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}
`,
		want:  counts{passed: 1},
		shows: []string{"ok  \tp\t0.1s\n"},
		hides: []string{"RUN"},
	},
	{
		name: "a skip tells its reason",
		stream: `{"Action":"output","Package":"p","Test":"TestA","Output":"no postfix\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"skip","Package":"q"}
`,
		want:  counts{skipped: 1},
		shows: []string{"no postfix"},
	},
	{
		name: "a failure shows all it said",
		stream: `{"Action":"output","Package":"p","Test":"TestA","Output":"got 1\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}
`,
		want:  counts{failed: 1, broken: true},
		shows: []string{"got 1"},
	},
	{
		name: "a test that never ended",
		stream: `{"Action":"output","Package":"p","Test":"TestA","Output":"goroutine 1\n"}
{"Action":"fail","Package":"p"}
`,
		want:  counts{broken: true},
		shows: []string{"goroutine 1"},
	},
	{
		name: "a package that does not build",
		stream: `{"Action":"build-output","ImportPath":"p","Output":"x.go:1: undefined\n"}
{"Action":"build-fail","ImportPath":"p"}
{"Action":"fail","Package":"p"}
`,
		want:  counts{broken: true},
		shows: []string{"undefined"},
	},
	{
		name:   "a test that prints what looks like a skip",
		stream: `{"Action":"output","Package":"p","Test":"TestA","Output":"{\"Action\":\"skip\",\"Test\":\"x\"}\n"}` + "\n",
	},
	{
		name:   "a line that is no JSON is shown",
		stream: "go: downloading\n",
		shows:  []string{"go: downloading"},
	},
}

func TestRead(t *testing.T) {
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			got, err := read(strings.NewReader(c.stream), &out)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
			for _, s := range c.shows {
				if !strings.Contains(out.String(), s) {
					t.Errorf("%q is missing in %q", s, out.String())
				}
			}
			for _, s := range c.hides {
				if strings.Contains(out.String(), s) {
					t.Errorf("%q should not be in %q", s, out.String())
				}
			}
		})
	}
}
