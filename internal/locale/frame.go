package locale

import (
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Frame makes the whole SMS and the whole mail of an alert. It is all that stands around the text of an alert. SMS and Letter read it, for every language of the regime in its order.
type Frame struct {
	Kind     buurtbel.MessageKind // launch, update, correction, all-clear or feedback
	Regime   buurtbel.Regime
	Texts    map[buurtbel.Language]string // what the police wrote; a language without text is left out
	Titles   map[buurtbel.Language]string // short, for the mail; a template's Title
	Source   string                       // who speaks, such as "Politiezone Vlierbeek"
	Network  string                       // why the reader gets it, such as "BIN Kerkveld"; mail only
	Line     string                       // the zone's emergency line
	TextLine string                       // key of the sentence for who cannot call, from the country profile; "" for none
	Exercise bool
	Sent     time.Time      // when this message was launched; zero leaves it out
	About    time.Time      // when the alert was launched that this message refers to; zero for the alert itself
	Until    time.Time      // until when it holds; zero leaves it out
	Place    *time.Location // of the zone; nil is UTC
	Link     string         // acknowledgement link, or the mark that a delivery replaces; "" for none
	LinkSMS  bool           // put the link in the SMS too
	Code     string         // the alert's short code, such as "K7M-4P9"; "" for none
	CheckAt  string         // where it is checked, as people type it; mail only
}

// SMS is the whole text, the same for every recipient but for the link. Source comes first and the fixed line is always there where it belongs:
// in the alert and its update. In an exercise every language begins and ends with the mark.
func (f Frame) SMS() string {
	var texts []string
	languages := f.languages()
	for i, l := range languages {
		texts = append(texts, f.whole(l, i == len(languages)-1))
	}
	if f.Link != "" && f.LinkSMS {
		texts = append(texts, f.Link)
	}
	return strings.Join(texts, "\n\n")
}

// Letter is the mail.
func (f Frame) Letter() Letter {
	letter := Letter{Alert: f.Kind == buurtbel.KindLaunch || f.Kind == buurtbel.KindUpdate, Exercise: f.Exercise}
	var subjects []string
	for i, l := range f.languages() {
		if i > 0 {
			letter.Blocks = append(letter.Blocks, Block{Role: Rule, Language: l})
		}
		letter.Blocks = append(letter.Blocks, f.blocks(l)...)
		subjects = append(subjects, f.subject(l))
	}
	letter.Subject = strings.Join(subjects, " / ")
	return letter
}

// languages are those of the regime that have a text; all that have one when the regime names none of them.
func (f Frame) languages() []buurtbel.Language {
	var out []buurtbel.Language
	for _, l := range f.Regime {
		if strings.TrimSpace(f.Texts[l]) != "" {
			out = append(out, l)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, l := range buurtbel.Languages {
		if strings.TrimSpace(f.Texts[l]) != "" {
			out = append(out, l)
		}
	}
	return out
}

// whole is the text of one language with all that belongs around it. The code stands once, in the last: it is the same in every language.
func (f Frame) whole(l buurtbel.Language, last bool) string {
	text := f.ownText(l)
	if f.Kind != buurtbel.KindLaunch {
		text = Text(l, "message."+string(f.Kind), buurtbel.Args{"Text": text})
	}
	text = Text(l, "message.source", buurtbel.Args{"Source": f.Source, "Text": text})
	text = joinSentences(text, f.after(l))
	if f.Code != "" && last {
		text = joinSentences(text, []string{Text(l, "message.check.line", buurtbel.Args{"Code": f.Code})})
	}
	if f.Exercise {
		text = Text(l, "message.exercise.text", buurtbel.Args{"Text": text})
	}
	return text
}

// ownText is what the police wrote, without the source before it and with a full stop at the end.
func (f Frame) ownText(l buurtbel.Language) string {
	text := strings.TrimSpace(f.Texts[l])
	for _, sep := range []string{" : ", ": ", ". "} {
		text = strings.TrimPrefix(text, f.Source+sep)
	}
	text = capital(text)
	if text != "" && !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return text
}

// after lists the fixed sentences that the text does not have yet.
func (f Frame) after(l buurtbel.Language) []string {
	var sentences []string
	if f.Kind == buurtbel.KindLaunch || f.Kind == buurtbel.KindUpdate {
		sentences = append(sentences, FixedLine(l, f.Line))
		if f.TextLine != "" {
			sentences = append(sentences, Text(l, f.TextLine, nil))
		}
	}
	if !f.Until.IsZero() {
		at := f.Sent
		if at.IsZero() {
			at = f.Until
		}
		sentences = append(sentences, Text(l, "message.valid-until", buurtbel.Args{"Until": When(l, f.Until, at, f.place())}))
	}
	var missing []string
	for _, s := range sentences {
		if !strings.Contains(f.Texts[l], s) {
			missing = append(missing, s)
		}
	}
	return missing
}

func (f Frame) place() *time.Location {
	if f.Place == nil {
		return time.UTC
	}
	return f.Place
}

func joinSentences(first string, rest []string) string {
	return strings.Join(append([]string{first}, rest...), " ")
}

func (f Frame) subject(l buurtbel.Language) string {
	subject := f.Titles[l]
	if subject == "" {
		subject = Text(l, "message.mail.kind-"+string(f.Kind), nil)
	} else if f.Kind != buurtbel.KindLaunch {
		subject = Text(l, "message.mail.subject-"+string(f.Kind), buurtbel.Args{"Title": subject})
	}
	subject = Text(l, "message.mail.subject", buurtbel.Args{"Source": f.Source, "Title": subject})
	if f.Exercise {
		subject = Text(l, "message.exercise.mark", nil) + " - " + subject
	}
	return subject
}

// blocks are one language of the mail.
func (f Frame) blocks(l buurtbel.Language) []Block {
	label := Text(l, "message.mail.kind-"+string(f.Kind), nil)
	if f.Exercise {
		label = Text(l, "message.exercise.mark", nil) + " - " + label
	}
	blocks := []Block{{Role: Label, Text: label}}
	if f.Titles[l] != "" {
		blocks = append(blocks, Block{Role: Heading, Text: f.Titles[l]})
	}
	text := Text(l, "message.source", buurtbel.Args{"Source": f.Source, "Text": f.ownText(l)})
	blocks = append(blocks, Block{Role: Lead, Text: text})
	for _, sentence := range f.after(l) {
		blocks = append(blocks, Block{Role: Body, Text: sentence})
	}
	blocks = append(blocks, f.times(l)...)
	if f.Link != "" {
		blocks = append(blocks, Block{Role: Button, Text: Text(l, "message.mail.button", nil), Target: f.Link})
	}
	blocks = append(blocks, f.fine(l)...)
	for i := range blocks {
		blocks[i].Language = l
	}
	return blocks
}

func (f Frame) times(l buurtbel.Language) []Block {
	var blocks []Block
	now := f.Sent
	if now.IsZero() {
		now = f.About
	}
	if !f.About.IsZero() {
		blocks = append(blocks, Block{Role: Body, Text: Text(l, "message.mail.earlier", buurtbel.Args{"When": When(l, f.About, now, f.place())})})
	}
	if !f.Sent.IsZero() {
		when := Date(l, f.Sent, f.place()) + ", " + Clock(l, f.Sent, f.place())
		blocks = append(blocks, Block{Role: Fine, Text: Text(l, "message.sent-at", buurtbel.Args{"When": when})})
	}
	return blocks
}

func (f Frame) fine(l buurtbel.Language) []Block {
	var blocks []Block
	if f.Exercise {
		blocks = append(blocks, Block{Role: Lead, Text: Text(l, "message.mail.exercise", nil)})
	}
	if f.Network != "" {
		blocks = append(blocks, Block{Role: Fine, Text: Text(l, "message.mail.why", buurtbel.Args{"Network": f.Network, "Source": f.Source})})
	}
	if f.Code != "" {
		blocks = append(blocks, Block{Role: Fine, Text: Text(l, "message.check.mail", buurtbel.Args{"Code": f.Code, "Address": f.CheckAt})})
	}
	return append(blocks, Block{Role: Fine, Text: Text(l, "message.mail.reply", buurtbel.Args{"Line": f.Line})})
}
