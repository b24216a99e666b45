package alerting

import (
	"cmp"
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

func honest(s *setting, key string) map[buurtbel.Language]string {
	out := map[buurtbel.Language]string{}
	for _, lang := range languagesOf(s) {
		out[lang] = locale.Text(lang, key, nil)
	}
	return out
}

// LinkTo gives the acknowledgement link of a delivery: the delivery's id and 60 bits of signature, no row.
func (d *Desk) LinkTo(delivery buurtbel.ID) string {
	return d.o.Link + "/h/" + token.Sign(d.db.Ring(), token.Heard, delivery)
}

// Page is what a member sees behind an acknowledgement link: one message, and whether it still holds.
type Page struct {
	Source, Text, Line string
	Language           buurtbel.Language
	Exercise           bool
	Heard              time.Time      // when the member confirmed it; zero: not yet
	At                 *time.Location // of the zone
	Over               bool
	Corrected          bool
}

// Shown gives the page of an acknowledgement link. It changes nothing: GET shows.
func (d *Desk) Shown(ctx context.Context, link string) (*Page, error) {
	id, err := token.VerifySigned(d.db.Ring(), token.Heard, link)
	if err != nil {
		return nil, err
	}
	var place store.DeliveryPlace
	if err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		place, err = tx.Delivery(id)
		return err
	}); err != nil {
		return nil, err
	}
	var m *buurtbel.Message
	corrected := false
	err = d.db.Read(ctx, buurtbel.Scope{Zone: place.Zone}, func(tx *store.Tx) error {
		var err error
		if m, err = tx.Message(place.Message); err != nil {
			return err
		}
		if place.Alert == 0 { // a question for a sign of life
			return nil
		}
		later, err := tx.MessagesOf(place.Alert)
		for _, l := range later {
			corrected = corrected || l.Kind == buurtbel.KindCorrection && l.ID > m.ID
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := d.setting(ctx, place.Zone, nil)
	if err != nil {
		return nil, err
	}
	w := m.Texts[min(place.Wording, len(m.Texts)-1)]
	return &Page{Source: m.Sender, Text: buurtbel.WithoutLink(w.SMS), Line: s.line(), Language: buurtbel.Language(w.Regime[:2]), Exercise: m.Exercise,
		Heard: place.Heard, At: s.loc, Over: !place.Expires.After(d.db.Now()), Corrected: corrected}, nil
}

// Confirm records that the member behind a link heard the message: POST confirms. A second tap changes nothing.
func (d *Desk) Confirm(ctx context.Context, link string) error {
	id, err := token.VerifySigned(d.db.Ring(), token.Heard, link)
	if err != nil {
		return err
	}
	var place store.DeliveryPlace
	if err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		place, err = tx.Delivery(id)
		return err
	}); err != nil {
		return err
	}
	return d.heard(ctx, place, false)
}

// heard records one member's confirmation; shared tells that others have the same line.
func (d *Desk) heard(ctx context.Context, p store.DeliveryPlace, shared bool) error {
	return d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{Zone: p.Zone}, func(tx *store.Tx) (err error) {
		first := false
		if shared {
			first, err = tx.HeardOnSharedLine(p.Recipient, p.Delivery, p.Contact)
		} else {
			first, err = tx.Heard(p.Recipient, p.Delivery)
		}
		if err != nil || !first {
			return err
		}
		return tx.Append(cmp.Or(p.Alert, p.Zone), buurtbel.EntryHeard, 0, []byte(p.Recipient.String()))
	})
}

// Answered takes "1", OK, JA, OUI … from a number: every member who has that number, a shared line, heard it; who shares it is still
// reached on the own contact points. It gives the alert that was
// answered, 0 when it was a question for a sign of life; zone 0 when the number got nothing to answer in the last three days.
func (d *Desk) Answered(ctx context.Context, from string) (zone, alert buurtbel.ID, err error) {
	var places []store.DeliveryPlace
	since := d.db.Now().Add(-answerable)
	if err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		places, err = tx.LastDeliveriesTo(d.db.AddressHash(from), since)
		return err
	}); err != nil {
		return 0, 0, err
	}
	for _, p := range places {
		if err := d.heard(ctx, p, len(places) > 1); err != nil {
			return 0, 0, err
		}
		zone, alert = p.Zone, p.Alert
	}
	return zone, alert, nil
}

// About tells to which alert a text from a number belongs: the newest that the number got in the last three days; 0 when there is none.
func (d *Desk) About(ctx context.Context, from string) (zone, alert buurtbel.ID, err error) {
	var places []store.DeliveryPlace
	since := d.db.Now().Add(-answerable)
	err = d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		places, err = tx.LastDeliveriesTo(d.db.AddressHash(from), since)
		return err
	})
	if err != nil || len(places) == 0 {
		return 0, 0, err
	}
	return places[0].Zone, places[0].Alert, nil
}
