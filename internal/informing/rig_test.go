package informing_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/holiday"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// village is a zone with two networks, a street of thirty addresses and one of five.
type village struct {
	*testing.T
	db       *store.DB
	news     *informing.Newsroom
	zone     buurtbel.ID
	networks [2]buurtbel.ID
	members  []buurtbel.ID
	officer  buurtbel.Actor
	offset   *atomic.Int64
}

// each runs a test on both engines, on a moment of the zone's own time.
func each(t *testing.T, at string, test func(v *village)) {
	t.Helper()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) { test(settle(t, engine, at)) })
	}
}

func calendar(z *buurtbel.Zone) (buurtbel.Calendar, error) { return holiday.For(z.Country, z.Extra...) }

func settle(t *testing.T, engine store.Engine, at string) *village {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	begin, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
	if err != nil {
		t.Fatal(err)
	}
	offset := new(atomic.Int64)
	db := storetest.Open(t, engine, func() time.Time { return begin.Add(time.Duration(offset.Load())) })
	v := &village{T: t, db: db, zone: db.NewID(), networks: [2]buurtbel.ID{db.NewID(), db.NewID()}, offset: offset,
		news: informing.New(db, informing.Options{Calendar: calendar, Link: "https://alarm.example.org"})}
	var list []store.NewMember
	for i := range 8 {
		m := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: v.networks[i%2], Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: fmt.Sprintf("Lid%02d", i)},
			Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: fmt.Sprintf("lid%d@example.org", i), Verified: true}}}
		list, v.members = append(list, m), append(v.members, m.ID)
	}
	old := &buurtbel.Dated{Since: begin.AddDate(-2, 0, 0), Document: "charter.pdf"}
	v.write(func(tx *store.Tx) error {
		if err := tx.PutZone(&buurtbel.Zone{ID: v.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight}); err != nil {
			return err
		}
		for i, regime := range []buurtbel.Regime{{buurtbel.Dutch}, {buurtbel.French, buurtbel.Dutch}} {
			n := &buurtbel.Network{ID: v.networks[i], Name: "BIN " + strconv.Itoa(i), Kind: buurtbel.Residents, Regime: regime, Charter: old, Recognised: old}
			if err := tx.PutNetwork(n); err != nil {
				return err
			}
		}
		return tx.InsertMembers(list)
	})
	v.streets()
	v.officer = buurtbel.Actor{Person: db.NewID(), Zone: v.zone, Office: "police", Mandates: []buurtbel.Mandate{{Role: buurtbel.RoleOfficer, Zone: v.zone, From: begin.AddDate(-1, 0, 0)}}}
	return v
}

func (v *village) streets() {
	v.Helper()
	var streets []store.Street
	var houses []store.House
	for name, n := range map[string]int{"Kerkstraat": 30, "Kleine Gang": 5, "Molenweg": 100} {
		s := store.Street{ID: v.db.NewID(), Name: name, Key: addressfile.StreetKey(name), PostalCode: "9995", Municipality: "Vlierbeek"}
		streets = append(streets, s)
		for i := range n {
			houses = append(houses, store.House{Street: s.ID, Number: strconv.Itoa(i + 1), Lat: 510000000, Lon: 40000000})
		}
	}
	if err := v.db.Write(v.Context(), buurtbel.Scope{}, func(tx *store.Tx) error { return tx.PutAddresses(streets, houses) }); err != nil {
		v.Fatal(err)
	}
}

func (v *village) write(f func(*store.Tx) error) {
	v.Helper()
	if err := v.db.Write(v.Context(), buurtbel.Scope{Zone: v.zone}, f); err != nil {
		v.Fatal(err)
	}
}

func (v *village) read(f func(*store.Tx) error) {
	v.Helper()
	if err := v.db.Read(v.Context(), buurtbel.Scope{Zone: v.zone}, f); err != nil {
		v.Fatal(err)
	}
}

// moved puts the clock on a moment of the zone's own time.
func (v *village) moved(at string) {
	v.Helper()
	now := v.db.Now()
	loc, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		v.Fatal(err)
	}
	to, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
	if err != nil {
		v.Fatal(err)
	}
	v.offset.Add(int64(to.Sub(now)))
}

// entry is an item of yesterday that nothing is wrong with.
func (v *village) entry() informing.Entry {
	return informing.Entry{Category: buurtbel.HomeBurglary, Day: v.db.Now().AddDate(0, 0, -1).Format(buurtbel.DigestDay), Part: buurtbel.InEvening, Municipality: "Vlierbeek", Street: "Molenweg",
		Info: map[buurtbel.Language]string{buurtbel.Dutch: "Langs een raam aan de achterkant."}}
}

func (v *village) enters(e informing.Entry) buurtbel.ID {
	v.Helper()
	e.Sure = true
	id, l, err := v.news.Enter(v.Context(), v.officer, v.zone, 0, e)
	if err != nil {
		v.Fatalf("%v: %+v", err, l)
	}
	return id
}

// due runs what is due as the door of tasks does, and gives how many tasks that were.
func (v *village) due() int {
	v.Helper()
	n := 0
	for {
		var tasks []store.Task
		v.read(func(tx *store.Tx) (err error) {
			tasks, err = tx.DueTasks(4, nil)
			return err
		})
		if len(tasks) == 0 {
			return n
		}
		for _, t := range tasks {
			v.write(func(tx *store.Tx) error {
				_, err := tx.TakeTask(t)
				return err
			})
			if err := v.news.Digested()(v.Context(), buurtbel.System(), t); err != nil {
				v.Fatal(err)
			}
			n++
		}
	}
}

// sent lists the digests that went out, with what they say.
func (v *village) sent(network buurtbel.ID) (days []string, messages []*buurtbel.Message) {
	v.Helper()
	v.read(func(tx *store.Tx) error {
		letters, err := tx.DigestLetters("2000-01-01")
		for i := len(letters) - 1; i >= 0 && err == nil; i-- {
			if letters[i].Network != network {
				continue
			}
			var m *buurtbel.Message
			m, err = tx.Message(letters[i].Message)
			days, messages = append(days, letters[i].Day), append(messages, m)
		}
		return err
	})
	return days, messages
}
