package mailread

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"
)

// Verdict is what we can know of the author's domain. The list is closed.
type Verdict string

// The verdicts.
const (
	Verified Verdict = "verified" // DMARC passed, or SPF or DKIM did for the author's own domain
	Failed   Verdict = "failed"   // DMARC failed: forged, or changed by who forwarded it
	Unproven Verdict = "unproven" // checked, and neither
	Unknown  Verdict = "unknown"  // no server of ours said anything
)

// Sender is what is known of who sent a mail.
type Sender struct {
	Verdict    Verdict     `json:"verdict"`
	Domain     string      `json:"domain,omitempty"`     // of From
	Path       string      `json:"path,omitempty"`       // domain of MAIL FROM
	Checks     []Check     `json:"checks,omitempty"`     // what our own server says (RFC 8601)
	Signatures []Signature `json:"signatures,omitempty"` // see Verify
}

// Check is one result of Authentication-Results.
type Check struct {
	Method string `json:"method"` // spf, dkim, dmarc, arc or iprev
	Result string `json:"result"` // pass, fail, none, … as RFC 8601 section 2.7 lists them
	Domain string `json:"domain,omitempty"`
}

// Signature is one DKIM signature that was checked here.
type Signature struct {
	Domain string `json:"domain"`
	Result string `json:"result"` // pass, fail, permerror or temperror
}

const (
	mostChecks     = 20
	mostSignatures = 5
)

// results are those that Check.Result may have.
var results = []string{"pass", "fail", "none", "neutral", "softfail", "hardfail", "policy", "temperror", "permerror", "bestguesspass"}

// sender reads what servers of ours wrote into Authentication-Results. They must take out what others wrote under their name (RFC 8601 section 5).
func sender(h header, from, path string, servers []string) Sender {
	s := Sender{Verdict: Unknown, Domain: domainOf(from), Path: domainOf(path)}
	for _, value := range h.all("authentication-results") {
		for _, c := range checks(value, servers) {
			if len(s.Checks) < mostChecks {
				s.Checks = append(s.Checks, c)
			}
		}
	}
	s.judge()
	return s
}

// checks reads one field; nothing when it is not by one of servers.
func checks(value string, servers []string) (found []Check) {
	pieces := strings.Split(uncommented(clip(value, 16<<10)), ";")
	name, _, _ := strings.Cut(strings.TrimSpace(pieces[0]), " ")
	if !slices.ContainsFunc(servers, func(s string) bool { return strings.EqualFold(s, name) }) {
		return nil
	}
	for _, piece := range pieces[1:] {
		words := strings.Fields(piece)
		if len(words) == 0 {
			continue
		}
		method, result, _ := strings.Cut(strings.ToLower(words[0]), "=")
		method, _, _ = strings.Cut(method, "/")
		if !slices.Contains([]string{"spf", "dkim", "dmarc", "arc", "iprev"}, method) || !slices.Contains(results, result) {
			continue
		}
		found = append(found, Check{method, result, checkedDomain(method, words[1:])})
	}
	return found
}

// checkedDomain gives the domain that a result is about.
func checkedDomain(method string, properties []string) string {
	wanted := map[string][]string{"spf": {"smtp.mailfrom", "smtp.mail", "smtp.helo"}, "dkim": {"header.d", "header.i"}, "dmarc": {"header.from"}}[method]
	for _, w := range wanted {
		for _, p := range properties {
			if name, value, ok := strings.Cut(p, "="); ok && strings.EqualFold(name, w) {
				return strings.ToLower(strings.ToValidUTF8(domainOf(strings.Trim(value, `"<>`)), "\uFFFD"))
			}
		}
	}
	return ""
}

// uncommented takes the comments out of a structured field, nested ones too.
func uncommented(s string) string {
	var b strings.Builder
	depth := 0
	for _, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// judge sums up. A pass counts only for the author's own organisation (RFC 7489 section 3.1); a signature that we checked ourselves counts as our server's word does.
func (s *Sender) judge() {
	s.Verdict = Unknown
	for _, c := range s.Checks {
		switch {
		case c.Method == "dmarc" && c.Result == "fail":
			s.Verdict = Failed
			return
		case c.Result == "pass" && c.Method == "dmarc" && c.Domain == "": // it is about From, whatever it writes
			s.Verdict = Verified
		case c.Result == "pass" && (c.Method == "dmarc" || c.Method == "dkim" || c.Method == "spf") && Aligned(c.Domain, s.Domain):
			s.Verdict = Verified
		case s.Verdict == Unknown && (c.Method == "dmarc" || c.Method == "dkim" || c.Method == "spf"):
			s.Verdict = Unproven
		}
	}
	for _, g := range s.Signatures {
		if g.Result == "pass" && Aligned(g.Domain, s.Domain) {
			s.Verdict = Verified
		} else if s.Verdict == Unknown {
			s.Verdict = Unproven
		}
	}
}

// Aligned tells whether two domains belong to one organisation (RFC 7489 section 3.1, relaxed).
func Aligned(a, b string) bool {
	a, b = strings.TrimSuffix(strings.ToLower(a), "."), strings.TrimSuffix(strings.ToLower(b), ".")
	if a == "" || b == "" {
		return false
	}
	return a == b || Organisation(a) != "" && Organisation(a) == Organisation(b)
}

// Organisation gives the domain that an organisation registered and that domain lies under (RFC 7489 section 3.2), or "".
func Organisation(domain string) string {
	registered, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return registered
}

// Verify checks the DKIM signatures of raw (RFC 6376), the first five of them, with keys that lookup finds, and adds the outcome to m.Sender. lookup gives the
// TXT records of a name, as net.Resolver.LookupTXT does.
func (m *Mail) Verify(raw []byte, lookup func(name string) ([]string, error)) {
	if len(raw) > MaxBytes {
		return
	}
	// A mail from a file may have bare line ends; signatures are over CRLF.
	if !bytes.Contains(raw, []byte("\r\n")) {
		raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup, MaxVerifications: mostSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return
	}
	for _, v := range found {
		if v == nil {
			continue
		}
		result := "pass"
		switch {
		case v.Err == nil:
		case dkim.IsTempFail(v.Err):
			result = "temperror"
		case dkim.IsPermFail(v.Err):
			result = "permerror"
		default:
			result = "fail"
		}
		m.Sender.Signatures = append(m.Sender.Signatures, Signature{strings.ToLower(clip(strings.ToValidUTF8(v.Domain, "\uFFFD"), maxAddress)), result})
	}
	m.Sender.judge()
}
