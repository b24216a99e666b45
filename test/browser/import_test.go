package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

const listed = 400 // people of the messy list

// messyList makes a workbook as people keep one: a title over merged cells, mobile numbers as numbers, a house number that became a date, an
// address merged over two neighbours, notes in and beside cells, a hidden row. It gives where it lies, and the twelve cells to be mended with
// what belongs there.
func messyList(t *testing.T) (path string, mends map[string]string) {
	t.Helper()
	f := excelize.NewFile()
	sheet := f.GetSheetName(0)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set := func(cell string, value any) { t.Helper(); must(f.SetCellValue(sheet, cell, value)) }
	set("A1", "Ledenlijst BIN Kerkveld – bijgewerkt door Marc")
	must(f.MergeCell(sheet, "A1", "H1"))
	for i, h := range []string{"Volgnr", "Voornaam", "Familienaam", "Straat", "Huisnr", "GSM", "Vast", "E-mail"} {
		set(string(rune('A'+i))+"3", h)
	}
	for i := range listed {
		r := i + 4
		set(fmt.Sprint("A", r), i+1)
		set(fmt.Sprint("B", r), []string{"An", "Jan", "Els", "Tom", "Mia"}[i%5])
		set(fmt.Sprint("C", r), "Lijst"+strings.ToLower(string([]rune{rune('a' + i/26%26), rune('a' + i%26), rune('a' + i/100)})))
		set(fmt.Sprint("D", r), "Kerkstraat")
		set(fmt.Sprint("E", r), i+1)
		switch i % 3 {
		case 0:
			set(fmt.Sprint("F", r), 455001000+i) // a number: the zero in front is gone
		case 1:
			set(fmt.Sprint("F", r), fmt.Sprintf("0455/00.%02d.%02d", 10+i/100, i%100))
		default:
			set(fmt.Sprint("F", r), fmt.Sprintf("+32 455 00 %02d %02d (na 18 uur)", 10+i/100, i%100))
		}
		if i%4 == 0 {
			set(fmt.Sprint("H", r), fmt.Sprintf("lijst%d@example.org", i))
		}
	}
	mends = map[string]string{}
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(err)
	for k, r := range []int{10, 40, 70, 100} { // "3-5" became the third of May
		set(fmt.Sprint("E", r), time.Date(2026, 5, 3+k, 0, 0, 0, 0, time.UTC))
		must(f.SetCellStyle(sheet, fmt.Sprint("E", r), fmt.Sprint("E", r), date))
		mends[fmt.Sprint("E", r)] = fmt.Sprintf("%d-%d", 3+k, 5+k)
	}
	for k, r := range []int{130, 160, 190, 220} {
		set(fmt.Sprint("F", r), "0455/00")
		mends[fmt.Sprint("F", r)] = fmt.Sprintf("0455 00 90 0%d", k)
	}
	for k, r := range []int{250, 280, 310} {
		set(fmt.Sprint("H", r), "geen idee @ thuis")
		mends[fmt.Sprint("H", r)] = fmt.Sprintf("hersteld%d@example.org", k)
	}
	must(f.SetCellValue(sheet, "E341", nil))
	must(f.MergeCell(sheet, "E340", "E341")) // neighbours under one merged cell
	mends["E341"] = "338"
	must(f.AddComment(sheet, excelize.Comment{Cell: "B20", Author: "Marc", Paragraph: []excelize.RichTextRun{{Text: "belt liever 's avonds"}}}))
	must(f.SetRowVisible(sheet, 399, false))
	path = filepath.Join(t.TempDir(), "leden.xlsx")
	must(f.SaveAs(path))
	must(f.Close())
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatal(err)
	}
	return path, mends
}

