package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// areas gives the networks of both zones, straight from the store.
func (s *site) areas() *place.Areas {
	var all []*buurtbel.Network
	for _, zone := range []buurtbel.ID{s.zone, s.other} {
		err := s.db.Read(s.Context(), buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
			list, err := tx.Networks()
			all = append(all, list...)
			return err
		})
		if err != nil {
			return nil
		}
	}
	return place.NewAreas(all)
}

// find searches the register of the store.
func (s *site) find(t place.Typed) []place.Found {
	b := place.NewBuilder(0)
	err := s.db.Read(s.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		streets := map[buurtbel.ID]place.Register{}
		if err := tx.EachStreet(func(s store.Street) {
			streets[s.ID] = place.Register{ID: s.ID, Name: s.Name, PostalCode: s.PostalCode, Municipality: s.Municipality}
		}); err != nil {
			return err
		}
		last := buurtbel.ID(0)
		return tx.EachHouseByStreet(func(h store.House) {
			if h.Street != last {
				b.Street(streets[h.Street])
				last = h.Street
			}
			b.House(h.Number, h.Box, int32(h.Lat), int32(h.Lon))
		})
	})
	if err != nil {
		return nil
	}
	return b.Build().Search(t)
}

// houses puts a street with one house into the register.
func (s *site) house(street string, at buurtbel.Point) buurtbel.ID {
	id := s.db.NewID()
	s.write(0, func(tx *store.Tx) error {
		return tx.PutAddresses([]store.Street{{ID: id, Name: street, Key: strings.ToLower(street), PostalCode: "9995", Municipality: "Vlierbeek"}},
			[]store.House{{Street: id, Number: "3", Lat: int64(at.Lat * 1e7), Lon: int64(at.Lon * 1e7)}})
	})
	return id
}

// drawKerkveld gives a network an area of a kilometre around.
func (s *site) drawKerkveld() buurtbel.Area {
	area := buurtbel.Circle(buurtbel.Point{Lat: 51, Lon: 4}, 1)
	s.write(s.zone, func(tx *store.Tx) error {
		list, err := tx.NetworksOf([]buurtbel.ID{s.kerkveld})
		if err != nil {
			return err
		}
		list[0].Area = area
		return tx.PutNetwork(list[0])
	})
	return area
}

// TestRule08_AHomeIsChecked tries the three outcomes, on the pages.
func TestRule08_AHomeIsChecked(t *testing.T) {
	s := found(t)
	area := s.drawKerkveld()
	box, _ := area.Bounds()
	middle := buurtbel.Point{Lat: (box.South + box.North) / 2, Lon: (box.West + box.East) / 2}
	s.house("Binnenlaan", middle)
	s.house("Grenspad", area[0][0][0])
	wild := s.house("Verreweg", buurtbel.Point{Lat: box.North + 1, Lon: box.West})
	b := s.browser()
	for address, want := range map[string]string{"Binnenlaan 3 Vlierbeek": "answer-inside", "Grenspad 3, Vlierbeek": "answer-refer", "Verreweg 3": "answer-none"} {
		got := b.post("/address", url.Values{"address": {address}, "kind": {"residents"}})
		if got.code != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, no %s", address, got.code, want)
		}
		if regexp.MustCompile(`mailto:|@(police|example)`).MatchString(got.body) {
			t.Errorf("%s: a mailbox stands on the page", address)
		}
	}
	inside := b.post("/address", url.Values{"address": {"Binnenlaan 3 Vlierbeek"}, "kind": {"residents"}}).body
	if form := b.post("/join/where", carried(inside)); form.code != http.StatusOK || !strings.Contains(form.body, `name="mobile"`) {
		t.Errorf("inside does not lead to joining: %d", form.code)
	}
	none := b.post("/join/where", url.Values{"street": {"Verreweg"}, "number": {"3"}, "postal": {"9995"}, "town": {"Vlierbeek"}}).body
	if wish := b.post("/address", carried(none)); !strings.Contains(wish.body, `action="/wishes"`) {
		t.Error("none does not lead to a wish")
	}
	if got := b.post("/address", url.Values{"address": {"Nergensstraat 1"}}); !strings.Contains(got.body, `role="alert"`) {
		t.Error("an address that does not exist is not said to be unknown")
	}
	sent := b.post("/wishes", url.Values{"street": {wild.String()}, "email": {"wens@example.org"}, "kind": {"residents"}})
	again := b.post("/wishes", url.Values{"street": {wild.String()}, "email": {"wens@example.org"}, "kind": {"residents"}})
	if sent.code != http.StatusOK || again.code != http.StatusOK || sent.body != again.body {
		t.Errorf("a wish: %d, the same again: %d, alike %t", sent.code, again.code, sent.body == again.body)
	}
	letter := s.letter("wens@example.org", "netwerk")
	link := regexp.MustCompile(`/w/[A-Za-z0-9._-]+`).FindString(letter)
	if b.get(link).code != http.StatusOK || s.wishes() != 0 {
		t.Error("looking at the link counted the wish")
	}
	if got := b.post(link, url.Values{"do": {"prove"}}); got.code != http.StatusSeeOther || s.wishes() != 1 {
		t.Errorf("proving: %d, %d wishes", got.code, s.wishes())
	}
	if got := b.post(link, url.Values{"do": {"drop"}}); got.code != http.StatusOK || s.wishes() != 0 {
		t.Errorf("taking back: %d, %d wishes", got.code, s.wishes())
	}
	if got := b.get(link); got.code != http.StatusNotFound {
		t.Errorf("the link of an erased wish: %d", got.code)
	}
}

