package outside

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault is how the outside world misbehaves, as JSON at /fault. The zero value of each field is good behaviour; what is left out of a POST stays
// as it is. DELETE /fault goes back to how the program was started. Times are milliseconds.
type Fault struct {
	// Of the SMSC.
	RefuseBinds     uint32 `json:"refuse_binds"`     // command_status for every bind, such as 13 (bind failed) or 14 (password)
	ThrottleEvery   int    `json:"throttle_every"`   // one of so many submit_sm is throttled
	ThrottleFor     int    `json:"throttle_for_ms"`  // all are, from now on for so long; -1 ends it
	ThrottleStatus  uint32 `json:"throttle_status"`  // 0 means 88 (throttled); 20 is "queue full"
	DropAfter       int    `json:"drop_after"`       // close the connection at this submit_sm, counted from now; it is taken but not answered
	Silent          string `json:"silent"`           // "taken": submits are taken, not answered; "lost": neither; "deaf": nothing is read, enquire_link neither
	SilentFor       int    `json:"silent_for_ms"`    // ends Silent after so long; 0: until changed
	AnswerAfter     int    `json:"answer_after_ms"`  // delay of each submit_sm_resp
	Receipts        string `json:"receipts"`         // "": when asked for; "off": never; "first": before the submit_sm_resp; "twice": each comes doubled
	ReceiptAfter    int    `json:"receipt_after_ms"` // shortest delay of a receipt
	ReceiptSpread   int    `json:"receipt_spread_ms"`
	UnknownEvery    int    `json:"unknown_every"` // with one of so many receipts comes another for an id that was never given
	FailedPermille  int    `json:"failed_permille"`
	ExpiredPermille int    `json:"expired_permille"`
	IDs             string `json:"ids"`   // "": decimal; "hex"; "hex-decimal": hexadecimal in the answer, decimal in the receipt, as real carriers do
	Rules           []Rule `json:"rules"` // the first that matches the number decides, before the shares

	// Of the carrier of calls.
	CallsSilentFor int        `json:"calls_silent_for_ms"` // nothing is read, from now on for so long; -1 ends it
	CallsRefuse    int        `json:"calls_refuse"`        // SIP status for every call, such as 503
	CallRules      []CallRule `json:"call_rules"`          // the first that matches the number decides

	// Of the mail server.
	MailTempFor   int        `json:"mail_451_for_ms"` // every MAIL FROM gets 451, from now on for so long; -1 ends it
	MailDropEvery int        `json:"mail_drop_every"` // the connection closes in the middle of one of so many DATA
	MailDelay     int        `json:"mail_delay_ms"`   // before the answer to each DATA
	MailRules     []MailRule `json:"mail_rules"`      // the first that matches the recipient decides
}

// Rule is what happens to texts to some numbers. Prefix and Suffix are digits without "+"; an empty one matches all.
type Rule struct {
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Status uint32 `json:"status,omitempty"` // refuses the submit_sm with this command_status, such as 11
	State  string `json:"state,omitempty"`  // of the receipt: DELIVRD, EXPIRED, DELETED, UNDELIV, ACCEPTD, UNKNOWN, REJECTD; "NONE": no receipt
	Err    string `json:"err,omitempty"`    // three characters, such as "027"
}

// MailRule is what happens to mails to some recipients; Match is a part of the address in lower case.
type MailRule struct {
	Match string `json:"match"`
	Code  int    `json:"code"` // 4xx or 5xx
	Text  string `json:"text"` // with its enhanced status code, such as "5.1.1 no such mailbox"
	Data  bool   `json:"data"` // at the end of DATA instead of RCPT
}

// faults is the Fault in force with what its "from now on" means.
type faults struct {
	Fault
	throttleUntil, silentUntil, mailTempUntil, callsUntil int64 // ns since 1970
	submits, receipts, datas                              *atomic.Int64
	dropAt                                                int64
	quiet                                                 bool // nothing of the SMSC's hot path is asked for
}

// misbehaviour holds the faults in force; readers take them without a lock.
type misbehaviour struct {
	mu      sync.Mutex
	initial Fault
	now     atomic.Pointer[faults]
}

func newMisbehaviour(initial Fault) *misbehaviour {
	b := &misbehaviour{initial: initial}
	b.set(initial, time.Now())
	return b
}

