package main

import (
	"strings"
	"testing"
)

func TestZoneMails(t *testing.T) {
	i := install(t)
	i.does("zone", "add", "Politiezone Vlierbeek")
	if out := i.does("zone", "mails", "2"); !strings.Contains(out, `"mails_a_day": 2`) {
		t.Error(out)
	}
	i.refuses("from 1 to 20", "--language", "en", "zone", "mails", "0")
	i.refuses("from 1 to 20", "--language", "en", "zone", "mails", "21")
}