func (s *site) wishes() int {
	n := 0
	err := s.db.Read(s.Context(), buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		list, err := tx.Demands()
		for _, d := range list {
			n += d.Wishes
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// letter waits for a mail to an address.
func (s *site) letter(to, words string) string {
	s.Helper()
	text := ""
	s.until("a letter to "+to, func() bool {
		m, ok := s.mail.last(to, words)
		if ok {
			text = m.Content.Text
		}
		return ok
	})
	return text
}

// TestWhoWritesSeesNoMailbox: the note reaches the coordinator, whose address stands nowhere on the pages.
func TestWhoWritesSeesNoMailbox(t *testing.T) {
	s := found(t)
	b := s.browser()
	path := "/networks/" + s.kerkveld.String() + "/write"
	form := url.Values{"text": {"Ik woon er pas en wil meedoen."}, "name": {hostile}, "email": {"nieuw@example.org"}}
	got := b.post(path, form)
	if got.code != http.StatusOK {
		t.Fatalf("%d: %s", got.code, got.body)
	}
	if letter := s.letter(mailboxOf(0), "Ik woon er pas"); !strings.Contains(letter, "nieuw@example.org") {
		t.Error("the letter does not say where the answer may go")
	}
	if strings.Contains(got.body, mailboxOf(0)) {
		t.Error("the coordinator's mailbox stands on the page")
	}
	for i := range mostWritten + 1 {
		if got = b.post(path, form); got.code == http.StatusServiceUnavailable {
			if i < mostWritten-2 {
				t.Errorf("refused after %d letters", i+1)
			}
			break
		}
	}
	if got.code != http.StatusServiceUnavailable {
		t.Errorf("a flood is not refused: %d", got.code)
	}
	if got := b.get(path); got.code != http.StatusOK {
		t.Errorf("the page itself is locked: %d", got.code)
	}
}

func TestRemarksReachTheAdministrator(t *testing.T) {
	s := found(t)
	if got := s.browser().post("/remarks", url.Values{"page": {"/bin"}, "remark": {hostile}}); got.code != http.StatusOK {
		t.Fatalf("%d", got.code)
	}
	b := s.as(s.people[buurtbel.RoleAdministrator])
	got := b.get("/remarks")
	done := regexp.MustCompile(`/remarks/[0-9a-zA-Z]+`).FindString(got.body)
	if got.code != http.StatusOK || done == "" || strings.Contains(got.body, "<script>alert") {
		t.Fatalf("%d %s", got.code, got.body)
	}
	if got := b.post(done, nil); got.code != http.StatusSeeOther {
		t.Errorf("settling: %d", got.code)
	}
	if got := b.post(done, nil); got.code != http.StatusNotFound {
		t.Errorf("settling again: %d", got.code)
	}
}

// TestPublicPagesAreClean: no script is needed, nothing follows, no mailbox is to be harvested, numbers can be tapped.
func TestPublicPagesAreClean(t *testing.T) {
	s := found(t)
	for _, lang := range buurtbel.Languages {
		for _, path := range []string{"/", "/bin", "/called", "/tips", "/tips/away", "/networks", "/networks/" + s.kerkveld.String(), "/networks/" + s.kerkveld.String() + "/write", "/address", "/contact"} {
			b := s.browser()
			got := b.do(http.MethodGet, path, nil, func(r *http.Request) { r.Header.Set("Accept-Language", string(lang)) })
			if got.code != http.StatusOK || strings.Contains(got.body, "mailto:") || strings.Contains(got.body, "screen.") || strings.Contains(got.body, "noindex") || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: %d, or a mailbox, a key, a cookie", lang, path, got.code)
			}
			if !strings.Contains(got.body, `lang="`+string(lang)+`"`) || strings.Contains(got.body, "://") && !strings.Contains(got.body, "eur-lex") {
				t.Errorf("%s %s: not in its language, or it names another site", lang, path)
			}
		}
	}
	if got := s.browser().get("/called"); !strings.Contains(got.body, `href="tel:112"`) {
		t.Error("the emergency line cannot be tapped")
	}
	if asking.Threshold != fewHomes {
		t.Error("wishes and homes have two thresholds")
	}
}
