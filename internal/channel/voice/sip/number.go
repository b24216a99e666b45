package sip

import (
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/phone"
)

// refuse says why to may not be called, nil when it may. It is asked for every call, whoever asks for it: emergency lines, premium and
// service numbers, satellite telephones and countries that are not allowed are never dialled.
func (c *Config) refuse(to string) *voiceRefusal {
	if !strings.HasPrefix(to, "+") {
		return &voiceRefusal{Reason: buurtbel.InvalidAddress, Code: "no international number"}
	}
	n, err := phone.ParseAllowed(to, c.Country, c.Countries)
	why := strings.TrimPrefix(buurtbel.KeyOf(err), "error.phone.")
	switch {
	case err == nil && n.E164 == to:
		return nil
	case err == nil:
		return &voiceRefusal{Reason: buurtbel.InvalidAddress, Code: "no international number"}
	case why == "emergency", why == "short", why == "satellite", why == "premium", why == "freephone", why == "service", why == "country":
		return &voiceRefusal{Reason: buurtbel.Rejected, Code: "not allowed: " + why}
	}
	return &voiceRefusal{Reason: buurtbel.InvalidAddress, Code: "no number: " + why}
}

// written gives an E.164 number as the carrier wants it.
func (c *Config) written(e164 string) string {
	switch c.Number {
	case NumberDigits:
		return strings.TrimPrefix(e164, "+")
	case NumberOverseas:
		return "00" + strings.TrimPrefix(e164, "+")
	}
	return e164
}

// readCaller gives the E.164 number in the user part of an address, "" when there is none that can be read.
func (c *Config) readCaller(user string) string {
	user, _, _ = strings.Cut(user, ";")
	if user == "" || strings.Trim(user, "+0123456789-.()") != "" {
		return ""
	}
	if !strings.HasPrefix(user, "+") && !strings.HasPrefix(user, "0") && len(user) > 9 {
		user = "+" + user
	}
	n, err := phone.Parse(user, c.Country)
	if err != nil {
		return ""
	}
	return n.E164
}
