package smpp

import (
	"math/big"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// receipt is what was found in a delivery receipt (SMPP 3.4 appendix B, whose text is "vendor specific", and the optional parameters).
type receipt struct {
	textID      string // id: of the text
	paramID     string // receipted_message_id (5.3.2.12)
	stat        string // as written
	state       byte   // message_state (5.3.2.35), 0 when absent
	err         string // err: of the text
	network     []byte // network_error_code (5.3.2.31): type of network and code, 3 octets; nil when absent
	submitted   string // submit date: as written
	done        string // done date: as written
	otherFields int    // of sub, dlvrd, submit date, done date, err
}

// readReceipt tells whether m is a receipt, and reads it. One that does not say so in esm_class must carry receipted_message_id, or an id, a
// known stat and one more field, so that a person who writes "id: my cat" stays a person.
func readReceipt(m *wire.Message, text string) (receipt, bool) {
	r := parseReceipt(text)
	if id, ok := m.TLV(wire.TagReceiptedMessageID); ok {
		r.paramID = strings.Trim(string(id), "\x00 \"'")
	}
	if state, ok := m.TLV(wire.TagMessageState); ok && len(state) == 1 {
		r.state = state[0]
	}
	if code, ok := m.TLV(wire.TagNetworkErrorCode); ok && len(code) == 3 {
		r.network = []byte{code[0], code[1], code[2]}
	}
	_, known := statWords[normalStat(r.stat)]
	said := m.ESMClass&wire.ESMTypeMask == wire.ESMReceipt || m.ESMClass&wire.ESMIntermediate != 0
	looks := r.textID != "" && known && r.otherFields > 0
	return r, said || r.paramID != "" || looks
}

// The fields of a receipt's text.
const (
	fieldID = iota
	fieldSub
	fieldDlvrd
	fieldSubmitted
	fieldDone
	fieldStat
	fieldErr
	fieldText
)

// fieldNames are their spellings, in lower case.
var fieldNames = []struct {
	name  string
	field int
}{
	{"id", fieldID}, {"sub", fieldSub}, {"dlvrd", fieldDlvrd},
	{"submit date", fieldSubmitted}, {"submit_date", fieldSubmitted}, {"submitdate", fieldSubmitted},
	{"done date", fieldDone}, {"done_date", fieldDone}, {"donedate", fieldDone},
	{"stat", fieldStat}, {"err", fieldErr}, {"text", fieldText},
}

// label finds a field's name with its ":" (or "=") at the start of text, in any case.
func label(text string) (field, length int, found bool) {
	for _, f := range fieldNames {
		if len(text) <= len(f.name) || text[0]|0x20 != f.name[0] || !strings.EqualFold(text[:len(f.name)], f.name) {
			continue
		}
		rest := strings.TrimLeft(text[len(f.name):], " ")
		if rest != "" && (rest[0] == ':' || rest[0] == '=') {
			return f.field, len(text) - len(rest) + 1, true
		}
	}
	return 0, 0, false
}

// parseReceipt reads the text of a receipt in any order. What stands after "text:" is the start of the message and is not read, unless
// the id or the state has not come yet.
func parseReceipt(text string) receipt {
	var r receipt
	open, start := -1, 0 // the field whose value is being passed, and where it began
	word := true         // a word may begin here
	for i := 0; i < len(text); i++ {
		if word {
			if field, n, found := label(text[i:]); found {
				r.put(open, text[start:i])
				open, start = field, i+n
				i += n - 1
			}
		}
		if open == fieldText && r.textID != "" && r.stat != "" {
			return r
		}
		word = !isWord(text[i])
	}
	r.put(open, text[start:])
	return r
}

func isWord(o byte) bool {
	return o >= '0' && o <= '9' || o >= 'a' && o <= 'z' || o >= 'A' && o <= 'Z'
}

// put keeps the first value of each field: its first word, without quotes and separators.
func (r *receipt) put(field int, value string) {
	value = strings.Trim(value, " \t\r\n\x00,;|\"'")
	if i := strings.IndexAny(value, " \t\r\n"); i >= 0 {
		value = strings.Trim(value[:i], ",;|\"'")
	}
	switch field {
	case fieldID:
		keep(&r.textID, value)
	case fieldStat:
		keep(&r.stat, value)
	case fieldErr:
		keep(&r.err, value)
	case fieldSubmitted:
		keep(&r.submitted, value)
	case fieldDone:
		keep(&r.done, value)
	}
	if field == fieldSub || field == fieldDlvrd || field == fieldSubmitted || field == fieldDone || field == fieldErr {
		r.otherFields++
	}
}

func keep(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// statWords are the words of appendix B and those that carriers make of them.
var statWords = map[string]channel.ReceiptState{
	"DELIVRD": channel.ReceiptDelivered, "DELIVERED": channel.ReceiptDelivered, "DELIVERD": channel.ReceiptDelivered, "DLVRD": channel.ReceiptDelivered,
	"EXPIRED": channel.ReceiptExpired, "EXPIRD": channel.ReceiptExpired,
	"DELETED": channel.ReceiptFailed, "UNDELIV": channel.ReceiptFailed, "UNDELIVERABLE": channel.ReceiptFailed, "UNDELIVRD": channel.ReceiptFailed,
	"UNDELIVERED": channel.ReceiptFailed, "UNDELIVERD": channel.ReceiptFailed, "UNDLVRD": channel.ReceiptFailed, "FAILED": channel.ReceiptFailed,
	"REJECTD": channel.ReceiptFailed, "REJECTED": channel.ReceiptFailed, "REJECT": channel.ReceiptFailed,
	"ACCEPTD": channel.ReceiptIntermediate, "ACCEPTED": channel.ReceiptIntermediate, "ENROUTE": channel.ReceiptIntermediate,
	"BUFFERED": channel.ReceiptIntermediate, "BUFFRED": channel.ReceiptIntermediate, "BUFFERD": channel.ReceiptIntermediate,
	"SCHEDULED": channel.ReceiptIntermediate, "PENDING": channel.ReceiptIntermediate, "SENT": channel.ReceiptIntermediate, "RETRY": channel.ReceiptIntermediate,
	"UNKNOWN": channel.ReceiptUnknown, "UNKNWN": channel.ReceiptUnknown,
}

// normalStat makes "undeliv_" and "En Route" comparable.
func normalStat(stat string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, stat)
}

// paramStates are the values of message_state, SMPP 3.4 section 5.2.28.
var paramStates = [...]string{1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD"}

// word is the state in the words of appendix B: message_state when it is known, else stat.
func (r *receipt) word() string {
	if int(r.state) < len(paramStates) && r.state > 0 {
		return paramStates[r.state]
	}
	return normalStat(r.stat)
}

func (r *receipt) verdict() (channel.ReceiptState, buurtbel.Reason) {
	word := r.word()
	state, known := statWords[word]
	if !known {
		state = channel.ReceiptUnknown
	}
	if state != channel.ReceiptFailed {
		return state, ""
	}
	if reason, ok := r.networkReason(); ok {
		return state, reason
	}
	if strings.HasPrefix(word, "REJECT") || word == "DELETED" {
		return state, buurtbel.Rejected
	}
	return state, buurtbel.Unreachable
}

// networkReason reads network_error_code when its network is GSM (type 3): MAP user errors of 3GPP TS 29.002 section 17.6.6. The err of the
// text is the carrier's own numbering and is only passed on.
func (r *receipt) networkReason() (buurtbel.Reason, bool) {
	if len(r.network) != 3 || r.network[0] != 3 {
		return "", false
	}
	switch int(r.network[1])<<8 | int(r.network[2]) {
	case 1: // unknown subscriber
		return buurtbel.InvalidAddress, true
	case 9, 11, 12, 13, 21: // illegal subscriber, teleservice not provisioned, illegal equipment, call barred, facility not supported
		return buurtbel.Rejected, true
	case 6, 27, 31, 32: // absent subscriber (SM), absent subscriber, busy, delivery failure
		return buurtbel.Unreachable, true
	}
	return "", false
}

// longestCode is how long a state or an error of a receipt may be.
const longestCode = 16

// code is what the log and the page may show: never more than letters, digits and a few signs.
func (r *receipt) code() string {
	var parts []string
	add := func(name, value string) {
		if value = sms.Code(value, longestCode); value != "" {
			parts = append(parts, name+":"+value)
		}
	}
	if r.stat != "" {
		add("stat", r.stat)
	} else {
		add("state", r.word())
	}
	add("err", r.err)
	if r.network != nil {
		add("network", big.NewInt(int64(r.network[0])).String()+"."+big.NewInt(int64(r.network[1])<<8|int64(r.network[2])).String())
	}
	return strings.Join(parts, " ")
}

// receiptEvent makes the event of a receipt.
func (c *Config) receiptEvent(r receipt) channel.Event {
	e := channel.Event{Kind: channel.Receipt, Carrier: c.Name, Channel: buurtbel.SMS, Ref: c.refOf(&r), Code: r.code()}
	e.State, e.Reason = r.verdict()
	e.At = receiptTime(r.done, c.zone)
	return e
}

// refOf gives the id as Result.Refs has it. receipted_message_id is written like the id in the answer, the text in the carrier's other way.
func (c *Config) refOf(r *receipt) string {
	if r.paramID != "" {
		return canonicalID(r.paramID, c.SubmitIDs)
	}
	return canonicalID(r.textID, c.ReceiptIDs)
}

// submitID gives the id of an answer as Result.Refs has it.
func (s *Session) submitID(id []byte) string { return canonicalID(string(id), s.cfg.SubmitIDs) }

// canonicalID turns a numeric id into decimal without leading zeros. What is no number of that form stays as it came.
func canonicalID(id, form string) string {
	id = sms.Clean(id)
	base := map[string]int{IDHex: 16, IDDecimal: 10}[form]
	if base == 0 || len(id) > 65 {
		return id
	}
	n, ok := new(big.Int).SetString(strings.TrimPrefix(strings.ToLower(id), "0x"), base)
	if !ok || n.Sign() < 0 {
		return id
	}
	return n.String()
}

// receiptTime reads YYMMDDhhmm, YYMMDDhhmmss or YYYYMMDDhhmmss in zone; zero when it is none of these.
func receiptTime(s string, zone *time.Location) time.Time {
	layout := map[int]string{10: "0601021504", 12: "060102150405", 14: "20060102150405"}[len(s)]
	if layout == "" {
		return time.Time{}
	}
	if zone == nil {
		zone = time.UTC
	}
	t, err := time.ParseInLocation(layout, s, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
