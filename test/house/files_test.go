// Package house holds the tests of the repository itself: sizes, names, what must not be written anywhere.
//
// They read sources, never run them. A rule that a type checker knows better is in .golangci.yml, imports are in deps_test.go.
package house

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const top = "../.."

// file is one text file of the repository, with its parsed form when it is Go.
type file struct {
	path      string // from the top of the repository, with slashes
	text      []byte
	generated bool
	syntax    *ast.File // nil for what is not Go
}

var fileSet = token.NewFileSet()

// repository reads all text files once.
var repository = sync.OnceValues(func() ([]file, error) {
	var files []file
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file that went while we walked
		}
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); path != top && strings.HasPrefix(name, ".") && name != ".ci" {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		f, err := read(path)
		if err == nil && f.text != nil {
			files = append(files, f)
		}
		return err
	})
	return files, err
})

// mostBytes is the largest file that is looked into; larger ones are results of benchmarks or vendored scripts.
const mostBytes = 4 << 20

func read(path string) (file, error) {
	inside, err := filepath.Rel(top, path)
	if err != nil {
		return file{}, err
	}
	f := file{path: filepath.ToSlash(inside)}
	info, err := os.Stat(path)
	if err != nil || info.Size() > mostBytes {
		return f, err
	}
	text, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return f, err // bytes, not text
	}
	f.text = text
	if strings.HasSuffix(path, ".go") {
		if f.syntax, err = parser.ParseFile(fileSet, f.path, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return f, err
		}
		f.generated = ast.IsGenerated(f.syntax)
	}
	return f, nil
}

// all gives the files that choose accepts.
func all(t *testing.T, choose ...func(file) bool) []file {
	t.Helper()
	files, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d files found: the test looks in the wrong place", len(files))
	}
	return slices.DeleteFunc(slices.Clone(files), func(f file) bool {
		return slices.ContainsFunc(choose, func(ok func(file) bool) bool { return !ok(f) })
	})
}

func isGo(f file) bool        { return f.syntax != nil }
func isTest(f file) bool      { return strings.HasSuffix(f.path, "_test.go") }
func notTest(f file) bool     { return !isTest(f) }
func written(f file) bool     { return !f.generated }
func notVendored(f file) bool { return !vendored(f.path) }

// vendored tells whether others wrote this file: libraries for the browser, licences, sums.
func vendored(path string) bool {
	return strings.Contains(path, "/vendor/") || strings.Contains(path, "LICENSE") || strings.HasSuffix(path, "go.sum") ||
		strings.HasSuffix(path, "package-lock.json") || strings.Contains(path, ".min.")
}

// lineOf gives the line number of offset in text.
func lineOf(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }
