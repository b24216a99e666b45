package alerting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

func (w *town) pattern(key string) *alerting.Pattern {
	w.Helper()
	list := w.readyTexts(w.dispatcher)
	for i := range list {
		if list[i].Key == key {
			return &list[i]
		}
	}
	return nil
}

// readyTexts gives every ready text of the zone, those that follow an alert last.
func (w *town) readyTexts(who buurtbel.Actor) []alerting.Pattern {
	w.Helper()
	list, err := w.desk.Patterns(w.Context(), who, w.zone)
	if err != nil {
		w.Fatal(err)
	}
	after, err := w.desk.Followers(w.Context(), who, w.zone)
	if err != nil {
		w.Fatal(err)
	}
	return append(list, after...)
}

// changes gives what the zone's chain says of settings.
func (w *town) changes() (out []string) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		list, err := tx.JournalOf(w.zone)
		for _, e := range list {
			if e.Kind == buurtbel.EntryChange {
				out = append(out, string(e.Content))
			}
		}
		return err
	})
	return out
}

func dutch(text string) map[buurtbel.Language]string {
	return map[buurtbel.Language]string{buurtbel.Dutch: text}
}

func TestEveryReadyTextCanBeKept(t *testing.T) {
	w := found(t, store.SQLite)
	list := w.readyTexts(w.officer)
	if len(list) != 22 {
		t.Fatalf("%d patterns", len(list))
	}
	for i := range list {
		p := &list[i]
		edit := &alerting.TemplateEdit{Key: p.Key, Titles: p.Titles, Texts: p.Texts, Valid: p.Valid}
		c, err := w.desk.CheckTemplate(w.Context(), w.officer, w.zone, edit)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range c.Problems {
			t.Errorf("%s %s: %s %s %v", p.Key, found.Language, found.Level, found.Key, found.Args)
		}
		if len(c.Texts) != len(buurtbel.Languages) {
			t.Errorf("%s: %d texts measured", p.Key, len(c.Texts))
		}
		if _, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit); err != nil || w.pattern(p.Key).Edited {
			t.Errorf("%s: the catalogue's own words are the zone's: %v", p.Key, err)
		}
	}
	if got := w.changes(); len(got) != 0 {
		t.Errorf("nothing changed, and the journal says %q", got)
	}
}

func TestEditAndReset(t *testing.T) {
	each(t, func(w *town) {
		edit := &alerting.TemplateEdit{Key: "burglary", Texts: dutch("Ingebroken in {place}.\n {description}. Kijk  uw ramen na. Ontdekt om {time}."), Valid: 3 * time.Hour}
		if _, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit); err != nil {
			w.Fatal(err)
		}
		p, catalogue := w.pattern("burglary"), mustTemplate("burglary")
		if p.Texts[buurtbel.Dutch] != "Ingebroken in {place}. {description}. Kijk uw ramen na. Ontdekt om {time}." || p.Valid != 3*time.Hour || !p.Edited {
			w.Errorf("edited: %+v", p)
		}
		if p.Texts[buurtbel.French] != catalogue.Bare(buurtbel.French) || p.Titles[buurtbel.Dutch] != catalogue.Title(buurtbel.Dutch) {
			w.Errorf("what was left empty: %+v", p)
		}
		if err := w.desk.ResetTemplate(w.Context(), w.officer, w.zone, "burglary"); err != nil {
			w.Fatal(err)
		}
		if p := w.pattern("burglary"); p.Edited || p.Texts[buurtbel.Dutch] != catalogue.Bare(buurtbel.Dutch) || p.Valid != catalogue.ExpiresAfter {
			w.Errorf("after the reset: %+v", p)
		}
		if err := w.desk.ResetTemplate(w.Context(), w.officer, w.zone, "burglary"); err != nil {
			w.Error(err)
		}
		w.same("journal", w.changes(), []string{"template burglary", "template burglary"})
	})
}

func mustTemplate(key string) locale.Template {
	t, _ := locale.TemplateOf(key)
	return t
}

