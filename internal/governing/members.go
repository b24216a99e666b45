package governing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/phone"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Why a coordinator opens names: the words of the journal. An official writes a reason instead.
const (
	ForList   = "member list"
	ForMember = "member page"
	ForPrint  = "member list printed"
	ForExport = "member list exported"
	ForBulk   = "members changed"
)

// MembersPerPage is how many members one page of the list shows.
const MembersPerPage = 50

// What a member may lack.
const (
	LacksNumber  = "number"
	LacksMailbox = "mailbox"
)

// Filter says which members of a network a list shows. The zero value: who takes part now, by name.
type Filter struct {
	State   string // "": active and suspended; "all", or a buurtbel.MemberState
	Lacks   string // LacksNumber or LacksMailbox; "": whatever
	Away    bool   // absent now
	Silent  bool   // chose no alerts at all
	Street  string // name of a street; "": all
	Part    string // of the name
	Address string // an exact number or mailbox
	ByHome  bool   // sorted by street and number, else by family name
}

// Row is a member on the list: opened for this page.
type Row struct {
	store.Listed
	Name store.Name
	Home store.Home
}

// Members is a page of a network's list.
type Members struct {
	Network *buurtbel.Network
	Rows    []Row
	Page    int           // from 1
	Pages   int           // at least 1
	Count   int           // of members that the filter lets through
	All     []buurtbel.ID // all of them, in the list's order
	Streets []string      // of members who take part
	Total   int           // who take part in the network
}

// ListMembers gives a page of a network's list. Names and homes of those on the page are opened, and the look is journalled with its purpose
// (rule 14). What is opened to sort or to search by is shown to nobody.
//
// Errors: error.members.short (Invalid) for a part of a name of one letter, error.members.address (Invalid) for what is no number or mailbox.
func ListMembers(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network buurtbel.ID, purpose string, f Filter, page int) (*Members, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out *Members
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		r, err := readRoster(tx, network)
		if err != nil {
			return err
		}
		rows, err := r.filter(tx, f)
		if err != nil {
			return err
		}
		out = &Members{Network: r.network, Count: len(rows), Pages: max(1, (len(rows)+MembersPerPage-1)/MembersPerPage), Streets: r.streets(), Total: r.taking()}
		out.Page = min(max(1, page), out.Pages)
		for i := range rows {
			out.All = append(out.All, rows[i].Member.ID)
		}
		first := (out.Page - 1) * MembersPerPage
		out.Rows = rows[first:min(first+MembersPerPage, len(rows))]
		if len(out.Rows) == 0 {
			return nil
		}
		_, err = tx.OpenNames(actor, role, purpose, 0, out.All[first:first+len(out.Rows)])
		return err
	})
	return out, err
}

// roster is a network's list, opened for sorting and searching.
type roster struct {
	network *buurtbel.Network
	rows    []Row
	now     time.Time
}

func readRoster(tx *store.Tx, network buurtbel.ID) (*roster, error) {
	n, err := networkIn(tx, network)
	if err != nil {
		return nil, err
	}
	list, err := tx.Roster(network)
	if err != nil {
		return nil, err
	}
	r := &roster{network: n, rows: make([]Row, len(list)), now: tx.Now()}
	ids, at := make([]buurtbel.ID, len(list)), make(map[buurtbel.ID]*Row, len(list))
	for i, l := range list {
		r.rows[i].Listed, ids[i] = l, l.Member.ID
		at[ids[i]] = &r.rows[i]
	}
	if err := tx.EachName(ids, func(id buurtbel.ID, n store.Name) { at[id].Name = n }); err != nil {
		return nil, fmt.Errorf("open names to sort by: %w", err)
	}
	if err := tx.EachHome(ids, func(id buurtbel.ID, h store.Home) { at[id].Home = h }); err != nil {
		return nil, fmt.Errorf("open homes to sort by: %w", err)
	}
	return r, nil
}

