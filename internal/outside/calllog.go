package outside

import (
	"encoding/json"
	"io"
	"strconv"
	"sync"
)

// States of a call, and what became of it.
const (
	Ringing     = "ringing"
	Talking     = "answered"
	Ended       = "ended"
	Person      = "person"      // somebody answered
	Machine     = "machine"     // a voicemail answered
	Nobody      = "nobody"      // it rang until the caller gave up
	Busy        = "busy"        // the line was in use
	Refused     = "rejected"    // refused at the telephone
	Unknown     = "unknown"     // there is no such number
	Unavailable = "unavailable" // the carrier has no way to the telephone, or refuses every call
)

// CallEntry is one line of GET /log/calls: one call that the carrier was asked for, or that a telephone made.
type CallEntry struct {
	ID       string `json:"id"` // counts from 1
	Number   string `json:"number"`
	Peer     string `json:"peer"`   // the number that the telephone showed, or that it called
	Back     bool   `json:"back"`   // the telephone called
	Habit    string `json:"habit"`  // what this telephone does by itself: a name of habits.go
	State    string `json:"state"`  // ringing, answered, ended
	Did      string `json:"did"`    // person, machine, nobody, busy, rejected, unknown, unavailable; "" while it rings
	Rang     bool   `json:"rang"`   // the telephone was heard
	Keys     string `json:"keys"`   // pressed at the telephone, in order
	ByHand   bool   `json:"hand"`   // a visitor of the page took over
	Left     bool   `json:"left"`   // the telephone ended the call
	Sound    int64  `json:"sound"`  // what can be listened to, in ms; 0: nothing
	Spoken   int64  `json:"spoken"` // of it, how long the other side was not silent, in ms
	At       int64  `json:"at_ns"`  // ns since 1970, when the carrier was asked
	Answered int64  `json:"answered_ns"`
	Ended    int64  `json:"ended_ns"`
}

// callLog is the truth about calls: every INVITE that was read, in order, before it was answered. It owns its entries.
type callLog struct {
	phones *phones  // nil in bench mode
	file   *logFile // nil without a log file: gets a line when a call begins and one when it ends

	mu    sync.Mutex
	next  int
	list  []*CallEntry
	tries map[string]int // calls to each number so far
}

func newCallLog(phones *phones, file *logFile) *callLog {
	return &callLog{phones: phones, file: file, tries: map[string]int{}}
}

// begin logs a call and tells how many there were to that number before.
func (l *callLog) begin(e CallEntry) (entry *CallEntry, before int) {
	l.mu.Lock()
	l.next++
	e.ID = strconv.Itoa(l.next)
	if !e.Back {
		before = l.tries[e.Number]
		l.tries[e.Number]++
	}
	l.list = append(l.list, &e)
	l.write1(e)
	l.mu.Unlock()
	l.show(e)
	return &e, before
}

// change edits an entry.
func (l *callLog) change(e *CallEntry, edit func(*CallEntry)) {
	l.mu.Lock()
	edit(e)
	now := *e
	if now.State == Ended {
		l.write1(now)
	}
	l.mu.Unlock()
	l.show(now)
}

func (l *callLog) look(e *CallEntry) CallEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *e
}

func (l *callLog) show(e CallEntry) {
	if l.phones != nil {
		l.phones.called(e)
	}
}

func (l *callLog) write1(e CallEntry) {
	if l.file == nil {
		return
	}
	if b, err := json.Marshal(e); err == nil { // plain values: always
		l.file.add(append(b, '\n'))
	}
}

func (l *callLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.tries = nil, map[string]int{}
}

// write streams the log as NDJSON; tag must be "": calls carry none.
func (l *callLog) write(w io.Writer, tag string) error {
	l.mu.Lock()
	list := make([]CallEntry, 0, len(l.list))
	for _, e := range l.list {
		if tag == "" {
			list = append(list, *e)
		}
	}
	l.mu.Unlock()
	out := json.NewEncoder(w)
	for i := range list {
		if err := out.Encode(&list[i]); err != nil {
			return err
		}
	}
	return nil
}
