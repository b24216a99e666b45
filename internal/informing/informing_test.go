package informing_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// TestADigestFromEntryToMail: what is entered on Friday goes out on Monday, to each network once, in the languages of its regime.
func TestADigestFromEntryToMail(t *testing.T) {
	each(t, "2026-11-20 16:00", func(v *village) {
		e := v.entry()
		v.enters(e)
		e.Category, e.Street, e.District, e.Info = buurtbel.Damage, "Kleine Gang", "De Kouter", nil
		v.enters(e)
		if n := v.due(); n != 0 {
			t.Errorf("%d tasks on Friday afternoon", n)
		}
		v.moved("2026-11-22 10:30") // Sunday
		if n := v.due(); n != 0 {
			t.Errorf("%d tasks on Sunday", n)
		}
		v.moved("2026-11-23 10:00")
		if n := v.due(); n != 1 {
			t.Fatalf("%d tasks on Monday", n)
		}
		for i, network := range v.networks {
			days, messages := v.sent(network)
			if !slices.Equal(days, []string{"2026-11-23"}) {
				t.Fatalf("%v", days)
			}
			m := messages[0]
			if m.Kind != buurtbel.KindDigest || m.Class != buurtbel.ClassDigest || m.Audience != 4 || m.Sender != "Politiezone Vlierbeek" {
				t.Errorf("%+v", m)
			}
			mail := m.Texts[0].Mail
			for _, want := range [][]string{{"Inbraak in een woning", "Molenweg, Vlierbeek", "Langs een raam", "De Kouter", "Een tip", "omdat u lid bent van BIN 0", "/me/digest", "donderdag 19 november 2026"},
				{"Cambriolage dans une habitation", "Inbraak in een woning", "parce que vous êtes membre de BIN 1", "Un conseil"}}[i] {
				if !strings.Contains(mail, want) {
					t.Errorf("network %d lacks %q:\n%s", i, want, mail)
				}
			}
			if strings.Contains(mail, "Kleine Gang") || m.Texts[0].SMS != "" {
				t.Errorf("a street with five addresses is named:\n%s", mail)
			}
		}
		v.moved("2026-11-24 11:00")
		if n := v.due(); n != 0 {
			t.Errorf("%d tasks with nothing to tell", n)
		}
		if days, _ := v.sent(v.networks[0]); len(days) != 1 {
			t.Errorf("with nothing to tell: %v", days)
		}
	})
}

// TestDigestDaysOverAYear enters something every day and moves the clock through weeks with holidays and both changes of the clock. The days are written
// by hand from a calendar on paper.
func TestDigestDaysOverAYear(t *testing.T) {
	weeks := []struct{ from, want string }{
		{"2026-03-27", "2026-03-27 2026-03-30 2026-03-31 2026-04-01 2026-04-02 2026-04-03 2026-04-07"}, // summer time begins on the 29th; Easter Monday on 6 April
		{"2026-05-12", "2026-05-12 2026-05-13 2026-05-15 2026-05-18"},                                  // Ascension Day on the 14th
		{"2026-10-23", "2026-10-23 2026-10-26 2026-10-27"},                                             // winter time begins on the 25th
		{"2026-11-10", "2026-11-10 2026-11-12 2026-11-13"},                                             // Armistice Day on the 11th
		{"2026-12-24", "2026-12-24 2026-12-28"},                                                        // Christmas on a Friday
	}
	v := settle(t, store.SQLite, weeks[0].from+" 06:00")
	var want []string
	for _, week := range weeks {
		v.moved(week.from + " 06:00")
		days := strings.Fields(week.want)
		want = append(want, days...)
		for day := week.from; day <= days[len(days)-1]; day = v.db.Now().AddDate(0, 0, 1).Format(buurtbel.DigestDay) {
			v.moved(day + " 08:00")
			v.enters(v.entry())
			v.moved(day + " 09:59")
			v.due()
			if got, _ := v.sent(v.networks[0]); slices.Contains(got, day) {
				t.Fatalf("%s before ten", day)
			}
			v.moved(day + " 10:00")
			v.due()
		}
	}
	for _, network := range v.networks {
		if got, _ := v.sent(network); !slices.Equal(got, want) {
			t.Errorf("sent on %v\nwant %v", got, want)
		}
	}
}

