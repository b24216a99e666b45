package smpp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
)

// How a text of several parts travels.
const (
	LongUDH     = "udh"     // one submit_sm a part, with a user data header
	LongPayload = "payload" // one submit_sm with message_payload; the carrier cuts it
)

// How a carrier writes message ids. Many write them in hexadecimal in submit_sm_resp and in decimal in receipts.
const (
	IDText    = "text" // as it comes
	IDHex     = "hex"
	IDDecimal = "decimal"
)

// Config is one account at one carrier. Durations are written as "10s".
type Config struct {
	sms.Config

	Address    string `toml:"address"`     // host:port of the carrier
	SystemID   string `toml:"system_id"`   // account; at most 15 characters (SMPP 5.2.1)
	Password   string `toml:"password"`    // at most 8 characters by the standard, carriers take more; never logged
	SystemType string `toml:"system_type"` // usually empty; at most 12 characters

	TLS           bool   `toml:"tls"`             // TLS 1.2 or later
	TLSCA         string `toml:"tls_ca"`          // file with the certificates that may sign the carrier's; the system's when empty
	TLSServerName string `toml:"tls_server_name"` // name in the carrier's certificate, when it is not the host of Address

	Window          int           `toml:"window"`           // submit_sm without answer at any moment: 1 to 500, 100 when 0
	MaxPerSecond    int           `toml:"max_per_second"`   // parts a second that the contract allows, 0 for no limit; up to a twentieth of it goes at once
	EnquireInterval time.Duration `toml:"enquire_interval"` // between two enquire_link; 30s when 0
	ResponseTimeout time.Duration `toml:"response_timeout"` // for every answer of the carrier, then a message is uncertain; 10s when 0
	ConnectTimeout  time.Duration `toml:"connect_timeout"`  // for connection, TLS and bind together; 10s when 0
	ThrottlePause   time.Duration `toml:"throttle_pause"`   // how long nothing is sent after the carrier says "too fast"; 1s when 0

	Receipts      bool   `toml:"receipts"`       // ask for a receipt of every part
	Long          string `toml:"long"`           // "udh" (default) or "payload"
	SubmitIDs     string `toml:"submit_ids"`     // how message ids in answers are written: "text" (default), "hex" or "decimal"
	ReceiptIDs    string `toml:"receipt_ids"`    // likewise in receipts. With hex or decimal both are turned into decimal, so that they meet
	ReceiptZone   string `toml:"receipt_zone"`   // time zone of the dates in receipts, such as "Europe/Brussels"; "UTC" when empty
	FlatPriority  bool   `toml:"flat_priority"`  // send priority_flag 0 always, for carriers that refuse others
	EventsWaiting int    `toml:"events_waiting"` // receipts and texts that may wait to be stored; beyond it the carrier is asked to come again. 10000 when 0

	SourceTON *uint8 `toml:"source_ton"` // type of number of Sender (5.2.5), when the carrier wants another than follows from its form
	SourceNPI *uint8 `toml:"source_npi"` // numbering plan of Sender (5.2.6), likewise

	zone *time.Location
}

// Fill puts the defaults where nothing is said.
func (c *Config) Fill() {
	c.Config.Fill()
	set(&c.Window, 100)
	set(&c.EnquireInterval, 30*time.Second)
	set(&c.ResponseTimeout, 10*time.Second)
	set(&c.ConnectTimeout, 10*time.Second)
	set(&c.ThrottlePause, time.Second)
	set(&c.EventsWaiting, 10_000)
	set(&c.Long, LongUDH)
	set(&c.SubmitIDs, IDText)
	set(&c.ReceiptIDs, IDText)
	set(&c.ReceiptZone, "UTC")
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Check tells everything that is wrong with c, after Fill. No value of a secret stands in the error.
func (c *Config) Check() error {
	wrong := []error{c.Config.Check()}
	say := func(bad bool, sentence string) {
		if bad {
			wrong = append(wrong, errors.New(sentence))
		}
	}
	say(c.Address == "", "address: is missing; write host:port")
	say(c.SystemID == "" || len(c.SystemID) > 15, "system_id: must be 1 to 15 characters")
	say(len(c.Password) > 64, "password: is longer than 64 characters")
	say(len(c.SystemType) > 12, "system_type: is longer than 12 characters")
	say(c.Window < 1 || c.Window > 500, "window: must be 1 to 500")
	say(c.Long == LongUDH && c.Window < c.MaxParts, "window: must be at least max_parts_per_message")
	say(c.MaxPerSecond < 0, "max_per_second: must not be negative")
	say(min(c.EnquireInterval, c.ResponseTimeout, c.ConnectTimeout, c.ThrottlePause) < time.Millisecond, "a duration is below 1ms")
	say(c.Long != LongUDH && c.Long != LongPayload, `long: must be "udh" or "payload"`)
	say(!isIDForm(c.SubmitIDs) || !isIDForm(c.ReceiptIDs), `submit_ids, receipt_ids: must be "text", "hex" or "decimal"`)
	say(c.EventsWaiting < 1, "events_waiting: must be at least 1")
	if _, err := time.LoadLocation(c.ReceiptZone); err != nil {
		wrong = append(wrong, fmt.Errorf("receipt_zone: %w", err))
	}
	return errors.Join(wrong...)
}

func isIDForm(s string) bool { return s == IDText || s == IDHex || s == IDDecimal }

// String names the carrier and nothing secret, so that a Config that is printed by accident tells no password.
func (c Config) String() string { return "carrier " + c.Name + " at " + c.Address }

// LogValue does the same for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// tlsConfig makes the TLS settings, nil without TLS.
func (c *Config) tlsConfig() (*tls.Config, error) {
	if !c.TLS {
		return nil, nil
	}
	return channel.TLS(c.TLSCA, c.TLSServerName)
}
