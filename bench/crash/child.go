package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/app"
)

// program is the process under test: this binary again, called as "child FOLDER ZONE NETWORK guarded|unguarded". It runs the whole program on a
// folder, launches what it is told on its input ("launch TAG"), and ends on SIGTERM as `serve` does.
func program(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	setup, err := rig.Saved(os.Args[2])
	if err != nil {
		return err
	}
	zone, err := buurtbel.ParseID(os.Args[3])
	if err != nil {
		return err
	}
	network, err := buurtbel.ParseID(os.Args[4])
	if err != nil {
		return err
	}
	o := app.Options{Unguarded: os.Args[5] == "unguarded"}
	a, err := setup.Open(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	halt, err := rig.Run(ctx, a, o)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			tag := strings.TrimPrefix(lines.Text(), "launch ")
			if _, err := rig.Launch(ctx, a.Desk, zone, []buurtbel.ID{network}, tag); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, err)
			}
			fmt.Println("launched", tag)
		}
		stop() // the parent is gone
	}()
	<-ctx.Done()
	return halt()
}

// child is a running process under test.
type child struct {
	cmd   *exec.Cmd
	in    interface{ Write([]byte) (int, error) }
	said  chan string // lines of its output; closed when it ended
	ended sync.Once
	err   error
}

// start starts the program and waits until it says that it is ready.
func (b *bench) start(ctx context.Context) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	guard := "guarded"
	if b.o.control {
		guard = "unguarded"
	}
	c := &child{cmd: exec.Command(self, "child", b.setup.Folder, b.town.Zone.String(), b.town.Networks[0].ID.String(), guard), said: make(chan string, 16)}
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(c.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.said <- lines.Text()
		}
	}()
	select {
	case line, ok := <-c.said:
		if !ok || line != "ready" {
			c.wait()
			return nil, fmt.Errorf("the program did not start: %w", c.err)
		}
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *child) launch(tag string) error {
	_, err := fmt.Fprintf(c.in, "launch %s\n", tag)
	return err
}

func (c *child) wait() {
	c.ended.Do(func() {
		for range c.said { // its output must be read to the end first
		}
		c.err = c.cmd.Wait()
	})
}

// end signals the program and waits until it is gone.
func (c *child) end(s syscall.Signal) error {
	if err := c.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("signal the program: %w", err)
	}
	c.wait()
	if s == syscall.SIGTERM && c.err != nil {
		return fmt.Errorf("the program ended badly: %w", c.err)
	}
	return nil
}
