package email

import (
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// signingKey is a key as the configuration names it. A zero From has begun, a zero Until goes on. Days begin at midnight UTC.
type signingKey struct {
	Selector, File string
	From, Until    time.Time
	field          string // what the configuration calls it
}

// signs tells whether mail that leaves at now is signed with the key.
func (k signingKey) signs(now time.Time) bool {
	return !now.Before(k.From) && (k.Until.IsZero() || now.Before(k.Until))
}

// SigningDomain is the domain whose keys sign our mail.
func (c Config) SigningDomain() string { return c.withDefaults().DKIM.Domain }

// on tells whether we sign at all.
func (d DKIM) on() bool { return d.Selector != "" || len(d.Keys) > 0 }

// all gives the keys, that of Selector first, then Keys in their order.
func (d DKIM) all() ([]signingKey, error) {
	var out []signingKey
	if d.Selector != "" {
		out = append(out, signingKey{Selector: d.Selector, File: d.KeyFile, field: "dkim."})
	}
	for _, line := range d.Keys {
		k, ok := readSigningKey(line)
		if !ok {
			return nil, wrong("dkim.keys")
		}
		out = append(out, k)
	}
	return out, d.checkKeys(out)
}

// checkKeys wants a name of its own for each key, and one key without an end: mail must not lose its signature because nobody looked at a date.
func (d DKIM) checkKeys(keys []signingKey) error {
	seen, lasting := map[string]bool{}, len(keys) == 0
	for _, k := range keys {
		if seen[k.Selector] || strings.ContainsAny(k.Selector, " <>\r\n\t\x00") || !ascii(k.Selector) {
			return wrong(k.field + "selector")
		}
		seen[k.Selector] = true
		lasting = lasting || k.Until.IsZero()
	}
	if !lasting {
		return buurtbel.Fail(buurtbel.Invalid, "error.email.keys-end", nil)
	}
	return nil
}

// readSigningKey reads "selector=s2 file=/etc/buurtbel/s2.pem from=2027-01-01 until=2027-07-01"; the days may be left out.
func readSigningKey(line string) (k signingKey, ok bool) {
	k.field = "dkim.keys "
	for word := range strings.FieldsSeq(line) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "selector":
			k.Selector = value
		case "file":
			k.File = value
		case "from":
			k.From, err = time.Parse(time.DateOnly, value)
		case "until":
			k.Until, err = time.Parse(time.DateOnly, value)
		default:
			return k, false
		}
		if err != nil || value == "" {
			return k, false
		}
	}
	return k, k.Selector != "" && k.File != "" && (k.Until.IsZero() || k.From.Before(k.Until))
}
