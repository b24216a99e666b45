package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// alertDetails are the sealed parts of an alert: its drawn area, written reasons, and who asked for it.
type alertDetails struct {
	Area    buurtbel.Area  `json:"area,omitempty"`
	OffPlan string         `json:"off_plan,omitempty"`
	Unwise  string         `json:"unwise,omitempty"`
	Asked   buurtbel.Asked `json:"asked"`
	LeftOut []buurtbel.ID  `json:"left_out,omitempty"` // members at addresses that the dispatcher left out, in order
}

// InsertAlert stores an alert. Conflict (error.alert.key-used) when the zone has one with the same idempotency key: read it with AlertByKey.
// leftOut are the members at addresses that the dispatcher left out, in order.
func (tx *Tx) InsertAlert(a *buurtbel.Alert, leftOut []buurtbel.ID) error {
	networks, err := json.Marshal(a.Networks)
	if err != nil {
		return fmt.Errorf("write alert: %w", err)
	}
	details, err := tx.sealJSON("alert", "details", a.ID, alertDetails{a.Area, a.OffPlan, a.Unwise, a.Asked, leftOut})
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into alert (id, zone, key, fact, priority, urgency, plan_version, exercise, networks, details, by_id, at, expires, state, finished_at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,0)`,
		a.ID, tx.scope.Zone, a.Key, a.Fact, int64(a.Priority), a.Urgency, a.PlanVersion, flag(a.Exercise), string(networks), details, a.By,
		micros(a.At), micros(a.Expires), a.State)
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.alert.key-used", nil)
	}
	if err != nil {
		return fmt.Errorf("insert alert: %w", err)
	}
	return nil
}

const alertColumns = `id, zone, key, fact, priority, urgency, plan_version, exercise, networks, details, by_id, at, expires, state, finished_at`

func (tx *Tx) scanAlert(scan func(...any) error) (*buurtbel.Alert, error) {
	var a buurtbel.Alert
	var priority, exercise, at, expires, finished int64
	var networks string
	var sealed vault.Sealed
	err := scan(&a.ID, &a.Zone, &a.Key, &a.Fact, &priority, &a.Urgency, &a.PlanVersion, &exercise, &networks, &sealed, &a.By, &at, &expires, &a.State, &finished)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(networks), &a.Networks); err != nil {
		return nil, fmt.Errorf("read alert: %w", err)
	}
	var d alertDetails
	if err := tx.openJSON("alert", "details", a.ID, sealed, &d); err != nil {
		return nil, err
	}
	a.Area, a.OffPlan, a.Unwise, a.Asked = d.Area, d.OffPlan, d.Unwise, d.Asked
	a.Priority, a.Exercise = buurtbel.Priority(priority), exercise != 0
	a.At, a.Expires, a.Finished = instant(at), instant(expires), instant(finished)
	return &a, nil
}

// Alert reads one alert of the scope's zone.
func (tx *Tx) Alert(id buurtbel.ID) (*buurtbel.Alert, error) {
	a, err := tx.scanAlert(tx.row(`select `+alertColumns+` from alert where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.alert.unknown")
	}
	return a, nil
}

// LeftOut gives the members whom an alert leaves out by address, in order.
func (tx *Tx) LeftOut(alert buurtbel.ID) ([]buurtbel.ID, error) {
	var sealed vault.Sealed
	err := tx.row(`select details from alert where id = $1 and zone = $2`, alert, tx.scope.Zone).Scan(&sealed)
	if err != nil {
		return nil, missing(err, "error.alert.unknown")
	}
	var d alertDetails
	err = tx.openJSON("alert", "details", alert, sealed, &d)
	return d.LeftOut, err
}

