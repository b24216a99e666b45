package outside

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// mailEntry is one accepted recipient of one mail.
type mailEntry struct {
	to, messageID string
	subject, tag  uint32 // index into texts.list
	size          uint32
	with          uint16 // other recipients in the same envelope
	conn          uint16
	at            int64 // ns since 1970, when the end of DATA was read
}

// mailLog is the truth about mails.
type mailLog struct {
	mu    sync.Mutex
	tagRE *regexp.Regexp
	list  []mailEntry
	texts interned
	file  *logFile // nil without a log file
}

func newMailLog(tag *regexp.Regexp, file *logFile) *mailLog {
	return &mailLog{tagRE: tag, texts: newInterned(), file: file}
}

// add logs one mail for all its accepted recipients and gives its place.
func (l *mailLog) add(to []string, messageID string, subject, start []byte, size int, conn uint16, at int64) int {
	tag := findTag(l.tagRE, subject)
	if tag == nil {
		tag = findTag(l.tagRE, start)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e := mailEntry{messageID: messageID, subject: l.texts.of(subject), tag: l.texts.of(tag), size: uint32(size),
		with: uint16(len(to) - 1), conn: conn, at: at}
	for _, e.to = range to {
		l.list = append(l.list, e)
		if l.file != nil {
			l.file.add(l.appendJSON(nil, &e))
		}
	}
	return len(l.list)
}

func (l *mailLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.texts = nil, newInterned()
}

// appendJSON writes one line of GET /log/mails: see the type MailEntry.
func (l *mailLog) appendJSON(b []byte, e *mailEntry) []byte {
	b = appendQuoted(append(b, `{"to":`...), e.to)
	b = appendQuoted(append(b, `,"message_id":`...), e.messageID)
	b = appendQuoted(append(b, `,"subject":`...), l.texts.list[e.subject])
	b = appendQuoted(append(b, `,"tag":`...), l.texts.list[e.tag])
	b = strconv.AppendUint(append(b, `,"size":`...), uint64(e.size), 10)
	b = strconv.AppendUint(append(b, `,"with":`...), uint64(e.with), 10)
	b = strconv.AppendUint(append(b, `,"conn":`...), uint64(e.conn), 10)
	b = strconv.AppendInt(append(b, `,"at_ns":`...), e.at, 10)
	return append(b, "}\n"...)
}

func (l *mailLog) write(w io.Writer, tag string) error {
	for i := 0; ; {
		l.mu.Lock()
		stop := min(i+chunkSize, len(l.list))
		done := i >= stop
		var b []byte
		for ; i < stop; i++ {
			if e := &l.list[i]; tag == "" || l.texts.list[e.tag] == tag {
				b = l.appendJSON(b, e)
			}
		}
		l.mu.Unlock()
		if done {
			return nil
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
}

// summary counts the mails with the tag ("" means all). Doubled: the same recipient and Message-ID more than once.
func (l *mailLog) summary(tag string) Summary {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := Summary{Tag: tag, Doubled: []Doubled{}}
	var picked []*mailEntry
	for i := range l.list {
		e := &l.list[i]
		if tag != "" && l.texts.list[e.tag] != tag {
			continue
		}
		picked = append(picked, e)
		if sum.First == 0 {
			sum.First = e.at
		}
		sum.Last = max(sum.Last, e.at)
	}
	sum.Count = len(picked)
	slices.SortFunc(picked, func(a, b *mailEntry) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.messageID, b.messageID))
	})
	for i, e := range picked {
		if i == 0 || picked[i-1].to != e.to {
			sum.Numbers++
		}
		if i == 0 || picked[i-1].to != e.to || picked[i-1].messageID != e.messageID {
			sum.Messages++
			continue
		}
		if n := len(sum.Doubled); n > 0 && sum.Doubled[n-1].Number == e.to && sum.Doubled[n-1].MessageID == e.messageID {
			sum.Doubled[n-1].Times++
			continue
		}
		sum.Doubled = append(sum.Doubled, Doubled{Number: e.to, MessageID: e.messageID, Tag: l.texts.list[e.tag], Part: 1, Times: 2})
	}
	return sum
}

// fromJSON reads an NDJSON stream of T, calling each for every line.
func fromJSON[T any](r io.Reader, each func(T) error) error {
	d := json.NewDecoder(bufio.NewReaderSize(r, 256<<10))
	for d.More() {
		var v T
		if err := d.Decode(&v); err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if err := each(v); err != nil {
			return err
		}
	}
	return nil
}
