package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Work is one claimed delivery: its attempt is begun. To is opened contact data and goes to the channel alone.
type Work struct {
	Delivery, Recipient, Contact buurtbel.ID
	Number                       int  // of the attempt, from 1
	Doubts                       int  // uncertain attempts before this one
	More                         bool // further contact points of this channel wait behind it
	Calls                        bool // calls wait behind it
	Slow                         bool // the member wishes slower speech
	Wording                      int
	Rank                         int
	To                           string
	Unusable                     buurtbel.Reason // the contact point was lost since the plan was made; nothing was begun
}

var claimRows = pair{
	lite: `select d.id, d.recipient, d.contact, d.rank, d.tries, d.doubts, d.more, d.wording, c.state, c.address
		from delivery d join contact c on c.id = d.contact
		where d.message = $1 and d.channel = $2 and d.open = 1 and d.due <= $3 and d.state = 'queued' and d.zone = $4
		and exists (select 1 from message m where m.id = d.message and m.state = 'running' and m.expires > $5)
		order by d.due limit $6`,
	pg: `select d.id, d.recipient, d.contact, d.rank, d.tries, d.doubts, d.more, d.wording, c.state, c.address
		from delivery d join contact c on c.id = d.contact
		where d.message = $1 and d.channel = $2 and d.open = 1 and d.due <= $3 and d.state = 'queued' and d.zone = $4
		and exists (select 1 from message m where m.id = d.message and m.state = 'running' and m.expires > $5)
		order by d.due limit $6 for update of d skip locked`,
}

// The state stands in the outer where too: without it PostgreSQL claims a row twice that was freed between snapshot and lock.
var claimUpdate = pair{
	lite: `update delivery set state = 'sending', tries = tries + 1, node = $2, changed_at = $3
		where id in (select value from json_each($1)) and zone = $4 and state = 'queued'`,
	pg: `update delivery set state = 'sending', tries = tries + 1, node = $2, changed_at = $3
		where id = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $4 and state = 'queued'`,
}

var claimAttempts = pair{
	lite: `insert into attempt (delivery, number, zone, carrier, node, begun_at, settled_at, state, reason, code, ref, parts, arrived, receipt_at)
		select d.id, d.tries, d.zone, $2, $3, $4, 0, 'sending', '', '', '', 0, 0, 0
		from json_each($1) j cross join delivery d on d.id = j.value`,
	pg: `insert into attempt (delivery, number, zone, carrier, node, begun_at, settled_at, state, reason, code, ref, parts, arrived, receipt_at)
		select d.id, d.tries, d.zone, $2, $3, $4, 0, 'sending', '', '', '', 0, 0, 0
		from jsonb_array_elements_text($1::jsonb) j(value) join delivery d on d.id = j.value::bigint`,
}

// Claim takes at most n due deliveries of a message on a channel and begins their attempts: committed before anything is sent.
// Deliveries whose contact point was lost are closed here, and the next contact point is freed.
func (tx *Tx) Claim(message buurtbel.ID, kind buurtbel.MessageKind, channel buurtbel.Channel, carrier string, n int) ([]Work, error) {
	var work []Work
	var lost []Settled
	err := tx.each(func(r *sql.Rows) error {
		w, err := tx.scanWork(r, kind)
		if err == nil && w.Unusable != "" {
			lost = append(lost, w.lost(channel))
			return nil
		}
		work = append(work, w)
		return err
	}, tx.pick(claimRows), message, channel, micros(tx.now), tx.scope.Zone, micros(tx.now), n)
	if err != nil {
		return nil, fmt.Errorf("read due deliveries: %w", err)
	}
	if err := tx.closeUnbegun(lost); err != nil {
		return nil, fmt.Errorf("close lost contact points: %w", err)
	}
	if kind.Stoppable() && channel == buurtbel.Email {
		if work, err = tx.sift(message, work); err != nil {
			return nil, err
		}
	}
	if len(work) == 0 {
		return nil, nil
	}
	return work, tx.begin(work, carrier)
}

// lost is the end of a delivery whose contact point was lost before an attempt was begun.
func (w *Work) lost(channel buurtbel.Channel) Settled {
	return Settled{Delivery: w.Delivery, Recipient: w.Recipient, Channel: channel, Rank: w.Rank, More: w.More, Calls: w.Calls,
		Move: buurtbel.Move{State: buurtbel.Failed, Reason: w.Unusable, FallBack: true}}
}

// scanWork reads a due delivery; further columns go where further points.
func (tx *Tx) scanWork(r *sql.Rows, kind buurtbel.MessageKind, further ...any) (Work, error) {
	var w Work
	var more int64
	var state buurtbel.ContactState
	var sealed vault.Sealed
	err := r.Scan(append([]any{&w.Delivery, &w.Recipient, &w.Contact, &w.Rank, &w.Number, &w.Doubts, &more, &w.Wording, &state, &sealed}, further...)...)
	if err != nil {
		return w, err
	}
	w.Number, w.More, w.Calls = w.Number+1, more&behindNext != 0, more&behindCalls != 0
	switch {
	case state == buurtbel.ContactOK, state == buurtbel.ContactStopped && kind == buurtbel.KindAnswer, // the answer to STOP itself
		state == buurtbel.ContactDead && kind == buurtbel.KindCode: // by which somebody shows that it works again
	case state == buurtbel.ContactStopped:
		w.Unusable = buurtbel.OptedOut
		return w, nil
	default:
		w.Unusable = buurtbel.InvalidAddress
		return w, nil
	}
	plain, err := tx.open("contact", "address", w.Contact, sealed)
	if buurtbel.KeyOf(err) == "error.vault.damaged" { // one damaged row must not hold back everybody else
		tx.db.log.Error("open contact point", "error", err)
		w.Unusable = buurtbel.Other
		return w, nil
	}
	w.To = string(plain)
	return w, err
}

func (tx *Tx) begin(work []Work, carrier string) error {
	ids := make([]buurtbel.ID, len(work))
	for i, w := range work {
		ids[i] = w.Delivery
	}
	argument := jsonIDs(ids)
	claimed, err := tx.exec(tx.pick(claimUpdate), argument, tx.db.node, micros(tx.now), tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("claim deliveries: %w", err)
	}
	if claimed != int64(len(work)) {
		return buurtbel.Fail(buurtbel.Conflict, "error.delivery.claimed-twice", nil)
	}
	begun, err := tx.exec(tx.pick(claimAttempts), argument, carrier, tx.db.node, micros(tx.now))
	if err == nil && begun != claimed {
		err = buurtbel.Fail(buurtbel.Conflict, "error.delivery.claimed-twice", nil)
	}
	if err != nil {
		return fmt.Errorf("begin attempts: %w", err)
	}
	return nil
}

// NextDue gives when the next queued delivery of a message on a channel is due; zero when there is none.
func (tx *Tx) NextDue(message buurtbel.ID, channel buurtbel.Channel) (time.Time, error) {
	var due sql.Null[int64]
	err := tx.row(`select min(due) from delivery where message = $1 and channel = $2 and open = 1 and state = 'queued' and zone = $3`,
		message, channel, tx.scope.Zone).Scan(&due)
	return instant(due.V), err
}
