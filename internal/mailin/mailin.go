// Package mailin is the door through which mail comes in: SMTP (RFC 5321) and LMTP (RFC 2033), on TCP or on a socket of this machine.
//
// It is for the mail server that receives for our domain and hands on what is for our mailboxes. It takes nothing for anybody else, relays nothing, knows no
// accounts, and decides nothing about a mail: relaying does. Authentication-Results are believed only where the configuration names the server that
// writes them; who else can reach the door could write them too, so nobody else should.
//
// What is always true: a mail is stored, sealed, before it is acknowledged; one that could not be stored is asked for again (451); no address and
// no text stands in a log line.
package mailin

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/time/rate"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailread"
)

// Postroom takes a mail. relaying.Postroom does.
type Postroom = interface {
	Ours(box string) bool
	Receive(ctx context.Context, actor buurtbel.Actor, path string, to []string, raw []byte) error
}

// Options are what a Door needs.
type Options struct {
	Domain    string           // how we greet
	TLS       *tls.Config      // nil: no STARTTLS
	PerMinute int              // mails from one client; default 600
	MaxBytes  int64            // of a mail; default, and at most, what mailread reads
	Logger    *slog.Logger     // nil: slog.Default()
	Now       func() time.Time // for the limit; required
	Sentence  func(error) string
}

// Door takes mail until it is closed.
type Door struct {
	post    Postroom
	o       Options
	mu      sync.Mutex
	clients map[string]*rate.Limiter
}

const (
	mostRecipients = 50
	mostClients    = 10_000 // beyond it the count begins anew
	patience       = 2 * time.Minute
	storeTime      = 40 * time.Second // to read, check and store one mail
)

// New makes a Door.
func New(post Postroom, o Options) *Door {
	o.PerMinute, o.Logger = cmp.Or(o.PerMinute, 600), cmp.Or(o.Logger, slog.Default())
	if o.MaxBytes <= 0 || o.MaxBytes > mailread.MaxBytes {
		o.MaxBytes = mailread.MaxBytes
	}
	return &Door{post: post, o: o, clients: map[string]*rate.Limiter{}}
}

// Listen opens an address: host:port, or the path of a socket of this machine. A socket that a program before us left is replaced.
func Listen(address string) (net.Listener, error) {
	if !strings.HasPrefix(address, "/") {
		return net.Listen("tcp", address)
	}
	if info, err := os.Lstat(address); err == nil && info.Mode().Type() == fs.ModeSocket {
		if c, err := net.Dial("unix", address); err == nil { // somebody listens there
			return nil, errors.Join(fmt.Errorf("socket is in use"), c.Close())
		}
		if err := os.Remove(address); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", address)
	if err != nil {
		return nil, err
	}
	// The mail server runs under another account: the group of the socket's folder decides who reaches it.
	if err := os.Chmod(address, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Serve answers on l until ctx is done, and then waits for the mails that are being stored.
func (d *Door) Serve(ctx context.Context, l net.Listener, lmtp bool) error {
	s := smtp.NewServer(smtp.BackendFunc(d.session))
	s.Domain, s.LMTP, s.TLSConfig = d.o.Domain, lmtp, d.o.TLS
	s.MaxMessageBytes, s.MaxRecipients = d.o.MaxBytes, mostRecipients
	s.ReadTimeout, s.WriteTimeout = patience, patience
	s.EnableSMTPUTF8 = true
	s.ErrorLog = quiet{d.o.Logger}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(stop); err != nil { // a client that says nothing is cut
		err = s.Close()
		if err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			return err
		}
	}
	return nil
}

// quiet keeps what the library would say out of the log, except that something went wrong: its lines may hold what a client wrote.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(string, ...any) { q.log.Warn("incoming mail: a dialogue broke") }
func (q quiet) Println(...any)        { q.log.Warn("incoming mail: a dialogue broke") }

func (d *Door) session(c *smtp.Conn) (smtp.Session, error) {
	client := "socket"
	if host, _, err := net.SplitHostPort(c.Conn().RemoteAddr().String()); err == nil {
		client = host
	}
	return &session{d: d, limit: d.limiter(client)}, nil
}

func (d *Door) limiter(client string) *rate.Limiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l := d.clients[client]; l != nil {
		return l
	}
	if len(d.clients) >= mostClients {
		clear(d.clients)
	}
	l := rate.NewLimiter(rate.Limit(d.o.PerMinute)/60, d.o.PerMinute)
	d.clients[client] = l
	return l
}

// session is the dialogue of one connection.
type session struct {
	d     *Door
	limit *rate.Limiter
	path  string
	to    []string
}

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.limit.AllowN(s.d.o.Now(), 1) {
		return reply(450, smtp.EnhancedCode{4, 7, 1}, "Too many mails, come again later")
	}
	s.path = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !s.d.post.Ours(to) {
		return reply(550, smtp.EnhancedCode{5, 1, 1}, "No such mailbox here")
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil { // the size, or a connection that broke: the library knows which
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTime) // a mail that is here is stored, also while we stop
	defer cancel()
	err = s.d.post.Receive(ctx, buurtbel.System(), s.path, s.to, raw)
	switch buurtbel.KindOf(err) {
	case buurtbel.Forbidden:
		return reply(550, smtp.EnhancedCode{5, 7, 1}, s.d.o.Sentence(err))
	case buurtbel.Invalid:
		return reply(550, smtp.EnhancedCode{5, 6, 0}, s.d.o.Sentence(err))
	case buurtbel.NotFound, buurtbel.Conflict, buurtbel.Busy, buurtbel.Internal:
	}
	if err != nil {
		s.d.o.Logger.Error("store incoming mail", "error", err)
		return reply(451, smtp.EnhancedCode{4, 3, 0}, "Not stored, come again later")
	}
	return nil
}

func (s *session) Reset() { s.path, s.to = "", nil }

func (s *session) Logout() error { return nil }
