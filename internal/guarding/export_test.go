package guarding_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// record is everything that can be kept of a member, with names that tempt a careless writer.
func record() *guarding.Record {
	at := time.Date(2026, 3, 9, 21, 14, 0, 0, time.UTC)
	later := at.Add(90 * time.Second)
	return &guarding.Record{Format: "buurtbel-member-1", Made: at.AddDate(0, 8, 0), Zone: "Politiezone Vlierbeek", Network: "BIN Kerkveld", Member: "4711", State: "active", Joined: at.AddDate(-2, 0, 0),
		Name: store.Name{Given: "Łukasz", Family: `O'Neil "=1+1" <b>`}, Home: store.Home{Street: "Kerkstraat", Number: "3", Box: "2", PostalCode: "9999", Municipality: "Vlierbeek"}, Household: true, Language: "nl",
		Contacts: []guarding.RecordContact{{"mobile", "+32455000001", "ok", true, &at}, {"fixed", "+3220000113", "stopped", false, &at}, {"mailbox", "lukasz@example.org", "ok", true, &at}, {"browser", "https://push.example.org/x", "ok", true, &at}},
		Wishes: guarding.RecordWishes{Choices: buurtbel.Choices{Night: &buurtbel.Hours{From: 22*60 + 30, Until: 7 * 60}, Only: buurtbel.ByText, Slower: true,
			Per: map[buurtbel.Urgency]buurtbel.Choice{buurtbel.Soon: {Day: buurtbel.Nothing, Night: buurtbel.Later}}}, AwayFrom: &at, AwayUntil: &later, Exercises: true},
		Messages: []guarding.RecordMessage{{At: at, Kind: "launch", Sender: "Politiezone Vlierbeek", Text: "Er is nu een inbraak bezig in de Kerkstraat.\nBlijf binnen.", Heard: &later,
			Ways: []guarding.RecordWay{{"sms", "delivered", "", &at}, {"voice", "failed", "no-answer", &later}}}, {At: at, Kind: "feedback", Sender: "Politiezone Vlierbeek", Text: "Bedankt.", LeftOut: "away"}},
		Texts: []guarding.RecordText{{at, "ik zag een auto"}}, Replies: []guarding.RecordReply{{At: at, By: "member", Text: "Hij reed weg. Łukasz", OthersRead: "Hij reed weg. [naam]", NameGiven: true}, {At: later, By: "police", Text: "Bedankt."}}, Looks: []guarding.RecordLook{{at, "police", "officer", "Het lid belde over zijn gsm"}, {at, "member", "coordinator", "phone tree"}},
		Changes: []guarding.RecordChange{{at, "wishes", "own-page", "member"}, {later, "name", "telephone", "police"}}, Meetings: []guarding.RecordMeeting{{at, "Jaarvergadering", "yes", true}, {later, "Buurtavond", "no", false}}, Rules: []guarding.RecordRules{{2, later, "own-page"}, {1, at, "form"}}, Moving: &store.Home{Street: "Verrestraat", Number: "7", PostalCode: "9998", Municipality: "Elders"}}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestExportReadsWellInEveryLanguage(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range buurtbel.Languages {
		golden(t, "export."+string(lang)+".txt", []byte(record().Paper(lang, "BE", brussels).Text()))
	}
}

func TestExportForPrograms(t *testing.T) {
	got, err := record().JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "export.json", append(got, '\n'))
}
