package email

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// The results of SPF that matter here (RFC 7208 section 2.6).
type spfResult string

const (
	spfPass    spfResult = "pass"
	spfFail    spfResult = "fail" // "-" and "~" alike: our server is not among those that may send
	spfNeutral spfResult = "neutral"
	spfNone    spfResult = "none"
	spfBroken  spfResult = "permerror"
	spfSilent  spfResult = "temperror"
	spfMacro   spfResult = "macro" // it asks for more than an address; a person must look
)

// spfQuestions is how many terms may ask the domain name system (RFC 7208 section 4.6.4).
const spfQuestions = 10

// spf looks at the domain of MAIL FROM.
func (d *doctor) spf() {
	domain := mailDomain(d.cfg.Bounces)
	found, err := d.spfRecords(domain)
	args := buurtbel.Args{"Domain": domain}
	switch {
	case err != nil:
		d.unanswered("spf", domain)
		return
	case len(found) == 0:
		d.tell("spf", ToSet, "none", record(domain, d.spfWith("v=spf1 -all")), args)
		return
	case len(found) > 1:
		d.tell("spf", Wrong, "several", record(domain, d.spfWith(joined(found))), args)
		return
	}
	d.spfOf(domain, found[0], args)
}

func (d *doctor) spfOf(domain, text string, args buurtbel.Args) {
	last := ending(text)
	switch {
	case strings.HasPrefix(last, "+") || last == "all":
		d.tell("spf", Wrong, "everybody", record(domain, d.spfWith(withEnd(text, "-all"))), args)
		return
	case len(d.x.Outgoing) == 0:
		d.tell("spf", Unclear, "no-address", "", args)
		return
	}
	for _, a := range d.x.Outgoing {
		c := spfCheck{d: d, address: a, left: spfQuestions}
		args["Address"] = a.String()
		switch c.of(domain, 0) {
		case spfPass:
		case spfSilent:
			d.unanswered("spf", domain)
			return
		case spfMacro:
			d.tell("spf", Unclear, "macro", "", args)
			return
		case spfBroken:
			d.tell("spf", Wrong, "broken", record(domain, d.spfWith("v=spf1 -all")), args)
			return
		default:
			d.tell("spf", Wrong, "outside", record(domain, d.spfWith(text)), args)
			return
		}
	}
	if last == "" || last == "?all" {
		d.tell("spf", ToSet, "open", record(domain, withEnd(text, "-all")), args)
		return
	}
	d.tell("spf", InOrder, "ok", "", args)
}

// spfRecords gives the records at a domain (RFC 7208 section 4.5).
func (d *doctor) spfRecords(domain string) (found []string, err error) {
	all, err := d.txt(domain)
	for _, text := range all {
		if lower := strings.ToLower(text); lower == "v=spf1" || strings.HasPrefix(lower, "v=spf1 ") {
			found = append(found, text)
		}
	}
	return found, err
}

// spfWith adds our addresses to a record, before its end.
func (d *doctor) spfWith(text string) string {
	var ours []string
	for _, a := range d.x.Outgoing {
		kind := "ip4:"
		if a.Is6() {
			kind = "ip6:"
		}
		if !strings.Contains(text, kind+a.String()+" ") {
			ours = append(ours, kind+a.String())
		}
	}
	if len(ours) == 0 && len(d.x.Outgoing) == 0 {
		ours = []string{"a:" + d.host()}
	}
	words := strings.Fields(text)
	at := 1 // first: cheap to find, and before any include that may fail
	return strings.Join(append(append(words[:at:at], ours...), words[at:]...), " ")
}

// joined makes one record of several.
func joined(records []string) string {
	words := []string{"v=spf1"}
	end := "-all"
	for _, r := range records {
		for _, w := range strings.Fields(r)[1:] {
			if strings.HasSuffix(strings.ToLower(w), "all") && len(w) <= 4 {
				if w != "+all" && w != "all" {
					end = w
				}
				continue
			}
			words = append(words, w)
		}
	}
	return strings.Join(append(words, end), " ")
}

// ending gives the term "all" of a record with its sign, "redirect", or "".
func ending(text string) string {
	for _, w := range strings.Fields(strings.ToLower(text))[1:] {
		if w == "all" || len(w) == 4 && w[1:] == "all" {
			return w
		}
		if strings.HasPrefix(w, "redirect=") {
			return "redirect"
		}
	}
	return ""
}

