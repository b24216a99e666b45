package rig

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Draft is an alert whose text, of one part while the hour it names has one digit, carries the tag by which the outside world tells alerts apart.
func Draft(networks []buurtbel.ID, tag string) *alerting.Draft {
	return &alerting.Draft{Key: tag, Fact: "fire-smoke", Priority: buurtbel.PriorityHighest, Networks: networks, Valid: 2 * time.Hour,
		Texts: map[buurtbel.Language]string{buurtbel.Dutch: "[a" + tag + "]"}, Unwise: "bench", OffPlan: "bench"}
}

// Dispatcher is who launches.
func Dispatcher(zone buurtbel.ID) buurtbel.Actor {
	return buurtbel.Actor{Person: 1, Zone: zone, Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleDispatcher, Zone: zone}}}
}

// Launch launches an alert to networks.
func Launch(ctx context.Context, desk *alerting.Desk, zone buurtbel.ID, networks []buurtbel.ID, tag string) (*alerting.Launched, error) {
	l, err := desk.Launch(ctx, Dispatcher(zone), zone, Draft(networks, tag))
	if err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	return l, nil
}

// Mail is a message of mails alone, as the outside of the desk would not make one: class and size are the bench's choice.
type Mail struct {
	Class buurtbel.Class
	Kind  buurtbel.MessageKind
	Tag   string
	Bytes int // of text and HTML together
	// NotBefore is when they may be sent; zero: at once.
	NotBefore time.Time
}

// Post stores a message of mails to the first n members of a town who have a mailbox, ready to be sent. It gives the message's id.
func (t *Town) Post(ctx context.Context, db *store.DB, mail Mail, n int) (buurtbel.ID, error) {
	half := strings.Repeat("Alle buren horen op tijd wat er in de wijk gebeurt. ", mail.Bytes/2/52+1)[:mail.Bytes/2]
	m := &buurtbel.Message{ID: db.NewID(), Zone: t.Zone, Kind: mail.Kind, Class: mail.Class, Urgency: buurtbel.Soon, State: buurtbel.MessageRunning,
		Sender: "PZ Vlier", Expires: db.Now().Add(24 * time.Hour),
		Texts: []buurtbel.Wording{{Regime: "nl", Subject: "Nieuws uit de wijk [a" + mail.Tag + "]", Mail: fold(half), HTML: "<!doctype html><html lang=\"nl\"><body><p>" + fold(half) + "</p></body></html>"}}}
	members, boxes := t.boxes(n)
	scope := buurtbel.Scope{Zone: t.Zone}
	err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
		if err := tx.InsertMessage(m, members); err != nil {
			return err
		}
		return tx.Advance(m.ID, 0, len(members))
	})
	for start := 0; start < len(members) && err == nil; start += slice {
		list := make([]store.Recipient, min(slice, len(members)-start))
		for i := range list {
			list[i] = store.Recipient{ID: db.NewID(), Member: members[start+i],
				Steps: []store.RecipientStep{{ID: db.NewID(), Step: buurtbel.Step{Contact: boxes[start+i], Channel: buurtbel.Email, NotBefore: mail.NotBefore}}}}
		}
		err = db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error { return tx.InsertRecipients(m.ID, m.Expires, list) })
	}
	if err != nil {
		return 0, fmt.Errorf("post mails: %w", err)
	}
	return m.ID, nil
}

// fold breaks a long line at every seventh sentence or so, as people write.
func fold(s string) string {
	var b strings.Builder
	for len(s) > 364 {
		b.WriteString(s[:364])
		b.WriteByte('\n')
		s = s[364:]
	}
	return b.String() + s
}

func (t *Town) boxes(n int) (members, boxes []buurtbel.ID) {
	for _, g := range t.Networks {
		k := min(n-len(members), len(g.Boxes))
		members, boxes = append(members, g.Members[:k]...), append(boxes, g.Boxes[:k]...)
	}
	return members, boxes
}
