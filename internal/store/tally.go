package store

import (
	"database/sql"
	"fmt"

	"github.com/buurtbel/buurtbel"
)

// Tally counts the recipients of messages by the best that is known of each.
type Tally struct {
	Audience  int                            // members in the frozen audience
	Expanded  int                            // of these, planned
	Left      map[buurtbel.Left]int          // left out, by why
	Members   map[buurtbel.DeliveryState]int // recipients by their best delivery
	Waiting   int                            // of the queued: wait until the morning by their own choice
	Unreached int                            // final, and not reached on any contact point
	Open      int                            // recipients with an open delivery
	ByChannel map[buurtbel.Channel]ChannelTally
	Parts     int            // SMS parts handed over
	Units     map[string]int // SMS parts and minutes of calls, by carrier: what is paid for
}

// ChannelTally counts the deliveries on one channel.
type ChannelTally struct {
	Deliveries map[buurtbel.DeliveryState]int
	Reasons    map[buurtbel.Reason]int
}

// bestState orders what is known of a recipient: the first that any delivery has. Who was tried with an open end counts as reached, whatever
// came after (rule 2).
const bestState = `case
	when r.heard_at > 0 then 'heard'
	when sum(case when d.state = 'heard' then 1 else 0 end) > 0 then 'heard'
	when sum(case when d.state = 'delivered' then 1 else 0 end) > 0 then 'delivered'
	when sum(case when d.state = 'handed-over' then 1 else 0 end) > 0 then 'handed-over'
	when sum(case when d.state = 'rang' then 1 else 0 end) > 0 then 'rang'
	when sum(case when d.state = 'uncertain' or d.doubts > 0 then 1 else 0 end) > 0 then 'uncertain'
	when sum(case when d.state = 'sending' then 1 else 0 end) > 0 then 'sending'
	when sum(case when d.state = 'queued' then 1 else 0 end) > 0 then 'queued'
	when sum(case when d.state = 'stopped' then 1 else 0 end) > 0 then 'stopped'
	when sum(case when d.state = 'expired' then 1 else 0 end) > 0 then 'expired'
	when sum(case when d.state = 'failed' then 1 else 0 end) > 0 then 'failed'
	else 'not-needed' end`

// Tally counts the recipients of one message.
func (tx *Tx) Tally(message buurtbel.ID) (*Tally, error) {
	t := &Tally{Left: map[buurtbel.Left]int{}, Members: map[buurtbel.DeliveryState]int{}, ByChannel: map[buurtbel.Channel]ChannelTally{}, Units: map[string]int{}}
	err := tx.row(`select audience_size, cursor from message where id = $1 and zone = $2`, message, tx.scope.Zone).Scan(&t.Audience, &t.Expanded)
	if err != nil {
		return nil, missing(err, "error.message.unknown")
	}
	if err := tx.tallyMembers(message, t); err != nil {
		return nil, fmt.Errorf("tally members: %w", err)
	}
	if err := tx.tallyChannels(message, t); err != nil {
		return nil, fmt.Errorf("tally channels: %w", err)
	}
	return t, tx.tallyUnits(message, t)
}

// tallyUnits counts what carriers are paid for.
func (tx *Tx) tallyUnits(message buurtbel.ID, t *Tally) error {
	return tx.each(func(r *sql.Rows) error {
		var channel buurtbel.Channel
		var carrier string
		var n int
		err := r.Scan(&channel, &carrier, &n)
		t.Units[carrier] += n
		if channel == buurtbel.SMS {
			t.Parts += n
		}
		return err
	}, `select d.channel, a.carrier, sum(a.parts) from delivery d join attempt a on a.delivery = d.id
		where d.message = $1 and d.zone = $2 and d.channel in ('sms', 'voice') and a.parts > 0 group by d.channel, a.carrier`, message, tx.scope.Zone)
}

func (tx *Tx) tallyMembers(message buurtbel.ID, t *Tally) error {
	err := tx.each(func(r *sql.Rows) error {
		var state buurtbel.DeliveryState
		var n, open, waiting int
		err := r.Scan(&state, &n, &open, &waiting)
		t.Members[state] += n
		t.Open += open
		t.Waiting += waiting
		if state == buurtbel.Failed || state == buurtbel.Expired || state == buurtbel.Stopped {
			t.Unreached += n - open
		}
		return err
	}, `select best, count(*), sum(case when open > 0 then 1 else 0 end), sum(case when best = 'queued' and due > $1 then 1 else 0 end) from (
		select r.id, `+bestState+` as best, sum(d.open) as open, min(case when d.rank = 0 and d.state = 'queued' then d.due end) as due
		from recipient r join delivery d on d.recipient = r.id where r.message = $2 and r.zone = $3 group by r.id, r.heard_at) x group by best`,
		micros(tx.now), message, tx.scope.Zone)
	if err != nil {
		return err
	}
	return tx.each(func(r *sql.Rows) error {
		var left buurtbel.Left
		var n int
		err := r.Scan(&left, &n)
		t.Left[left] = n
		return err
	}, `select left_out, count(*) from recipient where message = $1 and zone = $2 and left_out <> '' group by left_out`, message, tx.scope.Zone)
}

func (tx *Tx) tallyChannels(message buurtbel.ID, t *Tally) error {
	return tx.each(func(r *sql.Rows) error {
		var channel buurtbel.Channel
		var state buurtbel.DeliveryState
		var reason buurtbel.Reason
		var n int
		if err := r.Scan(&channel, &state, &reason, &n); err != nil {
			return err
		}
		c, ok := t.ByChannel[channel]
		if !ok {
			c = ChannelTally{Deliveries: map[buurtbel.DeliveryState]int{}, Reasons: map[buurtbel.Reason]int{}}
			t.ByChannel[channel] = c
		}
		c.Deliveries[state] += n
		if reason != "" {
			c.Reasons[reason] += n
		}
		return nil
	}, `select channel, state, reason, count(*) from delivery where message = $1 and zone = $2 group by channel, state, reason`, message, tx.scope.Zone)
}
