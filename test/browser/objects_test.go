package browser_test

import (
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
	"github.com/buurtbel/buurtbel/internal/web"
)

// objects are what stands for the placeholders of routes. Empty ones do not exist yet.
type objects struct {
	alerts   []string // one that goes on, one that waits for a second person
	exercise string   // an alert too
	drill    string   // an exercise that is announced for today
	heard    []string // links of mails
	second   string   // link of the second person
	mandate  string
	people   peopled

	meetings   []string // one to come, to which people were invited, and one that was held
	invitation string   // link of such a mail
	rules      string   // link of the mail that asks to accept them; the first network has a version then
	item       string   // of the weekday news, which waits
	reply      string   // what a member wrote, urgent: police have it too

	bulletins    []string // one that waits, and one that was relayed
	draft, relay string   // a draft, and the link of the mail that asks to relay
}

// queries are pages that want to be asked for something; {network} stands for the first network.
var queries = map[string][]string{
	"/areas/change":     {"?kind=new", "?kind=redraw&network={network}", "?kind=split&network={network}", "?kind=merge&network={network}"},
	"/mandates/new":     {"?role=deputy&network={network}", "?role=administrator"},
	"/dispatch/streets": {"?q=Ker"},
	"/calendar/new":     {"?network={network}"},
	"/check":            {"", "?code=K7M-4P9"},
}

// elsewhere are routes that show no page of their own: they only pass a browser on.
var elsewhere = map[string]string{
	"/sign-in/with/{provider}":      "passes on to a provider of identities; TestTheProviderSignsAnOfficerIn goes there",
	"/sign-in/from/{provider}":      "comes back from one, and passes on to the first page",
	"/prove/with/{provider}":        "passes on to a provider of identities",
	"/join/{token}/with/{provider}": "passes on to a provider of identities",
	"/me/shop":                      "passes on to /join/{token}/shop, which is shown",
	"/replies/{reply}/note":         "needs somebody who leads the network, and an answer to a message; internal/relaying makes one",
}

// paths fills a route in; none where what it needs does not exist yet.
func (o objects) paths(g *gate, route string) []string {
	network, zone := g.town.Networks[kerkveld].String(), g.town.Zone.ID.String()
	var out []string
	for _, query := range append([]string(nil), orBare(queries[route])...) {
		out = append(out, strings.TrimSuffix(route, "{$}")+strings.ReplaceAll(query, "{network}", network))
	}
	var entry, device, own []string
	var stop, back string
	if strings.Contains(route, "{token}") {
		entry, device, own = some(g.signInLink()), some(g.deviceLink()), some(g.ownLink())
		stop, back = g.stopLink(), g.mailBackLink()
	}
	for _, fill := range append(append(peopled(nil), o.people...), peopled{
		{"/alerts/", "{id}", o.alerts}, {"/debts/", "{alert}", o.alerts}, {"/alerts/", "{text}", some(g.app.DB.NewID().String())}, {"/exercises/", "{id}", some(o.drill)},
		{"/s/", "{token}", entry}, {"/me/in/", "{token}", own}, {"/networks/", "{id}", some(network)}, {"/tips/", "{key}", some("away")}, {"/retention/", "{category}", some(guarding.Categories[0].Key)},
		{"/asked/", "{member}", some(g.plainMember(kerkveld).String())}, {"/members/", "{member}", some(g.plainMember(kerkveld).String())}, {"/h/", "{token}", o.heard}, {"/c/", "{token}", some(o.second)}, {"/device/", "{token}", device},
		{"/calendar/", "{meeting}", o.meetings}, {"/me/calendar/", "{meeting}", o.meetings}, {"/meeting/", "{token}", some(o.invitation)}, {"/house-rules/", "{token}", some(o.rules)}, {"/networks/", "{version}", ruled(o)}, {"/digest/", "{item}", some(o.item)},
		{"/replies/", "{reply}", some(o.reply)},
		{"/bulletins/{bulletin}/write", "{bulletin}", some(o.draft)}, {"/bulletins/", "{bulletin}", o.bulletins}, {"/relay/", "{token}", some(o.relay)}, {"/relay/", "{way}", []string{"word", "not-now"}},
		{"/stop/", "{token}", some(stop)}, {"/mail-back/", "{token}", some(back)},
		{"/mandates/", "{mandate}", some(o.mandate)}, {"/templates/", "{key}", some("burglary-in-progress")}, {"/", "{network}", some(network)}, {"/", "{zone}", some(zone)},
		{"/manifest/", "{language}", some("nl")}, {"/looks/", "{page}", web.SamplePages()},
	}...) {
		out = filled(out, fill.within, fill.placeholder, fill.with)
	}
	return filled(out, "/", "{", nil) // what is not known is left out, and missed at the end
}

