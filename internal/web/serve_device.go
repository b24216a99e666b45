package web

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// deviceRoutes are the pages by which a member gets messages on a device without signing in there: the link, or the device's own token, is the right.
func (s *Server) deviceRoutes() []route {
	return []route{
		{method: "GET", path: "/device/{token}", open: true, handler: (*visit).devices},
		{method: "POST", path: "/device/{token}", open: true, handler: (*visit).addDevice},
		{method: "POST", path: "/device/{token}/remove", open: true, handler: (*visit).removeListed},
		{method: "POST", path: "/devices/renew", open: true, handler: (*visit).renewDevice},
		{method: "POST", path: "/devices/remove", open: true, handler: (*visit).removeDevice},
		{method: "POST", path: "/h/{token}/shown", open: true, handler: (*visit).shownOn},
		{method: "GET", path: "/app", open: true, handler: (*visit).app},
		{method: "GET", path: "/manifest/{language}", open: true, handler: (*visit).manifest},
		{method: "GET", path: "/worker.js", open: true, handler: (*visit).worker},
	}
}

// pushing is NotFound where no messages go to browsers.
func (v *visit) pushing() error {
	if v.s.o.PushKey == "" {
		return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	return nil
}

// devices shows a member's devices behind a link. The page's script asks the browser's leave, only when the member presses the button.
func (v *visit) devices() error { return v.showDevices("") }

func (v *visit) showDevices(status string) error {
	if err := v.pushing(); err != nil {
		return err
	}
	link, err := v.link()
	if err != nil {
		return err
	}
	d, err := joining.ShowDevices(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	if !v.chose && d.Language.Valid() {
		v.lang = d.Language
	}
	view, err := v.deviceView(d, link)
	if err != nil {
		return err
	}
	f := v.deviceFrame(v.t("screen.device.title"), link)
	f.Status = status
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) deviceView(d *joining.Devices, link string) (DevicePage, error) {
	view := DevicePage{Key: v.s.o.PushKey, Join: link, Source: d.Zone.Name, Lead: v.t("screen.device.lead", "Source", d.Zone.Name), Action: "/device/" + link + "/remove"}
	loc, err := d.Zone.Location()
	if err != nil {
		return view, err
	}
	for _, one := range d.List {
		view.List = append(view.List, DeviceLine{one.ID.String(), v.t("screen.device.added", "When", locale.When(v.lang, one.Added, v.now, loc))})
	}
	return view, nil
}

// deviceFrame is a member's page that can be put on a home screen; there it begins with the app, which may still have to be allowed.
func (v *visit) deviceFrame(title, join string) Frame {
	f := v.frame(title, Calm)
	f.Shape, f.Manifest = Member, "/manifest/"+string(v.lang)
	if join != "" {
		f.Manifest += "?join=" + join
	}
	return f
}

func (v *visit) addDevice() error {
	if err := v.pushing(); err != nil {
		return err
	}
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	own, err := joining.AddBrowser(v.r.Context(), v.s.o.DB, link, v.r.PostFormValue("subscription"), v.s.o.Link)
	if err != nil {
		return err
	}
	if lang := buurtbel.Language(v.r.PostFormValue("language")); !v.chose && lang.Valid() {
		v.setCookie(cookieLanguage, string(lang), viewLasts) // the app stays in the language in which the member added it
	}
	return v.json(http.StatusOK, map[string]string{"own": own})
}

func (v *visit) removeListed() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	id, err := buurtbel.ParseID(v.r.PostFormValue("device"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.device.unknown", nil)
	}
	if err := joining.RemoveDevice(v.r.Context(), v.s.o.DB, link, id); err != nil {
		return err
	}
	return v.showDevices(v.t("screen.device.list-removed"))
}

// ownDevice gives the token that a device posts of itself, unless it was tried too often.
func (v *visit) ownDevice() (string, error) {
	if err := v.form(); err != nil {
		return "", err
	}
	own := v.r.PostFormValue("device")
	return own, v.s.links.pass(own[:min(len(own), 64)], v.now)
}

func (v *visit) renewDevice() error {
	own, err := v.ownDevice()
	if err != nil {
		return err
	}
	fresh, err := joining.RenewBrowser(v.r.Context(), v.s.o.DB, own, v.r.PostFormValue("subscription"))
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, map[string]string{"own": fresh})
}

func (v *visit) removeDevice() error {
	own, err := v.ownDevice()
	if err != nil {
		return err
	}
	if err := joining.RemoveBrowser(v.r.Context(), v.s.o.DB, own); err != nil {
		return err
	}
	return v.json(http.StatusOK, map[string]string{})
}

var joinToken = regexp.MustCompile(`^[0-9A-Za-z_-]{39}$`)

// join is the token that an installed app begins with; "" when there is none.
func (v *visit) join() string {
	if t := v.r.URL.Query().Get("join"); joinToken.MatchString(t) {
		return t
	}
	return ""
}

// app is the installed app's page. It tells nothing of anybody: what it shows is kept on the device, so the same page serves without a connection.
func (v *visit) app() error {
	if err := v.pushing(); err != nil {
		return err
	}
	join := v.join()
	return v.respond(http.StatusOK, v.deviceFrame(v.t("screen.device.app-title"), join), DevicePage{App: true, Key: v.s.o.PushKey, Join: join})
}

// manifest describes the app to a browser (W3C Web Application Manifest). Its id is the same wherever it begins, so that it is installed once.
func (v *visit) manifest() error {
	lang := buurtbel.Language(v.r.PathValue("language"))
	if err := v.pushing(); err != nil || !lang.Valid() {
		return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	start := "/app"
	if join := v.join(); join != "" {
		start += "?join=" + join
	}
	icon := func(name, size, purpose string) map[string]string {
		return map[string]string{"src": AssetURL("app/" + name), "sizes": size, "type": "image/png", "purpose": purpose}
	}
	v.w.Header().Set("Content-Type", "application/manifest+json; charset=utf-8")
	return json.NewEncoder(v.w).Encode(map[string]any{"id": "/app", "start_url": start, "scope": "/", "name": "Buurtbel", "short_name": "Buurtbel", "lang": string(lang),
		"description": locale.Text(lang, "screen.device.title", nil), "display": "standalone", "background_color": "#fbf9f4", "theme_color": "#121f3d",
		"icons": []any{icon("icon-192.png", "192x192", "any"), icon("icon-512.png", "512x512", "any"), icon("maskable-512.png", "512x512", "maskable")}})
}
