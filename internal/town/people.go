package town

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// people fills the town.
type people struct {
	town       *Town
	dice       *rand.Rand
	homes      [][]Home // by network, in the order in which they are lived in
	mobiles    int      // given out
	lines      int
	mailboxes  int
	households int
}

// shares are the networks' parts of all members, in percent; the last network takes the rest.
var shares = []int{31, 30, 27}

func (p *people) shops() {
	for i, h := range p.homes[len(p.homes)-1] {
		if i == len(shopKinds)*len(shopNames) {
			break
		}
		name := shopKinds[i%len(shopKinds)] + " " + shopNames[(i+i/len(shopKinds))%len(shopNames)]
		p.town.Shops = append(p.town.Shops, Shop{Name: name, Home: h})
	}
}

func (p *people) members(n int) {
	left := n
	for network := range p.town.Networks {
		size := left
		if network < len(shares) {
			size = n * shares[network] / 100
		}
		left -= size
		p.settle(network, size)
	}
}

// settle fills one network, household by household. When every house is lived in, further households live in boxes.
func (p *people) settle(network, size int) {
	homes := p.homes[network]
	p.dice.Shuffle(len(homes), func(i, j int) { homes[i], homes[j] = homes[j], homes[i] })
	first := len(p.town.Members)
	for i := 0; size > 0; i++ {
		home := homes[i%len(homes)]
		if round := i / len(homes); round > 0 {
			home.Box = fmt.Sprint(round)
		}
		adults := min(size, p.adults())
		p.household(network, home, adults)
		size -= adults
	}
	p.lead(p.town.Members[first:])
}

// adults says how many of a household joined.
func (p *people) adults() int {
	switch roll := p.dice.IntN(100); {
	case roll < 48:
		return 1
	case roll < 92:
		return 2
	}
	return 3
}

func (p *people) household(network int, home Home, adults int) {
	id := 0
	if adults > 1 {
		p.households++
		id = p.households
	}
	family := pick(p.dice, familyNames)
	shared, line := "", ""
	for i := range adults {
		m := Member{Given: pick(p.dice, givenNames), Family: family, Network: network, Household: id, Home: home, Language: p.language(network)}
		if i > 0 && p.chance(60) {
			m.Family = pick(p.dice, familyNames)
		}
		m.Contacts = p.contacts(&m, shared)
		if c := m.Contacts[0]; i == 0 && c.Kind == buurtbel.Mobile {
			shared = c.Address
		}
		line = atHome(m.Contacts, line)
		p.wishes(&m)
		p.town.Members = append(p.town.Members, m)
	}
}

// atHome gives every telephone at home of one household the same number, the first that one of them has.
func atHome(contacts []Contact, line string) string {
	for i := range contacts {
		if c := &contacts[i]; c.Kind == buurtbel.Fixed {
			if line == "" {
				line = c.Address
			}
			c.Address = line
		}
	}
	return line
}

func pick(dice *rand.Rand, list []string) string { return list[dice.IntN(len(list))] }

func (p *people) chance(percent int) bool { return p.dice.IntN(100) < percent }

func (p *people) language(network int) buurtbel.Language {
	french := 3
	if len(p.town.Networks[network].Regime) > 1 {
		french = 22
	}
	if p.chance(french) {
		return buurtbel.French
	}
	return buurtbel.Dutch
}

// contacts gives most a mobile, many a mailbox, some nothing but a fixed line. shared is a number of the household that may be shared.
func (p *people) contacts(m *Member, shared string) []Contact {
	mobile := Contact{buurtbel.Mobile, shared}
	if shared == "" || !p.chance(15) {
		mobile.Address = p.mobile()
	}
	switch roll := p.dice.IntN(100); {
	case roll < 66:
		return []Contact{mobile, p.mailbox(m)}
	case roll < 82:
		return []Contact{mobile}
	case roll < 87:
		return []Contact{mobile, {buurtbel.Fixed, p.fixed()}, p.mailbox(m)}
	case roll < 91:
		return []Contact{mobile, {buurtbel.Mobile, p.mobile()}, p.mailbox(m)}
	case roll < 96:
		return []Contact{p.mailbox(m)}
	}
	return []Contact{{buurtbel.Fixed, p.fixed()}}
}