// set puts f in force. Fields that count "from now on" are used up: reading them back gives 0.
func (b *misbehaviour) set(f Fault, now time.Time) {
	until := func(ms int) int64 { return now.Add(time.Duration(ms) * time.Millisecond).UnixNano() }
	n := &faults{submits: new(atomic.Int64), receipts: new(atomic.Int64), datas: new(atomic.Int64)}
	if old := b.now.Load(); old != nil {
		n.throttleUntil, n.mailTempUntil, n.silentUntil, n.callsUntil = old.throttleUntil, old.mailTempUntil, old.silentUntil, old.callsUntil
	}
	if f.CallsSilentFor != 0 {
		n.callsUntil = until(f.CallsSilentFor)
	}
	if f.ThrottleFor != 0 {
		n.throttleUntil = until(f.ThrottleFor)
	}
	if f.MailTempFor != 0 {
		n.mailTempUntil = until(f.MailTempFor)
	}
	switch {
	case f.SilentFor != 0:
		n.silentUntil = until(f.SilentFor)
	case b.now.Load() == nil || b.now.Load().Silent != f.Silent:
		n.silentUntil = 0
	}
	n.dropAt = int64(f.DropAfter)
	f.ThrottleFor, f.MailTempFor, f.SilentFor, f.DropAfter, f.CallsSilentFor = 0, 0, 0, 0, 0
	n.Fault = f
	n.quiet = f.ThrottleEvery == 0 && n.throttleUntil < now.UnixNano() && n.dropAt == 0 && f.Silent == "" && f.AnswerAfter == 0 && len(f.Rules) == 0
	b.now.Store(n)
}

// change applies edit to a copy of the faults in force; an error of edit changes nothing.
func (b *misbehaviour) change(edit func(*Fault) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.now.Load().Fault
	if err := edit(&f); err != nil {
		return err
	}
	b.set(f, time.Now())
	return nil
}

func (b *misbehaviour) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now.Store(nil)
	b.set(b.initial, time.Now())
}

// fate is what the faults make of one submit_sm.
type fate struct {
	refuse uint32 // command_status; 0: taken
	mute   bool   // no answer
	lost   bool   // not taken
	drop   bool   // close the connection
}

// submit decides over one submit_sm that arrived at (ns since 1970).
func (f *faults) submit(number uint64, at int64) fate {
	if f.quiet {
		return fate{}
	}
	n := f.submits.Add(1)
	if f.dropAt > 0 && n == f.dropAt {
		return fate{mute: true, drop: true}
	}
	if at < f.throttleUntil || f.ThrottleEvery > 0 && n%int64(f.ThrottleEvery) == 0 {
		return fate{refuse: cmp.Or(f.ThrottleStatus, statusThrottled)}
	}
	if r := f.rule(number); r != nil && r.Status != 0 {
		return fate{refuse: r.Status}
	}
	if f.silent(at) {
		return fate{mute: true, lost: f.Silent == "lost"}
	}
	return fate{}
}

func (f *faults) silent(at int64) bool {
	return f.Silent != "" && (f.silentUntil == 0 || at < f.silentUntil)
}

// callsSilent tells whether the carrier of calls reads nothing at (ns since 1970).
func (f *faults) callsSilent(at int64) bool { return at < f.callsUntil }

// rule is the first rule that matches the number, or nil.
func (f *faults) rule(number uint64) *Rule {
	if len(f.Rules) == 0 {
		return nil
	}
	digits := strconv.FormatUint(number, 10)
	for i := range f.Rules {
		if r := &f.Rules[i]; strings.HasPrefix(digits, r.Prefix) && strings.HasSuffix(digits, r.Suffix) {
			return r
		}
	}
	return nil
}

// outcome is what the receipt for the number will say. The shares fall by number, so that the same telephone always has the same luck.
func (f *faults) outcome(number uint64) (state, code string) {
	if r := f.rule(number); r != nil && r.State != "" {
		return r.State, r.Err
	}
	luck := int(mix(number) % 1000)
	switch {
	case luck < f.FailedPermille:
		return "UNDELIV", "027"
	case luck < f.FailedPermille+f.ExpiredPermille:
		return "EXPIRED", "000"
	}
	return "DELIVRD", "000"
}

// receiptDelay is how long after at the receipt for id comes: the shortest delay, and an exponential tail of at most five times the spread.
func (f *faults) receiptDelay(id uint64) time.Duration {
	d := time.Duration(f.ReceiptAfter) * time.Millisecond
	if f.ReceiptSpread > 0 {
		tail := min(5, -math.Log(1-float64(mix(id)>>11)/(1<<53)))
		d += time.Duration(tail * float64(f.ReceiptSpread) * float64(time.Millisecond))
	}
	return d
}

// mail is the first rule that matches the recipient, or nil.
func (f *faults) mail(recipient string) *MailRule {
	for i := range f.MailRules {
		if strings.Contains(strings.ToLower(recipient), f.MailRules[i].Match) {
			return &f.MailRules[i]
		}
	}
	return nil
}

// mix spreads the bits of v (the finisher of SplitMix64).
func mix(v uint64) uint64 {
	v += 0x9E3779B97F4A7C15
	v = (v ^ v>>30) * 0xBF58476D1CE4E5B9
	v = (v ^ v>>27) * 0x94D049BB133111EB
	return v ^ v>>31
}
