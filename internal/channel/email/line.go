package email

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
)

// line is one connection that is ready for mail. One goroutine uses it.
type line struct {
	cfg     *Config
	conn    net.Conn
	in      *bufio.Reader
	uncut   func() bool // ends the watch on Mailer.cut
	carried int         // mails that were answered
	due     time.Time   // the deadline that conn has
	rcpt    string      // without PIPELINING: the command that follows MAIL

	// What EHLO offered.
	pipelining bool     // RFC 2920
	smtputf8   bool     // RFC 6531
	eightBit   bool     // RFC 6152
	startTLS   bool     // RFC 3207
	auth       []string // RFC 4954
	maxSize    int      // RFC 1870; 0: not said
}

// dial connects, secures and signs in. It is given up when ctx ends, and when the Mailer closes: nobody was given a mail yet.
func (m *Mailer) dial(ctx context.Context) (*line, *channel.Failure) {
	dialer := net.Dialer{Timeout: m.cfg.Timeouts.Connect}
	opening, cancel := context.WithCancel(m.opening)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	conn, err := dialer.DialContext(opening, "tcp", m.cfg.Address)
	if err != nil {
		return nil, failureOf(err)
	}
	l := &line{cfg: &m.cfg}
	raw := conn
	l.uncut = context.AfterFunc(m.cut, func() { raw.Close() }) // it is being thrown away
	l.use(conn)
	defer context.AfterFunc(opening, func() { raw.Close() })() // before opening ends, because it was deferred later
	if err := l.open(m); err != nil {
		l.close()
		return nil, failureOf(err)
	}
	return l, nil
}

// use makes conn what is spoken over. Nothing that was read before is kept, so that bytes sent before TLS cannot be taken for an
// answer behind it (RFC 3207 section 5).
func (l *line) use(conn net.Conn) {
	l.conn = conn
	l.in = bufio.NewReaderSize(conn, replyWidth)
}

func (l *line) open(m *Mailer) error {
	if m.cfg.TLS == tlsFull {
		if err := l.secure(m.cut, m.tls); err != nil {
			return err
		}
	}
	l.step(m.cfg.Timeouts.Connect)
	if greeting, err := l.read(); err != nil {
		return err
	} else if greeting.code != 220 {
		return verdict(stepOpen, greeting)
	}
	if err := l.hello(); err != nil {
		return err
	}
	if m.cfg.TLS == tlsStart {
		if err := l.startSecure(m.cut, m.tls); err != nil {
			return err
		}
	}
	if m.cfg.Username == "" {
		return nil
	}
	return l.signIn()
}

// secure does the TLS handshake.
func (l *line) secure(ctx context.Context, config *tls.Config) error {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeouts.Connect)
	defer cancel()
	conn := tls.Client(l.conn, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	l.use(conn)
	return nil
}

// startSecure turns to TLS by STARTTLS, and asks again what the server offers. A server that does not offer it is not used: somebody on
// the way may have taken the offer out.
func (l *line) startSecure(ctx context.Context, config *tls.Config) error {
	if !l.startTLS {
		return ended("starttls not offered")
	}
	answer, err := l.ask("STARTTLS")
	switch {
	case err != nil:
		return err
	case answer.code != 220:
		return verdict(stepOpen, answer)
	case l.in.Buffered() > 0:
		return ended("bytes before tls")
	}
	if err := l.secure(ctx, config); err != nil {
		return err
	}
	return l.hello()
}

func (l *line) hello() error {
	l.pipelining, l.smtputf8, l.eightBit, l.startTLS, l.auth, l.maxSize = false, false, false, false, nil, 0
	if err := l.write([]byte("EHLO "+l.cfg.Greeting+"\r\n"), l.cfg.Timeouts.Command); err != nil {
		return err
	}
	answer, err := readReply(l.in, l.offer)
	if err != nil {
		return err
	}
	if answer.code != 250 {
		return verdict(stepOpen, answer)
	}
	return nil
}

// offer notes one line of the answer to EHLO.
func (l *line) offer(text []byte) {
	words := strings.Fields(strings.ToUpper(string(text)))
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "PIPELINING":
		l.pipelining = true
	case "SMTPUTF8":
		l.smtputf8 = true
	case "8BITMIME":
		l.eightBit = true
	case "STARTTLS":
		l.startTLS = true
	case "AUTH":
		l.auth = words[1:]
	case "SIZE":
		if len(words) > 1 {
			if n, err := strconv.Atoi(words[1]); err == nil && n > 0 {
				l.maxSize = n
			}
		}
	}
}

