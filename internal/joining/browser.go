package joining

import (
	"context"
	"errors"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/subscription"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	deviceOffer = 7 * 24 * time.Hour  // after a message is over, how long its acknowledgement link still leads to the member's devices
	deviceLasts = 24 * time.Hour      // how long a link to a member's devices works: also for who first puts the page on a home screen
	tellsLasts  = 30 * 24 * time.Hour // the same, of the link in the mail that tells of a new device
	mostDevices = 5                   // of one member
)

// Device is one browser that gets a member's messages.
type Device struct {
	ID    buurtbel.ID
	Added time.Time
}

// Devices is what a member sees behind a link to the own devices.
type Devices struct {
	Zone     *buurtbel.Zone
	Language buurtbel.Language
	List     []Device
}

// DeviceLink gives the token by which the member who got a delivery can add and remove devices: who opens an acknowledgement link is known by the
// delivery, and signs in nowhere. It is "" when the message has been over for a week: an old mail that went round opens nothing.
//
// Errors: those of token.VerifySigned; error.link.unknown (NotFound).
func DeviceLink(ctx context.Context, db *store.DB, heard string) (string, error) {
	id, err := token.VerifySigned(db.Ring(), token.Heard, heard)
	if err != nil {
		return "", err
	}
	var place store.DeliveryPlace
	var who buurtbel.Actor
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		if place, err = tx.Delivery(id); err != nil {
			return err
		}
		who, err = tx.Actor(place.Member)
		return err
	})
	if buurtbel.KeyOf(err) == "error.person.unknown" {
		return "", nil // left since
	}
	if err != nil || who.Office != "member" || place.Expires.Add(deviceOffer).Before(db.Now()) {
		return "", err
	}
	return token.SignUntil(db.Ring(), token.Device, place.Member, db.Now().Add(deviceLasts)), nil
}

// ShowDevices gives what stands behind a link to a member's devices. It changes nothing.
//
// Errors: those of token.VerifyUntil; error.person.unknown (NotFound) for who left.
func ShowDevices(ctx context.Context, db *store.DB, link string) (*Devices, error) {
	member, who, err := behindDevice(ctx, db, link)
	if err != nil {
		return nil, err
	}
	d := &Devices{Language: who.Language}
	err = db.Read(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) (err error) {
		if d.Zone, err = tx.Zone(); err != nil {
			return err
		}
		browsers, err := tx.BrowsersOf(member)
		for _, b := range browsers {
			d.List = append(d.List, Device{b.Contact, b.Added})
		}
		return err
	})
	return d, err
}

func behindDevice(ctx context.Context, db *store.DB, link string) (member buurtbel.ID, who buurtbel.Actor, err error) {
	if member, err = token.VerifyUntil(db.Ring(), token.Device, link, db.Now()); err != nil {
		return 0, who, err
	}
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		who, err = tx.Actor(member)
		return err
	})
	return member, who, err
}

// AddBrowser lets a browser get a member's messages, and gives the token by which that browser renews or removes itself. A browser belongs to one
// member: whoever was added with the same subscription before gets nothing there any more. The member is told by mail of each new device,
// with a link at base to take it away.
//
// Errors: those of ShowDevices; error.device.subscription (Invalid); error.device.too-many (Conflict).
func AddBrowser(ctx context.Context, db *store.DB, link, text, base string) (own string, err error) {
	member, who, err := behindDevice(ctx, db, link)
	if err != nil {
		return "", err
	}
	s, err := subscription.Parse(text)
	if err != nil {
		return "", err
	}
	found, id, err := clearOthers(ctx, db, s, member)
	if err != nil {
		return "", err
	}
	if found {
		return token.Sign(db.Ring(), token.OwnDevice, id), nil
	}
	id = db.NewID()
	tell, err := newDeviceLetter(ctx, db, member, who, base)
	if err != nil {
		return "", err
	}
	err = db.Write(ctx, buurtbel.Scope{Zone: who.Zone}, func(tx *store.Tx) error {
		if err := addLocked(tx, member, id, s); err != nil {
			return err
		}
		return tell(tx)
	})
	if err != nil {
		return "", err
	}
	return token.Sign(db.Ring(), token.OwnDevice, id), nil
}

