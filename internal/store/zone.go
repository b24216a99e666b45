package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// zoneSettings is what a zone may change, kept as one JSON text.
type zoneSettings struct {
	TimeZone  string          `json:"time_zone"`
	Lines     []buurtbel.Line `json:"lines,omitempty"`
	Callable  []string        `json:"callable,omitempty"`
	Night     buurtbel.Hours  `json:"night"`
	Plan      buurtbel.Plan   `json:"plan"`
	Limits    buurtbel.Limits `json:"limits"`
	Contact   string          `json:"contact,omitempty"`
	Extra     []string        `json:"holidays,omitempty"`
	Names     []string        `json:"names,omitempty"`
	LinkInSMS bool            `json:"link_in_sms,omitempty"`

	Cascade buurtbel.Cascade      `json:"cascade"`
	Lexicon []buurtbel.Respelling `json:"lexicon,omitempty"`
	Silence int                   `json:"silence,omitempty"`
	Mails   int                   `json:"mails,omitempty"`

	Exercises *buurtbel.Exercises `json:"exercises,omitempty"`
}

// PutZone stores a new zone, or the changed settings of one.
func (tx *Tx) PutZone(z *buurtbel.Zone) error {
	settings, err := json.Marshal(zoneSettings{z.TimeZone, z.Lines, z.Callable, z.Night, z.Plan, z.Limits, z.Contact, z.Extra, z.Names, z.LinkInSMS, z.Cascade, z.Lexicon, z.Silence, z.Mails, z.Exercises})
	if err != nil {
		return fmt.Errorf("write zone: %w", err)
	}
	_, err = tx.exec(`insert into zone (id, name, country, settings) values ($1, $2, $3, $4)
		on conflict (id) do update set name = excluded.name, country = excluded.country, settings = excluded.settings`,
		z.ID, z.Name, z.Country, string(settings))
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.zone.name-taken", buurtbel.Args{"Zone": z.Name})
	}
	if err != nil {
		return fmt.Errorf("put zone: %w", err)
	}
	return nil
}

func scanZone(scan func(...any) error) (*buurtbel.Zone, error) {
	var z buurtbel.Zone
	var settings string
	if err := scan(&z.ID, &z.Name, &z.Country, &settings); err != nil {
		return nil, err
	}
	var s zoneSettings
	if err := json.Unmarshal([]byte(settings), &s); err != nil {
		return nil, fmt.Errorf("read zone: %w", err)
	}
	z.TimeZone, z.Lines, z.Callable, z.Night, z.Plan, z.Limits = s.TimeZone, s.Lines, s.Callable, s.Night, s.Plan, s.Limits
	z.Contact, z.Extra, z.Names, z.LinkInSMS, z.Cascade, z.Lexicon, z.Silence = s.Contact, s.Extra, s.Names, s.LinkInSMS, s.Cascade, s.Lexicon, s.Silence
	z.Exercises, z.Mails = s.Exercises, s.Mails
	return &z, nil
}

