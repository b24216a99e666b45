package outside

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails in other character sets than UTF-8
	"github.com/emersion/go-message/mail"
)

// Letter is one mail in one letter box.
type Letter struct {
	ID      int    `json:"id"`
	To      string `json:"to"`
	From    string `json:"from"`
	Subject string `json:"subject"`
	At      int64  `json:"at_ms"`
	Text    string `json:"text,omitempty"` // only when asked for by id
	HTML    string `json:"html,omitempty"` // likewise
	raw     []byte
}

// boxes keeps the last mails with their bodies.
type boxes struct {
	changed func() // must not block
	keep    int

	mu    sync.Mutex
	list  []Letter // the last at most keep; list[0].ID == first
	first int
	shown int // id of the last letter that take gave
	count int // since the last reset
}

func newBoxes(keep int, changed func()) *boxes { return &boxes{keep: keep, changed: changed, first: 1} }

func (x *boxes) add(to, from, subject string, raw []byte, at int64) {
	x.mu.Lock()
	x.count++
	if len(x.list) == x.keep {
		drop := max(1, x.keep/10)
		x.list = slices.Delete(x.list, 0, drop)
		x.first += drop
	}
	x.list = append(x.list, Letter{ID: x.first + len(x.list), To: to, From: from, Subject: subject, At: at / int64(time.Millisecond), raw: raw})
	x.mu.Unlock()
	x.changed()
}

// all gives the letters, the last first; to "" means every box.
func (x *boxes) all(to string) []Letter {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := make([]Letter, 0, len(x.list))
	for _, l := range slices.Backward(x.list) {
		if to == "" || strings.EqualFold(l.To, to) {
			list = append(list, l)
		}
	}
	return list
}

// take gives the letters that came since the last take, in order, the first id still kept, and how many came since the last reset.
func (x *boxes) take() (list []Letter, first, count int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	list = slices.Clone(x.list[max(0, min(len(x.list), x.shown+1-x.first)):])
	x.shown = x.first + len(x.list) - 1
	return list, x.first, x.count
}

func (x *boxes) reset() {
	x.mu.Lock()
	x.first += len(x.list)
	x.list, x.count = nil, 0
	x.mu.Unlock()
	x.changed()
}

// letter gives one with its bodies.
func (x *boxes) letter(id int) (l Letter, raw []byte, ok bool) {
	x.mu.Lock()
	if id >= x.first && id < x.first+len(x.list) {
		l, ok = x.list[id-x.first], true
	}
	x.mu.Unlock()
	if !ok {
		return l, nil, false
	}
	l.Text, l.HTML = bodies(l.raw)
	return l, l.raw, true
}

// bodies gives the first plain and the first HTML part of a mail; a mail that cannot be read is shown as it came.
func bodies(raw []byte) (text, html string) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) {
		return string(raw), ""
	}
	defer r.Close() //nolint:errcheck // reads from memory
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return text, html
		}
		if err != nil && !message.IsUnknownCharset(err) {
			if text == "" && html == "" {
				text = string(raw)
			}
			return text, html
		}
		h, ok := p.Header.(*mail.InlineHeader)
		if !ok {
			continue
		}
		kind, _, _ := h.ContentType()
		b, err := io.ReadAll(p.Body)
		if err != nil {
			return string(raw), html
		}
		switch {
		case kind == "text/html" && html == "":
			html = string(b)
		case (kind == "text/plain" || kind == "") && text == "":
			text = string(b)
		}
	}
}