func withEnd(text, end string) string {
	var words []string
	for _, w := range strings.Fields(text) {
		if l := strings.ToLower(w); l != "all" && !(len(l) == 4 && l[1:] == "all") {
			words = append(words, w)
		}
	}
	return strings.Join(append(words, end), " ")
}

// spfCheck follows check_host of RFC 7208 section 4 for one address, without macros and without "ptr", which nobody should use.
type spfCheck struct {
	d       *doctor
	address netip.Addr
	left    int // questions
}

func (c *spfCheck) of(domain string, depth int) spfResult {
	found, err := c.d.spfRecords(domain)
	switch {
	case err != nil:
		return spfSilent
	case len(found) == 0:
		return spfNone
	case len(found) > 1 || depth > spfQuestions:
		return spfBroken
	}
	redirect := ""
	for _, term := range strings.Fields(strings.ToLower(found[0]))[1:] {
		if name, value, ok := strings.Cut(term, "="); ok && !strings.ContainsAny(name, ":/") {
			if name == "redirect" {
				redirect = value
			}
			continue
		}
		sign, term := signOf(term)
		matched, result := c.term(term, domain, depth)
		if result != "" {
			return result
		}
		if matched {
			return sign
		}
	}
	if redirect == "" {
		return spfNeutral
	}
	if !c.ask() {
		return spfBroken
	}
	if result := c.of(redirect, depth+1); result != spfNone {
		return result
	}
	return spfBroken
}

func signOf(term string) (spfResult, string) {
	switch term[0] {
	case '+':
		return spfPass, term[1:]
	case '-', '~':
		return spfFail, term[1:]
	case '?':
		return spfNeutral, term[1:]
	}
	return spfPass, term
}

func (c *spfCheck) ask() bool { c.left--; return c.left >= 0 }

// term tells whether one mechanism matches, or what ends the whole.
func (c *spfCheck) term(term, domain string, depth int) (bool, spfResult) {
	name, value, _ := strings.Cut(term, ":")
	if strings.Contains(value, "%") {
		return false, spfMacro
	}
	switch name, bits, _ := strings.Cut(name, "/"); name {
	case "all":
		return true, ""
	case "ip4", "ip6":
		return c.inNet(value)
	case "a", "mx":
		target, mask := domain, bits
		if value != "" {
			target, mask, _ = strings.Cut(value, "/")
		}
		if !c.ask() {
			return false, spfBroken
		}
		return c.atName(name, target, mask)
	case "include":
		if !c.ask() {
			return false, spfBroken
		}
		switch result := c.of(value, depth+1); result {
		case spfPass:
			return true, ""
		case spfNone, spfBroken:
			return false, spfBroken
		case spfSilent, spfMacro:
			return false, result
		}
		return false, ""
	case "exists", "ptr":
		if !c.ask() {
			return false, spfBroken
		}
		return false, ""
	}
	return false, spfBroken
}

func (c *spfCheck) inNet(value string) (bool, spfResult) {
	if a, err := netip.ParseAddr(value); err == nil {
		return a == c.address, ""
	}
	p, err := netip.ParsePrefix(value)
	if err != nil {
		return false, spfBroken
	}
	return p.Contains(c.address), ""
}

// atName compares with the addresses of a name, or of its mail servers.
func (c *spfCheck) atName(kind, name, mask string) (bool, spfResult) {
	names := []string{name}
	if kind == "mx" {
		found, err := c.d.exchangers(name)
		if err != nil {
			return false, spfSilent
		}
		names = nil
		for _, mx := range found[:min(len(found), spfQuestions)] {
			names = append(names, mx.Host)
		}
	}
	for _, n := range names {
		found, err := c.d.addresses(n)
		if err != nil {
			return false, spfSilent
		}
		for _, a := range found {
			if a.Is4() == c.address.Is4() && masked(a, mask).Contains(c.address) {
				return true, ""
			}
		}
	}
	return false, ""
}

// masked gives the network of an address by what stands behind it, "24" or "24//64".
func masked(a netip.Addr, mask string) netip.Prefix {
	four, six, _ := strings.Cut(mask, "//")
	if a.Is6() {
		four = six
	}
	bits, err := strconv.Atoi(four)
	if err != nil || bits < 0 || bits > a.BitLen() {
		bits = a.BitLen()
	}
	return netip.PrefixFrom(a, bits).Masked()
}
