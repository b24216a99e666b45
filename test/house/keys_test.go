package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/locale"
)

var sentenceKey = regexp.MustCompile(`^(error|message|screen|cli|import|sheet|geo|address|wording|template|speech)\.[a-z0-9-]+(\.[a-z0-9-]+)*[a-z0-9]$`)

// hasSentence tells whether a sentence has the key, or the key is the beginning of keys that the program looks for.
func hasSentence(key string) bool {
	return locale.Has(key) || slices.ContainsFunc(locale.Keys(), func(k string) bool { return strings.HasPrefix(k, key+"-") })
}

// TestEverySentenceExists looks up each sentence key that the program uses: a key without a sentence would show a person nothing of use.
func TestEverySentenceExists(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return err
		}
		if !entry.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			checkKeys(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkKeys(t *testing.T, path string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err == nil && sentenceKey.MatchString(text) && !hasSentence(text) {
			t.Errorf("%s: %q has no sentence in the catalogues", set.Position(literal.Pos()), text)
		}
		return true
	})
}
