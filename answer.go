package buurtbel

import (
	"strings"
	"unicode"
)

// Answer is what a text that a member sent back means to us.
type Answer string

// The answers.
const (
	AnswerHeard Answer = "heard" // "1", OK, JA, OUI …
	AnswerStop  Answer = "stop"  // no more texts to this number
	AnswerStart Answer = "start" // undoes stop
	AnswerCode  Answer = "code"  // an alert's short code, to learn whether it is real; internal/token reads it
	AnswerOther Answer = "other" // anything else: kept, answered, never an acknowledgement
)

var answers = map[string]Answer{
	"1": AnswerHeard, "ok": AnswerHeard, "o k": AnswerHeard, "oke": AnswerHeard, "okay": AnswerHeard, "okee": AnswerHeard,
	"ja": AnswerHeard, "oui": AnswerHeard, "yes": AnswerHeard, "jawohl": AnswerHeard, "gelezen": AnswerHeard,
	"gehoord": AnswerHeard, "ontvangen": AnswerHeard, "recu": AnswerHeard, "bien recu": AnswerHeard, "lu": AnswerHeard,
	"erhalten": AnswerHeard, "gelesen": AnswerHeard, "received": AnswerHeard, "read": AnswerHeard,
	"stop": AnswerStop, "stopp": AnswerStop, "stoppen": AnswerStop, "stop sms": AnswerStop, "stopsms": AnswerStop,
	"stop all": AnswerStop, "stopall": AnswerStop, "afmelden": AnswerStop, "uitschrijven": AnswerStop, "arret": AnswerStop,
	"arreter": AnswerStop, "arretez": AnswerStop, "desabonner": AnswerStop, "abmelden": AnswerStop, "beenden": AnswerStop,
	"ende": AnswerStop, "unsubscribe": AnswerStop, "cancel": AnswerStop, "end": AnswerStop, "quit": AnswerStop, "stop aub": AnswerStop,
	"start": AnswerStart, "aanmelden": AnswerStart, "hervatten": AnswerStart, "reprendre": AnswerStart, "demarrer": AnswerStart,
	"anmelden": AnswerStart, "starten": AnswerStart, "resume": AnswerStart, "unstop": AnswerStart,
}

var unaccent = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "ç", "c", "ï", "i", "î", "i", "à", "a", "ô", "o", "û", "u", "ü", "u", "ö", "o", "ä", "a")

// ReadAnswer reads a text that came back. Only a text that consists of nothing but one of the words counts;
// "stop, er staat iemand in de tuin" is something a person must read.
func ReadAnswer(text string) Answer {
	folded := unaccent.Replace(strings.Map(dropMarks, strings.ToLower(text)))
	words := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if a, ok := answers[strings.Join(words, " ")]; ok {
		return a
	}
	return AnswerOther
}

// dropMarks drops combining accents, so that a telephone that writes "é" as two characters is understood too.
func dropMarks(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}
