package relaying

import (
	"context"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// deskLasts is how long a letter to an office may wait for a mail server.
const deskLasts = 48 * time.Hour

// asking is who is asked about an offer, ready to be stored: a row and a letter each.
type asking struct {
	offer   *buurtbel.Offer
	asks    []store.OfferAsked
	letters *store.Letters
}

func (a *asking) store(tx *store.Tx) error {
	for _, one := range a.asks {
		if _, err := tx.AskOffer(one); err != nil {
			return err
		}
	}
	return a.letters.Post(tx)
}

// asking prepares what is left to ask in an offer's turn. Who was asked in an earlier turn has a link already.
func (b *Bulletins) asking(ctx context.Context, g *ground, n *buurtbel.Network, one *buurtbel.Bulletin, o *buurtbel.Offer) (*asking, error) {
	known := map[buurtbel.ID]bool{}
	err := b.db.Read(ctx, buurtbel.Scope{Zone: g.zone.ID}, func(tx *store.Tx) error {
		list, err := tx.OfferAsks(o.ID)
		for _, a := range list {
			known[a.Person] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	a := &asking{offer: o, letters: b.db.Letters(g.zone, buurtbel.KindReport, buurtbel.Soon, one.Until)}
	for _, p := range g.holders[n.ID][o.Turn] {
		if known[p.Member.ID] {
			continue
		}
		ask := store.OfferAsked{ID: b.db.NewID(), Offer: o.ID, Person: p.Member.ID, Turn: o.Turn}
		a.asks = append(a.asks, ask)
		link := b.o.Link + "/relay/" + token.SignUntil(b.db.Ring(), token.Relay, ask.ID, one.Until)
		a.letters.To(p, b.askLetter(g, n, one, o, p.Member.Language, link).Wording(p.Member.Language), buurtbel.Email)
	}
	return a, nil
}

func speak(lang buurtbel.Language, key string, args buurtbel.Args) string {
	return locale.Text(lang, "message.bulletin."+key, args)
}

// askLetter asks one person: the bulletin as members would read it, and three links.
func (b *Bulletins) askLetter(g *ground, n *buurtbel.Network, one *buurtbel.Bulletin, o *buurtbel.Offer, lang buurtbel.Language, link string) locale.Letter {
	args := buurtbel.Args{"Network": n.Name, "Issuer": one.Issuer, "Until": locale.When(lang, one.Until, g.now, g.loc), "Span": locale.Span(lang, g.zone.Plan.Bulletins.Step(g.now, one.Until))}
	lead, button := "ask", "relay"
	switch {
	case one.Source == buurtbel.SourceNetwork:
		lead, button = "agree", "agree-button"
	case o.Turn != buurtbel.TurnCoordinator:
		lead = "ask-" + string(o.Turn)
	}
	l := locale.Letter{Subject: speak(lang, lead+"-subject", args)}
	add := func(role locale.Role, text, target string) {
		l.Blocks = append(l.Blocks, locale.Block{Role: role, Language: lang, Text: text, Target: target})
	}
	add(locale.Heading, l.Subject, "")
	add(locale.Body, speak(lang, lead, args), "")
	for i, language := range languagesOf(n, one) {
		if i == 0 || len(n.Regime) > 1 {
			add(locale.Rule, "", "")
		}
		l.Blocks = append(l.Blocks, b.said(g, one, language)...)
	}
	add(locale.Rule, "", "")
	add(locale.Button, speak(lang, button, nil), link)
	add(locale.Button, speak(lang, "relay-word", nil), link+"/word")
	add(locale.Button, speak(lang, "not-now", nil), link+"/not-now")
	next := "next"
	if _, more := buurtbel.NextTurn(o.Turn, g.there(n.ID)); !more {
		next = "next-none"
	}
	add(locale.Body, speak(lang, next, args), "")
	add(locale.Fine, speak(lang, "links", args), "")
	return l
}

// languagesOf lists the languages of a network's regime in which a bulletin speaks; when it has none of them, those it has.
func languagesOf(n *buurtbel.Network, one *buurtbel.Bulletin) []buurtbel.Language {
	var out []buurtbel.Language
	for _, l := range n.Regime {
		if strings.TrimSpace(one.Texts[l]) != "" {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return one.Languages()
	}
	return out
}

// said is a bulletin in one language: its source first, and until when it holds.
func (b *Bulletins) said(g *ground, one *buurtbel.Bulletin, lang buurtbel.Language) []locale.Block {
	blocks := []locale.Block{{Role: locale.Label, Text: speak(lang, "source-"+string(one.Source), buurtbel.Args{"Issuer": one.Issuer})}, {Role: locale.Heading, Text: one.Titles[lang]}}
	for _, p := range paragraphs(one.Texts[lang], "\n\n") {
		blocks = append(blocks, locale.Block{Role: locale.Body, Text: p})
	}
	if advice := paragraphs(one.Advice[lang], "\n"); len(advice) > 0 {
		blocks = append(blocks, locale.Block{Role: locale.Lead, Text: speak(lang, "advice", nil)})
		for _, line := range advice {
			blocks = append(blocks, locale.Block{Role: locale.Item, Text: line})
		}
	}
	blocks = append(blocks, locale.Block{Role: locale.Body, Text: locale.Text(lang, "message.valid-until", buurtbel.Args{"Until": locale.Date(lang, one.Until, g.loc) + ", " + locale.Clock(lang, one.Until, g.loc)})})
	for i := range blocks {
		blocks[i].Language = lang
	}
	return blocks
}

func paragraphs(text, between string) []string {
	var out []string
	for p := range strings.SplitSeq(text, between) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// memberWording is what members read: the bulletin in each language of their network, the word of who relayed it apart, why they get it, and where
// they choose what they get.
func (b *Bulletins) memberWording(g *ground, n *buurtbel.Network, one *buurtbel.Bulletin, word string) buurtbel.Wording {
	l := locale.Letter{}
	var subjects []string
	languages := languagesOf(n, one)
	for i, lang := range languages {
		if i > 0 {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		l.Blocks = append(l.Blocks, b.said(g, one, lang)...)
		subjects = append(subjects, one.Titles[lang])
	}
	l.Subject = speak(languages[0], "subject", buurtbel.Args{"Issuer": one.Issuer, "Title": strings.Join(subjects, " / ")})
	if word != "" {
		lang := n.Regime[0]
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang}, locale.Block{Role: locale.Label, Language: lang, Text: speak(lang, "word-by", buurtbel.Args{"Network": n.Name})})
		for _, p := range paragraphs(word, "\n\n") {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Body, Language: lang, Text: p})
		}
	}
	l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: languages[0]})
	for _, lang := range languages {
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Fine, Language: lang, Text: locale.Text(lang, "message.mail.reply", buurtbel.Args{"Line": g.line})},
			locale.Block{Role: locale.Fine, Language: lang, Text: speak(lang, "why", buurtbel.Args{"Network": n.Name}), Target: b.o.Link + "/me/reading"})
	}
	return buurtbel.Wording{Regime: n.Regime.String(), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}
}

