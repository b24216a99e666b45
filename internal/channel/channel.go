// Package channel is the contract between deliveries and the channels that carry them.
//
// A channel is a leaf: given a message it hands it to a carrier and gives back a Result; given bytes from outside it gives back Events.
// It knows neither store nor web. Numbers and mailboxes in here are opened contact data: they never reach a log, a metric or an error.
package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Content is what all deliveries of one alert, channel and regime have in common. It is shared between goroutines and never changed.
type Content struct {
	Sender   string // who speaks, such as "Politiezone Vlierbeek"; the From name of a mail
	Subject  string // mail only
	Text     string // the whole text: an SMS as sent, a mail's plain part
	HTML     string // mail only; made from the same source as Text, without remote content
	Language buurtbel.Language
	Exercise bool
	Class    buurtbel.Class
	Kind     buurtbel.MessageKind
	Thread   string // mail only: stable name of the alert that updates and feedback refer to, for In-Reply-To and References

	Diary *buurtbel.Diary // mail only: a file for the reader's calendar; nil: none

	Spoken  []buurtbel.Spoken     // voice only: one per language of the regime, in its order; the channel brings numbers and abbreviations to what can be said
	Lexicon []buurtbel.Respelling // voice only: the zone's words that a voice would say wrong, of every language
}

// LinkMark stands in Content.Text and Content.HTML where the delivery's own acknowledgement link belongs. Absent when the content carries none.
const LinkMark = buurtbel.LinkMark

// Message is one hand-over to one contact point.
type Message struct {
	Delivery buurtbel.ID // names the mail's Message-ID, which is the same for every attempt of a delivery
	Attempt  buurtbel.ID
	To       string // E.164 with "+", or a mailbox
	Link     string // replaces LinkMark; "" when Content carries none
	ReplyTo  string // mail only: our mailbox for the answers of this recipient; "": the carrier's
	Bounces  string // mail only: our mailbox for reports that this mail did not arrive (MAIL FROM); "": the carrier's
	Stop     string // mail only: where one POST stops mails of this sort (RFC 8058); "" for what cannot be stopped so
	Expires  time.Time
	Slow     bool // the member wishes slower speech
	Content  *Content
}

// Result is the outcome of one hand-over.
type Result struct {
	// State is what a channel knows at once. Empty means handed over. A call knows more: Rang when nobody answered, HandedOver when who
	// answered hung up before the end, Delivered when the whole message was spoken, Heard when key 1 was pressed.
	State   buurtbel.DeliveryState
	Reason  buurtbel.Reason // beside Rang: LineBusy, NoAnswer or Rejected
	Seconds int             // a call's length after it was answered, for the cost
	OptOut  bool            // the member asked for no more calls to this number

	Refs    []string // the carrier's message ids, one per part; receipts name them. Empty for carriers that give none
	Parts   int      // parts handed over, for the cost
	Failure *Failure // nil: handed over
}

// Failure says why a hand-over did not happen, or that nobody can know whether it did.
type Failure struct {
	Reason    buurtbel.Reason
	Temporary bool          // true: the same message may succeed later
	Uncertain bool          // true: bytes were written, no answer came; the carrier may have taken the message
	After     time.Duration // the carrier's wish for the next try; 0 when it said nothing
	Code      string        // the carrier's own code, such as "0x00000058" or "550 5.1.1"; never a number, an address or a body
}

func (f *Failure) Error() string {
	return fmt.Sprintf("%s (code %q, temporary %t, uncertain %t)", f.Reason, f.Code, f.Temporary, f.Uncertain)
}

// Sender hands messages to one carrier.
type Sender interface {
	// Send hands m over. It waits only for room in the carrier's window; settle is then called exactly once, from any goroutine,
	// and must not block. A done ctx, a closed Sender or a lost connection also settles (Unreachable; Uncertain once bytes were written).
	Send(ctx context.Context, m *Message, settle func(Result))
	// Window is how many hand-overs may be open at once.
	Window() int
	// Up tells whether the carrier can take a message now.
	Up() bool
}

// EventKind sorts what comes in from outside.
type EventKind string

// The kinds of event.
const (
	Receipt EventKind = "receipt" // the carrier tells what became of a message
	Text    EventKind = "text"    // somebody wrote to us
)

// ReceiptState is what a receipt says.
type ReceiptState string

// The receipt states. Intermediate ones (accepted, buffered, en route) change nothing.
const (
	ReceiptDelivered    ReceiptState = "delivered"
	ReceiptFailed       ReceiptState = "failed"
	ReceiptExpired      ReceiptState = "expired"
	ReceiptIntermediate ReceiptState = "intermediate"
	ReceiptUnknown      ReceiptState = "unknown" // the carrier does not know, or we cannot read it
)

// Event is one thing that came in from outside, as a value.
type Event struct {
	Kind    EventKind
	Carrier string // configured name of the carrier

	// Of a receipt.
	Ref    string          // the carrier's message id, as in Result.Refs
	State  ReceiptState    // what it says
	Reason buurtbel.Reason // why, when failed
	Code   string          // the carrier's own words, such as "stat:UNDELIV err:027"
	At     time.Time       // when the carrier says it happened; zero when it does not say

	// Of a text.
	Channel  buurtbel.Channel
	From, To string // as the carrier gave them, E.164 with "+" where it can be known
	Text     string // decoded
	Part     Part   // zero when the text is whole
}

// Part tells where a piece of a longer incoming text belongs.
type Part struct{ Group, Total, Number int } // Group as the sender's phone numbered it; Number from 1

// Arrive takes an event and calls stored once it is durable (nil) or could not be stored (the error). Only after that may the
// channel answer the carrier. It does not block on the store.
type Arrive func(e Event, stored func(error))
