package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// column is a column as both engines tell it.
type column struct {
	Kind    string // integer, text or blob
	NotNull bool
	Key     bool
}

var kindOf = map[string]string{"INTEGER": "integer", "TEXT": "text", "BLOB": "blob", "bigint": "integer", "text": "text", "bytea": "blob"}

// onlyPostgres is what SQLite does not need.
var onlyPostgres = map[string]string{
	"member_change.xid": "SQLite's writers follow each other, so a row's number is enough",
	"member_change_xid": "the index of the same",
}

func columns(t *testing.T, db *store.DB) map[string]column {
	t.Helper()
	query := `select m.name || '.' || c.name, c.type, c."notnull" or c.pk > 0, c.pk > 0 from sqlite_master m join pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like 'goose_%'`
	if db.Engine() == store.Postgres {
		query = `select c.table_name || '.' || c.column_name, c.data_type, c.is_nullable = 'NO', exists
			(select 1 from information_schema.table_constraints k join information_schema.key_column_usage u using (constraint_name, table_name)
			where k.constraint_type = 'PRIMARY KEY' and k.table_name = c.table_name and u.column_name = c.column_name)
			from information_schema.columns c where c.table_schema = 'public' and c.table_name not like 'goose_%'`
	}
	rows, err := db.SQL().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]column{}
	for rows.Next() {
		var name, kind string
		var c column
		if err := rows.Scan(&name, &kind, &c.NotNull, &c.Key); err != nil {
			t.Fatal(err)
		}
		if onlyPostgres[name] != "" {
			continue
		}
		if c.Kind = kindOf[kind]; c.Kind == "" {
			t.Errorf("%s is of type %s", name, kind)
		}
		out[name] = c
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

var spaces = regexp.MustCompile(`\s+`)

// indexes gives the indexes that migrations name, as table and columns.
func indexes(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	query := `select name, sql from sqlite_master where type = 'index' and sql is not null and name not like 'goose_%'`
	if db.Engine() == store.Postgres {
		query = `select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename not like 'goose_%' and indexname not like '%_pkey' and indexname not like '%_key'`
	}
	rows, err := db.SQL().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		if onlyPostgres[name] != "" {
			continue
		}
		text = strings.NewReplacer("public.", "", "USING btree ", "", "::text", "").Replace(text)
		text = strings.ToLower(spaces.ReplaceAllString(text, " "))
		_, text, _ = strings.Cut(text, " on ")
		out[name], _, _ = strings.Cut(text, " where ")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	lite, pg := storetest.Open(t, store.SQLite, nil), storetest.Open(t, store.Postgres, nil)
	if diff := cmp.Diff(columns(t, lite), columns(t, pg)); diff != "" {
		t.Errorf("columns, SQLite then PostgreSQL: %s", diff)
	}
	if diff := cmp.Diff(indexes(t, lite), indexes(t, pg)); diff != "" {
		t.Errorf("indexes, SQLite then PostgreSQL: %s", diff)
	}
	if len(columns(t, lite)) < 150 {
		t.Error("too few columns were found")
	}
}

func TestMigrationsArePaired(t *testing.T) {
	names := map[string][]string{}
	for _, engine := range []string{"sqlite", "postgres"} {
		entries, err := os.ReadDir("migrations/" + engine)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			if !strings.HasPrefix(e.Name(), fmt.Sprintf("%04d_", i+1)) || !strings.HasSuffix(e.Name(), ".sql") {
				t.Errorf("%s/%s is not number %d", engine, e.Name(), i+1)
			}
			names[engine] = append(names[engine], e.Name())
		}
	}
	if diff := cmp.Diff(names["sqlite"], names["postgres"]); diff != "" {
		t.Error(diff)
	}
}

