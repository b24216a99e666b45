package email

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// certificateDays is how long before its end a certificate is told about.
const certificateDays = 14

// ptr looks for a name of each address that mail leaves from, which leads back to the address (RFC 1912 section 2.1).
func (d *doctor) ptr() {
	if len(d.x.Outgoing) == 0 {
		d.tell("ptr", Unclear, "no-address", "", buurtbel.Args{"Host": d.host()})
	}
	for _, a := range d.x.Outgoing {
		d.ptrOf(a)
	}
}

func (d *doctor) ptrOf(a netip.Addr) {
	ctx, cancel := d.within()
	defer cancel()
	names, err := d.x.Resolver.LookupAddr(ctx, a.String())
	line := fmt.Sprintf("%s IN PTR %s", reversed(a), absolute(d.nameFor()))
	args := buurtbel.Args{"Address": a.String()}
	switch {
	case unlessMissing(err) != nil:
		d.unanswered("ptr", reversed(a))
		return
	case len(names) == 0:
		d.tell("ptr", ToSet, "none", line, args)
		return
	}
	for _, name := range names {
		args["Name"] = strings.TrimSuffix(name, ".")
		back, err := d.addresses(name)
		if err != nil {
			d.unanswered("ptr", name)
			return
		}
		if slices.Contains(back, a) {
			d.tell("ptr", InOrder, "ok", "", args)
			return
		}
	}
	kind := "A"
	if a.Is6() {
		kind = "AAAA"
	}
	d.tell("ptr", Wrong, "other", fmt.Sprintf("%s IN %s %s", absolute(names[0]), kind, a), args)
}

// nameFor is the name that the mail server should have: its own, where we know it.
func (d *doctor) nameFor() string {
	if _, err := netip.ParseAddr(d.host()); err == nil {
		return d.cfg.Greeting
	}
	return d.host()
}

// reversed writes an address as the domain name system asks for its name (RFC 1035 section 3.5, RFC 3596 section 2.5).
func reversed(a netip.Addr) string {
	var b strings.Builder
	bytes := a.AsSlice()
	slices.Reverse(bytes)
	for _, c := range bytes {
		if a.Is4() {
			fmt.Fprintf(&b, "%d.", c)
		} else {
			fmt.Fprintf(&b, "%x.%x.", c&15, c>>4)
		}
	}
	if a.Is4() {
		return b.String() + "in-addr.arpa."
	}
	return b.String() + "ip6.arpa."
}

// tls connects to the mail server as a mail would, signs in, and leaves.
func (d *doctor) tls(m *Mailer) {
	args := buurtbel.Args{"Host": d.host()}
	if d.cfg.TLS == tlsNone {
		if loopbackName(d.host()) {
			d.tell("tls", InOrder, "local", "", args)
		} else {
			d.tell("tls", Wrong, "off", "", args)
		}
		return
	}
	l, why := m.dial(d.ctx)
	if why != nil {
		d.noLine(why.Code, why.Reason, args)
		return
	}
	defer l.hangUp()
	secured, ok := l.conn.(*tls.Conn)
	if !ok {
		d.tell("tls", Wrong, "off", "", args)
		return
	}
	state := secured.ConnectionState()
	end := state.PeerCertificates[0].NotAfter
	args["Version"], args["Until"] = tls.VersionName(state.Version), end.UTC().Format(time.DateOnly)
	if d.x.Now.AddDate(0, 0, certificateDays).After(end) {
		d.tell("tls", ToSet, "ends", "", args)
		return
	}
	d.tell("tls", InOrder, "ok", "", args)
}

// noLine says why no connection came about.
func (d *doctor) noLine(code string, reason buurtbel.Reason, args buurtbel.Args) {
	switch {
	case code == codeCertificate:
		d.tell("tls", Wrong, "certificate", "", args)
	case code == codeTLS:
		d.tell("tls", Wrong, "broken", "", args)
	case code == "starttls not offered":
		d.tell("tls", Wrong, "not-offered", "", args)
	case reason == buurtbel.Credentials:
		d.tell("tls", Wrong, "account", "", args)
	default:
		d.tell("tls", Unclear, "down", "", args)
	}
}
