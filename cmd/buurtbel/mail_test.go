package main

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
)

var update = flag.Bool("update", false, "write the golden files anew")

const mailConfig = "[[email]]\naddress = \"127.0.0.1:25\"\ntls = \"none\"\nfrom = \"alarm@vlierbeek.example.org\"\nreply_to = \"antwoord@vlierbeek.example.org\"\n" +
	"bounces = \"terug@vlierbeek.example.org\"\nlist_id = \"berichten.vlierbeek.example.org\"\n"

// TestInspectMail compares what is printed of each test mail with the file beside it.
func TestInspectMail(t *testing.T) {
	i := install(t)
	i.file("buurtbel.toml", mailConfig)
	mails, err := filepath.Glob("../../internal/mailread/testdata/mails/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	bounced, err := filepath.Glob("../../internal/mailread/testdata/bounces/*-nl.eml")
	if err != nil || len(mails) < 10 || len(bounced) < 3 {
		t.Fatal(len(mails), len(bounced), err)
	}
	for _, name := range slices.Concat(mails, bounced) {
		golden := filepath.Join("testdata", "inspect", strings.TrimSuffix(filepath.Base(name), ".eml")+".json")
		got := i.does("inspect", "mail", "--server", "mx.vlierbeek.example.org", name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestInspectMailRefuses(t *testing.T) {
	i := install(t)
	i.refuses("cannot be opened", "inspect", "mail", "nowhere.eml")
	large := i.file("groot.eml", "From: a@example.org\r\n\r\n"+strings.Repeat("x", 30<<20))
	if out := i.does("--language", "fr", "inspect", "mail", large); !strings.Contains(out, `"kind": "refused"`) || !strings.Contains(out, "trop grand") {
		t.Error(out)
	}
}

// TestInspectMailFromStandardInput gives the mail as a pipe does.
func TestInspectMailFromStandardInput(t *testing.T) {
	i := install(t)
	f, err := os.Open("../../internal/mailread/testdata/mails/new-message.eml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = before }()
	if out := i.does("inspect", "mail", "-"); !strings.Contains(out, `"kind": "new"`) || !strings.Contains(out, `"verdict": "unknown"`) {
		t.Error(out)
	}
}

// TestInspectMailChecksSignatures asks for the key only when told to.
func TestInspectMailChecksSignatures(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := names.Serve(t, `s1._domainkey.example.org. IN TXT "v=DKIM1; k=ed25519; p=`+base64.StdEncoding.EncodeToString(public)+`"`)
	var signed bytes.Buffer
	mail := "From: Jan <jan@example.org>\r\nTo: alarm@vlierbeek.example.org\r\nSubject: Vraag\r\n\r\nMag dit?\r\n"
	if err := dkim.Sign(&signed, strings.NewReader(mail), &dkim.SignOptions{Domain: "example.org", Selector: "s1", Signer: private, Hash: crypto.SHA256}); err != nil {
		t.Fatal(err)
	}
	i := install(t)
	for _, c := range []struct {
		name, mail string
		args       []string
		want       string
	}{
		{"not asked", signed.String(), nil, "unknown"},
		{"right", signed.String(), []string{"--dns"}, "verified pass"},
		{"bare line ends", strings.ReplaceAll(signed.String(), "\r\n", "\n"), []string{"--dns"}, "verified pass"},
		{"changed", strings.ReplaceAll(signed.String(), "Mag dit?", "Dit mag."), []string{"--dns"}, "unproven fail"},
		{"no key", strings.ReplaceAll(signed.String(), "s=s1", "s=s2"), []string{"--dns"}, "unproven permerror"},
		{"not signed", mail, []string{"--dns"}, "unknown"},
	} {
		var got struct {
			Sender struct {
				Verdict    string
				Signatures []struct{ Result string }
			}
		}
		out := i.does(slices.Concat([]string{"inspect", "mail", "--resolver", s.Address}, c.args, []string{i.file("mail.eml", c.mail)})...)
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		words := []string{got.Sender.Verdict}
		for _, g := range got.Sender.Signatures {
			words = append(words, g.Result)
		}
		if strings.Join(words, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, words, c.want)
		}
	}
}

func TestDoctorMail(t *testing.T) {
	i := install(t)
	i.refuses("names no mail server", "doctor", "mail")
	i.file("buurtbel.toml", mailConfig)
	s := names.Serve(t,
		"vlierbeek.example.org. IN MX 10 mail.vlierbeek.example.org.", "mail.vlierbeek.example.org. IN A 203.0.113.10", `vlierbeek.example.org. IN TXT "v=spf1 mx -all"`,
		"10.113.0.203.in-addr.arpa. IN PTR mail.vlierbeek.example.org.")
	args := []string{"doctor", "mail", "--resolver", s.Address, "--address", "203.0.113.10"}
	code, out, errs := i.run(slices.Concat([]string{"--language", "nl"}, args)...)
	want := `mail: mx    in orde: Mail voor vlierbeek.example.org komt aan bij mail.vlierbeek.example.org.
mail: spf   in orde: vlierbeek.example.org laat onze mailserver toe.
mail: dkim  niet na te gaan: Wij ondertekenen niet zelf. Kijk na of uw mailserver ondertekent voor vlierbeek.example.org, of stel email.dkim in.
mail: dmarc in te stellen: vlierbeek.example.org zegt niet wat er met nagebootste mail moet gebeuren. Zet deze regel.
    _dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=quarantine; rua=mailto:terug@vlierbeek.example.org"
mail: ptr   in orde: 203.0.113.10 heet mail.vlierbeek.example.org, en die naam leidt terug.
mail: tls   in orde: 127.0.0.1 staat op deze computer; versleutelen hoeft niet.
`
	if d := cmp.Diff(want, out); d != "" || code != 1 || !strings.Contains(errs, "nog niet alles in orde") {
		t.Errorf("%d %q %s", code, errs, d)
	}
	s.Add(t, `_dmarc.vlierbeek.example.org. IN TXT "v=DMARC1; p=quarantine"`)
	var found []struct{ Carrier, Check, State, Key, Sentence, Record string }
	if err := json.Unmarshal([]byte(i.does(append(args, "--json")...)), &found); err != nil || len(found) != 6 || found[3].State != "ok" || found[3].Carrier != "mail" || found[3].Sentence == "" {
		t.Errorf("%v %+v", err, found)
	}
}
