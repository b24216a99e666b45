package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailread"
)

type inspectMail struct {
	File     string   `arg:"" help:"File with the mail as it came; - reads standard input."`
	Server   []string `help:"Name by which our own mail server writes Authentication-Results; without it none is believed."`
	DNS      bool     `name:"dns" help:"Look up the keys of its DKIM signatures, and check these."`
	Resolver string   `help:"Ask this server of the domain name system (host:port) instead of the system's." placeholder:"HOST:PORT"`
}

// inspectedMail is what is printed. What the coordinator would see of a reply, cut and masked, belongs beside Texts.
type inspectedMail struct {
	*mailread.Mail
	Refusal string `json:"refusal,omitempty"` // the sentence
}

func (i inspectMail) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	raw, err := readMail(i.File)
	if err != nil {
		return err
	}
	m := mailread.Read(raw, mailread.Envelope{}, houseOf(c, i.Server))
	if i.DNS {
		m.Verify(raw, keysFrom(w.ctx, resolver(i.Resolver)))
	}
	shown := inspectedMail{Mail: m}
	if m.Refusal != nil {
		shown.Refusal = locale.Error(w.commands.Language, m.Refusal)
	}
	return w.json(shown)
}

// readMail reads a little more than a mail may have, so that a larger one is refused by the reader's own rule.
func readMail(name string) ([]byte, error) {
	from := os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.command.file", buurtbel.Args{"Path": name})
		}
		defer f.Close()
		from = f
	}
	raw, err := io.ReadAll(io.LimitReader(from, mailread.MaxBytes+1))
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "error.command.file", buurtbel.Args{"Path": name})
	}
	return raw, nil
}

// houseOf says what is ours, of all mail servers that are configured.
func houseOf(c *config.Config, servers []string) mailread.House {
	house := mailread.House{Servers: servers}
	for _, m := range c.Email {
		h := m.House()
		house.Domains = append(house.Domains, h.Domains...)
		house.Mailboxes = append(house.Mailboxes, h.Mailboxes...)
		house.Lists = append(house.Lists, h.Lists...)
	}
	return house
}

// keyTime bounds the question for one key.
const keyTime = 10 * time.Second

func keysFrom(ctx context.Context, r *net.Resolver) func(string) ([]string, error) {
	return func(name string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return r.LookupTXT(ctx, name)
	}
}

// resolver asks the server at address, or those of the system.
func resolver(address string) *net.Resolver {
	if address == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

type doctorCommand struct {
	Mail doctorMail `cmd:"" help:"What receivers of our mail look at, with the lines to set in the domain name system."`
}

type doctorMail struct {
	Address  []netip.Addr `help:"Address that our mail leaves from, when it is not that of the configured server." placeholder:"IP"`
	Resolver string       `help:"Ask this server of the domain name system (host:port) instead of the system's." placeholder:"HOST:PORT"`
	JSON     bool         `name:"json" help:"As JSON."`
}

// examined is a finding as it is printed.
type examined struct {
	Carrier string `json:"carrier"`
	email.Finding
	Sentence string `json:"sentence"`
}

func (d doctorMail) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	if len(c.Email) == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.doctor.no-mail", nil)
	}
	all := []examined{}
	inOrder := true
	for _, m := range c.Email {
		found, err := email.Examine(w.ctx, m.Config, email.Examination{Resolver: resolver(d.Resolver), Outgoing: d.Address, Now: time.Now()})
		if err != nil {
			return err
		}
		for _, f := range found {
			all = append(all, examined{m.Name, f, locale.Text(w.commands.Language, f.Key, f.Args)})
			inOrder = inOrder && f.State != email.ToSet && f.State != email.Wrong
		}
	}
	if err := d.print(w, all); err != nil {
		return err
	}
	if !inOrder {
		return buurtbel.Fail(buurtbel.Conflict, "error.doctor.mail", nil)
	}
	return nil
}

func (d doctorMail) print(w *world, all []examined) error {
	if d.JSON {
		return w.json(all)
	}
	for _, e := range all {
		state := locale.Text(w.commands.Language, "cli.doctor."+string(e.State), nil)
		if _, err := fmt.Fprintf(w.out, "%s: %-5s %s: %s\n", e.Carrier, e.Check, state, e.Sentence); err != nil {
			return err
		}
		if e.Record != "" {
			fmt.Fprintf(w.out, "    %s\n", e.Record)
		}
	}
	return nil
}
