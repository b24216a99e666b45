package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/memberfile"
)

// installation is a configured program with a key ring and an empty database.
type installation struct {
	*testing.T
	folder string
}

func install(t *testing.T) installation {
	folder := t.TempDir()
	i := installation{t, folder}
	data := filepath.Join(folder, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	i.file("buurtbel.toml", fmt.Sprintf("[store]\nfolder = %q\n[vault]\nkeyring = %q\n", data, filepath.Join(folder, "keyring")))
	i.does("keys", "create")
	i.does("config", "check")
	i.does("migrate")
	return i
}

func (i installation) file(name, content string) string {
	i.Helper()
	path := filepath.Join(i.folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		i.Fatal(err)
	}
	return path
}

func (i installation) run(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(append([]string{"-c", filepath.Join(i.folder, "buurtbel.toml")}, args...), &o, &e)
	return code, o.String(), e.String()
}

func (i installation) does(args ...string) string {
	i.Helper()
	code, out, errs := i.run(args...)
	if code != 0 {
		i.Fatalf("%v: %s", args, errs)
	}
	return out
}

// refuses wants a sentence that holds the words, and nothing of Go.
func (i installation) refuses(words string, args ...string) {
	i.Helper()
	code, _, errs := i.run(args...)
	if code == 0 || !strings.Contains(errs, words) || strings.Contains(errs, "error.") || strings.Contains(errs, "goroutine") {
		i.Errorf("%v: %d %q, want %q", args, code, errs, words)
	}
}

func TestWhatASysadminGetsWrong(t *testing.T) {
	i := install(t)
	i.refuses("zone add", "import", "areas", i.file("areas.geojson", areas))
	i.refuses("leer", "--language", "de", "zone", "add", " ")
	i.does("zone", "add", "Politiezone Vlierbeek")
	i.refuses("Il existe déjà", "--language", "fr", "zone", "add", "Politiezone Vlierbeek")
	i.refuses("import areas", "zone", "charter", "BIN Kerkveld")
	i.does("import", "areas", filepath.Join(i.folder, "areas.geojson"))
	i.refuses("BIN Kerkveld", "zone", "charter", "BIN Molen")
	i.does("zone", "charter", "BIN Kerkveld")
	i.refuses("officer, dispatcher", "zone", "official", "An Peeters", "--role", "icer", "--mail", "an@example.org")
	i.does("zone", "official", "An Peeters", "--role", "officer", "--mail", "an@example.org")
	i.refuses("already", "zone", "official", "Bo Maes", "--role", "chief", "--mail", "an@example.org")
	i.refuses("geen mailadres", "--language", "nl", "zone", "official", "Bo", "--role", "chief", "--mail", "kwijt")
	i.refuses("cannot be opened", "import", "members", "--network", "BIN Kerkveld", "nowhere.csv")
	i.refuses("cannot be opened", "journal", "verify", "--against", "nowhere")
	list := i.file("list.csv", "Naam;GSM\nJan Peeters;0455/00.00.01\n")
	i.refuses("A column cannot mean bike", "import", "members", "--network", "BIN Kerkveld", "--column", "B=bike", list)
	i.refuses("klopt niet", "--language", "nl", "import", "members", list)
	i.refuses("not a number of ours", "import", "undo", "x")
	i.refuses("not a number of ours", "alert", "show", "x", "--as", "an@example.org")
	i.refuses("xx", "alert", "launch", "--as", "an@example.org", "--network", "BIN Kerkveld", "--fact", "burglary-in-progress", "--text", "xx=Inbraak")
	i.refuses("- Choose the priority", "alert", "launch", "--as", "an@example.org", "--network", "BIN Kerkveld", "--fact", "burglary-in-progress",
		"--priority", "9", "--text", "nl=Inbraak bezig in de Kerkstraat. Blijf binnen.")
	if err := os.Rename(filepath.Join(i.folder, "keyring"), filepath.Join(i.folder, "other")); err != nil {
		t.Fatal(err)
	}
	i.does("keys", "create")
	i.refuses("does not belong to this database", "journal", "verify")
}

const areas = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"BIN Kerkveld"},
	"geometry":{"type":"Polygon","coordinates":[[[4.70,50.87],[4.72,50.87],[4.72,50.89],[4.70,50.89],[4.70,50.87]]]}}]}`

func TestWhatHoldsForManyLinesIsSaidOnce(t *testing.T) {
	var problems []memberfile.Problem
	for _, line := range []int{2, 3, 4, 7, 7, 9, 10} {
		problems = append(problems, memberfile.Problem{Line: line, Column: "C", Severity: memberfile.Mend, Key: "import.no-place"})
	}
	problems = append(problems, memberfile.Problem{Line: 5, Severity: memberfile.Mend, Key: "import.no-place"})
	var got []string
	for _, r := range together(buurtbel.English, problems) {
		got = append(got, strings.Join(r.at, " "))
	}
	if diff := cmp.Diff([]string{"2–4C 7C 9–10C", "5"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestInspectGateway(t *testing.T) {
	i := install(t)
	i.file("buurtbel.toml", "[[sms]]\ntype = \"http\"\nname = \"b\"\nsender = \"8850\"\n[sms.http]\nurl = \"https://sms.example.org/\"\nbody = \"{{json .Text}}\"\n"+
		"receipts.id = \"/id\"\nreceipts.state = \"/s\"\nreceipts.states = [\"ok delivered\"]\n")
	out := i.does("inspect", "gateway", "b", "--file", i.file("body", `{"id":"m-1","s":"OK"}`))
	if !strings.Contains(out, `"ref": "m-1"`) || !strings.Contains(out, `"state": "delivered"`) {
		t.Error(out)
	}
	if code, _, errs := i.run("inspect", "gateway", "c"); code != 1 || !strings.Contains(errs, "c names a carrier") {
		t.Error(code, errs)
	}
}
