package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Draft is a list of members that somebody brought in a browser and mends there. Nobody is a member by it.
type Draft struct {
	ID, Network, By buurtbel.ID
	At              time.Time
	Version         int
	Import          buurtbel.ID // what it became; 0 while it is mended
	Payload         []byte      // the table, opened; empty when it was taken over
}

// InsertDraft keeps a list, sealed.
func (tx *Tx) InsertDraft(d Draft) error {
	sealed, err := tx.seal("import_draft", "payload", d.ID, d.Payload)
	if err == nil {
		_, err = tx.exec(`insert into import_draft (id, zone, network, by_id, at, version, import, payload) values ($1, $2, $3, $4, $5, 1, 0, $6)`,
			d.ID, tx.scope.Zone, d.Network, d.By, micros(tx.now), sealed)
	}
	if err != nil {
		return fmt.Errorf("keep list: %w", err)
	}
	return nil
}

// Draft reads a list of the scope's zone that somebody brought; nobody else opens it. NotFound (error.import.unknown).
func (tx *Tx) Draft(id, by buurtbel.ID) (Draft, error) {
	d := Draft{ID: id, By: by}
	var at int64
	var sealed vault.Sealed
	err := tx.row(`select network, at, version, import, payload from import_draft where id = $1 and zone = $2 and by_id = $3`, id, tx.scope.Zone, by).
		Scan(&d.Network, &at, &d.Version, &d.Import, &sealed)
	if err != nil {
		return d, missing(err, "error.import.unknown")
	}
	d.At = instant(at)
	d.Payload, err = tx.open("import_draft", "payload", id, sealed)
	return d, err
}

// PutDraft stores what was mended in a list, if nobody else did since. Conflict (error.import.moved).
func (tx *Tx) PutDraft(d Draft) error {
	sealed, err := tx.seal("import_draft", "payload", d.ID, d.Payload)
	if err != nil {
		return fmt.Errorf("seal list: %w", err)
	}
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.import.moved", nil),
		`update import_draft set payload = $1, import = $2, version = version + 1 where id = $3 and zone = $4 and version = $5 and import = 0`,
		sealed, d.Import, d.ID, tx.scope.Zone, d.Version)
}

// DropDraft gives a list up.
func (tx *Tx) DropDraft(id, by buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.import.unknown", nil),
		`delete from import_draft where id = $1 and zone = $2 and by_id = $3 and import = 0`, id, tx.scope.Zone, by)
}

// Drafts lists what somebody brought for a network, the newest first. It opens nothing.
func (tx *Tx) Drafts(network, by buurtbel.ID) ([]Draft, error) {
	var out []Draft
	err := tx.each(func(r *sql.Rows) error {
		d := Draft{Network: network, By: by}
		var at int64
		err := r.Scan(&d.ID, &at, &d.Import)
		d.At = instant(at)
		out = append(out, d)
		return err
	}, `select id, at, import from import_draft where zone = $1 and network = $2 and by_id = $3 order by at desc limit 20`, tx.scope.Zone, network, by)
	if err != nil {
		return nil, fmt.Errorf("read lists: %w", err)
	}
	return out, nil
}

// ForgetDrafts forgets lists that were brought before a moment.
func (tx *Tx) ForgetDrafts(before time.Time) error {
	if _, err := tx.exec(`delete from import_draft where zone = $1 and at < $2`, tx.scope.Zone, micros(before)); err != nil {
		return fmt.Errorf("forget lists: %w", err)
	}
	return nil
}
