// Package addressfile reads files of addresses as a stream: the Belgian BeSt-Address open CSV and the CRAB layout, bare or packed
// (.gz, .tgz, .zip), in UTF-8 or Latin-1. It also holds how house numbers are read and how names are compared.
//
// It keeps one line in memory, whatever the size of the file. A line that cannot be used is counted and, up to a limit, named with its
// file, line, column and reason; it never ends the reading. House numbers are kept as the file writes them, odd ones ("A1", "ZN", "1_1") too.
package addressfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
)

// Layout is a known set of columns.
type Layout string

// The layouts.
const (
	BeSt Layout = "best" // BeSt-Address open CSV of the three regions
	CRAB Layout = "crab" // PKANCODE, COMMUNE_NL, STREET_NL, HUISNR, LAT, LON
)

// Address is one address. Strings may be kept; the struct is reused for the next line.
type Address struct {
	Key          string // stable and unique within its layout: the register's id, or postal code, street and number folded
	Street       string // in the first of Options.Languages that the file has
	StreetNames  Names
	HouseNumber  string
	Box          string
	PostalCode   string
	Municipality string
	TownNames    Names
	PostNames    Names   // of the postal code's own place: often a former municipality
	Lat, Lon     float64 // WGS 84
	Line         int
}

// Names is a name in the register's languages; "" where it has none.
type Names struct{ NL, FR, DE string }

func (n Names) first(languages []buurtbel.Language) string {
	for _, l := range languages {
		switch {
		case l == buurtbel.Dutch && n.NL != "":
			return n.NL
		case l == buurtbel.French && n.FR != "":
			return n.FR
		case l == buurtbel.German && n.DE != "":
			return n.DE
		}
	}
	return ""
}

// Rejected is one line that was not taken.
type Rejected struct {
	File   string // inside a package; "" for a bare file
	Line   int
	Column string // letter; "" for the whole line
	Key    string // sentence key: "address.columns", "address.street", …
}

// Report tells what a reading did.
type Report struct {
	Layout    Layout
	Encoding  string // "utf-8", or "latin-1" once a line was
	Files     int
	Lines     int // without headers and blank lines
	Addresses int // given to each
	Rejected  int
	Reasons   map[string]int // sentence key to number of lines
	First     []Rejected     // the first of each reason, up to Options.Keep of each
}

// Options steers a reading. The zero value is usable.
type Options struct {
	Languages []buurtbel.Language            // for Street and Municipality; nil: nl, fr, de
	Keep      int                            // rejected lines kept per reason; 0: 100
	MaxBytes  int64                          // unpacked; 0: 16 GiB
	Progress  func(done, total int64, n int) // packed bytes read, of total (0: not known), addresses so far
	Size      int64                          // packed bytes, for Progress
}

func (o *Options) fill() {
	if o.Languages == nil {
		o.Languages = []buurtbel.Language{buurtbel.Dutch, buurtbel.French, buurtbel.German}
	}
	if o.Keep <= 0 {
		o.Keep = 100
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 16 << 30
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64, int) {}
	}
}

func fail(reason string, args buurtbel.Args) error {
	return buurtbel.Fail(buurtbel.Invalid, "error.address."+reason, args)
}

const (
	maxLine   = 64 << 10
	maxSeen   = 500_000 // keys remembered to find doubles; a file sorted or split by postal code has fewer
	maxCached = 50_000  // names shared between addresses
)

// stream reads the lines of one or more files of one layout.
type stream struct {
	options Options
	report  *Report
	each    func(*Address) error
	counted *counter

	file    string
	line    int
	layout  layout
	address Address
	fields  [][]byte
	cache   map[string]string
	seen    map[uint64]struct{}
	key     []byte
}

func newStream(o Options, each func(*Address) error) *stream {
	return &stream{options: o, each: each, report: &Report{Reasons: map[string]int{}, Encoding: "utf-8"}, cache: map[string]string{}, seen: map[uint64]struct{}{}}
}