// TestOnceWithEightNodes: eight processes make the digest of one day at once, as when leases run out under them; each network gets one.
func TestOnceWithEightNodes(t *testing.T) {
	each(t, "2026-11-23 09:00", func(v *village) {
		v.enters(v.entry())
		v.moved("2026-11-23 10:00")
		var task store.Task
		v.read(func(tx *store.Tx) error {
			tasks, err := tx.DueTasks(1, nil)
			if err == nil && len(tasks) == 1 {
				task = tasks[0]
			}
			return err
		})
		v.write(func(tx *store.Tx) error {
			_, err := tx.TakeTask(task)
			return err
		})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				err := v.news.Digested()(v.Context(), buurtbel.System(), task)
				if err != nil && buurtbel.KeyOf(err) != "error.task.taken" {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, network := range v.networks {
			if days, _ := v.sent(network); !slices.Equal(days, []string{"2026-11-23"}) {
				t.Errorf("%v", days)
			}
		}
		n := 0
		v.read(func(tx *store.Tx) error {
			list, err := tx.RunningMessages()
			n = len(list)
			return err
		})
		if n != 2 {
			t.Errorf("%d messages for two networks", n)
		}
	})
}

// TestAProcessDiesBetweenTwoNetworks: the day's digest is closed and one network has it; whoever goes on gives the other network the same, once, and on the
// next working day too.
func TestAProcessDiesBetweenTwoNetworks(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) { // Friday
		v.enters(v.entry())
		v.moved("2026-11-20 10:00")
		gone := errors.New("the process ends here")
		err := v.db.Write(v.Context(), buurtbel.Scope{Zone: v.zone}, func(tx *store.Tx) error {
			if n, err := tx.CloseDigest("2026-11-20", "2000-01-01"); n != 1 || err != nil {
				t.Errorf("%d %v", n, err)
			}
			return gone
		})
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		message := &buurtbel.Message{ID: v.db.NewID(), Zone: v.zone, Kind: buurtbel.KindDigest, Class: buurtbel.ClassDigest, Urgency: buurtbel.Soon, State: buurtbel.MessageRunning, Expires: v.db.Now()}
		v.write(func(tx *store.Tx) error {
			if n, err := tx.CloseDigest("2026-11-20", "2000-01-01"); n != 1 || err != nil {
				t.Errorf("%d %v", n, err)
			}
			if err := tx.PutDigestLetter(v.networks[0], "2026-11-20", message.ID, 1); err != nil {
				return err
			}
			return tx.InsertMessage(message, nil)
		})
		second := v.entry()
		second.Category = buurtbel.SmallTheft
		v.enters(second) // after the digest of Friday was closed
		v.moved("2026-11-23 10:00")
		v.due()
		if days, m := v.sent(v.networks[0]); len(days) != 2 || strings.Contains(m[1].Texts[0].Mail, "Inbraak") || !strings.Contains(m[1].Texts[0].Mail, "Kleine diefstal") {
			t.Errorf("%v %+v", days, m)
		}
		if days, m := v.sent(v.networks[1]); len(days) != 1 || !strings.Contains(m[0].Texts[0].Mail, "Inbraak") || !strings.Contains(m[0].Texts[0].Mail, "Kleine diefstal") {
			t.Errorf("%v %+v", days, m)
		}
	})
}

