package subscription

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func point(t testing.TB) string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
}

func written(endpoint, p256dh, auth string) string {
	return fmt.Sprintf(`{"endpoint":%q,"expirationTime":null,"keys":{"p256dh":%q,"auth":%q}}`, endpoint, p256dh, auth)
}

const secret = "AAECAwQFBgcICQoLDA0ODw"

func TestParse(t *testing.T) {
	p := point(t)
	for text, good := range map[string]bool{
		written("https://push.example.org/send/abc", p, secret):                           true,
		written("https://push.example.org:8443/send?x=1", p, secret):                      true,
		written("http://127.0.0.1:99/send", p, secret):                                    true,
		written("http://push.example.org/send", p, secret):                                false,
		written("http://10.0.0.1/send", p, secret):                                        false,
		written("https://name:word@push.example.org/send", p, secret):                     false,
		written("https:///send", p, secret):                                               false,
		written("https://push.example.org/send#x", p, secret):                             false,
		written("file:///etc/passwd", p, secret):                                          false,
		written("https://push.example.org/"+strings.Repeat("a", mostEndpoint), p, secret): false,
		written("https://push.example.org/send", p[:80], secret):                          false,
		written("https://push.example.org/send", "BA"+strings.Repeat("A", 85), secret):    false,
		written("https://push.example.org/send", p, "AAAA"):                               false,
		written("https://push.example.org/send", p, ""):                                   false,
		`{}`: false, ``: false, `[]`: false, `null`: false,
	} {
		s, err := Parse(text)
		if (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && (buurtbel.KeyOf(err) != "error.device.subscription" || strings.Contains(err.Error(), "example")) {
			t.Errorf("%s: %v", text, err)
		}
		if again, err := Parse(s.String()); good && (err != nil || again != s) {
			t.Errorf("%s reads back as %v %v", s, again, err)
		}
	}
}

// TestOneWrittenForm: browsers write base64 with and without padding.
func TestOneWrittenForm(t *testing.T) {
	p := point(t)
	a, err := Parse(written("https://push.example.org/x", p, secret))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse(written("https://push.example.org/x", strings.NewReplacer("-", "+", "_", "/").Replace(p)+"=", secret+"=="))
	if err != nil || a.String() != b.String() {
		t.Errorf("%v: %s and %s", err, a, b)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(written("https://push.example.org/send/abc", point(f), secret))
	f.Add(`{"endpoint":"https://x","keys":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(s.String()); err != nil || again != s {
			t.Fatalf("%s reads back as %v %v", s, again, err)
		}
	})
}
