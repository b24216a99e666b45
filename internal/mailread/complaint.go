package mailread

import (
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Abuse is a complaint as its mailbox provider tells it (RFC 5965).
type Abuse struct {
	Type       string          `json:"type"`                 // abuse, fraud, virus, not-spam, opt-out, auth-failure, dmarc, or other
	Recipients []string        `json:"recipients"`           // who complained: Original-Rcpt-To, or the To of the mail that comes with it; may be empty
	Delivery   string          `json:"delivery,omitempty"`   // of ours, by the Message-ID of that mail
	Mailbox    *Ours           `json:"mailbox,omitempty"`    // of ours, by its Return-Path
	Reason     buurtbel.Reason `json:"reason,omitempty"`     // opted-out, when the reader wants no more mail
	Reporter   string          `json:"user_agent,omitempty"` // the program that reports
}

// feedbackTypes are those of RFC 5965 section 7.3, RFC 6430, RFC 6591 and RFC 6650. What asks for no more mail is true.
var feedbackTypes = map[string]bool{"abuse": true, "fraud": false, "virus": false, "not-spam": false, "other": false, "opt-out": true, "opt-out-list": true, "auth-failure": false, "dmarc": false, "miscategorized": true, "unsubscribe": true}

func (r *reading) complaint() (Kind, Sign) {
	h := r.quiet(r.feedback)
	if r.feedback == nil {
		if r.returned == nil || !strings.HasPrefix(strings.ToLower(r.mail.Subject), "complaint about message from ") {
			return "", ""
		}
		h = header{{"feedback-type", "abuse"}} // Microsoft's programme has no report, only the mail
	}
	a := &Abuse{Type: firstWord(h.get("Feedback-Type")), Recipients: []string{}, Reporter: phrase(h.get("User-Agent"))}
	wantsNone, known := feedbackTypes[a.Type]
	if !known {
		a.Type = "other"
	}
	if wantsNone {
		a.Reason = buurtbel.OptedOut
	}
	original := r.quiet(r.returned)
	for _, field := range [][]string{h.all("original-rcpt-to"), h.all("removal-recipient"), original.all("x-hmxmroriginalrecipient"), original.all("to")} {
		for _, value := range field {
			for _, box := range addresses(strings.TrimPrefix(value, "rfc822;")) {
				if _, ours := r.known(box); !ours && len(a.Recipients) < maxReported {
					a.Recipients = append(a.Recipients, box)
				}
			}
		}
		if len(a.Recipients) > 0 {
			break
		}
	}
	a.Delivery = r.ownID(bracketed(original.get("Message-Id")))
	a.Mailbox = r.path(h, original)
	r.mail.Abuse = a
	if a.Type == "not-spam" || a.Type == "dmarc" || a.Type == "auth-failure" { // told about us, not by a reader against us
		return Automatic, SignFeedback
	}
	return Complaint, SignFeedback
}

// path finds our own mailbox, with its tag, to which mails that fail are returned.
func (r *reading) path(h, original header) *Ours {
	for _, value := range []string{h.get("Original-Mail-From"), original.get("Return-Path")} {
		for _, box := range addresses(value) {
			if o, ok := r.known(box); ok {
				return &o
			}
		}
	}
	return nil
}

// quiet reads a header that came in a part; what is wrong with it is no fault of the mail.
func (r *reading) quiet(b []byte) header {
	aside := reading{mail: new(Mail)}
	h, _, err := aside.split(b)
	if err != nil {
		return nil
	}
	return h
}
