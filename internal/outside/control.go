package outside

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// routes is the control, and the page when there is one.
func (w *World) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /log", w.logHandler(w.smsLog.write))
	m.HandleFunc("GET /log/mails", w.logHandler(w.mails.write))
	w.callRoutes(m)
	m.HandleFunc("GET /log/summary", func(rw http.ResponseWriter, r *http.Request) { reply(rw, w.smsLog.summary(r.FormValue("tag"))) })
	m.HandleFunc("GET /log/mails/summary", func(rw http.ResponseWriter, r *http.Request) { reply(rw, w.mails.summary(r.FormValue("tag"))) })
	m.HandleFunc("POST /log/reset", w.reset)
	m.HandleFunc("GET /counts", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, w.counts()) })
	m.HandleFunc("GET /fault", func(rw http.ResponseWriter, _ *http.Request) { reply(rw, w.faults.now.Load().Fault) })
	m.HandleFunc("POST /fault", w.changeFault)
	m.HandleFunc("DELETE /fault", func(rw http.ResponseWriter, _ *http.Request) { w.faults.clear(); rw.WriteHeader(http.StatusNoContent) })
	m.HandleFunc("POST /smsc/drop", func(rw http.ResponseWriter, _ *http.Request) { w.smsc.drop(); rw.WriteHeader(http.StatusNoContent) })
	m.HandleFunc("POST /smsc/restart", w.restart)
	m.HandleFunc("POST /phones/write", w.phoneWrites)
	m.HandleFunc("GET /ca.pem", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = rw.Write(w.mail.ca) // a client that went away needs no answer
	})
	if !w.opts.Bench {
		w.viewRoutes(m)
	}
	return onlyLoopback(http.NewCrossOriginProtection().Handler(m))
}

func (w *World) viewRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /phones", func(rw http.ResponseWriter, _ *http.Request) {
		list, texts := w.phones.all()
		reply(rw, map[string]any{"texts": texts, "phones": list})
	})
	m.HandleFunc("POST /phones/turn", w.turnPhones)
	m.HandleFunc("GET /mails", func(rw http.ResponseWriter, r *http.Request) { reply(rw, w.boxes.all(r.FormValue("to"))) })
	m.HandleFunc("GET /mails/{id}", w.showLetter)
	m.HandleFunc("GET /mails/{id}/{form}", w.showLetter)
	m.HandleFunc("GET /events", w.serveEvents)
	w.pageRoutes(m)
}

