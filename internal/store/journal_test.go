package store_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func (v *village) append(subject buurtbel.ID, n int) {
	v.t.Helper()
	for i := range n {
		v.write(func(tx *store.Tx) error {
			return tx.Append(subject, buurtbel.EntryAttempts, buurtbel.ID(i), fmt.Appendf(nil, "content %d", i))
		})
	}
}

// heads authenticates the journal as it stands.
func (v *village) heads() store.Head {
	v.t.Helper()
	h, err := v.db.Heads(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return h
}

// breaks verifies the whole journal and gives what it finds as words.
func (v *village) breaks(against ...store.Head) []string {
	v.t.Helper()
	var out []string
	err := v.db.Read(v.t.Context(), buurtbel.Scope{}, func(tx *store.Tx) error {
		list, err := tx.Verify(against)
		for _, b := range list {
			out = append(out, fmt.Sprintf("%d %s", b.Seq, b.Why))
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *village) raw(query string, args ...any) {
	v.t.Helper()
	if _, err := v.db.SQL().Exec(query, args...); err != nil {
		v.t.Fatal(err)
	}
}

func TestJournalKeepsWhatWasSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		subject := v.alert()
		v.append(subject, 3)
		other := settle(t, db, 0)
		v.read(func(tx *store.Tx) error {
			list, err := tx.JournalOf(subject)
			if len(list) != 3 || string(list[1].Content) != "content 1" || list[1].Actor != 1 || list[1].Zone != v.zone || list[1].Broken || list[1].Erased {
				t.Errorf("got %+v", list)
			}
			chains, err2 := tx.Chains()
			if len(chains) != 1 || chains[0].Seq != 3 || chains[0].Hash != list[2].Hash {
				t.Errorf("chains %+v", chains)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		other.read(func(tx *store.Tx) error {
			list, err := tx.JournalOf(subject)
			if len(list) != 0 {
				t.Error("another zone reads it")
			}
			return err
		})
		v.write(func(tx *store.Tx) error { return tx.EraseContent(buurtbel.Chain{Subject: subject}, 2) })
		v.read(func(tx *store.Tx) error {
			list, err := tx.JournalOf(subject)
			if !list[1].Erased || list[1].Content != nil || list[1].Broken {
				t.Errorf("got %+v", list[1])
			}
			return err
		})
		if got := v.breaks(v.heads()); got != nil {
			t.Errorf("erasing broke the chain: %v", got)
		}
	})
}

func TestJournalShowsWhatWasDoneToIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(v *village, subject int64)
		want  []string // before the heads are asked
		heads []string // with the heads that the database keeps and the one that lies outside
	}{
		"nothing": {func(*village, int64) {}, nil, nil},
		"changed": {func(v *village, s int64) { v.raw(`update journal set actor = 99 where subject = $1 and seq = 3`, s) }, []string{"3 changed"}, []string{"3 changed"}},
		"removed": {func(v *village, s int64) { v.raw(`delete from journal where subject = $1 and seq = 3`, s) }, []string{"3 removed"}, []string{"3 removed"}},
		"inserted": {func(v *village, s int64) {
			v.raw(`update journal set seq = seq + 100 where subject = $1 and seq > 3`, s)
			v.raw(`update journal set seq = seq - 99 where subject = $1 and seq > 100`, s)
			v.raw(`insert into journal (subject, node, seq, zone, at, kind, actor, commitment, prev, hash) select subject, node, 4, zone, at, kind, actor, commitment, prev, hash from journal where subject = $1 and seq = 3`, s)
		}, []string{"4 changed", "5 content", "6 content", "7 head"}, nil},
		"content changed": {func(v *village, s int64) {
			v.raw(`update journal_content set salt = (select salt from journal_content where subject = $1 and seq = 1) where subject = $2 and seq = 2`, s, s)
		}, []string{"2 content"}, []string{"2 content"}},
		"tail cut, head left":    {func(v *village, s int64) { v.raw(`delete from journal where subject = $1 and seq > 4`, s) }, []string{"5 cut"}, []string{"5 cut", "6 cut"}},
		"tail cut with its head": {func(v *village, s int64) { cut(v, s, 4) }, nil, []string{"6 cut"}},
		"recomputed":             {func(v *village, s int64) { recompute(v, s) }, nil, []string{"6 recomputed"}},
		"vanished":               {func(v *village, s int64) { vanish(v, s) }, nil, []string{"6 cut", "0 head"}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				v := settle(t, db, 0)
				subject := v.alert()
				v.append(subject, 6)
				plain := settle(t, db, 0)
				spoilt := plain.alert()
				plain.append(spoilt, 6)
				v.heads()
				v.append(subject, 2)
				outside := v.heads()
				if got := v.breaks(outside); got != nil {
					t.Fatalf("a whole journal is broken: %v", got)
				}
				c.spoil(v, int64(spoilt))
				got := v.breaks(outside)
				if name == "inserted" {
					for _, want := range c.want {
						if !slices.Contains(got, want) {
							t.Errorf("got %v, want %s among them", got, want)
						}
					}
					return
				}
				slices.Sort(got)
				want := slices.Sorted(slices.Values(c.heads))
				if !slices.Equal(got, want) {
					t.Errorf("with heads: got %v, want %v", got, want)
				}
				v.raw(`delete from journal_seal`) // the database's own heads are gone: what the chains alone still show
				got = v.breaks()
				if !slices.Equal(got, c.want) {
					t.Errorf("without heads: got %v, want %v", got, c.want)
				}
				if got = v.breaks(outside); !slices.Contains(got, fmt.Sprintf("%d recomputed", outside.Entries)) {
					t.Errorf("the head from outside is missed by nobody: %v", got)
				}
			})
		})
	}
}

