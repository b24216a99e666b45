package outside_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/buurtbel/buurtbel/internal/outside"
)

// The test program starts itself as the outside world, so that every test meets it as it is used: in another process, over sockets.
func TestMain(m *testing.M) {
	asked := os.Getenv("BUURTBEL_TEST_OUTSIDE")
	if asked == "" {
		os.Exit(m.Run())
	}
	var o outside.Options
	err := json.Unmarshal([]byte(asked), &o)
	if err == nil {
		o.Stdin = os.Stdin
		err = outside.Run(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func spawn(t testing.TB, o outside.Options) *outside.Process {
	t.Helper()
	asked, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BUURTBEL_TEST_OUTSIDE="+string(asked))
	cmd.Stderr = os.Stderr
	p, err := outside.Spawn(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a spawned outside world that ends with the test.
func world(t *testing.T, o outside.Options) *outside.Process {
	t.Helper()
	p := spawn(t, o)
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error("the outside world ended badly:", err)
		}
	})
	return p
}
