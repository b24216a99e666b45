package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Pair is one text or mail as both sides name it: who it went to, and which text or Message-ID it was. Nothing that people read holds a
// mark for it.
type Pair struct {
	Address string
	Text    string // of a short message: the hash of its whole text; of a mail: its Message-ID; of a call: Called
}

// Called stands for what a call said: a recording names no text, so calls are counted by number.
const Called = "call"

// Handed is what the store says of one attempt that a carrier has, or may have.
type Handed struct {
	Pair
	Delivery, Recipient, Message, Alert buurtbel.ID
	Kind                                buurtbel.MessageKind
	Channel                             buurtbel.Channel
	State                               buurtbel.DeliveryState // of this attempt
	Uncertain                           bool                   // the outside may know of it, and need not
}

// Reached tells whether a carrier took the message, or may have.
func (h Handed) Reached() bool { return h.State.Reached() }

// Ledger lists every attempt of an alert that was handed over or is uncertain, every call that was placed, and of the zone's own messages (alert 0: answers to members).
// It reads the journal, which was written in the same transactions as the deliveries. addresses are those of the contact points.
func Ledger(ctx context.Context, db *store.DB, zone buurtbel.ID, alerts []buurtbel.ID, addresses map[buurtbel.ID]string, mailDomain string) ([]Handed, error) {
	r := &ledger{messages: map[buurtbel.ID]*buurtbel.Message{}, addresses: addresses, domain: mailDomain}
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		for _, subject := range append([]buurtbel.ID{zone}, alerts...) {
			entries, err := tx.JournalOf(subject)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if e.Broken || e.Erased {
					return fmt.Errorf("journal entry %d is damaged", e.Seq)
				}
				if e.Kind == buurtbel.EntryAttempts {
					if err := r.batch(tx, string(e.Content)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return r.list, nil
}

type ledger struct {
	messages  map[buurtbel.ID]*buurtbel.Message
	addresses map[buurtbel.ID]string
	domain    string
	list      []Handed
}

// batch reads the lines of one journal entry: delivery, number, state and perhaps a reason.
func (r *ledger) batch(tx *store.Tx, content string) error {
	for line := range strings.Lines(content) {
		words := strings.Fields(line)
		if len(words) < 3 {
			return fmt.Errorf("journal entry cannot be read")
		}
		state := buurtbel.DeliveryState(words[2])
		reason := buurtbel.Reason(strings.Join(words[3:], ""))
		id, err := buurtbel.ParseID(words[0])
		if err != nil {
			return err
		}
		h, err := r.handed(tx, id)
		if err != nil {
			return err
		}
		h.State = state
		known, maybe := outsideKnows(h.Channel, state, reason)
		if h.Uncertain = maybe; !known && !maybe {
			continue
		}
		r.list = append(r.list, h)
	}
	return nil
}

// outsideKnows tells whether the outside world must know of an attempt, or may. A call that nobody answered was placed all the same; one that
// failed otherwise may have been refused by the carrier, or before anybody was asked.
func outsideKnows(c buurtbel.Channel, s buurtbel.DeliveryState, why buurtbel.Reason) (known, maybe bool) {
	switch {
	case s == buurtbel.HandedOver, s == buurtbel.Uncertain:
		return s == buurtbel.HandedOver, s == buurtbel.Uncertain
	case c != buurtbel.Voice:
		return false, false
	case s == buurtbel.Failed:
		busy := why == buurtbel.LineBusy || why == buurtbel.NoAnswer
		return busy, !busy
	}
	return s == buurtbel.Rang || s == buurtbel.Delivered || s == buurtbel.Heard, false
}

func (r *ledger) handed(tx *store.Tx, delivery buurtbel.ID) (Handed, error) {
	p, err := tx.Delivery(delivery)
	if err != nil {
		return Handed{}, err
	}
	m := r.messages[p.Message]
	if m == nil {
		if m, err = tx.Message(p.Message); err != nil {
			return Handed{}, err
		}
		r.messages[p.Message] = m
	}
	h := Handed{Delivery: delivery, Recipient: p.Recipient, Message: p.Message, Alert: p.Alert, Kind: p.Kind}
	h.Address, h.Channel = r.addresses[p.Contact], p.Channel
	switch {
	case p.Channel == buurtbel.Voice:
		h.Text = Called
	case strings.Contains(h.Address, "@"):
		h.Text = delivery.String() + "@" + r.domain
	default:
		h.Text = strconv.FormatUint(outside.Hash(m.Texts[p.Wording].SMS), 16)
	}
	return h, nil
}

// Received reads what the outside world logged, each text once however many parts it had.
func Received(ctx context.Context, o *outside.Client) ([]Pair, error) {
	var out []Pair
	err := o.Log(ctx, "", func(e outside.Entry) error {
		if e.Part <= 1 {
			out = append(out, Pair{e.Number, e.Whole})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = o.MailLog(ctx, "", func(e outside.MailEntry) error {
		out = append(out, Pair{e.To, e.MessageID})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = o.CallLog(ctx, func(e outside.CallEntry) error {
		if !e.Back {
			out = append(out, Pair{e.Number, Called})
		}
		return nil
	})
	return out, err
}

// Difference is where the store and the outside world contradict each other. Both lists are in order, and a pair stands as often as it is too many.
type Difference struct {
	OnlyHere  []Pair // the store says handed over; the outside never got it
	OnlyThere []Pair // the outside got it; the store does not say so
}

// Empty tells whether both sides say the same.
func (d Difference) Empty() bool { return len(d.OnlyHere)+len(d.OnlyThere) == 0 }

// Compare counts both sides pair by pair. An uncertain attempt allows one pair at the outside and asks for none.
func Compare(here []Handed, there []Pair) Difference {
	sure, maybe := map[Pair]int{}, map[Pair]int{}
	for _, h := range here {
		if h.Uncertain {
			maybe[h.Pair]++
		} else {
			sure[h.Pair]++
		}
	}
	for _, p := range there {
		if sure[p] <= 0 && maybe[p] > 0 {
			maybe[p]--
			continue
		}
		sure[p]--
	}
	var d Difference
	byPair := func(a, b Pair) int { return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Text, b.Text)) }
	for _, p := range slices.SortedFunc(maps.Keys(sure), byPair) {
		for range sure[p] {
			d.OnlyHere = append(d.OnlyHere, p)
		}
		for range -sure[p] {
			d.OnlyThere = append(d.OnlyThere, p)
		}
	}
	return d
}