// TestRule07_WhatADigestMayNotSay: each of these is refused, whatever the officer is sure of.
func TestRule07_WhatADigestMayNotSay(t *testing.T) {
	v := settle(t, store.SQLite, "2026-11-20 09:00")
	for words, key := range map[string]string{
		"De wagen met plaat 1-ABC-123 reed weg.":        "wording.plate",
		"Bel 0455 00 00 11 als u iets zag.":             "wording.phone",
		"Mail naar lid@example.org.":                    "wording.mailbox",
		"Volg de man niet uit het oog, achtervolg hem.": "wording.follow",
		"Bij nummer 12 stond een raam open.":            "error.digest.info-number",
		"In de Molenweg 4 was niemand thuis.":           "error.digest.info-number",
		"Om 14.30 uur sloeg de hond aan.":               "error.digest.info-time",
		"Het begon met een burenruzie.":                 "error.digest.info-dispute",
		"Na familiale moeilijkheden.":                   "error.digest.info-dispute",
	} {
		e := v.entry()
		e.Sure, e.Info = true, map[buurtbel.Language]string{buurtbel.Dutch: words}
		_, l, err := v.news.Enter(t.Context(), v.officer, v.zone, 0, e)
		if buurtbel.KeyOf(err) != "error.digest.refused" || !slices.ContainsFunc(l.Refused, func(f informing.Finding) bool { return f.Key == key }) {
			t.Errorf("%q: %v %+v", words, err, l)
		}
	}
	for lang, words := range map[buurtbel.Language][]string{
		buurtbel.French:  {"Vers 14 h 30, une fenêtre était ouverte.", "Au 12, rue du Moulin.", "Suite à un conflit de voisinage."},
		buurtbel.German:  {"Gegen 14 Uhr stand ein Fenster offen.", "Vor Hausnummer 7.", "Nach einem Nachbarschaftsstreit."},
		buurtbel.English: {"At 2:30 a window was open.", "Near house number 9.", "After a dispute between neighbours."},
	} {
		for _, text := range words {
			e := v.entry()
			e.Sure, e.Info = true, map[buurtbel.Language]string{lang: text}
			if _, l, err := v.news.Enter(t.Context(), v.officer, v.zone, 0, e); buurtbel.KeyOf(err) != "error.digest.refused" {
				t.Errorf("%s %q: %v %+v", lang, text, err, l)
			}
		}
	}
}

// TestRule07_StreetOrDistrict: the street from twenty addresses on, else the district; a short street is not kept anywhere, and not as a district either.
func TestRule07_StreetOrDistrict(t *testing.T) {
	v := settle(t, store.SQLite, "2026-11-20 09:00")
	for _, c := range []struct{ street, district, place, key string }{
		{"kerkstraat", "", "Kerkstraat", ""}, {"Kerkstr.", "Centrum", "Kerkstraat", ""},
		{"Kleine Gang", "Centrum", "Centrum", ""}, {"Kleine Gang", "", "", "error.digest.street-few"}, {"", "Kleine Gang", "", "error.digest.street-few"},
		{"Geen Straat", "", "", "error.digest.street-unknown"}, {"Geen Straat", "Centrum", "Centrum", ""}, {"", "Centrum 12", "", "error.digest.place-number"}, {"", "", "", "error.digest.place"},
	} {
		e := v.entry()
		e.Street, e.District = c.street, c.district
		l, err := v.news.Look(t.Context(), v.officer, v.zone, 0, e)
		if err != nil {
			t.Fatal(err)
		}
		if key := ""; c.key == "" && (len(l.Refused) > 0 || l.Item.Place != c.place) || c.key != "" && (len(l.Refused) == 0 || l.Refused[0].Key != c.key) {
			t.Errorf("%+v: %s %+v", c, key, l)
		}
	}
	e := v.entry()
	e.Info = map[buurtbel.Language]string{buurtbel.Dutch: "Aan de hoek met de Kleine Gang."}
	if _, l, err := v.news.Enter(t.Context(), v.officer, v.zone, 0, e); buurtbel.KeyOf(err) != "error.digest.sure" || l.Warned[len(l.Warned)-1].Key != "error.digest.info-street" {
		t.Errorf("%v %+v", err, l)
	}
}

