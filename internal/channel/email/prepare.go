package email

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
)

// remembered is how many contents stay encoded: more than the alerts that go out at one time, in all their languages and classes.
const remembered = 64

// templates encodes each content once. Keyed by pointer, because a Content is shared and never changes; the map keeps it alive, so a pointer
// cannot come to mean another.
type templates struct {
	cfg   *Config
	mu    sync.Mutex
	known map[*channel.Content]*prepared
	order []*channel.Content // oldest first
}

type prepared struct {
	once     sync.Once
	template *mailtext.Template
	err      error
}

func (t *templates) prepare(c *channel.Content) (*mailtext.Template, error) {
	p := t.entry(c)
	p.once.Do(func() { p.template, p.err = mailtext.Prepare(letter(t.cfg, c)) })
	return p.template, p.err
}

func (t *templates) entry(c *channel.Content) *prepared {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.known[c]; p != nil {
		return p
	}
	if t.known == nil {
		t.known = make(map[*channel.Content]*prepared, remembered)
	}
	if len(t.order) == remembered {
		delete(t.known, t.order[0])
		t.order = append(t.order[:0], t.order[1:]...)
	}
	p := new(prepared)
	t.known[c] = p
	t.order = append(t.order, c)
	return p
}

// letter says what kind of mail a content becomes.
func letter(cfg *Config, c *channel.Content) *mailtext.Letter {
	l := &mailtext.Letter{
		Name: c.Sender, Address: cfg.From, ReplyTo: cfg.ReplyTo,
		Subject: c.Subject, Text: c.Text, HTML: c.HTML, Diary: c.Diary, Mark: channel.LinkMark,
		Domain: cfg.Domain, Thread: c.Thread, Language: c.Language, Exercise: c.Exercise,
		// A mail that asks to be seen first while it is only practice would wear the mark out.
		Urgent: c.Class == buurtbel.ClassAlert && !c.Exercise,
	}
	switch c.Class {
	case buurtbel.ClassBulletin: // written and relayed by people
		l.ListID = cfg.ListID
	case buurtbel.ClassDigest:
		l.ListID, l.Auto = cfg.ListID, "auto-generated"
	case buurtbel.ClassAnswer:
		l.Auto = "auto-replied"
	default:
		l.Auto = "auto-generated"
	}
	if c.Kind.Stoppable() {
		l.ListID = cfg.list()
		l.Feedback = c.Thread + ":" + string(c.Kind) + ":buurtbel"
	}
	return l
}

// cached saves a courier the lock for mails of the same content behind each other.
type cached struct {
	content  *channel.Content
	template *mailtext.Template
}

// fitted is what a job needs to be carried.
type fitted struct {
	template *mailtext.Template
	to       string // the mailbox with its domain in ASCII
	from     string // the mailbox of MAIL FROM
	utf8     bool   // to needs SMTPUTF8 (RFC 6531)
	written  bool   // the envelope is on the way
}

// linkRoom is what a link may add to a mail, encoded.
const linkRoom = 1024

// fit fills j.fit, or says why j must not be started on this connection.
func (c *courier) fit(j *job) *channel.Failure {
	switch {
	case j.ctx.Err() != nil:
		return ended("canceled")
	case !j.msg.Expires.IsZero() && !c.m.now().Before(j.msg.Expires):
		return &channel.Failure{Reason: buurtbel.Rejected, Code: "expired"}
	case j.msg.Content == nil:
		return &channel.Failure{Reason: buurtbel.Rejected, Code: "content"}
	}
	to, utf8, ok := mailbox(j.msg.To)
	if !ok || utf8 && !c.line.smtputf8 {
		return &channel.Failure{Reason: buurtbel.InvalidAddress, Code: "address"}
	}
	t, f := c.template(j.msg.Content)
	if f != nil {
		return f
	}
	if len(j.msg.Link) > linkRoom/4 || len(j.msg.Stop) > linkRoom/4 || c.line.maxSize > 0 && t.Size()+linkRoom > c.line.maxSize {
		return &channel.Failure{Reason: buurtbel.TooLong, Code: "size"}
	}
	j.fit = fitted{template: t, to: to, from: cmp.Or(j.msg.Bounces, c.m.cfg.Bounces), utf8: utf8}
	return nil
}

func (c *courier) template(content *channel.Content) (*mailtext.Template, *channel.Failure) {
	if c.last.content == content {
		return c.last.template, nil
	}
	t, err := c.m.letter.prepare(content)
	var told *buurtbel.Error
	switch {
	case errors.As(err, &told) && told.Key == "error.email.too-large":
		return nil, &channel.Failure{Reason: buurtbel.TooLong, Code: "size"}
	case err != nil:
		return nil, &channel.Failure{Reason: buurtbel.Rejected, Code: "content"}
	}
	c.last = cached{content, t}
	return t, nil
}

// mailbox checks an address that was stored as Valid gave it. The usual one is ASCII and needs no parser: nothing but the letters of a dot-atom (RFC
// 5322 section 3.2.3) may stand in a command.
func mailbox(to string) (box string, utf8, ok bool) {
	at := -1
	for i := 0; i < len(to); i++ {
		switch c := to[i]; {
		case c >= 0x80:
			box, err := mailtext.Valid(to)
			return box, !ascii(box), err == nil
		case c == '@' && at < 0:
			at = i
		case !atom[c]:
			return "", false, false
		}
	}
	return to, false, at > 0 && at <= 64 && at < len(to)-1 && len(to) <= 254
}

var atom = func() (set [128]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~" {
		set[c] = true
	}
	return set
}()

// dateLine keeps the text of a second, because thousands of mails share it.
type dateLine struct {
	unix int64
	text string
}

func (d *dateLine) at(now time.Time) string {
	if u := now.Unix(); u != d.unix || d.text == "" {
		d.unix, d.text = u, now.Format(time.RFC1123Z)
	}
	return d.text
}

// appendMail writes j's mail and the dot that ends it, as they go over the wire.
func (c *courier) appendMail(dst []byte, j *job) ([]byte, bool) {
	copied := mailtext.Copy{To: j.fit.to, ID: j.msg.Delivery.String(), Date: c.date.at(c.m.now()), Link: j.msg.Link, ReplyTo: j.msg.ReplyTo, Stop: j.msg.Stop}
	var ok bool
	if c.m.sign != nil {
		if c.mail, ok = j.fit.template.Append(c.mail[:0], &copied); !ok {
			return dst, false
		}
		field, err := c.m.sign(c.mail, c.m.now())
		if err != nil {
			c.m.log.Error("mail not signed", "error", err)
			return dst, false
		}
		dst = append(dst, field...)
	}
	dst, ok = j.fit.template.AppendWire(dst, &copied)
	return append(dst, ".\r\n"...), ok
}
