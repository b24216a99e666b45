package alerting

import (
	"cmp"
	"context"
	"math"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/gsm"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// Problem is one thing that a check found, as a sentence key.
type Problem struct {
	Level    wording.Level
	Language buurtbel.Language // "" when it is not about a text
	Start    int               // byte offsets into the draft's text; both zero when not about a place in it
	End      int
	Key      string
	Args     buurtbel.Args
}

// Check is what the pre-flight says of a draft, before anything can be sent.
type Check struct {
	Problems []Problem
	Elements map[buurtbel.Language][]wording.Element
	OnPlan   bool
	Urgency  buurtbel.Urgency
	Texts    []TextCheck
	Wordings []buurtbel.Wording
	Expires  time.Time
	Lacking  []buurtbel.Language // languages that the regimes want and the draft lacks
}

// TextCheck is what one regime's SMS costs.
type TextCheck struct {
	Regime       string
	SMS          string
	Encoding     string
	Parts        int
	Units        int
	Offending    []string // characters that make it UCS-2
	Spelling     string   // the text that would be GSM-7; "" when it is already
	SpellingUsed int      // parts of that spelling
}

// Refused lists what forbids the alert.
func (c *Check) Refused() []Problem { return c.level(wording.Refuse) }

// Warned lists what asks a written reason.
func (c *Check) Warned() []Problem { return c.level(wording.Warn) }

func (c *Check) level(l wording.Level) []Problem {
	var out []Problem
	for _, p := range c.Problems {
		if p.Level == l {
			out = append(out, p)
		}
	}
	return out
}

const (
	maxText  = 1200 // characters; a longer one is refused before it is read
	minValid = 5 * time.Minute
	maxValid = 7 * 24 * time.Hour
	maxRing  = 2000 // corners of a drawn area
)

// Check reads a draft as the pre-flight does. It sends nothing and changes nothing.
func (d *Desk) Check(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, draft *Draft) (*Check, error) {
	if err := actor.May(buurtbel.MayLaunch, buurtbel.Scope{Zone: zone}, d.db.Now()); err != nil {
		return nil, err
	}
	s, err := d.settingOfDraft(ctx, zone, draft)
	if err != nil {
		return nil, err
	}
	return d.check(s, draft, d.db.Now()), nil
}

func (d *Desk) check(s *setting, draft *Draft, now time.Time) *Check {
	c := &Check{Elements: map[buurtbel.Language][]wording.Element{}, Urgency: s.zone.Plan.UrgencyOf(draft.Fact), Expires: now.Add(draft.Valid)}
	c.OnPlan = s.zone.Plan.OnPlan(draft.Fact, draft.Priority, now.In(s.loc), s.zone.Night)
	c.whole(d, s, draft, now)
	for _, lang := range languagesOf(s) {
		c.text(s, draft, lang)
	}
	if len(c.Refused()) > 0 && tooLong(draft) {
		return c
	}
	m := spoken{kind: buurtbel.KindLaunch, titles: titlesOf(draft.Fact, draft.Title), texts: draft.Texts, exercise: draft.Exercise, expires: c.Expires, at: now}
	c.Wordings = d.compose(s, m)
	for _, w := range c.Wordings {
		c.Texts = append(c.Texts, measure(w))
	}
	return c
}

func (c *Check) refuse(key string, args buurtbel.Args) {
	c.Problems = append(c.Problems, Problem{Level: wording.Refuse, Key: key, Args: args})
}

func (c *Check) warn(key string, args buurtbel.Args) {
	c.Problems = append(c.Problems, Problem{Level: wording.Warn, Key: key, Args: args})
}

// whole checks what is not about one text: networks, area, plan, expiry, permission.
func (c *Check) whole(d *Desk, s *setting, draft *Draft, now time.Time) {
	if len(s.networks) == 0 {
		c.refuse("error.alert.no-network", nil)
	}
	for _, n := range s.networks {
		if err := n.MayReceive(s.country, now); err != nil {
			c.refuse(buurtbel.KeyOf(err), buurtbel.Args{"Network": n.Name})
		}
	}
	c.area(draft.Area)
	if draft.Valid < minValid || draft.Valid > maxValid {
		c.refuse("error.alert.valid", buurtbel.Args{"Minutes": int(draft.Valid.Minutes())})
	}
	if draft.Priority < buurtbel.PriorityHighest || draft.Priority > buurtbel.PriorityLow {
		c.refuse("error.alert.priority", nil)
	}
	if _, known := s.zone.Plan.Rule(draft.Fact); !known {
		c.refuse("error.alert.fact", nil)
	}
	if draft.Exercise {
		c.exercise(d, s, now)
	}
	if m := draft.Missing; m != nil && (m.By == "" || !m.Until.After(now)) {
		c.refuse("error.alert.permission", nil)
	}
	c.Lacking = lacking(s, draft)
	for _, lang := range c.Lacking {
		c.warn("error.alert.lacks-language", buurtbel.Args{"Language": string(lang)})
	}
}

// exercise refuses an exercise at an hour or on a day when none may ring. Without a calendar nobody knows which days those are.
func (c *Check) exercise(d *Desk, s *setting, now time.Time) {
	calendar, err := d.o.Calendar(s.zone)
	if err == nil {
		err = buurtbel.MayExercise(now.In(s.loc), s.zone.Night, calendar)
	}
	if err != nil {
		c.refuse(cmp.Or(buurtbel.KeyOf(err), "error.exercise.calendar"), nil)
	}
}

func (c *Check) area(a buurtbel.Area) {
	if a == nil {
		return
	}
	corners := 0
	for _, polygon := range a {
		for _, ring := range polygon {
			corners += len(ring)
			for _, p := range ring {
				if math.IsNaN(p.Lat) || math.IsNaN(p.Lon) || math.Abs(p.Lat) > 85 || math.Abs(p.Lon) > 180 {
					c.refuse("error.alert.area-place", nil)
					return
				}
			}
		}
	}
	switch {
	case corners > maxRing:
		c.refuse("error.alert.area-corners", buurtbel.Args{"Count": corners})
	case a.SquareKM() == 0:
		c.refuse("error.alert.area-empty", nil)
	default:
		if _, crossing := a.SelfCrossing(); crossing {
			c.refuse("error.alert.area-crosses", nil)
		}
	}
}

func tooLong(draft *Draft) bool {
	for _, text := range draft.Texts {
		if len([]rune(text)) > maxText {
			return true
		}
	}
	return false
}

// text checks the text of one language.
func (c *Check) text(s *setting, draft *Draft, lang buurtbel.Language) {
	text := draft.Texts[lang]
	switch {
	case strings.TrimSpace(text) == "":
		if len(s.networks) > 0 && allEmpty(draft) {
			c.Problems = append(c.Problems, Problem{Level: wording.Refuse, Language: lang, Key: "error.alert.text-empty"})
		}
		return
	case len([]rune(text)) > maxText:
		c.Problems = append(c.Problems, Problem{Level: wording.Refuse, Language: lang, Key: "error.alert.text-long",
			Args: buurtbel.Args{"Count": len([]rune(text)), "Most": maxText}})
		return
	}
	context := wording.Context{Places: s.places, Lines: s.numbers(), Sources: []string{s.zone.Name}, Missing: draft.Missing}
	for _, f := range wording.Check(text, lang, context) {
		c.Problems = append(c.Problems, Problem{Level: f.Level, Language: lang, Start: f.Start, End: f.End, Key: f.Key, Args: f.Args})
	}
	for _, title := range []string{draft.Title[lang]} {
		for _, f := range wording.Check(title, lang, context) {
			if f.Level == wording.Refuse {
				c.Problems = append(c.Problems, Problem{Level: f.Level, Language: lang, Key: f.Key, Args: f.Args})
			}
		}
	}
	f := locale.Frame{Kind: buurtbel.KindLaunch, Regime: buurtbel.Regime{lang}, Texts: draft.Texts, Source: s.zone.Name, Line: s.line(), Until: c.Expires, Place: s.loc}
	c.Elements[lang] = wording.Elements(f.SMS(), lang, context)
	for _, e := range c.Elements[lang] {
		if !e.Found {
			c.Problems = append(c.Problems, Problem{Level: wording.Note, Language: lang, Key: e.Key})
		}
	}
}

func allEmpty(draft *Draft) bool {
	for _, text := range draft.Texts {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

func languagesOf(s *setting) []buurtbel.Language {
	var out []buurtbel.Language
	seen := map[buurtbel.Language]bool{}
	for _, r := range s.regimes() {
		for _, lang := range r {
			if !seen[lang] {
				seen[lang] = true
				out = append(out, lang)
			}
		}
	}
	return out
}

func lacking(s *setting, draft *Draft) []buurtbel.Language {
	var out []buurtbel.Language
	for _, lang := range languagesOf(s) {
		if strings.TrimSpace(draft.Texts[lang]) == "" {
			out = append(out, lang)
		}
	}
	return out
}

func measure(w buurtbel.Wording) TextCheck {
	a := gsm.Analyse(w.SMS)
	t := TextCheck{Regime: w.Regime, SMS: w.SMS, Encoding: a.Encoding.String(), Parts: a.Parts, Units: a.Units}
	for _, o := range a.Offending {
		t.Offending = append(t.Offending, o.Rune)
	}
	if len(a.Offending) > 0 {
		t.Spelling, _ = gsm.Spelling(w.SMS)
		t.SpellingUsed = gsm.Analyse(t.Spelling).Parts
	}
	return t
}
