package relaying

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/jobs"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// lane is a network with a street of six homes and a corner with one, a coordinator, an officer and the office of the mayor.
type lane struct {
	testing.TB
	db            *store.DB
	rows          *sql.DB // the tables as they lie there
	post          *Postroom
	jobs          *jobs.Loop
	zone, network buurtbel.ID
	jan, corner   store.NewMember // of the street, and of the corner
	coordinator   store.NewMember
	officer, city buurtbel.ID
	clock         *time.Time
	returned      []string // what came back, by kind and delivery
}

const answers, reports = "antwoord@alarm.example.org", "melding@alarm.example.org"

func eachLane(t *testing.T, test func(l *lane)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(newLane(t, engine)) })
	}
}

func newLane(t *testing.T, engine store.Engine) *lane {
	t.Helper()
	now := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	c := storetest.Config(t, engine)
	db := storetest.OpenWith(t, c, storetest.Ring(t), func() time.Time { return now })
	l := &lane{TB: t, db: db, rows: open(t, engine, c), zone: db.NewID(), network: db.NewID(), officer: db.NewID(), city: db.NewID(), clock: &now}
	l.post = NewPostroom(db, Options{Answers: answers, Reports: reports, Link: "https://alarm.example.org",
		House: mailread.House{Domains: []string{"alarm.example.org"}, Mailboxes: []string{answers, reports, "alarm@alarm.example.org"}, Servers: []string{"mx.example.org"}},
		Returned: func(_ context.Context, delivery buurtbel.ID, m *mailread.Mail) error {
			l.returned = append(l.returned, fmt.Sprint(m.Kind, " ", delivery))
			return nil
		}})
	l.jobs = jobs.New(db, map[string]jobs.Verb{TaskMail: l.post.Arrived()}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	person := func(given, family, street, number, mailbox, mobile string) store.NewMember {
		m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: l.network, Language: buurtbel.Dutch}, Name: store.Name{Given: given, Family: family},
			Home:     store.Home{Street: street, Number: number, PostalCode: "9990", Municipality: "Vlierbeek"},
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: mailbox, Verified: true}}}
		if mobile != "" {
			m.Contacts = append(m.Contacts, store.NewContact{ID: db.NewID(), Kind: buurtbel.Mobile, Address: mobile, Verified: true})
		}
		return m
	}
	l.jan = person("Joris", "Vandenbroeck", "Lindestraat", "12", "joris.vandenbroeck@example.org", "+32455012345")
	l.corner = person("Mieke", "Hoekstra", "Hoekje", "1", "mieke@example.net", "")
	l.coordinator = person("Carla", "Declercq", "Lindestraat", "2", "carla@example.org", "")
	people := []store.NewMember{l.jan, l.corner, l.coordinator}
	for i := range 4 {
		people = append(people, person("Lid", fmt.Sprint("Nummer", i), "Lindestraat", fmt.Sprint(20+2*i), fmt.Sprintf("lid%d@example.org", i), ""))
	}
	err := db.Write(t.Context(), buurtbel.Scope{Zone: l.zone}, func(tx *store.Tx) error {
		z := &buurtbel.Zone{ID: l.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}
		if err := tx.PutZone(z); err != nil {
			return err
		}
		if err := tx.PutNetwork(&buurtbel.Network{ID: l.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}); err != nil {
			return err
		}
		if err := tx.InsertMembers(people); err != nil {
			return err
		}
		for id, box := range map[buurtbel.ID]string{l.officer: "officier@example.org", l.city: "gemeente@example.org"} {
			o := store.NewOfficial{ID: id, Name: "Bureau " + box, Office: "police", Language: buurtbel.Dutch, Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: box, Verified: true}}}
			if err := tx.InsertOfficial(&o); err != nil {
				return err
			}
		}
		for _, m := range []buurtbel.Mandate{{Holder: l.coordinator.ID, Role: buurtbel.RoleCoordinator, Network: l.network}, {Holder: l.officer, Role: buurtbel.RoleOfficer}, {Holder: l.city, Role: buurtbel.RoleMayor}} {
			m.ID, m.Zone, m.From = db.NewID(), l.zone, now.Add(-time.Hour)
			if err := tx.InsertMandate(m); err != nil {
				return err
			}
		}
		return nil
	})
	l.must(err)
	return l
}

