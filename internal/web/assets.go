package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets/css assets/js assets/fonts assets/vendor assets/icons assets/app assets/bell.svg
var assetFiles embed.FS

// assetRoot is the path under which assets are served; the next part is the hash of all of them, so a page and its scripts always fit.
const assetRoot = "/assets/"

// assetHash names the present set of assets. One hash for the whole tree lets modules and style sheets refer to each other by relative paths.
var assetHash = hashTree(assetFiles)

func hashTree(tree fs.FS) string {
	sum := sha256.New()
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		return err
	})
	if err != nil { // an embedded tree cannot fail to be read; an empty hash would be cached for ever
		panic("web: embedded assets: " + err.Error())
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

// AssetURL gives the address of the asset with this path below assets, such as "css/tokens.css".
func AssetURL(name string) string { return assetRoot + assetHash + "/" + name }

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// Assets serves the embedded files under /assets/<hash>/. The present hash may be kept for ever; an older one (a page opened before an
// upgrade) gets the present file, which nobody may keep.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, assetRoot), "/")
		data, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("ETag", `"`+assetHash+`"`)
		h.Set("Content-Type", assetType(name))
		h.Set("Cache-Control", "no-cache")
		if hash == assetHash {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if r.Header.Get("If-None-Match") == `"`+assetHash+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", fmt.Sprint(len(data)))
		if r.Method != http.MethodHead {
			// A browser that went away is no event for us.
			if _, err := w.Write(data); err != nil {
				return
			}
		}
	})
}

func assetType(name string) string {
	if t, ok := assetTypes[path.Ext(name)]; ok {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
