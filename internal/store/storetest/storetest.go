// Package storetest gives tests a real, empty store on each engine.
//
// SQLite is always there. PostgreSQL is started once per test program from Debian's binaries, on a loopback port of its own, and ends with
// the program. Where the binaries are absent the test says so and skips; in CI (CI=true) that is a failure.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/port"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Each runs a test on every engine with an empty store.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(t, Open(t, engine, nil)) })
	}
}

// Open gives an empty store that ends with the test; now nil is the real clock.
func Open(t *testing.T, engine store.Engine, now func() time.Time) *store.DB {
	t.Helper()
	return OpenWith(t, Config(t, engine), Ring(t), now)
}

// OpenWith opens a store that may hold something already.
func OpenWith(t *testing.T, c store.Config, ring *vault.Ring, now func() time.Time) *store.DB {
	t.Helper()
	if now == nil {
		now = time.Now
	}
	db, err := store.Open(context.Background(), c, store.Options{Ring: ring, Now: now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return db
}

// Config gives the configuration of a database that has its tables, and nothing in them.
func Config(t *testing.T, engine store.Engine) store.Config {
	t.Helper()
	c := store.Config{Data: t.TempDir(), Readers: 4, Writers: 6}
	if engine == store.Postgres {
		c.Database = tables(t)
	} else {
		copyFile(t, c.Data)
	}
	return c
}

// Bare gives the configuration of a database without tables.
func Bare(t *testing.T, engine store.Engine) store.Config {
	t.Helper()
	c := store.Config{Data: t.TempDir(), Readers: 4, Writers: 6}
	if engine == store.Postgres {
		c.Database = Postgres(t)
	}
	return c
}

// Ring gives a new key ring.
func Ring(t *testing.T) *vault.Ring {
	t.Helper()
	ring, err := vault.Create(filepath.Join(t.TempDir(), "keyring"))
	if err != nil {
		t.Fatalf("create key ring: %v", err)
	}
	return ring
}

var cluster = sync.OnceValues(startCluster)

var databases atomic.Int64

// lifeline is the pipe whose closing, when this program ends however it ends, ends the server.
var lifeline io.Closer //nolint:unused // held, never read: the collector would close it

// server gives the address of the server, or skips the test.
func server(t *testing.T) string {
	t.Helper()
	address, err := cluster()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL: %v", err)
		}
		t.Skipf("PostgreSQL: %v (install it with: apt-get install postgresql)", err)
	}
	return address
}

// Postgres gives the address of a PostgreSQL database of its own, without tables.
func Postgres(t *testing.T) string {
	t.Helper()
	address := server(t)
	name := fmt.Sprintf("t%d", databases.Add(1))
	admin, err := sql.Open("pgx", address+"/postgres?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close() //nolint:errcheck // only a statement is run
	if _, err := admin.Exec("create database " + name); err != nil {
		t.Fatalf("create database: %v", err)
	}
	return address + "/" + name + "?sslmode=disable"
}

// Binaries finds the newest PostgreSQL of Debian's.
func Binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no server binaries are installed")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// startCluster starts a cluster whose server ends when this program does: it holds a pipe to a shell that waits for it.
func startCluster() (string, error) {
	bin, err := Binaries()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "buurtbel-pg")
	if err != nil {
		return "", err
	}
	at, err := port.Free(1)
	if err != nil {
		return "", err
	}
	if err := HandOver(folder); err != nil {
		return "", err
	}
	data := filepath.Join(folder, "data")
	if out, err := asPostgres(filepath.Join(bin, "initdb"), "--no-sync", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8").CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	script := fmt.Sprintf(`%s/postgres -D %s -p %d -k %s -c listen_addresses=127.0.0.1 -c max_connections=200 %s >%s/log 2>&1 & pid=$!; read x; kill -INT $pid; wait $pid; rm -rf %s`,
		bin, data, at, folder, haste(), folder, folder)
	server := asPostgres("/bin/sh", "-c", script)
	if lifeline, err = server.StdinPipe(); err != nil {
		return "", err
	}
	if err := server.Start(); err != nil {
		return "", fmt.Errorf("start server: %w", err)
	}
	address := fmt.Sprintf("postgres://postgres@127.0.0.1:%d", at)
	return address, waitFor(address + "/postgres?sslmode=disable")
}

// haste are the settings of a server for tests: nothing waits for the disk, because no test pulls a plug. A program that measures gets none.
func haste() string {
	if !testing.Testing() {
		return ""
	}
	return "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
}

func asPostgres(name string, args ...string) *exec.Cmd {
	if os.Geteuid() != 0 {
		return exec.Command(name, args...)
	}
	cmd := exec.Command("runuser", append([]string{"-u", "postgres", "--", name}, args...)...)
	cmd.Dir = "/"
	return cmd
}

// HandOver gives a folder to the account that PostgreSQL runs under: it refuses to run as root.
func HandOver(folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return err
	}
	return os.Chown(folder, uid, gid)
}

func waitFor(address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // only asks whether the server is there
	for range 200 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the server does not answer: %w", err)
}
