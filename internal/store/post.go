package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Direct plans a letter or a text to one person who must have it: at once, on every given channel, whatever the person wishes of alerts.
// A person without a contact point for them is kept as left out, with the reason. It is called before a transaction: it makes ids.
func (db *DB) Direct(p Reachable, wording int, expires time.Time, channels ...buurtbel.Channel) Recipient {
	r := Recipient{ID: db.NewID(), Member: p.Member.ID, Wording: wording}
	want := buurtbel.Want{Urgency: buurtbel.Life, Expires: expires, Channels: channels}
	steps, left := buurtbel.Deliver(&buurtbel.Member{ID: p.Member.ID, State: buurtbel.MemberActive}, p.Contacts, want, db.Now())
	r.Left = left
	for _, s := range steps {
		r.Steps = append(r.Steps, RecipientStep{ID: db.NewID(), Step: s})
	}
	return r
}

// regimeWords turns a regime as its column has it, ["fr","nl"], into the form of Wording.Regime, fr+nl.
func regimeWords(column string) string { return regimeForm.Replace(column) }

var regimeForm = strings.NewReplacer(`["`, "", `"]`, "", `", "`, "+", `","`, "+", "[]", "")

// Post stores a message to persons who were planned one by one. Each person is there once.
func (tx *Tx) Post(m *buurtbel.Message, list []Recipient) error {
	people := make([]buurtbel.ID, len(list))
	for i := range list {
		people[i] = list[i].Member
	}
	if err := tx.InsertMessage(m, people); err != nil {
		return err
	}
	if err := tx.InsertRecipients(m.ID, m.Expires, list); err != nil {
		return err
	}
	return tx.Advance(m.ID, 0, len(list))
}

// ReachablePeople reads officials and members of the scope's zone as recipients of letters, each once; who is neither is left out.
func (tx *Tx) ReachablePeople(ids []buurtbel.ID) ([]Reachable, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var out []Reachable
	for _, id := range ids {
		found, err := tx.ReachableOfficials([]buurtbel.ID{id})
		if buurtbel.KindOf(err) == buurtbel.NotFound {
			found, err = tx.Reachables([]buurtbel.ID{id})
		}
		if err != nil {
			return nil, fmt.Errorf("read how a person is reached: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// OfficialName gives the name of an official: an office's business. It is "" for who is no official.
func (tx *Tx) OfficialName(id buurtbel.ID) (string, error) {
	var name []byte
	err := missing(tx.row(`select name from official where id = $1 and zone = $2`, id, tx.scope.Zone).Scan(&name), "error.person.unknown")
	if buurtbel.KindOf(err) == buurtbel.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	plain, err := tx.open("official", "name", id, name)
	if err != nil {
		return "", fmt.Errorf("open name: %w", err)
	}
	return string(plain), nil
}
