package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestMain lets this program be the outside world: the demo starts itself once more.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "outside" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func TestDemoOnce(t *testing.T) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			args := []string{"demo", "--once", "--json", "--members", "300"}
			if engine == store.Postgres {
				args = append(args, "--database", storetest.Postgres(t))
			}
			var out, errs bytes.Buffer
			if code := run(args, &out, &errs); code != 0 {
				t.Fatalf("exit %d: %s", code, errs.String())
			}
			var f figures
			d := json.NewDecoder(&out)
			d.DisallowUnknownFields()
			if err := d.Decode(&f); err != nil {
				t.Fatal(err)
			}
			if f.Recipients < 80 || f.Heard < 25 || f.Heard > 25+2*f.Calls.Confirmed || f.HandedOver != f.OutsideReceived || f.Delivered > f.HandedOver ||
				f.NotReached+f.HandedOver < f.Recipients || f.LastHandoffMS < f.FirstHandoffMS || !f.FeedbackSettled {
				t.Errorf("figures do not fit together: %+v", f)
			}
			if _, err := exec.LookPath("espeak-ng"); err != nil && os.Getenv("CI") != "true" {
				t.Skip("espeak-ng is missing, nobody was called: apt-get install espeak-ng")
			}
			if c := f.Calls; !c.Possible || c.Confirmed == 0 || c.Placed == 0 || c.Placed > c.Outside || c.Answered < c.Confirmed+c.Machines || c.LastMS <= 0 {
				t.Errorf("figures of calls do not fit together: %+v", c)
			}
		})
	}
}

func TestDemoFindsWhatTheStoreDoesNotKnow(t *testing.T) {
	var out, errs bytes.Buffer
	code := run([]string{"demo", "--once", "--members", "120", "--spoil", "--no-calls"}, &out, &errs)
	if code != 1 || !strings.Contains(errs.String(), "0 only here, 1 only there") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

// The demo needs nothing but this program: where nothing speaks it calls nobody, says so, and shows the rest.
func TestDemoWithoutAVoice(t *testing.T) {
	t.Setenv("PATH", "")
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--json", "--members", "60"}, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var f figures
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if f.Calls.Possible || f.Calls.Outside != 0 || f.HandedOver == 0 || !strings.Contains(errs.String(), "apt-get install espeak-ng") {
		t.Errorf("%+v; it said %q", f, errs.String())
	}
}

func TestDemoKeepsNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--members", "60", "--no-calls", "--language", "fr"}, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("%d files are left (%v)", len(left), err)
	}
	if !strings.Contains(out.String(), "Retour d'information, BIN Kerkveld") {
		t.Errorf("the table does not speak French: %s", out.String())
	}
}

// staying starts a demo that stays, and gives its end when stop was called.
func staying(t *testing.T, stop func(d *demo, interrupt func())) error {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out said
	out.ready = make(chan struct{})
	w := &world{ctx: ctx, commands: &commands{Language: buurtbel.English}, out: &out, errs: &out, log: slog.New(slog.DiscardHandler)}
	d := &demo{w: w, options: demoCommand{Members: 60}}
	if err := d.begin(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.perform() }()
	<-out.ready
	stop(d, interrupt)
	err := <-ended
	if err := d.end(); err != nil {
		t.Errorf("end: %v", err)
	}
	return err
}

// said closes ready when the demo has told how to stop it: that is the last it says.
type said struct {
	ready chan struct{}
	once  sync.Once
	words []byte // until ready is closed only one writes
}

func (s *said) Write(p []byte) (int, error) {
	s.words = append(s.words, p...)
	if strings.Contains(string(p), "Ctrl-C") {
		s.once.Do(func() { close(s.ready) })
	}
	return len(p), nil
}

func TestDemoEndsOnInterrupt(t *testing.T) {
	if err := staying(t, func(_ *demo, interrupt func()) { interrupt() }); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestDemoSaysThatTheOutsideEnded(t *testing.T) {
	err := staying(t, func(d *demo, _ func()) {
		p, err := os.FindProcess(d.outside.PID())
		if err == nil {
			err = p.Kill()
		}
		if err != nil {
			t.Error(err)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "outside world has ended") {
		t.Errorf("ended with %v", err)
	}
}

func TestDemoWantsAnEmptyFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--keep", folder}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "not empty") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
