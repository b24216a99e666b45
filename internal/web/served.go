package web

import "github.com/buurtbel/buurtbel"

// Served is one line of the table of routes, for who checks what is served from outside.
type Served struct {
	Method, Path string              // pattern of net/http
	May          buurtbel.Permission // "" when no right is needed beyond being signed in
	Open         bool                // needs no session
}

// Table lists every route, and the pages of looks, which read nothing.
func Table() []Served {
	var out []Served
	for _, r := range New(Options{}).routes() {
		out = append(out, Served{r.method, r.path, r.may, r.open})
	}
	return append(out, Served{Method: "GET", Path: "/looks", Open: true}, Served{Method: "GET", Path: "/looks/{page}", Open: true})
}

// SamplePages names the pages of looks.
func SamplePages() []string { return append([]string(nil), samplePages...) }
