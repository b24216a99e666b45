package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

const bestHeader = "EPSG:31370_x,EPSG:31370_y,EPSG:4326_lat,EPSG:4326_lon,address_id,box_number,house_number,municipality_id,municipality_name_de,municipality_name_fr,municipality_name_nl,postcode,postname_fr,postname_nl,street_id,streetname_de,streetname_fr,streetname_nl,region_code,status\n"

// village is an installation with one network of four members: two in the south, one in the north, one whose home nobody knows.
func village(t *testing.T) installation {
	i := install(t)
	i.does("zone", "add", "Politiezone Vlierbeek")
	i.does("import", "areas", i.file("areas.geojson", areas))
	i.does("zone", "charter", "BIN Kerkveld")
	best := bestHeader
	for n, lat := range []string{"50.8751", "50.8752", "50.8851"} {
		best += fmt.Sprintf("173000.0,174500.0,%s,4.71,%d,,%d,1,,,Vlierbeek,9999,,Vlierbeek,7,,,Kerkstraat,BE-VLG,current\n", lat, 100+n, n+1)
	}
	i.does("import", "addresses", i.file("best.csv", best))
	i.does("import", "members", "--yes", "--accept", "--network", "BIN Kerkveld", i.file("list.csv", "Naam;GSM;Adres;Postcode;Gemeente\n"+
		"Jan Peeters;0455/00.00.01;Kerkstraat 1;9999;Vlierbeek\nAn Maes;0455/00.00.02;Kerkstraat 2;9999;Vlierbeek\n"+
		"Bo Claes;0455/00.00.03;Kerkstraat 3;9999;Vlierbeek\nLies Wouters;0455/00.00.04;;;\n"))
	for _, o := range []string{"dispatcher An", "dispatcher Bo", "chief Chris", "administrator Dirk"} {
		role, name, _ := strings.Cut(o, " ")
		i.does("zone", "official", name, "--role", role, "--mail", strings.ToLower(name)+"@example.org")
	}
	return i
}

// launch gives the arguments of a launch by An that follows the plan.
func launch(more ...string) []string {
	return append([]string{"alert", "launch", "--as", "an@example.org", "--fact", "burglary-in-progress", "--priority", "1", "--text", "nl=Inbraak bezig in de Kerkstraat. Blijf binnen."}, more...)
}

// says decodes what a command prints.
func (i installation) says(args ...string) map[string]any {
	i.Helper()
	out := map[string]any{}
	if err := json.Unmarshal([]byte(i.does(args...)), &out); err != nil {
		i.Fatal(err)
	}
	return out
}

func TestLaunchToADrawnArea(t *testing.T) {
	i := village(t)
	south := i.file("south.geojson", strings.Replace(areas, "50.89]", "50.88]", 2))
	const nobodyKnows = "1 member of the chosen networks has no known place. A drawn area does not reach that member."
	for _, c := range []struct {
		where  []string
		people float64
		notes  int
	}{
		{[]string{"--area", south}, 2, 1},
		{[]string{"--area", "circle 50.8851,4.71,200"}, 1, 1},
		{[]string{"--area", "circle:50.8851, 4.71, 200", "--network", "BIN Kerkveld"}, 1, 1},
		{[]string{"--network", "BIN Kerkveld"}, 4, 0},
	} {
		checked := i.says(launch(append(c.where, "--check")...)...)
		launched := i.says(launch(c.where...)...)
		if checked["people"] != c.people || launched["people"] != c.people || launched["waiting"] != false || checked["second_person"] != false {
			t.Errorf("%v: %v, then %v", c.where, checked, launched)
		}
		if notes := checked["notes"].([]any); len(notes) != c.notes || c.notes > 0 && notes[0] != nobodyKnows {
			t.Errorf("%v: %q", c.where, notes)
		}
	}
	i.refuses("is not a circle", launch("--area", "circle 50.88,4.71")...)
	i.refuses("is not a circle", launch("--area", "circle 50.88,4.71,-5")...)
	i.refuses("cannot be opened", launch("--area", "nowhere.geojson")...)
	i.refuses("cannot be read", launch("--area", i.file("words.geojson", "een tekening"))...)
	i.refuses("is not a circle", launch("--area", "circle 50.88,4.71,Inf")...)
	for _, beyond := range []string{"circle 500,4.71,300", "circle NaN,4.71,300", "circle 50.88,181,300"} {
		i.refuses("impossible place", launch("--area", beyond, "--network", "BIN Kerkveld", "--check")...)
	}
	i.refuses("- ", launch("--area", i.file("empty.geojson", `{"type":"FeatureCollection","features":[]}`), "--network", "BIN Kerkveld")...)
	i.refuses("reaches nobody", launch("--area", "circle 48.1,11.5,300")...)
	i.refuses("- Choose", launch()...)
	crossing := i.file("crossing.geojson", `{"type":"Polygon","coordinates":[[[4.70,50.87],[4.72,50.89],[4.72,50.87],[4.70,50.89],[4.70,50.87]]]}`)
	i.refuses("cross", launch("--area", crossing, "--network", "BIN Kerkveld")...)
	if got := i.says(launch("--network", "BIN Kerkveld", "--check", "--priority", "9")...); len(got["refused"].([]any)) == 0 || got["people"] != nil {
		t.Errorf("whom a refused draft reaches: %v", got)
	}
}

