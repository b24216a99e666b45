package guarding

import (
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/paper"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// printing writes a record for a person who reads it.
type printing struct {
	r       *Record
	lang    buurtbel.Language
	country string
	loc     *time.Location
}

// Paper writes the record in sentences of a language. country is that of the zone, for how numbers are written.
func (r *Record) Paper(lang buurtbel.Language, country string, loc *time.Location) *paper.Document {
	p := printing{r, lang, country, loc}
	d := &paper.Document{Language: lang, Title: p.t("screen.me-paper.title"), Lead: p.t("screen.me-paper.lead", "Date", p.date(r.Made)), Foot: r.Network + " · " + r.Zone,
		Large: r.Wishes.Choices.Large, Made: r.Made}
	d.Sections = []paper.Section{p.person(), p.contacts(), p.wishes(), p.messages(), p.texts(), p.meetings(), p.rules(), p.looks(), p.changes(),
		{Title: p.t("screen.me-paper.rights"), Paragraphs: []string{p.t("screen.me-paper.rights-text")}}}
	return d
}

func (p printing) t(key string, pairs ...string) string {
	args := buurtbel.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return locale.Text(p.lang, key, args)
}

// word is a word of a closed list; one that the catalogue does not have stands as it is.
func (p printing) word(prefix, word string) string {
	if key := prefix + word; locale.Has(key) {
		return p.t(key)
	}
	return word
}

func (p printing) date(t time.Time) string { return locale.Date(p.lang, t, p.loc) }

func (p printing) moment(t time.Time) string {
	return locale.Date(p.lang, t, p.loc) + ", " + locale.Clock(p.lang, t, p.loc)
}

func (p printing) person() paper.Section {
	h := p.r.Home
	rows := []paper.Row{{Name: p.t("screen.me.name"), Value: strings.TrimSpace(p.r.Name.Given + " " + p.r.Name.Family)}, {Name: p.t("screen.me.home"), Value: address(h.Street, h.Number, h.Box, h.PostalCode, h.Municipality)},
		{Name: p.t("screen.me.network"), Value: p.r.Network}, {Name: p.t("screen.me.zone"), Value: p.r.Zone}, {Name: p.t("screen.me.joined"), Value: p.date(p.r.Joined)}}
	if m := p.r.Moving; m != nil {
		rows = append(rows, paper.Row{Name: p.t("screen.me.moving"), Value: address(m.Street, m.Number, m.Box, m.PostalCode, m.Municipality)})
	}
	if p.r.Household {
		rows = append(rows, paper.Row{Name: p.t("screen.me.household"), Value: p.t("screen.me.yes")})
	}
	return paper.Section{Title: p.t("screen.me.you"), Rows: append(rows, paper.Row{Name: p.t("screen.me-paper.id"), Value: p.r.Member})}
}

// address writes an address on one line.
func address(street, number, box, postal, place string) string {
	line := strings.TrimSpace(street + " " + number)
	if box != "" {
		line += " / " + box
	}
	return strings.Trim(line+", "+strings.TrimSpace(postal+" "+place), ", ")
}

func (p printing) contacts() paper.Section {
	s := paper.Section{Title: p.t("screen.me.contacts")}
	for _, c := range p.r.Contacts {
		value := c.Address
		switch c.Kind {
		case string(buurtbel.Browser):
			value = p.t("screen.me.device")
		case string(buurtbel.Mobile), string(buurtbel.Fixed):
			value = phone.Format(c.Address, p.country)
		}
		if c.State == string(buurtbel.ContactOK) && !c.Calls {
			value += "\n" + p.t("screen.me.contact-no-calls")
		}
		if c.State != string(buurtbel.ContactOK) {
			value += "\n" + p.word("screen.me.contact-", c.State)
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.word("screen.me.kind-", c.Kind), Value: value})
	}
	return s
}

func (p printing) wishes() paper.Section {
	s := paper.Section{Title: p.t("screen.me.wishes")}
	c := p.r.Wishes.Choices
	for _, u := range []buurtbel.Urgency{buurtbel.Life, buurtbel.Now, buurtbel.Soon} {
		choice, ok := c.Per[u]
		if !ok {
			choice = buurtbel.DefaultChoices[u]
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.t("screen.me.urgency-" + string(u)), Value: p.t("screen.me.by-day") + ": " + Ways(p.lang, choice.Day) + "\n" + p.t("screen.me.by-night") + ": " + Ways(p.lang, choice.Night)})
	}
	if n := c.Night; n != nil {
		s.Rows = append(s.Rows, paper.Row{Name: p.t("screen.me.night"), Value: p.minute(n.From) + " – " + p.minute(n.Until)})
	}
	if f, u := p.r.Wishes.AwayFrom, p.r.Wishes.AwayUntil; f != nil && u != nil {
		s.Rows = append(s.Rows, paper.Row{Name: p.t("screen.me.away"), Value: p.moment(*f) + " – " + p.moment(*u)})
	}
	s.Rows = append(s.Rows, paper.Row{Name: p.t("screen.me.language"), Value: p.t("screen.language.own." + p.r.Language)})
	for _, w := range []struct {
		key string
		yes bool
	}{{"text-only", c.Only == buurtbel.ByText}, {"voice-only", c.Only == buurtbel.ByCall}, {"slower", c.Slower}, {"large", c.Large}, {"exercises", p.r.Wishes.Exercises}, {"tree", p.r.Wishes.PhoneTree}} {
		answer := p.t("screen.me.no")
		if w.yes {
			answer = p.t("screen.me.yes")
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.t("screen.me." + w.key), Value: answer})
	}
	return s
}

