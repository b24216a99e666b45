package gateway_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
)

// basket keeps what arrives; fail is what the store says.
type basket struct {
	mu     sync.Mutex
	events []channel.Event
	fail   error
}

func (b *basket) arrive(e channel.Event, stored func(error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail == nil {
		b.events = append(b.events, e)
	}
	go stored(b.fail)
}

func bring(t testing.TB, c gateway.Config, b *basket, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	g := start(t, c, gateway.Options{Arrive: b.arrive, Now: func() time.Time { return time.Unix(1893553445, 0) }})
	w := httptest.NewRecorder()
	gateway.Doors([]*gateway.Gateway{g}).ServeHTTP(w, r)
	return w
}

func post(kind, body string) *http.Request {
	return httptest.NewRequest("POST", "/carriers/carrier-a/"+testPath+"/"+kind, strings.NewReader(body))
}

func TestReceipts(t *testing.T) {
	var b basket
	body := `[{"id":"a","status":"delivered","at":"2030-01-02T03:04:05+01:00","more":[1]}, {"id":18446744073709551615,"status":"not delivered","error":"1"},
		{"id":"c","status":"Not Delivered","error":"+32455000001"}, {"id":"d","status":"strange"}, {"id":"e","status":"EXPIRED"}, {"status":"EXPIRED"}, 7]`
	if w := bring(t, testConfig("127.0.0.1:1"), &b, post("receipts", body)); w.Code != 200 {
		t.Fatal(w.Code)
	}
	of := channel.Event{Kind: channel.Receipt, Carrier: "carrier-a", Channel: buurtbel.SMS}
	want := []channel.Event{of, of, of, of, of}
	want[0].Ref, want[0].State, want[0].Code, want[0].At = "a", channel.ReceiptDelivered, "state:delivered", time.Date(2030, 1, 2, 2, 4, 5, 0, time.UTC)
	want[1].Ref, want[1].State, want[1].Reason, want[1].Code = "18446744073709551615", channel.ReceiptFailed, buurtbel.InvalidAddress, "state:notdelivered code:1"
	want[2].Ref, want[2].State, want[2].Reason, want[2].Code = "c", channel.ReceiptFailed, buurtbel.Unreachable, "state:NotDelivered code:unreadable"
	want[3].Ref, want[3].State, want[3].Code = "d", channel.ReceiptUnknown, "state:strange"
	want[4].Ref, want[4].State, want[4].Code = "e", channel.ReceiptExpired, "state:EXPIRED"
	if diff := cmp.Diff(want, b.events); diff != "" {
		t.Error(diff)
	}
}

func TestTexts(t *testing.T) {
	for raw, want := range map[string]string{"32455000001": "+32455000001", "+32455000001": "+32455000001", "0032455000001": "+32455000001",
		"0455 00 00 01": "+32455000001", "8850": "8850", "Winkel": "Winkel"} {
		var b basket
		w := bring(t, testConfig("127.0.0.1:1"), &b, post("texts", fmt.Sprintf(`{"from":%q,"to":"8850","text":"Ik zag é\u0000 iets","ref":7,"total":2,"part":1}`, raw)))
		if w.Code != 200 || len(b.events) != 1 {
			t.Fatal(w.Code)
		}
		e := channel.Event{Kind: channel.Text, Carrier: "carrier-a", Channel: buurtbel.SMS, From: want, To: "8850", Text: "Ik zag é iets", Part: channel.Part{Group: 7, Total: 2, Number: 1}}
		if diff := cmp.Diff(e, b.events[0]); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	one := `{"id":"a","status":"DELIVERED"}`
	for name, c := range map[string]struct {
		r      *http.Request
		fail   error
		status int
	}{
		"stored":               {post("receipts", one), nil, 200},
		"not stored":           {post("receipts", one), errors.New("disk"), 503},
		"an empty batch":       {post("receipts", `[]`), nil, 200},
		"bad JSON":             {post("receipts", `{"id":"a","status":"DELIVERED"`), nil, 400},
		"two values":           {post("receipts", one+one), nil, 400},
		"nothing to read":      {post("receipts", `{"other":1}`), nil, 422},
		"no such kind":         {post("reports", one), nil, 404},
		"too large":            {post("receipts", `"`+strings.Repeat("x", 1<<20)+`"`), nil, 413},
		"too many":             {post("receipts", "["+strings.Repeat(one+",", 1000)+one+"]"), nil, 413},
		"GET":                  {httptest.NewRequest("GET", "/carriers/carrier-a/"+testPath+"/receipts", nil), nil, 405},
		"wrong secret":         {httptest.NewRequest("POST", "/carriers/carrier-a/"+testPath+"0/receipts", strings.NewReader(one)), nil, 404},
		"no secret":            {httptest.NewRequest("POST", "/carriers/carrier-a//receipts", strings.NewReader(one)), nil, 404},
		"another carrier":      {httptest.NewRequest("POST", "/carriers/carrier-b/"+testPath+"/receipts", strings.NewReader(one)), nil, 404},
		"too short an address": {httptest.NewRequest("POST", "/carriers/carrier-a", strings.NewReader(one)), nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			b := basket{fail: c.fail}
			if w := bring(t, testConfig("127.0.0.1:1"), &b, c.r); w.Code != c.status {
				t.Errorf("%d, want %d", w.Code, c.status)
			}
			if c.status != 200 && len(b.events) > 0 {
				t.Error("taken all the same")
			}
		})
	}
}

// TestDuplicate: what comes twice is handed over twice, and the store sees that it is the same.
func TestDuplicate(t *testing.T) {
	var b basket
	for range 2 {
		bring(t, testConfig("127.0.0.1:1"), &b, post("receipts", `{"id":"a","status":"DELIVERED"}`))
	}
	if len(b.events) != 2 || cmp.Diff(b.events[0], b.events[1]) != "" {
		t.Error(b.events)
	}
}

func sum(algorithm func() hash.Hash, text string) []byte {
	h := hmac.New(algorithm, []byte("shared-secret"))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func TestProof(t *testing.T) {
	const body = `{"id":"a","status":"DELIVERED"}`
	sha := gateway.Proof{Kind: "hmac-sha256", Header: "X-S", Prefix: "v1=", Secret: "shared-secret", TimestampHeader: "X-T", Signed: "{{.Timestamp}}.{{.Body}}"}
	now, old, early := "1893553445", "1893553144", "1893553746"
	right := func(stamp string) string { return "v1=" + hex.EncodeToString(sum(sha256.New, stamp+"."+body)) }
	for name, c := range map[string]struct {
		proof   gateway.Proof
		headers []string
		query   string
		status  int
	}{
		"right":           {sha, []string{"X-T", now, "X-S", right(now)}, "", 200},
		"old":             {sha, []string{"X-T", old, "X-S", right(old)}, "", 401},
		"early":           {sha, []string{"X-T", early, "X-S", right(early)}, "", 401},
		"another time":    {sha, []string{"X-T", "1893553446", "X-S", right(now)}, "", 401},
		"no time":         {sha, []string{"X-S", right("")}, "", 401},
		"no prefix":       {sha, []string{"X-T", now, "X-S", right(now)[3:]}, "", 401},
		"no signature":    {sha, []string{"X-T", now, "X-S", "v1="}, "", 401},
		"SHA-1":           {gateway.Proof{Kind: "hmac-sha1", Header: "X-S", Encoding: "base64", Secret: "shared-secret"}, []string{"X-S", base64.StdEncoding.EncodeToString(sum(sha1.New, body))}, "", 200},
		"SHA-1, wrong":    {gateway.Proof{Kind: "hmac-sha1", Header: "X-S", Encoding: "base64", Secret: "shared-secret"}, []string{"X-S", base64.StdEncoding.EncodeToString(sum(sha1.New, body+" "))}, "", 401},
		"token":           {gateway.Proof{Kind: "token", Query: "t", Secret: "shared-secret"}, nil, "?t=shared-secret", 200},
		"token, wrong":    {gateway.Proof{Kind: "token", Query: "t", Secret: "shared-secret"}, nil, "?t=shared-secre", 401},
		"token in header": {gateway.Proof{Kind: "token", Header: "Authorization", Prefix: "Bearer ", Secret: "shared-secret"}, []string{"Authorization", "Bearer shared-secret"}, "", 200},
		"basic":           {gateway.Proof{Kind: "basic", Username: "p", Secret: "shared-secret"}, []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("p:shared-secret"))}, "", 200},
		"basic, wrong":    {gateway.Proof{Kind: "basic", Username: "p", Secret: "shared-secret"}, []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("q:shared-secret"))}, "", 401},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig("127.0.0.1:1")
			cfg.Proof = c.proof
			r := post("receipts"+c.query, body)
			for i := 0; i < len(c.headers); i += 2 {
				r.Header.Set(c.headers[i], c.headers[i+1])
			}
			var b basket
			if w := bring(t, cfg, &b, r); w.Code != c.status || (len(b.events) == 1) != (c.status == 200) {
				t.Errorf("%d, want %d", w.Code, c.status)
			}
		})
	}
}

