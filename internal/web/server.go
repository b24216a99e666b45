package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/asking"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/place"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Options are what the pages need.
type Options struct {
	DB      *store.DB
	Desk    *alerting.Desk
	Hall    *joining.Hall
	Post    *relaying.Postroom // what members write, sealed
	Entry   *entering.Gate
	Logger  *slog.Logger
	Secure  bool           // cookies go over https only: true unless the public address is loopback http
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	MaxBody int64          // bytes of a request
	// Streets gives the street names of a zone, for suggestions while typing.
	Streets func(ctx context.Context, zone buurtbel.ID, prefix string, n int) []string
	// StreetAt gives the middle of a street's addresses within a box, as the register of addresses has them; nil or false: not known.
	StreetAt func(zone buurtbel.ID, street string, within buurtbel.Box) (buurtbel.Point, bool)
	// PartPrice is what one SMS part costs in 1/10000 euro; 0: as the zone has it.
	PartPrice int64
	// Price is what one SMS part, or one minute of a call begun, costs at a carrier in 1/10000 euro; nil: PartPrice for all.
	Price func(carrier string) int64
	// Say makes the sound of a call as WAV; nil: there are no calls here.
	Say func(ctx context.Context, zone *buurtbel.Zone, spoken []buurtbel.Spoken, exercise bool) ([]byte, error)
	// Base gives the quiet base map of a zone as GeoJSON; "" when there is none.
	Base func(zone buurtbel.ID) string
	// PushKey is our public key at the push services, base64url; "": no messages go to browsers.
	PushKey string
	// Shown takes the receipt of a browser that shows a delivery, and ends when it is stored; nil: no messages go to browsers.
	Shown func(ctx context.Context, delivery buurtbel.ID) error
	// Link is what links in mails begin with.
	Link string
	// Drills arranges exercises.
	Drills *governing.Drills
	// News is where the weekday police news is written.
	News *informing.Newsroom
	// Bulletins is what can wait.
	Bulletins *relaying.Bulletins
	// Ask is where the public asks and writes.
	Ask *asking.Counter
	// Find finds addresses while somebody types; nil: there is no register.
	Find func(place.Typed) []place.Found
	// Areas gives the networks of every zone with their areas; nil, or nil of it: not loaded yet.
	Areas func() *place.Areas
	// Periods say how long what names persons is kept; zero: the defaults.
	Periods guarding.Periods
	// Health tells how the carriers are; nil: nobody knows, and nothing is said of them.
	Health func() []delivery.Health
	// Callers are the numbers and names that telephones show when a message comes, as buurtbel.Callers lists them.
	Callers []buurtbel.Caller
}

// Server is the door for browsers.
type Server struct {
	o          Options
	links      gate       // tries at links that need no sign-in
	checks     gate       // looks at codes, by address
	misses     gate       // codes that do not exist, by address
	searches   gate       // addresses that are typed, by address of who types
	writes     gate       // letters, wishes and remarks, by address of who writes
	written    gate       // the same within a day
	homes      homes      // in which streets members live
	homesAsked gate       // addresses looked up by who wishes to join, by address of the network
	live       watches    // who watches which alert
	reading    sync.Mutex // one list of members at a time
}

// New makes the pages' handler.
func New(o Options) *Server {
	return &Server{o: o, links: gate{most: 30}, checks: gate{most: mostChecks}, misses: gate{most: mostMisses}, searches: gate{most: mostSearches}, writes: gate{most: mostWritten}, written: gate{most: mostWrittenDaily, span: 24 * time.Hour}, homesAsked: gate{most: 30}}
}

// cost is what a message cost until now in 1/10000 euro. other is the price at a carrier that is not configured any more.
func (s *Server) cost(t *store.Tally, other int64) (sum int64) {
	for carrier, units := range t.Units {
		price := int64(0)
		if s.o.Price != nil {
			price = s.o.Price(carrier)
		}
		sum += int64(units) * cmp.Or(price, s.o.PartPrice, other)
	}
	return sum
}

// visit is one request by somebody who may make it.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	s       *Server
	actor   buurtbel.Actor
	session *entering.Visit // nil: nobody is signed in
	zone    buurtbel.ID     // the zone that the person works in
	lang    buurtbel.Language
	chose   bool   // the browser chose lang itself
	theme   string // "light", "dark" or "" for the device's own
	strong  bool   // high contrast was chosen
	large   bool   // large print was chosen, or the member wishes it
	now     time.Time
	amiss   string // what was wrong with the code by which the person meant to show who it is
}

