package email

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
)

// certificateOf makes one for a name that vouches for itself, and the file that trusts it.
func certificateOf(t *testing.T, name string) (*tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	write(t, file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// TestDoctorOfIncomingMail connects to servers as others do; what is told to be set, set as it is told, leaves nothing to tell.
func TestDoctorOfIncomingMail(t *testing.T) {
	right, ca := certificateOf(t, "in.vlierbeek.example.org")
	other, _ := certificateOf(t, "elders.example.net")
	for _, c := range []struct {
		name string
		cert *tls.Certificate
		want string
	}{{"encrypts", right, "incoming-ok=ok"}, {"for another name", other, "incoming-certificate=to-set"}, {"in the clear", nil, "incoming-not-offered=to-set"}} {
		t.Run(c.name, func(t *testing.T) {
			p, address := postOffice(t, c.cert, false)
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				t.Fatal(err)
			}
			s := names.Serve(t, "vlierbeek.example.org. IN MX 10 in.vlierbeek.example.org.", "in.vlierbeek.example.org. IN A 127.0.0.1")
			cfg := plainConfig("127.0.0.1:25")
			cfg.CAFile = ca
			look := func(want string) []Finding {
				t.Helper()
				found, err := Examine(t.Context(), cfg, Examination{Resolver: s.Resolver(), Outgoing: outgoing, Now: time.Now(), Incoming: true, Port: port})
				if err != nil {
					t.Fatal(err)
				}
				found = slices.DeleteFunc(found, func(f Finding) bool { return f.Check != "incoming" && f.Check != "sts" && f.Check != "report" })
				if got := summary(found); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				return found
			}
			for _, f := range look(c.want + " sts-none=to-set report-none=to-set") {
				if f.Record != "" {
					s.Add(t, f.Record)
				}
			}
			look(c.want + " sts-ok=ok report-ok=ok")
			s.Add(t, `_smtp._tls.vlierbeek.example.org. IN TXT "v=TLSRPTv1; rua=mailto:x@example.org"`)
			s.Forget("_mta-sts.vlierbeek.example.org.", "TXT")
			s.Add(t, `_mta-sts.vlierbeek.example.org. IN TXT "v=STSv1;"`)
			look(c.want + " sts-broken=wrong report-several=wrong")
			if len(p.all()) != 0 {
				t.Error("a mail was sent")
			}
		})
	}
	s := names.Serve(t, "vlierbeek.example.org. IN MX 10 in.vlierbeek.example.org.", "in.vlierbeek.example.org. IN A 127.0.0.1")
	s.Fail("_mta-sts.vlierbeek.example.org.")
	free := listen(t)
	_, port, err := net.SplitHostPort(free.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	found, err := Examine(t.Context(), plainConfig("127.0.0.1:25"), Examination{Resolver: s.Resolver(), Outgoing: outgoing, Now: time.Now(), Incoming: true, Port: port})
	if got := summary(found); err != nil || !strings.Contains(got, "incoming-down=unknown unanswered=unknown") {
		t.Errorf("%s, %v", got, err)
	}
}
