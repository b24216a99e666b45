package store

import (
	"database/sql"
	"errors"
	"time"

	"github.com/buurtbel/buurtbel"
)

// SealedSet is a numbered set of one-time codes that lies sealed in a zone's dispatch room.
type SealedSet struct {
	ID     buurtbel.ID
	Zone   buurtbel.ID
	Person buurtbel.ID // the official that a code of the set lets in as
	Number int         // first, second, … set of the zone
	Size   int
	Made   time.Time
	By     buurtbel.ID
	Voided time.Time // zero: in force
	Used   int       // how many codes were used
}

// VoidSealedSets ends every set of the scope's zone, with the mandate of the official that it lets in as, and gives the number of the next set.
func (tx *Tx) VoidSealedSets() (next int, err error) {
	_, err = tx.exec(`update mandate set until_at = $1 where zone = $2 and (until_at = 0 or until_at > $3) and holder in
		(select person from sealed_set where zone = $4)`, micros(tx.now), tx.scope.Zone, micros(tx.now), tx.scope.Zone)
	if err != nil {
		return 0, err
	}
	if _, err = tx.exec(`update sealed_set set voided_at = $1 where zone = $2 and voided_at = 0`, micros(tx.now), tx.scope.Zone); err != nil {
		return 0, err
	}
	err = tx.row(`select coalesce(max(number), 0) + 1 from sealed_set where zone = $1`, tx.scope.Zone).Scan(&next)
	return next, err
}

// InsertSealedSet stores a set by the hashes of its codes, in their order. Conflict (error.sealed.twice) when another was made at the same moment.
func (tx *Tx) InsertSealedSet(s SealedSet, hashes [][]byte) error {
	twice := buurtbel.Fail(buurtbel.Conflict, "error.sealed.twice", nil)
	err := tx.execOne(twice, `insert into sealed_set (id, zone, person, number, size, made_at, by_id, voided_at) values ($1, $2, $3, $4, $5, $6, $7, 0)
		on conflict (zone, number) do nothing`, s.ID, tx.scope.Zone, s.Person, s.Number, len(hashes), micros(tx.now), s.By)
	for i, hash := range hashes {
		if err == nil {
			_, err = tx.exec(`insert into sealed_code (hash, sealed_set, zone, number, used_at) values ($1, $2, $3, $4, 0)`, hash, s.ID, tx.scope.Zone, i+1)
		}
	}
	return err
}

// SealedSet reads the set in force in the scope's zone; false when there is none.
func (tx *Tx) SealedSet() (SealedSet, bool, error) {
	s := SealedSet{Zone: tx.scope.Zone}
	var made int64
	err := tx.row(`select id, person, number, size, made_at, by_id, (select count(*) from sealed_code c where c.sealed_set = s.id and c.used_at <> 0)
		from sealed_set s where zone = $1 and voided_at = 0`, tx.scope.Zone).Scan(&s.ID, &s.Person, &s.Number, &s.Size, &made, &s.By, &s.Used)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	s.Made = instant(made)
	return s, err == nil, err
}

// PeekSealedCode reads a code that still works, its set and its number in it, without using it. NotFound (error.sealed.wrong), told alike for a
// code that was never one, was used, or belongs to a set that is no longer in force.
func (tx *Tx) PeekSealedCode(hash []byte) (s SealedSet, number int, err error) {
	var made int64
	err = tx.row(`select s.id, s.zone, s.person, s.number, s.size, s.made_at, s.by_id, c.number,
		(select count(*) from sealed_code u where u.sealed_set = s.id and u.zone = s.zone and u.used_at <> 0)
		from sealed_code c join sealed_set s on s.id = c.sealed_set and s.zone = c.zone where c.hash = $1 and c.used_at = 0 and s.voided_at = 0`, hash).
		Scan(&s.ID, &s.Zone, &s.Person, &s.Number, &s.Size, &made, &s.By, &number, &s.Used)
	s.Made = instant(made)
	return s, number, missing(err, "error.sealed.wrong")
}

// UseSealedCode uses a code up: it works once, also for two at the same moment. NotFound as of PeekSealedCode.
func (tx *Tx) UseSealedCode(hash []byte) (SealedSet, int, error) {
	s, number, err := tx.PeekSealedCode(hash)
	if err != nil {
		return s, 0, err
	}
	wrong := buurtbel.Fail(buurtbel.NotFound, "error.sealed.wrong", nil)
	return s, number, tx.execOne(wrong, `update sealed_code set used_at = $1 where hash = $2 and used_at = 0`, micros(tx.now), hash)
}
