package store_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// statement is one SQL text of the package.
type statement struct {
	owner  string // the function or variable that has it
	engine store.Engine
	text   string
}

// withoutZone lists the statements that touch a zone's rows and do not name the zone, each with its reason.
var withoutZone = map[string]string{
	"holderFits":        "an official of a neighbouring zone may serve here too; only that the person exists is asked",
	"OfficialAt":        "an official of a neighbouring zone is named by the own mailbox; only the id leaves",
	"markParts":         "parts that matchPart found",
	"missingParts":      "parts that matchPart found",
	"receiptAttempts":   "attempts that matchWhole or matchPart found",
	"dueEarly":          "a carrier's receipt names no zone",
	"freeNext":          "contact points of a recipient whose delivery moved in the same transaction, by zone",
	"dropCalls":         "calls to a recipient whose delivery moved in the same transaction, by zone",
	"hurryCalls":        "calls to a recipient whose delivery moved in the same transaction, by zone",
	"unneededCalls":     "a loop asks about the calls of its own process, of every zone",
	"dropNext":          "contact points of a recipient whose delivery moved in the same transaction, by zone",
	"deadContacts":      "contact points of deliveries that moved in the same transaction, by zone",
	"closeRows":         "deliveries that claimRows read in the same transaction, by zone",
	"changes":           "the audience index holds every zone",
	"changesOfOne":      "the audience index holds every zone",
	"ChangesSeen":       "the audience index holds every zone",
	"lastChange":        "the audience index holds every zone",
	"PostponeInbound":   "what came in belongs to no zone yet",
	"JoinInbound":       "what came in belongs to no zone yet",
	"seenText":          "what came in belongs to no zone yet",
	"KeepMail":          "what came in is the same in whatever zone",
	"CheckRing":         "the key ring is the installation's",
	"OldestUndelivered": "the installation's metric to page on",
	"TryOwnCode":        "an asking is named by the hash of what its browser knows, and the zone is not known before the code is right",
	"UseOwnCode":        "an asking is named by the hash of what its browser knows, and the zone is not known before the code is right",
	"ForgetOwnCodes":    "askings of the whole installation, by when they were over",
	"TouchSession":      "a session is named by the hash of its cookie",
	"EndSession":        "a session is named by the hash of its cookie",
	"ForgiveShift":      "a shift is named by its device and person",
	"EndShift":          "a shift is named by its device and person",
	"TryShift":          "a shift is named by its device and person",
	"RenewSession":      "a session is named by the hash of its cookie",
	"EndSessionsOf":     "sessions and shifts are named by their person, who may work in several zones",
	"UsePasskey":        "a passkey is named by itself: nobody knows yet in which zone its owner works",
	"DoubtPasskey":      "a passkey is named by itself: nobody knows yet in which zone its owner works",
	"RemovePasskey":     "a passkey is named by itself and its owner",
	"HasMailbox":        "a person's own contact points, in whatever zone the person works",
	"UseIdentity":       "an account is named by the hash of its issuer and subject",
	"RemoveIdentities":  "accounts are named by their owner",
	"LapseMandate":      "a person's mandates by groups of a provider, in any zone",
	"ProlongMandate":    "a person's mandates by groups of a provider, in any zone",
	"UseSealedCode":     "a code is named by its hash: it says in which zone",
	"ForgetEntries":     "links, sessions and shifts of the whole installation, by when they were over",
	"ForgetChanges":     "the audience index holds every zone",
	"FreeTasks":         "a dead node's tasks of every zone",
	"PullRest":          "the clock is the installation's",
	"NextTask":          "for the loop of the whole installation",
	"SealedColumn":      "keys are the installation's, and rotate for every zone",
}

// notWhole lists the functions that put a statement together from pieces, each with how the pieces are tested.
var notWhole = map[string]string{
	"find":       "every statement it makes is compiled below",
	"replace":    "every statement it makes is compiled below",
	"EachHouse":  "a list of postal codes narrows it; both forms run in the tests of the address register",
	"Durability": "reads settings by name",
}

var begins = regexp.MustCompile(`(?i)^\s*(select|insert into|update|delete from|with|case)\s`)

