package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
)

// erasures is the file in which erasures are noted, outside the database and its backup.
func (a *App) erasures() string {
	if a.Config.Retention.Erasures != "" {
		return a.Config.Retention.Erasures
	}
	return a.Config.Vault.Keyring + ".erasures"
}

// eraseOut notes an erasure outside the database.
func (a *App) eraseOut(_ context.Context, line string) error { return appendLine(a.erasures(), line) }

// eraseAgain erases again whoever a restored backup brought back: before anything is sent and before anybody signs in.
func (a *App) eraseAgain(ctx context.Context) error {
	f, err := os.Open(a.erasures())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nobody was erased yet
	}
	if err != nil {
		return fmt.Errorf("open list of erasures: %w", err)
	}
	again, unread, err := guarding.EraseAgain(ctx, a.DB, buurtbel.System(), f)
	if again > 0 {
		a.log.Info("erased again after a restore", "persons", again)
	}
	if unread > 0 {
		a.log.Warn("lines in the list of erasures were not written with this key ring", "lines", unread)
	}
	return errors.Join(err, f.Close())
}
