package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/store"
)

// news puts an item that waits, and one that was told, into the zone, which publishes; and an item abroad.
func (s *site) newsItems() {
	s.Helper()
	if len(s.items) > 0 {
		return
	}
	for _, zone := range []buurtbel.ID{s.zone, s.other} {
		day := s.db.Now().AddDate(0, 0, -1).Format(buurtbel.DigestDay)
		i := buurtbel.DigestItem{ID: s.db.NewID(), Category: buurtbel.SmallTheft, Day: day, Part: buurtbel.InMorning, Municipality: "Vlierbeek " + hostile, Place: "Kerkveld " + hostile,
			Info: map[buurtbel.Language]string{buurtbel.Dutch: "Een fiets " + hostile}}
		old := i
		old.ID = s.db.NewID()
		s.write(zone, func(tx *store.Tx) error {
			if err := tx.InsertDigestItem(&old); err != nil {
				return err
			}
			if _, err := tx.CloseDigest(day, "2000-01-01"); err != nil {
				return err
			}
			return tx.InsertDigestItem(&i)
		})
		s.items = append(s.items, i.ID)
	}
	s.write(s.zone, func(tx *store.Tx) error {
		return tx.PutDigestRules(buurtbel.DigestRules{At: 600, Public: true, Own: []buurtbel.OwnCategory{{Key: "own-1", Words: map[buurtbel.Language]string{buurtbel.Dutch: "Zwerfvuil " + hostile, buurtbel.French: "x", buurtbel.German: "x", buurtbel.English: "x"}}}})
	})
}

func TestTheWeekdayNewsFromFormToArchive(t *testing.T) {
	s := found(t)
	s.newsItems()
	o := s.as(s.people[buurtbel.RoleOfficer])
	day := s.db.Now().AddDate(0, 0, -1).Format(buurtbel.DigestDay)
	typed := url.Values{"category": {"home-burglary"}, "day": {day}, "part": {"evening"}, "municipality": {"Vlierbeek"}, "district": {"De Kouter"}, "info-nl": {"Aan nummer 12 stond een raam open."}}
	if got := o.post("/digest/new", typed); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "huisnummer") || !strings.Contains(got.body, "Aan nummer 12") {
		t.Fatalf("a house number: %d %s", got.code, plainOf(got.body))
	}
	typed.Set("info-nl", "Men kwam binnen langs een raam.")
	if got := o.post("/digest/new", typed); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	if got := o.post("/digest/new", typed); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="sure"`) {
		t.Errorf("two that point to one home: %d %s", got.code, plainOf(got.body))
	}
	list := o.get("/digest")
	if list.code != http.StatusOK || !strings.Contains(list.body, "De Kouter") || !strings.Contains(list.body, "Men kwam binnen") {
		t.Fatalf("%d %s", list.code, plainOf(list.body))
	}
	path := "/digest/items/" + s.items[0].String()
	if got := o.post(path, url.Values{"do": {"take-back"}}); got.code != http.StatusSeeOther {
		t.Errorf("take back: %d %s", got.code, plainOf(got.body))
	}
	if got := o.post(path, url.Values{"do": {"take-back"}}); got.code != http.StatusConflict {
		t.Errorf("twice: %d", got.code)
	}
	s.write(s.zone, func(tx *store.Tx) error {
		_, err := tx.CloseDigest(s.db.Now().Format(buurtbel.DigestDay), "2000-01-01")
		return err
	})
	own := s.ownAs(s.members[3])
	got := own.get("/me/digest")
	if got.code != http.StatusOK || !strings.Contains(got.body, "Men kwam binnen") || !strings.Contains(got.body, "<table") || !strings.Contains(got.body, "Inbraak in een woning") {
		t.Errorf("%d %s", got.code, plainOf(got.body))
	}
	if got := own.get("/me/digest?month=2020-01"); got.code != http.StatusNotFound {
		t.Errorf("a month that is not kept: %d", got.code)
	}
	if got := own.post("/me/digest", url.Values{"wish": {"no"}}); got.code != http.StatusSeeOther {
		t.Errorf("%d", got.code)
	}
	s.read(s.zone, func(tx *store.Tx) error {
		self, err := tx.Self(s.members[3], false)
		if err == nil && !self.Member.Choices.NoDigest {
			t.Error("the wish was not kept")
		}
		return err
	})
	if got := own.get("/me/digest"); !strings.Contains(got.body, "geen politienieuws") {
		t.Errorf("%s", plainOf(got.body))
	}
}

func TestAListOfNewsIsShownAndTakenOver(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	day := s.db.Now().AddDate(0, 0, -1).Format(buurtbel.DigestDay)
	got := o.brings("/digest/list", "lijst.csv", []byte("datum;categorie;gemeente;wijk;info;naam\n"+day+";Kleine diefstal;Vlierbeek;De Kouter;\"Een fiets; zonder slot\";Jan\n\n"+day+";Ruzie;Vlierbeek;De Kouter;;\n"))
	if got.code != http.StatusOK || !strings.Contains(got.body, "Rij 4") || !strings.Contains(got.body, "Kolom F") {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	_, rest, _ := strings.Cut(got.body, `<textarea name="rows"`)
	_, rest, _ = strings.Cut(rest, ">")
	rows, _, _ := strings.Cut(rest, "</textarea>")
	rows = strings.NewReplacer("&#34;", `"`, "&amp;", "&").Replace(rows)
	if got := o.post("/digest/list/take", url.Values{"rows": {rows}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	if got := o.get("/digest?said=brought"); !strings.Contains(got.body, "Een fiets; zonder slot") {
		t.Errorf("%s", plainOf(got.body))
	}
	if got := o.post("/digest/list/take", url.Values{"rows": {rows}}); got.code != http.StatusConflict {
		t.Errorf("the same list again: %d %s", got.code, plainOf(got.body))
	}
}

// TestRule07_NewsForEverybody: without the zone's decision there is no page and no feed; with it counts alone, and search engines are told to keep away.
func TestRule07_NewsForEverybody(t *testing.T) {
	s := found(t)
	b := s.browser()
	for _, path := range []string{"/news", "/news/" + s.zone.String(), "/news/" + s.zone.String() + "/feed.atom"} {
		if got := b.get(path); got.code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.code)
		}
	}
	s.newsItems()
	page := b.get("/news/" + s.zone.String())
	if page.code != http.StatusOK || !strings.Contains(page.body, `content="noindex"`) || page.header.Get("X-Robots-Tag") != "noindex" || !strings.Contains(page.body, "Kleine diefstal") {
		t.Errorf("%d %s", page.code, plainOf(page.body))
	}
	feed := b.get("/news/" + s.zone.String() + "/feed.atom")
	for _, body := range []string{page.body, feed.body} {
		if strings.Contains(body, "Kerkveld "+"&") || strings.Contains(body, "Een fiets") {
			t.Errorf("more than counts: %s", plainOf(body))
		}
	}
	var read struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Updated string   `xml:"updated"`
	}
	if err := xml.Unmarshal([]byte(feed.body), &read); err != nil || read.Updated == "" || !strings.HasPrefix(feed.header.Get("Content-Type"), "application/atom+xml") {
		t.Errorf("%v %+v", err, read)
	}
}

