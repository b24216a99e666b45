package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update writes it anew\n%s", name, diff)
	}
}

func TestDescribe(t *testing.T) {
	var file, page bytes.Buffer
	if err := errors.Join(Describe(&file), Markdown(&page)); err != nil {
		t.Fatal(err)
	}
	golden(t, "describe.toml", file.Bytes())
	golden(t, "../../../docs/operating/configuration.md", page.Bytes())
	described, err := Load(write(t, file.String()), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	described.where, plain.where = nil, nil
	var a, b bytes.Buffer
	if err := errors.Join(described.Print(&a), plain.Print(&b)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), a.String()); diff != "" {
		t.Error("the description is not the defaults:\n", diff)
	}
}

// TestDescribedExamplesLoad takes the comment marks off every key, so that the examples are shown to be usable.
func TestDescribedExamplesLoad(t *testing.T) {
	var file bytes.Buffer
	if err := Describe(&file); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(file.String()) {
		if bare, ok := strings.CutPrefix(line, "# "); ok && (strings.HasPrefix(bare, "[[") || strings.Contains(bare, " = ")) {
			if strings.HasPrefix(bare, "source_") || strings.HasPrefix(bare, "dkim") {
				continue
			}
			line = bare
		}
		lines = append(lines, line)
	}
	_, err := Load(write(t, strings.Join(lines, "")), nil)
	if got := said(t, err); len(got) > 0 {
		t.Error(err)
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	path := write(t, "[store]\ndatabase = \"postgres://b:hunter@db.example.org/b\"\n"+carrier+"password = \"hunter\"\n")
	c, err := Load(path, []string{"BUURTBEL_LOG_LEVEL=warn"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"database = \"***\" # " + path + ":2:1", "password = \"***\"", "level = \"warn\" # BUURTBEL_LOG_LEVEL", "claim = 250 # default", "[[sms]]"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	fmt.Fprintf(&out, "%v %+v %#v %s %v %+v", c, c, c, c, *c, struct{ C Config }{*c})
	if strings.Contains(out.String(), "hunter") {
		t.Error("a secret was printed")
	}
	printed := strings.Replace(out.String()[:strings.Index(out.String(), "configuration")], "database = \"***\"", "database = \"\"", 1)
	if _, err := Load(write(t, printed), nil); err != nil {
		t.Error("what is printed cannot be read:", err)
	}
}
