// Package mailtext writes the bytes of a mail: header fields, a text and an HTML part, and the places where each recipient's copy differs.
//
// It is for whoever sends mail: a Letter is what all copies have in common, Prepare encodes it once, and Template.Append writes one
// recipient's copy by splicing a few fields and the link into bytes that are ready. It opens no connection, signs nothing, picks no words and
// makes no HTML.
//
// What is always true of the bytes it writes: 7-bit ASCII, except for an address that itself is not; lines end in CRLF and no CR or LF stands alone; no
// line is longer than 998 octets (RFC 5322 section 2.1.1); nothing in a Letter or a Copy can add a header field; equal input gives equal bytes.
package mailtext

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// MaxBytes is the size that no mail of ours may exceed: above about 100 KB common readers cut a mail off.
const MaxBytes = 100_000

// Letter is what all copies of one mail have in common.
type Letter struct {
	Name    string // display name of the sender; may be empty
	Address string // mailbox of the sender, as Valid gave it
	ReplyTo string // mailbox for answers; empty: the sender's
	Subject string // one line; line breaks become spaces
	Text    string // the plain part
	HTML    string // the HTML part; empty: the mail has only a plain part

	Diary *buurtbel.Diary // a file for the reader's calendar, attached; nil: none

	Mark   string // stands in Text and HTML where the copy's own link belongs; empty: no link
	Domain string // right side of Message-ID, In-Reply-To and References

	Thread   string            // left side of In-Reply-To and References; empty: neither is written
	Language buurtbel.Language // Content-Language (RFC 3282); empty: not written
	Auto     string            // Auto-Submitted (RFC 3834): "auto-generated", "auto-replied", or empty: not written
	ListID   string            // List-Id (RFC 2919) without angle brackets; empty: not written
	Feedback string            // Feedback-ID, by which mailbox providers count complaints: words joined by ":", what is rarest first; empty: not written
	Urgent   bool              // Importance, Priority and X-Priority say that it cannot wait
	Exercise bool              // marked for mail gateways by X-Buurtbel-Exercise; the words that mark it for people are in Subject and Text
}

// Copy is what differs for each recipient. The strings are written as they are once Prepare's caller has checked them: To by Valid, ID
// by being of letters, digits, "-" and ".", Date by being made by time.Format. Append refuses a copy that could break a header field.
type Copy struct {
	To   string // the recipient's own mailbox, and no other
	ID   string // left side of Message-ID
	Date string // as RFC 5322 section 3.3 wants it
	Link string // replaces Mark

	ReplyTo string // mailbox for the answers of this recipient, in ASCII; empty: the letter's
	Stop    string // https address of List-Unsubscribe, where one POST stops mails of this sort (RFC 8058); empty: neither field is written
}

// boundary gives the separator of the parts (RFC 2046 section 5.1.1). It depends on the letter alone, so that equal letters are equal
// bytes, and cannot be foreseen by who wrote only a part of it.
func (l *Letter) boundary() string {
	h := sha256.New()
	for _, s := range []string{l.Thread, string(l.Language), l.Name, l.Subject, l.Text, l.HTML} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	if l.Diary != nil {
		h.Write([]byte(l.Diary.File))
	}
	return "part-" + hex.EncodeToString(h.Sum(nil)[:12])
}

func (l *Letter) headers(contentType string, more ...[2]string) []byte {
	var h header
	h.add("From", phrase(l.Name, len("From: "))+"<"+l.Address+">")
	if l.ReplyTo != "" {
		h.add("Reply-To", "<"+l.ReplyTo+">")
	}
	h.add("Subject", unstructured(l.Subject, len("Subject: ")))
	if l.Thread != "" {
		id := "<" + identifier(l.Thread) + "@" + l.Domain + ">"
		h.add("In-Reply-To", id)
		h.add("References", id)
	}
	l.marks(&h)
	h.add("MIME-Version", "1.0")
	if l.Language != "" {
		h.add("Content-Language", string(l.Language))
	}
	h.add("Content-Type", contentType)
	for _, f := range more {
		h.add(f[0], f[1])
	}
	return h.bytes
}

// marks writes the fields that tell programs what kind of mail this is.
func (l *Letter) marks(h *header) {
	if l.Auto != "" {
		h.add("Auto-Submitted", l.Auto)
		// Exchange sends out-of-office answers to auto-generated mail unless it is told in its own words.
		h.add("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply")
	}
	if l.ListID != "" {
		h.add("List-Id", "<"+l.ListID+">")
	}
	if l.Feedback != "" {
		h.add("Feedback-ID", l.Feedback)
	}
	if l.Urgent {
		h.add("Importance", "high")
		h.add("Priority", "urgent")
		h.add("X-Priority", "1")
	}
	if l.Exercise {
		h.add("X-Buurtbel-Exercise", "yes")
	}
}

// check refuses what the caller's configuration must have got right, so that no later step needs to.
func (l *Letter) check() error {
	boxes := []string{l.Address}
	if l.ReplyTo != "" {
		boxes = append(boxes, l.ReplyTo)
	}
	for _, a := range boxes {
		if _, err := mail.ParseAddress(a); err != nil || !fieldSafe(a) {
			return buurtbel.FailWith(err, buurtbel.Internal, "error.email.sender", nil)
		}
	}
	for _, s := range []string{l.Domain, l.ListID, l.Feedback, l.Auto, string(l.Language)} {
		if !fieldSafe(s) || strings.ContainsAny(s, " <>") {
			return buurtbel.Fail(buurtbel.Internal, "error.email.sender", nil)
		}
	}
	if l.Diary != nil && !slices.Contains(diaryMethods, l.Diary.Method) {
		return buurtbel.Fail(buurtbel.Internal, "error.email.sender", nil)
	}
	return nil
}
