package rig

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/internal/store"
)

// Machine is where and on what a figure was measured.
type Machine struct {
	Host   string `json:"host"`
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	OS     string `json:"os"`
	Go     string `json:"go"`
	Commit string `json:"commit"`
	Disk   string `json:"disk"`
	Load   string `json:"load"` // the three load averages at the start: others who used the machine
	At     string `json:"at"`
}

// ThisMachine describes this one.
func ThisMachine() Machine {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return Machine{Host: host, CPU: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Commit: Commit(), Disk: disk(os.TempDir()), Load: Load(), At: time.Now().UTC().Format(time.RFC3339)}
}

// Load gives the machine's load averages over 1, 5 and 15 minutes.
func Load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); err == nil && len(f) >= 3 {
		return strings.Join(f[:3], " ")
	}
	return "unknown"
}

// Commit names the commit that the bench was built in; "uncommitted" when there is none.
func Commit() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "uncommitted"
	}
	return strings.TrimSpace(string(out))
}

// field reads "name : value" from a file of the kernel's.
func field(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// Kinds of file system, as statfs names them.
var fileSystems = map[int64]string{0xEF53: "ext4", 0x58465342: "xfs", 0x9123683E: "btrfs", 0x01021994: "tmpfs", 0x794C7630: "overlay", 0x2FC12FC1: "zfs"}

func disk(folder string) string {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return "unknown"
	}
	if name, ok := fileSystems[int64(s.Type)]; ok {
		return name
	}
	return fmt.Sprintf("%#x", s.Type)
}

// onDisk refuses a folder in memory: nothing there is durable.
func onDisk(folder string) error {
	if disk(folder) == "tmpfs" {
		return fmt.Errorf("the temporary folder lies in memory; set TMPDIR to a folder on a disk")
	}
	return nil
}

// ForgetPeak makes PeakMB count from now on, after giving back what making ready took.
func ForgetPeak() {
	debug.FreeOSMemory()
	// Only Linux has it; elsewhere the peak counts from the start and is too high, never too low.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		fmt.Fprintln(os.Stderr, "the peak of memory counts from the start:", err)
	}
}

// PeakMB is the most memory this process had at once, in megabytes of a million octets.
func PeakMB() float64 {
	kb, err := strconv.ParseFloat(strings.TrimSuffix(field("/proc/self/status", "VmHWM"), " kB"), 64)
	if err != nil {
		return 0
	}
	return Round(kb * 1024 / 1e6)
}

// ResidentMB is the memory that this process has now, in megabytes of a million octets.
func ResidentMB() float64 {
	kb, err := strconv.ParseFloat(strings.TrimSuffix(field("/proc/self/status", "VmRSS"), " kB"), 64)
	if err != nil {
		return 0
	}
	return Round(kb * 1024 / 1e6)
}

// CPU is the processor time of this process, user and system.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Round keeps one digit.
func Round(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }

// MS is a duration in milliseconds with one digit.
func MS(d time.Duration) float64 { return Round(float64(d.Microseconds()) / 1000) }

// Median sorts list and gives its middle.
func Median(list []float64) float64 { return Quantile(list, 0.5) }

// Quantile sorts list and gives the value that a share q of it does not exceed.
func Quantile(list []float64, q float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, max(0, int(float64(len(list))*q+0.999999)-1))]
}

// Settings reads the durability of the database back.
func Settings(ctx context.Context, db *store.DB) (map[string]string, error) {
	return db.Durability(ctx)
}

// Profile writes a CPU profile until the function that it gives is called; an empty path writes none.
func Profile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// Heap keeps looking at how much of the heap is in use, and writes a heap profile each time that it is a twentieth more than ever before, until the
// function that it gives is called; an empty path writes none. It disturbs what is measured.
func Heap(path string) (stop func() error) {
	if path == "" {
		return func() error { return nil }
	}
	quit, done := make(chan struct{}), make(chan error, 1)
	go func() {
		var most uint64
		var failed error
		for {
			select {
			case <-quit:
				done <- failed
				return
			case <-time.After(20 * time.Millisecond):
			}
			var m runtime.MemStats
			if runtime.ReadMemStats(&m); m.HeapAlloc > most+most/20 {
				most = m.HeapAlloc
				failed = errors.Join(failed, writeHeap(path))
			}
		}
	}()
	return func() error {
		close(quit)
		return <-done
	}
}

func writeHeap(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

// Report prints a result: as one JSON object, or as a table of its outermost keys. With keep it is written under bench/results too.
func Report(name string, engine store.Engine, result any, asJSON, keep bool) error {
	b, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if keep {
		path := filepath.Join("bench", "results", fmt.Sprintf("%s-%s-%s.json", name, engine, Commit()))
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			return fmt.Errorf("keep result: %w", err)
		}
	}
	if asJSON {
		_, err = fmt.Println(string(b))
		return err
	}
	return table(b)
}

func table(b []byte) error {
	decoder := json.NewDecoder(strings.NewReader(string(b)))
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("read result: %w", err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("read result: %w", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("read result: %w", err)
		}
		fmt.Printf("%-28s %s\n", key, value)
	}
	return nil
}
