package speech

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

const awkward = "Zeg \"ja\" & blijf\\binnen: één=twee\n{voice} <b>"

func TestEngineGetsTheTextWhole(t *testing.T) {
	file := wavOf(t, tone(1000, 16000, 16000, 0.3), 16000)
	for _, c := range []struct {
		format, body, contentType string
		text                      func(body []byte) (text, speed string)
	}{
		{"json", `{"input":"{text}","voice":"{voice}","speed":{speed}}`, "application/json", func(b []byte) (string, string) {
			var got struct {
				Input string
				Speed json.Number
			}
			if err := json.Unmarshal(b, &got); err != nil {
				t.Errorf("%v in %s", err, b)
			}
			return got.Input, got.Speed.String()
		}},
		{"form", `text={text}&speed={speed}&lang={language}`, "application/x-www-form-urlencoded", func(b []byte) (string, string) {
			got, err := url.ParseQuery(string(b))
			if err != nil {
				t.Error(err)
			}
			return got.Get("text"), got.Get("speed")
		}},
		{"text", `{text}`, "text/plain; charset=utf-8", func(b []byte) (string, string) { return string(b), "0.75" }},
	} {
		asked := make(chan *http.Request, 1)
		bodies := make(chan []byte, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			asked <- r
			bodies <- b
			w.Write(file)
		}))
		defer server.Close()
		s, err := Open(Config{Kind: HTTP, URL: server.URL + "/say?voice={voice}", Format: c.format, Body: c.body, Headers: []string{"Accept: audio/wav"}, Authorization: "Bearer secret", Voices: []string{"nl=an na"}})
		if err != nil {
			t.Fatal(err)
		}
		audio := speak(t, s, awkward, buurtbel.Dutch, true)
		if audio.Length() < time.Second || audio.Length() > 1300*time.Millisecond {
			t.Errorf("%s: %s of sound", c.format, audio.Length())
		}
		r, b := <-asked, <-bodies
		if text, speed := c.text(b); text != awkward || speed != "0.75" {
			t.Errorf("%s: got %q at speed %s", c.format, text, speed)
		}
		if r.Method != http.MethodPost || r.URL.Query().Get("voice") != "an na" || r.Header.Get("Accept") != "audio/wav" || r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: %s %s %v", c.format, r.Method, r.URL, r.Header)
		}
	}
}

func TestEngineThatFails(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the text was sent elsewhere") }))
	defer elsewhere.Close()
	for _, c := range []struct {
		name, key string
		handler   http.HandlerFunc
		change    func(*Config)
	}{
		{"refuses and repeats the text", "speech.engine-refused", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTooManyRequests)
			if _, err := io.Copy(w, r.Body); err != nil {
				t.Error(err)
			}
		}, nil},
		{"sends on", "speech.engine-refused", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, nil},
		{"answers with a page", "speech.unreadable", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, nil},
		{"never ends", "speech.too-large", func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				w.Write(make([]byte, 1<<12))
			}
		}, func(c *Config) { c.Largest = 1 << 16 }},
		{"never answers", "speech.too-slow", func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
			<-r.Context().Done()
		}, func(c *Config) { c.Timeout = 50 * time.Millisecond }},
		{"hangs up", "speech.engine-unreachable", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			config := Config{Kind: HTTP, URL: server.URL + "/?key=geheimesleutel", Format: "text", Body: "{text}"}
			if c.change != nil {
				c.change(&config)
			}
			s, err := Open(config)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Speak(t.Context(), "geheimetekst", buurtbel.Dutch, false)
			if buurtbel.KeyOf(err) != c.key || !locale.Has(c.key) {
				t.Errorf("%v, want %s", err, c.key)
			}
			if strings.Contains(fmt.Sprint(err), "geheime") {
				t.Errorf("a secret is in the error: %v", err)
			}
		})
	}
}

func TestConfigThatIsWrong(t *testing.T) {
	body := `{"t":"{text}"}`
	for _, c := range []struct {
		config Config
		says   string
	}{
		{Config{Kind: "parrot"}, "kind:"},
		{Config{Kind: Recorded}, "folder:"},
		{Config{Kind: Command}, "program:"},
		{Config{Kind: Command, Program: "x", Args: []string{"--say={text}"}}, "args:"},
		{Config{Kind: HTTP, URL: "https://speech.example.org/?q={text}", Body: body}, "url: the text"},
		{Config{Kind: HTTP, URL: "http://speech.example.org/", Body: body}, "url: must be https"},
		{Config{Kind: HTTP, URL: "https://me:word@speech.example.org/", Body: body}, "url: a password"},
		{Config{Kind: HTTP, URL: "speech.example.org", Body: body}, "url: must begin"},
		{Config{Kind: HTTP, URL: "https://speech.example.org/", Body: "{}"}, "body:"},
		{Config{Kind: HTTP, URL: "https://speech.example.org/", Body: body, Headers: []string{"none"}}, "headers:"},
		{Config{Kind: HTTP, URL: "https://speech.example.org/", Body: body, Format: "xml"}, "format:"},
		{Config{Kind: HTTP, URL: "https://speech.example.org/", Body: body, Method: "GET"}, "method:"},
		{Config{Voices: []string{"it=x"}}, "voices:"},
		{Config{Voices: []string{"nl=-x"}}, "voices:"},
		{Config{AtOnce: 1000}, "at_once:"},
		{Config{Timeout: -1}, "timeout:"},
		{Config{Kind: Recorded, Fallback: Recorded, Folder: "x"}, "fallback:"},
	} {
		_, err := Open(c.config)
		if buurtbel.KeyOf(err) != "speech.config" || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%+v: %v, want %s", c.config.Kind, err, c.says)
		}
	}
	if shown := fmt.Sprint(Config{Kind: HTTP, Authorization: "secret"}); shown != "speech by http" {
		t.Errorf("printed as %q", shown)
	}
}