func TestWarningsAskTheOfficer(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) {
		v.enters(v.entry())
		e := v.entry()
		e.Category = buurtbel.Damage
		_, l, err := v.news.Enter(v.Context(), v.officer, v.zone, 0, e)
		if buurtbel.KeyOf(err) != "error.digest.sure" || len(l.Beside) != 1 {
			t.Fatalf("%v %+v", err, l)
		}
		e.Sure = true
		id, _, err := v.news.Enter(v.Context(), v.officer, v.zone, 0, e)
		if err != nil {
			t.Fatal(err)
		}
		e.Info = map[buurtbel.Language]string{buurtbel.Dutch: "Een brievenbus."}
		if _, _, err := v.news.Enter(v.Context(), v.officer, v.zone, id, e); err != nil {
			t.Errorf("change: %v", err)
		}
		if i, err := v.news.Item(v.Context(), v.officer, v.zone, id); err != nil || i.Info[buurtbel.Dutch] != "Een brievenbus." {
			t.Errorf("%+v %v", i, err)
		}
		if err := v.news.TakeBack(v.Context(), v.officer, v.zone, id); err != nil {
			t.Error(err)
		}
		if err := v.news.TakeBack(v.Context(), v.officer, v.zone, id); buurtbel.KeyOf(err) != "error.digest.told" {
			t.Errorf("twice: %v", err)
		}
		v.moved("2026-11-20 10:00")
		v.due()
		if _, m := v.sent(v.networks[0]); len(m) != 1 || strings.Contains(m[0].Texts[0].Mail, "brievenbus") {
			t.Errorf("%+v", m)
		}
		items, err := v.news.Board(v.Context(), v.officer, v.zone)
		if err != nil || len(items.Waiting) != 0 || len(items.Letters) != 2 {
			t.Errorf("%+v %v", items, err)
		}
	})
}

func table(t *testing.T, text string) *sheet.Table {
	t.Helper()
	out, err := sheet.Read(strings.NewReader(text), sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const brought = `Datum;Dagdeel;Categorie;Gemeente;Straat;Wijk;Info;Info fr;Naam
19/11/2026;’s avonds;Inbraak in een woning;Vlierbeek;Molenweg;;Langs een raam.;Par une fenêtre.;Jan
18/11/2026;;small-theft;Vlierbeek;Kleine Gang;;;;
2026-11-17;Nacht;Burenruzie;Vlierbeek;Kerkstraat;;;;
18/11/2026;Voormiddag;Petit vol;Vlierbeek;Kerkstraat;;Bij nummer 12.;;
16/11/2026 14:05;;Kleine diefstal;Vlierbeek;;De Kouter;;;
`

func TestAListNamesLineAndColumn(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) {
		b, err := v.news.Bring(v.Context(), v.officer, v.zone, table(t, brought))
		if err != nil {
			t.Fatal(err)
		}
		type place struct {
			line   int
			column string
			key    string
		}
		var got []place
		for _, r := range b.Rows {
			for _, p := range r.Problems {
				got = append(got, place{r.Line, p.Column, p.Key})
			}
		}
		want := []place{{3, "F", "error.digest.street-few"}, {4, "B", "error.digest.part"}, {5, "G", "error.digest.info-number"}}
		want[1] = place{4, "C", "error.digest.category"}
		if !slices.Equal(got, want) || !slices.Equal(b.Unused, []string{"I"}) || b.Count() != 2 {
			t.Errorf("%v, unused %v, good %d", got, b.Unused, b.Count())
		}
		if i := b.Rows[0].Looked.Item; i.Place != "Molenweg" || i.Info[buurtbel.French] != "Par une fenêtre." || i.Part != buurtbel.InEvening {
			t.Errorf("%+v", i)
		}
		if i := b.Rows[4].Looked.Item; i.Day != "2026-11-16" || i.Part != buurtbel.SomeTime {
			t.Errorf("a time of the day is left out: %+v", i)
		}
		if n, err := v.news.Take(v.Context(), v.officer, v.zone, table(t, brought)); n != 2 || err != nil {
			t.Fatalf("%d %v", n, err)
		}
		if n, err := v.news.Take(v.Context(), v.officer, v.zone, table(t, brought)); n != 0 || buurtbel.KeyOf(err) != "error.digest.nothing" {
			t.Errorf("the same list again: %d %v", n, err)
		}
		if _, err := v.news.Bring(v.Context(), v.officer, v.zone, table(t, "a;b\n1;2\n")); buurtbel.KeyOf(err) != "error.digest.columns" {
			t.Error(err)
		}
	})
}

