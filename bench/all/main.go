// Program all runs every bench, one after the other, so that all results can be taken again in one go. In the short form each takes about a
// minute and only shows that it works; in the long form the figures are those that the project gives. It measures nothing itself.
//
// A bench that takes longer than its bound is ended, with all that it started.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
)

type options struct {
	long bool
	only string
	skip string
	to   string
	data string
	list bool
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	o := &options{}
	short := flag.Bool("short", false, "the short form; it is the default")
	flag.BoolVar(&o.long, "long", false, "the long form, for figures: some two hours")
	flag.StringVar(&o.only, "only", "", "run those whose names match this regular expression")
	flag.StringVar(&o.skip, "skip", "", "leave out those whose names match this regular expression")
	flag.StringVar(&o.to, "to", "", "folder for the results; empty: a new temporary one, or bench/results in the long form")
	flag.StringVar(&o.data, "data", "", "folder with the public addresses that bench/real needs; empty: it is left out")
	flag.BoolVar(&o.list, "list", false, "say what would run, and run nothing")
	flag.Parse()
	if *short && o.long {
		return errors.New("-short or -long, not both")
	}
	chosen, err := o.chosen()
	if err != nil || o.list {
		return err
	}
	if err := o.place(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "buurtbel-benches")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return errors.Join(o.all(ctx, folder, chosen), os.RemoveAll(folder))
}

// chosen gives the jobs that are to run, and with -list it says them.
func (o *options) chosen() ([]job, error) {
	only, err1 := regexp.Compile(o.only)
	skip, err2 := regexp.Compile(o.skip)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	var out []job
	for _, j := range jobs() {
		if !only.MatchString(j.name) || o.skip != "" && skip.MatchString(j.name) {
			continue
		}
		args, bound := j.arguments(o.long, o.data)
		switch {
		case j.data && o.data == "":
			fmt.Printf("%-26s left out: it needs -data\n", j.name)
			continue
		case o.list:
			fmt.Printf("%-26s at most %-5s go run ./bench/%s %s\n", j.name, bound, j.bench, strings.Join(args, " "))
		}
		out = append(out, j)
	}
	return out, nil
}

// place makes the folder for the results.
func (o *options) place() (err error) {
	switch {
	case o.to == "" && o.long:
		o.to = filepath.Join("bench", "results")
	case o.to == "":
		o.to, err = os.MkdirTemp("", "buurtbel-results")
	}
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	changed, err := exec.Command("git", "status", "--porcelain", "--", ".", ":!bench/results").Output()
	if err == nil && len(changed) > 0 {
		fmt.Println("not everything is committed: the results name a commit that is not quite what is measured")
	}
	return os.MkdirAll(o.to, 0o755)
}

func (o *options) all(ctx context.Context, folder string, chosen []job) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", folder+string(filepath.Separator), "./bench/...")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the benches: %w", err)
	}
	var failed []string
	for _, j := range chosen {
		began := time.Now()
		path := filepath.Join(o.to, j.name+"-"+rig.Commit()+".json")
		err := o.one(ctx, folder, &j, path)
		took := time.Since(began).Round(100 * time.Millisecond)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = append(failed, j.name)
			fmt.Printf("%-26s FAILED after %s: %s\n", j.name, took, err)
			continue
		}
		fmt.Printf("%-26s %7s  %s\n", j.name, took, path)
	}
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d failed: %s", len(failed), len(chosen), strings.Join(failed, ", "))
	}
	return nil
}

// one runs one bench and writes its result.
func (o *options) one(ctx context.Context, folder string, j *job, path string) error {
	args, bound := j.arguments(o.long, o.data)
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(folder, j.bench), args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second // then it is killed
	err := cmd.Run()
	if err != nil && cmd.Process != nil { // what it started and left behind; there is mostly nothing
		if gone := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); gone != nil && !errors.Is(gone, syscall.ESRCH) {
			err = errors.Join(err, gone)
		}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("given up after %s", bound)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, last(complaints.Bytes()))
	}
	result := bytes.TrimSpace(out.Bytes())
	if !json.Valid(result) {
		return fmt.Errorf("what it printed is no JSON: %s", last(result))
	}
	return os.WriteFile(path, append(result, '\n'), 0o644)
}

// last gives the end of what a bench said.
func last(b []byte) []byte { b = bytes.TrimSpace(b); return b[max(0, len(b)-300):] }
