package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// looksFor counts the journalled looks of a zone with a purpose.
func (s *site) looksFor(purpose string) (n int) {
	s.Helper()
	s.read(s.zone, func(tx *store.Tx) error {
		looks, err := tx.Looks(time.Time{}, 500)
		for _, l := range looks {
			if l.Purpose == purpose {
				n++
			}
		}
		return err
	})
	return n
}

func TestACoordinatorWorksWithTheList(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	path := "/members/" + s.kerkveld.String()
	page := c.get("/members")
	if page.code != http.StatusOK || !strings.Contains(plainOf(page.body), "6 leden op deze lijst") || !strings.Contains(page.body, "Lid Nummer3") || strings.Contains(page.body, "Nummer9") {
		t.Fatalf("%d %s", page.code, plainOf(page.body))
	}
	if s.looksFor("member list") != 1 {
		t.Error("the look is not journalled")
	}
	if got := c.post(path, url.Values{"q": {"nummer3"}}); !strings.Contains(got.body, "Nummer3") || strings.Contains(got.body, "Nummer4") {
		t.Errorf("search by name: %s", plainOf(got.body))
	}
	if got := c.post(path, url.Values{"q": {numberOf(4)}}); !strings.Contains(got.body, "Nummer4") || strings.Contains(got.body, "Nummer3") {
		t.Errorf("search by number: %s", plainOf(got.body))
	}
	if got := c.post(path, url.Values{"q": {mailboxOf(12)}}); strings.Contains(got.body, "Nummer12") || !strings.Contains(got.body, "Geen lid past") {
		t.Errorf("search by a mailbox of another network: %s", plainOf(got.body))
	}
	if got := c.post(path, url.Values{"lacks": {"number"}, "state": {"all"}}); got.code != http.StatusSeeOther || got.header.Get("Location") != path+"?lacks=number&state=all" {
		t.Errorf("a filter: %d %s", got.code, got.header.Get("Location"))
	}
	if got := c.get(path + "?lacks=number"); !strings.Contains(got.body, "Geen lid past") {
		t.Errorf("filtered: %s", plainOf(got.body))
	}
	if got := c.get(path + "?state=gone"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a filter that does not exist: %d", got.code)
	}

	member := s.members[3]
	one := c.get(path + "/" + member.String())
	if !strings.Contains(one.body, mailboxOf(3)) || !strings.Contains(plainOf(one.body), "In een gezin nee") || !strings.Contains(one.body, `href="tel:&#43;32455000003"`) {
		t.Fatalf("the member's page: %d %s", one.code, plainOf(one.body))
	}
	contact := regexp.MustCompile(`name="contact" value="(\w+)"`).FindStringSubmatch(one.body)
	if got := c.post(path+"/"+member.String(), url.Values{"do": {"stop"}, "contact": {contact[1]}, "how": {"telephone"}}); got.code != http.StatusSeeOther {
		t.Fatalf("stop: %d %s", got.code, plainOf(got.body))
	}
	if got := c.get(path + "/" + member.String()); !strings.Contains(got.body, "stopgezet door het lid") {
		t.Errorf("not stopped: %s", plainOf(got.body))
	}

	leave := url.Values{"kind": {"left"}, "how": {"paper"}, "member": {member.String(), s.members[0].String()}}
	preview := c.post(path+"/batch", leave)
	if words := plainOf(preview.body); !strings.Contains(words, "1 lid verlaat het netwerk") || !strings.Contains(words, "1 lid heeft een rol en blijft") {
		t.Fatalf("preview: %s", words)
	}
	if got := c.get("/members"); !strings.Contains(plainOf(got.body), "6 leden op deze lijst") {
		t.Error("a preview changed something")
	}
	leave.Set("do", "do")
	if got := c.post(path+"/batch", leave); got.code != http.StatusSeeOther {
		t.Fatalf("do: %d %s", got.code, plainOf(got.body))
	}
	after := c.get("/members")
	change := regexp.MustCompile(`name="change" value="(\w+)"`).FindStringSubmatch(after.body)
	if !strings.Contains(plainOf(after.body), "5 leden op deze lijst") || change == nil {
		t.Fatalf("after: %s", plainOf(after.body))
	}
	if got := c.post(path+"/undo", url.Values{"change": {change[1]}}); got.code != http.StatusSeeOther {
		t.Fatalf("undo: %d %s", got.code, plainOf(got.body))
	}
	if got := c.get("/members"); !strings.Contains(plainOf(got.body), "6 leden op deze lijst") {
		t.Error("not undone")
	}
	if got := c.post(path+"/undo", url.Values{"change": {change[1]}}); got.code != http.StatusNotFound {
		t.Errorf("undone twice: %d", got.code)
	}
	if got := c.post(path+"/batch", url.Values{"kind": {"ask"}, "all": {"yes"}, "do": {"do"}}); got.code != http.StatusSeeOther {
		t.Fatalf("ask: %d %s", got.code, plainOf(got.body))
	}
	s.until("the question by mail", func() bool { _, ok := s.mail.last(mailboxOf(5), "kloppen uw nummers"); return ok })
}

