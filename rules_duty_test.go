package buurtbel_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

func TestRule14_MandatesHaveTimeAndPlace(t *testing.T) {
	from, until := wall(t, "2026-06-01 00:00"), wall(t, "2026-07-01 00:00")
	officer := buurtbel.Mandate{Role: buurtbel.RoleOfficer, Zone: zone, From: from, Until: until}
	coordinator := buurtbel.Mandate{Role: buurtbel.RoleCoordinator, Zone: zone, Network: network, From: from}
	admin := buurtbel.Mandate{Role: buurtbel.RoleAdministrator, From: from}
	lost := buurtbel.Mandate{Role: buurtbel.RoleOfficer, From: from}
	for name, c := range map[string]struct {
		m     buurtbel.Mandate
		p     buurtbel.Permission
		scope buurtbel.Scope
		at    time.Time
		ok    bool
	}{
		"from the first moment":             {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, from, true},
		"not a moment before":               {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, from.Add(-1), false},
		"until the last":                    {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, until.Add(-1), true},
		"not at the end":                    {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, until, false},
		"any network of the zone":           {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone, Network: network}, from, true},
		"no other zone":                     {officer, buurtbel.MayLaunch, buurtbel.Scope{Zone: other}, from, false},
		"not the installation":              {officer, buurtbel.MayLaunch, buurtbel.Scope{}, from, false},
		"names of the own network":          {coordinator, buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, from, true},
		"no names of another network":       {coordinator, buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network + 1}, from, false},
		"no names of the whole zone":        {coordinator, buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone}, from, false},
		"administrator of the installation": {admin, buurtbel.MayInstall, buurtbel.Scope{}, from, true},
		"who is nobody in a zone":           {admin, buurtbel.MayImport, buurtbel.Scope{Zone: zone}, from, false},
		"an officer of nowhere":             {lost, buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, from, false},
		"nor of the installation":           {lost, buurtbel.MayLaunch, buurtbel.Scope{}, from, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := buurtbel.Actor{Mandates: []buurtbel.Mandate{c.m}}
			if err := a.May(c.p, c.scope, c.at); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
	if (buurtbel.Actor{Mandates: []buurtbel.Mandate{lost}}).Holds(buurtbel.RoleOfficer, zone, from) {
		t.Error("an officer of nowhere is an officer of every zone")
	}
	both := buurtbel.Actor{Mandates: []buurtbel.Mandate{officer, coordinator, officer, {Role: buurtbel.RoleDispatcher, Zone: other, From: from}}}
	if diff := cmp.Diff([]buurtbel.ID{zone, other}, both.Zones(buurtbel.MayLaunch, from)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleOfficer}, both.Roles(zone, from)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]buurtbel.Role{buurtbel.RoleCoordinator}, both.Roles(zone, until)); diff != "" {
		t.Error(diff)
	}
}

func TestRule17_MissingLanguagesAreNamedInOrder(t *testing.T) {
	for _, c := range []struct {
		regime  buurtbel.Regime
		texts   map[buurtbel.Language]string
		missing []buurtbel.Language
	}{
		{buurtbel.Regime{"nl"}, map[buurtbel.Language]string{"nl": "x"}, nil},
		{buurtbel.Regime{"nl", "fr"}, map[buurtbel.Language]string{"nl": "x", "fr": ""}, []buurtbel.Language{"fr"}},
		{buurtbel.Regime{"de", "fr"}, nil, []buurtbel.Language{"de", "fr"}},
		{buurtbel.Regime{"fr", "nl", "de"}, map[buurtbel.Language]string{"nl": "x", "en": "x"}, []buurtbel.Language{"fr", "de"}},
	} {
		if diff := cmp.Diff(c.missing, c.regime.Missing(c.texts)); diff != "" {
			t.Errorf("%s: %s", c.regime, diff)
		}
	}
	if got := (buurtbel.Regime{"fr", "nl"}).String(); got != "fr+nl" {
		t.Error(got)
	}
	for _, l := range []buurtbel.Language{"", "NL", "es", "nl-BE"} {
		if l.Valid() {
			t.Errorf("%q is no language of ours", l)
		}
	}
}

// chain makes a whole chain of n entries.
func chain(n int) []buurtbel.Entry {
	out := make([]buurtbel.Entry, n)
	var prev buurtbel.Hash
	for i := range out {
		e := &out[i]
		*e = buurtbel.Entry{Chain: buurtbel.Chain{Subject: 9, Node: 1}, Seq: int64(i) + 1, At: time.UnixMicro(1_800_000_000_000_000 + int64(i)).UTC(), Kind: buurtbel.EntryAttempts,
			Actor: buurtbel.ID(i), Commitment: buurtbel.Commit([16]byte{byte(i)}, []byte("content")), Prev: prev}
		e.Seal()
		prev = e.Hash
	}
	return out
}

