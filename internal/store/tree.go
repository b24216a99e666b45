package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// TreeConsent is a member's word that the number may go to the one person who calls them when no carrier works.
type TreeConsent struct {
	Member    buurtbel.ID
	Given     time.Time
	Withdrawn time.Time // zero: it holds
	By        buurtbel.ID
	How       string // "telephone" or "paper"
}

// Holds tells whether the member agrees.
func (c TreeConsent) Holds() bool { return c.Withdrawn.IsZero() }

// GiveTreeConsent records that a member of the scope's zone agreed. It is false when the member agreed already. NotFound
// (error.person.unknown) when the network has no such member.
func (tx *Tx) GiveTreeConsent(network, member, by buurtbel.ID, how string) (bool, error) {
	var n int
	err := tx.row(`select count(*) from member where id = $1 and network = $2 and zone = $3 and state = 'active'`, member, network, tx.scope.Zone).Scan(&n)
	if err == nil && n == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	if err != nil {
		return false, err
	}
	changed, err := tx.exec(`insert into tree_consent (member, zone, network, given_at, withdrawn_at, by_id, how) values ($1, $2, $3, $4, 0, $5, $6)
		on conflict (member) do update set network = excluded.network, given_at = excluded.given_at, withdrawn_at = 0, by_id = excluded.by_id, how = excluded.how
		where tree_consent.zone = excluded.zone and (tree_consent.withdrawn_at <> 0 or tree_consent.network <> excluded.network)`,
		member, tx.scope.Zone, network, micros(tx.now), by, how)
	if err != nil {
		return false, fmt.Errorf("record consent: %w", err)
	}
	return changed == 1, nil
}

// WithdrawTreeConsent records that a member took the consent back. It is false when there was none.
func (tx *Tx) WithdrawTreeConsent(network, member, by buurtbel.ID, how string) (bool, error) {
	n, err := tx.exec(`update tree_consent set withdrawn_at = $1, by_id = $2, how = $3 where member = $4 and network = $5 and zone = $6 and withdrawn_at = 0`,
		micros(tx.now), by, how, member, network, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("withdraw consent: %w", err)
	}
	return n == 1, nil
}

// TreeConsents lists who ever agreed in a network, also who took it back.
func (tx *Tx) TreeConsents(network buurtbel.ID) ([]TreeConsent, error) {
	var out []TreeConsent
	err := tx.each(func(r *sql.Rows) error {
		var c TreeConsent
		var given, withdrawn int64
		err := r.Scan(&c.Member, &given, &withdrawn, &c.By, &c.How)
		c.Given, c.Withdrawn = instant(given), instant(withdrawn)
		out = append(out, c)
		return err
	}, `select member, given_at, withdrawn_at, by_id, how from tree_consent where network = $1 and zone = $2 order by member`, network, tx.scope.Zone)
	return out, err
}

// TreePrint is one print of a network's phone tree.
type TreePrint struct {
	Number    int
	At, Until time.Time
	By        buurtbel.ID
	Role      buurtbel.Role // by which the tree was printed
	People    int
}

// lockNetworkRow lets one print of a network be numbered after the other. SQLite has its writer.
var lockNetworkRow = pair{pg: `select 1 from network where id = $1 and zone = $2 for update`}

// InsertTreePrint numbers a print of a network's tree, one after the last without a gap.
func (tx *Tx) InsertTreePrint(network buurtbel.ID, p TreePrint) (int, error) {
	if err := tx.lock(lockNetworkRow, network); err != nil {
		return 0, fmt.Errorf("lock network: %w", err)
	}
	number := 0
	err := tx.row(`select coalesce(max(number), 0) + 1 from tree_print where network = $1 and zone = $2`, network, tx.scope.Zone).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("number print: %w", err)
	}
	_, err = tx.exec(`insert into tree_print (network, number, zone, at, until_at, by_id, role, people) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		network, number, tx.scope.Zone, micros(p.At), micros(p.Until), p.By, p.Role, p.People)
	if err != nil {
		return 0, fmt.Errorf("insert print: %w", err)
	}
	return number, nil
}

// TreePrints lists the newest prints of a network's tree, at most n.
func (tx *Tx) TreePrints(network buurtbel.ID, n int) ([]TreePrint, error) {
	var out []TreePrint
	err := tx.each(func(r *sql.Rows) error {
		var p TreePrint
		var at, until int64
		err := r.Scan(&p.Number, &at, &until, &p.By, &p.Role, &p.People)
		p.At, p.Until = instant(at), instant(until)
		out = append(out, p)
		return err
	}, `select number, at, until_at, by_id, role, people from tree_print where network = $1 and zone = $2 order by number desc limit $3`, network, tx.scope.Zone, n)
	return out, err
}

// TreeNumber is a member as the caller's sheet shows one: opened contact data.
type TreeNumber struct {
	Name   Name
	Number string // E.164; "" when the member has no telephone
}

// OpenTree opens names and first telephone numbers of members and records the look, as OpenNames does: nobody reads them without the entry.
func (tx *Tx) OpenTree(actor buurtbel.Actor, role buurtbel.Role, purpose string, members []buurtbel.ID) (map[buurtbel.ID]TreeNumber, error) {
	names, err := tx.OpenNames(actor, role, purpose, 0, members)
	if err != nil {
		return nil, err
	}
	out := map[buurtbel.ID]TreeNumber{}
	for _, n := range names {
		out[n.Member] = TreeNumber{Name: n.Name}
	}
	p := pair{
		lite: `select c.id, c.member, c.address from json_each($1) j cross join contact c on c.member = j.value where c.zone = $2
			and c.kind in ('mobile', 'fixed') and c.state in ('ok', 'stopped') order by c.member, c.rank, c.id`,
		pg: `select c.id, c.member, c.address from jsonb_array_elements_text($1::jsonb) j(value) join contact c on c.member = j.value::bigint where c.zone = $2
			and c.kind in ('mobile', 'fixed') and c.state in ('ok', 'stopped') order by c.member, c.rank, c.id`,
	}
	err = tx.each(func(r *sql.Rows) error {
		var contact, member buurtbel.ID
		var sealed vault.Sealed
		if err := r.Scan(&contact, &member, &sealed); err != nil {
			return err
		}
		n, known := out[member]
		if !known || n.Number != "" {
			return nil
		}
		plain, err := tx.open("contact", "address", contact, sealed)
		n.Number = string(plain)
		out[member] = n
		return err
	}, tx.pick(p), jsonIDs(members), tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("open numbers: %w", err)
	}
	return out, nil
}
