package gateway

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// Config describes one provider. What it shares with carriers of other protocols (name, sender, window, time-outs) comes from the same keys as theirs.
type Config struct {
	sms.Config      `toml:"-"`
	Window          int           `toml:"-"` // requests without answer at any moment: 1 to 500, 100 when 0
	MaxPerSecond    int           `toml:"-"` // messages a second that the contract allows, 0 for no limit
	ResponseTimeout time.Duration `toml:"-"` // from the whole request to the head of the answer, then the message is uncertain; 10s when 0
	ConnectTimeout  time.Duration `toml:"-"` // for connection and TLS; 10s when 0
	ThrottlePause   time.Duration `toml:"-"` // how long nothing is sent after the carrier says "too fast" and not how long; 1s when 0
	TLSCA           string        `toml:"-"` // file with the certificates that may sign the carrier's; the system's when empty
	TLSServerName   string        `toml:"-"` // name in the carrier's certificate, when it is not the host of URL

	URL      string   `toml:"url" example:"https://sms.example.org/v1/messages" doc:"Where a message goes, as a template. It must be https, except on this machine itself."`
	Method   string   `toml:"method" default:"POST" oneof:"POST PUT GET" doc:"Method of the request."`
	Headers  []string `toml:"headers" example:"Authorization: Bearer {{.Secret}}" doc:"Headers as \"Name: value\", the values as templates. They can also use the body, to sign it."`
	Body     string   `toml:"body" example:"{\"to\":{{json .To}},\"text\":{{json .Text}}}" doc:"Body of the request, as a template. Empty for GET."`
	BodyType string   `toml:"body_type" default:"json" oneof:"json form other" doc:"What the body is. json and form are tried with a difficult text at the start, and bring their Content-Type."`
	Account  string   `toml:"account" doc:"Account at the provider, for templates: {{.Account}}."`
	Secret   string   `toml:"secret" secret:"true" doc:"Key or password at the provider, for templates: {{.Secret}}."`

	Answer Answer `toml:"answer"`

	PathSecret string `toml:"path_secret" secret:"true" doc:"Last part of the address at which the provider brings receipts and texts: /carriers/NAME/SECRET/receipts, /texts, or /events for both. At least 16 letters and digits. Empty: nothing is taken in."`
	Callback   string `toml:"callback" default:"POST" oneof:"POST GET" doc:"Method with which the provider brings receipts and texts."`
	Reply      string `toml:"reply" doc:"What we answer when all is stored, where the provider wants more than status 200."`
	Country    string `toml:"country" default:"BE" doc:"Country of numbers that come in without country code (ISO 3166)."`

	Proof    Proof    `toml:"check"`
	Receipt  Receipts `toml:"receipts"`
	Incoming Texts    `toml:"texts"`
}

// Answer tells how to read the answer to a message.
type Answer struct {
	IDs   string   `toml:"ids" example:"/messages/*/id" doc:"Where the ids of the message stand: a JSON pointer (\"*\": every element), \"match:\" and a regular expression with a group. Without it a message has no receipts."`
	Code  string   `toml:"code" example:"/error/code" doc:"Where the provider's own code stands, likewise."`
	OK    []string `toml:"ok" example:"0" doc:"Codes that mean taken. When given, status 200 with any other code is not."`
	Codes []string `toml:"codes" example:"21 invalid-address" doc:"What codes mean: \"CODE REASON\", and \"again\" when the same message may succeed later. Reasons: unreachable, throttled, rejected, invalid-address, opted-out, too-long, credentials, other."`
}

