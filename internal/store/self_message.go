package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// SelfMessage is a message that went to a member, or would have, with what became of it.
type SelfMessage struct {
	Message, Alert buurtbel.ID
	Kind           buurtbel.MessageKind
	Sender         string
	At, Heard      time.Time // Heard is zero when it was not confirmed
	Exercise       bool
	Left           buurtbel.Left // why it was not sent to the member; "" when it was
	Text           string
	Ways           []SelfWay
	recipient      buurtbel.ID
	texts          []buurtbel.Wording
}

// SelfWay is one way by which a message was sent to a member.
type SelfWay struct {
	Channel buurtbel.Channel
	State   buurtbel.DeliveryState
	Reason  buurtbel.Reason
	At      time.Time // of the last try; zero: none
}

// MessagesTo lists the messages to a member, the newest first, at most n. Letters with sign-in links and codes are absent: they said nothing
// but that. What was forgotten is absent.
func (tx *Tx) MessagesTo(member buurtbel.ID, n int) ([]SelfMessage, error) {
	var out []SelfMessage
	err := tx.each(func(r *sql.Rows) error {
		var m SelfMessage
		var at, heard int64
		var texts vault.Sealed
		if err := r.Scan(&m.Message, &m.Alert, &m.Kind, &m.Sender, &at, &m.Exercise, &texts, &m.recipient, &heard, &m.Left); err != nil {
			return err
		}
		m.At, m.Heard = instant(at), instant(heard)
		plain, err := tx.open("message", "texts", m.Message, texts)
		if err != nil {
			return fmt.Errorf("open texts: %w", err)
		}
		out = append(out, m)
		return json.Unmarshal(plain, &out[len(out)-1].texts)
	}, `select m.id, m.alert, m.kind, m.sender, m.at, m.exercise <> 0, m.texts, r.id, r.heard_at, r.left_out from message m
		join recipient r on r.message = m.id and r.member = $1 where m.zone = $2 and m.kind <> 'code' and m.state <> 'waiting' order by m.at desc, m.id desc limit $3`,
		member, tx.scope.Zone, n)
	if err != nil {
		return nil, fmt.Errorf("read messages of a member: %w", err)
	}
	for i := range out {
		if err := tx.selfWays(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (tx *Tx) selfWays(m *SelfMessage) error {
	wording := 0
	err := tx.each(func(r *sql.Rows) error {
		var w SelfWay
		var at int64
		err := r.Scan(&w.Channel, &w.State, &w.Reason, &wording, &at)
		w.At = instant(at)
		m.Ways = append(m.Ways, w)
		return err
	}, `select d.channel, d.state, d.reason, d.wording, coalesce((select max(a.begun_at) from attempt a where a.delivery = d.id), 0) from delivery d
		where d.recipient = $1 and d.zone = $2 order by d.rank, d.id`, m.recipient, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("read how a message went: %w", err)
	}
	if wording < len(m.texts) {
		m.Text = m.texts[wording].SMS
		if m.Text == "" {
			m.Text = m.texts[wording].Mail
		}
	}
	m.texts = nil
	return nil
}
