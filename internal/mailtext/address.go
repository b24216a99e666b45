package mailtext

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/buurtbel/buurtbel"
)

// The limits of RFC 5321 section 4.5.3.1 and of erratum 1690 to RFC 3696, in octets.
const (
	maxLocal   = 64
	maxAddress = 254
)

// Valid checks one mailbox as a person typed it and gives the form that is stored and compared: surrounding blanks gone, the domain in lower
// case and in its ASCII form (IDNA 2008), the part before "@" untouched, because only its own server knows whether its case matters.
//
// It refuses, each with a sentence of its own: nothing; something that is not a mailbox, has a display name, quotes or a comment, or is several
// mailboxes; too long; a domain that cannot
// exist in public, such as one without a dot or a bare IP address. Whether the mailbox exists only a mail tells.
func Valid(address string) (string, error) {
	address = strings.TrimSpace(address)
	switch {
	case address == "":
		return "", invalid("error.email.empty")
	case len(address) > 4*maxAddress:
		return "", invalid("error.email.too-long")
	case strings.ContainsAny(address, ",;"):
		return "", invalid("error.email.several")
	}
	// Brackets, quotes, comments and blanks are legal in places, and never what somebody means in a form or a list.
	parsed, err := mail.ParseAddress(address)
	if err != nil || strings.ContainsAny(address, "<>()[]\"\\ \t\r\n") || !utf8.ValidString(address) {
		return "", invalid("error.email.syntax")
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	domain, err := Domain(parsed.Address[at+1:])
	if err != nil {
		return "", err
	}
	if at > maxLocal || at+1+len(domain) > maxAddress {
		return "", invalid("error.email.too-long")
	}
	return parsed.Address[:at+1] + domain, nil
}

// Domain gives the ASCII form of a mail domain in lower case, or the error that Valid gives for it.
func Domain(domain string) (string, error) {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || len(ascii) > maxAddress {
		return "", invalid("error.email.domain")
	}
	labels := strings.Split(ascii, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || last == "" || strings.Trim(last, "0123456789") == "" {
		return "", invalid("error.email.domain")
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 {
			return "", invalid("error.email.domain")
		}
	}
	return ascii, nil
}

func invalid(key string) error { return buurtbel.Fail(buurtbel.Invalid, key, nil) }