// columnsWithBytes that are not sealed, each with its reason. Every other column of bytes is on the list of sealed columns.
var clearBytes = map[string]string{
	"contact.hash":           "a keyed hash",
	"wish.hash":              "a keyed hash",
	"confirmation.digest":    "a hash of text, area and count",
	"audience.members":       "opaque ids",
	"inbound.dedupe":         "a keyed hash",
	"inbound.sender_hash":    "a keyed hash",
	"one_use.hash":           "a hash of random bytes",
	"session.hash":           "a hash of random bytes",
	"passkey.credential":     "a hash of random bytes that an authenticator made",
	"identity.account":       "a keyed hash",
	"sealed_code.hash":       "a keyed hash",
	"spent.hash":             "a hash of random bytes",
	"own_code.ask":           "a hash of random bytes",
	"own_code.code":          "a keyed hash",
	"session_device.session": "a hash of random bytes",
	"session_device.device":  "a hash of random bytes",
	"shift.device":           "a hash of random bytes",
	"shift.pin":              "a keyed hash",
	"journal.commitment":     "a salted hash",
	"journal.prev":           "a hash",
	"journal.hash":           "a hash",
	"journal_head.hash":      "a hash",
	"journal_content.salt":   "random; worthless without the content",
	"journal_seal.body":      "opaque ids and hashes",
	"journal_seal.mac":       "a MAC",
	"proof.hash":             "a keyed hash",
	"ask_limit.hash":         "a keyed hash",
	"code_count.hash":        "a keyed hash",
	"mail_in.digest":         "a keyed hash",
	"own_code.number":        "a keyed hash",
	"one_use.number":         "a keyed hash",
}

func TestEveryColumnOfBytesIsSealedOrExcused(t *testing.T) {
	t.Parallel()
	sealed := map[string]bool{}
	for _, c := range store.SealedColumns() {
		if c.Holds == "" {
			t.Errorf("%s.%s does not say what it holds", c.Table, c.Column)
		}
		sealed[c.Table+"."+c.Column] = true
	}
	for name, c := range columns(t, storetest.Open(t, store.SQLite, nil)) {
		if c.Kind == "blob" && !sealed[name] && clearBytes[name] == "" {
			t.Errorf("%s is neither sealed nor excused", name)
		}
		if c.Kind == "blob" {
			delete(sealed, name)
		}
	}
	for name := range sealed {
		t.Errorf("%s is on the list of sealed columns and no column of bytes", name)
	}
}

// frozen is the number of migrations whose result lies in testdata as a released program would have left it. A migration that is frozen is
// never changed; write the file for a new release with BUURTBEL_FREEZE=1.
const frozen = 1

func frozenFile(engine store.Engine) string {
	return filepath.Join("testdata", fmt.Sprintf("%04d.%s.sql", frozen, engine))
}

func openRaw(t *testing.T, c store.Config) *sql.DB {
	t.Helper()
	driver, address := "sqlite", "file:"+filepath.Join(c.Data, "buurtbel.db")
	if c.Database != "" {
		driver, address = "pgx", c.Database
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// keepsakes are rows of the frozen database that must survive every upgrade.
const keepsakes = `insert into zone (id, name, country, settings) values (101, 'Politiezone Vlierbeek', 'BE', '{"time_zone":"Europe/Brussels"}');
insert into network (id, zone, name, kind, regime, area, facts) values (102, 101, 'BIN Kerkveld', 'residents', '["nl"]', '[]', '{}');
insert into task (id, zone, kind, subject, due, tries, node, lease, last_error) values (103, 101, 'work', 7, 1, 0, 0, 0, '');`

// The tests of the project get one database after the other, emptied: that is a fresh one only while no migration puts a row anywhere.
func TestAFreshDatabaseIsEmpty(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			db := storetest.OpenWith(t, storetest.Bare(t, engine), storetest.Ring(t), nil)
			tables := map[string]bool{}
			for column := range columnsOf(t, db) {
				table, _, _ := strings.Cut(column, ".")
				tables[table] = true
			}
			for table := range tables {
				var n int
				if err := db.SQL().QueryRow(`select count(*) from ` + table).Scan(&n); err != nil || n != 0 {
					t.Errorf("%s holds %d rows: %v", table, n, err)
				}
			}
		})
	}
}