// Proof tells how the provider shows that a request is its own.
type Proof struct {
	Kind            string        `toml:"kind" default:"none" oneof:"none hmac-sha256 hmac-sha1 token basic" doc:"How the provider shows that what comes in is from it, beside the secret address."`
	Header          string        `toml:"header" example:"X-Signature" doc:"Header with the signature or token."`
	Query           string        `toml:"query" example:"token" doc:"Field of the query with the token, where it is in no header."`
	Encoding        string        `toml:"encoding" default:"hex" oneof:"hex base64" doc:"How the signature is written."`
	Prefix          string        `toml:"prefix" example:"sha256=" doc:"What stands before the signature."`
	Signed          string        `toml:"signed" default:"{{.Body}}" doc:"What is signed, as a template with .Body and .Timestamp."`
	TimestampHeader string        `toml:"timestamp_header" example:"X-Timestamp" doc:"Header with the time of signing in seconds since 1970. What is older or younger than the window is refused."`
	Window          time.Duration `toml:"window" default:"5m" doc:"How far that time may be from ours."`
	Username        string        `toml:"username" doc:"Account of kind basic."`
	Secret          string        `toml:"secret" secret:"true" doc:"Key, token or password with which the provider shows it."`
}

// Receipts tells how to read receipts. Paths begin at the element, fields and matches at the request.
type Receipts struct {
	List   string   `toml:"list" example:"/receipts" doc:"JSON pointer to the array of receipts. Empty: the body is one, or an array."`
	When   []string `toml:"when" example:"/type receipt" doc:"\"PATH VALUE\": only elements with this value are receipts. Empty: all."`
	ID     string   `toml:"id" example:"/id" doc:"Where the id of the message stands."`
	Part   string   `toml:"part" example:"/part" doc:"Where the number of the part stands (from 1), for providers with one id for all parts and a receipt for each."`
	State  string   `toml:"state" example:"/status" doc:"Where the state stands."`
	States []string `toml:"states" example:"DELIVERED delivered" doc:"What states mean: \"WORD STATE\". States: delivered, failed, expired, intermediate, unknown. A word that is not listed is unknown."`
	Code   string   `toml:"code" example:"/error" doc:"Where the reason of a failure stands."`
	Codes  []string `toml:"codes" example:"1 invalid-address" doc:"What reasons mean, as for answers. A code that is not listed is unreachable."`
	At     string   `toml:"at" example:"/time" doc:"Where the time stands."`
	AtForm string   `toml:"at_form" default:"rfc3339" example:"2006-01-02 15:04:05" doc:"How the time is written: rfc3339, unix, unix-ms, or an example that shows 2 January 2006, 15:04:05."`
	AtZone string   `toml:"at_zone" default:"UTC" example:"Europe/Brussels" doc:"Time zone of times that name none."`
}

// Texts tells how to read what people write.
type Texts struct {
	List   string   `toml:"list" example:"/texts" doc:"JSON pointer to the array of texts. Empty: the body is one, or an array."`
	When   []string `toml:"when" example:"/type text" doc:"\"PATH VALUE\": only elements with this value are texts. Empty: all."`
	From   string   `toml:"from" example:"/from" doc:"Where the number of the writer stands."`
	To     string   `toml:"to" example:"/to" doc:"Where our number stands."`
	Text   string   `toml:"text" example:"/text" doc:"Where the text stands."`
	Group  string   `toml:"group" example:"/udh/ref" doc:"Where the reference that joins parts stands, for providers that do not join long texts."`
	Total  string   `toml:"total" example:"/udh/total" doc:"Where the number of parts stands."`
	Number string   `toml:"number" example:"/udh/number" doc:"Where the number of this part stands, from 1."`
}