// open looks into the database beside the store, as who stole it would.
func open(t *testing.T, engine store.Engine, c store.Config) *sql.DB {
	t.Helper()
	driver, address := "sqlite", "file:"+filepath.Join(c.Data, "buurtbel.db")+"?mode=ro"
	if engine == store.Postgres {
		driver, address = "pgx", c.Database
	}
	rows, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	})
	return rows
}

func (l *lane) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lane) read(f func(*store.Tx) error) {
	l.Helper()
	l.must(l.db.Read(l.Context(), buurtbel.Scope{Zone: l.zone}, f))
}

// mailed posts a letter to a member and gives its delivery.
func (l *lane) mailed(to buurtbel.ID) buurtbel.ID {
	l.Helper()
	var letters *store.Letters
	l.read(func(tx *store.Tx) error {
		zone, err := tx.Zone()
		if err != nil {
			return err
		}
		people, err := tx.ReachablePeople([]buurtbel.ID{to})
		letters = l.db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, l.db.Now().Add(time.Hour))
		for _, p := range people {
			letters.To(p, buurtbel.Wording{Regime: "nl", Subject: "Fietsdiefstal in de buurt", Mail: "Let op uw fiets."}, buurtbel.Email)
		}
		return err
	})
	l.must(l.db.Write(l.Context(), buurtbel.Scope{Zone: l.zone}, letters.Post))
	return letters.Recipients[0].Steps[0].ID
}

// arrives brings a mail through the whole: stored, and then settled.
func (l *lane) arrives(from, to, text string, fields ...string) error {
	l.Helper()
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nMessage-ID: <%s@mail.example.net>\r\nDate: Tue, 3 Nov 2026 14:00:00 +0100\r\n%s\r\n%s", from, to, l.db.NewID(), strings.Join(append(fields, ""), "\r\n"), strings.ReplaceAll(text, "\n", "\r\n"))
	return l.brings(from, to, raw)
}

func (l *lane) brings(from, to, raw string) error {
	l.Helper()
	path := ""
	if a, err := mail.ParseAddress(from); err == nil {
		path = a.Address
	}
	err := l.post.Receive(l.Context(), buurtbel.System(), path, []string{to}, []byte(raw))
	for {
		n, failed := l.jobs.Round(l.Context())
		l.must(failed)
		if n == 0 {
			return err
		}
	}
}

// letter is a message that left.
type letter struct {
	to    buurtbel.ID
	words buurtbel.Wording
	id    buurtbel.ID // of the delivery by mail
}

// left lists every message to a person, or to everybody but the person when to is negative.
func (l *lane) left() (out []letter) {
	l.Helper()
	rows, err := l.rows.Query(`select r.member, r.message, d.wording, d.id from recipient r join delivery d on d.recipient = r.id order by d.id`)
	l.must(err)
	defer rows.Close()
	type row struct {
		member, message, delivery buurtbel.ID
		wording                   int
	}
	var all []row
	for rows.Next() {
		var r row
		l.must(rows.Scan(&r.member, &r.message, &r.wording, &r.delivery))
		all = append(all, r)
	}
	l.must(rows.Err())
	l.read(func(tx *store.Tx) error {
		for _, r := range all {
			m, err := tx.Message(r.message)
			if err != nil {
				return err
			}
			out = append(out, letter{r.member, m.Texts[r.wording], r.delivery})
		}
		return nil
	})
	return out
}

func (l *lane) lettersTo(person buurtbel.ID) (out []letter) {
	for _, x := range l.left() {
		if x.to == person {
			out = append(out, x)
		}
	}
	return out
}

func (l *lane) actor(person buurtbel.ID) (a buurtbel.Actor) {
	l.Helper()
	l.read(func(tx *store.Tx) (err error) {
		a, err = tx.Actor(person)
		return err
	})
	return a
}