// TestRule07_PublicByMunicipalityAndMonth: nothing is published unless the zone decides, and then counts alone; members read what was told, and what waits is not
// shown to them.
func TestRule07_PublicByMunicipalityAndMonth(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) {
		v.enters(v.entry())
		if _, _, err := v.news.Published(v.Context(), v.zone); buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Errorf("published: %v", err)
		}
		member := buurtbel.Actor{Person: v.members[0], Zone: v.zone, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleMember, Zone: v.zone, From: v.db.Now().AddDate(-1, 0, 0)}}}
		if a, err := v.news.Archive(v.Context(), member, v.zone, ""); err != nil || len(a.Items) != 0 {
			t.Errorf("before it is told: %+v %v", a, err)
		}
		v.moved("2026-11-20 10:00")
		v.due()
		a, err := v.news.Archive(v.Context(), member, v.zone, "2026-11")
		if err != nil || len(a.Items) != 1 || len(a.Months) != 12 || a.Months[0] != "2025-12" {
			t.Fatalf("%+v %v", a, err)
		}
		if _, err := v.news.Archive(v.Context(), member, v.zone, "2020-01"); buurtbel.KindOf(err) != buurtbel.NotFound {
			t.Error(err)
		}
		rules := buurtbel.DigestRules{At: 7 * 60, Public: true, Own: []buurtbel.OwnCategory{{Key: "own-1", Words: map[buurtbel.Language]string{buurtbel.Dutch: "Sluikstort", buurtbel.French: "Dépôt", buurtbel.German: "Müll", buurtbel.English: "Litter"}}}}
		if err := v.news.Decide(v.Context(), v.officer, v.zone, rules); err != nil {
			t.Fatal(err)
		}
		p, _, err := v.news.Published(v.Context(), v.zone)
		want := buurtbel.DigestCount{Month: "2026-11", Municipality: "Vlierbeek", Category: buurtbel.HomeBurglary, Count: 1}
		if err != nil || len(p.Items) != 0 || !slices.Equal(p.Counts, []buurtbel.DigestCount{want}) {
			t.Errorf("%+v %v", p, err)
		}
		rules.Own[0].Words[buurtbel.Dutch] = "Burenruzie"
		if err := v.news.Decide(v.Context(), v.officer, v.zone, rules); buurtbel.KeyOf(err) != "error.digest.own-dispute" {
			t.Errorf("a category for disputes: %v", err)
		}
		rules.Own[0].Words[buurtbel.Dutch] = ""
		if err := v.news.Decide(v.Context(), v.officer, v.zone, rules); buurtbel.KeyOf(err) != "error.digest.own-words" {
			t.Errorf("a category without a name: %v", err)
		}
	})
}