// route is one line of the table of what is served, and for whom.
type route struct {
	method  string
	path    string              // pattern of net/http, without the method
	may     buurtbel.Permission // "" when no right is needed beyond being signed in
	own     bool                // needs the session of a member's own page, which opens nothing else
	open    bool                // needs no session: links whose signature is the right, and the sign-in itself
	proof   need                // whether the person must have shown within ten minutes who it is
	handler func(*visit) error
}

// Handler serves every route. A route's right is asked here; the verb behind it asks again with its object.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.method+" "+r.path, s.serve(r))
	}
	mux.Handle("GET /assets/", Assets())
	mux.Handle("GET /looks", Looks())
	mux.Handle("GET /looks/", Looks())
	mux.Handle("/", s.serve(route{open: true, handler: (*visit).notFound}))
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.serve(route{open: true, handler: (*visit).crossSite}))
	return Guarded(protection.Handler(s.bounded(mux)))
}

// bounded limits what a request may bring.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, s.o.MaxBody)
		next.ServeHTTP(w, r)
	})
}

// routes is the table: the expected one is written by hand in routes_test.go, and a route that is missing there fails.
func (s *Server) routes() []route {
	var all []route
	all = append(all, s.entryRoutes()...)
	all = append(all, s.passkeyRoutes()...)
	all = append(all, s.proveRoutes()...)
	all = append(all, s.accountRoutes()...)
	all = append(all, s.admitRoutes()...)
	all = append(all, s.publicRoutes()...)
	all = append(all, s.dispatchRoutes()...)
	all = append(all, s.liveRoutes()...)
	all = append(all, s.officerRoutes()...)
	all = append(all, s.templateRoutes()...)
	all = append(all, s.deviceRoutes()...)
	all = append(all, s.checkRoutes()...)
	all = append(all, s.carrierRoutes()...)
	all = append(all, s.treeRoutes()...)
	all = append(all, s.reachRoutes()...)
	all = append(all, s.mandateRoutes()...)
	all = append(all, s.areaRoutes()...)
	all = append(all, s.numberRoutes()...)
	all = append(all, s.exerciseRoutes()...)
	all = append(all, s.meRoutes()...)
	all = append(all, s.keepRoutes()...)
	all = append(all, s.replyRoutes()...)
	all = append(all, s.joinRoutes()...)
	all = append(all, s.applicationRoutes()...)
	all = append(all, s.memberListRoutes()...)
	all = append(all, s.importRoutes()...)
	all = append(all, s.meetingRoutes()...)
	all = append(all, s.rulesRoutes()...)
	all = append(all, s.digestRoutes()...)
	all = append(all, s.bulletinRoutes()...)
	all = append(all, s.mailRoutes()...)
	return append(all, s.memberRoutes()...)
}

// openBody is the largest request, in bytes, to a route that needs no session: the longest feedback many times over.
const openBody = 128 << 10

// serve finds who is asking, asks the right, and turns an error into a page.
func (s *Server) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.open { // nobody needs to sign in to send this
			req.Body = http.MaxBytesReader(w, req.Body, openBody)
		}
		v := &visit{w: w, r: req, s: s, now: s.o.DB.Now()}
		v.look()
		err := v.enter(r)
		if err == nil {
			err = r.handler(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// enter puts actor, session and zone into the visit, and asks the route's right.
func (v *visit) enter(r route) error {
	if r.own {
		return v.ownSession()
	}
	if err := v.signedIn(); err != nil && !r.open {
		return err
	}
	if r.open {
		return nil
	}
	if r.may != "" {
		if err := v.may(r.may); err != nil {
			return err
		}
	}
	return v.proved(r.proof)
}

// statusOf is the one place where a Kind becomes a status.
func statusOf(k buurtbel.Kind) int {
	switch k {
	case buurtbel.Invalid:
		return http.StatusUnprocessableEntity
	case buurtbel.NotFound:
		return http.StatusNotFound
	case buurtbel.Forbidden:
		return http.StatusForbidden
	case buurtbel.Conflict:
		return http.StatusConflict
	case buurtbel.Busy:
		return http.StatusServiceUnavailable
	case buurtbel.Internal:
	}
	return http.StatusInternalServerError
}
