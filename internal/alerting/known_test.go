package alerting_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/gsm"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

var aCode = regexp.MustCompile(`[A-Z][A-Z0-9]{2}-[A-Z0-9]{2}[0-9]`)

// code gives the code of an alert.
func (w *town) code(alert buurtbel.ID) string {
	w.Helper()
	code := ""
	w.read(func(tx *store.Tx) (err error) {
		code, err = tx.CodeOf(alert)
		return err
	})
	if !aCode.MatchString(code) {
		w.Fatalf("the code is %q", code)
	}
	return code
}

func (w *town) verdict(code string) string {
	w.Helper()
	v, err := w.desk.Known(w.Context(), code)
	if err != nil {
		if buurtbel.KeyOf(err) != "error.code.unknown" {
			w.Fatal(err)
		}
		return ""
	}
	return strings.Join(v.Sentences(buurtbel.Dutch, w.clock.now()), " ")
}

// Every text of an alert carries one code, the preview too, and its length is counted with it.
func TestEveryTextCarriesTheCode(t *testing.T) {
	each(t, func(w *town) {
		draft := w.draft(w.kerkveld, w.waterkant)
		check, err := w.desk.Check(w.Context(), w.dispatcher, w.zone, draft)
		if err != nil {
			t.Fatal(err)
		}
		draft.Networks = draft.Networks[:1] // both together would need a second person
		l := w.launch(draft)
		code := w.code(l.Alert)
		for i, text := range check.Texts {
			if strings.Count(text.SMS, code) != 1 || text.Parts != gsm.Analyse(text.SMS).Parts {
				t.Errorf("the preview %q with %d parts does not carry %s", text.SMS, text.Parts, code)
			}
			if mail := check.Wordings[i].Mail; !strings.Contains(mail, code) || !strings.Contains(mail, "alarm.example.org/check") {
				t.Errorf("the mail does not say where to check %s: %s", code, mail)
			}
		}
		w.finished()
		if _, err := w.desk.Tell(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Kind: buurtbel.KindUpdate, Valid: time.Hour, Texts: draft.Texts}); err != nil {
			t.Fatal(err)
		}
		w.finished()
		got := w.sms.to(mobile(3))
		if len(got) != 2 || !strings.Contains(got[0], code) || !strings.Contains(got[1], code) {
			t.Errorf("%s is not in each of %q", code, got)
		}
		other := w.launch(w.draft(w.kerkveld))
		if w.code(other.Alert) == code {
			t.Error("two alerts have one code")
		}
	})
}

func TestWhatACodeTells(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		code := w.code(l.Alert)
		if got := w.verdict(code); !strings.Contains(got, "echt") || !strings.Contains(got, "Politiezone Vlierbeek en vertrok vandaag 14") || strings.Contains(got, "oefening") || strings.Contains(got, "Kerk") {
			t.Errorf("of an alert: %s", got)
		}
		drill := w.draft(w.kerkveld)
		drill.Exercise = true
		if got := w.verdict(w.code(w.launch(drill).Alert)); !strings.Contains(got, locale.Text(buurtbel.Dutch, "message.check.exercise", nil)) {
			t.Errorf("of an exercise: %s", got)
		}
		w.finished()
		if _, err := w.desk.Correct(w.Context(), w.dispatcher, w.zone, l.Alert, alerting.Follow{Valid: time.Hour, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Er was geen inbraak in de Kerkstraat."}}); err != nil {
			t.Fatal(err)
		}
		if got := w.verdict(code); !strings.Contains(got, "rechtgezet") {
			t.Errorf("of a corrected alert: %s", got)
		}
		stopped := w.launch(w.draft(w.kerkveld))
		if err := w.desk.Stop(w.Context(), w.dispatcher, w.zone, stopped.Alert); err != nil {
			t.Fatal(err)
		}
		if got := w.verdict(w.code(stopped.Alert)); !strings.Contains(got, "stopgezet") {
			t.Errorf("of a stopped alert: %s", got)
		}
		wide := w.launch(w.draft(w.kerkveld, w.waterkant)) // more members than one person may alert
		if got := w.verdict(w.code(wide.Alert)); !wide.Waiting || got != "" {
			t.Errorf("of an alert that waits for a second person: %s", got)
		}
		if got := w.verdict("K7M-4P9"); got != "" {
			t.Errorf("of no alert: %s", got)
		}
		w.clock.advance(91 * 24 * time.Hour)
		if got := w.verdict(code); got != "" {
			t.Errorf("after three months: %s", got)
		}
	})
}

// A text with the code is answered with the same; it confirms nothing, and what is no code of ours is still read by a person.
func TestCodeByText(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		code := w.code(l.Alert)
		w.writes(mobile(3), "code "+strings.ToLower(code)+" ?")
		w.settled()
		got := w.sms.to(mobile(3))
		if len(got) != 2 || !strings.HasPrefix(got[1], "Politiezone Vlierbeek: Deze code is echt.") {
			t.Errorf("answered %q", got)
		}
		if n := w.tally(l.Message).Members[buurtbel.Heard]; n != 0 {
			t.Error("asking whether it is real confirmed it")
		}
		w.writes(mobile(4), "KX9-23R8") // eight characters: no code, a text like any other
		w.writes(mobile(5), "K7M-4P9")
		w.writes("+32455099999", code) // a number that nobody has
		w.settled()
		if got := w.sms.to(mobile(5)); len(got) != 2 || !strings.Contains(got[1], "Deze code kennen wij niet") || !strings.Contains(got[1], "112") {
			t.Errorf("an unknown code is answered %q", got)
		}
		if got := w.sms.to(mobile(4)); len(got) != 2 || strings.Contains(got[1], "code") {
			t.Errorf("what is no code is answered %q", got)
		}
		if got := w.sms.to("+32455099999"); len(got) != 0 {
			t.Errorf("a stranger got %q", got)
		}
	})
}
