package store

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
)

// newsDue is what decides about one bulletin or digest that is due.
type newsDue struct {
	Work
	member  buurtbel.ID
	rest    buurtbel.MailRest
	counted bool
}

var newsRows = pair{
	lite: `select d.id, r.member, coalesce(x.state, ''), exists (select 1 from delivery o where o.recipient = d.recipient and o.channel = 'email' and o.tries > 0)
		from json_each($1) j cross join delivery d on d.id = j.value join recipient r on r.id = d.recipient left join mail_rest x on x.contact = d.contact where d.zone = $2`,
	pg: `select d.id, r.member, coalesce(x.state, ''), exists (select 1 from delivery o where o.recipient = d.recipient and o.channel = 'email' and o.tries > 0)
		from jsonb_array_elements_text($1::jsonb) j(value) join delivery d on d.id = j.value::bigint join recipient r on r.id = d.recipient
		left join mail_rest x on x.contact = d.contact where d.zone = $2`,
}

// countMails counts one more mail of a day for each member who has not had the most. The limit stands in the update's where: two writers cannot both be the last.
var countMails = pair{
	lite: `insert into mail_day (member, day, zone, mails) select value, $2, $3, 1 from json_each($1) where true
		on conflict (member, day) do update set mails = mail_day.mails + 1 where mail_day.mails < $4 returning member`,
	pg: `insert into mail_day (member, day, zone, mails) select j.value::bigint, cast($2 as bigint), cast($3 as bigint), 1 from jsonb_array_elements_text($1::jsonb) j(value) order by 1
		on conflict (member, day) do update set mails = mail_day.mails + 1 where mail_day.mails < $4 returning member`,
}

var keepOver = pair{
	lite: `insert into mail_over (recipient, zone, member, message, delivery, wording, day) select value->>'r', $2, value->>'m', $3, value->>'d', value->>'w', $4
		from jsonb_each($1) where true on conflict do nothing`,
	pg: `insert into mail_over (recipient, zone, member, message, delivery, wording, day) select r, cast($2 as bigint), m, cast($3 as bigint), d, w, cast($4 as bigint)
		from jsonb_to_recordset($1::jsonb) as j(r bigint, m bigint, d bigint, w bigint) on conflict do nothing`,
}

// sift keeps of due bulletins or digests by mail those that may go now: the mailbox does not rest, and the day's limit is not reached. The others are closed
// here, before an attempt is begun.
func (tx *Tx) sift(message buurtbel.ID, work []Work) ([]Work, error) {
	if len(work) == 0 {
		return work, nil
	}
	list, err := tx.newsOf(work)
	if err != nil {
		return nil, fmt.Errorf("read resting mailboxes: %w", err)
	}
	zone, err := tx.Zone()
	if err != nil {
		return nil, err
	}
	loc, err := zone.Location()
	if err != nil {
		return nil, err
	}
	today := buurtbel.DayOf(tx.now.In(loc))
	room, err := tx.countMailsOf(list, today, zone.MostMails())
	if err != nil {
		return nil, fmt.Errorf("count mails: %w", err)
	}
	var over []newsDue
	var closed []Settled
	work = work[:0]
	for _, c := range list {
		sent := 0
		if !room[c.member] {
			sent = zone.MostMails()
		}
		switch move := buurtbel.News(c.rest, c.counted, sent, zone.MostMails()); move {
		case buurtbel.NewsGoes:
			work = append(work, c.Work)
		case buurtbel.NewsWaits:
			over = append(over, c)
			closed = append(closed, c.closed(move))
		case buurtbel.NewsStops, buurtbel.NewsElsewhere:
			closed = append(closed, c.closed(move))
		}
	}
	if err := tx.closeNews(closed); err != nil {
		return nil, err
	}
	if len(over) == 0 {
		return work, nil
	}
	if err := tx.keepOver(message, over, today); err != nil {
		return nil, err
	}
	return work, tx.Later(TaskBundle, tx.scope.Zone, (today+1).At(buurtbel.BundleHour, 0, loc))
}

func (tx *Tx) newsOf(work []Work) ([]newsDue, error) {
	list := make([]newsDue, len(work))
	ids, at := make([]buurtbel.ID, len(work)), make(map[buurtbel.ID]int, len(work))
	for i, w := range work {
		list[i], ids[i], at[w.Delivery] = newsDue{Work: w}, w.Delivery, i
	}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		var c newsDue
		err := r.Scan(&id, &c.member, &c.rest, &c.counted)
		if i, ok := at[id]; ok {
			c.Work = list[i].Work
			list[i] = c
		}
		return err
	}, tx.pick(newsRows), jsonIDs(ids), tx.scope.Zone)
	return list, err
}

