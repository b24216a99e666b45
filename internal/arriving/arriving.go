// Package arriving is the door of everything that comes in through the channels: receipts, and texts that people write back.
//
// An event is stored, deduplicated, and only then acknowledged to the carrier; a pure table then says which verb takes it. What nobody can
// take stays stored. Receipts are applied in batches, because they come in the thousands.
package arriving

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Batch is how many events one transaction stores.
const Batch = 250

// Door takes events.
type Door struct {
	db      *store.DB
	desk    *alerting.Desk
	phone   func(string) string
	log     *slog.Logger
	heard   func(carrier string, n int)
	actor   buurtbel.Actor
	waiting chan arrival
}

type arrival struct {
	event  channel.Event
	stored func(error)
}

// Options are what a Door needs.
type Options struct {
	Desk   *alerting.Desk
	Phone  func(string) string // brings a number as carriers write it to E.164
	Logger *slog.Logger
	// Received hears how many receipts came in, by carrier, once per batch; nil: nobody asks.
	Received func(carrier string, n int)
}

// New makes a Door; Run makes it work.
func New(db *store.DB, o Options) *Door {
	return &Door{db: db, desk: o.Desk, phone: o.Phone, log: o.Logger, heard: o.Received, actor: buurtbel.System(), waiting: make(chan arrival, 4*Batch)}
}

// Arrive is the channels' way in. It does not wait for the store; when too much waits already, the carrier is told to try again.
func (d *Door) Arrive(e channel.Event, stored func(error)) {
	select {
	case d.waiting <- arrival{e, stored}:
	default:
		go stored(buurtbel.Fail(buurtbel.Busy, "error.store.busy", nil))
	}
}

// Run stores what arrives and hands it to the verbs until ctx is done.
func (d *Door) Run(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.settle(ctx)
	}()
	for {
		select {
		case <-ctx.Done():
			<-done
			return
		case first := <-d.waiting:
			d.take(ctx, d.gather(first))
		}
	}
}

// linger is how long a batch waits for company.
const linger = 10 * time.Millisecond

func (d *Door) gather(first arrival) []arrival {
	batch := []arrival{first}
	t := time.NewTimer(linger)
	defer t.Stop()
	for len(batch) < Batch {
		select {
		case a := <-d.waiting:
			batch = append(batch, a)
		case <-t.C:
			return batch
		}
	}
	return batch
}

// take stores one batch and then, only then, acknowledges it.
func (d *Door) take(ctx context.Context, batch []arrival) {
	var receipts []store.Receipt
	var texts []*store.Inbound
	heard := map[string]int{}
	for _, a := range batch {
		switch a.event.Kind {
		case channel.Receipt:
			receipts = append(receipts, receiptOf(a.event))
			heard[a.event.Carrier]++
		case channel.Text:
			texts = append(texts, d.inboundOf(a.event))
		}
	}
	if d.heard != nil {
		for carrier, n := range heard {
			d.heard(carrier, n)
		}
	}
	err := d.store(ctx, receipts, texts)
	if err != nil && ctx.Err() == nil {
		d.log.Error("store what arrived", "error", err, "receipts", len(receipts), "texts", len(texts))
	}
	for _, a := range batch {
		a.stored(err)
	}
}

func (d *Door) store(ctx context.Context, receipts []store.Receipt, texts []*store.Inbound) error {
	err := d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{}, func(tx *store.Tx) error {
		for _, in := range texts {
			if _, err := tx.InsertInbound(in); err != nil {
				return err
			}
		}
		if len(receipts) == 0 {
			return nil
		}
		matched, err := tx.ApplyReceipts(receipts)
		if err != nil {
			return err
		}
		return journalReceipts(tx, matched)
	})
	if err != nil {
		return fmt.Errorf("store events: %w", err)
	}
	return nil
}

// journalReceipts adds one entry per alert for the receipts of a batch.
func journalReceipts(tx *store.Tx, matched []store.Matched) error {
	type chain struct{ alert, zone buurtbel.ID }
	lines := map[chain][]byte{}
	var order []chain
	for i := range matched {
		m := &matched[i]
		if !m.Changed {
			continue
		}
		c := chain{m.Alert, m.Zone}
		if lines[c] == nil {
			order = append(order, c)
		}
		lines[c] = fmt.Appendf(lines[c], "%s %d %s %s\n", m.Delivery, m.Number, m.Receipt.Outcome.State, m.Receipt.Outcome.Reason)
	}
	for _, c := range order {
		subject := c.alert
		if subject == 0 {
			subject = c.zone
		}
		if err := tx.AppendIn(c.zone, subject, buurtbel.EntryReceipts, 0, lines[c]); err != nil {
			return err
		}
	}
	return nil
}

func receiptOf(e channel.Event) store.Receipt {
	r := store.Receipt{Carrier: e.Carrier, Ref: e.Ref, Code: e.Code, At: e.At}
	switch e.State {
	case channel.ReceiptDelivered:
		r.Outcome = buurtbel.Outcome{State: buurtbel.Delivered}
	case channel.ReceiptFailed:
		r.Outcome = buurtbel.Outcome{State: buurtbel.Failed, Reason: e.Reason}
	case channel.ReceiptExpired:
		r.Outcome = buurtbel.Outcome{State: buurtbel.Failed, Reason: buurtbel.Unreachable}
	case channel.ReceiptIntermediate, channel.ReceiptUnknown:
		r.Outcome = buurtbel.Outcome{State: buurtbel.HandedOver}
	}
	return r
}

func (d *Door) inboundOf(e channel.Event) *store.Inbound {
	from := e.From
	if e.Channel == buurtbel.SMS {
		from = d.phone(from)
	}
	return &store.Inbound{ID: d.db.NewID(), Carrier: e.Carrier, Channel: e.Channel, From: from, To: e.To, Body: e.Text,
		Part: [3]int{e.Part.Group, e.Part.Total, e.Part.Number}}
}

// settle hands stored texts to their verbs, and matches receipts that came before the answer to their submission.
func (d *Door) settle(ctx context.Context) {
	woken := d.db.Subscribe()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		worked := d.texts(ctx)
		worked = d.early(ctx) || worked
		if worked {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

// early applies receipts whose submission is recorded by now.
func (d *Door) early(ctx context.Context) bool {
	n, unknown := 0, 0
	err := d.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		n, err = tx.CountEarly()
		return err
	})
	if err == nil && n > 0 {
		err = d.db.WriteRank(ctx, store.Urgent, buurtbel.Scope{}, func(tx *store.Tx) error {
			var list []store.Receipt
			var err error
			if list, unknown, err = tx.DueEarly(Batch); err != nil || len(list) == 0 {
				n = 0
				return err
			}
			n = len(list)
			matched, err := tx.ApplyReceipts(list)
			if err != nil {
				return err
			}
			return journalReceipts(tx, matched)
		})
	}
	if err != nil && ctx.Err() == nil {
		d.log.Error("match early receipts", "error", err)
		return false
	}
	if unknown > 0 {
		d.log.Warn("receipts for messages that are not ours", "count", strconv.Itoa(unknown))
	}
	return n > 0 && err == nil
}