func TestWhatFollowsAnAlertIsTheZonesToo(t *testing.T) {
	each(t, func(w *town) {
		list, err := w.desk.Patterns(w.Context(), w.dispatcher, w.zone)
		if err != nil {
			w.Fatal(err)
		}
		for _, p := range list {
			if p.Follows != "" || p.Fact == "" {
				w.Errorf("an alert cannot begin with %+v", p)
			}
		}
		edit := &alerting.TemplateEdit{Key: "all-clear", Texts: dutch("Alles is weer veilig. {description}. Vragen? Bel {line}."), Valid: 2 * time.Hour}
		if _, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit); err != nil {
			w.Fatalf("%v%s", err, problems(err))
		}
		p := w.pattern("all-clear")
		if got := p.Offer(buurtbel.Dutch, "101"); got != "Alles is weer veilig. {description}. Vragen? Bel 101." || p.Follows != buurtbel.KindAllClear || p.Valid != 2*time.Hour {
			w.Errorf("%q of %+v", got, p)
		}
		if got := p.Offer(buurtbel.French, "101"); got != mustTemplate("all-clear").Bare(buurtbel.French) {
			w.Errorf("what was left empty: %q", got)
		}
		for key, text := range map[string]string{"correction": "Fout. {description}.", "update": "Nieuws in {place}.", "all-clear": "Over, geldig tot {until}."} {
			_, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, &alerting.TemplateEdit{Key: key, Texts: dutch(text), Valid: time.Hour})
			if !strings.Contains(problems(err), "error.template.slot") {
				w.Errorf("%s %q: %v%s", key, text, err, problems(err))
			}
		}
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		_, err = w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindUpdate, Texts: dutch(w.pattern("update").Offer(buurtbel.Dutch, "101")), Valid: time.Hour})
		w.refused(err, "error.alert.refused") // nobody wrote what is new
		for _, kind := range []buurtbel.MessageKind{buurtbel.KindCorrection, buurtbel.KindAllClear} {
			if text := mustTemplate(string(kind)).Bare(buurtbel.Dutch); strings.Contains(text, "{") {
				w.Errorf("the %s of the catalogue cannot go out as it is: %q", kind, text)
			}
		}
		if _, err := w.desk.Followers(w.Context(), w.chief, w.zone); buurtbel.KindOf(err) != buurtbel.Forbidden {
			w.Errorf("the chief reads: %v", err)
		}
	})
}

func TestOwnTemplate(t *testing.T) {
	each(t, func(w *town) {
		edit := &alerting.TemplateEdit{Fact: "missing-child", Titles: dutch("Vermist na school"), Texts: dutch("{name} kwam niet thuis. Gezien in {place}. {description}. Kijk in uw tuin."), Valid: time.Hour}
		key, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit)
		if err != nil {
			w.Fatal(err)
		}
		if p := w.pattern(key); p == nil || !p.Own || !p.Person || p.Fact != "missing-child" || p.Texts[buurtbel.French] != "" || p.Title(buurtbel.French) != "Vermist na school" {
			w.Fatalf("made: %+v", p)
		}
		edit.Key, edit.Fact = key, "storm-flood"
		if _, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit); err != nil || w.pattern(key).Person {
			w.Errorf("another fact: %v", err)
		}
		if err := w.desk.ResetTemplate(w.Context(), w.officer, w.zone, key); err != nil || w.pattern(key) != nil {
			w.Errorf("taken away: %v", err)
		}
		_, err = w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit)
		w.refused(err, "error.template.unknown")
		w.refused(w.desk.ResetTemplate(w.Context(), w.officer, w.zone, "nothing"), "error.template.unknown")
	})
}

