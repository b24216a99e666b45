package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// RefuseRules records that a member does not accept a version of the network's rules, and how it was said. It is false when the member answered
// already: who accepted has accepted.
func (tx *Tx) RefuseRules(network buurtbel.ID, version int, member, by buurtbel.ID, how string) (bool, error) {
	n, err := tx.exec(`insert into house_rules_accepted (network, version, member, zone, at, by_id, how, refused) values ($1,$2,$3,$4,$5,$6,$7,1) on conflict do nothing`,
		network, version, member, tx.scope.Zone, micros(tx.now), by, how)
	if err != nil {
		return false, fmt.Errorf("refuse internal rules: %w", err)
	}
	return n == 1, nil
}

// RulesRefused lists which versions of a network's rules a member did not accept, the newest first.
func (tx *Tx) RulesRefused(network, member buurtbel.ID) ([]AcceptedRules, error) {
	return tx.answeredRules(network, member, true)
}

// WhoRefused lists the members who take part and do not accept a version.
func (tx *Tx) WhoRefused(network buurtbel.ID, version int) ([]buurtbel.ID, error) {
	return tx.memberIDs(`select a.member from house_rules_accepted a join member m on m.id = a.member
		where a.network = $1 and a.version = $2 and a.zone = $3 and a.refused = 1 and m.network = a.network and m.state in ('active', 'suspended') order by a.member`, network, version, tx.scope.Zone)
}

// MarkRulesReminder records that a message reminds who has not answered about a version, once and only of the newest one. Conflict
// (error.rules.moved).
func (tx *Tx) MarkRulesReminder(network buurtbel.ID, version int, message buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.rules.moved", nil), `update house_rules set reminder = $1 where network = $2 and version = $3 and zone = $4 and reminder = 0
		and not exists (select 1 from house_rules n where n.network = $5 and n.version > $6)`, message, network, version, tx.scope.Zone, network, version)
}

// RulesAnswers counts what the members of a network who take part say to the newest version of its rules.
type RulesAnswers struct {
	Network                   buurtbel.ID
	Version                   int
	Accepted, Refused, Silent int
}

// RulesAnswered counts for each network of the scope's zone to whose newest rules the police agreed since a moment.
func (tx *Tx) RulesAnswered(since time.Time) ([]RulesAnswers, error) {
	var out []RulesAnswers
	err := tx.each(func(r *sql.Rows) error {
		var a RulesAnswers
		var members int
		err := r.Scan(&a.Network, &a.Version, &members, &a.Accepted, &a.Refused)
		a.Silent = members - a.Accepted - a.Refused
		out = append(out, a)
		return err
	}, `select h.network, h.version, count(m.id), coalesce(sum(case when a.refused = 0 then 1 else 0 end), 0), coalesce(sum(case when a.refused = 1 then 1 else 0 end), 0) from house_rules h
		join member m on m.network = h.network and m.zone = h.zone and m.state in ('active', 'suspended')
		left join house_rules_accepted a on a.network = h.network and a.version = h.version and a.member = m.id
		where h.zone = $1 and h.at >= $2 and h.agreed_by <> 0 and not exists (select 1 from house_rules n where n.network = h.network and n.version > h.version)
		group by h.network, h.version order by h.network`, tx.scope.Zone, micros(since))
	if err != nil {
		return nil, fmt.Errorf("count answers to rules: %w", err)
	}
	return out, nil
}
