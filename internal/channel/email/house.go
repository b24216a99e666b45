package email

import "github.com/buurtbel/buurtbel/internal/mailread"

// House says what is ours in mail that arrives, as far as the sending side knows it.
func (c Config) House() mailread.House {
	c = c.withDefaults()
	h := mailread.House{Domains: []string{c.Domain}}
	for _, box := range []string{c.From, c.ReplyTo, c.Bounces} {
		if box != "" {
			h.Mailboxes = append(h.Mailboxes, box)
		}
	}
	h.Lists = []string{c.list()}
	return h
}
