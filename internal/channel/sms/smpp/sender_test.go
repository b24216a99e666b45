package smpp_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
)

// journal is a log that a test reads while others write.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestSender(t *testing.T) {
	for _, text := range []string{"Inbraak bezig. Bel 101.", strings.Repeat("Inbraak bezig. Bel 101. ", 10)} {
		t.Run(fmt.Sprintf("%d characters", len(text)), func(t *testing.T) {
			channeltest.Sender(t, func(t *testing.T) channeltest.Rig { return rig(t, text) })
		})
	}
}

func rig(t *testing.T, text string) channeltest.Rig {
	carrier := smsc.Start(t, smsc.Faults{})
	log := &journal{}
	cfg := config(carrier.Addr())
	cfg.Links = true
	s := start(t, cfg, smpp.Options{Logger: log.logger()})
	up(t, s)
	parts := 1
	if len(text) > 160 {
		parts = 2
	}
	content := &channel.Content{Text: text + channel.LinkMark, Class: buurtbel.ClassAlert}
	expires := time.Now().Add(2 * time.Hour)
	return channeltest.Rig{
		Sender: s, Close: s.Close, Room: s.Window() / parts,
		Message: func(n int) *channel.Message {
			return &channel.Message{To: fmt.Sprintf("+324550%05d", n), Link: "https://bin.example.org/1", Expires: expires, Content: content}
		},
		Silent:  func() { carrier.Misbehave(smsc.Faults{Silent: true}) },
		Cut:     carrier.Down,
		Taken:   func() int { return len(carrier.Submits()) / parts },
		Secrets: []string{testPassword, content.Text, text},
		Log:     log.String,
	}
}
