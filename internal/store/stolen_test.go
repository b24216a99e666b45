package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// secrets are words that appear nowhere else; each goes through the store by another way.
var secrets = map[string]string{
	"given name": "Zwaluwina", "family name": "Vanquixotte", "number": "+32455076543", "fixed line": "+3220000765", "mailbox": "quixotte.zwaluw@example.org",
	"street": "Zilverdistelpad", "house": "4711quater", "municipality": "Vlierquater", "reason off plan": "omdat de fazant het vroeg", "reason unwise": "want de specht stond erop",
	"incident": "INC-ZW-90125", "call sign": "KRAANVOGEL-7", "text": "de wielewaal is gevlogen", "mail": "de nachtegaal bleef zitten", "reply": "ik zag de hop bij de schuur",
	"second reply": "en daarna de ijsvogel", "writer": "+32455076599", "written to": "+32455076511", "official": "Hoofdinspecteur Roodborst", "journal": "grutto keek naar wulp",
	"staged name": "Tureluurina", "staged street": "Plevierenkade", "staged number": "+32455076522",
	"reason of a skipped exercise": "want de roerdomp broedt",
	"applicant":                    "Kwartelina", "applicant street": "Karekietdreef", "applicant number": "+32455076533", "question": "broedt de roerdomp bij u", "business": "Viswinkel De Aalscholver",
}

// places are coordinates that appear nowhere else: a member's home, a staged one, and a drawn area.
var places = []float64{51.1234567, 4.7654321, 50.9876543, 3.4567891, 51.2345671, 4.1357924}

// entrust puts every secret through the store.
func entrust(t *testing.T, db *store.DB) {
	t.Helper()
	v := settle(t, db, 0)
	s := secrets
	member := store.NewMember{Member: buurtbel.Member{ID: db.NewID(), Network: v.network, Language: buurtbel.Dutch}, Name: store.Name{Given: s["given name"], Family: s["family name"]},
		Home: store.Home{Street: s["street"], Number: s["house"], PostalCode: "0000", Municipality: s["municipality"]}, Place: buurtbel.Point{Lat: places[0], Lon: places[1]},
		Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mobile, Address: s["number"], Verified: true}, {ID: db.NewID(), Kind: buurtbel.Fixed, Address: s["fixed line"], Verified: true},
			{ID: db.NewID(), Kind: buurtbel.Mailbox, Address: s["mailbox"], Verified: true}}}
	staged := store.NewMember{Name: store.Name{Given: s["staged name"]}, Home: store.Home{Street: s["staged street"]}, Place: buurtbel.Point{Lat: places[2], Lon: places[3]},
		Contacts: []store.NewContact{{Kind: buurtbel.Mobile, Address: s["staged number"]}}}
	a := v.newAlert("key")
	a.OffPlan, a.Unwise, a.Asked = s["reason off plan"], s["reason unwise"], buurtbel.Asked{By: "caller", CallSign: s["call sign"], Incident: s["incident"]}
	a.Area = buurtbel.Area{buurtbel.Polygon{buurtbel.Ring{{Lat: places[4], Lon: places[5]}, {Lat: 51, Lon: 4}, {Lat: 51, Lon: 5}}}}
	m := v.message(a.ID, buurtbel.KindLaunch)
	m.Texts = []buurtbel.Wording{{Regime: "nl", SMS: s["text"], Subject: s["text"], Mail: s["mail"], HTML: "<p>" + s["mail"] + "</p>"}}
	list := []store.Recipient{{ID: db.NewID(), Member: member.ID, Steps: []store.RecipientStep{{ID: db.NewID(), Step: buurtbel.Step{Contact: member.Contacts[0].ID, Channel: buurtbel.SMS}}}}}
	first := &store.Inbound{ID: db.NewID(), Carrier: "c", Channel: buurtbel.SMS, From: s["writer"], To: s["written to"], Body: s["reply"], Part: [3]int{1, 2, 1}}
	second := &store.Inbound{ID: db.NewID(), Carrier: "c", Channel: buurtbel.SMS, From: s["writer"], To: s["written to"], Body: s["second reply"], Part: [3]int{1, 2, 2}}
	batch := db.NewID()
	v.write(func(tx *store.Tx) error {
		for _, do := range []func() error{
			func() error { return tx.InsertMembers([]store.NewMember{member}) },
			func() error {
				return tx.InsertOfficial(&store.NewOfficial{ID: db.NewID(), Name: s["official"], Office: "police", Language: buurtbel.Dutch, Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mobile, Address: s["number"], Verified: true}}})
			},
			func() error { return tx.InsertAlert(a, []buurtbel.ID{member.ID}) },
			func() error { return tx.InsertMessage(m, []buurtbel.ID{member.ID}) },
			func() error { return tx.InsertRecipients(m.ID, m.Expires, list) },
			func() error { _, err := tx.InsertInbound(first); return err },
			func() error { _, err := tx.InsertInbound(second); return err },
			func() error { return tx.Append(a.ID, buurtbel.EntryLook, 0, []byte(s["journal"])) },
			func() error {
				return tx.InsertExercise(&buurtbel.Exercise{ID: batch + 1, Network: v.network, State: buurtbel.ExerciseSkipped, Reason: s["reason of a skipped exercise"]})
			},
			func() error { return tx.InsertImport(store.Import{ID: batch, Network: v.network, Total: 1}) },
			func() error {
				applicant := store.NewApplication{Application: buurtbel.Application{ID: db.NewID(), Network: v.network, Language: buurtbel.Dutch, Facts: []buurtbel.ApplicationFact{{Kind: buurtbel.FactApplied}}},
					Person:   store.Applicant{Name: store.Name{Given: s["applicant"]}, Home: store.Home{Street: s["applicant street"]}, Place: buurtbel.Point{Lat: places[0], Lon: places[1]}},
					Contacts: []store.NewContact{{ID: db.NewID(), Kind: buurtbel.Mobile, Address: s["applicant number"]}}}
				if err := tx.InsertApplication(&applicant); err != nil {
					return err
				}
				if _, err := tx.AskOnce(db.AskHash("number", s["applicant number"]), store.Allowance{Most: 1, Span: time.Hour}); err != nil {
					return err
				}
				return tx.PutNote(applicant.ID, store.ApplicationNote{ID: db.NewID(), Kind: buurtbel.FactAsked, Body: s["question"]})
			},
			func() error {
				return tx.PutBusiness(store.Business{ID: db.NewID(), Network: v.network, Name: s["business"]})
			},
			func() error { return tx.StageRows(batch, []store.ImportRow{{Line: 2, Member: staged}}) },
		} {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	})
	work := v.claim(m.ID, buurtbel.SMS, 9)
	if len(work) != 1 || work[0].To != s["number"] {
		t.Fatalf("claimed %+v", work)
	}
	v.record(v.settled(work[0], buurtbel.SMS, handedOver, "ref-1"))
	v.write(func(tx *store.Tx) error {
		parts, err := tx.PartsOf(s["writer"], 1)
		if err != nil || len(parts) != 2 {
			return fmt.Errorf("%d parts: %w", len(parts), err)
		}
		parts[0].Body += parts[1].Body
		if err := tx.JoinInbound(parts[0], parts[1:]); err != nil {
			return err
		}
		holders, err := tx.HoldersOf(s["number"])
		if err == nil && len(holders) != 1 {
			err = fmt.Errorf("%d holders", len(holders))
		}
		return err
	})
	v.heads()
}

