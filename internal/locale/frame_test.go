package locale

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

var update = flag.Bool("update", false, "write the golden files")

// frameOf is an alert of a fictional zone in one language.
func frameOf(t *testing.T, l buurtbel.Language, kind buurtbel.MessageKind) Frame {
	t.Helper()
	loc := brussels(t)
	tpl, ok := TemplateOf("burglary-in-progress")
	if !ok {
		t.Fatal("no template")
	}
	f := Frame{Kind: kind, Regime: buurtbel.Regime{l}, Source: examples[l]["source"], Network: "BIN Kerkveld", Line: "101",
		TextLine: "message.text-line.be", Place: loc, Sent: time.Date(2026, 11, 3, 14, 10, 0, 0, loc), Link: "\x00link\x00",
		Texts: map[buurtbel.Language]string{l: Fill(tpl.Text(l), l, examples[l])}, Titles: map[buurtbel.Language]string{l: tpl.Title(l)}}
	if kind != buurtbel.KindLaunch {
		f.Texts[l] = Text(l, "message.feedback.investigation", nil)
		f.About = f.Sent.Add(-20 * time.Hour)
	}
	return f
}

var kinds = []buurtbel.MessageKind{buurtbel.KindLaunch, buurtbel.KindUpdate, buurtbel.KindCorrection, buurtbel.KindAllClear, buurtbel.KindFeedback}

func TestMessagesAsTheyGoOut(t *testing.T) {
	for _, l := range buurtbel.Languages {
		var b strings.Builder
		for _, kind := range kinds {
			for _, exercise := range []bool{false, true} {
				f := frameOf(t, l, kind)
				f.Exercise = exercise
				letter := f.Letter()
				b.WriteString("=== " + string(kind) + "\n--- sms\n" + f.SMS() + "\n--- mail\n" + letter.Subject + "\n\n" + letter.Text() + "\n")
			}
		}
		golden(t, "messages."+string(l)+".txt", strings.ReplaceAll(b.String(), "\x00link\x00", "(link)"))
	}
}

func TestLetterHTML(t *testing.T) {
	for name, change := range map[string]func(*Frame){"alert": func(*Frame) {}, "exercise": func(f *Frame) { f.Exercise = true },
		"feedback": func(f *Frame) { f.Kind = buurtbel.KindFeedback }} {
		f := frameOf(t, buurtbel.Dutch, buurtbel.KindLaunch)
		f.Regime = buurtbel.Regime{buurtbel.Dutch, buurtbel.French}
		f.Texts[buurtbel.French] = "Deux lignes <b>et</b> & plus."
		change(&f)
		got := f.Letter().HTML()
		golden(t, "letter-"+name+".html", strings.ReplaceAll(got, "\x00link\x00", "https://bin.example.org/o/abc"))
		if len(got) > 20_000 {
			t.Errorf("%s: %d bytes", name, len(got))
		}
		for _, remote := range []string{"http://", "https://", "src=", "url(", "@import", "<script", "<b>"} {
			if strings.Contains(got, remote) {
				t.Errorf("%s holds %q", name, remote)
			}
		}
		if strings.Contains(got, "#b3161b") != (name == "alert") {
			t.Errorf("%s: signal red belongs to a live alert alone", name)
		}
		if strings.Count(got, "\x00link\x00") != 2 {
			t.Errorf("%s: the mark of the link was changed", name)
		}
	}
}

// The mark stands at the begin and at the end of each text of an exercise, in each of its languages.
func TestExerciseIsMarkedEverywhere(t *testing.T) {
	for _, l := range buurtbel.Languages {
		mark := Text(l, "message.exercise.mark", nil)
		for _, kind := range kinds {
			f := frameOf(t, l, kind)
			f.Exercise = true
			sms, letter := f.SMS(), f.Letter()
			if !strings.HasPrefix(sms, mark) || strings.Count(sms, mark) < 2 {
				t.Errorf("%s %s: %s", l, kind, sms)
			}
			if !strings.HasPrefix(letter.Subject, mark) || !strings.Contains(letter.Text(), mark) || !strings.Contains(letter.HTML(), mark) {
				t.Errorf("%s %s: mail without the mark", l, kind)
			}
		}
	}
}

