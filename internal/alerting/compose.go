package alerting

import (
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// spoken is what one message says, before it is put into words for a regime.
type spoken struct {
	kind     buurtbel.MessageKind
	titles   map[buurtbel.Language]string
	texts    map[buurtbel.Language]string
	exercise bool
	expires  time.Time
	at       time.Time
	earlier  time.Time // of the alert that this refers to; zero for the alert itself
}

// compose puts a message into words: one Wording per regime, SMS and mail from one source.
func (d *Desk) compose(s *setting, m spoken) []buurtbel.Wording {
	var out []buurtbel.Wording
	for _, r := range s.regimes() {
		f := d.frame(s, m, r)
		letter := f.Letter()
		out = append(out, buurtbel.Wording{Regime: r.String(), Subject: letter.Subject, SMS: f.SMS(), Mail: letter.Text(), HTML: letter.HTML(), Spoken: f.Spoken()})
	}
	return out
}

func (d *Desk) frame(s *setting, m spoken, r buurtbel.Regime) locale.Frame {
	f := locale.Frame{Kind: m.kind, Regime: r, Texts: m.texts, Titles: m.titles, Source: s.zone.Name, Network: s.named(r), Line: s.line(),
		Exercise: m.exercise, Sent: m.at, About: m.earlier, Place: s.loc, Code: s.code, CheckAt: d.checkAt()}
	if asksAcknowledgement(m.kind) {
		f.Until, f.TextLine = m.expires, s.country.TextLine
		f.Link, f.LinkSMS = buurtbel.LinkMark, s.zone.LinkInSMS && d.o.Carrier.Link
	}
	return f
}

func asksAcknowledgement(k buurtbel.MessageKind) bool {
	return k == buurtbel.KindLaunch || k == buurtbel.KindUpdate
}

// named gives the names of the networks with a regime, as the mail says why a member gets it.
func (s *setting) named(r buurtbel.Regime) string {
	var names []string
	for _, n := range s.networks {
		if n.Regime.String() == r.String() {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, ", ")
}

// titlesOf gives the subject in every language: as the draft says, else the fact's name.
func titlesOf(fact buurtbel.Fact, given map[buurtbel.Language]string) map[buurtbel.Language]string {
	out := map[buurtbel.Language]string{}
	for _, lang := range buurtbel.Languages {
		switch key := "template.fact." + string(fact); {
		case given[lang] != "":
			out[lang] = given[lang]
		case locale.Has(key):
			out[lang] = locale.Text(lang, key, nil)
		default:
			out[lang] = locale.Text(lang, "template.fact.other", nil)
		}
	}
	return out
}
