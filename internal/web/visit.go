package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/wording"
)

// The cookies. Over https their names begin with __Host-, so that no other host of the domain can set them.
const (
	cookieSession  = "session"
	cookieDevice   = "device" // names a shared desk PC
	cookieTheme    = "theme"
	cookieContrast = "contrast"
	cookiePrint    = "print"
	cookieLanguage = "language"
	cookieTicket   = "ticket" // the question that a passkey answers
	cookieWay      = "way"    // to an identity provider and back
)

func (s *Server) cookieName(name string) string {
	if s.o.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that no script can read and that other sites' posts do not carry; links from mails do. An empty value takes it away.
func (v *visit) setCookie(name, value string, lasts time.Duration) {
	c := &http.Cookie{Name: v.s.cookieName(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true, Secure: v.s.o.Secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

func (v *visit) cookie(name string) string {
	c, err := v.r.Cookie(v.s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// look puts the language and colours that this browser chose into the visit; before that, the browser's own language counts.
func (v *visit) look() {
	if theme := v.cookie(cookieTheme); theme == "light" || theme == "dark" {
		v.theme = theme
	}
	v.strong, v.large = v.cookie(cookieContrast) == "more", v.cookie(cookiePrint) == "large"
	v.lang = buurtbel.Language(v.cookie(cookieLanguage))
	if v.chose = v.lang.Valid(); !v.chose {
		v.lang = accepted(v.r.Header.Get("Accept-Language"))
	}
}

// accepted gives the first of our languages that Accept-Language (RFC 9110, section 12.5.4) lists, Dutch when it lists none. Browsers write
// their list in the order of preference, so the weights are not read.
func accepted(header string) buurtbel.Language {
	for part := range strings.SplitSeq(header[:min(len(header), 200)], ",") {
		tag, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if lang := buurtbel.Language(primary); lang.Valid() && strings.TrimSpace(weight) != "q=0" {
			return lang
		}
	}
	return buurtbel.Dutch
}

// nobody says that a session is needed and there is none.
func nobody() error { return buurtbel.Fail(buurtbel.Forbidden, "error.sign-in.session-ended", nil) }

// needsSignIn tells whether an error goes away by signing in.
func needsSignIn(err error) bool {
	key := buurtbel.KeyOf(err)
	return key == "error.sign-in.session-ended" || key == "error.session.over" || key == "error.session.idle"
}

// signedIn puts the person behind the session cookie into the visit. A page's language is what the browser chose, else the person's.
func (v *visit) signedIn() error {
	value := v.cookie(cookieSession)
	if value == "" {
		return nobody()
	}
	active := v.r.Method == http.MethodPost || !v.part() // what a page fetches by itself keeps no session alive
	session, err := v.s.o.Entry.Visit(v.r.Context(), value, active)
	if err != nil {
		return err
	}
	v.actor, v.session, v.zone = session.Actor, session, session.Zone
	if !v.chose && v.actor.Language.Valid() {
		v.lang = v.actor.Language
	}
	return nil
}

// may asks a right in the visit's zone, or in any network of it: a coordinator's mandate covers a network. The verb asks again with its object.
func (v *visit) may(p buurtbel.Permission) error {
	refused := v.actor.May(p, buurtbel.Scope{Zone: v.zone}, v.now)
	for _, m := range v.actor.Mandates {
		if refused != nil && m.Zone == v.zone && v.actor.May(p, buurtbel.Scope{Zone: v.zone, Network: m.Network}, v.now) == nil {
			return nil
		}
	}
	return refused
}

// t gives a sentence of the catalogue in the reader's language, with arguments in pairs of name and value.
func (v *visit) t(key string, pairs ...any) string {
	args := buurtbel.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return locale.Text(v.lang, key, args)
}

// scope is what the visit's reads are narrowed to.
func (v *visit) scope() buurtbel.Scope { return buurtbel.Scope{Zone: v.zone} }

// read reads rows of the visit's zone.
func (v *visit) read(f func(*store.Tx) error) error {
	return v.s.o.DB.Read(v.r.Context(), v.scope(), f)
}

// part tells whether a script asked for a part of a page or for data: what it cannot show as a page it gets as JSON.
func (v *visit) part() bool {
	h := v.r.Header
	return h.Get("Sec-Fetch-Dest") == "empty" || strings.HasPrefix(h.Get("Accept"), "application/json") || strings.HasPrefix(h.Get("Accept"), "text/event-stream")
}

// id reads an id from the path. A malformed one is not found, like a foreign one.
func (v *visit) id(name string) (buurtbel.ID, error) {
	id, err := buurtbel.ParseID(v.r.PathValue(name))
	if err != nil {
		return 0, buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	return id, nil
}

// formOf reads the id in the address, and then the form that was posted to it.
func (v *visit) formOf(name string) (buurtbel.ID, error) {
	id, err := v.id(name)
	if err == nil {
		err = v.form()
	}
	return id, err
}

// form reads the posted form; a body beyond the limit is refused.
func (v *visit) form() error {
	err := v.r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.form.too-large", nil)
	case err != nil:
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.form.unreadable", nil)
	}
	return nil
}

// typed gives what was typed into a field as written does. It is Invalid with a national register number too, before it can be stored anywhere: we keep none.
func (v *visit) typed(name string, most int) (string, error) {
	s, err := v.written(name, most)
	if err == nil && wording.Personal(s) {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.form.national", nil)
	}
	return s, err
}

// written gives what was typed into a field, with single line ends, without blank ends. It is Invalid beyond most characters, or with
// characters that no keyboard makes: the marks that we put into texts ourselves are among them, and those that turn the order of letters round, so
// that a text reads as another.
func (v *visit) written(name string, most int) (string, error) {
	s := strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(v.r.PostFormValue(name)))
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || turns(r) }) {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.form.characters", nil)
	}
	if n := utf8.RuneCountInString(s); n > most {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.form.too-long", buurtbel.Args{"Count": n, "Most": most})
	}
	return s, nil
}

func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// respond answers with a page.
func (v *visit) respond(status int, frame Frame, view Page) error {
	return Respond(v.w, status, frame, view)
}

// fragment answers with a part of a page.
func (v *visit) fragment(part Part) error {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return Fragment(v.w, v.lang, part)
}

// json answers a script with data.
func (v *visit) json(status int, data any) error {
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.w.WriteHeader(status)
	return json.NewEncoder(v.w).Encode(data)
}

// redirect sends the browser to a page of ours with GET.
func (v *visit) redirect(path string) error {
	v.w.Header().Set("Location", local(path))
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// local gives a path of ours as it came, and "/" for anything that would leave our pages.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || len(path) > 2000 || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return "/"
	}
	return u.RequestURI()
}

// origin is the address that the request came from: of the last hop that is not one of our own proxies.
func (v *visit) origin() string {
	at, err := netip.ParseAddrPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	from := at.Addr().Unmap()
	hops := strings.Split(strings.Join(v.r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && v.s.ours(from); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = hop.Unmap()
	}
	if from.Is6() {
		return netip.PrefixFrom(from.WithZone(""), homeBits).Masked().Addr().String()
	}
	return from.String()
}

// homeBits is how much of an IPv6 address names a line: whoever has one may send from any of the 2^64 addresses behind it.
const homeBits = 64

func (s *Server) ours(a netip.Addr) bool {
	for _, p := range s.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
