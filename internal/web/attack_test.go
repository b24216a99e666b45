package web

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// atOnce posts a form from n browsers at the same moment and counts the answers by status.
func (s *site) atOnce(n int, path string, form url.Values) map[int]int {
	s.Helper()
	var start, done sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	start.Add(1)
	for range n {
		b := s.browser()
		done.Go(func() {
			start.Wait()
			res, err := b.client.PostForm(b.server.URL+path, form)
			if err != nil {
				s.Errorf("POST %s: %v", path, err)
				return
			}
			defer res.Body.Close()
			mu.Lock()
			codes[res.StatusCode]++
			mu.Unlock()
		})
	}
	start.Done()
	done.Wait()
	return codes
}

// TestAttackManyLettersAtOnce: many at the same moment get no more than the share of many after each other.
func TestAttackManyLettersAtOnce(t *testing.T) {
	s := found(t)
	codes := s.atOnce(4*mostWritten, "/networks/"+s.kerkveld.String()+"/write", url.Values{"text": {"Ik woon er pas."}})
	if codes[http.StatusOK] != mostWritten || codes[http.StatusServiceUnavailable] != 3*mostWritten {
		t.Errorf("%v", codes)
	}
}

// TestAttackWishesFillNoMailbox: neither by other streets nor by other spellings of the mailbox.
func TestAttackWishesFillNoMailbox(t *testing.T) {
	s := found(t)
	s.drawKerkveld()
	for i := range 9 {
		street := s.house(fmt.Sprint("Verreveld", i), buurtbel.Point{Lat: 52 + float64(i)/100, Lon: 5})
		box := []string{"doelwit@example.org", "Doelwit@example.org", fmt.Sprintf("doelwit+%d@example.org", i)}[i%3]
		s.later.Add(int64(10 * time.Second))
		if got := s.browser().post("/wishes", url.Values{"street": {street.String()}, "email": {box}}); got.code != http.StatusOK {
			t.Errorf("%d: the answer tells how many letters went", got.code)
		}
	}
	s.letter("doelwit@example.org", "")
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		if len(list) > 4 {
			t.Errorf("%d letters", len(list))
		}
		return err
	})
}

// TestAttackOriginIsALine: behind one IPv6 line stand 2^64 addresses, and they are one origin.
func TestAttackOriginIsALine(t *testing.T) {
	at := func(remote string) string {
		v := &visit{s: New(Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}), r: &http.Request{RemoteAddr: remote, Header: http.Header{}}}
		return v.origin()
	}
	if one, two := at("[2001:db8:1:2::5]:80"), at("[2001:db8:1:2:ffff:1:2:3]:443"); one != two {
		t.Errorf("%s and %s", one, two)
	}
	if one, two := at("[2001:db8:1:2::5]:80"), at("[2001:db8:1:3::5]:80"); one == two {
		t.Errorf("neighbours share %s", one)
	}
	if one, two := at("[::ffff:192.0.2.7]:80"), at("192.0.2.8:80"); one != "192.0.2.7" || two != "192.0.2.8" {
		t.Errorf("%s and %s", one, two)
	}
}

// TestAttackFloodOfLinksKeepsNobodyFromConfirming: however many links that do not exist are tried, one that exists works.
func TestAttackFloodOfLinksKeepsNobodyFromConfirming(t *testing.T) {
	g, now := gate{most: 30}, time.Now()
	for i := range 3 * gateKeys {
		if g.pass(fmt.Sprint("flood", i), now) != nil {
			t.Fatalf("link %d is refused", i)
		}
	}
	if err := g.pass("a member's", now); err != nil {
		t.Error(err)
	}
	if len(g.tries) > gateKeys {
		t.Errorf("remembers %d", len(g.tries))
	}
}

// TestAttackOwnCodesRingNobodyAllDay: one line makes a telephone get a handful of codes a day, whoever asks, and each asking gets the same answer.
func TestAttackOwnCodesRingNobodyAllDay(t *testing.T) {
	s := found(t)
	for range 48 {
		s.browser().want("/me/in", http.StatusOK, url.Values{"address": {"0455 00 00 03"}})
		s.later.Add(int64(30 * time.Minute))
	}
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.RunningMessages()
		if len(list) > 4+13 {
			t.Errorf("%d codes in a day", len(list))
		}
		return err
	})
	s.sms.mu.Lock()
	defer s.sms.mu.Unlock()
	if len(s.sms.took) > 4+13 {
		t.Errorf("%d texts in a day", len(s.sms.took))
	}
}

// personal is a number with the form and the check digits of a Belgian national register number, of somebody born in month 0.
const personal = "90.00.01-001.57"

