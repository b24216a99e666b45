package smpp

import (
	"fmt"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

type address = wire.Address

// Types of number (SMPP 3.4 section 5.2.5) and numbering plans (5.2.6).
const (
	tonUnknown       = 0
	tonInternational = 1
	tonNetwork       = 3 // network specific: a short code
	tonAlphanumeric  = 5
	npiUnknown       = 0
	npiE164          = 1
)

// addressOf derives type and plan from the form of s: +3245… is international E.164, at most 8 digits a short code, digits a number of unknown
// type, and anything else a name.
func addressOf(s string) address {
	digits, plus := strings.CutPrefix(s, "+")
	switch {
	case !isDigits(digits):
		return address{TON: tonAlphanumeric, NPI: npiUnknown, Addr: s}
	case plus:
		return address{TON: tonInternational, NPI: npiE164, Addr: digits}
	case len(digits) <= 8:
		return address{TON: tonNetwork, NPI: npiUnknown, Addr: digits}
	}
	return address{TON: tonUnknown, NPI: npiE164, Addr: digits}
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// sourceAddress is the sender of cfg, with the type and plan that the carrier wants.
func sourceAddress(cfg *Config) address {
	a := addressOf(cfg.Sender)
	if cfg.SourceTON != nil {
		a.TON = *cfg.SourceTON
	}
	if cfg.SourceNPI != nil {
		a.NPI = *cfg.SourceNPI
	}
	return a
}

// numberOf writes an address from outside with "+" where it is surely international: so typed, begun with 00, or untyped and long without
// a leading 0. National numbers, short codes and names stay as they came.
func numberOf(a address) string {
	digits := strings.TrimPrefix(a.Addr, "+")
	if !isDigits(digits) || a.TON == tonAlphanumeric {
		return a.Addr
	}
	bare, double := strings.CutPrefix(digits, "00")
	switch {
	case double && len(bare) >= 8:
		return "+" + bare
	case a.TON == tonInternational, digits != a.Addr:
		return "+" + digits
	case a.TON == tonUnknown && len(digits) >= 10 && digits[0] != '0':
		return "+" + digits
	}
	return a.Addr
}

const longestValidity = 30 * 24 * time.Hour

// validity writes the time left as a relative period, YYMMDDhhmmsstnnR (SMPP 3.4 section 7.1.1.2), rounded down to seconds so that a text never
// outlives its alert, at least 1 second and at most 30 days. A zero expiry leaves it to the carrier.
func validity(expires, now time.Time) string {
	if expires.IsZero() {
		return ""
	}
	left := min(max(expires.Sub(now).Truncate(time.Second), time.Second), longestValidity)
	seconds := int(left / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}

// priorities turns a class into a priority_flag (SMPP 3.4 section 5.2.14: 0 lowest, 3 highest; for GSM anything above 0 is priority).
var priorities = [...]byte{
	buurtbel.ClassAlert: 3, buurtbel.ClassCorrection: 2, buurtbel.ClassCode: 2, buurtbel.ClassAnswer: 1, buurtbel.ClassBulletin: 0, buurtbel.ClassDigest: 0,
}

func (s *Session) priority(class buurtbel.Class) byte {
	if s.cfg.FlatPriority || int(class) >= len(priorities) {
		return 0
	}
	return priorities[class]
}