// reader finds the SQL texts of a package by its syntax.
type reader struct {
	t      *testing.T
	consts map[string]string
	found  []statement
}

func readStatements(t *testing.T) []statement {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	r := &reader{t: t, consts: map[string]string{}}
	for range 2 { // a constant may be made of another file's
		for _, f := range files {
			r.readConsts(f)
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			r.decl(d)
		}
	}
	return r.found
}

func (r *reader) readConsts(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i := range v.Values {
				if text, ok := r.text(v.Values[i], nil); ok {
					r.consts[v.Names[i].Name] = text
				}
			}
		}
	}
}

// text works out a string made of literals, constants and what locals hold.
func (r *reader) text(e ast.Expr, locals map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		if text, ok := locals[e.Name]; ok {
			return text, true
		}
		text, ok := r.consts[e.Name]
		return text, ok
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		if !ok {
			return "", false
		}
		text, ok := locals[x.Name+"."+e.Sel.Name]
		return text, ok
	case *ast.BinaryExpr:
		left, ok := r.text(e.X, locals)
		right, too := r.text(e.Y, locals)
		return left + right, ok && too && e.Op == token.ADD
	case *ast.ParenExpr:
		return r.text(e.X, locals)
	}
	return "", false
}

func (r *reader) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		r.walk(d.Name.Name, d)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				r.walk(v.Names[0].Name, v)
			}
		}
	}
}

func (r *reader) walk(owner string, n ast.Node) {
	locals := map[string]string{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			return r.assign(owner, n, locals)
		case *ast.CompositeLit:
			if id, ok := n.Type.(*ast.Ident); ok && id.Name == "pair" {
				r.pair(owner, "", n, locals)
				return false
			}
		case ast.Expr:
			if text, ok := r.text(n, locals); ok {
				r.add(owner, "", text)
				return false
			}
			if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.ADD {
				r.piece(owner, b, locals)
				return false
			}
		}
		return true
	})
}

// piece takes a concatenation that cannot be worked out: if it is SQL, its owner must be known for it.
func (r *reader) piece(owner string, b *ast.BinaryExpr, locals map[string]string) {
	ast.Inspect(b, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			if text, ok := r.text(lit, locals); ok && begins.MatchString(text) && notWhole[owner] == "" {
				r.t.Errorf("%s puts a statement together from pieces that this test cannot read", owner)
			}
		}
		return true
	})
}

func (r *reader) assign(owner string, a *ast.AssignStmt, locals map[string]string) bool {
	if len(a.Lhs) != len(a.Rhs) {
		return true
	}
	for i := range a.Lhs {
		if c, ok := a.Rhs[i].(*ast.CompositeLit); ok {
			if id, ok := c.Type.(*ast.Ident); ok && id.Name == "pair" {
				r.pair(owner, a.Lhs[i].(*ast.Ident).Name, c, locals)
				return false
			}
		}
		text, ok := r.text(a.Rhs[i], locals)
		if !ok {
			continue
		}
		switch lhs := a.Lhs[i].(type) {
		case *ast.Ident:
			locals[lhs.Name] = text
		case *ast.SelectorExpr:
			if lhs.Sel.Name == "pg" {
				r.add(owner, store.Postgres, text)
				return false
			}
		}
	}
	return true
}

func (r *reader) pair(owner, name string, c *ast.CompositeLit, locals map[string]string) {
	for _, e := range c.Elts {
		kv := e.(*ast.KeyValueExpr)
		key := kv.Key.(*ast.Ident).Name
		text, ok := r.text(kv.Value, locals)
		if !ok {
			r.t.Errorf("%s: the %s text of a pair cannot be read", owner, key)
			continue
		}
		locals[name+"."+key] = text
		r.add(owner, map[string]store.Engine{"lite": store.SQLite, "pg": store.Postgres}[key], text)
	}
}

func (r *reader) add(owner string, engine store.Engine, text string) {
	if !begins.MatchString(text) || strings.HasPrefix(strings.TrimSpace(text), "case") || notWhole[owner] != "" && strings.Contains(text, "%s") {
		return
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if engine == "" || engine == e {
			r.found = append(r.found, statement{owner, e, text})
		}
	}
}

