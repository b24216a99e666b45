package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// Template is a zone's own words for a ready text of the catalogue, or a ready text that the zone made itself.
type Template struct {
	Key    string                       // the catalogue's, or one that the zone's own text got
	Fact   buurtbel.Fact                // what an alert with it stands for in the plan
	Valid  int                          // minutes
	Titles map[buurtbel.Language]string // a language that lacks keeps the catalogue's
	Texts  map[buurtbel.Language]string // slots open; a language that lacks keeps the catalogue's
}

type templateBody struct {
	Fact   buurtbel.Fact                `json:"fact"`
	Valid  int                          `json:"valid"`
	Titles map[buurtbel.Language]string `json:"titles,omitempty"`
	Texts  map[buurtbel.Language]string `json:"texts,omitempty"`
}

// PutTemplate stores a ready text of the scope's zone, or what it is now.
func (tx *Tx) PutTemplate(t *Template) error {
	body, err := json.Marshal(templateBody{t.Fact, t.Valid, t.Titles, t.Texts})
	if err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	_, err = tx.exec(`insert into template (zone, key, body) values ($1, $2, $3) on conflict (zone, key) do update set body = excluded.body`,
		tx.scope.Zone, t.Key, string(body))
	if err != nil {
		return fmt.Errorf("put template: %w", err)
	}
	return nil
}

// Templates lists the ready texts of the scope's zone by key.
func (tx *Tx) Templates() ([]Template, error) {
	var out []Template
	err := tx.each(func(r *sql.Rows) error {
		var key, body string
		if err := r.Scan(&key, &body); err != nil {
			return err
		}
		var b templateBody
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			return fmt.Errorf("read template: %w", err)
		}
		out = append(out, Template{key, b.Fact, b.Valid, b.Titles, b.Texts})
		return nil
	}, `select key, body from template where zone = $1 order by key`, tx.scope.Zone)
	return out, err
}

// DropTemplate forgets a ready text of the scope's zone; false when there was none.
func (tx *Tx) DropTemplate(key string) (bool, error) {
	n, err := tx.exec(`delete from template where zone = $1 and key = $2`, tx.scope.Zone, key)
	if err != nil {
		return false, fmt.Errorf("drop template: %w", err)
	}
	return n > 0, nil
}
