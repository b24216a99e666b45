package main

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/town"
)

// desk opens the address of the pages and prints what a visitor can try, each with the link that leads there; then a sign-in link for everybody
// else who holds a role. A sign-in link works once.
func (d *demo) desk(ctx context.Context) error {
	if _, err := d.app.Listen(); err != nil {
		return err
	}
	t := &tour{demo: d, shown: map[buurtbel.ID]bool{}}
	if err := t.try(ctx); err != nil {
		return err
	}
	fmt.Fprint(d.w.out, d.w.say("others"))
	for i, o := range d.town.Town.Officials {
		if err := t.signIn(ctx, o.Role, o.Name, d.town.Officials[i]); err != nil {
			return err
		}
	}
	for i, m := range d.town.Town.Members {
		if m.Role != "" && m.Network == playNetwork {
			if err := t.signIn(ctx, m.Role, m.Given+" "+m.Family, d.town.Members[i]); err != nil {
				return err
			}
		}
	}
	fmt.Fprint(d.w.out, d.w.say("links", d.town.Town.Officials[0].Contacts[1].Address))
	return nil
}

// tour is what a visitor is shown: everybody's link once.
type tour struct {
	*demo
	shown map[buurtbel.ID]bool
}

// try prints what can be tried, in the order in which a newcomer meets it.
func (t *tour) try(ctx context.Context) error {
	pages := t.app.Config.Server.PublicURL
	i, neighbour := t.neighbour()
	own, err := t.app.Gate.OwnLink(ctx, buurtbel.System(), t.town.Members[i])
	if err != nil {
		return err
	}
	coordinator, els, err := t.linkOf(ctx, buurtbel.RoleCoordinator)
	if err != nil {
		return err
	}
	dispatcher, saskia, err := t.linkOf(ctx, buurtbel.RoleDispatcher)
	if err != nil {
		return err
	}
	fmt.Fprint(t.w.out, t.w.say("try"))
	for _, one := range []struct{ words, link string }{
		{t.w.say("try-site"), pages + "/"},
		{t.w.say("try-join", neighbour.Home.Street+" "+neighbour.Home.Number), pages + "/join"},
		{t.w.say("try-own", neighbour.Given+" "+neighbour.Family), own},
		{t.w.say("try-desk", els), coordinator},
		{t.w.say("try-calendar"), pages + "/calendar"},
		{t.w.say("try-dispatch", saskia), dispatcher},
		{t.w.say("try-outside"), t.outside.URL()},
	} {
		fmt.Fprintf(t.w.out, "  %s\n    %s\n", one.words, one.link)
	}
	return nil
}

// neighbour is a member of the network of the play who holds no office and is at home.
func (t *tour) neighbour() (int, *town.Member) {
	for i := range t.town.Town.Members {
		m := &t.town.Town.Members[i]
		if m.Role == "" && m.Network == playNetwork && !m.Away && !m.Suspended && len(m.Contacts) > 1 {
			return i, m
		}
	}
	return 0, &t.town.Town.Members[0]
}

// linkOf makes a sign-in link for the first who holds a role, and gives the name.
func (t *tour) linkOf(ctx context.Context, role buurtbel.Role) (link, name string, err error) {
	var who buurtbel.ID
	for i, o := range t.town.Town.Officials {
		if o.Role == role && who == 0 {
			who, name = t.town.Officials[i], o.Name
		}
	}
	for i, m := range t.town.Town.Members {
		if m.Role == role && m.Network == playNetwork && who == 0 {
			who, name = t.town.Members[i], m.Given+" "+m.Family
		}
	}
	t.shown[who] = true
	link, err = t.app.Gate.DirectLink(ctx, buurtbel.System(), who)
	return link, name, err
}

func (t *tour) signIn(ctx context.Context, role buurtbel.Role, name string, person buurtbel.ID) error {
	if t.shown[person] {
		return nil
	}
	link, err := t.app.Gate.DirectLink(ctx, buurtbel.System(), person)
	if err != nil {
		return err
	}
	said := word(t.w.commands.Language, "screen.role."+string(role), string(role))
	fmt.Fprint(t.w.out, t.w.say("sign-in", said+", "+name, link))
	return nil
}

// word is a sentence of the catalogue, or the word itself.
func word(lang buurtbel.Language, key, otherwise string) string {
	if locale.Has(key) {
		return locale.Text(lang, key, nil)
	}
	return otherwise
}
