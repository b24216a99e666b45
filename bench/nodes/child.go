package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/app"
)

const (
	kill = syscall.SIGKILL
	term = syscall.SIGTERM
)

// program is one node: this binary again, called as "child FOLDER ZONE NETWORK NODE". It launches what it is told on its input, and ends on
// SIGTERM as `serve` does.
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
	if setup.Node, err = strconv.Atoi(os.Args[5]); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	a, err := setup.Open(ctx, app.Options{})
	if err != nil {
		return err
	}
	defer a.Close()
	halt, err := rig.Run(ctx, a, app.Options{})
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

// child is a running node.
type child struct {
	cmd   *exec.Cmd
	in    io.Writer
	said  chan string // lines of its output; closed when it ended
	ended sync.Once
	err   error
}

// start starts a node and waits until it says that it is ready.
func (b *bench) start(ctx context.Context, node int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self, "child", b.setup.Folder, b.town.Zone.String(), b.town.Networks[0].ID.String(), strconv.Itoa(node)), said: make(chan string, 16)}
	c.cmd.Stderr = os.Stderr
	if b.o.what == "patroni" {
		c.cmd.Stderr = io.Discard // it complains, rightly, while there is no leader
	}
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
			return nil, fmt.Errorf("node %d did not start: %w", node, c.err)
		}
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *child) launch(ctx context.Context, tag string) error {
	if _, err := fmt.Fprintf(c.in, "launch %s\n", tag); err != nil {
		return err
	}
	select {
	case _, ok := <-c.said:
		if !ok {
			return errors.New("the node ended instead of launching")
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *child) wait() {
	c.ended.Do(func() {
		for range c.said { // its output must be read to the end first
		}
		c.err = c.cmd.Wait()
	})
}

// end signals the node and waits until it is gone.
func (c *child) end(s syscall.Signal) error {
	if err := c.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("signal a node: %w", err)
	}
	c.wait()
	if s == term && c.err != nil {
		return fmt.Errorf("a node ended badly: %w", c.err)
	}
	return nil
}
