package store

import (
	"reflect"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Letters is one message to a few people who are planned one by one: letters, or texts and calls with a code. It is made before a transaction,
// because it makes ids; Post stores it in one.
type Letters struct {
	Message    *buurtbel.Message
	Recipients []Recipient
	db         *DB
}

// Letters begins a message of a zone to nobody yet.
func (db *DB) Letters(zone *buurtbel.Zone, kind buurtbel.MessageKind, urgency buurtbel.Urgency, expires time.Time) *Letters {
	return &Letters{db: db, Message: &buurtbel.Message{ID: db.NewID(), Zone: zone.ID, Kind: kind, Class: kind.Class(), Urgency: urgency,
		State: buurtbel.MessageRunning, Sender: zone.Name, Expires: expires}}
}

// To adds a person with these words, as Direct plans it: who has no contact point for the channels is kept as left out. Words that somebody
// before has already are kept once.
func (l *Letters) To(p Reachable, words buurtbel.Wording, channels ...buurtbel.Channel) {
	m := l.Message
	i := slices.IndexFunc(m.Texts, func(w buurtbel.Wording) bool { return reflect.DeepEqual(w, words) })
	if i < 0 {
		i = len(m.Texts)
		m.Texts = append(m.Texts, words)
	}
	l.Recipients = append(l.Recipients, l.db.Direct(p, i, m.Expires, channels...))
}

// OnlyReached takes out who has no contact point for the channels: nothing is kept of them.
func (l *Letters) OnlyReached() *Letters {
	l.Recipients = slices.DeleteFunc(l.Recipients, func(r Recipient) bool { return len(r.Steps) == 0 })
	return l
}

// Post stores the message; one to nobody is none.
func (l *Letters) Post(tx *Tx) error {
	if len(l.Recipients) == 0 {
		return nil
	}
	return tx.Post(l.Message, l.Recipients)
}

// ReachableHolders reads who holds one of the roles in a network of the scope's zone now, each once; network 0 asks for every network.
func (tx *Tx) ReachableHolders(network buurtbel.ID, roles ...buurtbel.Role) ([]Reachable, error) {
	var ids []buurtbel.ID
	for _, role := range roles {
		held, err := tx.Holders(role, network)
		if err != nil {
			return nil, err
		}
		ids = append(ids, held...)
	}
	return tx.ReachablePeople(ids)
}
