package browser_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
	"github.com/buurtbel/buurtbel/internal/town"
)

const traders = 3 // the network of the shops

// peopled is what stands for the placeholders of pages about people: the route's beginning, the placeholder, and what it leads to. A longer beginning
// comes first. Links that work once are used up by who tries the forms, so each round gets its own.
type peopled []struct {
	within, placeholder string
	with                []string
}

func (g *gate) persons(round string) peopled {
	g.Helper()
	under, asked := g.applies(round+"1"), g.applies(round+"2")
	_, err := g.app.Hall.ProveMail(g.Context(), last(g.mailed(mailboxOf(round+"2"), "/verify/"))) // a question goes by mail
	g.must(err)
	g.decides(kerkveld, g.behind(asked), joining.Decision{Kind: buurtbel.FactAsked, Note: "Op de brievenbus staat een andere naam. Woont u bij iemand in?"})
	shop, colleague := g.shop(round + "3")
	home, leave := g.household()
	contact := g.adds("0455 0" + round + " 55 00")
	return peopled{
		{"/join/{token}/shop", "{token}", some(shop)},
		{"/join/", "{token}", []string{under, asked, shop}},
		{"/verify/", "{token}", some(last(g.mailed(mailboxOf(round+"1"), "/verify/")))},
		{"/household/leave/", "{token}", some(leave)}, {"/household/", "{token}", some(home)}, {"/business/join/", "{token}", some(colleague)},
		{"/applications/", "{id}", []string{g.behind(under).String(), g.behind(asked).String()}},
		{"/w/", "{token}", some(g.wishes("wens" + round + "@example.org"))},
		{"/me/contacts/", "{contact}", some(contact)}, {"/asked/{member}/contacts/", "{contact}", some(contact)},
		{"/members/", "{list}", some(g.brings())},
		{"/breaches/", "{id}", some(g.breach())},
	}
}

func mailboxOf(who string) string { return "aanvraag" + who + "@example.org" }
func mobileOf(who string) string  { return "+324550" + who + "551" }

func (g *gate) must(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g *gate) actor(id buurtbel.ID) buurtbel.Actor {
	g.Helper()
	actor, err := g.town.Actor(g.Context(), g.app.DB, id)
	g.must(err)
	return actor
}

// applies sends an application for somebody who lives in the first network in, and gives the token of the applicant's page.
func (g *gate) applies(who string) string {
	g.Helper()
	return g.applied(&joining.Form{Given: "Marie-Christine", Family: "Vanderstraeten-Dubois", Home: homeOf(g.doorIn(kerkveld, "Kapelletjesweg")), Kind: buurtbel.Residents, Basis: buurtbel.Lives,
		Mobile: mobileOf(who), Fixed: "02 000 0" + who + "1", Mailbox: mailboxOf(who), Language: buurtbel.German, Adult: true, Rules: true}, who)
}

func (g *gate) applied(f *joining.Form, who string) string {
	g.Helper()
	page, wrong, err := g.app.Hall.Apply(g.Context(), f, "the gate, "+who)
	g.must(err)
	if len(wrong) > 0 {
		g.Fatalf("an application is wrong: %v", wrong)
	}
	return page
}

func homeOf(h town.Home) store.Home {
	return store.Home{Street: h.Street, Number: h.Number, PostalCode: town.PostalCode, Municipality: town.Name}
}

// behind gives the application of an applicant's page.
func (g *gate) behind(page string) buurtbel.ID {
	g.Helper()
	id, err := token.VerifyUntil(g.app.DB.Ring(), token.Apply, page, g.app.DB.Now())
	g.must(err)
	return id
}

// ready proves the mobile of an application.
func (g *gate) ready(page, who string) {
	g.Helper()
	shown, err := g.app.Hall.Show(g.Context(), page)
	g.must(err)
	for _, c := range shown.Contacts {
		if c.Kind == buurtbel.Mobile {
			g.must(g.app.Hall.EnterCode(g.Context(), page, c.ID, g.texted(mobileOf(who), "", 6)))
		}
	}
}

func (g *gate) decides(network int, application buurtbel.ID, d joining.Decision) {
	g.Helper()
	g.must(g.app.Hall.Decide(g.Context(), g.actor(g.coordinator(network)), g.town.Zone.ID, application, d))
}

