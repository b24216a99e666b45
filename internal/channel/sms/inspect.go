package sms

import (
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// TextInspection is what would be made of a text, for an operator or an author who asks why it costs what it costs.
type TextInspection struct {
	gsm.Analysis
	Texts    []string       `json:"texts"` // what each part holds
	Spelling *SpellingOffer `json:"spelling,omitempty"`
}

// SpellingOffer is the nearest text that is cheaper to send.
type SpellingOffer struct {
	Text         string            `json:"text"`
	Replacements []gsm.Replacement `json:"replacements"`
	gsm.Analysis
}

// InspectText tells how text would be encoded and cut, and which spelling would keep it in GSM-7.
func InspectText(text string) TextInspection {
	in := TextInspection{Analysis: gsm.Analyse(text)}
	encoding, parts := gsm.Split(text)
	for _, part := range parts {
		if encoding == gsm.UCS2 {
			in.Texts = append(in.Texts, gsm.DecodeUCS2(part))
		} else {
			in.Texts = append(in.Texts, gsm.DecodeGSM7(part))
		}
	}
	if spelt, made := gsm.Spelling(text); len(made) > 0 {
		in.Spelling = &SpellingOffer{Text: spelt, Replacements: made, Analysis: gsm.Analyse(spelt)}
	}
	return in
}