// TestNothingLeaks: what a stranger or a provider sends reaches no log.
func TestNothingLeaks(t *testing.T) {
	log := &channeltest.Log{}
	g := start(t, testConfig("127.0.0.1:1"), gateway.Options{Logger: log.Logger(), Arrive: (&basket{fail: errors.New("disk")}).arrive})
	for _, r := range []*http.Request{post("texts", `{"from":"+32455000001","text":"Ik zag hem"}`), post("texts", `[{"from":"+32455000001"},{"from":"+32455000001","text":"Ik zag hem"}]`),
		post("32455000001", `Ik zag hem`), post("texts", `"Ik zag hem +32455000001`)} {
		w := httptest.NewRecorder()
		gateway.Doors([]*gateway.Gateway{g}).ServeHTTP(w, r)
		for _, secret := range []string{"32455000001", "Ik zag", testPath, testSecret} {
			if strings.Contains(log.String(), secret) || strings.Contains(w.Body.String(), secret) {
				t.Errorf("%q leaks", secret)
			}
		}
	}
	if !strings.Contains(log.String(), "not taken") {
		t.Error("the log says nothing at all")
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*gateway.Config)
		want   string
	}{
		"right":          {func(*gateway.Config) {}, ""},
		"plain http":     {func(c *gateway.Config) { c.URL = "http://sms.example.org/" }, "http.url"},
		"no template":    {func(c *gateway.Config) { c.URL = "https://sms.example.org/{{" }, "http.url"},
		"no such value":  {func(c *gateway.Config) { c.Body = `{"t":{{json .Tekst}}}` }, "http.body"},
		"unescaped":      {func(c *gateway.Config) { c.Body = `{"t":"{{.Text}}"}` }, "http.body"},
		"unescaped form": {func(c *gateway.Config) { c.BodyType, c.Body = "form", `t={{.Text}}` }, "http.body"},
		"endless":        {func(c *gateway.Config) { c.Body = `{{range 1000000000}}xxxxxxxxxxxxxxxx{{end}}` }, "http.body"},
		"GET, no text":   {func(c *gateway.Config) { c.Method, c.Body = "GET", "" }, "http.url"},
		"a header":       {func(c *gateway.Config) { c.Headers = []string{"X-Text: {{.Text}}"} }, "http.headers"},
		"no header":      {func(c *gateway.Config) { c.Headers = []string{"X"} }, "http.headers"},
		"a pointer":      {func(c *gateway.Config) { c.Answer.IDs = "/a~2" }, "http.answer.ids"},
		"no group":       {func(c *gateway.Config) { c.Answer.IDs = "match:[0-9]+" }, "http.answer.ids"},
		"a reason":       {func(c *gateway.Config) { c.Answer.Codes = []string{"1 wrong"} }, "http.answer.codes"},
		"a state":        {func(c *gateway.Config) { c.Receipt.States = []string{"OK fine"} }, "http.receipts.states"},
		"unsigned time": {func(c *gateway.Config) {
			c.Proof = gateway.Proof{Kind: "hmac-sha256", Header: "S", Secret: "12345678", TimestampHeader: "T"}
		}, "http.check.signed"},
		"unsigned body": {func(c *gateway.Config) {
			c.Proof = gateway.Proof{Kind: "hmac-sha256", Header: "S", Secret: "12345678", Signed: "x"}
		}, "http.check.signed"},
		"a short secret":  {func(c *gateway.Config) { c.PathSecret = "short" }, "http.path_secret"},
		"a token nowhere": {func(c *gateway.Config) { c.Proof = gateway.Proof{Kind: "token", Secret: "12345678"} }, "http.check.header"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig("127.0.0.1:1")
			c.change(&cfg)
			cfg.Fill()
			err := cfg.Check()
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want+":") || strings.Contains(err.Error(), testSecret) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if text := fmt.Sprintf("%v %+v %#v", testConfig("x"), testConfig("x"), testConfig("x")); strings.Contains(text, testSecret) {
		t.Error("a printed configuration tells a secret")
	}
}

