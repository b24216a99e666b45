package relaying

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// BulletinProblem is one thing that a check found, as a sentence key.
type BulletinProblem struct {
	Level    wording.Level
	Language buurtbel.Language // "" when it is not about a text
	Key      string
	Args     buurtbel.Args
}

// BulletinCheck is what the linter of alerts says of a bulletin, and what else it lacks.
type BulletinCheck struct {
	Problems []BulletinProblem
	Wrong    error // what the form lacks; nil: nothing
}

// Refused lists what forbids the bulletin.
func (c *BulletinCheck) Refused() []BulletinProblem { return c.level(wording.Refuse) }

// Warned lists what asks a written reason.
func (c *BulletinCheck) Warned() []BulletinProblem { return c.level(wording.Warn) }

func (c *BulletinCheck) level(l wording.Level) []BulletinProblem {
	return slices.DeleteFunc(slices.Clone(c.Problems), func(p BulletinProblem) bool { return p.Level != l })
}

// may tells whether it may go out with a written reason.
func (c *BulletinCheck) may(unwise string) error {
	switch {
	case c.Wrong != nil:
		return c.Wrong
	case len(c.Refused()) > 0:
		return buurtbel.Fail(buurtbel.Invalid, "error.bulletin.refused", nil)
	case len(c.Warned()) > 0 && !reasoned(unwise):
		return buurtbel.Fail(buurtbel.Invalid, "error.bulletin.unwise", nil)
	}
	return nil
}

// ground is what the verbs of one bulletin read once.
type ground struct {
	now      time.Time
	zone     *buurtbel.Zone
	loc      *time.Location
	line     string
	lines    []string
	places   *wording.Places
	networks []*buurtbel.Network // of the bulletin
	source   buurtbel.Source
	holders  map[buurtbel.ID]map[buurtbel.Turn][]store.Reachable // by network
}

// issuer is the name under which a bulletin speaks.
func (g *ground) issuer(one *buurtbel.Bulletin) string {
	switch {
	case g.source == buurtbel.SourceMunicipality:
		return strings.TrimSpace(one.Issuer)
	case g.source == buurtbel.SourceNetwork && len(g.networks) > 0:
		return g.networks[0].Name
	}
	return g.zone.Name
}

// there tells whether somebody holds the role of a turn in a network and is not away.
func (g *ground) there(network buurtbel.ID) func(buurtbel.Turn) bool {
	return func(t buurtbel.Turn) bool {
		return slices.ContainsFunc(g.holders[network][t], func(p store.Reachable) bool { return !p.Member.Away.Contains(g.now) })
	}
}

func (b *Bulletins) ground(ctx context.Context, zone buurtbel.ID, networks []buurtbel.ID) (*ground, error) {
	g := &ground{now: b.db.Now(), holders: map[buurtbel.ID]map[buurtbel.Turn][]store.Reachable{}}
	err := b.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if g.zone, err = tx.Zone(); err != nil {
			return err
		}
		if g.networks, err = tx.NetworksOf(networks); err != nil {
			return err
		}
		for _, n := range g.networks {
			g.holders[n.ID] = map[buurtbel.Turn][]store.Reachable{}
			for _, t := range buurtbel.Turns {
				if g.holders[n.ID][t], err = tx.ReachableHolders(n.ID, t.Role()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(g.networks) != len(networks) {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if g.loc, err = g.zone.Location(); err != nil {
		return nil, err
	}
	lines, err := g.zone.EmergencyLines()
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		g.lines = append(g.lines, l.Number)
	}
	if len(g.lines) > 0 {
		g.line = g.lines[0]
	}
	if b.o.Places != nil {
		g.places, err = b.o.Places(ctx, zone)
	}
	return g, err
}

// Check reads a bulletin as it would be read before it is offered. It stores nothing, and puts into one who
// speaks.
func (b *Bulletins) Check(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, one *buurtbel.Bulletin) (*BulletinCheck, error) {
	c, g, err := b.check(ctx, actor, zone, one)
	if err == nil {
		one.Source, one.Issuer = g.source, g.issuer(one)
	}
	return c, err
}

func (b *Bulletins) check(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID, one *buurtbel.Bulletin) (*BulletinCheck, *ground, error) {
	if err := anywhere(actor, zone, b.db.Now()); err != nil {
		return nil, nil, err
	}
	slices.Sort(one.Networks)
	one.Networks = slices.Compact(one.Networks)
	g, err := b.ground(ctx, zone, one.Networks)
	if err != nil {
		return nil, nil, err
	}
	if g.source, err = speaksAs(actor, g.zone, one.Networks, g.now); err != nil {
		return nil, nil, err
	}
	if len(one.Networks) == 0 {
		g.source = SpeaksFor(actor, zone, g.now)
	}
	c := &BulletinCheck{Wrong: one.Check(g.now)}
	if c.Wrong == nil && g.source == buurtbel.SourceMunicipality && strings.TrimSpace(one.Issuer) == "" {
		c.Wrong = buurtbel.Fail(buurtbel.Invalid, "error.bulletin.issuer", nil)
	}
	for _, n := range g.networks {
		if n.Ended != nil && !n.Ended.Since.After(g.now) {
			c.Wrong = buurtbel.Fail(buurtbel.Invalid, "error.network.ended", buurtbel.Args{"Network": n.Name})
		}
		for _, l := range n.Regime.Missing(one.Texts) {
			c.lacks(l)
		}
	}
	for _, l := range one.Languages() {
		c.read(g, l, one.Titles[l], buurtbel.MostBulletinTitle, true)
		c.read(g, l, one.Texts[l], buurtbel.MostBulletinText, false)
		c.read(g, l, one.Advice[l], buurtbel.MostBulletinText, false)
	}
	return c, g, nil
}

// lacks names a language of a network in which there is no text, once.
func (c *BulletinCheck) lacks(l buurtbel.Language) {
	p := BulletinProblem{Level: wording.Warn, Language: l, Key: "error.bulletin.lacks-language", Args: buurtbel.Args{"Language": string(l)}}
	if !slices.ContainsFunc(c.Problems, func(o BulletinProblem) bool { return o.Key == p.Key && o.Language == l }) {
		c.Problems = append(c.Problems, p)
	}
}

// read lets the linter of alerts read a text. Of a title only what is refused counts.
func (c *BulletinCheck) read(g *ground, l buurtbel.Language, text string, most int, title bool) {
	if n := utf8.RuneCountInString(text); n > most {
		c.Problems = append(c.Problems, BulletinProblem{Level: wording.Refuse, Language: l, Key: "error.bulletin.long", Args: buurtbel.Args{"Most": most}})
		return
	}
	sources := []string{g.zone.Name}
	for _, n := range g.networks {
		sources = append(sources, n.Name)
	}
	for _, f := range wording.Check(text, l, wording.Context{Places: g.places, Lines: g.lines, Sources: sources}) {
		if f.Level == wording.Refuse || !title {
			c.Problems = append(c.Problems, BulletinProblem{Level: f.Level, Language: l, Key: f.Key, Args: f.Args})
		}
	}
}

// readWord lets the linter read what who relays adds, or why something is withdrawn: members read it.
func readWord(g *ground, n *buurtbel.Network, text string) *BulletinCheck {
	c := &BulletinCheck{}
	c.read(g, n.Regime[0], text, buurtbel.MostBulletinWord, false)
	return c
}