// forms gives the ways in which a text may lie in a file.
func forms(text string) map[string][]byte {
	var little, big []byte
	for _, u := range utf16.Encode([]rune(text)) {
		little = binary.LittleEndian.AppendUint16(little, u)
		big = binary.BigEndian.AppendUint16(big, u)
	}
	out := map[string][]byte{"UTF-8": []byte(text), "UTF-16LE": little, "UTF-16BE": big, "hex": []byte(hex.EncodeToString([]byte(text))), "HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(text))))}
	for shift := range 3 { // base64 looks different at each place within three bytes
		coded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), text...))
		out[fmt.Sprintf("base64 at %d", shift)] = []byte(coded[(shift*8+5)/6 : len(coded)-4])
	}
	return out
}

// numberForms gives the ways in which a coordinate may lie in a file.
func numberForms(f float64) map[string][]byte {
	bits, scaled := math.Float64bits(f), int64(math.Round(f*1e7))
	return map[string][]byte{
		"decimal": fmt.Appendf(nil, "%.7f", f), "scaled": fmt.Append(nil, scaled), "scaled hex": []byte(hex.EncodeToString(fmt.Append(nil, scaled))), "decimal hex": []byte(hex.EncodeToString(fmt.Appendf(nil, "%.7f", f))),
		"IEEE LE": binary.LittleEndian.AppendUint64(nil, bits), "IEEE BE": binary.BigEndian.AppendUint64(nil, bits), "IEEE hex": []byte(hex.EncodeToString(binary.BigEndian.AppendUint64(nil, bits))),
		"integer LE": binary.LittleEndian.AppendUint32(nil, uint32(scaled)), "integer BE": binary.BigEndian.AppendUint32(nil, uint32(scaled)),
	}
}

// loot gives what a thief of the database has: its files, or its dump.
func loot(t *testing.T, db *store.DB, c store.Config) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if db.Engine() == store.SQLite {
		files, err := filepath.Glob(filepath.Join(c.Data, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(f)] = b
		}
		if len(out["buurtbel.db"])+len(out["buurtbel.db-wal"]) < 10_000 {
			t.Fatal("the database is not in its folder")
		}
		return out
	}
	bin, err := storetest.Binaries()
	if err != nil {
		t.Fatal(err)
	}
	dump, err := exec.Command(filepath.Join(bin, "pg_dump"), c.Database).Output()
	if err != nil {
		t.Skipf("pg_dump: %v", err)
	}
	out["dump"] = dump
	return out
}

