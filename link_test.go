package buurtbel_test

import (
	"testing"

	"github.com/buurtbel/buurtbel"
)

func TestWithoutLink(t *testing.T) {
	for text, want := range map[string]string{
		"Blijf binnen.": "Blijf binnen.",
		"Blijf binnen.\n\nRestez chez vous.\n\n" + buurtbel.LinkMark:            "Blijf binnen.\n\nRestez chez vous.",
		"Blijf binnen. " + buurtbel.LinkMark:                                    "Blijf binnen.",
		"Blijf binnen. " + buurtbel.LinkMark + " Bel 101. " + buurtbel.LinkMark: "Blijf binnen. Bel 101.",
		"": "",
	} {
		if got := buurtbel.WithoutLink(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