// shop lets a trader in, and gives the token of the shop's page and that of an invitation to a colleague.
func (g *gate) shop(who string) (page, colleague string) {
	g.Helper()
	page = g.applied(&joining.Form{Given: "Karim", Family: "Benali", Home: homeOf(g.doorIn(traders, "Bakkersstraatje")), Kind: buurtbel.Traders, Basis: buurtbel.Works, Shop: "Bakkerij De Kroon en Zonen",
		Post: buurtbel.PostShop, Mobile: mobileOf(who), Language: buurtbel.German, Adult: true, Rules: true}, who)
	g.ready(page, who)
	g.decides(traders, g.behind(page), joining.Decision{Kind: buurtbel.FactAccepted, Knowing: true})
	link, err := g.app.Hall.Invite(g.Context(), page, "", token.Business)
	g.must(err)
	return page, last(link)
}

// household invites somebody to the household of the member, and gives that link and the one by which the member leaves it.
func (g *gate) household() (invitation, leave string) {
	g.Helper()
	member := g.plainMember(kerkveld)
	link, err := g.app.Hall.InviteHome(g.Context(), g.actor(g.coordinator(kerkveld)), joining.Word{Zone: g.town.Zone.ID, Member: member, How: joining.ByTelephone}, "")
	g.must(err)
	return last(link), g.app.Hall.LeaveLink(member)
}

// adds lets the member add a number that waits for its code.
func (g *gate) adds(number string) string {
	g.Helper()
	zone, member := g.town.Zone.ID, g.plainMember(kerkveld)
	id, _, err := g.app.Hall.AddContact(g.Context(), g.actor(g.coordinator(kerkveld)), joining.Word{Zone: zone, Member: member, How: joining.ByTelephone}, number)
	g.must(err)
	return id.String()
}

var hiddenStreet = regexp.MustCompile(`name="street" value="([^"]+)"`)

// wishes lets a resident of a street without a network wish for one, and gives the link of the mail.
func (g *gate) wishes(mailbox string) string {
	g.Helper()
	answer := g.sends("/address", url.Values{"address": {town.FarStreet + " 5"}})
	street := hiddenStreet.FindStringSubmatch(answer)
	if street == nil {
		g.Fatalf("no wish can be left: %s", answer)
	}
	g.sends("/wishes", url.Values{"street": {street[1]}, "kind": {"residents"}, "email": {mailbox}})
	return last(g.mailed(mailbox, "/w/"))
}

// sends posts a form of the public pages.
func (g *gate) sends(path string, form url.Values) string {
	g.Helper()
	res, err := g.people[nobody].client.PostForm(g.url+path, form)
	g.must(err)
	page, err := io.ReadAll(res.Body)
	g.must(err)
	g.must(res.Body.Close())
	if res.StatusCode != http.StatusOK {
		g.Fatalf("POST %s: %d", path, res.StatusCode)
	}
	return string(page)
}

// brings keeps a list of members for the coordinator who brought it.
func (g *gate) brings() string {
	g.Helper()
	table, err := sheet.Read(strings.NewReader("Voornaam;Familienaam;Straat;Huisnr;GSM;Opmerking\nAn;Lijstmaker;Kerkveldstraat;3;0455 00 91 01;\nTom;Lijstmaker;Kerkveldstraat;;0455/00;belt liever 's avonds\n"), sheet.Options{})
	g.must(err)
	id, err := loading.KeepList(g.Context(), g.app.DB, g.actor(g.coordinator(kerkveld)), g.town.Zone.ID, g.town.Networks[kerkveld], table)
	g.must(err)
	return id.String()
}

func (g *gate) breach() string {
	g.Helper()
	id, err := guarding.EnterBreach(g.Context(), g.app.DB, g.actor(g.person(buurtbel.RoleOfficer)), g.town.Zone.ID, g.app.DB.Now().Add(-time.Hour),
		store.BreachDetails{What: "Een afgedrukte lijst bleef in de trein liggen.", Whom: "Leden van BIN Kerkveld", Count: 12}, g.url)
	g.must(err)
	return id.String()
}
