package mailread

import (
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Sign is what told the kind of a mail, for who asks why. The list is closed.
type Sign string

// The signs.
const (
	SignReport       Sign = "delivery-report"  // a part message/delivery-status
	SignWording      Sign = "report-wording"   // a report in the words of its server only
	SignFeedback     Sign = "feedback-report"  // a part message/feedback-report
	SignOwnMail      Sign = "own-message-id"   // our Message-ID
	SignOwnList      Sign = "own-list-id"      // our List-Id
	SignHops         Sign = "too-many-hops"    // went round
	SignAuto         Sign = "auto-submitted"   // RFC 3834 section 5
	SignAutoField    Sign = "auto-field"       // a field by which a program says the same in its own way
	SignPrecedence   Sign = "precedence"       // bulk, junk, list or auto_reply
	SignList         Sign = "mailing-list"     // somebody else's list
	SignNobody       Sign = "empty-path"       // MAIL FROM:<>: nobody waits for an answer
	SignSender       Sign = "sender"           // a mailbox of programs
	SignSubject      Sign = "subject"          // the subject of an absence
	SignReceipt      Sign = "read-receipt"     // RFC 8098
	SignArrived      Sign = "arrived"          // a report that a mail did arrive
	SignTag          Sign = "tagged-address"   // it came to an address that was made for one answer
	SignThread       Sign = "answers-our-mail" // In-Reply-To or References name a mail of ours
	SignNothingKnown Sign = "no-sign"          // none of these
)

// decide says what kind of mail it is. What programs send comes before what people send, and what tells most before what tells less.
func (r *reading) decide() *buurtbel.Error {
	for _, look := range []func() (Kind, Sign){r.complaint, r.report, r.loop, r.wording, r.automatic} {
		if kind, sign := look(); kind != "" {
			r.mail.Kind, r.mail.Sign = kind, sign
			return nil
		}
	}
	switch from := r.head.all("from"); {
	case len(from) > 1: // RFC 5322 section 3.6; which one a reader is shown nobody knows (RFC 7489 section 6.6.1)
		return refuse("error.mail.several-senders")
	case r.mail.From == "":
		return refuse("error.mail.no-sender")
	}
	kind, sign := r.fromPerson()
	// The subject of a reply is ours; that of a new message may be all that somebody wrote.
	if r.wordless() && (kind == Reply || r.mail.Subject == "") {
		return refuse("error.mail.empty")
	}
	r.mail.Kind, r.mail.Sign = kind, sign
	return nil
}

// wordless tells whether there is nothing to read and nothing attached.
func (r *reading) wordless() bool {
	return len(r.mail.Attachments) == 0 && !slices.ContainsFunc(r.mail.Texts, func(t Text) bool {
		return len(t.Body) > maxShown || strings.TrimSpace(t.seen()) != ""
	})
}

func (r *reading) fromPerson() (Kind, Sign) {
	switch {
	case slices.ContainsFunc(r.mail.Ours, func(o Ours) bool { return o.Tag != "" }):
		return Reply, SignTag
	case len(r.mail.Answers) > 0:
		return Reply, SignThread
	}
	return Message, SignNothingKnown
}

// loop tells whether it is our own mail, forwarded back or sent round.
func (r *reading) loop() (Kind, Sign) {
	switch {
	case r.ownID(r.mail.MessageID) != "":
		return Loop, SignOwnMail
	case r.list != "" && slices.ContainsFunc(r.house.Lists, func(l string) bool { return strings.EqualFold(l, r.list) }):
		return Loop, SignOwnList
	case len(r.head.all("received")) > maxHops:
		return Loop, SignHops
	}
	return "", ""
}
