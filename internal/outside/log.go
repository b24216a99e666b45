package outside

import (
	"cmp"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// entry is one accepted submit_sm, 48 bytes.
type entry struct {
	number   uint64
	hash     uint64 // of this part's text
	at       int64  // ns since 1970
	tag      uint32 // index into texts.list; 0: none in this part
	group    uint32 // index into groups; 0: a whole text
	validity uint32 // s; 0: none asked
	from     uint32 // index into texts.list
	ref      uint16
	conn     uint16
	part     uint8
	total    uint8
}

// group is one text of several parts.
type group struct {
	tag   uint32
	left  uint8
	whole uint64   // hash of the whole text, once left is 0
	hash  []uint64 // per part, 0: not seen
	parts []string // nil once left is 0
}

type groupKey struct {
	number uint64
	from   uint32
	ref    uint16
	total  uint8
}

// interned gives small numbers to strings that come back.
type interned struct {
	index map[string]uint32
	list  []string
}

func newInterned() interned { return interned{index: map[string]uint32{"": 0}, list: []string{""}} }

func (t *interned) of(b []byte) uint32 {
	if i, ok := t.index[string(b)]; ok {
		return i
	}
	s := string(b)
	i := uint32(len(t.list))
	t.index[s] = i
	t.list = append(t.list, s)
	return i
}

const chunkSize = 1 << 14

// smsLog is the truth about short messages: every accepted submit_sm in order of arrival. Message ids are never given twice, also after a reset.
type smsLog struct {
	mu     sync.Mutex
	tagRE  *regexp.Regexp
	base   uint64 // message id of the entry before the first
	chunks [][]entry
	n      int
	texts  interned
	groups []group
	keys   map[groupKey]uint32
	file   *logFile // nil without a log file
	line   []byte
}

func newSMSLog(tag *regexp.Regexp, file *logFile) *smsLog {
	l := &smsLog{tagRE: tag, file: file}
	l.clear()
	return l
}

func (l *smsLog) clear() {
	l.base += uint64(l.n)
	l.chunks, l.n = nil, 0
	l.texts, l.groups, l.keys = newInterned(), make([]group, 1), map[groupKey]uint32{}
}

func (l *smsLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
}

// add logs one accepted submit and gives its message id, and the whole text when m completes one ("" and false otherwise).
// text is m's own text as UTF-8.
func (l *smsLog) add(m *submit, text []byte, at int64, conn uint16) (id uint64, whole string, complete bool) {
	e := entry{number: m.number, hash: hashOf(text), at: at, validity: validitySeconds(m.validity, at),
		ref: m.ref, conn: conn, part: m.part, total: m.total}
	tag := findTag(l.tagRE, text)
	l.mu.Lock()
	defer l.mu.Unlock()
	e.from = l.texts.of(m.src)
	if tag != nil {
		e.tag = l.texts.of(tag)
	}
	if m.total > 1 {
		whole, complete = l.join(&e, text)
	}
	if l.n%chunkSize == 0 {
		l.chunks = append(l.chunks, make([]entry, 0, chunkSize))
	}
	last := &l.chunks[l.n/chunkSize]
	*last = append(*last, e)
	l.n++
	if l.file != nil {
		l.line = l.appendJSON(l.line[:0], &e, l.base+uint64(l.n))
		l.file.add(l.line)
	}
	return l.base + uint64(l.n), whole, complete
}

// join puts e into its group. A part that was there already with the same text is a double of that group; with another text the carrier's
// reference has come round and a new text begins.
func (l *smsLog) join(e *entry, text []byte) (whole string, complete bool) {
	key := groupKey{e.number, e.from, e.ref, e.total}
	i, ok := l.keys[key]
	if !ok || (l.groups[i].hash[e.part-1] != 0 && l.groups[i].hash[e.part-1] != e.hash) {
		i = uint32(len(l.groups))
		l.groups = append(l.groups, group{left: e.total, hash: make([]uint64, e.total), parts: make([]string, e.total)})
		l.keys[key] = i
	}
	e.group = i
	g := &l.groups[i]
	if e.tag != 0 {
		g.tag = e.tag
	}
	if g.hash[e.part-1] != 0 {
		return "", false
	}
	g.hash[e.part-1] = e.hash
	g.parts[e.part-1] = string(text)
	if g.left--; g.left > 0 {
		return "", false
	}
	for _, p := range g.parts {
		whole += p
	}
	g.parts, g.whole = nil, Hash(whole)
	if tag := findTag(l.tagRE, []byte(whole)); tag != nil {
		g.tag = l.texts.of(tag)
	}
	return whole, true
}

// findTag gives the first group of the pattern, or the whole match when it has none.
func findTag(re *regexp.Regexp, text []byte) []byte {
	if re == nil {
		return nil
	}
	at := re.FindSubmatchIndex(text)
	switch {
	case at == nil:
		return nil
	case len(at) >= 4 && at[2] >= 0:
		return text[at[2]:at[3]]
	default:
		return text[at[0]:at[1]]
	}
}

func (l *smsLog) at(i int) *entry { return &l.chunks[i/chunkSize][i%chunkSize] }

func (l *smsLog) tagOf(e *entry) uint32 {
	if e.tag == 0 && e.group != 0 {
		return l.groups[e.group].tag
	}
	return e.tag
}

// wholeOf is the hash of the whole text, or 0 while parts are missing.
func (l *smsLog) wholeOf(e *entry) uint64 {
	if e.group == 0 {
		return e.hash
	}
	return l.groups[e.group].whole
}

// appendJSON writes one line of GET /log: see the type Entry.
func (l *smsLog) appendJSON(b []byte, e *entry, id uint64) []byte {
	b = append(b, `{"id":"`...)
	b = strconv.AppendUint(b, id, 10)
	b = append(b, `","number":"`...)
	b = appendNumber(b, e.number)
	b = append(b, `","from":`...)
	b = appendQuoted(b, l.texts.list[e.from])
	b = append(b, `,"tag":`...)
	b = appendQuoted(b, l.texts.list[l.tagOf(e)])
	b = append(b, `,"hash":"`...)
	b = strconv.AppendUint(b, e.hash, 16)
	b = append(b, `","whole":"`...)
	b = strconv.AppendUint(b, l.wholeOf(e), 16)
	for _, f := range [...]struct {
		name  string
		value uint64
	}{{`","ref":`, uint64(e.ref)}, {`,"part":`, uint64(e.part)}, {`,"total":`, uint64(e.total)},
		{`,"validity_s":`, uint64(e.validity)}, {`,"conn":`, uint64(e.conn)}, {`,"at_ns":`, uint64(e.at)}} {
		b = append(b, f.name...)
		b = strconv.AppendUint(b, f.value, 10)
	}
	return append(b, "}\n"...)
}

// appendQuoted writes a JSON string; what comes from outside may hold any octet.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot happen for a string
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// write streams the log as NDJSON, a chunk at a time so that submits go on meanwhile. tag "" means all.
func (l *smsLog) write(w io.Writer, tag string) error {
	var b []byte
	for i := 0; ; {
		l.mu.Lock()
		b = b[:0]
		stop := min(i+chunkSize, l.n)
		done := i >= stop
		for ; i < stop; i++ {
			if e := l.at(i); tag == "" || l.texts.list[l.tagOf(e)] == tag {
				b = l.appendJSON(b, e, l.base+uint64(i)+1)
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

// doubleKey is what makes two entries the same part of the same text for the same person: the tag, or the text where there is no tag.
type doubleKey struct {
	number, text uint64
	part         uint8
}

func (k doubleKey) compare(o doubleKey) int {
	return cmp.Or(cmp.Compare(k.number, o.number), cmp.Compare(k.text, o.text), cmp.Compare(k.part, o.part))
}

func (l *smsLog) keyOf(e *entry) doubleKey {
	k := doubleKey{number: e.number, part: e.part}
	if tag := l.tagOf(e); tag != 0 {
		k.text = uint64(tag)
	} else {
		k.text = cmp.Or(l.wholeOf(e), e.hash) | 1<<63
	}
	return k
}

// summary counts the entries with the tag ("" means all).
func (l *smsLog) summary(tag string) Summary {
	l.mu.Lock()
	defer l.mu.Unlock()
	var picked []uint32
	sum := Summary{Tag: tag, Doubled: []Doubled{}}
	for i := range l.n {
		e := l.at(i)
		if tag != "" && l.texts.list[l.tagOf(e)] != tag {
			continue
		}
		picked = append(picked, uint32(i))
		if sum.First == 0 {
			sum.First = e.at
		}
		sum.Last = max(sum.Last, e.at)
	}
	sum.Count = len(picked)
	slices.SortFunc(picked, func(a, b uint32) int { return l.keyOf(l.at(int(a))).compare(l.keyOf(l.at(int(b)))) })
	l.countSorted(&sum, picked)
	return sum
}

func (l *smsLog) countSorted(sum *Summary, picked []uint32) {
	var last doubleKey
	times := 0
	for i, index := range picked {
		e := l.at(int(index))
		k := l.keyOf(e)
		if i == 0 || k.number != last.number {
			sum.Numbers++
		}
		if i == 0 || k != last {
			if i == 0 || k.number != last.number || k.text != last.text {
				sum.Messages++
			}
			times = 0
		}
		last = k
		times++
		if l.wholeOf(e) == 0 {
			sum.Incomplete++
		}
		if times == 2 {
			sum.Doubled = append(sum.Doubled, Doubled{Number: formatNumber(e.number), Tag: l.texts.list[l.tagOf(e)], Part: int(e.part)})
		}
		if times >= 2 {
			sum.Doubled[len(sum.Doubled)-1].Times = times
		}
	}
}
