package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Move is a new address that somebody decides about: it lies outside the network's area, or the register does not know it.
type Move struct {
	Member, Network buurtbel.ID
	Home            Home           // opened contact data; empty when it was not opened
	Place           buurtbel.Point // zero: not known
	Found           string         // "outside" or "unknown"
	At              time.Time
}

// AskMove keeps a member's new address until it is decided. A second one takes the first one's place.
func (tx *Tx) AskMove(m Move) error {
	home, err := tx.sealJSON("move_asked", "home", m.Member, m.Home)
	if err != nil {
		return err
	}
	place, err := tx.seal("move_asked", "place", m.Member, packPoint(m.Place))
	if err != nil {
		return fmt.Errorf("seal place: %w", err)
	}
	_, err = tx.exec(`insert into move_asked (member, zone, network, home, place, found, at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (member) do update set home = excluded.home, place = excluded.place, found = excluded.found, at = excluded.at`,
		m.Member, tx.scope.Zone, m.Network, home, place, m.Found, micros(tx.now))
	if err != nil {
		return fmt.Errorf("ask about move: %w", err)
	}
	return nil
}

// MovesAsked lists the moves of a network that wait for a decision, the oldest first; member 0 asks for all. open opens the new addresses, for
// the member or for who journals the look.
func (tx *Tx) MovesAsked(network, member buurtbel.ID, open bool) ([]Move, error) {
	var out []Move
	err := tx.each(func(r *sql.Rows) error {
		m := Move{Network: network}
		var home, place vault.Sealed
		var at int64
		if err := r.Scan(&m.Member, &home, &place, &m.Found, &at); err != nil {
			return err
		}
		m.At = instant(at)
		if open {
			if err := tx.openJSON("move_asked", "home", m.Member, home, &m.Home); err != nil {
				return err
			}
			plain, err := tx.open("move_asked", "place", m.Member, place)
			if err != nil {
				return fmt.Errorf("open place: %w", err)
			}
			if m.Place, _, err = unpackPoint(plain); err != nil {
				return err
			}
		}
		out = append(out, m)
		return nil
	}, `select member, home, place, found, at from move_asked where zone = $1 and network = $2 and (cast($3 as bigint) = 0 or member = $4) order by at`,
		tx.scope.Zone, network, member, member)
	if err != nil {
		return nil, fmt.Errorf("read moves: %w", err)
	}
	return out, nil
}

// EndMove ends the asking about a move. It is false when nothing was asked.
func (tx *Tx) EndMove(member buurtbel.ID) (bool, error) {
	n, err := tx.exec(`delete from move_asked where member = $1 and zone = $2`, member, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("end move: %w", err)
	}
	return n > 0, nil
}
