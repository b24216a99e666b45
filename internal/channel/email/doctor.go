package email

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// State says how one thing that receivers of our mail look at stands. The list is closed.
type State string

// The states.
const (
	InOrder State = "ok"
	ToSet   State = "to-set"  // missing, or weaker than it should be
	Wrong   State = "wrong"   // there, and harmful
	Unclear State = "unknown" // nobody answered, or we were not told enough
)

// Finding is one line of an examination.
type Finding struct {
	Check  string        `json:"check"` // mx, spf, dkim, dmarc, ptr or tls; of incoming mail also incoming, sts or report
	State  State         `json:"state"`
	Key    string        `json:"key"`              // of the sentence
	Args   buurtbel.Args `json:"-"`                // of the sentence
	Record string        `json:"record,omitempty"` // a line of a zone file to set; empty: none would help
}

// Examination is what Examine asks with.
type Examination struct {
	Resolver *net.Resolver // nil: that of the system
	Outgoing []netip.Addr  // addresses that our mail leaves from; none: those of Config.Address, when they are public
	Now      time.Time
	Incoming bool   // also connect to the servers that take our mail in, and look whether others are asked to encrypt
	Port     string // where they listen; empty: 25
}

// questionTime bounds one question to the domain name system.
const questionTime = 10 * time.Second

// Examine looks at what receivers of our mail look at: MX, SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), the names of the addresses that mail leaves from,
// and the encryption of the mail server, to which it connects and signs in without sending a mail. It changes nothing. It fails only when cfg is wrong or its
// key cannot be read.
func Examine(ctx context.Context, cfg Config, x Examination) ([]Finding, error) {
	m, err := newMailer(ctx, cfg, Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer m.cutNow()
	defer m.noMore()
	if x.Resolver == nil {
		x.Resolver = net.DefaultResolver
	}
	d := &doctor{ctx: ctx, cfg: m.cfg, x: x}
	if len(d.x.Outgoing) == 0 {
		d.x.Outgoing = d.serverAddresses()
	}
	d.mx()
	d.spf()
	d.dkim()
	d.dmarc()
	d.ptr()
	d.tls(m)
	if d.x.Incoming {
		d.incoming()
	}
	return d.found, nil
}

// doctor is one examination.
type doctor struct {
	ctx   context.Context //nolint:containedctx // lives as long as the examination
	cfg   Config          // with its defaults
	x     Examination
	found []Finding
}

func (d *doctor) tell(check string, state State, what, record string, args buurtbel.Args) {
	d.found = append(d.found, Finding{Check: check, State: state, Key: "cli.doctor." + check + "-" + what, Args: args, Record: record})
}

// unanswered tells of a question without an answer.
func (d *doctor) unanswered(check, name string) {
	d.found = append(d.found, Finding{Check: check, State: Unclear, Key: "cli.doctor.unanswered", Args: buurtbel.Args{"Name": strings.TrimSuffix(name, ".")}})
}

func (d *doctor) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(d.ctx, questionTime)
}

// txt asks for the texts at a name. No such name gives none; an error means that nobody answered.
func (d *doctor) txt(name string) ([]string, error) {
	ctx, cancel := d.within()
	defer cancel()
	found, err := d.x.Resolver.LookupTXT(ctx, absolute(name))
	return found, unlessMissing(err)
}

func (d *doctor) addresses(name string) ([]netip.Addr, error) {
	ctx, cancel := d.within()
	defer cancel()
	found, err := d.x.Resolver.LookupNetIP(ctx, "ip", absolute(name))
	for i := range found {
		found[i] = found[i].Unmap()
	}
	slices.SortFunc(found, netip.Addr.Compare)
	return slices.Compact(found), unlessMissing(err)
}

func (d *doctor) exchangers(name string) ([]*net.MX, error) {
	ctx, cancel := d.within()
	defer cancel()
	found, err := d.x.Resolver.LookupMX(ctx, absolute(name))
	return found, unlessMissing(err)
}

// unlessMissing makes an answer that there is nothing no error.
func unlessMissing(err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil
	}
	return err
}

// absolute keeps the system's search list out of it.
func absolute(name string) string { return strings.TrimSuffix(name, ".") + "." }

// public tells whether receivers can have seen an address.
func public(a netip.Addr) bool { return a.IsGlobalUnicast() && !a.IsPrivate() }

// serverAddresses gives the public addresses of the configured mail server.
func (d *doctor) serverAddresses() []netip.Addr {
	host := d.host()
	if a, err := netip.ParseAddr(host); err == nil {
		if public(a) {
			return []netip.Addr{a}
		}
		return nil
	}
	found, err := d.addresses(host)
	if err != nil {
		return nil // told as addresses that are not known
	}
	return slices.DeleteFunc(found, func(a netip.Addr) bool { return !public(a) })
}

// host is the configured mail server without its port.
func (d *doctor) host() string {
	host, _, err := net.SplitHostPort(d.cfg.Address)
	if err != nil {
		return d.cfg.Address // newMailer has checked it
	}
	return host
}

func mailDomain(box string) string { return strings.ToLower(box[strings.LastIndexByte(box, '@')+1:]) }

// mx looks at each domain where answers and reports come back.
func (d *doctor) mx() {
	var seen []string
	for _, box := range []string{d.cfg.From, d.cfg.ReplyTo, d.cfg.Bounces} {
		if domain := mailDomain(box); domain != "" && !slices.Contains(seen, domain) {
			seen = append(seen, domain)
			d.mxOf(domain)
		}
	}
}

func (d *doctor) mxOf(domain string) {
	found, err := d.exchangers(domain)
	line := fmt.Sprintf("%s IN MX 10 %s", absolute(domain), absolute("mail."+domain))
	switch {
	case err != nil:
		d.unanswered("mx", domain)
		return
	case len(found) == 0:
		d.tell("mx", ToSet, "none", line, buurtbel.Args{"Domain": domain})
		return
	case found[0].Host == ".": // RFC 7505
		d.tell("mx", Wrong, "null", line, buurtbel.Args{"Domain": domain})
		return
	}
	var hosts []string
	for _, mx := range found {
		host := strings.TrimSuffix(mx.Host, ".")
		if _, err := netip.ParseAddr(host); err == nil { // RFC 1035 section 3.3.9: a name
			d.tell("mx", Wrong, "number", line, buurtbel.Args{"Domain": domain, "Host": host})
			return
		}
		switch at, err := d.addresses(host); {
		case err != nil:
			d.unanswered("mx", host)
			return
		case len(at) == 0:
			d.tell("mx", Wrong, "no-address", absolute(host)+" IN A 203.0.113.25", buurtbel.Args{"Domain": domain, "Host": host})
			return
		}
		hosts = append(hosts, host)
	}
	d.tell("mx", InOrder, "ok", "", buurtbel.Args{"Domain": domain, "Hosts": strings.Join(hosts, ", ")})
}

// record writes a text as a line of a zone file: in pieces of at most 255 octets (RFC 1035 section 3.3.14).
func record(name, text string) string {
	var pieces []string
	for len(text) > 255 {
		pieces = append(pieces, text[:255])
		text = text[255:]
	}
	pieces = append(pieces, text)
	for i, p := range pieces {
		pieces[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p) + `"`
	}
	return absolute(name) + " IN TXT " + strings.Join(pieces, " ")
}