// Ways names a set of ways in words.
func Ways(lang buurtbel.Language, by buurtbel.By) string {
	var out []string
	for _, w := range []struct {
		by  buurtbel.By
		key string
	}{{buurtbel.ByText, "text"}, {buurtbel.ByCall, "call"}, {buurtbel.ByMail, "mail"}, {buurtbel.Later, "later"}} {
		if by&w.by != 0 {
			out = append(out, locale.Text(lang, "screen.me.by-"+w.key, nil))
		}
	}
	if len(out) == 0 {
		return locale.Text(lang, "screen.me.by-nothing", nil)
	}
	return locale.List(lang, out)
}

// minute writes a minute of the day.
func (p printing) minute(m int) string {
	return locale.Clock(p.lang, time.Date(2026, 1, 1, m/60, m%60, 0, 0, time.UTC), time.UTC)
}

func (p printing) messages() paper.Section {
	s := paper.Section{Title: p.t("screen.me.messages")}
	for _, m := range p.r.Messages {
		value := m.Sender + ", " + p.word("screen.me.kind-of-", m.Kind) + "\n" + m.Text
		if m.LeftOut != "" {
			value += "\n" + p.word("screen.me.left-", m.LeftOut)
		}
		for _, w := range m.Ways {
			value += "\n" + p.word("screen.me.channel-", w.Channel) + ": " + p.word("screen.state.", w.State)
			if w.Reason != "" {
				value += ", " + p.word("screen.reason.", w.Reason)
			}
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(m.At), Value: value})
	}
	return p.orNone(s)
}

func (p printing) texts() paper.Section {
	s := paper.Section{Title: p.t("screen.me.texts")}
	for _, t := range p.r.Texts {
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(t.At), Value: t.Text})
	}
	for _, l := range p.r.Replies {
		who := "screen.reply.by-" + l.By
		if l.By == store.ByMember {
			who = "screen.reply.mine-own"
		}
		value := p.t(who) + "\n" + l.Text
		if l.OthersRead != "" && l.OthersRead != l.Text {
			value += "\n" + p.t("screen.reply.mine-seen") + "\n" + l.OthersRead
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(l.At), Value: value})
	}
	return p.orNone(s)
}

func (p printing) meetings() paper.Section {
	s := paper.Section{Title: p.t("screen.me-paper.meetings")}
	for _, m := range p.r.Meetings {
		said := []string{m.Title}
		if m.Answer != "" {
			said = append(said, p.t("screen.meeting.you-"+m.Answer))
		}
		if m.There {
			said = append(said, p.t("screen.me-paper.meeting-there"))
		}
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(m.At), Value: strings.Join(said, "\n")})
	}
	return p.orNone(s)
}

func (p printing) rules() paper.Section {
	s := paper.Section{Title: p.t("screen.me.accepted-rules")}
	for _, a := range p.r.Rules {
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(a.At), Value: p.t("screen.rules.version") + " " + strconv.Itoa(a.Version)})
	}
	for _, a := range p.r.Refused {
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(a.At), Value: p.t("screen.rules.version") + " " + strconv.Itoa(a.Version) + ": " + p.t("screen.rules.refused-one")})
	}
	return p.orNone(s)
}

func (p printing) looks() paper.Section {
	s := paper.Section{Title: p.t("screen.me.looks")}
	for _, l := range p.r.Looks {
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(l.At), Value: p.word("screen.role.", l.Role) + "\n" + Purpose(p.lang, l.Purpose)})
	}
	return p.orNone(s)
}

// Purpose is why somebody looked, as a person reads it: a word of the program in the reader's language, or what an official wrote.
func Purpose(lang buurtbel.Language, purpose string) string {
	for _, area := range []string{"screen.me.purpose-", "screen.looked.for-"} {
		if key := area + strings.ReplaceAll(purpose, " ", "-"); locale.Has(key) {
			return locale.Text(lang, key, nil)
		}
	}
	return purpose
}

func (p printing) changes() paper.Section {
	s := paper.Section{Title: p.t("screen.me.changes")}
	for _, c := range p.r.Changes {
		s.Rows = append(s.Rows, paper.Row{Name: p.moment(c.At), Value: p.word("screen.me.change-", c.What) + "\n" + p.word("screen.me.asked-", c.How)})
	}
	return p.orNone(s)
}

func (p printing) orNone(s paper.Section) paper.Section {
	if len(s.Rows) == 0 {
		s.Paragraphs = []string{p.t("screen.me.none")}
	}
	return s
}
