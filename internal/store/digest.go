package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// digestDetails are the sealed fields of an item.
type digestDetails struct {
	Place  string                       `json:"place"`
	Street bool                         `json:"street,omitempty"`
	Homes  int                          `json:"homes,omitempty"`
	Info   map[buurtbel.Language]string `json:"info,omitempty"`
}

func (tx *Tx) sealItem(i *buurtbel.DigestItem) (vault.Sealed, error) {
	return tx.sealJSON("digest_item", "details", i.ID, digestDetails{i.Place, i.Street, i.Homes, i.Info})
}

// DigestRules reads what the scope's zone decided about its digest.
func (tx *Tx) DigestRules() (r buurtbel.DigestRules, err error) {
	var settings string
	err = tx.row(`select settings from digest_rules where zone = $1`, tx.scope.Zone).Scan(&settings)
	if errors.Is(err, sql.ErrNoRows) {
		return buurtbel.DefaultDigest, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(settings), &r)
	}
	return r, err
}

// PutDigestRules stores what a zone decides about its digest.
func (tx *Tx) PutDigestRules(r buurtbel.DigestRules) error {
	settings, err := json.Marshal(r)
	if err == nil {
		_, err = tx.exec(`insert into digest_rules (zone, settings) values ($1, $2) on conflict (zone) do update set settings = excluded.settings`, tx.scope.Zone, clean(string(settings)))
	}
	if err != nil {
		return fmt.Errorf("put rules of digest: %w", err)
	}
	return nil
}

// InsertDigestItem stores an item that is still to be told.
func (tx *Tx) InsertDigestItem(i *buurtbel.DigestItem) error {
	details, err := tx.sealItem(i)
	if err == nil {
		_, err = tx.exec(`insert into digest_item (id, zone, category, day, part, municipality, details, by_id, at, edition, taken_back_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0)`, i.ID, tx.scope.Zone, i.Category, i.Day, i.Part, i.Municipality, details, i.By, micros(tx.now))
	}
	if err != nil {
		return fmt.Errorf("insert item of digest: %w", err)
	}
	return nil
}

func digestTold() error { return buurtbel.Fail(buurtbel.Conflict, "error.digest.told", nil) }

// ChangeDigestItem changes an item that was not told yet. Conflict (error.digest.told) when it was, or was taken back.
func (tx *Tx) ChangeDigestItem(i *buurtbel.DigestItem) error {
	details, err := tx.sealItem(i)
	if err != nil {
		return fmt.Errorf("seal item of digest: %w", err)
	}
	return tx.execOne(digestTold(), `update digest_item set category = $1, day = $2, part = $3, municipality = $4, details = $5, by_id = $6, at = $7
		where id = $8 and zone = $9 and edition = '' and taken_back_at = 0`, i.Category, i.Day, i.Part, i.Municipality, details, i.By, micros(tx.now), i.ID, tx.scope.Zone)
}

// TakeBackDigestItem takes back an item that was not told yet. Conflict (error.digest.told).
func (tx *Tx) TakeBackDigestItem(id buurtbel.ID) error {
	return tx.execOne(digestTold(), `update digest_item set taken_back_at = $1 where id = $2 and zone = $3 and edition = '' and taken_back_at = 0`, micros(tx.now), id, tx.scope.Zone)
}

const digestColumns = `id, category, day, part, municipality, details, by_id, edition, taken_back_at`

func (tx *Tx) scanDigestItem(scan func(...any) error) (i buurtbel.DigestItem, err error) {
	var details vault.Sealed
	var back int64
	if err = scan(&i.ID, &i.Category, &i.Day, &i.Part, &i.Municipality, &details, &i.By, &i.Edition, &back); err != nil {
		return i, err
	}
	var d digestDetails
	err = tx.openJSON("digest_item", "details", i.ID, details, &d)
	i.Place, i.Street, i.Homes, i.Info, i.TakenBack = d.Place, d.Street, d.Homes, d.Info, back != 0
	return i, err
}

