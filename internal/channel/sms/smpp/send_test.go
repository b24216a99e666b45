package smpp_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
	"github.com/buurtbel/buurtbel/internal/gsm"
)

const testPassword = "s3cretpw"

// config is an account at the carrier on addr, impatient enough for tests.
func config(addr string) smpp.Config {
	return smpp.Config{
		Config:  sms.Config{Name: "test", Sender: "+32455010000", CanBeAnswered: true},
		Address: addr, SystemID: "buurtbel", Password: testPassword, Receipts: true,
		ResponseTimeout: 5 * time.Second, ThrottlePause: 100 * time.Millisecond,
	}
}

// open starts a session and waits until it is bound.
func open(t testing.TB, cfg smpp.Config, arrive channel.Arrive) *smpp.Session {
	t.Helper()
	s := start(t, cfg, smpp.Options{Arrive: arrive, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	up(t, s)
	return s
}

func start(t testing.TB, cfg smpp.Config, options smpp.Options) *smpp.Session {
	t.Helper()
	s, err := smpp.Open(context.Background(), cfg, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Logf("close: %v", err)
		}
	})
	return s
}

func up(t testing.TB, s *smpp.Session) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.WaitUp(ctx); err != nil {
		t.Fatal(err)
	}
}

func message(text string) *channel.Message {
	return &channel.Message{
		To: "+32455000001", Expires: time.Now().Add(time.Hour),
		Content: &channel.Content{Text: text, Language: buurtbel.Dutch, Class: buurtbel.ClassAlert},
	}
}

// send hands m over and waits for its result.
func send(t testing.TB, s channel.Sender, m *channel.Message) channel.Result {
	t.Helper()
	return <-sendLater(t, s, context.Background(), m)
}

func sendLater(t testing.TB, s channel.Sender, ctx context.Context, m *channel.Message) chan channel.Result {
	t.Helper()
	result := make(chan channel.Result, 2)
	s.Send(ctx, m, func(r channel.Result) { result <- r })
	return result
}

func TestSend(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), nil)
	got := send(t, s, message("Inbraak in de Vlierstraat. Bel 101."))
	if diff := cmp.Diff(channel.Result{Refs: []string{"1"}, Parts: 1}, got); diff != "" {
		t.Fatal(diff)
	}
	pdu := carrier.Submits()[0]
	want := wire.Message{
		Command: wire.SubmitSM, Sequence: pdu.Sequence,
		Source: wire.Address{TON: 1, NPI: 1, Addr: "32455010000"}, Dest: wire.Address{TON: 1, NPI: 1, Addr: "32455000001"},
		Priority: 3, Validity: pdu.Validity, Registered: 1, Short: []byte("Inbraak in de Vlierstraat. Bel 101."), TLVs: []byte{},
	}
	if diff := cmp.Diff(want, pdu); diff != "" {
		t.Fatal(diff)
	}
	if !strings.HasPrefix(pdu.Validity, "00000000595") || !strings.HasSuffix(pdu.Validity, "000R") {
		t.Errorf("validity %q is not 59 minutes and some seconds", pdu.Validity)
	}
}

func TestSendInParts(t *testing.T) {
	for _, long := range []string{smpp.LongUDH, smpp.LongPayload} {
		for _, text := range []string{strings.Repeat("a{", 200), strings.Repeat("België 😀 ", 20)} {
			carrier := smsc.Start(t, smsc.Faults{})
			cfg := config(carrier.Addr())
			cfg.Long = long
			s := open(t, cfg, nil)
			got := send(t, s, message(text))
			if got.Failure != nil || got.Parts != gsm.Analyse(text).Parts {
				t.Fatalf("%s: %+v", long, got)
			}
			if joined := join(t, carrier.Submits()); joined != text {
				t.Errorf("%s: the carrier read %q", long, joined)
			}
		}
	}
}

// join reads the text of one message as a phone would.
func join(t *testing.T, pdus []wire.Message) string {
	t.Helper()
	var text strings.Builder
	for i, pdu := range pdus {
		octets := pdu.Text()
		if pdu.ESMClass&wire.ESMUDHI != 0 {
			concat, rest, err := gsm.ReadHeader(octets)
			if err != nil || concat.Number != i+1 || concat.Total != len(pdus) {
				t.Fatalf("part %d of %d: %+v, %v", i+1, len(pdus), concat, err)
			}
			octets = rest
		}
		text.WriteString(gsm.Decode(pdu.Coding, octets))
	}
	return text.String()
}

func TestManyAtOnce(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{Receipts: 1})
	var receipts sync.Map
	cfg := config(carrier.Addr())
	s := open(t, cfg, func(e channel.Event, stored func(error)) {
		receipts.Store(e.Ref, e)
		stored(nil)
	})
	const n = 5000
	refs := make(chan string, n)
	for range n {
		s.Send(context.Background(), message("Proef"), func(r channel.Result) {
			if r.Failure != nil {
				t.Error(r.Failure)
				refs <- ""
				return
			}
			refs <- r.Refs[0]
		})
	}
	seen := map[string]bool{}
	for range n {
		seen[<-refs] = true
	}
	if len(seen) != n {
		t.Errorf("%d different ids of %d", len(seen), n)
	}
}
