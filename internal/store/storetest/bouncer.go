package storetest

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/buurtbel/buurtbel/internal/port"
)

// Bouncer is a pgbouncer in transaction mode: each transaction may get another connection, so nothing that belongs to a session holds.
type Bouncer struct {
	Port   int
	end    io.Closer
	cmd    *exec.Cmd
	folder string
}

// StartBouncer starts one before the server of an address. It ends with this program, or by Stop.
func StartBouncer(address string) (*Bouncer, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		return nil, errors.New("pgbouncer is missing (apt-get install pgbouncer)")
	}
	server, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of the server cannot be read")
	}
	b := &Bouncer{}
	if b.folder, err = os.MkdirTemp("", "buurtbel-bouncer"); err != nil {
		return nil, err
	}
	if b.Port, err = port.Free(1); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("[databases]\n* = host=%s port=%s user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=%d\nauth_type=any\n"+
		"pool_mode=transaction\nmax_client_conn=500\ndefault_pool_size=20\nunix_socket_dir=\nlogfile=%s\n",
		server.Hostname(), server.Port(), b.Port, filepath.Join(b.folder, "log"))
	ini := filepath.Join(b.folder, "pgbouncer.ini")
	if err := os.WriteFile(ini, []byte(settings), 0o644); err != nil {
		return nil, err
	}
	if err := HandOver(b.folder); err != nil {
		return nil, err
	}
	b.cmd = asPostgres("/bin/sh", "-c", fmt.Sprintf(`%s -q %s & pid=$!; read x; kill -INT $pid; wait $pid; rm -rf %s`, program, ini, b.folder))
	if b.end, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start pgbouncer: %w", err)
	}
	return b, waitFor(b.Address(server.Scheme + "://postgres@" + server.Host + "/postgres?sslmode=disable"))
}

// Address is a database's address by way of the pooler.
func (b *Bouncer) Address(direct string) string {
	u, err := url.Parse(direct)
	if err != nil {
		return direct
	}
	u.Host = fmt.Sprintf("127.0.0.1:%d", b.Port)
	return u.String()
}

// Stop ends it.
func (b *Bouncer) Stop() error {
	if err := b.end.Close(); err != nil {
		return err
	}
	return b.cmd.Wait()
}

// Pooled gives the address of a database with its tables by way of a pooler, and the direct one. Where pgbouncer is absent the test is skipped.
func Pooled(t *testing.T) (pooled, direct string) {
	t.Helper()
	direct = tables(t)
	b, err := StartBouncer(direct)
	if err != nil {
		Absent(t, err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Errorf("stop pgbouncer: %v", err)
		}
	})
	return b.Address(direct), direct
}

// Absent skips a test whose peer is not there; in CI that is a failure.
func Absent(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip(err)
}
