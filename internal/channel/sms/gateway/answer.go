package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// answer reads what the provider answers to a message.
type answer struct {
	ids, code path
	ok        map[string]bool
	codes     map[string]meaning
	json      bool // a path needs it
	numbered  bool // receipts name one id and the number of the part
}

func (f *findings) answer(c *Config) answer {
	a := answer{ids: f.path("answer.ids", c.Answer.IDs), code: f.path("answer.code", c.Answer.Code), ok: map[string]bool{},
		codes: f.meanings("answer.codes", c.Answer.Codes), numbered: c.Receipt.Part != ""}
	for _, one := range c.Answer.OK {
		a.ok[strings.ToLower(one)] = true
	}
	f.say(a.ids.field != "" || a.code.field != "", "answer", "an answer has no fields")
	f.say(!a.code.given() && len(c.Answer.OK)+len(c.Answer.Codes) > 0, "answer.code", "is missing, but ok or codes are given")
	a.json = a.ids.pointer || a.code.pointer
	return a
}

// document reads the body as far as paths need it. A body that cannot be read has no values.
func (a *answer) document(body []byte) document {
	d := document{text: string(body)}
	if !a.json {
		return d
	}
	if v, err := readJSON(body); err == nil {
		d.json = v
	}
	return d
}

// read says what the answer means for a message of so many parts.
func (a *answer) read(r *reply, parts int, now time.Time) channel.Result {
	d := a.document(r.body)
	code := a.code.first(d)
	known, listed := a.codes[strings.ToLower(code)]
	switch {
	case listed:
		return failed(known, r, code, now)
	case r.status >= 200 && r.status < 300:
		return a.taken(r, d, code, parts)
	}
	f := failed(statusMeaning(r.status), r, code, now)
	f.Failure.Uncertain = r.status == http.StatusBadGateway || r.status == http.StatusGatewayTimeout // a proxy before the provider speaks
	return f
}

// taken reads the answer to a message that the provider says it has. When its id cannot be found, nobody knows.
func (a *answer) taken(r *reply, d document, code string, parts int) channel.Result {
	refs := a.refs(d, parts)
	if a.ids.given() && len(refs) == 0 || len(a.ok) > 0 && !a.ok[strings.ToLower(code)] {
		return channel.Result{Failure: &channel.Failure{Reason: buurtbel.Unparseable, Temporary: true, Uncertain: true, Code: codeOf(r.status, code)}}
	}
	return channel.Result{Refs: refs, Parts: parts}
}

// longestRef is the longest id that is kept.
const longestRef = 255

func (a *answer) refs(d document, parts int) []string {
	var refs []string
	for _, id := range a.ids.all(d) {
		if id = sms.Clean(strings.TrimSpace(id)); id != "" && len(id) <= longestRef && len(refs) < 255 {
			refs = append(refs, id)
		}
	}
	if !a.numbered || len(refs) != 1 {
		return refs
	}
	id := refs[0]
	refs = refs[:0]
	for n := range parts {
		refs = append(refs, partRef(id, strconv.Itoa(n+1)))
	}
	return refs
}

// partRef names one part where the provider gives one id for all.
func partRef(id, part string) string { return id + "/" + part }

// statusMeaning is what a status means when no code says more (RFC 9110 section 15). What names this message is final; what may be a state of the
// provider or of our account is tried again: a second try is cheaper than a lost warning.
func statusMeaning(status int) meaning {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusPaymentRequired:
		return meaning{buurtbel.Credentials, true}
	case status == http.StatusTooManyRequests:
		return meaning{buurtbel.Throttled, true}
	case status == http.StatusRequestEntityTooLarge:
		return meaning{buurtbel.TooLong, false}
	case status == http.StatusBadRequest, status == http.StatusConflict, status == http.StatusUnprocessableEntity:
		return meaning{buurtbel.Rejected, false}
	case status >= 500:
		return meaning{buurtbel.Unreachable, true}
	}
	return meaning{buurtbel.Other, true} // a redirect, a wrong address or method: the configuration, not the message
}

func failed(m meaning, r *reply, code string, now time.Time) channel.Result {
	return channel.Result{Failure: &channel.Failure{Reason: m.reason, Temporary: m.again, After: retryAfter(r.header, now), Code: codeOf(r.status, code)}}
}

// codeOf is what the log and the page show.
func codeOf(status int, code string) string {
	text := "http " + strconv.Itoa(status)
	if code = sms.Code(code, longestCode); code != "" {
		text += " code " + code
	}
	return text
}

// longestAfter bounds what a provider may ask for.
const longestAfter = time.Hour

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3); 0 when there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(longestAfter, max(0, time.Duration(min(seconds, 86400))*time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(longestAfter, max(0, at.Sub(now)))
	}
	return 0
}