// csv reads one bare file.
func (s *stream) csv(r io.Reader, name string) error {
	lines := bufio.NewReaderSize(r, maxLine)
	s.file, s.line = name, 0
	header, err := s.next(lines)
	if errors.Is(err, io.EOF) {
		return fail("empty", nil)
	}
	if err != nil {
		return err
	}
	if err := s.header(header); err != nil {
		return err
	}
	s.report.Files++
	clear(s.seen)
	for {
		line, err := s.next(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(line) == 0 {
			continue
		}
		if err := s.take(line); err != nil {
			return err
		}
	}
}

// next gives the next line without its end. A line too long comes back cut, with a byte that no layout accepts.
func (s *stream) next(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	s.line++
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxLine {
		line = []byte("\x00")
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
	}
	if err != nil && !(errors.Is(err, io.EOF) && len(line) > 0) {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, broken(err)
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line, nil
}

// broken keeps our own errors and says of others that the file cannot be read to its end.
func broken(err error) error {
	var own *buurtbel.Error
	if errors.As(err, &own) {
		return err
	}
	return buurtbel.FailWith(fmt.Errorf("read addresses: %w", err), buurtbel.Invalid, "error.address.damaged", nil)
}

// take reads one line and gives its address to each.
func (s *stream) take(line []byte) error {
	s.report.Lines++
	if s.report.Lines%10_000 == 0 && s.counted != nil {
		s.options.Progress(s.counted.n, s.options.Size, s.report.Addresses)
	}
	if line[0] == 0 {
		s.reject(-1, "address.line-too-long")
		return nil
	}
	if !utf8.Valid(line) {
		line = latin1(line)
		s.report.Encoding = "latin-1"
	}
	var whole bool
	if s.fields, whole = cut(s.fields[:0], line, s.layout.delimiter); !whole {
		s.reject(-1, "address.quote")
		return nil
	}
	column, reason := s.layout.read(s)
	if reason == "" && s.double() {
		column, reason = -1, "address.double"
	}
	if reason != "" {
		s.reject(column, reason)
		return nil
	}
	s.report.Addresses++
	return s.each(&s.address)
}

func (s *stream) reject(column int, key string) {
	s.report.Rejected++
	s.report.Reasons[key]++
	if s.report.Reasons[key] > s.options.Keep {
		return
	}
	letter := ""
	if column >= 0 {
		letter = string(rune('A' + column))
	}
	s.report.First = append(s.report.First, Rejected{File: s.file, Line: s.line, Column: letter, Key: key})
}

// double tells whether the address stood in this file before. The memory for it is bounded, so that the store's unique key has the last word.
func (s *stream) double() bool {
	if len(s.seen) >= maxSeen {
		clear(s.seen)
	}
	h := hash(s.address.Key)
	if _, ok := s.seen[h]; ok {
		return true
	}
	s.seen[h] = struct{}{}
	return false
}

func hash(key string) uint64 { // FNV-1a, 64 bits
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}

// name shares one string between all addresses of a street or town.
func (s *stream) name(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if shared, ok := s.cache[string(b)]; ok {
		return shared
	}
	if len(s.cache) >= maxCached {
		clear(s.cache)
	}
	own := strings.TrimSpace(string(b))
	s.cache[string(b)] = own
	return own
}

// cut separates the fields of a line. Only a quote at the beginning of a field quotes; one inside a name is a letter. A quoted field ends on
// its own line: addresses hold no line ends. whole is false when it does not.
func cut(fields [][]byte, line []byte, delimiter byte) (_ [][]byte, whole bool) {
	for {
		if len(line) > 0 && line[0] == '"' {
			value, rest, ok := unquote(line[1:], delimiter)
			if !ok {
				return fields, false
			}
			fields = append(fields, value)
			if rest == nil {
				return fields, true
			}
			line = rest
			continue
		}
		end := 0
		for end < len(line) && line[end] != delimiter {
			end++
		}
		fields = append(fields, line[:end])
		if end == len(line) {
			return fields, true
		}
		line = line[end+1:]
	}
}

// unquote reads a quoted field behind its opening quote; rest is nil at the end of the line.
func unquote(line []byte, delimiter byte) (value, rest []byte, ok bool) {
	for i := 0; i < len(line); i++ {
		if line[i] != '"' {
			value = append(value, line[i])
			continue
		}
		switch {
		case i+1 == len(line):
			return value, nil, true
		case line[i+1] == delimiter:
			return value, line[i+2:], true
		case line[i+1] == '"':
			i++
		}
		value = append(value, '"')
	}
	return nil, nil, false
}

// high is Windows-1252 from 0x80 to 0x9f; Latin-1 has no letters there.
var high = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func latin1(line []byte) []byte {
	out := make([]byte, 0, len(line)+8)
	for _, b := range line {
		switch {
		case b < 0x80:
			out = append(out, b)
		case b < 0xa0:
			out = utf8.AppendRune(out, high[b-0x80])
		default:
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

func number(b []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}
