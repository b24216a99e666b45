package buurtbel

// Channel is a medium by which a contact point is reached.
type Channel string

// The channels. Voice and push have contact points and choices from the start; a carrier for them may be absent.
const (
	SMS   Channel = "sms"
	Email Channel = "email"
	Voice Channel = "voice"
	Push  Channel = "push"
)

// Reason says why an attempt failed. The list is closed: it is the metric label, the word in the log and the word on the page.
type Reason string

// The reasons of failure.
const (
	Unreachable    Reason = "unreachable"     // no connection to the carrier, or the carrier cannot reach the device
	Throttled      Reason = "throttled"       // the carrier asks to slow down; costs no attempt
	Rejected       Reason = "rejected"        // the carrier refuses this message
	InvalidAddress Reason = "invalid-address" // the number or mailbox does not exist
	OptedOut       Reason = "opted-out"       // the member stopped messages to this contact point
	TooLong        Reason = "too-long"        // the message does not fit the channel
	Credentials    Reason = "credentials"     // the carrier refuses our account
	Unparseable    Reason = "unparseable"     // the carrier's answer could not be read
	LineBusy       Reason = "busy"            // the line is in use
	NoAnswer       Reason = "no-answer"       // it rang, and nobody answered
	Other          Reason = "other"           // anything else; the log has the code
)

// Reasons lists the closed list of reasons.
var Reasons = []Reason{Unreachable, Throttled, Rejected, InvalidAddress, OptedOut, TooLong, Credentials, Unparseable, LineBusy, NoAnswer, Other}

// Class orders work: a lower class always goes first.
type Class uint8

// The classes, in the order of design: an alert is never behind anything else.
const (
	ClassAlert      Class = iota // alert, update, all clear
	ClassCorrection              // feedback and correction
	ClassCode                    // verification and sign-in code
	ClassAnswer                  // answer to a member
	ClassBulletin
	ClassDigest
)