func (l *lane) member(id buurtbel.ID) buurtbel.Actor {
	return buurtbel.Actor{Person: id, Zone: l.zone, Mandates: []buurtbel.Mandate{{Holder: id, Role: buurtbel.RoleMember, Zone: l.zone}}}
}

func (l *lane) threads(a buurtbel.Actor) []Thread {
	l.Helper()
	list, err := l.post.Threads(l.Context(), a, l.zone)
	l.must(err)
	return list
}

const (
	janFrom = `"Joris Vandenbroeck" <joris.vandenbroeck@example.org>`
	vouched = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org"
	forged  = "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org"
)

// secrets are what nobody but the member may read of Joris, folded.
var secrets = []string{"joris", "vandenbroeck", "455012345", "lindestraat12", "12lindestraat"}

var together = strings.NewReplacer(" ", "", "/", "", ".", "", "-", "", ",", "")

// nothingLeft looks for the member in everything that left, or can be seen by others.
func (l *lane) nothingLeft(fail func(string, ...any)) {
	l.Helper()
	seen := []string{}
	for _, x := range l.left() {
		if x.to != l.jan.ID {
			seen = append(seen, x.words.Subject, x.words.Mail, x.words.HTML, x.words.SMS)
		}
	}
	for _, a := range []buurtbel.Actor{l.actor(l.coordinator.ID), l.actor(l.officer)} {
		for _, t := range l.threads(a) {
			seen = append(seen, t.Title, t.Place, fmt.Sprint(t.Lines), t.Name, t.Phone)
		}
	}
	l.read(func(tx *store.Tx) error {
		entries, err := tx.JournalOf(l.zone)
		for _, e := range entries {
			if e.Kind == buurtbel.EntryReply {
				seen = append(seen, string(e.Content), e.Actor.String())
			}
		}
		return err
	})
	for _, text := range seen {
		small := strings.ToLower(together.Replace(text))
		for _, secret := range append(secrets, l.jan.ID.String()) {
			if strings.Contains(small, secret) {
				fail("what left tells %q:\n%s", secret, text)
			}
		}
	}
}

// The whole way: a reply by mail, the coordinator's letter, the receipt, passing on, and the answers of police and coordinator by mail.
func TestAReplyGoesSealedThereAndBack(t *testing.T) {
	eachLane(t, func(l *lane) {
		box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
		l.must(l.arrives(janFrom, box, "Ik zag een gele bestelwagen.\nBel mij op 0455 01 23 45 of kom langs in de Lindestraat 12.\n\nGroeten,\nJoris Vandenbroeck\n\nOp 3 november schreef Politiezone:\n> Let op uw fiets.\n", "Subject: Re: Fietsdiefstal"))
		got := l.threads(l.actor(l.coordinator.ID))
		if len(got) != 1 || len(got[0].Lines) != 1 || got[0].Place != "Lindestraat" || got[0].Title != "Fietsdiefstal in de buurt" {
			t.Fatalf("the coordinator has %+v", got)
		}
		if text := got[0].Lines[0].Text; !strings.HasPrefix(text, "Ik zag een gele bestelwagen.") || strings.Contains(text, "Let op") || got[0].Lines[0].Own != "" {
			t.Errorf("shown: %q", text)
		}
		seen := got[0].Lines[0].Text
		receipts := l.lettersTo(l.jan.ID)
		if last := receipts[len(receipts)-1].words.Mail; !strings.Contains(last, seen) {
			t.Errorf("the receipt does not show what the coordinator sees:\n%s", last)
		}
		if len(l.threads(l.actor(l.officer))) != 0 {
			t.Error("police have what was not passed on")
		}
		l.must(l.post.PassOn(l.Context(), l.actor(l.coordinator.ID), l.zone, got[0].ID, ToPolice))
		l.must(l.post.PassOn(l.Context(), l.actor(l.coordinator.ID), l.zone, got[0].ID, ToPolice)) // twice tapped
		passed := l.lettersTo(l.officer)
		if len(passed) != 1 || !strings.Contains(passed[0].words.Mail, seen) {
			t.Fatalf("police got %d letters", len(passed))
		}
		police, _ := l.post.Mailboxes(passed[0].id)
		before := len(l.lettersTo(l.jan.ID))
		l.must(l.arrives("officier@example.org", police, "Bedankt. Welke kleur had de bestelwagen?\n\nOp 3 november schreef u:\n> Joris Vandenbroeck, 0455012345\n", "Subject: Re: BIN"))
		back := l.lettersTo(l.jan.ID)
		if len(back) != before+1 || !strings.Contains(back[len(back)-1].words.Mail, "Welke kleur") || strings.Contains(back[len(back)-1].words.Mail, "Bureau") {
			t.Fatal("the answer of police did not reach the member, or tells who wrote it")
		}
		member, _ := l.post.Mailboxes(back[len(back)-1].id)
		l.must(l.arrives(janFrom, member, "Geel. Joris\n", "Subject: Re: Re: BIN"))
		if lines := l.threads(l.actor(l.officer))[0].Lines; len(lines) != 3 || !strings.HasPrefix(lines[2].Text, "Geel.") {
			t.Errorf("the conversation: %+v", lines)
		}
		l.nothingLeft(t.Errorf)
	})
}

