package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// gatherings puts a meeting into kerkveld, wide and abroad.
func (s *site) gatherings() {
	s.Helper()
	if len(s.met) > 0 {
		return
	}
	for _, n := range []struct{ zone, network buurtbel.ID }{{s.zone, s.kerkveld}, {s.zone, s.wide}, {s.other, s.foreignNetwork}} {
		m := store.Meeting{ID: s.db.NewID(), Network: n.network, Kind: "members", Invites: "all", Title: "Vergadering " + hostile, Place: "Zaal " + hostile,
			From: s.db.Now().Add(48 * time.Hour), Until: s.db.Now().Add(50 * time.Hour)}
		s.write(n.zone, func(tx *store.Tx) error { return tx.InsertMeeting(m) })
		s.met = append(s.met, m.ID)
	}
}

func TestAMeetingFromInvitationToConfirmedMandate(t *testing.T) {
	s := found(t)
	c := s.as(s.people[buurtbel.RoleCoordinator])
	day := s.db.Now().AddDate(0, 0, 3)
	made := c.post("/calendar/new", url.Values{"network": {s.kerkveld.String()}, "kind": {"members"}, "invites": {"all"}, "title": {"Jaarvergadering"}, "place": {"Parochiezaal"},
		"day": {day.Format(time.DateOnly)}, "from": {"20:00"}, "until": {"22:30"}})
	path := made.header.Get("Location")
	if made.code != http.StatusSeeOther || !strings.HasPrefix(path, "/calendar/") {
		t.Fatalf("%d %s", made.code, plainOf(made.body))
	}
	if got := c.post(path, url.Values{"do": {"invite"}}); got.code != http.StatusSeeOther {
		t.Fatalf("invite: %d %s", got.code, plainOf(got.body))
	}
	if got := c.post(path, url.Values{"do": {"invite"}}); got.code != http.StatusConflict {
		t.Errorf("invited twice: %d", got.code)
	}
	link := func(i int, words string) (out string) {
		s.until("the mail to a guest", func() bool {
			m, ok := s.mail.last(mailboxOf(i), words)
			out = strings.TrimPrefix(m.Link, "https://alarm.example.org")
			return ok && out != ""
		})
		return out
	}
	if _, ok := s.mail.last(mailboxOf(9), "nodigt u uit"); ok {
		t.Error("another network was invited")
	}
	guest := s.browser()
	moved := guest.get(link(3, "nodigt u uit"))
	own := moved.header.Get("Location")
	if moved.code != http.StatusSeeOther || !strings.HasPrefix(own, "/meeting/") {
		t.Fatalf("%d %s", moved.code, own)
	}
	for range 2 {
		if got := guest.get(own); got.code != http.StatusOK || !strings.Contains(got.body, "Jaarvergadering") || strings.Contains(got.body, "U zei") {
			t.Fatalf("GET: %d %s", got.code, plainOf(got.body))
		}
	}
	for _, answer := range []string{"no", "yes"} { // the last answer counts
		if got := guest.post(own, url.Values{"answer": {answer}}); got.code != http.StatusSeeOther {
			t.Fatalf("answer: %d %s", got.code, plainOf(got.body))
		}
	}
	if got := guest.post(strings.Replace(link(4, "nodigt u uit"), "/h/", "/meeting/", 1), url.Values{"answer": {"no"}}); got.code != http.StatusSeeOther {
		t.Fatalf("another guest: %d", got.code)
	}
	if got := guest.post(spoilt(own), url.Values{"answer": {"no"}}); got.code != http.StatusNotFound {
		t.Errorf("a changed link: %d", got.code)
	}
	if got := c.get(path); !strings.Contains(plainOf(got.body), "Komen: 1, komen niet: 1") {
		t.Errorf("counts: %s", plainOf(got.body))
	}
	file := guest.get(own + "/meeting.ics")
	if file.code != http.StatusOK || !strings.Contains(file.body, "SUMMARY:Jaarvergadering\r\n") || !strings.HasPrefix(file.header.Get("Content-Type"), "text/calendar") {
		t.Errorf("the file: %d %q", file.code, file.body)
	}

	// The reminder goes to everybody but who said no, once.
	id, err := buurtbel.ParseID(strings.TrimPrefix(path, "/calendar/"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(s.zone, func(tx *store.Tx) error { return tx.Later(governing.RemindMeeting, id, tx.Now().Add(-time.Hour)) })
	var due []store.Task
	s.read(0, func(tx *store.Tx) (err error) { due, err = tx.DueTasks(50, nil); return err })
	for _, task := range due {
		if task.Kind == governing.RemindMeeting {
			s.write(s.zone, func(tx *store.Tx) error { _, err := tx.TakeTask(task); return err })
			if err := governing.Reminded(s.db)(t.Context(), buurtbel.System(), task); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := guest.get(link(3, "binnenkort")); got.header.Get("Location") == "" {
		t.Error("the reminder's link leads nowhere")
	}
	if _, ok := s.mail.last(mailboxOf(4), "binnenkort"); ok {
		t.Error("who does not come was reminded")
	}
}

// TestAMeetingsMinutesConfirmAMandate: minutes, votes, and the mandate that the meeting confirmed.
func TestAMeetingsMinutesConfirmAMandate(t *testing.T) {
	s := found(t)
	held := store.Meeting{ID: s.db.NewID(), Network: s.kerkveld, Kind: "members", Invites: "all", Title: "Vorige vergadering", From: s.db.Now().Add(-26 * time.Hour), Until: s.db.Now().Add(-24 * time.Hour)}
	s.write(s.zone, func(tx *store.Tx) error { return tx.InsertMeeting(held) })
	o := s.as(s.people[buurtbel.RoleOfficer])
	past := "/calendar/" + held.ID.String()
	minutes := url.Values{"do": {"minutes"}, "attended": {"31"}, "minutes": {"Punt 1: de adjunct " + hostile}, "question-0": {"De adjunct wordt bevestigd"}, "yes-0": {"29"}, "no-0": {"1"}, "blank-0": {"2"}}
	if got := o.post(past, minutes); got.code != http.StatusUnprocessableEntity {
		t.Errorf("more votes than people: %d", got.code)
	}
	minutes.Set("blank-0", "1")
	if got := o.post(past, minutes); got.code != http.StatusSeeOther {
		t.Fatalf("minutes: %d %s", got.code, plainOf(got.body))
	}
	page := o.get(past)
	if !strings.Contains(page.body, "De adjunct wordt bevestigd") || strings.Contains(page.body, "<script>alert") || !strings.Contains(page.body, s.deputyMandate.String()) {
		t.Fatalf("%s", plainOf(page.body))
	}
	if got := o.post(past, url.Values{"do": {"confirm"}, "mandate": {s.deputyMandate.String()}}); got.code != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", got.code, plainOf(got.body))
	}
	s.read(s.zone, func(tx *store.Tx) error {
		m, err := tx.Mandate(s.deputyMandate)
		if m.Confirmed.IsZero() || !strings.Contains(m.Meeting, "Vorige vergadering") {
			t.Errorf("%+v", m)
		}
		return err
	})
}

// spoilt changes a character in the middle of a link's token: the last one has bits that count for nothing.
func spoilt(link string) string {
	i, other := len(link)-8, byte('x')
	if link[i] == other {
		other = 'y'
	}
	return link[:i] + string(other) + link[i+1:]
}
