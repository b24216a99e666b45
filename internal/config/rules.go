package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/mailtext"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// rules applies what no single tag can say. They look at values only.
func (l *loading) rules() {
	c := l.config
	l.required()
	l.check("server.listen", "error.config.listen", isListen(c.Server.Listen))
	l.check("metrics.listen", "error.config.listen", c.Metrics.Listen == "" || isListen(c.Metrics.Listen))
	l.check("carrier.listen", "error.config.listen", c.Carrier.Listen == "" || isListen(c.Carrier.Listen))
	l.incoming(c.Incoming)
	l.publicURL(c.Server.PublicURL)
	for _, proxy := range c.Server.TrustedProxies {
		l.check("server.trusted_proxies", "error.config.address-range", isRange(proxy))
	}
	l.check("store.database", "error.config.database", c.Store.Database == "" || isPostgres(c.Store.Database))
	l.check("store.direct", "error.config.database", c.Store.Direct == "" || isPostgres(c.Store.Direct))
	l.check("vault.keyring", "error.config.beside-database", !inside(c.Vault.Keyring, c.Store.Folder))
	l.check("vault.journal_head_file", "error.config.beside-database",
		c.Vault.JournalHeadFile == "" || !inside(c.Vault.JournalHeadFile, c.Store.Folder))
	l.carriers()
	l.access()
}

// check reports key at the place of name, unless name already has a problem.
func (l *loading) check(name, key string, ok bool) {
	if !ok && !l.failed[name] {
		l.say(l.config.Where(name), name, key, nil)
	}
}

// Where tells where a key such as "server.listen" or "sms[0].sender" was said; the place of its table when only that was, and
// the zero Place for a default.
func (c *Config) Where(name string) Place {
	for {
		if p, ok := c.where[name]; ok {
			return p
		}
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			return Place{}
		}
		name = name[:dot]
	}
}

// required looks for keys that must be given and were not, in every table.
func (l *loading) required() {
	for _, s := range l.sections {
		if !s.repeated {
			l.requiredIn(s, s.name, l.value(s))
			continue
		}
		for i := range l.value(s).Len() {
			l.requiredIn(s, fmt.Sprintf("%s[%d]", s.name, i), l.value(s).Index(i))
		}
	}
}

func (l *loading) requiredIn(s *section, path string, v reflect.Value) {
	for _, f := range s.fields {
		l.check(path+"."+f.name, "error.config.required", !f.required || !v.FieldByIndex(f.index).IsZero())
	}
}

func (l *loading) publicURL(raw string) {
	u, err := url.Parse(raw)
	whole := err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") &&
		u.User == nil && u.RawQuery == "" && u.Fragment == "" && (u.Path == "" || u.Path == "/")
	l.check("server.public_url", "error.config.public-url", whole)
	l.check("server.public_url", "error.config.public-url-https", !whole || u.Scheme == "https" || isLoopback(u.Hostname()))
}

var carrierName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (l *loading) carriers() {
	seen := map[string]bool{}
	for i := range l.config.SMS {
		c, path := &l.config.SMS[i], fmt.Sprintf("sms[%d]", i)
		l.carrierName(seen, path, c.Name)
		l.check(path+".ask_answer", "error.config.cannot-be-answered", !c.AskAnswer || c.CanBeAnswered)
		if c.Type == TypeHTTP {
			l.gateway(path, c)
			continue
		}
		l.check(path+".address", "error.config.required", c.Address != "")
		l.check(path+".system_id", "error.config.required", c.SystemID != "")
		filled := c.Config
		filled.Fill()
		l.owned(path, filled.Check())
	}
	for i := range l.config.Voice {
		c, path := &l.config.Voice[i], fmt.Sprintf("voice[%d]", i)
		l.carrierName(seen, path, c.Name)
		filled := c.Config
		filled.Fill()
		l.owned(path, filled.Check())
	}
	if len(l.config.Voice) > 0 {
		l.owned("speech", l.config.Speech.Check())
	}
	for i := range l.config.Email {
		c, path := &l.config.Email[i], fmt.Sprintf("email[%d]", i)
		l.carrierName(seen, path, c.Name)
		l.owned(path, c.Check())
	}
	if l.config.Push.On() {
		l.carrierName(seen, "push", l.config.Push.Name)
		l.owned("push", l.config.Push.Check())
	}
}

// gateway checks a carrier of type http: its templates are tried, its tables and paths are read.
func (l *loading) gateway(path string, c *SMS) {
	l.check(path+".http.url", "error.config.required", c.HTTP.URL != "")
	if c.HTTP.URL == "" {
		return
	}
	filled := c.Gateway()
	filled.Fill()
	l.owned(path, filled.Check())
}

