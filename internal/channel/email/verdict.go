package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// step is the part of the dialogue that a reply belongs to.
type step uint8

const (
	stepOpen  step = 1 << iota // greeting, EHLO, STARTTLS
	stepAuth                   // AUTH
	stepMail                   // MAIL FROM
	stepRcpt                   // RCPT TO
	stepData                   // DATA
	stepFinal                  // the final dot
	anyStep   = stepOpen | stepAuth | stepMail | stepRcpt | stepData | stepFinal
	aboutMail = stepRcpt | stepData | stepFinal // steps in which the recipient is known
)

// rule is one line of the table: the first whose conditions all hold decides.
type rule struct {
	steps     step
	code      string // the reply code begins so
	enhanced  string // the enhanced status code, without its class, begins so; "" asks nothing
	words     string // one of these, separated by "|", is in the text; "" asks nothing
	reason    buurtbel.Reason
	temporary bool
}

const (
	pace   = "too many|too much mail|too fast|throttl|slow down|rate limit|ratelimit|rate-limit|rate exceeded|sending rate|message rate|unusual rate|limit exceeded|congest"
	policy = "spam|blocked|blacklist|blocklist|listed|denied|policy|relay|reputation|not permitted|not allowed"
)

// verdicts sorts refusals by reply code (RFC 5321 section 4.2), enhanced status code (RFC 3463, RFC 5248 and the registry it made) and, for what only
// words tell, by words.
//
// InvalidAddress suppresses a mailbox for good, so only what speaks of this one recipient leads to it. Throttled pauses the whole carrier, so greylisting
// (RFC 6647), which is about one recipient, does not lead to it. A full mailbox is final for the mail: an alert goes on to the next contact point at once, and
// the mailbox stays in use.
var verdicts = []rule{
	// Before there is a mail: about the server and our account.
	{stepAuth, "4", "", "", buurtbel.Unreachable, true},   // 454 4.7.0: the server's own trouble with passwords (RFC 4954 section 6)
	{stepAuth, "5", "", "", buurtbel.Credentials, true},   // 535 5.7.8, 534 5.7.9, 538 5.7.11, 504; may be put right before the mail expires
	{stepOpen, "", "", pace, buurtbel.Throttled, true},    // 421 4.7.0 too many connections
	{stepOpen, "", "", "", buurtbel.Unreachable, true},    // 554 and 521 (RFC 7504) at the greeting, 454 after STARTTLS
	{anyStep, "530", "", "", buurtbel.Credentials, true},  // authentication required
	{anyStep, "53", "7", "", buurtbel.Credentials, true},  // 534, 535, 538
	{anyStep, "5", "7.8", "", buurtbel.Credentials, true}, // credentials invalid
	{anyStep, "5", "7.13", "", buurtbel.Credentials, true},

	// Later perhaps.
	{anyStep, "4", "2.2", "", buurtbel.Unreachable, true}, // mailbox full; before the words, for it speaks of limits too
	{anyStep, "4", "3.1", "", buurtbel.Throttled, true},   // the server's disk is full
	{anyStep, "4", "3.2", "", buurtbel.Throttled, true},   // the server takes no mail now
	{anyStep, "4", "4.5", "", buurtbel.Throttled, true},   // congestion
	{anyStep, "4", "5.3", "", buurtbel.Throttled, true},   // too many recipients
	{anyStep, "4", "", pace, buurtbel.Throttled, true},    // 421, 450, 451, 452 with or without 4.7.x
	{anyStep, "4", "", "", buurtbel.Unreachable, true},    // 421 closing, 450 busy or greylisted, 451 error, 452 space

	// Never: by enhanced status code.
	{anyStep, "5", "1.7", "", buurtbel.Rejected, false}, // bad sender's mailbox
	{anyStep, "5", "1.8", "", buurtbel.Rejected, false}, // bad sender's system
	{aboutMail, "5", "1.", "", buurtbel.InvalidAddress, false},
	{aboutMail, "5", "2.1", "", buurtbel.InvalidAddress, false}, // mailbox disabled
	{anyStep, "5", "2.2", "", buurtbel.Unreachable, false},      // mailbox full
	{anyStep, "5", "2.3", "", buurtbel.TooLong, false},          // message too long for the mailbox
	{anyStep, "5", "3.4", "", buurtbel.TooLong, false},          // message too big for the system
	{anyStep, "5", "4.", "", buurtbel.Unreachable, false},       // routing; not invalid, for a relay that cannot resolve names says it of everybody
	{anyStep, "5", "5.", "", buurtbel.Other, false},             // protocol
	{aboutMail, "5", "6.7", "", buurtbel.InvalidAddress, false}, // the mailbox needs SMTPUTF8 further on (RFC 6531)
	{anyStep, "5", "7.", "", buurtbel.Rejected, false},          // policy
	{anyStep, "5", "6.", "", buurtbel.Rejected, false},          // content
	{anyStep, "5", "3.", "", buurtbel.Rejected, false},          // mail system

	// Never: by reply code alone.
	{stepRcpt, "552", "", "", buurtbel.Unreachable, false}, // mailbox over its quota
	{anyStep, "552", "", "", buurtbel.TooLong, false},
	{stepRcpt, "55", "", policy, buurtbel.Rejected, false},
	{stepRcpt, "550", "", "", buurtbel.InvalidAddress, false},
	{stepRcpt, "551", "", "", buurtbel.InvalidAddress, false},
	{stepRcpt, "553", "", "", buurtbel.InvalidAddress, false},
	{stepRcpt, "556", "", "", buurtbel.InvalidAddress, false}, // the domain takes no mail (RFC 7504)
	{anyStep, "50", "", "", buurtbel.Other, false},            // syntax, not implemented
	{anyStep, "555", "", "", buurtbel.Other, false},           // parameters
	{anyStep, "5", "", "", buurtbel.Rejected, false},
}