// step gives what follows d to be done, or a little more: a deadline that is between d and half as much again stays, because to set one for each of
// thousands of mails a second costs more than to write them.
func (l *line) step(d time.Duration) {
	now := time.Now()
	if left := l.due.Sub(now); left >= d && left <= d+d/2 {
		return
	}
	l.due = now.Add(d + d/4)
	if err := l.conn.SetDeadline(l.due); err != nil {
		l.close() // whatever reads or writes next tells
	}
}

// write writes b, and gives it and the answer d.
func (l *line) write(b []byte, d time.Duration) error {
	l.step(d)
	_, err := l.conn.Write(b)
	return err
}

func (l *line) read() (reply, error) { return readReply(l.in, nil) }

// ask sends one command line and reads its answer. The command holds no outside text.
func (l *line) ask(command string) (reply, error) {
	if err := l.write([]byte(command+"\r\n"), l.cfg.Timeouts.Command); err != nil {
		return reply{}, err
	}
	return l.read()
}

// appendEnvelope writes MAIL, RCPT and DATA, of which DATA is the last of its group, as RFC 2920 section 3.1 wants it. For a server without PIPELINING it writes
// only MAIL, and envelopeAnswer the others.
func (l *line) appendEnvelope(dst []byte, f *fitted) []byte {
	dst = append(append(append(dst, "MAIL FROM:<"...), f.from...), '>')
	if f.utf8 {
		dst = append(dst, " SMTPUTF8"...)
		if l.eightBit {
			dst = append(dst, " BODY=8BITMIME"...)
		}
	}
	dst = append(dst, "\r\n"...)
	if !l.pipelining {
		l.rcpt = "RCPT TO:<" + f.to + ">\r\n"
		return dst
	}
	return append(append(append(dst, "RCPT TO:<"...), f.to...), ">\r\nDATA\r\n"...)
}

var envelopeSteps = [...]struct {
	step step
	good int // the reply code, or its first digit
}{{stepMail, 2}, {stepRcpt, 2}, {stepData, 354}}

// envelopeAnswer reads the answers to an envelope. With PIPELINING they belong to the write that is already timed. refusal is nil when the server waits
// for the mail.
func (l *line) envelopeAnswer() (first *refusal, err error) {
	for _, s := range envelopeSteps {
		answer, err := l.envelopeStep(s.step)
		if err != nil {
			return nil, err
		}
		good := answer.code == s.good || answer.code/100 == s.good
		switch {
		case first == nil && !good:
			first = &refusal{reply: reply{answer.code, bytes.Clone(answer.text)}, step: s.step}
			if answer.code == 421 || !l.pipelining {
				return first, nil // nothing more was asked, or will be answered
			}
		case first != nil && s.step == stepData:
			first.dataOpen = answer.code == 354
		}
	}
	return first, nil
}

// envelopeStep gives the answer to one command of the envelope, which without PIPELINING is only now written.
func (l *line) envelopeStep(s step) (reply, error) {
	var command string
	switch {
	case l.pipelining:
	case s == stepRcpt:
		command = l.rcpt
	case s == stepData:
		command = "DATA\r\n"
	}
	if command != "" {
		if err := l.write([]byte(command), l.cfg.Timeouts.Command); err != nil {
			return reply{}, err
		}
	}
	return l.read()
}

// reset makes the line ready for another envelope after one that was refused. A server that opened DATA although it has no recipient gets the lone dot that
// RFC 2920 section 3.1 prescribes.
func (l *line) reset(dataOpen bool) error {
	if dataOpen {
		if _, err := l.ask("."); err != nil {
			return err
		}
	}
	answer, err := l.ask("RSET")
	if err == nil && answer.code != 250 {
		err = errUnparseable
	}
	return err
}

// farewell is how long QUIT may take.
const farewell = 2 * time.Second

func (l *line) hangUp() {
	if err := l.write([]byte("QUIT\r\n"), farewell); err == nil {
		if _, err := l.read(); err != nil {
			l.close() // it may hang up without an answer; nothing depends on it
			return
		}
	}
	l.close()
}

// abandon lets whoever reads or writes fail at once. It may be called from any goroutine.
func (l *line) abandon() { l.conn.Close() }

func (l *line) close() {
	l.uncut()
	l.conn.Close() // every answer that matters was read before
}
