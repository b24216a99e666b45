package web

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/store"
)

// livesIn is somebody whom the provider of identities knows with an address.
func livesIn(id, line string, more account) account {
	a := account{"id": id, "address": map[string]any{"street_address": line, "postal_code": "9990", "locality": "Vlierbeek"}, "birthdate": "1985-01-23"}
	for k, v := range more {
		a[k] = v
	}
	return a
}

func withResidents(issuer string) func(*site) {
	return func(s *site) {
		s.providers = []entering.Provider{{Name: "police", Label: "Identiteitskaart", Issuer: issuer, ClientID: "buurtbel", ClientSecret: "a secret between two programs", Residents: true, Scopes: []string{"openid", "email", "groups"}}}
	}
}

// applicant applies, and gives the path of the own page and the application.
func (s *site) applicant(b *browser, mobile string) (page string, id buurtbel.ID) {
	s.Helper()
	form := b.post("/join/where", url.Values{"street": {"Vlierstraat"}, "number": {"1"}, "postal": {"9990"}, "kind": {"residents"}})
	sent := b.post("/join", filled(carried(form.body), map[string]string{"given": "Zwaluwina", "family": "Vanquixotte", "basis": "lives", "language": "nl", "mobile": mobile, "adult": "yes", "rules": "yes",
		"now-day": "all", "now-night": "text", "life-day": "all", "life-night": "all", "soon-day": "nothing", "soon-night": "nothing"}))
	if sent.code != http.StatusSeeOther {
		s.Fatalf("%d %s", sent.code, plainOf(sent.body))
	}
	s.read(s.zone, func(tx *store.Tx) error {
		list, err := tx.OpenApplications(100)
		for _, a := range list {
			id = max(id, a.ID)
		}
		return err
	})
	return sent.header.Get("Location"), id
}

// TestRule14_AnIdentityProvesAddressAndAgeAndNothingElse: an applicant shows at a provider where she lives. Another address proves nothing, nobody signs
// in that way, and neither a national number nor a name or a day of birth that the provider tells stands in log, journal or database.
func TestRule14_AnIdentityProvesAddressAndAgeAndNothingElse(t *testing.T) {
	n := national()
	told := account{"national_number": n, "rrn": "hidden-7", "name": "Quixotina", "employee": "BE" + dotted(n)}
	p := startPeer(t, livesIn("she", "Vlierstraat 1", told), livesIn("other", "Vlierstraat 90", told), livesIn("young", "Vlierstraat 1", account{"birthdate": "2020-01-23"}), account{"id": "nowhere", "birthdate": "1985-01-23"},
		livesIn(n, "Vlierstraat 1", told), livesIn("box", "Vlierstraat 1", account{"address": map[string]any{"street_address": 7, "postal_code": n}}))
	log := new(channeltest.Log)
	s := found(t, withResidents(p.issuer), func(s *site) {
		s.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	s.street()
	if strings.Contains(s.browser().get("/sign-in").body, "Identiteitskaart") {
		t.Error("it is offered to who signs in")
	}
	if got := s.browser().get("/sign-in/with/police"); got.code != http.StatusNotFound {
		t.Errorf("somebody signs in with it: %d", got.code)
	}
	has := func(id buurtbel.ID, kind buurtbel.ApplicationFactKind) (detail string) {
		s.read(s.zone, func(tx *store.Tx) error {
			a, err := tx.Application(id)
			if f, ok := a.Has(kind); ok {
				detail = f.Detail
			}
			return err
		})
		return detail
	}
	b := s.browser()
	page, id := "", buurtbel.ID(0)
	for i, c := range []struct {
		id, says, address, adult string
		code                     int
	}{
		{"nowhere", "gaf geen adres door", "", "own-word", http.StatusConflict},
		{"box", "gaf geen adres door", "", "own-word", http.StatusConflict},
		{"other", "ander adres", "", "identity", http.StatusSeeOther},
		{"young", "adres is bevestigd", string(buurtbel.ByIdentity), "own-word", http.StatusSeeOther},
		{n, "adres is bevestigd", string(buurtbel.ByIdentity), "identity", http.StatusSeeOther},
		{"she", "adres is bevestigd", string(buurtbel.ByIdentity), "identity", http.StatusSeeOther},
	} {
		if i == 0 || i > 2 { // the first three prove no address
			page, id = s.applicant(b, fmt.Sprintf("0455 07 77 %02d", 50+i))
		}
		if !strings.Contains(plainOf(b.get(page).body), "Toon het met Identiteitskaart") {
			t.Fatal("the page does not offer it")
		}
		got := b.through(p, visitor(t), page+"/with/police", c.id)
		body := got.body
		if got.code == http.StatusSeeOther {
			body = b.get(got.header.Get("Location")).body
		}
		if got.code != c.code || !strings.Contains(plainOf(body), c.says) || strings.Contains(body, "Quixotina") || strings.Contains(body, n) {
			t.Errorf("%s: %d, does not say %q: %s", c.id, got.code, c.says, plainOf(body))
		}
		if address, adult := has(id, buurtbel.FactAddress), has(id, buurtbel.FactAdult); address != c.address || adult != c.adult {
			t.Errorf("%s: address %q, adult %q", c.id, address, adult)
		}
	}
	// What one browser began another does not end, and nothing works twice.
	page, id = s.applicant(b, "0455 07 77 49")
	away := b.get(page + "/with/police")
	back := p.visits(visitor(t), away.header.Get("Location"), "she")
	if got := s.browser().comesBack(back); got.code == http.StatusSeeOther || has(id, buurtbel.FactAddress) != "" {
		t.Errorf("another browser ended it: %d", got.code)
	}
	if got := s.browser().get("/join/nobody/with/police"); got.code != http.StatusNotFound {
		t.Errorf("who has no page went away: %d", got.code)
	}
	s.holdsNothing(log.String(), n, dotted(n), n[:9], "hidden-7", "Quixotina", "1985-01-23")
}

// holdsNothing looks for secrets in a log, in the journal and in the files of the database.
func (s *site) holdsNothing(log string, secrets ...string) {
	t := s.T
	t.Helper()
	files := map[string][]byte{"the log": []byte(log)}
	var journal bytes.Buffer
	s.read(s.zone, func(tx *store.Tx) error {
		entries, err := tx.JournalOf(s.zone)
		for _, e := range entries {
			fmt.Fprintf(&journal, "%s\n", e.Content)
		}
		return err
	})
	files["the journal"] = journal.Bytes()
	if !strings.Contains(journal.String(), "adult identity") {
		t.Error("the journal was not read")
	}
	stored, err := filepath.Glob(filepath.Join(s.folder, "*"))
	if err != nil || len(stored) == 0 {
		t.Fatalf("no database in %s: %v", s.folder, err)
	}
	for _, f := range stored {
		if files[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}
