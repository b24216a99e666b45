package sms

import (
	"errors"
	"fmt"
	"regexp"
)

// Config is what every carrier of short messages has.
type Config struct {
	Name          string `toml:"name"`                  // names the carrier in events, logs and metrics: lower-case letters, digits and "-"
	Sender        string `toml:"sender"`                // what the phone shows: a number as +3245…, a short code as 8850, or a name of at most 11 characters
	CanBeAnswered bool   `toml:"can_be_answered"`       // whether an answer to Sender comes back to us. False for names; then no text may say "answer 1" or STOP
	PricePerPart  int64  `toml:"price_per_part"`        // of one part, in 1/10000 of a euro, without VAT: 550 is EUR 0.055
	MaxParts      int    `toml:"max_parts_per_message"` // longer texts are refused as too long; 6 when 0, at most 255
	Links         bool   `toml:"links"`                 // whether a text may carry the link of its delivery; off because links in texts teach people to be deceived
}

// Fill puts the defaults where nothing is said.
func (c *Config) Fill() {
	if c.MaxParts == 0 {
		c.MaxParts = 6
	}
}

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	numberForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	codeForm   = regexp.MustCompile(`^[0-9]{3,8}$`)
	wordForm   = regexp.MustCompile(`^[A-Za-z0-9 ._&-]{1,11}$`)
)

// Check tells everything that is wrong with c, after Fill.
func (c *Config) Check() error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if !nameForm.MatchString(c.Name) {
		say("name: must be 1 to 32 of a-z, 0-9 and -")
	}
	number := numberForm.MatchString(c.Sender) || codeForm.MatchString(c.Sender)
	if !number && !wordForm.MatchString(c.Sender) {
		say("sender: must be a number with +, a short code of 3 to 8 digits, or a name of at most 11 letters and digits")
	}
	if c.CanBeAnswered && !number {
		say("can_be_answered: a name as sender cannot be answered")
	}
	if c.PricePerPart < 0 {
		say("price_per_part: must not be negative")
	}
	if c.MaxParts < 1 || c.MaxParts > 255 {
		say("max_parts_per_message: must be 1 to 255")
	}
	return errors.Join(wrong...)
}
