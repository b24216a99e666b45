package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Browser is a dispatcher at the desk of a running program, signed in by a one-time link, over a real socket.
type Browser struct {
	base   string
	client *http.Client
}

// Hire stores a dispatcher who may sign in at the desk.
func (t *Town) Hire(ctx context.Context, db *store.DB) (buurtbel.ID, error) {
	o := &store.NewOfficial{ID: db.NewID(), Name: "An Peeters", Office: "police", Language: buurtbel.Dutch,
		Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: "dispatch@example.org", Verified: true}}}
	o.Mandates = []buurtbel.Mandate{{ID: db.NewID(), Holder: o.ID, Role: buurtbel.RoleDispatcher, Zone: t.Zone, From: db.Now().AddDate(-1, 0, 0)}}
	return o.ID, db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error { return tx.InsertOfficial(o) })
}

// Serve opens the desk of a running program until ctx ends, and signs a person in.
func Serve(ctx context.Context, a *app.App, person buurtbel.ID) (*Browser, error) {
	address, err := a.Listen()
	if err != nil {
		return nil, err
	}
	go func() {
		if err := a.Serve(ctx); err != nil {
			Quiet().Error("serve", "error", err)
		}
	}()
	link, err := a.Gate.DirectLink(ctx, buurtbel.Actor{Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleSystem}}}, person)
	if err != nil {
		return nil, fmt.Errorf("make a sign-in link: %w", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make a browser: %w", err)
	}
	b := &Browser{base: "http://" + address, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if _, err = b.post(ctx, "/s/"+path.Base(link), url.Values{}); err != nil {
		return nil, err
	}
	return b, b.open(ctx)
}

// open looks at the dispatch page, as whoever posts its form has done.
func (b *Browser) open(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/dispatch", nil)
	if err != nil {
		return fmt.Errorf("open the dispatch page: %w", err)
	}
	res, err := b.client.Do(req)
	if err != nil {
		return fmt.Errorf("open the dispatch page: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the dispatch page answered %s", res.Status)
	}
	return errors.Join(err, res.Body.Close())
}

// post sends a form, and gives where the desk goes next. Any other answer is an error.
func (b *Browser) post(ctx context.Context, path string, form url.Values) (next string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("post: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := b.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("post: %w", err)
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("the desk answered %s with %d octets", res.Status, len(body))
	}
	return res.Header.Get("Location"), nil
}

// Launch posts the dispatch form as it stands when its button is pressed, and gives the alert.
func (b *Browser) Launch(ctx context.Context, networks []buurtbel.ID, tag string) (buurtbel.ID, error) {
	form := url.Values{"do": {"launch"}, "key": {tag}, "template": {"fire-smoke"}, "filled": {"fire-smoke"}, "priority": {"1"}, "valid": {"120"},
		"text-nl-hazard": {"Brand, rook. [a" + tag + "]"}, "reason-unwise": {"bench"}, "reason-off-plan": {"bench"}}
	for _, n := range networks {
		form.Add("network", n.String())
	}
	next, err := b.post(ctx, "/dispatch", form)
	if err != nil {
		return 0, err
	}
	return buurtbel.ParseID(path.Base(next))
}
