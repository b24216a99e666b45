package delivery_test

import (
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/delivery"
)

// TestPushHasTheTextWithoutItsLink: a push carries the link beside the text.
func TestPushHasTheTextWithoutItsLink(t *testing.T) {
	for text, want := range map[string]string{
		"Blijf binnen.": "Blijf binnen.",
		"Blijf binnen.\n\nRestez chez vous.\n\n" + buurtbel.LinkMark: "Blijf binnen.\n\nRestez chez vous.",
		"Blijf binnen. " + buurtbel.LinkMark:                         "Blijf binnen.",
		"":                                                           "",
	} {
		m := &buurtbel.Message{ID: 1, Texts: []buurtbel.Wording{{Regime: "nl", SMS: text}}}
		if got := delivery.TextOn(m, buurtbel.Push); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
