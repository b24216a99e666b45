package smsc

import (
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// Faults is how a carrier misbehaves. The zero value accepts everything at once and sends no receipts. Numbers count the submit_sm of all
// connections together, from 1; 0 means never.
type Faults struct {
	RefuseBind   uint32                       // command_status of every bind
	SilentBind   bool                         // binds are never answered
	Throttle     int                          // the first so many submit_sm get ESME_RTHROTTLED
	Status       func(m *wire.Message) uint32 // the answer to a submit_sm; nil accepts
	DropAt       int                          // the connection is cut after this submit_sm was read, without an answer to it
	HalfAt       int                          // the answer to this one stops half-way, then the connection is cut
	GarbageAt    int                          // in place of the answer to this one come octets that are no PDU
	Late         time.Duration                // every answer comes so much later
	Silent       bool                         // submit_sm are read and never answered
	SilentLink   bool                         // enquire_link is never answered
	Receipts     int                          // how many equal receipts follow each accepted submit_sm that asks for one
	ReceiptFirst bool                         // they come before the answer instead
	NackAll      bool                         // every submit_sm gets generic_nack
	Forget       bool                         // submit_sm are counted but not kept, for measuring
	MessageID    func(n int64) string         // the id of the n-th; decimal when nil
}