func filled(paths []string, within, placeholder string, with []string) (out []string) {
	for _, p := range paths {
		if !strings.HasPrefix(p, within) || !strings.Contains(p, placeholder) {
			out = append(out, p)
			continue
		}
		for _, value := range with {
			out = append(out, strings.Replace(p, placeholder, value, 1))
		}
	}
	return out
}

func ruled(o objects) []string {
	if o.rules == "" {
		return nil
	}
	return some("1")
}

func orBare(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

func some(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func last(link string) string { return link[strings.LastIndex(link, "/")+1:] }

func (g *gate) signInLink() string {
	link, err := g.app.Gate.DirectLink(g.Context(), buurtbel.System(), g.person(buurtbel.RoleOfficer))
	if err != nil {
		g.Fatal(err)
	}
	return last(link)
}

func (g *gate) ownLink() string {
	link, err := g.app.Gate.OwnLink(g.Context(), buurtbel.System(), g.plainMember(kerkveld))
	if err != nil {
		g.Fatal(err)
	}
	return last(link)
}

func (g *gate) deviceLink() string {
	member, _ := g.member(kerkveld, buurtbel.Mailbox)
	return token.SignUntil(g.app.DB.Ring(), token.Device, member, g.app.DB.Now().Add(time.Hour))
}

// person gives somebody of the town who holds a role.
func (g *gate) person(role buurtbel.Role) buurtbel.ID {
	g.Helper()
	if id := g.town.Official(role); id != 0 {
		return id
	}
	for i, m := range g.town.Town.Members {
		if m.Role == role && m.Network == kerkveld {
			return g.town.Members[i]
		}
	}
	if id := g.extra[role]; id != 0 {
		return id
	}
	g.Fatalf("nobody is %s", role)
	return 0
}

// officials are those that the town of the demonstration lacks.
func (g *gate) officials() {
	g.Helper()
	g.extra = map[buurtbel.Role]buurtbel.ID{}
	err := g.app.DB.Write(g.Context(), buurtbel.Scope{Zone: g.town.Zone.ID}, func(tx *store.Tx) error {
		for _, role := range []buurtbel.Role{buurtbel.RoleMayor, buurtbel.RoleAuditor, buurtbel.RoleAdministrator} {
			o := &store.NewOfficial{ID: g.app.DB.NewID(), Name: "Dominique Vandenbroucke", Office: "police", Language: buurtbel.French,
				Contacts: []store.NewContact{{ID: g.app.DB.NewID(), Kind: buurtbel.Mailbox, Address: string(role) + "@example.org", Verified: true}}}
			m := buurtbel.Mandate{ID: g.app.DB.NewID(), Holder: o.ID, Role: role, Zone: g.town.Zone.ID, From: g.now().AddDate(-1, 0, 0), Ground: "Besluit van de gemeenteraad"}
			o.Mandates, g.extra[role] = []buurtbel.Mandate{m}, o.ID
			if err := tx.InsertOfficial(o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.Fatal(err)
	}
}

// happen lets the town have a day: an alert, one that waits, an exercise, proposals, somebody who stops.
func (g *gate) happen() {
	g.Helper()
	o := &g.objects
	o.drill = g.announced().String()
	o.alerts = []string{g.launches(kerkveld, nil, false).String()}
	_, mailbox := g.member(kerkveld, buurtbel.Mailbox)
	o.heard = []string{last(g.mailed(mailbox, "/h/"))}
	_, phone := g.member(kerkveld, buurtbel.Mobile)
	g.until("a text on the telephone", func() bool {
		taken, err := g.outside.Write(g.Context(), phone, "STOP", 5*time.Second)
		return err == nil && taken
	})
	o.meetings, o.invitation = g.meets(mailbox)
	o.rules = g.rules()
	o.item = g.tells()
	o.reply = g.writes()
	o.bulletins, o.draft, o.relay = g.news()
	o.exercise = g.launches(1, nil, true).String()
	at := g.town.Town.Homes[0].At
	const half = 0.06 // degrees: more than may go out without a second person
	o.alerts = append(o.alerts, g.launches(kerkveld, buurtbel.Area{{{{Lat: at.Lat - half, Lon: at.Lon - half}, {Lat: at.Lat - half, Lon: at.Lon + half}, {Lat: at.Lat + half, Lon: at.Lon + half}, {Lat: at.Lat + half, Lon: at.Lon - half}}}}, false).String())
	o.second = last(g.mailed(g.onCall(), "/c/"))
	g.look1(func(tx *store.Tx) error {
		list, err := tx.Mandates()
		for _, m := range list {
			if m.Role == buurtbel.RoleDeputy {
				o.mandate = m.ID.String()
			}
			if m.Holder == g.town.Official(buurtbel.RoleChief) && o.mandate == "" {
				o.mandate = m.ID.String()
			}
		}
		return err
	})
}

// announced puts an exercise into the second network that was agreed to and told, for today.
func (g *gate) announced() buurtbel.ID {
	g.Helper()
	now := g.now()
	e := &buurtbel.Exercise{ID: g.app.DB.NewID(), Network: g.town.Networks[1], State: buurtbel.ExerciseAnnounced, Day: buurtbel.DayOf(now), Since: now.AddDate(0, 0, -40),
		AgreedAt: now.AddDate(0, 0, -30), AnnouncedAt: now.AddDate(0, 0, -buurtbel.ExerciseTold), AgreedBy: g.person(buurtbel.RoleCoordinator)}
	var err error
	if e.Cost, err = g.app.Drills.Reckon(g.Context(), buurtbel.System(), g.town.Zone.ID, e); err != nil {
		g.Fatal(err)
	}
	e.Agreed = e.Cost.Amount
	g.until("the exercise of today", func() bool { // the program may propose one of its own meanwhile
		err = g.app.DB.Write(g.Context(), buurtbel.Scope{Zone: g.town.Zone.ID}, func(tx *store.Tx) error {
			list, err := tx.Exercises(0)
			if err != nil {
				return err
			}
			for _, was := range list {
				if was.Network == e.Network && was.State == buurtbel.ExerciseProposed {
					e.ID = was.ID
					return tx.ChangeExercise(was, e)
				}
			}
			return tx.InsertExercise(e)
		})
		return err == nil || buurtbel.KindOf(err) != buurtbel.Conflict
	})
	if err != nil {
		g.Fatal(err)
	}
	return e.ID
}

// mailed waits for a link of a kind in somebody's mailbox.
func (g *gate) mailed(to, path string) (link string) {
	g.Helper()
	g.until("a mail with "+path+" to "+to, func() bool {
		list, err := g.outside.Mails(g.Context(), to)
		if err != nil {
			g.Fatal(err)
		}
		for _, l := range list {
			full, err := g.outside.Mail(g.Context(), l.ID)
			if err != nil {
				g.Fatal(err)
			}
			if strings.Contains(full.Text, g.url+path) {
				link = g.linkIn(full.Text, path)
				return true
			}
		}
		return false
	})
	return link
}

func (g *gate) look1(f func(*store.Tx) error) {
	g.Helper()
	if err := g.app.DB.Read(g.Context(), buurtbel.Scope{Zone: g.town.Zone.ID}, f); err != nil {
		g.Fatal(err)
	}
}

func (g *gate) launches(network int, area buurtbel.Area, exercise bool) buurtbel.ID {
	g.Helper()
	draft, err := app.DemoDraft(g.town, network, g.now())
	if err != nil {
		g.Fatal(err)
	}
	draft.Unwise, draft.Area, draft.Exercise = "Gecontroleerd met de ploeg ter plaatse.", area, exercise
	actor, err := g.town.Actor(g.Context(), g.app.DB, g.town.Official(buurtbel.RoleDispatcher))
	if err != nil {
		g.Fatal(err)
	}
	launched, err := g.app.Desk.Launch(g.Context(), actor, g.town.Zone.ID, draft)
	if err != nil {
		g.Fatal(err)
	}
	return launched.Alert
}

// onCall gives the mailbox of who confirms large alerts.
func (g *gate) onCall() string {
	for i, o := range g.town.Town.Officials {
		if !o.OnCall || g.town.Officials[i] == g.town.Official(buurtbel.RoleDispatcher) {
			continue
		}
		for _, c := range o.Contacts {
			if c.Kind == buurtbel.Mailbox {
				return c.Address
			}
		}
	}
	g.Fatal("nobody is on call")
	return ""
}

// writes lets a member write something urgent on the own page.
func (g *gate) writes() string {
	g.Helper()
	id, zone := g.plainMember(kerkveld), g.town.Zone.ID
	member := buurtbel.Actor{Person: id, Zone: zone, Mandates: []buurtbel.Mandate{{Holder: id, Role: buurtbel.RoleMember, Zone: zone}}}
	if err := g.app.Postroom.Write(g.Context(), member, zone, 0, "Help, er wordt nu ingebroken bij de buren!", false); err != nil {
		g.Fatal(err)
	}
	threads, err := g.app.Postroom.Own(g.Context(), member, zone)
	if err != nil || len(threads) != 1 {
		g.Fatalf("%d conversations: %v", len(threads), err)
	}
	return threads[0].ID.String()
}
