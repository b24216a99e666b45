package rig

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
)

// program is the process under test: this binary again, called as "child FOLDER ZONE NETWORK NODE guarded|unguarded". It runs the whole program
// on a folder, launches what it is told on its input ("launch TAG"), and ends on SIGTERM as `serve` does.
func program(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	setup, err := Saved(os.Args[2])
	if err != nil {
		return err
	}
	zone, err1 := buurtbel.ParseID(os.Args[3])
	network, err2 := buurtbel.ParseID(os.Args[4])
	node, err3 := strconv.Atoi(os.Args[5])
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("read arguments: %w", err)
	}
	setup.Node = node
	o := app.Options{Unguarded: os.Args[6] == "unguarded"}
	a, err := setup.Open(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	halt, err := Run(ctx, a, o)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			tag := strings.TrimPrefix(lines.Text(), "launch ")
			if _, err := Launch(ctx, a.Desk, zone, []buurtbel.ID{network}, tag); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, err)
			}
			fmt.Println("launched", tag)
		}
		stop() // the parent is gone
	}()
	<-ctx.Done()
	return halt()
}

// Child is a running process under test.
type Child struct {
	cmd   *exec.Cmd
	in    io.Writer
	said  chan string // lines of its output; closed when it ended
	ended sync.Once
	err   error
}

// ChildOptions are how a process under test differs from the usual.
type ChildOptions struct {
	Node      int
	Unguarded bool      // the guard against doubles is taken out
	Errors    io.Writer // where it complains; nil: as this process
}

// Start starts the program on the setup as it was saved, and waits until it says that it is ready. It launches to the town's first network.
func (s *Setup) Start(ctx context.Context, t *Town, o ChildOptions) (*Child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	guard := "guarded"
	if o.Unguarded {
		guard = "unguarded"
	}
	c := &Child{cmd: exec.Command(self, "child", s.Folder, t.Zone.String(), t.Networks[0].ID.String(), strconv.Itoa(o.Node), guard), said: make(chan string, 16)}
	if c.cmd.Stderr = o.Errors; o.Errors == nil {
		c.cmd.Stderr = os.Stderr
	}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the program: %w", err)
	}
	go func() {
		defer close(c.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.said <- lines.Text()
		}
	}()
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Child) ready(ctx context.Context) error {
	select {
	case line, ok := <-c.said:
		if !ok || line != "ready" {
			c.wait()
			return fmt.Errorf("the program did not start: %w", c.err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Launch tells the process to launch, and does not wait until it has.
func (c *Child) Launch(tag string) error {
	_, err := fmt.Fprintf(c.in, "launch %s\n", tag)
	return err
}

// Launched waits until the process has launched what it was told to.
func (c *Child) Launched(ctx context.Context) error {
	select {
	case _, ok := <-c.said:
		if !ok {
			return errors.New("the program ended instead of launching")
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Child) wait() {
	c.ended.Do(func() {
		for range c.said { // its output must be read to the end first
		}
		c.err = c.cmd.Wait()
	})
}

// End signals the process and waits until it is gone. One that ends badly on SIGTERM is an error.
func (c *Child) End(s syscall.Signal) error {
	if err := c.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("signal the program: %w", err)
	}
	c.wait()
	if s == syscall.SIGTERM && c.err != nil {
		return fmt.Errorf("the program ended badly: %w", c.err)
	}
	return nil
}
