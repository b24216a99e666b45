package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// PastLaunch is a launch whose reach is known by now.
type PastLaunch struct {
	Message, Alert buurtbel.ID
	At             time.Time
	Exercise       bool
}

// PastLaunches lists launches of the scope's zone between two moments whose audience was planned to its end, the newest first, at most n. Those
// that waited for a second person are absent: their time of launch is not when they went out.
func (tx *Tx) PastLaunches(from, until time.Time, n int) ([]PastLaunch, error) {
	var out []PastLaunch
	err := tx.each(func(r *sql.Rows) error {
		var l PastLaunch
		var at, exercise int64
		err := r.Scan(&l.Message, &l.Alert, &at, &exercise)
		l.At, l.Exercise = instant(at), exercise != 0
		out = append(out, l)
		return err
	}, `select id, alert, at, exercise from message where zone = $1 and alert <> 0 and kind = 'launch' and state <> 'waiting' and cursor >= audience_size
		and audience_size > 0 and at >= $2 and at < $3 and not exists (select 1 from confirmation c where c.alert = message.alert)
		order by id desc limit $4`, tx.scope.Zone, micros(from), micros(until), n)
	if err != nil {
		return nil, fmt.Errorf("read past launches: %w", err)
	}
	return out, nil
}

// EachArrival gives every member whom a message was sent to, with the first sign that it arrived: a receipt of the device, a mail that the
// other side's server took, or the member's own word; zero when there was none. Who was left out, and whom a stop kept it from, is absent.
func (tx *Tx) EachArrival(message buurtbel.ID, see func(member, network buurtbel.ID, at time.Time)) error {
	err := tx.each(func(r *sql.Rows) error {
		var member, network buurtbel.ID
		var at int64
		err := r.Scan(&member, &network, &at)
		see(member, network, instant(at))
		return err
	}, `select x.member, m.network, x.arrived from (select r.member, coalesce(min(case when a.receipt_at > 0 and d.state in ('delivered', 'heard') then a.receipt_at
		when d.channel = 'email' and d.state in ('handed-over', 'delivered', 'heard') and a.settled_at > 0 then a.settled_at
		when r.heard_at > 0 then r.heard_at end), 0) as arrived
		from recipient r join delivery d on d.recipient = r.id left join attempt a on a.delivery = d.id
		where r.message = $1 and r.zone = $2 and r.left_out = '' and d.state <> 'stopped' group by r.id, r.member) x join member m on m.id = x.member`,
		message, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("read arrivals: %w", err)
	}
	return nil
}
