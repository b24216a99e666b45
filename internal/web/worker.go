package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// shell are the assets that the app's page needs when there is no connection.
var shell = []string{"css/tokens.css", "css/contrast.css", "css/base.css", "css/parts.css", "css/pages.css", "css/members.css", "css/print.css", "js/device.js", "app/box.js", "bell.svg",
	"fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"}

// workerSite is what the worker knows of this installation.
type workerSite struct {
	Key   string                                  `json:"key"`
	Cache string                                  `json:"cache"` // changes with the assets
	Shell []string                                `json:"shell"`
	Icon  string                                  `json:"icon"`
	Badge string                                  `json:"badge"`
	Words map[buurtbel.Language]map[string]string `json:"words"`
}

// workerScript puts the service worker together. It is one file: a worker of several is fetched anew only when the first one changes.
func workerScript(key string) ([]byte, error) {
	site := workerSite{Key: key, Cache: "buurtbel-" + assetHash, Shell: []string{"/app"}, Icon: AssetURL("app/icon-192.png"), Badge: AssetURL("app/badge-96.png"),
		Words: map[buurtbel.Language]map[string]string{}}
	for _, name := range shell {
		site.Shell = append(site.Shell, AssetURL(name))
	}
	for _, lang := range buurtbel.Languages {
		site.Words[lang] = map[string]string{"do": locale.Text(lang, "screen.heard.do", nil), "heard": locale.Text(lang, "screen.device.said", nil), "unknown": locale.Text(lang, "screen.device.over", nil),
			"over": locale.Text(lang, "screen.device.over", nil), "waiting": locale.Text(lang, "screen.device.pending", nil)}
	}
	said, err := json.Marshal(site)
	if err != nil {
		return nil, fmt.Errorf("write worker: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "const SITE = %s;\n", said)
	for _, name := range []string{"app/box.js", "app/worker.js"} {
		source, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("read worker: %w", err)
		}
		b.WriteString(strings.ReplaceAll(string(source), "\nexport ", "\n"))
	}
	return []byte(b.String()), nil
}

// worker serves the service worker at the root, so that it may serve every page. Browsers ask for it anew each day and at each visit.
func (v *visit) worker() error {
	if err := v.pushing(); err != nil {
		return err
	}
	script, err := workerScript(v.s.o.PushKey)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(script)
	return err
}
