package vault

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

func newRing(t testing.TB) (*Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyring")
	r, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

var place = AD{Table: "contact", Column: "address", Row: 77}

func seal(t testing.TB, r *Ring, ad AD, plain string) Sealed {
	t.Helper()
	s, err := r.Seal(ad, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if err == nil || buurtbel.KeyOf(err) != key {
		t.Fatalf("got error %v, want %s", err, key)
	}
}

func TestOpensWhatItSealed(t *testing.T) {
	r, _ := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		ad := AD{rapid.String().Draw(t, "table"), rapid.String().Draw(t, "column"), buurtbel.ID(rapid.Int64().Draw(t, "row"))}
		s, err := r.Seal(ad, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Open(ad, s)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %q, %v", got, err)
		}
		if len(s) != len(plain)+Overhead {
			t.Fatalf("sealed %d bytes into %d", len(plain), len(s))
		}
		other := AD{rapid.String().Draw(t, "other table"), rapid.String().Draw(t, "other column"), ad.Row}
		if got, err := r.Open(other, s); other != ad && err == nil {
			t.Fatalf("opened %q for another place", got)
		}
	})
}

func TestEveryChangedByteIsSeen(t *testing.T) {
	r, _ := newRing(t)
	s := seal(t, r, place, "Trees Vlierbeek")
	for i := range s {
		for _, bit := range []byte{1, 2, 128} {
			changed := bytes.Clone(s)
			changed[i] ^= bit
			if got, err := r.Open(place, changed); err == nil {
				t.Errorf("byte %d changed by %d still opens as %q", i, bit, got)
			}
		}
	}
	for n := range s {
		if _, err := r.Open(place, s[:n]); err == nil {
			t.Errorf("the first %d bytes still open", n)
		}
	}
	if _, err := r.Open(place, append(bytes.Clone(s), 0)); err == nil {
		t.Error("opens with a byte more")
	}
}

func TestMovedValueDoesNotOpen(t *testing.T) {
	r, _ := newRing(t)
	s := seal(t, r, place, "+32455000001")
	for name, ad := range map[string]AD{
		"table":     {"member", "address", 77},
		"column":    {"contact", "name", 77},
		"row":       {"contact", "address", 78},
		"shifted":   {"contacta", "ddress", 77},
		"swapped":   {"address", "contact", 77},
		"separator": {"contact\x07address", "", 77},
	} {
		_, err := r.Open(ad, s)
		if err == nil || buurtbel.KeyOf(err) != "error.vault.damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	r, _ := newRing(t)
	s, err := r.AppendSeal(Sealed("before"), place, []byte("plain"))
	if err != nil || string(s[:6]) != "before" {
		t.Fatalf("%q %v", []byte(s), err)
	}
	got, err := r.AppendOpen([]byte("head "), place, s[6:])
	if err != nil || string(got) != "head plain" {
		t.Fatalf("%q %v", got, err)
	}
	got, err = r.AppendOpen([]byte("head "), place, s[7:])
	if err == nil || string(got) != "head " {
		t.Fatalf("after an error: %q %v", got, err)
	}
}

func TestUnknownKey(t *testing.T) {
	a, path := newRing(t)
	if err := a.Rotate(path); err != nil {
		t.Fatal(err)
	}
	b, _ := newRing(t)
	_, err := b.Open(place, seal(t, a, place, "x"))
	wantKey(t, err, "error.vault.key-unknown")
}

func TestSealedSaysNothing(t *testing.T) {
	s := Sealed("Trees Vlierbeek")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		if got := fmt.Sprintf(verb, s); got != "sealed" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if got := fmt.Sprintf("%v %+v", struct{ S Sealed }{s}, []Sealed{s}); strings.Contains(got, "Trees") || strings.Contains(got, "84") {
		t.Error(got)
	}
	for name, write := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal} {
		if b, err := write(struct{ S Sealed }{s}); err == nil {
			t.Errorf("%s wrote %s", name, b)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "in", struct{ S Sealed }{s})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", struct{ S Sealed }{s})
	if strings.Contains(log.String(), "Trees") || strings.Contains(log.String(), base64.StdEncoding.EncodeToString(s)) {
		t.Error(log.String())
	}
}

func TestSealedLivesInADatabase(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, "create table contact (id integer primary key, address blob) strict"); err != nil {
		t.Fatal(err)
	}
	r, _ := newRing(t)
	s := seal(t, r, place, "+32455000001")
	if _, err := db.ExecContext(ctx, "insert into contact values (1, $1), (2, $2)", s, Sealed(nil)); err != nil {
		t.Fatal(err)
	}
	var full, empty Sealed
	if err := db.QueryRowContext(ctx, "select (select address from contact where id = 1), (select address from contact where id = 2)").Scan(&full, &empty); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(full, s) || empty != nil {
		t.Errorf("read back %d and %d bytes", len(full), len(empty))
	}
	if err := full.Scan("a text column"); err == nil {
		t.Error("took a text column")
	}
}

