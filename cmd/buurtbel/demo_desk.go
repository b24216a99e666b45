package main

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// desk opens the address of the pages and prints it, with a sign-in link for each role that works once.
func (d *demo) desk(ctx context.Context) error {
	if _, err := d.app.Listen(); err != nil {
		return err
	}
	fmt.Fprint(d.w.out, d.w.say("desk", d.app.Config.Server.PublicURL))
	for i, o := range d.town.Town.Officials {
		if err := d.signIn(ctx, o.Role, o.Name, d.town.Officials[i]); err != nil {
			return err
		}
	}
	for i, m := range d.town.Town.Members {
		if m.Role != "" && m.Network == playNetwork {
			if err := d.signIn(ctx, m.Role, m.Given+" "+m.Family, d.town.Members[i]); err != nil {
				return err
			}
		}
	}
	if err := d.ownPage(ctx); err != nil {
		return err
	}
	fmt.Fprint(d.w.out, d.w.say("links", d.town.Town.Officials[0].Contacts[1].Address))
	return nil
}

func (d *demo) signIn(ctx context.Context, role buurtbel.Role, name string, person buurtbel.ID) error {
	link, err := d.app.Gate.DirectLink(ctx, buurtbel.System(), person)
	if err != nil {
		return err
	}
	said := word(d.w.commands.Language, "screen.role."+string(role), string(role))
	fmt.Fprint(d.w.out, d.w.say("sign-in", said+", "+name, link))
	return nil
}

// word is a sentence of the catalogue, or the word itself.
func word(lang buurtbel.Language, key, otherwise string) string {
	if locale.Has(key) {
		return locale.Text(lang, key, nil)
	}
	return otherwise
}

// ownPage prints a link to the own page of a member who holds no office.
func (d *demo) ownPage(ctx context.Context) error {
	for i, m := range d.town.Town.Members {
		if m.Role != "" || m.Network != playNetwork || m.Away || m.Suspended || len(m.Contacts) < 2 {
			continue
		}
		link, err := d.app.Gate.OwnLink(ctx, buurtbel.System(), d.town.Members[i])
		if err != nil {
			return err
		}
		said := word(d.w.commands.Language, "screen.role."+string(buurtbel.RoleMember), "member")
		fmt.Fprint(d.w.out, d.w.say("sign-in", said+", "+m.Given+" "+m.Family, link))
		return nil
	}
	return nil
}
