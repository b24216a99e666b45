package email

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailread"
)

// shortKey is the least that receivers should still believe of RSA, in bits (RFC 8301 section 3.2 asks for 2048 where it can).
const shortKey = 2048

// keyRest is how long the record of a key that signs no more should stay: mail that is still on its way wants it.
const keyRest = 14 * 24 * time.Hour

// dkim compares what is published with the keys that we sign with: those of today, those that will sign, and those that did.
func (d *doctor) dkim() {
	keys, err := d.cfg.DKIM.all()
	if err != nil || len(keys) == 0 { // newMailer has checked it
		d.tell("dkim", Unclear, "elsewhere", "", buurtbel.Args{"Domain": d.cfg.DKIM.Domain})
		return
	}
	kinds := map[string]bool{}
	for _, k := range keys {
		kind := d.dkimOf(k)
		kinds[kind] = kinds[kind] || k.signs(d.x.Now)
	}
	switch {
	case !kinds["rsa"] && !kinds["ed25519"]:
		d.tell("dkim", Wrong, "nobody", "", buurtbel.Args{"Domain": d.cfg.DKIM.Domain})
	case len(d.cfg.DKIM.Keys) > 0 && !kinds["rsa"]:
		d.tell("dkim", ToSet, "no-rsa", "", nil)
	}
}

// dkimOf looks at one key, and gives its kind.
func (d *doctor) dkimOf(k signingKey) (kind string) {
	name := k.Selector + "._domainkey." + d.cfg.DKIM.Domain
	args := buurtbel.Args{"Name": name, "From": k.From.Format(time.DateOnly), "Until": k.Until.Format(time.DateOnly), "Rest": k.Until.Add(keyRest).Format(time.DateOnly)}
	key, err := readKey(k.File)
	if err != nil { // it was read a moment ago
		d.unanswered("dkim", name)
		return ""
	}
	kind, public := published(key.Public())
	line := record(name, "v=DKIM1; k="+kind+"; p="+base64.StdEncoding.EncodeToString(public))
	found, err := d.txt(name)
	found = slices.DeleteFunc(found, func(s string) bool { _, there := tags(s)["p"]; return !there })
	switch {
	case err != nil:
		d.unanswered("dkim", name)
	case !k.Until.IsZero() && !d.x.Now.Before(k.Until):
		d.dkimOver(k, found, name, args)
	case len(found) == 0:
		d.tell("dkim", ToSet, "none", line, args)
	case len(found) > 1:
		d.tell("dkim", Wrong, "several", line, args)
	default:
		state, what := compareKey(tags(found[0]), kind, public, key.Public())
		if state == InOrder {
			line = ""
			if d.x.Now.Before(k.From) {
				what = "next"
			}
		}
		d.tell("dkim", state, what, line, args)
	}
	return kind
}

// dkimOver looks at a key that signs no more: its record is emptied, not removed, so that nobody can still use a key that was stolen (RFC 6376 section 3.6.1).
func (d *doctor) dkimOver(k signingKey, found []string, name string, args buurtbel.Args) {
	public := len(found) > 0 && tags(found[0])["p"] != ""
	switch {
	case public && d.x.Now.Before(k.Until.Add(keyRest)):
		d.tell("dkim", InOrder, "resting", "", args)
	case public:
		d.tell("dkim", ToSet, "over", record(name, "v=DKIM1; p="), args)
	default:
		d.tell("dkim", InOrder, "gone", "", args)
	}
}

// compareKey judges a record with the tags t.
func compareKey(t map[string]string, kind string, public []byte, key crypto.PublicKey) (State, string) {
	said := strings.Join(strings.Fields(t["p"]), "")
	there, err := base64.StdEncoding.DecodeString(said)
	algorithm := t["k"]
	if algorithm == "" {
		algorithm = "rsa"
	}
	rsaKey, isRSA := key.(*rsa.PublicKey)
	same := bytes.Equal(there, public) || isRSA && bytes.Equal(there, x509.MarshalPKCS1PublicKey(rsaKey))
	switch {
	case said == "":
		return Wrong, "revoked"
	case err != nil || algorithm != kind || !same || t["v"] != "" && t["v"] != "DKIM1":
		return Wrong, "other"
	case isRSA && rsaKey.N.BitLen() < shortKey:
		return ToSet, "short"
	case slices.Contains(strings.Split(strings.ReplaceAll(t["t"], " ", ""), ":"), "y"):
		return ToSet, "testing"
	}
	return InOrder, "ok"
}

// published gives the tag k and the bytes of the tag p of a key (RFC 6376 section 3.6.1, RFC 8463 section 4).
func published(key crypto.PublicKey) (kind string, p []byte) {
	if k, ok := key.(ed25519.PublicKey); ok {
		return "ed25519", k
	}
	p, err := x509.MarshalPKIXPublicKey(key)
	if err != nil { // readKey gives none but these two
		return "rsa", nil
	}
	return "rsa", p
}

// tags reads "a=b; c=d" (RFC 6376 section 3.2); names are in small letters.
func tags(text string) map[string]string {
	t := map[string]string{}
	for piece := range strings.SplitSeq(text, ";") {
		if name, value, ok := strings.Cut(piece, "="); ok {
			t[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return t
}

// dmarc looks at the domain of From, and above it (RFC 7489 section 6.6.3).
func (d *doctor) dmarc() {
	domain := mailDomain(d.cfg.From)
	args := buurtbel.Args{"Domain": domain}
	line := record("_dmarc."+domain, "v=DMARC1; p=quarantine; rua=mailto:"+d.cfg.Bounces)
	names := []string{domain}
	if above := mailread.Organisation(domain); above != "" && above != domain {
		names = append(names, above)
	}
	for i, name := range names {
		found, err := d.txt("_dmarc." + name)
		if err != nil {
			d.unanswered("dmarc", "_dmarc."+name)
			return
		}
		found = slices.DeleteFunc(found, func(s string) bool { return tags(s)["v"] != "DMARC1" })
		switch {
		case len(found) > 1:
			d.tell("dmarc", Wrong, "several", line, args)
			return
		case len(found) == 1:
			d.dmarcOf(tags(found[0]), i > 0, line, args)
			return
		}
	}
	d.tell("dmarc", ToSet, "none", line, args)
}

func (d *doctor) dmarcOf(t map[string]string, inherited bool, line string, args buurtbel.Args) {
	policy := strings.ToLower(t["p"])
	if sub := strings.ToLower(t["sp"]); inherited && sub != "" {
		policy = sub
	}
	args["Policy"] = policy
	from := mailDomain(d.cfg.From)
	signed := d.cfg.DKIM.on() && fits(d.cfg.DKIM.Domain, from, t["adkim"])
	switch {
	case policy != "none" && policy != "quarantine" && policy != "reject":
		d.tell("dmarc", Wrong, "broken", line, args)
	case !signed && !fits(mailDomain(d.cfg.Bounces), from, t["aspf"]):
		d.tell("dmarc", Wrong, "unaligned", "", args)
	case policy == "none":
		d.tell("dmarc", ToSet, "weak", line, args)
	default:
		d.tell("dmarc", InOrder, "ok", "", args)
	}
}

// fits tells whether domain counts for from, strictly or not (RFC 7489 section 3.1).
func fits(domain, from, mode string) bool {
	if strings.EqualFold(mode, "s") {
		return strings.EqualFold(domain, from)
	}
	return mailread.Aligned(domain, from)
}
