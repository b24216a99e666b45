package vault

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
)

const (
	keySize     = 32
	maxFileSize = 1 << 20 // far more than 65,535 seal keys could be rotated in a century
)

// purposes lists every purpose of a key, in the order in which a new ring has them.
var purposes = []string{"seal", "hash", "journal", "token"}

// entry is one line of a key ring file, in JSON.
type entry struct {
	Number  uint16    `json:"id"`      // 1 to 65535, unique within the ring, rising
	Purpose string    `json:"purpose"` // one of purposes; "hash" occurs once
	Made    time.Time `json:"made"`    // UTC
	Key     []byte    `json:"key"`     // 32 random bytes, base64
}

// Create makes a new key ring file that only its owner may read. It never overwrites one: losing a ring is losing every sealed value.
//
// Errors: error.vault.exists (Conflict), error.vault.write (Internal).
func Create(path string) (*Ring, error) {
	entries, err := newEntries(0, purposes)
	if err != nil {
		return nil, err
	}
	if err := writeNew(path, entries); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil, buurtbel.FailWith(err, buurtbel.Conflict, "error.vault.exists", buurtbel.Args{"Path": path})
		}
		return nil, failWrite(path, err)
	}
	if err := syncFolder(path); err != nil {
		return nil, failWrite(path, err)
	}
	return Open(path)
}

// Open reads a key ring file.
//
// Errors: error.vault.missing (NotFound), error.vault.readable-by-others, error.vault.broken with Line (Invalid),
// error.vault.read (Internal).
func Open(path string) (*Ring, error) {
	r := new(Ring)
	if err := r.Reload(path); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads the file again, after another process rotated it. On an error the ring stays as it is.
func (r *Ring) Reload(path string) error {
	info, err := os.Stat(path) // before reading: what changes in between is seen by the next Refresh
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failRead(path, err)
	}
	entries, err := readFile(path)
	if err != nil {
		return err
	}
	k, err := build(entries)
	if err != nil {
		return fmt.Errorf("vault: build the ciphers: %w", err)
	}
	r.keys.Store(k)
	r.file.Store(&file{path, info})
	return nil
}

// file is where a ring was read from, and what stood there.
type file struct {
	path string
	info fs.FileInfo // nil: it appeared while it was being opened
}

// Refresh reads the ring's file again if it has changed since. A ring that was not read from a file stays as it is; so does any after an error.
//
// Errors: those of Open.
func (r *Ring) Refresh() error {
	from := r.file.Load()
	if from == nil {
		return nil
	}
	info, err := os.Stat(from.path)
	if err == nil && from.info != nil && os.SameFile(info, from.info) && info.ModTime().Equal(from.info.ModTime()) && info.Size() == from.info.Size() {
		return nil
	}
	return r.Reload(from.path)
}

// Rotate adds new keys for sealing, for the journal and for tokens to the file at path and uses them from now on. The older ones stay: what
// they sealed still opens and what they authenticated still verifies. The key of Hash never changes.
//
// Errors: those of Open; error.vault.rotating (Conflict) while another rotation runs or one was cut off; error.vault.full (Conflict); error.vault.write.
func (r *Ring) Rotate(path string) error {
	r.rotate.Lock()
	defer r.rotate.Unlock()
	next := path + ".new" // made exclusively, so it is the lock between processes too
	lock, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.vault.rotating", buurtbel.Args{"Path": next})
	}
	if err != nil {
		return failWrite(next, err)
	}
	if err := rotateFile(path, next, lock); err != nil {
		return errors.Join(err, removeIfThere(next))
	}
	return r.Reload(path)
}

// rotateFile writes the ring at path with new keys into the empty file next and puts it in the place of path.
func rotateFile(path, next string, file *os.File) error {
	entries, err := readFile(path)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	added, err := newEntries(entries[len(entries)-1].Number, []string{"seal", "journal", "token"})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if err := writeAndClose(file, append(entries, added...)); err != nil {
		return failWrite(next, err)
	}
	if err := os.Rename(next, path); err != nil {
		return failWrite(path, err)
	}
	if err := syncFolder(path); err != nil {
		return failWrite(path, err)
	}
	return nil
}

func newEntries(last uint16, wanted []string) ([]entry, error) {
	if int(last)+len(wanted) > 1<<16-1 {
		return nil, buurtbel.Fail(buurtbel.Conflict, "error.vault.full", nil)
	}
	made := time.Now().UTC().Truncate(time.Second)
	entries := make([]entry, 0, len(wanted))
	for _, purpose := range wanted {
		last++
		key := make([]byte, keySize)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("vault: make a key: %w", err)
		}
		entries = append(entries, entry{Number: last, Purpose: purpose, Made: made, Key: key})
	}
	return entries, nil
}

func writeNew(path string, entries []entry) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := writeAndClose(file, entries); err != nil {
		return errors.Join(err, removeIfThere(path))
	}
	return nil
}

// writeAndClose returns only once the lines are on the disk.
func writeAndClose(file *os.File, entries []entry) error {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, e := range entries {
		if err := encoder.Encode(e); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	if _, err := file.Write(lines.Bytes()); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Sync(); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}

// syncFolder makes a new or renamed name durable. Windows cannot sync a folder and does not need it.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func readFile(path string) ([]entry, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, buurtbel.FailWith(err, buurtbel.NotFound, "error.vault.missing", buurtbel.Args{"Path": path})
	}
	if err != nil {
		return nil, failRead(path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, failRead(path, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.vault.readable-by-others",
			buurtbel.Args{"Path": path, "Mode": fmt.Sprintf("%04o", info.Mode().Perm())})
	}
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize))
	if err != nil {
		return nil, failRead(path, err)
	}
	entries, line := parse(content)
	if line > 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.vault.broken", buurtbel.Args{"Path": path, "Line": line})
	}
	return entries, nil
}

// parse reads the lines of a ring; bad is the first line that is wrong (the one after the last when a purpose has no key), or 0.
// The decoder's own error is dropped on purpose: it could quote a key.
func parse(content []byte) (entries []entry, bad int) {
	lines := bufio.NewScanner(bytes.NewReader(content))
	number := 0
	for lines.Scan() {
		number++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e entry
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		if decoder.Decode(&e) != nil || decoder.More() || !follows(entries, e) {
			return nil, number
		}
		entries = append(entries, e)
	}
	if lines.Err() != nil || !complete(entries) {
		return nil, number + 1
	}
	return entries, 0
}

// follows tells whether e may stand after the entries before it.
func follows(before []entry, e entry) bool {
	if e.Number == 0 || len(e.Key) != keySize || !slices.Contains(purposes, e.Purpose) {
		return false
	}
	if len(before) > 0 && before[len(before)-1].Number >= e.Number {
		return false
	}
	return e.Purpose != "hash" || !has(before, "hash")
}

func complete(entries []entry) bool {
	return !slices.ContainsFunc(purposes, func(p string) bool { return !has(entries, p) })
}

func has(entries []entry, purpose string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.Purpose == purpose })
}

func failRead(path string, err error) error {
	return buurtbel.FailWith(err, buurtbel.Internal, "error.vault.read", buurtbel.Args{"Path": path})
}

func failWrite(path string, err error) error {
	return buurtbel.FailWith(err, buurtbel.Internal, "error.vault.write", buurtbel.Args{"Path": path})
}
