package outside

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"
)

// mailSession is one SMTP connection (RFC 5321), answered by one goroutine.
type mailSession struct {
	mail   *Mail
	nc     net.Conn
	no     uint16
	r      *bufio.Reader
	w      *bufio.Writer
	secure bool
	authed bool
	hello  bool
	from   bool // MAIL was taken
	to     []string
	refuse *MailRule // said at the end of DATA
	head   []byte    // of the mail, then what follows up to headMax
	body   []byte    // the whole mail, when letters are kept
}

func newMailSession(m *Mail, nc net.Conn, no uint16) *mailSession {
	return &mailSession{mail: m, nc: nc, no: no, r: bufio.NewReaderSize(nc, 64<<10), w: bufio.NewWriterSize(nc, 8<<10)}
}

func (s *mailSession) say(lines ...string) {
	for _, l := range lines {
		s.w.WriteString(l) // an error stays in the writer until Flush
		s.w.WriteString("\r\n")
	}
}

// serve answers commands until QUIT or the end of the connection. Answers leave together when no command is waiting (RFC 2920).
func (s *mailSession) serve() {
	s.say("220 outside.test ESMTP")
	for {
		if s.r.Buffered() == 0 {
			if s.w.Flush() != nil {
				return
			}
		}
		line, err := s.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) || len(line) > lineMax {
			s.say("500 5.5.2 line too long")
			_ = s.w.Flush() // the client's own luck
			return
		}
		if err != nil {
			return
		}
		if !s.command(string(bytes.TrimRight(line, "\r\n"))) {
			// The connection closes; whether the last answer still arrives is the client's luck.
			_ = s.w.Flush() // the client's own luck
			return
		}
	}
}

// command answers one line; false ends the connection.
func (s *mailSession) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		s.ehlo()
	case "HELO":
		s.hello = true
		s.say("250 outside.test")
	case "MAIL":
		s.mailFrom(rest)
	case "RCPT":
		s.rcptTo(rest)
	case "DATA":
		return s.data()
	case "RSET":
		s.clear()
		s.say("250 2.0.0 forgotten")
	case "NOOP":
		s.say("250 2.0.0 yes")
	case "VRFY":
		s.say("252 2.0.0 try it")
	case "AUTH":
		return s.auth(rest)
	case "STARTTLS":
		return s.startTLS()
	case "QUIT":
		s.say("221 2.0.0 goodbye")
		return false
	default:
		s.say("500 5.5.1 no such command")
	}
	return true
}

func (s *mailSession) ehlo() {
	s.hello = true
	s.say("250-outside.test", "250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8", "250-ENHANCEDSTATUSCODES")
	if s.mail.tls != nil && !s.secure {
		s.say("250-STARTTLS")
	}
	s.say("250-AUTH PLAIN LOGIN", "250 SIZE "+strconv.Itoa(mailMax))
}

func (s *mailSession) clear() {
	s.from, s.to, s.refuse = false, s.to[:0], nil
}

func (s *mailSession) mailFrom(rest string) {
	_, ok := mailPath(rest, "FROM:")
	f := s.mail.faults.now.Load()
	switch {
	case !s.hello:
		s.say("503 5.5.1 EHLO first")
	case s.mail.opts.MailAuth && !s.authed:
		s.say("530 5.7.0 AUTH first")
	case s.from:
		s.say("503 5.5.1 MAIL was said already")
	case !ok:
		s.say("501 5.5.4 MAIL FROM:<address>")
	case f.mailTempUntil > 0 && time.Now().UnixNano() < f.mailTempUntil:
		s.mail.counts.mailsRefused.Add(1)
		s.say("451 4.3.0 try again later")
	default:
		s.clear()
		s.from = true
		s.say("250 2.1.0 taken")
	}
}

func (s *mailSession) rcptTo(rest string) {
	to, ok := mailPath(rest, "TO:")
	switch {
	case !s.from:
		s.say("503 5.5.1 MAIL first")
		return
	case !ok || !strings.Contains(to, "@"):
		s.say("501 5.5.4 RCPT TO:<address>")
		return
	case len(s.to) >= 1000:
		s.say("452 4.5.3 too many recipients")
		return
	}
	if r := s.mail.faults.now.Load().mail(to); r != nil {
		if !r.Data {
			s.mail.counts.mailsRefused.Add(1)
			s.say(strconv.Itoa(r.Code) + " " + r.Text)
			return
		}
		s.refuse = r
	}
	s.to = append(s.to, to)
	s.say("250 2.1.5 taken")
}

// mailPath takes the address out of "FROM:<a@b> SIZE=…" (RFC 5321 section 4.1.2); a source route is not understood.
func mailPath(rest, word string) (address string, ok bool) {
	if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
		return "", false
	}
	rest = strings.TrimLeft(rest[len(word):], " ")
	if !strings.HasPrefix(rest, "<") {
		return "", false
	}
	address, _, ok = strings.Cut(rest[1:], ">")
	return address, ok && !strings.ContainsAny(address, " <")
}

func (s *mailSession) auth(rest string) bool {
	kind, initial, _ := strings.Cut(rest, " ")
	var password string
	switch strings.ToUpper(kind) {
	case "PLAIN":
		if initial == "" {
			initial = s.ask("")
		}
		b, err := base64.StdEncoding.DecodeString(initial)
		if parts := bytes.Split(b, []byte{0}); err == nil && len(parts) == 3 {
			password = string(parts[2])
		}
	case "LOGIN":
		if initial == "" {
			s.ask("VXNlcm5hbWU6")
		}
		b, err := base64.StdEncoding.DecodeString(s.ask("UGFzc3dvcmQ6"))
		if err == nil {
			password = string(b)
		}
	default:
		s.say("504 5.5.4 PLAIN or LOGIN")
		return true
	}
	if want := s.mail.opts.Password; want != "" && subtle.ConstantTimeCompare([]byte(password), []byte(want)) == 0 {
		s.say("535 5.7.8 wrong")
		return true
	}
	s.authed = true
	s.say("235 2.7.0 welcome")
	return true
}

// ask sends a challenge and gives the line that comes back, "" when none does.
func (s *mailSession) ask(challenge string) string {
	s.say("334 " + challenge)
	if s.w.Flush() != nil {
		return ""
	}
	line, err := s.r.ReadSlice('\n')
	if err != nil {
		return ""
	}
	return string(bytes.TrimRight(line, "\r\n"))
}

func (s *mailSession) startTLS() bool {
	if s.mail.tls == nil || s.secure {
		s.say("502 5.5.1 no")
		return true
	}
	s.say("220 2.0.0 go on")
	// What was sent before the handshake must not count after it (RFC 3207 section 4.2).
	if s.r.Buffered() > 0 || s.w.Flush() != nil {
		return false
	}
	c := tls.Server(s.nc, s.mail.tls)
	if c.Handshake() != nil {
		return false
	}
	s.r.Reset(c)
	s.w.Reset(c)
	s.secure, s.hello, s.authed = true, false, false
	s.clear()
	return true
}
