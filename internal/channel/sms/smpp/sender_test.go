package smpp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
)

func TestSender(t *testing.T) {
	for _, text := range []string{"Inbraak bezig. Bel 101.", strings.Repeat("Inbraak bezig. Bel 101. ", 10)} {
		t.Run(fmt.Sprintf("%d characters", len(text)), func(t *testing.T) {
			channeltest.Sender(t, func(t *testing.T) channeltest.Rig { return rig(t, text) })
		})
	}
}

func rig(t *testing.T, text string) channeltest.Rig {
	carrier := smsc.Start(t, smsc.Faults{})
	log := &channeltest.Log{}
	cfg := config(carrier.Addr())
	cfg.Links = true
	s := start(t, cfg, smpp.Options{Logger: log.Logger()})
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
