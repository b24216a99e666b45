package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// HouseRules are a network's internal rules in one version. They are public.
type HouseRules struct {
	Version      int // from 1; 0: the network has none of its own, the standard ones hold
	Since        time.Time
	Body         string                       // in the first language of the network's regime
	From         time.Time                    // from when they hold
	Texts        map[buurtbel.Language]string // one per language of the regime; nil: Body alone
	By, AgreedBy buurtbel.ID                  // who wrote them, and who agreed
	Message      buurtbel.ID                  // that told it to the members; 0: none
	Reminder     buurtbel.ID                  // that reminded who had not answered; 0: none yet
}

// In gives the rules in a language, and the language that they are in: the first one of the regime when there is no other.
func (h HouseRules) In(lang buurtbel.Language, regime buurtbel.Regime) (string, buurtbel.Language) {
	if text := h.Texts[lang]; text != "" {
		return text, lang
	}
	return h.Body, regime[0]
}

const rulesColumns = `version, at, body, from_at, texts, by_id, agreed_by, message, reminder`

func scanRules(scan func(...any) error) (h HouseRules, err error) {
	var at, from int64
	var texts string
	if err = scan(&h.Version, &at, &h.Body, &from, &texts, &h.By, &h.AgreedBy, &h.Message, &h.Reminder); err != nil {
		return h, err
	}
	h.Since, h.From = instant(at), instant(from)
	if texts != "" {
		err = json.Unmarshal([]byte(texts), &h.Texts)
	}
	return h, err
}