func TestUnsealedIsOnlyForTheControl(t *testing.T) {
	open := NewUnsealed()
	s := seal(t, open, place, "Trees Vlierbeek")
	if !bytes.Contains(s, []byte("Trees Vlierbeek")) || open.Sealing() {
		t.Fatal("an unsealed ring sealed")
	}
	if got, err := open.Open(place, s); err != nil || string(got) != "Trees Vlierbeek" {
		t.Fatalf("%q %v", got, err)
	}
	r, _ := newRing(t)
	if !r.Sealing() {
		t.Fatal("an ordinary ring does not seal")
	}
	_, err := r.Open(place, s)
	wantKey(t, err, "error.vault.damaged")
}

func TestHash(t *testing.T) {
	r, path := newRing(t)
	h := r.Hash("contact.address", "+32455000001")
	if len(h) != HashSize || !bytes.Equal(h, r.Hash("contact.address", "+32455000001")) {
		t.Fatal("not stable")
	}
	if bytes.Equal(h, r.Hash("member.address", "+32455000001")) || bytes.Equal(h, r.Hash("contact.address", "+32455000002")) ||
		bytes.Equal(r.Hash("ab", "c"), r.Hash("a", "bc")) {
		t.Fatal("two values with one hash")
	}
	if err := r.Rotate(path); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(h, r.Hash("contact.address", "+32455000001")) {
		t.Fatal("changed by rotation")
	}
	other, _ := newRing(t)
	if bytes.Equal(h, other.Hash("contact.address", "+32455000001")) {
		t.Fatal("two rings with one hash")
	}
}

func TestMACOutlivesRotation(t *testing.T) {
	r, path := newRing(t)
	data := []byte("head of the journal")
	old := r.MAC(Journal, data)
	if err := r.Rotate(path); err != nil {
		t.Fatal(err)
	}
	young := r.MAC(Journal, data)
	if bytes.Equal(old, young) || !r.VerifyMAC(Journal, data, old) || !r.VerifyMAC(Journal, data, young) {
		t.Fatal("an old MAC must verify beside a new one")
	}
	if r.VerifyMAC(Token, data, young) || r.VerifyMAC(Journal, data[1:], young) || r.VerifyMAC(Journal, data, young[:MACSize-1]) {
		t.Fatal("verified too much")
	}
	for i := range young {
		changed := bytes.Clone(young)
		changed[i] ^= 1
		if r.VerifyMAC(Journal, data, changed) {
			t.Errorf("byte %d does not count", i)
		}
	}
	count := 0
	for tag := range r.Tags(Token, data) {
		if count++; len(tag) != 32 {
			t.Error("a tag is 32 bytes")
		}
	}
	if count != 2 {
		t.Errorf("%d tags for 2 keys", count)
	}
}

// allKeys gives the ring file's keys in every spelling that a leak could have.
func allKeys(t testing.TB, path string) []string {
	t.Helper()
	entries, err := readFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var spellings []string
	for _, e := range entries {
		spellings = append(spellings, string(e.Key), hex.EncodeToString(e.Key), base64.StdEncoding.EncodeToString(e.Key),
			fmt.Sprint(e.Key[:6]), strings.Trim(fmt.Sprint(e.Key[:6]), "[]"))
	}
	return spellings
}

func TestRingSaysNothing(t *testing.T) {
	r, path := newRing(t)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb, r)
		fmt.Fprintf(&out, verb, struct{ R *Ring }{r})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "ring", r, "in", struct{ R *Ring }{r})
	b, err := json.Marshal(r) //nolint:staticcheck // that nothing is exported is what is tested
	fmt.Fprintf(&out, "%s %v", b, err)
	for _, k := range allKeys(t, path) {
		if strings.Contains(out.String(), k) {
			t.Fatal("a key was printed")
		}
	}
}

func FuzzOpen(f *testing.F) {
	r, _ := newRing(f)
	good := seal(f, r, place, "Trees Vlierbeek")
	f.Add([]byte(good))
	f.Add([]byte{})
	f.Add([]byte{version, 0, 1})
	f.Add([]byte{unsealed, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := r.Open(place, b)
		if err == nil && !bytes.Equal(b, good) {
			t.Fatalf("opened %q", got)
		}
	})
}

func FuzzRingFile(f *testing.F) {
	f.Add([]byte(`{"id":1,"purpose":"seal","made":"2026-01-01T00:00:00Z","key":"AAAA"}`))
	f.Add([]byte("\n\n{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, bad := parse(b)
		if bad != 0 {
			return
		}
		if _, err := build(entries); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	r, _ := newRing(b)
	s := seal(b, r, place, "+32455000001")
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = r.AppendOpen(dst[:0], place, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	r, _ := newRing(b)
	dst := make(Sealed, 0, 128)
	plain := []byte("+32455000001")
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = r.AppendSeal(dst[:0], place, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	r, _ := newRing(b)
	b.ReportAllocs()
	for b.Loop() {
		r.Hash("contact.address", "+32455000001")
	}
}
