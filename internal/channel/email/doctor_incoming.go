package email

import (
	"crypto/tls"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// incoming looks at what those who write to us look at: whether each of our mail servers encrypts (RFC 3207), and whether our domains ask for that
// (MTA-STS, RFC 8461) and want to hear when it failed (TLS-RPT, RFC 8460).
func (d *doctor) incoming() {
	var seen []string
	for _, box := range []string{d.cfg.From, d.cfg.ReplyTo, d.cfg.Bounces} {
		domain := mailDomain(box)
		if domain == "" || slices.Contains(seen, domain) {
			continue
		}
		seen = append(seen, domain)
		d.servers(domain)
		d.asked("sts", "_mta-sts."+domain, "v=STSv1", "v=STSv1; id="+d.x.Now.UTC().Format("20060102150405"), domain)
		d.asked("report", "_smtp._tls."+domain, "v=TLSRPTv1", "v=TLSRPTv1; rua=mailto:"+d.cfg.Bounces, domain)
	}
}

// servers connects to each mail server of a domain as others do.
func (d *doctor) servers(domain string) {
	found, err := d.exchangers(domain)
	if err != nil {
		d.unanswered("incoming", domain)
		return
	}
	for _, mx := range found {
		host := strings.TrimSuffix(mx.Host, ".")
		if host == "" {
			continue // told by mx
		}
		at, err := d.addresses(host)
		if err != nil || len(at) == 0 {
			continue // told by mx
		}
		d.server(host, net.JoinHostPort(at[0].String(), d.port()))
	}
}

func (d *doctor) port() string {
	if d.x.Port == "" {
		return "25"
	}
	return d.x.Port
}

// server asks one mail server for encryption and leaves. Nothing is sent.
func (d *doctor) server(host, address string) {
	args := buurtbel.Args{"Host": host}
	cfg := Config{Name: "doctor", Address: address, TLS: tlsStart, CAFile: d.cfg.CAFile, From: d.cfg.From, Domain: d.cfg.Domain, Greeting: d.cfg.Greeting, Timeouts: d.cfg.Timeouts}
	m, err := newMailer(d.ctx, cfg, Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		d.tell("incoming", Unclear, "down", "", args)
		return
	}
	defer m.cutNow()
	defer m.noMore()
	m.tls.ServerName = host
	l, why := m.dial(d.ctx)
	if why != nil {
		state, what := Unclear, "down"
		switch why.Code {
		case codeCertificate:
			state, what = ToSet, "certificate"
		case codeTLS:
			state, what = Wrong, "broken"
		case "starttls not offered":
			state, what = ToSet, "not-offered"
		}
		d.tell("incoming", state, what, "", args)
		return
	}
	defer l.hangUp()
	if secured, ok := l.conn.(*tls.Conn); ok {
		state := secured.ConnectionState()
		args["Version"], args["Until"] = tls.VersionName(state.Version), state.PeerCertificates[0].NotAfter.UTC().Format(time.DateOnly)
	}
	d.tell("incoming", InOrder, "ok", "", args)
}

// asked looks for the one record that begins with a mark.
func (d *doctor) asked(check, name, mark, text, domain string) {
	args := buurtbel.Args{"Domain": domain, "Name": name}
	found, err := d.txt(name)
	found = slices.DeleteFunc(found, func(s string) bool { return s != mark && !strings.HasPrefix(s, mark+";") })
	switch {
	case err != nil:
		d.unanswered(check, name)
	case len(found) == 0:
		d.tell(check, ToSet, "none", record(name, text), args)
	case len(found) > 1: // RFC 8461 section 3.1, RFC 8460 section 3: then there is none
		d.tell(check, Wrong, "several", record(name, found[0]), args)
	case check == "sts" && tags(found[0])["id"] == "" || check == "report" && tags(found[0])["rua"] == "":
		d.tell(check, Wrong, "broken", record(name, text), args)
	default:
		d.tell(check, InOrder, "ok", "", args)
	}
}
