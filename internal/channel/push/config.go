package push

import (
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
)

// Config says with which key we speak to push services. Off when KeyFile is empty.
type Config struct {
	Name         string        `toml:"name" default:"push" doc:"Name in logs and figures: small letters, digits and \"-\"."`
	KeyFile      string        `toml:"key_file" example:"/etc/buurtbel/push.pem" doc:"File with the key that signs messages to browsers; \"buurtbel keys push\" makes it. Empty: no messages to browsers. Every browser is bound to it: with another key all members must allow messages anew."`
	Contact      string        `toml:"contact" example:"alarm@example.org" doc:"Mailbox of who keeps this installation, for push services that see something wrong. Needed with key_file. It must be a real one: some services refuse others."`
	Window       int           `toml:"window" default:"100" min:"1" max:"500" doc:"Messages without an answer at any moment."`
	Timeout      time.Duration `toml:"timeout" default:"10s" min:"1s" max:"1m" doc:"How long a push service may take to answer. After it a message is uncertain."`
	AllowPrivate bool          `toml:"allow_private" default:"false" doc:"Only for tests and the demo: lets messages go to push services on this machine and in private networks."`
}

// maxWindow is how many attempts without an outcome a node may have at one carrier.
const maxWindow = 500

func (c Config) withDefaults() Config {
	if c.Name == "" {
		c.Name = "push"
	}
	if c.Window == 0 {
		c.Window = 100
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	return c
}

// Check tells the first thing that is wrong with c, which is to be used. It opens nothing.
func (c Config) Check() error {
	c = c.withDefaults()
	_, host, _ := strings.Cut(c.Contact, "@")
	_, err := mailtext.Valid(c.Contact)
	switch {
	case c.KeyFile == "":
		return wrong("key_file")
	case err != nil || strings.HasPrefix(c.Contact, "mailto:"), host == "localhost":
		return wrong("contact") // Apple refuses a token whose subject is no mailbox that could exist
	case c.Window < 1 || c.Window > maxWindow:
		return wrong("window")
	case c.Timeout < 0:
		return wrong("timeout")
	}
	return nil
}

func wrong(field string) error {
	return buurtbel.Fail(buurtbel.Invalid, "error.push.config", buurtbel.Args{"field": field})
}
