package alerting

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Pattern is a ready text as a zone uses it: the catalogue's, the zone's own words for it, or one that the zone made.
type Pattern struct {
	Key     string
	Fact    buurtbel.Fact        // "" with Follows
	Follows buurtbel.MessageKind // update, correction or all clear; "": an alert begins with it
	Titles  map[buurtbel.Language]string
	Texts   map[buurtbel.Language]string // slots open, without what the frame of every alert adds
	Valid   time.Duration                // typical; the dispatcher may choose another
	Traders bool                         // meant for networks of traders
	Person  bool                         // names a missing person: needs a recorded permission
	Edited  bool                         // not, or no longer, as the catalogue has it
	Own     bool                         // made by the zone: the catalogue does not have it
}

// Title is the short name in a language, else in the first that has one.
func (p *Pattern) Title(lang buurtbel.Language) string {
	for _, l := range append([]buurtbel.Language{lang}, buurtbel.Languages...) {
		if p.Titles[l] != "" {
			return p.Titles[l]
		}
	}
	return locale.Text(lang, "template.fact.other", nil)
}

// Patterns lists the ready texts with which an alert of a zone begins, most used first, those that the zone made last. Who launches may,
// and who edits them.
func (d *Desk) Patterns(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]Pattern, error) {
	return d.readPatterns(ctx, actor, zone, func(p Pattern) bool { return p.Follows == "" })
}

// Followers lists the ready texts of what follows an alert: update, correction and all clear, as the zone has them. Who launches may, and
// who edits them.
func (d *Desk) Followers(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]Pattern, error) {
	return d.readPatterns(ctx, actor, zone, func(p Pattern) bool { return p.Follows != "" })
}

func (d *Desk) readPatterns(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, wanted func(Pattern) bool) ([]Pattern, error) {
	scope := buurtbel.Scope{Zone: zone}
	if refused := actor.May(buurtbel.MayLaunch, scope, d.db.Now()); refused != nil && actor.May(buurtbel.MayConfigure, scope, d.db.Now()) != nil {
		return nil, refused
	}
	list, err := d.patterns(ctx, zone)
	return slices.DeleteFunc(list, func(p Pattern) bool { return !wanted(p) }), err
}

func (d *Desk) patterns(ctx context.Context, zone buurtbel.ID) ([]Pattern, error) {
	var stored []store.Template
	err := d.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		stored, err = tx.Templates()
		return err
	})
	if err != nil {
		return nil, err
	}
	out := slices.Clone(originals())
	for i := range out {
		p := &out[i]
		if i := slices.IndexFunc(stored, func(s store.Template) bool { return s.Key == p.Key }); i >= 0 {
			p.Titles, p.Texts = maps.Clone(p.Titles), maps.Clone(p.Texts)
			p.overlay(&stored[i])
		}
	}
	for i := range stored {
		if strings.HasPrefix(stored[i].Key, ownKey) {
			out = append(out, made(&stored[i]))
		}
	}
	return out, nil
}

// ownKey begins the key of a ready text that a zone made; no key of the catalogue begins with it.
const ownKey = "own-"

// originals are the patterns as the catalogue has them; nobody writes in their maps.
var originals = sync.OnceValue(func() []Pattern {
	var out []Pattern
	for _, t := range locale.Templates() {
		out = append(out, original(t))
	}
	return out
})

func original(t locale.Template) Pattern {
	p := Pattern{Key: t.Key, Fact: t.Fact, Valid: t.ExpiresAfter, Traders: t.Traders, Person: t.Person,
		Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}}
	if t.Fact == "" {
		p.Follows = buurtbel.MessageKind(t.Key)
	}
	for _, lang := range buurtbel.Languages {
		p.Titles[lang], p.Texts[lang] = t.Title(lang), t.Bare(lang)
	}
	return p
}

func (p *Pattern) overlay(s *store.Template) {
	maps.Copy(p.Titles, s.Titles)
	maps.Copy(p.Texts, s.Texts)
	p.Valid, p.Edited = time.Duration(s.Valid)*time.Minute, true
}

// made is a zone's own pattern; for whom it is meant follows from its fact.
func made(s *store.Template) Pattern {
	p := Pattern{Key: s.Key, Fact: s.Fact, Titles: map[buurtbel.Language]string{}, Texts: map[buurtbel.Language]string{}, Own: true}
	p.overlay(s)
	if t, ok := locale.TemplateOf(string(s.Fact)); ok {
		p.Traders, p.Person = t.Traders, t.Person
	}
	return p
}

// Slots lists what may stand between braces in this text. The page of an alert fills in the line; of the rest it knows nothing, so an update
// and an all clear may leave room for what is new, and a correction, which must leave at once, leaves none.
func (p *Pattern) Slots() []string {
	switch p.Follows {
	case "":
		return KnownSlots()
	case buurtbel.KindCorrection:
		return []string{"line"}
	}
	return []string{"description", "line"}
}

// Offer is the text as the page of an alert offers it to the dispatcher, with the emergency line filled in.
func (p *Pattern) Offer(lang buurtbel.Language, line string) string {
	return locale.Fill(p.Texts[lang], lang, map[string]string{"line": line})
}

// KnownSlots lists what may stand between braces in a zone's own text. Who speaks, the fixed line and until when are not among them:
// the frame of every alert has them.
func KnownSlots() []string { return knownSlots() }

var knownSlots = sync.OnceValue(func() []string {
	var out []string
	for _, t := range locale.Templates() {
		for _, name := range locale.SlotsIn(t.Bare(buurtbel.Dutch)) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
})

// example is the text with plausible values in its slots.
func (s *setting) example(text string, lang buurtbel.Language) string {
	values := map[string]string{}
	for _, name := range KnownSlots() {
		values[name] = locale.Example(lang, name)
	}
	values["line"] = s.line()
	return locale.Fill(text, lang, values)
}

// exampleName is the first name that examples use: a text about a missing person holds one.
func exampleName(lang buurtbel.Language) *wording.Permission {
	return &wording.Permission{By: "example", FirstNames: []string{locale.Example(lang, "name")}}
}
