// Package mailread says what one mail that arrived is: a reply to something we sent, a new message, a report that a mail of ours did not arrive (RFC 3464,
// and the wordings of servers that do not know it), a complaint (RFC 5965), an automatic answer (RFC 3834), a mail of our own that came back, or
// something that is refused, with the reason as a sentence of the catalogue.
//
// It is for the door that takes mail and for who asks why: bytes in, a value out. It opens no connection and no store, decides nothing about a person, cuts
// no quoted text and masks nothing. A bounce, a complaint and a tag in an address can be forged: whether the tag is one that we signed is the caller's to check.
//
// What is always true: Read ends for any bytes and never panics; the work and the memory are bounded by the size of the mail and the limits below; equal
// bytes give equal values; texts come out as valid UTF-8; what was broken and read all the same is named in Faults; a Refusal holds nothing of the mail.
//
// Why headers and parts are divided here, in some 150 lines, and not by go-message, which the tests of outgoing mail use: tried on the sixteen mails of TestParts,
// that stops at a line that is no field, at a boundary that is missing or is not quoted, and at a byte that base64 or quoted-printable does not know, and six lose
// their text, which for us is a person who gets no answer. It has no limit of depth either: two thousand multiparts in each other took it 3.6 seconds. It would
// be a first reader before this one, not instead of it. Addresses, encoded words, media types, quoted-printable and character sets are read by the standard
// library and x/text, signatures by go-msgauth.
package mailread

