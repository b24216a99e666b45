package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Cluster gives the address of a PostgreSQL server that this program starts for itself, once, and that ends with it: for programs that are
// no test. Its settings are the server's own: fsync, synchronous_commit and full_page_writes are on.
func Cluster() (string, error) { return cluster() }

// NewDatabase makes an empty database on the server of Cluster and gives its address.
func NewDatabase(ctx context.Context) (string, error) {
	address, err := cluster()
	if err != nil {
		return "", err
	}
	admin, err := sql.Open("pgx", address+"/postgres?sslmode=disable")
	if err != nil {
		return "", fmt.Errorf("open server: %w", err)
	}
	name := fmt.Sprintf("b%d_%d", time.Now().UnixNano(), databases.Add(1))
	_, err = admin.ExecContext(ctx, "create database "+name)
	if err := errors.Join(err, admin.Close()); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	return address + "/" + name + "?sslmode=disable", nil
}
