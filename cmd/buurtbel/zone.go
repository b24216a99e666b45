package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/mailtext"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

type zoneCommand struct {
	Add      zoneAdd      `cmd:"" help:"Make a police zone."`
	Official zoneOfficial `cmd:"" help:"Add an official with a role."`
	Charter  zoneCharter  `cmd:"" help:"Enter since when a network's charter is in force and the network is recognised."`
	Mails    zoneMails    `cmd:"" help:"Say how many bulletins and digests a member gets by mail on one day."`
}

type zoneAdd struct {
	Name    string `arg:"" help:"Official name, such as Politiezone Vlierbeek."`
	Country string `help:"Country profile: BE or NL." default:"BE" enum:"BE,NL"`
	Contact string `help:"Mailbox of the police for members."`
}

func (z zoneAdd) Run(w *world) error {
	a, err := w.opened()
	if err != nil {
		return err
	}
	defer closing(w, a)
	if z.Name = strings.TrimSpace(z.Name); z.Name == "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.command.name", nil)
	}
	country, err := buurtbel.CountryProfile(z.Country)
	if err != nil {
		return err
	}
	zone := &buurtbel.Zone{ID: a.DB.NewID(), Name: z.Name, Country: z.Country, TimeZone: country.TimeZone, Night: buurtbel.DefaultNight,
		Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits, Contact: z.Contact}
	err = a.DB.Write(w.ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.PutZone(zone); err != nil {
			return err
		}
		return tx.Append(zone.ID, buurtbel.EntryChange, 0, []byte("zone"))
	})
	if err != nil {
		return err
	}
	return w.json(map[string]string{"zone": zone.ID.String(), "name": zone.Name})
}

type zoneOfficial struct {
	inZone
	Name   string            `arg:"" help:"Name of the official."`
	Role   []string          `help:"officer, dispatcher, chief, auditor, administrator or mayor; may be given more than once." required:""`
	Mail   string            `help:"Mailbox, for the sign-in link." required:""`
	Mobile string            `help:"Mobile number, for the second person's question."`
	OnCall bool              `help:"May be asked to be the second person."`
	Ground string            `help:"By what the role was given." default:"entered at the command line"`
	Speaks buurtbel.Language `help:"Language of the screens." default:"nl" enum:"nl,fr,de,en"`
}

func (o zoneOfficial) Run(w *world) error {
	a, zone, err := o.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	official, err := o.made(a, zone)
	if err != nil {
		return err
	}
	if err := o.free(w, a, official.Contacts[0].Address); err != nil {
		return err
	}
	err = a.DB.Write(w.ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		if err := tx.InsertOfficial(official); err != nil {
			return err
		}
		roles, err := json.Marshal(o.Role)
		if err != nil {
			return err
		}
		return tx.Append(zone.ID, buurtbel.EntryChange, 0, append([]byte(official.ID.String()+" "), roles...))
	})
	if err != nil {
		return err
	}
	return w.json(map[string]string{"official": official.ID.String()})
}

// free refuses a mailbox of another official: a sign-in link to it would be a link to either.
func (o zoneOfficial) free(w *world, a *app.App, mailbox string) error {
	return a.DB.Read(w.ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		found, err := tx.EnterersAt(mailbox)
		for _, e := range found {
			if err != nil {
				return err
			}
			var there buurtbel.Actor
			if there, err = tx.Actor(e.Person); err == nil && there.Office != "member" {
				return buurtbel.Fail(buurtbel.Conflict, "error.command.mailbox-taken", nil)
			}
		}
		return err
	})
}

// roles are those that an official can hold.
var roles = []string{"officer", "dispatcher", "chief", "auditor", "administrator", "mayor"}

func (o zoneOfficial) made(a *app.App, zone *buurtbel.Zone) (*store.NewOfficial, error) {
	if o.Name = strings.TrimSpace(o.Name); o.Name == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.command.name", nil)
	}
	official := &store.NewOfficial{ID: a.DB.NewID(), Name: o.Name, Office: "police", Language: o.Speaks, OnCall: o.OnCall}
	mail, err := mailtext.Valid(o.Mail)
	if err != nil {
		return nil, err
	}
	official.Contacts = append(official.Contacts, store.NewContact{ID: a.DB.NewID(), Kind: buurtbel.Mailbox, Address: mail, Verified: true})
	if o.Mobile != "" {
		number, err := phone.Parse(o.Mobile, zone.Country)
		if err != nil {
			return nil, err
		}
		official.Contacts = append(official.Contacts, store.NewContact{ID: a.DB.NewID(), Kind: buurtbel.Mobile, Address: number.E164, Verified: true})
	}
	for _, role := range o.Role {
		if !slices.Contains(roles, role) {
			return nil, buurtbel.Fail(buurtbel.Invalid, "error.command.role", buurtbel.Args{"Role": role, "Roles": strings.Join(roles, ", ")})
		}
		official.Mandates = append(official.Mandates, buurtbel.Mandate{ID: a.DB.NewID(), Holder: official.ID, Role: buurtbel.Role(role), Zone: zone.ID,
			From: a.DB.Now(), Ground: o.Ground})
	}
	return official, nil
}

type zoneCharter struct {
	inZone
	Network  []string `arg:"" help:"Names of networks."`
	Document string   `help:"Name of the document."`
}

func (c zoneCharter) Run(w *world) error {
	a, zone, err := c.opened(w)
	if err != nil {
		return err
	}
	defer closing(w, a)
	ids, err := networksNamed(w, a, zone.ID, c.Network)
	if err != nil {
		return err
	}
	now := a.DB.Now()
	err = a.DB.Write(w.ctx, buurtbel.Scope{Zone: zone.ID}, func(tx *store.Tx) error {
		all, err := tx.Networks()
		if err != nil {
			return err
		}
		for _, n := range all {
			for _, id := range ids {
				if n.ID != id {
					continue
				}
				n.Charter, n.Recognised = &buurtbel.Dated{Since: now, Document: c.Document}, &buurtbel.Dated{Since: now, Document: c.Document}
				if err := tx.PutNetwork(n); err != nil {
					return err
				}
			}
		}
		return tx.Append(zone.ID, buurtbel.EntryChange, 0, fmt.Appendf(nil, "charter %d", len(ids)))
	})
	if err != nil {
		return err
	}
	return w.json(map[string]int{"networks": len(ids)})
}
