package addressfile

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// ReadFile reads the file at name: .csv, .csv.gz, .tgz or .zip, told apart by content. See Read.
func ReadFile(name string, o Options, each func(*Address) error) (*Report, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open addresses: %w", err)
	}
	info, err := file.Stat()
	if err == nil {
		o.Size = info.Size()
		var report *Report
		report, err = readFile(file, o, each)
		return report, errors.Join(err, file.Close())
	}
	return nil, errors.Join(fmt.Errorf("open addresses: %w", err), file.Close())
}

func readFile(file *os.File, o Options, each func(*Address) error) (*Report, error) {
	var head [4]byte
	if _, err := file.ReadAt(head[:], 0); err == nil && string(head[:]) == "PK\x03\x04" {
		o.fill()
		return readZip(file, o, each)
	}
	return Read(file, o, each)
}

// Read reads addresses from r and gives each to each, in the order of the file. An error of each ends the reading and comes back as it is.
// r may be a bare CSV, gzipped, or a gzipped tar of CSVs; a zip needs ReadFile.
//
// Errors: error.address.empty, .layout, .damaged, .too-big (Args GB), .zip. The report is never nil when some lines were read.
func Read(r io.Reader, o Options, each func(*Address) error) (*Report, error) {
	o.fill()
	s := newStream(o, each)
	s.counted = &counter{r: r}
	b := bufio.NewReaderSize(s.counted, 256<<10)
	err := s.unpack(b)
	o.Progress(s.counted.n, o.Size, s.report.Addresses)
	if err == nil && s.report.Files == 0 {
		err = fail("empty", nil)
	}
	return s.report, err
}

func (s *stream) unpack(b *bufio.Reader) error {
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return broken(err)
	}
	switch {
	case len(head) == 0:
		return fail("empty", nil)
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return fail("zip", nil)
	case !strings.HasPrefix(string(head), "\x1f\x8b"):
		return s.tarOrCSV(b)
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return broken(err)
	}
	return s.tarOrCSV(bufio.NewReaderSize(&bounded{r: z, left: s.options.MaxBytes, max: s.options.MaxBytes}, 256<<10))
}

// tarOrCSV looks for the mark of a tar (POSIX ustar, offset 257).
func (s *stream) tarOrCSV(b *bufio.Reader) error {
	head, err := b.Peek(262)
	if err != nil && !errors.Is(err, io.EOF) {
		return broken(err)
	}
	if len(head) < 262 || string(head[257:]) != "ustar" {
		return s.csv(b, "")
	}
	t := tar.NewReader(b)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if h.Typeflag != tar.TypeReg || !wanted(h.Name) || h.Size == 0 {
			continue
		}
		if err := s.csv(t, path.Base(h.Name)); err != nil {
			return err
		}
	}
}

func wanted(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(strings.ToLower(base), ".csv") && !strings.HasPrefix(base, ".")
}

func readZip(file *os.File, o Options, each func(*Address) error) (*Report, error) {
	s := newStream(o, each)
	archive, err := zip.NewReader(file, o.Size)
	if err != nil {
		return s.report, broken(err)
	}
	s.counted = &counter{}
	left := o.MaxBytes
	for _, f := range archive.File {
		if !wanted(f.Name) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return s.report, broken(err)
		}
		limit := &bounded{r: r, left: left, max: o.MaxBytes}
		err = errors.Join(s.csv(limit, path.Base(f.Name)), r.Close())
		if left = limit.left; err != nil {
			return s.report, err
		}
		s.counted.n += int64(f.CompressedSize64)
	}
	o.Progress(s.counted.n, o.Size, s.report.Addresses)
	if s.report.Files == 0 {
		return s.report, fail("empty", nil)
	}
	return s.report, nil
}

// counter counts what was read, for Progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded ends a file that unpacks to more than it may.
type bounded struct {
	r         io.Reader
	left, max int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fail("too-big", map[string]any{"GB": b.max >> 30})
	}
	return n, err
}