// HouseRules reads the internal rules in force in a network of the scope's zone.
func (tx *Tx) HouseRules(network buurtbel.ID) (HouseRules, error) {
	h, err := scanRules(tx.row(`select `+rulesColumns+` from house_rules where network = $1 and zone = $2 and from_at <= $3 order by version desc limit 1`, network, tx.scope.Zone, micros(tx.now)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	return h, err
}

// AllHouseRules lists every version of a network's internal rules, the newest first; one that holds from a later day too.
func (tx *Tx) AllHouseRules(network buurtbel.ID) ([]HouseRules, error) {
	var out []HouseRules
	err := tx.each(func(r *sql.Rows) error {
		h, err := scanRules(r.Scan)
		out = append(out, h)
		return err
	}, `select `+rulesColumns+` from house_rules where network = $1 and zone = $2 order by version desc`, network, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("read internal rules: %w", err)
	}
	return out, nil
}

// PutHouseRules keeps a new version of a network's internal rules and gives its number. Busy (error.store.busy) when another was kept at the
// same moment.
func (tx *Tx) PutHouseRules(network buurtbel.ID, h HouseRules) (int, error) {
	last := 0
	if err := tx.row(`select coalesce(max(version), 0) from house_rules where network = $1 and zone = $2`, network, tx.scope.Zone).Scan(&last); err != nil {
		return 0, fmt.Errorf("read internal rules: %w", err)
	}
	texts, err := cleanTexts(h.Texts)
	if err != nil {
		return 0, err
	}
	if h.From.IsZero() {
		h.From = tx.now
	}
	_, err = tx.exec(`insert into house_rules (network, version, zone, at, by_id, body, from_at, agreed_by, texts, message) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		network, last+1, tx.scope.Zone, micros(tx.now), h.By, clean(h.Body), micros(h.From), h.AgreedBy, texts, h.Message)
	if duplicate(err) {
		return 0, buurtbel.FailWith(err, buurtbel.Busy, "error.store.busy", nil)
	}
	if err != nil {
		return 0, fmt.Errorf("put internal rules: %w", err)
	}
	return last + 1, tx.Append(tx.scope.Zone, buurtbel.EntryChange, cmp.Or(h.AgreedBy, h.By), fmt.Appendf(nil, "internal rules %s %d", network, last+1))
}

func cleanTexts(texts map[buurtbel.Language]string) (string, error) {
	if len(texts) == 0 {
		return "", nil
	}
	out := map[buurtbel.Language]string{}
	for l, text := range texts {
		out[l] = clean(text)
	}
	written, err := json.Marshal(out)
	return string(written), err
}

// RulesDraft are internal rules that are not agreed to yet.
type RulesDraft struct {
	Network buurtbel.ID
	At      time.Time // when they were last changed
	By      buurtbel.ID
	From    time.Time // from when they are to hold
	State   string    // of governing: "draft", "proposed" or "returned"
	Texts   map[buurtbel.Language]string
	Note    string // why they came back
}

// RulesDraft reads what is being written for a network; nil when there is nothing.
func (tx *Tx) RulesDraft(network buurtbel.ID) (*RulesDraft, error) {
	d := &RulesDraft{Network: network}
	var at, from int64
	var texts string
	var note vault.Sealed
	err := tx.row(`select at, by_id, from_at, state, texts, note from house_rules_draft where network = $1 and zone = $2`, network, tx.scope.Zone).
		Scan(&at, &d.By, &from, &d.State, &texts, &note)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(texts), &d.Texts)
	}
	if err != nil {
		return nil, fmt.Errorf("read draft of rules: %w", err)
	}
	d.At, d.From = instant(at), instant(from)
	plain, err := tx.open("house_rules_draft", "note", network, note)
	d.Note = string(plain)
	return d, err
}

// PutRulesDraft keeps what is written for a network, dated now, in the place of what stood there.
func (tx *Tx) PutRulesDraft(d RulesDraft) error {
	texts, err := cleanTexts(d.Texts)
	if err != nil {
		return err
	}
	note, err := tx.seal("house_rules_draft", "note", d.Network, []byte(d.Note))
	if err == nil {
		_, err = tx.exec(`insert into house_rules_draft (network, zone, at, by_id, from_at, state, texts, note) values ($1,$2,$3,$4,$5,$6,$7,$8)
			on conflict (network) do update set at = excluded.at, by_id = excluded.by_id, from_at = excluded.from_at, state = excluded.state, texts = excluded.texts, note = excluded.note`,
			d.Network, tx.scope.Zone, micros(tx.now), d.By, micros(d.From), d.State, cmp.Or(texts, "{}"), note)
	}
	if err != nil {
		return fmt.Errorf("put draft of rules: %w", err)
	}
	return nil
}

// EndRulesDraft takes a proposal away that was seen as it stood at a moment, once. Conflict (error.rules.moved) when it was changed or decided since.
func (tx *Tx) EndRulesDraft(network buurtbel.ID, seen time.Time) error {
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.rules.moved", nil),
		`delete from house_rules_draft where network = $1 and zone = $2 and at = $3 and state = 'proposed'`, network, tx.scope.Zone, micros(seen))
}

// AcceptRules records that a member accepted a version of the network's rules, and how; also when the member did not, before. It is false when that
// was known.
func (tx *Tx) AcceptRules(network buurtbel.ID, version int, member, by buurtbel.ID, how string) (bool, error) {
	n, err := tx.exec(`insert into house_rules_accepted (network, version, member, zone, at, by_id, how, refused) values ($1,$2,$3,$4,$5,$6,$7,0)
		on conflict (network, version, member) do update set at = excluded.at, by_id = excluded.by_id, how = excluded.how, refused = 0 where house_rules_accepted.refused = 1`,
		network, version, member, tx.scope.Zone, micros(tx.now), by, how)
	if err != nil {
		return false, fmt.Errorf("accept internal rules: %w", err)
	}
	return n == 1, nil
}

// AcceptedRules is one version that a member accepted.
type AcceptedRules struct {
	Version int
	At      time.Time
	How     string
}

// RulesAccepted lists which versions of a network's rules a member accepted, the newest first.
func (tx *Tx) RulesAccepted(network, member buurtbel.ID) ([]AcceptedRules, error) {
	return tx.answeredRules(network, member, false)
}

func (tx *Tx) answeredRules(network, member buurtbel.ID, refused bool) ([]AcceptedRules, error) {
	var out []AcceptedRules
	err := tx.each(func(r *sql.Rows) error {
		var a AcceptedRules
		var at int64
		err := r.Scan(&a.Version, &at, &a.How)
		a.At = instant(at)
		out = append(out, a)
		return err
	}, `select version, at, how from house_rules_accepted where network = $1 and member = $2 and zone = $3 and refused = $4 order by version desc`, network, member, tx.scope.Zone, flag(refused))
	if err != nil {
		return nil, fmt.Errorf("read what was answered to rules: %w", err)
	}
	return out, nil
}

// NoRules stands for members of whom no acceptance is known, such as those of an imported list.
const NoRules = -1

// RulesOf tells of each member who takes part in a network which version was accepted last; NoRules: none.
func (tx *Tx) RulesOf(network buurtbel.ID) (map[buurtbel.ID]int, error) {
	out := map[buurtbel.ID]int{}
	err := tx.each(func(r *sql.Rows) error {
		var member buurtbel.ID
		var version int
		err := r.Scan(&member, &version)
		out[member] = version
		return err
	}, `select m.id, coalesce((select max(a.version) from house_rules_accepted a where a.member = m.id and a.network = m.network and a.refused = 0), -1) from member m
		where m.zone = $1 and m.network = $2 and m.state in ('active', 'suspended')`, tx.scope.Zone, network)
	if err != nil {
		return nil, fmt.Errorf("count accepted rules: %w", err)
	}
	return out, nil
}

// RulesReader is who was mailed about a version of the rules, by the delivery of that mail.
type RulesReader struct {
	Zone, Network, Member buurtbel.ID
	Version               int
}

// RulesReaderOf tells whom a delivery told of which version; ok is false when it is about none.
func (tx *Tx) RulesReaderOf(delivery buurtbel.ID) (g RulesReader, ok bool, err error) {
	err = tx.row(`select h.zone, h.network, r.member, h.version from delivery d join recipient r on r.id = d.recipient join house_rules h on h.message = d.message or h.reminder = d.message
		where d.id = $1 and d.message > 0 and r.member > 0`, delivery).Scan(&g.Zone, &g.Network, &g.Member, &g.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	return g, err == nil, err
}
