package store

import (
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Breach is one entry of the register of breaches (GDPR, article 33, paragraph 5).
type Breach struct {
	ID          buurtbel.ID
	Noticed, At time.Time // when it was noticed: the 72 hours run from there; when it was entered
	By          buurtbel.ID
	BreachDetails
	Authority   string // "" undecided, "told" or "not"
	AuthorityAt time.Time
	Persons     string // the same for the persons concerned
	PersonsAt   time.Time
	Closed      time.Time // zero: open
	ClosedBy    buurtbel.ID
}

// BreachDetails are the texts of a breach. They are sealed: they may tell a thief what to look for.
type BreachDetails struct {
	What         string `json:"what"`
	Whom         string `json:"whom"`
	Count        int    `json:"count"` // of persons, about; 0: not known
	Consequences string `json:"consequences"`
	Measures     string `json:"measures"`
	WhyAuthority string `json:"why_authority,omitempty"` // why the authority was not told, or told after the 72 hours
	WhyPersons   string `json:"why_persons,omitempty"`
}

// InsertBreach enters a breach. The id must be new.
func (tx *Tx) InsertBreach(b *Breach) error {
	sealed, err := tx.sealJSON("breach", "details", b.ID, b.BreachDetails)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into breach (id, zone, noticed_at, at, by_id, details, authority, authority_at, persons, persons_at, closed_at, closed_by)
		values ($1, $2, $3, $4, $5, $6, '', 0, '', 0, 0, 0)`, b.ID, tx.scope.Zone, micros(b.Noticed), micros(tx.now), b.By, sealed)
	if err != nil {
		return fmt.Errorf("enter breach: %w", err)
	}
	return nil
}

// PutBreach stores what is known and decided of an open breach.
//
// Errors: error.breach.unknown (NotFound), also for one that was closed.
func (tx *Tx) PutBreach(b *Breach) error {
	sealed, err := tx.sealJSON("breach", "details", b.ID, b.BreachDetails)
	if err != nil {
		return err
	}
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.breach.unknown", nil), `update breach set details = $1, authority = $2, authority_at = $3, persons = $4, persons_at = $5,
		closed_at = $6, closed_by = $7 where id = $8 and zone = $9 and closed_at = 0`, sealed, b.Authority, micros(b.AuthorityAt), b.Persons, micros(b.PersonsAt),
		micros(b.Closed), b.ClosedBy, b.ID, tx.scope.Zone)
}

const breachColumns = `id, noticed_at, at, by_id, details, authority, authority_at, persons, persons_at, closed_at, closed_by`

func (tx *Tx) scanBreach(scan func(...any) error) (*Breach, error) {
	b := &Breach{}
	var noticed, at, authority, persons, closed int64
	var sealed vault.Sealed
	if err := scan(&b.ID, &noticed, &at, &b.By, &sealed, &b.Authority, &authority, &b.Persons, &persons, &closed, &b.ClosedBy); err != nil {
		return nil, err
	}
	b.Noticed, b.At, b.AuthorityAt, b.PersonsAt, b.Closed = instant(noticed), instant(at), instant(authority), instant(persons), instant(closed)
	return b, tx.openJSON("breach", "details", b.ID, sealed, &b.BreachDetails)
}

// Breach reads one breach of the scope's zone.
//
// Errors: error.breach.unknown (NotFound).
func (tx *Tx) Breach(id buurtbel.ID) (*Breach, error) {
	b, err := tx.scanBreach(tx.row(`select `+breachColumns+` from breach where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.breach.unknown")
	}
	return b, nil
}

// Breaches lists the breaches of the scope's zone, the open ones first, then the newest.
func (tx *Tx) Breaches() ([]*Breach, error) {
	out, err := list(tx, tx.scanBreach, `select `+breachColumns+` from breach where zone = $1 order by case when closed_at = 0 then 0 else 1 end, noticed_at desc limit 200`, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read breaches: %w", err)
	}
	return out, nil
}

// ForgetBreaches erases breaches of the scope's zone that were closed before a moment, at most n.
func (tx *Tx) ForgetBreaches(before time.Time, n int) (int64, error) {
	erased, err := tx.exec(`delete from breach where id in (select id from breach where zone = $1 and closed_at <> 0 and closed_at < $2 limit $3) and zone = $4`,
		tx.scope.Zone, micros(before), n, tx.scope.Zone)
	if err != nil {
		return 0, fmt.Errorf("forget breaches: %w", err)
	}
	return erased, nil
}