// Whoever has the address and not the mailbox gets one answer, whatever is behind the address; it is kept all the same.
func TestAnAddressOfSomebodyElseIsOfNoUse(t *testing.T) {
	eachLane(t, func(l *lane) {
		box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
		wrong := strings.Replace(box, "+", "+a", 1)
		for name, refused := range map[string]error{
			"forwarded to another member": l.arrives("mieke@example.net", box, "Ik weet er ook iets van.\n", vouched),
			"forged":                      l.arrives(janFrom, box, "Ik ben het echt.\n", forged),
			"a stranger begins":           l.arrives("vreemde@example.com", answers, "Dag, wie zijn jullie?\n", "Subject: Vraag", vouched),
			"a member nobody vouches for": l.arrives(janFrom, answers, "Ik begin.\n", "Subject: Vraag"),
			"a tag that was changed":      l.arrives(janFrom, wrong, "Met een fout.\n"),
		} {
			if buurtbel.KeyOf(refused) != "error.reply.sender" {
				t.Errorf("%s: %v", name, refused)
			}
		}
		if n := l.count("mail_in where state = 'done' and refusal = 'error.reply.sender'"); n != 5 {
			t.Errorf("%d refused mails were kept, not 5", n)
		}
		if n := l.count("conversation"); n != 0 {
			t.Errorf("%d conversations began", n)
		}
		if n := len(l.left()); n != 1 {
			t.Errorf("%d letters left: refusals go in the dialogue", n)
		}
	})
}

func (l *lane) count(what string) (n int) {
	l.Helper()
	l.must(l.rows.QueryRow(`select count(*) from ` + what).Scan(&n))
	return n
}

// A server that repeats what we did not acknowledge in time brings no second conversation, and a mail is settled once.
func TestAMailCountsOnce(t *testing.T) {
	eachLane(t, func(l *lane) {
		box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
		raw := "From: " + janFrom + "\r\nTo: " + box + "\r\nMessage-ID: <een@mail.example.net>\r\n\r\nIk zag iets.\r\n"
		for range 3 {
			l.must(l.brings(janFrom, box, raw))
		}
		if mails, lines := l.count("mail_in"), l.count("conversation_line"); mails != 1 || lines != 1 {
			t.Errorf("%d mails and %d texts", mails, lines)
		}
	})
}

// One home in the street, or the member's own wish: the street is not told.
func TestRule4_AStreetIsNamedFromFiveHomes(t *testing.T) {
	eachLane(t, func(l *lane) {
		l.must(l.arrives("mieke@example.net", answers, "Er ligt glas op straat.\n", "Subject: Glas", strings.ReplaceAll(vouched, "from=example.org", "from=example.net")))
		l.must(l.post.Write(l.Context(), l.member(l.jan.ID), l.zone, 0, "Zeg niet waar ik woon.", true))
		for _, th := range l.threads(l.actor(l.coordinator.ID)) {
			if th.Place != "" {
				t.Errorf("the street %q is told", th.Place)
			}
		}
		if n := l.count("conversation"); n != 2 {
			t.Fatalf("%d conversations", n)
		}
	})
}

