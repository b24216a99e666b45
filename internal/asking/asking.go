// Package asking is for people who are no members yet, and for anybody who wants to say something: is my home in a network's zone, how do I
// write to its coordinator, I would like one in my street, this page could be better.
//
// It keeps as little as it can. A message to a coordinator or to the police becomes a letter and is kept as letters are; whoever writes sees
// no mailbox and no number of who gets it. A wish counts once its mailbox is proved, per street, and is erased after a period. A remark asks
// nothing about who wrote it. The package sets no limits by origin: the door does.
package asking

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Options are what a Counter needs.
type Options struct {
	Link string // address of our pages, such as "https://alarm.example.org"
	// WishLasts is how long a proved wish counts; 0: DefaultWishLasts.
	WishLasts time.Duration
}

// DefaultWishLasts is how long a wish counts: a founding takes a year.
const DefaultWishLasts = 365 * 24 * time.Hour

// Counter is where people ask. Safe for concurrent use.
type Counter struct {
	db *store.DB
	o  Options
}

// New makes a Counter.
func New(db *store.DB, o Options) *Counter {
	o.WishLasts = cmp.Or(o.WishLasts, DefaultWishLasts)
	return &Counter{db: db, o: o}
}

// Zones are the police zones of an installation by id.
type Zones map[buurtbel.ID]*buurtbel.Zone

// ReadZones reads them.
func ReadZones(ctx context.Context, db *store.DB) (Zones, error) {
	out := Zones{}
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		list, err := tx.Zones()
		for _, z := range list {
			out[z.ID] = z
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read zones: %w", err)
	}
	return out, nil
}

// Active tells whether alerts may go to a network now: what the public calls an active one.
func (z Zones) Active(n *buurtbel.Network, now time.Time) bool {
	zone := z[n.Zone]
	if zone == nil {
		return false
	}
	country, err := buurtbel.CountryProfile(zone.Country)
	return err == nil && n.MayReceive(country, now) == nil
}

// Check says whether a place lies in a network's zone. It tells nothing that the public list of networks does not tell.
func (z Zones) Check(areas *place.Areas, at buurtbel.Point, kind buurtbel.NetworkKind, now time.Time) buurtbel.Check {
	var all []buurtbel.Whereabouts
	for _, n := range areas.At(at, buurtbel.BorderMetres) {
		all = append(all, buurtbel.Whereabouts{Network: n.Network, Active: z.Active(n.Network, now), Inside: n.Inside, Metres: n.Metres})
	}
	return buurtbel.CheckPlace(all, kind, now)
}

// ZoneAt gives the police zone that looks after a place where there is no network: that of the nearest one, or the only zone. It is 0 when
// nobody can know.
func (z Zones) ZoneAt(areas *place.Areas, at buurtbel.Point) buurtbel.ID {
	if n := areas.Nearest(at); n != nil {
		return n.Zone
	}
	if len(z) == 1 {
		for id := range z {
			return id
		}
	}
	return 0
}

// limits of what may be written, in characters.
const (
	MostName   = 100
	MostText   = 4000
	MostRemark = 2000
)

// bounded checks what somebody wrote; an empty text is Invalid too.
func bounded(text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", buurtbel.Fail(buurtbel.Invalid, "error.asking.empty", nil)
	case n > most:
		return "", buurtbel.Fail(buurtbel.Invalid, "error.form.too-long", buurtbel.Args{"Count": n, "Most": most})
	}
	return text, nil
}