// carrierName wants every carrier's name to differ, also as environment variables spell it.
func (l *loading) carrierName(seen map[string]bool, path, name string) {
	l.check(path+".name", "error.config.carrier-name", name == "" || carrierName.MatchString(name))
	l.check(path+".name", "error.config.carrier-twice", !seen[name])
	seen[name] = true
}

// owned reports what a carrier's own Check says. Its words are for developers; the operator gets the name of the key.
func (l *loading) owned(path string, err error) {
	if err == nil {
		return
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			l.owned(path, one)
		}
		return
	}
	name := ""
	var e *buurtbel.Error
	if errors.As(err, &e) {
		name, _ = e.Args["field"].(string)
	} else {
		name, _, _ = strings.Cut(err.Error(), ":")
	}
	if !regexp.MustCompile(`^[a-z_.]+$`).MatchString(name) {
		l.check(path, "error.config.carrier", false)
		return
	}
	l.check(path+"."+name, "error.config.value", false)
}

func isListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = net.LookupPort("tcp", port)
	return err == nil && port != ""
}

func isRange(s string) bool {
	_, err := netip.ParsePrefix(s)
	_, err2 := netip.ParseAddr(s)
	return err == nil || err2 == nil
}

func isPostgres(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// inside tells whether path lies in folder.
func inside(path, folder string) bool {
	if path == "" || folder == "" {
		return false
	}
	from, err := filepath.Rel(filepath.Clean(folder), filepath.Clean(path))
	return err == nil && from != ".." && !strings.HasPrefix(from, ".."+string(filepath.Separator))
}

// Check is Load and CheckSystem together: everything that `config check` can find. An error that is no Problems is a fault of the program.
func Check(path string, env []string) error {
	c, err := Load(path, env)
	var found Problems
	if err != nil && !errors.As(err, &found) {
		return err
	}
	if found = append(found, c.CheckSystem()...); len(found) > 0 {
		return found
	}
	return nil
}

// CheckSystem looks at what lies outside the file: the key ring must open and the folders must be writable. It leaves nothing behind.
func (c *Config) CheckSystem() Problems {
	l := &loading{config: c}
	if _, err := vault.Open(c.Vault.Keyring); err != nil {
		var e *buurtbel.Error
		if !errors.As(err, &e) {
			e = buurtbel.FailWith(err, buurtbel.Internal, "error.vault.read", buurtbel.Args{"Path": c.Vault.Keyring})
		}
		l.problems = append(l.problems, Problem{Place: c.Where("vault.keyring"), Name: "vault.keyring", Err: e})
	}
	l.writable("store.folder", c.Store.Folder)
	if c.Vault.JournalHeadFile != "" {
		l.writable("vault.journal_head_file", filepath.Dir(c.Vault.JournalHeadFile))
	}
	return l.problems
}

func (l *loading) writable(name, folder string) {
	args := buurtbel.Args{"Path": folder}
	info, err := os.Stat(folder)
	if err != nil || !info.IsDir() {
		l.say(l.config.Where(name), name, "error.config.folder-missing", args)
		return
	}
	probe, err := os.CreateTemp(folder, ".buurtbel-check-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		l.say(l.config.Where(name), name, "error.config.folder-not-writable", args)
	}
}

// incoming wants mailboxes that can carry a part behind a plus sign, a door, and both halves of a certificate or neither.
func (l *loading) incoming(c Incoming) {
	for _, box := range []struct{ key, value string }{{"incoming.answers", c.Answers}, {"incoming.reports", c.Reports}} {
		name, _, _ := strings.Cut(box.value, "@")
		stored, err := mailtext.Valid(box.value)
		l.check(box.key, "error.config.mailbox", box.value == "" || err == nil && stored == box.value && !strings.Contains(name, "+") && len(name) <= 34)
	}
	l.check("incoming.answers", "error.config.incoming-door", c.Answers == "" || c.SMTP != "" || c.LMTP != "")
	l.check("incoming.smtp", "error.config.incoming-answers", c.Answers != "" || c.SMTP == "" && c.LMTP == "" && c.Reports == "")
	l.check("incoming.smtp", "error.config.listen", c.SMTP == "" || isListen(c.SMTP))
	l.check("incoming.lmtp", "error.config.listen", c.LMTP == "" || filepath.IsAbs(c.LMTP) || isListen(c.LMTP))
	l.check("incoming.certificate", "error.config.incoming-certificate", (c.Certificate == "") == (c.Key == ""))
}