// Zone reads the scope's zone.
func (tx *Tx) Zone() (*buurtbel.Zone, error) {
	z, err := scanZone(tx.row(`select id, name, country, settings from zone where id = $1`, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.zone.unknown")
	}
	return z, nil
}

// Zones lists every zone of the installation.
func (tx *Tx) Zones() ([]*buurtbel.Zone, error) {
	return list(tx, scanZone, `select id, name, country, settings from zone order by name`)
}

type networkFacts struct {
	Charter    *buurtbel.Dated `json:"charter,omitempty"`
	Recognised *buurtbel.Dated `json:"recognised,omitempty"`
	Ended      *buurtbel.Dated `json:"ended,omitempty"`
}

// PutNetwork stores a new network, or a changed one. Conflict when the zone has another network of that name.
func (tx *Tx) PutNetwork(n *buurtbel.Network) error {
	regime, err := json.Marshal(n.Regime)
	if err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	area, err := json.Marshal(n.Area)
	if err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	facts, err := json.Marshal(networkFacts{n.Charter, n.Recognised, n.Ended})
	if err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	stored, err := tx.exec(`insert into network (id, zone, name, kind, regime, area, facts) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (id) do update set name = excluded.name, kind = excluded.kind, regime = excluded.regime, area = excluded.area, facts = excluded.facts
		where network.zone = excluded.zone`,
		n.ID, tx.scope.Zone, n.Name, n.Kind, string(regime), string(area), string(facts))
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.network.name-taken", buurtbel.Args{"Network": n.Name})
	}
	if err != nil {
		return fmt.Errorf("put network: %w", err)
	}
	if stored == 0 { // the id is another zone's
		return buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	return tx.moveMark(MarkNetworks)
}

const networkColumns = `select id, name, kind, regime, area, facts from network where zone = $1 `

// Networks lists the networks of the scope's zone by name.
func (tx *Tx) Networks() ([]*buurtbel.Network, error) {
	return tx.networks(networkColumns+`order by name`, tx.scope.Zone)
}

// NetworksOf reads some networks of the scope's zone, by name; those that it does not have are absent. Areas are large, so who needs a few
// networks does not read a country's.
func (tx *Tx) NetworksOf(ids []buurtbel.ID) ([]*buurtbel.Network, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	p := pair{
		lite: networkColumns + `and id in (select value from json_each($2)) order by name`,
		pg:   networkColumns + `and id in (select value::bigint from jsonb_array_elements_text($2::jsonb)) order by name`,
	}
	return tx.networks(tx.pick(p), tx.scope.Zone, jsonIDs(ids))
}

func (tx *Tx) networks(query string, args ...any) ([]*buurtbel.Network, error) {
	var out []*buurtbel.Network
	err := tx.each(func(r *sql.Rows) error {
		n := &buurtbel.Network{Zone: tx.scope.Zone}
		var regime, area, facts string
		if err := r.Scan(&n.ID, &n.Name, &n.Kind, &regime, &area, &facts); err != nil {
			return err
		}
		var f networkFacts
		for text, into := range map[*string]any{&regime: &n.Regime, &area: &n.Area, &facts: &f} {
			if err := json.Unmarshal([]byte(*text), into); err != nil {
				return fmt.Errorf("read network: %w", err)
			}
		}
		n.Charter, n.Recognised, n.Ended = f.Charter, f.Recognised, f.Ended
		out = append(out, n)
		return nil
	}, query, args...)
	return out, err
}

// One row for each network: to step through 100,000 rows costs five times what the database needs to find them, and one row for the whole country
// would be twenty megabytes of text, held several times over.
var membersOf = pair{
	lite: `select coalesce((select group_concat(id, ' ') from member where zone = $1 and network = n.value and state in ('active', 'suspended')), '')
		from (select distinct value from json_each($2)) n`,
	pg: `select coalesce((select string_agg(id::text, ' ') from member where zone = $1 and network = n.value and state in ('active', 'suspended')), '')
		from (select distinct value::bigint as value from jsonb_array_elements_text($2::jsonb)) n`,
}

// MembersOf lists the ids of the active and suspended members of networks, in order. It is the audience of a launch by networks.
func (tx *Tx) MembersOf(networks []buurtbel.ID) ([]buurtbel.ID, error) {
	var lists [][]buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var text string
		if err := r.Scan(&text); err != nil {
			return err
		}
		list := make([]buurtbel.ID, 0, strings.Count(text, " ")+1)
		for word := range strings.FieldsSeq(text) {
			id, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return err
			}
			list = append(list, buurtbel.ID(id))
		}
		lists = append(lists, list)
		return nil
	}, tx.pick(membersOf), tx.scope.Zone, jsonIDs(networks))
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	out := slices.Concat(lists...)
	slices.Sort(out)
	return out, nil
}

// CountMembers counts the members of each network of the scope's zone who belong to its audience.
func (tx *Tx) CountMembers() (map[buurtbel.ID]int, error) {
	out := map[buurtbel.ID]int{}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var n int
		err := r.Scan(&id, &n)
		out[id] = n
		return err
	}, `select network, count(*) from member where zone = $1 and state in ('active', 'suspended') group by network`, tx.scope.Zone)
	return out, err
}
