package outside

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/outside.html"))

// pagePolicy lets the page load what it brought along and nothing else. A letter's HTML is framed from an address of its own with a
// policy of its own (showLetter), because a frame made from text would inherit this one and lose the mail's styles.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (w *World) pageRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /{$}", servePage)
	m.HandleFunc("GET /page/{name}", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Cache-Control", "no-cache")
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(rw, r, pageFiles, "page/"+r.PathValue("name"))
	})
}

func servePage(rw http.ResponseWriter, r *http.Request) {
	lang, words := pageWords(r.FormValue("lang"), r.Header.Get("Accept-Language"))
	data, err := json.Marshal(words)
	if err != nil {
		http.Error(rw, "no words", http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if err := pageTemplate.Execute(rw, map[string]any{
		"Lang": lang, "T": words, "Words": string(data), "Languages": pageLanguages,
		"Names": map[string]string{"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}}); err != nil {
		return // the browser went away
	}
}