func reseal(entries []buurtbel.Entry) {
	var prev buurtbel.Hash
	for i := range entries {
		entries[i].Seq, entries[i].Prev = int64(i)+1, prev
		entries[i].Seal()
		prev = entries[i].Hash
	}
}

func TestRule18_ChangedRemovedInserted(t *testing.T) {
	if b := buurtbel.VerifyChain(chain(6)); b != nil {
		t.Fatalf("a whole chain is broken: %+v", b)
	}
	if b := buurtbel.VerifyChain(nil); b != nil {
		t.Fatalf("an empty chain is broken: %+v", b)
	}
	for name, c := range map[string]struct {
		spoil func([]buurtbel.Entry) []buurtbel.Entry
		seq   int64
		why   string
	}{
		"actor":                   {func(e []buurtbel.Entry) []buurtbel.Entry { e[2].Actor++; return e }, 3, buurtbel.WhyChanged},
		"time":                    {func(e []buurtbel.Entry) []buurtbel.Entry { e[2].At = e[2].At.Add(time.Microsecond); return e }, 3, buurtbel.WhyChanged},
		"kind":                    {func(e []buurtbel.Entry) []buurtbel.Entry { e[0].Kind = buurtbel.EntryLook; return e }, 1, buurtbel.WhyChanged},
		"commitment":              {func(e []buurtbel.Entry) []buurtbel.Entry { e[5].Commitment[31] ^= 1; return e }, 6, buurtbel.WhyChanged},
		"previous":                {func(e []buurtbel.Entry) []buurtbel.Entry { e[3].Prev[0] ^= 1; return e }, 4, buurtbel.WhyChanged},
		"hash":                    {func(e []buurtbel.Entry) []buurtbel.Entry { e[3].Hash[0] ^= 1; return e }, 4, buurtbel.WhyChanged},
		"changed and hashed anew": {func(e []buurtbel.Entry) []buurtbel.Entry { e[2].Actor++; e[2].Seal(); return e }, 4, buurtbel.WhyInserted},
		"subject":                 {func(e []buurtbel.Entry) []buurtbel.Entry { e[1].Chain.Subject++; return e }, 2, buurtbel.WhyInserted},
		"all of another subject": {func(e []buurtbel.Entry) []buurtbel.Entry {
			for i := range e {
				e[i].Chain.Subject++
			}
			return e
		}, 1, buurtbel.WhyChanged},
		"first removed":  {func(e []buurtbel.Entry) []buurtbel.Entry { return e[1:] }, 1, buurtbel.WhyRemoved},
		"middle removed": {func(e []buurtbel.Entry) []buurtbel.Entry { return slices.Delete(e, 2, 4) }, 3, buurtbel.WhyRemoved},
		"removed and renumbered": {func(e []buurtbel.Entry) []buurtbel.Entry {
			e = slices.Delete(e, 2, 3)
			for i := range e {
				e[i].Seq = int64(i) + 1
			}
			return e
		}, 3, buurtbel.WhyChanged},
		"inserted twice": {func(e []buurtbel.Entry) []buurtbel.Entry { return slices.Insert(e, 3, e[2]) }, 4, buurtbel.WhyInserted},
		"forged between": {func(e []buurtbel.Entry) []buurtbel.Entry {
			forged := e[2]
			forged.Seq, forged.Prev = 4, e[2].Hash
			forged.Seal()
			e = slices.Insert(e, 3, forged)
			for i := 4; i < len(e); i++ {
				e[i].Seq++
				e[i].Seal()
			}
			return e
		}, 5, buurtbel.WhyInserted},
		"order": {func(e []buurtbel.Entry) []buurtbel.Entry { e[1], e[2] = e[2], e[1]; return e }, 2, buurtbel.WhyRemoved},
	} {
		t.Run(name, func(t *testing.T) {
			b := buurtbel.VerifyChain(c.spoil(chain(6)))
			if b == nil {
				t.Fatal("not found")
			}
			if b.Seq != c.seq || b.Why != c.why {
				t.Errorf("got %d %s, want %d %s", b.Seq, b.Why, c.seq, c.why)
			}
		})
	}
}

func TestRule18_TailAndRecomputingNeedAHead(t *testing.T) {
	head := chain(6)[5].Hash
	if b := buurtbel.VerifyChain(chain(6)[:4]); b != nil {
		t.Errorf("a cut tail fits together, only a head shows it: %+v", b)
	}
	forged := chain(6)
	forged[2].Actor = 4711
	reseal(forged)
	if b := buurtbel.VerifyChain(forged); b != nil {
		t.Errorf("a recomputed chain fits together, only a head shows it: %+v", b)
	}
	if forged[5].Hash == head || chain(4)[3].Hash == head {
		t.Error("the head is the same")
	}
}