// Urgent words: at once the advice to call, on paper and on the telephone, and the flag at the desk.
func TestUrgentIsAnsweredAtOnce(t *testing.T) {
	eachLane(t, func(l *lane) {
		box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
		l.must(l.arrives(janFrom, box, "Help, er wordt nu ingebroken bij de buren!\n"))
		sms, mails := false, false
		for _, x := range l.lettersTo(l.jan.ID) {
			sms = sms || strings.Contains(x.words.SMS, "Bel nu 101") || strings.Contains(x.words.SMS, "Bel nu 112")
			mails = mails || strings.HasPrefix(x.words.Subject, "Is het dringend? Bel nu")
		}
		if !sms || !mails {
			t.Errorf("text: %t, mail: %t", sms, mails)
		}
		if n, err := l.post.Flags(l.Context(), l.actor(l.officer), l.zone); err != nil || n != 1 {
			t.Errorf("%d flags, %v", n, err)
		}
		l.must(l.post.SettleFlag(l.Context(), l.actor(l.officer), l.zone, l.threads(l.actor(l.officer))[0].ID))
		if n, err := l.post.Flags(l.Context(), l.actor(l.officer), l.zone); err != nil || n != 0 {
			t.Errorf("%d flags, %v", n, err)
		}
		l.nothingLeft(t.Errorf)
	})
}

// What programs write never reaches a person and is never answered; what cannot be read is refused and kept.
func TestProgramsAndBrokenMails(t *testing.T) {
	l := newLane(t, store.SQLite)
	mailed := l.mailed(l.jan.ID)
	box, bounces := l.post.Mailboxes(mailed)
	before := len(l.left())
	for _, fields := range [][]string{{"Auto-Submitted: auto-replied"}, {"Subject: Automatisch antwoord: afwezig", "Precedence: bulk"}, {"X-Loop: x", "List-Id: <lijst.example.com>"}} {
		l.must(l.arrives(janFrom, box, "Ik ben met verlof.\n", fields...))
	}
	l.must(l.brings("", bounces, "From: MAILER-DAEMON@example.org\r\nTo: "+bounces+"\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; joris.vandenbroeck@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"))
	l.must(l.brings("", bounces, "From: fbl@example.org\r\nTo: "+bounces+"\r\nSubject: Complaint\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nUnwanted.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: fbl/1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <"+bounces+">\r\nSubject: Dag\r\n\r\nDag.\r\n--b--\r\n"))
	if want := []string{fmt.Sprint("bounce ", mailed), fmt.Sprint("complaint ", mailed)}; !slices.Equal(l.returned, want) {
		t.Errorf("what came back: %v, not %v", l.returned, want)
	}
	if n := l.count("conversation"); n != 0 || len(l.left()) != before {
		t.Errorf("%d conversations and %d letters came of programs", n, len(l.left())-before)
	}
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 400)
	if err := l.brings(janFrom, box, "From: "+janFrom+"\r\n"+deep); buurtbel.KindOf(err) != buurtbel.Invalid {
		t.Errorf("nested parts: %v", err)
	}
	if err := l.brings(janFrom, box, "From: "+janFrom+"\r\n\r\n"+strings.Repeat("x", 26<<20)); buurtbel.KeyOf(err) != "error.mail.too-large" {
		t.Errorf("too large: %v", err)
	}
	jp := "From: " + janFrom + "\r\nSubject: Re\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B%F%9%H\x1b(B\r\n"
	winmail := "From: " + janFrom + "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nZie bijlage.\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+Ig==\r\n--b--\r\n"
	broken := "From: " + janFrom + "\r\nContent-Type: multipart/alternative\r\n\r\nNiets gezien.\r\n"
	for _, raw := range []string{jp, winmail, broken} {
		l.must(l.brings(janFrom, box, raw))
	}
	got := l.threads(l.actor(l.coordinator.ID))
	if len(got) != 1 || len(got[0].Lines) != 3 || got[0].Lines[0].Text != "テスト" || got[0].Lines[1].Refused != 1 || got[0].Lines[2].Text != "Niets gezien." {
		t.Errorf("shown: %+v", got)
	}
	if n := l.count("mail_in"); n != 10 {
		t.Errorf("%d mails are kept, not 10", n)
	}
	if n := l.count("mail_in where state = 'new'"); n != 0 {
		t.Errorf("%d mails are not settled", n)
	}
}