func TestAFrozenDatabaseUpgrades(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := storetest.Bare(t, engine)
			if os.Getenv("BUURTBEL_FREEZE") == "1" {
				freeze(t, engine, storetest.Bare(t, engine))
			}
			dump, err := os.ReadFile(frozenFile(engine))
			if err != nil {
				t.Fatal(err)
			}
			raw := openRaw(t, c)
			if _, err := raw.Exec(string(dump)); err != nil {
				t.Fatalf("load the frozen database: %v", err)
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
			db := storetest.OpenWith(t, c, storetest.Ring(t), nil)
			fresh := storetest.Open(t, engine, nil)
			if diff := cmp.Diff(columns(t, fresh), columns(t, db)); diff != "" {
				t.Errorf("an upgraded database differs from a fresh one: %s", diff)
			}
			if diff := cmp.Diff(indexes(t, fresh), indexes(t, db)); diff != "" {
				t.Errorf("an upgraded database differs from a fresh one: %s", diff)
			}
			err = db.Read(t.Context(), buurtbel.Scope{Zone: 101}, func(tx *store.Tx) error {
				z, err := tx.Zone()
				if err == nil && z.Name != "Politiezone Vlierbeek" {
					t.Errorf("got %+v", z)
				}
				list, err2 := tx.Networks()
				if len(list) != 1 || list[0].ID != 102 {
					t.Errorf("got %+v", list)
				}
				if err == nil {
					err = err2
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// freeze writes what the first migrations make of an empty database.
func freeze(t *testing.T, engine store.Engine, c store.Config) {
	t.Helper()
	raw := openRaw(t, c)
	defer raw.Close()
	dialect := map[store.Engine]goose.Dialect{store.SQLite: goose.DialectSQLite3, store.Postgres: goose.DialectPostgres}[engine]
	folder := os.DirFS("migrations/" + string(engine))
	provider, err := goose.NewProvider(dialect, raw, folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), frozen); err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(keepsakes); err != nil {
		t.Fatal(err)
	}
	text := dumpSQLite
	if engine == store.Postgres {
		text = dumpPostgres
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(frozenFile(engine), []byte(text(t, raw, c)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func dumpSQLite(t *testing.T, raw *sql.DB, _ store.Config) string {
	t.Helper()
	var b strings.Builder
	rows, err := raw.Query(`select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		b.WriteString(text + ";\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for n := range frozen + 1 {
		fmt.Fprintf(&b, "insert into goose_db_version (version_id, is_applied) values (%d, 1);\n", n)
	}
	return b.String() + keepsakes + "\n"
}

func dumpPostgres(t *testing.T, _ *sql.DB, c store.Config) string {
	t.Helper()
	bin, err := storetest.Binaries()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(bin, "pg_dump"), "--inserts", "--no-owner", "--no-privileges", c.Database).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "SET ") || strings.HasPrefix(line, "SELECT pg_catalog.set_config")
	})
	return strings.Join(lines, "\n") + "\n"
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c, ring := storetest.Bare(t, engine), storetest.Ring(t)
			db := storetest.OpenWith(t, c, ring, nil)
			if err := db.Migrate(t.Context()); err != nil {
				t.Errorf("a second time: %v", err)
			}
			if _, err := db.SQL().Exec(`insert into goose_db_version (version_id, is_applied) values (9999, ` + map[store.Engine]string{store.SQLite: "1", store.Postgres: "true"}[engine] + `)`); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(t.Context(), c, store.Options{Ring: ring, Now: db.Now, Logger: quiet()})
			if buurtbel.KindOf(err) != buurtbel.Conflict || buurtbel.KeyOf(err) != "error.store.newer" {
				t.Errorf("got %v", err)
			}
		})
	}
}
