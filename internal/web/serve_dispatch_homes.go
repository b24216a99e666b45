package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// fewHomes is the fewest member homes that a street needs to be named anywhere (rule 4); below it the network is named.
const fewHomes = 5

// homes knows in which street members live, for the program's own reckoning: which networks a street touches, and whether it may be named.
// It holds street names only, no numbers, and reads again when members changed.
type homes struct {
	mu    sync.Mutex
	zones map[buurtbel.ID]*zoneHomes
}

// zoneHomes never changes after it was read.
type zoneHomes struct {
	mark    int64
	of      map[buurtbel.ID]memberHome
	streets map[string]*homeStreet // by folded name
	sorted  []*homeStreet          // by name
}

type memberHome struct {
	street  *homeStreet
	network buurtbel.ID
	door    int // the same for all who live behind one
}

type homeStreet struct {
	name    string
	homes   int
	members map[buurtbel.ID]int // by network
}

// named tells whether the street may be named.
func (s *homeStreet) named() bool { return s != nil && s.homes >= fewHomes }

func foldStreet(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// in gives the homes of a zone as the store holds them now.
func (h *homes) in(ctx context.Context, db *store.DB, zone buurtbel.ID) (*zoneHomes, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.zones[zone]
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		mark := int64(0)
		if known != nil {
			mark = known.mark
		}
		now, err := lastChange(tx, mark)
		if err != nil || known != nil && now == mark {
			return err
		}
		known, err = readHomes(tx, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.zones == nil {
		h.zones = map[buurtbel.ID]*zoneHomes{}
	}
	h.zones[zone] = known
	return known, nil
}

func lastChange(tx *store.Tx, mark int64) (int64, error) {
	for {
		changed, now, err := tx.Changes(mark)
		if err != nil || len(changed) == 0 {
			return mark, err
		}
		mark = now
	}
}

func readHomes(tx *store.Tx, mark int64) (*zoneHomes, error) {
	z := &zoneHomes{mark: mark, of: map[buurtbel.ID]memberHome{}, streets: map[string]*homeStreet{}}
	networks, err := tx.Networks()
	if err != nil {
		return nil, err
	}
	doors := map[string]int{}
	for _, n := range networks {
		members, err := tx.MembersOf([]buurtbel.ID{n.ID})
		if err != nil {
			return nil, err
		}
		err = tx.EachHome(members, func(member buurtbel.ID, home store.Home) { z.add(n.ID, member, home, doors) })
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(z.sorted, func(a, b *homeStreet) int { return strings.Compare(a.name, b.name) })
	return z, nil
}

func (z *zoneHomes) add(network, member buurtbel.ID, home store.Home, doors map[string]int) {
	key := foldStreet(home.Street)
	s := z.streets[key]
	if s == nil {
		s = &homeStreet{name: home.Street, members: map[buurtbel.ID]int{}}
		z.streets[key] = s
		z.sorted = append(z.sorted, s)
	}
	s.members[network]++
	door := key + "\x00" + foldStreet(home.Number) + "\x00" + foldStreet(home.Box)
	if _, known := doors[door]; !known {
		doors[door] = len(doors)
		s.homes++
	}
	z.of[member] = memberHome{s, network, doors[door]}
}

// networksAt gives the networks with members in a street.
func (z *zoneHomes) networksAt(street string) []buurtbel.ID {
	s := z.streets[foldStreet(street)]
	if s == nil {
		return nil
	}
	var out []buurtbel.ID
	for id := range s.members {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// suggest gives streets that may be named and begin with what was typed, then those with a word that does.
func (z *zoneHomes) suggest(typed string, n int) []string {
	typed = foldStreet(typed)
	var begin, inside []string
	for _, s := range z.sorted {
		folded := foldStreet(s.name)
		switch {
		case !s.named():
		case strings.HasPrefix(folded, typed):
			begin = append(begin, s.name)
		case strings.Contains(folded, " "+typed):
			inside = append(inside, s.name)
		}
	}
	begin = append(begin, inside...)
	return begin[:min(n, len(begin))]
}
