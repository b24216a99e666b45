package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// conversations lets three members write, once: of kerkveld, of wide something urgent, and of the foreign network.
func (s *site) conversations() {
	if len(s.replied) > 0 {
		return
	}
	post := relaying.NewPostroom(s.db, relaying.Options{})
	for _, w := range []struct {
		zone, member buurtbel.ID
		text         string
	}{{s.zone, s.members[4], "De lamp in het park is stuk."}, {s.zone, s.members[9], "Help, er wordt nu ingebroken bij de buren!"}, {s.other, s.members[17], "Er ligt afval op straat."}} {
		member := buurtbel.Actor{Person: w.member, Zone: w.zone, Mandates: []buurtbel.Mandate{{Holder: w.member, Role: buurtbel.RoleMember, Zone: w.zone}}}
		if err := post.Write(s.Context(), member, w.zone, 0, w.text, false); err != nil {
			s.Fatal(err)
		}
		threads, err := post.Own(s.Context(), member, w.zone)
		if err != nil || len(threads) != 1 {
			s.Fatalf("%d conversations: %v", len(threads), err)
		}
		s.replied = append(s.replied, threads[0].ID)
	}
}

// A coordinator reads, answers and passes on; police find what was passed on and the flag of what is urgent, and nothing else.
func TestRepliesAtTheDesk(t *testing.T) {
	s := found(t)
	s.conversations()
	c, d := s.as(s.people[buurtbel.RoleCoordinator]), s.as(s.people[buurtbel.RoleDispatcher])
	if list := c.get("/replies"); !strings.Contains(list.body, "De lamp in het park") || strings.Contains(list.body, "ingebroken") {
		t.Error("the coordinator's list is not that of the own network")
	}
	if list := d.get("/replies"); strings.Contains(list.body, "De lamp in het park") || !strings.Contains(list.body, "ingebroken") {
		t.Error("the dispatcher's list is not what was passed on or is urgent")
	}
	if home := d.get("/dispatch"); !strings.Contains(home.body, "1 dringend bericht van een lid") {
		t.Error("no flag at the desk")
	}
	path := "/replies/" + s.replied[0].String()
	for _, step := range []struct{ do, said string }{{"police", "Het is doorgegeven"}, {"answer", "onderweg naar het lid"}, {"close", "afgesloten"}} {
		got := c.post(path, url.Values{"do": {step.do}, "answer": {"Bedankt, wij geven het door."}})
		if got.code != http.StatusSeeOther {
			t.Fatalf("%s: %d", step.do, got.code)
		}
		if shown := c.get(got.header.Get("Location")); !strings.Contains(shown.body, step.said) {
			t.Errorf("%s: the page does not say %q", step.do, step.said)
		}
	}
	if shown := d.get(path); shown.code != http.StatusOK || !strings.Contains(shown.body, "De lamp in het park") {
		t.Errorf("what was passed on: %d", shown.code)
	}
	urgent := "/replies/" + s.replied[1].String()
	if got := d.post(urgent, url.Values{"do": {"settle"}}); got.code != http.StatusSeeOther {
		t.Errorf("settling the flag: %d", got.code)
	}
	if home := d.get("/dispatch"); strings.Contains(home.body, "dringend bericht van een lid") {
		t.Error("the flag stays")
	}
	s.nothingTold(t, c.get(path).body+d.get(path).body+c.get("/replies").body)
}

// TestOnlyTheMemberTakesRepliesAlong: a member's own copy has what was written and answered; the copy that an office makes has nothing of it.
func TestOnlyTheMemberTakesRepliesAlong(t *testing.T) {
	s := found(t)
	s.conversations()
	c := s.as(s.people[buurtbel.RoleCoordinator])
	if got := c.post("/replies/"+s.replied[0].String(), url.Values{"do": {"answer"}, "answer": {"Bedankt, wij geven het door."}}); got.code != http.StatusSeeOther {
		t.Fatalf("answer: %d", got.code)
	}
	own := s.ownAs(s.members[4])
	data, page := own.get("/me/data.json").body, textOfPDF(t, own.get("/me/data.pdf").body)
	for _, text := range []string{"De lamp in het park is stuk.", "Bedankt, wij geven het door."} {
		if !strings.Contains(data, text) || !strings.Contains(page, text) {
			t.Errorf("the own copy lacks %q", text)
		}
	}
	for _, form := range []string{"json", "pdf"} {
		got := c.post("/asked/"+s.members[4].String()+"/copy", url.Values{"do": {form}, "how": {"telephone"}})
		if got.code != http.StatusOK || strings.Contains(got.body, "De lamp in het park") || form == "pdf" && strings.Contains(textOfPDF(t, got.body), "De lamp in het park") {
			t.Errorf("the copy that an office makes tells who wrote: %d", got.code)
		}
	}
}

// nothingTold looks for the names of members in pages.
func (s *site) nothingTold(t *testing.T, body string) {
	t.Helper()
	err := s.db.Read(t.Context(), buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		for _, m := range []buurtbel.ID{s.members[4], s.members[9]} {
			self, err := tx.Self(m, true)
			if err != nil {
				return err
			}
			for _, secret := range []string{self.Name.Family, m.String()} {
				if secret != "" && strings.Contains(body, secret) {
					t.Errorf("a page tells %q", secret)
				}
			}
			for _, k := range self.Contacts {
				if k.Address != "" && strings.Contains(body, k.Address) {
					t.Errorf("a page tells a contact point")
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