func FuzzIncoming(f *testing.F) {
	f.Add([]byte(`[{"id":"a","status":"DELIVERED","at":"2030-01-02T03:04:05Z"}]`), "events", "t=1")
	f.Add([]byte(`{"from":"32455000001","text":"1","ref":7,"total":2,"part":1}`), "texts", "")
	f.Add([]byte(`id=5&status=x`), "receipts", "id=7")
	pointers := testConfig("127.0.0.1:1")
	fields := testConfig("127.0.0.1:1")
	fields.Receipt = gateway.Receipts{ID: "field:id", Part: "match:part=([0-9]+)", State: "field:status", States: []string{"x delivered"}, At: "field:at", AtForm: "unix"}
	fields.Incoming = gateway.Texts{From: "field:from", Text: "field:text"}
	f.Fuzz(func(t *testing.T, body []byte, kind, query string) {
		r := httptest.NewRequest("POST", "/", bytes.NewReader(nil))
		r.URL.RawQuery = query
		for _, c := range []gateway.Config{pointers, fields} {
			in, err := gateway.Inspect(c, kind, body, r.URL.Query())
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range in.Events {
				if e.Kind == channel.Receipt && (e.Ref == "" || e.State == "" || strings.ContainsRune(e.Ref, 0) || len(e.Code) > 80) {
					t.Errorf("%+v", e)
				}
				if e.Kind == channel.Text && (e.From == "" || strings.ContainsRune(e.Text, 0) || e.Number > e.Total) {
					t.Errorf("%+v", e)
				}
			}
		}
	})
}