// Fill puts the defaults where nothing is said.
func (c *Config) Fill() {
	c.Config.Fill()
	set(&c.Window, 100)
	set(&c.ResponseTimeout, 10*time.Second)
	set(&c.ConnectTimeout, 10*time.Second)
	set(&c.ThrottlePause, time.Second)
	set(&c.Method, http.MethodPost)
	set(&c.BodyType, "json")
	set(&c.Callback, http.MethodPost)
	set(&c.Country, "BE")
	set(&c.Proof.Kind, proofNone)
	set(&c.Proof.Encoding, "hex")
	set(&c.Proof.Signed, "{{.Body}}")
	set(&c.Proof.Window, 5*time.Minute)
	set(&c.Receipt.AtForm, "rfc3339")
	set(&c.Receipt.AtZone, "UTC")
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Check tells everything that is wrong with c, after Fill: templates are tried with a difficult message, paths and tables are read. No value
// stands in the error.
func (c *Config) Check() error {
	_, err := compile(c)
	return errors.Join(c.Config.Check(), err)
}

// String names the carrier and nothing secret.
func (c Config) String() string { return "carrier " + c.Name }

// Format does so for every verb, so that a Config that is printed by accident tells no key.
func (c Config) Format(f fmt.State, _ rune) {
	if _, err := f.Write([]byte(c.String())); err != nil {
		return // fmt has no place for it
	}
}

// LogValue does the same for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// findings collects what is wrong, by the key of the configuration.
type findings []error

func (f *findings) say(bad bool, key, sentence string) {
	if bad {
		*f = append(*f, fmt.Errorf("http.%s: %s", key, sentence))
	}
}

func (f *findings) path(key, s string) path {
	p, err := parsePath(s)
	if err != nil {
		f.say(true, key, err.Error())
	}
	return p
}

// limits checks what is no template, path or table.
func (c *Config) limits(f *findings) {
	if c.Window < 1 || c.Window > 500 {
		*f = append(*f, errors.New("window: must be 1 to 500"))
	}
	if c.MaxPerSecond < 0 {
		*f = append(*f, errors.New("max_per_second: must not be negative"))
	}
	if min(c.ResponseTimeout, c.ConnectTimeout, c.ThrottlePause) < time.Millisecond {
		*f = append(*f, errors.New("response_timeout: a duration is below 1ms"))
	}
	f.say(c.Method == http.MethodGet && c.Body != "", "body", "a GET has none")
	f.say(c.PathSecret != "" && !isPathSecret(c.PathSecret), "path_secret", "must be at least 16 letters and digits")
	f.say(len(c.Country) != 2 || strings.ToUpper(c.Country) != c.Country, "country", "must be two capitals")
}

func isPathSecret(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return false
		}
	}
	return len(s) >= 16 && len(s) <= 200
}

// isSafe tells whether contact data may go to u: over TLS, or to this machine itself.
func isSafe(u *url.URL) bool {
	if u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && address.IsLoopback())
}

// meaning is what a code means for a message.
type meaning struct {
	reason buurtbel.Reason
	again  bool // the same message may succeed later
}

// meanings reads a table of "CODE REASON [again]". Codes are compared without regard to case.
func (f *findings) meanings(key string, lines []string) map[string]meaning {
	table := map[string]meaning{}
	for _, line := range lines {
		words := strings.Fields(line)
		again := len(words) == 3 && words[2] == "again"
		if len(words) < 2 || len(words) > 3 || len(words) == 3 && !again || !isReason(words[1]) {
			f.say(true, key, `must be "CODE REASON" or "CODE REASON again"`)
			continue
		}
		reason := buurtbel.Reason(words[1])
		table[strings.ToLower(words[0])] = meaning{reason, again || reason == buurtbel.Throttled || reason == buurtbel.Credentials}
	}
	return table
}

func isReason(s string) bool {
	for _, r := range []buurtbel.Reason{buurtbel.Unreachable, buurtbel.Throttled, buurtbel.Rejected, buurtbel.InvalidAddress, buurtbel.OptedOut,
		buurtbel.TooLong, buurtbel.Credentials, buurtbel.Other} {
		if s == string(r) {
			return true
		}
	}
	return false
}

// states reads a table of "WORD STATE"; the last word is the state, so that words with spaces can be listed.
func (f *findings) states(key string, lines []string) map[string]channel.ReceiptState {
	table := map[string]channel.ReceiptState{}
	for _, line := range lines {
		i := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		if i < 1 {
			f.say(true, key, `must be "WORD STATE"`)
			continue
		}
		state := channel.ReceiptState(strings.TrimSpace(line)[i+1:])
		switch state {
		case channel.ReceiptDelivered, channel.ReceiptFailed, channel.ReceiptExpired, channel.ReceiptIntermediate, channel.ReceiptUnknown:
			table[strings.ToLower(strings.TrimSpace(strings.TrimSpace(line)[:i]))] = state
		default:
			f.say(true, key, "the state must be delivered, failed, expired, intermediate or unknown")
		}
	}
	return table
}