// onlyLoopback refuses requests under another name than this machine's own: a page elsewhere could make its name point here.
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "127.0.0.1" && host != "localhost" {
			http.Error(rw, "only 127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func reply(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(rw).Encode(v) // a client that went away needs no answer
}

// read takes the JSON body into v; the answer is given already when it cannot.
func read(rw http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(rw, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		http.Error(rw, "not understood: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func (w *World) logHandler(write func(io.Writer, string) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/x-ndjson")
		b := bufio.NewWriterSize(rw, 256<<10)
		if write(b, r.FormValue("tag")) == nil {
			_ = b.Flush() // a client that went away needs no answer
		}
	}
}

func (w *World) reset(rw http.ResponseWriter, _ *http.Request) {
	w.smsLog.reset()
	w.mails.reset()
	w.callLog.reset()
	if !w.opts.Bench {
		w.phones.reset()
		w.boxes.reset()
	}
	rw.WriteHeader(http.StatusNoContent)
}

func (w *World) counts() Counts {
	c := &w.smsc.counts
	return Counts{Binds: c.binds.Load(), Conns: c.conns.Load(), Submits: c.submits.Load(), Taken: c.taken.Load(), Throttled: c.throttled.Load(),
		Refused: c.refused.Load(), Receipts: c.receipts.Load(), Answered: c.answered.Load(), Repeated: c.repeated.Load(), Given: c.dropped.Load(),
		Unanswered: w.smsc.unanswered(), Mails: c.mails.Load(), MailsRefused: c.mailsRefused.Load()}
}

func (w *World) changeFault(rw http.ResponseWriter, r *http.Request) {
	err := w.faults.change(func(f *Fault) error {
		// The lists in force are being read by others: a new one replaces them as a whole.
		rules, mailRules, callRules := f.Rules, f.MailRules, f.CallRules
		f.Rules, f.MailRules, f.CallRules = nil, nil, nil
		if !read(rw, r, f) {
			return errRefused
		}
		if f.Rules == nil {
			f.Rules = rules
		}
		if f.MailRules == nil {
			f.MailRules = mailRules
		}
		if f.CallRules == nil {
			f.CallRules = callRules
		}
		return nil
	})
	if err == nil {
		rw.WriteHeader(http.StatusNoContent)
	}
}

var errRefused = errors.New("refused")

func (w *World) restart(rw http.ResponseWriter, r *http.Request) {
	ms, err := strconv.Atoi(r.FormValue("ms"))
	if err != nil {
		http.Error(rw, "ms is a number", http.StatusBadRequest)
		return
	}
	if err := w.smsc.restart(r.Context(), time.Duration(ms)*time.Millisecond); err != nil {
		http.Error(rw, err.Error(), http.StatusConflict)
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

func (w *World) phoneWrites(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Number string `json:"number"`
		To     string `json:"to"`
		Text   string `json:"text"`
		Wait   int    `json:"wait_ms"`
	}
	if !read(rw, r, &in) {
		return
	}
	number, _, ok := parseNumber([]byte(in.Number))
	if !ok || in.Text == "" || len(in.Text) > 10_000 {
		http.Error(rw, "number and text, please", http.StatusBadRequest)
		return
	}
	done, err := w.smsc.write(number, in.To, in.Text)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusConflict)
		return
	}
	taken := false
	if in.Wait > 0 {
		select {
		case <-done:
			taken = true
		case <-time.After(time.Duration(in.Wait) * time.Millisecond):
		case <-r.Context().Done():
		}
	}
	reply(rw, map[string]bool{"taken": taken})
}

func (w *World) turnPhones(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Numbers []string `json:"numbers"`
		Off     bool     `json:"off"`
	}
	if !read(rw, r, &in) {
		return
	}
	for _, s := range in.Numbers {
		number, _, ok := parseNumber([]byte(s))
		if !ok {
			http.Error(rw, "not a number in E.164", http.StatusBadRequest)
			return
		}
		w.phones.turn(number, in.Off)
	}
	rw.WriteHeader(http.StatusNoContent)
}

// showLetter gives one letter: as JSON, or its HTML alone under a policy that lets it show pictures it brought along and open links, no more.
func (w *World) showLetter(rw http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	l, raw, ok := w.boxes.letter(id)
	if err != nil || !ok {
		http.NotFound(rw, r)
		return
	}
	switch r.PathValue("form") {
	case "":
		reply(rw, l)
	case "raw":
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(raw) // a client that went away needs no answer
	case "html":
		h := rw.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'; "+
			"sandbox allow-popups allow-popups-to-escape-sandbox")
		fmt.Fprint(rw, withLinksOutside(l.HTML))
	default:
		http.NotFound(rw, r)
	}
}

// withLinksOutside makes links open beside the page. The base goes into the head so that the mail stays in standards mode.
func withLinksOutside(html string) string {
	const base = `<base target="_blank">`
	if i := strings.Index(strings.ToLower(html), "<head>"); i >= 0 {
		return html[:i+6] + base + html[i+6:]
	}
	return base + html
}

func (c *SMSC) unanswered() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, a := range c.accounts {
		a.mu.Lock()
		n += len(a.waiting)
		for _, s := range a.sessions {
			n += len(s.open)
		}
		a.mu.Unlock()
	}
	return int64(n)
}