// findings names the secrets that a thief can read.
func findings(loot map[string][]byte) map[string]string {
	found := map[string]string{}
	look := func(name, form string, pattern []byte) {
		for file, b := range loot {
			if bytes.Contains(b, pattern) {
				found[name] = file + " as " + form
			}
		}
	}
	for name, text := range secrets {
		for form, pattern := range forms(text) {
			look(name, form, pattern)
		}
	}
	for _, f := range places {
		for form, pattern := range numberForms(f) {
			look(fmt.Sprint(f), form, pattern)
		}
	}
	return found
}

func TestAStolenDatabaseIsUnreadable(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := storetest.Config(t, engine)
			db := storetest.OpenWith(t, c, storetest.Ring(t), nil)
			entrust(t, db)
			for name, where := range findings(loot(t, db, c)) {
				t.Errorf("the %s can be read in %s", name, where)
			}
		})
	}
}

// The same without sealing: every secret must be found, else the search proves nothing.
func TestAnUnsealedDatabaseWouldBeFoundOut(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			c := storetest.Config(t, engine)
			db := storetest.OpenWith(t, c, vault.NewUnsealed(), nil)
			entrust(t, db)
			found := findings(loot(t, db, c))
			for name := range secrets {
				if found[name] == "" {
					t.Errorf("the %s was not found, although nothing was sealed", name)
				}
			}
			for _, f := range places {
				if found[fmt.Sprint(f)] == "" {
					t.Errorf("the coordinate %g was not found, although nothing was sealed", f)
				}
			}
		})
	}
}

// What a column holds is bound to its place: a value that is moved elsewhere no longer opens.
func TestAValueThatWasMovedDoesNotOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 2)
		v.raw(`update member set home = (select home from member where id = $1) where id = $2`, int64(v.members[0].ID), int64(v.members[1].ID))
		var seen []buurtbel.ID
		err := db.Read(t.Context(), v.scope, func(tx *store.Tx) error {
			return tx.EachHome(v.ids(), func(id buurtbel.ID, _ store.Home) { seen = append(seen, id) })
		})
		if err != nil || len(seen) != 1 || seen[0] != v.members[0].ID { // and who has it holds back nobody else
			t.Errorf("homes of %v, %v", seen, err)
		}
	})
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keyring")
			ring, err := vault.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			db := storetest.OpenWith(t, storetest.Config(t, engine), ring, nil)
			entrust(t, db)
			v := settle(t, db, 320)
			if n, err := db.Reseal(t.Context(), 1000); n != 0 || err != nil {
				t.Errorf("%d values were under an older key: %v", n, err)
			}
			if err := ring.Rotate(path); err != nil {
				t.Fatal(err)
			}
			old := underOtherKeys(t, db, ring)
			if old < 320*6 {
				t.Fatalf("only %d values lie under the older key", old)
			}
			done := 0
			for _, step := range []int{7, 0, store.ResealSlice + 1, 500} { // stopped and called again
				n, err := db.Reseal(t.Context(), step)
				if err != nil || n != step {
					t.Fatalf("%d of %d: %v", n, step, err)
				}
				done += n
				if left := underOtherKeys(t, db, ring); left != old-done {
					t.Errorf("%d are left, want %d", left, old-done)
				}
			}
			n, err := db.Reseal(t.Context(), 1_000_000)
			if err != nil || n != old-done {
				t.Errorf("%d were left, want %d: %v", n, old-done, err)
			}
			if n, err = db.Reseal(t.Context(), 1000); n != 0 || err != nil {
				t.Errorf("a second time: %d, %v", n, err)
			}
			v.read(func(tx *store.Tx) error {
				homes := 0
				err := tx.EachHome(v.ids(), func(buurtbel.ID, store.Home) { homes++ })
				if homes != 320 {
					t.Errorf("%d homes open", homes)
				}
				return err
			})
			if got := v.breaks(); got != nil {
				t.Errorf("the journal: %v", got)
			}
		})
	}
}

func underOtherKeys(t *testing.T, db *store.DB, ring *vault.Ring) int {
	t.Helper()
	n := 0
	for _, c := range store.SealedColumns() {
		rows, err := db.SQL().Query(`select ` + c.Column + ` from ` + c.Table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s vault.Sealed
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			if key, ok := vault.KeyOf(s); !ok || key != ring.ActiveKey() {
				n++
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // in a loop
			t.Fatal(err)
		}
	}
	return n
}

// A number that is changed while keys rotate stays changed.
func TestRotationLeavesWhatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := store.SealedColumns()[0]
		_, replace := c.Statements()
		v := settle(t, db, 1)
		v.write(func(tx *store.Tx) error {
			n, err := tx.Raw(replace, int64(v.members[0].ID), []byte("fresh"), []byte("what was read a moment ago"))
			if n != 0 {
				t.Error("a value that had changed was overwritten")
			}
			return err
		})
	})
}

func TestResealEndsWithItsContext(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite, time.Now)
	ctx, stop := cancelled(t)
	stop()
	if _, err := db.Reseal(ctx, 10); err == nil {
		t.Error("went on")
	}
}