// countMailsOf counts those that would go, and tells which members had room.
func (tx *Tx) countMailsOf(list []newsDue, day buurtbel.Day, most int) (map[buurtbel.ID]bool, error) {
	var members []buurtbel.ID
	for _, c := range list {
		if !c.counted && buurtbel.News(c.rest, false, 0, most) == buurtbel.NewsGoes {
			members = append(members, c.member)
		}
	}
	room := map[buurtbel.ID]bool{}
	slices.Sort(members)
	if members = slices.Compact(members); len(members) == 0 {
		return room, nil
	}
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		room[id] = true
		return err
	}, tx.pick(countMails), jsonIDs(members), int64(day), tx.scope.Zone, most)
	return room, err
}

func (c *newsDue) closed(move buurtbel.NewsMove) Settled {
	s := c.lost(buurtbel.Email)
	switch move {
	case buurtbel.NewsWaits:
		s.Move = buurtbel.Move{State: buurtbel.NotNeeded}
	case buurtbel.NewsStops:
		s.Move = buurtbel.Move{State: buurtbel.Failed, Reason: buurtbel.OptedOut}
	case buurtbel.NewsElsewhere:
		s.Move.Reason = buurtbel.InvalidAddress
	case buurtbel.NewsGoes:
	}
	return s
}

// closeNews closes deliveries that do not go; the member's further mailboxes are not needed either, unless this one does not work.
func (tx *Tx) closeNews(list []Settled) error {
	if len(list) == 0 {
		return nil
	}
	drop := newBatch(len(list), 60)
	for i := range list {
		if s := &list[i]; s.More && !s.Move.FallBack {
			drop.row().id("r", s.Recipient).text("h", string(s.Channel)).int("k", int64(s.Rank)).end()
		}
	}
	if !drop.empty() {
		if _, err := tx.exec(tx.pick(dropNext), drop.done(), micros(tx.now)); err != nil {
			return fmt.Errorf("drop next mailbox: %w", err)
		}
	}
	if err := tx.closeUnbegun(list); err != nil {
		return fmt.Errorf("close mails that do not go: %w", err)
	}
	tx.Wake() // the message may be finished now
	return nil
}

func (tx *Tx) keepOver(message buurtbel.ID, list []newsDue, day buurtbel.Day) error {
	rows := newBatch(len(list), 90)
	for i := range list {
		c := &list[i]
		rows.row().id("r", c.Recipient).id("m", c.member).id("d", c.Delivery).int("w", int64(c.Wording)).end()
	}
	if _, err := tx.exec(tx.pick(keepOver), rows.done(), tx.scope.Zone, message, int64(day)); err != nil {
		return fmt.Errorf("keep for the next day: %w", err)
	}
	return nil
}

// Over is one message that was over a day's limit of a member.
type Over struct {
	Recipient, Member, Message, Delivery buurtbel.ID
	Wording                              int
}

// OverOf lists what waits since before a day, of at most n members, by member and oldest first.
func (tx *Tx) OverOf(before buurtbel.Day, n int) ([]Over, error) {
	return list(tx, func(scan func(...any) error) (o Over, err error) {
		err = scan(&o.Recipient, &o.Member, &o.Message, &o.Delivery, &o.Wording)
		return o, err
	}, `select o.recipient, o.member, o.message, o.delivery, o.wording from mail_over o where o.zone = $1 and o.day < $2
		and o.member in (select distinct member from mail_over where zone = $3 and day < $4 order by member limit $5) order by o.member, o.message`,
		tx.scope.Zone, int64(before), tx.scope.Zone, int64(before), n)
}

var takeOver = pair{
	lite: `delete from mail_over where zone = $2 and recipient in (select value from json_each($1))`,
	pg:   `delete from mail_over where zone = $2 and recipient = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb)))`,
}

// TakeOver takes out what goes now in one mail. Conflict when another process took some of it meanwhile: then nothing of it counts.
func (tx *Tx) TakeOver(list []Over) error {
	ids := make([]buurtbel.ID, len(list))
	for i := range list {
		ids[i] = list[i].Recipient
	}
	n, err := tx.exec(tx.pick(takeOver), jsonIDs(ids), tx.scope.Zone)
	if err == nil && n != int64(len(list)) {
		err = buurtbel.Fail(buurtbel.Conflict, "error.message.moved", nil)
	}
	return err
}

// ForgetMailDays erases counts of days before one, and what came back from mailboxes longer ago than that counts.
func (tx *Tx) ForgetMailDays(before buurtbel.Day) error {
	if _, err := tx.exec(`delete from mail_day where zone = $1 and day < $2`, tx.scope.Zone, int64(before)); err != nil {
		return fmt.Errorf("forget counts of mails: %w", err)
	}
	if _, err := tx.exec(`delete from mail_return where zone = $1 and at < $2`, tx.scope.Zone, micros(tx.now.Add(-buurtbel.ReturnsWithin))); err != nil {
		return fmt.Errorf("forget what came back: %w", err)
	}
	return nil
}