// networkIn reads a network of the zone. NotFound (error.network.unknown) for one of another.
func networkIn(tx *store.Tx, network buurtbel.ID) (*buurtbel.Network, error) {
	networks, err := tx.NetworksOf([]buurtbel.ID{network})
	if err == nil && len(networks) == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	return networks[0], nil
}

// TakesPart tells whether a membership holds.
func TakesPart(s buurtbel.MemberState) bool {
	return s == buurtbel.MemberActive || s == buurtbel.MemberSuspended
}

func (r *roster) taking() int {
	n := 0
	for i := range r.rows {
		if TakesPart(r.rows[i].Member.State) {
			n++
		}
	}
	return n
}

func (r *roster) streets() []string {
	var out []string
	for i := range r.rows {
		if m := &r.rows[i]; TakesPart(m.Member.State) && m.Home.Street != "" && !slices.Contains(out, m.Home.Street) {
			out = append(out, m.Home.Street)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(addressfile.Fold(a), addressfile.Fold(b)) })
	return out
}

// filter gives what a filter lets through, sorted.
func (r *roster) filter(tx *store.Tx, f Filter) ([]Row, error) {
	part := strings.TrimSpace(addressfile.Fold(f.Part))
	if f.Part != "" && len([]rune(part)) < 2 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.members.short", nil)
	}
	var with []buurtbel.ID
	if f.Address != "" {
		address, err := addressOf(tx, f.Address)
		if err != nil {
			return nil, err
		}
		if with, err = tx.WithAddress(r.network.ID, address); err != nil {
			return nil, err
		}
	}
	var out []Row
	for i := range r.rows {
		m := &r.rows[i]
		if f.fits(m, part, r.now) && (f.Address == "" || slices.Contains(with, m.Member.ID)) {
			out = append(out, *m)
		}
	}
	slices.SortStableFunc(out, byName)
	if f.ByHome {
		slices.SortStableFunc(out, byHome)
	}
	return out, nil
}

// addressOf reads a number as E.164, or a mailbox in small letters, as they are kept.
func addressOf(tx *store.Tx, text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "@") {
		return strings.ToLower(text), nil
	}
	z, err := tx.Zone()
	if err != nil {
		return "", err
	}
	n, err := phone.Parse(text, z.Country)
	if err != nil {
		return "", buurtbel.FailWith(err, buurtbel.Invalid, "error.members.address", nil)
	}
	return n.E164, nil
}

// fits asks a member everything but the address. part is folded.
func (f *Filter) fits(m *Row, part string, now time.Time) bool {
	switch {
	case f.State == "" && !TakesPart(m.Member.State), f.State != "" && f.State != "all" && string(m.Member.State) != f.State:
		return false
	case f.Lacks == LacksNumber && slices.ContainsFunc(m.Contacts, callable), f.Lacks == LacksMailbox && slices.ContainsFunc(m.Contacts, mailable):
		return false
	case f.Away && !m.Member.Away.Contains(now), f.Silent && !Silent(m.Member.Choices):
		return false
	case f.Street != "" && m.Home.Street != f.Street:
		return false
	}
	return part == "" || strings.Contains(addressfile.Fold(m.Name.Given+" "+m.Name.Family), part) || strings.Contains(addressfile.Fold(m.Name.Family+" "+m.Name.Given), part)
}

func mailable(c buurtbel.ContactPoint) bool {
	return c.Kind == buurtbel.Mailbox && (c.State == buurtbel.ContactOK || c.State == buurtbel.ContactStopped)
}

// Silent tells whether a member chose no alerts, whatever their urgency: a valid choice, and not leaving (rule 1).
func Silent(c buurtbel.Choices) bool {
	for _, u := range []buurtbel.Urgency{buurtbel.Life, buurtbel.Now, buurtbel.Soon} {
		choice, chosen := c.Per[u]
		if !chosen || choice.Day&^buurtbel.Later != buurtbel.Nothing || choice.Night != buurtbel.Nothing {
			return false
		}
	}
	return true
}

func byName(a, b Row) int {
	return cmp.Or(cmp.Compare(addressfile.Fold(a.Name.Family), addressfile.Fold(b.Name.Family)), cmp.Compare(addressfile.Fold(a.Name.Given), addressfile.Fold(b.Name.Given)))
}