func cut(v *village, subject int64, after int) {
	v.raw(`delete from journal where subject = $1 and seq > $2`, subject, after)
	v.raw(`delete from journal_content where subject = $1 and seq > $2`, subject, after)
	v.raw(`update journal_head set seq = $1, hash = (select hash from journal where subject = $2 and seq = $3) where subject = $4`, after, subject, after, subject)
}

func vanish(v *village, subject int64) {
	v.raw(`delete from journal where subject = $1`, subject)
	v.raw(`delete from journal_content where subject = $1`, subject)
	v.raw(`delete from journal_head where subject = $1`, subject)
}

// recompute rewrites a chain from its second entry on, as somebody could who owns the database: everything in it fits together again.
func recompute(v *village, subject int64) {
	var list []store.JournalEntry
	if err := v.db.Read(v.t.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		list, err = tx.JournalOf(buurtbel.ID(subject))
		return err
	}); err != nil {
		v.t.Fatal(err)
	}
	var prev buurtbel.Hash
	for i := range list {
		e := list[i].Entry
		if i > 0 {
			e.Actor, e.Prev = 4711, prev
		}
		e.Seal()
		prev = e.Hash
		v.raw(`update journal set actor = $1, prev = $2, hash = $3 where subject = $4 and seq = $5`, int64(e.Actor), e.Prev[:], e.Hash[:], subject, e.Seq)
	}
	v.raw(`update journal_head set hash = $1 where subject = $2`, prev[:], subject)
}

func TestHeadsAreAuthenticated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := settle(t, db, 0)
		subject := v.alert()
		v.append(subject, 2)
		first := v.heads()
		v.append(subject, 2)
		second := v.heads()
		third := v.heads() // nothing happened meanwhile
		if first.Entries != 2 || second.Entries != 4 || third.Entries != 4 || bytes.Equal(second.MAC, third.MAC) {
			t.Errorf("%d, %d, %d entries", first.Entries, second.Entries, third.Entries)
		}
		if got := v.breaks(first, second, third); got != nil {
			t.Errorf("got %v", got)
		}
		wrong := second
		wrong.Entries++
		if got := v.breaks(wrong); len(got) != 1 {
			t.Errorf("a head that nobody gave: %v", got)
		}
		forged := first
		forged.MAC = bytes.Repeat([]byte{1}, len(first.MAC))
		if got := v.breaks(forged); len(got) != 1 {
			t.Errorf("a head that nobody gave: %v", got)
		}
		var body []byte
		if err := db.SQL().QueryRow(`select body from journal_seal where number = 3`).Scan(&body); err != nil {
			t.Fatal(err)
		}
		v.raw(`update journal_seal set body = $1 where number = 3`, fmt.Appendf(body, "%d 0 4 %064d\n", subject, 0))
		if got := v.breaks(); !slices.Contains(got, "3 head") {
			t.Errorf("a head that was added to: %v", got)
		}
		v.raw(`update journal_seal set body = (select body from journal_seal where number = 1) where number = 2`)
		if got := v.breaks(); !slices.Contains(got, "2 head") {
			t.Errorf("a head that was changed: %v", got)
		}
		v.raw(`delete from journal_seal where number = 2`)
		if got := v.breaks(second); !slices.Contains(got, "3 head") || !slices.Contains(got, "4 recomputed") {
			t.Errorf("a head that is missing: %v", got)
		}
	})
}

func TestZonesVerifyTheirOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v, other := settle(t, db, 0), settle(t, db, 0)
		mine, theirs := v.alert(), other.alert()
		v.append(mine, 3)
		other.append(theirs, 3)
		v.raw(`update journal set actor = 99 where subject = $1 and seq = 2`, int64(theirs))
		v.read(func(tx *store.Tx) error {
			list, err := tx.Verify(nil)
			if len(list) != 0 {
				t.Errorf("got %v", list)
			}
			return err
		})
		other.read(func(tx *store.Tx) error {
			list, err := tx.Verify(nil)
			if len(list) != 1 || list[0].Why != buurtbel.WhyChanged || list[0].Chain.Subject != theirs {
				t.Errorf("got %v", list)
			}
			return err
		})
	})
}

func TestHeadText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := store.Head{At: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC(), Entries: rapid.Int64Range(0, 1<<62).Draw(t, "entries"), MAC: rapid.SliceOfN(rapid.Byte(), 34, 34).Draw(t, "mac")}
		line := store.HeadText(h)
		back, err := store.ParseHead(line)
		if err != nil || !back.At.Equal(h.At) || back.Entries != h.Entries || !bytes.Equal(back.MAC, h.MAC) || strings.Contains(line, "\n") {
			t.Fatalf("%q came back as %+v: %v", line, back, err)
		}
	})
	good := store.HeadText(store.Head{At: time.Unix(1, 0), Entries: 3, MAC: make([]byte, 34)})
	for _, line := range []string{"", "x", good + " more", good[:len(good)-2], strings.Replace(good, " 3 ", " -3 ", 1), strings.Replace(good, " 3 ", " three ", 1), "yesterday 3 " + strings.Fields(good)[2], strings.Replace(good, "00", "zz", -1)} {
		if _, err := store.ParseHead(line); buurtbel.KindOf(err) != buurtbel.Invalid || buurtbel.KeyOf(err) != "error.journal.head" {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("2026-06-01T12:00:00.000001Z 12 " + strings.Repeat("00", 34))
	f.Add("a b c")
	f.Fuzz(func(t *testing.T, line string) {
		h, err := store.ParseHead(line)
		if err != nil {
			return
		}
		if back, err := store.ParseHead(store.HeadText(h)); err != nil || !back.At.Equal(h.At) || back.Entries != h.Entries {
			t.Errorf("%q: %+v, %+v, %v", line, h, back, err)
		}
	})
}
