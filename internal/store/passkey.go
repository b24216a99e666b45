package store

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Passkey is one key of a person: on a telephone, a PC or a security key.
type Passkey struct {
	ID         buurtbel.ID
	Person     buurtbel.ID
	Zone       buurtbel.ID
	Credential []byte // its id, as the authenticator says it; empty when it was read for a list
	Record     []byte // what verifies it; opaque here, sealed in the row
	Name       string // what its owner calls it; sealed in the row
	Counter    int64  // of signatures, as far as it was seen
	Created    time.Time
	Used       time.Time // zero: never yet
	Doubted    time.Time // when its counter went back: it may have been copied, and lets nobody in. Zero: never
}

func credentialHash(id []byte) []byte {
	sum := sha256.Sum256(id)
	return sum[:]
}

// InsertPasskey stores a passkey. Conflict (error.passkey.known) when the credential is known already, of whomever.
func (tx *Tx) InsertPasskey(p Passkey) error {
	record, err := tx.seal("passkey", "record", p.ID, p.Record)
	if err != nil {
		return fmt.Errorf("seal passkey: %w", err)
	}
	name, err := tx.seal("passkey", "name", p.ID, []byte(p.Name))
	if err != nil {
		return fmt.Errorf("seal the name of a passkey: %w", err)
	}
	known := buurtbel.Fail(buurtbel.Conflict, "error.passkey.known", nil)
	return tx.execOne(known, `insert into passkey (id, person, zone, credential, record, name, counter, created_at, used_at, doubted_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) on conflict (credential) do nothing`,
		p.ID, p.Person, p.Zone, credentialHash(p.Credential), record, name, p.Counter, micros(tx.now))
}

// PasskeyBy finds the passkey with a credential id, of whomever. NotFound (error.passkey.unknown) when there is none.
func (tx *Tx) PasskeyBy(credential []byte) (Passkey, error) {
	p := Passkey{}
	var record, name vault.Sealed
	var created, used, doubted int64
	err := tx.row(`select id, person, zone, record, name, counter, created_at, used_at, doubted_at from passkey where credential = $1`, credentialHash(credential)).
		Scan(&p.ID, &p.Person, &p.Zone, &record, &name, &p.Counter, &created, &used, &doubted)
	if err != nil {
		return p, missing(err, "error.passkey.unknown")
	}
	p.Credential, p.Created, p.Used, p.Doubted = credential, instant(created), instant(used), instant(doubted)
	return p, tx.openPasskey(&p, record, name)
}

func (tx *Tx) openPasskey(p *Passkey, record, name vault.Sealed) (err error) {
	if p.Record, err = tx.open("passkey", "record", p.ID, record); err != nil {
		return fmt.Errorf("open passkey: %w", err)
	}
	plain, err := tx.open("passkey", "name", p.ID, name)
	if err != nil {
		return fmt.Errorf("open the name of a passkey: %w", err)
	}
	p.Name = string(plain)
	return nil
}

// Passkeys lists a person's passkeys, oldest first. One that is damaged is left out and logged.
func (tx *Tx) Passkeys(person buurtbel.ID) ([]Passkey, error) {
	var out []Passkey
	err := tx.each(func(r *sql.Rows) error {
		p := Passkey{Person: person}
		var record, name vault.Sealed
		var created, used, doubted int64
		if err := r.Scan(&p.ID, &p.Zone, &record, &name, &p.Counter, &created, &used, &doubted); err != nil {
			return err
		}
		p.Created, p.Used, p.Doubted = instant(created), instant(used), instant(doubted)
		if err := tx.openPasskey(&p, record, name); err != nil {
			return tx.spared(err, "passkey", p.ID)
		}
		out = append(out, p)
		return nil
	}, `select id, zone, record, name, counter, created_at, used_at, doubted_at from passkey where person = $1 order by id`, person)
	return out, err
}

// UsePasskey notes that a passkey signed, if its counter is still what was read: of two answers with one counter only one counts.
// Conflict (error.passkey.again) for the other.
func (tx *Tx) UsePasskey(id buurtbel.ID, read, counter int64) error {
	again := buurtbel.Fail(buurtbel.Conflict, "error.passkey.again", nil)
	return tx.execOne(again, `update passkey set counter = $1, used_at = $2 where id = $3 and counter = $4 and doubted_at = 0`, counter, micros(tx.now), id, read)
}

