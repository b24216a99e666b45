package gateway

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

// values is what templates can say of a message.
type values struct {
	To       string // "+32455000001"
	Digits   string // "32455000001"
	Text     string
	Sender   string
	Encoding string // "gsm-7" or "ucs-2"
	Unicode  bool   // the text needs UCS-2
	Parts    int
	Seconds  int    // until it expires, at least 1
	Minutes  int    // likewise, rounded down, at least 1
	Expires  string // RFC 3339, UTC
	Delivery string // the same for every attempt: our reference
	Attempt  string // another for every attempt: the key of a request that must not be done twice
	Callback string // address for receipts and texts, up to "receipts", "texts" or "events"; "" when none
	Account  string
	Secret   string
	Now      int64  // seconds since 1970
	Body     string // in headers only
}

// functions are all that templates have beside those of text/template. None reads a file, the environment or the network.
var functions = template.FuncMap{
	"json":       jsonOf,
	"hmacSHA256": hmacSHA256,
	"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
}

// jsonOf writes s as a JSON value, without the escapes for HTML.
func jsonOf(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// hmacSHA256 gives the code of text in hexadecimal (RFC 2104).
func hmacSHA256(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// maxRequest is how many octets a template may make: a text of 255 parts, every character escaped.
const maxRequest = 512 << 10

var errLong = errors.New("gateway: a template makes too much")

// bounded is a writer that ends a template that never ends.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxRequest {
		return 0, errLong
	}
	return b.Builder.Write(p)
}

func execute(t *template.Template, data any) (string, error) {
	var b bounded
	err := t.Execute(&b, data)
	return b.String(), err
}

// header is one header with its template.
type header struct {
	name  string
	value *template.Template
}

// composer makes requests.
type composer struct {
	method  string
	kind    string // Content-Type; "" when a header gives it, or there is no body
	url     *template.Template
	body    *template.Template
	headers []header
}

// request is what a message becomes.
type request struct {
	url     *url.URL
	body    string
	headers http.Header
}

func (f *findings) template(key, text string) *template.Template {
	t, err := template.New("").Funcs(functions).Option("missingkey=error").Parse(text)
	f.say(err != nil, key, "is not a template")
	if err != nil {
		return template.New("")
	}
	return t
}

func (f *findings) composer(c *Config) *composer {
	m := &composer{method: c.Method, url: f.template("url", c.URL), body: f.template("body", c.Body)}
	for _, line := range c.Headers {
		name, value, ok := strings.Cut(line, ":")
		f.say(!ok || !httpguts.ValidHeaderFieldName(name), "headers", `must be "Name: value"`)
		if ok {
			m.headers = append(m.headers, header{textproto.CanonicalMIMEHeaderKey(name), f.template("headers", strings.TrimSpace(value))})
		}
	}
	own := slices.ContainsFunc(m.headers, func(h header) bool { return h.name == "Content-Type" })
	if c.Body != "" && !own {
		m.kind = map[string]string{"json": "application/json", "form": "application/x-www-form-urlencoded", "other": "text/plain; charset=utf-8"}[c.BodyType]
	}
	return m
}

var (
	errURL    = errors.New("gateway: the address is not one that may be used")
	errHeader = errors.New("gateway: a header is not one that can be sent")
)

// request fills the templates. Its errors hold no value.
func (m *composer) request(v *values) (*request, error) {
	address, err := execute(m.url, v)
	if err != nil {
		return nil, err
	}
	r := &request{headers: http.Header{}}
	if r.url, err = url.Parse(address); err != nil || !isSafe(r.url) {
		return nil, errURL
	}
	if r.body, err = execute(m.body, v); err != nil {
		return nil, err
	}
	withBody := *v
	withBody.Body = r.body
	for _, h := range m.headers {
		value, err := execute(h.value, &withBody)
		if err != nil {
			return nil, err
		}
		if !httpguts.ValidHeaderFieldValue(value) {
			return nil, errHeader
		}
		r.headers.Add(h.name, value)
	}
	if m.kind != "" {
		r.headers.Set("Content-Type", m.kind)
	}
	if r.headers.Get("User-Agent") == "" {
		r.headers.Set("User-Agent", "Buurtbel")
	}
	return r, nil
}

// sample is a text that shows every escape that was forgotten.
const sample = "Zeg \"één\" & ‘twee’;\n100% + a=b {x} \\ 🔔"

// try makes a request of a difficult message, and looks whether its text can be read again.
func (m *composer) try(f *findings, c *Config) {
	v := &values{To: "+32455000001", Digits: "32455000001", Text: sample, Sender: c.Sender, Encoding: gsm.UCS2.String(), Unicode: true, Parts: 1, Seconds: 3600,
		Minutes: 60, Expires: "2030-01-02T03:04:05Z", Delivery: "1", Attempt: "2", Callback: "https://buurtbel.example.org/carriers/x/", Account: c.Account, Secret: c.Secret, Now: 1}
	r, err := m.request(v)
	switch {
	case errors.Is(err, errURL):
		f.say(true, "url", "must be an address with https")
	case errors.Is(err, errHeader):
		f.say(true, "headers", "a value cannot be sent")
	case err != nil:
		f.say(true, "body", "a template cannot be filled")
	case c.Body == "":
		f.say(!holds(r.url.Query()), "url", "the text does not come through: write {{urlquery .Text}}")
	case c.BodyType == "form":
		form, err := url.ParseQuery(r.body)
		f.say(err != nil || !holds(form), "body", "the text does not come through: write {{urlquery .Text}}")
	case c.BodyType == "json":
		v, err := readJSON([]byte(r.body))
		f.say(err != nil || !holdsJSON(v), "body", "the text does not come through: write {{json .Text}}")
	}
}

func holds(form url.Values) bool {
	for _, all := range form {
		if slices.Contains(all, sample) {
			return true
		}
	}
	return false
}

func holdsJSON(v any) bool {
	switch v := v.(type) {
	case string:
		return v == sample
	case []any:
		return slices.ContainsFunc(v, holdsJSON)
	case map[string]any:
		for _, one := range v {
			if holdsJSON(one) {
				return true
			}
		}
	}
	return false
}

// valuesOf gives what templates can say of m.
func (g *Gateway) valuesOf(m *channel.Message, text *counted) *values {
	now := g.now()
	left := g.cfg.left(m.Expires, now)
	return &values{
		To: m.To, Digits: strings.TrimPrefix(m.To, "+"), Text: text.text, Sender: g.cfg.Sender,
		Encoding: text.encoding.String(), Unicode: text.encoding == gsm.UCS2, Parts: text.parts,
		Seconds: max(1, int(left/time.Second)), Minutes: max(1, int(left/time.Minute)), Expires: now.Add(left).UTC().Format(time.RFC3339),
		Delivery: m.Delivery.String(), Attempt: m.Attempt.String(), Callback: g.callback,
		Account: g.cfg.Account, Secret: g.cfg.Secret, Now: now.Unix(),
	}
}

// left is how long a message lives; two days, which is what carriers keep, when it never expires.
func (c *Config) left(expires, now time.Time) time.Duration {
	if expires.IsZero() {
		return 48 * time.Hour
	}
	return expires.Sub(now)
}
