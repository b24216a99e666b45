package entering

import (
	"context"
	"fmt"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Entry is somebody who may sign in to a zone, as who admits people sees it.
type Entry struct {
	store.Holder
	Name  string   // of an official; "" for a member, whose name is contact data
	Where []string // names of the networks in which the roles are held; "": the whole zone. In the order of Roles
}

// Entries lists who may sign in to a zone.
func (g *Gate) Entries(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) ([]Entry, error) {
	if err := actor.May(buurtbel.MayAdmit, buurtbel.Scope{Zone: zone}, g.db.Now()); err != nil {
		return nil, err
	}
	var out []Entry
	err := g.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		list, err := tx.HoldersHere()
		if err != nil {
			return err
		}
		networks, err := tx.Networks()
		if err != nil {
			return err
		}
		names := map[buurtbel.ID]string{}
		for _, n := range networks {
			names[n.ID] = n.Name
		}
		for _, h := range list {
			e := Entry{Holder: h}
			for _, n := range h.Networks {
				e.Where = append(e.Where, names[n])
			}
			if !h.Member {
				if e.Name, err = tx.OfficialName(h.Person); err != nil {
					return err
				}
			}
			out = append(out, e)
		}
		return nil
	})
	return out, err
}

// entry finds somebody who may sign in to a zone. NotFound (error.person.unknown) for anybody else.
func (g *Gate) entry(ctx context.Context, actor buurtbel.Actor, zone, person buurtbel.ID) error {
	list, err := g.Entries(ctx, actor, zone)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Person == person {
			return nil
		}
	}
	return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
}

// EndAll ends every session of somebody who may sign in to a zone, and takes the person off shared PCs.
func (g *Gate) EndAll(ctx context.Context, actor buurtbel.Actor, zone, person buurtbel.ID) (ended int64, err error) {
	if err := g.entry(ctx, actor, zone, person); err != nil {
		return 0, err
	}
	err = g.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if ended, err = tx.EndSessionsOf(person, 0, 0); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntrySignIn, actor.Person, fmt.Appendf(nil, "%d sessions of %s ended", ended, person))
	})
	return ended, err
}

// Invite mails somebody who may sign in to a zone a link that counts as a proof: with it a first passkey is registered, or a lost one replaced.
// The caller asked for a proof. The link goes to the mailbox that we know, never to who asks.
func (g *Gate) Invite(ctx context.Context, actor buurtbel.Actor, zone, person buurtbel.ID) error {
	if err := g.entry(ctx, actor, zone, person); err != nil {
		return err
	}
	secret, hash := token.New()
	until := g.db.Now().Add(LinkLasts)
	letter := func(lang buurtbel.Language, at stated) locale.Letter {
		return locale.InviteLetter(lang, g.address(secret), at.zone, until, at.now, at.place)
	}
	return g.write(ctx, zone, []buurtbel.ID{person}, until, buurtbel.KindCode, letter, func(tx *store.Tx) error {
		use := signIn(person, until)
		use.Purpose = string(token.Invite)
		if err := tx.InsertOneUse(hash, use); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntrySignIn, actor.Person, []byte("invited "+person.String()))
	})
}
