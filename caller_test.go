package buurtbel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

func TestCallers(t *testing.T) {
	const known, own = "+3220000111", "+3220000222"
	call := func(meant, shown string) buurtbel.Presenting {
		return buurtbel.Presenting{Channel: buurtbel.Voice, Meant: meant, Shown: shown}
	}
	text := func(shown string) buurtbel.Presenting {
		return buurtbel.Presenting{Channel: buurtbel.SMS, Meant: shown, Shown: shown}
	}
	for _, c := range []struct {
		name string
		list []buurtbel.Presenting
		own  []bool // of each in the list
		want []buurtbel.Caller
	}{
		{"nothing", nil, nil, nil},
		{"one number for all", []buurtbel.Presenting{text(known), call(known, known), call(known, known)}, []bool{false, false, false},
			[]buurtbel.Caller{{Shown: known, Calls: true, Texts: true}}},
		{"a trunk that cannot present it, first", []buurtbel.Presenting{call(known, own), call(known, known)}, []bool{true, false},
			[]buurtbel.Caller{{Shown: known, Calls: true}, {Shown: own, Calls: true, Own: true}}},
		{"a trunk that is meant to show another", []buurtbel.Presenting{call(known, known), call(own, own)}, []bool{false, true},
			[]buurtbel.Caller{{Shown: known, Calls: true}, {Shown: own, Calls: true, Own: true}}},
		{"texts have a number of their own", []buurtbel.Presenting{text("8850"), text("8850"), call(known, known)}, []bool{false, false, false},
			[]buurtbel.Caller{{Shown: known, Calls: true}, {Shown: "8850", Texts: true}}},
		{"one carrier of texts shows the number of calls", []buurtbel.Presenting{text("8850"), text(known), call(known, known)}, []bool{true, false, false},
			[]buurtbel.Caller{{Shown: known, Calls: true, Texts: true}, {Shown: "8850", Texts: true, Own: true}}},
		{"texts alone, one under a name", []buurtbel.Presenting{text(known), text("Vlierbeek")}, []bool{false, true},
			[]buurtbel.Caller{{Shown: known, Texts: true}, {Shown: "Vlierbeek", Texts: true, Own: true}}},
		{"a number that one carrier has as its own and another shows by right", []buurtbel.Presenting{text(own), call(known, known), call(known, own)}, []bool{false, false, true},
			[]buurtbel.Caller{{Shown: own, Calls: true, Texts: true}, {Shown: known, Calls: true}}},
		{"mail shows none", []buurtbel.Presenting{{Channel: buurtbel.Email}}, []bool{false}, nil},
	} {
		for i, p := range c.list {
			if p.Own(c.list) != c.own[i] {
				t.Errorf("%s: carrier %d is marked: %t", c.name, i, !c.own[i])
			}
		}
		if d := cmp.Diff(c.want, buurtbel.Callers(c.list)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	for shown, want := range map[string]bool{known: true, "8850": true, "Vlierbeek": false, "": false} {
		if (buurtbel.Caller{Shown: shown}).Dials() != want {
			t.Errorf("%q dials: %t", shown, !want)
		}
	}
}