func TestRule18_ContentCanBeErased(t *testing.T) {
	salt := [16]byte{1, 2, 3}
	c := buurtbel.Commit(salt, []byte("who looked"))
	if c == buurtbel.Commit([16]byte{}, []byte("who looked")) || c == buurtbel.Commit(salt, []byte("who looked!")) {
		t.Error("a commitment does not depend on all of salt and content")
	}
}

func TestRule19_CountryProfiles(t *testing.T) {
	be, err := buurtbel.CountryProfile("BE")
	if err != nil {
		t.Fatal(err)
	}
	nl, err := buurtbel.CountryProfile("NL")
	if err != nil {
		t.Fatal(err)
	}
	if !be.NeedsCharter || !be.NeedsRecognise || nl.NeedsCharter || nl.NeedsRecognise {
		t.Error("Belgium asks for charter and recognition, the Netherlands for neither")
	}
	numbers := func(c buurtbel.Country) (out []string) {
		for _, l := range c.Lines {
			out = append(out, l.Number)
		}
		return out
	}
	if diff := cmp.Diff([]string{"112", "101"}, numbers(be)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"112", "0900-8844"}, numbers(nl)); diff != "" {
		t.Error(diff)
	}
	if _, err := buurtbel.CountryProfile("be"); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestRule19_AZoneAddsItsOwnLinesAndOrder(t *testing.T) {
	z := &buurtbel.Zone{Country: "BE", TimeZone: "Europe/Brussels"}
	lines, err := z.EmergencyLines()
	if err != nil || len(lines) != 2 || lines[0].Use != "emergency" {
		t.Errorf("got %v, %v", lines, err)
	}
	z.Lines = []buurtbel.Line{{Number: "+3220000000", Use: "local"}}
	if lines, err = z.EmergencyLines(); err != nil || len(lines) != 1 || lines[0].Use != "local" {
		t.Errorf("got %v, %v", lines, err)
	}
	if countries, err := z.Reachable(); err != nil || !slices.Contains(countries, "BE") {
		t.Errorf("got %v, %v", countries, err)
	}
	z.Callable = []string{"BE"}
	if countries, err := z.Reachable(); err != nil || len(countries) != 1 {
		t.Errorf("got %v, %v", countries, err)
	}
	z.Country, z.Lines, z.Callable = "XX", nil, nil
	if _, err := z.EmergencyLines(); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("got %v", err)
	}
	if _, err := z.Reachable(); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("got %v", err)
	}
	z.TimeZone = "Europe/Nowhere"
	if _, err := z.Location(); err == nil {
		t.Error("a time zone that does not exist")
	}
}

// mayHoldLines are the sources that may have an emergency line in a text, each with its reason.
var mayHoldLines = map[string]string{
	"internal/phone/phone.go":      "the short numbers that no member can have",
	"internal/web/looks_people.go": "made-up pages that show the design",
	"internal/web/looks_desk.go":   "made-up pages that show the design",
}

func TestRule19_NoEmergencyNumberInCode(t *testing.T) {
	var raw []struct {
		Lines []struct {
			Number string `json:"number"`
		} `json:"lines"`
	}
	b, err := os.ReadFile("countries.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, c := range raw {
		for _, l := range c.Lines {
			numbers = append(numbers, regexp.QuoteMeta(l.Number))
		}
	}
	line := regexp.MustCompile(`(^|[^0-9A-Za-z+.,:/#-])(` + strings.Join(numbers, "|") + `)($|[^0-9A-Za-z.,-]|[.,]($|[^0-9]))`)
	sources := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || slices.Contains([]string{"test", "tools", "bench", "scripts", "outside", "testdata", "channeltest"}, d.Name())) {
			return filepath.SkipDir
		}
		if mayHoldLines[path] != "" || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		sources++
		for _, text := range texts(t, path) {
			if line.MatchString(text) {
				t.Errorf("%s: an emergency line stands in %q; it belongs in the country profile", path, text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sources < 50 {
		t.Errorf("only %d sources were read", sources)
	}
	if !line.MatchString(`"Bel 112."`) || !line.MatchString("112") || line.MatchString("5112") {
		t.Error("the search itself does not work")
	}
}

// texts gives the string literals of a source file, struct tags aside.
func texts(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			return n.Tag == nil
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				out = append(out, strings.Trim(n.Value, "\"`"))
			}
		}
		return true
	})
	return out
}

// Rule 20: a household is what its adults accepted. Nothing in this package makes one, and an address does not come near it.
func TestRule20_AHouseholdIsNeverDerived(t *testing.T) {
	if got := fmt.Sprintf("%+v", buurtbel.Household{}); got != "{ID:"+buurtbel.ID(0).String()+" Zone:"+buurtbel.ID(0).String()+"}" {
		t.Errorf("a household holds more than its id: %s", got)
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	sets := regexp.MustCompile(`\.Household\s*=[^=]|Household:`)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		b, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if sets.Match(b) {
			t.Errorf("%s sets a household", e.Name())
		}
	}
}
