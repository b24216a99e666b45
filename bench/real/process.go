package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// follow reads what a server says until it ends; ready hears when pages are answered.
func follow(said io.Reader, ready chan<- time.Time, done chan<- struct{}) {
	defer close(done)
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if strings.Contains(lines.Text(), "msg=pages") {
			ready <- time.Now()
		} else if strings.Contains(lines.Text(), "level=ERROR") {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
	}
}

// usage reads from the kernel what a process used: processor time, most memory so far, memory now (megabytes of a million octets).
func usage(pid int) (used time.Duration, peak, now float64, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, fmt.Errorf("look at process: %w", err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, 0, 0, fmt.Errorf("look at process %d: its state cannot be read", pid)
	}
	for _, f := range fields[11:13] { // utime and stime, in hundredths of a second
		ticks, err := strconv.Atoi(f)
		if err != nil {
			return 0, 0, 0, fmt.Errorf("look at process: %w", err)
		}
		used += time.Duration(ticks) * 10 * time.Millisecond
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, 0, fmt.Errorf("look at process: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		if err != nil {
			continue // another kind of line
		}
		switch name {
		case "VmHWM":
			peak = float64(int(kb*1024/1e5)) / 10
		case "VmRSS":
			now = float64(int(kb*1024/1e5)) / 10
		}
	}
	return used, peak, now, nil
}
