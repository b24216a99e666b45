package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// AreaVersion is what a network's area was until it was changed.
type AreaVersion struct {
	Number int // from 1
	Until  time.Time
	By     buurtbel.ID
	Ground string
	Area   buurtbel.Area
}

// AreaMark names an area as it is stored: who changes one says which one was looked at.
func AreaMark(a buurtbel.Area) (string, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("write area: %w", err)
	}
	return markOf(string(text)), nil
}

func markOf(stored string) string {
	sum := sha256.Sum256([]byte(stored))
	return hex.EncodeToString(sum[:12])
}

// ChangeArea stores a network with its new area, and keeps the area that it had. seen is the mark of the area that whoever changes it looked at:
// Conflict (error.area.changed) when somebody changed it meanwhile.
func (tx *Tx) ChangeArea(n *buurtbel.Network, seen string, by buurtbel.ID, ground string) error {
	if err := tx.lock(lockNetworkRow, n.ID); err != nil {
		return fmt.Errorf("lock network: %w", err)
	}
	var had string
	if err := tx.row(`select area from network where id = $1 and zone = $2`, n.ID, tx.scope.Zone).Scan(&had); err != nil {
		return missing(err, "error.network.unknown")
	}
	if seen != markOf(had) {
		return buurtbel.Fail(buurtbel.Conflict, "error.area.changed", nil)
	}
	_, err := tx.exec(`insert into area_version (network, number, zone, at, by_id, ground, area)
		select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from area_version where network = $7 and zone = $8`,
		n.ID, tx.scope.Zone, micros(tx.now), by, ground, had, n.ID, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("keep the area before: %w", err)
	}
	return tx.PutNetwork(n)
}

// AreaVersions lists what a network's area was, the newest first.
func (tx *Tx) AreaVersions(network buurtbel.ID) ([]AreaVersion, error) {
	var out []AreaVersion
	err := tx.each(func(r *sql.Rows) error {
		var v AreaVersion
		var at int64
		var area string
		if err := r.Scan(&v.Number, &at, &v.By, &v.Ground, &area); err != nil {
			return err
		}
		v.Until = instant(at)
		out = append(out, v)
		return json.Unmarshal([]byte(area), &out[len(out)-1].Area)
	}, `select number, at, by_id, ground, area from area_version where network = $1 and zone = $2 order by number desc`, network, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read areas of before: %w", err)
	}
	return out, nil
}

var moveMembers = pair{
	lite: `update member set network = $1 where zone = $2 and network = $3 and state in ('active', 'suspended') and id in (select value from json_each($4))`,
	pg: `update member set network = $1 where zone = $2 and network = $3 and state in ('active', 'suspended')
		and id in (select value::bigint from jsonb_array_elements_text($4::jsonb))`,
}

// MoveMembers moves members of one network to another of the scope's zone and tells the audience index. Who left, or moved meanwhile, stays
// where he is. It gives how many moved.
func (tx *Tx) MoveMembers(members []buurtbel.ID, from, to buurtbel.ID) (int, error) {
	n, err := tx.exec(tx.pick(moveMembers), to, tx.scope.Zone, from, jsonIDs(members))
	if err != nil {
		return 0, fmt.Errorf("move members: %w", err)
	}
	changes := newBatch(len(members), 24)
	for _, id := range members {
		changes.row().id("m", id).end()
	}
	return int(n), tx.changed(changes.done())
}