// DoubtPasskey notes that a passkey may have been copied: from now on it lets nobody in.
func (tx *Tx) DoubtPasskey(id buurtbel.ID) error {
	_, err := tx.exec(`update passkey set doubted_at = $1 where id = $2 and doubted_at = 0`, micros(tx.now), id)
	return err
}

// RemovePasskey erases a passkey of a person. NotFound (error.passkey.unknown) when the person has no such one.
func (tx *Tx) RemovePasskey(person, id buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.passkey.unknown", nil), `delete from passkey where id = $1 and person = $2`, id, person)
}

// Identity is a person's account at an identity provider.
type Identity struct {
	Account  []byte // keyed hash of issuer and subject: neither is kept
	Person   buurtbel.ID
	Zone     buurtbel.ID
	Provider string // its name in the configuration
	Created  time.Time
	Used     time.Time
}

// AccountHash is what is kept of an account at an identity provider.
func (db *DB) AccountHash(issuer, subject string) []byte {
	return db.ring.Hash("identity.account", fmt.Sprintf("%d:%s%s", len(issuer), issuer, subject))
}

// InsertIdentity ties an account at a provider to a person. Conflict (error.oidc.taken) when it is tied already.
func (tx *Tx) InsertIdentity(i Identity) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.oidc.taken", nil), `insert into identity (account, person, zone, provider, created_at, used_at)
		values ($1, $2, $3, $4, $5, $6) on conflict (account) do nothing`, i.Account, i.Person, i.Zone, i.Provider, micros(tx.now), micros(tx.now))
}

// UseIdentity finds whom an account belongs to and notes the use; false when it belongs to nobody.
func (tx *Tx) UseIdentity(account []byte) (person buurtbel.ID, found bool, err error) {
	n, err := tx.exec(`update identity set used_at = $1 where account = $2`, micros(tx.now), account)
	if err != nil || n == 0 {
		return 0, false, err
	}
	err = tx.row(`select person from identity where account = $1`, account).Scan(&person)
	return person, err == nil, err
}

// Identities lists a person's accounts at providers.
func (tx *Tx) Identities(person buurtbel.ID) ([]Identity, error) {
	var out []Identity
	err := tx.each(func(r *sql.Rows) error {
		i := Identity{Person: person}
		var created, used int64
		err := r.Scan(&i.Account, &i.Zone, &i.Provider, &created, &used)
		i.Created, i.Used = instant(created), instant(used)
		out = append(out, i)
		return err
	}, `select account, zone, provider, created_at, used_at from identity where person = $1 order by created_at`, person)
	return out, err
}

// RemoveIdentities unties a person from a provider. NotFound (error.oidc.untied) when there is no such tie.
func (tx *Tx) RemoveIdentities(person buurtbel.ID, provider string) error {
	n, err := tx.exec(`delete from identity where person = $1 and provider = $2`, person, provider)
	if err == nil && n == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.oidc.untied", nil)
	}
	return err
}

// HasMailbox tells whether sign-in links can reach a person: a mailbox that was proved and still works.
func (tx *Tx) HasMailbox(person buurtbel.ID) (bool, error) {
	n := 0
	err := tx.row(`select count(*) from contact where member = $1 and kind = 'mailbox' and state = 'ok' and verified_at <> 0`, person).Scan(&n)
	return n > 0, err
}

// LapseMandate lets a mandate that has an end, in whatever zone, end now.
func (tx *Tx) LapseMandate(id buurtbel.ID) error {
	_, err := tx.exec(`update mandate set until_at = $1 where id = $2 and until_at > $3`, micros(tx.now), id, micros(tx.now))
	return err
}

// ProlongMandate lets a mandate that has an end last until a later one.
func (tx *Tx) ProlongMandate(id buurtbel.ID, until time.Time) error {
	_, err := tx.exec(`update mandate set until_at = $1 where id = $2 and until_at <> 0 and until_at < $3`, micros(until), id, micros(until))
	return err
}

// Spend marks a ticket as redeemed. Conflict (error.ticket.spent) when it was before.
func (tx *Tx) Spend(hash []byte, expires time.Time) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.ticket.spent", nil), `insert into spent (hash, expires) values ($1, $2) on conflict (hash) do nothing`, hash, micros(expires))
}
