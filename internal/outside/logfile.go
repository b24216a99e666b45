package outside

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sync"
)

// logFile takes whole lines from both logs. A full disk does not stop the outside world: close gives the first error. A nil logFile takes nothing.
type logFile struct {
	mu   sync.Mutex
	file *os.File
	out  *bufio.Writer
	err  error
}

func openLogFile(path string) (*logFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return &logFile{file: f, out: bufio.NewWriterSize(f, 256<<10)}, nil
}

func (l *logFile) add(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.out.Write(line); err != nil && l.err == nil {
		l.err = err
	}
}

func (l *logFile) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.out.Flush(); err != nil && l.err == nil {
		l.err = err
	}
}

func (l *logFile) close() error {
	if l == nil {
		return nil
	}
	l.flush()
	if err := errors.Join(l.err, l.file.Close()); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}
