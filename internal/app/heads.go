package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/buurtbel/buurtbel/internal/config"
)

// sendHead brings a line of the journal's head outside: to a file on a disk that who owns the database cannot write, to a program, or both.
func sendHead(ctx context.Context, c config.Vault, line string) error {
	var errs []error
	if c.JournalHeadFile != "" {
		errs = append(errs, appendLine(c.JournalHeadFile, line))
	}
	if len(c.JournalHeadCommand) > 0 {
		ctx, cancel := context.WithTimeout(ctx, c.JournalHeadTimeout)
		defer cancel()
		cmd := exec.CommandContext(ctx, c.JournalHeadCommand[0], c.JournalHeadCommand[1:]...)
		cmd.Stdin = strings.NewReader(line + "\n")
		if err := cmd.Run(); err != nil {
			errs = append(errs, fmt.Errorf("program for the journal's head: %w", err))
		}
	}
	return errors.Join(errs...)
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open file for the journal's head: %w", err)
	}
	_, err = f.WriteString(line + "\n")
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
