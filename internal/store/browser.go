package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// BrowserPlace is a member's browser as a contact point, without its address.
type BrowserPlace struct {
	Contact, Member, Zone buurtbel.ID
	State                 buurtbel.ContactState
	Added                 time.Time // when it was verified, which is when its owner allowed messages on it
}

// Browser finds a browser by the id of its contact point, in any zone.
//
// Errors: error.device.unknown (NotFound).
func (tx *Tx) Browser(id buurtbel.ID) (BrowserPlace, error) {
	var b BrowserPlace
	var added int64
	err := tx.row(`select id, member, zone, state, verified_at from contact where id = $1 and kind = 'browser'`, id).
		Scan(&b.Contact, &b.Member, &b.Zone, &b.State, &added)
	b.Added = instant(added)
	return b, missing(err, "error.device.unknown")
}

// BrowsersOf lists the browsers that messages go to of a member of the scope's zone, oldest first.
func (tx *Tx) BrowsersOf(member buurtbel.ID) ([]BrowserPlace, error) {
	var out []BrowserPlace
	err := tx.each(func(r *sql.Rows) error {
		b := BrowserPlace{Member: member, Zone: tx.scope.Zone, State: buurtbel.ContactOK}
		var added int64
		err := r.Scan(&b.Contact, &added)
		b.Added = instant(added)
		out = append(out, b)
		return err
	}, `select id, verified_at from contact where member = $1 and zone = $2 and kind = 'browser' and state = 'ok' order by id`, member, tx.scope.Zone)
	return out, err
}

// AddContact stores a contact point of a member of the scope's zone. Who counts a member's contact points first locks the member.
func (tx *Tx) AddContact(member buurtbel.ID, c NewContact) error {
	contacts := newBatch(1, 400)
	if err := tx.addContacts(contacts, member, []NewContact{c}); err != nil {
		return err
	}
	if _, err := tx.exec(tx.pick(insertContacts), contacts.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return fmt.Errorf("insert contact point: %w", err)
	}
	return nil
}

// LockMember makes other transactions that lock the same member wait for this one.
//
// Errors: error.person.unknown (NotFound) for who is no member of the scope's zone, or no longer.
func (tx *Tx) LockMember(member buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil),
		`update member set state = state where id = $1 and zone = $2 and state in ('active', 'suspended')`, member, tx.scope.Zone)
}

// ForgetBrowser takes a browser of the scope's zone out of use for good and erases its address. It is false when it was gone already.
func (tx *Tx) ForgetBrowser(id buurtbel.ID) (bool, error) {
	nothing, err := tx.seal("contact", "address", id, nil)
	if err != nil {
		return false, fmt.Errorf("seal contact point: %w", err)
	}
	n, err := tx.exec(`update contact set state = 'gone', address = $1, hash = $2, changed_at = $3 where id = $4 and zone = $5 and kind = 'browser' and state <> 'gone'`,
		nothing, tx.db.AddressHash("gone "+id.String()), micros(tx.now), id, tx.scope.Zone)
	return n == 1, err
}

// browserGone erases a browser that its push service does not know any more, with a line in the journal.
func (tx *Tx) browserGone(id buurtbel.ID) error {
	gone, err := tx.ForgetBrowser(id)
	if err != nil || !gone {
		return err
	}
	return tx.Append(tx.scope.Zone, buurtbel.EntryContact, 0, []byte(id.String()+" "+string(buurtbel.ContactGone)))
}
