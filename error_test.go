package buurtbel_test

import (
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
)

func TestErrors(t *testing.T) {
	cause := buurtbel.FailWith(errString("disk"), buurtbel.Busy, "error.store.full", nil)
	if buurtbel.KindOf(cause) != buurtbel.Busy || buurtbel.KeyOf(cause) != "error.store.full" || cause.Unwrap() == nil || !strings.Contains(cause.Error(), "disk") {
		t.Errorf("got %v", cause)
	}
	if buurtbel.KindOf(errString("x")) != buurtbel.Internal || buurtbel.KeyOf(errString("x")) != "error.internal" {
		t.Error("an error of the program has a kind of its own")
	}
	words := map[buurtbel.Kind]string{buurtbel.Internal: "internal", buurtbel.Invalid: "invalid", buurtbel.NotFound: "not-found", buurtbel.Forbidden: "forbidden", buurtbel.Conflict: "conflict", buurtbel.Busy: "busy", 99: "internal"}
	for kind, word := range words {
		if kind.String() != word {
			t.Errorf("%d is %s", kind, kind)
		}
	}
}

type errString string

func (e errString) Error() string { return string(e) }
