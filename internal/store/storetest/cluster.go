package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// NewDatabase makes an empty database on a PostgreSQL server that this program starts for itself, once, and that ends with it, and gives its
// address: for programs that are no test. The server's settings are its own: fsync, synchronous_commit and full_page_writes are on.
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
