package outside

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Client speaks to the control of an outside world in another process. Safe for concurrent use.
type Client struct {
	Ports Ports
	http  http.Client
}

// NewClient is a client for a world that listens on these ports.
func NewClient(p Ports) *Client { return &Client{Ports: p} }

// SMPP is the address of the SMSC.
func (c *Client) SMPP() string { return "127.0.0.1:" + strconv.Itoa(c.Ports.SMPP) }

// SMTP is the address of the mail server.
func (c *Client) SMTP() string { return "127.0.0.1:" + strconv.Itoa(c.Ports.SMTP) }

// SIP is the address of the carrier of calls.
func (c *Client) SIP() string { return "127.0.0.1:" + strconv.Itoa(c.Ports.SIP) }

// URL is the address of the page.
func (c *Client) URL() string { return "http://127.0.0.1:" + strconv.Itoa(c.Ports.HTTP) + "/" }

// Process is an outside world that this process started.
type Process struct {
	*Client
	cmd   *exec.Cmd
	stdin io.Closer
}

// Spawn starts cmd, which must call Run with its own stdin and stdout, and waits for its line of ports. The world ends with Stop, or when this
// process dies in whatever way: the pipe to its stdin closes then.
func Spawn(cmd *exec.Cmd) (*Process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("pipe to the outside world: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("pipe from the outside world: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the outside world: %w", err)
	}
	p := &Process{cmd: cmd, stdin: in}
	var ports Ports
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ports)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ports of the outside world: %w", err), p.Stop())
	}
	p.Client = NewClient(ports)
	return p, nil
}

// PID is the world's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop ends the world and waits for it.
func (p *Process) Stop() error {
	return errors.Join(p.stdin.Close(), p.cmd.Wait())
}

// CPU is the processor time that a stopped world has taken, user and system.
func (p *Process) CPU() time.Duration {
	if s := p.cmd.ProcessState; s != nil {
		return s.UserTime() + s.SystemTime()
	}
	return 0
}

func (c *Client) call(ctx context.Context, method, path string, in any) (io.ReadCloser, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("outside %s: %w", path, err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.URL()+path, body)
	if err != nil {
		return nil, fmt.Errorf("outside: %w", err)
	}
	a, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("outside: %w", err)
	}
	if a.StatusCode >= 300 {
		defer a.Body.Close()
		said, err := io.ReadAll(io.LimitReader(a.Body, 300))
		return nil, errors.Join(fmt.Errorf("outside %s %s: %s: %s", method, path, a.Status, strings.TrimSpace(string(said))), err)
	}
	return a.Body, nil
}

// do calls and reads the JSON answer into out, unless out is nil.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	b, err := c.call(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer b.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, b)
	} else {
		err = json.NewDecoder(b).Decode(out)
	}
	if err != nil {
		return fmt.Errorf("outside %s %s: %w", method, path, err)
	}
	return nil
}

func tagged(path, tag string) string { return path + "?" + url.Values{"tag": {tag}}.Encode() }

// Log calls each for every accepted submit_sm in order of arrival; tag "" means all.
func (c *Client) Log(ctx context.Context, tag string, each func(Entry) error) error {
	b, err := c.call(ctx, http.MethodGet, tagged("log", tag), nil)
	if err != nil {
		return err
	}
	defer b.Close()
	return fromJSON(b, each)
}

// MailLog calls each for every accepted recipient of a mail in order of arrival; tag "" means all.
func (c *Client) MailLog(ctx context.Context, tag string, each func(MailEntry) error) error {
	b, err := c.call(ctx, http.MethodGet, tagged("log/mails", tag), nil)
	if err != nil {
		return err
	}
	defer b.Close()
	return fromJSON(b, each)
}

// CallLog calls each for every call, in order of their beginning.
func (c *Client) CallLog(ctx context.Context, each func(CallEntry) error) error {
	b, err := c.call(ctx, http.MethodGet, "log/calls", nil)
	if err != nil {
		return err
	}
	defer b.Close()
	return fromJSON(b, each)
}

// Press presses a key at the telephone of a call; one that rings is picked up instead.
func (c *Client) Press(ctx context.Context, call, key string) error {
	return c.do(ctx, http.MethodPost, "calls/"+url.PathEscape(call)+"/press", map[string]string{"key": key}, nil)
}

// PickUp answers the telephone of a call by hand: it does nothing more by itself.
func (c *Client) PickUp(ctx context.Context, call string) error {
	return c.do(ctx, http.MethodPost, "calls/"+url.PathEscape(call)+"/answer", nil, nil)
}

// PutDown ends a call at its telephone.
func (c *Client) PutDown(ctx context.Context, call string) error {
	return c.do(ctx, http.MethodPost, "calls/"+url.PathEscape(call)+"/hang-up", nil, nil)
}

