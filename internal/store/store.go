// Package store holds all SQL. It keeps what happened durably, in SQLite or in PostgreSQL, and nothing else does.
//
// It alone seals and opens contact data. Every zone-owned row carries its zone and every query has it. No rule rests on SQLite's single
// writer: each is a unique constraint, an update whose row count is checked, or a lock row. It decides nothing that the root package can
// decide, sends nothing, and reads no clock: a transaction's now is given by the caller's clock once.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite" // the SQLite driver

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

//go:embed migrations
var migrations embed.FS

// Engine names one of the two databases.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says where the data is.
type Config struct {
	Database string `toml:"database" doc:"a postgres:// address; empty: SQLite in the data folder" secret:"true"`
	Direct   string `toml:"direct" doc:"the address of the same PostgreSQL database without a pooler between" secret:"true"`
	Data     string `toml:"data" doc:"data folder of SQLite" default:"data"`
	Readers  int    `toml:"readers" doc:"connections that read" default:"4"`
	Writers  int    `toml:"writers" doc:"connections that write (PostgreSQL; SQLite has one)" default:"6"`
	Node     int    `toml:"node" doc:"number of this process among those that share the database, 0 to 255" default:"0"`
}

// DB is the store. Safe for concurrent use.
type DB struct {
	engine Engine
	write  *sql.DB
	read   *sql.DB
	gate   *gate // nil on PostgreSQL
	ring   *vault.Ring
	ids    *buurtbel.IDs
	node   int
	now    func() time.Time
	log    *slog.Logger
	path   string
	hurry  hurry
	kept   map[string]*sql.Stmt // see hot
	wakers struct {
		sync.Mutex
		list []chan struct{}
	}

	// PostgreSQL only.
	pooled  bool            // a pooler stands between, and may hand out another connection for each transaction
	deaf    bool            // and there is no way around it
	direct  *pgx.ConnConfig // the way around it, or the same
	voice   string          // names this process among those that notify
	calls   chan struct{}
	hearing atomic.Bool
}

// Options are what a store needs beside its Config.
type Options struct {
	Ring   *vault.Ring
	Now    func() time.Time
	Logger *slog.Logger
}

