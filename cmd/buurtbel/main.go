// Buurtbel runs neighbourhood information networks: police reach the neighbours within seconds, and everyone hears how it ended.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// commands is the command line. Each command stands in a file of its own.
type commands struct {
	Config   string            `help:"Configuration file (TOML)." env:"BUURTBEL_CONFIG" type:"path" short:"c"`
	Database string            `help:"Database: postgres://… ; empty means what the configuration says, or SQLite in the data folder."`
	Language buurtbel.Language `help:"Language of what is said here: nl, fr, de or en." default:"en" enum:"nl,fr,de,en" env:"BUURTBEL_LANGUAGE"`

	Serve     serveCommand   `cmd:"" help:"Run the program: web pages, carriers, deliveries."`
	Demo      demoCommand    `cmd:"" help:"Show the program at work in a fictional town; nothing leaves this computer."`
	Alert     alertCommand   `cmd:"" help:"Launch, stop, show an alert, or tell how it ended."`
	Import    importCommand  `cmd:"" help:"Bring in areas, addresses or members."`
	Zone      zoneCommand    `cmd:"" help:"Make a police zone and its first official."`
	Place     placeCommand   `cmd:"" help:"Find an address, or the network that a place lies in."`
	SignIn    signInCommand  `cmd:"" help:"Print a one-time sign-in link for somebody."`
	Codes     codesCommand   `cmd:"" help:"The sealed codes for the dispatch room: show, print, revoke."`
	Doctor    doctorCommand  `cmd:"" help:"Say what is not set up as it should be, and what to set."`
	Inspect   inspectCommand `cmd:"" help:"Say what the program would make of these bytes, as JSON."`
	Migrate   migrateCommand `cmd:"" help:"Bring the database up to date."`
	ConfigCmd configCommand  `cmd:"" name:"config" help:"Describe or check the configuration."`
	Journal   journalCommand `cmd:"" help:"Verify the journal."`
	Keys      keysCommand    `cmd:"" help:"Make or rotate the keys."`
	Outside   outsideCommand `cmd:"" hidden:"" help:"The outside world of the demo and the tests."`
	Version   versionCommand `cmd:"" help:"Say which version this is."`
}

// world is what commands share.
type world struct {
	ctx      context.Context //nolint:containedctx // lives exactly as long as the program
	commands *commands
	out      io.Writer
	errs     io.Writer // what belongs to no output
	log      *slog.Logger
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("buurtbel"), kong.Description("Runs neighbourhood information networks."), kong.UsageOnError(),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	chosen, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		complain(errs, spoken(args), buurtbel.Fail(buurtbel.Invalid, "error.command.syntax", buurtbel.Args{"Message": err.Error()}))
		return 2
	}
	w := &world{ctx: ctx, commands: &c, out: out, errs: errs, log: slog.New(slog.NewTextHandler(errs, nil))}
	if err := chosen.Run(w); err != nil {
		complain(errs, c.Language, err)
		return 1
	}
	return 0
}

// spoken finds the language that was asked for in a command line that cannot be read.
func spoken(args []string) buurtbel.Language {
	chosen := os.Getenv("BUURTBEL_LANGUAGE")
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--language="); ok {
			chosen = value
		} else if arg == "--language" && i+1 < len(args) {
			chosen = args[i+1]
		}
	}
	if lang := buurtbel.Language(chosen); lang.Valid() {
		return lang
	}
	return buurtbel.English
}

// complain writes an error as sentences in the person's language; what has no sentence is written as it is, for the sysadmin who started it.
// A cause is told when it is the machine's (a right, a missing file, a database that does not answer): what a person typed needs none.
func complain(errs io.Writer, lang buurtbel.Language, err error) {
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Fprintln(errs, strings.TrimPrefix(fmt.Sprintf("%s: %s", p.Place, locale.Error(lang, p.Err)), ": "))
		}
		return
	}
	var sentence *buurtbel.Error
	if errors.As(err, &sentence) && locale.Has(sentence.Key) {
		fmt.Fprintln(errs, locale.Error(lang, err))
		findings(errs, lang, err)
		if cause := sentence.Unwrap(); cause != nil && ofMachine(sentence.Kind, cause) {
			fmt.Fprintf(errs, "(%v)\n", cause)
		}
		return
	}
	fmt.Fprintln(errs, err)
}

func ofMachine(kind buurtbel.Kind, cause error) bool {
	var file *fs.PathError
	return kind == buurtbel.Internal || kind == buurtbel.Busy || errors.As(cause, &file)
}

// load reads the configuration with what the command line overrides.
func (w *world) load() (*config.Config, error) {
	c, err := config.Load(w.commands.Config, os.Environ())
	if err != nil {
		return nil, err
	}
	if w.commands.Database != "" {
		c.Store.Database = w.commands.Database
	}
	return c, nil
}
