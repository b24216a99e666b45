package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/entering"
)

// codesOf reads the codes of a printed sheet as somebody in the dispatch room does.
func (i installation) codesOf(sheet string) []string {
	i.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("CI") == "true" {
			i.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		i.Skip("pdftotext is missing: apt-get install poppler-utils")
	}
	text, err := exec.Command(program, sheet, "-").Output()
	if err != nil {
		i.Fatal(err)
	}
	if !strings.Contains(string(text), "/sign-in/code") || !strings.Contains(string(text), "Politiezone Vlierbeek") {
		i.Errorf("the sheet does not say where and for whom: %s", text)
	}
	return regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindAllString(string(text), -1)
}

// enters tries a code at the gate of the same database.
func (i installation) enters(code string) string {
	i.Helper()
	c, err := config.Load(filepath.Join(i.folder, "buurtbel.toml"), nil)
	if err != nil {
		i.Fatal(err)
	}
	a, err := app.Open(i.Context(), c, app.Options{})
	if err != nil {
		i.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			i.Error(err)
		}
	}()
	e, err := a.Gate.EnterSealed(i.Context(), code, "Bo Maes", entering.At{From: "198.51.100.7"})
	if err == nil && e.Session != "" {
		return ""
	}
	return buurtbel.KeyOf(err)
}

func TestSealedCodesAtTheCommandLine(t *testing.T) {
	i := install(t)
	i.does("zone", "add", "Politiezone Vlierbeek")
	i.does("zone", "official", "An Peeters", "--role", "chief", "--mail", "an@example.org")
	i.refuses("no set of sealed codes", "codes", "show")
	i.refuses("Er is geen reeks", "--language", "nl", "codes", "revoke")
	first, second := filepath.Join(i.folder, "first.pdf"), filepath.Join(i.folder, "second.pdf")
	i.refuses("cannot be opened", "codes", "print", filepath.Join(i.folder, "nowhere", "codes.pdf"))
	i.refuses("no set of sealed codes", "codes", "show") // what could not be written was not made
	if out := i.does("--language", "nl", "codes", "print", first); !strings.Contains(out, "Reeks 1 met 12 codes") {
		t.Error(out)
	}
	if at, err := os.Stat(first); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("the sheet can be read by others: %v (%v)", at.Mode(), err)
	}
	i.refuses("not overwritten", "codes", "print", first)
	if out := i.does("codes", "show"); !strings.Contains(out, "Set 1") || !strings.Contains(out, "12 of 12") {
		t.Errorf("a sheet that was refused changed the set: %s", out)
	}
	codes := i.codesOf(first)
	if len(codes) != entering.SealedCodes {
		t.Fatalf("%d codes on the sheet", len(codes))
	}
	if key := i.enters(codes[0]); key != "" {
		t.Errorf("a printed code: %s", key)
	}
	if out := i.does("codes", "show", "--json"); !strings.Contains(out, `"left": 11`) {
		t.Error(out)
	}
	i.does("codes", "print", second)
	if key := i.enters(codes[1]); key != "error.sealed.wrong" {
		t.Errorf("a code of the set before: %q", key)
	}
	codes = i.codesOf(second)
	if out := i.does("codes", "revoke"); !strings.Contains(out, "Set 2") {
		t.Error(out)
	}
	if key := i.enters(codes[0]); key != "error.sealed.wrong" {
		t.Errorf("a revoked code: %q", key)
	}
	i.refuses("no set of sealed codes", "codes", "revoke")
	i.does("journal", "verify")
}
