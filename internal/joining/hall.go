package joining

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Options are what a Hall needs.
type Options struct {
	Link     string             // what links begin with, such as "https://alarm.example.org"
	Channels []buurtbel.Channel // that have a carrier
	Logger   *slog.Logger
}

// Hall takes in who wishes to join: applications, their proofs and decisions, households, and the people of businesses. Safe for concurrent use.
type Hall struct {
	db *store.DB
	o  Options

	mu    sync.Mutex
	books []book // address registers of the postal codes asked for last
	atlas atlas
}

// NewHall makes a Hall.
func NewHall(db *store.DB, o Options) *Hall { return &Hall{db: db, o: o} }

// pageLasts is how long the link to an applicant's own page works: longer than an application waits for anybody.
const pageLasts = 180 * 24 * time.Hour

// PageLink gives the token of an applicant's own page.
func (h *Hall) PageLink(application buurtbel.ID) string {
	return token.SignUntil(h.db.Ring(), token.Apply, application, h.db.Now().Add(pageLasts))
}

func (h *Hall) pageAddress(application buurtbel.ID) string {
	return h.o.Link + "/join/" + h.PageLink(application)
}

// behind gives the application of a link and its scope.
//
// Errors: those of token.VerifyUntil; error.application.unknown (NotFound).
func (h *Hall) behind(ctx context.Context, link string) (id buurtbel.ID, s buurtbel.Scope, err error) {
	if id, err = token.VerifyUntil(h.db.Ring(), token.Apply, link, h.db.Now()); err != nil {
		return 0, s, err
	}
	err = h.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		s.Zone, err = tx.ZoneOfApplication(id)
		if buurtbel.KindOf(err) == buurtbel.NotFound { // a member who came from a list
			s.Zone, err = tx.ZoneOf(id)
		}
		return err
	})
	return id, s, err
}

// affair is what a letter to a person about joining, or about the person's contact points, needs to know.
type affair struct {
	app      *buurtbel.Application // nil: of a member, whose application may be long gone
	person   buurtbel.ID
	lang     buurtbel.Language
	business buurtbel.ID // for which the person stands; 0: none
	zone     *buurtbel.Zone
	loc      *time.Location
	network  *buurtbel.Network
	contacts []store.ApplicantContact
	contact  string // where one objects: the mailbox of the police, else our pages
}

func (h *Hall) affair(ctx context.Context, s buurtbel.Scope, id buurtbel.ID) (*affair, error) {
	f := &affair{}
	err := h.db.Read(ctx, s, func(tx *store.Tx) (err error) {
		if f.app, err = tx.Application(id); err != nil {
			return err
		}
		if f.contacts, err = tx.ApplicantContacts(id); err != nil {
			return err
		}
		f.person, f.lang, f.business = f.app.ID, f.app.Language, f.app.Business
		return f.read(tx, f.app.Network)
	})
	if err != nil {
		return nil, err
	}
	f.contact = cmp.Or(f.contact, h.o.Link)
	f.loc, err = f.zone.Location()
	return f, err
}

func (f *affair) read(tx *store.Tx, network buurtbel.ID) (err error) {
	if f.zone, err = tx.Zone(); err != nil {
		return err
	}
	f.contact = f.zone.Contact
	networks, err := tx.NetworksOf([]buurtbel.ID{network})
	if err != nil {
		return err
	}
	if len(networks) != 1 {
		return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	f.network = networks[0]
	return nil
}

// point gives a contact point of the applicant.
func (f *affair) point(id buurtbel.ID) (store.ApplicantContact, error) {
	for _, c := range f.contacts {
		if c.ID == id {
			return c, nil
		}
	}
	return store.ApplicantContact{}, buurtbel.Fail(buurtbel.NotFound, "error.contact.unknown", nil)
}

// writable gives the contact point to which a letter goes: a proved mailbox, else a proved mobile. ok is false when only paper or a call remains.
func (f *affair) writable(channels []buurtbel.Channel) (c store.ApplicantContact, channel buurtbel.Channel, ok bool) {
	for _, way := range []struct {
		kind    buurtbel.ContactKind
		channel buurtbel.Channel
	}{{buurtbel.Mailbox, buurtbel.Email}, {buurtbel.Mobile, buurtbel.SMS}} {
		for _, c := range f.contacts {
			if c.Kind == way.kind && c.Verified && c.State == buurtbel.ContactOK && slices.Contains(channels, way.channel) {
				return c, way.channel, true
			}
		}
	}
	return c, "", false
}

// send plans a message to one contact point and gives what stores it. It is called before a transaction: it makes ids.
func (h *Hall) send(zone *buurtbel.Zone, kind buurtbel.MessageKind, person buurtbel.ID, c store.ApplicantContact, channel buurtbel.Channel, w buurtbel.Wording, lasts time.Duration) func(*store.Tx) error {
	return h.letters(zone, kind, person, c, channel, w, lasts).Post
}

func (h *Hall) letters(zone *buurtbel.Zone, kind buurtbel.MessageKind, person buurtbel.ID, c store.ApplicantContact, channel buurtbel.Channel, w buurtbel.Wording, lasts time.Duration) *store.Letters {
	l := h.db.Letters(zone, kind, buurtbel.Now, h.db.Now().Add(lasts))
	point := c.ContactPoint
	point.Verified = true // that is what a code is to find out
	l.To(store.Reachable{Member: buurtbel.Member{ID: person, Zone: zone.ID}, Contacts: []buurtbel.ContactPoint{point}}, w, channel)
	return l
}

// letter is a mail of a heading, paragraphs and perhaps a button, from the catalogue, where it stands under message.join.
func letter(lang buurtbel.Language, key string, args buurtbel.Args, link string) buurtbel.Wording {
	key = "message.join." + key
	button := ""
	if link != "" {
		button = locale.Text(lang, key+".button", args)
	}
	return locale.NoteLetter(lang, locale.Text(lang, key+".subject", args), locale.Text(lang, key+".mail", args), button, link).Wording(lang)
}

// tell plans a letter or a text about an application to the applicant: by mail, else by text. ok is false when the person can be told on paper only.
// Texts hold no link.
func (h *Hall) tell(f *affair, key string, args buurtbel.Args, link string) (post func(*store.Tx) error, channel buurtbel.Channel, ok bool) {
	c, channel, ok := f.writable(h.o.Channels)
	if !ok {
		return func(*store.Tx) error { return nil }, "", false
	}
	var w buurtbel.Wording
	if channel == buurtbel.Email {
		w = letter(f.app.Language, key, args, link)
	} else {
		w = buurtbel.Wording{Regime: string(f.app.Language), SMS: locale.Text(f.app.Language, "message.join."+key+".sms", args)}
	}
	return h.send(f.zone, buurtbel.KindAnswer, f.app.ID, c, channel, w, 48*time.Hour), channel, true
}

// args are the words that every letter about an application may use.
func (f *affair) args() buurtbel.Args {
	return buurtbel.Args{"Network": f.network.Name, "Zone": f.zone.Name, "Contact": f.contact}
}

// wake leaves the calendar of an application for the loop.
func wake(tx *store.Tx, id buurtbel.ID) error {
	if err := tx.Later("application", id, tx.Now()); err != nil {
		return fmt.Errorf("leave the calendar of an application: %w", err)
	}
	return nil
}
