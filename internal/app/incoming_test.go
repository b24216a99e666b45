package app_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/buurtbel/buurtbel/internal/app"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// TestMailComesInWhereItIsConfigured: the door opens with the pages, refuses a stranger in every language, and closes with them.
func TestMailComesInWhereItIsConfigured(t *testing.T) {
	c := &config.Config{}
	c.Store.Folder, c.Server.Listen, c.Server.PublicURL, c.Server.MaxBody = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", "http://127.0.0.1:8080", 1<<20
	c.Server.ReadTimeout, c.Server.WriteTimeout, c.Server.IdleTimeout = time.Second, time.Second, time.Second
	c.Incoming = config.Incoming{Answers: "antwoord@alarm.example.org", SMTP: "127.0.0.1:0", PerMinute: 10}
	options := app.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Ring: storetest.Ring(t)}
	a, err := app.Open(t.Context(), c, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := a.DB.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx) }()
	address, lmtp := a.MailAddresses()
	if address == "" || lmtp != "" {
		t.Fatalf("mail is taken at %q and %q", address, lmtp)
	}
	client, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	err = client.SendMail("vreemde@example.com", []string{"antwoord@alarm.example.org"}, strings.NewReader("From: vreemde@example.com\r\nSubject: Dag\r\n\r\nWie zijn jullie?\r\n"))
	for _, words := range []string{"550", "eigen mailadres", "propre adresse", "Mailadresse aus", "own mailbox"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("the answer lacks %q: %v", words, err)
		}
	}
	_ = client.Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
