package outside

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

func (w *World) callRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /log/calls", w.logHandler(w.callLog.write))
	m.HandleFunc("POST /calls/{id}/{deed}", w.handOnPhone)
	m.HandleFunc("POST /calls/back", w.callBack)
	m.HandleFunc("GET /calls/{id}/sound.wav", w.listen)
}

// handOnPhone lets a visitor pick up, press a key, or put a telephone down.
func (w *World) handOnPhone(rw http.ResponseWriter, r *http.Request) {
	c := w.exchange.of(r.PathValue("id"))
	if c == nil || w.callLog.look(c.entry).State == Ended {
		http.Error(rw, "that call is over", http.StatusConflict)
		return
	}
	switch r.PathValue("deed") {
	case "answer":
		c.signal(sigAnswer)
	case "hang-up":
		c.signal(sigHangUp)
	case "press":
		var in struct {
			Key string `json:"key"`
		}
		if !read(rw, r, &in) {
			return
		}
		if len(in.Key) != 1 || !strings.Contains(telephoneKeys, in.Key) {
			http.Error(rw, "one key of a telephone, please", http.StatusBadRequest)
			return
		}
		c.signal(sigPress + signal(in.Key))
	default:
		http.NotFound(rw, r)
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

func (w *World) callBack(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Number string `json:"number"`
		To     string `json:"to"`
	}
	if !read(rw, r, &in) {
		return
	}
	number, _, ok := parseNumber([]byte(in.Number))
	if !ok || strings.ContainsAny(in.To, "\r\n<>@ ;") {
		http.Error(rw, "not a number in E.164", http.StatusBadRequest)
		return
	}
	id, err := w.exchange.callBack(number, in.To)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusConflict)
		return
	}
	reply(rw, map[string]string{"id": id})
}

// listen gives what was said in a call so far: both sides, or with side=heard what came to the telephone.
func (w *World) listen(rw http.ResponseWriter, r *http.Request) {
	c := w.exchange.of(r.PathValue("id"))
	if c == nil || w.callLog.look(c.entry).Answered == 0 {
		http.NotFound(rw, r)
		return
	}
	rw.Header().Set("Content-Type", "audio/wav")
	rw.Header().Set("Cache-Control", "no-store")
	http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(wav(c.line.recording(r.FormValue("side") == "heard"))))
}
