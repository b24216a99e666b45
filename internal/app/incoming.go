package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailin"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/relaying"
)

// postroom makes the place where mails that come in become conversations. Without a mailbox for answers it serves the pages alone.
func (a *App) postroom() *relaying.Postroom {
	c := a.Config.Incoming
	o := relaying.Options{House: mailread.House{Servers: c.Servers}, Answers: c.Answers, Reports: c.Reports, Link: strings.TrimSuffix(a.Config.Server.PublicURL, "/")}
	for _, m := range a.Config.Email {
		h := m.House()
		o.House.Domains = append(o.House.Domains, h.Domains...)
		o.House.Mailboxes = append(o.House.Mailboxes, h.Mailboxes...)
		o.House.Lists = append(o.House.Lists, h.Lists...)
	}
	for _, box := range []string{c.Answers, c.Reports} {
		if box != "" {
			o.House.Mailboxes = append(o.House.Mailboxes, box)
		}
	}
	if c.CheckDKIM {
		o.Keys = net.DefaultResolver.LookupTXT
	}
	o.Returned = func(ctx context.Context, delivery buurtbel.ID, mail *mailread.Mail) error {
		_, err := a.Hall.MailReturned(ctx, buurtbel.System(), delivery, mail)
		return err
	}
	return relaying.NewPostroom(a.DB, o)
}

// listenMail opens the door for mail that comes in.
func (a *App) listenMail() (err error) {
	c := a.Config.Incoming
	for _, one := range []struct {
		address string
		into    *net.Listener
	}{{c.SMTP, &a.mailSMTP}, {c.LMTP, &a.mailLMTP}} {
		if one.address == "" || c.Answers == "" {
			continue
		}
		l, err := mailin.Listen(one.address)
		if err != nil {
			return buurtbel.FailWith(err, buurtbel.Internal, "error.command.listen", buurtbel.Args{"Address": one.address})
		}
		*one.into = l
	}
	return nil
}

// MailAddresses gives where mail is taken by SMTP and by LMTP; "" where it is not. Listen comes first.
func (a *App) MailAddresses() (smtp, lmtp string) {
	if a.mailSMTP != nil {
		smtp = a.mailSMTP.Addr().String()
	}
	if a.mailLMTP != nil {
		lmtp = a.mailLMTP.Addr().String()
	}
	return smtp, lmtp
}

// serveMail takes mail until ctx is done.
func (a *App) serveMail(ctx context.Context) error {
	c := a.Config.Incoming
	o := mailin.Options{Domain: c.Domain, PerMinute: c.PerMinute, MaxBytes: c.MaxBytes, Logger: a.log, Now: a.DB.Now, Sentence: everySentence}
	if o.Domain == "" {
		o.Domain = c.Answers[strings.LastIndexByte(c.Answers, '@')+1:]
	}
	if c.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
		if err != nil {
			return buurtbel.FailWith(err, buurtbel.Invalid, "error.config.incoming-certificate", nil)
		}
		o.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	door := mailin.New(a.Postroom, o)
	n := 0
	ended := make(chan error, 2)
	for _, one := range []struct {
		l    net.Listener
		lmtp bool
	}{{a.mailSMTP, false}, {a.mailLMTP, true}} {
		if one.l != nil {
			n++
			go func() { ended <- door.Serve(ctx, one.l, one.lmtp) }()
		}
	}
	var err error
	for range n {
		err = errors.Join(err, <-ended)
	}
	return err
}

// everySentence says why a mail is refused in every language: its sender's is not known. Letters of mail dialogues are ASCII.
func everySentence(err error) string {
	var lines []string
	for _, l := range buurtbel.Languages {
		lines = append(lines, asciiOnly.Replace(locale.Error(l, err)))
	}
	return strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '?'
		}
		return r
	}, strings.Join(lines, "\n"))
}

var asciiOnly = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "ç", "c", "ï", "i", "î", "i", "à", "a", "â", "a", "ô", "o", "û", "u", "ù", "u", "ü", "ue", "ö", "oe", "ä", "ae",
	"ß", "ss", "’", "'", "“", "\"", "”", "\"", "É", "E", "À", "A", "Ü", "Ue", "Ö", "Oe", "Ä", "Ae", "\u00a0", " ", "\u202f", " ", "œ", "oe", "«", "\"", "»", "\"")
