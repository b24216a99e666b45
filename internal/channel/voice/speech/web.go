package speech

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// webEngine asks an engine over HTTP for a WAV file.
type webEngine struct {
	Config
	client *http.Client
}

var contentTypes = map[string]string{"json": "application/json", "form": "application/x-www-form-urlencoded", "text": "text/plain; charset=utf-8"}

func newWebEngine(c Config) *webEngine {
	client := &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: c.AtOnce, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the text goes where the operator said and nowhere else
	}
	return &webEngine{Config: c, client: client}
}

func (w *webEngine) wav(ctx context.Context, text string, how manner) ([]byte, error) {
	request, err := w.request(ctx, text, how)
	if err != nil {
		return nil, buurtbel.FailWith(bare(err), buurtbel.Internal, "speech.engine-unreachable", nil)
	}
	answer, err := w.client.Do(request)
	if err != nil {
		return nil, buurtbel.FailWith(bare(err), buurtbel.Internal, "speech.engine-unreachable", nil)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, buurtbel.Fail(buurtbel.Internal, "speech.engine-refused", buurtbel.Args{"Status": answer.StatusCode})
	}
	out := &bounded{most: w.Largest}
	if _, err := io.Copy(out, answer.Body); errors.Is(err, errTooLarge) {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "speech.too-large", nil)
	} else if err != nil {
		return nil, buurtbel.FailWith(bare(err), buurtbel.Internal, "speech.engine-unreachable", nil)
	}
	return out.kept, nil
}

// request fills the templates. The text is in the body alone.
func (w *webEngine) request(ctx context.Context, text string, how manner) (*http.Request, error) {
	escape := escapes[w.Format]
	body := strings.ReplaceAll(how.fill(w.Body, escape), "{text}", escape(text))
	request, err := http.NewRequestWithContext(ctx, w.Method, how.fill(w.URL, url.QueryEscape), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentTypes[w.Format])
	for _, line := range w.Headers {
		name, value, _ := strings.Cut(line, ":")
		request.Header.Set(name, strings.TrimSpace(value))
	}
	if w.Authorization != "" {
		request.Header.Set("Authorization", w.Authorization)
	}
	return request, nil
}

var escapes = map[string]func(string) string{
	"json": inJSON,
	"form": url.QueryEscape,
	"text": func(s string) string { return s },
}

// inJSON writes s as it stands between the quotes of a JSON string.
func inJSON(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return "" // a string always has a form in JSON
	}
	return string(quoted[1 : len(quoted)-1])
}

// bare takes the address out of an error of net/http: its query may hold a key.
func bare(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return fmt.Errorf("%s: %w", of.Op, of.Err)
	}
	return err
}
