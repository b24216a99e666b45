package alerting

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// TemplateEdit is what somebody typed for a ready text. A language that is empty keeps the catalogue's words; in a text of the zone's own
// it is left out.
type TemplateEdit struct {
	Key    string        // "" makes a new one
	Fact   buurtbel.Fact // of a text of the zone's own; the catalogue's keep theirs, and what follows an alert has none
	Titles map[buurtbel.Language]string
	Texts  map[buurtbel.Language]string
	Valid  time.Duration
}

const (
	maxTitle = 60  // characters: the subject of a mail
	maxOwn   = 100 // ready texts that a zone makes itself
)

// CheckTemplate says what a ready text would become, and what is wrong with it. It changes nothing.
func (d *Desk) CheckTemplate(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, edit *TemplateEdit) (*Check, error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, d.db.Now()); err != nil {
		return nil, err
	}
	p, err := d.edited(ctx, zone, edit)
	if err != nil {
		return nil, err
	}
	s, err := d.setting(ctx, zone, nil)
	if err != nil {
		return nil, err
	}
	return d.checkTemplate(s, p), nil
}

// EditTemplate stores a zone's words for a ready text and gives its key. What a launch would refuse is refused here; what is unwise is
// kept, and asks its reason at each launch. Words that are the catalogue's again are no longer the zone's.
func (d *Desk) EditTemplate(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, edit *TemplateEdit) (string, error) {
	check, err := d.CheckTemplate(ctx, actor, zone, edit)
	if err != nil {
		return "", err
	}
	if len(check.Refused()) > 0 {
		return "", &Refusal{buurtbel.Fail(buurtbel.Invalid, "error.template.refused", nil), check}
	}
	p, err := d.edited(ctx, zone, edit)
	if err != nil {
		return "", err
	}
	if p.Key == "" {
		p.Key = ownKey + d.db.NewID().String()
	}
	row := p.row()
	err = d.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if row == nil {
			return dropTemplate(tx, actor, zone, p.Key)
		}
		if err := roomFor(tx, edit); err != nil {
			return err
		}
		if err := tx.PutTemplate(row); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("template "+p.Key))
	})
	return p.Key, err
}

// ResetTemplate gives a ready text the catalogue's words again; one that the zone made is gone. Nothing happens when there is nothing to take away.
func (d *Desk) ResetTemplate(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, key string) error {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, d.db.Now()); err != nil {
		return err
	}
	if _, err := d.pattern(ctx, zone, key); err != nil {
		return err
	}
	return d.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return dropTemplate(tx, actor, zone, key) })
}

func dropTemplate(tx *store.Tx, actor buurtbel.Actor, zone buurtbel.ID, key string) error {
	dropped, err := tx.DropTemplate(key)
	if err != nil || !dropped {
		return err
	}
	return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("template "+key))
}

// roomFor refuses one more text of the zone's own where there are many already, and one that somebody else took away meanwhile.
func roomFor(tx *store.Tx, edit *TemplateEdit) error {
	if edit.Key != "" && !strings.HasPrefix(edit.Key, ownKey) {
		return nil
	}
	list, err := tx.Templates()
	if err != nil {
		return err
	}
	own := 0
	for _, t := range list {
		if t.Key == edit.Key {
			return nil
		}
		if strings.HasPrefix(t.Key, ownKey) {
			own++
		}
	}
	switch {
	case edit.Key != "":
		return unknownTemplate()
	case own >= maxOwn:
		return buurtbel.Fail(buurtbel.Conflict, "error.template.many", buurtbel.Args{"Most": maxOwn})
	}
	return nil
}

func unknownTemplate() error { return buurtbel.Fail(buurtbel.NotFound, "error.template.unknown", nil) }

func (d *Desk) pattern(ctx context.Context, zone buurtbel.ID, key string) (*Pattern, error) {
	list, err := d.patterns(ctx, zone)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(p Pattern) bool { return p.Key == key })
	if i < 0 {
		return nil, unknownTemplate()
	}
	return &list[i], nil
}

// edited is the pattern that an edit makes. Line ends and double spaces become one space: a ready text is one paragraph.
func (d *Desk) edited(ctx context.Context, zone buurtbel.ID, edit *TemplateEdit) (*Pattern, error) {
	out := Pattern{Fact: edit.Fact, Own: true}
	if edit.Key != "" {
		now, err := d.pattern(ctx, zone, edit.Key)
		if err != nil {
			return nil, err
		}
		out = *now
	}
	if out.Own {
		out.Fact = edit.Fact
	}
	out.Valid, out.Edited = edit.Valid, true
	out.Titles, out.Texts = map[buurtbel.Language]string{}, map[buurtbel.Language]string{}
	catalogue, _ := locale.TemplateOf(out.Key)
	for _, lang := range buurtbel.Languages {
		out.Titles[lang], out.Texts[lang] = oneLine(edit.Titles[lang]), oneLine(edit.Texts[lang])
		if !out.Own && out.Titles[lang] == "" {
			out.Titles[lang] = catalogue.Title(lang)
		}
		if !out.Own && out.Texts[lang] == "" {
			out.Texts[lang] = catalogue.Bare(lang)
		}
	}
	return &out, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// row is what of a pattern is kept: what differs from the catalogue; nil when nothing does.
func (p *Pattern) row() *store.Template {
	row := &store.Template{Key: p.Key, Fact: p.Fact, Valid: int(p.Valid.Minutes()), Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}}
	catalogue, known := locale.TemplateOf(p.Key)
	for _, lang := range buurtbel.Languages {
		if title := p.Titles[lang]; title != "" && (!known || title != catalogue.Title(lang)) {
			row.Titles[lang] = title
		}
		if text := p.Texts[lang]; text != "" && (!known || text != catalogue.Bare(lang)) {
			row.Texts[lang] = text
		}
	}
	if known && len(row.Titles)+len(row.Texts) == 0 && p.Valid == catalogue.ExpiresAfter {
		return nil
	}
	return row
}

