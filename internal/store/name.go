package store

import (
	"database/sql"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// EachName opens the names of members of the scope's zone, in order. Whoever shows them to a person asks the right first and journals the
// look (EntryLook) in the zone's chain: rule 14.
func (tx *Tx) EachName(members []buurtbel.ID, see func(buurtbel.ID, Name)) error {
	p := pair{
		lite: `select m.id, m.name from json_each($1) j cross join member m on m.id = j.value where m.zone = $2 order by m.id`,
		pg:   `select m.id, m.name from jsonb_array_elements_text($1::jsonb) j(value) join member m on m.id = j.value::bigint where m.zone = $2 order by m.id`,
	}
	return tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var sealed vault.Sealed
		if err := r.Scan(&id, &sealed); err != nil {
			return err
		}
		var n Name
		if err := tx.openJSON("member", "name", id, sealed, &n); err != nil {
			return err
		}
		see(id, n)
		return nil
	}, tx.pick(p), jsonIDs(members), tx.scope.Zone)
}
