package store

import (
	"database/sql"
	"math"

	"github.com/buurtbel/buurtbel"
)

// EachStreetWithin reads each street of the register that has an address in a box, with the box of those addresses: what a zone needs to
// know its own street names. One pass over the register that gives a row a street, so that a country's two million addresses cost half a
// second and next to no memory.
func (tx *Tx) EachStreetWithin(box buurtbel.Box, see func(Street, buurtbel.Box)) error {
	const query = `select s.id, s.name, s.folded, s.postal_code, s.municipality, b.south, b.west, b.north, b.east from street s join
		(select street, min(lat) as south, min(lon) as west, max(lat) as north, max(lon) as east from address
			where lat between $1 and $2 and lon between $3 and $4 group by street) b on b.street = s.id`
	return tx.each(func(r *sql.Rows) error {
		var s Street
		var south, west, north, east int64
		err := r.Scan(&s.ID, &s.Name, &s.Key, &s.PostalCode, &s.Municipality, &south, &west, &north, &east)
		see(s, buurtbel.Box{South: float64(south) / 1e7, West: float64(west) / 1e7, North: float64(north) / 1e7, East: float64(east) / 1e7})
		return err
	}, query, fixed(math.Floor, box.South), fixed(math.Ceil, box.North), fixed(math.Floor, box.West), fixed(math.Ceil, box.East))
}

func fixed(round func(float64) float64, degrees float64) int64 { return int64(round(degrees * 1e7)) }