func allStatements(t *testing.T) []statement {
	t.Helper()
	all := readStatements(t)
	for _, c := range store.SealedColumns() {
		find, replace := c.Statements()
		for _, e := range []store.Engine{store.SQLite, store.Postgres} {
			all = append(all, statement{"SealedColumn", e, find}, statement{"SealedColumn", e, replace})
		}
	}
	if len(all) < 200 {
		t.Fatalf("only %d statements were found", len(all))
	}
	return all
}

func TestEveryStatementCompiles(t *testing.T) {
	t.Parallel()
	all := allStatements(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		conn, err := db.SQL().Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		n := 0
		for _, s := range all {
			if s.engine != db.Engine() {
				continue
			}
			n++
			prepared, err := conn.PrepareContext(context.Background(), s.text)
			if err != nil {
				t.Errorf("%s: %v\n%s", s.owner, err, s.text)
				continue
			}
			if err := prepared.Close(); err != nil { //nolint:sqlclosecheck // in a loop
				t.Error(err)
			}
		}
		t.Logf("%d statements", n)
	})
}

// A parameter that is only compared with a plain number would be taken for a 32-bit one, and no id fits.
func TestParametersAreWideEnough(t *testing.T) {
	t.Parallel()
	if _, err := storetest.Binaries(); err != nil {
		t.Skipf("PostgreSQL: %v (install it with: apt-get install postgresql)", err)
	}
	db := storetest.Open(t, store.Postgres, nil)
	conn, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i, s := range allStatements(t) {
		if s.engine != store.Postgres {
			continue
		}
		name := "w" + strconv.Itoa(i)
		if _, err := conn.ExecContext(context.Background(), "prepare "+name+" as "+s.text); err != nil {
			continue // TestEveryStatementCompiles tells
		}
		var types string
		if err := conn.QueryRowContext(context.Background(), `select coalesce(array_to_string(parameter_types, ' '), '') from pg_prepared_statements where name = $1`, name).Scan(&types); err != nil {
			t.Fatal(err)
		}
		for k, kind := range strings.Fields(types) {
			if kind == "integer" || kind == "smallint" {
				t.Errorf("%s: $%d is of type %s\n%s", s.owner, k+1, kind, s.text)
			}
		}
	}
}

var (
	parameter = regexp.MustCompile(`\$(\d+)`)
	tables    = regexp.MustCompile(`(?i)\b(?:from|join|into|update)\s+([a-z_]+)`)
	clock     = regexp.MustCompile(`(?i)\bnow\s*\(|current_timestamp|current_time\b|current_date|localtime|clock_timestamp|transaction_timestamp|statement_timestamp|'now'|unixepoch|julianday|strftime|random|gen_random|uuid|nextval|last_insert`)
)

func TestStatementsAreSmallAndReadNoClock(t *testing.T) {
	for _, s := range allStatements(t) {
		for _, m := range parameter.FindAllStringSubmatch(s.text, -1) {
			if n, err := strconv.Atoi(m[1]); err != nil || n > 40 {
				t.Errorf("%s has more than 40 parameters: a batch is one JSON argument\n%s", s.owner, s.text)
			}
		}
		if found := clock.FindString(s.text); found != "" {
			t.Errorf("%s asks the database for %q: now and ids are given\n%s", s.owner, found, s.text)
		}
	}
}

func TestStatementsNameTheZone(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite, nil)
	owned := zoneTables(t, db)
	used := map[string]bool{}
	for _, s := range allStatements(t) {
		touches := slices.ContainsFunc(tables.FindAllStringSubmatch(s.text, -1), func(m []string) bool { return owned[m[1]] })
		if !touches || regexp.MustCompile(`\bzone\b`).MatchString(s.text) {
			continue
		}
		used[s.owner] = true
		if withoutZone[s.owner] == "" {
			t.Errorf("%s touches a zone's rows and does not name the zone\n%s", s.owner, s.text)
		}
	}
	for owner := range withoutZone {
		if !used[owner] {
			t.Errorf("%s is excused without need", owner)
		}
	}
}

func zoneTables(t *testing.T, db *store.DB) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	rows, err := db.SQL().Query(`select m.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and c.name = 'zone'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out[name] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
