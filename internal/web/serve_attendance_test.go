package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestAMeetingMovesAndIsTakenBack: who was invited hears of each, once, with a file for the calendar that says so; a link of any of the mails shows how
// the meeting is now.
func TestAMeetingMovesAndIsTakenBack(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	day := s.db.Now().AddDate(0, 0, 3)
	typed := url.Values{"network": {s.kerkveld.String()}, "kind": {"members"}, "invites": {"all"}, "title": {"Jaarvergadering"}, "place": {"Parochiezaal"},
		"day": {day.Format(time.DateOnly)}, "from": {"20:00"}, "until": {"22:30"}}
	path := c.post("/calendar/new", typed).header.Get("Location")
	if got := c.post(path, url.Values{"do": {"invite"}}); got.code != http.StatusSeeOther {
		t.Fatalf("invite: %d %s", got.code, plainOf(got.body))
	}
	mail := func(words string) (m channel.Message) {
		s.until("a mail that says "+words, func() (ok bool) {
			m, ok = s.mail.last(mailboxOf(3), words)
			return ok
		})
		return m
	}
	first := mail("nodigt u uit")
	s.until("who is invited to be counted", func() bool { return strings.Contains(c.get(path).body, "personen per e-mail") })
	page := c.get(path)
	if !strings.Contains(page.body, `value="20:00"`) || !strings.Contains(page.body, `value="move"`) {
		t.Fatalf("%s", plainOf(page.body))
	}
	typed.Set("do", "move")
	if got := c.post(path, typed); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Er is niets veranderd") {
		t.Errorf("nothing changed: %d %s", got.code, plainOf(got.body))
	}
	typed.Set("from", "half acht")
	if got := c.post(path, typed); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="half acht"`) {
		t.Errorf("no time: %d %s", got.code, plainOf(got.body))
	}
	typed.Set("from", "19:30")
	if got := c.post(path, typed); got.code != http.StatusSeeOther {
		t.Fatalf("move: %d %s", got.code, plainOf(got.body))
	}
	moved := mail("19.30 uur")
	if d := moved.Content.Diary; d == nil || d.Method != "PUBLISH" || !strings.Contains(d.File, "SEQUENCE:1\r\n") {
		t.Errorf("%+v", d)
	}
	guest := s.browser()
	for _, m := range []channel.Message{first, moved} {
		own := guest.get(strings.TrimPrefix(m.Link, "https://alarm.example.org")).header.Get("Location")
		if got := guest.get(own); !strings.HasPrefix(own, "/meeting/") || !strings.Contains(got.body, "19.30 uur") {
			t.Errorf("%s: %s", own, plainOf(got.body))
		}
		if file := guest.get(own + "/meeting.ics"); !strings.Contains(file.body, "SEQUENCE:1\r\n") {
			t.Errorf("%q", file.body)
		}
	}
	s.ownCalendar(path)
	for _, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if got := c.post(path, url.Values{"do": {"cancel"}}); got.code != want {
			t.Errorf("cancel: %d %s", got.code, plainOf(got.body))
		}
	}
	if over := mail("gaat niet door"); over.Content.Diary.Method != "CANCEL" || strings.Contains(over.Content.Text, channel.LinkMark) {
		t.Errorf("%+v", over.Content)
	}
	if got := c.post(path, typed); got.code != http.StatusConflict {
		t.Errorf("moved after all: %d", got.code)
	}
	if got := c.get(path + "/attendance"); got.code != http.StatusConflict {
		t.Errorf("the attendance of nothing: %d", got.code)
	}
	told := map[string]int{}
	s.mail.mu.Lock()
	for _, m := range s.mail.took {
		if m.To == mailboxOf(3) {
			told[m.Content.Subject]++
		}
	}
	s.mail.mu.Unlock()
	for subject, n := range told {
		if n != 1 {
			t.Errorf("%d times %q", n, subject)
		}
	}
}

// TestRule14_AttendanceShowsNamesOnly: on the page and on the paper to sign; an official says why first; the minutes count.
func TestRule14_AttendanceShowsNamesOnly(t *testing.T) {
	s := found(t)
	held := store.Meeting{ID: s.db.NewID(), Network: s.kerkveld, Kind: "members", Invites: "all", Title: "Vergadering", From: s.db.Now().Add(-2 * time.Hour), Until: s.db.Now().Add(-time.Hour)}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMeeting(held) })
	path := "/calendar/" + held.ID.String()
	c, o := s.as(s.people[buurtbel.RoleCoordinator]), s.as(s.people[buurtbel.RoleOfficer])
	names := func(body string) bool { return strings.Contains(body, `name="person"`) }
	if got := o.get(path + "/attendance"); got.code != http.StatusOK || names(got.body) {
		t.Errorf("names without a reason: %d", got.code)
	}
	if got := o.post(path+"/attendance", url.Values{"do": {"open"}, "reason": {" "}}); got.code != http.StatusUnprocessableEntity || names(got.body) {
		t.Errorf("names without a reason: %d", got.code)
	}
	if got := o.post(path+"/attendance", url.Values{"do": {"open"}, "reason": {"Verslag nakijken met de coördinator"}}); got.code != http.StatusOK || !names(got.body) {
		t.Errorf("the officer: %d %s", got.code, plainOf(got.body))
	}
	page := c.get(path + "/attendance")
	if page.code != http.StatusOK || strings.Count(page.body, `name="person"`) != 6 {
		t.Fatalf("%d %s", page.code, plainOf(page.body))
	}
	for _, secret := range []string{"@example.org", "+32", "0455", "straat"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the page has %q", secret)
		}
	}
	people := []string{s.members[1].String(), s.members[2].String()}
	if got := c.post(path+"/attendance", url.Values{"do": {"keep"}, "person": people, "others": {"veel"}}); got.code != http.StatusUnprocessableEntity {
		t.Errorf("%d", got.code)
	}
	if got := c.post(path+"/attendance", url.Values{"do": {"keep"}, "person": {s.db.NewID().String()}}); got.code != http.StatusNotFound {
		t.Errorf("a stranger was there: %d", got.code)
	}
	if got := c.post(path+"/attendance", url.Values{"do": {"keep"}, "person": people, "others": {"3"}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	if got := c.get(path); !strings.Contains(got.body, `value="5"`) || !strings.Contains(got.body, "waarvan 2 personen bij naam") {
		t.Errorf("%s", plainOf(got.body))
	}
	if got := c.get(path + "/attendance"); strings.Count(got.body, " checked") != 2 || !strings.Contains(got.body, `value="3"`) {
		t.Errorf("%s", plainOf(got.body))
	}
	sheet := c.post(path+"/sheet", url.Values{})
	if sheet.code != http.StatusOK || sheet.header.Get("Content-Type") != "application/pdf" || sheet.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", sheet.code, sheet.header)
	}
	if got := c.get("/looked"); !strings.Contains(got.body, "aanwezigheidslijst afgedrukt") || !strings.Contains(got.body, "Verslag nakijken met de coördinator") {
		t.Errorf("%s", plainOf(got.body))
	}
	if text := textOfPDF(t, sheet.body); !strings.Contains(text, "Aanwezigheidslijst: Vergadering") || !strings.Contains(text, "Niet op de lijst") || strings.Contains(text, "@") || strings.Contains(text, "+32") || strings.Contains(text, "Kerkstraat") {
		t.Errorf("%s", text)
	}
}

// ownCalendar answers on a member's own page, for that member and no other.
func (s *site) ownCalendar(path string) {
	s.Helper()
	id := strings.TrimPrefix(path, "/calendar/")
	own := s.ownAs(s.members[3])
	if got := own.get("/me/calendar"); got.code != http.StatusOK || !strings.Contains(got.body, "Jaarvergadering") || strings.Contains(got.body, "U zei") {
		s.Errorf("%d %s", got.code, plainOf(got.body))
	}
	if got := own.post("/me/calendar/"+id, url.Values{"answer": {"misschien"}}); got.code != http.StatusUnprocessableEntity {
		s.Errorf("%d", got.code)
	}
	if got := own.post("/me/calendar/"+id, url.Values{"answer": {"yes"}}); got.code != http.StatusSeeOther {
		s.Errorf("%d %s", got.code, plainOf(got.body))
	}
	if got := own.get("/me/calendar"); !strings.Contains(got.body, "U zei dat u komt") {
		s.Errorf("%s", plainOf(got.body))
	}
	if got := own.get("/me/calendar/" + id + "/meeting.ics"); got.code != http.StatusOK || !strings.Contains(got.body, "SUMMARY:Jaarvergadering\r\n") {
		s.Errorf("%d %q", got.code, got.body)
	}
	s.gatherings()
	for _, foreign := range s.met { // nobody was invited to these
		for _, r := range []got{own.get("/me/calendar/" + foreign.String() + "/meeting.ics"), own.post("/me/calendar/"+foreign.String(), url.Values{"answer": {"yes"}})} {
			if r.code != http.StatusNotFound {
				s.Errorf("a meeting to which the member was not invited: %d", r.code)
			}
		}
	}
}