// AlertByKey reads the alert of an idempotency key.
func (tx *Tx) AlertByKey(key string) (*buurtbel.Alert, error) {
	a, err := tx.scanAlert(tx.row(`select `+alertColumns+` from alert where key = $1 and zone = $2`, key, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.alert.unknown")
	}
	return a, nil
}

// Alerts lists the newest alerts of the scope's zone, at most n.
func (tx *Tx) Alerts(n int) ([]*buurtbel.Alert, error) {
	return list(tx, tx.scanAlert, `select `+alertColumns+` from alert where zone = $1 order by id desc limit $2`, tx.scope.Zone, n)
}

// MoveAlert changes an alert's state. Conflict (error.alert.moved) when it does not stand at from any more.
func (tx *Tx) MoveAlert(id buurtbel.ID, from, to buurtbel.AlertState) error {
	finished := int64(0)
	if to == buurtbel.AlertFinished || to == buurtbel.AlertStopped || to == buurtbel.AlertRefused {
		finished = micros(tx.now)
	}
	return tx.execOne(buurtbel.Fail(buurtbel.Conflict, "error.alert.moved", nil),
		`update alert set state = $1, finished_at = $2 where id = $3 and zone = $4 and state = $5`, to, finished, id, tx.scope.Zone, from)
}

// StopMessages stops every running or waiting message of an alert and freezes its cursor; corrections and feedback go on, because who was
// reached must hear them. It gives how many it stopped.
func (tx *Tx) StopMessages(alert buurtbel.ID) (int64, error) {
	tx.Wake()
	if err := tx.lockAlert(alert); err != nil {
		return 0, fmt.Errorf("lock alert: %w", err)
	}
	return tx.exec(`update message set state = 'stopped' where alert = $1 and zone = $2 and state in ('running', 'waiting')
		and kind not in ('correction', 'feedback')`, alert, tx.scope.Zone)
}

// StopMessage stops one message and freezes its cursor. What of it waits for tomorrow, over the limit of a day, does not go either: also when nothing else
// was open and the message is finished.
func (tx *Tx) StopMessage(id buurtbel.ID) error {
	tx.Wake()
	if _, err := tx.exec(`update message set state = 'stopped' where id = $1 and zone = $2 and state = 'running'`, id, tx.scope.Zone); err != nil {
		return err
	}
	_, err := tx.exec(`delete from mail_over where message = $1 and zone = $2`, id, tx.scope.Zone)
	return err
}

// closeQueued: a further contact point that was never freed is not needed; it is still due only when the message expires. One that was freed
// and not reached in time is closed like any other. A delivery whose attempt nobody knows the end of stays uncertain.
var closeQueued = pair{
	lite: `update delivery set state = case when doubts > 0 then 'uncertain' when rank > 0 and due >= (select expires from message where id = $1) then 'not-needed' else $2 end,
		open = 0, changed_at = $3 where id in
		(select id from delivery where message = $4 and zone = $5 and open = 1 and state = 'queued' limit $6)
		and open = 1 and state = 'queued'`,
	pg: `update delivery set state = case when doubts > 0 then 'uncertain' when rank > 0 and due >= (select expires from message where id = $1) then 'not-needed' else $2::text end,
		open = 0, changed_at = $3 where id in
		(select id from delivery where message = $4 and zone = $5 and open = 1 and state = 'queued' order by id limit $6 for update skip locked)
		and open = 1 and state = 'queued'`,
}

// CloseQueued moves queued deliveries of a message to a final state, at most n; it gives how many it moved.
func (tx *Tx) CloseQueued(message buurtbel.ID, to buurtbel.DeliveryState, n int) (int64, error) {
	done, err := tx.exec(tx.pick(closeQueued), message, to, micros(tx.now), message, tx.scope.Zone, n)
	if err != nil {
		return 0, fmt.Errorf("close queued deliveries: %w", err)
	}
	return done, nil
}

// CloseHandedOver makes handed-over deliveries of an expired message final, at most n: no receipt came, and we know no more.
func (tx *Tx) CloseHandedOver(message buurtbel.ID, n int) (int64, error) {
	done, err := tx.exec(`update delivery set open = 0, changed_at = $1 where id in
		(select id from delivery where message = $2 and zone = $3 and open = 1 and state = 'handed-over' limit $4)
		and open = 1 and state = 'handed-over'`, micros(tx.now), message, tx.scope.Zone, n)
	if err != nil {
		return 0, fmt.Errorf("close handed-over deliveries: %w", err)
	}
	return done, nil
}

// OpenDeliveries tells whether a message has any delivery that is not final.
func (tx *Tx) OpenDeliveries(message buurtbel.ID) (bool, error) {
	var n int
	err := tx.row(`select count(*) from (select 1 from delivery where message = $1 and zone = $2 and open = 1 limit 1) d`, message, tx.scope.Zone).Scan(&n)
	return n > 0, err
}

// FinishMessage closes a message whose cursor is at its end and whose deliveries are all final. It is false when something is open.
//
// The rows of its alert and of the message are locked first, each by a statement of its own, so that the update sees what was committed
// before: the last slice of the audience, and another message of the alert that another node is closing.
func (tx *Tx) FinishMessage(id buurtbel.ID) (bool, error) {
	if err := tx.lockMessage(id); err != nil {
		return false, fmt.Errorf("lock message: %w", err)
	}
	n, err := tx.exec(`update message set state = case when state = 'stopped' then 'stopped' else 'finished' end, finished_at = $1
		where id = $2 and zone = $3 and finished_at = 0
		and (state = 'stopped' or state = 'running' and cursor >= audience_size and (follows <> 'reached' or expires <= $4))
		and not exists (select 1 from delivery d where d.message = message.id and d.open = 1)`, micros(tx.now), id, tx.scope.Zone, micros(tx.now))
	if err != nil {
		return false, fmt.Errorf("finish message: %w", err)
	}
	return n == 1, nil
}

// The locks by name, always in this order: the alert, then a message of it. SQLite has its writer.
var (
	lockAlertRow   = pair{pg: `select 1 from alert where id = $1 and zone = $2 for update`}
	lockAlertOf    = pair{pg: `select 1 from alert where id = (select alert from message where id = $1) and zone = $2 for update`}
	lockMessageRow = pair{pg: `select 1 from message where id = $1 and zone = $2 for update`}
)

func (tx *Tx) lockAlert(id buurtbel.ID) error { return tx.lock(lockAlertRow, id) }

func (tx *Tx) lockMessage(id buurtbel.ID) error {
	if err := tx.lock(lockAlertOf, id); err != nil {
		return err
	}
	return tx.lock(lockMessageRow, id)
}

func (tx *Tx) lock(p pair, id buurtbel.ID) error {
	if tx.db.engine == SQLite {
		return nil
	}
	return tx.each(func(*sql.Rows) error { return nil }, p.pg, id, tx.scope.Zone)
}

// AlertOpen tells whether an alert has a message that is not finished.
func (tx *Tx) AlertOpen(alert buurtbel.ID) (bool, error) {
	var n int
	err := tx.row(`select count(*) from message where alert = $1 and zone = $2 and finished_at = 0`, alert, tx.scope.Zone).Scan(&n)
	return n > 0, err
}

// CountIn counts people who are recipients of a message beside those whom it follows.
func (tx *Tx) CountIn(message buurtbel.ID, n int) error {
	_, err := tx.exec(`update message set audience_size = audience_size + $1, cursor = cursor + $2 where id = $3 and zone = $4`, n, n, message, tx.scope.Zone)
	return err
}

// GrowAudience counts members that a following message took in: its audience and cursor grow together. The InsertRecipients that follows
// in this transaction gives Conflict when another node took one of them in first.
func (tx *Tx) GrowAudience(message buurtbel.ID, by int, last bool) error {
	follows := buurtbel.FollowReached
	if last {
		follows = "done"
	}
	tx.grown = true
	miss := buurtbel.Fail(buurtbel.Conflict, "error.message.moved", nil)
	return tx.execOne(miss, `update message set audience_size = audience_size + $1, cursor = cursor + $2, follows = $3
		where id = $4 and zone = $5 and state = 'running' and follows = 'reached'`, by, by, follows, message, tx.scope.Zone)
}

// Heard records that a member confirmed an alert's message by a delivery: the recipient is heard, and what is still queued for that
// recipient is not needed. It is false when the recipient had confirmed before.
func (tx *Tx) Heard(recipient, delivery buurtbel.ID) (bool, error) {
	return tx.heard(recipient, delivery, 0)
}

// HeardOnSharedLine is Heard for one of several members who share the line that confirmed: nobody knows which of them it was, so only that
// line is left alone, and every other contact point of the member is still tried (rule 8).
func (tx *Tx) HeardOnSharedLine(recipient, delivery, contact buurtbel.ID) (bool, error) {
	return tx.heard(recipient, delivery, contact)
}

// heard leaves alone what is queued for a recipient: for one contact point, or with contact 0 for all.
func (tx *Tx) heard(recipient, delivery, contact buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update recipient set heard_at = $1 where id = $2 and zone = $3 and heard_at = 0`, micros(tx.now), recipient, tx.scope.Zone)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec(`update delivery set state = 'heard', reason = '', open = 0, changed_at = $1 where id = $2 and recipient = $3
		and zone = $4 and state not in ('stopped', 'not-needed')`, micros(tx.now), delivery, recipient, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("mark delivery heard: %w", err)
	}
	_, err = tx.exec(`update delivery set state = 'not-needed', open = 0, changed_at = $1 where recipient = $2 and zone = $3 and state = 'queued' and open = 1
		and (cast($4 as bigint) = 0 or contact = $5)`, micros(tx.now), recipient, tx.scope.Zone, contact, contact)
	if err != nil {
		return false, fmt.Errorf("drop what is not needed: %w", err)
	}
	if contact == 0 {
		if err := tx.dropSharedLine(recipient); err != nil {
			return false, fmt.Errorf("stop calls to a shared line: %w", err)
		}
	}
	tx.Wake()
	return true, nil
}

// DeliveryPlace tells to what a delivery belongs.
type DeliveryPlace struct {
	Delivery, Recipient, Message, Alert, Zone, Member, Contact buurtbel.ID
	Kind                                                       buurtbel.MessageKind
	Expires, Heard                                             time.Time
	Wording                                                    int
	Channel                                                    buurtbel.Channel // Delivery alone gives it
}

// Delivery finds a delivery by the id in a link. The scope may be the installation: the link's signature is the right.
func (tx *Tx) Delivery(id buurtbel.ID) (DeliveryPlace, error) {
	var p DeliveryPlace
	var expires, heard int64
	err := tx.row(`select d.id, d.recipient, d.message, m.alert, d.zone, r.member, d.contact, m.kind, m.expires, r.heard_at, d.wording, d.channel
		from delivery d join message m on m.id = d.message join recipient r on r.id = d.recipient where d.id = $1`, id).
		Scan(&p.Delivery, &p.Recipient, &p.Message, &p.Alert, &p.Zone, &p.Member, &p.Contact, &p.Kind, &expires, &heard, &p.Wording, &p.Channel)
	p.Expires, p.Heard = instant(expires), instant(heard)
	return p, missing(err, "error.link.unknown")
}

// LastDeliveriesTo finds the newest delivery of an alert's message, not older than since, to each member's contact point with a
// number: what a text that came back from that number can answer.
func (tx *Tx) LastDeliveriesTo(hash []byte, since time.Time) ([]DeliveryPlace, error) {
	var out []DeliveryPlace
	err := tx.each(func(r *sql.Rows) error {
		var p DeliveryPlace
		var expires, heard int64
		err := r.Scan(&p.Delivery, &p.Recipient, &p.Message, &p.Alert, &p.Zone, &p.Member, &p.Contact, &p.Kind, &expires, &heard, &p.Wording)
		p.Expires, p.Heard = instant(expires), instant(heard)
		if n := len(out); err == nil && (n == 0 || out[n-1].Member != p.Member) {
			out = append(out, p)
		}
		return err
	}, `select d.id, d.recipient, d.message, m.alert, d.zone, r.member, d.contact, m.kind, m.expires, r.heard_at, d.wording
		from contact c join message m on m.zone = c.zone and m.at >= $2 and m.kind in ('launch', 'update', 'correction', 'all-clear', 'probe')
		join recipient r on r.message = m.id and r.member = c.member join delivery d on d.recipient = r.id and d.contact = c.id
		where c.hash = $1 and d.state in ('sending', 'uncertain', 'rang', 'handed-over', 'delivered', 'heard')
		order by r.member, case when m.kind = 'probe' then 1 else 0 end, m.id desc, d.id desc`, hash, micros(since))
	return out, err
}

// DropWaiting stops the message of an alert that the second person refused.
func (tx *Tx) DropWaiting(alert buurtbel.ID) error {
	_, err := tx.exec(`update message set state = 'stopped', finished_at = $1 where alert = $2 and zone = $3 and state = 'waiting'`,
		micros(tx.now), alert, tx.scope.Zone)
	return err
}

// ReleaseWaiting lets the message of a confirmed alert run; a cut audience that is not nil replaces the frozen one.
func (tx *Tx) ReleaseWaiting(alert buurtbel.ID, cut []buurtbel.ID) (*buurtbel.Message, error) {
	messages, err := tx.MessagesOf(alert)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	m := messages[0]
	moved := buurtbel.Fail(buurtbel.Conflict, "error.alert.moved", nil)
	if err := tx.execOne(moved, `update message set state = 'running' where id = $1 and zone = $2 and state = 'waiting'`, m.ID, tx.scope.Zone); err != nil {
		return nil, err
	}
	tx.Wake()
	if cut == nil {
		return m, nil
	}
	m.Audience = len(cut)
	_, err = tx.exec(`update audience set members = $1 where message = $2 and zone = $3`, packIDs(cut), m.ID, tx.scope.Zone)
	if err == nil {
		_, err = tx.exec(`update message set audience_size = $1 where id = $2 and zone = $3`, len(cut), m.ID, tx.scope.Zone)
	}
	return m, err
}