// The name is given with one reply, to police alone, and the look is journalled.
func TestAMemberUnsealsOneReply(t *testing.T) {
	l := newLane(t, store.SQLite)
	l.must(l.post.Write(l.Context(), l.member(l.jan.ID), l.zone, 0, "Ik heb de nummerplaat gezien.", false))
	th := l.threads(l.actor(l.coordinator.ID))[0]
	l.must(l.post.PassOn(l.Context(), l.actor(l.coordinator.ID), l.zone, th.ID, ToPolice))
	if err := l.post.Unseal(l.Context(), l.member(l.corner.ID), l.zone, th.ID, th.Lines[0].ID); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("another member opened the seal: %v", err)
	}
	l.must(l.post.Unseal(l.Context(), l.member(l.jan.ID), l.zone, th.ID, th.Lines[0].ID))
	police, err := l.post.Thread(l.Context(), l.actor(l.officer), l.zone, th.ID)
	l.must(err)
	coordinator, err := l.post.Thread(l.Context(), l.actor(l.coordinator.ID), l.zone, th.ID)
	l.must(err)
	if police.Name != "Joris Vandenbroeck" || police.Phone != "+32455012345" || coordinator.Name != "" || coordinator.Phone != "" {
		t.Errorf("police read %q, the coordinator %q", police.Name, coordinator.Name)
	}
	l.read(func(tx *store.Tx) error {
		looks, err := tx.LooksAt(l.jan.ID, 5)
		if len(looks) != 1 {
			t.Errorf("%d looks are journalled", len(looks))
		}
		return err
	})
	l.must(l.post.AskToCall(l.Context(), l.actor(l.officer), l.zone, th.ID))
	if lines := l.threads(l.actor(l.coordinator.ID))[0].Lines; !strings.Contains(lines[len(lines)-1].Text, "zeg code") {
		t.Errorf("asked to call: %+v", lines[len(lines)-1])
	}
}

// Whatever spelling of the own name, number, mailbox or address a member writes, wherever it stands: nothing that leaves has it.
func TestNothingThatLeavesTellsWho(t *testing.T) {
	l := newLane(t, store.SQLite)
	box, _ := l.post.Mailboxes(l.mailed(l.jan.ID))
	words := []string{"Joris Vandenbroeck", "joris vandenbroeck", "Vandenbroeck Joris", "JORIS VANDENBROECK", "Vandenbroeck, Joris", "0455012345", "0455 01 23 45", "+32 455 01 23 45", "0455/01.23.45",
		"0032455012345", "joris.vandenbroeck@example.org", "JORIS.VANDENBROECK@EXAMPLE.ORG", "Lindestraat 12", "lindestraat 12"}
	rapid.Check(t, func(r *rapid.T) {
		var text strings.Builder
		for range rapid.IntRange(1, 5).Draw(r, "sentences") {
			text.WriteString(rapid.SampledFrom([]string{"Ik zag een auto. ", "Groeten van ", "Bel mij: ", "Mijn adres is ", "Niets gezien,\n"}).Draw(r, "words"))
			text.WriteString(rapid.SampledFrom(words).Draw(r, "secret") + rapid.SampledFrom([]string{". ", "\n", " en verder niets.\n", "\n\n"}).Draw(r, "end"))
		}
		l.must(l.arrives(janFrom, box, text.String()+"\n", "Subject: Re: van Joris Vandenbroeck"))
		*l.clock = l.clock.Add(10 * time.Minute)
	})
	if n := l.count("conversation_line"); n < 50 {
		t.Fatalf("only %d texts were tried", n)
	}
	l.nothingLeft(t.Fatalf)
}

