package email

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// aWell is a domain where all is in order, apart from the key of the signature.
var aWell = []string{
	"vlierbeek.example.org. IN MX 10 mail.vlierbeek.example.org.",
	"mail.vlierbeek.example.org. IN A 203.0.113.10",
	"mail.vlierbeek.example.org. IN AAAA 2001:db8::25",
	`vlierbeek.example.org. IN TXT "v=spf1 a:mail.vlierbeek.example.org -all"`,
	`_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=quarantine; rua=mailto:terug@vlierbeek.example.org"`,
	"10.113.0.203.in-addr.arpa. IN PTR mail.vlierbeek.example.org.",
}

var outgoing = []netip.Addr{netip.MustParseAddr("203.0.113.10")}

func examine(t *testing.T, s *names.Server, cfg Config, from []netip.Addr) []Finding {
	t.Helper()
	found, err := Examine(t.Context(), cfg, Examination{Resolver: s.Resolver(), Outgoing: from, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, lang := range buurtbel.Languages {
			if text := locale.Text(lang, f.Key, f.Args); text == f.Key || strings.Contains(text, "{{") || strings.Contains(text, "no value") {
				t.Errorf("%s in %s: %q", f.Key, lang, text)
			}
		}
		if (f.State == InOrder || f.State == Unclear) && f.Record != "" {
			t.Errorf("%s %s has the line %s", f.Key, f.State, f.Record)
		}
	}
	return found
}

func summary(found []Finding) string {
	var words []string
	for _, f := range found {
		words = append(words, strings.TrimPrefix(f.Key, "cli.doctor.")+"="+string(f.State))
	}
	return strings.Join(words, " ")
}

// TestDoctorOfAnEmptyDomain: what is told to be set, set as it is told, leaves nothing to tell.
func TestDoctorOfAnEmptyDomain(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		t.Run(kind, func(t *testing.T) {
			cert, file := certificate(t)
			_, address := postOffice(t, cert, false)
			cfg := plainConfig(address)
			cfg.TLS, cfg.CAFile, cfg.Greeting, cfg.Bounces = tlsStart, file, "mail.vlierbeek.example.org", "terug@vlierbeek.example.org"
			cfg.DKIM = DKIM{Selector: "s1", KeyFile: keyFile(t, kind)}
			s := names.Serve(t, "mail.vlierbeek.example.org. IN A 203.0.113.10")
			found := examine(t, s, cfg, outgoing)
			if got, want := summary(found), "mx-none=to-set spf-none=to-set dkim-none=to-set dmarc-none=to-set ptr-none=to-set tls-ends=to-set"; got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
			for _, f := range found {
				if f.Check != "tls" {
					s.Add(t, f.Record)
				}
			}
			found, err := Examine(t.Context(), cfg, Examination{Resolver: s.Resolver(), Outgoing: outgoing, Now: time.Now().AddDate(0, 0, -20)})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := summary(found), "mx-ok=ok spf-ok=ok dkim-ok=ok dmarc-ok=ok ptr-ok=ok tls-ok=ok"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestDoctor changes one thing in a domain where all is in order; where a line is told, setting it mends that.
func TestDoctor(t *testing.T) {
	for _, c := range []struct {
		name   string
		forget string // name and type
		add    []string
		want   string // the one finding that is not in order, or ""
		record string // a piece of it
	}{
		{"all well", "", nil, "", ""},
		{"null mx", "vlierbeek.example.org. MX", []string{"vlierbeek.example.org. IN MX 0 ."}, "mx-null=wrong", "IN MX 10 mail.vlierbeek"},
		{"mx without address", "vlierbeek.example.org. MX", []string{"vlierbeek.example.org. IN MX 5 weg.example.org.", `vlierbeek.example.org. IN TXT "x"`}, "mx-no-address=wrong", "weg.example.org. IN A "},
		{"two records", "", []string{`vlierbeek.example.org. IN TXT "v=spf1 include:_spf.example.net ~all"`}, "spf-several=wrong", `"v=spf1 ip4:203.0.113.10 a:mail.vlierbeek.example.org include:_spf.example.net ~all"`},
		{"everybody", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 mx +all"`}, "spf-everybody=wrong", `mx -all"`},
		{"others only", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"`}, "spf-outside=wrong", `"v=spf1 ip4:203.0.113.10 ip4:198.51.100.0/24 -all"`},
		{"our net", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 ip4:203.0.113.0/28 ~all"`}, "", ""},
		{"an a", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 a:mail.vlierbeek.example.org/24 -all"`}, "", ""},
		{"no end", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 mx"`}, "spf-open=to-set", `"v=spf1 mx -all"`},
		{"included", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 include:_spf.example.net -all"`, `_spf.example.net. IN TXT "v=spf1 ip4:203.0.113.10 -all"`}, "", ""},
		{"redirected", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 redirect=_spf.example.net"`, `_spf.example.net. IN TXT "v=spf1 ip4:203.0.113.10 -all"`}, "", ""},
		{"included and missing", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 include:weg.example.net -all"`}, "spf-broken=wrong", "ip4:203.0.113.10"},
		{"a circle", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 include:vlierbeek.example.org -all"`}, "spf-broken=wrong", "-all"},
		{"nonsense", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 ip4:999 -all"`}, "spf-broken=wrong", "-all"},
		{"macros", "vlierbeek.example.org. TXT", []string{`vlierbeek.example.org. IN TXT "v=spf1 exists:%{i}.example.net -all"`}, "spf-macro=unknown", ""},
		{"policy none", "_dmarc.vlierbeek.example.org. TXT", []string{`_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=none"`}, "dmarc-weak=to-set", "p=quarantine"},
		{"policy from above", "_dmarc.vlierbeek.example.org. TXT", []string{`_dmarc.example.org. IN TXT "v=DMARC1; p=none; sp=reject"`}, "", ""},
		{"policy unreadable", "_dmarc.vlierbeek.example.org. TXT", []string{`_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=perhaps"`}, "dmarc-broken=wrong", "p=quarantine"},
		{"two policies", "", []string{`_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=reject"`}, "dmarc-several=wrong", "p=quarantine"},
		{"a name that leads elsewhere", "10.113.0.203.in-addr.arpa. PTR", []string{"10.113.0.203.in-addr.arpa. IN PTR dsl-10.example.net.", "dsl-10.example.net. IN A 198.51.100.9"}, "ptr-other=wrong", "dsl-10.example.net. IN A 203.0.113.10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := names.Serve(t, aWell...)
			if name, kind, ok := strings.Cut(c.forget, " "); ok {
				s.Forget(name, kind)
			}
			for _, line := range c.add {
				s.Add(t, line)
			}
			cfg := plainConfig("127.0.0.1:25")
			var odd []Finding
			for _, f := range examine(t, s, cfg, outgoing) {
				if f.State != InOrder && f.Key != "cli.doctor.dkim-elsewhere" {
					odd = append(odd, f)
				}
			}
			if got := summary(odd); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if c.record != "" && !strings.Contains(odd[0].Record, c.record) {
				t.Errorf("the line is %s", odd[0].Record)
			}
		})
	}
}

func TestDoctorOfKeys(t *testing.T) {
	key := keyFile(t, "rsa")
	other := keyFile(t, "rsa")
	line := func(file, more string) string {
		k, err := readKey(file)
		if err != nil {
			t.Fatal(err)
		}
		_, public := published(k.Public())
		return record("s1._domainkey.vlierbeek.example.org", more+"p="+b64(public))
	}
	for _, c := range []struct {
		name, line, want string
	}{
		{"right", line(key, "v=DKIM1; k=rsa; "), "dkim-ok=ok"},
		{"without version", line(key, ""), "dkim-ok=ok"},
		{"another key", line(other, "v=DKIM1; "), "dkim-other=wrong"},
		{"another sort", line(key, "v=DKIM1; k=ed25519; "), "dkim-other=wrong"},
		{"on trial", line(key, "v=DKIM1; t=s:y; "), "dkim-testing=to-set"},
		{"revoked", record("s1._domainkey.vlierbeek.example.org", "v=DKIM1; p="), "dkim-revoked=wrong"},
		{"something else", record("s1._domainkey.vlierbeek.example.org", "hallo"), "dkim-none=to-set"},
	} {
		s := names.Serve(t, append(aWell, c.line)...)
		cfg := plainConfig("127.0.0.1:25")
		cfg.DKIM = DKIM{Selector: "s1", KeyFile: key}
		for _, f := range examine(t, s, cfg, outgoing) {
			if f.Check == "dkim" && summary([]Finding{f}) != c.want {
				t.Errorf("%s: %s, want %s", c.name, summary([]Finding{f}), c.want)
			}
		}
	}
	s := names.Serve(t, append(aWell, line(key, "v=DKIM1; "), line(other, "v=DKIM1; "))...)
	cfg := plainConfig("127.0.0.1:25")
	cfg.DKIM = DKIM{Selector: "s1", KeyFile: key}
	if got := summary(examine(t, s, cfg, outgoing)); !strings.Contains(got, "dkim-several=wrong") {
		t.Error(got)
	}
}

func TestDoctorOfTheServer(t *testing.T) {
	s := names.Serve(t, aWell...)
	last := func(cfg Config) string {
		found := examine(t, s, cfg, outgoing)
		return summary(found[len(found)-1:])
	}
	cert, file := certificate(t)
	_, secured := postOffice(t, cert, false)
	_, clear := postOffice(t, nil, false)
	free := listen(t)
	free.Close()
	change := func(address, word, ca, password string) Config {
		cfg := plainConfig(address)
		cfg.TLS, cfg.CAFile = word, ca
		if password != "" {
			cfg.Username, cfg.Password = "alarm", password
		}
		return cfg
	}
	for _, c := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"secured", change(secured, tlsStart, file, "geheim"), "tls-ends=to-set"}, // its certificate lasts an hour
		{"nobody vouches", change(secured, tlsStart, "", ""), "tls-certificate=wrong"},
		{"a wrong password", change(secured, tlsStart, file, "fout"), "tls-account=wrong"},
		{"not offered", change(clear, tlsStart, file, ""), "tls-not-offered=wrong"},
		{"the wrong port", change(clear, tlsFull, file, ""), "tls-broken=wrong"},
		{"on this machine", change(clear, tlsNone, "", ""), "tls-local=ok"},
		{"in the clear", change("mail.vlierbeek.example.org:25", tlsNone, "", ""), "tls-off=wrong"},
		{"nobody there", change(free.Addr().String(), tlsStart, file, ""), "tls-down=unknown"},
	} {
		if got := last(c.cfg); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestDoctorWithoutAnswers: what nobody answered is neither in order nor wrong.
func TestDoctorWithoutAnswers(t *testing.T) {
	s := names.Serve(t)
	for _, name := range []string{"vlierbeek.example.org.", "_dmarc.vlierbeek.example.org.", "10.113.0.203.in-addr.arpa.", "s1._domainkey.vlierbeek.example.org."} {
		s.Fail(name)
	}
	cfg := plainConfig("127.0.0.1:25")
	cfg.DKIM = DKIM{Selector: "s1", KeyFile: keyFile(t, "ed25519")}
	if got, want := summary(examine(t, s, cfg, outgoing)), strings.Repeat("unanswered=unknown ", 5)+"tls-local=ok"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := summary(examine(t, names.Serve(t, aWell...), plainConfig("127.0.0.1:25"), nil)); !strings.Contains(got, "spf-no-address=unknown") || !strings.Contains(got, "ptr-no-address=unknown") {
		t.Error(got)
	}
}

// TestDoctorOfAForeignDomain: mail that neither signature nor path ties to From counts as forged.
func TestDoctorOfAForeignDomain(t *testing.T) {
	cfg := plainConfig("127.0.0.1:25")
	cfg.Bounces = "terug@elders.example.net"
	if got := summary(examine(t, names.Serve(t, aWell...), cfg, outgoing)); !strings.Contains(got, "dmarc-unaligned=wrong") {
		t.Error(got)
	}
	cfg.DKIM = DKIM{Selector: "s1", KeyFile: keyFile(t, "ed25519")}
	if got := summary(examine(t, names.Serve(t, aWell...), cfg, outgoing)); !strings.Contains(got, "dmarc-ok=ok") {
		t.Error(got)
	}
}

func TestServerAddressesAreFound(t *testing.T) {
	d := &doctor{ctx: t.Context(), x: Examination{Resolver: names.Serve(t, aWell...).Resolver()}}
	for host, want := range map[string][]string{"mail.vlierbeek.example.org": {"203.0.113.10", "2001:db8::25"}, "198.51.100.7": {"198.51.100.7"}, "10.0.0.1": nil, "127.0.0.1": nil, "weg.example.org": nil} {
		d.cfg.Address = host + ":587"
		var got []string
		for _, a := range d.serverAddresses() {
			got = append(got, a.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", host, diff)
		}
	}
}

func TestReversed(t *testing.T) {
	for address, want := range map[string]string{"203.0.113.10": "10.113.0.203.in-addr.arpa.", "2001:db8::25": "5.2" + strings.Repeat(".0", 22) + ".8.b.d.0.1.0.0.2.ip6.arpa."} {
		if got := reversed(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestLongTextsAreWrittenInPieces(t *testing.T) {
	if got, want := record("a.example.org", strings.Repeat("x", 300)), fmt.Sprintf(`a.example.org. IN TXT "%s" "%s"`, strings.Repeat("x", 255), strings.Repeat("x", 45)); got != want {
		t.Error(got)
	}
}

func FuzzSPF(f *testing.F) {
	f.Add("v=spf1 a mx ip4:203.0.113.0/24 include:x redirect=y -all")
	f.Add("v=spf1 a:/24//64 ?all")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, "v=spf1 ") {
			ending(text)
			withEnd(text, "-all")
			for word := range strings.FieldsSeq(text) {
				_, term := signOf(word)
				c := spfCheck{address: outgoing[0]}
				c.term(term, "example.org", 0)
			}
		}
		tags(text)
		masked(outgoing[0], text)
	})
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
