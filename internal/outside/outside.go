// Package outside is the outside world for the demo, the tests and the benches: a carrier for short messages with its telephones (SMPP), a
// carrier of calls that makes the same telephones and those at home ring (SIP), a mail server with its letter boxes (SMTP), and a page where
// people watch and listen. It runs as its own process and is reached only over loopback sockets.
//
// It does not know the rest of the program: no store, no channel, no verb. Nothing ever leaves 127.0.0.1.
//
// Always true: what was accepted is in the log before it is answered, and only that; the log is the truth against which the program is judged.
//
// Control, all on the HTTP port, JSON unless said otherwise:
//
//	GET    /log?tag=            every accepted submit_sm (NDJSON, type Entry); tag leaves out all others
//	GET    /log/summary?tag=    type Summary
//	POST   /log/reset           empties the logs and the telephones' bubbles; message ids go on
//	GET    /log/calls           every call that the carrier was asked for (NDJSON, type CallEntry)
//	GET    /log/mails?tag=      every accepted recipient of a mail (NDJSON, type MailEntry)
//	GET    /log/mails/summary?tag=
//	GET    /counts              type Counts, since the start
//	GET    /fault               type Fault, what is in force
//	POST   /fault               changes the fields given
//	DELETE /fault               back to how the program was started
//	POST   /smsc/drop           cuts every SMPP connection
//	POST   /smsc/restart?ms=    closes port and connections, opens the same port after so long
//	GET    /phones              {"texts", "phones": []Phone}, the last changed first
//	POST   /phones/write        {"number","text","to"?,"wait_ms"?}: a telephone writes; answers once the ESME has taken it or wait_ms is over
//	POST   /phones/turn         {"numbers":[],"off":bool}: receipts for a telephone that is off say UNDELIV
//	POST   /calls/{id}/answer   a visitor picks the telephone up; /hang-up puts it down; /press {"key"} presses a key
//	POST   /calls/back          {"number","to"?}: a telephone calls the number that called, or to; {"id"} of its call
//	GET    /calls/{id}/sound.wav  what was said; with side=heard only what came to the telephone
//	GET    /mails?to=           []Letter, the last first
//	GET    /mails/{id}          type Letter with its bodies; /html its HTML part alone, /raw as it came
//	GET    /ca.pem              the certificate of the TLS ports, when Options.TLS is set
//	GET    /events              server-sent events for the page
//	GET    /                    the page (not in bench mode)
package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"
)

// Options says how the outside world is at the start. The tags are those of the command line.
type Options struct {
	SMPP     int    `help:"Port of the SMSC; 0 takes a free one." default:"0"`
	SIP      int    `help:"Port of the carrier of calls; 0 takes a free one." default:"0" name:"sip"`
	SMTP     int    `help:"Port of the mail server; 0 takes a free one." default:"0"`
	HTTP     int    `help:"Port of page and control; 0 takes a free one." default:"0"`
	Bench    bool   `help:"No telephones, no letter boxes, no page: only the logs."`
	SystemID string `help:"System id that may bind; empty: any."`
	Password string `help:"Password for binds and for SMTP AUTH; empty: any." default:"secret"`
	MailAuth bool   `help:"Mails need SMTP AUTH first."`
	TLS      bool   `help:"Offer STARTTLS on the mail port, with a certificate made at the start (GET /ca.pem)."`
	Service  string `help:"Number that telephones write to when nobody has written to them." default:"8810"`
	Log      string `help:"File to append the logs to, as NDJSON." type:"path"`
	Tag      string `help:"Pattern of the tag that texts and mails carry; its first group is kept." default:"\\[a([0-9A-Za-z-]+)\\]"`
	Habits   string `help:"What telephones do that are called: empty for a mixture, quick for one whose calls all end in one go." default:""`
	Letters  int    `help:"Mails kept with their bodies." default:"5000"`

	Receipts       string        `help:"\"\" when asked for, off, first, twice." default:""`
	ReceiptAfter   time.Duration `help:"Shortest delay of a receipt." default:"50ms"`
	ReceiptSpread  time.Duration `help:"Mean of the delay's tail." default:"0s"`
	FailedPermille int           `help:"Share of numbers whose receipts say UNDELIV." default:"0"`
	Expired        int           `help:"Share of numbers, in permille, whose receipts say EXPIRED." default:"0" name:"expired-permille"`
	Window         int           `help:"Unanswered deliver_sm per connection." default:"500"`
	RepeatAfter    time.Duration `help:"A deliver_sm that is refused or unanswered comes again after so long." default:"2s"`
	Repeats        int           `help:"How often it comes again, at most 200." default:"50"`

	Stdin  io.Reader `kong:"-" json:"-"` // the end of it ends Run; nil: only the context does
	Stdout io.Writer `kong:"-" json:"-"` // gets the line of Ports; nil: os.Stdout
}

