package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

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
			if f.Recipients < 80 || f.Heard != 25 || f.HandedOver != f.OutsideReceived || f.Delivered > f.HandedOver ||
				f.NotReached+f.HandedOver < f.Recipients || f.LastHandoffMS < f.FirstHandoffMS || !f.FeedbackSettled {
				t.Errorf("figures do not fit together: %+v", f)
			}
		})
	}
}

func TestDemoFindsWhatTheStoreDoesNotKnow(t *testing.T) {
	var out, errs bytes.Buffer
	code := run([]string{"demo", "--once", "--members", "120", "--spoil"}, &out, &errs)
	if code != 1 || !strings.Contains(errs.String(), "0 only here, 1 only there") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

func TestDemoKeepsNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--members", "60", "--language", "fr"}, &out, &errs); code != 0 {
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
