package web

import (
	"slices"
	"strings"
	"time"
)

// cookieWhere remembers which of the own pages somebody wished to see before the code or link was asked for: a letter leads to it.
const cookieWhere = "own-where"

const whereLasts = 30 * time.Minute // a link works a quarter of an hour, and is asked for first

// ownPages are the pages to which a member comes back. Nothing else of an address is kept.
var ownPages = []string{"wishes", "contacts", "away", "reading", "messages", "data", "looks", "household", "shop"}

// toOwn leads to where the own page is opened, and remembers where the member was going.
func (v *visit) toOwn() error {
	if page, ok := strings.CutPrefix(v.r.URL.Path, "/me/"); ok && slices.Contains(ownPages, page) {
		v.setCookie(cookieWhere, page, whereLasts)
	}
	return v.redirect("/me/in")
}

// whereOwn gives the page on which the own pages begin after signing in, once.
func (v *visit) whereOwn() string {
	page := v.cookie(cookieWhere)
	if page == "" {
		return "/me"
	}
	v.setCookie(cookieWhere, "", 0)
	if !slices.Contains(ownPages, page) {
		return "/me"
	}
	return "/me/" + page
}