func TestAZonesOwnTips(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) {
		tip := buurtbel.Tip{Topic: buurtbel.TipFire, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "De brandweer komt kijken."}}
		if err := v.news.WriteTip(v.Context(), v.officer, v.zone, tip); err != nil {
			t.Fatal(err)
		}
		own, err := v.news.Tips(v.Context(), v.officer, v.zone)
		if err != nil || len(own) != 1 || own[0].Texts[buurtbel.Dutch] != "De brandweer komt kijken." {
			t.Fatalf("%+v %v", own, err)
		}
		for key, bad := range map[string]buurtbel.Tip{
			"error.tip.topic": {Topic: "x", Texts: tip.Texts}, "error.tip.words": {Topic: buurtbel.TipFire, Texts: map[buurtbel.Language]string{buurtbel.Dutch: " "}},
			"error.tip.refused": {Topic: buurtbel.TipFire, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Mail naar lid@example.org."}}, "error.tip.month": {Topic: buurtbel.TipFire, Texts: tip.Texts, Months: []time.Month{13}},
		} {
			if err := v.news.WriteTip(v.Context(), v.officer, v.zone, bad); buurtbel.KeyOf(err) != key {
				t.Errorf("%s: %v", key, err)
			}
		}
		if err := v.news.DropTip(v.Context(), v.officer, v.zone, own[0].ID); err != nil {
			t.Error(err)
		}
		if err := v.news.DropTip(v.Context(), v.officer, v.zone, own[0].ID); buurtbel.KeyOf(err) != "error.tip.unknown" {
			t.Error(err)
		}
	})
}

func TestOnlyWhoMay(t *testing.T) {
	v := settle(t, store.SQLite, "2026-11-20 09:00")
	id := v.enters(v.entry())
	for _, role := range []buurtbel.Role{buurtbel.RoleMember, buurtbel.RoleCoordinator, buurtbel.RoleDispatcher, buurtbel.RoleChief, buurtbel.RoleAuditor} {
		a := buurtbel.Actor{Person: v.members[0], Zone: v.zone, Mandates: []buurtbel.Mandate{{Role: role, Zone: v.zone, From: v.db.Now().AddDate(-1, 0, 0)}}}
		_, _, entered := v.news.Enter(t.Context(), a, v.zone, 0, v.entry())
		_, took := v.news.Take(t.Context(), a, v.zone, table(t, brought))
		for what, err := range map[string]error{"enter": entered, "take": took, "take back": v.news.TakeBack(t.Context(), a, v.zone, id), "decide": v.news.Decide(t.Context(), a, v.zone, buurtbel.DefaultDigest)} {
			if buurtbel.KindOf(err) != buurtbel.Forbidden {
				t.Errorf("%s may %s: %v", role, what, err)
			}
		}
	}
}

// FuzzWords: any words give an answer, and what is found does not depend on the spaces around them.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"Kerkstraat 12", "12, rue du Moulin", "14 h 30", "burenruzie", "’s avonds \x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if informing.Found(text) != informing.Found(" "+text+" ") {
			t.Errorf("%q", text)
		}
	})
}

// TestWhatComesAfterTheDigestOfTheDayWaits: a task that comes twice on one day sends nothing more, and what was entered in between is told on the next
// working day, not lost.
func TestWhatComesAfterTheDigestOfTheDayWaits(t *testing.T) {
	each(t, "2026-11-20 09:00", func(v *village) {
		v.enters(v.entry())
		v.moved("2026-11-20 10:00")
		v.due()
		late := v.entry()
		late.Category = buurtbel.SmallTheft
		v.enters(late)
		v.write(func(tx *store.Tx) error { return tx.Later(informing.TaskDigest, v.zone, tx.Now()) })
		if n := v.due(); n != 1 {
			t.Errorf("%d tasks", n)
		}
		if days, _ := v.sent(v.networks[0]); !slices.Equal(days, []string{"2026-11-20"}) {
			t.Errorf("%v", days)
		}
		v.moved("2026-11-23 10:00")
		v.due()
		days, m := v.sent(v.networks[0])
		if !slices.Equal(days, []string{"2026-11-20", "2026-11-23"}) || !strings.Contains(m[1].Texts[0].Mail, "Kleine diefstal") || strings.Contains(m[1].Texts[0].Mail, "Inbraak") {
			t.Errorf("%v", days)
		}
	})
}
