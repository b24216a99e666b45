// Command testlog reads `go test -json` on standard input and prints what a person wants to see of it: the closing line of each
// package, the whole output of what failed, each skipped test with its reason, and the counts.
//
// With -no-skips a skipped test is a failure. A run in which no test was executed is a failure always.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of the stream; see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build-output and build-fail
	Test       string
	Output     string
}

// counts says how many tests (subtests included) ended how.
type counts struct {
	passed, failed, skipped int
	broken                  bool // a package did not build, or ended without telling how
}

func main() {
	noSkips := flag.Bool("no-skips", false, "fail when a test was skipped")
	flag.Parse()
	c, err := read(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testlog:", err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", c.passed, c.failed, c.skipped)
	if c.broken || c.failed > 0 || c.passed == 0 || *noSkips && c.skipped > 0 {
		os.Exit(1)
	}
}

// read copies the interesting part of the events in r to w and counts. Lines that are not JSON are copied as they are.
func read(r io.Reader, w io.Writer) (counts, error) {
	l := log{w: w, output: map[string][]string{}}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			l.line(line)
		}
		if err == io.EOF {
			return l.counts, l.err
		}
		if err != nil {
			return l.counts, err
		}
	}
}

type log struct {
	counts
	w      io.Writer
	err    error               // the first error of writing
	output map[string][]string // what each running test has said, by package and test
}

func (l *log) line(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		l.print(line)
		return
	}
	switch e.Action {
	case "output":
		l.said(e)
	case "build-output":
		l.print(e.Output)
	case "build-fail":
		l.broken = true
	case "pass", "fail", "skip":
		l.ended(e)
	}
}

// said keeps a test's output until it is known how the test ends; of a package it shows the closing line.
func (l *log) said(e event) {
	if e.Test == "" && (strings.HasPrefix(e.Output, "ok ") || strings.HasPrefix(e.Output, "FAIL\t") || strings.HasPrefix(e.Output, "panic:")) {
		l.print(e.Output)
		return
	}
	key := e.Package + " " + e.Test
	l.output[key] = append(l.output[key], e.Output)
}

func (l *log) ended(e event) {
	key := e.Package + " " + e.Test
	if e.Test == "" {
		l.packageEnded(e, key)
		return
	}
	switch e.Action {
	case "pass":
		l.passed++
	case "fail":
		l.failed++
		l.print(strings.Join(l.output[key], ""))
	case "skip":
		l.skipped++
		l.print(strings.Join(l.output[key], ""))
	}
	delete(l.output, key)
}

// packageEnded shows what a failed package said outside its tests, and what a test said that never ended (a panic, a time-out).
func (l *log) packageEnded(e event, key string) {
	if e.Action == "fail" {
		l.broken = true
		for k, said := range l.output {
			if strings.HasPrefix(k, e.Package+" ") {
				l.print(strings.Join(said, ""))
				delete(l.output, k)
			}
		}
	}
	delete(l.output, key)
}

func (l *log) print(s string) {
	if _, err := io.WriteString(l.w, s); err != nil && l.err == nil {
		l.err = err
	}
}