func TestRule6_EveryAlertCarriesTheFixedLineOnce(t *testing.T) {
	for _, l := range buurtbel.Languages {
		for _, text := range []string{"Er is brand in de Kerkstraat", FixedLine(l, "101")} {
			f := frameOf(t, l, buurtbel.KindLaunch)
			f.Texts[l] = text
			if n := strings.Count(f.SMS(), FixedLine(l, "101")); n != 1 {
				t.Errorf("%s: %d times in %q", l, n, f.SMS())
			}
			if n := strings.Count(f.Letter().Text(), FixedLine(l, "101")); n != 1 {
				t.Errorf("%s mail: %d times", l, n)
			}
		}
	}
}

// What goes out by SMS stays in GSM 7-bit as long as the police's own words do.
func TestSMSStaysInSevenBits(t *testing.T) {
	for _, l := range buurtbel.Languages {
		texts := []string{Second{Who: "Centrale", Area: "Kerkveld", Count: 12, Text: "x", Link: "https://alarm.example.org/c/4711"}.SMS(l)}
		for _, kind := range kinds {
			for _, ground := range buurtbel.Grounds {
				f := frameOf(t, l, kind)
				f.Until = f.Sent.Add(time.Hour)
				if kind == buurtbel.KindFeedback {
					f.Texts[l] = Text(l, "message.feedback."+string(ground), nil)
				}
				texts = append(texts, f.SMS())
			}
		}
		args := buurtbel.Args{"Line": "101", "Code": "4711", "Until": "14.05", "Still": Text(l, "message.still.email", nil), "Source": "Vlierbeek", "Network": "Kerkveld", "Text": "x"}
		for _, key := range []string{"answer.text", "answer.unknown", "answer.stop", "answer.stop-nothing", "answer.start", "exercise.text", "exercise.starts", "exercise.ends",
			"verify.sms", "second.confirmed", "second.late", "ask-to-call", "still.voice", "still.sms-other", "still.push"} {
			texts = append(texts, Text(l, "message."+key, args))
		}
		for _, text := range texts {
			if bad := notBasic(text); bad != "" {
				t.Errorf("%s: %q in %q", l, bad, text)
			}
		}
	}
}

func TestLetters(t *testing.T) {
	loc := brussels(t)
	now := time.Date(2026, 11, 4, 7, 0, 0, 0, loc)
	for _, l := range buurtbel.Languages {
		var b strings.Builder
		for _, letter := range []Letter{
			SignInLetter(l, "https://bin.example.org/in/abc", now.Add(15*time.Minute), now, loc),
			Second{Who: "Vlierbeek", Area: "Kerkveld", Count: 6120, Text: "x", Link: "https://bin.example.org/2/abc"}.Letter(l),
			OffPlanLetter(l, []OffPlan{{now.Add(-9 * time.Hour), "Inbraak", "BIN Kerkveld", "Vlierbeek", "…"}}, now, loc),
			OffPlanLetter(l, nil, now, loc),
			DebtLetter(l, []Debt{{now.Add(-30 * time.Hour), now.Add(-7 * time.Hour), "A", "B"}, {now.Add(-9 * time.Hour), now.Add(17 * time.Hour), "C", "D"}}, "https://bin.example.org/d", now, loc),
		} {
			b.WriteString("=== " + letter.Subject + "\n\n" + letter.Text() + "\n")
			if strings.Contains(letter.HTML(), "message.") || strings.Contains(letter.Text(), "message.") {
				t.Errorf("%s: a sentence is missing in %s", l, letter.Text())
			}
		}
		golden(t, "letters."+string(l)+".txt", b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", name, d)
	}
}
