package gateway

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/phone"
)

// maxBatch is how many receipts or texts one request may bring.
const maxBatch = 1000

// where tells which elements count.
type where struct {
	path  path
	value string
}

// batch tells where the elements of a request stand.
type batch struct {
	list path
	when []where
	json bool // a path needs it
}

func (f *findings) batch(key, list string, when []string, paths ...path) batch {
	b := batch{list: f.path(key+".list", list)}
	f.say(b.list.field != "" || b.list.match != nil, key+".list", "must be a JSON pointer")
	for _, line := range when {
		at, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		f.say(!ok, key+".when", `must be "PATH VALUE"`)
		b.when = append(b.when, where{f.path(key+".when", at), strings.TrimSpace(value)})
	}
	b.json = b.list.pointer
	for _, p := range paths {
		b.json = b.json || p.pointer
	}
	for _, w := range b.when {
		b.json = b.json || w.path.pointer
	}
	return b
}

// split gives the elements that count. matched is false when there is no element at all.
func (b *batch) split(body []byte, query url.Values) (elements []document, matched bool, err error) {
	whole := document{text: string(body), fields: query}
	if !b.json {
		form, err := url.ParseQuery(whole.text)
		if err == nil {
			for name, values := range query {
				form[name] = append(form[name], values...)
			}
			whole.fields = form
		}
		return b.counting([]document{whole}), true, nil
	}
	v, err := readJSON(body)
	if err != nil {
		return nil, false, err
	}
	if b.list.pointer {
		found := walk(v, b.list.tokens)
		if len(found) == 0 {
			return nil, false, nil
		}
		v = found[0]
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for _, one := range list[:min(len(list), maxBatch+1)] {
		elements = append(elements, document{json: one, text: whole.text, fields: query})
	}
	return b.counting(elements), true, nil
}

func (b *batch) counting(all []document) []document {
	var out []document
	for _, d := range all {
		counts := true
		for _, w := range b.when {
			counts = counts && strings.EqualFold(w.path.first(d), w.value)
		}
		if counts {
			out = append(out, d)
		}
	}
	return out
}

// receiptShape reads receipts.
type receiptShape struct {
	batch
	id, part, state, code, at path
	states                    map[string]channel.ReceiptState
	codes                     map[string]meaning
	form                      string
	zone                      *time.Location
}

func (f *findings) receipts(c *Receipts) receiptShape {
	s := receiptShape{id: f.path("receipts.id", c.ID), part: f.path("receipts.part", c.Part), state: f.path("receipts.state", c.State),
		code: f.path("receipts.code", c.Code), at: f.path("receipts.at", c.At),
		states: f.states("receipts.states", c.States), codes: f.meanings("receipts.codes", c.Codes), form: c.AtForm}
	s.batch = f.batch("receipts", c.List, c.When, s.id, s.part, s.state, s.code, s.at)
	f.say(s.id.given() && (!s.state.given() || len(s.states) == 0), "receipts.states", "state and states are missing")
	zone, err := time.LoadLocation(c.AtZone)
	f.say(err != nil, "receipts.at_zone", "is not a time zone")
	s.zone = zone
	return s
}

// textShape reads texts.
type textShape struct {
	batch
	from, to, text, group, total, number path
}

func (f *findings) texts(c *Texts) textShape {
	s := textShape{from: f.path("texts.from", c.From), to: f.path("texts.to", c.To), text: f.path("texts.text", c.Text),
		group: f.path("texts.group", c.Group), total: f.path("texts.total", c.Total), number: f.path("texts.number", c.Number)}
	s.batch = f.batch("texts", c.List, c.When, s.from, s.to, s.text, s.group, s.total, s.number)
	f.say(s.text.given() != s.from.given(), "texts.from", "from and text must both be given")
	joins := s.group.given() || s.total.given() || s.number.given()
	f.say(joins && !(s.group.given() && s.total.given() && s.number.given()), "texts.group", "group, total and number must all be given")
	return s
}

// harvest is what a request brought.
type harvest struct {
	events  []channel.Event
	garbage int // elements that could not be read
}

// receiptsOf reads receipts. The error is one of the body as a whole.
func (c *Config) receiptsOf(s *receiptShape, body []byte, query url.Values) (harvest, error) {
	var h harvest
	elements, matched, err := s.split(body, query)
	if err != nil {
		return h, err
	}
	if !matched {
		h.garbage++
	}
	for _, d := range elements {
		if e, ok := s.event(d); ok {
			e.Carrier = c.Name
			h.events = append(h.events, e)
		} else {
			h.garbage++
		}
	}
	return h, nil
}

func (s *receiptShape) event(d document) (channel.Event, bool) {
	id := s.id.first(d)
	if id == "" || len(id) > longestRef {
		return channel.Event{}, false
	}
	if s.part.given() {
		part, err := strconv.Atoi(s.part.first(d))
		if err != nil || part < 1 || part > 255 {
			part = 1
		}
		id = partRef(id, strconv.Itoa(part))
	}
	word, code := s.state.first(d), s.code.first(d)
	e := channel.Event{Kind: channel.Receipt, Channel: buurtbel.SMS, Ref: id, State: channel.ReceiptUnknown, At: s.time(s.at.first(d))}
	if state, known := s.states[strings.ToLower(word)]; known {
		e.State = state
	}
	if e.State == channel.ReceiptFailed {
		e.Reason = buurtbel.Unreachable
		if m, known := s.codes[strings.ToLower(code)]; known {
			e.Reason = m.reason
		}
	}
	e.Code = receiptCode(word, code)
	return e, true
}

// receiptCode is what the log and the page show.
func receiptCode(word, code string) string {
	var parts []string
	if word = sms.Code(word, longestCode); word != "" {
		parts = append(parts, "state:"+word)
	}
	if code = sms.Code(code, longestCode); code != "" {
		parts = append(parts, "code:"+code)
	}
	return strings.Join(parts, " ")
}

// time reads when it happened; zero when it cannot be read.
func (s *receiptShape) time(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	whole := err == nil && n > 0 && n < 1<<52
	switch s.form {
	case "unix":
		return unless(!whole, time.Unix(n, 0))
	case "unix-ms":
		return unless(!whole, time.UnixMilli(n))
	case "rfc3339":
		at, err := time.Parse(time.RFC3339Nano, text)
		return unless(err != nil, at)
	}
	at, err := time.ParseInLocation(s.form, text, s.zone)
	return unless(err != nil, at)
}

func unless(bad bool, t time.Time) time.Time {
	if bad {
		return time.Time{}
	}
	return t
}

// longestText is the longest text that is kept, in octets: 255 parts.
const longestText = 255 * 160 * 3

// textsOf reads texts.
func (c *Config) textsOf(s *textShape, body []byte, query url.Values) (harvest, error) {
	var h harvest
	elements, matched, err := s.split(body, query)
	if err != nil {
		return h, err
	}
	if !matched {
		h.garbage++
	}
	for _, d := range elements {
		from, texts := s.from.first(d), s.text.all(d)
		if from == "" || len(from) > 64 || len(texts) == 0 || len(texts[0]) > longestText {
			h.garbage++
			continue
		}
		h.events = append(h.events, channel.Event{Kind: channel.Text, Carrier: c.Name, Channel: buurtbel.SMS,
			From: number(from, c.Country), To: number(s.to.first(d), c.Country), Text: sms.Clean(texts[0]), Part: s.partOf(d)})
	}
	return h, nil
}

// partOf tells where a piece belongs; zero when the text is whole or its numbers make no sense.
func (s *textShape) partOf(d document) channel.Part {
	group, err1 := strconv.Atoi(s.group.first(d))
	total, err2 := strconv.Atoi(s.total.first(d))
	n, err3 := strconv.Atoi(s.number.first(d))
	if err1 != nil || err2 != nil || err3 != nil || group < 0 || group > 65535 || total < 2 || total > 255 || n < 1 || n > total {
		return channel.Part{}
	}
	return channel.Part{Group: group, Total: total, Number: n}
}

// number brings a number to E.164: as it stands, with the "+" that many providers leave out, or as one of country. What is none stays as it is.
func number(raw, country string) string {
	raw = strings.TrimSpace(raw)
	tries := []string{raw}
	if raw != "" && raw[0] >= '1' && raw[0] <= '9' {
		tries = []string{"+" + raw, raw}
	}
	for _, text := range tries {
		if n, err := phone.Parse(text, country); err == nil {
			return n.E164
		}
	}
	return raw
}
