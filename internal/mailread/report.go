package mailread

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Report is what a server says of a mail of ours that did not arrive.
type Report struct {
	Recipients []Undelivered `json:"recipients"`         // at least one
	Delivery   string        `json:"delivery,omitempty"` // of ours, by the Message-ID of the mail that comes back with the report
	Mailbox    *Ours         `json:"mailbox,omitempty"`  // of ours, by its Return-Path
}

// Undelivered is one recipient that a mail did not reach.
type Undelivered struct {
	Recipient string          `json:"recipient,omitempty"` // empty when the report does not say
	Action    Action          `json:"action"`
	Status    string          `json:"status,omitempty"` // RFC 3463, such as "5.1.1"
	Code      string          `json:"code,omitempty"`   // of the SMTP reply, such as "550"
	Severity  Severity        `json:"severity"`
	Reason    buurtbel.Reason `json:"reason"`
}

// Action is what a server did (RFC 3464 section 2.3.3), as far as it matters here.
type Action string

// The actions.
const (
	GaveUp  Action = "failed"
	Delayed Action = "delayed" // it goes on trying; nothing is lost yet
)

// Severity tells whether the mailbox may take another mail.
type Severity string

// The severities.
const (
	Hard Severity = "hard" // the mailbox does not exist or is closed for good: no mail goes there until somebody says that it is right
	Soft Severity = "soft" // this mail was not taken; the next one may be
)

// report reads message/delivery-status (RFC 3464): a group of fields about the message, then one for each recipient.
func (r *reading) report() (Kind, Sign) {
	if len(r.reports) == 0 {
		return "", ""
	}
	arrived := false
	rep := &Report{}
	for _, part := range r.reports {
		for _, group := range groups(part) {
			switch r.recipient(rep, r.quiet(group)) {
			case "delivered", "relayed", "expanded":
				arrived = true
			}
		}
	}
	if len(rep.Recipients) == 0 {
		if arrived {
			return Automatic, SignArrived
		}
		return "", "" // a report without recipients: perhaps its words say more
	}
	r.refine(rep)
	r.original(rep)
	r.mail.Report = rep
	return Bounce, SignReport
}

// groups divides a report at its empty lines.
func groups(part []byte) [][]byte {
	part = bytes.ReplaceAll(part, []byte("\r\n"), []byte("\n"))
	return bytes.SplitN(part, []byte("\n\n"), maxReported+2)
}

// recipient adds the recipient of one group, and gives its action.
func (r *reading) recipient(rep *Report, h header) string {
	action := firstWord(h.get("Action"))
	if action != string(GaveUp) && action != string(Delayed) || len(rep.Recipients) == maxReported {
		return action
	}
	u := Undelivered{Action: Action(action), Status: firstStatus(h.get("Status"))}
	// What we wrote to says more than what a server made of it, but some write nothing there, or a name of their own.
	for _, field := range []string{"Original-Recipient", "Final-Recipient", "X-Actual-Recipient"} {
		if u.Recipient == "" {
			u.Recipient = typed(h.get(field))
		}
	}
	u.classify(h.get("Diagnostic-Code") + " " + h.get("X-Postfix-Diagnostic") + " " + h.get("X-Notes-Item"))
	rep.Recipients = append(rep.Recipients, u)
	return action
}

// typed reads an address behind its type, such as "rfc822; jan@example.org" (RFC 3464 section 2.3.1), or without one.
func typed(value string) string {
	if _, after, ok := strings.Cut(value, ";"); ok {
		value = after
	}
	for _, box := range addresses(unxtext(value)) {
		return box
	}
	return ""
}

var xtext = regexp.MustCompile(`\+[0-9A-F]{2}`)

// unxtext undoes the spelling of RFC 3461 section 4, which only "+" and "=" need in a mailbox.
func unxtext(s string) string {
	return xtext.ReplaceAllStringFunc(s, func(code string) string {
		switch code {
		case "+2B":
			return "+"
		case "+3D":
			return "="
		}
		return code
	})
}