// TestAttackRegisterNumbersAreKeptNowhere: typed into any form they are refused, and stand neither in the store nor in the log.
func TestAttackRegisterNumbersAreKeptNowhere(t *testing.T) {
	var log channeltest.Log
	s := found(t, func(s *site) {
		s.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	s.street()
	b, own := s.browser(), s.ownAs(s.members[3])
	where := b.post("/join/where", url.Values{"street": {"Vlierstraat"}, "number": {"1"}, "postal": {"9990"}, "kind": {"residents"}})
	person := filled(carried(where.body), map[string]string{"given": "Nora", "family": "Nieuw " + personal, "basis": "lives", "language": "nl", "mobile": "0455077777", "adult": "yes", "rules": "yes"})
	for _, p := range []struct {
		by   *browser
		path string
		form url.Values
	}{
		{b, "/remarks", url.Values{"remark": {"Mijn nummer is " + personal}}},
		{b, "/contact", url.Values{"text": {"Mijn nummer is " + personal}, "zone": {s.zone.String()}}},
		{b, "/networks/" + s.kerkveld.String() + "/write", url.Values{"text": {"Dag"}, "name": {"Jan " + personal}}},
		{b, "/join", person},
		{b, "/join", filled(person, map[string]string{"family": "Nieuw", "mobile": personal})},
		{own, "/me/data", url.Values{"do": {"name"}, "given": {"Jan"}, "family": {personal}}},
		{own, "/me/data", url.Values{"do": {"home"}, "street": {"Kerkstraat"}, "number": {"1"}, "box": {personal}, "postal": {"9990"}, "municipality": {"Vlierbeek"}}},
	} {
		if got := p.by.post(p.path, p.form); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", p.path, got.code)
		}
	}
	s.nowhere(&log, personal, "90000100157")
}

// TestAttackLogTellsNobody: what people type and where they live stands in no log.
func TestAttackLogTellsNobody(t *testing.T) {
	var log channeltest.Log
	s := found(t, func(s *site) {
		s.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	s.street()
	joinOverHTTP(t, s)
	b := s.browser()
	b.post("/contact", url.Values{"text": {"Zeepaardje"}, "email": {"zeepaardje@example.org"}, "zone": {s.zone.String()}})
	b.post("/me/in", url.Values{"address": {"zeepaardje@example.org"}})
	b.post("/me/in", url.Values{"address": {"0455 00 00 03"}})
	b.post("/sign-in", url.Values{"email": {"zeepaardje@example.org"}})
	for _, word := range []string{"Zeepaardje", "zeepaardje", "Nora", "nora@", "455077777", "4550000003", "Vlierstraat", mailboxOf(0)} {
		if strings.Contains(log.String(), word) {
			t.Errorf("%q stands in the log", word)
		}
	}
}

// nowhere looks for words in the log and in the files of the store.
func (s *site) nowhere(log *channeltest.Log, words ...string) {
	s.Helper()
	look := func(where string, text []byte) {
		for _, w := range words {
			if bytes.Contains(text, []byte(w)) {
				s.Errorf("%q stands in %s", w, where)
			}
		}
	}
	look("the log", []byte(log.String()))
	err := filepath.WalkDir(s.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		look(filepath.Base(path), text)
		return err
	})
	if err != nil {
		s.Error(err)
	}
}

// TestAttackLinksAtOnce: eight at the same moment use a link up once, and one gets in.
func TestAttackLinksAtOnce(t *testing.T) {
	s := found(t)
	own, err := s.gate.OwnLink(s.Context(), buurtbel.System(), s.members[3])
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{strings.TrimPrefix(own, "https://alarm.example.org"), s.link(s.people[buurtbel.RoleOfficer])} {
		if codes := s.atOnce(8, path, nil); codes[http.StatusSeeOther] != 1 {
			t.Errorf("%v", codes)
		}
	}
	secret, err := s.invitationTo(s.members[3])
	if err != nil {
		t.Fatal(err)
	}
	if codes := s.atOnce(8, "/household/"+secret, nil); codes[http.StatusOK] != 1 {
		t.Errorf("an invitation: %v", codes)
	}
}

// invitationTo makes the invitation of a member to a household.
func (s *site) invitationTo(member buurtbel.ID) (string, error) {
	secret, hash := token.New()
	household := s.db.NewID()
	return secret, s.db.Write(s.Context(), buurtbel.Scope{Zone: s.zone}, func(tx *store.Tx) error {
		if err := tx.InsertHousehold(household); err != nil {
			return err
		}
		return tx.InsertOneUse(hash, store.OneUse{Purpose: string(token.Household), Person: member, Subject: household, Expires: s.db.Now().Add(time.Hour)})
	})
}

// TestAttackForeignContacts: a coordinator and a member move, pause and remove nobody else's contact points through a path that is theirs.
func TestAttackForeignContacts(t *testing.T) {
	s := found(t)
	theirs := s.self(s.members[9]).Contacts[0].ID
	c, own := s.as(s.people[buurtbel.RoleCoordinator]), s.ownAs(s.members[3])
	for _, do := range []string{"up", "pause", "resume", "removes"} {
		form := url.Values{"do": {do}, "contact": {theirs.String()}, "how": {"paper"}, "sure": {"yes"}}
		c.want("/asked/"+s.members[4].String()+"/contacts", http.StatusNotFound, form)
		own.want("/me/contacts", http.StatusNotFound, form)
	}
	form := url.Values{"do": {"removes"}, "contact": {s.self(s.members[4]).Contacts[0].ID.String()}, "how": {"own-page"}}
	c.want("/asked/"+s.members[4].String()+"/contacts", http.StatusUnprocessableEntity, form)
	if after := s.self(s.members[9]).Contacts; len(after) != 2 || after[0].ID != theirs || after[0].State != buurtbel.ContactOK {
		t.Errorf("%+v", after)
	}
}

// TestAttackAbsurdAreas: areas that no town has are refused soon, and what people type elsewhere is bounded.
func TestAttackAbsurdAreas(t *testing.T) {
	s := found(t)
	b := s.as(s.people[buurtbel.RoleOfficer])
	ring := func(n int, at func(i int) string) string {
		var w strings.Builder
		for i := range n {
			w.WriteString(at(i) + ",")
		}
		return `{"type":"Polygon","coordinates":[[` + w.String() + at(0) + `]]}`
	}
	for name, area := range map[string]string{
		"many points": ring(2500, func(i int) string { return fmt.Sprintf("[4.%d,51]", i) }),
		"zigzag":      ring(1500, func(i int) string { return fmt.Sprintf("[%.4f,5%d.5]", 4+float64(i)/1e4, i%2) }),
		"not numbers": `{"type":"Polygon","coordinates":[[[NaN,51],[4,Infinity],[4,52],[NaN,51]]]}`,
		"too large":   `{"type":"Polygon","coordinates":[[[1e308,51],[4,-1e308],[4,52],[1e308,51]]]}`,
		"deep":        strings.Repeat(`[`, 20_000),
		"nothing":     `{"type":"FeatureCollection","features":[]}`,
		"empty ring":  `{"type":"MultiPolygon","coordinates":[[[]],[],[[[]]]]}`,
		"the world":   `{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}`,
		"bad letters": "{\"type\":\"\xff\xfe\"}",
	} {
		began := time.Now()
		got := b.post("/areas/change", url.Values{"kind": {"new"}, "name": {"BIN Nieuw"}, "ground": {"Gemeenteraad"}, "area": {area}})
		if got.code != http.StatusUnprocessableEntity && (name != "the world" || got.code != http.StatusOK) {
			t.Errorf("%s: %d", name, got.code)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
	for _, q := range []string{strings.Repeat("ker", 4000), strings.Repeat("\u0301", 199), "\xff\xfe\x00", "ker\u202etsart", strings.Repeat("🧨", 150)} {
		if got := s.browser().post("/address", url.Values{"address": {q}}); got.code != http.StatusUnprocessableEntity && got.code != http.StatusOK {
			t.Errorf("an address of %d bytes: %d", len(q), got.code)
		}
	}
}

// TestAttackScriptInLetters: what a stranger writes on a form is text in the mail of who reads it.
func TestAttackScriptInLetters(t *testing.T) {
	s := found(t)
	form := url.Values{"text": {"Lees dit " + hostile}, "name": {hostile}, "email": {"nieuw@example.org"}}
	if got := s.browser().post("/networks/"+s.kerkveld.String()+"/write", form); got.code != http.StatusOK {
		t.Fatalf("%d", got.code)
	}
	s.letter(mailboxOf(0), "Lees dit")
	m, _ := s.mail.last(mailboxOf(0), "Lees dit")
	if html := m.Content.HTML; html == "" || strings.Contains(html, "<script>alert") || strings.Contains(html, "<img src=x") || !strings.Contains(html, "&lt;script&gt;") {
		t.Errorf("%s", html)
	}
	if strings.ContainsAny(m.Content.Subject, "\r\n") {
		t.Errorf("a subject of two lines: %q", m.Content.Subject)
	}
	for _, name := range []string{"Jan\r\nBcc: x@example.org", "Jan\x00", "Jan\u202egnot"} {
		got := s.browser().post("/contact", url.Values{"text": {"Dag"}, "name": {name}, "zone": {s.zone.String()}})
		if strings.HasPrefix(name, "Jan\r") { // a second line is text, and never a header
			if m, ok := s.mail.last(mailboxOf(81), "Bcc"); ok && strings.Contains(m.Content.Subject, "Bcc") {
				t.Error("a line of a name stands in a subject")
			}
			continue
		}
		if got.code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", name, got.code)
		}
	}
}
