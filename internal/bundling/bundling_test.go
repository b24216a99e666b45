package bundling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/bundling"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

type village struct {
	*testing.T
	db            *store.DB
	zone, network buurtbel.ID
	members       []buurtbel.ID
	now           *time.Time
	last          buurtbel.ID // the bulletin stored last
}

func (v *village) write(f func(*store.Tx) error) {
	v.Helper()
	if err := v.db.Write(v.Context(), buurtbel.Scope{Zone: v.zone}, f); err != nil {
		v.Fatal(err)
	}
}

func settle(t *testing.T, engine store.Engine, n int) *village {
	t.Helper()
	now := time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC) // the evening before the clock is put back
	v := &village{T: t, now: &now}
	v.db = storetest.OpenWith(t, storetest.Config(t, engine), storetest.Ring(t), func() time.Time { return *v.now })
	v.zone, v.network = v.db.NewID(), v.db.NewID()
	var list []store.NewMember
	for i := range n {
		id := v.db.NewID()
		v.members = append(v.members, id)
		list = append(list, store.NewMember{Member: buurtbel.Member{ID: id, Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: "Peeters"},
			Contacts: []store.NewContact{{ID: v.db.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true}}})
	}
	v.write(func(tx *store.Tx) error {
		if err := tx.PutZone(&buurtbel.Zone{ID: v.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Mails: 2}); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: v.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch, buurtbel.French}}); err != nil {
			return err
		}
		return tx.InsertMembers(list)
	})
	return v
}

// news stores a bulletin to some members and gives how many mails of it may leave now.
func (v *village) news(subject, text string, members ...buurtbel.ID) (gone int) {
	v.Helper()
	var zone *buurtbel.Zone
	var people []store.Reachable
	v.write(func(tx *store.Tx) (err error) {
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		people, err = tx.Reachables(members)
		return err
	})
	l := v.db.Letters(zone, buurtbel.KindBulletin, buurtbel.Soon, v.db.Now().Add(72*time.Hour))
	l.Message.Link = strings.Contains(text, buurtbel.LinkMark)
	for _, p := range people {
		l.To(p, locale.NoteLetter(buurtbel.Dutch, subject, text, "", "").Wording(buurtbel.Dutch), buurtbel.Email)
	}
	v.write(l.Post)
	v.last = l.Message.ID
	return v.claim(l.Message.ID)
}

func (v *village) claim(message buurtbel.ID) (n int) {
	v.write(func(tx *store.Tx) error {
		work, err := tx.Claim(message, buurtbel.KindBulletin, buurtbel.Email, "mail", 500)
		n = len(work)
		return err
	})
	return n
}

// run does what is due, and gives the mails that it made.
func (v *village) run() (texts []*buurtbel.Message) {
	v.Helper()
	verb := bundling.Verb(v.db, func(d buurtbel.ID) string { return "https://alarm.example.org/h/" + d.String() })
	var tasks []store.Task
	read := func(f func(*store.Tx) error) {
		if err := v.db.Read(v.Context(), buurtbel.Scope{}, f); err != nil {
			v.Fatal(err)
		}
	}
	read(func(tx *store.Tx) (err error) {
		tasks, err = tx.DueTasks(9, nil)
		return err
	})
	for _, t := range tasks {
		if t.Kind != store.TaskBundle {
			continue
		}
		if err := v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { _, err := tx.TakeTask(t); return err }); err != nil {
			v.Fatal(err)
		}
		if err := verb(v.Context(), buurtbel.System(), t); err != nil {
			v.Fatal(err)
		}
	}
	var running []store.RunningMessage
	read(func(tx *store.Tx) (err error) {
		running, err = tx.RunningMessages()
		return err
	})
	for _, r := range running {
		if err := v.db.Read(v.Context(), buurtbel.Scope{Zone: v.zone}, func(tx *store.Tx) error {
			m, err := tx.Message(r.ID)
			if err == nil && m.Sender == "BIN Kerkveld" {
				texts = append(texts, m)
			}
			return err
		}); err != nil {
			v.Fatal(err)
		}
	}
	return texts
}