func TestAnOfficerOpensTheListWithAReason(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	path := "/members/" + s.wide.String()
	if got := o.get(path); strings.Contains(got.body, "Nummer") || !strings.Contains(got.body, `name="reason"`) {
		t.Fatalf("opened without a reason: %s", plainOf(got.body))
	}
	if got := o.post(path, url.Values{"reason": {" - "}}); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "Nummer8") {
		t.Errorf("opened with an empty reason: %d", got.code)
	}
	why := url.Values{"reason": {"Nazicht van de lijst " + hostile}}
	if got := o.post(path, why); !strings.Contains(got.body, "Nummer8") || strings.Contains(got.body, "<script>alert") {
		t.Errorf("%s", plainOf(got.body))
	}
	if s.looksFor("Nazicht van de lijst "+hostile) != 1 {
		t.Error("the look is not journalled with its reason")
	}
	one := path + "/" + s.members[8].String()
	if got := o.get(one); strings.Contains(got.body, "Nummer8") {
		t.Error("a member was opened without a reason")
	}
	if got := o.post(one, why); !strings.Contains(got.body, mailboxOf(8)) {
		t.Errorf("%s", plainOf(got.body))
	}
	for _, what := range []string{"/print", "/export"} {
		if got := o.post(path+what, nil); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, mailboxOf(8)) {
			t.Errorf("%s without a reason: %d", what, got.code)
		}
	}
	if got := o.post(path+"/print", why); !strings.Contains(got.body, mailboxOf(8)) {
		t.Errorf("print: %s", plainOf(got.body))
	}
}

// TestNothingOfAnExportRunsAsAFormula exports names and streets that a spreadsheet would run, and reads the files back.
func TestNothingOfAnExportRunsAsAFormula(t *testing.T) {
	s := found(t)
	evil := []string{"=HYPERLINK(\"http://evil.example.org\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"}
	var list []store.NewMember
	for _, e := range evil {
		list = append(list, store.NewMember{Member: buurtbel.Member{ID: s.db.NewID(), Network: s.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: e, Family: e}, Home: store.Home{Street: e, Number: e, Box: e, Municipality: e}})
	}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMembers(list) })
	c := s.as(s.people[buurtbel.RoleCoordinator])
	path := "/members/" + s.kerkveld.String() + "/export"
	csv := c.post(path, url.Values{"format": {"csv"}})
	if csv.code != http.StatusOK || !strings.HasPrefix(csv.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", csv.code, csv.header)
	}
	for i, line := range strings.Split(strings.TrimPrefix(csv.body, "\ufeff"), "\r\n") {
		for _, cell := range strings.Split(line, ";") {
			if strings.ContainsAny(strings.TrimPrefix(cell, `"`)+"x", "=+-@\t\r＝") && strings.ContainsRune("=+-@\t\r＝", []rune(strings.TrimPrefix(cell, `"`) + "x")[0]) {
				t.Errorf("line %d of the CSV holds a formula: %q", i+1, cell)
			}
		}
	}
	xlsx := c.post(path, url.Values{"format": {"xlsx"}})
	table, err := tables.Read(strings.NewReader(xlsx.body), tables.Options{})
	if err != nil || len(table.Rows) != 1+6+len(evil) {
		t.Fatalf("%v", err)
	}
	if strings.Contains(xlsx.body, "<f>") {
		t.Error("the workbook holds a formula")
	}
	if s.looksFor("member list exported") != 2 {
		t.Error("exports without their looks")
	}
}

// fillDesk puts the ids of members into a path or a form of the coordinator's desk.
func (s *site) fillDesk(text string) string {
	s.lists()
	s.gatherings()
	s.newsItems()
	s.spreads()
	s.conversations()
	return strings.NewReplacer("{bulletin}", s.spread[0].String(), "{bulletin-wide}", s.spread[1].String(), "{bulletin-abroad}", s.spread[2].String(), "{bulletin-draft}", s.spread[3].String(),
		"{item}", s.items[0].String(), "{item-abroad}", s.items[1].String(),
		"{reply}", s.replied[0].String(), "{reply-wide}", s.replied[1].String(), "{reply-abroad}", s.replied[2].String(), "{meeting}", s.met[0].String(), "{meeting-wide}", s.met[1].String(), "{meeting-abroad}", s.met[2].String(),
		"{list}", s.brought[0].String(), "{list-abroad}", s.brought[1].String(), "{member}", s.members[3].String(), "{member-wide}", s.members[8].String(), "{member-abroad}", s.members[17].String()).Replace(text)
}