// clearOthers takes a subscription from whoever has it, unless member has it in working order: then it gives that contact point.
func clearOthers(ctx context.Context, db *store.DB, s subscription.Subscription, member buurtbel.ID) (found bool, id buurtbel.ID, err error) {
	var holders []store.ContactHolder
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		holders, err = tx.HoldersOf(s.String())
		return err
	}); err != nil {
		return false, 0, err
	}
	for _, h := range holders {
		switch {
		case h.Kind != buurtbel.Browser:
		case h.Member == member && h.State == buurtbel.ContactOK:
			found, id = true, h.Contact
		default:
			err = errors.Join(err, forget(ctx, db, h.Contact, h.Zone))
		}
	}
	return found, id, err
}

// addLocked adds a browser behind the member's lock, so that the count holds whoever else adds one.
func addLocked(tx *store.Tx, member, id buurtbel.ID, s subscription.Subscription) error {
	if err := tx.LockMember(member); err != nil {
		return err
	}
	browsers, err := tx.BrowsersOf(member)
	if err != nil {
		return err
	}
	if len(browsers) >= mostDevices {
		return buurtbel.Fail(buurtbel.Conflict, "error.device.too-many", buurtbel.Args{"Most": mostDevices})
	}
	if err := tx.AddContact(member, store.NewContact{ID: id, Kind: buurtbel.Browser, Rank: browserRank, Address: s.String(), Verified: true}); err != nil {
		return err
	}
	return tx.Append(tx.Scope().Zone, buurtbel.EntryContact, member, []byte(id.String()+" "+string(buurtbel.ContactOK)))
}

// browserRank stands behind every contact point that the member put in order.
const browserRank = 100

// RenewBrowser puts the subscription that a browser made anew in the place of the old one, and gives the token that counts from now on.
//
// Errors: error.token.unknown, error.device.unknown (NotFound); error.device.subscription (Invalid).
func RenewBrowser(ctx context.Context, db *store.DB, own, text string) (string, error) {
	b, err := ownDevice(ctx, db, own)
	if err != nil {
		return "", err
	}
	s, err := subscription.Parse(text)
	if err != nil {
		return "", err
	}
	found, id, err := clearOthers(ctx, db, s, b.Member)
	if err != nil {
		return "", err
	}
	if found {
		return token.Sign(db.Ring(), token.OwnDevice, id), nil
	}
	id = db.NewID()
	err = db.Write(ctx, buurtbel.Scope{Zone: b.Zone}, func(tx *store.Tx) error {
		if _, err := tx.ForgetBrowser(b.Contact); err != nil {
			return err
		}
		return addLocked(tx, b.Member, id, s)
	})
	if err != nil {
		return "", err
	}
	return token.Sign(db.Ring(), token.OwnDevice, id), nil
}

// ownDevice gives the browser that a device's own token names. One that the member removed is unknown: it does not come back by itself.
func ownDevice(ctx context.Context, db *store.DB, own string) (b store.BrowserPlace, err error) {
	id, err := token.VerifySigned(db.Ring(), token.OwnDevice, own)
	if err != nil {
		return b, err
	}
	err = db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		b, err = tx.Browser(id)
		return err
	})
	if err == nil && b.State == buurtbel.ContactGone {
		err = buurtbel.Fail(buurtbel.NotFound, "error.device.unknown", nil)
	}
	return b, err
}

// RemoveBrowser ends messages to the browser that holds this token. A second tap changes nothing.
//
// Errors: error.token.unknown, error.device.unknown (NotFound).
func RemoveBrowser(ctx context.Context, db *store.DB, own string) error {
	b, err := ownDevice(ctx, db, own)
	if err != nil {
		return err
	}
	return forget(ctx, db, b.Contact, b.Zone)
}

// RemoveDevice ends messages to one of the devices behind a link to a member's devices.
//
// Errors: those of ShowDevices; error.device.unknown (NotFound) for another's.
func RemoveDevice(ctx context.Context, db *store.DB, link string, device buurtbel.ID) error {
	member, who, err := behindDevice(ctx, db, link)
	if err != nil {
		return err
	}
	var b store.BrowserPlace
	if err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		b, err = tx.Browser(device)
		return err
	}); err != nil {
		return err
	}
	if b.Member != member {
		return buurtbel.Fail(buurtbel.NotFound, "error.device.unknown", nil)
	}
	return forget(ctx, db, b.Contact, who.Zone)
}

func forget(ctx context.Context, db *store.DB, contact, zone buurtbel.ID) error {
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		gone, err := tx.ForgetBrowser(contact)
		if err != nil || !gone {
			return err
		}
		return tx.Append(zone, buurtbel.EntryContact, 0, []byte(contact.String()+" "+string(buurtbel.ContactGone)))
	})
}