// TestWhatIsTooMuchComesTogetherTheNextMorning: nothing before, once, with every text, the member's own link, and counting for its day.
func TestWhatIsTooMuchComesTogetherTheNextMorning(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			v := settle(t, engine, 3)
			for i, want := range []int{3, 3, 0} {
				if n := v.news(fmt.Sprintf("Nieuws %d", i), "Er is iets te melden.", v.members...); n != want {
					t.Fatalf("of bulletin %d went %d, want %d", i, n, want)
				}
			}
			v.news("Nieuws met een knop", "Antwoord hier: "+buurtbel.LinkMark, v.members[0])
			for _, early := range []string{"2026-10-24T21:30:00Z", "2026-10-25T07:59:00Z"} {
				at, err := time.Parse(time.RFC3339, early)
				if err != nil {
					t.Fatal(err)
				}
				*v.now = at
				if texts := v.run(); len(texts) != 0 {
					t.Errorf("sent at %s", early)
				}
			}
			*v.now = time.Date(2026, 10, 25, 8, 0, 0, 0, time.UTC) // nine o'clock: winter time
			texts := v.run()
			if len(texts) != 1 || len(texts[0].Texts) != 2 {
				t.Fatalf("%d messages", len(texts))
			}
			m := texts[0]
			for _, w := range m.Texts {
				if !strings.Contains(w.Mail, "Nieuws 2") || !strings.Contains(w.Mail, "Politiezone Vlierbeek") || !strings.Contains(w.HTML, "Nieuws 2") || !strings.Contains(w.Mail, "lid bent van BIN Kerkveld") || !strings.Contains(w.Mail, "membre de BIN Kerkveld") {
					t.Error(w.Mail)
				}
			}
			if two := m.Texts[0]; two.Subject != "BIN Kerkveld: nog 2 berichten van gisteren" || !strings.Contains(two.Mail, "https://alarm.example.org/h/") || m.Texts[1].Subject != "BIN Kerkveld: nog 1 bericht van gisteren" {
				t.Errorf("%q %q", two.Subject, m.Texts[1].Subject)
			}
			if again := v.run(); len(again) != 1 {
				t.Error("sent twice")
			}
			if n := v.claim(m.ID); n != 3 {
				t.Errorf("%d of it went", n)
			}
			if n := v.news("Zondag een", "x", v.members...); n != 3 {
				t.Errorf("of the next went %d", n)
			}
			if n := v.news("Zondag twee", "x", v.members...); n != 0 {
				t.Errorf("what was bundled does not count: %d went", n)
			}
			*v.now = time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC)
			if texts := v.run(); len(texts) != 2 || !strings.Contains(texts[1].Texts[0].Mail, "Zondag twee") {
				t.Errorf("%d messages on the day after", len(texts))
			}
		})
	}
}

// TestWhatWasWithdrawnMeanwhileDoesNotGo: a bulletin that waits for tomorrow is stopped like one that is being sent, and one whose time is over is old news.
func TestWhatWasWithdrawnMeanwhileDoesNotGo(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			v := settle(t, engine, 2)
			for i := range 4 {
				v.news(fmt.Sprintf("Nieuws %d", i), "Er is iets te melden.", v.members...)
				if i == 2 {
					v.write(func(tx *store.Tx) error { return tx.StopMessage(v.last) })
				}
			}
			*v.now = time.Date(2026, 10, 25, 8, 0, 0, 0, time.UTC)
			texts := v.run()
			if len(texts) != 1 || len(texts[0].Texts) != 1 {
				t.Fatalf("%d messages", len(texts))
			}
			if mail := texts[0].Texts[0].Mail; strings.Contains(mail, "Nieuws 2") || !strings.Contains(mail, "Nieuws 3") {
				t.Error(mail)
			}
			for i := range 3 {
				v.news(fmt.Sprintf("Nieuws %d", 4+i), "Er is iets te melden.", v.members...)
			}
			*v.now = v.now.Add(80 * time.Hour) // the program stood still: what waited is over
			if again := v.run(); len(again) != 1 {
				t.Errorf("%d messages, one of them old news", len(again))
			}
		})
	}
}

// TestABundleStaysSmall: however much waits, the mail stays below what mail programs cut off.
func TestABundleStaysSmall(t *testing.T) {
	v := settle(t, store.SQLite, 1)
	for i := range 14 {
		v.news(fmt.Sprintf("Nieuws %d", i), strings.Repeat("Één zin, met veel tekens erin. ", 400), v.members...)
	}
	*v.now = v.now.Add(24 * time.Hour)
	texts := v.run()
	if len(texts) != 1 {
		t.Fatal("nothing sent")
	}
	if w := texts[0].Texts[0]; len(w.Mail)+len(w.HTML) > 80_000 || !strings.Contains(w.Mail, "Nieuws 13") || !strings.Contains(w.Mail, "De rest leest u op uw eigen pagina") {
		t.Errorf("%d bytes", len(w.Mail)+len(w.HTML))
	}
}