// checkTemplate reads each language as a launch would read it, with the slots allowed; what it costs is measured with plausible values.
func (d *Desk) checkTemplate(s *setting, p *Pattern) *Check {
	c := &Check{Elements: map[buurtbel.Language][]wording.Element{}, Urgency: s.zone.Plan.UrgencyOf(p.Fact), Expires: d.db.Now().Add(p.Valid)}
	if p.Valid < minValid || p.Valid > maxValid {
		c.refuse("error.alert.valid", buurtbel.Args{"Minutes": int(p.Valid.Minutes())})
	}
	if _, known := s.zone.Plan.Rule(p.Fact); p.Own && !known {
		c.refuse("error.alert.fact", nil)
	}
	written := 0
	for _, lang := range buurtbel.Languages {
		if p.Texts[lang] != "" {
			written++
		}
		d.checkVersion(s, c, p, lang)
	}
	if written == 0 {
		c.refuse("error.template.empty", nil)
	}
	return c
}

func (d *Desk) checkVersion(s *setting, c *Check, p *Pattern, lang buurtbel.Language) {
	title, text := p.Titles[lang], p.Texts[lang]
	refuse := func(key string, args buurtbel.Args) {
		c.Problems = append(c.Problems, Problem{Level: wording.Refuse, Language: lang, Key: key, Args: args})
	}
	switch n := len([]rune(text)); {
	case title == "" && text == "":
		return
	case text == "":
		refuse("error.template.no-text", nil)
		return
	case title == "":
		refuse("error.template.no-title", nil)
	case len([]rune(title)) > maxTitle:
		refuse("error.template.title-long", buurtbel.Args{"Most": maxTitle})
	case n > maxText:
		refuse("error.alert.text-long", buurtbel.Args{"Count": n, "Most": maxText})
		return
	}
	ctx := wording.Context{Places: s.places, Lines: s.numbers(), Sources: []string{s.zone.Name}}
	if p.Person {
		ctx.Missing = exampleName(lang)
	}
	c.words(title, lang, ctx, nil)
	c.words(text, lang, ctx, p.Slots())
	shown := s.example(text, lang)
	ctx.Missing = exampleName(lang) // the example's own name is nobody
	kind := p.Follows
	if kind == "" {
		kind = buurtbel.KindLaunch
	}
	f := d.frame(s, spoken{kind: kind, titles: p.Titles, texts: map[buurtbel.Language]string{lang: shown}, expires: c.Expires, at: d.db.Now()}, buurtbel.Regime{lang})
	c.Texts = append(c.Texts, measure(buurtbel.Wording{Regime: string(lang), SMS: f.SMS()}))
	if p.Follows != "" { // it refers to an alert that had the elements
		return
	}
	c.Elements[lang] = wording.Elements(f.SMS(), lang, ctx)
	for _, e := range c.Elements[lang] {
		if !e.Found {
			c.Problems = append(c.Problems, Problem{Level: wording.Note, Language: lang, Key: e.Key})
		}
	}
}

var braces = regexp.MustCompile(`\{[^{}]*\}?`)

// words adds what is wrong with a title, which has no slots, or a text. In a text a slot that dispatchers fill in is no open one.
func (c *Check) words(text string, lang buurtbel.Language, ctx wording.Context, known []string) {
	slots := known != nil
	for _, at := range braces.FindAllStringIndex(text, -1) {
		mark := text[at[0]:at[1]]
		name := strings.Trim(mark, "{}")
		p := Problem{Level: wording.Refuse, Language: lang, Key: "error.template.slot", Args: buurtbel.Args{"Slot": mark}}
		switch {
		case slots && "{"+name+"}" == mark && slices.Contains(known, name):
			continue
		case !slots:
			p.Key = "error.template.slot-title"
		case name == "source" || name == "fixed" || name == "until":
			p.Key = "error.template.slot-frame"
		}
		if slots {
			p.Start, p.End = at[0], at[1]
		}
		c.Problems = append(c.Problems, p)
	}
	for _, f := range wording.Check(text, lang, ctx) {
		if f.Code == wording.OpenSlot || !slots && f.Level != wording.Refuse {
			continue
		}
		p := Problem{Level: f.Level, Language: lang, Key: f.Key, Args: f.Args}
		if slots {
			p.Start, p.End = f.Start, f.End
		}
		c.Problems = append(c.Problems, p)
	}
}