// Open opens the database and brings its tables up to date. A database of a newer program is refused (Conflict, error.store.newer).
func Open(ctx context.Context, c Config, o Options) (*DB, error) {
	db := &DB{ring: o.Ring, now: o.Now, log: o.Logger, node: c.Node, ids: &buurtbel.IDs{Node: uint8(c.Node)}}
	var err error
	if c.Database == "" {
		err = db.openSQLite(ctx, c)
	} else {
		err = db.openPostgres(ctx, c)
	}
	if err == nil {
		err = db.Migrate(ctx)
	}
	if err == nil {
		err = db.seedIDs(ctx)
	}
	if err == nil {
		err = db.keep(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// The writer's page cache is 32 MB. Readers go through slices in order and find the rest in the system's cache: 8 MB each.
const (
	writerCache = "&_pragma=cache_size(-32000)"
	readerCache = "&_pragma=cache_size(-8000)"
)

const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(67108864)&_pragma=wal_autocheckpoint(4000)"

func (db *DB) openSQLite(ctx context.Context, c Config) error {
	db.engine = SQLite
	db.gate = newGate()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.store.folder", nil)
	}
	db.path = filepath.Join(c.Data, "buurtbel.db")
	if f, err := os.OpenFile(db.path, os.O_CREATE|os.O_RDWR, 0o600); err != nil { // the driver would make it readable to others
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.store.folder", nil)
	} else if err := f.Close(); err != nil {
		return fmt.Errorf("make database file: %w", err)
	}
	address := "file:" + (&url.URL{Path: db.path}).EscapedPath()
	write, err := sql.Open("sqlite", address+"?_txlock=immediate&"+pragmas+writerCache)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	write.SetMaxOpenConns(1)
	db.write = write
	if err := write.PingContext(ctx); err != nil {
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.store.open", nil)
	}
	read, err := sql.Open("sqlite", address+"?mode=ro&"+pragmas+readerCache)
	if err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	read.SetMaxOpenConns(max(1, c.Readers))
	read.SetMaxIdleConns(max(1, c.Readers))
	db.read = read
	return nil
}

func (db *DB) openPostgres(ctx context.Context, c Config) error {
	db.engine = Postgres
	settings, err := pgx.ParseConfig(c.Database)
	if err != nil {
		return buurtbel.FailWith(errors.New("the address of the database cannot be read"), buurtbel.Invalid, "error.store.open", nil)
	}
	if len(settings.Fallbacks) > 0 && settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = hostPatience // one that is off must not keep us from the next
	}
	db.direct, db.calls = settings, make(chan struct{}, 1)
	if db.voice, err = newVoice(); err != nil {
		return err
	}
	if db.pooled, err = pooled(ctx, settings); err != nil {
		return noAnswer
	}
	if db.pooled {
		settings = settings.Copy()
		settings.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe // statements that are prepared by name belong to another connection soon
		if err := db.findDirect(ctx, c.Direct); err != nil {
			return err
		}
	}
	db.write = db.pool(settings, max(2, c.Writers), planByIndex)
	db.read = db.pool(settings, max(1, c.Readers), planAnew)
	return nil
}

// hostPatience is how long one of several hosts of a database may take to answer.
const hostPatience = 2 * time.Second

var noAnswer = buurtbel.FailWith(errors.New("the database does not answer"), buurtbel.Busy, "error.store.open", nil)

// findDirect takes the configured way around a pooler; deaf when there is none.
func (db *DB) findDirect(ctx context.Context, address string) error {
	if db.deaf = address == ""; db.deaf {
		return nil
	}
	settings, err := pgx.ParseConfig(address)
	if err != nil {
		return buurtbel.FailWith(errors.New("the direct address of the database cannot be read"), buurtbel.Invalid, "error.store.open", nil)
	}
	if db.deaf, err = pooled(ctx, settings); err != nil {
		return noAnswer
	}
	db.direct = settings
	return nil
}

// How connections to PostgreSQL plan. A launch fills tables that were empty when the server last counted them, so plans may not rest on those
// counts: writers touch few rows by key and always go by an index; readers have each statement planned for the tables as they are now. What a
// writer's statement is thought to cost says nothing then, least of all that compiling it would pay: where no index fits, that took 25 ms.
const (
	planByIndex = "set jit = off; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off"
	planLocally = "set local jit = off; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off"
	planAnew    = "set plan_cache_mode = force_custom_plan"
)

// Behind a pooler a connection is the next one's a moment later: there each transaction that writes says it for itself, see writeOnce, and
// statements of readers have no name, so they are planned anew anyway.
func (db *DB) pool(settings *pgx.ConnConfig, n int, plan string) *sql.DB {
	var options []stdlib.OptionOpenDB
	if !db.pooled {
		options = append(options, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, plan)
			return err
		}))
	}
	p := stdlib.OpenDB(*settings, options...)
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	return p
}

// Engine tells which database this is.
func (db *DB) Engine() Engine { return db.engine }

// Node tells the number of this process among those that share the database.
func (db *DB) Node() int { return db.node }

// Now reads the store's clock.
func (db *DB) Now() time.Time { return db.now() }

// NewID makes an id. It is called before a transaction, never inside one that may be repeated.
func (db *DB) NewID() buurtbel.ID { return db.ids.Next(db.now()) }

// Ring gives the key ring, for tokens and heads.
func (db *DB) Ring() *vault.Ring { return db.ring }

