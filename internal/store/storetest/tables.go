package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/store"
)

// Tables are made once per engine and test program; each test gets a copy. What its predecessors left is gone from it.

func migrate(c store.Config) error {
	db, err := store.Open(context.Background(), c, store.Options{Now: time.Now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return err
	}
	return db.Close()
}

// file is an SQLite database with its tables.
var file = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "buurtbel-tables")
	if err != nil {
		return nil, err
	}
	if err := migrate(store.Config{Data: folder}); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(folder, "buurtbel.db"))
	return content, errors.Join(err, os.RemoveAll(folder))
})

func copyFile(t *testing.T, folder string) {
	t.Helper()
	content, err := file()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "buurtbel.db"), content, 0o600)
	}
	if err != nil {
		t.Fatalf("copy database: %v", err)
	}
}

// template is the name of a PostgreSQL database with its tables.
var template = sync.OnceValues(func() (string, error) {
	address, err := NewDatabase(context.Background())
	if err != nil {
		return "", err
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(parsed.Path, "/"), migrate(store.Config{Database: address})
})

// free are the databases whose tests are over, by address.
var free struct {
	sync.Mutex
	list []string
}

// tables gives the address of a PostgreSQL database of the test's own that has its tables: one whose test is over, emptied, or a new one.
func tables(t *testing.T) string {
	t.Helper()
	address := takeFree()
	if address == "" {
		address = copied(t)
	}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		switch emptied, err := empty(address); {
		case err != nil:
			t.Errorf("empty database: %v", err)
		case emptied:
			free.Lock()
			defer free.Unlock()
			free.list = append(free.list, address)
		}
	})
	return address
}

func takeFree() string {
	free.Lock()
	defer free.Unlock()
	n := len(free.list)
	if n == 0 {
		return ""
	}
	address := free.list[n-1]
	free.list = free.list[:n-1]
	return address
}

func copied(t *testing.T) string {
	t.Helper()
	server := server(t)
	from, err := template()
	if err != nil {
		t.Fatalf("make template database: %v", err)
	}
	admin, err := sql.Open("pgx", server+"/postgres?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close() //nolint:errcheck // only a statement is run
	name := fmt.Sprintf("m%d", databases.Add(1))
	if _, err := admin.Exec("create database " + name + " template " + from + " strategy file_copy"); err != nil {
		t.Fatalf("copy database: %v", err)
	}
	return server + "/" + name + "?sslmode=disable"
}

// emptying leaves every table as the migrations made it: none of them puts a row anywhere, see TestAFreshDatabaseIsEmpty.
const emptying = `do $$
declare
	one record;
	filled boolean;
	list text := '';
begin
	for one in select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() and tablename not like 'goose%' loop
		execute 'select exists (select 1 from ' || one.name || ')' into filled;
		if filled then
			list := list || ', ' || one.name;
		end if;
	end loop;
	if list <> '' then
		execute 'truncate ' || substr(list, 3) || ' restart identity cascade';
	end if;
end $$`

// leaving ends what is still connected: a server hears a moment later that its client has closed.
const leaving = `select count(*) filter (where not pg_terminate_backend(pid, 5000)) from pg_stat_activity
	where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`

// empty empties a database; false when somebody stays connected to it.
func empty(address string) (bool, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return false, err
	}
	db.SetMaxOpenConns(1)
	var stay int
	err = db.QueryRow(leaving).Scan(&stay)
	if err == nil && stay == 0 {
		_, err = db.Exec(emptying)
	}
	return stay == 0, errors.Join(err, db.Close())
}