// Ports is the line that Run prints when all are listening.
type Ports struct {
	SMPP int `json:"smpp"`
	SMTP int `json:"smtp"`
	SIP  int `json:"sip"`
	HTTP int `json:"http"`
}

func (o *Options) defaults() {
	if o.Tag == "" {
		o.Tag = `\[a([0-9A-Za-z-]+)\]`
	}
	if o.Window <= 0 {
		o.Window = 500
	}
	if o.RepeatAfter <= 0 {
		o.RepeatAfter = 2 * time.Second
	}
	if o.Repeats <= 0 || o.Repeats > 200 {
		o.Repeats = 50
	}
	if o.Letters <= 0 {
		o.Letters = 5000
	}
	if o.Service == "" {
		o.Service = "8810"
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
}

func (o *Options) fault() Fault {
	return Fault{Receipts: o.Receipts, ReceiptAfter: int(o.ReceiptAfter.Milliseconds()), ReceiptSpread: int(o.ReceiptSpread.Milliseconds()),
		FailedPermille: o.FailedPermille, ExpiredPermille: o.Expired}
}

// World is a running outside world.
type World struct {
	opts     Options
	faults   *misbehaviour
	smsLog   *smsLog
	mails    *mailLog
	callLog  *callLog
	phones   *phones // nil in bench mode
	boxes    *boxes  // nil in bench mode
	smsc     *SMSC
	mail     *Mail
	exchange *exchange
	events   *events
	file     *logFile // nil without a log file
	ports    Ports
}

// Run is the whole program: it starts, prints Ports as one JSON line, and ends when the context ends or Stdin is closed.
func Run(ctx context.Context, opts Options) error {
	opts.defaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if opts.Stdin != nil {
		go func() {
			// Whatever ends the reading, the parent is gone.
			_, _ = io.Copy(io.Discard, opts.Stdin) // any end means the same
			cancel()
		}()
	}
	w, err := newWorld(opts)
	if err != nil {
		return err
	}
	return errors.Join(w.run(ctx), w.file.close())
}

func newWorld(opts Options) (*World, error) {
	tag, err := regexp.Compile(opts.Tag)
	if err != nil {
		return nil, fmt.Errorf("tag pattern: %w", err)
	}
	w := &World{opts: opts, faults: newMisbehaviour(opts.fault()), events: newEvents()}
	if opts.Log != "" {
		if w.file, err = openLogFile(opts.Log); err != nil {
			return nil, err
		}
	}
	w.smsLog, w.mails = newSMSLog(tag, w.file), newMailLog(tag, w.file)
	if !opts.Bench {
		w.phones, w.boxes = newPhones(w.events.stir), newBoxes(opts.Letters, w.events.stir)
	}
	w.callLog = newCallLog(w.phones, w.file)
	w.exchange = newExchange(opts, w.callLog, w.faults)
	w.smsc = newSMSC(opts, w.smsLog, w.faults, w.phones)
	w.mail, err = newMail(opts, w.mails, w.faults, w.boxes, &w.smsc.counts)
	return w, err
}

func (w *World) run(ctx context.Context) error {
	if err := w.smsc.start(ctx, w.opts.SMPP); err != nil {
		return err
	}
	defer w.smsc.stop()
	if err := w.mail.start(ctx, w.opts.SMTP); err != nil {
		return err
	}
	defer w.mail.stop()
	if err := w.exchange.start(ctx, w.opts.SIP); err != nil {
		return err
	}
	defer w.exchange.stop()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", w.opts.HTTP))
	if err != nil {
		return fmt.Errorf("listen for HTTP: %w", err)
	}
	w.ports = Ports{SMPP: w.smsc.port, SMTP: w.mail.port, SIP: w.exchange.port, HTTP: l.Addr().(*net.TCPAddr).Port}
	server := &http.Server{Handler: w.routes(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	var tasks sync.WaitGroup
	tasks.Go(func() { w.flushing(ctx) })
	if !w.opts.Bench {
		tasks.Go(func() { w.broadcast(ctx) })
	}
	tasks.Go(func() {
		<-ctx.Done()
		server.Close() //nolint:errcheck // it ends whatever this says
	})
	defer tasks.Wait()
	if err := json.NewEncoder(w.opts.Stdout).Encode(w.ports); err != nil {
		return errors.Join(fmt.Errorf("print the ports: %w", err), server.Close())
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// flushing brings the log file up to date ten times a second.
func (w *World) flushing(ctx context.Context) {
	if w.file == nil {
		return
	}
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			w.file.flush()
		}
	}
}