// Close closes the database; the second call does nothing.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Migrate brings the tables up to date.
func (db *DB) Migrate(ctx context.Context) (err error) {
	over := db.write
	if db.pooled && !db.deaf {
		over = db.openDirect()
		defer func() { err = errors.Join(err, over.Close()) }()
	}
	provider, err := db.provider(over)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > newest {
		return buurtbel.Fail(buurtbel.Conflict, "error.store.newer", buurtbel.Args{"Database": current, "Program": newest})
	}
	if current == newest {
		return nil // several nodes may start at once: none waits for another's lock without need
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (db *DB) provider(over *sql.DB) (*goose.Provider, error) {
	dialect := map[Engine]goose.Dialect{SQLite: goose.DialectSQLite3, Postgres: goose.DialectPostgres}[db.engine]
	folder, err := fs.Sub(migrations, "migrations/"+string(db.engine))
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	options, err := db.migrationLock()
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	provider, err := goose.NewProvider(dialect, over, folder, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// migrationLock makes one of several nodes that start at once bring the tables up to date, and the others wait for it: by a lock of the
// session, or by a row where a pooler leaves no session.
func (db *DB) migrationLock() ([]goose.ProviderOption, error) {
	switch {
	case db.engine == SQLite:
		return nil, nil
	case db.deaf:
		locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(time.Second, 60))
		return []goose.ProviderOption{goose.WithLocker(locker)}, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}, err
}

// seedIDs makes new ids follow every id that is stored: the clock may have been put back since the program last ran.
func (db *DB) seedIDs(ctx context.Context) error {
	var last int64
	err := db.write.QueryRowContext(ctx, newestID).Scan(&last)
	if err != nil {
		return fmt.Errorf("read newest id: %w", err)
	}
	db.ids.After(buurtbel.ID(last))
	return nil
}

// newestID reads one end of an index for each table whose ids are made here.
const newestID = `select coalesce(max(id), 0) from (
	select max(id) as id from zone union all select max(id) from network union all select max(id) from official union all select max(id) from mandate
	union all select max(id) from household union all select max(id) from member union all select max(id) from contact
	union all select max(id) from alert union all select max(id) from message union all select max(id) from recipient
	union all select max(id) from delivery union all select max(id) from inbound union all select max(id) from task
	union all select max(id) from import_batch union all select max(id) from application union all select max(id) from application_note
	union all select max(id) from business) x`

// Durability reads back the settings that make a commit durable, for reports.
func (db *DB) Durability(ctx context.Context) (map[string]string, error) {
	names := []string{"fsync", "synchronous_commit", "full_page_writes"}
	query := "select current_setting('%s')"
	if db.engine == SQLite {
		names, query = []string{"synchronous", "journal_mode", "foreign_keys"}, "select * from pragma_%s"
	}
	out := map[string]string{}
	for _, name := range names {
		var value string
		if err := db.write.QueryRowContext(ctx, fmt.Sprintf(query, name)).Scan(&value); err != nil {
			return nil, fmt.Errorf("read setting %s: %w", name, err)
		}
		out[name] = value
	}
	return out, nil
}

// busy tells whether an error goes away by repeating the transaction.
func busy(err error) bool {
	switch sqlState(err) {
	case "40001", "40P01", "53300": // serialization failure, deadlock, too many connections
		return true
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == 5 // SQLITE_BUSY
}

// gone tells whether an error means that the database was not there, or is no leader any more: it was stopped, another takes its place, or
// the connection broke. Before a commit was asked for nothing was done, and the transaction may be repeated.
func gone(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch state := sqlState(err); state {
	case "57P01", "57P02", "57P03", "25006": // shut down by an operator, crashed, starting up, not the leader
		return true
	default:
		if strings.HasPrefix(state, "08") { // connection exceptions
			return true
		}
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || pgconn.SafeToRetry(err)
}

// duplicate tells whether an error is a broken unique constraint.
func duplicate(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == 2067 || lite.Code() == 1555 // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
	}
	return sqlState(err) == "23505"
}

// full tells whether the disk has no room.
func full(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == 13 || sqlState(err) == "53100" // SQLITE_FULL, disk_full
}

func sqlState(err error) string {
	var pg interface{ SQLState() string }
	if errors.As(err, &pg) {
		return pg.SQLState()
	}
	return ""
}
