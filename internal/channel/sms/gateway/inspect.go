package gateway

import (
	"net/http"
	"net/url"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// EventInspection is what would be made of one element of a body.
type EventInspection struct {
	Kind   channel.EventKind    `json:"kind"`
	Ref    string               `json:"ref,omitempty"`
	State  channel.ReceiptState `json:"state,omitempty"`
	Reason buurtbel.Reason      `json:"reason,omitempty"`
	Code   string               `json:"code,omitempty"`
	At     *time.Time           `json:"at,omitempty"`
	From   string               `json:"from,omitempty"`
	To     string               `json:"to,omitempty"`
	Text   string               `json:"text,omitempty"`
	Group  int                  `json:"group,omitempty"`
	Total  int                  `json:"total,omitempty"`
	Number int                  `json:"number,omitempty"`
}

// Inspection is what would be made of what a provider brings.
type Inspection struct {
	Status     int               `json:"status"` // that would be answered if all could be stored
	Events     []EventInspection `json:"events"`
	Unreadable int               `json:"unreadable"` // elements
}

// Inspect tells what would be made of a body, and of the query it came with, of a kind: "receipts", "texts" or "events". It asks for no proof
// of who brings it. The error is only ever one of cfg.
func Inspect(cfg Config, kind string, body []byte, query url.Values) (Inspection, error) {
	cfg.Fill()
	made, err := compile(&cfg)
	if err != nil {
		return Inspection{}, err
	}
	g := &Gateway{cfg: cfg, made: made}
	h, ok, err := g.harvest(kind, body, query)
	in := Inspection{Status: verdict(h, ok, err), Events: []EventInspection{}, Unreadable: h.garbage}
	for _, e := range h.events {
		in.Events = append(in.Events, InspectEvent(e))
	}
	return in, nil
}

// verdict is the status of what was read.
func verdict(h harvest, ok bool, err error) int {
	switch {
	case !ok:
		return http.StatusNotFound
	case err != nil:
		return http.StatusBadRequest
	case len(h.events) > maxBatch:
		return http.StatusRequestEntityTooLarge
	case h.garbage > 0 && len(h.events) == 0:
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// InspectEvent shows an event.
func InspectEvent(e channel.Event) EventInspection {
	in := EventInspection{Kind: e.Kind, Ref: e.Ref, State: e.State, Reason: e.Reason, Code: e.Code, From: e.From, To: e.To, Text: e.Text,
		Group: e.Part.Group, Total: e.Part.Total, Number: e.Part.Number}
	if !e.At.IsZero() {
		at := e.At.UTC()
		in.At = &at
	}
	return in
}