var answerCode = regexp.MustCompile(`--answer yes --seen ([0-9a-f]{12})`)

func TestSecondPersonAtTheCommandLine(t *testing.T) {
	i := village(t)
	wide := func() string {
		got := i.says(launch("--area", "circle 50.88,4.71,5000")...)
		if got["waiting"] != true || got["people"] != 3.0 {
			t.Fatalf("78 square kilometres: %v", got)
		}
		return got["alert"].(string)
	}
	alert := wide()
	confirm := func(as string, more ...string) []string {
		return append([]string{"alert", "confirm", alert, "--as", as + "@example.org"}, more...)
	}
	question := i.does(confirm("bo")...)
	for _, want := range []string{"An asks you.", "Inbraak bezig in de Kerkstraat.", "BIN Kerkveld", "3 members", "78.3 km²"} {
		if !strings.Contains(question, want) {
			t.Errorf("the question lacks %q: %s", want, question)
		}
	}
	found := answerCode.FindStringSubmatch(question)
	if found == nil {
		t.Fatal(question)
	}
	code := found[1]
	i.refuses("does not let you", confirm("dirk")...)
	i.refuses("First read what is asked", confirm("bo", "--answer", "yes")...)
	i.refuses("has changed", confirm("bo", "--answer", "yes", "--seen", "000000000000")...)
	i.refuses("You sent this yourself", confirm("an", "--answer", "yes", "--seen", code)...)
	if show := i.does("alert", "show", alert, "--as", "an@example.org"); !strings.Contains(show, "is waiting for a second person") {
		t.Fatal(show)
	}
	if got := i.does(confirm("chris", "--answer", "yes", "--seen", code)...); !strings.Contains(got, "leaving now") {
		t.Error(got)
	}
	if show := i.does("alert", "show", alert, "--as", "an@example.org"); !strings.Contains(show, "is going out") {
		t.Error(show)
	}
	i.refuses("answered already", confirm("bo", "--answer", "no", "--seen", code)...)
	i.refuses("answered already", confirm("bo")...)

	alert = wide()
	code = answerCode.FindStringSubmatch(i.does(confirm("bo")...))[1]
	i.does(confirm("bo", "--answer", "no", "--seen", strings.ToUpper(code))...)
	if show := i.does("alert", "show", alert, "--as", "an@example.org"); !strings.Contains(show, "did not go out") {
		t.Error(show)
	}
	alert = i.says(launch("--network", "BIN Kerkveld")...)["alert"].(string)
	i.refuses("Nothing is waiting", confirm("bo")...)
}

// TestIdsAreStringsInJSON fails for a number that a browser reads as another one.
func TestIdsAreStringsInJSON(t *testing.T) {
	i := village(t)
	alert := i.says(launch("--area", filepath.Join(i.folder, "areas.geojson"))...)["alert"].(string)
	d := json.NewDecoder(strings.NewReader(i.does("alert", "show", alert, "--json", "--as", "an@example.org")))
	d.UseNumber()
	var view map[string]any
	if err := d.Decode(&view); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				walk(path+"."+name, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path+"[]", inner)
			}
		case json.Number:
			if n, err := v.Int64(); err == nil && n > 1<<53-1 {
				t.Errorf("%s is %s", path, v)
			}
		}
	}
	walk("", view)
	shown := view["Alert"].(map[string]any)
	message := view["Messages"].([]any)[0].(map[string]any)
	for what, id := range map[string]any{"alert": shown["ID"], "who launched": shown["By"], "network": shown["Networks"].([]any)[0], "zone": shown["Zone"], "message": message["ID"], "its alert": message["Alert"]} {
		if text, ok := id.(string); !ok {
			t.Errorf("%s: %v", what, id)
		} else if _, err := buurtbel.ParseID(text); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if shown["ID"] != alert || message["Tally"] == nil || message["Kind"] != "launch" || view["Debt"].(map[string]any)["Alert"] != alert {
		t.Errorf("%v", view)
	}
}