func TestRefusedTemplates(t *testing.T) {
	w := found(t, store.SQLite)
	for name, c := range map[string]struct {
		edit alerting.TemplateEdit
		key  string
	}{
		"a plate":           {alerting.TemplateEdit{Texts: dutch("De auto met 1-ABC-123 in {place}.")}, "wording.plate"},
		"an unknown slot":   {alerting.TemplateEdit{Texts: dutch("Inbraak in {straat}.")}, "error.template.slot"},
		"an open brace":     {alerting.TemplateEdit{Texts: dutch("Inbraak in {place.")}, "error.template.slot"},
		"what is added":     {alerting.TemplateEdit{Texts: dutch("Inbraak in {place}. {fixed}")}, "error.template.slot-frame"},
		"slot in the title": {alerting.TemplateEdit{Titles: dutch("Inbraak in {place}")}, "error.template.slot-title"},
		"long title":        {alerting.TemplateEdit{Titles: dutch(strings.Repeat("Inbraak ", 10))}, "error.template.title-long"},
		"long text":         {alerting.TemplateEdit{Texts: dutch(strings.Repeat("Inbraak ", 200))}, "error.alert.text-long"},
		"two weeks":         {alerting.TemplateEdit{Valid: 14 * 24 * time.Hour}, "error.alert.valid"},
	} {
		c.edit.Key = "burglary"
		if c.edit.Valid == 0 {
			c.edit.Valid = time.Hour
		}
		_, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, &c.edit)
		w.refused(err, "error.template.refused")
		if !strings.Contains(problems(err), c.key+" ") {
			t.Errorf("%s: %s%s", name, c.key, problems(err))
		}
	}
	for name, c := range map[string]struct {
		edit alerting.TemplateEdit
		key  string
	}{
		"nothing":  {alerting.TemplateEdit{Fact: "other"}, "error.template.empty"},
		"no fact":  {alerting.TemplateEdit{Fact: "zomaar", Titles: dutch("Koeien"), Texts: dutch("Koeien op de weg.")}, "error.alert.fact"},
		"no title": {alerting.TemplateEdit{Fact: "other", Texts: dutch("Koeien op de weg.")}, "error.template.no-title"},
		"no text":  {alerting.TemplateEdit{Fact: "other", Titles: dutch("Koeien")}, "error.template.no-text"},
	} {
		c.edit.Valid = time.Hour
		_, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, &c.edit)
		if !strings.Contains(problems(err), c.key+" ") {
			t.Errorf("%s: %s%s", name, c.key, problems(err))
		}
	}
	if got := w.changes(); len(got) != 0 {
		t.Errorf("nothing changed, and the journal says %q", got)
	}
}

func TestRule01_TemplatesAreTheZonesOwn(t *testing.T) {
	each(t, func(w *town) {
		edit := &alerting.TemplateEdit{Key: "burglary", Texts: dutch("Ingebroken in {place}."), Valid: time.Hour}
		for i, who := range []buurtbel.Actor{w.dispatcher, w.chief, w.actor(w.members[0]), w.elsewhere, {}} {
			_, err := w.desk.EditTemplate(w.Context(), who, w.zone, edit)
			if _, e := w.desk.CheckTemplate(w.Context(), who, w.zone, edit); buurtbel.KindOf(err) != buurtbel.Forbidden || buurtbel.KindOf(e) != buurtbel.Forbidden {
				w.Errorf("actor %d: %v, %v", i, err, e)
			}
			if err := w.desk.ResetTemplate(w.Context(), who, w.zone, "burglary"); buurtbel.KindOf(err) != buurtbel.Forbidden {
				w.Errorf("actor %d resets: %v", i, err)
			}
		}
		if _, err := w.desk.Patterns(w.Context(), w.chief, w.zone); buurtbel.KindOf(err) != buurtbel.Forbidden {
			w.Errorf("the chief reads: %v", err)
		}
		if _, err := w.desk.EditTemplate(w.Context(), w.officer, w.zone, edit); err != nil {
			w.Fatal(err)
		}
		list, err := w.desk.Patterns(w.Context(), w.elsewhere, w.elsewhere.Zone)
		if err != nil {
			w.Fatal(err)
		}
		for _, p := range list {
			if p.Edited {
				w.Errorf("in the other zone: %+v", p)
			}
		}
	})
}
