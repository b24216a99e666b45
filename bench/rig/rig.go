// Package rig is the stand that the benches bolt the program to: a store on a real disk, a fictional zone with its members, and the outside
// world as another process on loopback sockets.
//
// It measures nothing by itself and weakens nothing: databases keep the durability that the program asks for, and it is read back and reported.
// All people, numbers and mailboxes are fictional.
package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Password is what the outside world asks of who binds.
const Password = "secret"

// Setup says what a program under test stands on. It is written into the folder, so that a child process finds it.
type Setup struct {
	Engine    store.Engine
	Folder    string // of the data and the key ring
	Database  string // address on PostgreSQL; "" on SQLite
	SMPP      string // address of the SMSC; "" for no SMS
	Second    string // address of the SMSC that is used when the first cannot take work; "" for none
	SMTP      string // address of the mail server; "" for no mail
	SIP       string // address of the telephones; "" for no calls
	Lines     int    // of the trunk to them
	PushKey   string // file with the key for push services; "" for no pushes
	Receipts  bool
	Window    int           // open submit_sm; 500 when 0
	Mails     int           // connections to the mail server; 4 when 0
	Node      int           // of the process under test
	Direct    string        // address on PostgreSQL without the pooler that Database has
	PerSecond int           // parts a second that the carrier allows; 0: no limit
	Wait      time.Duration // how long stopping waits for carriers; 20 s when 0
}

// NewSetup makes a folder on the disk of the temporary folder, a key ring in it, and on PostgreSQL an empty database: on a server of this
// program's own unless url is given.
func NewSetup(ctx context.Context, engine store.Engine, url string) (*Setup, error) {
	if engine != store.SQLite && engine != store.Postgres {
		return nil, fmt.Errorf("engine %q: must be sqlite or postgres", engine)
	}
	folder, err := os.MkdirTemp("", "buurtbel-bench")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	s := &Setup{Engine: engine, Folder: folder, Database: url}
	if err := onDisk(folder); err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	if _, err := vault.Create(s.keyring()); err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	if engine == store.Postgres && url == "" {
		if s.Database, err = storetest.NewDatabase(ctx); err != nil {
			return nil, errors.Join(err, s.Remove())
		}
	}
	return s, nil
}

// Remove deletes the folder.
func (s *Setup) Remove() error { return os.RemoveAll(s.Folder) }

func (s *Setup) keyring() string { return filepath.Join(s.Folder, "keyring") }

// Save writes the setup into its folder.
func (s *Setup) Save() error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write setup: %w", err)
	}
	return os.WriteFile(filepath.Join(s.Folder, "setup.json"), b, 0o600)
}

// Saved reads the setup that a folder holds.
func Saved(folder string) (*Setup, error) {
	b, err := os.ReadFile(filepath.Join(folder, "setup.json"))
	if err != nil {
		return nil, fmt.Errorf("read setup: %w", err)
	}
	s := &Setup{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("read setup: %w", err)
	}
	return s, nil
}

// Config is the program's configuration on this setup. What is not said here is the program's own default.
func (s *Setup) Config() *config.Config {
	c := &config.Config{}
	c.Server.PublicURL = "http://127.0.0.1:8080"
	c.Server.Listen = "127.0.0.1:0"
	c.Server.ReadTimeout, c.Server.WriteTimeout, c.Server.IdleTimeout, c.Server.MaxBody = 10*time.Second, 10*time.Second, time.Minute, 1<<20
	c.Server.StopTimeout = orElse(s.Wait, 20*time.Second)
	c.Store = config.Store{Folder: filepath.Join(s.Folder, "data"), Database: s.Database, Direct: s.Direct, Readers: 4, Writers: 8, Node: s.Node}
	c.Vault.Keyring = s.keyring()
	c.Delivery = config.Delivery{Unsettled: 500, Claim: 250}
	if s.SMPP != "" {
		c.SMS = append(c.SMS, config.SMS{Config: s.Carrier()})
	}
	if s.Second != "" {
		second := s.Carrier()
		second.Name, second.Address = "carrier-b", s.Second
		c.SMS = append(c.SMS, config.SMS{Config: second})
	}
	if s.SIP != "" {
		c.Voice = append(c.Voice, config.Voice{Config: s.Trunk(), PricePerMinute: 550})
	}
	if s.PushKey != "" {
		c.Push = s.Pusher()
	}
	if s.SMTP != "" {
		c.Email = append(c.Email, config.Email{Config: s.Mailer()})
	}
	return c
}

// Carrier is the account at the SMSC, the same for the program and for the bare pump.
func (s *Setup) Carrier() smpp.Config {
	return smpp.Config{Config: sms.Config{Name: "carrier-a", Sender: "8810", CanBeAnswered: true, PricePerPart: 550}, Address: s.SMPP,
		SystemID: "buurtbel", Password: Password, Window: orElse(s.Window, 500), Receipts: s.Receipts, MaxPerSecond: s.PerSecond}
}

// Trunk is the trunk to the telephones.
func (s *Setup) Trunk() sip.Config {
	return sip.Config{Name: "trunk-a", Server: s.SIP, Caller: "+3220000999", Local: "127.0.0.1", Lines: s.Lines, AcceptFrom: []string{"127.0.0.1"}}
}

// Mailer is the account at the mail server.
func (s *Setup) Mailer() email.Config {
	return email.Config{Name: "mail-a", Address: s.SMTP, TLS: "none", From: "alarm@example.org", Connections: orElse(s.Mails, 4)}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Quiet is a log that shows only what went wrong.
func Quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// Open opens the program on the setup.
func (s *Setup) Open(ctx context.Context, o app.Options) (*app.App, error) {
	if o.Logger == nil {
		o.Logger = Quiet()
	}
	return app.Open(ctx, s.Config(), o)
}

// Run runs the program in this process until the function it gives is called.
func Run(ctx context.Context, a *app.App, o app.Options) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	if err := a.OpenCarriers(ctx, o); err != nil {
		cancel()
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}, nil
}

// Outside starts the outside world as another process: this binary again, see Main.
func Outside(o outside.Options) (*outside.Process, error) {
	o.Bench, o.Password = true, Password
	options, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("write options: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.Command(self, "outside", string(options))
	cmd.Stderr = os.Stderr
	return outside.Spawn(cmd)
}

// Main runs a bench. Called as "outside" this binary is the outside world instead, and as "child" the process under test.
func Main(run func(ctx context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	switch {
	case len(os.Args) == 3 && os.Args[1] == "outside":
		run = world
		ctx = context.WithoutCancel(ctx) // it ends with its parent, never before
	case len(os.Args) == 7 && os.Args[1] == "child":
		run = program
	}
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func world(ctx context.Context) error {
	var o outside.Options
	if err := json.Unmarshal([]byte(os.Args[2]), &o); err != nil {
		return fmt.Errorf("read options: %w", err)
	}
	o.Stdin = os.Stdin
	return outside.Run(ctx, o)
}