import (
	"bytes"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// The limits of one mail. What goes beyond is refused, except a long text, which is cut.
const (
	MaxBytes    = 25 << 20  // the whole mail, as it came
	maxHeader   = 256 << 10 // the header of the mail or of one part
	maxFields   = 1000      // fields in one header
	maxDepth    = 12        // multiparts in multiparts
	maxParts    = 200       // parts in all
	maxText     = 1 << 20   // one text, decoded
	maxAddress  = 320       // an address, decoded
	maxPhrase   = 998       // a subject or a name, decoded
	maxReported = 50        // recipients in one report, addresses of ours in one header
	maxHops     = 100       // Received fields (RFC 5321 section 6.3)
	maxShown    = 12 << 10  // what is looked at of the text of a report
)

// Kind is what a mail is. The list is closed.
type Kind string

// The kinds.
const (
	Reply     Kind = "reply"      // an answer to something we sent
	Message   Kind = "new"        // a mail that somebody began
	Bounce    Kind = "bounce"     // a server says that a mail of ours did not arrive, or not yet
	Complaint Kind = "complaint"  // a mailbox provider says that a reader marked our mail as unwanted
	Automatic Kind = "auto-reply" // written by a program: never shown to a person, never answered
	Loop      Kind = "loop"       // our own mail, back again
	Refused   Kind = "refused"    // see Refusal
)

// Kinds lists every kind.
var Kinds = []Kind{Reply, Message, Bounce, Complaint, Automatic, Loop, Refused}

// House is what is ours, so that it is known again.
type House struct {
	Domains   []string // right sides of our Message-IDs
	Lists     []string // our List-Ids, without angle brackets
	Mailboxes []string // our mailboxes, without tag: where answers, new messages and reports come in
	Servers   []string // names by which our own mail servers sign Authentication-Results; theirs alone are believed
}

// Envelope is what the dialogue said. Where it is not known, as with a mail from a file, the fields that servers write of it are read.
type Envelope struct {
	Known bool   // false: From is read from Return-Path, To from Delivered-To and its like
	From  string // MAIL FROM without angle brackets; empty for reports
	To    []string
}

// Mail is what was made of one mail.
type Mail struct {
	Kind    Kind            `json:"kind"`
	Sign    Sign            `json:"sign,omitempty"` // by what the kind was known
	Refusal *buurtbel.Error `json:"-"`              // why, of a refused one

	From      string   `json:"from,omitempty"` // mailbox of the author
	Name      string   `json:"name,omitempty"` // display name of the author
	Subject   string   `json:"subject,omitempty"`
	MessageID string   `json:"message_id,omitempty"` // without angle brackets
	Ours      []Ours   `json:"ours,omitempty"`       // the mailboxes of ours that it came to, as the envelope or the header names them
	Answers   []string `json:"answers,omitempty"`    // ids of the deliveries of ours that In-Reply-To and References name, in their order

	Texts       []Text       `json:"texts,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Faults      []Fault      `json:"faults,omitempty"` // each once, in the order of meeting

	Report *Report `json:"bounce,omitempty"`    // of a bounce
	Abuse  *Abuse  `json:"complaint,omitempty"` // of a complaint

	Sender Sender `json:"sender"`
}

// Ours is a mailbox of ours that a mail came to.
type Ours struct {
	Mailbox string `json:"mailbox"`       // as House has it
	Tag     string `json:"tag,omitempty"` // what stands behind "+", as written: perhaps signed by us
}

// Text is a text that a reader would be shown.
type Text struct {
	Type    string `json:"type"`    // text/plain or text/html
	Charset string `json:"charset"` // the one it was read by
	Format  Format `json:"format,omitempty"`
	Body    string `json:"text"` // UTF-8, lines end in \n
}

// Format says how the lines of a plain text are broken (RFC 3676).
type Format string

// The formats.
const (
	Fixed       Format = ""             // a line is a line
	Flowed      Format = "flowed"       // a line that ends in a space goes on in the next
	FlowedDelSp Format = "flowed-delsp" // and that space is no part of the text
)

// Attachment is a part that is not shown as text. It is named and measured, never opened.
type Attachment struct {
	Name  string `json:"name,omitempty"`
	Type  string `json:"type"`
	Bytes int    `json:"bytes"` // decoded
}

// Fault names something broken that was read all the same. The list is closed.
type Fault string

// The faults.
const (
	BrokenHeader     Fault = "header-broken"      // lines that are no field
	NoBoundary       Fault = "boundary-missing"   // a multipart that does not say how it is divided, or is not divided so
	OpenBoundary     Fault = "boundary-open"      // a multipart without its end
	UnknownCharset   Fault = "charset-unknown"    // read as Windows-1252
	WrongCharset     Fault = "charset-wrong"      // not what it says: some characters are lost, or another character set was taken
	UnknownEncoding  Fault = "encoding-unknown"   // taken as it is
	BrokenEncoding   Fault = "encoding-broken"    // read as far as it goes
	CutText          Fault = "text-cut"           // longer than anybody writes
	UnopenedRichText Fault = "winmail-not-opened" // what Outlook wrapped up for Outlook only
	Encrypted        Fault = "encrypted"          // nobody here can read it
)

// Read says what the mail raw is. It always gives a value; that of a refused mail has a Refusal and whatever was read before.
func Read(raw []byte, env Envelope, house House) *Mail {
	r := &reading{mail: new(Mail), house: house}
	if err := r.read(raw, env); err != nil {
		r.mail.Kind, r.mail.Refusal = Refused, err
	}
	return r.mail
}

// reading is one mail being read.
type reading struct {
	mail  *Mail
	house House
	head  header
	env   Envelope

	parts    int
	reports  [][]byte // message/delivery-status, decoded
	feedback []byte   // message/feedback-report, decoded
	returned []byte   // the mail, or its header, that came back with a report
	receipt  bool     // message/disposition-notification
	list     string   // List-Id
}

func (r *reading) read(raw []byte, env Envelope) *buurtbel.Error {
	if len(raw) > MaxBytes {
		return refuse("error.mail.too-large")
	}
	if bytes.IndexByte(raw, '\n') < 0 { // line ends of another time
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	head, body, err := r.split(raw)
	if err != nil {
		return err
	}
	if len(head) == 0 {
		return refuse("error.mail.no-mail")
	}
	r.head, r.env = head, env
	r.envelope()
	r.describe()
	if err := r.part(head, body, 0); err != nil {
		return err
	}
	return r.decide()
}

func (r *reading) describe() {
	m, h := r.mail, r.head
	m.From, m.Name = author(h.get("From"))
	m.Subject = phrase(h.get("Subject"))
	m.MessageID = bracketed(h.get("Message-Id"))
	r.list = strings.ToLower(bracketed(h.get("List-Id")))
	m.Ours = r.ours()
	m.Answers = r.answers(h.get("In-Reply-To") + " " + h.get("References"))
	m.Sender = sender(h, m.From, r.env.From, r.house.Servers)
}

func (r *reading) fault(f Fault) {
	for _, known := range r.mail.Faults {
		if known == f {
			return
		}
	}
	r.mail.Faults = append(r.mail.Faults, f)
}

func refuse(key string) *buurtbel.Error { return buurtbel.Fail(buurtbel.Invalid, key, nil) }