// DigestItem reads one item of the scope's zone. NotFound (error.digest.unknown).
func (tx *Tx) DigestItem(id buurtbel.ID) (buurtbel.DigestItem, error) {
	i, err := tx.scanDigestItem(tx.row(`select `+digestColumns+` from digest_item where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return i, missing(err, "error.digest.unknown")
	}
	return i, nil
}

// DigestWaiting lists the items that are still to be told, the oldest first.
func (tx *Tx) DigestWaiting() ([]buurtbel.DigestItem, error) {
	return tx.digestItems(`select `+digestColumns+` from digest_item where zone = $1 and edition = '' and taken_back_at = 0 order by id`, tx.scope.Zone)
}

// DigestHappened lists the items of a stretch of days that are told or will be, the newest first, at most n.
func (tx *Tx) DigestHappened(from, until string, n int) ([]buurtbel.DigestItem, error) {
	return tx.digestItems(`select `+digestColumns+` from digest_item where zone = $1 and day >= $2 and day <= $3 and taken_back_at = 0 order by day desc, id desc limit $4`, tx.scope.Zone, from, until, n)
}

func (tx *Tx) digestItems(query string, args ...any) ([]buurtbel.DigestItem, error) {
	out, err := list(tx, tx.scanDigestItem, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read items of digest: %w", err)
	}
	return out, nil
}

// CloseDigest makes what is still to be told the digest of a day, once; done is how many items that are, 0 also when the day has its digest already.
// What is older than kept goes.
func (tx *Tx) CloseDigest(day, kept string) (done int, err error) {
	if _, err := tx.exec(`delete from digest_item where zone = $1 and day < $2`, tx.scope.Zone, kept); err != nil {
		return 0, fmt.Errorf("forget items of digest: %w", err)
	}
	fresh, err := tx.exec(`insert into digest_edition (zone, day, at, items) select $1, $2, $3, count(*) from digest_item i
		where i.zone = $4 and i.edition = '' and i.taken_back_at = 0 having count(*) > 0 on conflict (zone, day) do nothing`, tx.scope.Zone, day, micros(tx.now), tx.scope.Zone)
	if err != nil || fresh == 0 {
		return 0, err
	}
	n, err := tx.exec(`update digest_item set edition = $1 where zone = $2 and edition = '' and taken_back_at = 0`, day, tx.scope.Zone)
	if err != nil {
		return 0, fmt.Errorf("close digest: %w", err)
	}
	return int(n), nil
}

// DigestFor lists what a network has not been told until a day, that day's digest with it; nothing when the network got that one. What was in
// a digest of floor or before is not told any more.
func (tx *Tx) DigestFor(network buurtbel.ID, day, floor string) ([]buurtbel.DigestItem, error) {
	return tx.digestItems(`select `+digestColumns+` from digest_item i where i.zone = $1 and i.edition <> '' and i.edition <= $2 and i.edition > $3
		and i.edition > (select coalesce(max(l.day), '') from digest_letter l where l.network = $4 and l.zone = i.zone) order by i.id`, tx.scope.Zone, day, floor, network)
}

// PutDigestLetter notes that a message tells a network the digest of a day. Conflict (error.digest.told) when another does.
func (tx *Tx) PutDigestLetter(network buurtbel.ID, day string, message buurtbel.ID, items int) error {
	return tx.execOne(digestTold(), `insert into digest_letter (network, day, zone, message, items) values ($1, $2, $3, $4, $5) on conflict (network, day) do nothing`, network, day, tx.scope.Zone, message, items)
}

// DigestLetter is a digest that went to a network.
type DigestLetter struct {
	Network, Message buurtbel.ID
	Day              string
	Items            int
}

// DigestLetters lists the digests of the scope's zone since a day, the newest first.
func (tx *Tx) DigestLetters(since string) ([]DigestLetter, error) {
	out, err := list(tx, func(scan func(...any) error) (l DigestLetter, err error) {
		err = scan(&l.Network, &l.Message, &l.Day, &l.Items)
		return l, err
	}, `select network, message, day, items from digest_letter where zone = $1 and day >= $2 order by day desc, network`, tx.scope.Zone, since)
	if err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	return out, nil
}

// CountDigest counts what was told, by month, municipality and category, since a day.
func (tx *Tx) CountDigest(since string) ([]buurtbel.DigestCount, error) {
	out, err := list(tx, func(scan func(...any) error) (c buurtbel.DigestCount, err error) {
		err = scan(&c.Month, &c.Municipality, &c.Category, &c.Count)
		return c, err
	}, `select substr(day, 1, 7), municipality, category, count(*) from digest_item where zone = $1 and edition <> '' and day >= $2
		group by substr(day, 1, 7), municipality, category order by 1 desc, 2, 3`, tx.scope.Zone, since)
	if err != nil {
		return nil, fmt.Errorf("count digest: %w", err)
	}
	return out, nil
}

// StreetHomes gives the name of a street of the register as it is written there, and how many addresses it has; ok is false when the municipality
// has no such street. key is the form under which all spellings of the name meet; the municipality's name is compared without regard to case.
func (tx *Tx) StreetHomes(key, municipality string) (name string, homes int, ok bool, err error) {
	err = tx.each(func(r *sql.Rows) error {
		var street, town string
		var n int
		if err := r.Scan(&street, &town, &n); err != nil {
			return err
		}
		if strings.EqualFold(town, municipality) {
			name, homes, ok = street, homes+n, true
		}
		return nil
	}, `select s.name, s.municipality, (select count(*) from address a where a.street = s.id) from street s where s.folded = $1`, key)
	if err != nil {
		return "", 0, false, fmt.Errorf("look for street: %w", err)
	}
	return name, homes, ok, nil
}

// PutTip stores a tip of the scope's zone, new or changed.
func (tx *Tx) PutTip(t buurtbel.Tip) error {
	months, err := json.Marshal(t.Months)
	if err != nil {
		return fmt.Errorf("write tip: %w", err)
	}
	texts, err := cleanTexts(t.Texts)
	if err == nil {
		_, err = tx.exec(`insert into digest_tip (id, zone, topic, months, texts) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set topic = excluded.topic, months = excluded.months, texts = excluded.texts where digest_tip.zone = excluded.zone`, t.ID, tx.scope.Zone, t.Topic, string(months), texts)
	}
	if err != nil {
		return fmt.Errorf("put tip: %w", err)
	}
	return nil
}

// DropTip takes a tip of the scope's zone away. NotFound (error.tip.unknown).
func (tx *Tx) DropTip(id buurtbel.ID) error {
	return tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.tip.unknown", nil), `delete from digest_tip where id = $1 and zone = $2`, id, tx.scope.Zone)
}

// OwnTips lists the tips that the scope's zone wrote, the oldest first.
func (tx *Tx) OwnTips() ([]buurtbel.Tip, error) {
	out, err := list(tx, func(scan func(...any) error) (t buurtbel.Tip, err error) {
		var months, texts string
		if err = scan(&t.ID, &t.Topic, &months, &texts); err != nil {
			return t, err
		}
		if err = json.Unmarshal([]byte(months), &t.Months); err == nil && texts != "" {
			err = json.Unmarshal([]byte(texts), &t.Texts)
		}
		return t, err
	}, `select id, topic, months, texts from digest_tip where zone = $1 order by id`, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read tips: %w", err)
	}
	return out, nil
}
