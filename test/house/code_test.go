package house

import (
	"bytes"
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	mostLines         = 600 // of a file
	mostFunctionLines = 100
)

func TestFileLength(t *testing.T) {
	for _, f := range all(t, written, notVendored) {
		switch filepath.Ext(f.path) {
		case ".go", ".templ", ".js", ".mjs", ".css", ".sh":
			if n := bytes.Count(f.text, []byte("\n")); n > mostLines {
				t.Errorf("%s has %d lines, more than %d", f.path, n, mostLines)
			}
		}
	}
}

func TestFunctionLength(t *testing.T) {
	for _, f := range all(t, isGo, written) {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fileSet.Position(fn.End()).Line - fileSet.Position(fn.Pos()).Line + 1; n > mostFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d", fileSet.Position(fn.Pos()), fn.Name.Name, n, mostFunctionLines)
			}
		}
	}
}

// TestNoSleep forbids tests that wait for the wall clock. Inside synctest.Test a sleep moves the bubble's own clock and is welcome.
func TestNoSleep(t *testing.T) {
	for _, f := range all(t, isGo, isTest) {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch callee(call) {
			case "synctest.Test":
				return false
			case "time.Sleep":
				t.Errorf("%s: a test waits for an event or runs in synctest.Test; it never sleeps", fileSet.Position(call.Pos()))
			}
			return true
		})
	}
}

// TestNoDroppedErrors forbids `_ =` before a call, unless a comment on the same line says why the result may go unread.
func TestNoDroppedErrors(t *testing.T) {
	for _, f := range all(t, isGo, notTest, written) {
		reasons := reasonsByLine(f.syntax)
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || assign.Tok != token.ASSIGN || len(assign.Rhs) != 1 || !allBlank(assign.Lhs) {
				return true
			}
			call, ok := assign.Rhs[0].(*ast.CallExpr)
			if at := fileSet.Position(assign.End()); ok && len(strings.Fields(reasons[at.Line])) < 3 {
				t.Errorf("%s: the result of %s is dropped: handle it, or say why in a comment on this line", at, callee(call))
			}
			return true
		})
	}
}

// reasonsByLine gives the comment on each line, without what it tells the linter.
func reasonsByLine(syntax *ast.File) map[int]string {
	reasons := map[int]string{}
	for _, group := range syntax.Comments {
		for _, c := range group.List {
			text := strings.TrimPrefix(c.Text, "//")
			if _, reason, ok := strings.Cut(text, "//"); ok && strings.HasPrefix(text, "nolint") {
				text = reason
			}
			reasons[fileSet.Position(c.Pos()).Line] = text
		}
	}
	return reasons
}

func allBlank(left []ast.Expr) bool {
	for _, e := range left {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

// callee gives "pkg.Func" or "value.Method" for simple calls, else what stands last.
func callee(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		if x, ok := fn.X.(*ast.Ident); ok {
			return x.Name + "." + fn.Sel.Name
		}
		return fn.Sel.Name
	}
	return "a function"
}

func TestPackageComments(t *testing.T) {
	has, lacks := map[string]bool{}, map[string]string{}
	for _, f := range all(t, isGo, notTest) {
		folder := filepath.ToSlash(filepath.Dir(f.path))
		has[folder] = has[folder] || f.syntax.Doc != nil
		lacks[folder] = f.syntax.Name.Name
	}
	for folder, name := range lacks {
		if !has[folder] {
			t.Errorf("%s: package %s has no comment that says what it is for", folder, name)
		}
	}
}

// avoided are words of which the glossary has a better one.
var avoided = map[string]string{
	"User": "member, officer, coordinator, …", "Users": "members, officers, …", "Notification": "alert or bulletin", "Notifications": "alerts or bulletins",
	"Broadcast": "alert or bulletin", "Warm": "alert", "Cold": "bulletin",
}

var camel = regexp.MustCompile(`[A-Z][a-z0-9]*`)

// TestGlossary looks at the names of declared types and functions. A protocol's own word may be used: "UserAgent", "UserData".
func TestGlossary(t *testing.T) {
	for _, f := range all(t, isGo, notTest, written) {
		for _, d := range f.syntax.Decls {
			for _, id := range declared(d) {
				for _, w := range camel.FindAllString(protocolWords.Replace(id.Name), -1) {
					if better := avoided[w]; better != "" {
						t.Errorf("%s: %s: the glossary says %s, not %q", fileSet.Position(id.Pos()), id.Name, better, strings.ToLower(w))
					}
				}
			}
		}
	}
}

var protocolWords = strings.NewReplacer("UserAgent", "", "UserData", "", "UserMessageReference", "", "Username", "")

func declared(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{d.Name}
	case *ast.GenDecl:
		var ids []*ast.Ident
		for _, s := range d.Specs {
			if ts, ok := s.(*ast.TypeSpec); ok {
				ids = append(ids, ts.Name)
			}
		}
		return ids
	}
	return nil
}