// numbersOf is how many mobile numbers there are; a larger town begins to share them.
const numbersOf = 100_000

// mobile gives the next mobile number. 7,919 has no divisor in common with their count, so that none comes twice.
func (p *people) mobile() string {
	p.mobiles++
	return fmt.Sprintf("+32455%06d", p.mobiles*7919%numbersOf)
}

func (p *people) fixed() string {
	p.lines++
	return fmt.Sprintf("+322000%04d", p.lines%10_000)
}

var plain = strings.NewReplacer(" ", "", "'", "", "ş", "s", "ë", "e", "é", "e", "è", "e", "Ö", "O", "ö", "o", "ü", "u")

func (p *people) mailbox(m *Member) Contact {
	p.mailboxes++
	name := strings.ToLower(plain.Replace(m.Given) + "." + plain.Replace(m.Family))
	return Contact{buurtbel.Mailbox, fmt.Sprintf("%s.%d@%s", name, p.mailboxes, MailDomain)}
}

// wishes gives some members a wish of their own: nothing at night, a call at night, an absence. One in four hundred is suspended.
func (p *people) wishes(m *Member) {
	switch roll := p.dice.IntN(400); {
	case roll < 24:
		all := buurtbel.ByText | buurtbel.ByCall | buurtbel.ByMail
		m.Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{
			buurtbel.Now: {Day: all, Night: buurtbel.Nothing}, buurtbel.Soon: {Day: all, Night: buurtbel.Nothing}}
	case roll < 30 && hasMailbox(m):
		m.Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{
			buurtbel.Now: {Day: buurtbel.ByMail, Night: buurtbel.ByMail}, buurtbel.Soon: {Day: buurtbel.ByMail, Night: buurtbel.ByMail}}
	case roll < 38:
		m.Away = true
	case roll < 39:
		m.Suspended = true
	case !hasWriting(m) && p.lines%3 > 0: // who has nothing but a telephone at home mostly wants to be woken for what happens now
		m.Choices.Per = map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Now: {Day: buurtbel.ByCall, Night: buurtbel.ByCall}}
	}
}

func hasWriting(m *Member) bool {
	return slices.ContainsFunc(m.Contacts, func(c Contact) bool { return c.Kind != buurtbel.Fixed })
}

func hasMailbox(m *Member) bool {
	return slices.ContainsFunc(m.Contacts, func(c Contact) bool { return c.Kind == buurtbel.Mailbox })
}

// lead makes the first two who can be reached by text and mail coordinator and deputy. Where nobody can, the first two get what it takes.
func (p *people) lead(members []Member) {
	roles := []buurtbel.Role{buurtbel.RoleCoordinator, buurtbel.RoleDeputy}
	for i := range members {
		m := &members[i]
		last := len(members) - i
		if (m.Away || m.Suspended || len(m.Contacts) < 2) && last > len(roles) {
			continue
		}
		m.Role, m.Away, m.Suspended, m.Choices = roles[0], false, false, buurtbel.Choices{}
		if len(m.Contacts) < 2 {
			m.Contacts = []Contact{{buurtbel.Mobile, p.mobile()}, p.mailbox(m)}
		}
		if roles = roles[1:]; len(roles) == 0 {
			return
		}
	}
}

func (p *people) officials() {
	add := func(name, mailbox string, role buurtbel.Role, onCall bool, language buurtbel.Language) {
		p.town.Officials = append(p.town.Officials, Official{Name: name, Role: role, OnCall: onCall, Language: language,
			Contacts: []Contact{{buurtbel.Mobile, p.mobile()}, {buurtbel.Mailbox, mailbox + "@" + PoliceMail}}})
	}
	add("Saskia Verbruggen", "saskia.verbruggen", buurtbel.RoleDispatcher, false, buurtbel.Dutch)
	add("Tarik Aydin", "tarik.aydin", buurtbel.RoleDispatcher, false, buurtbel.Dutch)
	add("Hilde Roosen", "hilde.roosen", buurtbel.RoleOfficer, false, buurtbel.Dutch)
	add("Marc Vandeputte", "marc.vandeputte", buurtbel.RoleChief, false, buurtbel.Dutch)
	add("Nora Lemaire", "nora.lemaire", buurtbel.RoleOfficer, true, buurtbel.French)
}
