package loading_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
	"github.com/buurtbel/buurtbel/internal/geo"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/memberfile"
	"github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// Two villages of one municipality have a Kerkstraat each; the network is the first.
const register = `PKANCODE,COMMUNE_NL,STREET_NL,HUISNR,LAT,LON
9990,Vlierbeek,Kerkstraat,1,50.001,4.001
9990,Vlierbeek,Kerkstraat,16,50.002,4.002
9990,Vlierbeek,Vlierlaan,12A,50.003,4.003
9990,Vlierbeek,Vlierlaan,12A,50.003,4.003
9991,Vlierbeek,Kerkstraat,1,50.501,4.501
9991,Vlierbeek,Molenstraat,1,50.502,4.502
9992,Vlierbeek,Molenstraat,1,50.602,4.602
`

const area = `{"type":"Feature","properties":{"name":"BIN Vlier"},"geometry":{"type":"Polygon","coordinates":[[[4,50],[4.1,50],[4.1,50.1],[4,50.1],[4,50]]]}}`

// stand is a zone with its register and one network.
type stand struct {
	db      *store.DB
	zone    *buurtbel.Zone
	network buurtbel.ID
}

func newStand(t *testing.T, db *store.DB) *stand {
	t.Helper()
	ctx := context.Background()
	s := &stand{db: db, zone: &buurtbel.Zone{ID: db.NewID(), Name: "PZ Vlier", Country: "BE", TimeZone: "Europe/Brussels", Plan: buurtbel.DefaultPlan}}
	if err := db.Write(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error { return tx.PutZone(s.zone) }); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "addresses.csv")
	if err := os.WriteFile(file, []byte(register), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // reading it again changes nothing
		report, err := loading.Addresses(ctx, db, buurtbel.System(), file, addressfile.Options{})
		if err != nil || report.Addresses != 6 || report.Reasons["address.double"] != 1 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	c, err := geo.Read(strings.NewReader(area), geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		put, err := loading.PutAreas(ctx, db, buurtbel.System(), s.zone.ID, c, buurtbel.Regime{buurtbel.Dutch})
		if err != nil || len(put.Added) != 1-i || len(put.Changed) != i {
			t.Fatalf("%+v, %v", put, err)
		}
	}
	err = db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		networks, err := tx.Networks()
		s.network = networks[0].ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stand) stage(t *testing.T, list string) *loading.Staged {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(list), sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	staged, err := loading.StageMembers(context.Background(), s.db, buurtbel.System(), s.zone, s.network, table, memberfile.Options{}, loading.Answers{AcceptAsked: true})
	if err != nil {
		t.Fatal(err)
	}
	return staged
}

// places gives where the members are, in the order of the list.
func (s *stand) places(t *testing.T) []buurtbel.Point {
	t.Helper()
	var out []buurtbel.Point
	err := s.db.Read(context.Background(), buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		return tx.EachPlace(nil, func(m store.MemberPlace) { out = append(out, m.Place) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *stand) commit(t *testing.T, id buurtbel.ID) int {
	t.Helper()
	n, err := loading.CommitMembers(context.Background(), s.db, buurtbel.System(), s.zone.ID, id, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A home is found as the network's coordinator meant it: without a postal code, in a village that the register calls otherwise, by an
// abbreviation. A home that may be in two places, both elsewhere, gets none, and the line says so.
func TestHomesAreFoundAsTheyWereMeant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStand(t, db)
		staged := s.stage(t, "Naam;Adres;Gemeente;GSM\n"+
			"Jan Peeters;Kerkstr. 1;;0455/00.00.01\nAn Maes;Kerkstraat 1/6;Vlierbeek;0455/00.00.02\nTom Claes;Vlierln 12 a;Vlier-Dorp;0455/00.00.03\n"+
			"Els Jacobs;Molenstraat 1;Vlierbeek;0455/00.00.04\nLuc Aerts;Nergenslaan 3;Vlierbeek;0455/00.00.05\n")
		keys := map[int]string{}
		for _, p := range staged.Problems {
			if strings.Contains(p.Key, "place") {
				keys[p.Line] = p.Key
			}
		}
		if diff := cmp.Diff(map[int]string{5: "import.several-places", 6: "import.no-place"}, keys); diff != "" {
			t.Error(diff)
		}
		if got := s.commit(t, staged.Import); got != 5 || staged.Placed != 3 {
			t.Fatalf("%d members, %d placed", got, staged.Placed)
		}
		first := buurtbel.Point{Lat: 50.001, Lon: 4.001}
		if diff := cmp.Diff([]buurtbel.Point{first, first, {Lat: 50.003, Lon: 4.003}, {}, {}}, s.places(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// A list that was cut off while it was written goes on where it was, or is taken back; until then no other list is read for the network.
func TestImportCutOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStand(t, db)
		var list strings.Builder
		list.WriteString("Naam;GSM\n")
		for i := range 1200 {
			fmt.Fprintf(&list, "Jan Peeters%c%c%c;0455/00.%02d.%02d\n", 'a'+i/100, 'a'+i/10%10, 'a'+i%10, i/100, i%100)
		}
		staged := s.stage(t, list.String())
		ctx, cut := context.WithCancel(t.Context())
		n, err := loading.CommitMembers(ctx, db, buurtbel.System(), s.zone.ID, staged.Import, func(int, int) { cut() })
		if err == nil || n == 0 || n >= staged.People {
			t.Fatalf("not cut off: %d, %v", n, err)
		}
		table, err := sheet.Read(strings.NewReader("Naam;GSM\nAn Maes;0455/01.00.00\n"), sheet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = loading.StageMembers(t.Context(), db, buurtbel.System(), s.zone, s.network, table, memberfile.Options{}, loading.Answers{AcceptAsked: true})
		if buurtbel.KeyOf(err) != "error.import.cut" {
			t.Errorf("another list meanwhile: %v", err)
		}
		if got := s.commit(t, staged.Import); got != staged.People || len(s.places(t)) != staged.People {
			t.Errorf("%d of %d after going on, %d members", got, staged.People, len(s.places(t)))
		}
	})
}

// What was imported can be taken back and imported again; who is a member is not taken over twice.
func TestImportUndoAndAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStand(t, db)
		const list = "Naam;GSM\nJan Peeters;0455/00.00.01\nAn Maes;0455/00.00.02\n"
		staged := s.stage(t, list)
		if got := len(s.places(t)); got != 0 {
			t.Fatalf("a preview made %d members", got)
		}
		s.commit(t, staged.Import)
		if again := s.stage(t, list); again.People != 0 || again.Left != 2 || again.Import != 0 {
			t.Errorf("who is a member is taken over again: %d", again.People)
		}
		n, err := loading.UndoMembers(context.Background(), db, buurtbel.System(), s.zone.ID, staged.Import)
		if err != nil || n != 2 || len(s.places(t)) != 0 {
			t.Fatalf("%d taken back, %v", n, err)
		}
		if _, err := loading.CommitMembers(context.Background(), db, buurtbel.System(), s.zone.ID, staged.Import, nil); buurtbel.KeyOf(err) != "error.import.moved" {
			t.Errorf("what was taken back was committed: %v", err)
		}
		if got := s.commit(t, s.stage(t, list).Import); got != 2 {
			t.Errorf("%d members after importing again", got)
		}
	})
}
