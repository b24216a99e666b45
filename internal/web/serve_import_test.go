package web

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/loading"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// lists puts a brought list into a network of each zone, by its officer.
func (s *site) lists() {
	s.Helper()
	for i, n := range []struct{ zone, network, by buurtbel.ID }{{s.zone, s.kerkveld, s.people[buurtbel.RoleOfficer]}, {s.other, s.foreignNetwork, s.foreignOfficer}} {
		if len(s.brought) > i {
			continue
		}
		table, err := tables.Read(strings.NewReader("Voornaam;Familienaam;GSM\nAn;Maes;0455/00.70.01\n"), tables.Options{})
		if err != nil {
			s.Fatal(err)
		}
		id, err := loading.KeepList(s.Context(), s.db, s.actor(n.by), n.zone, n.network, table)
		if err != nil {
			s.Fatal(err)
		}
		s.brought = append(s.brought, id)
	}
}

// brings posts a file as a browser does.
func (b *browser) brings(path, name string, data []byte) got {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return b.do(http.MethodPost, path, url.Values{}, func(r *http.Request) {
		r.Body, r.ContentLength = http.NoBody, 0
		fresh, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.server.URL+path, &body)
		if err != nil {
			b.Fatal(err)
		}
		r.Body, r.ContentLength, r.GetBody = fresh.Body, fresh.ContentLength, nil
		r.Header.Set("Content-Type", form.FormDataContentType())
	})
}

// works does the tasks of lists that are due, as the program's loop does.
func (s *site) works() {
	s.Helper()
	var due []store.Task
	s.read(0, func(tx *store.Tx) (err error) {
		due, err = tx.DueTasks(50, nil)
		return err
	})
	for _, t := range due {
		if t.Kind != loading.TaskList {
			continue
		}
		s.write(t.Zone, func(tx *store.Tx) error {
			_, err := tx.TakeTask(t)
			return err
		})
		if err := loading.Listed(s.db)(s.Context(), buurtbel.System(), t); err != nil {
			s.Fatal(err)
		}
		s.write(t.Zone, func(tx *store.Tx) error { return tx.FinishTask(t, time.Time{}) })
	}
}

const messy = "Voornaam;Familienaam;Straat;Huisnr;GSM;Mail\n" +
	"An;Maes;Kerkstraat;1;0455/00.70.01;an@example.org\n" +
	"Bo;Claes;Kerkstraat;3-mei;455007002;\n" +
	"Cis;Aerts;Kerkstraat;9;0455/00;cis@example.org\n" +
	"<script>alert(1)</script>;Kwaad;Kerkstraat;11;0455/00.70.04;\n" +
	"Dirk;Peeters;Kerkstraat;13;" + "+32455000003" + ";\n"

func TestAListIsBroughtMendedTakenOverAndTakenBack(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	path := "/members/" + s.kerkveld.String() + "/import"
	brought := c.brings(path, "../../../etc/passwd", []byte(messy))
	draft := brought.header.Get("Location")
	if brought.code != http.StatusSeeOther || !strings.HasPrefix(draft, path+"/") {
		t.Fatalf("%d %s", brought.code, plainOf(brought.body))
	}
	page := c.get(draft)
	words := plainOf(page.body)
	for _, want := range []string{"Rij 3, kolom D", "datum gemaakt", "Rij 4, kolom E", "al lid van dit netwerk"} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q: %s", want, words)
		}
	}
	if strings.Contains(page.body, "<script>alert") {
		t.Error("a cell became part of the page")
	}
	if got := c.get("/members"); !strings.Contains(plainOf(got.body), "6 leden op deze lijst") {
		t.Error("a list that is only read made members")
	}
	mend := url.Values{"do": {"mend"}, "c-3-D": {"3-5"}, "c-4-E": {"0455 00 70 03"}, "a-5": {"leave"}}
	if got := c.post(draft, mend); got.code != http.StatusSeeOther {
		t.Fatalf("mend: %d %s", got.code, plainOf(got.body))
	}
	if got := c.get(draft); !strings.Contains(plainOf(got.body), "3 personen worden lid") {
		t.Errorf("mended: %s", plainOf(got.body))
	}
	if got := s.as(s.people[buurtbel.RoleDeputy]).get(draft); got.code != http.StatusNotFound {
		t.Errorf("another person opens the list: %d", got.code)
	}
	if got := c.post(draft, url.Values{"do": {"take"}}); got.code != http.StatusSeeOther {
		t.Fatalf("take: %d %s", got.code, plainOf(got.body))
	}
	if got := c.post(draft, url.Values{"do": {"take"}}); got.code != http.StatusConflict {
		t.Errorf("taken twice: %d", got.code)
	}
	if got := c.get(draft); !strings.Contains(plainOf(got.body), "0 van 3 personen zijn bewaard") {
		t.Errorf("progress: %s", plainOf(got.body))
	}
	s.works()
	if got := c.get(draft); !strings.Contains(plainOf(got.body), "3 personen zijn nu lid") {
		t.Fatalf("done: %s", plainOf(got.body))
	}
	list := c.post("/members/"+s.kerkveld.String(), url.Values{"q": {"claes"}})
	if !strings.Contains(list.body, "Kerkstraat 3-5") {
		t.Errorf("the mended house number: %s", plainOf(list.body))
	}
	if got := c.post("/members/"+s.kerkveld.String(), url.Values{"q": {"0455 00 70 03"}}); !strings.Contains(got.body, "Cis Aerts") {
		t.Errorf("the mended number: %s", plainOf(got.body))
	}
	if got := c.post(draft, url.Values{"do": {"undo"}}); got.code != http.StatusSeeOther {
		t.Fatalf("undo: %d %s", got.code, plainOf(got.body))
	}
	if got := c.get("/members?state=all"); !strings.Contains(plainOf(got.body), "6 leden op deze lijst") {
		t.Errorf("undone members are on the list: %s", plainOf(got.body))
	}
	s.works()
	if got := c.get(draft); !strings.Contains(plainOf(got.body), "De lijst is teruggenomen") {
		t.Errorf("undone: %s", plainOf(got.body))
	}
}

// bomb is a workbook of some kilobytes that unpacks to n megabytes.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/workbook.xml")
	for range n {
		if err == nil {
			_, err = w.Write(bytes.Repeat([]byte("<a/>"), 1<<18))
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestListsThatWouldHurtAreRefused(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	path := "/members/" + s.kerkveld.String() + "/import"
	billion := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 50) + `">]><lolz>` + strings.Repeat("&b;", 50) + `</lolz>`
	var entities bytes.Buffer
	z := zip.NewWriter(&entities)
	for _, name := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "../../../../tmp/evil", "/etc/cron.d/evil"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(billion))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, data := range map[string][]byte{"zip bomb": bomb(t, 40), "entities and paths": entities.Bytes(), "xml": []byte(billion), "nothing": {}, "a picture": []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00")} {
		if got := c.brings(path, "leden.xlsx", data); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.code, plainOf(got.body))
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("refusing took %d MB", used>>20)
	}
	if got := c.brings(path, "leden.csv", bytes.Repeat([]byte("a;b;c\n"), 20_000)); got.code != http.StatusUnprocessableEntity && got.code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: %d", got.code)
	}
	if got := c.post(path, url.Values{"file": {"a;b"}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a form without a file: %d", got.code)
	}
	if got := c.get(path); regexp.MustCompile(`/import/\w+"`).MatchString(got.body) {
		t.Error("something of it was kept")
	}
}