func TestAZoneDecidesAboutItsNews(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	if got := o.post("/digest/rules", url.Values{"on": {"yes"}, "at": {"7.30"}, "public": {"yes"}, "own-0-nl": {"Zwerfvuil"}, "own-0-fr": {"Déchets"}, "own-0-de": {"Müll"}, "own-0-en": {"Litter"}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	if got := o.get("/digest/rules?said=kept"); !strings.Contains(got.body, `value="07:30"`) || !strings.Contains(got.body, "Zwerfvuil") {
		t.Errorf("%s", plainOf(got.body))
	}
	if got := o.get("/digest/new"); !strings.Contains(got.body, "Zwerfvuil") {
		t.Error("the zone's own category is not offered")
	}
	for name, values := range map[string]url.Values{"hour": {"at": {"half acht"}}, "dispute": {"at": {"7.30"}, "own-1-nl": {"Burenruzie"}, "own-1-fr": {"a"}, "own-1-de": {"b"}, "own-1-en": {"c"}}} {
		if got := o.post("/digest/rules", values); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.code)
		}
	}
	if got := o.post("/digest/tips", url.Values{"topic": {"fire"}, "words-nl": {"De brandweer komt kijken."}, "month": {"1", "2"}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	tips := o.get("/digest/tips")
	if !strings.Contains(tips.body, "De brandweer komt kijken.") || !strings.Contains(tips.body, "januari en februari") {
		t.Errorf("%s", plainOf(tips.body))
	}
}

// TestTheWeekdayNewsReachesWhoWishesIt: through planning and delivery, by mail alone, each once; who stopped it gets none, and the page of the own messages says so.
func TestTheWeekdayNewsReachesWhoWishesIt(t *testing.T) {
	s := found(t)
	o := s.as(s.people[buurtbel.RoleOfficer])
	day := s.db.Now().AddDate(0, 0, -1).Format(buurtbel.DigestDay)
	if got := o.post("/digest/new", url.Values{"category": {"damage"}, "day": {day}, "part": {"night"}, "municipality": {"Vlierbeek"}, "district": {"De Kouter"}}); got.code != http.StatusSeeOther {
		t.Fatalf("%d %s", got.code, plainOf(got.body))
	}
	s.write(s.zone, func(tx *store.Tx) error { return tx.SetChoices(s.members[4], buurtbel.Choices{NoDigest: true}) })
	var due store.Task
	s.read(0, func(tx *store.Tx) error {
		next, err := tx.NextTask()
		s.later.Store(int64(time.Until(next) + time.Second))
		return err
	})
	s.read(0, func(tx *store.Tx) error {
		list, err := tx.DueTasks(9, nil)
		for _, task := range list {
			if task.Kind == informing.TaskDigest {
				due = task
			}
		}
		return err
	})
	s.write(0, func(tx *store.Tx) error {
		_, err := tx.TakeTask(due)
		return err
	})
	news := informing.New(s.db, informing.Options{Calendar: func(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country) }, Link: "https://alarm.example.org"})
	if err := news.Digested()(t.Context(), buurtbel.System(), due); err != nil {
		t.Fatal(err)
	}
	s.until("the mail to a member", func() bool {
		m, ok := s.mail.last(mailboxOf(3), "Politienieuws")
		return ok && strings.Contains(m.Content.Text, "De Kouter") && strings.Contains(m.Content.Text, "/me/digest")
	})
	s.until("all others", func() bool {
		running := 1
		s.read(0, func(tx *store.Tx) error {
			list, err := tx.RunningMessages()
			running = len(list)
			for _, m := range list {
				if m.Cursor == m.Audience {
					running--
				}
			}
			return err
		})
		return running == 0
	})
	if _, ok := s.mail.last(mailboxOf(4), "Politienieuws"); ok {
		t.Error("who stopped the news got it")
	}
	if _, ok := s.sms.last(numberOf(3), "Kouter"); ok {
		t.Error("the news came by text")
	}
}
