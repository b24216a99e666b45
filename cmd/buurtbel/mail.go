package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/replytext"
)

type inspectMail struct {
	File     string   `arg:"" help:"File with the mail as it came; - reads standard input."`
	Server   []string `help:"Name by which our own mail server writes Authentication-Results; without it none is believed."`
	DNS      bool     `name:"dns" help:"Look up the keys of its DKIM signatures, and check these."`
	Resolver string   `help:"Ask this server of the domain name system (host:port) instead of the system's." placeholder:"HOST:PORT"`
}

// inspectedMail is what is printed.
type inspectedMail struct {
	*mailread.Mail
	Refusal string          `json:"refusal,omitempty"` // the sentence
	Words   *inspectedWords `json:"words,omitempty"`   // of what a person wrote
}

// inspectedWords is what its author wrote in a mail, as far as the mail alone tells: of the author it knows the name and the mailbox of the From
// field only, where the record of a member knows numbers and the home too.
type inspectedWords struct {
	Own    string             `json:"own"`    // masked
	Masked []replytext.Secret `json:"masked"` // what stood there, in order
	Cut    []inspectedPiece   `json:"cut"`    // in order, not masked: nobody but the author is shown it
	Urgent replytext.Danger   `json:"urgent,omitempty"`
}

type inspectedPiece struct {
	Kind replytext.Kind `json:"kind"`
	Text string         `json:"text"`
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
	shown := inspectedMail{Mail: m, Words: wordsOf(m)}
	if m.Refusal != nil {
		shown.Refusal = locale.Error(w.commands.Language, m.Refusal)
	}
	return w.json(shown)
}

// forms are the forms of text, as the cutter knows them.
var forms = map[mailread.Format]replytext.Form{mailread.Fixed: replytext.Plain, mailread.Flowed: replytext.Flowed, mailread.FlowedDelSp: replytext.FlowedDelSp}

// wordsOf takes what a person wrote apart: the plain text, or the marked-up one where there is no other. nil for a mail that no person wrote.
func wordsOf(m *mailread.Mail) *inspectedWords {
	if m.Kind != mailread.Reply && m.Kind != mailread.Message || len(m.Texts) == 0 {
		return nil
	}
	text := m.Texts[max(0, slices.IndexFunc(m.Texts, func(t mailread.Text) bool { return t.Type == "text/plain" && strings.TrimSpace(t.Body) != "" }))]
	form := forms[text.Format]
	if text.Type == "text/html" {
		form = replytext.HTML
	}
	parts := replytext.Cut(text.Body, form, m.Name)
	known := replytext.Known{Names: []string{m.Name}, Mailboxes: []string{m.From}}
	w := &inspectedWords{Own: replytext.Mask(parts.Own, known), Masked: []replytext.Secret{}, Cut: []inspectedPiece{}}
	_, w.Urgent = replytext.Urgent(parts.Own)
	for _, f := range replytext.Find(parts.Own, known) {
		w.Masked = append(w.Masked, f.Secret)
	}
	for _, p := range parts.Cut {
		w.Cut = append(w.Cut, inspectedPiece(p))
	}
	return w
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
	Incoming bool         `help:"Also connect to the mail servers of our domains on port 25, and look whether those who write to us are asked to encrypt."`
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
		found, err := email.Examine(w.ctx, m.Config, email.Examination{Resolver: resolver(d.Resolver), Outgoing: d.Address, Now: time.Now(), Incoming: d.Incoming})
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