// refine looks for more in the words of a report whose fields say little.
func (r *reading) refine(rep *Report) {
	shown := r.shown()
	failed := addresses(r.head.get("X-Failed-Recipients"))
	for i := range rep.Recipients {
		u := &rep.Recipients[i]
		if u.Recipient == "" && len(failed) == 1 {
			u.Recipient = failed[0]
		}
		if u.Reason == buurtbel.Other {
			again := Undelivered{Status: u.Status, Action: u.Action}
			again.classify(u.Code + " " + shown)
			if again.Reason != buurtbel.Other {
				u.Severity, u.Reason = again.Severity, again.Reason
			}
		}
	}
}

// vague tells whether a status says no more than its class.
func vague(status string) bool {
	return len(status) < 3 || strings.HasSuffix(status, ".0.0") || strings.HasSuffix(status, ".5.0") || strings.HasSuffix(status, ".3.0")
}

// shown is the text of a report, up to where the mail that came back begins.
func (r *reading) shown() string {
	var b strings.Builder
	for _, t := range r.mail.Texts {
		if b.Len() < maxShown {
			b.WriteString(clip(t.seen(), maxShown))
			b.WriteByte('\n')
		}
	}
	s := b.String()
	if at := copied.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	return s
}

// copied is where reports that have no parts begin to repeat our mail.
var copied = regexp.MustCompile(`(?im)^[ >\t]*(-{2,}|_{2,}|={2,})?\s*((this|below|above|here) (this line |below )?is (a |the )?(copy|header)|(a )?copy of (your|the) (message|mail)|(original|returned|undelivered|unsent) (message|mail)( text| headers?| follows?)?\b|` +
	`(the )?headers? of the (original|message)|message headers?( follow)?|start of returned|` +
	`(oorspronkelijk|origineel|teruggestuurd)e? (bericht|mail|kop)|kopie van (uw|het|de)|berichtkoppen|` +
	`message (original|d['’]origine|renvoy)|en-t[êe]tes? (du|de|d['’])|copie (du|de votre)|ci-dessous|` +
	`(urspr[üu]ngliche|original|zur[üu]ckgesandte)-? ?nachricht|kopie (der|ihrer)|kopfzeilen)`)

// original reads what came back of our own mail.
func (r *reading) original(rep *Report) {
	h := r.quiet(r.returned)
	if h == nil {
		h = r.copiedHeader()
	}
	rep.Delivery = r.ownID(bracketed(h.get("Message-Id")))
	if rep.Delivery == "" {
		for _, id := range r.answers(r.head.get("In-Reply-To") + " " + r.head.get("References")) {
			rep.Delivery = id
		}
	}
	rep.Mailbox = r.path(h, h)
	for i, o := range r.mail.Ours { // the address that the report came to says the same
		if rep.Mailbox == nil && o.Tag != "" {
			rep.Mailbox = &r.mail.Ours[i]
		}
	}
	if len(rep.Recipients) == 1 && rep.Recipients[0].Recipient == "" {
		for _, box := range addresses(h.get("To")) {
			if _, ours := r.known(box); !ours {
				rep.Recipients[0].Recipient = box
			}
		}
	}
}

// headerLine is one that a copied header has.
var headerLine = regexp.MustCompile(`(?im)^[ >\t]*((?:message-id|return-path|to): .*)$`)

// copiedHeader gathers the fields of our mail from a report that repeats it in its text.
func (r *reading) copiedHeader() header {
	var h header
	for _, t := range r.mail.Texts {
		for _, line := range headerLine.FindAllString(clip(t.Body, 128<<10), 20) {
			name, value, _ := strings.Cut(strings.TrimLeft(line, " >\t"), ":")
			h = append(h, field{strings.ToLower(name), strings.TrimSpace(value)})
		}
	}
	return h
}