// withdrawnWording tells those whom a bulletin reached that it was withdrawn, and why.
func withdrawnWording(g *ground, n *buurtbel.Network, one *buurtbel.Bulletin, o *buurtbel.Offer) buurtbel.Wording {
	l := locale.Letter{}
	for i, lang := range languagesOf(n, one) {
		args := buurtbel.Args{"Issuer": one.Issuer, "Title": one.Titles[lang], "Reason": o.Reason}
		if i == 0 {
			l.Subject = speak(lang, "withdrawn-subject", args)
		} else {
			l.Blocks = append(l.Blocks, locale.Block{Role: locale.Rule, Language: lang})
		}
		l.Blocks = append(l.Blocks, locale.Block{Role: locale.Heading, Language: lang, Text: speak(lang, "withdrawn-subject", args)}, locale.Block{Role: locale.Body, Language: lang, Text: speak(lang, "withdrawn", args)},
			locale.Block{Role: locale.Lead, Language: lang, Text: o.Reason}, locale.Block{Role: locale.Fine, Language: lang, Text: speak(lang, "withdrawn-why", args)})
	}
	return buurtbel.Wording{Regime: n.Regime.String(), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}
}

// deskLetters are letters to people of an office about what became of a bulletin, each in the own language, with the way to its page.
func (b *Bulletins) deskLetters(g *ground, people []store.Reachable, one *buurtbel.Bulletin, what string, args buurtbel.Args) *store.Letters {
	letters := b.db.Letters(g.zone, buurtbel.KindReport, buurtbel.Soon, g.now.Add(deskLasts))
	for _, p := range people {
		lang := p.Member.Language
		args := buurtbel.Args{"Network": args["Network"], "Word": args["Word"], "Reason": args["Reason"], "Title": titleIn(one, lang)}
		letter := locale.NoteLetter(lang, speak(lang, "desk-"+what+"-subject", args), speak(lang, "desk-"+what, args), speak(lang, "desk-button", nil), b.o.Link+"/bulletins/"+one.ID.String())
		letters.To(p, letter.Wording(lang), buurtbel.Email)
	}
	return letters
}

// titleIn gives a bulletin's title in a language, else in the first that it has.
func titleIn(one *buurtbel.Bulletin, lang buurtbel.Language) string {
	if t := one.Titles[lang]; t != "" {
		return t
	}
	for _, l := range one.Languages() {
		return one.Titles[l]
	}
	return ""
}
