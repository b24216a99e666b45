package relaying

import (
	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// letters are what a member's text causes: one to those who lead the network (and to police, when they have the conversation), and the receipt.
func (p *Postroom) letters(sc *scene, l *store.ConversationLine, urgent bool) []*store.Letters {
	if sc.quiet {
		return nil
	}
	told := p.db.Letters(sc.zone, buurtbel.KindReport, buurtbel.Soon, p.db.Now().Add(letterLasts))
	for _, r := range sc.readers {
		told.To(r, p.toReader(r.Member.Language, sc, l, urgent).Wording(r.Member.Language), buurtbel.Email)
	}
	for _, r := range sc.alsoOffices {
		told.To(r, p.toReader(r.Member.Language, sc, l, urgent).Wording(r.Member.Language), buurtbel.Email)
	}
	receipt := p.db.Letters(sc.zone, buurtbel.KindAnswer, buurtbel.Now, p.db.Now().Add(letterLasts))
	for _, r := range sc.writer {
		receipt.To(r, p.receipt(r.Member.Language, sc, l, urgent).Wording(r.Member.Language), buurtbel.Email)
	}
	return []*store.Letters{told, receipt}
}

// writing is a letter in one language, built block by block.
type writing struct {
	lang   buurtbel.Language
	blocks []locale.Block
}

func (w *writing) t(key string, args buurtbel.Args) string {
	return locale.Text(w.lang, "message.reply."+key, args)
}

func (w *writing) add(role locale.Role, text string) {
	if text != "" {
		w.blocks = append(w.blocks, locale.Block{Role: role, Language: w.lang, Text: text})
	}
}

// between puts what somebody wrote between two lines, so that nobody takes it for ours.
func (w *writing) between(text string) {
	w.add(locale.Rule, " ")
	w.add(locale.Lead, text)
	w.add(locale.Rule, " ")
}

func (w *writing) button(key, target string) {
	w.blocks = append(w.blocks, locale.Block{Role: locale.Button, Language: w.lang, Text: w.t(key, nil), Target: target})
}

func (w *writing) letter(subject string) locale.Letter {
	return locale.Letter{Subject: subject, Blocks: w.blocks}
}

// toReader is the letter to who leads the network, or to police: the masked text and where it may be known to come from.
func (p *Postroom) toReader(lang buurtbel.Language, sc *scene, l *store.ConversationLine, urgent bool) locale.Letter {
	w := &writing{lang: lang}
	from := placeWords(lang, sc.c, sc.network)
	subject := w.t("reader-subject", buurtbel.Args{"Network": sc.network})
	if urgent {
		subject = w.t("reader-urgent", buurtbel.Args{"Network": sc.network})
	}
	w.add(locale.Heading, subject)
	w.add(locale.Body, w.t("reader-lead", buurtbel.Args{"From": from}))
	if sc.title != "" {
		w.add(locale.Body, w.t("about", buurtbel.Args{"Title": sc.title}))
	}
	w.between(l.Seen)
	if urgent {
		w.add(locale.Body, w.t("reader-told", buurtbel.Args{"Line": sc.line()}))
	}
	w.button("reader-button", p.o.Link+"/replies/"+sc.c.ID.String())
	w.add(locale.Fine, w.t("reader-answer", nil))
	w.add(locale.Fine, w.t("sealed", nil))
	return w.letter(subject)
}

// receipt shows the member exactly what the others see.
func (p *Postroom) receipt(lang buurtbel.Language, sc *scene, l *store.ConversationLine, urgent bool) locale.Letter {
	w := &writing{lang: lang}
	subject := w.t("receipt-subject", nil)
	if urgent {
		subject = w.t("urgent-subject", buurtbel.Args{"Line": sc.line()})
		w.add(locale.Heading, subject)
		w.add(locale.Lead, w.t("urgent-lead", buurtbel.Args{"Line": sc.line()}))
	} else {
		w.add(locale.Heading, subject)
	}
	w.add(locale.Body, w.t("receipt-lead", buurtbel.Args{"Network": sc.network}))
	w.add(locale.Body, placeWords(lang, sc.c, sc.network)+":")
	text := l.Seen
	if text == "" {
		text = w.t("receipt-nothing", nil)
	}
	w.between(text)
	if l.Refused > 0 {
		w.add(locale.Body, w.t("receipt-attachments", buurtbel.Args{"Count": l.Refused}))
	}
	w.add(locale.Body, w.t("receipt-who", nil))
	w.button("receipt-button", p.o.Link+"/me/replies")
	if !urgent {
		w.add(locale.Fine, w.t("receipt-urgent", buurtbel.Args{"Line": sc.line()}))
	}
	return w.letter(subject)
}

// line is the emergency line of the zone, "" when it has none.
func (sc *scene) line() string { return emergency(sc.zone) }

func emergency(z *buurtbel.Zone) string {
	lines, err := z.EmergencyLines()
	if err != nil || len(lines) == 0 {
		return ""
	}
	return lines[0].Number
}

// toMember is the letter that brings a member an answer. Its author is an office, never a name.
func (p *Postroom) toMember(lang buurtbel.Language, author, text string, zone *buurtbel.Zone) locale.Letter {
	w := &writing{lang: lang}
	subject := w.t("answer-"+author, nil)
	w.add(locale.Heading, subject)
	w.between(text)
	w.add(locale.Body, w.t("answer-back", nil))
	w.button("receipt-button", p.o.Link+"/me/replies")
	w.add(locale.Fine, w.t("receipt-urgent", buurtbel.Args{"Line": emergency(zone)}))
	return w.letter(subject)
}

// passed is the letter by which a coordinator passes a conversation on to police or the municipality.
func (p *Postroom) passed(lang buurtbel.Language, sc *scene, lines []*store.ConversationLine, desk bool) locale.Letter {
	w := &writing{lang: lang}
	subject := w.t("passed-subject", buurtbel.Args{"Network": sc.network})
	w.add(locale.Heading, subject)
	w.add(locale.Body, w.t("passed-lead", buurtbel.Args{"From": placeWords(lang, sc.c, sc.network)}))
	if sc.title != "" {
		w.add(locale.Body, w.t("about", buurtbel.Args{"Title": sc.title}))
	}
	for _, l := range lines {
		if l.Author == store.ByMember {
			w.between(l.Seen)
		}
	}
	if desk {
		w.button("reader-button", p.o.Link+"/replies/"+sc.c.ID.String())
	}
	w.add(locale.Fine, w.t("passed-answer", nil))
	w.add(locale.Fine, w.t("sealed", nil))
	return w.letter(subject)
}