// mended reads, of the members of a list, what stands now where a cell was mended.
func (h *house) mended(mends map[string]string, list func(family string) (*governing.MemberSheet, error)) map[string]string {
	h.Helper()
	got := map[string]string{}
	for cell := range mends {
		row := 0
		if _, err := fmt.Sscan(cell[1:], &row); err != nil {
			h.Fatal(err)
		}
		i := row - 4
		family := "Lijst" + strings.ToLower(string([]rune{rune('a' + i/26%26), rune('a' + i%26), rune('a' + i/100)}))
		l, err := list(family)
		if err != nil || len(l.Cards) != 1 {
			h.Fatalf("row %d: %v, %+v", row, err, l)
		}
		card := l.Cards[0]
		switch cell[0] {
		case 'E':
			got[cell] = card.Home.Number
		default:
			for _, p := range card.Contacts {
				if p.Kind == buurtbel.Mobile && cell[0] == 'F' {
					got[cell] = "0" + p.Address[3:6] + " " + p.Address[6:8] + " " + p.Address[8:10] + " " + p.Address[10:]
				} else if p.Kind == buurtbel.Mailbox && cell[0] == 'H' {
					got[cell] = p.Address
				}
			}
		}
	}
	return got
}

// TestAMessyListIsTakenOver: the coordinator brings a list of 400, mends twelve rows on the page, takes it over, and takes it back.
func TestAMessyListIsTakenOver(t *testing.T) {
	t.Parallel()
	path, mends := messyList(t)
	if len(mends) != 12 {
		t.Fatal(len(mends))
	}
	h := found(t, 60)
	id := h.coordinator(kerkveld)
	var actor buurtbel.Actor
	network := h.town.Networks[kerkveld]
	count := func(f governing.Filter) *governing.Members {
		t.Helper()
		l, err := governing.ListMembers(t.Context(), h.app.DB, actor, buurtbel.RoleCoordinator, h.town.Zone.ID, network, governing.ForList, f, 1)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	actor = h.actor(id)
	before := count(governing.Filter{State: "all"})

	c := h.sits(1280, 900, "nl")
	c.signsIn(id, "")
	c.opens("/members/" + network.String() + "/import")
	c.looks("import-start")
	c.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}), chromedp.Click(chromedp.CSS("main .go")))
	c.reads("Kijk deze rijen na")
	for _, want := range []string{"Rij 10, kolom E", "datum gemaakt", "Rij 130, kolom F", "Rij 341, kolom E", "samengevoegd"} {
		if !strings.Contains(c.says(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	c.looks("import-draft")
	for cell, text := range mends {
		name := fmt.Sprintf("c-%s-%s", cell[1:], cell[:1])
		c.do(chromedp.SetValue(chromedp.CSS(`input[name="`+name+`"]`), text))
	}
	c.do(chromedp.Click(chromedp.CSS(`input[name="a-399"][value="leave"]`)), chromedp.Click(chromedp.CSS(`button[value="mend"]`)))
	c.reads("De lijst is opnieuw gelezen")
	c.looks("import-mended")
	c.reads("399 personen worden lid")
	c.do(chromedp.Click(chromedp.CSS(`button[value="take"]`)))
	c.reads("399 personen zijn nu lid")
	c.looks("import-done")
	if after := count(governing.Filter{State: "all"}); after.Count != before.Count+399 {
		t.Errorf("%d members, before %d", after.Count, before.Count)
	}
	got := h.mended(mends, func(part string) (*governing.MemberSheet, error) {
		return governing.TakeList(t.Context(), h.app.DB, actor, buurtbel.RoleCoordinator, h.town.Zone.ID, network, governing.ForExport, governing.ForExport, governing.Filter{Part: part})
	})
	if diff := cmp.Diff(mends, got); diff != "" {
		t.Errorf("what was mended: %s", diff)
	}
	c.do(chromedp.Click(chromedp.CSS(`button[value="undo"]`)))
	c.reads("De lijst is teruggenomen")
	if after := count(governing.Filter{State: "all"}); after.Count != before.Count {
		t.Errorf("%d members after the undo, before %d", after.Count, before.Count)
	}
}

// actor is a person with the mandates of now.
func (h *house) actor(id buurtbel.ID) (a buurtbel.Actor) {
	h.Helper()
	err := h.app.DB.Read(h.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		a, err = tx.Actor(id)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return a
}