// A report that a mail did not arrive moves the delivery whose own mailbox it came to.
func TestAReportMovesItsDelivery(t *testing.T) {
	eachLane(t, func(l *lane) {
		delivery := l.mailed(l.jan.ID)
		var work []store.Work
		l.must(l.db.Write(l.Context(), buurtbel.Scope{Zone: l.zone}, func(tx *store.Tx) error {
			to, err := tx.MailedTo(delivery)
			if err == nil {
				work, err = tx.Claim(to.Message, to.Kind, buurtbel.Email, "mail", 10)
			}
			return err
		}))
		if len(work) != 1 {
			t.Fatalf("%d deliveries claimed", len(work))
		}
		w := work[0]
		l.must(l.db.Write(l.Context(), buurtbel.Scope{Zone: l.zone}, func(tx *store.Tx) error {
			return tx.Record([]store.Settled{{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: buurtbel.Email, Number: w.Number, Carrier: "mail",
				Outcome: buurtbel.Outcome{State: buurtbel.HandedOver}, Parts: 1, Move: buurtbel.Move{State: buurtbel.HandedOver}}})
		}))
		_, box := l.post.Mailboxes(delivery)
		report := "From: MAILER-DAEMON@example.org\r\nTo: " + box + "\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; joris.vandenbroeck@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
		l.must(l.brings("", reports, strings.ReplaceAll(report, box, reports))) // to no mailbox of its own: anybody's word
		if n := l.count("delivery where state = 'handed-over'"); n != 1 {
			t.Error("a report without a tag moved a delivery")
		}
		l.must(l.brings("", box, report))
		if n := l.count("delivery where state = 'failed' and reason = 'invalid-address'"); n != 1 {
			t.Error("the report moved nothing")
		}
	})
}

// The answers to one message become one note: by place, in the order of time, with counts; police get each conversation with it, once.
func TestAnswersBecomeOneNote(t *testing.T) {
	l := newLane(t, store.SQLite)
	var letters *store.Letters
	l.read(func(tx *store.Tx) error {
		zone, err := tx.Zone()
		if err != nil {
			return err
		}
		people, err := tx.ReachablePeople([]buurtbel.ID{l.jan.ID, l.corner.ID})
		letters = l.db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, l.db.Now().Add(time.Hour))
		for _, p := range people {
			letters.To(p, buurtbel.Wording{Regime: "nl", Subject: "Fietsdiefstal", Mail: "Let op."}, buurtbel.Email)
		}
		return err
	})
	l.must(l.db.Write(t.Context(), buurtbel.Scope{Zone: l.zone}, letters.Post))
	for _, r := range letters.Recipients {
		from, text := janFrom, "Ik zag een gele auto. Joris"
		if r.Member == l.corner.ID {
			from, text = "mieke@example.net", "Ik ook."
		}
		box, _ := l.post.Mailboxes(r.Steps[0].ID)
		l.must(l.arrives(from, box, text+"\n"))
		*l.clock = l.clock.Add(time.Minute)
	}
	coordinator := l.actor(l.coordinator.ID)
	one := l.threads(coordinator)[0].ID
	n, err := l.post.Note(t.Context(), coordinator, l.zone, one)
	l.must(err)
	if n.Members != 2 || len(n.Groups) != 2 || n.Groups[0].Place != "Lindestraat" || n.Groups[1].Place != "" || len(n.Groups[0].Said) != 1 || n.Until.Sub(n.From) != time.Minute {
		t.Errorf("the note: %+v", n)
	}
	for range 2 {
		l.must(l.post.SendNote(t.Context(), coordinator, l.zone, one))
	}
	if got := l.lettersTo(l.officer); len(got) != 1 || !strings.Contains(got[0].words.Mail, "gele auto") || !strings.Contains(got[0].words.Mail, "2 leden") {
		t.Errorf("police got %d notes", len(got))
	}
	if n := len(l.threads(l.actor(l.officer))); n != 2 {
		t.Errorf("police have %d conversations", n)
	}
	if _, err := l.post.Note(t.Context(), l.actor(l.officer), l.zone, one); buurtbel.KindOf(err) != buurtbel.NotFound {
		t.Errorf("police gather the note of a network: %v", err)
	}
	l.nothingLeft(t.Errorf)
}
