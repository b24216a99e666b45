package buurtbel_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func TestReadAnswer(t *testing.T) {
	for want, list := range map[buurtbel.Answer][]string{
		buurtbel.AnswerHeard: {"1", " 1 ", "1.", "1!", "(1)", "'1'", "1️⃣", "ok", "OK", "Ok.", "O.K.", "oke", "oké", "Oké!", "oke\u0301", "okee", "okay", "ja", "JA", "Ja!", "ja.",
			"oui", "Oui.", "yes", "jawohl", "gelezen", "gehoord", "Ontvangen", "reçu", "REÇU", "rec\u0327u", "recu", "bien reçu", "Bien  Reçu!", "lu", "erhalten", "gelesen", "received", "read"},
		buurtbel.AnswerStop: {"stop", "STOP", "Stop.", "\"STOP\"", "stopp", "STOP SMS", "stopsms", "stop all", "STOPALL", "stoppen", "afmelden", "uitschrijven", "arrêt", "ARRÊT", "arret",
			"arrêter", "arrêtez", "désabonner", "de\u0301sabonner", "abmelden", "beenden", "ende", "unsubscribe", "cancel", "end", "quit", "stop aub"},
		buurtbel.AnswerStart: {"start", "START", "Start!", "starten", "aanmelden", "hervatten", "reprendre", "démarrer", "anmelden", "resume", "unstop"},
	} {
		for _, text := range list {
			if got := buurtbel.ReadAnswer(text); got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		}
	}
}

func TestReadAnswerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"stop", "ja", "1", "start", "oui"}).Draw(t, "word")
		rest := rapid.StringMatching(`[a-z]{2,9}( [a-z]{1,9}){1,4}`).Draw(t, "rest")
		if got := buurtbel.ReadAnswer(word + ", " + rest); got != buurtbel.AnswerOther {
			t.Fatalf("%q is %s", word+", "+rest, got)
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("stop, er staat iemand in de tuin")
	f.Add("rec\u0327u")
	f.Fuzz(func(t *testing.T, text string) {
		if a := buurtbel.ReadAnswer(text); a != buurtbel.AnswerOther && len(strings.Fields(text)) > 40 {
			t.Errorf("%q is %s", text, a)
		}
	})
}
