package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// MemberName is an opened name, for who may read it.
type MemberName struct {
	Member, Network buurtbel.ID
	Name            Name
}

// Look is what the journal keeps of a look at contact data: which office looked, by which role, why and at whom. Ids only, no name.
type Look struct {
	Office  string        `json:"office"`
	Role    buurtbel.Role `json:"role"`
	Purpose string        `json:"purpose"`
	Subject buurtbel.ID   `json:"subject"` // the alert that it was about; 0: none
	Members []buurtbel.ID `json:"members"`
}

// OpenNames opens the names of members of the scope's zone and records the look in the zone's chain, in the same transaction: nobody reads a
// name without the entry. Members erased since are absent. It asks MaySeeNames for each member's network, so one member outside what the
// actor may see refuses all (rule 14).
func (tx *Tx) OpenNames(actor buurtbel.Actor, role buurtbel.Role, purpose string, subject buurtbel.ID, members []buurtbel.ID) ([]MemberName, error) {
	out := make([]MemberName, 0, len(members))
	p := pair{
		lite: `select m.id, m.network, m.name from json_each($1) j cross join member m on m.id = j.value where m.zone = $2 order by m.network, m.id`,
		pg: `select m.id, m.network, m.name from jsonb_array_elements_text($1::jsonb) j(value) join member m on m.id = j.value::bigint
			where m.zone = $2 order by m.network, m.id`,
	}
	err := tx.each(func(r *sql.Rows) error {
		var n MemberName
		var sealed vault.Sealed
		if err := r.Scan(&n.Member, &n.Network, &sealed); err != nil {
			return err
		}
		if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: tx.scope.Zone, Network: n.Network}, tx.now); err != nil {
			return err
		}
		err := tx.openJSON("member", "name", n.Member, sealed, &n.Name)
		out = append(out, n)
		return err
	}, tx.pick(p), jsonIDs(members), tx.scope.Zone)
	if err != nil {
		return nil, err
	}
	seen := make([]buurtbel.ID, len(out))
	for i := range out {
		seen[i] = out[i].Member
	}
	content, err := json.Marshal(Look{Office: actor.Office, Role: role, Purpose: purpose, Subject: subject, Members: seen})
	if err != nil {
		return nil, fmt.Errorf("write look: %w", err)
	}
	return out, tx.AppendAbout(buurtbel.EntryLook, actor.Person, content, seen...)
}

// Looked is a look at contact data as the journal has it.
type Looked struct {
	At time.Time
	By buurtbel.ID
	Look
}

// Looks lists the looks at contact data of the scope's zone since a moment, the newest first, at most n. Those whose content was erased are
// not among them.
func (tx *Tx) Looks(since time.Time, n int) ([]Looked, error) {
	var out []Looked
	err := tx.each(func(r *sql.Rows) error {
		e, err := tx.scanEntry(r)
		if err != nil || e.Erased || e.Broken {
			return err
		}
		l := Looked{At: e.At, By: e.Actor}
		if json.Unmarshal(e.Content, &l.Look) == nil { // what an earlier version wrote names nobody
			out = append(out, l)
		}
		return nil
	}, `select j.subject, j.node, j.seq, j.zone, j.at, j.kind, j.actor, j.commitment, j.prev, j.hash, c.salt, c.content from journal j
		left join journal_content c on c.subject = j.subject and c.node = j.node and c.seq = j.seq
		where j.zone = $1 and j.at >= $2 and j.kind = $3 order by j.at desc limit $4`, tx.scope.Zone, micros(since), buurtbel.EntryLook, n)
	return out, err
}

// NetworkOfEach gives the network of members of the scope's zone.
func (tx *Tx) NetworkOfEach(members []buurtbel.ID) (map[buurtbel.ID]buurtbel.ID, error) {
	out := map[buurtbel.ID]buurtbel.ID{}
	p := pair{
		lite: `select m.id, m.network from json_each($1) j cross join member m on m.id = j.value where m.zone = $2`,
		pg:   `select m.id, m.network from jsonb_array_elements_text($1::jsonb) j(value) join member m on m.id = j.value::bigint where m.zone = $2`,
	}
	err := tx.each(func(r *sql.Rows) error {
		var member, network buurtbel.ID
		err := r.Scan(&member, &network)
		out[member] = network
		return err
	}, tx.pick(p), jsonIDs(members), tx.scope.Zone)
	return out, err
}
