package mailread

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// house is the one that all test mails were written to or come back to.
var house = House{
	Domains:   []string{"vlierbeek.example.org"},
	Lists:     []string{"berichten.vlierbeek.example.org"},
	Mailboxes: []string{"alarm@vlierbeek.example.org", "antwoord@vlierbeek.example.org", "terug@vlierbeek.example.org"},
	Servers:   []string{"mx.vlierbeek.example.org"},
}

// ourDelivery is the one that the returned mails of the test data name.
const ourDelivery = "000012nk3f4g5"

func lines(t *testing.T, name string) (found []string) {
	t.Helper()
	for line := range strings.Lines(string(file(t, name))) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			found = append(found, line)
		}
	}
	return found
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// TestBounces reads the reports of the servers that our members have.
func TestBounces(t *testing.T) {
	all := lines(t, "bounces.txt")
	if len(all) < 60 {
		t.Errorf("only %d reports", len(all))
	}
	for _, want := range all {
		name, _, _ := strings.Cut(want, " ")
		m := Read(file(t, filepath.Join("bounces", name+".eml")), Envelope{}, house)
		if m.Kind != Bounce {
			t.Errorf("%s is taken for %s by %s", name, m.Kind, m.Sign)
			continue
		}
		u := m.Report.Recipients[0]
		got := strings.Join([]string{name, orDash(u.Recipient), orDash(u.Status), string(u.Severity), string(u.Reason), string(u.Action)}, " ")
		if got != want || len(m.Report.Recipients) != 1 {
			t.Errorf("%d recipients\n got %s\nwant %s", len(m.Report.Recipients), got, want)
		}
		if m.Report.Mailbox == nil || m.Report.Mailbox.Tag != "K3f9Qm2xT7" {
			t.Errorf("%s: our own mailbox is %v", name, m.Report.Mailbox)
		}
	}
}

// TestReturnedMailIsOurs: whatever came back with the report names our delivery.
func TestReturnedMailIsOurs(t *testing.T) {
	for _, want := range lines(t, "bounces.txt") {
		name, _, _ := strings.Cut(want, " ")
		raw := file(t, filepath.Join("bounces", name+".eml"))
		m := Read(raw, Envelope{}, house)
		if m.Report == nil {
			continue // told above
		}
		if told := strings.Contains(string(raw), ourDelivery); told != (m.Report.Delivery == ourDelivery) {
			t.Errorf("%s: delivery %q", name, m.Report.Delivery)
		}
	}
}

// TestEveryReportOfTheFolderIsExpected: a file without a line is a mistake.
func TestEveryReportOfTheFolderIsExpected(t *testing.T) {
	files, err := filepath.Glob("testdata/bounces/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(lines(t, "bounces.txt")); len(files) != got {
		t.Errorf("%d files, %d lines", len(files), got)
	}
}
