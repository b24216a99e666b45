package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const httpCarrier = `
[[sms]]
type = "http"
name = "carrier-b"
sender = "8850"
window = 7
response_timeout = "3s"
[sms.http]
url = "https://sms.example.org/"
body = '{"text":{{json .Text}}}'
`

// TestHTTPCarrier: a carrier of type http needs no SMPP account, and takes what all carriers share from the same keys.
func TestHTTPCarrier(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(write(t, httpCarrier), []string{"BUURTBEL_SMS_CARRIER_B_HTTP_SECRET_FILE=" + secret, "BUURTBEL_SMS_CARRIER_B_HTTP_PATH_SECRET=0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	g := c.SMS[0].Gateway()
	if g.Name != "carrier-b" || g.Window != 7 || g.ResponseTimeout.Seconds() != 3 || g.Secret != "hunter-2" || g.PathSecret != "0123456789abcdef" || g.MaxParts != 6 {
		t.Error("not as it was written")
	}
}

func TestHTTPCarrierProblems(t *testing.T) {
	for text, want := range map[string][]string{
		"[[sms]]\ntype = \"http\"\nname = \"b\"\nsender = \"8850\"\n": {"1:1 required"},
		httpCarrier + "answer.ids = \"id\"\n":                         {"11:1 value"},
		"[[sms]]\ntype = \"smpp\"\nname = \"b\"\nsender = \"8850\"\n": {"1:1 required", "1:1 required"},
		"[[sms]]\ntype = \"http\"\nname = \"b\"\nsender = \"8850\"\n[sms.http]\nurl = \"http://sms.example.org/\"\nbody = \"{{json .Text}}\"\n": {"6:1 value"},
		"[carrier]\nlisten = \"nowhere\"\n": {"2:1 listen"},
	} {
		_, err := Load(write(t, text), nil)
		if diff := cmp.Diff(want, said(t, err)); diff != "" {
			t.Errorf("%s%s", text, diff)
		}
	}
}