func byHome(a, b Row) int {
	return cmp.Or(cmp.Compare(addressfile.Fold(a.Home.Street), addressfile.Fold(b.Home.Street)), cmp.Compare(leading(a.Home.Number), leading(b.Home.Number)),
		cmp.Compare(a.Home.Number, b.Home.Number), cmp.Compare(a.Home.Box, b.Home.Box))
}

// leading reads the figures that a house number begins with: 9 comes before 12A.
func leading(number string) int {
	n := 0
	for _, r := range number {
		if r < '0' || r > '9' || n > 1<<20 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// MemberSheet is a network's list on paper or in a file.
type MemberSheet struct {
	Network *buurtbel.Network
	At      time.Time
	Country string
	Cards   []store.Card
	Listed  map[buurtbel.ID]store.Listed
}

// TakeList opens everybody whom a filter lets through, with numbers and mailboxes, for paper (ForPrint) or a file (ForExport). The look and
// what became of it are journalled in the same transaction; purpose is an official's reason, or what.
//
// Errors: those of ListMembers, error.members.nobody (Conflict).
func TakeList(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network buurtbel.ID, what, purpose string, f Filter) (*MemberSheet, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out *MemberSheet
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		r, err := readRoster(tx, network)
		if err != nil {
			return err
		}
		rows, err := r.filter(tx, f)
		if err == nil && len(rows) == 0 {
			err = buurtbel.Fail(buurtbel.Conflict, "error.members.nobody", nil)
		}
		if err != nil {
			return err
		}
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		out = &MemberSheet{Network: r.network, At: tx.Now(), Country: z.Country, Listed: map[buurtbel.ID]store.Listed{}}
		ids := make([]buurtbel.ID, len(rows))
		for i := range rows {
			ids[i] = rows[i].Member.ID
			out.Listed[ids[i]] = rows[i].Listed
		}
		if out.Cards, err = tx.OpenCards(actor, role, purpose, ids); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "%s, network %s, %d people", what, network, len(ids)))
	})
	return out, err
}

// MemberCard is one member's page.
type MemberCard struct {
	Card    store.Card
	Listed  store.Listed
	Network *buurtbel.Network
	Roles   []buurtbel.Mandate // that hold now, in this network
	Country string
}

// OpenMember opens one member of a network; the look is journalled with its purpose. NotFound (error.person.unknown) for who is none.
func OpenMember(ctx context.Context, db *store.DB, actor buurtbel.Actor, role buurtbel.Role, zone, network, member buurtbel.ID, purpose string) (*MemberCard, error) {
	if err := actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: zone, Network: network}, db.Now()); err != nil {
		return nil, err
	}
	var out *MemberCard
	err := db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		listed, err := listedIn(tx, network, member)
		if err != nil {
			return err
		}
		out = &MemberCard{Listed: listed}
		if out.Network, err = networkIn(tx, network); err != nil {
			return err
		}
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		out.Country = z.Country
		if out.Roles, err = rolesOf(tx, member); err != nil {
			return err
		}
		cards, err := tx.OpenCards(actor, role, purpose, []buurtbel.ID{member})
		if err == nil && len(cards) == 0 {
			err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		if err != nil {
			return err
		}
		out.Card = cards[0]
		return nil
	})
	return out, err
}

// listedIn reads a member of a network without opening anything.
func listedIn(tx *store.Tx, network, member buurtbel.ID) (store.Listed, error) {
	list, err := tx.Roster(network)
	i := slices.IndexFunc(list, func(l store.Listed) bool { return l.Member.ID == member })
	if err == nil && i < 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	if err != nil {
		return store.Listed{}, err
	}
	return list[i], nil
}

func rolesOf(tx *store.Tx, member buurtbel.ID) ([]buurtbel.Mandate, error) {
	all, err := tx.Mandates()
	return slices.DeleteFunc(all, func(m buurtbel.Mandate) bool { return m.Holder != member || !m.Now(tx.Now()) }), err
}