// CallBack lets a telephone call the number that the last call showed; it gives the call's id.
func (c *Client) CallBack(ctx context.Context, number string) (id string, err error) {
	var out struct{ ID string }
	err = c.do(ctx, http.MethodPost, "calls/back", map[string]string{"number": number}, &out)
	return out.ID, err
}

// Sound gives what was said in a call so far, as a WAV file.
func (c *Client) Sound(ctx context.Context, call string) ([]byte, error) {
	b, err := c.call(ctx, http.MethodGet, "calls/"+url.PathEscape(call)+"/sound.wav", nil)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(b)
}

// Summary counts the log of short messages; tag "" means all.
func (c *Client) Summary(ctx context.Context, tag string) (s Summary, err error) {
	return s, c.do(ctx, http.MethodGet, tagged("log/summary", tag), nil, &s)
}

// MailSummary counts the log of mails; tag "" means all.
func (c *Client) MailSummary(ctx context.Context, tag string) (s Summary, err error) {
	return s, c.do(ctx, http.MethodGet, tagged("log/mails/summary", tag), nil, &s)
}

// Counts is what happened since the start.
func (c *Client) Counts(ctx context.Context) (n Counts, err error) {
	return n, c.do(ctx, http.MethodGet, "counts", nil, &n)
}

// Reset empties both logs.
func (c *Client) Reset(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "log/reset", nil, nil)
}

// Fault reads the faults in force, lets edit change them, and puts them in force.
func (c *Client) Fault(ctx context.Context, edit func(*Fault)) error {
	var f Fault
	if err := c.do(ctx, http.MethodGet, "fault", nil, &f); err != nil {
		return err
	}
	edit(&f)
	// Lists that were emptied must arrive as empty, not as left out.
	f.Rules, f.MailRules, f.CallRules = append([]Rule{}, f.Rules...), append([]MailRule{}, f.MailRules...), append([]CallRule{}, f.CallRules...)
	return c.do(ctx, http.MethodPost, "fault", f, nil)
}

// Heal goes back to how the world was started.
func (c *Client) Heal(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "fault", nil, nil)
}

// Drop cuts every SMPP connection.
func (c *Client) Drop(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "smsc/drop", nil, nil)
}

// Restart closes the SMSC's port and connections, and returns when the same port is open again after the pause.
func (c *Client) Restart(ctx context.Context, pause time.Duration) error {
	return c.do(ctx, http.MethodPost, "smsc/restart?ms="+strconv.FormatInt(pause.Milliseconds(), 10), nil, nil)
}

// Write lets a telephone send a text, to whom wrote to it last, and waits at most wait until the ESME has taken it (0: not at all).
func (c *Client) Write(ctx context.Context, number, text string, wait time.Duration) (taken bool, err error) {
	return c.WriteTo(ctx, number, "", text, wait)
}

// WriteTo is Write to a number of choice; in bench mode no telephone knows who wrote to it.
func (c *Client) WriteTo(ctx context.Context, number, to, text string, wait time.Duration) (taken bool, err error) {
	in := map[string]any{"number": number, "to": to, "text": text, "wait_ms": wait.Milliseconds()}
	var out struct{ Taken bool }
	err = c.do(ctx, http.MethodPost, "phones/write", in, &out)
	return out.Taken, err
}

// Turn switches telephones off or on.
func (c *Client) Turn(ctx context.Context, off bool, numbers ...string) error {
	return c.do(ctx, http.MethodPost, "phones/turn", map[string]any{"numbers": numbers, "off": off}, nil)
}

// Phones gives every telephone, the last changed first.
func (c *Client) Phones(ctx context.Context) ([]Phone, error) {
	var out struct{ Phones []Phone }
	err := c.do(ctx, http.MethodGet, "phones", nil, &out)
	return out.Phones, err
}

// Mails gives the letters kept without their bodies, the last first; to "" means every box.
func (c *Client) Mails(ctx context.Context, to string) (list []Letter, err error) {
	return list, c.do(ctx, http.MethodGet, "mails?"+url.Values{"to": {to}}.Encode(), nil, &list)
}

// Mail gives one letter with its bodies.
func (c *Client) Mail(ctx context.Context, id int) (l Letter, err error) {
	return l, c.do(ctx, http.MethodGet, "mails/"+strconv.Itoa(id), nil, &l)
}

// RawMail gives one mail as it came.
func (c *Client) RawMail(ctx context.Context, id int) ([]byte, error) {
	b, err := c.call(ctx, http.MethodGet, "mails/"+strconv.Itoa(id)+"/raw", nil)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(b)
}

// CA is the certificate to trust for STARTTLS, as PEM.
func (c *Client) CA(ctx context.Context) ([]byte, error) {
	b, err := c.call(ctx, http.MethodGet, "ca.pem", nil)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(b)
}