// verdict says what a refusal in step s means. A reply that is no refusal, such as 250 where 354 belongs, is Unparseable.
func verdict(s step, r reply) *channel.Failure {
	f := &channel.Failure{Reason: buurtbel.Unparseable, Temporary: true, Code: r.label()}
	code, text, enhanced := strconv.Itoa(r.code), string(bytes.ToLower(r.text)), r.enhanced()
	if enhanced != "" {
		enhanced = enhanced[2:]
	}
	if code[0] != '4' && code[0] != '5' {
		return f
	}
	for _, v := range verdicts {
		if v.steps&s != 0 && strings.HasPrefix(code, v.code) && v.matches(enhanced, text) {
			f.Reason, f.Temporary = v.reason, v.temporary
			break
		}
	}
	if f.Temporary {
		f.After = wish(text)
	}
	return f
}

func (v *rule) matches(enhanced, text string) bool {
	if v.enhanced != "" {
		// "1." is every code of that subject; "1.7" must not be taken for the start of "1.70".
		same := enhanced == v.enhanced || strings.HasSuffix(v.enhanced, ".") && strings.HasPrefix(enhanced, v.enhanced) ||
			!strings.Contains(v.enhanced, ".") && strings.HasPrefix(enhanced, v.enhanced+".")
		if !same {
			return false
		}
	}
	if v.words == "" {
		return true
	}
	for word := range strings.SplitSeq(v.words, "|") {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

var wishPattern = regexp.MustCompile(`\b(?:in|after|wait|for) (\d{1,4}) ?(s|m)`)

// wish reads the time that a server names, such as "try again in 300 seconds"; 0 when it names none. At most an hour.
func wish(text string) time.Duration {
	found := wishPattern.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	unit := time.Second
	if found[2] == "m" {
		unit = time.Minute
	}
	return min(time.Duration(n)*unit, time.Hour)
}

// The codes of failures for which there is no reply.
const (
	codeClosed      = "connection closed"
	codeTimeout     = "timeout"
	codeCertificate = "certificate"
	codeTLS         = "tls"
)

// failureOf says what an error of the connection means. All are Unreachable and temporary, but for a reply that cannot be read.
func failureOf(err error) *channel.Failure {
	f := ended("connection")
	var said *channel.Failure
	var timeout net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &said):
		return said
	case errors.Is(err, errUnparseable):
		f.Reason, f.Code = buurtbel.Unparseable, "reply"
	case errors.As(err, &certificate):
		f.Code = codeCertificate
	case errors.As(err, &record), errors.As(err, &alert):
		f.Code = codeTLS
	case errors.As(err, &name):
		f.Code = "name not found"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Code = "connection refused"
	case isClosed(err), errors.Is(err, net.ErrClosed), errors.Is(err, fs.ErrClosed):
		f.Code = codeClosed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Code = codeTimeout
	}
	return f
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}
