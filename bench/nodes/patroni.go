package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// pair is two PostgreSQL servers that Patroni keeps, one leading and one following synchronously, with etcd as their witness: programs nobody
// here wrote.
type pair struct {
	folder string
	etcd   *exec.Cmd
	keeper [2]*exec.Cmd
	ports  [2]int
	leader int
}

const database = "postgres"

func startPair(ctx context.Context) (p *pair, err error) {
	for _, program := range []string{"patroni", "etcd"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%s is missing (apt-get install patroni etcd-server)", program)
		}
	}
	p = &pair{}
	if p.folder, err = os.MkdirTemp("", "buurtbel-patroni"); err != nil {
		return nil, err
	}
	if err := p.begin(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *pair) begin(ctx context.Context) error {
	if err := storetest.HandOver(p.folder); err != nil {
		return err
	}
	ports, err := freePorts(6)
	if err != nil {
		return err
	}
	p.ports = [2]int{ports[0], ports[1]}
	clients, peers := fmt.Sprintf("http://127.0.0.1:%d", ports[2]), fmt.Sprintf("http://127.0.0.1:%d", ports[3])
	p.etcd = p.command("etcd.log", "etcd", "--name", "e", "--data-dir", filepath.Join(p.folder, "etcd"), "--listen-client-urls", clients, "--advertise-client-urls", clients,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "e="+peers)
	if err := p.etcd.Start(); err != nil {
		return fmt.Errorf("start etcd: %w", err)
	}
	for i := range p.keeper {
		path := filepath.Join(p.folder, fmt.Sprintf("n%d.yml", i))
		if err := os.WriteFile(path, []byte(p.settings(i, ports[4+i], ports[2])), 0o644); err != nil {
			return err
		}
		p.keeper[i] = p.command(fmt.Sprintf("n%d.log", i), "patroni", path)
		if err := p.keeper[i].Start(); err != nil {
			return fmt.Errorf("start patroni: %w", err)
		}
		if i == 0 {
			if err := wait(ctx, 60*time.Second, 100*time.Millisecond, "the first server to lead", func() (bool, error) { return p.leads(ctx, 0), nil }); err != nil {
				return p.explain(err)
			}
		}
	}
	return p.explain(wait(ctx, 60*time.Second, 100*time.Millisecond, "the second server to follow synchronously", func() (bool, error) {
		return p.ask(ctx, 0, `select count(*) from pg_stat_replication where sync_state = 'sync'`) == "1", nil
	}))
}

// settings of one server: the leader's key lives 20 s, and a commit waits for the follower.
func (p *pair) settings(i, rest, etcd int) string {
	bin, err := storetest.Binaries()
	if err != nil {
		bin = ""
	}
	return fmt.Sprintf(`scope: buurtbel
name: n%d
restapi: {listen: "127.0.0.1:%d", connect_address: "127.0.0.1:%d"}
etcd3: {host: "127.0.0.1:%d"}
bootstrap:
  dcs: {ttl: 20, loop_wait: 3, retry_timeout: 5, synchronous_mode: true, postgresql: {use_pg_rewind: true, parameters: {max_connections: 100}}}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust", "local all all trust"]
postgresql:
  listen: "127.0.0.1:%d"
  connect_address: "127.0.0.1:%d"
  data_dir: %s/d%d
  bin_dir: %s
  pgpass: %s/pgpass%d
  authentication: {superuser: {username: postgres, password: x}, replication: {username: repl, password: x}, rewind: {username: rw, password: x}}
  parameters: {unix_socket_directories: %s}
`, i, rest, rest, etcd, p.ports[i], p.ports[i], p.folder, i, bin, p.folder, i, p.folder)
}

// command runs a program as the account postgres, which owns the folder: PostgreSQL refuses to run as root.
func (p *pair) command(log, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	if os.Geteuid() == 0 {
		cmd = exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups", name}, args...)...)
	}
	cmd.Dir = p.folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if f, err := os.Create(filepath.Join(p.folder, log)); err == nil {
		cmd.Stdout, cmd.Stderr = f, f
	}
	return cmd
}

// address names both servers; a connection goes to the one that leads.
func (p *pair) address() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d,127.0.0.1:%d/%s?sslmode=disable&target_session_attrs=read-write", p.ports[0], p.ports[1], database)
}

// ask runs a query on one server; "" when it does not answer.
func (p *pair) ask(ctx context.Context, i int, query string) string {
	db, err := sql.Open("pgx", fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&connect_timeout=1", p.ports[i]))
	if err != nil {
		return ""
	}
	defer db.Close() //nolint:errcheck // only a question is asked
	var answer string
	if db.QueryRowContext(ctx, query).Scan(&answer) != nil {
		return ""
	}
	return answer
}

func (p *pair) leads(ctx context.Context, i int) bool {
	return p.ask(ctx, i, `select pg_is_in_recovery()`) == "false"
}

// killLeader kills the leading server and its keeper, as a machine that loses its power.
func (p *pair) killLeader() error {
	b, err := os.ReadFile(filepath.Join(p.folder, fmt.Sprintf("d%d", p.leader), "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("find the leader: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return fmt.Errorf("find the leader: %w", err)
	}
	keeper := p.keeper[p.leader]
	p.keeper[p.leader] = nil
	return errors.Join(keeper.Process.Kill(), syscall.Kill(pid, syscall.SIGKILL), waitGone(keeper))
}

// promoted waits until the other server leads, and gives when that was seen, to 5 ms.
func (p *pair) promoted(ctx context.Context) (time.Time, error) {
	other := 1 - p.leader
	err := wait(ctx, 90*time.Second, 5*time.Millisecond, "the promotion", func() (bool, error) { return p.leads(ctx, other), nil })
	p.leader = other
	return time.Now(), p.explain(err)
}

// explain adds what the keepers last said.
func (p *pair) explain(err error) error {
	if err == nil {
		return nil
	}
	for _, log := range []string{"n0.log", "n1.log", "etcd.log"} {
		if b, failed := os.ReadFile(filepath.Join(p.folder, log)); failed == nil {
			lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
			err = fmt.Errorf("%w\n%s: %s", err, log, bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
		}
	}
	return err
}

// stop ends everything.
func (p *pair) stop() error {
	var errs []error
	for i, keeper := range p.keeper {
		if keeper != nil && keeper.Process != nil {
			errs = append(errs, keeper.Process.Signal(syscall.SIGTERM), waitGone(keeper)) // it stops its server
		}
		p.keeper[i] = nil
	}
	if p.etcd != nil && p.etcd.Process != nil {
		errs = append(errs, p.etcd.Process.Kill(), waitGone(p.etcd))
	}
	return errors.Join(append(errs, os.RemoveAll(p.folder))...)
}

// waitGone waits for a process that was asked to end; how it ended says nothing.
func waitGone(cmd *exec.Cmd) error {
	var ended *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}

func freePorts(n int) ([]int, error) {
	out := make([]int, n)
	for i := range out {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out[i] = l.Addr().(*net.TCPAddr).Port
	}
	return out, nil
}
